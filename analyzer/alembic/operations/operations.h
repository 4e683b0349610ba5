#pragma once

// The handlers of Alembic's operations, one function each; see run_operation (dispatch.cpp).

#include "analyzer/alembic/host.h"

namespace forelock::alembic {

using Handler = python::Value (*)(Host&, const Operation&);

python::Value create_table(Host& host, const Operation& operation);
python::Value drop_table(Host& host, const Operation& operation);
python::Value rename_table(Host& host, const Operation& operation);
python::Value create_table_comment(Host& host, const Operation& operation);
python::Value drop_table_comment(Host& host, const Operation& operation);

python::Value add_column(Host& host, const Operation& operation);
python::Value drop_column(Host& host, const Operation& operation);
python::Value alter_column(Host& host, const Operation& operation);

python::Value create_index(Host& host, const Operation& operation);
python::Value drop_index(Host& host, const Operation& operation);

python::Value create_primary_key(Host& host, const Operation& operation);
python::Value create_unique_constraint(Host& host, const Operation& operation);
python::Value create_foreign_key(Host& host, const Operation& operation);
python::Value create_check_constraint(Host& host, const Operation& operation);
python::Value create_exclude_constraint(Host& host, const Operation& operation);
python::Value drop_constraint(Host& host, const Operation& operation);

python::Value execute_operation(Host& host, const Operation& operation);
python::Value bulk_insert(Host& host, const Operation& operation);

/// An operation that the project registered; nothing when there is none of that name.
std::optional<python::Value> custom_operation(Host& host, std::string_view name,
                                              const Operation& operation);
python::Value invoke(Host& host, const Operation& operation);
python::Value run_async(Host& host, const Operation& operation);

// Of plug-ins: geoalchemy2, alembic_postgresql_enum, alembic_utils.
/// op.add_column; `plugin` is geoalchemy2's variant, which adds neither constraints nor indexes.
python::Value add_column_to_table(Host& host, const Operation& operation, bool plugin);
python::Value add_geospatial_column(Host& host, const Operation& operation);
python::Value sync_enum_values(Host& host, const Operation& operation);
python::Value create_enum(Host& host, const Operation& operation);
python::Value drop_enum(Host& host, const Operation& operation);
python::Value create_entity(Host& host, const Operation& operation);
python::Value drop_entity(Host& host, const Operation& operation);
python::Value replace_entity(Host& host, const Operation& operation);

/// `x.create(bind, …)` and `x.drop(bind, …)` of an enum, sequence, table, index or metadata;
/// nothing when `receiver` is none of these.
std::optional<python::Value> create_object(Host& host, const python::Value& receiver,
                                           const Operation& operation);
std::optional<python::Value> drop_object(Host& host, const python::Value& receiver,
                                         const Operation& operation);
/// Methods of Session: execute, query(…).update(…), add, bulk_insert_mappings, …
std::optional<python::Value> session_call(Host& host, std::string_view method,
                                          const Operation& operation);

/// Sends `session.query(…)…`; nothing is done when `query` is none.
void run_query(Host& host, const python::Value& query, const Operation& operation);
/// What ends `session.query(…)`: update, delete, all, first, …; nothing when it is no query.
std::optional<python::Value> query_call(Host& host, const python::Value& callee,
                                        std::string_view method, const Operation& operation);

// ---- shared by the handlers ---------------------------------------------------------------------

/// The table of an operation: of the batch, or the argument.
struct Target {
  std::optional<Name> table;
  std::optional<Name> schema;
  std::size_t shift = 0;  ///< 1 when the table takes the first positional argument.
};
/// `index`: position of the table's name in the call of op.x().
Target target_of(const Operation& operation, std::string_view keyword, std::size_t index);
/// Emits CREATE TYPE for the enums of new columns, as op.create_table does.
void create_types(Host& host, const Table& table, const Operation& operation);
/// The GiST indexes that geoalchemy2 adds for spatial columns.
void emit_spatial_indexes(Host& host, const Table& table, const std::vector<Index>& indexes,
                          const Operation& operation);
/// CREATE TABLE with what stands before and after it.
void emit_table(Host& host, Table table, const Operation& operation, bool if_not_exists);

}  // namespace forelock::alembic
