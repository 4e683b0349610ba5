#include "rules/likely_rename.h"
#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  const auto* drop = operation<model::Drop>(ctx);
  if (drop == nullptr || drop->kind != model::ObjectKind::kTable || has_no_effect(ctx)) return;
  for (const model::ObjectReference& object : drop->objects) {
    const postgres::Relation* table = ctx.before.find_relation(object.name);
    if (is_private(ctx, table)) continue;
    if (table != nullptr && is_likely_rename(ctx, model::display(object.name))) continue;
    report(ctx, sink,
           "dropping table " + in_quotes(object.name) +
               " deletes its rows for good, and code that still uses it fails",
           "first deploy code that does not use it, keep a backup, and drop it in a later release");
  }
}

}  // namespace

extern constinit const lint::Rule kDropTable = {
    .info = {.id = "drop-table",
             .group = "destructive",
             .summary = "A table is dropped with all its rows.",
             .why = "The rows are gone for good; a downgrade can only bring back an empty table. "
                    "Application servers of the old release fail until they are replaced.",
             .safer = "Stop using the table, deploy, and drop it in a later release, or rename it "
                      "first so that it can be brought back. Where this is done, say so with "
                      "`# forelock: ignore[drop-table] unused since 4.2`.",
             .bad = R"(def upgrade():
    op.drop_table("patients")
)",
             .good = R"(def upgrade():
    op.drop_table("patients")  # forelock: ignore[drop-table] unused since release 4.2
)",
             .source = "PostgreSQL manual, DROP TABLE",
             .severity = lint::Severity::kWarning},
    .check_step = check};

}  // namespace forelock::rules
