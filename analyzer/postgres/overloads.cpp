#include "analyzer/postgres/overloads.h"

#include <algorithm>
#include <array>

#include "analyzer/sql/parse.h"

namespace forelock::postgres {
namespace {

using facts::TypeId;

/// An argument, with what the rules ask about it.
struct Input {
  model::TypeName type, base;
  TypeId id = -1;       ///< Of the type; -1 for one of the history's own.
  TypeId base_id = -1;  ///< Below domains.
  bool unknown = false;
  char category = 0;
};

Input input_of(const Catalog& catalog, const model::TypeName& type) {
  Input result;
  result.type = type;
  result.unknown = is_unknown(type);
  result.base = base_type(catalog, type);
  result.id = fact_id(type);
  result.base_id = fact_id(result.base);
  result.category = category(catalog, type);
  return result;
}

bool is_parameter_type(const Parameter& parameter, const Input& input) {
  return parameter.fact >= 0 ? parameter.fact == input.base_id
                             : input.base_id < 0 && same_type(parameter.own, input.base);
}

bool is_array(TypeId id) {
  return id >= 0 && facts::type(id).element >= 0 && facts::type(id).name.front() == '_';
}

/// find_coercion_pathway() in an implicit context, to a type that is not polymorphic.
bool coerces(const Catalog& catalog, const Input& input, const Parameter& parameter) {
  if (input.unknown || is_parameter_type(parameter, input)) return true;
  if (parameter.fact < 0) {
    return cast_path(catalog, input.type, parameter.own, CastContext::kImplicit) != CastPath::kNone;
  }
  const facts::TypeFact& target = facts::type(parameter.fact);
  if (target.name == "any") return true;
  if (target.name == "record") return input.category == 'C';
  if (input.base_id >= 0) {
    const facts::CastFact* cast =
        facts::cast(input.base_id, parameter.fact, catalog.server_version());
    if (cast != nullptr) {
      return cast->context == 'i' && may_use_extension(catalog, cast->extension);
    }
  }
  if (input.base.array_dimensions > 0 && is_array(parameter.fact)) {
    model::TypeName element = input.base;
    element.array_dimensions = 0;
    return coerces(catalog, input_of(catalog, element), {target.element, {}});
  }
  return false;
}

bool is_compatible_family(std::string_view name) { return name.starts_with("anycompatible"); }

/// What the polymorphic parameters of one call stand for.
struct Generic {
  bool fits = true;
  model::TypeName element, array, range;
  model::TypeName compatible;  ///< Of anycompatible and its kin.
};

/// Both must be the same type, where they are there at all.
bool agree(model::TypeName& known, const model::TypeName& other) {
  if (known.name.name.empty()) known = other;
  return same_type(known, other);
}

/// check_generic_type_consistency().
Generic resolve_generic(const Catalog& catalog, std::span<const TypeId> wanted,
                        const std::vector<model::TypeName>& given) {
  Generic result;
  std::vector<model::TypeName> compatible;
  bool no_array = false;
  bool only_enum = false;
  const auto refuse = [&] {
    result.fits = false;
    return result;
  };
  for (std::size_t i = 0; i < wanted.size() && i < given.size(); ++i) {
    if (!is_polymorphic(wanted[i]) || is_unknown(given[i]) || given[i].name.name.empty()) continue;
    const std::string_view name = facts::type(wanted[i]).name;
    const model::TypeName base = base_type(catalog, given[i]);
    const bool many = is_compatible_family(name);
    if (name.ends_with("array") && !name.ends_with("nonarray")) {
      if (base.array_dimensions == 0) return refuse();
      model::TypeName element = base;
      element.array_dimensions = 0;
      element.modifiers.clear();
      if (many) {
        compatible.push_back(element);
      } else if (!agree(result.array, given[i])) {
        return refuse();
      }
    } else if (name.ends_with("multirange")) {
      const TypeId id = fact_id(base);
      if (id < 0 || facts::type(id).kind != 'm') return refuse();
    } else if (name.ends_with("range")) {
      if (category(catalog, base) != 'R') return refuse();
      const TypeId id = fact_id(base);
      if (id >= 0 && facts::type(id).kind == 'm') return refuse();
      if (many) {
        compatible.push_back(range_subtype(catalog, base));
      } else if (!agree(result.range, given[i])) {
        return refuse();
      }
    } else if (many) {
      compatible.push_back(given[i]);
    } else {
      no_array = no_array || name == "anynonarray";
      only_enum = only_enum || name == "anyenum";
      if (!agree(result.element, given[i])) return refuse();
    }
  }
  if (!result.array.name.name.empty()) {
    model::TypeName element = base_type(catalog, result.array);
    element.array_dimensions = 0;
    if (!agree(result.element, element)) return refuse();
  }
  if (!result.range.name.name.empty()) {
    const model::TypeName subtype = range_subtype(catalog, base_type(catalog, result.range));
    if (!subtype.name.name.empty() && !agree(result.element, subtype)) return refuse();
  }
  const bool element_known = !result.element.name.name.empty();
  if (element_known && no_array && base_type(catalog, result.element).array_dimensions > 0) {
    return refuse();
  }
  if (element_known && only_enum && category(catalog, result.element) != 'E') return refuse();
  if (!compatible.empty()) {
    const CommonType common = common_type(catalog, compatible);
    if (common.unmatched) return refuse();
    for (const model::TypeName& type : compatible) {
      if (!coerces_implicitly(catalog, type, common.type)) return refuse();
    }
    result.compatible = common.type;
  }
  return result;
}

/// can_coerce_type() of all arguments.
bool can_coerce(const Catalog& catalog, const std::vector<Input>& inputs,
                const Candidate& candidate) {
  bool generic = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (is_polymorphic(candidate[i].fact)) {
      generic = true;
    } else if (!coerces(catalog, inputs[i], candidate[i])) {
      return false;
    }
  }
  if (!generic) return true;
  std::vector<TypeId> wanted;
  std::vector<model::TypeName> given;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    wanted.push_back(candidate[i].fact);
    given.push_back(inputs[i].type);
  }
  return resolve_generic(catalog, wanted, given).fits;
}

