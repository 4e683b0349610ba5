#include "analyzer/postgres/expressions.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

#include "analyzer/postgres/overloads.h"
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

struct StableType {
  std::string_view name;
  int output_since = 0;  ///< The version since which the output function is stable, too.
};

// Types whose input functions depend on settings or catalogs. Source: pg_type and pg_proc of
// PostgreSQL 12 to 18.
constexpr int kNeverStable = 1000;
constexpr StableType kStableTypes[] = {{"aclitem"},
                                       {"date"},
                                       {"interval", 15},
                                       {"money"},
                                       {"regclass"},
                                       {"regcollation"},
                                       {"regconfig"},
                                       {"regdictionary"},
                                       {"regnamespace"},
                                       {"regoper"},
                                       {"regoperator"},
                                       {"regproc"},
                                       {"regprocedure"},
                                       {"regrole"},
                                       {"regtype"},
                                       {"time", kNeverStable},
                                       {"timestamp"},
                                       {"timestamptz"},
                                       {"timetz", kNeverStable},
                                       {"xml", kNeverStable}};

const StableType* stable_type(const model::TypeName& base) {
  const auto* found = std::ranges::find(kStableTypes, base.name.name, &StableType::name);
  return base.name.schema == "pg_catalog" && found != std::end(kStableTypes) ? found : nullptr;
}

bool has_stable_output(const Catalog& catalog, const model::TypeName& type) {
  const model::TypeName base = base_type(catalog, type);
  const char kind = category(catalog, base);
  if (base.array_dimensions > 0 || kind == 'E' || kind == 'C' || kind == 'R') return true;
  const StableType* stable = stable_type(base);
  return stable != nullptr && catalog.server_version() >= stable->output_since;
}

bool has_stable_input(const Catalog& catalog, const model::TypeName& type) {
  const model::TypeName base = base_type(catalog, type);
  return has_stable_output(catalog, base) || stable_type(base) != nullptr;
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
        const facts::CastFact* cast =
            from >= 0 && to >= 0 ? facts::cast(from, to, catalog.server_version()) : nullptr;
        const bool through_text =
            category(catalog, source) == 'S' || category(catalog, target) == 'S';
        if (cast != nullptr) {
          raise(answer, from_char(cast->volatility), "cast");
        } else if (through_text && !is_unknown(source) && !same_type(source, target) &&
                   (has_stable_output(catalog, source) || has_stable_input(catalog, target))) {
          raise(answer, model::Volatility::kStable, "cast");
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

std::vector<model::TypeName> argument_types(const Catalog& catalog, const Scope& scope,
                                            const Expression& call) {
  std::vector<model::TypeName> result;
  for (const Expression& arg : call.args) result.push_back(infer_type(catalog, scope, arg));
  return result;
}

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
  return std::nullopt;
}

const facts::OperatorFact* resolve_operator(const Catalog& catalog, std::string_view name,
                                            std::vector<model::TypeName> given) {
  return choose_operator(catalog, name, std::move(given)).fact;
}

namespace {

/// A function that takes as many arguments as there are, with the parameters that they meet.
struct Overload {
  const facts::FunctionFact* fact = nullptr;
  const CatalogFunction* user = nullptr;
  Candidate parameters;
};

/// Parameters for `count` arguments: those with a default may be left out, a variadic one repeats.
std::optional<Candidate> fitted(Candidate parameters, std::size_t count, std::size_t defaults,
                                bool variadic) {
  if (variadic && count + 1 >= parameters.size()) {
    Parameter element = parameters.back();
    parameters.pop_back();
    if (element.fact >= 0 && facts::type(element.fact).element >= 0) {
      element.fact = facts::type(element.fact).element;
    }
    element.own.array_dimensions = 0;
    if (count == parameters.size() && defaults == 0) return std::nullopt;
    parameters.resize(count, element);
    return parameters;
  }
  if (count > parameters.size() || count + defaults < parameters.size()) return std::nullopt;
  parameters.resize(count);
  return parameters;
}

void add_overloads(const Catalog& catalog, const model::QualifiedName& name, std::size_t count,
                   std::vector<Overload>& result) {
  const std::vector<const CatalogFunction*> own = catalog.find_functions(name);
  if (name.schema.empty() || name.schema == "pg_catalog" || own.empty()) {
    for (const facts::FunctionFact& fact : facts::functions(name.name)) {
      if (!is_available(catalog, fact)) continue;
      Candidate parameters;
      for (const facts::TypeId type : facts::arguments(fact)) parameters.push_back({type, {}});
      auto fit = fitted(std::move(parameters), count, static_cast<std::size_t>(fact.defaults),
                        fact.variadic);
      if (fit) result.push_back({&fact, nullptr, std::move(*fit)});
    }
  }
  for (const CatalogFunction* user : own) {
    Candidate parameters;
    std::size_t defaults = 0;
    bool variadic = false;
    for (const model::FunctionParameter& parameter : user->definition.parameters) {
      if (parameter.mode == 'o' || parameter.mode == 't') continue;
      const model::TypeName type = resolve_type(catalog, parameter.type).name;
      const facts::TypeId id = fact_id(type);
      parameters.push_back({id, id < 0 ? type : model::TypeName{}});
      if (parameter.default_value) ++defaults;
      variadic = variadic || parameter.mode == 'v';
    }
    auto fit = fitted(std::move(parameters), count, defaults, variadic);
    if (fit) result.push_back({nullptr, user, std::move(*fit)});
  }
}

bool is_exact(const Overload& overload, const std::vector<model::TypeName>& given) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    const Parameter& parameter = overload.parameters[i];
    const facts::TypeId id = fact_id(given[i]);
    if (parameter.fact >= 0 ? parameter.fact != id
                            : id >= 0 || !same_type(parameter.own, given[i])) {
      return false;
    }
  }
  return true;
}

