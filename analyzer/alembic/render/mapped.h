#pragma once

// Columns that a declarative class gives by annotations: `name: Mapped[str | None]`.

#include <vector>

#include "analyzer/alembic/render/objects.h"

namespace forelock::alembic {

/// Adds the columns that `model` and its bases only annotate, gives those that mapped_column()
/// makes without a type theirs, and puts them in the order of the annotations. Source:
/// sqlalchemy/orm/properties.py, MappedColumn._init_column_for_annotation, and the types of
/// sqlalchemy/sql/sqltypes.py, _type_map.
void add_annotated_columns(const python::Value& model, std::vector<Column>& columns,
                           const Context& context);

}  // namespace forelock::alembic
