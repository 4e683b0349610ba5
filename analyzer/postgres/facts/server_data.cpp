#include "analyzer/postgres/facts/server_data.h"

#include <algorithm>
#include <iterator>

namespace forelock::postgres::facts {
namespace {

#include "analyzer/postgres/facts/server_data.inc"

// PostgreSQL release notes 16 to 18, "Functions". Everything else here is as version 15 has it.
constexpr NewerFunction kNewerFunctions[] = {
    {"any_value", "anyelement", 'i', 16},
    {"array_reverse", "anyarray", 'i', 18},
    {"array_sample", "anyarray", 'v', 16},
    {"array_shuffle", "anyarray", 'v', 16},
    {"array_sort", "anyarray", 'i', 18},
    {"casefold", "text", 'i', 18},
    {"crc32", "int8", 'i', 18},
    {"crc32c", "int8", 'i', 18},
    {"date_add", "timestamptz", 's', 16},
    {"date_subtract", "timestamptz", 's', 16},
    {"erf", "float8", 'i', 16},
    {"erfc", "float8", 'i', 16},
    {"gamma", "float8", 'i', 18},
    {"json_array", "json", 's', 16},
    {"json_object", "json", 's', 16},
    {"json_scalar", "json", 's', 17},
    {"lgamma", "float8", 'i', 18},
    {"pg_basetype", "regtype", 's', 17},
    {"pg_input_is_valid", "bool", 's', 16},
    {"random_normal", "float8", 'v', 16},
    {"reverse_bytes", "bytea", 'i', 18},
    {"system_user", "text", 's', 16},
    {"to_bin", "text", 'i', 17},
    {"to_oct", "text", 'i', 17},
    {"to_regtypemod", "int4", 's', 17},
    {"unicode_assigned", "bool", 'i', 17},
    {"uuid_extract_timestamp", "timestamptz", 'i', 17},
    {"uuid_extract_version", "int2", 'i', 17},
    {"uuidv4", "uuid", 'v', 18},
    {"uuidv7", "uuid", 'v', 18},
};

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

const NewerFunction* newer_function(std::string_view name) {
  const auto* found = std::lower_bound(
      std::begin(kNewerFunctions), std::end(kNewerFunctions), name,
      [](const NewerFunction& fact, std::string_view wanted) { return fact.name < wanted; });
  return found == std::end(kNewerFunctions) || found->name != name ? nullptr : found;
}

std::span<const OperatorFact> operators(std::string_view name) {
  const auto* first = std::lower_bound(
      std::begin(kOperators), std::end(kOperators), name,
      [](const OperatorFact& fact, std::string_view wanted) { return fact.name < wanted; });
  const auto* last = first;
  while (last != std::end(kOperators) && last->name == name) ++last;
  return {first, last};
}

const CastFact* cast(TypeId source, TypeId target) {
  const auto* found =
      std::lower_bound(std::begin(kCasts), std::end(kCasts), std::pair(source, target),
                       [](const CastFact& fact, std::pair<TypeId, TypeId> wanted) {
                         return std::pair(fact.source, fact.target) < wanted;
                       });
  if (found == std::end(kCasts) || found->source != source || found->target != target) {
    return nullptr;
  }
  return found;
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

bool is_system_relation(std::string_view name) {
  return std::binary_search(std::begin(kSystemRelations), std::end(kSystemRelations), name);
}

const SettingFact* setting(std::string_view name) {
  const auto* found =
      std::lower_bound(std::begin(kSettings), std::end(kSettings), name,
                       [](const SettingFact& fact, std::string_view n) { return fact.name < n; });
  return found != std::end(kSettings) && found->name == name ? found : nullptr;
}

}  // namespace forelock::postgres::facts
