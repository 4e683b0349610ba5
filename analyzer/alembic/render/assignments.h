#pragma once

// Columns and what they are set to in INSERT and UPDATE.

#include <optional>
#include <string_view>
#include <vector>

#include "analyzer/alembic/render/objects.h"
#include "analyzer/alembic/values.h"

namespace forelock::alembic {

struct Assignment {
  Name column;
  python::Value value;
};

/// The column of that name, or null.
const Column* column_of(const Table& table, std::string_view name);
/// Key of `.values({...})`: a str or a column.
std::optional<Name> assigned_name(const python::Value& key, const Context& context);
/// Adds the items of a dict; a column that is set already gets the new value.
void add_assignments(std::vector<Assignment>& out, const python::Value& value,
                     const Context& context);
/// Adds the columns that nothing sets and that SQLAlchemy sets itself, from default= or onupdate=.
/// Source: sqlalchemy/sql/crud.py, _append_param_insert_hasdefault and _append_param_update.
void add_missing(std::vector<Assignment>& out, const Table& table,
                 std::optional<python::Value> Column::* source, const Context& context);
/// Puts assignments into the order of the table's columns; unknown columns keep theirs, at the end.
/// SQLAlchemy writes SET and INSERT columns in the table's order.
void sort_assignments(std::vector<Assignment>& assignments, const std::optional<Table>& table);

}  // namespace forelock::alembic
