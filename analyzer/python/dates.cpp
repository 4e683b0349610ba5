#include "analyzer/python/dates.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace forelock::python {
namespace {

constexpr std::string_view kDate = "datetime.date";
constexpr std::string_view kDateTime = "datetime.datetime";
constexpr std::string_view kDelta = "datetime.timedelta";
constexpr std::string_view kRelative = "dateutil.relativedelta.relativedelta";

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

}  // namespace

std::optional<Moment> read_moment(const Symbol& call) {
  const std::string_view path = call.path();
  if (call.kind != Symbol::Kind::kCall || (path != kDate && path != kDateTime)) return {};
  const bool with_time = path == kDateTime;
  const std::size_t used = with_time ? kDateParts.size() : 3;
  const std::size_t all = with_time ? used + 1 : used;
  if (!call.arguments.complete || call.arguments.positional.size() > all) return {};
  for (const auto& [name, value] : call.arguments.keywords) {
    const bool part =
        std::find(kDateParts.begin(), kDateParts.begin() + static_cast<std::ptrdiff_t>(used),
                  name) != kDateParts.begin() + static_cast<std::ptrdiff_t>(used);
    if (!part && (!with_time || name != "tzinfo")) return {};
  }
  std::array<Integer, kDateParts.size()> parts{};
  for (std::size_t i = 0; i < used; ++i) {
    const Value* value = call.arguments.find(kDateParts[i], i);
    if (value == nullptr) {
      if (i < 3) return {};
      continue;
    }
    const Integer* number = value->as<Integer>();
    if (number == nullptr) return {};
    parts[i] = *number;
  }
  auto made = moment_of(parts);
  if (!made) return {};
  made->with_time = with_time;
  if (with_time) {
    const Value* zone = call.arguments.find("tzinfo", kDateParts.size());
    if (zone != nullptr && !zone->is_none()) {
      made->zone = *zone;
      made->utc = is_utc(*zone);
    }
  }
  return made;
}

namespace {

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

}  // namespace

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

namespace {

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

}  // namespace

std::optional<Integer> read_delta(const Symbol& call) {
  if (call.kind != Symbol::Kind::kCall || call.path() != kDelta || !call.arguments.complete) {
    return {};
  }
  return sum_of(call.arguments, kDeltaUnits, true);
}

namespace {

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
  std::array<std::optional<Integer>, kDateParts.size()> set;
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
    const auto part = std::ranges::find(kDateParts, name);
    if (name == "years" || name == "months") {
      relative.months += *number * (name == "years" ? 12 : 1);
    } else if (unit != kDeltaUnits.end() && name != "milliseconds") {
      relative.span += *number * unit->micros;
    } else if (part != kDateParts.end()) {
      relative.set[static_cast<std::size_t>(part - kDateParts.begin())] = *number;
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

}  // namespace forelock::python
