#pragma once

// A source as tokens, without its includes: its comments, and calls that the compiler could not
// make sense of because headers are missing.

#include <set>
#include <string>
#include <vector>

#include "analyzer/cxx/found.h"
#include "analyzer/cxx/functions.h"

namespace forelock::cxx {

struct TokenResult {
  std::vector<text::Span> comments;
  std::vector<FoundCall> calls;
};

/// Comments of a source, and calls by name alone. Strings are found where they stand in the
/// argument, or in the nearest definition above of the constant that the argument names. `known`:
/// positions of names that the compiler understood; they are left out.
TokenResult read_tokens(const std::string& source, const SqlFunctions& functions,
                        const std::set<std::uint32_t>& known);

}  // namespace forelock::cxx
