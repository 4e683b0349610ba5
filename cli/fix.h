#pragma once

// Applies what findings propose: `check --fix`, and `--diff`, which only shows it.

#include <cstddef>
#include <string>
#include <vector>

#include "analyzer/lint/finding.h"
#include "analyzer/text/edit.h"

namespace forelock::cli {

/// What would change in one file.
struct FileFix {
  text::FileRef file;
  std::vector<text::Edit> edits;  ///< Ascending, not overlapping.
  std::string fixed;              ///< The text afterwards.
};

/// One fix of each finding that has an applicable one, the first found where two overlap. Files
/// that could not be parsed are left alone. `unsafe`: also fixes that change what a migration does.
std::vector<FileFix> collect_fixes(const lint::Report& report, bool unsafe);

/// Fixes that `--unsafe-fixes` would apply beyond those.
std::size_t count_unsafe_fixes(const lint::Report& report);

/// A unified diff with three lines of context.
std::string unified_diff(const FileFix& fix);

}  // namespace forelock::cli
