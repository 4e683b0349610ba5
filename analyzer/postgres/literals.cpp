// Texts that are read as values of a type: arrays, ranges, rows and enums here, built-in scalars in
// scalar_literals.cpp and datetime_literals.cpp.
// Source: array_in(), range_in(), record_in(), enum_in() of src/backend/utils/adt.

#include "analyzer/postgres/literals.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>

#include "analyzer/postgres/overloads.h"
#include "analyzer/postgres/scalar_literals.h"

namespace forelock::postgres {
namespace {

using model::TypeName;
using Error = std::optional<TypeError>;

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// One element, field or bound.
struct Item {
  std::string text;
  bool quoted = false;
  bool mixed = false;  ///< Parts of it stand outside of the quotes.
};

/// Reads up to one of the `ends`; quotes and backslashes protect. False where a quote stays open.
bool take_item(std::string_view& text, std::string_view ends, Item& item) {
  bool in_quotes = false;
  while (!text.empty()) {
    const char c = text.front();
    if (!in_quotes && ends.find(c) != std::string_view::npos) return true;
    text.remove_prefix(1);
    if (c == '"') {
      // Twice inside of quotes it stands for itself.
      if (in_quotes && text.starts_with('"')) {
        item.text += c;
        text.remove_prefix(1);
        continue;
      }
      in_quotes = !in_quotes;
      item.quoted = true;
    } else if (c == '\\') {
      if (text.empty()) return false;
      item.text += text.front();
      text.remove_prefix(1);
    } else {
      item.mixed = item.mixed || (!in_quotes && !is_space(c));
      item.text += c;
    }
  }
  return false;
}

class ArrayReader {
 public:
  ArrayReader(const Catalog& catalog, const TypeName& element)
      : catalog_(catalog), element_(element) {}

  /// False where braces and commas do not fit; the error of an element is kept.
  bool read(std::string_view& text, int depth) {
    // MAXDIM of src/include/utils/array.h.
    constexpr int kMaxDimensions = 6;
    if (depth > kMaxDimensions || !text.starts_with('{')) return false;
    text.remove_prefix(1);
    skip(text);
    if (text.starts_with('}')) {
      text.remove_prefix(1);
      return true;
    }
    while (true) {
      skip(text);
      if (text.starts_with('{')) {
        if (!read(text, depth + 1)) return false;
        skip(text);
      } else if (!element(text)) {
        return false;
      }
      if (text.starts_with('}')) {
        text.remove_prefix(1);
        return true;
      }
      if (!text.starts_with(',')) return false;
      text.remove_prefix(1);
    }
  }
  Error error;

 private:
  const Catalog& catalog_;
  const TypeName& element_;

