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

}  // namespace

std::optional<std::string> symbol_text(const Symbol& symbol) {
  if (symbol.kind != Symbol::Kind::kCall) return {};
  const std::string_view path = symbol.path();
  if (path == "uuid.UUID") return uuid_text(symbol);
  return date_text(symbol);
}

std::optional<std::string> symbol_repr(const Symbol& symbol) {
  const auto text = symbol_text(symbol);
  if (!text) return {};
  if (symbol.path() == "uuid.UUID") return "UUID('" + *text + "')";
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
