#include <algorithm>
#include <map>
#include <numeric>

#include "rules/support.h"

namespace forelock::rules {
namespace {

/// Tables that the upgrade changes, joined where a foreign key ties them.
class Groups {
 public:
  void add(postgres::Oid table, std::string name) {
    if (table != 0 && parents_.emplace(table, table).second) names_.emplace(table, std::move(name));
  }
  void join(postgres::Oid a, postgres::Oid b) {
    if (parents_.contains(a) && parents_.contains(b)) parents_[root(a)] = root(b);
  }
  /// One name of each group, in order of creation of the tables.
  [[nodiscard]] std::vector<std::string> names() {
    std::map<postgres::Oid, std::string> first;
    for (const auto& [table, name] : names_) first.emplace(root(table), name);
    std::vector<std::string> names;
    for (const auto& [table, name] : first) names.push_back(name);
    return names;
  }
  [[nodiscard]] const std::map<postgres::Oid, std::string>& tables() const { return names_; }

 private:
  postgres::Oid root(postgres::Oid table) {
    while (parents_[table] != table) table = parents_[table];
    return table;
  }
  std::map<postgres::Oid, postgres::Oid> parents_;
  std::map<postgres::Oid, std::string> names_;
};

void add_changed(const postgres::TraceStep& step, const postgres::Catalog& after, Groups& groups) {
  const model::Statement* statement = step.step->statement();
  if (statement == nullptr) return;
  const auto add = [&](const postgres::Catalog& catalog, const model::QualifiedName& name) {
    const postgres::Relation* table = catalog.find_relation(name);
    // A table that the history never made is in the catalog from its first use on.
    if (table == nullptr) table = after.find_relation(name);
    if (table != nullptr) groups.add(table->oid, table->name);
  };
  if (const auto* created = std::get_if<model::CreateTable>(&statement->operation)) {
    add(after, created->table);
  } else if (const auto* alter = std::get_if<model::AlterTable>(&statement->operation)) {
    if (alter->kind == model::ObjectKind::kTable) add(step.before, alter->table);
  } else if (const auto* index = std::get_if<model::CreateIndex>(&statement->operation)) {
    add(step.before, index->table);
  } else if (const auto* drop = std::get_if<model::Drop>(&statement->operation)) {
    if (drop->kind != model::ObjectKind::kTable) return;
    for (const model::ObjectReference& object : drop->objects) add(step.before, object.name);
  }
}

void join_related(const postgres::Catalog& catalog, Groups& groups) {
  const auto tables = groups.tables();
  for (const auto& [oid, name] : tables) {
    const postgres::Relation* table = catalog.relation(oid);
    if (table == nullptr) continue;
    for (const postgres::CatalogConstraint& constraint : table->constraints) {
      if (constraint.referenced_table != 0) groups.join(oid, constraint.referenced_table);
    }
  }
}

void check(const lint::MigrationContext& ctx, lint::FindingSink& sink) {
  Groups groups;
  const auto& steps = ctx.trace.upgrade.steps;
  for (const postgres::TraceStep& step : steps) add_changed(step, ctx.trace.upgrade.after, groups);
  join_related(ctx.trace.upgrade.before, groups);
  join_related(ctx.trace.upgrade.after, groups);
  const std::vector<std::string> names = groups.names();
  const auto most = ctx.options.integer("max-changes", 1);
  if (static_cast<std::int64_t>(names.size()) <= most) return;
  lint::Finding& finding = sink.report(
      ctx.migration.upgrade.header.empty() ? ctx.migration.revision_span
                                           : ctx.migration.upgrade.header,
      "this migration makes " + std::to_string(names.size()) + " unrelated changes (" +
          quoted_list(names) + "): they can only be applied, undone and reviewed together");
  finding.help = "make one migration for each logical change";
  finding.direction = "upgrade";
}

constexpr lint::OptionSpec kOptions[] = {
    {"max-changes", "integer", "1", "How many unrelated tables one migration may change."}};

}  // namespace

extern constinit const lint::Rule kSeveralChangesInOneMigration = {
    .info = {.id = "several-changes-in-one-migration",
             .group = "review",
             .summary = "One migration changes tables that have nothing to do with each other.",
             .why = "A large migration is hard to review, holds all its locks until the end, and "
                    "can only be undone as a whole.",
             .safer = "Make one migration for each logical change. Tables that a foreign key ties "
                      "count as one. Off by default: what belongs together is a matter of taste.",
             .bad = R"(def upgrade():
    op.add_column("patients", sa.Column("phone", sa.String()))
    op.add_column("invoices", sa.Column("paid_at", sa.DateTime()))
)",
             .good = R"(def upgrade():
    op.add_column("patients", sa.Column("phone", sa.String()))
)",
             .source = "Seed guide, Best Practices: keep migrations small",
             .severity = lint::Severity::kInfo,
             .enabled = false,
             .postgresql_only = false,
             .options = kOptions},
    .check_migration = check};

}  // namespace forelock::rules
