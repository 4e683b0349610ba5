#pragma once

// A catalog as JSON.

#include <nlohmann/json.hpp>

#include "analyzer/postgres/catalog.h"

namespace forelock::cli {

/// Schemas, tables, sequences, types, views and functions; definitions as PostgreSQL prints them.
nlohmann::ordered_json schema_json(const postgres::Catalog& catalog);

}  // namespace forelock::cli
