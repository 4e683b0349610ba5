#pragma once

// What the constraints that a table gets have in common.

#include <string>

#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {

/// Whether the table has no constraint of the name: 42710.
bool name_is_free(Run& run, const Relation& table, const std::string& name);
/// The constraint of a definition, its columns left out.
CatalogConstraint from_definition(Run& run, const model::Constraint& definition);

}  // namespace forelock::postgres
