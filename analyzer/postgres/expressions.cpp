#include "analyzer/postgres/expressions.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

#include "analyzer/sql/parse.h"

namespace forelock::postgres {
namespace {

using model::Expression;
using model::ExpressionKind;

// SQL functions may call each other; deeper nesting than this is not followed.
constexpr int kMaxInlineDepth = 8;

model::TypeName integer_constant_type(const std::string& text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c == '-' || c == '+') continue;
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) return builtin("int4");
    if (value > std::numeric_limits<std::uint64_t>::max() / 10 - 10) return builtin("numeric");
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())) {
    return builtin("int4");
  }
  return value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
             ? builtin("int8")
             : builtin("numeric");
}

model::TypeName constant_type(const Expression& expression) {
  switch (expression.constant) {
    case model::ConstantKind::kNull:
    case model::ConstantKind::kString:
      return builtin("unknown");
    case model::ConstantKind::kBoolean:
      return builtin("bool");
    case model::ConstantKind::kInteger:
      return integer_constant_type(expression.name);
    case model::ConstantKind::kFloat: {
      const bool digits = std::ranges::all_of(expression.name,
                                              [](unsigned char c) { return std::isdigit(c) != 0; });
      return digits ? integer_constant_type(expression.name) : builtin("numeric");
    }
    case model::ConstantKind::kBitString:
      return builtin("bit");
  }
  return {};
}

model::TypeName value_function_type(std::string_view name) {
  if (name == "CURRENT_DATE") return builtin("date");
  if (name.starts_with("CURRENT_TIMESTAMP")) return builtin("timestamptz");
  if (name.starts_with("LOCALTIMESTAMP")) return builtin("timestamp");
  if (name.starts_with("CURRENT_TIME")) return builtin("timetz");
  if (name.starts_with("LOCALTIME")) return builtin("time");
  return builtin("name");
}

/// UNION, CASE and their kin: the first type that is known, or a preferred one of its category.
model::TypeName common_type(const Catalog& catalog, const std::vector<model::TypeName>& given) {
  model::TypeName result;
  // A domain stays one only among its own. Source: select_common_type().
  std::vector<model::TypeName> types = given;
  const bool differ = std::ranges::any_of(given, [&](const model::TypeName& type) {
    return type.name.name != "unknown" && !same_type(type, given.front());
  });
  for (model::TypeName& type : types) {
    if (differ && !type.name.name.empty()) type = base_type(catalog, type);
  }
  for (const model::TypeName& type : types) {
    if (type.name.name.empty()) return {};
    if (type.name.name == "unknown") continue;
    if (result.name.name.empty()) {
      result = type;
      continue;
    }
    if (same_type(result, type)) continue;
    if (category(catalog, result) != category(catalog, type)) return {};
    const CastPath forward = cast_path(catalog, result, type, CastContext::kImplicit);
    const CastPath backward = cast_path(catalog, type, result, CastContext::kImplicit);
    const facts::TypeId id = fact_id(result);
    const bool preferred = id >= 0 && facts::type(id).preferred;
    if (!preferred && forward != CastPath::kNone && backward == CastPath::kNone) result = type;
  }
  if (result.name.name.empty()) return builtin("text");
  result.modifiers.clear();
  return result;
}

/// A given argument, with what every candidate asks of it.
struct Argument {
  model::TypeName base;   ///< The type under domains; without a name where nothing is known.
  facts::TypeId id = -1;  ///< Of `base`.
  bool literal = false;   ///< A literal whose type is not known.
};

std::vector<Argument> read_arguments(const Catalog& catalog,
                                     const std::vector<model::TypeName>& types) {
  std::vector<Argument> result;
  result.reserve(types.size());
  for (const model::TypeName& type : types) {
    Argument& argument = result.emplace_back();
    argument.literal = type.name.name == "unknown";
    if (argument.literal || type.name.name.empty()) continue;
    argument.base = base_type(catalog, type);
    argument.id = fact_id(argument.base);
  }
  return result;
}

bool is_any(facts::TypeId id) {
  return id >= 0 && facts::type(id).kind == 'p' && facts::type(id).name.starts_with("any");
}

