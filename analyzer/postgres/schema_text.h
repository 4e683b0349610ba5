#pragma once

// Definitions as PostgreSQL prints them.

#include <string>

#include "analyzer/postgres/catalog.h"

namespace forelock::postgres {

/// As pg_get_constraintdef(oid) prints it; `for_reading`, so that a server stores the same again.
std::string constraint_definition(const Catalog& catalog, const Relation& table,
                                  const CatalogConstraint& constraint, bool for_reading = false);
/// As pg_get_indexdef(oid) prints it, or for reading.
std::string index_definition(const Catalog& catalog, const Relation& index,
                             bool for_reading = false);
/// The query of a view with today's names of what it reads.
std::string view_query(const Catalog& catalog, const Relation& view);
/// The same, parsed; its names are found where search_path is public.
model::Query stored_query(const Catalog& catalog, const Relation& view);
/// The rule as it was written, with today's names of its table and of what its actions name.
std::string rule_definition(const Catalog& catalog, const Relation& table, const RewriteRule& rule);
/// SQL that makes an empty database equal to the catalog; psql can run it.
std::string schema_ddl(const Catalog& catalog);

}  // namespace forelock::postgres
