#include "analyzer/postgres/typecheck.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace forelock::postgres {
namespace {

using model::Expression;
using model::ExpressionKind;

bool is_unknown(const model::TypeName& type) { return type.name.name == "unknown"; }
bool is_known(const model::TypeName& type) { return !type.name.name.empty(); }

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1);
}

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_number(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const bool digits =
      std::ranges::any_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
  return digits && text.find_first_not_of("0123456789.eE+-_") == std::string_view::npos;
}

bool is_time_like(const std::string& text) {
  static constexpr std::array<std::string_view, 9> kWords = {"now",       "today",     "tomorrow",
                                                             "yesterday", "epoch",     "infinity",
                                                             "-infinity", "+infinity", "allballs"};
  return std::ranges::find(kWords, text) != kWords.end() ||
         std::ranges::any_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Whether brackets close in the order in which they open, strings aside.
bool is_balanced(std::string_view json) {
  std::string open;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      open += c;
    } else if (c == '}' || c == ']') {
      if (open.empty() || open.back() != (c == '}' ? '{' : '[')) return false;
      open.pop_back();
    }
  }
  return open.empty() && !in_string;
}

bool is_boolean(const std::string& text) {
  if (text == "1" || text == "0" || text == "on" || text == "of" || text == "off") return true;
  for (const std::string_view word : {"true", "false", "yes", "no"}) {
    if (!text.empty() && word.starts_with(text)) return true;
  }
  return false;
}

TypeError bad_literal(std::string_view sqlstate, const model::TypeName& type,
                      const std::string& text) {
  return {std::string(sqlstate),
          fmt::format("invalid input syntax for type {}: \"{}\"", model::display(type), text)};
}

/// Checks the operator between two operands; `array` when the right one is a list's element.
std::optional<TypeError> operator_error(const Catalog& catalog, const Scope& scope,
                                        std::string_view symbol, const Expression& left,
                                        const Expression& right) {
  const model::TypeName a = infer_type(catalog, scope, left);
  const model::TypeName b = infer_type(catalog, scope, right);
  if (!is_known(a) || !is_known(b)) return std::nullopt;
  if (is_unknown(a) && is_unknown(b)) return std::nullopt;
  for (const model::TypeName* type : {&a, &b}) {
    if (is_unknown(*type)) continue;
    const Type* user = user_type(catalog, base_type(catalog, *type));
    // Rows and ranges compare, but have no patterns.
    const bool row = user != nullptr && user->kind == TypeKind::kComposite;
    const bool range = user != nullptr && user->kind == TypeKind::kRange;
    const bool compares = symbol == "=" || symbol == "<>" || symbol == "<" || symbol == ">" ||
                          symbol == "<=" || symbol == ">=" || symbol.starts_with('*');
    const model::TypeName& other = type == &a ? b : a;
    const Type* other_user = user_type(catalog, base_type(catalog, other));
    const bool other_row = other_user == nullptr ? is_unknown(other) || other.name.name == "record"
                                                 : other_user->kind == TypeKind::kComposite;
    if ((row && (!compares || !other_row)) ||
        (range && symbol.find('~') != std::string_view::npos)) {
      return TypeError{"42883", fmt::format("operator does not exist: {} {} {}", model::display(a),
                                            symbol, model::display(b))};
    }
    const Expression& opposite = type == &a ? right : left;
    if (row && is_unknown(other) && opposite.kind == ExpressionKind::kConstant &&
        opposite.constant == model::ConstantKind::kString) {
      return literal_error(catalog, *type, opposite.name);
    }
    if (category(catalog, *type) == 0 || (user != nullptr && user->kind != TypeKind::kEnum)) {
      return std::nullopt;
    }
  }
  if (facts::operators(symbol).empty()) return std::nullopt;
  const facts::OperatorFact* fact = resolve_operator(catalog, symbol, {a, b});
  if (fact == nullptr) {
    return TypeError{"42883", fmt::format("operator does not exist: {} {} {}", model::display(a),
                                          symbol, model::display(b))};
  }
  const auto literal = [&](const Expression& side, const model::TypeName& own,
                           const model::TypeName& other,
                           facts::TypeId wanted) -> std::optional<TypeError> {
    if (!is_unknown(own) || side.kind != ExpressionKind::kConstant ||
        side.constant != model::ConstantKind::kString) {
      return std::nullopt;
    }
    const bool polymorphic = wanted >= 0 && facts::type(wanted).kind == 'p';
    return literal_error(catalog, polymorphic ? other : from_fact(wanted), side.name);
  };
  if (auto error = literal(left, a, b, fact->left)) return error;
  return literal(right, b, a, fact->right);
}

