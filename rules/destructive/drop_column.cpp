#include "rules/likely_rename.h"
#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (has_no_effect(ctx)) return;
  for_each_action<model::DropColumn>(ctx.statement, [&](const auto& alter, const auto& action) {
    if (alter.kind != model::ObjectKind::kTable) return;
    const postgres::Relation* table = ctx.before.find_table(alter.table);
    if (is_private(ctx, table)) return;
    const postgres::Column* column = table == nullptr ? nullptr : table->column(action.column);
    if (column != nullptr &&
        (column->added_by_this_migration || column->generated != model::GeneratedKind::kNone)) {
      return;
    }
    // IF EXISTS of a column that is not there.
    if (column == nullptr && table != nullptr && !table->assumed && action.if_exists) return;
    if (is_likely_rename(ctx, action.column)) return;
    report(ctx, sink,
           "dropping column " + quoted_column(alter.table, action.column) +
               " deletes its values for good, and code that still uses it fails",
           "first deploy code that does not use it, and drop it in a later release");
  });
}

}  // namespace

extern constinit const lint::Rule kDropColumn = {
    .info = {.id = "drop-column",
             .group = "destructive",
             .summary = "A column is dropped with all its values.",
             .why = "The values are gone for good; a downgrade can only bring back an empty "
                    "column. Application servers of the old release fail until they are replaced, "
                    "an ORM even when it does not use the column itself.",
             .safer = "Remove the column from the models, deploy, and drop it in a later release. "
                      "Where this is done, say so with "
                      "`# forelock: ignore[drop-column] unread since 4.2`.",
             .bad = R"(def upgrade():
    op.drop_column("patients", "legacy_field")
)",
             .good = R"(def upgrade():
    # forelock: ignore[drop-column] unread since release 4.2
    op.drop_column("patients", "legacy_field")
)",
             .source = "PostgreSQL manual, ALTER TABLE, DROP COLUMN",
             .severity = lint::Severity::kWarning},
    .check_step = check};

}  // namespace forelock::rules
