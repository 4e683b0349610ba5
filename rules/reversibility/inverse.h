#pragma once

// What undoes a migration, spelled in Python.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/postgres/replay.h"

namespace forelock::rules {

/// Lines of a downgrade (unindented) that bring the structure back to what it was before the
/// upgrade, last change first. Nothing when a step cannot be undone from what is known. Rows are
/// not brought back. `sqlalchemy`: how the file names the package ("sa"), or empty.
std::optional<std::vector<std::string>> inverse(const postgres::DirectionTrace& upgrade,
                                                std::string_view sqlalchemy);

}  // namespace forelock::rules
