#include <algorithm>

#include "rules/support.h"

namespace forelock::rules {
namespace {

/// The first lock that others would queue behind, or null.
const postgres::Lock* queueing_lock(const postgres::Effects& effects) {
  const auto found = std::ranges::find_if(effects.locks, [](const postgres::Lock& lock) {
    return !lock.unseen && postgres::blocks_writes(lock.mode) &&
           lock.kind != postgres::RelationKind::kIndex;
  });
  return found == effects.locks.end() ? nullptr : &*found;
}

bool is_unlimited(std::string_view timeout) {
  return timeout.empty() || timeout.find_first_not_of("0 '\"") == std::string_view::npos ||
         timeout == "0s" || timeout == "0ms";
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (!is_unlimited(ctx.step.lock_timeout)) return;
  const postgres::Lock* lock = queueing_lock(ctx.effects);
  if (lock == nullptr) return;
  // One finding for each direction: its first such statement.
  for (std::size_t i = 0; i < ctx.index; ++i) {
    const postgres::TraceStep& earlier = ctx.direction().steps[i];
    if (is_unlimited(earlier.lock_timeout) && queueing_lock(earlier.effects) != nullptr) return;
  }
  report(ctx, sink,
         "without a lock_timeout this waits for its " +
             std::string(postgres::sql_name(lock->mode)) + " lock on " +
             in_quotes(model::QualifiedName{lock->schema, lock->name}) +
             " as long as any query runs, and all others wait behind it",
         "run `SET LOCAL lock_timeout = '5s'` first and try again when it fails");
}

}  // namespace

extern constinit const lint::Rule kNoLockTimeout = {
    .info = {.id = "no-lock-timeout",
             .group = "locks",
             .summary = "A strong lock is taken without a lock_timeout.",
             .why = "A statement that waits for a lock makes every later one wait too. One long "
                    "query is then enough to stop an application.",
             .safer = "SET LOCAL lock_timeout before the first such statement, and repeat the "
                      "migration when it fails. Off by default: many set it in env.py or for the "
                      "role, which is not seen.",
             .bad = "ALTER TABLE visits ADD COLUMN note text;\n",
             .good = "SET lock_timeout = '5s';\nALTER TABLE visits ADD COLUMN note text;\n",
             .example_language = lint::ExampleLanguage::kSql,
             .source = "PostgreSQL manual, 19.11 lock_timeout; 13.3 Explicit Locking",
             .severity = lint::Severity::kWarning,
             .enabled = false},
    .check_step = check};

}  // namespace forelock::rules
