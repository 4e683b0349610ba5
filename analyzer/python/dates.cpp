#include "analyzer/python/dates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace forelock::python {
namespace {

constexpr Integer kSecond = 1'000'000;  ///< In microseconds, as every span here.
constexpr Integer kMinute = 60 * kSecond;
constexpr Integer kHour = 60 * kMinute;
constexpr Integer kDay = 24 * kHour;
constexpr Integer kMaxDays = 4'000'000;  ///< Beyond the calendar of datetime: 9999 years.

constexpr std::string_view kDate = "datetime.date";
constexpr std::string_view kDateTime = "datetime.datetime";
constexpr std::string_view kDelta = "datetime.timedelta";
constexpr std::string_view kRelative = "dateutil.relativedelta.relativedelta";

constexpr std::array<std::string_view, 7> kParts = {"year",   "month",  "day",        "hour",
                                                    "minute", "second", "microsecond"};

/// Days since 1970-01-01 of the proleptic Gregorian calendar.
/// Source: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms, days_from_civil.
Integer days_of(Integer year, Integer month, Integer day) {
  year -= month <= 2 ? 1 : 0;
  const Integer era = (year >= 0 ? year : year - 399) / 400;
  const Integer of_era = year - era * 400;
  const Integer of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct Civil {
  Integer year, month, day;
};

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

/// 0 is Monday, as in date.weekday().
Integer weekday_of(Integer days) { return ((days % 7) + 10) % 7; }

Integer floor_div(Integer a, Integer b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

/// A date or datetime.
struct Moment {
  Integer days = 0;  ///< Since 1970-01-01.
  Integer time = 0;  ///< Since midnight.
  bool with_time = false;
  std::optional<Value> zone;
  bool utc = false;  ///< The zone is known to be UTC.
};

bool is_utc(const Value& zone) {
  const Symbol* symbol = zone.symbol();
  if (symbol == nullptr) return false;
  constexpr auto kUtc = std::to_array<std::string_view>(
      {"datetime.UTC", "datetime.timezone.utc", "pytz.UTC", "pytz.utc"});
  if (symbol->kind == Symbol::Kind::kName) {
    return std::ranges::find(kUtc, symbol->name) != kUtc.end();
  }
  const bool named = symbol->path() == "zoneinfo.ZoneInfo" || symbol->path() == "pytz.timezone" ||
                     symbol->path() == "dateutil.tz.gettz";
  if (symbol->path() == "dateutil.tz.tzutc") return true;
  const Value* key = symbol->arguments.find("key", 0);
  return named && key != nullptr && key->str() != nullptr && key->str()->text == "UTC";
}

/// The numbers of year, month, … among the arguments; nothing when one is not known or unfit.
std::optional<Moment> read_moment(const Symbol& call) {
  const std::string_view path = call.path();
  if (call.kind != Symbol::Kind::kCall || (path != kDate && path != kDateTime)) return {};
  Moment moment;
  moment.with_time = path == kDateTime;
  const std::size_t used = moment.with_time ? kParts.size() : 3;
  const std::size_t all = moment.with_time ? used + 1 : used;
  if (!call.arguments.complete || call.arguments.positional.size() > all) return {};
  for (const auto& [name, value] : call.arguments.keywords) {
    const bool part = std::find(kParts.begin(), kParts.begin() + static_cast<std::ptrdiff_t>(used),
                                name) != kParts.begin() + static_cast<std::ptrdiff_t>(used);
    if (!part && (!moment.with_time || name != "tzinfo")) return {};
  }
  std::array<Integer, kParts.size()> parts{};
  for (std::size_t i = 0; i < used; ++i) {
    const Value* value = call.arguments.find(kParts[i], i);
    if (value == nullptr) {
      if (i < 3) return {};
      continue;
    }
    const Integer* number = value->as<Integer>();
    constexpr std::array<Integer, kParts.size()> kLast = {9999, 12, 31, 23, 59, 59, kSecond - 1};
    if (number == nullptr || *number < (i < 3 ? 1 : 0) || *number > kLast[i]) return {};
    parts[i] = *number;
  }
  if (parts[2] > days_in_month(parts[0], parts[1])) return {};
  moment.days = days_of(parts[0], parts[1], parts[2]);
  moment.time = parts[3] * kHour + parts[4] * kMinute + parts[5] * kSecond + parts[6];
  if (moment.with_time) {
    const Value* zone = call.arguments.find("tzinfo", kParts.size());
    if (zone != nullptr && !zone->is_none()) {
      moment.zone = *zone;
      moment.utc = is_utc(*zone);
    }
  }
  return moment;
}

std::optional<Moment> read_moment(const Value& value) {
  return value.symbol() == nullptr ? std::nullopt : read_moment(*value.symbol());
}

Value call_of(Interpreter& in, std::string_view path, Arguments arguments, Place at) {
  Symbol symbol;
  symbol.kind = Symbol::Kind::kCall;
  symbol.operands.push_back(python::make_symbol(std::string(path), at));
  symbol.arguments = std::move(arguments);
  symbol.place = at;
  return in.make_symbol_node(std::move(symbol));
}

/// With the arguments that repr() shows: no seconds where they are zero.
Value make_moment(Interpreter& in, const Moment& moment, Place at) {
  const Civil civil = civil_of(moment.days);
  if (civil.year < 1 || civil.year > 9999) return in.unknown("a date out of range");
  Arguments arguments;
  arguments.positional = {Value(civil.year), Value(civil.month), Value(civil.day)};
  if (!moment.with_time) return call_of(in, kDate, std::move(arguments), at);
  const Integer second = moment.time / kSecond % 60;
  const Integer micro = moment.time % kSecond;
  arguments.positional.emplace_back(moment.time / kHour);
  arguments.positional.emplace_back(moment.time / kMinute % 60);
  if (second != 0 || micro != 0) arguments.positional.emplace_back(second);
  if (micro != 0) arguments.positional.emplace_back(micro);
  if (moment.zone) arguments.keywords.emplace_back("tzinfo", *moment.zone);
  return call_of(in, kDateTime, std::move(arguments), at);
}

Moment moved(Moment moment, Integer span) {
  if (!moment.with_time) {  // a date takes the days of it only
    moment.days += floor_div(span, kDay);
    return moment;
  }
  const Integer time = moment.time + span;
  moment.days += floor_div(time, kDay);
  moment.time = time - floor_div(time, kDay) * kDay;
  return moment;
}

/// The sum of keyword (or positional) arguments in units of time; nothing when one is not known.
struct Unit {
  std::string_view name;
  Integer micros;
};
std::optional<Integer> sum_of(const Arguments& arguments, std::span<const Unit> units,
                              bool positional) {
  double total = 0;
  Integer exact = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const Value* value = arguments.find(units[i].name, positional ? i : Arguments::npos);
    if (value == nullptr) continue;
    if (const Integer* number = value->as<Integer>()) {
      if (std::abs(static_cast<double>(*number)) * static_cast<double>(units[i].micros) >
          static_cast<double>(kMaxDays * kDay)) {
        return {};
      }
      exact += *number * units[i].micros;
    } else if (const double* real = value->as<double>()) {
      total += *real * static_cast<double>(units[i].micros);
    } else {
      return {};
    }
  }
  if (std::abs(total) > static_cast<double>(kMaxDays * kDay)) return {};
  return exact + static_cast<Integer>(std::nearbyint(total));
}

constexpr auto kDeltaUnits = std::to_array<Unit>({{"days", kDay},
                                                  {"seconds", kSecond},
                                                  {"microseconds", 1},
                                                  {"milliseconds", 1000},
                                                  {"minutes", kMinute},
                                                  {"hours", kHour},
                                                  {"weeks", 7 * kDay}});

std::optional<Integer> read_delta(const Symbol& call) {
  if (call.kind != Symbol::Kind::kCall || call.path() != kDelta || !call.arguments.complete) {
    return {};
  }
  return sum_of(call.arguments, kDeltaUnits, true);
}

std::optional<Integer> read_delta(const Value& value) {
  return value.symbol() == nullptr ? std::nullopt : read_delta(*value.symbol());
}

/// With the arguments that repr() shows.
Value make_delta(Interpreter& in, Integer span, Place at) {
  const Integer days = floor_div(span, kDay);
  const Integer rest = span - days * kDay;
  Arguments arguments;
  if (days != 0) arguments.keywords.emplace_back("days", Value(days));
  if (rest / kSecond != 0) arguments.keywords.emplace_back("seconds", Value(rest / kSecond));
  if (rest % kSecond != 0) arguments.keywords.emplace_back("microseconds", Value(rest % kSecond));
  if (arguments.keywords.empty()) arguments.positional.emplace_back(Integer{0});
  return call_of(in, kDelta, std::move(arguments), at);
}

/// dateutil's relativedelta: months to go, then days; and parts to set first.
/// Source: dateutil/relativedelta.py, relativedelta.__radd__.
struct Relative {
  Integer months = 0;
  Integer span = 0;
  std::array<std::optional<Integer>, kParts.size()> set;
};

std::optional<Relative> read_relative(const Value& value) {
  const Symbol* call = value.symbol();
  if (call == nullptr || call->kind != Symbol::Kind::kCall || call->path() != kRelative ||
      !call->arguments.complete || !call->arguments.positional.empty()) {
    return {};
  }
  Relative relative;
  for (const auto& [name, argument] : call->arguments.keywords) {
    const Integer* number = argument.as<Integer>();
    if (number == nullptr || std::abs(*number) > kMaxDays) return {};
    const auto unit = std::ranges::find(kDeltaUnits, name, &Unit::name);
    const auto part = std::ranges::find(kParts, name);
    if (name == "years" || name == "months") {
      relative.months += *number * (name == "years" ? 12 : 1);
    } else if (unit != kDeltaUnits.end() && name != "milliseconds") {
      relative.span += *number * unit->micros;
    } else if (part != kParts.end()) {
      relative.set[static_cast<std::size_t>(part - kParts.begin())] = *number;
    } else {
      return {};
    }
  }
  return relative;
}

std::optional<Moment> moved(Moment moment, const Relative& relative, Integer sign) {
  Civil civil = civil_of(moment.days);
  civil.year = relative.set[0].value_or(civil.year);
  const Integer months =
      civil.year * 12 + relative.set[1].value_or(civil.month) - 1 + sign * relative.months;
  civil.year = floor_div(months, 12);
  civil.month = months - civil.year * 12 + 1;
  if (civil.year < 1 || civil.year > 9999) return {};
  civil.day = std::min(relative.set[2].value_or(civil.day), days_in_month(civil.year, civil.month));
  moment.days = days_of(civil.year, civil.month, civil.day);
  constexpr std::array<Integer, 4> kUnits = {kHour, kMinute, kSecond, 1};
  constexpr std::array<Integer, 4> kSizes = {24, 60, 60, kSecond};
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    const auto& part = relative.set[i + 3];
    if (!part) continue;
    if (!moment.with_time) return {};
    const Integer old = moment.time / kUnits[i] % kSizes[i];
    moment.time += (*part - old) * kUnits[i];
  }
  return moved(moment, sign * relative.span);
}

std::string time_text(Integer time) {
  std::string out =
      fmt::format("{:02}:{:02}:{:02}", time / kHour, time / kMinute % 60, time / kSecond % 60);
  if (time % kSecond != 0) out += fmt::format(".{:06}", time % kSecond);
  return out;
}

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

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::size_t kAbbreviated = 3;

/// In the C locale.
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

/// What strptime() reads; numbers only. Nothing when the text is not of the format.
std::optional<Moment> parsed(std::string_view text, std::string_view format) {
  std::array<Integer, kParts.size()> parts = {1900, 1, 1, 0, 0, 0, 0};
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
  Symbol made;
  made.kind = Symbol::Kind::kCall;
  made.operands.push_back(python::make_symbol(std::string(kDateTime), {}));
  for (const Integer part : parts) made.arguments.positional.emplace_back(part);
  if (utc) {
    made.arguments.positional.push_back(python::make_symbol("datetime.timezone.utc", {}));
  }
  return read_moment(made);
}

/// date.fromisoformat() and datetime.fromisoformat(), as far as strptime() tells them.
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

std::optional<std::string> known_text(const Value* value) {
  if (value == nullptr || value->str() == nullptr || !value->str()->known()) return {};
  return value->str()->text;
}

std::optional<Value> delta_method(Interpreter& in, Integer span, std::string_view name) {
  const Integer days = floor_div(span, kDay);
  if (name == ".days") return Value(days);
  if (name == ".seconds") return Value((span - days * kDay) / kSecond);
  if (name == ".microseconds") return Value((span - days * kDay) % kSecond);
  if (name == "total_seconds") {
    return Value(static_cast<double>(span) / static_cast<double>(kSecond));
  }
  (void)in;
  return {};
}

/// self.replace(year=…), where the names of parts and tzinfo are the only arguments.
std::optional<Value> replaced(Interpreter& in, const Moment& moment, const Arguments& arguments,
                              Place at) {
  const Value whole = make_moment(in, moment, at);
  if (whole.symbol() == nullptr) return {};
  Symbol changed = *whole.symbol();
  changed.place = at;
  // Each part by name, so that what is given takes its place.
  Arguments parts;
  for (std::size_t i = 0; i < changed.arguments.positional.size(); ++i) {
    parts.keywords.emplace_back(kParts[i], changed.arguments.positional[i]);
  }
  parts.keywords.insert(parts.keywords.end(), changed.arguments.keywords.begin(),
                        changed.arguments.keywords.end());
  for (std::size_t i = 0; i < arguments.positional.size() && i < kParts.size(); ++i) {
    std::erase_if(parts.keywords, [&](const auto& part) { return part.first == kParts[i]; });
    parts.keywords.emplace_back(kParts[i], arguments.positional[i]);
  }
  for (const auto& given : arguments.keywords) {
    std::erase_if(parts.keywords, [&](const auto& part) { return part.first == given.first; });
    parts.keywords.push_back(given);
  }
  parts.complete = arguments.complete;
  changed.arguments = std::move(parts);
  const auto read = read_moment(changed);
  return read ? std::optional(make_moment(in, *read, at)) : std::nullopt;
}

}  // namespace

