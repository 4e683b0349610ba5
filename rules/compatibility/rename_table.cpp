#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  const auto* rename = operation<model::Rename>(ctx);
  if (rename == nullptr || rename->object.kind != model::ObjectKind::kTable || has_no_effect(ctx)) {
    return;
  }
  const postgres::Relation* table = ctx.before.find_relation(rename->object.name);
  if (is_private(ctx, table)) return;
  if (table != nullptr && table->kind != postgres::RelationKind::kTable &&
      table->kind != postgres::RelationKind::kPartitionedTable) {
    return;
  }
  // A view under the old name keeps old code working.
  if (ctx.direction().after.find_relation(rename->object.name) != nullptr) return;
  report(ctx, sink,
         "renaming table " + in_quotes(rename->object.name) + " to " + in_quotes(rename->new_name) +
             " breaks code that still uses the old name until all of it is replaced",
         "create a view under the old name in the same migration, and drop it when nobody uses it");
}

}  // namespace

extern constinit const lint::Rule kRenameTable = {
    .info = {.id = "rename-table",
             .group = "compatibility",
             .summary = "A table is renamed while code still uses its old name.",
             .why = "Migrations and application servers are not replaced at one moment: between "
                    "them, one of the two names does not exist.",
             .safer = "Leave a view under the old name until the old release is gone; simple views "
                      "can be written to.",
             .bad = R"(def upgrade():
    op.rename_table("users", "accounts")
)",
             .good = R"(def upgrade():
    op.rename_table("users", "accounts")
    op.execute("CREATE VIEW users AS SELECT * FROM accounts")
)",
             .source = "PostgreSQL manual, ALTER TABLE, RENAME; CREATE VIEW, Updatable Views",
             .severity = lint::Severity::kWarning},
    .check_step = check};

}  // namespace forelock::rules
