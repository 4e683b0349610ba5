#pragma once

// What some of the rows are known to hold that a migration inserts itself.

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {

/// Constants of VALUES, and those that SELECT ... FROM generate_series(…) begins and ends with.
void note_inserted(Run& run, Oid table, const model::Insert& statement,
                   const std::vector<std::string>& columns);
/// The values of the columns are no longer known; null for all columns.
void forget_inserted(Run& run, Oid table, const std::vector<std::string>* columns);

/// Whether the value of a unique column is known to be there already: 23505.
void check_duplicates(Run& run, Oid table, const model::Insert& statement,
                      const std::vector<std::string>& columns);

/// Whether a row of the table is known that the foreign key refuses: it refers to a value that is
/// known not to be there.
bool has_orphan(const Run& run, const Relation& table, const CatalogConstraint& key);
/// Whether a row of the referencing table is known that refers to the value.
enum class Referred { kNo, kYes, kUnknown };
Referred refers_to(const Relation& referencing, const CatalogConstraint& key,
                   const model::Expression& value);
/// Rows come that nothing is known of.
void note_unknown_rows(Run& run, Oid table);

/// Whether a row is known that makes the check false.
bool violates_check(const Relation& table, const model::Expression& check);
/// Whether two rows are known that have the same value in the column.
bool holds_twice(const Column& column);
/// Checks the known values of a column that becomes another type: 22xxx, 23514.
void check_converted(Run& run, const Relation& table, const Column& column,
                     const model::AlterColumnType& action, const model::TypeName& type);
/// Whether a value of the column is known that the check of its domain refuses.
bool violates_domain_check(const Column& column, const model::Expression& check);
/// Whether a row of `table` is known whose key lies outside of the bound, or, with `inside`, in it.
bool lies_outside(const Relation& table, const Relation& parent, const model::PartitionBound& bound,
                  bool inside);

}  // namespace forelock::postgres
