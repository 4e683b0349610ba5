#pragma once

// Expressions as PostgreSQL prints them back (pg_get_expr), with the casts that it makes explicit.

#include <string>

#include "analyzer/postgres/catalog.h"
#include "analyzer/postgres/expressions.h"

namespace forelock::postgres {

/// As pg_get_expr() prints the stored expression; as written where that is not known. `wanted` is
/// the type that it becomes (a column's for its default); an empty name for none.
std::string print_expression(const Catalog& catalog, const Scope& scope,
                             const model::Expression& expression,
                             const model::TypeName& wanted = {});

/// The same so that a server that reads it stores the same expression again.
std::string readable_expression(const Catalog& catalog, const Scope& scope,
                                const model::Expression& expression,
                                const model::TypeName& wanted = {});

/// The text of an expression as written, with the names that have changed since.
std::string respelled_text(const model::Expression& expression);

}  // namespace forelock::postgres
