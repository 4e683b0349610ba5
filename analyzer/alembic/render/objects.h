#pragma once

// SQLAlchemy's schema objects as migrations build them: columns, constraints, indexes, tables.

#include <optional>
#include <string>
#include <vector>

#include "analyzer/alembic/render/types.h"
#include "analyzer/alembic/values.h"

namespace forelock::alembic {

enum class ConstraintType { kPrimaryKey, kForeignKey, kUnique, kCheck, kExclude };

struct Constraint {
  ConstraintType type = ConstraintType::kCheck;
  std::optional<Name> name;
  std::vector<Name> columns;
  text::Span span;
  bool implicit = false;  ///< A primary key made of Column(primary_key=True).

  // Foreign keys.
  std::optional<Name> referred_schema;
  std::optional<Name> referred_table;
  std::vector<Name> referred_columns;
  std::optional<python::Value> on_delete, on_update, match;
  bool use_alter = false;

  std::optional<bool> deferrable;
  std::optional<python::Value> initially;
  std::optional<bool> nulls_not_distinct;
  bool not_valid = false;
  std::vector<Name> include;

  std::optional<python::Value> condition;  ///< CHECK; WHERE of an exclusion.
  std::optional<Sql> condition_sql;        ///< CHECK that a type makes.

  /// Exclusions: expression and operator.
  std::vector<std::pair<python::Value, python::Value>> elements;
  std::optional<python::Value> using_method, ops;
};

struct Index {
  std::optional<Name> name;
  std::vector<python::Value> expressions;
  bool unique = false;
  python::Arguments options;  ///< postgresql_* keywords.
  text::Span span;
};

enum class Autoincrement { kAuto, kTrue, kFalse, kIgnoreForeignKey };

struct Column {
  std::optional<Name> name;
  Type type;
  bool nullable = true;
  bool nullable_given = false;
  bool primary_key = false;
  Autoincrement autoincrement = Autoincrement::kAuto;
  /// default= and onupdate=, which SQLAlchemy computes and sends.
  std::optional<python::Value> default_value, on_update;
  bool has_default = false;  ///< default= of the client side.
  bool default_is_sequence = false;
  std::optional<bool> index, unique;
  std::optional<python::Value> server_default;
  std::optional<python::Value> comment;
  std::optional<python::Value> computed, identity;
  std::vector<Constraint> foreign_keys;  ///< Single-column, of ForeignKey(…) arguments.
  std::vector<Constraint> checks;        ///< Of CheckConstraint(…) arguments.
  text::Span span;
  python::Value source;
  bool complete = true;  ///< False when some argument could not be read.
};

struct Table {
  std::optional<Name> name;
  std::optional<Name> schema;
  std::vector<Column> columns;
  std::vector<Constraint> constraints;  ///< Explicit ones in the order of their creation.
  std::vector<Index> indexes;           ///< Explicit sa.Index(…) arguments.
  std::optional<python::Value> comment;
  python::Arguments options;  ///< All keywords.
  text::Span span;
  bool complete = true;
  bool lightweight = false;  ///< sa.table(): no keys, no schema semantics.
  bool autoload = false;     ///< Columns come from the database.
};

/// Reads sa.Column(…) or sa.column(…); nothing for other values.
std::optional<Column> read_column(const python::Value& value, const Context& context);
/// Reads a table constraint; nothing for other values.
std::optional<Constraint> read_constraint(const python::Value& value, const Context& context);
std::optional<Index> read_index(const python::Value& value, const Context& context);
/// Reads sa.Table(…), sa.table(…), the result of op.create_table or a declarative class.
std::optional<Table> read_table(const python::Value& value, const Context& context);
/// Table of `name` and its items (columns, constraints, indexes), as op.create_table gets them.
Table make_table(const python::Value* name, const std::vector<python::Value>& items,
                 const python::Arguments& keywords, const Context& context);

/// Common keywords of constraints (name, deferrable, initially, postgresql_*).
void read_constraint_options(const python::Arguments& arguments, const Context& context,
                             Constraint& constraint);
/// "schema.table.column" of a ForeignKey; the column may be missing.
void read_reference(const python::Value& target, const Context& context, Constraint& constraint);

/// What SQLAlchemy makes of the table's parts: the constraints in the order of CREATE TABLE (the
/// primary key first), named by the convention; columns that a key makes NOT NULL are changed.
std::vector<Constraint> table_constraints(Table& table, const Context& context);
/// Indexes of index=True columns and explicit ones, named.
std::vector<Index> table_indexes(const Table& table, const Context& context);
/// The column that PostgreSQL's dialect makes SERIAL, or null.
const Column* autoincrement_column(const Table& table, const std::vector<Constraint>& constraints);

}  // namespace forelock::alembic
