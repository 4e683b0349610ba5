#include <utility>

#include "rules/support.h"

namespace forelock::rules {
namespace {

/// The statement's name when it has a CONCURRENTLY that may not run in a transaction.
std::string_view concurrent_name(const model::Operation& operation) {
  if (const auto* index = std::get_if<model::CreateIndex>(&operation)) {
    return index->concurrently ? "CREATE INDEX CONCURRENTLY" : "";
  }
  if (const auto* drop = std::get_if<model::Drop>(&operation)) {
    return drop->concurrently ? "DROP INDEX CONCURRENTLY" : "";
  }
  if (const auto* reindex = std::get_if<model::Reindex>(&operation)) {
    return reindex->concurrently ? "REINDEX CONCURRENTLY" : "";
  }
  if (const auto* alter = std::get_if<model::AlterTable>(&operation)) {
    for (const model::AlterAction& action : alter->actions) {
      const auto* detach = std::get_if<model::DetachPartition>(&action.what);
      if (detach != nullptr && detach->concurrently) return "DETACH PARTITION CONCURRENTLY";
    }
  }
  return "";
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (!ctx.step.in_transaction || ctx.effects.runs_in_transaction) return;
  const std::string_view name = concurrent_name(ctx.statement.operation);
  if (name.empty()) return;
  lint::Finding& finding =
      report(ctx, sink,
             std::string(name) +
                 " always fails here: PostgreSQL refuses it inside of a transaction (25001)",
             "put it into `with op.get_context().autocommit_block():`, or take it out of BEGIN and "
             "COMMIT");
  if (auto edits = ctx.migration.rewriter.wrap_in_autocommit_block(ctx.statement)) {
    finding.fixes.push_back(
        {"Run it in an autocommit block", lint::Applicability::kUnsafe, std::move(*edits)});
  }
}

}  // namespace

extern constinit const lint::Rule kConcurrentlyInTransaction = {
    .info = {.id = "concurrently-in-transaction",
             .group = "locks",
             .summary = "CONCURRENTLY is used inside of a transaction, where it always fails.",
             .why = "CREATE, DROP and REINDEX INDEX CONCURRENTLY and DETACH PARTITION CONCURRENTLY "
                    "wait for other transactions in several steps of their own. PostgreSQL refuses "
                    "them in a transaction block, and Alembic runs migrations in one.",
             .safer = "Use Alembic's autocommit_block, in a migration of its own: leaving the "
                      "transaction commits everything before it.",
             .bad = R"(def upgrade():
    op.create_index(
        "ix_patients_email", "patients", ["email"], postgresql_concurrently=True
    )
)",
             .good = R"(def upgrade():
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_patients_email", "patients", ["email"], postgresql_concurrently=True
        )
)",
             .source =
                 "PostgreSQL manual, CREATE INDEX; Alembic, MigrationContext.autocommit_block",
             .severity = lint::Severity::kError,
             .fix = lint::FixKind::kSometimes},
    .check_step = check,
    .in_downgrades = true};

}  // namespace forelock::rules