/// -1: cannot be; else how many arguments fit exactly (an unknown literal counts as fitting).
int score(const Catalog& catalog, std::span<const facts::TypeId> wanted,
          const std::vector<Argument>& given, bool variadic) {
  int result = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    facts::TypeId target = i < wanted.size() ? wanted[i]
                           : wanted.empty()  ? facts::TypeId{-1}
                                             : wanted.back();
    if (variadic && i + 1 >= wanted.size() && !wanted.empty() && target >= 0 &&
        facts::type(target).element >= 0) {
      target = facts::type(target).element;
    }
    const Argument& argument = given[i];
    if (target < 0) continue;
    if (argument.literal) {
      if (facts::type(target).category == 'S') result += 1;
      continue;
    }
    if (argument.base.name.name.empty()) continue;
    if (argument.id == target) {
      result += 8;
      continue;
    }
    if (is_any(target)) {
      if (!binary_coercible(catalog, argument.base, from_fact(target))) return -1;
      result += 1;
      continue;
    }
    const CastPath path =
        cast_path(catalog, argument.base, from_fact(target), CastContext::kImplicit);
    if (path == CastPath::kNone) return -1;
    if (path == CastPath::kRelabel) result += 4;
    if (facts::type(target).preferred) result += 2;
  }
  return result;
}

model::TypeName polymorphic_result(facts::TypeId result, std::span<const facts::TypeId> wanted,
                                   const std::vector<model::TypeName>& given) {
  if (!is_any(result)) return from_fact(result);
  const std::string_view name = facts::type(result).name;
  for (std::size_t i = 0; i < wanted.size() && i < given.size(); ++i) {
    if (!is_any(wanted[i]) || given[i].name.name.empty() || given[i].name.name == "unknown") {
      continue;
    }
    const std::string_view parameter = facts::type(wanted[i]).name;
    model::TypeName type = given[i];
    type.modifiers.clear();
    const bool parameter_array = parameter.ends_with("array");
    const bool result_array = name.ends_with("array");
    if (parameter.ends_with("range") && !name.ends_with("range")) {
      const facts::TypeId range = fact_id(type);
      if (range < 0 || facts::type(range).subtype < 0) return {};
      type = from_fact(facts::type(range).subtype);
      if (result_array) type.array_dimensions = 1;
      return type;
    }
    if (!parameter.ends_with("range") && name.ends_with("range")) return {};
    if (parameter_array && !result_array) type.array_dimensions = 0;
    if (!parameter_array && result_array) type.array_dimensions = 1;
    return type;
  }
  return {};
}

std::vector<model::TypeName> argument_types(const Catalog& catalog, const Scope& scope,
                                            const Expression& call) {
  std::vector<model::TypeName> result;
  for (const Expression& arg : call.args) result.push_back(infer_type(catalog, scope, arg));
  return result;
}

const facts::OperatorFact* resolve_operator(const Catalog& catalog, const Scope& scope,
                                            const Expression& expression) {
  return resolve_operator(catalog, expression.name, argument_types(catalog, scope, expression));
}

bool is_boolean_operator(std::string_view name) {
  for (const std::string_view known : {"IN",
                                       "NOT IN",
                                       "LIKE",
                                       "NOT LIKE",
                                       "ILIKE",
                                       "NOT ILIKE",
                                       "BETWEEN",
                                       "NOT BETWEEN",
                                       "SIMILAR TO",
                                       "IS DISTINCT FROM",
                                       "IS NOT DISTINCT FROM",
                                       "=",
                                       "<>",
                                       "<",
                                       ">",
                                       "<=",
                                       ">=",
                                       "EXISTS",
                                       "ANY",
                                       "ALL",
                                       "OVERLAPS"}) {
    if (name == known) return true;
  }
  return name.find("BETWEEN") != std::string_view::npos ||
         name.find("DISTINCT") != std::string_view::npos;
}

model::Volatility from_char(char c) {
  return c == 'i'   ? model::Volatility::kImmutable
         : c == 's' ? model::Volatility::kStable
                    : model::Volatility::kVolatile;
}