std::optional<TypeError> boolean_error(const Catalog& catalog, const Scope& scope,
                                       const Expression& part, std::string_view where) {
  const model::TypeName type = infer_type(catalog, scope, part);
  if (!is_known(type)) return std::nullopt;
  if (is_unknown(type)) {
    return part.constant == model::ConstantKind::kString
               ? literal_error(catalog, builtin("bool"), part.name)
               : std::nullopt;
  }
  const char kind = category(catalog, type);
  if (kind == 0 || base_type(catalog, type).name.name == "bool") return std::nullopt;
  return TypeError{"42804", fmt::format("argument of {} must be type boolean, not type {}", where,
                                        model::display(type))};
}

std::optional<TypeError> common_error(const Catalog& catalog, const Scope& scope,
                                      const std::vector<Expression>& args, std::string_view what) {
  char seen = 0;
  for (const Expression& arg : args) {
    const model::TypeName type = infer_type(catalog, scope, arg);
    if (!is_known(type) || is_unknown(type)) continue;
    const char kind = category(catalog, type);
    if (kind == 0) return std::nullopt;
    if (seen != 0 && kind != seen) {
      return TypeError{"42804", fmt::format("{} types cannot be matched", what)};
    }
    seen = kind;
  }
  return std::nullopt;
}

/// Whether a function of the history's own takes such arguments.
bool accepts(const Catalog& catalog, const CatalogFunction& function,
             const std::vector<model::TypeName>& given) {
  std::size_t inputs = 0;
  for (const model::FunctionParameter& parameter : function.definition.parameters) {
    if (parameter.mode == 'v') return true;
    if (parameter.mode == 'o' || parameter.mode == 't') continue;
    const std::size_t i = inputs++;
    if (i >= given.size()) {
      if (!parameter.default_value) return false;
      continue;
    }
    const model::TypeName wanted = resolve_type(catalog, parameter.type).name;
    if (category(catalog, wanted) == 0) continue;
    const facts::TypeId id = fact_id(wanted);
    if (id >= 0 && facts::type(id).kind == 'p') continue;
    if (!is_unknown(given[i]) && !same_type(base_type(catalog, given[i]), wanted) &&
        cast_path(catalog, given[i], wanted, CastContext::kImplicit) == CastPath::kNone) {
      return false;
    }
  }
  return given.size() <= inputs;
}

/// Whether some function of that name takes a value of any type at that place.
bool takes_any(std::string_view name, std::size_t count, std::size_t index) {
  return std::ranges::any_of(facts::functions(name), [&](const facts::FunctionFact& fact) {
    const auto types = facts::arguments(fact);
    if (fact.variadic || types.size() < count) return fact.variadic;
    if (index >= types.size() || facts::type(types[index]).kind != 'p') return false;
    const std::string_view type = facts::type(types[index]).name;
    return type == "any" || type == "anyelement" || type == "anynonarray" || type == "anyenum" ||
           type == "record" || type.starts_with("anycompatible");
  });
}

std::optional<TypeError> function_error(const Catalog& catalog, const Scope& scope,
                                        const Expression& call) {
  std::vector<model::TypeName> given;
  const model::QualifiedName name{call.qualifier, call.name};
  const auto own = catalog.find_functions(name);
  for (const Expression& arg : call.args) {
    given.push_back(infer_type(catalog, scope, arg));
    if (!is_known(given.back())) return std::nullopt;
    const Type* user = user_type(catalog, base_type(catalog, given.back()));
    const bool plain =
        user != nullptr && (user->kind == TypeKind::kEnum || user->kind == TypeKind::kComposite);
    if (own.empty() && plain && !facts::functions(call.name).empty() &&
        !takes_any(call.name, call.args.size(), given.size() - 1) &&
        facts::newer_function(call.name) == nullptr) {
      return TypeError{"42883",
                       fmt::format("function {} does not exist for these arguments", call.name)};
    }
    if (own.empty() && given.back().name.schema != "pg_catalog") return std::nullopt;
  }
  if (!own.empty() && facts::functions(call.name).empty() &&
      std::ranges::none_of(own, [&](const CatalogFunction* function) {
        return accepts(catalog, *function, given);
      })) {
    return TypeError{"42883",
                     fmt::format("function {} does not exist for these arguments", call.name)};
  }
  // A function of another version, or of an extension that is not known, says nothing.
  if (facts::functions(call.name).empty() || !catalog.find_functions(name).empty() ||
      facts::newer_function(call.name) != nullptr) {
    return std::nullopt;
  }
  if (resolve_function(catalog, name, given, true).found()) return std::nullopt;
  return TypeError{"42883",
                   fmt::format("function {} does not exist for these arguments", call.name)};
}

}  // namespace

