#pragma once

// Types: what a name means on a catalog, and what happens when a value of one becomes another.

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/postgres/catalog.h"
#include "analyzer/postgres/facts/server_data.h"

namespace forelock::postgres {

/// A type that was looked up. `name` is canonical: schema pg_catalog and PostgreSQL's internal name
/// for a built-in one (`int4`), the real schema for others.
struct ResolvedType {
  model::TypeName name;
  Oid user_type = 0;    ///< Of an enum, domain, composite, range or table row type.
  Oid extension = 0;    ///< The extension that the type belongs to.
  bool serial = false;  ///< Was smallserial, serial or bigserial.
  bool known = false;   ///< False: the history never made it.
};

/// Looks a written type name up. `known` is false when nothing of that name exists.
ResolvedType resolve_type(const Catalog& catalog, const model::TypeName& written);

/// pg_catalog.`name`.
model::TypeName builtin(std::string_view name);
/// Index in the table of facts, or -1 (user types, unknown ones); arrays give their array type.
facts::TypeId fact_id(const model::TypeName& type);
model::TypeName from_fact(facts::TypeId id);
/// Whether both are the same type, modifiers aside.
bool same_type(const model::TypeName& a, const model::TypeName& b);
/// Whether what belongs to an extension (facts::extension_name(); 0 is the core) can be used: it
/// was created, or somebody else may have done so.
bool may_use_extension(const Catalog& catalog, std::uint8_t extension);
/// Whether the server has what the fact tells of: its version does, and so do its extensions.
template <typename Fact>
bool is_available(const Catalog& catalog, const Fact& fact) {
  return fact.versions.include(catalog.server_version()) &&
         may_use_extension(catalog, fact.extension);
}
/// pg_type.typcategory; 'X' for an unknown literal, 'E' for enums, 0 where unknown.
char category(const Catalog& catalog, const model::TypeName& type);
/// Through domains to the type below, with its modifiers.
model::TypeName base_type(const Catalog& catalog, const model::TypeName& type);
const Type* user_type(const Catalog& catalog, const model::TypeName& type);
/// Whether a domain, or one below it, has a constraint or NOT NULL.
bool domain_has_constraints(const Catalog& catalog, const model::TypeName& type);
bool is_collatable(const Catalog& catalog, const model::TypeName& type);
/// The collation of a column: its own, or that of its domain; empty for the default.
std::string effective_collation(const Catalog& catalog, const std::string& own,
                                const model::TypeName& type);

enum class CastContext { kImplicit, kAssignment, kExplicit };
enum class CastPath {
  kNone,      ///< There is no such cast: an error.
  kSame,      ///< Nothing happens.
  kRelabel,   ///< Binary coercible: the bytes stay.
  kFunction,  ///< A function computes the new value.
  kInOut,     ///< Through text.
  kArray,     ///< Element by element.
  kUnknown,   ///< A type is not known well enough.
};
/// How a value of type `from` becomes `to` (modifiers aside).
/// Source: find_coercion_pathway() in src/backend/parser/parse_coerce.c.
CastPath cast_path(const Catalog& catalog, const model::TypeName& from, const model::TypeName& to,
                   CastContext context);
/// IsBinaryCoercible().
bool binary_coercible(const Catalog& catalog, const model::TypeName& from,
                      const model::TypeName& to);

/// Whether fitting a value of type `from` into the modifiers of `to` (same type) needs no work.
/// Source: the planner support functions varchar_support, numeric_support, varbit_support,
/// timestamp_support, time_support, interval_support.
bool length_coercion_is_free(const model::TypeName& from, const model::TypeName& to);

/// Name of the operator class that an index column of this type uses; empty when none fits.
/// `written` may be empty for the default one.
struct OperatorClass {
  std::string name, family;
  bool polymorphic = false;  ///< Its input is anyenum, anyarray, anyrange, …
  facts::TypeId input = -1;
  bool found = false;
};
OperatorClass operator_class(const Catalog& catalog, std::string_view method,
                             std::string_view written, const model::TypeName& type);

/// What a foreign key's check depends on: the equality operator between the two columns, as text
/// "family:left:right"; empty when there is none (42804).
std::string foreign_key_operator(const Catalog& catalog, const model::TypeName& referenced,
                                 const model::TypeName& referencing);

}  // namespace forelock::postgres
