#pragma once

// The list of all rules.

#include <span>
#include <string_view>

#include "analyzer/lint/rule.h"

namespace forelock::rules {

/// Every rule, sorted by id. Static storage.
std::span<const lint::Rule* const> all_rules();

/// The rule of this id, or null.
const lint::Rule* find_rule(std::string_view id);

}  // namespace forelock::rules
