#pragma once

// CREATE and DROP SEQUENCE of an sa.Sequence.

#include "analyzer/alembic/values.h"

namespace forelock::alembic {

void render_sequence_name(Sql& sql, const python::Arguments& sequence, const Context& context);
void render_create_sequence(Sql& sql, const python::Value& sequence, bool if_not_exists,
                            const Context& context);
void render_drop_sequence(Sql& sql, const python::Value& sequence, bool if_exists,
                          const Context& context);

}  // namespace forelock::alembic
