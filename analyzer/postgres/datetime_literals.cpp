// Source: src/backend/utils/adt/datetime.c: ParseDateTime(), DecodeDateTime(), DecodeTimeOnly(),
// DecodeInterval().

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/postgres/scalar_literals.h"

namespace forelock::postgres {
namespace {

constexpr std::string_view kBadFormat = "22007";
constexpr std::string_view kOverflow = "22008";
constexpr std::string_view kIntervalOverflow = "22015";
constexpr std::string_view kFine;

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_alpha(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

enum class FieldKind { kNumber, kString, kDate, kTime, kZone, kSpecial };
struct Field {
  FieldKind kind;
  std::string text;  ///< In lower case.
};

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 12> kFullMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 21> kDays = {
    "sun",       "mon",      "tue",    "tues",     "wed",    "weds",   "thu",
    "thur",      "thurs",    "fri",    "sat",      "sunday", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday", "at",     "on",     "sept"};
/// The commoner abbreviations of time zones, and words that a date may hold beside its fields.
constexpr std::array<std::string_view, 22> kZones = {
    "z",   "utc", "gmt", "ut",   "zulu", "est", "edt", "cst", "cdt", "mst", "mdt",
    "pst", "pdt", "cet", "cest", "bst",  "wet", "eet", "msk", "jst", "ist", "dst"};

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

int month_of(std::string_view word) {
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (word == kMonths[i] || word == kFullMonths[i]) return static_cast<int>(i) + 1;
  }
  return word == "sept" ? 9 : 0;
}

/// ParseDateTime(): nullopt for a text that has no such fields.
std::optional<std::vector<Field>> split(std::string_view text) {
  std::vector<Field> fields;
  std::size_t i = 0;
  const auto at = [&](std::size_t k) { return k < text.size() ? text[k] : '\0'; };
  const auto take = [&](Field& field, const auto& wanted) {
    while (i < text.size() && wanted(text[i])) {
      field.text += static_cast<char>(std::tolower(static_cast<unsigned char>(text[i++])));
    }
  };
  while (i < text.size()) {
    if (is_space(text[i])) {
      ++i;
      continue;
    }
    Field field{FieldKind::kNumber, {}};
    if (is_digit(text[i])) {
      take(field, is_digit);
      const char next = at(i);
      if (next == ':') {
        field.kind = FieldKind::kTime;
        take(field, [](char c) { return is_digit(c) || c == ':' || c == '.'; });
      } else if (next == '-' || next == '/' || next == '.') {
        field.text += text[i++];
        if (is_digit(at(i))) {
          field.kind = next == '.' ? FieldKind::kNumber : FieldKind::kDate;
          take(field, is_digit);
          if (at(i) == next) {
            field.kind = FieldKind::kDate;
            take(field, [&](char c) { return is_digit(c) || c == next; });
          }
        } else {
          field.kind = FieldKind::kDate;
          take(field, [&](char c) { return is_digit(c) || is_alpha(c) || c == next; });
        }
      }
    } else if (text[i] == '.' && is_digit(at(i + 1))) {
      field.text += text[i++];
      take(field, is_digit);
    } else if (is_alpha(text[i])) {
      field.kind = FieldKind::kString;
      take(field, is_alpha);
      const char next = at(i);
      const bool date =
          next == '-' || next == '/' || next == '.' ||
          ((next == '+' || is_digit(next)) && field.text != "t" && month_of(field.text) == 0 &&
           !holds(kDays, field.text) && field.text.size() > 1);
      if (date) {
        field.kind = FieldKind::kDate;
        take(field, [](char c) {
          return is_digit(c) || is_alpha(c) || c == '+' || c == '-' || c == '/' || c == '_' ||
                 c == '.' || c == ':';
        });
      }
    } else if (text[i] == '+' || text[i] == '-') {
      field.text += text[i++];
      while (is_space(at(i))) ++i;
      if (is_digit(at(i)) || at(i) == '.') {
        field.kind = FieldKind::kZone;
        take(field, [](char c) { return is_digit(c) || c == ':' || c == '.' || c == '-'; });
      } else if (is_alpha(at(i))) {
        field.kind = FieldKind::kSpecial;
        take(field, is_alpha);
      } else {
        return std::nullopt;
      }
    } else if (std::ispunct(static_cast<unsigned char>(text[i])) != 0) {
      ++i;
      continue;
    } else {
      return std::nullopt;
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// DecodeTime().
std::string_view clock_error(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t colon = text.find(':');
    parts.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
  }
  if (parts.size() > 3 || parts.size() < 2) return kBadFormat;
  const std::size_t point = parts.back().find('.');
  if (point != std::string_view::npos) {
    const std::string_view fraction = parts.back().substr(point + 1);
    if (fraction.find('.') != std::string_view::npos) return kBadFormat;
    parts.back() = parts.back().substr(0, point);
  }
  if (!std::ranges::all_of(parts, [](std::string_view part) { return all_digits(part); })) {
    return kBadFormat;
  }
  const auto hour = number(parts[0]);
  const auto minute = number(parts[1]);
  const auto second = parts.size() == 3 ? number(parts[2]) : std::optional(0);
  if (!hour || !minute || !second || *minute > 59 || *second > 60 || *hour > 24) return kOverflow;
  return *hour == 24 && (*minute > 0 || *second > 0) ? kOverflow : kFine;
}

struct Day {
  int year = 0, month = 0, day = 0;
};

/// ValidateDate().
std::string_view day_error(const Day& date) {
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31) return kOverflow;
  const bool leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
  constexpr std::array<int, 12> kLengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int length =
      kLengths[static_cast<std::size_t>(date.month) - 1] + (date.month == 2 && leap ? 1 : 0);
  return date.day > length ? kOverflow : kFine;
}

/// The numbers and months of a date in their order: DecodeDate(), DecodeNumber().
class DateParts {
 public:
  /// False where there is no place for it.
  bool add(std::string_view part) {
    if (const int month = month_of(part); month != 0) {
      if (has_text_month_) return false;
      // "2 Jan": the number before it was the day and not the month.
      if (month_) day_ = month_;
      month_ = month;
      has_text_month_ = true;
      return true;
    }
    const auto value = number(part);
    if (!value || !all_digits(part)) return false;
    if (part.size() >= 3) {
      if (year_) return false;
      year_ = *value;
      year_first_ = !month_ && !day_;
    } else if (!month_ && !has_text_month_) {
      month_ = *value;
    } else if (!day_) {
      day_ = *value;
    } else if (!year_) {
      year_ = *value;
    } else {
      return false;
    }
    return true;
  }
  [[nodiscard]] bool any() const { return year_ || month_ || day_; }
  [[nodiscard]] bool complete() const { return year_ && month_ && day_; }
  [[nodiscard]] std::string_view error() const { return day_error({*year_, *month_, *day_}); }

 private:
  std::optional<int> year_, month_, day_;
  bool has_text_month_ = false;
  bool year_first_ = false;
};

/// Fields that stand in one word: 2024-01-01, 5-Jan-2024, yyyymmdd.
std::string_view add_date(std::string_view text, DateParts& date) {
  std::string part;
  for (const char c : std::string(text) + "-") {
    if (is_digit(c) || is_alpha(c)) {
      const bool turn = !part.empty() && is_alpha(part.back()) != is_alpha(c);
      if (turn && !date.add(part)) return kBadFormat;
      if (turn) part.clear();
      part += c;
    } else if (!part.empty()) {
      if (!date.add(part)) return kBadFormat;
      part.clear();
    }
  }
  return kFine;
}

std::string_view zone_error(std::string_view text) {
  text.remove_prefix(1);
  const std::size_t colon = text.find(':');
  const auto hours = number(text.substr(0, std::min<std::size_t>(colon, 2)));
  if (!hours) return kBadFormat;
  return *hours > 15 ? "22009" : kFine;
}

bool is_moment(std::string_view word) {
  return word == "now" || word == "today" || word == "tomorrow" || word == "yesterday" ||
         word == "epoch";
}

/// DecodeDateTime() and DecodeTimeOnly().
std::string_view moment_error(const std::vector<Field>& fields, bool wants_date, bool wants_time) {
  DateParts date;
  bool clock = false;
  bool moment = false;
  if (fields.empty()) return kBadFormat;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    switch (field.kind) {
      case FieldKind::kTime: {
        if (clock) return kBadFormat;
        if (const auto error = clock_error(field.text); !error.empty()) return error;
        clock = true;
        break;
      }
      case FieldKind::kDate: {
        if (is_alpha(field.text.front()) && month_of(field.text.substr(0, 3)) == 0) {
          // A time zone's full name, which needs the server's list.
          if (!clock) return kBadFormat;
          break;
        }
        if (date.complete()) return kBadFormat;
        if (const auto error = add_date(field.text, date); !error.empty()) return error;
        break;
      }
      case FieldKind::kZone:
        if (!clock && wants_time && !wants_date) return kBadFormat;
        if (!clock && !date.complete()) return kBadFormat;
        if (const auto error = zone_error(field.text); !error.empty()) return error;
        break;
      case FieldKind::kNumber: {
        const std::size_t point = field.text.find('.');
        const std::string_view digits = std::string_view(field.text).substr(0, point);
        if (digits.size() >= 6 && !date.any() && wants_date && point == std::string::npos) {
          const std::string_view text = field.text;
          const std::size_t year = text.size() - 4;
          if (!date.add(text.size() > 6 ? text.substr(0, year)
                                        : std::string("20") + std::string(text.substr(0, 2))) ||
              !date.add(text.substr(year, 2)) || !date.add(text.substr(year + 2))) {
            return kBadFormat;
          }
        } else if ((date.complete() || !wants_date) && !clock &&
                   (digits.size() == 6 || digits.size() == 4)) {
          const auto error = clock_error(
              std::string(digits.substr(0, 2)) + ":" + std::string(digits.substr(2, 2)) + ":" +
              (digits.size() == 6 ? std::string(digits.substr(4)) : "0"));
          if (!error.empty()) return error;
          clock = true;
        } else if (point != std::string::npos || !date.add(field.text)) {
          return kBadFormat;
        }
        break;
      }
      case FieldKind::kString: {
        const std::string& word = field.text;
        if (is_moment(word)) {
          if (moment || (!wants_date && word != "now")) return kBadFormat;
          moment = true;
        } else if (word == "infinity") {
          return fields.size() == 1 && wants_date ? kFine : kBadFormat;
        } else if (word == "allballs") {
          clock = true;
        } else if (month_of(word) != 0) {
          if (!date.add(word)) return kBadFormat;
        } else if (word != "am" && word != "pm" && word != "ad" && word != "bc" && word != "t" &&
                   !holds(kDays, word) && !holds(kZones, word)) {
          return kBadFormat;
        }
        break;
      }
      case FieldKind::kSpecial:
        return wants_date && fields.size() == 1 && field.text.substr(1) == "infinity" ? kFine
                                                                                      : kBadFormat;
    }
  }
  if (!wants_date && !clock && !moment) return kBadFormat;
  if (date.complete()) {
    if (const auto error = date.error(); !error.empty()) return error;
  } else if (date.any()) {
    return kBadFormat;
  }
  if (moment) return kFine;
  if (!wants_date) return clock ? kFine : kBadFormat;
  return date.complete() ? kFine : kBadFormat;
}

bool is_unit(std::string_view word) {
  constexpr std::array<std::string_view, 62> kUnits = {"ago",
                                                       "c",
                                                       "cent",
                                                       "centuries",
                                                       "century",
                                                       "d",
                                                       "day",
                                                       "days",
                                                       "dec",
                                                       "decade",
                                                       "decades",
                                                       "decs",
                                                       "h",
                                                       "hour",
                                                       "hours",
                                                       "hr",
                                                       "hrs",
                                                       "m",
                                                       "microsecon",
                                                       "mil",
                                                       "millennia",
                                                       "millennium",
                                                       "mils",
                                                       "min",
                                                       "mins",
                                                       "minute",
                                                       "minutes",
                                                       "mon",
                                                       "month",
                                                       "months",
                                                       "mons",
                                                       "ms",
                                                       "msec",
                                                       "msecs",
                                                       "mseconds",
                                                       "millisecond",
                                                       "milliseconds",
                                                       "qtr",
                                                       "quarter",
                                                       "s",
                                                       "sec",
                                                       "secs",
                                                       "second",
                                                       "seconds",
                                                       "us",
                                                       "usec",
                                                       "usecs",
                                                       "useconds",
                                                       "microsecond",
                                                       "microseconds",
                                                       "w",
                                                       "week",
                                                       "weeks",
                                                       "y",
                                                       "year",
                                                       "years",
                                                       "yr",
                                                       "yrs",
                                                       "decade",
                                                       "timezone",
                                                       "timezone_h",
                                                       "timezone_m"};
  return holds(kUnits, word);
}

/// DecodeInterval(); the form of ISO 8601 (P1D) is taken to be right.
std::string_view interval_error(const std::vector<Field>& fields, std::string_view text) {
  if (fields.empty()) return kBadFormat;
  if (text.size() > 1 && (text.front() == 'P' || text.front() == 'p') &&
      text.find_first_of("0123456789") != std::string_view::npos &&
      text.find_first_not_of("PpTtYyMmWwDdHhSs0123456789.-+:") == std::string_view::npos) {
    return kFine;
  }
  bool value = false;
  bool waits = false;  ///< A number stands here whose unit comes next.
  for (const Field& field : fields) {
    switch (field.kind) {
      case FieldKind::kTime:
        // Hours have no end, and a part that is missing is none.
        if (clock_error(field.text) == kOverflow) {
          const std::string_view rest = std::string_view(field.text).substr(field.text.find(':'));
          if (!clock_error("0" + std::string(rest)).empty()) return kIntervalOverflow;
        }
        value = true;
        waits = false;
        break;
      case FieldKind::kZone:
      case FieldKind::kNumber:
        if (waits) return kBadFormat;
        value = true;
        waits = true;
        break;
      case FieldKind::kDate: {
        // Years and months: 1-2.
        const std::size_t dash = field.text.find('-');
        if (dash == std::string::npos || !all_digits(field.text.substr(0, dash))) return kBadFormat;
        const auto months = number(std::string_view(field.text).substr(dash + 1));
        if (!months) return kBadFormat;
        if (*months >= 12) return kIntervalOverflow;
        value = true;
        break;
      }
      case FieldKind::kString:
        if (field.text == "ago") break;
        if (!is_unit(field.text) || !waits) return kBadFormat;
        waits = false;
        break;
      case FieldKind::kSpecial:
        return kBadFormat;
    }
  }
  return value ? kFine : kBadFormat;
}

}  // namespace

std::string_view datetime_literal_error(std::string_view type, std::string_view text) {
  const bool wants_date = type == "date" || type == "timestamp" || type == "timestamptz";
  const bool wants_time = type == "time" || type == "timetz";
  if (!wants_date && !wants_time && type != "interval") return kFine;
  const auto fields = split(text);
  if (!fields) return kBadFormat;
  return type == "interval" ? interval_error(*fields, text)
                            : moment_error(*fields, wants_date, wants_time);
}

}  // namespace forelock::postgres
