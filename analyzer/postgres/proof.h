#pragma once

// What a CHECK constraint proves, so that PostgreSQL need not read the table.

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/postgres/catalog.h"

namespace forelock::postgres {

/// Whether rows that pass `check` (a NULL result passes) never have NULL in `column`.
/// Source: predicate_implied_by() with weak implication, src/backend/optimizer/util/predtest.c.
bool proves_not_null(const model::Expression& check, std::string_view column);
/// Whether a constant in `column` makes `check` false for sure.
bool refutes(const model::Expression& check, std::string_view column,
             const model::Expression& constant);
/// By the validated CHECK constraints of the table and its NOT NULL columns.
bool proves_not_null(const Relation& table, std::string_view column);

/// Whether the validated CHECK constraints (and NOT NULL columns) of `table` imply `bound` of a
/// partition with the key of `parent`.
bool proves_bound(const Relation& table, const Relation& parent,
                  const model::PartitionBound& bound);
/// Whether they imply that no row lies in `bound`, which belongs to another partition.
bool excludes_bound(const Relation& table, const Relation& parent,
                    const model::PartitionBound& bound);
/// The same for rows that pass `where`.
bool excludes_bound(const model::Expression& where, const Relation& parent,
                    const model::PartitionBound& bound);
/// Whether all rows that pass `where` lie in one of `others`, so that none is in the default
/// partition beside them.
bool excludes_default(const model::Expression& where, const Relation& parent,
                      const std::vector<const model::PartitionBound*>& others);

}  // namespace forelock::postgres
