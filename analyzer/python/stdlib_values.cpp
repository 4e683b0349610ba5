#include "analyzer/python/stdlib_values.h"

#include <fmt/format.h>

#include <array>
#include <cctype>

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

constexpr std::array<std::string_view, 7> kDateParts = {"year",   "month",  "day",        "hour",
                                                        "minute", "second", "microsecond"};

std::optional<std::array<Integer, 7>> date_parts(const Symbol& call, std::size_t used) {
  std::array<Integer, 7> parts{};
  if (!call.arguments.complete || call.arguments.positional.size() > used) return {};
  for (const auto& [name, value] : call.arguments.keywords) {
    bool known = false;
    for (std::size_t i = 0; i < used; ++i) known = known || name == kDateParts[i];
    if (!known) return {};
  }
  for (std::size_t i = 0; i < used; ++i) {
    const Value* value = call.arguments.find(kDateParts[i], i);
    if (value == nullptr) {
      if (i < 3) return {};
      continue;
    }
    const Integer* n = value->as<Integer>();
    if (n == nullptr || *n < 0 || *n > 999'999) return {};
    parts[i] = *n;
  }
  return parts;
}

std::optional<std::string> date_text(const Symbol& call) {
  const auto p = date_parts(call, 3);
  if (!p) return {};
  return fmt::format("{:04}-{:02}-{:02}", (*p)[0], (*p)[1], (*p)[2]);
}

std::optional<std::string> datetime_text(const Symbol& call) {
  const auto p = date_parts(call, 7);
  if (!p) return {};
  std::string out = fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", (*p)[0], (*p)[1], (*p)[2],
                                (*p)[3], (*p)[4], (*p)[5]);
  if ((*p)[6] != 0) out += fmt::format(".{:06}", (*p)[6]);
  return out;
}

}  // namespace

std::optional<std::string> symbol_text(const Symbol& symbol) {
  if (symbol.kind != Symbol::Kind::kCall) return {};
  const std::string_view path = symbol.path();
  if (path == "uuid.UUID") return uuid_text(symbol);
  if (path == "datetime.date") return date_text(symbol);
  if (path == "datetime.datetime") return datetime_text(symbol);
  return {};
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
