#include "analyzer/postgres/facts/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "analyzer/postgres/facts/server_data.h"

namespace forelock::postgres::facts {
namespace {

// What SET takes beside pg_settings (GUC_NO_SHOW_ALL and the grammar), and parameters of versions
// that the generated table does not cover. Sources: src/backend/utils/misc/guc.c of PostgreSQL 12
// to 14, guc_tables.c of 16 to 18.
constexpr std::string_view kOthers[] = {
    // not shown, and words of the grammar
    "role", "seed", "session_authorization", "session characteristics", "transaction",
    "transaction snapshot", "default_with_oids", "ssl_renegotiation_limit", "time zone",
    // up to 14
    "operator_precedence_warning", "vacuum_cleanup_index_scale_factor", "wal_keep_segments",
    "stats_temp_directory", "promote_trigger_file", "force_parallel_mode",
    "vacuum_defer_cleanup_age", "db_user_namespace", "old_snapshot_threshold",
    // 16
    "createrole_self_grant", "debug_io_direct", "debug_logical_replication_streaming",
    "debug_parallel_query", "enable_presorted_aggregate", "gss_accept_delegation",
    "icu_validation_level", "max_parallel_apply_workers_per_subscription", "reserved_connections",
    "scram_iterations", "send_abort_for_crash", "send_abort_for_kill", "vacuum_buffer_usage_limit",
    // 17
    "allow_alter_system", "commit_timestamp_buffers", "enable_group_by_reordering",
    "event_triggers", "huge_pages_status", "io_combine_limit", "max_notify_queue_pages",
    "multixact_member_buffers", "multixact_offset_buffers", "notify_buffers",
    "restrict_nonsystem_relation_kind", "serializable_buffers", "subtransaction_buffers",
    "summarize_wal", "sync_replication_slots", "synchronized_standby_slots",
    "trace_connection_negotiation", "transaction_buffers", "transaction_timeout",
    "wal_summary_keep_time",
    // 18
    "autovacuum_vacuum_max_threshold", "autovacuum_worker_slots", "enable_distinct_reordering",
    "enable_self_join_elimination", "extension_control_path", "file_copy_method",
    "idle_replication_slot_timeout", "io_max_combine_limit", "io_max_concurrency", "io_method",
    "io_workers", "log_lock_failures", "max_active_replication_origins", "md5_password_warnings",
    "oauth_validator_libraries", "ssl_groups", "ssl_tls13_ciphers", "track_cost_delay_timing",
    "vacuum_max_eager_freeze_failure_rate", "vacuum_truncate"};

// Source: memory_unit_conversion_table and time_unit_conversion_table there.
constexpr std::string_view kMemoryUnits[] = {"B", "kB", "MB", "GB", "TB"};
constexpr std::string_view kTimeUnits[] = {"us", "ms", "s", "min", "h", "d"};

/// Source: parse_int() and parse_real() there.
bool is_number(std::string_view value, std::string_view unit) {
  while (value.starts_with(' ')) value.remove_prefix(1);
  while (value.ends_with(' ')) value.remove_suffix(1);
  if (value.starts_with('+')) value.remove_prefix(1);
  if (value.starts_with("0x") || value.starts_with("0X")) return true;
  double number = 0;
  const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc()) return false;
  value.remove_prefix(static_cast<std::size_t>(stop - value.data()));
  while (value.starts_with(' ')) value.remove_prefix(1);
  if (value.empty()) return true;
  if (unit.empty()) return false;
  const bool memory = unit.ends_with('B');
  return memory ? std::ranges::find(kMemoryUnits, value) != std::end(kMemoryUnits)
                : std::ranges::find(kTimeUnits, value) != std::end(kTimeUnits);
}

/// Source: parse_bool_with_len() in src/backend/utils/adt/bool.c.
bool is_boolean(std::string_view value) {
  std::string lower(value);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (lower == "1" || lower == "0" || lower == "on" || lower == "of" || lower == "off") return true;
  if (lower.empty()) return false;
  for (const std::string_view word : {"true", "false", "yes", "no"}) {
    if (word.starts_with(lower)) return true;
  }
  return false;
}

}  // namespace

bool may_be_setting(std::string_view name) {
  return name.find('.') != std::string_view::npos || setting(name) != nullptr ||
         std::ranges::find(kOthers, name) != std::end(kOthers);
}

std::optional<SettingError> setting_error(std::string_view name, std::string_view value) {
  if (!may_be_setting(name)) {
    return SettingError{"42704", fmt::format("unrecognized configuration parameter \"{}\"", name)};
  }
  const SettingFact* const fact = setting(name);
  if (fact == nullptr) return std::nullopt;
  if (!fact->settable) {
    return SettingError{"55P02", fmt::format("parameter \"{}\" cannot be changed now", name)};
  }
  const bool number = fact->kind == 'i' || fact->kind == 'r';
  if ((number && !is_number(value, fact->unit)) || (fact->kind == 'b' && !is_boolean(value))) {
    return SettingError{"22023",
                        fmt::format("invalid value for parameter \"{}\": {}", name, value)};
  }
  return std::nullopt;
}

}  // namespace forelock::postgres::facts
