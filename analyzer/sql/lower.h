#pragma once

// One statement of PostgreSQL's parse tree to the model.

#include "analyzer/model/operation.h"
#include "analyzer/sql/context.h"

namespace forelock::sql {

/// What `statement` (such as a CreateStmt node) does. A statement that the model has no type for is
/// an Other with its command tag.
model::Operation lower_statement(Context& context, Node statement);

}  // namespace forelock::sql