/// The overload that a call picks. Source: func_get_detail().
Chosen choose_overload(const Catalog& catalog, const std::vector<Overload>& overloads,
                       const std::vector<model::TypeName>& given) {
  const auto exact = std::ranges::find_if(
      overloads, [&](const Overload& overload) { return is_exact(overload, given); });
  if (exact != overloads.end()) {
    return {Choice::kFound, static_cast<std::size_t>(exact - overloads.begin())};
  }
  std::vector<Candidate> candidates;
  for (const Overload& overload : overloads) candidates.push_back(overload.parameters);
  return choose(catalog, given, candidates);
}

model::TypeName result_of(const Catalog& catalog, const Overload& overload,
                          const std::vector<model::TypeName>& given) {
  std::vector<facts::TypeId> wanted;
  for (const Parameter& parameter : overload.parameters) wanted.push_back(parameter.fact);
  if (overload.fact != nullptr) {
    return polymorphic_result(catalog, overload.fact->result, wanted, given);
  }
  if (!overload.user->definition.returns) return {};
  model::TypeName result = resolve_type(catalog, *overload.user->definition.returns).name;
  const facts::TypeId id = fact_id(result);
  return is_polymorphic(id) ? polymorphic_result(catalog, id, wanted, given) : result;
}

}  // namespace

ResolvedFunction resolve_function(const Catalog& catalog, const model::QualifiedName& written,
                                  const std::vector<model::TypeName>& arguments, bool counted) {
  ResolvedFunction result;
  // EXTRACT was a call of date_part() before version 14.
  constexpr int kHasExtract = 14;
  model::QualifiedName name = written;
  if (name.name == "extract" && catalog.server_version() < kHasExtract) name.name = "date_part";
  if (!counted) {
    const auto own = catalog.find_functions(name);
    if (!own.empty()) result.user = own.front();
    for (const facts::FunctionFact& fact : facts::functions(name.name)) {
      if (result.found()) break;
      if (is_available(catalog, fact)) result.fact = &fact;
    }
  } else {
    std::vector<Overload> overloads;
    add_overloads(catalog, name, arguments.size(), overloads);
    const Chosen chosen = choose_overload(catalog, overloads, arguments);
    result.choice = chosen.choice;
    const Overload* overload = nullptr;
    if (chosen.choice == Choice::kFound) overload = &overloads[chosen.index];
    // Arguments of types that are not known: any that takes as many will do.
    if (chosen.choice == Choice::kNotKnown && !overloads.empty()) overload = overloads.data();
    if (overload != nullptr) {
      result.fact = overload->fact;
      result.user = overload->user;
      result.parameters = overload->parameters;
      result.result = result_of(catalog, *overload, arguments);
      result.result.set_of = false;
      if (chosen.choice == Choice::kNotKnown &&
          std::ranges::any_of(overloads, [&](const Overload& other) {
            return !same_type(result_of(catalog, other, arguments), result.result);
          })) {
        result.result = {};
      }
    }
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
        return polymorphic_result(catalog, fact->result, both,
                                  argument_types(catalog, scope, expression));
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
    case ExpressionKind::kCase: {
      std::vector<model::TypeName> results;
      for (const Expression* part : case_results(expression)) {
        results.push_back(part == nullptr ? builtin("unknown") : infer_type(catalog, scope, *part));
      }
      return common_type(catalog, results).type;
    }
    case ExpressionKind::kCoalesce:
    case ExpressionKind::kMinMax:
      return common_type(catalog, types_from(0)).type;
    case ExpressionKind::kNullIf:
      return expression.args.empty() ? model::TypeName{}
                                     : infer_type(catalog, scope, expression.args[0]);
    case ExpressionKind::kArray: {
      model::TypeName element = common_type(catalog, types_from(0)).type;
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

std::vector<const Expression*> case_results(const Expression& expression) {
  const std::size_t first = expression.name == "simple" ? 1 : 0;
  const std::size_t parts = expression.args.size() - std::min(first, expression.args.size());
  std::vector<const Expression*> result = {parts % 2 == 1 ? &expression.args.back() : nullptr};
  for (std::size_t i = first; i + 1 < expression.args.size(); i += 2) {
    result.push_back(&expression.args[i + 1]);
  }
  return result;
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
