// Whether a constant fits into its type and the type's modifiers.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "analyzer/postgres/literals.h"
#include "analyzer/postgres/scalar_literals.h"

namespace forelock::postgres {
namespace {

using model::Expression;
using model::ExpressionKind;

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1);
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
  if (name == "numeric" && !base.modifiers.empty() &&
      scalar_literal_error("numeric", constant.name).empty()) {
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
