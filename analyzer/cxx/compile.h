#pragma once

// Parses one C++ source with Clang and reads it. Nothing that a source or its compile command says
// makes Clang load or run code: of a command, only what includes and macros need is taken.

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/cxx/found.h"
#include "analyzer/cxx/functions.h"

namespace clang::tooling {
class CompilationDatabase;
}

namespace forelock::cxx {

struct SourceResult {
  std::vector<FoundCall> calls;  ///< By begin.
  std::vector<text::Span> comments;
};

/// The database in a compile_commands.json, or in the folder that holds one.
std::expected<std::unique_ptr<clang::tooling::CompilationDatabase>, std::string> open_database(
    const std::string& path);

/// Reads `text`, which stands in for the file at `path` (absolute). `database` may be null.
SourceResult read_source(const std::string& path, const std::string& text,
                         const SqlFunctions& functions,
                         const clang::tooling::CompilationDatabase* database);

}  // namespace forelock::cxx
