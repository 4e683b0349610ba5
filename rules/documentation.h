#pragma once

// Rules as people read them. rules/docs holds what these functions give; a test compares.

#include <span>
#include <string>

#include "analyzer/lint/rule.h"

namespace forelock::rules {

/// A rule's page: why, what to do, examples, options, sources. Ends in a line break.
std::string markdown(const lint::Rule& rule);

/// The table of all rules, by group. Ends in a line break.
std::string markdown_index(std::span<const lint::Rule* const> rules);

/// Where a rule's page is on the web; findings carry it.
std::string url(const lint::RuleInfo& info);

}  // namespace forelock::rules
