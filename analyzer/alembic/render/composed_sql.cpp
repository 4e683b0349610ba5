#include "analyzer/alembic/render/composed_sql.h"

#include <charconv>
#include <string>
#include <string_view>

#include "analyzer/alembic/render/expressions.h"

namespace forelock::alembic {
namespace {

using python::Arguments;
using python::Symbol;
using python::Value;

constexpr int kMaxDepth = 32;

/// `SQL` of psycopg.sql.SQL(…); empty for what is no such call.
std::string_view class_of_call(const Value& value) {
  const Symbol* symbol = value.symbol();
  if (symbol == nullptr || symbol->kind != Symbol::Kind::kCall) return {};
  std::string_view path = symbol->path();
  for (const std::string_view package : {"psycopg.sql.", "psycopg2.sql."}) {
    if (path.starts_with(package)) return path.substr(package.size());
  }
  return {};
}

/// Always quoted, other than by SQLAlchemy.
void add_identifier(Sql& sql, const Arguments& arguments) {
  bool first = true;
  for (const Value& part : arguments.positional) {
    if (!first) sql << ".";
    first = false;
    sql << "\"";
    if (const auto name = known_string(part)) {
      for (const char c : *name) sql << (c == '"' ? std::string("\"\"") : std::string(1, c));
    } else {
      sql.hole();
    }
    sql << "\"";
  }
}

bool add(Sql& sql, const Value& value, const Context& context, int depth);

void add_or_hole(Sql& sql, const Value* value, const Context& context, int depth) {
  if (value == nullptr || !add(sql, *value, context, depth + 1)) sql.hole();
}

/// The argument that the field between braces names: by number, by keyword or the next one.
const Value* field_value(std::string_view field, const Arguments& arguments, std::size_t& next) {
  if (field.empty()) return arguments.find("", next++);
  std::size_t index = 0;
  const auto read = std::from_chars(field.data(), field.data() + field.size(), index);
  if (read.ec == std::errc() && read.ptr == field.data() + field.size()) {
    return arguments.find("", index);
  }
  return arguments.find(field);
}

void add_formatted(Sql& sql, const text::MappedText& format, const Arguments& arguments,
                   const Context& context, int depth) {
  const std::string& s = format.text;
  std::size_t next = 0;
  std::size_t from = 0;
  const auto flush = [&](std::size_t to, std::size_t then) {
    if (to > from) {
      sql.copy(format.slice({static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)}));
    }
    from = then;
  };
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] != '{' && s[i] != '}') continue;
    if (i + 1 < s.size() && s[i + 1] == s[i]) {  // doubled: the brace itself
      flush(i + 1, i + 2);
      ++i;
      continue;
    }
    const std::size_t close = s.find('}', i);
    if (s[i] == '}' || close == std::string::npos) continue;
    flush(i, close + 1);
    add_or_hole(sql, field_value(std::string_view(s).substr(i + 1, close - i - 1), arguments, next),
                context, depth);
    i = close;
  }
  flush(s.size(), s.size());
}

bool add_method(Sql& sql, const Value& value, const Context& context, int depth) {
  const Value* receiver = receiver_of(value);
  const std::string_view method = method_of(value);
  if (receiver == nullptr || !is_call(value) || class_of_call(*receiver) != "SQL") return false;
  const Value* text = arguments_of(*receiver).find("string", 0);
  if (text == nullptr || text->str() == nullptr) return false;
  const Arguments& arguments = arguments_of(value);
  if (method == "format") {
    add_formatted(sql, *text->str(), arguments, context, depth);
    return true;
  }
  if (method != "join" || arguments.positional.size() != 1) return false;
  const auto* items = items_of(arguments.positional.front());
  if (items == nullptr) return false;
  for (std::size_t i = 0; i < items->size(); ++i) {
    if (i > 0) sql.copy(*text->str());
    add_or_hole(sql, &(*items)[i], context, depth);
  }
  if (!arguments.positional.front().sequence()->complete) sql.hole();
  return true;
}

bool add(Sql& sql, const Value& value, const Context& context, int depth) {
  const Symbol* symbol = value.symbol();
  if (symbol == nullptr || depth > kMaxDepth) return false;
  if (symbol->kind == Symbol::Kind::kBinary && symbol->name == "+") {
    add_or_hole(sql, &symbol->operands[0], context, depth);
    add_or_hole(sql, &symbol->operands[1], context, depth);
    return true;
  }
  const std::string_view type = class_of_call(value);
  if (type.empty()) return add_method(sql, value, context, depth);
  const Value* first = symbol->arguments.find("", 0);
  if (type == "SQL") {
    if (first != nullptr && first->str() != nullptr) {
      sql.copy(*first->str());
    } else {
      sql.hole();
    }
    return true;
  }
  if (type == "Identifier") {
    add_identifier(sql, symbol->arguments);
    return true;
  }
  if (type == "Literal" && first != nullptr) {
    Expressions(context).render_literal(sql, *first, nullptr);
    return true;
  }
  return false;
}

}  // namespace

std::optional<text::MappedText> composed_sql(const Value& value, const Context& context) {
  Sql sql = context.sql();
  if (!add(sql, value, context, 0)) return {};
  return sql.mapped();
}

}  // namespace forelock::alembic