std::optional<TypeError> literal_error(const Catalog& catalog, const model::TypeName& type,
                                       const std::string& text) {
  const model::TypeName base = base_type(catalog, type);
  const std::string value = lowered(trimmed(text));
  if (base.array_dimensions > 0) {
    if (!value.empty() && (value.front() == '{' || value.front() == '[')) return std::nullopt;
    return TypeError{"22P02", fmt::format("malformed array literal: \"{}\"", text)};
  }
  if (const Type* user = user_type(catalog, base)) {
    if (user->kind == TypeKind::kComposite && !value.starts_with('(')) {
      return TypeError{"22P02", fmt::format("malformed record literal: \"{}\"", text)};
    }
    if (user->kind != TypeKind::kEnum || user->assumed) return std::nullopt;
    if (std::ranges::find(user->labels, text) != user->labels.end()) return std::nullopt;
    return TypeError{"22P02",
                     fmt::format("invalid input value for enum {}: \"{}\"", user->name, text)};
  }
  if (base.name.schema != "pg_catalog") return std::nullopt;
  const std::string& name = base.name.name;
  if (name == "int2" || name == "int4" || name == "int8") {
    std::string_view digits = value;
    if (!digits.empty() && (digits.front() == '-' || digits.front() == '+'))
      digits.remove_prefix(1);
    if (!all_digits(digits)) return bad_literal("22P02", base, text);
    const std::size_t most = name == "int2" ? 5 : name == "int4" ? 10 : 19;
    if (digits.size() > most) {
      return TypeError{"22003", fmt::format("value \"{}\" is out of range for type {}", text,
                                            model::display(base))};
    }
    return std::nullopt;
  }
  if (name == "numeric" || name == "float4" || name == "float8") {
    if (is_number(value) || value == "nan" || value.ends_with("infinity") || value == "inf" ||
        value == "-inf") {
      return std::nullopt;
    }
    return bad_literal("22P02", base, text);
  }
  if (name == "bool") {
    return is_boolean(value) ? std::nullopt : std::optional(bad_literal("22P02", base, text));
  }
  if (name == "date" || name == "timestamp" || name == "timestamptz" || name == "time" ||
      name == "timetz" || name == "interval") {
    const bool clock_only = value.find(':') != std::string::npos &&
                            value.find_first_not_of("0123456789:.") == std::string::npos;
    const bool wants_date = name == "date" || name.starts_with("timestamp");
    if (is_time_like(value) && !(clock_only && wants_date)) return std::nullopt;
    return bad_literal("22007", base, text);
  }
  if (name == "uuid") {
    std::size_t digits = 0;
    for (const char c : value) {
      if (std::isxdigit(static_cast<unsigned char>(c)) != 0) {
        ++digits;
      } else if (c != '-' && c != '{' && c != '}') {
        return bad_literal("22P02", base, text);
      }
    }
    return digits == 32 ? std::nullopt : std::optional(bad_literal("22P02", base, text));
  }
  if (name == "json" || name == "jsonb") {
    if (value.empty()) return bad_literal("22P02", base, text);
    const char first = value.front();
    if (!is_balanced(value)) return bad_literal("22P02", base, text);
    const bool fine = first == '{' || first == '[' || first == '"' || first == '-' ||
                      std::isdigit(static_cast<unsigned char>(first)) != 0 || value == "true" ||
                      value == "false" || value == "null";
    return fine ? std::nullopt : std::optional(bad_literal("22P02", base, text));
  }
  return std::nullopt;
}

