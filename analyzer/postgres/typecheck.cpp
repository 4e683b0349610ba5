#include "analyzer/postgres/typecheck.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/literals.h"

namespace forelock::postgres {
namespace {

using model::Expression;
using model::ExpressionKind;

bool is_unknown(const model::TypeName& type) { return type.name.name == "unknown"; }
bool is_known(const model::TypeName& type) { return !type.name.name.empty(); }

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

std::optional<TypeError> modifier_error(const model::TypeName& type, int version) {
  if (type.modifiers.empty() || type.name.schema != "pg_catalog") return std::nullopt;
  // Sources: anychar_typmodin(), numerictypmodin(), anybit_typmodin().
  constexpr int kMaxLength = 10485760;
  constexpr int kMaxPrecision = 1000;
  const std::string& name = type.name.name;
  const int first = type.modifiers[0];
  if (name == "varchar" || name == "bpchar" || name == "bit" || name == "varbit") {
    if (first >= 1 && (first <= kMaxLength || name == "bit" || name == "varbit")) {
      return std::nullopt;
    }
    return TypeError{"22023", fmt::format("invalid length for type {}", name)};
  }
  if (name == "numeric") {
    const int scale = type.modifiers.size() > 1 ? type.modifiers[1] : 0;
    const bool free_scale = version >= 15 && scale >= -kMaxPrecision && scale <= kMaxPrecision;
    if (first >= 1 && first <= kMaxPrecision && (free_scale || (scale >= 0 && scale <= first))) {
      return std::nullopt;
    }
    return TypeError{"22023", "NUMERIC precision or scale out of range"};
  }
  if (name == "interval" || name.starts_with("time")) return std::nullopt;
  return TypeError{"42601", fmt::format("type modifier is not allowed for type \"{}\"", name)};
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
