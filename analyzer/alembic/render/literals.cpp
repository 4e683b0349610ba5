// Python values as SQL literals.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "analyzer/alembic/compile.h"
#include "analyzer/alembic/render/ddl.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/python_classes.h"
#include "analyzer/python/stdlib_values.h"

namespace forelock::alembic {
namespace {

using python::Symbol;
using python::Value;

/// json.dumps of a value with its default separators; nothing when a part is not known.
bool to_json(const Value& value, std::string& out, int depth) {
  if (depth > 32) return false;
  if (value.is_none()) {
    out += "null";
  } else if (const auto* boolean = value.as<bool>()) {
    out += *boolean ? "true" : "false";
  } else if (const auto* integer = value.as<python::Integer>()) {
    out += std::to_string(*integer);
  } else if (value.as<double>() != nullptr) {
    const auto repr = python::to_repr(value);
    if (!repr) return false;
    out += *repr;
  } else if (const auto* text = value.str()) {
    if (!text->known()) return false;
    out += '"';
    const std::string& s = text->text;
    for (std::size_t i = 0; i < s.size();) {
      const auto c = static_cast<unsigned char>(s[i]);
      if (c < 0x80) {
        switch (c) {
          case '"':
            out += "\\\"";
            break;
          case '\\':
            out += "\\\\";
            break;
          case '\n':
            out += "\\n";
            break;
          case '\r':
            out += "\\r";
            break;
          case '\t':
            out += "\\t";
            break;
          case '\b':
            out += "\\b";
            break;
          case '\f':
            out += "\\f";
            break;
          default:
            if (c < 0x20 || c == 0x7F) {
              out += c == 0x7F ? std::string(1, static_cast<char>(c)) : fmt::format("\\u{:04x}", c);
            } else {
              out += static_cast<char>(c);
            }
        }
        ++i;
        continue;
      }
      const std::size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
      std::uint32_t point = c & (0xFFU >> (length + 1));
      for (std::size_t k = 1; k < length && i + k < s.size(); ++k) {
        point = (point << 6U) | (static_cast<unsigned char>(s[i + k]) & 0x3FU);
      }
      if (point >= 0x10000) {
        point -= 0x10000;
        out +=
            fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (point >> 10U), 0xDC00 + (point & 0x3FFU));
      } else {
        out += fmt::format("\\u{:04x}", point);
      }
      i += length;
    }
    out += '"';
  } else if (const auto* items = items_of(value)) {
    out += '[';
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (i > 0) out += ", ";
      if (!to_json((*items)[i], out, depth + 1)) return false;
    }
    out += ']';
  } else if (const auto* dict = value.dict()) {
    out += '{';
    for (std::size_t i = 0; i < dict->items.size(); ++i) {
      if (i > 0) out += ", ";
      if (!to_json(dict->items[i].first, out, depth + 1)) return false;
      out += ": ";
      if (!to_json(dict->items[i].second, out, depth + 1)) return false;
    }
    out += '}';
  } else {
    return false;
  }
  return true;
}

constexpr std::size_t kDateLength = 10;  ///< Of `2020-01-31`.

/// `2020-01-31 10:00:00.000001` of datetime(2020, …) and date(2020, …); nothing for others.
std::optional<std::string> date_text(const Value& value) {
  const Symbol* symbol = value.symbol();
  if (symbol == nullptr || symbol->kind != Symbol::Kind::kCall) return {};
  const std::string_view path = symbol->path();
  if (path != "datetime.datetime" && path != "datetime.date") return {};
  return python::symbol_text(*symbol);
}

/// The dialect takes backslashes for escapes as long as no server has told it otherwise.
/// Source: sqlalchemy/dialects/postgresql/base.py PGCompiler.render_literal_value.
bool needs_doubling(char c) { return c == '\'' || c == '\\'; }

