#include <algorithm>

#include "rules/support.h"

namespace forelock::rules {
namespace {

/// python-default-is-not-server-default says it better.
bool has_python_default(const lint::StepContext& ctx, std::string_view column) {
  const model::Call* call = call_of(ctx.migration.migration, ctx.statement);
  if (call == nullptr) return false;
  return std::ranges::any_of(call->nested, [&](const model::Call& nested) {
    return nested.function.ends_with("Column") && !nested.arguments.empty() &&
           nested.arguments.front().literal == column &&
           keyword_argument(nested, "default") != nullptr &&
           keyword_argument(nested, "server_default") == nullptr;
  });
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (has_no_effect(ctx)) return;
  for_each_action<model::AddColumn>(ctx.statement, [&](const auto& alter, const auto& action) {
    const model::ColumnDefinition& column = action.column;
    const bool primary = std::ranges::any_of(column.constraints, [](const auto& constraint) {
      return constraint.kind == model::ConstraintKind::kPrimaryKey;
    });
    const bool has_value = column.default_value.has_value() ||
                           column.identity != model::IdentityKind::kNone ||
                           column.generated != model::GeneratedKind::kNone ||
                           column.type.name.name.find("serial") != std::string::npos;
    if ((!column.not_null && !primary) || has_value || is_surely_empty(ctx, alter.table)) {
      return;
    }
    if (has_python_default(ctx, column.name)) return;
    report(ctx, sink,
           "adding required column " + quoted_column(alter.table, column.name) +
               " without a default fails as soon as the table has a row",
           "give it a `server_default`, or add it nullable, fill it, then make it NOT NULL");
  });
}

}  // namespace

extern constinit const lint::Rule kRequiredColumnWithoutDefault = {
    .info = {.id = "required-column-without-default",
             .group = "data",
             .summary = "A NOT NULL column without a default is added to an existing table.",
             .why = "The rows that are there have no value for the column, so PostgreSQL refuses. "
                    "The empty database of a test does not show it.",
             .safer = "Give the column a server default, or add it nullable, fill it, and make it "
                      "NOT NULL afterwards.",
             .bad = R"(def upgrade():
    op.add_column("patients", sa.Column("status", sa.String(), nullable=False))
)",
             .good = R"(def upgrade():
    op.add_column(
        "patients",
        sa.Column("status", sa.String(), nullable=False, server_default="active"),
    )
)",
             .source = "PostgreSQL manual, ALTER TABLE, ADD COLUMN; SQLSTATE 23502",
             .severity = lint::Severity::kError,
             .postgresql_only = false},
    .check_step = check};

}  // namespace forelock::rules
