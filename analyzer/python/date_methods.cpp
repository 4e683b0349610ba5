// Methods and attributes of known dates and spans of time, and functions that make them.

#include <algorithm>

#include "analyzer/python/dates.h"

namespace forelock::python {
namespace {

std::optional<std::string> known_text(const Value* value) {
  if (value == nullptr || value->str() == nullptr || !value->str()->known()) return {};
  return value->str()->text;
}

std::optional<Value> delta_method(Integer span, std::string_view name) {
  const Integer days = floor_div(span, kDay);
  if (name == ".days") return Value(days);
  if (name == ".seconds") return Value((span - days * kDay) / kSecond);
  if (name == ".microseconds") return Value((span - days * kDay) % kSecond);
  if (name == "total_seconds") {
    return Value(static_cast<double>(span) / static_cast<double>(kSecond));
  }
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
    parts.keywords.emplace_back(kDateParts[i], changed.arguments.positional[i]);
  }
  parts.keywords.insert(parts.keywords.end(), changed.arguments.keywords.begin(),
                        changed.arguments.keywords.end());
  for (std::size_t i = 0; i < arguments.positional.size() && i < kDateParts.size(); ++i) {
    std::erase_if(parts.keywords, [&](const auto& part) { return part.first == kDateParts[i]; });
    parts.keywords.emplace_back(kDateParts[i], arguments.positional[i]);
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

std::optional<Value> date_method(Interpreter& in, const Symbol& self, std::string_view name,
                                 const Arguments& arguments, Place at) {
  if (const auto span = read_delta(self)) return delta_method(*span, name);
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
