#pragma once

// psycopg's sql.SQL("… {}").format(sql.Identifier("t")), which as_string(connection) makes a str
// of.

#include <optional>

#include "analyzer/alembic/values.h"
#include "analyzer/python/value.h"

namespace forelock::alembic {

/// The text of such a composition; nothing for other values. What is not known is a placeholder.
/// Source: psycopg/sql.py and psycopg2/sql.py: SQL, Identifier, Literal, Composed.
std::optional<text::MappedText> composed_sql(const python::Value& value, const Context& context);

}  // namespace forelock::alembic
