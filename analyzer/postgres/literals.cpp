// What the text of a constant says about the value: whether its type can read it, and hold it.

#include "analyzer/postgres/literals.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

namespace forelock::postgres {
namespace {

using model::Expression;
using model::ExpressionKind;

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1);
}

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_number(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const bool digits =
      std::ranges::any_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
  return digits && text.find_first_not_of("0123456789.eE+-_") == std::string_view::npos;
}

bool is_time_like(const std::string& text) {
  static constexpr std::array<std::string_view, 9> kWords = {"now",       "today",     "tomorrow",
                                                             "yesterday", "epoch",     "infinity",
                                                             "-infinity", "+infinity", "allballs"};
  return std::ranges::find(kWords, text) != kWords.end() ||
         std::ranges::any_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Whether brackets close in the order in which they open, strings aside.
bool is_balanced(std::string_view json) {
  std::string open;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      open += c;
    } else if (c == '}' || c == ']') {
      if (open.empty() || open.back() != (c == '}' ? '{' : '[')) return false;
      open.pop_back();
    }
  }
  return open.empty() && !in_string;
}

bool is_boolean(const std::string& text) {
  if (text == "1" || text == "0" || text == "on" || text == "of" || text == "off") return true;
  for (const std::string_view word : {"true", "false", "yes", "no"}) {
    if (!text.empty() && word.starts_with(text)) return true;
  }
  return false;
}

TypeError bad_literal(std::string_view sqlstate, const model::TypeName& type,
                      const std::string& text) {
  return {std::string(sqlstate),
          fmt::format("invalid input syntax for type {}: \"{}\"", model::display(type), text)};
}

/// Digits before the point of a decimal constant, zeros in front left out; nullopt for an exponent.
std::optional<std::size_t> integer_digits(std::string_view number) {
  if (!number.empty() && (number.front() == '-' || number.front() == '+')) number.remove_prefix(1);
  if (number.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  number = number.substr(0, number.find('.'));
  const std::size_t first = number.find_first_not_of('0');
  return first == std::string_view::npos ? 0 : number.size() - first;
}

/// Characters of UTF-8 text.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Whether an integer constant fits into 16, 32 or 64 bits.
bool fits_integer(std::string_view digits, std::string_view type) {
  std::int64_t value = 0;
  if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range) return false;
  if (error != std::errc() || stop != digits.data() + digits.size()) return true;
  if (type == "int2") {
    return value >= std::numeric_limits<std::int16_t>::min() &&
           value <= std::numeric_limits<std::int16_t>::max();
  }
  return type != "int4" || (value >= std::numeric_limits<std::int32_t>::min() &&
                            value <= std::numeric_limits<std::int32_t>::max());
}

}  // namespace

