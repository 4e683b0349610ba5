#pragma once

// Types, casts, functions, operators, operator classes and parameters as real servers have them.
// The tables are generated (generate.py, server_data.inc) from PostgreSQL 12 to 18; what extensions
// bring is as version 15 has it.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace forelock::postgres::facts {

using TypeId = std::int16_t;  ///< Index into the table of types; -1 is none.

/// The major versions that have something: from `since` on and before `until`; 0 for no bound.
struct Versions {
  std::uint8_t since = 0;
  std::uint8_t until = 0;
  [[nodiscard]] constexpr bool include(int version) const {
    return version >= since && (until == 0 || version < until);
  }
};

struct TypeFact {
  std::string_view name;
  char category;   ///< pg_type.typcategory.
  bool preferred;  ///< pg_type.typispreferred.
  char kind;       ///< 'b' base, 'r' range, 'm' multirange, 'p' pseudo.
  TypeId element;  ///< Of an array type.
  TypeId array;    ///< The array type of it.
  std::int16_t length;
  char storage;
  TypeId subtype;  ///< Of a range.
  bool collatable;
  std::uint8_t extension;  ///< 0 for the core; see extension_name().
  Versions versions;
};
struct CastFact {
  TypeId source, target;
  char context;     ///< 'i' implicit, 'a' assignment, 'e' explicit.
  char method;      ///< 'b' binary coercible, 'f' function, 'i' input and output functions.
  char volatility;  ///< Of the function: 'i', 's', 'v'.
  std::uint8_t extension;
  Versions versions;
};
struct FunctionFact {
  std::string_view name;
  std::int32_t first_argument;
  std::int16_t arguments, defaults;
  TypeId result;
  char volatility;
  char kind;  ///< 'f', 'a' aggregate, 'w' window, 'p' procedure.
  bool variadic, returns_set;
  std::uint8_t extension;
  Versions versions;
};
struct OperatorFact {
  std::string_view name;
  TypeId left, right, result;
  char volatility;
  std::uint8_t extension;
  Versions versions;
};
struct OperatorClassFact {
  std::string_view method, name, family;
  TypeId input;
  bool is_default;
  std::uint8_t extension;
  Versions versions;
};
struct FamilyEqualityFact {
  std::string_view family;
  TypeId left, right;
};

/// A parameter of the configuration.
struct SettingFact {
  std::string_view name;  ///< In lower case.
  char kind;              ///< 'b' boolean, 'i' integer, 'r' real, 'e' enum, 's' string.
  bool settable;          ///< By SET in a session.
  std::string_view unit;  ///< "ms", "kB", "8kB", …; empty for none.
  Versions versions;
};

/// A table or view of pg_catalog.
struct RelationFact {
  std::string_view name;
  Versions versions;
};

TypeId find_type(std::string_view name);
const TypeFact& type(TypeId id);
std::string_view extension_name(std::uint8_t extension);
/// All overloads of all versions, adjacent.
std::span<const FunctionFact> functions(std::string_view name);
std::span<const TypeId> arguments(const FunctionFact& function);
std::span<const OperatorFact> operators(std::string_view name);
const CastFact* cast(TypeId source, TypeId target, int version);
std::span<const OperatorClassFact> operator_classes();
/// The operator class `name` (empty: the default one) of an access method for a type, matched
/// exactly; look-up through binary coercion is the caller's.
const OperatorClassFact* operator_class(std::string_view method, std::string_view name,
                                        TypeId type);
bool has_equality(std::string_view family, TypeId left, TypeId right);
bool is_system_relation(std::string_view name, int version);
bool is_known_extension(std::string_view name);
/// Null for one that the version does not show; the name is in lower case.
const SettingFact* setting(std::string_view name, int version);

}  // namespace forelock::postgres::facts
