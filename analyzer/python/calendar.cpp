#include "analyzer/python/calendar.h"

#include <fmt/format.h>

#include <algorithm>

namespace forelock::python {

Integer floor_div(Integer a, Integer b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

/// Source: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms, days_from_civil.
Integer days_of(Integer year, Integer month, Integer day) {
  year -= month <= 2 ? 1 : 0;
  const Integer era = (year >= 0 ? year : year - 399) / 400;
  const Integer of_era = year - era * 400;
  const Integer of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/// Source: the same, civil_from_days.
Civil civil_of(Integer days) {
  days += 719468;
  const Integer era = (days >= 0 ? days : days - 146096) / 146097;
  const Integer of_era = days - era * 146097;
  const Integer years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const Integer of_year = of_era - (365 * years + years / 4 - years / 100);
  const Integer shifted = (5 * of_year + 2) / 153;
  const Integer month = shifted + (shifted < 10 ? 3 : -9);
  return {years + era * 400 + (month <= 2 ? 1 : 0), month, of_year - (153 * shifted + 2) / 5 + 1};
}

Integer days_in_month(Integer year, Integer month) {
  return days_of(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
         days_of(year, month, 1);
}

Integer weekday_of(Integer days) { return ((days % 7) + 10) % 7; }

std::optional<Moment> moment_of(const std::array<Integer, kDateParts.size()>& parts) {
  constexpr std::array<Integer, kDateParts.size()> kLast = {9999, 12, 31, 23, 59, 59, kSecond - 1};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] < (i < 3 ? 1 : 0) || parts[i] > kLast[i]) return {};
  }
  if (parts[2] > days_in_month(parts[0], parts[1])) return {};
  Moment moment;
  moment.with_time = true;
  moment.days = days_of(parts[0], parts[1], parts[2]);
  moment.time = parts[3] * kHour + parts[4] * kMinute + parts[5] * kSecond + parts[6];
  return moment;
}

namespace {

std::string time_text(Integer time) {
  std::string out =
      fmt::format("{:02}:{:02}:{:02}", time / kHour, time / kMinute % 60, time / kSecond % 60);
  if (time % kSecond != 0) out += fmt::format(".{:06}", time % kSecond);
  return out;
}

}  // namespace

std::optional<std::string> moment_text(const Moment& moment, char between) {
  if (moment.zone && !moment.utc) return {};
  const Civil civil = civil_of(moment.days);
  std::string out = fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
  if (!moment.with_time) return out;
  return out + between + time_text(moment.time) + (moment.zone ? "+00:00" : "");
}

/// Source: Lib/_pydatetime.py, timedelta.__str__.
std::string delta_text(Integer span) {
  const Integer days = floor_div(span, kDay);
  std::string out = time_text(span - days * kDay);
  if (out.starts_with('0')) out.erase(0, 1);
  if (days == 0) return out;
  return fmt::format("{} day{}, {}", days, days == 1 || days == -1 ? "" : "s", out);
}

namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::size_t kAbbreviated = 3;

}  // namespace

std::optional<std::string> formatted(const Moment& moment, std::string_view format) {
  const Civil civil = civil_of(moment.days);
  const Integer hour = moment.time / kHour;
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 >= format.size()) {
      out += format[i];
      continue;
    }
    switch (format[++i]) {
      case 'Y':
        out += std::to_string(civil.year);
        break;
      case 'y':
        out += fmt::format("{:02}", civil.year % 100);
        break;
      case 'm':
        out += fmt::format("{:02}", civil.month);
        break;
      case 'd':
        out += fmt::format("{:02}", civil.day);
        break;
      case 'H':
        out += fmt::format("{:02}", hour);
        break;
      case 'I':
        out += fmt::format("{:02}", hour % 12 == 0 ? 12 : hour % 12);
        break;
      case 'p':
        out += hour < 12 ? "AM" : "PM";
        break;
      case 'M':
        out += fmt::format("{:02}", moment.time / kMinute % 60);
        break;
      case 'S':
        out += fmt::format("{:02}", moment.time / kSecond % 60);
        break;
      case 'f':
        out += fmt::format("{:06}", moment.time % kSecond);
        break;
      case 'F':
        out += fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
        break;
      case 'T':
        out += time_text(moment.time / kSecond * kSecond);
        break;
      case 'j':
        out += fmt::format("{:03}", moment.days - days_of(civil.year, 1, 1) + 1);
        break;
      case 'B':
        out += kMonths[static_cast<std::size_t>(civil.month - 1)];
        break;
      case 'b':
        out += kMonths[static_cast<std::size_t>(civil.month - 1)].substr(0, kAbbreviated);
        break;
      case 'A':
        out += kWeekdays[static_cast<std::size_t>(weekday_of(moment.days))];
        break;
      case 'a':
        out += kWeekdays[static_cast<std::size_t>(weekday_of(moment.days))].substr(0, kAbbreviated);
        break;
      case 'z':
        if (moment.zone && !moment.utc) return {};
        if (moment.zone) out += "+0000";
        break;
      case 'Z':
        if (moment.zone && !moment.utc) return {};
        if (moment.zone) out += "UTC";
        break;
      case '%':
        out += '%';
        break;
      default:
        return {};
    }
  }
  return out;
}

std::optional<Moment> parsed(std::string_view text, std::string_view format) {
  std::array<Integer, kDateParts.size()> parts = {1900, 1, 1, 0, 0, 0, 0};
  std::size_t at = 0;
  const auto number = [&](std::size_t most) -> std::optional<Integer> {
    Integer value = 0;
    std::size_t used = 0;
    while (used < most && at < text.size() && text[at] >= '0' && text[at] <= '9') {
      value = value * 10 + (text[at++] - '0');
      ++used;
    }
    return used == 0 ? std::nullopt : std::optional(value);
  };
  bool utc = false;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 >= format.size()) {
      if (at >= text.size() || text[at++] != format[i]) return {};
      continue;
    }
    constexpr std::string_view kNumbers = "YmdHMS";
    const char directive = format[++i];
    if (const std::size_t part = kNumbers.find(directive); part != std::string_view::npos) {
      const auto value = number(directive == 'Y' ? 4 : 2);
      if (!value) return {};
      parts[part] = *value;
    } else if (directive == 'f') {
      const std::size_t begin = at;
      const auto value = number(6);
      if (!value) return {};
      parts[6] = *value;
      for (std::size_t digits = at - begin; digits < 6; ++digits) parts[6] *= 10;
    } else if (directive == 'z' && (text.substr(at) == "Z" || text.substr(at) == "+0000" ||
                                    text.substr(at) == "+00:00")) {
      at = text.size();
      utc = true;
    } else {
      return {};
    }
  }
  if (at != text.size()) return {};
  auto moment = moment_of(parts);
  if (moment && utc) {
    moment->zone = make_symbol("datetime.timezone.utc", {});
    moment->utc = true;
  }
  return moment;
}

std::optional<Moment> from_iso(std::string_view text, bool with_time) {
  constexpr auto kFormats = std::to_array<std::string_view>(
      {"%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M",
       "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z",
       "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M:%S.%f%z"});
  for (const std::string_view format : kFormats) {
    auto moment = parsed(text, format);
    if (!moment) continue;
    if (!with_time && format != kFormats.front()) return {};
    moment->with_time = with_time;
    return moment;
  }
  return {};
}

}  // namespace forelock::python