struct Kind {
  char category = 0;
  bool preferred = false;
};
Kind kind_of(const Catalog& catalog, const Parameter& parameter) {
  if (parameter.fact >= 0) {
    const facts::TypeFact& fact = facts::type(parameter.fact);
    return {fact.category, fact.preferred};
  }
  return {category(catalog, parameter.own), false};
}

/// Those candidates that have the most of what `matches` counts.
template <typename Matches>
void keep_best(std::vector<std::size_t>& left, const Matches& matches) {
  int best = -1;
  std::vector<std::size_t> kept;
  for (const std::size_t candidate : left) {
    const int count = matches(candidate);
    if (count > best) kept.clear();
    if (count >= best) kept.push_back(candidate);
    best = std::max(best, count);
  }
  left = std::move(kept);
}

/// The category that all unknown arguments are taken to be of; leaves only candidates of it.
void resolve_unknowns(const Catalog& catalog, const std::vector<Input>& inputs,
                      const std::vector<Candidate>& candidates, std::vector<std::size_t>& left) {
  std::vector<Kind> slots(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].unknown) continue;
    bool conflict = false;
    for (const std::size_t candidate : left) {
      const Kind kind = kind_of(catalog, candidates[candidate][i]);
      if (slots[i].category == 0) {
        slots[i] = kind;
      } else if (kind.category == slots[i].category) {
        slots[i].preferred = slots[i].preferred || kind.preferred;
      } else if (kind.category == 'S') {
        slots[i] = kind;
      } else {
        conflict = true;
      }
    }
    if (conflict && slots[i].category != 'S') return;
  }
  std::vector<std::size_t> kept;
  for (const std::size_t candidate : left) {
    bool keep = true;
    for (std::size_t i = 0; i < inputs.size() && keep; ++i) {
      if (!inputs[i].unknown) continue;
      const Kind kind = kind_of(catalog, candidates[candidate][i]);
      keep = kind.category == slots[i].category && (!slots[i].preferred || kind.preferred);
    }
    if (keep) kept.push_back(candidate);
  }
  if (!kept.empty()) left = std::move(kept);
}