std::optional<std::string> date_text(const Symbol& symbol) {
  if (const auto moment = read_moment(symbol)) return moment_text(*moment, ' ');
  if (const auto span = read_delta(symbol)) return delta_text(*span);
  return {};
}

std::optional<Value> date_binary(Interpreter& in, Op op, const Value& left, const Value& right,
                                 Place at) {
  if (left.symbol() == nullptr && right.symbol() == nullptr) return {};
  const auto moment = read_moment(left);
  const auto other = read_moment(right);
  const auto span = read_delta(left);
  const auto second = read_delta(right);
  const Integer sign = op == Op::kSub ? -1 : 1;
  if (op == Op::kAdd || op == Op::kSub) {
    if (moment && second) return make_moment(in, moved(*moment, sign * *second), at);
    if (op == Op::kAdd && span && other) return make_moment(in, moved(*other, *span), at);
    if (span && second) return make_delta(in, *span + sign * *second, at);
    if (moment && other && op == Op::kSub && moment->with_time == other->with_time &&
        moment->utc == other->utc && moment->zone.has_value() == other->zone.has_value() &&
        (moment->utc || !moment->zone)) {
      return make_delta(in, (moment->days - other->days) * kDay + moment->time - other->time, at);
    }
    const auto relative = read_relative(right);
    if (moment && relative) {
      const auto result = moved(*moment, *relative, sign);
      return result ? std::optional(make_moment(in, *result, at)) : std::nullopt;
    }
    if (const auto first = read_relative(left); other && first && op == Op::kAdd) {
      const auto result = moved(*other, *first, 1);
      return result ? std::optional(make_moment(in, *result, at)) : std::nullopt;
    }
  }
  const Integer* factor = span ? right.as<Integer>() : left.as<Integer>();
  const auto scaled = span ? span : second;
  if (op == Op::kMul && scaled && factor != nullptr && std::abs(*factor) < kMaxDays &&
      std::abs(static_cast<double>(*scaled)) * static_cast<double>(std::abs(*factor)) <
          static_cast<double>(kMaxDays * kDay)) {
    return make_delta(in, *scaled * *factor, at);
  }
  if (op == Op::kFloorDiv && span && second && *second != 0) {
    return Value(floor_div(*span, *second));
  }
  return {};
}

