#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

#include "analyzer/model/expression.h"
#include "analyzer/model/operation.h"

namespace forelock::model {
namespace {

struct Spelling {
  std::string_view internal_name;
  std::string_view before;  ///< What stands before the modifiers.
  std::string_view after;   ///< What stands behind them.
};

// Source: PostgreSQL 18, format_type_extended() in src/backend/utils/adt/format_type.c.
constexpr auto kSpellings = std::to_array<Spelling>({
    {"bit", "bit", ""},
    {"bool", "boolean", ""},
    {"float4", "real", ""},
    {"float8", "double precision", ""},
    {"int2", "smallint", ""},
    {"int4", "integer", ""},
    {"int8", "bigint", ""},
    {"interval", "interval", ""},
    {"json", "json", ""},
    {"numeric", "numeric", ""},
    {"time", "time", " without time zone"},
    {"timestamp", "timestamp", " without time zone"},
    {"timestamptz", "timestamp", " with time zone"},
    {"timetz", "time", " with time zone"},
    {"varbit", "bit varying", ""},
    {"varchar", "character varying", ""},
});

struct IntervalFields {
  int mask;
  std::string_view text;
};

// The bits are 1 << MONTH (1), YEAR (2), DAY (3), HOUR (10), MINUTE (11), SECOND (12).
// Source: PostgreSQL 18, intervaltypmodout() in src/backend/utils/adt/timestamp.c.
constexpr int kMonth = 1 << 1, kYear = 1 << 2, kDay = 1 << 3;
constexpr int kHour = 1 << 10, kMinute = 1 << 11, kSecond = 1 << 12;
constexpr auto kIntervalFields = std::to_array<IntervalFields>({
    {kYear, " year"},
    {kMonth, " month"},
    {kDay, " day"},
    {kHour, " hour"},
    {kMinute, " minute"},
    {kSecond, " second"},
    {kYear | kMonth, " year to month"},
    {kDay | kHour, " day to hour"},
    {kDay | kHour | kMinute, " day to minute"},
    {kDay | kHour | kMinute | kSecond, " day to second"},
    {kHour | kMinute, " hour to minute"},
    {kHour | kMinute | kSecond, " hour to second"},
    {kMinute | kSecond, " minute to second"},
});

std::string interval_modifiers(const TypeName& type) {
  std::string result;
  if (type.modifiers.empty()) return result;
  for (const IntervalFields& fields : kIntervalFields) {
    if (fields.mask == type.modifiers[0]) result += fields.text;
  }
  if (type.modifiers.size() > 1) result += fmt::format("({})", type.modifiers[1]);
  return result;
}

std::string modifiers(const TypeName& type) {
  if (!type.modifier_text.empty()) return fmt::format("({})", type.modifier_text);
  if (type.modifiers.empty()) return {};
  const bool scale_left_out = type.name.name == "numeric" && type.modifiers.size() == 1;
  return fmt::format("({}{})", fmt::join(type.modifiers, ","), scale_left_out ? ",0" : "");
}

std::string element_type(const TypeName& type) {
  const std::string& name = type.name.name;
  const bool is_system = type.name.schema.empty() || type.name.schema == "pg_catalog";
  if (!is_system) return quoted(type.name) + modifiers(type);
  if (name == "interval") return name + interval_modifiers(type);
  if (name == "bpchar") return type.modifiers.empty() ? name : "character" + modifiers(type);
  for (const Spelling& spelling : kSpellings) {
    if (spelling.internal_name == name) {
      return fmt::format("{}{}{}", spelling.before, modifiers(type), spelling.after);
    }
  }
  return quote_identifier(name) + modifiers(type);
}

}  // namespace

std::string ObjectReference::argument_list() const {
  std::string list;
  for (const TypeName& type : arguments) {
    if (!list.empty()) list += ", ";
    list += display(type);
  }
  return list;
}

std::string display(const TypeName& type) {
  // format_type() shows an array of any number of dimensions in the same way.
  return fmt::format("{}{}{}", type.set_of ? "SETOF " : "", element_type(type),
                     type.array_dimensions > 0 ? "[]" : "");
}

}  // namespace forelock::model