/// The last rule: unknown arguments are of the one type that the others have.
std::optional<std::size_t> by_the_known_type(const Catalog& catalog,
                                             const std::vector<Input>& inputs,
                                             const std::vector<Candidate>& candidates,
                                             const std::vector<std::size_t>& left) {
  const auto known = std::ranges::find(inputs, false, &Input::unknown);
  if (known == inputs.end()) return std::nullopt;
  for (const Input& input : inputs) {
    if (!input.unknown && !same_type(input.base, known->base)) return std::nullopt;
  }
  const std::vector<Input> all(inputs.size(), input_of(catalog, known->base));
  std::optional<std::size_t> result;
  for (const std::size_t candidate : left) {
    if (!can_coerce(catalog, all, candidates[candidate])) continue;
    if (result) return std::nullopt;
    result = candidate;
  }
  return result;
}

}  // namespace

bool is_unknown(const model::TypeName& type) {
  return type.name.name == "unknown" && type.array_dimensions == 0;
}

bool is_polymorphic(TypeId id) {
  return id >= 0 && facts::type(id).kind == 'p' && facts::type(id).name.starts_with("any") &&
         facts::type(id).name != "any";
}

model::TypeName range_subtype(const Catalog& catalog, const model::TypeName& type) {
  if (const TypeId id = fact_id(type); id >= 0) {
    return facts::type(id).subtype < 0 ? model::TypeName{} : from_fact(facts::type(id).subtype);
  }
  const Type* user = user_type(catalog, type);
  if (user == nullptr || user->kind != TypeKind::kRange) return {};
  for (const auto& [name, value] : user->range) {
    if (name != "subtype") continue;
    const auto parsed = sql::parse_expression("NULL::" + value);
    if (parsed && parsed->type) return resolve_type(catalog, *parsed->type).name;
  }
  return {};
}

bool coerces_implicitly(const Catalog& catalog, const model::TypeName& from,
                        const model::TypeName& to) {
  const TypeId id = fact_id(to);
  return coerces(catalog, input_of(catalog, from), {id, id < 0 ? to : model::TypeName{}});
}

CommonType common_type(const Catalog& catalog, const std::vector<model::TypeName>& given) {
  if (given.empty()) return {builtin("text"), false};
  for (const model::TypeName& type : given) {
    if (type.name.name.empty()) return {};
  }
  const auto differs = [&](const model::TypeName& type) { return !same_type(type, given[0]); };
  if (!is_unknown(given[0]) && std::ranges::none_of(given, differs)) {
    CommonType result{given[0], false};
    result.type.modifiers.clear();
    return result;
  }
  model::TypeName result = base_type(catalog, given[0]);
  for (std::size_t i = 1; i < given.size(); ++i) {
    const model::TypeName type = base_type(catalog, given[i]);
    if (is_unknown(type) || same_type(type, result)) continue;
    if (is_unknown(result)) {
      result = type;
      continue;
    }
    const char before = category(catalog, result);
    const char now = category(catalog, type);
    if (before == 0 || now == 0) return {};
    if (before != now) return {{}, true};
    const TypeId id = fact_id(result);
    const bool preferred = id >= 0 && facts::type(id).preferred;
    if (!preferred && coerces_implicitly(catalog, result, type) &&
        !coerces_implicitly(catalog, type, result)) {
      result = type;
    }
  }
  if (is_unknown(result)) result = builtin("text");
  result.modifiers.clear();
  return {std::move(result), false};
}

model::TypeName polymorphic_result(const Catalog& catalog, TypeId result,
                                   std::span<const TypeId> wanted,
                                   const std::vector<model::TypeName>& given) {
  if (!is_polymorphic(result)) return from_fact(result);
  const Generic generic = resolve_generic(catalog, wanted, given);
  const std::string_view name = facts::type(result).name;
  const bool many = is_compatible_family(name);
  model::TypeName element = many ? generic.compatible : generic.element;
  element.modifiers.clear();
  if (name.ends_with("range")) return many ? model::TypeName{} : generic.range;
  if (name.ends_with("array") && !name.ends_with("nonarray")) {
    if (!many && !generic.array.name.name.empty()) return generic.array;
    if (!element.name.name.empty()) element.array_dimensions = 1;
  }
  return element;
}