  static void skip(std::string_view& text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  }
  bool element(std::string_view& text) {
    Item item;
    if (!take_item(text, ",}{", item) || text.starts_with('{')) return false;
    if (!item.quoted) item.text = trimmed(item.text);
    if (item.text.empty() && !item.quoted) return false;
    // Nothing stands beside a quoted element.
    if (item.quoted && item.mixed) return false;
    const bool null = !item.quoted && lowered(item.text) == "null";
    if (!null && !error) error = literal_error(catalog_, element_, item.text);
    return true;
  }
};

Error array_error(const Catalog& catalog, const TypeName& type, const std::string& text) {
  TypeName element = type;
  element.array_dimensions = 0;
  element.modifiers.clear();
  std::string_view rest = trimmed(text);
  if (rest.starts_with('[')) {
    // Written bounds: [1:2]={…}.
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) {
      return TypeError{"22P02", fmt::format("malformed array literal: \"{}\"", text)};
    }
    rest = trimmed(rest.substr(equals + 1));
  }
  ArrayReader reader(catalog, element);
  if (!reader.read(rest, 1) || !trimmed(rest).empty()) {
    return TypeError{"22P02", fmt::format("malformed array literal: \"{}\"", text)};
  }
  return reader.error;
}

std::optional<std::int64_t> integer(const std::string& text) {
  std::int64_t value = 0;
  const std::string_view digits = trimmed(text);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

Error range_error(const Catalog& catalog, const TypeName& type, const std::string& text) {
  const TypeError malformed{"22P02", fmt::format("malformed range literal: \"{}\"", text)};
  std::string_view rest = trimmed(text);
  if (lowered(std::string(rest)) == "empty") return std::nullopt;
  if (!rest.starts_with('[') && !rest.starts_with('(')) return malformed;
  rest.remove_prefix(1);
  Item low;
  Item high;
  if (!take_item(rest, ",)]", low) || !rest.starts_with(',')) return malformed;
  rest.remove_prefix(1);
  if (!take_item(rest, ",)]", high) || rest.starts_with(',')) return malformed;
  rest.remove_prefix(1);
  if (!trimmed(rest).empty()) return malformed;
  const TypeName subtype = range_subtype(catalog, type);
  for (const Item* bound : {&low, &high}) {
    if (bound->text.empty() && !bound->quoted) continue;
    if (auto error = literal_error(catalog, subtype, bound->text)) return error;
  }
  const auto least = integer(low.text);
  const auto most = integer(high.text);
  if (least && most && *least > *most && category(catalog, subtype) == 'N') {
    return TypeError{"22000", "range lower bound must be less than or equal to range upper bound"};
  }
  return std::nullopt;
}

Error row_error(const Catalog& catalog, const Relation& row, const std::string& text) {
  const TypeError malformed{"22P02", fmt::format("malformed record literal: \"{}\"", text)};
  std::string_view rest = trimmed(text);
  if (!rest.starts_with('(')) return malformed;
  rest.remove_prefix(1);
  for (std::size_t i = 0; i < row.columns.size(); ++i) {
    if (i > 0) {
      if (!rest.starts_with(',')) return malformed;
      rest.remove_prefix(1);
    }
    Item field;
    if (!take_item(rest, ",)", field)) return malformed;
    if (field.text.empty() && !field.quoted) continue;
    if (auto error = literal_error(catalog, row.columns[i].type, field.text)) return error;
  }
  if (!rest.starts_with(')')) return malformed;
  rest.remove_prefix(1);
  return trimmed(rest).empty() ? Error{} : malformed;
}

}  // namespace

Error literal_error(const Catalog& catalog, const TypeName& type, const std::string& text) {
  const TypeName base = base_type(catalog, type);
  if (base.array_dimensions > 0) return array_error(catalog, base, text);
  if (base.name.name.empty()) return std::nullopt;
  if (const Type* user = user_type(catalog, base); user != nullptr && !user->assumed) {
    if (user->kind == TypeKind::kRange) return range_error(catalog, base, text);
    if (user->kind == TypeKind::kEnum &&
        std::ranges::find(user->labels, text) == user->labels.end()) {
      return TypeError{"22P02",
                       fmt::format("invalid input value for enum {}: \"{}\"", user->name, text)};
    }
  }
  if (base.name.schema != "pg_catalog") {
    const Relation* row =
        category(catalog, base) == 'C' ? catalog.find_relation(base.name) : nullptr;
    return row == nullptr || row->open_columns ? Error{} : row_error(catalog, *row, text);
  }
  const std::string& name = base.name.name;
  if (name == "record") {
    return TypeError{"0A000", "input of anonymous composite types is not implemented"};
  }
  if (const facts::TypeId id = fact_id(base); id >= 0 && facts::type(id).kind == 'r') {
    return range_error(catalog, base, text);
  }
  std::string_view state = scalar_literal_error(name, text);
  if (state.empty()) state = datetime_literal_error(name, text);
  if (state.empty()) return std::nullopt;
  return TypeError{std::string(state), fmt::format("invalid input syntax for type {}: \"{}\"",
                                                   model::display(base), text)};
}

}  // namespace forelock::postgres
