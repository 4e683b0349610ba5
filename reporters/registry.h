#pragma once

// The list of output formats.

#include <span>
#include <string_view>

#include "reporters/reporter.h"

namespace forelock::reporters {

std::span<const Reporter> all_reporters();
/// Null for a name that is no format.
const Reporter* find_reporter(std::string_view name);

}  // namespace forelock::reporters
