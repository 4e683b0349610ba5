#include "analyzer/python/stdlib_values.h"

#include <cctype>

#include "analyzer/python/dates.h"

namespace forelock::python {
namespace {

const std::string* plain_text(const Value& value) {
  const text::MappedText* s = value.str();
  return s != nullptr && s->known() ? &s->text : nullptr;
}

std::optional<std::string> uuid_text(const Symbol& call) {
  const Value* hex = call.arguments.find("hex", 0);
  const std::string* written = hex == nullptr ? nullptr : plain_text(*hex);
  if (written == nullptr) return {};
  std::string digits;
  for (const char c : *written) {
    if (std::isxdigit(static_cast<unsigned char>(c)) != 0) {
      digits += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (c != '-' && c != '{' && c != '}') {
      return {};
    }
  }
  if (digits.size() != 32) return {};
  return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" + digits.substr(12, 4) + "-" +
         digits.substr(16, 4) + "-" + digits.substr(20);
}

/// Of Decimal("1.50") or Decimal(2); forms with an exponent are printed otherwise than they are
/// written. Source: Lib/_pydecimal.py, Decimal.__str__.
std::optional<std::string> decimal_text(const Symbol& call) {
  const Value* value = call.arguments.find("value", 0);
  if (value == nullptr) return {};
  if (const Integer* number = value->as<Integer>()) return std::to_string(*number);
  const std::string* text = plain_text(*value);
  if (text == nullptr) return {};
  const std::string_view digits = std::string_view(*text).substr(text->starts_with('-') ? 1 : 0);
  const std::size_t point = digits.find('.');
  const std::string_view whole = digits.substr(0, point);
  const std::string_view rest = point == std::string_view::npos ? "0" : digits.substr(point + 1);
  const auto plain = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  // 0.0000001 is printed as 1E-7.
  constexpr std::size_t kMaxZeros = 6;
  const bool small = whole == "0" && rest.size() > kMaxZeros;
  if (!plain(whole) || !plain(rest) || small || (whole.size() > 1 && whole[0] == '0')) return {};
  return *text;
}

}  // namespace

std::optional<std::string> symbol_text(const Symbol& symbol) {
  if (symbol.kind != Symbol::Kind::kCall) return {};
  const std::string_view path = symbol.path();
  if (path == "uuid.UUID") return uuid_text(symbol);
  if (path == kDecimal) return decimal_text(symbol);
  if (path == kLargeInteger) {
    const Value* digits = symbol.arguments.find("", 0);
    const std::string* text = digits == nullptr ? nullptr : plain_text(*digits);
    return text == nullptr ? std::nullopt : std::optional(*text);
  }
  return date_text(symbol);
}

std::optional<std::string> symbol_repr(const Symbol& symbol) {
  const auto text = symbol_text(symbol);
  if (!text) return {};
  if (symbol.path() == "uuid.UUID") return "UUID('" + *text + "')";
  if (symbol.path() == kLargeInteger) return text;
  if (symbol.path() == kDecimal) return "Decimal('" + *text + "')";
  std::string out(symbol.path());
  out += '(';
  bool first = true;
  for (const Value& value : symbol.arguments.positional) {
    if (!first) out += ", ";
    first = false;
    out += to_repr(value).value_or("");
  }
  if (!symbol.arguments.keywords.empty()) return {};
  return out + ")";
}

}  // namespace forelock::python