std::optional<TypeError> literal_error(const Catalog& catalog, const model::TypeName& type,
                                       const std::string& text) {
  const model::TypeName base = base_type(catalog, type);
  const std::string value = lowered(trimmed(text));
  if (base.array_dimensions > 0) {
    if (!value.empty() && (value.front() == '{' || value.front() == '[')) return std::nullopt;
    return TypeError{"22P02", fmt::format("malformed array literal: \"{}\"", text)};
  }
  if (const Type* user = user_type(catalog, base)) {
    if (user->kind == TypeKind::kComposite && !value.starts_with('(')) {
      return TypeError{"22P02", fmt::format("malformed record literal: \"{}\"", text)};
    }
    if (user->kind != TypeKind::kEnum || user->assumed) return std::nullopt;
    if (std::ranges::find(user->labels, text) != user->labels.end()) return std::nullopt;
    return TypeError{"22P02",
                     fmt::format("invalid input value for enum {}: \"{}\"", user->name, text)};
  }
  if (base.name.schema != "pg_catalog") return std::nullopt;
  const std::string& name = base.name.name;
  if (name == "int2" || name == "int4" || name == "int8") {
    std::string_view digits = value;
    if (!digits.empty() && (digits.front() == '-' || digits.front() == '+'))
      digits.remove_prefix(1);
    if (!all_digits(digits)) return bad_literal("22P02", base, text);
    const std::size_t most = name == "int2" ? 5 : name == "int4" ? 10 : 19;
    if (digits.size() > most) {
      return TypeError{"22003", fmt::format("value \"{}\" is out of range for type {}", text,
                                            model::display(base))};
    }
    return std::nullopt;
  }
  if (name == "numeric" || name == "float4" || name == "float8") {
    if (is_number(value) || value == "nan" || value.ends_with("infinity") || value == "inf" ||
        value == "-inf") {
      return std::nullopt;
    }
    return bad_literal("22P02", base, text);
  }
  if (name == "bool") {
    return is_boolean(value) ? std::nullopt : std::optional(bad_literal("22P02", base, text));
  }
  if (name == "date" || name == "timestamp" || name == "timestamptz" || name == "time" ||
      name == "timetz" || name == "interval") {
    const bool clock_only = value.find(':') != std::string::npos &&
                            value.find_first_not_of("0123456789:.") == std::string::npos;
    const bool wants_date = name == "date" || name.starts_with("timestamp");
    if (is_time_like(value) && !(clock_only && wants_date)) return std::nullopt;
    return bad_literal("22007", base, text);
  }
  if (name == "uuid") {
    std::size_t digits = 0;
    for (const char c : value) {
      if (std::isxdigit(static_cast<unsigned char>(c)) != 0) {
        ++digits;
      } else if (c != '-' && c != '{' && c != '}') {
        return bad_literal("22P02", base, text);
      }
    }
    return digits == 32 ? std::nullopt : std::optional(bad_literal("22P02", base, text));
  }
  if (name == "json" || name == "jsonb") {
    if (value.empty()) return bad_literal("22P02", base, text);
    const char first = value.front();
    if (!is_balanced(value)) return bad_literal("22P02", base, text);
    const bool fine = first == '{' || first == '[' || first == '"' || first == '-' ||
                      std::isdigit(static_cast<unsigned char>(first)) != 0 || value == "true" ||
                      value == "false" || value == "null";
    return fine ? std::nullopt : std::optional(bad_literal("22P02", base, text));
  }
  return std::nullopt;
}

std::optional<TypeError> value_error(const Catalog& catalog, const model::TypeName& type,
                                     const Expression& value) {
  const model::TypeName base = base_type(catalog, type);
  if (base.array_dimensions > 0 || base.name.schema != "pg_catalog") return std::nullopt;
  // A minus sign in front is part of the number.
  const bool negative =
      value.kind == ExpressionKind::kOperator && value.name == "-" && value.args.size() == 1;
  const Expression& constant = negative ? value.args[0] : value;
  if (constant.kind != ExpressionKind::kConstant) return std::nullopt;
  const std::string& name = base.name.name;
  const bool is_string = constant.constant == model::ConstantKind::kString;
  const bool is_numeric = constant.constant == model::ConstantKind::kInteger ||
                          constant.constant == model::ConstantKind::kFloat;
  if ((name == "varchar" || name == "bpchar") && !base.modifiers.empty() && is_string) {
    // Blanks at the end are cut off.
    const std::string_view text = constant.name;
    const std::size_t last = text.find_last_not_of(' ');
    const std::string_view kept = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
    if (characters(kept) > static_cast<std::size_t>(std::max(base.modifiers[0], 0))) {
      return TypeError{"22001", fmt::format("value too long for type {}", model::display(base))};
    }
    return std::nullopt;
  }
  if (!is_string && !is_numeric) return std::nullopt;
  if (name == "numeric" && !base.modifiers.empty() && is_number(trimmed(constant.name))) {
    const int scale = base.modifiers.size() > 1 ? base.modifiers[1] : 0;
    const auto digits = integer_digits(trimmed(constant.name));
    if (digits && scale >= 0 && static_cast<int>(*digits) > base.modifiers[0] - scale) {
      return TypeError{"22003", "numeric field overflow"};
    }
    return std::nullopt;
  }
  if ((name == "int2" || name == "int4" || name == "int8") &&
      !fits_integer((negative ? "-" : "") + trimmed(constant.name), name)) {
    return TypeError{"22003", fmt::format("{} out of range", model::display(base))};
  }
  return std::nullopt;
}

}  // namespace forelock::postgres
