#pragma once

// What CREATE TABLE is refused for before there is a table.

#include <vector>

#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {

/// Column constraints become table constraints with the column filled in.
std::vector<model::Constraint> all_constraints(const model::CreateTable& statement);

/// What transformCreateStmt() and DefineRelation() refuse before they see that the name is taken.
bool check_create_table(Run& run, const model::CreateTable& statement);
/// Storage parameters: 22023.
bool check_table_options(Run& run, const model::CreateTable& statement);
/// Source: ComputePartitionAttrs() and transformPartitionSpec() in src/backend/commands.
bool check_partition_key(Run& run, const Relation& table, const model::PartitionKey& key);

}  // namespace forelock::postgres
