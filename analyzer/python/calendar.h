#pragma once

// The proleptic Gregorian calendar of Python's datetime: numbers only, no values of the evaluator.
// Private to analyzer/python.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/python/value.h"

namespace forelock::python {

inline constexpr Integer kSecond = 1'000'000;  ///< In microseconds, as every span here.
inline constexpr Integer kMinute = 60 * kSecond;
inline constexpr Integer kHour = 60 * kMinute;
inline constexpr Integer kDay = 24 * kHour;
inline constexpr Integer kMaxDays = 4'000'000;  ///< Beyond the calendar of datetime: 9999 years.

/// Of datetime(year, month, …), in order.
inline constexpr std::array<std::string_view, 7> kDateParts = {
    "year", "month", "day", "hour", "minute", "second", "microsecond"};

struct Civil {
  Integer year, month, day;
};

/// A date or datetime.
struct Moment {
  Integer days = 0;  ///< Since 1970-01-01.
  Integer time = 0;  ///< Since midnight.
  bool with_time = false;
  std::optional<Value> zone;
  bool utc = false;  ///< The zone is known to be UTC.
};

Integer floor_div(Integer a, Integer b);
/// Days since 1970-01-01.
Integer days_of(Integer year, Integer month, Integer day);
Civil civil_of(Integer days);
Integer days_in_month(Integer year, Integer month);
/// 0 is Monday, as in date.weekday().
Integer weekday_of(Integer days);
/// Of year, month, day, hour, minute, second and microsecond; nothing when there is no such time.
std::optional<Moment> moment_of(const std::array<Integer, kDateParts.size()>& parts);

/// str() with `between` before the time; nothing in a zone that is not UTC.
std::optional<std::string> moment_text(const Moment& moment, char between);
/// str() of a timedelta.
std::string delta_text(Integer span);
/// strftime() in the C locale; nothing when a directive is not known.
std::optional<std::string> formatted(const Moment& moment, std::string_view format);
/// What strptime() reads; numbers only. Nothing when the text is not of the format.
std::optional<Moment> parsed(std::string_view text, std::string_view format);
/// date.fromisoformat() and datetime.fromisoformat(), as far as strptime() tells them.
std::optional<Moment> from_iso(std::string_view text, bool with_time);

}  // namespace forelock::python
