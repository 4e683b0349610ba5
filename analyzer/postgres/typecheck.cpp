#include "analyzer/postgres/typecheck.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/postgres/overloads.h"

namespace forelock::postgres {
namespace {

using model::Expression;
using model::ExpressionKind;
using model::TypeName;

bool is_known(const TypeName& type) { return !type.name.name.empty(); }

bool is_string_constant(const Expression& e) {
  return e.kind == ExpressionKind::kConstant && e.constant == model::ConstantKind::kString;
}

bool has_column(const Expression& expression) {
  bool found = false;
  model::for_each(expression, [&](const Expression& part) {
    found = found || part.kind == ExpressionKind::kColumn;
  });
  return found;
}

/// A bare literal becomes a value of the type that is wanted of it.
std::optional<TypeError> literal_as(const Catalog& catalog, const Expression& e,
                                    const TypeName& wanted) {
  return is_string_constant(e) && is_known(wanted) ? literal_error(catalog, wanted, e.name)
                                                   : std::nullopt;
}

/// CREATE OPERATOR is not followed: after one, an operator that is missing here may be there.
bool has_own_operators(const Catalog& catalog) {
  return std::ranges::any_of(catalog.objects(), [](const NamedObject* object) {
    return object->kind == model::ObjectKind::kOperator;
  });
}

/// Why no operator was chosen; nullopt where one was, or where nothing can be said.
std::optional<TypeError> choice_error(const Catalog& catalog, const ChosenOperator& chosen,
                                      std::string_view symbol, const std::vector<TypeName>& given) {
  if (chosen.choice == Choice::kFound || chosen.choice == Choice::kNotKnown ||
      facts::operators(symbol).empty() || has_own_operators(catalog)) {
    return std::nullopt;
  }
  const std::string call =
      given.size() == 1
          ? fmt::format("{} {}", symbol, model::display(given[0]))
          : fmt::format("{} {} {}", model::display(given[0]), symbol, model::display(given[1]));
  return chosen.choice == Choice::kNone
             ? TypeError{"42883", fmt::format("operator does not exist: {}", call)}
             : TypeError{"42725", fmt::format("operator is not unique: {}", call)};
}

/// Source: make_op().
std::optional<TypeError> operator_error(const Catalog& catalog, const Scope& scope,
                                        std::string_view symbol, const Expression& left,
                                        const Expression& right) {
  const std::vector<TypeName> given = {infer_type(catalog, scope, left),
                                       infer_type(catalog, scope, right)};
  if (!is_known(given[0]) || !is_known(given[1])) return std::nullopt;
  const ChosenOperator chosen = choose_operator(catalog, symbol, given);
  if (chosen.choice != Choice::kFound) return choice_error(catalog, chosen, symbol, given);
  const std::array<facts::TypeId, 2> wanted = {chosen.fact->left, chosen.fact->right};
  if (auto error =
          literal_as(catalog, left, polymorphic_result(catalog, wanted[0], wanted, given))) {
    return error;
  }
  return literal_as(catalog, right, polymorphic_result(catalog, wanted[1], wanted, given));
}

std::optional<TypeError> prefix_error(const Catalog& catalog, const Scope& scope,
                                      const Expression& e) {
  const std::vector<TypeName> given = {infer_type(catalog, scope, e.args[0])};
  if (!is_known(given[0])) return std::nullopt;
  return choice_error(catalog, choose_operator(catalog, e.name, given), e.name, given);
}

/// Source: transformAExprIn(). Constants are compared as one array where they have a common type.
std::optional<TypeError> in_error(const Catalog& catalog, const Scope& scope,
                                  std::string_view symbol, const Expression& e) {
  const Expression& left = e.args[0];
  std::vector<TypeName> types = {infer_type(catalog, scope, left)};
  for (std::size_t i = 1; i < e.args.size(); ++i) {
    if (!has_column(e.args[i])) types.push_back(infer_type(catalog, scope, e.args[i]));
  }
  if (!std::ranges::all_of(types, is_known)) return std::nullopt;
  const CommonType common = common_type(catalog, types);
  const bool one_array = types.size() > 2 && is_known(common.type) &&
                         common.type.name.name != "record" &&
                         std::ranges::all_of(types, [&](const TypeName& type) {
                           return coerces_implicitly(catalog, type, common.type);
                         });
  for (std::size_t i = 1; one_array && i < e.args.size(); ++i) {
    if (has_column(e.args[i])) continue;
    if (auto error = literal_as(catalog, e.args[i], common.type)) return error;
  }
  if (one_array) {
    const std::vector<TypeName> given = {types[0], common.type};
    const ChosenOperator chosen = choose_operator(catalog, symbol, given);
    if (auto error = choice_error(catalog, chosen, symbol, given)) return error;
  }
  for (std::size_t i = 1; i < e.args.size(); ++i) {
    if (one_array && !has_column(e.args[i])) continue;
    if (auto error = operator_error(catalog, scope, symbol, left, e.args[i])) return error;
  }
  return std::nullopt;
}

/// x = ANY (array). Source: make_scalar_array_op().
std::optional<TypeError> array_operator_error(const Catalog& catalog, const Scope& scope,
                                              std::string_view symbol, const Expression& left,
                                              const Expression& right) {
  const TypeName array = infer_type(catalog, scope, right);
  std::vector<TypeName> given = {infer_type(catalog, scope, left), array};
  if (!is_known(given[0]) || !is_known(array)) return std::nullopt;
  if (!is_unknown(array)) {
    TypeName element = base_type(catalog, array);
    if (element.array_dimensions == 0) {
      if (category(catalog, element) == 0) return std::nullopt;
      return TypeError{"42809", "op ANY/ALL (array) requires array on right side"};
    }
    element.array_dimensions = 0;
    given[1] = element;
  }
  const ChosenOperator chosen = choose_operator(catalog, symbol, given);
  return choice_error(catalog, chosen, symbol, given);
}

std::optional<TypeError> boolean_error(const Catalog& catalog, const Scope& scope,
                                       const Expression& part, std::string_view where) {
  const TypeName type = infer_type(catalog, scope, part);
  if (!is_known(type)) return std::nullopt;
  if (is_unknown(type)) return literal_as(catalog, part, builtin("bool"));
  if (category(catalog, type) == 0 ||
      (type.array_dimensions == 0 && base_type(catalog, type).name.name == "bool")) {
    return std::nullopt;
  }
  return TypeError{"42804", fmt::format("argument of {} must be type boolean, not type {}", where,
                                        model::display(type))};
}

/// Expressions that become one type: COALESCE, CASE, ARRAY[].
std::optional<TypeError> common_error(const Catalog& catalog, const Scope& scope,
                                      const std::vector<const Expression*>& parts,
                                      std::string_view what) {
  std::vector<TypeName> types;
  for (const Expression* part : parts) {
    types.push_back(part == nullptr ? builtin("unknown") : infer_type(catalog, scope, *part));
    if (!is_known(types.back())) return std::nullopt;
  }
  const CommonType common = common_type(catalog, types);
  if (common.unmatched) {
    return TypeError{"42804", fmt::format("{} types cannot be matched", what)};
  }
  if (!is_known(common.type)) return std::nullopt;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!coerces_implicitly(catalog, types[i], common.type)) {
      return TypeError{"42846", fmt::format("{} could not convert type {} to {}", what,
                                            model::display(types[i]), model::display(common.type))};
    }
    if (parts[i] == nullptr) continue;
    if (auto error = literal_as(catalog, *parts[i], common.type)) return error;
  }
  return std::nullopt;
}

