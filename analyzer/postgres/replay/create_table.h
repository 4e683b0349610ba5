#pragma once

// What CREATE TABLE is refused for before the table is made. Internal to replay.

#include <vector>

#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {

/// Column constraints become table constraints with the column filled in.
std::vector<model::Constraint> all_constraints(const model::CreateTable& statement);

/// The parser's look at the statement: transformCreateStmt().
bool parse_create_table(Run& run, const model::CreateTable& statement);
/// DefineRelation() up to the point where the name must be free, and the sequences before it.
bool check_definition(Run& run, const model::CreateTable& statement);

}  // namespace forelock::postgres
