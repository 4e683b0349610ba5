#pragma once

// Migrations of a project by `--range` and by the paths that were named.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cli/session.h"

namespace forelock::cli {

/// Indexes into the project's migrations, in order. An empty range is everything that was asked
/// for by path. Nothing, and a failure of the session, for a revision that is not there.
std::optional<std::vector<std::size_t>> select_migrations(Session& session,
                                                          const project::LoadedProject& loaded,
                                                          const std::string& range);

}  // namespace forelock::cli