std::vector<const Expression*> all_of(const Expression& e) {
  std::vector<const Expression*> result;
  for (const Expression& arg : e.args) result.push_back(&arg);
  return result;
}

/// Source: transformCaseExpr().
std::optional<TypeError> case_error(const Catalog& catalog, const Scope& scope,
                                    const Expression& e) {
  const std::size_t first = e.name == "simple" ? 1 : 0;
  for (std::size_t i = first; i + 1 < e.args.size(); i += 2) {
    auto error = first == 1 ? operator_error(catalog, scope, "=", e.args[0], e.args[i])
                            : boolean_error(catalog, scope, e.args[i], "CASE/WHEN");
    if (error) return error;
  }
  return common_error(catalog, scope, case_results(e), "CASE");
}

/// Source: ParseFuncOrColumn().
std::optional<TypeError> function_error(const Catalog& catalog, const Scope& scope,
                                        const Expression& call) {
  std::vector<TypeName> given;
  for (const Expression& arg : call.args) {
    given.push_back(infer_type(catalog, scope, arg));
    if (!is_known(given.back())) return std::nullopt;
  }
  const model::QualifiedName name{call.qualifier, call.name};
  if (!resolve_function(catalog, name, {}, false).found()) return std::nullopt;
  const ResolvedFunction function = resolve_function(catalog, name, given, true);
  if (function.choice == Choice::kNone) {
    // text(value) may be a cast in the form of a call: func_get_detail(), FUNCDETAIL_COERCION.
    model::TypeName type;
    type.name = name;
    if (given.size() == 1 && resolve_type(catalog, type).known) return std::nullopt;
    return TypeError{"42883",
                     fmt::format("function {} does not exist for these arguments", call.name)};
  }
  if (function.choice == Choice::kAmbiguous) {
    return TypeError{"42725", fmt::format("function {} is not unique", call.name)};
  }
  if (function.choice != Choice::kFound) return std::nullopt;
  std::vector<facts::TypeId> wanted;
  for (const Parameter& parameter : function.parameters) wanted.push_back(parameter.fact);
  for (std::size_t i = 0; i < call.args.size() && i < wanted.size(); ++i) {
    const TypeName type = wanted[i] >= 0 ? polymorphic_result(catalog, wanted[i], wanted, given)
                                         : function.parameters[i].own;
    if (type.name.name == "any") continue;
    if (auto error = literal_as(catalog, call.args[i], type)) return error;
  }
  return std::nullopt;
}

