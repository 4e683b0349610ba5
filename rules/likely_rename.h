#pragma once

// Renames that are written as a drop and an add, as Alembic's autogenerate writes them.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rules/support.h"

namespace forelock::rules {

/// A column or table that this migration drops while it adds a like one: most likely a rename that
/// autogenerate could not see.
struct LikelyRename {
  std::size_t drop_step = 0;  ///< Index into the upgrade's trace.
  std::size_t add_step = 0;
  bool table = false;
  std::string table_name;  ///< Of a column's table; of the dropped table.
  std::string old_name, new_name;
};
/// Each dropped and each added object stands in one of them at most.
std::vector<LikelyRename> likely_renames(const postgres::MigrationTrace& trace);
/// Whether the statement's drop of `old_name` is one of them.
bool is_likely_rename(const lint::StepContext& ctx, std::string_view old_name);

}  // namespace forelock::rules
