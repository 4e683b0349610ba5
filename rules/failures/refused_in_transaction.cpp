#include <utility>

#include "rules/support.h"

namespace forelock::rules {
namespace {

/// concurrently-in-transaction speaks of these.
bool is_concurrent(const model::Operation& operation) {
  if (const auto* index = std::get_if<model::CreateIndex>(&operation)) return index->concurrently;
  if (const auto* drop = std::get_if<model::Drop>(&operation)) return drop->concurrently;
  if (const auto* reindex = std::get_if<model::Reindex>(&operation)) return reindex->concurrently;
  const auto* alter = std::get_if<model::AlterTable>(&operation);
  if (alter == nullptr) return false;
  for (const model::AlterAction& action : alter->actions) {
    const auto* detach = std::get_if<model::DetachPartition>(&action.what);
    if (detach != nullptr && detach->concurrently) return true;
  }
  return false;
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (!ctx.step.in_transaction || ctx.effects.runs_in_transaction) return;
  if (is_concurrent(ctx.statement.operation)) return;
  lint::Finding& finding =
      report(ctx, sink,
             std::string(model::kind_name(ctx.statement.operation)) +
                 " always fails here: PostgreSQL refuses it inside of a transaction (25001)",
             "put it into `with op.get_context().autocommit_block():`, or take it out of BEGIN and "
             "COMMIT");
  if (auto edits = ctx.migration.rewriter.wrap_in_autocommit_block(ctx.statement)) {
    finding.fixes.push_back(
        {"Run it in an autocommit block", lint::Applicability::kUnsafe, std::move(*edits)});
  }
}

}  // namespace

extern constinit const lint::Rule kRefusedInTransaction = {
    .info = {.id = "refused-in-transaction",
             .group = "failures",
             .summary = "VACUUM, CREATE DATABASE or the like stands in a transaction.",
             .why = "Some commands manage transactions themselves. PostgreSQL refuses them in a "
                    "transaction block, and Alembic runs migrations in one.",
             .safer = "Use Alembic's autocommit_block, in a migration of its own.",
             .bad = R"(def upgrade():
    op.execute("VACUUM visits")
)",
             .good = R"(def upgrade():
    with op.get_context().autocommit_block():
        op.execute("VACUUM visits")
)",
             .source = "PostgreSQL manual, pages of the commands; SQLSTATE 25001",
             .severity = lint::Severity::kError,
             .fix = lint::FixKind::kSometimes},
    .check_step = check,
    .in_downgrades = true};

}  // namespace forelock::rules