/// ROW(...) becomes a value of a composite type column by column: coerce_record_to_complex().
std::optional<TypeError> row_error(const Catalog& catalog, const Scope& scope,
                                   const Expression& row, const TypeName& target,
                                   CastContext context) {
  const Type* type = user_type(catalog, base_type(catalog, target));
  if (row.kind != ExpressionKind::kRow || type == nullptr || type->kind != TypeKind::kComposite ||
      type->assumed || target.array_dimensions != 0) {
    return std::nullopt;
  }
  const Relation* relation = catalog.relation(type->relation);
  if (relation == nullptr || relation->open_columns) return std::nullopt;
  const auto refuse = [&](const std::string& why) {
    return TypeError{"42846",
                     fmt::format("cannot cast type record to {}: {}", model::display(target), why)};
  };
  for (std::size_t i = 0; i < relation->columns.size(); ++i) {
    if (i >= row.args.size()) return refuse("input has too few columns");
    const TypeName& wanted = relation->columns[i].type;
    const TypeName from = infer_type(catalog, scope, row.args[i]);
    if (is_unknown(from)) {
      if (auto error = literal_as(catalog, row.args[i], wanted)) return error;
    } else if (cast_path(catalog, from, wanted, context) == CastPath::kNone) {
      return refuse(fmt::format("cannot cast type {} to {} in column {}", model::display(from),
                                model::display(wanted), i + 1));
    }
  }
  if (row.args.size() > relation->columns.size()) return refuse("input has too many columns");
  return std::nullopt;
}

std::optional<TypeError> cast_error(const Catalog& catalog, const Scope& scope,
                                    const Expression& e) {
  if (!e.type || e.args.empty()) return std::nullopt;
  const TypeName target = resolve_type(catalog, *e.type).name;
  const Expression& arg = e.args[0];
  if (is_string_constant(arg)) return literal_error(catalog, target, arg.name);
  const TypeName from = infer_type(catalog, scope, arg);
  if (cast_path(catalog, from, target, CastContext::kExplicit) == CastPath::kNone) {
    return TypeError{"42846", fmt::format("cannot cast type {} to {}", model::display(from),
                                          model::display(target))};
  }
  return row_error(catalog, scope, arg, target, CastContext::kExplicit);
}

