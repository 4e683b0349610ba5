#include "analyzer/postgres/facts/server_data.h"

#include <algorithm>
#include <iterator>

namespace forelock::postgres::facts {
namespace {

#include "analyzer/postgres/facts/server_data.inc"

/// The first fact of a table in order of names that has the name and is of the version.
template <typename Fact, std::size_t kCount>
const Fact* named(const Fact (&table)[kCount], std::string_view name, int version) {
  const auto facts = std::ranges::equal_range(table, name, {}, &Fact::name);
  const auto found =
      std::ranges::find_if(facts, [&](const Fact& fact) { return fact.versions.include(version); });
  return found == facts.end() ? nullptr : &*found;
}

}  // namespace

TypeId find_type(std::string_view name) {
  const auto* found = std::lower_bound(
      std::begin(kTypes), std::end(kTypes), name,
      [](const TypeFact& fact, std::string_view wanted) { return fact.name < wanted; });
  if (found == std::end(kTypes) || found->name != name) return -1;
  return static_cast<TypeId>(found - std::begin(kTypes));
}

const TypeFact& type(TypeId id) { return kTypes[static_cast<std::size_t>(id)]; }

std::string_view extension_name(std::uint8_t extension) { return kExtensions[extension]; }

bool is_known_extension(std::string_view name) {
  return !name.empty() &&
         std::find(std::begin(kExtensions), std::end(kExtensions), name) != std::end(kExtensions);
}

std::span<const FunctionFact> functions(std::string_view name) {
  const auto* first = std::lower_bound(
      std::begin(kFunctions), std::end(kFunctions), name,
      [](const FunctionFact& fact, std::string_view wanted) { return fact.name < wanted; });
  const auto* last = first;
  while (last != std::end(kFunctions) && last->name == name) ++last;
  return {first, last};
}

std::span<const TypeId> arguments(const FunctionFact& function) {
  return {std::begin(kFunctionArguments) + function.first_argument,
          static_cast<std::size_t>(function.arguments)};
}

std::span<const OperatorFact> operators(std::string_view name) {
  const auto* first = std::lower_bound(
      std::begin(kOperators), std::end(kOperators), name,
      [](const OperatorFact& fact, std::string_view wanted) { return fact.name < wanted; });
  const auto* last = first;
  while (last != std::end(kOperators) && last->name == name) ++last;
  return {first, last};
}

const CastFact* cast(TypeId source, TypeId target, int version) {
  const auto facts = std::ranges::equal_range(
      kCasts, std::pair(source, target), {},
      [](const CastFact& fact) { return std::pair(fact.source, fact.target); });
  const auto found = std::ranges::find_if(
      facts, [&](const CastFact& fact) { return fact.versions.include(version); });
  return found == facts.end() ? nullptr : &*found;
}

std::span<const OperatorClassFact> operator_classes() { return kOperatorClasses; }

const OperatorClassFact* operator_class(std::string_view method, std::string_view name,
                                        TypeId type) {
  for (const OperatorClassFact& fact : kOperatorClasses) {
    if (fact.method != method) continue;
    if (name.empty() ? (fact.is_default && fact.input == type)
                     : (fact.name == name && (type < 0 || fact.input == type))) {
      return &fact;
    }
  }
  return nullptr;
}

bool has_equality(std::string_view family, TypeId left, TypeId right) {
  return std::any_of(std::begin(kFamilyEqualities), std::end(kFamilyEqualities),
                     [&](const FamilyEqualityFact& fact) {
                       return fact.family == family && fact.left == left && fact.right == right;
                     });
}

bool is_system_relation(std::string_view name, int version) {
  return named(kSystemRelations, name, version) != nullptr;
}

const SettingFact* setting(std::string_view name, int version) {
  return named(kSettings, name, version);
}

}  // namespace forelock::postgres::facts
