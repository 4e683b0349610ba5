#pragma once

// Transactions, settings, locks and maintenance.

#include "analyzer/model/operation.h"
#include "analyzer/sql/context.h"

namespace forelock::sql {

/// Values of SET, also of a SET clause of CREATE FUNCTION.
std::vector<std::string> set_values(Node variable_set);

model::Operation lower_transaction(Context& context, Node statement);
model::Operation lower_set(Context& context, Node statement);
model::Operation lower_set_constraints(Context& context, Node statement);
model::Operation lower_lock(Context& context, Node statement);
model::Operation lower_refresh(Context& context, Node statement);
model::Operation lower_reindex(Context& context, Node statement);
model::Operation lower_cluster(Context& context, Node statement);
model::Operation lower_vacuum(Context& context, Node statement);
model::Operation lower_do(Context& context, Node statement);
model::Operation lower_call(Context& context, Node statement);
model::Operation lower_database(Context& context, Node statement);

}  // namespace forelock::sql
