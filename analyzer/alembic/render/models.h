#pragma once

// Declarative models and table objects that data migrations read and write through.

#include <optional>

#include "analyzer/alembic/render/objects.h"

namespace forelock::alembic {

/// A column named through its table: `users.c.id`, `User.id`.
struct ColumnReference {
  std::optional<Name> schema;
  std::optional<Name> table;
  Name column;
  python::Value owner;  ///< The table or class.
};
std::optional<ColumnReference> read_column_reference(const python::Value& value,
                                                     const Context& context);

/// Whether the declarative class has a column under that attribute.
bool is_column(const python::Value& model, std::string_view attribute, const Context& context);
/// The table of a declarative class (`__tablename__` and its columns), or nothing.
std::optional<Table> read_model_table(const python::Value& value, const Context& context);

}  // namespace forelock::alembic
