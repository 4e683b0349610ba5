#include "analyzer/postgres/facts/lock_levels.h"

#include <algorithm>
#include <variant>

namespace forelock::postgres::facts {
namespace {

struct ParameterLock {
  std::string_view name;
  LockMode mode;
};

constexpr LockMode kWeak = LockMode::kShareUpdateExclusive;
constexpr LockMode kStrong = LockMode::kAccessExclusive;

constexpr ParameterLock kParameters[] = {
    {"autosummarize", kStrong},
    {"autovacuum_analyze_scale_factor", kWeak},
    {"autovacuum_analyze_threshold", kWeak},
    {"autovacuum_enabled", kWeak},
    {"autovacuum_freeze_max_age", kWeak},
    {"autovacuum_freeze_min_age", kWeak},
    {"autovacuum_freeze_table_age", kWeak},
    {"autovacuum_multixact_freeze_max_age", kWeak},
    {"autovacuum_multixact_freeze_min_age", kWeak},
    {"autovacuum_multixact_freeze_table_age", kWeak},
    {"autovacuum_vacuum_cost_delay", kWeak},
    {"autovacuum_vacuum_cost_limit", kWeak},
    {"autovacuum_vacuum_insert_scale_factor", kWeak},
    {"autovacuum_vacuum_insert_threshold", kWeak},
    {"autovacuum_vacuum_max_threshold", kWeak},
    {"autovacuum_vacuum_scale_factor", kWeak},
    {"autovacuum_vacuum_threshold", kWeak},
    {"buffering", kStrong},
    {"check_option", kStrong},
    {"deduplicate_items", kWeak},
    {"effective_io_concurrency", kWeak},
    {"fastupdate", kStrong},
    {"fillfactor", kWeak},
    {"gin_pending_list_limit", kStrong},
    {"log_autovacuum_min_duration", kWeak},
    {"n_distinct", kWeak},
    {"n_distinct_inherited", kWeak},
    {"pages_per_range", kStrong},
    {"parallel_workers", kWeak},
    {"random_page_cost", kWeak},
    {"security_barrier", kStrong},
    {"security_invoker", kStrong},
    {"seq_page_cost", kWeak},
    {"toast_tuple_target", kWeak},
    {"user_catalog_table", kStrong},
    {"vacuum_index_cleanup", kWeak},
    {"vacuum_max_eager_freeze_failure_rate", kWeak},
    {"vacuum_truncate", kWeak},
};

const ParameterLock* find(std::string_view parameter) {
  if (parameter.starts_with("toast.")) parameter.remove_prefix(6);
  const auto* found = std::ranges::find(kParameters, parameter, &ParameterLock::name);
  return found == std::end(kParameters) ? nullptr : found;
}

struct LockOf {
  using Mode = LockMode;
  template <typename Action>
  Mode operator()(const Action&) const {
    return Mode::kAccessExclusive;
  }
  Mode operator()(const model::SetStatistics&) const { return Mode::kShareUpdateExclusive; }
  Mode operator()(const model::SetColumnOptions&) const { return Mode::kShareUpdateExclusive; }
  Mode operator()(const model::ClusterOn&) const { return Mode::kShareUpdateExclusive; }
  Mode operator()(const model::ValidateConstraint&) const { return Mode::kShareUpdateExclusive; }
  Mode operator()(const model::AttachPartition&) const { return Mode::kShareUpdateExclusive; }
  Mode operator()(const model::DetachPartition& detach) const {
    return detach.concurrently || detach.finalize ? Mode::kShareUpdateExclusive
                                                  : Mode::kAccessExclusive;
  }
  Mode operator()(const model::SetTriggerState& state) const {
    return state.rule ? Mode::kAccessExclusive : Mode::kShareRowExclusive;
  }
  Mode operator()(const model::AddConstraint& add) const {
    return add.constraint.kind == model::ConstraintKind::kForeignKey ? Mode::kShareRowExclusive
                                                                     : Mode::kAccessExclusive;
  }
  Mode operator()(const model::SetTableOptions& set) const {
    Mode mode = Mode::kShareUpdateExclusive;
    for (const auto& [name, value] : set.options) {
      mode = std::max(mode, storage_parameter_lock(name));
    }
    return set.options.empty() ? Mode::kAccessExclusive : mode;
  }
};

}  // namespace

LockMode alter_table_lock(const model::AlterAction& action) {
  return std::visit(LockOf{}, action.what);
}

LockMode storage_parameter_lock(std::string_view parameter) {
  const ParameterLock* found = find(parameter);
  return found == nullptr ? LockMode::kAccessExclusive : found->mode;
}

bool is_storage_parameter(std::string_view parameter) { return find(parameter) != nullptr; }

}  // namespace forelock::postgres::facts
