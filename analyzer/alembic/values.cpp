#include "analyzer/alembic/values.h"

#include <array>
#include <utility>

namespace forelock::alembic {
namespace {

using python::Symbol;
using python::Value;

std::string_view last_part(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

/// Packages and the short prefix of what they export; first match wins.
struct Package {
  std::string_view prefix;
  std::string_view short_name;
};
constexpr std::array kPackages{
    Package{"sqlalchemy.dialects.postgresql", "pg."},
    Package{"sqlalchemy.dialects.mysql", "mysql."},
    Package{"sqlalchemy.dialects.sqlite", "sqlite."},
    Package{"sqlalchemy.dialects.mssql", "mssql."},
    Package{"sqlalchemy.dialects.oracle", "oracle."},
    Package{"sqlalchemy.orm", "orm."},
    Package{"sqlalchemy.ext", "ext."},
    Package{"sqlalchemy.sql.functions", "func."},
    Package{"sqlalchemy", "sa."},
    Package{"alembic.operations.ops", "ops."},
    Package{"alembic.ddl", "ddl."},
    Package{"geoalchemy2", "geo."},
    Package{"sqlalchemy_utils", "sau."},
    Package{"pgvector", "pgvector."},
    Package{"alembic_utils", "au."},
    // The modules that it imports for itself, as a template's `sqlmodel.sql.sqltypes.types.Uuid()`.
    Package{"sqlmodel.sql.sqltypes.types", "sa."},
    Package{"sqlmodel", "sqlmodel."},
    Package{"fastapi_users_db_sqlalchemy", "fastapi_users."},
    Package{"fastapi_users", "fastapi_users."},
    Package{"advanced_alchemy", "advanced_alchemy."},
    Package{"citext", "citext."},
    Package{"sqlalchemy_utc", "sqlalchemy_utc."},
};

/// Classes of sqlalchemy.sql that have a function of another name.
struct Class {
  std::string_view name, function;
};
constexpr auto kClasses =
    std::to_array<Class>({{"False_", "sa.false"}, {"Null", "sa.null"}, {"True_", "sa.true"}});

const python::Arguments kNoArguments;

}  // namespace

std::string canonical(std::string_view path) {
  if (path.starts_with("alembic.op.")) return "op." + std::string(path.substr(11));
  if (path.starts_with("alembic.context.")) return "context." + std::string(path.substr(16));
  if (const std::size_t func = path.find(".func."); func != std::string_view::npos) {
    return "func." + std::string(path.substr(func + 6));
  }
  for (const Package& package : kPackages) {
    if (path.starts_with(package.prefix) && path.size() > package.prefix.size() &&
        path[package.prefix.size()] == '.') {
      const std::string_view last = last_part(path);
      if (const auto same = std::ranges::find(kClasses, last, &Class::name);
          same != kClasses.end()) {
        return std::string(same->function);
      }
      return std::string(package.short_name) + std::string(last);
    }
  }
  return std::string(path);
}

bool known_package(std::string_view short_name) {
  return short_name == "func." || std::ranges::any_of(kPackages, [&](const Package& package) {
           return package.short_name == short_name;
         });
}

std::string name_of(const Value& value) {
  const Symbol* symbol = value.symbol();
  return symbol == nullptr ? std::string() : canonical(symbol->path());
}

bool is_call(const Value& value) {
  const Symbol* symbol = value.symbol();
  return symbol != nullptr && symbol->kind == Symbol::Kind::kCall;
}

namespace {

/// The attribute symbol of a method call `x.m(...)` or of `x.m` itself.
const Symbol* attribute_of(const Value& value) {
  const Symbol* symbol = value.symbol();
  if (symbol != nullptr && symbol->kind == Symbol::Kind::kCall && !symbol->operands.empty()) {
    symbol = symbol->operands[0].symbol();
  }
  if (symbol == nullptr || symbol->kind != Symbol::Kind::kAttribute || symbol->operands.empty()) {
    return nullptr;
  }
  return symbol;
}

}  // namespace

std::string_view method_of(const Value& value) {
  const Symbol* attribute = attribute_of(value);
  return attribute == nullptr ? std::string_view() : std::string_view(attribute->name);
}

const Value* receiver_of(const Value& value) {
  const Symbol* attribute = attribute_of(value);
  return attribute == nullptr ? nullptr : &attribute->operands[0];
}

const python::Arguments& arguments_of(const Value& value) {
  const Symbol* symbol = value.symbol();
  if (symbol == nullptr || symbol->kind != Symbol::Kind::kCall) return kNoArguments;
  return symbol->arguments;
}

const Value* present(const python::Arguments& arguments, std::string_view keyword,
                     std::size_t index) {
  const Value* value = arguments.find(keyword, index);
  return value == nullptr || value->is_none() ? nullptr : value;
}

std::optional<bool> tristate(const python::Arguments& arguments, std::string_view keyword,
                             std::size_t index) {
  const Value* value = present(arguments, keyword, index);
  if (value == nullptr) return {};
  return python::truth(*value);
}

bool flag(const python::Arguments& arguments, std::string_view keyword, bool fallback,
          std::size_t index) {
  return tristate(arguments, keyword, index).value_or(fallback);
}

std::optional<std::string> known_string(const Value& value) {
  const text::MappedText* text = value.str();
  if (text == nullptr || !text->known()) return {};
  return text->text;
}

std::optional<std::string> known_string(const Value* value) {
  if (value == nullptr) return {};
  return known_string(*value);
}

std::optional<python::Integer> known_integer(const Value* value) {
  if (value == nullptr) return {};
  if (const auto* integer = value->as<python::Integer>()) return *integer;
  if (const auto* boolean = value->as<bool>()) return *boolean ? 1 : 0;
  return {};
}

const std::vector<Value>* items_of(const Value& value) {
  const python::Sequence* sequence = value.sequence();
  return sequence == nullptr ? nullptr : &sequence->items;
}

text::Span Context::span_of(const Value& value) const {
  if (value.place && value.place->file == 0 && !value.place->span.empty()) {
    return value.place->span;
  }
  if (const Symbol* symbol = value.symbol();
      symbol != nullptr && symbol->place.file == 0 && !symbol->place.span.empty()) {
    return symbol->place.span;
  }
  return call;
}

std::optional<Name> read_name(const Value* value, const Context& context) {
  if (value == nullptr) return {};
  return read_name(*value, context);
}

std::optional<Name> read_name(const Value& value, const Context& context) {
  if (value.is_none()) return {};
  Name name;
  name.span = context.span_of(value);
  if (const text::MappedText* text = value.str()) {
    Sql sql(context.home, name.span);
    sql.copy(*text);
    name.text = sql.text();
    name.known = !sql.partial();
    name.written = sql.mapped();
    return name;
  }
  if (const Symbol* symbol = value.symbol()) {
    const std::string function = name_of(value);
    const bool conv = function == "op.f" || function == "sa.conv" || method_of(value) == "f";
    if (symbol->kind == Symbol::Kind::kCall && (conv || function == "sa.quoted_name")) {
      const Value* inner = symbol->arguments.find(conv ? "name" : "value", 0);
      std::optional<Name> read = read_name(inner, context);
      if (!read) return read;
      if (conv) read->final = true;
      if (!conv) read->quote = tristate(symbol->arguments, "quote", 1);
      return read;
    }
    if (symbol->kind == Symbol::Kind::kCall &&
        (function == "sa.column" || function == "sa.Column" || function == "sa.table" ||
         function == "sa.Table")) {
      return read_name(symbol->arguments.find("name", 0), context);
    }
    if (symbol->kind == Symbol::Kind::kAttribute && symbol->operands[0].symbol() != nullptr &&
        method_of(symbol->operands[0]) == "c") {  // table.c.name
      name.text = symbol->name;
      return name;
    }
  }
  name.known = false;
  name.text = kUnknownText;
  return name;
}

std::vector<Name> read_names(const Value& value, const Context& context) {
  std::vector<Name> names;
  if (const auto* items = items_of(value)) {
    for (const Value& item : *items) {
      if (auto name = read_name(item, context)) names.push_back(std::move(*name));
    }
  } else if (auto name = read_name(value, context)) {
    names.push_back(std::move(*name));
  }
  return names;
}

}  // namespace forelock::alembic
