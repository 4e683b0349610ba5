#include <algorithm>
#include <utility>

#include "rules/support.h"

namespace forelock::rules {
namespace {

/// The index goes anyway: its table or one of its columns is dropped by the same migration.
bool goes_with_its_table(const lint::StepContext& ctx, const postgres::Relation& index) {
  const postgres::Relation* table = ctx.direction().after.relation(index.table);
  if (table == nullptr) return true;
  return std::ranges::any_of(index.keys, [&](const postgres::IndexColumn& key) {
    return key.column != 0 && table->column(key.column) == nullptr;
  });
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  const auto* drop = operation<model::Drop>(ctx);
  if (drop == nullptr || drop->kind != model::ObjectKind::kIndex || drop->concurrently) return;
  if (has_no_effect(ctx)) return;
  for (const model::ObjectReference& object : drop->objects) {
    const postgres::Relation* index = ctx.before.find_index(object.name);
    std::string table = "its table";
    if (index != nullptr) {
      // CONCURRENTLY does not support a partitioned index.
      if (index->kind == postgres::RelationKind::kPartitionedIndex) continue;
      const postgres::Relation* on = ctx.before.relation(index->table);
      if (ctx.is_new(index) || is_private(ctx, on) || goes_with_its_table(ctx, *index)) continue;
      if (on != nullptr) table = in_quotes(*on);
    }
    lint::Finding& finding =
        report(ctx, sink,
               "dropping index " + in_quotes(object.name) + " locks " + table +
                   " against reads and writes, which queue behind it while it waits for open "
                   "queries (ACCESS EXCLUSIVE lock)",
               "drop it with CONCURRENTLY, outside of a transaction "
               "(`postgresql_concurrently=True` in an autocommit_block)");
    if (drop->objects.size() != 1 || drop->cascade) continue;
    if (auto edits =
            ctx.migration.rewriter.add_concurrently(ctx.statement, ctx.step.in_transaction)) {
      finding.fixes.push_back(
          {"Drop the index concurrently",
           ctx.step.in_transaction ? lint::Applicability::kUnsafe : lint::Applicability::kSafe,
           std::move(*edits)});
    }
  }
}

}  // namespace

extern constinit const lint::Rule kDropIndexNotConcurrent = {
    .info = {.id = "drop-index-not-concurrent",
             .group = "locks",
             .summary =
                 "An index is dropped under a lock that stops reads and writes of its table.",
             .why = "DROP INDEX needs an ACCESS EXCLUSIVE lock on the table. It is short, but it "
                    "waits for every open query, and everything that comes later waits behind it.",
             .safer = "DROP INDEX CONCURRENTLY waits without blocking. It cannot run in a "
                      "transaction: put it into an autocommit_block. An index that goes with its "
                      "table or column in the same migration is not reported.",
             .bad = R"(def upgrade():
    op.drop_index("ix_patients_email", table_name="patients")
)",
             .good = R"(def upgrade():
    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_patients_email", table_name="patients", postgresql_concurrently=True
        )
)",
             .source = "PostgreSQL manual, DROP INDEX, CONCURRENTLY",
             .severity = lint::Severity::kWarning,
             .fix = lint::FixKind::kSometimes},
    .check_step = check};

}  // namespace forelock::rules
