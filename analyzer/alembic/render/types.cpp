#include "analyzer/alembic/render/types.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/render/python_classes.h"

namespace forelock::alembic {
namespace {

using python::Arguments;
using python::Value;
using F = TypeFamily;

/// How the arguments of a type show in SQL.
enum class Shape {
  kPlain,      ///< The name alone.
  kLength,     ///< NAME(length) COLLATE "c"
  kPrecision,  ///< NAME(precision)
  kNumeric,    ///< NAME(precision, scale)
  kZoned,      ///< NAME(precision) WITH(OUT) TIME ZONE
};

struct Row {
  std::string_view name;  ///< Without its package.
  std::string_view sql;
  TypeFamily family;
  Shape shape = Shape::kPlain;
};

/// Source: sqlalchemy/sql/compiler.py GenericTypeCompiler and
/// sqlalchemy/dialects/postgresql/base.py PGTypeCompiler, SQLAlchemy 2.0.52. Sorted by name.
constexpr auto kTypes = std::to_array<Row>({
    {"BIGINT", "BIGINT", F::kBigInteger},
    {"BINARY", "BINARY", F::kBinary, Shape::kLength},
    {"BLOB", "BLOB", F::kBinary},
    {"BOOLEAN", "BOOLEAN", F::kBoolean},
    {"BYTEA", "BYTEA", F::kBinary},
    {"BigInteger", "BIGINT", F::kBigInteger},
    {"Boolean", "BOOLEAN", F::kBoolean},
    {"CHAR", "CHAR", F::kString, Shape::kLength},
    {"CIDR", "CIDR", F::kOther},
    {"CITEXT", "CITEXT", F::kString},
    {"CLOB", "CLOB", F::kString},
    {"DATE", "DATE", F::kDate},
    {"DATEMULTIRANGE", "DATEMULTIRANGE", F::kOther},
    {"DATERANGE", "DATERANGE", F::kOther},
    {"DATETIME", "DATETIME", F::kDateTime},
    {"DECIMAL", "DECIMAL", F::kNumeric, Shape::kNumeric},
    {"DOUBLE", "DOUBLE", F::kFloat},
    {"DOUBLE_PRECISION", "DOUBLE PRECISION", F::kFloat},
    {"Date", "DATE", F::kDate},
    {"DateTime", "TIMESTAMP", F::kDateTime, Shape::kZoned},
    {"Double", "DOUBLE PRECISION", F::kFloat},
    {"FLOAT", "FLOAT", F::kFloat, Shape::kPrecision},
    {"Float", "FLOAT", F::kFloat, Shape::kPrecision},
    {"HSTORE", "HSTORE", F::kOther},
    {"INET", "INET", F::kOther},
    {"INT", "INTEGER", F::kInteger},
    {"INT4MULTIRANGE", "INT4MULTIRANGE", F::kOther},
    {"INT4RANGE", "INT4RANGE", F::kOther},
    {"INT8MULTIRANGE", "INT8MULTIRANGE", F::kOther},
    {"INT8RANGE", "INT8RANGE", F::kOther},
    {"INTEGER", "INTEGER", F::kInteger},
    {"Integer", "INTEGER", F::kInteger},
    {"JSON", "JSON", F::kJson},
    {"JSONB", "JSONB", F::kJsonb},
    {"JSONPATH", "JSONPATH", F::kOther},
    {"LargeBinary", "BYTEA", F::kBinary},
    {"MACADDR", "MACADDR", F::kOther},
    {"MACADDR8", "MACADDR8", F::kOther},
    {"MONEY", "MONEY", F::kOther},
    {"MatchType", "BOOLEAN", F::kBoolean},
    {"NCHAR", "NCHAR", F::kString, Shape::kLength},
    {"NUMERIC", "NUMERIC", F::kNumeric, Shape::kNumeric},
    {"NUMMULTIRANGE", "NUMMULTIRANGE", F::kOther},
    {"NUMRANGE", "NUMRANGE", F::kOther},
    {"NVARCHAR", "NVARCHAR", F::kString, Shape::kLength},
    {"Numeric", "NUMERIC", F::kNumeric, Shape::kNumeric},
    {"OID", "OID", F::kOther},
    {"PickleType", "BYTEA", F::kBinary},
    {"REAL", "REAL", F::kFloat},
    {"REGCLASS", "REGCLASS", F::kOther},
    {"REGCONFIG", "REGCONFIG", F::kOther},
    {"SMALLINT", "SMALLINT", F::kSmallInteger},
    {"SmallInteger", "SMALLINT", F::kSmallInteger},
    {"String", "VARCHAR", F::kString, Shape::kLength},
    {"TEXT", "TEXT", F::kString, Shape::kLength},
    {"TIME", "TIME", F::kTime, Shape::kZoned},
    {"TIMESTAMP", "TIMESTAMP", F::kDateTime, Shape::kZoned},
    {"TSMULTIRANGE", "TSMULTIRANGE", F::kOther},
    {"TSQUERY", "TSQUERY", F::kOther},
    {"TSRANGE", "TSRANGE", F::kOther},
    {"TSTZMULTIRANGE", "TSTZMULTIRANGE", F::kOther},
    {"TSTZRANGE", "TSTZRANGE", F::kOther},
    {"TSVECTOR", "TSVECTOR", F::kOther},
    {"Text", "TEXT", F::kString, Shape::kLength},
    {"Time", "TIME", F::kTime, Shape::kZoned},
    {"UUID", "UUID", F::kUuid},
    {"Unicode", "VARCHAR", F::kString, Shape::kLength},
    {"UnicodeText", "TEXT", F::kString, Shape::kLength},
    {"VARBINARY", "VARBINARY", F::kBinary, Shape::kLength},
    {"VARCHAR", "VARCHAR", F::kString, Shape::kLength},
});
static_assert(std::ranges::is_sorted(kTypes, {}, &Row::name));

/// Types of other libraries, with their package. Source: the libraries' `impl` and
/// `get_col_spec`, current releases.
constexpr auto kLibraryTypes = std::to_array<Row>({
    {"advanced_alchemy.BigIntIdentity", "BIGINT", F::kBigInteger},
    {"advanced_alchemy.DateTimeUTC", "TIMESTAMP WITH TIME ZONE", F::kDateTime},
    {"advanced_alchemy.GUID", "UUID", F::kUuid},
    {"advanced_alchemy.JsonB", "JSONB", F::kJsonb},
    {"citext.CIText", "CITEXT", F::kString},
    {"fastapi_users.GUID", "UUID", F::kUuid},
    {"fastapi_users.TIMESTAMPAware", "TIMESTAMP WITH TIME ZONE", F::kDateTime},
    {"oslo_db.JsonEncodedDict", "TEXT", F::kString},
    {"oslo_db.JsonEncodedList", "TEXT", F::kString},
    {"oslo_db.SoftDeleteInteger", "INTEGER", F::kInteger},
    {"oslo_db.String", "VARCHAR", F::kString, Shape::kLength},
    {"pgvector.SPARSEVEC", "SPARSEVEC", F::kOther, Shape::kPrecision},
    {"sau.ArrowType", "TIMESTAMP WITHOUT TIME ZONE", F::kDateTime},
    {"sau.ColorType", "VARCHAR(20)", F::kString},
    {"sau.CountryType", "VARCHAR(2)", F::kString},
    {"sau.CurrencyType", "VARCHAR(3)", F::kString},
    {"sau.EmailType", "VARCHAR(255)", F::kString},
    {"sau.EncryptedType", "BYTEA", F::kBinary},
    {"sau.EnrichedDateTimeType", "TIMESTAMP WITHOUT TIME ZONE", F::kDateTime},
    {"sau.IPAddressType", "VARCHAR(50)", F::kString},
    {"sau.JSONType", "JSON", F::kJson},
    {"sau.LocaleType", "VARCHAR(10)", F::kString},
    {"sau.LtreeType", "LTREE", F::kOther},
    {"sau.StringEncryptedType", "VARCHAR", F::kString},
    {"sau.TSVectorType", "TSVECTOR", F::kOther},
    {"sau.TimezoneType", "VARCHAR(50)", F::kString},
    {"sau.URLType", "TEXT", F::kString},
    {"sau.WeekDaysType", "BIT(7)", F::kOther},
    {"sqlalchemy_utc.UtcDateTime", "TIMESTAMP WITH TIME ZONE", F::kDateTime},
    {"sqlmodel.AutoString", "VARCHAR", F::kString, Shape::kLength},
    {"sqlmodel.GUID", "UUID", F::kUuid},
});
static_assert(std::ranges::is_sorted(kLibraryTypes, {}, &Row::name));

template <std::size_t N>
const Row* find_row(const std::array<Row, N>& rows, std::string_view name) {
  const auto it = std::ranges::lower_bound(rows, name, {}, &Row::name);
  return it != rows.end() && it->name == name ? &*it : nullptr;
}

/// An integer argument as text; a placeholder when it is not known.
std::string integer_text(const Value& value, Type& type) {
  if (const auto integer = known_integer(&value)) return std::to_string(*integer);
  if (const auto text = known_string(value)) return *text;
  type.known = false;
  return std::string(kUnknownText);
}

void apply_shape(const Row& row, const Arguments& arguments, Type& type) {
  switch (row.shape) {
    case Shape::kPlain:
      return;
    case Shape::kLength: {
      if (const Value* length = present(arguments, "length", 0)) {
        if (known_integer(length) != 0) type.sql += "(" + integer_text(*length, type) + ")";
      }
      const Value* collation = present(arguments, "collation", 1);
      if (collation != nullptr && known_string(*collation) != "") {
        type.sql += " COLLATE \"" + known_string(*collation).value_or("unknown") + "\"";
      }
      return;
    }
    case Shape::kPrecision: {
      std::string_view keyword = row.name.starts_with("pgvector") ? "dim" : "precision";
      if (const Value* precision = present(arguments, keyword, 0)) {
        if (known_integer(precision) != 0) type.sql += "(" + integer_text(*precision, type) + ")";
      }
      return;
    }
    case Shape::kNumeric: {
      const Value* precision = present(arguments, "precision", 0);
      const Value* scale = present(arguments, "scale", 1);
      if (precision == nullptr) return;
      type.sql += "(" + integer_text(*precision, type);
      if (scale != nullptr) type.sql += ", " + integer_text(*scale, type);
      type.sql += ")";
      return;
    }
    case Shape::kZoned: {
      if (const Value* precision = present(arguments, "precision", 1)) {
        type.sql += "(" + integer_text(*precision, type) + ")";
      }
      const bool zoned = flag(arguments, "timezone", false, 0);
      type.sql += zoned ? " WITH TIME ZONE" : " WITHOUT TIME ZONE";
      return;
    }
  }
}

/// Labels of an enum: the strings, or the names of a Python enum's members (or what
/// values_callable makes of them).
void read_labels(const Arguments& arguments, const Context& context, NamedType& named) {
  if (!arguments.complete) named.labels_known = false;
  if (arguments.positional.size() == 1) {
    if (const auto members = enum_members(arguments.positional[0], context)) {
      if (const Value* callable = present(arguments, "values_callable")) {
        const Value result = call_function(*callable, {arguments.positional[0]}, context);
        if (const auto* items = items_of(result)) {
          named.labels = *items;
        } else {
          named.labels_known = false;
        }
      } else {
        for (const auto& [name, value] : *members) named.labels.emplace_back(name);
      }
      if (!named.name) {
        std::string lower = python::class_name(arguments.positional[0]);
        std::ranges::transform(lower, lower.begin(), [](char c) {
          return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        if (!lower.empty()) {
          named.name = Name::of(lower, context.span_of(arguments.positional[0]));
        }
      }
      return;
    }
  }
  named.labels = arguments.positional;
  for (const Value& label : named.labels) {
    if (!known_string(label)) named.labels_known = false;
  }
}

Type read_enum(const std::string& function, const Arguments& arguments, const Context& context,
               text::Span span) {
  Type type;
  type.span = span;
  NamedType named;
  named.name = read_name(arguments.find("name"), context);
  named.schema = read_name(arguments.find("schema"), context);
  named.inherit_schema = flag(arguments, "inherit_schema");
  named.of_metadata = present(arguments, "metadata") != nullptr;
  read_labels(arguments, context, named);
  if (!named.name && function == "sa.Enum" && arguments.positional.size() == 1) {
    // A class that cannot be found: its name alone is known.
    const std::string path = name_of(arguments.positional[0]);
    std::string name = path.substr(path.rfind('.') + 1);
    if (arguments.positional[0].symbol() != nullptr && !name.empty() &&
        !is_call(arguments.positional[0])) {
      std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      named.name = Name::of(std::move(name), span);
    }
  }
  const bool native = function == "pg.ENUM" || flag(arguments, "native_enum", true);
  // The generic sa.Enum ignores create_type.
  named.create_type = function != "pg.ENUM" || flag(arguments, "create_type", true);
  if (native) {
    type.family = TypeFamily::kEnum;
    if (named.name) {
      Sql sql = Sql(context.home, span);
      render_type_name(sql, named);
      type.sql = sql.text();
      type.known = !sql.partial();
    } else {
      type.sql = kUnknownText;
      type.known = false;
    }
  } else {
    type.family = TypeFamily::kString;
    type.sql = "VARCHAR";
    if (const Value* length = arguments.find("length")) {
      if (!length->is_none()) type.sql += "(" + integer_text(*length, type) + ")";
    } else if (named.labels_known) {
      std::size_t longest = 0;
      for (const Value& label : named.labels) {
        const std::string text = known_string(label).value_or("");
        const auto characters = std::ranges::count_if(
            text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
        longest = std::max(longest, static_cast<std::size_t>(characters));
      }
      if (longest > 0) type.sql += "(" + std::to_string(longest) + ")";
    } else {
      type.sql += "(" + std::string(kUnknownText) + ")";
      type.known = false;
    }
    type.check_constraint = flag(arguments, "create_constraint");
    type.constraint_name = named.name;
  }
  type.named = std::move(named);
  return type;
}

Type read_array(const Arguments& arguments, const Context& context, text::Span span) {
  Type type;
  type.family = TypeFamily::kArray;
  type.span = span;
  const Type item = read_type(arguments.find("item_type", 0), context);
  std::int64_t dimensions = 1;
  if (const auto given = known_integer(arguments.find("dimensions"))) {
    dimensions = std::clamp<std::int64_t>(*given, 0, 6);
  }
  std::string brackets;
  for (std::int64_t i = 0; i < dimensions; ++i) brackets += "[]";
  const std::size_t collate = item.sql.find(" COLLATE");
  type.sql = collate == std::string::npos
                 ? item.sql + brackets
                 : item.sql.substr(0, collate) + brackets + item.sql.substr(collate);
  type.known = item.known;
  type.item = std::make_shared<const Type>(item);
  return type;
}

/// geoalchemy2: `geometry(POINT,4326)`. Source: geoalchemy2/types/__init__.py get_col_spec.
Type read_geometry(std::string_view name, const Arguments& arguments, text::Span span) {
  Type type;
  type.family = TypeFamily::kGeometry;
  type.span = span;
  if (name == "Raster") {
    type.sql = "raster";
    type.spatial_index = flag(arguments, "spatial_index", true);
    return type;
  }
  type.sql = name == "Geography" ? "geography" : "geometry";
  const Value* kind = arguments.find("geometry_type", 0);
  std::string geometry = "GEOMETRY";
  bool none = false;
  if (kind != nullptr) {
    none = kind->is_none();
    if (const auto text = known_string(*kind)) {
      geometry = *text;
      std::ranges::transform(geometry, geometry.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      });
    }
  }
  if (!none) {
    std::string srid = "-1";
    if (const Value* given = present(arguments, "srid", 1)) srid = integer_text(*given, type);
    type.sql += "(" + geometry + "," + srid + ")";
  }
  type.spatial_index = flag(arguments, "spatial_index", true);
  type.spatial_nd = flag(arguments, "use_N_D_index");
  return type;
}

Type read_domain(const Value& value, const Arguments& arguments, const Context& context,
                 text::Span span) {
  Type type;
  type.family = TypeFamily::kDomain;
  type.span = span;
  NamedType named;
  named.domain = true;
  named.name = read_name(arguments.find("name", 0), context);
  named.schema = read_name(arguments.find("schema"), context);
  named.create_type = flag(arguments, "create_type", true);
  named.of_metadata = present(arguments, "metadata") != nullptr;
  Sql sql(context.home, span);
  if (named.name) render_type_name(sql, named);
  type.sql = named.name ? sql.text() : std::string(kUnknownText);
  type.known = named.name.has_value() && !sql.partial();
  type.named = std::move(named);
  type.source = value;
  return type;
}

/// Types whose spelling needs more than a table row; nothing when `function` is none of them.
std::optional<Type> read_special(const std::string& function, const Value& value,
                                 const Arguments& arguments, const Context& context,
                                 text::Span span) {
  Type type;
  type.span = span;
  if (function == "sa.Enum" || function == "pg.ENUM" || function == "sa.ENUM") {
    return read_enum(function, arguments, context, span);
  }
  if (function == "sa.ARRAY" || function == "pg.ARRAY") {
    return read_array(arguments, context, span);
  }
  if (function == "pg.DOMAIN") return read_domain(value, arguments, context, span);
  if (function == "geo.Geometry" || function == "geo.Geography" || function == "geo.Raster") {
    return read_geometry(std::string_view(function).substr(4), arguments, span);
  }
  if (function == "sa.Uuid" || function == "sa.UUID" || function == "pg.UUID" ||
      function == "sau.UUIDType") {
    type.family = TypeFamily::kUuid;
    const bool native = function == "sau.UUIDType"
                            ? flag(arguments, "native", true, 1)
                            : function != "sa.Uuid" || flag(arguments, "native_uuid", true);
    type.sql = native ? "UUID" : function == "sau.UUIDType" ? "BYTEA" : "CHAR(32)";
    return type;
  }
  if (function == "sa.Interval" || function == "pg.INTERVAL" || function == "sa.INTERVAL") {
    type.family = TypeFamily::kInterval;
    type.sql = "INTERVAL";
    const bool generic = function == "sa.Interval";
    if (!generic) {
      if (const auto fields = known_string(present(arguments, "fields", 1))) {
        type.sql += " " + *fields;
      }
    }
    const Value* precision =
        generic ? present(arguments, "second_precision", 1) : present(arguments, "precision", 0);
    if (precision != nullptr) type.sql += " (" + integer_text(*precision, type) + ")";
    return type;
  }
  if (function == "pg.BIT") {
    type.family = TypeFamily::kOther;
    const Value* length = present(arguments, "length", 0);
    const bool varying = flag(arguments, "varying", false, 1);
    type.sql = varying ? "BIT VARYING" : "BIT";
    if (length != nullptr || !varying) {
      type.sql += "(" + (length != nullptr ? integer_text(*length, type) : "1") + ")";
    }
    return type;
  }
  if (function == "pgvector.Vector" || function == "pgvector.VECTOR" ||
      function == "pgvector.HALFVEC" || function == "pgvector.BIT") {
    type.family = TypeFamily::kOther;
    type.sql = function == "pgvector.HALFVEC" ? "HALFVEC"
               : function == "pgvector.BIT"   ? "BIT"
                                              : "VECTOR";
    const Value* size = present(arguments, function == "pgvector.BIT" ? "length" : "dim", 0);
    if (size != nullptr) type.sql += "(" + integer_text(*size, type) + ")";
    return type;
  }
  if (function == "sau.ChoiceType") {
    const Value* impl = present(arguments, "impl", 1);
    if (impl != nullptr) return read_type(*impl, context);
    type.family = TypeFamily::kString;
    type.sql = "VARCHAR(255)";
    return type;
  }
  if (function == "sau.PasswordType") {
    type.family = TypeFamily::kBinary;
    type.sql = "BYTEA";
    return type;
  }
  if (function == "sau.PhoneNumberType") {
    type.family = TypeFamily::kString;
    const Value* length = present(arguments, "max_length", 1);
    type.sql = "VARCHAR(" + (length != nullptr ? integer_text(*length, type) : "20") + ")";
    return type;
  }
  if (function == "sau.ScalarListType") {
    type.family = TypeFamily::kString;
    type.sql = "TEXT";
    return type;
  }
  if (function == "sau.EncryptedType" || function == "sau.StringEncryptedType") {
    if (const Value* of = present(arguments, "type_in", 0); of != nullptr) {
      type.family = TypeFamily::kString;
      type.sql = function == "sau.EncryptedType" ? "BYTEA" : "VARCHAR";
      if (const Value* length = present(arguments, "length");
          length != nullptr && function == "sau.StringEncryptedType") {
        type.sql += "(" + integer_text(*length, type) + ")";
      }
      return type;
    }
  }
  if (function == "sau.JSONType") {
    type.family = TypeFamily::kJson;
    type.sql = "JSON";
    return type;
  }
  if (function == "sau.LtreeType") {
    type.family = TypeFamily::kOther;
    type.sql = "LTREE";
    return type;
  }
  if (function == "sa.TypeDecorator" || function == "sa.MutableType") return {};
  if (function == "sa.NullType" || function == "sa.NULLTYPE") {
    type.family = TypeFamily::kNull;
    type.known = false;
    type.sql = kUnknownText;
    return type;
  }
  return {};
}

/// Types of other dialects in a migration that runs on PostgreSQL: their names as they are.
std::optional<Type> read_foreign(const std::string& function, const Arguments& arguments,
                                 text::Span span) {
  const std::size_t dot = function.find('.');
  if (dot == std::string::npos) return {};
  const std::string_view package = std::string_view(function).substr(0, dot);
  const std::string_view name = std::string_view(function).substr(dot + 1);
  constexpr auto kDialects =
      std::to_array<std::string_view>({"sa", "pg", "mysql", "sqlite", "mssql", "oracle", "ext"});
  if (std::ranges::find(kDialects, package) == kDialects.end()) return {};
  Type type;
  type.span = span;
  if (const Row* row = find_row(kTypes, name)) {
    type.family = row->family;
    type.sql = row->sql;
    apply_shape(*row, arguments, type);
    return type;
  }
  return {};
}

}  // namespace

bool gives_same_type(std::string_view method) {
  return method == "copy" || method == "evaluates_none" || method == "dialect_impl";
}

Type read_type(const Value* value, const Context& context) {
  if (value == nullptr || value->is_none()) return {};
  return read_type(*value, context);
}

Type read_type(const Value& value, const Context& context) {
  const text::Span span = context.span_of(value);
  if (value.is_none()) return {};
  const python::Symbol* symbol = value.symbol();
  if (symbol != nullptr) {
    const std::string_view method = method_of(value);
    const Value* receiver = receiver_of(value);
    if (receiver != nullptr && method == "with_variant") {
      const Arguments& arguments = arguments_of(value);
      for (std::size_t i = 1; i < arguments.positional.size(); ++i) {
        if (known_string(arguments.positional[i]) == "postgresql") {
          return read_type(arguments.positional[0], context);
        }
      }
      return read_type(*receiver, context);
    }
    if (receiver != nullptr && method == "as_mutable") {  // of a class derived from Mutable
      return read_type(arguments_of(value).find("sqltype", 0), context);
    }
    if (receiver != nullptr && gives_same_type(method)) {
      return read_type(*receiver, context);
    }
    const std::string function = name_of(value);
    if (function == "ext.as_mutable" || function.ends_with(".as_mutable")) {
      return read_type(arguments_of(value).find("sqltype", 0), context);
    }
    const Arguments& arguments = arguments_of(value);
    if (auto special = read_special(function, value, arguments, context, span)) {
      special->source = value;
      return *special;
    }
    Type type;
    type.span = span;
    type.source = value;
    if (const Row* row = find_row(kLibraryTypes, function)) {
      type.family = row->family;
      type.sql = row->sql;
      apply_shape(*row, arguments, type);
      return type;
    }
    if (auto foreign = read_foreign(function, arguments, span)) {
      foreign->source = value;
      if (foreign->family == TypeFamily::kBoolean) {
        // sa.Boolean checks only where the dialect has no boolean: never on PostgreSQL.
        foreign->check_constraint = false;
      }
      return *foreign;
    }
  }
  if (auto type = read_class_type(value, context)) {
    type->span = span;
    return *type;
  }
  Type type;
  type.family = TypeFamily::kOther;
  type.span = span;
  type.source = value;
  type.sql = kUnknownText;
  type.known = false;
  return type;
}

void render_type_name(Sql& sql, const NamedType& type) {
  if (!type.name) {
    sql.hole();
    return;
  }
  if (type.schema) {
    render_name(sql, *type.schema);
    sql << ".";
  }
  render_name(sql, *type.name);
}

void render_type(Sql& sql, const Type& type) {
  if (!type.known) sql.mark_partial();
  const At at(sql, type.span.empty() ? sql.place() : type.span);
  if (type.named && (type.family == TypeFamily::kEnum || type.family == TypeFamily::kDomain) &&
      type.named->name) {
    render_type_name(sql, *type.named);
    return;
  }
  sql << type.sql;
}

const NamedType* named_type(const Type& type) {
  if (type.family == TypeFamily::kArray && type.item) return named_type(*type.item);
  if ((type.family == TypeFamily::kEnum || type.family == TypeFamily::kDomain) && type.named) {
    return &*type.named;
  }
  return nullptr;
}

}  // namespace forelock::alembic
