#pragma once

// DDL as SQLAlchemy's PGDDLCompiler writes it. Each function appends one statement or clause.
// Source of the whole file: sqlalchemy/sql/compiler.py DDLCompiler and
// sqlalchemy/dialects/postgresql/base.py PGDDLCompiler, SQLAlchemy 2.0.52.

#include "analyzer/alembic/render/objects.h"

namespace forelock::alembic {

/// A Python value as an SQL string literal: quotes doubled.
void render_string_literal(Sql& sql, const python::Value& value);
void render_string_literal(Sql& sql, std::string_view text);
/// What the server would make where Python's value is another in each run (the clock, a random
/// UUID); empty for other values.
std::string_view made_by_server(const python::Value& value);

/// `name TYPE DEFAULT … NOT NULL`. `serial`: the column is the table's autoincrement column.
void render_column(Sql& sql, const Column& column, bool serial, const Context& context);
/// `CONSTRAINT name CHECK (…)` and so on, without ALTER TABLE.
void render_constraint(Sql& sql, const Constraint& constraint, const Context& context);
void render_add_constraint(Sql& sql, const Table& table, const Constraint& constraint,
                           const Context& context);
/// CREATE TABLE; `constraints` as table_constraints() gives them.
void render_create_table(Sql& sql, const Table& table, const std::vector<Constraint>& constraints,
                         const Context& context, bool if_not_exists);
void render_create_index(Sql& sql, const Table& table, const Index& index, const Context& context,
                         bool if_not_exists);
void render_drop_index(Sql& sql, const std::optional<Name>& schema, const Name& name,
                       const python::Arguments& options, bool if_exists);
void render_create_type(Sql& sql, const Type& type, const Context& context);
void render_drop_type(Sql& sql, const NamedType& type);
/// The value of a DEFAULT clause: strings are quoted, expressions are rendered.
void render_default(Sql& sql, const python::Value& value, const Context& context);
void render_identity(Sql& sql, const python::Value& identity, const Context& context);
/// `INCREMENT BY 1 START WITH 5 …` of an Identity or Sequence; `first` says whether it starts the
/// clause (no leading space). Empty when there are none.
std::string identity_options(const python::Arguments& arguments);
/// A comment's text as a literal.
void render_comment(Sql& sql, const python::Value& comment);

}  // namespace forelock::alembic