std::optional<TypeError> type_error(const Catalog& catalog, const Scope& scope,
                                    const Expression& e) {
  for (const Expression& arg : e.args) {
    if (auto error = type_error(catalog, scope, arg)) return error;
  }
  return type_error_at(catalog, scope, e);
}

std::optional<TypeError> type_error_at(const Catalog& catalog, const Scope& scope,
                                       const Expression& e) {
  switch (e.kind) {
    case ExpressionKind::kAnd:
    case ExpressionKind::kOr:
    case ExpressionKind::kNot:
      for (const Expression& arg : e.args) {
        if (auto error = boolean_error(catalog, scope, arg,
                                       e.kind == ExpressionKind::kAnd  ? "AND"
                                       : e.kind == ExpressionKind::kOr ? "OR"
                                                                       : "NOT")) {
          return error;
        }
      }
      return std::nullopt;
    case ExpressionKind::kFunction:
      return function_error(catalog, scope, e);
    case ExpressionKind::kCoalesce:
      return common_error(catalog, scope, e.args, "COALESCE");
    case ExpressionKind::kMinMax:
      return common_error(catalog, scope, e.args, e.name);
    case ExpressionKind::kOperator:
      break;
    case ExpressionKind::kCast: {
      if (!e.type || e.args.empty()) return std::nullopt;
      const model::TypeName target = resolve_type(catalog, *e.type).name;
      const Expression& arg = e.args[0];
      if (arg.kind == ExpressionKind::kConstant && arg.constant == model::ConstantKind::kString) {
        return literal_error(catalog, target, arg.name);
      }
      const model::TypeName from = infer_type(catalog, scope, arg);
      if (cast_path(catalog, from, target, CastContext::kExplicit) == CastPath::kNone) {
        return TypeError{"42846", fmt::format("cannot cast type {} to {}", model::display(from),
                                              model::display(target))};
      }
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
  if (e.args.size() < 2) return std::nullopt;
  std::string_view symbol = e.name;
  if (symbol == "LIKE") symbol = "~~";
  if (symbol == "NOT LIKE") symbol = "!~~";
  if (symbol == "ILIKE") symbol = "~~*";
  if (symbol == "NOT ILIKE") symbol = "!~~*";
  if (symbol == "IS DISTINCT FROM" || symbol == "IS NOT DISTINCT FROM") symbol = "=";
  if (symbol == "IN" || symbol == "NOT IN") {
    for (std::size_t i = 1; i < e.args.size(); ++i) {
      if (auto error =
              operator_error(catalog, scope, symbol == "IN" ? "=" : "<>", e.args[0], e.args[i])) {
        return error;
      }
    }
    return std::nullopt;
  }
  if (symbol == "BETWEEN" && e.args.size() == 3) {
    if (auto error = operator_error(catalog, scope, ">=", e.args[0], e.args[1])) return error;
    return operator_error(catalog, scope, "<=", e.args[0], e.args[2]);
  }
  if (e.args.size() == 2 && (symbol.ends_with(" ANY") || symbol.ends_with(" ALL")) &&
      e.args[1].kind == ExpressionKind::kArray) {
    for (const Expression& element : e.args[1].args) {
      if (auto error = operator_error(catalog, scope, symbol.substr(0, symbol.find(' ')), e.args[0],
                                      element)) {
        return error;
      }
    }
    return std::nullopt;
  }
  if (e.args.size() != 2 || symbol.find(' ') != std::string_view::npos) return std::nullopt;
  return operator_error(catalog, scope, symbol, e.args[0], e.args[1]);
}

std::optional<TypeError> assignment_error(const Catalog& catalog, const Scope& scope,
                                          const Expression& value, const model::TypeName& type) {
  if (auto error = type_error(catalog, scope, value)) return error;
  const model::TypeName from = infer_type(catalog, scope, value);
  if (is_unknown(from)) {
    return value.kind == ExpressionKind::kConstant && value.constant == model::ConstantKind::kString
               ? literal_error(catalog, type, value.name)
               : std::nullopt;
  }
  if (cast_path(catalog, from, type, CastContext::kAssignment) == CastPath::kNone) {
    return TypeError{"42804", fmt::format("value is of type {} but {} is needed",
                                          model::display(from), model::display(type))};
  }
  return std::nullopt;
}

}  // namespace forelock::postgres
