#include <algorithm>

#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  const auto* refresh = operation<model::RefreshMaterializedView>(ctx);
  if (refresh == nullptr || refresh->concurrently || !refresh->with_data) return;
  const postgres::Relation* view = ctx.before.find_relation(refresh->view);
  if (has_no_effect(ctx) || is_private(ctx, view)) return;
  // One that was never filled cannot be read yet, nor refreshed concurrently.
  if (view != nullptr && !view->populated) return;
  bool has_unique = view == nullptr || view->assumed;
  if (view != nullptr) {
    for (const postgres::Relation* index : ctx.before.indexes_of(*view)) {
      has_unique = has_unique || (index->unique && !index->predicate.has_value());
    }
  }
  report(ctx, sink,
         "refreshing " + in_quotes(refresh->view) +
             " makes every read of it wait (ACCESS EXCLUSIVE lock)",
         has_unique ? "use REFRESH MATERIALIZED VIEW CONCURRENTLY"
                    : "give it a unique index, then REFRESH MATERIALIZED VIEW CONCURRENTLY works");
}

}  // namespace

extern constinit const lint::Rule kRefreshNotConcurrent = {
    .info = {.id = "refresh-not-concurrent",
             .group = "locks",
             .summary = "A materialized view is refreshed while reads of it wait.",
             .why = "REFRESH MATERIALIZED VIEW holds an ACCESS EXCLUSIVE lock for as long as its "
                    "query runs.",
             .safer = "REFRESH MATERIALIZED VIEW CONCURRENTLY lets reads go on. It needs a unique "
                      "index, and unlike other CONCURRENTLY it may run in a transaction.",
             .bad = "REFRESH MATERIALIZED VIEW daily_visits;\n",
             .good = "REFRESH MATERIALIZED VIEW CONCURRENTLY daily_visits;\n",
             .example_language = lint::ExampleLanguage::kSql,
             .source = "PostgreSQL manual, REFRESH MATERIALIZED VIEW",
             .severity = lint::Severity::kWarning},
    .check_step = check};

}  // namespace forelock::rules
