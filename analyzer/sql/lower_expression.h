#pragma once

// Types, expressions and queries: from PostgreSQL's tree to the model.

#include "analyzer/model/expression.h"
#include "analyzer/sql/context.h"

namespace forelock::sql {

model::TypeName lower_type(Context& context, Node type_name);

/// An expression tree without the text of its root.
model::Expression lower_expression(Context& context, Node node);

/// The root of an expression that stands in `range`: with its text and whole span, parentheses
/// around the whole left out. An empty range gives no text.
model::Expression lower_root(Context& context, Node node, TokenRange range);

/// Lowers for what it names only: columns, functions and relations go to the query around.
void collect(Context& context, Node node);
void collect(Context& context, NodeList list);

/// The range without parentheses around the whole of it.
TokenRange strip_parentheses(const Context& context, TokenRange range);

}  // namespace forelock::sql