std::optional<int> date_order(const Value& left, const Value& right) {
  const auto sign = [](Integer a, Integer b) { return a < b ? -1 : a > b ? 1 : 0; };
  if (left.symbol() == nullptr || right.symbol() == nullptr) return {};
  if (const auto a = read_moment(left)) {
    const auto b = read_moment(right);
    if (!b || a->with_time != b->with_time || a->zone.has_value() != b->zone.has_value() ||
        (a->zone && !(a->utc && b->utc))) {
      return {};
    }
    return a->days != b->days ? sign(a->days, b->days) : sign(a->time, b->time);
  }
  const auto a = read_delta(left);
  const auto b = read_delta(right);
  return a && b ? std::optional(sign(*a, *b)) : std::nullopt;
}

std::optional<Value> date_method(Interpreter& in, const Symbol& self, std::string_view name,
                                 const Arguments& arguments, Place at) {
  if (const auto span = read_delta(self)) return delta_method(in, *span, name);
  const auto moment = read_moment(self);
  if (!moment) return {};
  if (name == "isoformat" && arguments.positional.empty() && arguments.keywords.empty()) {
    const auto text = moment_text(*moment, 'T');
    return text ? std::optional(in.make_text(*text, at)) : std::nullopt;
  }
  if (name == "strftime" || name == "__format__") {
    const auto format = known_text(arguments.find("format", 0));
    const auto text = format ? formatted(*moment, *format) : std::nullopt;
    return text ? std::optional(in.make_text(*text, at)) : std::nullopt;
  }
  if (name == "replace") return replaced(in, *moment, arguments, at);
  if (name == "date") {
    Moment day = *moment;
    day.with_time = false;
    day.zone.reset();
    return make_moment(in, day, at);
  }
  if (name == "weekday") return Value(weekday_of(moment->days));
  if (name == "isoweekday") return Value(weekday_of(moment->days) + 1);
  if (name == "timestamp" && moment->utc) {
    return Value(static_cast<double>(moment->days * (kDay / kSecond)) +
                 static_cast<double>(moment->time) / static_cast<double>(kSecond));
  }
  const Civil civil = civil_of(moment->days);
  if (name == ".year") return Value(civil.year);
  if (name == ".month") return Value(civil.month);
  if (name == ".day") return Value(civil.day);
  if (!moment->with_time) return {};
  if (name == ".hour") return Value(moment->time / kHour);
  if (name == ".minute") return Value(moment->time / kMinute % 60);
  if (name == ".second") return Value(moment->time / kSecond % 60);
  if (name == ".microsecond") return Value(moment->time % kSecond);
  if (name == ".tzinfo") return moment->zone ? *moment->zone : Value(None{});
  return {};
}

