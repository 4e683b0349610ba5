#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  const auto* reindex = operation<model::Reindex>(ctx);
  if (reindex == nullptr || reindex->concurrently || reindex->system || has_no_effect(ctx)) return;
  if (reindex->kind == model::ObjectKind::kTable && is_private(ctx, reindex->name)) return;
  if (reindex->kind == model::ObjectKind::kIndex) {
    const postgres::Relation* index = ctx.before.find_index(reindex->name);
    if (index != nullptr && is_private(ctx, ctx.before.relation(index->table))) return;
  }
  report(ctx, sink,
         "REINDEX of " + in_quotes(reindex->name) +
             " makes writes wait, and reads that would use the index (ACCESS EXCLUSIVE lock on it)",
         "use REINDEX … CONCURRENTLY, outside of a transaction");
}

}  // namespace

extern constinit const lint::Rule kReindexNotConcurrent = {
    .info = {.id = "reindex-not-concurrent",
             .group = "locks",
             .summary = "An index is rebuilt while writes to its table wait.",
             .why = "REINDEX takes a SHARE lock on the table and an ACCESS EXCLUSIVE lock on the "
                    "index for the whole build.",
             .safer = "REINDEX CONCURRENTLY builds a new index beside the old one.",
             .bad = "REINDEX INDEX visits_day_idx;\n",
             .good = "REINDEX INDEX CONCURRENTLY visits_day_idx;\n",
             .example_language = lint::ExampleLanguage::kSql,
             .source = "PostgreSQL manual, REINDEX, Rebuilding Indexes Concurrently",
             .severity = lint::Severity::kWarning,
             .since_pg = 12},
    .check_step = check};

}  // namespace forelock::rules
