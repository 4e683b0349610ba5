#pragma once

// Names of findings that stay the same when lines move.

#include <span>

#include "analyzer/lint/finding.h"

namespace forelock::lint {

/// Sets Finding::fingerprint of all: 16 hexadecimal digits from the path, the rule, the revision,
/// the statement's text (or the source text at the place) with white space collapsed, and the
/// running number among equals. `findings` must be sorted, so that the number does not depend on
/// threads.
void set_fingerprints(std::span<Finding> findings);

}  // namespace forelock::lint
