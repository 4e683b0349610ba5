#include <algorithm>

#include "rules/support.h"

namespace forelock::rules {
namespace {

/// What a step of the history says about NULLs in the column.
enum class Evidence { kNone, kFilled, kMayHaveNulls };

/// A column, by numbers where the catalog knows it, else by name.
struct Target {
  postgres::Oid table = 0;
  postgres::AttributeNumber column = 0;
  std::string table_name;
};

/// The table that a statement names. A table that the history never made is not in the catalog
/// before it is first used.
bool is_target(const postgres::Catalog& catalog, const model::QualifiedName& name,
               const Target& target) {
  const postgres::Relation* table = catalog.find_relation(name);
  if (table == nullptr || target.table == 0) return name.name == target.table_name;
  return table->oid == target.table;
}

bool is_column(const postgres::Catalog& catalog, const model::QualifiedName& table,
               std::string_view column, const Target& target, std::string_view name) {
  if (!is_target(catalog, table, target)) return false;
  const postgres::Relation* relation = catalog.find_relation(table);
  const postgres::Column* found = relation == nullptr ? nullptr : relation->column(column);
  if (found == nullptr || target.column == 0) return column == name;
  return found->number == target.column;
}

Evidence of_column_definition(const model::ColumnDefinition& column) {
  // Old rows got the default, and new ones get it: a NULL had to be asked for.
  const bool filled = column.default_value.has_value() || column.not_null ||
                      column.identity != model::IdentityKind::kNone ||
                      column.generated != model::GeneratedKind::kNone;
  return filled ? Evidence::kFilled : Evidence::kMayHaveNulls;
}

Evidence of_alter(const postgres::TraceStep& step, const model::AlterTable& alter,
                  const Target& target, std::string_view name) {
  Evidence evidence = Evidence::kNone;
  for (const model::AlterAction& action : alter.actions) {
    if (const auto* added = std::get_if<model::AddColumn>(&action.what)) {
      if (added->column.name == name && is_target(step.before, alter.table, target)) {
        evidence = of_column_definition(added->column);
      }
    } else if (const auto* nullable = std::get_if<model::DropNotNull>(&action.what)) {
      if (is_column(step.before, alter.table, nullable->column, target, name)) {
        evidence = Evidence::kMayHaveNulls;
      }
    } else if (const auto* type = std::get_if<model::AlterColumnType>(&action.what)) {
      // USING may make any value of a NULL.
      if (type->using_expression.has_value() &&
          is_column(step.before, alter.table, type->column, target, name)) {
        evidence = Evidence::kFilled;
      }
    }
  }
  return evidence;
}

/// Reads the step backwards in time: `name` is the column's name after it.
Evidence evidence_of(const postgres::TraceStep& step, const Target& target, std::string& name) {
  const model::Statement* statement = step.step->statement();
  if (statement == nullptr) return Evidence::kNone;
  const model::Operation& operation = statement->operation;
  if (const auto* update = std::get_if<model::Update>(&operation)) {
    const bool assigns = std::ranges::any_of(
        update->assignments, [&](const auto& assignment) { return assignment.first == name; });
    return assigns && is_target(step.before, update->table, target) ? Evidence::kFilled
                                                                    : Evidence::kNone;
  }
  if (const auto* gone = std::get_if<model::Delete>(&operation)) {
    return is_target(step.before, gone->table, target) ? Evidence::kFilled : Evidence::kNone;
  }
  if (const auto* merge = std::get_if<model::Merge>(&operation)) {
    return is_target(step.before, merge->table, target) ? Evidence::kFilled : Evidence::kNone;
  }
  if (const auto* truncate = std::get_if<model::Truncate>(&operation)) {
    const bool emptied = std::ranges::any_of(
        truncate->tables, [&](const auto& table) { return is_target(step.before, table, target); });
    return emptied ? Evidence::kFilled : Evidence::kNone;
  }
  // What code in the database does is not known in detail: it may fill the column.
  if (const auto* block = std::get_if<model::DoBlock>(&operation)) {
    return block->body.find(name) != std::string::npos ? Evidence::kFilled : Evidence::kNone;
  }
  if (const auto* select = std::get_if<model::Select>(&operation)) {
    return statement->sql.find(name) != std::string::npos && !select->query.relations.empty() &&
                   std::ranges::any_of(select->query.relations,
                                       &model::RelationUse::target_of_write)
               ? Evidence::kFilled
               : Evidence::kNone;
  }
  if (const auto* rename = std::get_if<model::Rename>(&operation)) {
    if (rename->object.kind == model::ObjectKind::kColumn && rename->new_name == name &&
        is_target(step.before, rename->object.table, target)) {
      name = rename->object.name.name;
    }
    return Evidence::kNone;
  }
  if (const auto* alter = std::get_if<model::AlterTable>(&operation)) {
    return of_alter(step, *alter, target, name);
  }
  return Evidence::kNone;
}

/// Why the column may hold NULLs when the step runs, looked up backwards in the history.
Evidence look_back(const lint::StepContext& ctx, const Target& target, std::string name) {
  const auto& traces = ctx.migration.project.traces;
  const std::size_t here = ctx.migration.trace.index;
  for (std::size_t back = 0; back <= here; ++back) {
    const postgres::MigrationTrace& trace = back == 0 ? ctx.migration.trace : traces[here - back];
    const auto& steps = trace.upgrade.steps;
    for (std::size_t i = back == 0 ? ctx.index : steps.size(); i-- > 0;) {
      // What could not be analysed may well be the backfill; in an older migration, when its file
      // speaks of the column at all.
      if (steps[i].step->statement() == nullptr &&
          (back == 0 || trace.migration->file->text().find(name) != std::string_view::npos)) {
        return Evidence::kFilled;
      }
      const Evidence evidence = evidence_of(steps[i], target, name);
      if (evidence != Evidence::kNone) return evidence;
    }
    const postgres::Relation* table = trace.upgrade.before.relation(target.table);
    // The history makes the table here: nullable from the start.
    if (table == nullptr && target.table != 0) break;
  }
  return Evidence::kMayHaveNulls;
}

bool proves_not_null(const postgres::CatalogConstraint& constraint, std::string_view column) {
  if (constraint.kind != model::ConstraintKind::kCheck || !constraint.validated ||
      !constraint.expression.has_value()) {
    return false;
  }
  const auto is_test = [&](const model::Expression& part) {
    return part.kind == model::ExpressionKind::kIsNotNull && part.args.size() == 1 &&
           part.args[0].kind == model::ExpressionKind::kColumn && part.args[0].name == column;
  };
  if (is_test(*constraint.expression)) return true;
  return constraint.expression->kind == model::ExpressionKind::kAnd &&
         std::ranges::any_of(constraint.expression->args, is_test);
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (has_no_effect(ctx)) return;
  for_each_action<model::SetNotNull>(ctx.statement, [&](const auto& alter, const auto& action) {
    if (alter.kind != model::ObjectKind::kTable || is_surely_empty(ctx, alter.table)) return;
    const postgres::Relation* table = ctx.before.find_table(alter.table);
    const postgres::Column* column = table == nullptr ? nullptr : table->column(action.column);
    Target target{0, 0, alter.table.name};
    if (table != nullptr) {
      target.table = table->oid;
      for (const postgres::CatalogConstraint& constraint : table->constraints) {
        if (proves_not_null(constraint, action.column)) return;
      }
    }
    if (column != nullptr) {
      if (column->not_null) return;
      target.column = column->number;
    }
    if (look_back(ctx, target, action.column) == Evidence::kFilled) return;
    report(ctx, sink,
           "SET NOT NULL on " + quoted_column(alter.table, action.column) +
               " fails as soon as one row holds a NULL, and nothing before it fills the column",
           "fill the column first: UPDATE … SET … WHERE " + action.column + " IS NULL");
  });
}

}  // namespace

extern constinit const lint::Rule kNotNullWithoutBackfill = {
    .info = {.id = "not-null-without-backfill",
             .group = "data",
             .summary = "An existing column becomes NOT NULL though nothing has filled it.",
             .why = "Rows that were written while the column was nullable may hold NULLs. One is "
                    "enough for SET NOT NULL to fail, and with it the deployment; the empty "
                    "database of a test does not show it.",
             .safer = "Fill the column before, in this migration or an earlier one. The history is "
                      "searched for an UPDATE or DELETE, a default that the column had from the "
                      "start, and a validated CHECK (column IS NOT NULL).",
             .bad = R"(def upgrade():
    op.alter_column("patients", "phone_number", nullable=False)
)",
             .good = R"(def upgrade():
    op.execute("UPDATE patients SET phone_number = '' WHERE phone_number IS NULL")
    op.alter_column("patients", "phone_number", nullable=False)
)",
             .source = "PostgreSQL manual, ALTER TABLE, SET NOT NULL; SQLSTATE 23502",
             .severity = lint::Severity::kWarning,
             .postgresql_only = false},
    .check_step = check};

}  // namespace forelock::rules
