#pragma once

// Which rules run: "ALL", "DEFAULT", groups and ids, from the configuration and the command line.

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/lint/rule.h"
#include "analyzer/project/configuration.h"

namespace forelock::project {

/// Whether `selector` (a rule id, a group, "ALL" or "DEFAULT") covers the rule.
bool covers(std::string_view selector, const lint::RuleInfo& rule);

/// An error message when `selector` covers none of the rules, with the nearest one that does.
std::expected<void, std::string> check_selector(std::string_view selector,
                                                std::span<const lint::Rule* const> rules);

/// The enabled rules, in the order of `rules`. A rule runs when the selection covers it and no
/// `ignore` does; a selector that is a rule's id is stronger than a group, and that than ALL. A
/// rule whose severity is set to off does not run. Selectors must have been checked.
std::vector<const lint::Rule*> select_rules(const Configuration& configuration,
                                            std::span<const lint::Rule* const> rules);

/// The one of `known` that is spelled most like `name`; empty when none is near.
std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace forelock::project
