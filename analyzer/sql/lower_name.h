#pragma once

// Statements that name objects: DROP, RENAME, SET SCHEMA, OWNER, COMMENT, GRANT.

#include "analyzer/model/operation.h"
#include "analyzer/sql/context.h"

namespace forelock::sql {

/// Argument types of a function; "NONE" for the missing operand of a prefix operator.
std::vector<model::TypeName> argument_types(Context& context, NodeList types);
model::ObjectReference lower_reference(Context& context, model::ObjectKind kind, Node object);
/// The same of a field that only ever holds a function with its arguments.
model::ObjectReference lower_signature(Context& context, model::ObjectKind kind, Node object);

model::Operation lower_drop(Context& context, Node statement);
model::Operation lower_rename(Context& context, Node statement);
model::Operation lower_set_schema(Context& context, Node statement);
model::Operation lower_set_owner(Context& context, Node statement);
model::Operation lower_comment(Context& context, Node statement);
model::Operation lower_grant(Context& context, Node statement);

}  // namespace forelock::sql