Chosen choose(const Catalog& catalog, const std::vector<model::TypeName>& given,
              const std::vector<Candidate>& candidates) {
  std::vector<Input> inputs;
  for (const model::TypeName& type : given) {
    inputs.push_back(input_of(catalog, type));
    if (inputs.back().category == 0) return {Choice::kNotKnown, 0};
  }
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (can_coerce(catalog, inputs, candidates[i])) left.push_back(i);
  }
  if (left.empty()) return {Choice::kNone, 0};
  if (left.size() == 1) return {Choice::kFound, left[0]};
  const auto exact = [&](std::size_t candidate) {
    int count = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!inputs[i].unknown && is_parameter_type(candidates[candidate][i], inputs[i])) ++count;
    }
    return count;
  };
  keep_best(left, exact);
  if (left.size() == 1) return {Choice::kFound, left[0]};
  const auto exact_or_preferred = [&](std::size_t candidate) {
    int count = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].unknown) continue;
      const Kind kind = kind_of(catalog, candidates[candidate][i]);
      if (is_parameter_type(candidates[candidate][i], inputs[i]) ||
          (kind.preferred && kind.category == inputs[i].category)) {
        ++count;
      }
    }
    return count;
  };
  keep_best(left, exact_or_preferred);
  if (left.size() == 1) return {Choice::kFound, left[0]};
  if (std::ranges::none_of(inputs, &Input::unknown)) return {Choice::kAmbiguous, 0};
  resolve_unknowns(catalog, inputs, candidates, left);
  if (left.size() == 1) return {Choice::kFound, left[0]};
  if (const auto found = by_the_known_type(catalog, inputs, candidates, left)) {
    return {Choice::kFound, *found};
  }
  return {Choice::kAmbiguous, 0};
}

ChosenOperator choose_operator(const Catalog& catalog, std::string_view name,
                               std::vector<model::TypeName> given) {
  if (given.empty() || given.size() > 2) return {Choice::kNotKnown, nullptr};
  for (const model::TypeName& type : given) {
    if (!is_unknown(type) && category(catalog, type) == 0) return {Choice::kNotKnown, nullptr};
  }
  std::vector<const facts::OperatorFact*> operators;
  for (const facts::OperatorFact& fact : facts::operators(name)) {
    if ((fact.left < 0) != (given.size() == 1)) continue;
    if (!is_available(catalog, fact)) continue;
    operators.push_back(&fact);
  }
  // binary_oper_exact(): an unknown literal is first taken to be of the other side's type.
  std::vector<model::TypeName> same = given;
  if (given.size() == 2) {
    if (is_unknown(given[0])) same[0] = given[1];
    if (is_unknown(given[1])) same[1] = given[0];
  }
  const auto exactly = [&](TypeId left, TypeId right) {
    return std::ranges::find_if(operators, [&](const facts::OperatorFact* fact) {
      return fact->right == right && right >= 0 && (given.size() == 1 || fact->left == left);
    });
  };
  auto found = exactly(fact_id(same.front()), fact_id(same.back()));
  if (found == operators.end() && given.size() == 2 &&
      (is_unknown(given[0]) || is_unknown(given[1]))) {
    const TypeId base = fact_id(base_type(catalog, same[0]));
    found = exactly(base, base);
  }
  if (found != operators.end()) return {Choice::kFound, *found};
  std::vector<Candidate> candidates;
  for (const facts::OperatorFact* fact : operators) {
    Candidate candidate;
    if (given.size() == 2) candidate.push_back({fact->left, {}});
    candidate.push_back({fact->right, {}});
    candidates.push_back(std::move(candidate));
  }
  const Chosen chosen = choose(catalog, given, candidates);
  return {chosen.choice, chosen.choice == Choice::kFound ? operators[chosen.index] : nullptr};
}

}  // namespace forelock::postgres