std::optional<TypeError> operation_error(const Catalog& catalog, const Scope& scope,
                                         const Expression& e) {
  if (e.args.size() == 1) return prefix_error(catalog, scope, e);
  if (e.args.size() < 2) return std::nullopt;
  std::string_view symbol = e.name;
  if (symbol == "LIKE") symbol = "~~";
  if (symbol == "NOT LIKE") symbol = "!~~";
  if (symbol == "ILIKE") symbol = "~~*";
  if (symbol == "NOT ILIKE") symbol = "!~~*";
  if (symbol == "IS DISTINCT FROM" || symbol == "IS NOT DISTINCT FROM") {
    const auto is_null = [](const Expression& arg) {
      return arg.kind == ExpressionKind::kConstant && is_null_constant(arg);
    };
    if (std::ranges::any_of(e.args, is_null)) return std::nullopt;
    symbol = "=";
  }
  if (symbol == "IN") return in_error(catalog, scope, "=", e);
  if (symbol == "NOT IN") return in_error(catalog, scope, "<>", e);
  if (symbol == "BETWEEN" && e.args.size() == 3) {
    if (auto error = operator_error(catalog, scope, ">=", e.args[0], e.args[1])) return error;
    return operator_error(catalog, scope, "<=", e.args[0], e.args[2]);
  }
  if (e.args.size() != 2) return std::nullopt;
  if (symbol.ends_with(" ANY") || symbol.ends_with(" ALL")) {
    return array_operator_error(catalog, scope, symbol.substr(0, symbol.find(' ')), e.args[0],
                                e.args[1]);
  }
  if (symbol.find(' ') != std::string_view::npos) return std::nullopt;
  return operator_error(catalog, scope, symbol, e.args[0], e.args[1]);
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
      return common_error(catalog, scope, all_of(e), "COALESCE");
    case ExpressionKind::kMinMax:
      return common_error(catalog, scope, all_of(e), e.name);
    case ExpressionKind::kArray:
      return e.args.empty() ? std::nullopt : common_error(catalog, scope, all_of(e), "ARRAY");
    case ExpressionKind::kCase:
      return case_error(catalog, scope, e);
    case ExpressionKind::kNullIf:
      return e.args.size() == 2 ? operator_error(catalog, scope, "=", e.args[0], e.args[1])
                                : std::nullopt;
    case ExpressionKind::kOperator:
      return operation_error(catalog, scope, e);
    case ExpressionKind::kCast:
      return cast_error(catalog, scope, e);
    case ExpressionKind::kCollate: {
      if (e.args.empty()) return std::nullopt;
      const TypeName type = infer_type(catalog, scope, e.args[0]);
      if (!is_known(type) || is_unknown(type) || category(catalog, type) == 0 ||
          is_collatable(catalog, type)) {
        return std::nullopt;
      }
      return TypeError{
          "42804", fmt::format("collations are not supported by type {}", model::display(type))};
    }
    default:
      return std::nullopt;
  }
}

std::optional<TypeError> condition_error(const Catalog& catalog, const Scope& scope,
                                         const Expression& condition, std::string_view where) {
  return boolean_error(catalog, scope, condition, where);
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
                                          const Expression& value, const TypeName& type) {
  if (auto error = type_error(catalog, scope, value)) return error;
  const TypeName from = infer_type(catalog, scope, value);
  if (is_unknown(from)) return literal_as(catalog, value, type);
  if (cast_path(catalog, from, type, CastContext::kAssignment) == CastPath::kNone) {
    return TypeError{"42804", fmt::format("value is of type {} but {} is needed",
                                          model::display(from), model::display(type))};
  }
  return row_error(catalog, scope, value, type, CastContext::kAssignment);
}

}  // namespace forelock::postgres
