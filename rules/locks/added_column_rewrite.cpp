#include "rules/support.h"

namespace forelock::rules {
namespace {

std::string kind_of(const model::ColumnDefinition& column) {
  if (column.generated == model::GeneratedKind::kStored) return "stored generated column ";
  if (column.identity != model::IdentityKind::kNone) return "identity column ";
  if (column.type.name.name.find("serial") != std::string::npos) return "serial column ";
  return "column ";
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (has_no_effect(ctx) || first_seen(ctx.effects.rewrites) == nullptr) return;
  for_each_action<model::AddColumn>(ctx.statement, [&](const auto& alter, const auto& action) {
    const model::ColumnDefinition& column = action.column;
    // A default is volatile-default's.
    if (column.default_value.has_value() || is_private(ctx, alter.table)) return;
    report(ctx, sink,
           "adding " + kind_of(column) + quoted_column(alter.table, column.name) +
               " rewrites the table while reads and writes of it wait (ACCESS EXCLUSIVE lock)",
           "add a plain column, let a default or trigger fill new rows, and fill the old rows in "
           "batches");
  });
}

}  // namespace

extern constinit const lint::Rule kAddedColumnRewrite = {
    .info = {.id = "added-column-rewrite",
             .group = "locks",
             .summary =
                 "A serial, identity, stored generated or constrained domain column is added.",
             .why = "The value of such a column has to be computed or checked for each old row: "
                    "PostgreSQL rewrites the table and its indexes under an ACCESS EXCLUSIVE lock.",
             .safer = "Add a plain column without a default, make new rows fill it, and fill the "
                      "old ones in batches.",
             .bad = R"(def upgrade():
    op.add_column(
        "visits", sa.Column("number", sa.BigInteger(), sa.Identity(always=True))
    )
)",
             .good = R"(def upgrade():
    op.add_column("visits", sa.Column("number", sa.BigInteger()))
)",
             .source = "PostgreSQL manual, ALTER TABLE, Notes; measured on PostgreSQL 15",
             .severity = lint::Severity::kWarning},
    .check_step = check};

}  // namespace forelock::rules
