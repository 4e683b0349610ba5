#pragma once

// Calls of the functions that are given SQL, in the syntax tree of one source.

#include <clang/AST/ASTContext.h>

#include <cstdint>
#include <set>
#include <vector>

#include "analyzer/cxx/found.h"
#include "analyzer/cxx/functions.h"

namespace forelock::cxx {

struct TreeResult {
  std::vector<FoundCall> calls;
  std::set<std::uint32_t> known;  ///< Where the names of calls stand that were understood.
};

/// Reads the declarations of the main file; those of its includes are passed over.
TreeResult read_tree(clang::ASTContext& context, const SqlFunctions& functions);

}  // namespace forelock::cxx