/// Of timedelta(days=…, seconds=…, …). Source: sqlalchemy/dialects/postgresql/types.py, PGInterval
/// literal_processor.
std::optional<double> total_seconds(const python::Arguments& arguments) {
  constexpr auto kParts = std::to_array<std::pair<std::string_view, double>>({
      {"days", 86400},
      {"seconds", 1},
      {"microseconds", 1e-6},
      {"milliseconds", 1e-3},
      {"minutes", 60},
      {"hours", 3600},
      {"weeks", 604800},
  });
  double total = 0;
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    const Value* part = arguments.find(kParts[i].first, i);
    if (part == nullptr) continue;
    const auto* integer = part->as<python::Integer>();
    const auto* real = part->as<double>();
    if (integer == nullptr && real == nullptr) return {};
    total += kParts[i].second * (integer != nullptr ? static_cast<double>(*integer) : *real);
  }
  return arguments.complete ? std::optional(total) : std::nullopt;
}

bool is_integer(const Type* type) {
  return type != nullptr &&
         (type->family == TypeFamily::kInteger || type->family == TypeFamily::kSmallInteger ||
          type->family == TypeFamily::kBigInteger);
}

/// What int() takes and str() gives back unchanged: integers are printed as `str(int(value))`.
bool is_integer_text(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.size() < 19 && (text[0] != '0' || text.size() == 1) &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// sa.Enum("a", "b"), as opposed to sa.Enum(PythonEnum).
bool is_of_strings(const Value& type) {
  const auto& given = arguments_of(type).positional;
  return !given.empty() && given[0].str() != nullptr;
}

bool is_json(const Type* type) {
  return type != nullptr &&
         (type->family == TypeFamily::kJson || type->family == TypeFamily::kJsonb);
}

}  // namespace

std::string_view made_by_server(const Value& value) {
  const std::string_view method = method_of(value);
  if (is_call(value) && (method == "replace" || method == "astimezone")) {
    return made_by_server(*receiver_of(value));
  }
  const std::string_view path = value.symbol() == nullptr ? "" : value.symbol()->path();
  constexpr auto kMade = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"datetime.date.today", "CURRENT_DATE"},
      {"datetime.datetime.now", "now()"},
      {"datetime.datetime.today", "now()"},
      {"datetime.datetime.utcnow", "timezone('utc', now())"},
      {"uuid.uuid1", "gen_random_uuid()"},
      {"uuid.uuid4", "gen_random_uuid()"},
  });
  for (const auto& [function, sql] : kMade) {
    if (path == function) return sql;
  }
  return {};
}

void render_string_literal(Sql& sql, std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (needs_doubling(c)) out += c;
    out += c;
  }
  out += '\'';
  sql << out;
}

void render_string_literal(Sql& sql, const Value& value) {
  const text::MappedText* text = value.str();
  if (text == nullptr) {
    if (const auto* integer = value.as<python::Integer>()) {
      render_string_literal(sql, std::to_string(*integer));
    } else {
      sql << "'";
      sql.hole();
      sql << "'";
    }
    return;
  }
  if (std::ranges::none_of(text->text, needs_doubling)) {
    sql << "'";
    sql.copy(*text);
    sql << "'";
    return;
  }
  Sql inner = sql.fresh();
  inner.copy(*text);
  if (inner.partial()) sql.mark_partial();
  render_string_literal(sql, inner.text());
}

void render_comment(Sql& sql, const Value& comment) { render_string_literal(sql, comment); }

