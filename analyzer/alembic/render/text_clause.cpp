#include "analyzer/alembic/render/text_clause.h"

#include <algorithm>

#include "analyzer/alembic/render/chain.h"

namespace forelock::alembic {
namespace {

using python::Value;

bool word(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || (u >= '0' && u <= '9') || u == '_' ||
         u >= 0x80;
}

}  // namespace

void render_text_clause(Sql& sql, const text::MappedText& text,
                        const std::vector<Parameter>& parameters, Expressions& expressions,
                        bool unknown_parameters) {
  const std::string& s = text.text;
  std::size_t from = 0;
  const auto flush = [&](std::size_t to) {
    if (to > from) {
      sql.copy(text.slice({static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)}));
    }
    from = to;
  };
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] != ':') continue;
    const char before = i > 0 ? s[i - 1] : '\0';
    std::size_t end = i + 1;
    while (end < s.size() && (word(s[end]) || (before == '\\' && s[end] == '$'))) ++end;
    if (before == '\\') {
      // `\:name` is a plain colon, unless another colon follows
      if (end < s.size() && s[end] == ':') continue;
      flush(i - 1);
      from = i;
      continue;
    }
    if (before == ':' || (i > 0 && word(before)) || end == i + 1) continue;
    if (end < s.size() && s[end] == ':') continue;
    const std::string_view name = std::string_view(s).substr(i + 1, end - i - 1);
    const auto parameter = std::ranges::find(parameters, name, &Parameter::name);
    if (parameter == parameters.end()) {
      if (!unknown_parameters) continue;
      flush(i);
      from = end;
      sql.hole();
      continue;
    }
    flush(i);
    from = end;
    const Type* type = parameter->type ? &*parameter->type : nullptr;
    const auto* items = items_of(parameter->value);
    const bool tuple =
        items != nullptr && (parameter->expanding ||
                             parameter->value.sequence()->kind == python::Sequence::Kind::kTuple);
    if (tuple) {  // psycopg2 sends a tuple as a parenthesised list, and so does expanding=True
      sql << "(";
      for (std::size_t k = 0; k < items->size(); ++k) {
        if (k > 0) sql << ", ";
        expressions.render_literal(sql, (*items)[k], type);
      }
      if (items->empty()) sql << "NULL";
      sql << ")";
    } else if (parameter->value.symbol() != nullptr) {
      ExpressionOptions options;
      options.type = type;
      expressions.render(sql, parameter->value, options);
    } else {
      expressions.render_literal(sql, parameter->value, type);
    }
  }
  flush(s.size());
}

namespace {

void render_parameter(Sql& sql, const Value* value, Expressions& expressions) {
  if (value == nullptr) {
    sql.hole();
  } else if (value->symbol() != nullptr) {
    expressions.render(sql, *value, {});
  } else if (const auto* items = items_of(*value);
             items != nullptr && value->sequence()->kind == python::Sequence::Kind::kTuple) {
    sql << "(";
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (i > 0) sql << ", ";
      expressions.render_literal(sql, (*items)[i], nullptr);
    }
    sql << ")";
  } else {
    expressions.render_literal(sql, *value, nullptr);
  }
}

const Value* named(const python::Dict* dict, std::string_view name) {
  if (dict == nullptr) return nullptr;
  for (const auto& [key, item] : dict->items) {
    if (known_string(key) == name) return &item;
  }
  return nullptr;
}

}  // namespace

void render_driver_text(Sql& sql, const text::MappedText& text, const Value& parameters,
                        Expressions& expressions) {
  const std::string& s = text.text;
  const python::Dict* dict = parameters.dict();
  const auto* items = items_of(parameters);
  if (dict != nullptr && !s.contains("%(")) {
    std::vector<Parameter> bound;
    for (const auto& [key, item] : dict->items) {
      if (const auto name = known_string(key)) bound.push_back({*name, item, std::nullopt, false});
    }
    render_text_clause(sql, text, bound, expressions, true);
    return;
  }
  std::size_t next = 0;
  std::size_t from = 0;
  const auto flush = [&](std::size_t to, std::size_t then) {
    if (to > from) {
      sql.copy(text.slice({static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)}));
    }
    from = then;
  };
  for (std::size_t i = 0; i + 1 < s.size(); ++i) {
    if (s[i] != '%') continue;
    if (s[i + 1] == '%') {
      flush(i + 1, i + 2);
      ++i;
    } else if (s[i + 1] == 's') {
      flush(i, i + 2);
      const bool given = items != nullptr && next < items->size();
      render_parameter(sql, given ? &(*items)[next] : nullptr, expressions);
      ++next;
      ++i;
    } else if (s[i + 1] == '(') {
      const std::size_t close = s.find(")s", i);
      if (close == std::string::npos) continue;
      flush(i, close + 2);
      render_parameter(sql, named(dict, std::string_view(s).substr(i + 2, close - i - 2)),
                       expressions);
      i = close + 1;
    }
  }
  flush(s.size(), s.size());
}

void Expressions::render_text(Sql& sql, const Value& value, const Value* given) {
  std::vector<Parameter> parameters;
  const auto set = [&](std::string_view name, const Value& parameter, std::optional<Type> type,
                       bool expanding) {
    const auto it = std::ranges::find(parameters, name, &Parameter::name);
    if (it != parameters.end()) {
      it->value = parameter;
      return;
    }
    parameters.push_back({std::string(name), parameter, std::move(type), expanding});
  };
  const auto set_dict = [&](const Value& dict_value) {
    const python::Dict* dict = dict_value.dict();
    if (dict == nullptr) return;
    for (const auto& [key, item] : dict->items) {
      if (const auto name = known_string(key)) set(*name, item, std::nullopt, false);
    }
  };
  const Chain chain = unroll(value);
  for (const Link& link : chain.links) {
    if (link.method != "bindparams" && link.method != "params") continue;
    for (const auto& [keyword, item] : link.arguments->keywords) {
      set(keyword, item, std::nullopt, false);
    }
    for (const Value& item : link.arguments->positional) {
      const python::Arguments& arguments = arguments_of(item);
      const auto name = known_string(arguments.find("key", 0));
      if (name_of(item) != "sa.bindparam" || !name) {
        set_dict(item);
        continue;
      }
      std::optional<Type> type;
      if (const Value* given_type = present(arguments, "type_", 2)) {
        type = read_type(*given_type, context_);
      }
      const Value* parameter = arguments.find("value", 1);
      set(*name, parameter != nullptr ? *parameter : Value::unknown("a bound parameter"),
          std::move(type), flag(arguments, "expanding"));
    }
  }
  if (given != nullptr) set_dict(*given);
  const Value* text = chain.root == nullptr ? nullptr : arguments_of(*chain.root).find("text", 0);
  if (text == nullptr || text->str() == nullptr) {
    sql.hole();
    return;
  }
  // Parameters that are given but not known stand for every name that is not bound.
  render_text_clause(sql, *text->str(), parameters, *this, given != nullptr && !given->is_none());
}

}  // namespace forelock::alembic