void raise(VolatilityAnswer& answer, model::Volatility value, const std::string& function) {
  if (static_cast<int>(value) <= static_cast<int>(answer.value)) return;
  answer.value = value;
  answer.function = function;
}

/// The one expression that an SQL function returns, when inline_function() would take it.
std::optional<Expression> inlined_body(const CatalogFunction& function) {
  const model::CreateFunction& definition = function.definition;
  if (definition.language != "sql" || definition.security_definer || definition.procedure ||
      definition.returns_table || !definition.settings.empty() ||
      (definition.returns && definition.returns->set_of)) {
    return std::nullopt;
  }
  const auto statements = sql::parse(definition.body);
  if (statements.size() != 1 || !statements[0]) return std::nullopt;
  const auto* select = std::get_if<model::Select>(&statements[0]->operation);
  if (select == nullptr || !select->query.relations.empty() || select->query.where ||
      select->query.has_limit || select->query.targets.size() != 1) {
    return std::nullopt;
  }
  return select->query.targets[0].expression;
}

void add_volatility(const Catalog& catalog, const Scope& scope, const Expression& expression,
                    bool inlining, int depth, VolatilityAnswer& answer) {
  switch (expression.kind) {
    case ExpressionKind::kFunction: {
      const ResolvedFunction function =
          resolve_function(catalog, {expression.qualifier, expression.name},
                           argument_types(catalog, scope, expression), true);
      if (function.user != nullptr && inlining && depth < kMaxInlineDepth) {
        if (const std::optional<Expression> body = inlined_body(*function.user)) {
          VolatilityAnswer inner;
          add_volatility(catalog, {}, *body, inlining, depth + 1, inner);
          // A body that is more volatile than declared is not inlined.
          const model::Volatility declared = function.user->definition.volatility;
          raise(answer, std::min(inner.value, declared), expression.name);
          answer.known = answer.known && inner.known;
          break;
        }
      }
      if (const auto value = function.volatility()) {
        raise(answer, *value, expression.name);
      } else {
        answer.known = false;
        if (answer.function.empty()) answer.function = expression.name;
      }
      break;
    }
    case ExpressionKind::kValueFunction:
      raise(answer, model::Volatility::kStable, expression.name);
      break;
    case ExpressionKind::kOperator:
      if (const facts::OperatorFact* fact = resolve_operator(catalog, scope, expression)) {
        raise(answer, from_char(fact->volatility), expression.name);
      }
      break;
    case ExpressionKind::kCast:
      if (expression.type && !expression.args.empty()) {
        const model::TypeName source = infer_type(catalog, scope, expression.args[0]);
        const model::TypeName target = resolve_type(catalog, *expression.type).name;
        const facts::TypeId from = fact_id(base_type(catalog, source));
        const facts::TypeId to = fact_id(base_type(catalog, target));
        if (from >= 0 && to >= 0) {
          if (const facts::CastFact* cast = facts::cast(from, to)) {
            raise(answer, from_char(cast->volatility), "cast");
          } else if (from != to && facts::type(from).name != "unknown" &&
                     (facts::type(from).category == 'D' || facts::type(to).category == 'D' ||
                      facts::type(from).category == 'T' || facts::type(to).category == 'T')) {
            raise(answer, model::Volatility::kStable, "cast");  // Through input and output.
          }
        }
      }
      break;
    case ExpressionKind::kSubquery:
      answer.known = false;
      break;
    default:
      break;
  }
  for (const Expression& arg : expression.args) {
    add_volatility(catalog, scope, arg, inlining, depth, answer);
  }
}

}  // namespace

Scope::Found Scope::find(std::string_view qualifier, std::string_view column) const {
  for (const Entry& entry : entries) {
    if (entry.relation == nullptr) continue;
    if (!qualifier.empty() && qualifier != entry.alias && qualifier != entry.relation->name) {
      continue;
    }
    if (const Column* found = entry.relation->column(column)) return {entry.relation, found};
  }
  return {};
}

