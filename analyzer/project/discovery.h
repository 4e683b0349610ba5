#pragma once

// From the paths of a request to the histories behind them, without parsing anything.

#include <expected>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/project/configuration.h"
#include "analyzer/project/file_system.h"
#include "analyzer/project/pipeline.h"

namespace forelock::project {

enum class HistoryKind { kAlembic, kSql, kCxx };

/// One history: the files that belong together. All paths are absolute.
struct FoundHistory {
  HistoryKind kind = HistoryKind::kSql;
  std::string folder;               ///< Where its files lie; of several folders the first.
  std::string script_folder;        ///< Alembic: where env.py lies; may be empty.
  std::string ini;                  ///< Alembic: alembic.ini or pyproject.toml; may be empty.
  std::string root;                 ///< The project's root: modules outside of it are not read.
  std::vector<std::string> files;   ///< In order; helpers that are no revisions may be among them.
  std::set<std::string> requested;  ///< Files asked for by name.
  bool whole = false;               ///< All of it was asked for.
};

/// Histories in order of their folders. A path without migrations gives none.
/// Failure: a path that does not exist.
std::expected<std::vector<FoundHistory>, Failure> discover(const FileSystem& files,
                                                           const std::vector<std::string>& paths,
                                                           const std::string& working_folder,
                                                           const Configuration& configuration);

/// Whether a text assigns `revision` and `down_revision` at the start of a line.
bool looks_like_revision(std::string_view text);
bool is_cxx_source(std::string_view path);

}  // namespace forelock::project