void Expressions::render_literal(Sql& sql, const Value& value, const Type* type) {
  const At at(sql, value.place && value.place->file == 0 && !value.place->span.empty()
                       ? value.place->span
                       : sql.place());
  if (value.is_none()) {
    if (type != nullptr && type->family == TypeFamily::kJson && !is_call(type->source)) {
      sql << "'null'";
    } else {
      sql << "NULL";
    }
    return;
  }
  if (is_json(type)) {
    std::string json;
    if (to_json(value, json, 0)) {
      render_string_literal(sql, json);
      return;
    }
    sql << "'";
    sql.hole();
    sql << "'";
    return;
  }
  if (const auto* boolean = value.as<bool>()) {
    sql << (is_integer(type) ? (*boolean ? "1" : "0") : (*boolean ? "true" : "false"));
    return;
  }
  if (const auto* integer = value.as<python::Integer>()) {
    if (type != nullptr && type->family == TypeFamily::kBoolean) {
      sql << (*integer != 0 ? "true" : "false");
    } else if (type != nullptr && type->family == TypeFamily::kString) {
      render_string_literal(sql, std::to_string(*integer));
    } else {
      sql << std::to_string(*integer);
    }
    return;
  }
  if (value.as<double>() != nullptr) {
    const auto repr = python::to_repr(value);
    if (repr) {
      sql << *repr;
    } else {
      sql.hole();
    }
    return;
  }
  if (const text::MappedText* text = value.str()) {
    if (is_integer(type) && text->known() && is_integer_text(text->text)) {
      sql << text->text;
    } else {
      render_string_literal(sql, value);
    }
    return;
  }
  if (const auto* bytes = value.as<python::Bytes>()) {
    std::string hex = "\\x";
    for (const char c : bytes->data) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    render_string_literal(sql, hex);
    return;
  }
  if (value.dict() != nullptr) {  // psycopg adapts none; the column is JSON in practice
    std::string json;
    if (to_json(value, json, 0)) {
      render_string_literal(sql, json);
    } else {
      sql.hole();
    }
    return;
  }
  if (const auto* items = items_of(value)) {
    sql << "ARRAY[";
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (i > 0) sql << ", ";
      render_literal(sql, (*items)[i], type != nullptr && type->item ? type->item.get() : nullptr);
    }
    sql << "]";
    // The server takes an array of strings or numbers for what it holds, but not an empty one.
    const bool text = type != nullptr && type->item && type->item->family == TypeFamily::kString;
    const bool plain = !items->empty() && std::ranges::all_of(*items, [&](const Value& item) {
      return text || item.as<bool>() != nullptr || item.as<python::Integer>() != nullptr ||
             item.as<double>() != nullptr;
    });
    if (type != nullptr && type->family == TypeFamily::kArray && !plain) {
      sql << "::";
      sql << type->sql;
    }
    return;
  }
  if (auto date = date_text(value)) {
    // Source: sqlalchemy/sql/sqltypes.py, _RenderISO8601NoT._literal_processor_portion.
    if (type != nullptr && type->family == TypeFamily::kDate) date->resize(kDateLength);
    render_string_literal(sql, *date);
    return;
  }
  // An Enum of strings looks a member of `class E(str, enum.Enum)` up as the string that it is.
  const bool of_enum = type != nullptr && type->named.has_value() && !is_of_strings(type->source);
  if (const auto member =
          of_enum ? enum_member_name(value, context_) : enum_member_value(value, context_)) {
    render_literal(sql, *member, nullptr);
    return;
  }
  if (const Symbol* symbol = value.symbol()) {
    const std::string_view path = symbol->path();
    if (path == python::kLargeInteger || path == python::kDecimal) {
      if (const auto digits = python::symbol_text(*symbol)) {
        sql << *digits;
        return;
      }
    }
    if (path == "uuid.UUID") {
      if (const auto text = python::symbol_text(*symbol)) {
        render_string_literal(sql, *text);
        return;
      }
    }
    if (const std::string_view made = made_by_server(value); !made.empty()) {
      sql << made;
      sql.mark_partial();
      return;
    }
    if (path == "datetime.timedelta") {
      if (const auto seconds = total_seconds(symbol->arguments)) {
        sql << "make_interval(secs=>" << python::to_repr(Value(*seconds)).value_or("0.0") << ")";
        return;
      }
    }
    if (path.starts_with("uuid.") || path.starts_with("datetime.")) {
      sql << "'";
      sql.hole();
      sql << "'";
      return;
    }
  }
  sql.hole();
}

}  // namespace forelock::alembic
