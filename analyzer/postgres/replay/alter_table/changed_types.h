#pragma once

// What ALTER COLUMN ... TYPE has to look at on its table.

#include <optional>
#include <string_view>

#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {

/// Whether the expression reads a column of that name.
bool reads_column(const std::optional<model::Expression>& expression, std::string_view column);

}  // namespace forelock::postgres
