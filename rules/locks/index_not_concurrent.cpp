#include <utility>

#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  const auto* index = operation<model::CreateIndex>(ctx);
  if (index == nullptr || index->concurrently || has_no_effect(ctx)) return;
  const postgres::Relation* table = ctx.before.find_relation(index->table);
  if (is_private(ctx, table)) return;
  const bool partitioned =
      table != nullptr && table->kind == postgres::RelationKind::kPartitionedTable;
  // An index on the parent alone holds no rows; only REFRESH waits for one on a materialized view.
  if (partitioned && index->only) return;
  if (table != nullptr && table->kind == postgres::RelationKind::kMaterializedView) return;

  const std::string name = index->name.empty() ? "an index" : "index " + in_quotes(index->name);
  lint::Finding& finding = report(
      ctx, sink,
      "building " + name + " on " + in_quotes(index->table) +
          " makes every write to the table wait until the build is done (SHARE lock)",
      partitioned ? "create it ON ONLY the parent, build one concurrently on each partition, then "
                    "ALTER INDEX … ATTACH PARTITION"
                  : "build it with CONCURRENTLY, outside of a transaction "
                    "(`postgresql_concurrently=True` in an autocommit_block)");
  if (partitioned) return;
  if (auto edits =
          ctx.migration.rewriter.add_concurrently(ctx.statement, ctx.step.in_transaction)) {
    // Leaving the transaction commits what the migration did so far.
    finding.fixes.push_back(
        {"Build the index concurrently",
         ctx.step.in_transaction ? lint::Applicability::kUnsafe : lint::Applicability::kSafe,
         std::move(*edits)});
  }
}

}  // namespace

extern constinit const lint::Rule kIndexNotConcurrent = {
    .info = {.id = "index-not-concurrent",
             .group = "locks",
             .summary = "An index is built while writes to its table wait.",
             .why = "A plain CREATE INDEX holds a SHARE lock for the whole build: reads go on, but "
                    "every INSERT, UPDATE and DELETE waits. On a large table that is minutes.",
             .safer = "CREATE INDEX CONCURRENTLY takes a SHARE UPDATE EXCLUSIVE lock, so writes go "
                      "on. It cannot run in a transaction: put it into an autocommit_block, best "
                      "in a migration of its own. A table that the same migration creates is "
                      "used by nobody and needs none of this.",
             .bad = R"(def upgrade():
    op.create_index("ix_patients_email", "patients", ["email"])
)",
             .good = R"(def upgrade():
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_patients_email", "patients", ["email"], postgresql_concurrently=True
        )
)",
             .source = "PostgreSQL manual, CREATE INDEX, Building Indexes Concurrently",
             .severity = lint::Severity::kWarning,
             .fix = lint::FixKind::kSometimes},
    .check_step = check};

}  // namespace forelock::rules
