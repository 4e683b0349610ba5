#pragma once

// Lock modes by command, as PostgreSQL's source has them.

#include <string_view>

#include "analyzer/model/operation.h"
#include "analyzer/postgres/effects.h"

namespace forelock::postgres::facts {

/// The lock that a subcommand of ALTER TABLE takes on its table.
/// Source: AlterTableGetLockLevel() in src/backend/commands/tablecmds.c, PostgreSQL 12 to 18.
LockMode alter_table_lock(const model::AlterAction& action);

/// The lock that setting or resetting a storage parameter takes (names may begin with `toast.`).
/// Source: relOpts tables in src/backend/access/common/reloptions.c.
LockMode storage_parameter_lock(std::string_view parameter);
/// Whether the parameter is one of PostgreSQL's own (22023 otherwise); unknown for extensions.
bool is_storage_parameter(std::string_view parameter);

}  // namespace forelock::postgres::facts
