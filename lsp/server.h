#pragma once

// The language server (`forelock server`): the same engine as `forelock check`, behind the Language
// Server Protocol 3.17. One thread owns all state; a second one only reads and parses the input.
//
//   transport   frames on the streams          documents   open buffers and their changes
//   queue       from the reader to the loop    analysis    findings for open files
//   json_rpc    replies and errors             features    findings to diagnostics, hover, actions
//   session     lifecycle, dispatch, buffers   loop        both threads

#include <istream>
#include <ostream>
#include <span>

#include "analyzer/lint/rule.h"
#include "analyzer/project/file_system.h"

namespace forelock::lsp {

/// Serves until `exit` or the end of `in`; nothing but frames is written to `out`, notes go to
/// `log`. Returns the exit code of the process: 0 after `shutdown`, else 1.
/// Source: LSP 3.17, "Exit Notification".
int serve(std::istream& in, std::ostream& out, std::ostream& log, const project::FileSystem& disk,
          std::span<const lint::Rule* const> rules);

}  // namespace forelock::lsp
