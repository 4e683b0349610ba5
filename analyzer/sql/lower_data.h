#pragma once

// INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY and SELECT.

#include "analyzer/model/operation.h"
#include "analyzer/sql/context.h"

namespace forelock::sql {

model::Operation lower_insert(Context& context, Node statement);
model::Operation lower_update(Context& context, Node statement);
model::Operation lower_delete(Context& context, Node statement);
model::Operation lower_merge(Context& context, Node statement);
model::Operation lower_truncate(Context& context, Node statement);
model::Operation lower_copy(Context& context, Node statement);
/// SELECT, or CREATE TABLE AS for SELECT … INTO.
model::Operation lower_select(Context& context, Node statement);

}  // namespace forelock::sql