std::optional<model::Volatility> ResolvedFunction::volatility() const {
  if (user != nullptr) return user->definition.volatility;
  if (fact != nullptr) return from_char(fact->volatility);
  if (newer != nullptr) return from_char(newer->volatility);
  return std::nullopt;
}

namespace {

const facts::OperatorFact* best_operator(const Catalog& catalog, std::string_view name,
                                         const std::vector<model::TypeName>& given) {
  const std::vector<Argument> arguments = read_arguments(catalog, given);
  const facts::OperatorFact* best = nullptr;
  int best_score = -1;
  for (const facts::OperatorFact& fact : facts::operators(name)) {
    if ((fact.left < 0) != (given.size() == 1)) continue;
    if (fact.extension != 0 &&
        catalog.find_extension(facts::extension_name(fact.extension)) == nullptr) {
      continue;
    }
    const std::array<facts::TypeId, 2> both = {fact.left, fact.right};
    const std::span<const facts::TypeId> wanted =
        given.size() == 1 ? std::span(both).subspan(1) : std::span(both);
    const int value = score(catalog, wanted, arguments, false);
    if (value > best_score) {
      best_score = value;
      best = &fact;
    }
  }
  return best;
}

}  // namespace

const facts::OperatorFact* resolve_operator(const Catalog& catalog, std::string_view name,
                                            std::vector<model::TypeName> given) {
  if (given.empty() || given.size() > 2 || facts::operators(name).empty()) return nullptr;
  // An unknown literal is first taken to be of the other side's type, then to be of any:
  // oper_select_candidate().
  std::vector<model::TypeName> assumed = given;
  if (given.size() == 2) {
    if (given[0].name.name == "unknown") assumed[0] = given[1];
    if (given[1].name.name == "unknown") assumed[1] = given[0];
  }
  const facts::OperatorFact* same = best_operator(catalog, name, assumed);
  return same != nullptr ? same : best_operator(catalog, name, given);
}

ResolvedFunction resolve_function(const Catalog& catalog, const model::QualifiedName& name,
                                  const std::vector<model::TypeName>& arguments, bool counted) {
  ResolvedFunction result;
  const bool may_be_system = name.schema.empty() || name.schema == "pg_catalog";
  int best = -1;
  const std::vector<Argument> given = read_arguments(catalog, arguments);
  if (may_be_system || catalog.find_functions(name).empty()) {
    for (const facts::FunctionFact& fact : facts::functions(name.name)) {
      if (fact.extension != 0 &&
          catalog.find_extension(facts::extension_name(fact.extension)) == nullptr) {
        continue;
      }
      const auto wanted = facts::arguments(fact);
      if (counted) {
        const auto count = static_cast<int>(arguments.size());
        if (count > fact.arguments && !fact.variadic) continue;
        if (count < fact.arguments - fact.defaults - (fact.variadic ? 1 : 0)) continue;
      }
      const int value = counted ? score(catalog, wanted, given, fact.variadic) : 0;
      if (value > best) {
        best = value;
        result.fact = &fact;
        result.result = polymorphic_result(fact.result, wanted, arguments);
        if (fact.returns_set) result.result.set_of = false;
      }
    }
  }
  for (const CatalogFunction* user : catalog.find_functions(name)) {
    std::size_t inputs = 0;
    std::size_t required = 0;
    int value = 0;
    bool fits = true;
    bool variadic = false;
    for (const model::FunctionParameter& parameter : user->definition.parameters) {
      if (parameter.mode == 'o' || parameter.mode == 't') continue;
      variadic = variadic || parameter.mode == 'v';
      if (inputs < arguments.size() && !arguments[inputs].name.name.empty() &&
          arguments[inputs].name.name != "unknown") {
        const model::TypeName wanted = resolve_type(catalog, parameter.type).name;
        if (same_type(arguments[inputs], wanted)) {
          value += 8;
        } else if (cast_path(catalog, arguments[inputs], wanted, CastContext::kImplicit) ==
                   CastPath::kNone) {
          fits = variadic;
        }
      }
      ++inputs;
      if (!parameter.default_value && parameter.mode != 'v') ++required;
    }
    if (counted &&
        (!fits || (arguments.size() > inputs && !variadic) || arguments.size() < required)) {
      continue;
    }
    if (value > best) {
      best = value;
      result.fact = nullptr;
      result.user = user;
      result.result = user->definition.returns
                          ? resolve_type(catalog, *user->definition.returns).name
                          : model::TypeName{};
    }
  }
  if (!result.found() && may_be_system) {
    result.newer = facts::newer_function(name.name);
    if (result.newer != nullptr) result.result = builtin(result.newer->result);
  }
  return result;
}

