#include <algorithm>
#include <utility>

#include "rules/support.h"

namespace forelock::rules {
namespace {

/// The column's constructor call in the arguments of the statement's call, or null.
const model::Call* constructor(const lint::StepContext& ctx, std::string_view column) {
  const model::Call* call = call_of(ctx.migration.migration, ctx.statement);
  if (call == nullptr || !call->function.ends_with(".add_column")) return nullptr;
  for (const model::Call& nested : call->nested) {
    if (nested.function.ends_with("Column") && !nested.arguments.empty() &&
        nested.arguments.front().literal == column) {
      return &nested;
    }
  }
  return nullptr;
}

/// A later step of the migration fills the column.
bool is_filled(const lint::StepContext& ctx, std::string_view column) {
  const auto& steps = ctx.direction().steps;
  return std::any_of(steps.begin() + static_cast<std::ptrdiff_t>(ctx.index) + 1, steps.end(),
                     [&](const postgres::TraceStep& step) {
                       const model::Statement* statement = step.step->statement();
                       if (statement == nullptr) return true;
                       const auto* update = std::get_if<model::Update>(&statement->operation);
                       return update != nullptr &&
                              std::ranges::any_of(update->assignments, [&](const auto& assigned) {
                                return assigned.first == column;
                              });
                     });
}

/// `default=` spelled as a server default; empty when its value is not a plain constant.
std::string server_default(const lint::MigrationContext& ctx, const model::CallArgument& argument) {
  if (!argument.is_literal || argument.literal == "None") return {};
  const std::string_view written = ctx.migration.file->slice(argument.value_span);
  if (written.starts_with('"') || written.starts_with('\'')) {
    return "server_default=" + std::string(written);
  }
  if (argument.literal == "True") return "server_default=\"true\"";
  if (argument.literal == "False") return "server_default=\"false\"";
  return "server_default=\"" + argument.literal + "\"";
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (has_no_effect(ctx)) return;
  for_each_action<model::AddColumn>(ctx.statement, [&](const auto& alter, const auto& action) {
    const model::ColumnDefinition& column = action.column;
    if (column.default_value.has_value() || is_surely_empty(ctx, alter.table)) return;
    const model::Call* call = constructor(ctx, column.name);
    if (call == nullptr) return;
    const model::CallArgument* given = keyword_argument(*call, "default");
    if (given == nullptr || given->literal == "None" ||
        keyword_argument(*call, "server_default") != nullptr ||
        (!column.not_null && is_filled(ctx, column.name))) {
      return;
    }
    const std::string name = quoted_column(alter.table, column.name);
    lint::Finding& finding = report(
        ctx, sink,
        column.not_null
            ? "`default=` of " + name +
                  " is Python's and not in the database: adding the required column fails as soon "
                  "as the table has a row"
            : "`default=` of " + name +
                  " is Python's and not in the database: the rows that are there get NULL",
        "use `server_default=`");
    const std::string replacement = server_default(ctx.migration, *given);
    if (replacement.empty()) return;
    if (auto edits = ctx.migration.rewriter.replace_argument(*given, replacement)) {
      finding.fixes.push_back(
          {"Use server_default", lint::Applicability::kUnsafe, std::move(*edits)});
    }
  });
}

}  // namespace

extern constinit const lint::Rule kPythonDefaultIsNotServerDefault = {
    .info = {.id = "python-default-is-not-server-default",
             .group = "review",
             .summary = "`default=` is given where `server_default=` was meant.",
             .why = "SQLAlchemy applies `default=` when the application inserts; a migration "
                    "inserts nothing, so ADD COLUMN has no default. Rows that are there get NULL, "
                    "and a NOT NULL column cannot be added at all.",
             .safer = "Use `server_default=`, which becomes the column's DEFAULT.",
             .bad = R"(def upgrade():
    op.add_column("patients", sa.Column("is_active", sa.Boolean(), default=True))
)",
             .good = R"(def upgrade():
    op.add_column("patients", sa.Column("is_active", sa.Boolean(), server_default="true"))
)",
             .source = "SQLAlchemy, Column.default and Column.server_default",
             .severity = lint::Severity::kWarning,
             .postgresql_only = false,
             .fix = lint::FixKind::kSometimes},
    .check_step = check};

}  // namespace forelock::rules
