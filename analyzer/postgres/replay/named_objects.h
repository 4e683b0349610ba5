#pragma once

// Objects as RENAME, SET SCHEMA, OWNER TO and COMMENT name them.

#include <string>
#include <vector>

#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {

bool is_relation_kind(model::ObjectKind kind);
/// The kind of a relation that is made up because a statement names it.
RelationKind assumed_kind(model::ObjectKind kind);
/// Whether a statement for objects of a kind takes the relation.
bool kind_fits(RelationKind actual, model::ObjectKind wanted);
/// The functions that the reference may name: with its arguments, one at most.
std::vector<const CatalogFunction*> matching_functions(const Run& run,
                                                       const model::ObjectReference& object);

/// ALTER TABLE ... RENAME COLUMN, in everything that reads the column too.
bool rename_column_everywhere(Run& run, const model::Rename& statement);

}  // namespace forelock::postgres