model::TypeName infer_type(const Catalog& catalog, const Scope& scope,
                           const Expression& expression) {
  const auto types_from = [&](std::size_t first) {
    std::vector<model::TypeName> types;
    for (std::size_t i = first; i < expression.args.size(); ++i) {
      types.push_back(infer_type(catalog, scope, expression.args[i]));
    }
    return types;
  };
  switch (expression.kind) {
    case ExpressionKind::kColumn: {
      const Scope::Found found = scope.find(expression.qualifier, expression.name);
      return found.column == nullptr ? model::TypeName{} : found.column->type;
    }
    case ExpressionKind::kConstant:
      return constant_type(expression);
    case ExpressionKind::kFunction:
      return resolve_function(catalog, {expression.qualifier, expression.name},
                              argument_types(catalog, scope, expression), true)
          .result;
    case ExpressionKind::kOperator: {
      if (const facts::OperatorFact* fact = resolve_operator(catalog, scope, expression)) {
        const std::array<facts::TypeId, 2> both = {fact->left, fact->right};
        return polymorphic_result(fact->result, both, argument_types(catalog, scope, expression));
      }
      return is_boolean_operator(expression.name) ? builtin("bool") : model::TypeName{};
    }
    case ExpressionKind::kAnd:
    case ExpressionKind::kOr:
    case ExpressionKind::kNot:
    case ExpressionKind::kIsNull:
    case ExpressionKind::kIsNotNull:
    case ExpressionKind::kBooleanTest:
      return builtin("bool");
    case ExpressionKind::kCast:
      return expression.type ? resolve_type(catalog, *expression.type).name : model::TypeName{};
    case ExpressionKind::kCollate:
      return expression.args.empty() ? model::TypeName{}
                                     : infer_type(catalog, scope, expression.args[0]);
    case ExpressionKind::kCase:
      return {};
    case ExpressionKind::kCoalesce:
    case ExpressionKind::kMinMax:
      return common_type(catalog, types_from(0));
    case ExpressionKind::kNullIf:
      return expression.args.empty() ? model::TypeName{}
                                     : infer_type(catalog, scope, expression.args[0]);
    case ExpressionKind::kArray: {
      model::TypeName element = common_type(catalog, types_from(0));
      if (!element.name.name.empty()) element.array_dimensions = 1;
      return element;
    }
    case ExpressionKind::kRow:
      return builtin("record");
    case ExpressionKind::kValueFunction:
      return value_function_type(expression.name);
    case ExpressionKind::kParameter:
    case ExpressionKind::kSubquery:
    case ExpressionKind::kDefault:
    case ExpressionKind::kOther:
      return {};
  }
  return {};
}

VolatilityAnswer volatility(const Catalog& catalog, const Scope& scope,
                            const Expression& expression, bool inline_functions) {
  VolatilityAnswer answer;
  add_volatility(catalog, scope, expression, inline_functions, 0, answer);
  return answer;
}

bool is_null_constant(const Expression& expression) {
  if (expression.kind == ExpressionKind::kCast || expression.kind == ExpressionKind::kCollate) {
    return !expression.args.empty() && is_null_constant(expression.args[0]);
  }
  return expression.kind == ExpressionKind::kConstant &&
         expression.constant == model::ConstantKind::kNull;
}

bool is_constant(const Expression& expression) {
  if (expression.kind == ExpressionKind::kConstant) return true;
  if (expression.kind != ExpressionKind::kCast && expression.kind != ExpressionKind::kCollate &&
      !(expression.kind == ExpressionKind::kOperator && expression.args.size() == 1)) {
    return false;
  }
  return !expression.args.empty() && is_constant(expression.args[0]);
}

