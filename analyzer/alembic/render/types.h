#pragma once

// SQLAlchemy's types as PostgreSQL's dialect spells them.

#include <optional>
#include <string>
#include <vector>

#include "analyzer/alembic/values.h"

namespace forelock::alembic {

/// What matters about a type beyond its spelling.
enum class TypeFamily {
  kNull,  ///< No type given.
  kInteger,
  kSmallInteger,
  kBigInteger,
  kNumeric,
  kFloat,
  kString,
  kBoolean,
  kDate,
  kTime,
  kDateTime,
  kInterval,
  kBinary,
  kUuid,
  kJson,
  kJsonb,
  kArray,
  kEnum,    ///< A native enum type.
  kDomain,  ///< A named domain.
  kGeometry,
  kOther,
};

/// A named type that has to be created: an enum or a domain.
struct NamedType {
  std::optional<Name> name;
  std::optional<Name> schema;
  std::vector<python::Value> labels;
  bool labels_known = true;
  bool create_type = true;   ///< postgresql.ENUM(create_type=…)
  bool of_metadata = false;  ///< metadata=… given: not created with a table.
  bool inherit_schema = false;
  bool domain = false;
};

struct Type {
  TypeFamily family = TypeFamily::kNull;
  std::string sql;    ///< As in a column definition.
  bool known = true;  ///< Whether `sql` has no placeholder.
  text::Span span;
  std::shared_ptr<const Type> item;  ///< Element of an array.
  std::optional<NamedType> named;    ///< For kEnum and kDomain, and for string enums.
  bool check_constraint = false;  ///< Boolean or Enum that adds a CHECK (create_constraint=True).
  std::optional<Name> constraint_name;
  python::Value source;
  /// geoalchemy2: adds an index when its table is created.
  bool spatial_index = false;
  bool spatial_nd = false;
};

/// Whether the method of a type gives that type again, for PostgreSQL.
bool gives_same_type(std::string_view method);
/// Reads a type: a library type or call, a class of the project that decorates one, None.
Type read_type(const python::Value& value, const Context& context);
Type read_type(const python::Value* value, const Context& context);
/// Puts the type, derived from where it stands. A schema of the table is used by types that
/// inherit it.
void render_type(Sql& sql, const Type& type);
/// Name of an enum or domain with its schema.
void render_type_name(Sql& sql, const NamedType& type);
/// The enum or domain below `type` (the element of an array), or null.
const NamedType* named_type(const Type& type);

}  // namespace forelock::alembic