std::optional<Value> call_date_function(Interpreter& in, std::string_view path,
                                        const Arguments& arguments, Place at) {
  const auto made = [&](std::optional<Moment> moment) -> std::optional<Value> {
    return moment ? std::optional(make_moment(in, *moment, at)) : std::nullopt;
  };
  const auto text = known_text(arguments.positional.empty() ? nullptr : &arguments.positional[0]);
  if (path == "datetime.datetime.strptime" && text) {
    const auto format = known_text(arguments.find("format", 1));
    return format ? made(parsed(*text, *format)) : std::nullopt;
  }
  if (path == "datetime.datetime.fromisoformat" && text) return made(from_iso(*text, true));
  if (path == "datetime.date.fromisoformat" && text) return made(from_iso(*text, false));
  if (path == "calendar.monthrange" && arguments.positional.size() == 2) {
    const Integer* year = arguments.positional[0].as<Integer>();
    const Integer* month = arguments.positional[1].as<Integer>();
    if (year == nullptr || month == nullptr || *year < 1 || *year > 9998 || *month < 1 ||
        *month > 12) {
      return {};
    }
    return in.make_list(Sequence::Kind::kTuple, {Value(weekday_of(days_of(*year, *month, 1))),
                                                 Value(days_in_month(*year, *month))});
  }
  return {};
}

}  // namespace forelock::python
