#include "analyzer/postgres/facts/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "analyzer/postgres/facts/server_data.h"

namespace forelock::postgres::facts {
namespace {

// What SET takes beside pg_settings. Source: GUC_NO_SHOW_ALL in src/backend/utils/misc, gram.y.
constexpr std::string_view kOthers[] = {"role",
                                        "seed",
                                        "session_authorization",
                                        "session characteristics",
                                        "transaction",
                                        "transaction snapshot",
                                        "default_with_oids",
                                        "ssl_renegotiation_limit",
                                        "time zone"};

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

bool may_be_setting(std::string_view name, int version) {
  return name.find('.') != std::string_view::npos || setting(name, version) != nullptr ||
         std::ranges::find(kOthers, name) != std::end(kOthers);
}

std::optional<SettingError> setting_error(std::string_view name, std::string_view value,
                                          int version) {
  if (!may_be_setting(name, version)) {
    return SettingError{"42704", fmt::format("unrecognized configuration parameter \"{}\"", name)};
  }
  const SettingFact* const fact = setting(name, version);
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
