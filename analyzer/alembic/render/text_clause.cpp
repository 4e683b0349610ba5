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
