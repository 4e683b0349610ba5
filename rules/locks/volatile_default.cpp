#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (has_no_effect(ctx) || first_seen(ctx.effects.rewrites) == nullptr) return;
  for_each_action<model::AddColumn>(ctx.statement, [&](const auto& alter, const auto& action) {
    const model::ColumnDefinition& column = action.column;
    if (!column.default_value.has_value() || is_private(ctx, alter.table)) return;
    const std::string value = column.default_value->sql;
    report(ctx, sink,
           "adding " + quoted_column(alter.table, column.name) + " with the volatile default " +
               (value.empty() ? std::string("expression") : in_quotes(value)) +
               " rewrites the table while reads and writes of it wait (ACCESS EXCLUSIVE lock)",
           "add the column without a default, set the default with ALTER COLUMN, fill the old rows "
           "in batches");
  });
}

}  // namespace

extern constinit const lint::Rule kVolatileDefault = {
    .info = {.id = "volatile-default",
             .group = "locks",
             .summary = "A column is added with a default that differs from row to row.",
             .why = "PostgreSQL keeps a constant or stable default once for all old rows. A "
                    "volatile one (clock_timestamp(), gen_random_uuid(), nextval()) has to be "
                    "computed for each: it rewrites the table and its indexes under an ACCESS "
                    "EXCLUSIVE lock.",
             .safer = "Add the column without a default, then set the default for new rows, then "
                      "fill the old rows in batches. now() is stable and needs no rewrite.",
             .bad = R"py(def upgrade():
    op.add_column(
        "visits",
        sa.Column("token", sa.Uuid(), server_default=sa.text("gen_random_uuid()")),
    )
)py",
             .good = R"py(def upgrade():
    op.add_column("visits", sa.Column("token", sa.Uuid()))
    op.alter_column("visits", "token", server_default=sa.text("gen_random_uuid()"))
)py",
             .source = "PostgreSQL manual, ALTER TABLE, Notes; measured on PostgreSQL 15",
             .severity = lint::Severity::kWarning},
    .check_step = check};

}  // namespace forelock::rules
