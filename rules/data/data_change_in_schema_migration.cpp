#include <algorithm>
#include <set>

#include "rules/support.h"

namespace forelock::rules {
namespace {

/// What a statement changes in the rows of a table that was there before, or nothing.
struct DataChange {
  model::QualifiedName table;
  std::set<std::string> columns;  ///< Assigned ones; empty: whole rows.
};

std::optional<DataChange> data_change(const model::Operation& operation, bool inserts) {
  if (const auto* update = std::get_if<model::Update>(&operation)) {
    DataChange change{update->table, {}};
    for (const auto& [column, value] : update->assignments) change.columns.insert(column);
    return change;
  }
  if (const auto* gone = std::get_if<model::Delete>(&operation)) return DataChange{gone->table, {}};
  if (const auto* merge = std::get_if<model::Merge>(&operation))
    return DataChange{merge->table, {}};
  if (const auto* copy = std::get_if<model::Copy>(&operation)) {
    if (copy->from) return DataChange{copy->table, {}};
    return std::nullopt;
  }
  // Rows that are written out are few; those of a query may be all.
  if (const auto* insert = std::get_if<model::Insert>(&operation)) {
    if (inserts || insert->query.has_value()) return DataChange{insert->table, {}};
  }
  return std::nullopt;
}

/// A later step of the migration needs the rows to be so: it would fail without the change.
bool needed_by(const model::Operation& operation, const DataChange& change) {
  const auto touches = [&](const std::vector<std::string>& columns) {
    return change.columns.empty() || columns.empty() ||
           std::ranges::any_of(columns,
                               [&](const auto& name) { return change.columns.contains(name); });
  };
  if (const auto* index = std::get_if<model::CreateIndex>(&operation)) {
    return index->unique && index->table.name == change.table.name;
  }
  const auto* alter = std::get_if<model::AlterTable>(&operation);
  if (alter == nullptr) return false;
  const bool same = alter->table.name == change.table.name;
  return std::ranges::any_of(alter->actions, [&](const model::AlterAction& action) {
    if (const auto* not_null = std::get_if<model::SetNotNull>(&action.what)) {
      return same && touches({not_null->column});
    }
    if (const auto* type = std::get_if<model::AlterColumnType>(&action.what)) {
      return same && touches({type->column});
    }
    if (const auto* added = std::get_if<model::AddConstraint>(&action.what)) {
      const model::Constraint& constraint = added->constraint;
      // Rows that a foreign key misses may be put right on either side of it.
      if (constraint.kind == model::ConstraintKind::kForeignKey &&
          constraint.referenced_table.name == change.table.name) {
        return true;
      }
      return same && touches(constraint.columns);
    }
    return false;
  });
}

void check(const lint::MigrationContext& ctx, lint::FindingSink& sink) {
  const bool inserts = ctx.options.boolean("inserts", false);
  const auto& steps = ctx.trace.upgrade.steps;
  // What commits by itself holds no lock for the other.
  const auto schema_change_with = [&](const postgres::TraceStep& data) {
    return std::ranges::find_if(steps, [&](const postgres::TraceStep& step) {
      const model::Statement* statement = step.step->statement();
      return statement != nullptr && changes_schema(statement->operation) &&
             !step.effects.changes_nothing && data.in_transaction && step.in_transaction &&
             step.step->transaction == data.step->transaction;
    });
  };

  for (std::size_t i = 0; i < steps.size(); ++i) {
    const model::Statement* statement = steps[i].step->statement();
    if (statement == nullptr) continue;
    const auto change = data_change(statement->operation, inserts);
    if (!change.has_value()) continue;
    const postgres::Relation* table = steps[i].before.find_relation(change->table);
    if (table != nullptr && ((!table->assumed && table->created_in_migration == ctx.trace.index) ||
                             table->persistence == model::Persistence::kTemporary)) {
      continue;
    }
    const bool needed =
        std::any_of(steps.begin() + static_cast<std::ptrdiff_t>(i) + 1, steps.end(),
                    [&](const postgres::TraceStep& later) {
                      const model::Statement* other = later.step->statement();
                      return other != nullptr && needed_by(other->operation, *change);
                    });
    if (needed) continue;
    const auto schema = schema_change_with(steps[i]);
    if (schema == steps.end()) continue;
    const lint::StepContext at{
        ctx, lint::Way::kUpgrade, i, steps[i], *statement, steps[i].before, steps[i].effects};
    lint::Finding& finding = report(
        at, sink,
        "this migration changes the schema and the rows of " + in_quotes(change->table) +
            " in one go: locks are held while the rows change, and neither can be repeated alone",
        "change the rows in a migration of their own, or in application code");
    finding.direction = "upgrade";
    finding.related.push_back(
        {{ctx.migration.file, lint::short_span(ctx.migration, *schema->step->statement())},
         "the schema changes here"});
    return;
  }
}

constexpr lint::OptionSpec kOptions[] = {
    {"inserts", "boolean", "false", "Also report INSERT with rows that are written out."}};

}  // namespace

extern constinit const lint::Rule kDataChangeInSchemaMigration = {
    .info = {.id = "data-change-in-schema-migration",
             .group = "data",
             .summary = "One migration changes the schema and the rows of an existing table.",
             .why = "The locks of the schema change are held while the rows change, so the "
                    "application waits for both. When the data change fails, the schema change is "
                    "undone with it, and neither can be tried again alone.",
             .safer = "Split the migration, or let the application change the rows. What a later "
                      "step of the same migration needs is not reported: filling NULLs before SET "
                      "NOT NULL, mending rows before a constraint, a unique index or a change of "
                      "type; nor are rows of a table that the migration creates.",
             .bad = R"(def upgrade():
    op.add_column("patients", sa.Column("status", sa.String()))
    op.execute("UPDATE patients SET status = 'active' WHERE discharged IS NULL")
)",
             .good = R"(def upgrade():
    op.add_column("patients", sa.Column("status", sa.String(), server_default="active"))
)",
             .source = "PostgreSQL manual, 13.3 Explicit Locking: locks are held until commit",
             .severity = lint::Severity::kWarning,
             .postgresql_only = false,
             .options = kOptions},
    .check_migration = check};

}  // namespace forelock::rules
