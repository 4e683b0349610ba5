#pragma once

// The only fingerprint that GitHub code scanning reads: SARIF's primaryLocationLineHash.

#include <string>
#include <string_view>
#include <vector>

namespace forelock::reporters {

/// One hash for each line of a file (index 0 is line 1), as github/codeql-action computes them, so
/// that an upload that lacks them is given the same: over the next 100 UTF-16 units from the line's
/// start without spaces and tabs, CR and CRLF as LF, 0xFFFF at the end and zeros behind it; base
/// 37, modulo 2^64; then which of the equal hashes of the file it is, from 1. Source:
/// github/codeql-action, src/fingerprints.ts (behaviour, and the cases of its test).
std::vector<std::string> line_hashes(std::string_view text);

}  // namespace forelock::reporters