std::vector<std::string> column_names(const Expression& expression) {
  std::vector<std::string> result;
  model::for_each(expression, [&](const Expression& part) {
    if (part.kind == ExpressionKind::kColumn &&
        std::ranges::find(result, part.name) == result.end()) {
      result.push_back(part.name);
    }
  });
  return result;
}

void rename_column(Expression& expression, std::string_view from, std::string_view to) {
  if (expression.kind == ExpressionKind::kColumn && expression.name == from) expression.name = to;
  for (Expression& arg : expression.args) rename_column(arg, from, to);
}

std::string figure_column_name(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::kColumn:
    case ExpressionKind::kFunction:
      return expression.name;
    case ExpressionKind::kCast: {
      const std::string inner =
          expression.args.empty() ? std::string() : figure_column_name(expression.args[0]);
      if (!inner.empty()) return inner;
      return expression.type ? expression.type->name.name : std::string();
    }
    case ExpressionKind::kCollate:
      return expression.args.empty() ? std::string() : figure_column_name(expression.args[0]);
    case ExpressionKind::kCoalesce:
      return "coalesce";
    case ExpressionKind::kNullIf:
      return "nullif";
    case ExpressionKind::kCase:
      return "case";
    case ExpressionKind::kArray:
      return "array";
    case ExpressionKind::kRow:
      return "row";
    case ExpressionKind::kMinMax:
    case ExpressionKind::kValueFunction: {
      std::string result;
      for (const char c : expression.name) {
        if (c == '(') break;
        result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      }
      return result;
    }
    default:
      return {};
  }
}

const Relation* regclass(const Catalog& catalog, std::string_view text) {
  model::QualifiedName name;
  std::string part;
  bool in_quotes = false;
  for (const char c : text) {
    if (c == '"') {
      in_quotes = !in_quotes;
    } else if (c == '.' && !in_quotes) {
      name.schema = std::move(part);
      part.clear();
    } else {
      part += in_quotes ? c : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  name.name = std::move(part);
  return name.name.empty() ? nullptr : catalog.find_relation(name);
}

std::vector<Dependency> needs_of(const Catalog& catalog, const Scope& scope,
                                 const Expression& expression) {
  std::vector<Dependency> result;
  const auto add = [&](Oid oid, AttributeNumber column = 0) {
    if (oid == 0) return;
    Dependency dependency{.needs = oid, .needs_column = column};
    if (std::ranges::find(result, dependency) == result.end()) result.push_back(dependency);
  };
  const auto add_extension = [&](std::uint8_t extension) {
    if (extension == 0) return;
    if (const Extension* found = catalog.find_extension(facts::extension_name(extension))) {
      add(found->oid);
    }
  };
  model::for_each(expression, [&](const Expression& part) {
    if (part.kind == ExpressionKind::kFunction) {
      const ResolvedFunction function = resolve_function(
          catalog, {part.qualifier, part.name}, argument_types(catalog, scope, part), true);
      if (function.user != nullptr) add(function.user->oid);
      if (function.fact != nullptr) add_extension(function.fact->extension);
      if (function.fact != nullptr && !part.args.empty() &&
          (part.name == "nextval" || part.name == "currval" || part.name == "setval")) {
        const Expression* arg = part.args.data();
        // A sequence named through text (`'s'::text`) is not a dependency.
        if (arg->kind == ExpressionKind::kCast && arg->type && arg->type->name.name == "regclass" &&
            !arg->args.empty()) {
          arg = arg->args.data();
        }
        if (arg->kind == ExpressionKind::kConstant) {
          if (const Relation* relation = regclass(catalog, arg->name)) add(relation->oid);
        }
      }
    }
    if (part.kind == ExpressionKind::kCast && part.type) {
      const ResolvedType type = resolve_type(catalog, *part.type);
      add(type.user_type);
      add(type.extension);
    }
  });
  return result;
}

}  // namespace forelock::postgres
