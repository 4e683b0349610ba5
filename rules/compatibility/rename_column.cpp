#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  const auto* rename = operation<model::Rename>(ctx);
  if (rename == nullptr || rename->object.kind != model::ObjectKind::kColumn ||
      has_no_effect(ctx)) {
    return;
  }
  const postgres::Relation* table = ctx.before.find_relation(rename->object.table);
  if (is_private(ctx, table)) return;
  if (table != nullptr) {
    if (table->kind != postgres::RelationKind::kTable &&
        table->kind != postgres::RelationKind::kPartitionedTable) {
      return;
    }
    const postgres::Column* column = table->column(rename->object.name.name);
    if (column != nullptr && column->added_by_this_migration) return;
    // The old name is given to a new column (generated or kept in step by a trigger).
    const postgres::Relation* after = ctx.direction().after.relation(table->oid);
    if (after != nullptr && after->column(rename->object.name.name) != nullptr) return;
  }
  report(ctx, sink,
         "renaming column " + quoted_column(rename->object.table, rename->object.name.name) +
             " to " + in_quotes(rename->new_name) +
             " breaks code that still uses the old name until all of it is replaced",
         "add a column with the new name, write both, copy the values, then drop the old one in a "
         "later release");
}

}  // namespace

extern constinit const lint::Rule kRenameColumn = {
    .info = {.id = "rename-column",
             .group = "compatibility",
             .summary = "A column is renamed while code still uses its old name.",
             .why = "Migrations and application servers are not replaced at one moment: between "
                    "them, one of the two names does not exist. Views follow the rename; functions "
                    "and clients do not.",
             .safer = "Add a column with the new name, write both, copy the old values, and drop "
                      "the old column in a later release.",
             .bad = R"(def upgrade():
    op.alter_column("patients", "phone", new_column_name="phone_number")
)",
             .good = R"(def upgrade():
    op.add_column("patients", sa.Column("phone_number", sa.String()))
)",
             .source = "PostgreSQL manual, ALTER TABLE, RENAME COLUMN",
             .severity = lint::Severity::kWarning},
    .check_step = check};

}  // namespace forelock::rules
