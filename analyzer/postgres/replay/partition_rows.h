#pragma once

// Which partitions hold the rows that a statement writes or looks for.

#include <optional>
#include <string>
#include <vector>

#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {

/// Where rows of constants go.
struct Routed {
  std::vector<Oid> partitions;  ///< All below the table where it is not known.
  bool lost = false;            ///< No partition takes one of the rows: 23514.
};
Routed route(const Run& run, const Relation& table, const std::vector<std::string>& columns,
             const std::vector<std::vector<model::Expression>>& rows);

/// The table and all below it but the partitions that the planner leaves out for WHERE.
std::vector<Oid> kept_by(const Run& run, const Relation& table,
                         const std::optional<model::Expression>& where);

}  // namespace forelock::postgres
