#pragma once

// Reads messages on one thread and serves them on the calling one.

#include <istream>

#include "lsp/session.h"

namespace forelock::lsp {

/// Serves until `exit` or the end of `in`. Returns the exit code of the process.
int run_session(std::istream& in, const SessionParts& parts);

}  // namespace forelock::lsp
