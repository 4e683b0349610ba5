#include <algorithm>
#include <set>
#include <tuple>

#include "rules/support.h"

namespace forelock::rules {
namespace {

/// A step fails for what the catalog holds, not for what the rows hold (classes 22 and 23): then
/// the catalog is not what a real database has.
bool fails(const postgres::DirectionTrace& direction) {
  return std::ranges::any_of(direction.steps, [](const postgres::TraceStep& step) {
    const auto& error = step.effects.error;
    return error.has_value() && (error->certain || !(error->sqlstate.starts_with("22") ||
                                                     error->sqlstate.starts_with("23")));
  });
}

/// Names that the upgrade drops or renames away: they were there, whatever the catalog knows.
std::set<std::string> dropped_names(const postgres::DirectionTrace& upgrade) {
  std::set<std::string> names;
  for (const postgres::TraceStep& step : upgrade.steps) {
    const model::Statement* statement = step.step->statement();
    if (statement == nullptr) continue;
    if (const auto* drop = std::get_if<model::Drop>(&statement->operation)) {
      for (const model::ObjectReference& object : drop->objects) names.insert(object.name.name);
    } else if (const auto* rename = std::get_if<model::Rename>(&statement->operation)) {
      names.insert(rename->object.name.name);
    }
    for_each_action<model::DropColumn>(
        *statement, [&](const auto&, const auto& action) { names.insert(action.column); });
    for_each_action<model::DropConstraint>(
        *statement, [&](const auto&, const auto& action) { names.insert(action.name); });
  }
  return names;
}

/// Settings that change neither what the application sees nor what a migration needs.
bool is_trifle(const postgres::Difference& difference) {
  return difference.detail.starts_with("storage parameters") ||
         difference.detail.starts_with("comment is") || difference.detail.starts_with("owner is");
}

/// What a DO block or a procedure does is not replayed.
bool is_opaque(const postgres::DirectionTrace& direction) {
  return std::ranges::any_of(direction.steps, [](const postgres::TraceStep& step) {
    const model::Statement* statement = step.step->statement();
    return statement == nullptr || std::holds_alternative<model::DoBlock>(statement->operation) ||
           std::holds_alternative<model::CallProcedure>(statement->operation) ||
           std::holds_alternative<model::Other>(statement->operation);
  });
}

/// The object, or the table that it belongs to, was only assumed: nothing certain is known of it.
bool is_assumed(const postgres::MigrationTrace& trace, const std::string& object) {
  const auto assumed = [&](const model::QualifiedName& name) {
    for (const postgres::Catalog* catalog :
         {&trace.upgrade.before, &trace.upgrade.after, &trace.downgrade.after}) {
      const postgres::Relation* relation = catalog->find_relation(name);
      if (relation != nullptr && relation->assumed) return true;
      const postgres::Type* type = catalog->find_type(name);
      if (type != nullptr && type->assumed) return true;
    }
    return false;
  };
  // "users", "users.email", "app.users.email"
  std::vector<std::string> parts{""};
  for (const char character : object) {
    if (character == '.') {
      parts.emplace_back();
    } else {
      parts.back() += character;
    }
  }
  if (assumed({"", parts[0]})) return true;
  return parts.size() > 1 && assumed({parts[0], parts[1]});
}

std::string describe(const postgres::Difference& difference) {
  const std::string what =
      std::string(model::display(difference.kind)) + " " + in_quotes(difference.object);
  switch (difference.change) {
    case postgres::Difference::Change::kMissing:
      return what + " is not restored";
    case postgres::Difference::Change::kExtra:
      return what + " is left behind";
    case postgres::Difference::Change::kDifferent:
      break;
  }
  return what + " is not as before" +
         (difference.detail.empty() ? std::string{} : ": " + difference.detail);
}

/// The index or sequence comes and goes with a table that is itself a difference.
bool goes_with_its_table(const postgres::Catalog& before, const postgres::Catalog& after,
                         const postgres::Difference& difference,
                         const std::set<std::string>& dropped) {
  using enum postgres::Difference::Change;
  if (difference.change == kDifferent || (difference.kind != model::ObjectKind::kIndex &&
                                          difference.kind != model::ObjectKind::kSequence)) {
    return false;
  }
  const postgres::Catalog& has = difference.change == kMissing ? before : after;
  const postgres::Catalog& lacks = difference.change == kMissing ? after : before;
  const std::size_t dot = difference.object.find('.');
  const model::QualifiedName name = dot == std::string::npos
                                        ? model::QualifiedName{"public", difference.object}
                                        : model::QualifiedName{difference.object.substr(0, dot),
                                                               difference.object.substr(dot + 1)};
  const postgres::Relation* part = has.find_relation(name);
  const postgres::Relation* table = part == nullptr ? nullptr : has.relation(part->table);
  if (table == nullptr) return false;
  // Brought back, but the history never made it: what it had before is not known.
  if (difference.change == kExtra && dropped.contains(table->name)) return true;
  return lacks.find_relation({table->schema, table->name}) == nullptr;
}

/// What people want to read first.
int weight(model::ObjectKind kind) {
  using enum model::ObjectKind;
  if (kind == kTable) return 0;
  if (kind == kColumn) return 1;
  if (kind == kType || kind == kView || kind == kMaterializedView) return 2;
  return kind == kIndex || kind == kConstraint ? 3 : 4;
}

void check(const lint::MigrationContext& ctx, lint::FindingSink& sink) {
  const model::Migration& migration = ctx.migration;
  if (migration.upgrade.steps.empty() || migration.downgrade.body != model::BodyKind::kCode) return;
  if (!is_exact(migration.upgrade) || !is_exact(migration.downgrade)) return;
  if (ctx.trace.downgrade.steps.size() != migration.downgrade.steps.size()) return;
  if (fails(ctx.trace.upgrade) || fails(ctx.trace.downgrade)) return;
  if (is_opaque(ctx.trace.upgrade) || is_opaque(ctx.trace.downgrade)) return;

  const postgres::Catalog& after =
      migration.downgrade.steps.empty() ? ctx.trace.upgrade.after : ctx.trace.downgrade.after;
  std::vector<std::string> differences;
  const postgres::Catalog& before = ctx.trace.upgrade.before;
  std::vector<postgres::Difference> all = compare(before, after);
  const std::set<std::string> dropped = dropped_names(ctx.trace.upgrade);
  std::erase_if(all, [&](const postgres::Difference& difference) {
    return is_trifle(difference) ||
           (difference.change == postgres::Difference::Change::kExtra &&
            dropped.contains(difference.object.substr(difference.object.rfind('.') + 1)));
  });
  std::ranges::sort(all, {}, [](const auto& difference) {
    return std::tuple(weight(difference.kind), std::string_view{difference.object},
                      std::string_view{difference.detail});
  });
  for (const postgres::Difference& difference : all) {
    if (goes_with_its_table(before, after, difference, dropped)) continue;
    if (!is_assumed(ctx.trace, difference.object)) differences.push_back(describe(difference));
  }
  if (differences.empty()) return;
  const std::size_t more = differences.size() - 1;
  lint::Finding& finding =
      sink.report(migration.downgrade.header,
                  "downgrade does not undo the upgrade: " + differences.front() +
                      (more == 0 ? "" : " (and " + std::to_string(more) + " more)") +
                      ", so upgrading again may fail and the old release meets another schema");
  if (more > 0) finding.notes = differences;
  finding.help = "undo each change of upgrade(), last one first";
  finding.direction = "downgrade";
}

}  // namespace

extern constinit const lint::Rule kDowngradeIncomplete = {
    .info = {.id = "downgrade-incomplete",
             .group = "reversibility",
             .summary = "The downgrade does not bring back the schema that was there before.",
             .why =
                 "Upgrade and downgrade were replayed on a simulated catalog, and what comes out "
                 "is not what was there: something is not restored, or is left behind so that "
                 "the next upgrade fails with \"already exists\". Enum types are forgotten most "
                 "often: dropping their table leaves them.",
             .safer = "Undo each change of upgrade(), last one first. Nothing is said when a step "
                      "could not be analysed, nor about tables that the history never made.",
             .bad = R"(def upgrade():
    op.create_table("visits", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("notes", sa.Column("id", sa.Integer(), primary_key=True))

def downgrade():
    op.drop_table("visits")
)",
             .good = R"(def upgrade():
    op.create_table("visits", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("notes", sa.Column("id", sa.Integer(), primary_key=True))

def downgrade():
    op.drop_table("notes")
    op.drop_table("visits")
)",
             .source = "Replay of both directions",
             .severity = lint::Severity::kWarning},
    .check_migration = check};

}  // namespace forelock::rules
