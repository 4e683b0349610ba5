#pragma once

// Tables: columns, constraints, indexes, partitions, and all of ALTER TABLE.

#include "analyzer/model/operation.h"
#include "analyzer/sql/context.h"

namespace forelock::sql {

/// A column as CREATE TABLE, ADD COLUMN and CREATE TYPE … AS have it; `range` are its tokens.
model::ColumnDefinition lower_column(Context& context, Node column_def, TokenRange range);
/// A constraint; `range` are its tokens, from CONSTRAINT or its own first key word on.
model::Constraint lower_constraint(Context& context, Node constraint, TokenRange range);
/// One index element; `range` are its tokens, or empty where they are not known.
model::IndexKey lower_key(Context& context, Node element, TokenRange range);
/// Index elements; `parts` are the tokens of each, or fewer where they are not known.
std::vector<model::IndexKey> lower_keys(Context& context, NodeList elements,
                                        const std::vector<TokenRange>& parts);
model::SequenceOptions lower_sequence_options(Context& context, NodeList options);
/// Tokens of the list element (a column, a constraint) that starts at `begin`: to the next comma or
/// closing parenthesis outside of its own parentheses.
TokenRange element_range(const Context& context, std::size_t begin);

model::Operation lower_create_table(Context& context, Node statement);
model::Operation lower_create_foreign_table(Context& context, Node statement);
model::Operation lower_create_index(Context& context, Node statement);
model::Operation lower_alter_table(Context& context, Node statement);
model::PartitionBound lower_partition_bound(Context& context, Node bound, TokenRange range);

}  // namespace forelock::sql
