#include "analyzer/postgres/facts/storage_parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace forelock::postgres::facts {
namespace {

struct NumberRange {
  std::string_view name;
  double least, most;
};

constexpr double kMaxInt = 2147483647;
constexpr double kAny = 1e300;

// Source: intRelOpts and realRelOpts in src/backend/access/common/reloptions.c, PostgreSQL 12 to
// 18. A fill factor is at least 10 for every access method.
constexpr NumberRange kNumbers[] = {
    {"autovacuum_analyze_scale_factor", 0, 100},
    {"autovacuum_analyze_threshold", 0, kMaxInt},
    {"autovacuum_freeze_max_age", 100000, 2000000000},
    {"autovacuum_freeze_min_age", 0, 1000000000},
    {"autovacuum_freeze_table_age", 0, 2000000000},
    {"autovacuum_multixact_freeze_max_age", 10000, 2000000000},
    {"autovacuum_multixact_freeze_min_age", 0, 1000000000},
    {"autovacuum_multixact_freeze_table_age", 0, 2000000000},
    {"autovacuum_vacuum_cost_delay", -1, 100},
    {"autovacuum_vacuum_cost_limit", 1, 10000},
    {"autovacuum_vacuum_insert_scale_factor", 0, 100},
    {"autovacuum_vacuum_insert_threshold", -1, kMaxInt},
    {"autovacuum_vacuum_scale_factor", 0, 100},
    {"autovacuum_vacuum_threshold", 0, kMaxInt},
    {"effective_io_concurrency", 0, 1000},
    {"fillfactor", 10, 100},
    {"gin_pending_list_limit", 64, kMaxInt},
    {"log_autovacuum_min_duration", -1, kMaxInt},
    {"n_distinct", -1, kAny},
    {"n_distinct_inherited", -1, kAny},
    {"pages_per_range", 1, 131072},
    {"parallel_workers", 0, 1024},
    {"random_page_cost", 0, kAny},
    {"seq_page_cost", 0, kAny},
    {"toast_tuple_target", 128, 8160},
};

// Source: boolRelOpts there.
constexpr std::string_view kBooleans[] = {
    "autosummarize",    "autovacuum_enabled", "deduplicate_items",  "fastupdate",
    "security_barrier", "security_invoker",   "user_catalog_table", "vacuum_truncate"};

/// Source: parse_bool_with_len() in src/backend/utils/adt/bool.c.
bool is_boolean(std::string_view value) {
  if (value.empty() || value == "1" || value == "0" || value == "on" || value == "of" ||
      value == "off") {
    return true;
  }
  return std::ranges::any_of(std::array<std::string_view, 4>{"true", "false", "yes", "no"},
                             [&](std::string_view word) { return word.starts_with(value); });
}

}  // namespace

bool is_index_parameter(std::string_view method, std::string_view name) {
  if (method == "gin") return name == "fastupdate" || name == "gin_pending_list_limit";
  if (method == "brin") return name == "pages_per_range" || name == "autosummarize";
  if (method == "gist") return name == "fillfactor" || name == "buffering";
  if (method == "btree") return name == "fillfactor" || name == "deduplicate_items";
  if (method == "hash" || method == "spgist") return name == "fillfactor";
  return true;
}

bool is_column_parameter(std::string_view name) {
  return name == "n_distinct" || name == "n_distinct_inherited";
}

std::optional<std::string> storage_parameter_error(std::string_view name, std::string_view value) {
  if (name.starts_with("toast.")) name.remove_prefix(6);
  const auto* range = std::ranges::find(kNumbers, name, &NumberRange::name);
  if (range != std::end(kNumbers)) {
    double number = 0;
    const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || stop != value.data() + value.size()) {
      return fmt::format("invalid value for option \"{}\": {}", name, value);
    }
    if (number < range->least || number > range->most) {
      return fmt::format("value {} out of bounds for option \"{}\"", value, name);
    }
    return std::nullopt;
  }
  if (std::ranges::find(kBooleans, name) == std::end(kBooleans)) return std::nullopt;
  std::string lower(value);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (is_boolean(lower)) return std::nullopt;
  return fmt::format("invalid value for boolean option \"{}\": {}", name, value);
}

}  // namespace forelock::postgres::facts
