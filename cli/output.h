#pragma once

// Where a command's text goes.

#include <string>

#include "cli/session.h"

namespace forelock::cli {

/// Writes to the session's output, or to a file when `path` is not empty.
void write_output(Session& session, const std::string& path, const std::string& text);

}  // namespace forelock::cli
