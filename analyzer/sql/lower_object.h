#pragma once

// Objects other than tables: schemas, sequences, types, domains, views, functions, triggers, ….

#include "analyzer/model/operation.h"
#include "analyzer/sql/context.h"

namespace forelock::sql {

/// What stands inside of a string literal: the token without its quotes or dollar tags.
text::Span string_body(const Context& context, std::size_t index);

model::Operation lower_create_schema(Context& context, Node statement);
model::Operation lower_create_sequence(Context& context, Node statement);
model::Operation lower_alter_sequence(Context& context, Node statement);
model::Operation lower_create_enum(Context& context, Node statement);
model::Operation lower_alter_enum(Context& context, Node statement);
model::Operation lower_create_composite(Context& context, Node statement);
model::Operation lower_create_range(Context& context, Node statement);
model::Operation lower_define(Context& context, Node statement);
model::Operation lower_create_domain(Context& context, Node statement);
model::Operation lower_alter_domain(Context& context, Node statement);
model::Operation lower_create_view(Context& context, Node statement);
model::Operation lower_create_table_as(Context& context, Node statement);
model::Operation lower_create_function(Context& context, Node statement);
model::Operation lower_alter_function(Context& context, Node statement);
model::Operation lower_create_trigger(Context& context, Node statement);
model::Operation lower_create_policy(Context& context, Node statement);
model::Operation lower_alter_policy(Context& context, Node statement);
model::Operation lower_create_rule(Context& context, Node statement);
model::Operation lower_create_statistics(Context& context, Node statement);
model::Operation lower_create_extension(Context& context, Node statement);
model::Operation lower_alter_extension(Context& context, Node statement);
model::Operation lower_create_publication(Context& context, Node statement);
model::Operation lower_alter_publication(Context& context, Node statement);

}  // namespace forelock::sql
