#pragma once

// What the commands share: streams, the outside world, options for paths and configuration.

#include <expected>
#include <istream>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "analyzer/lint/rule.h"
#include "analyzer/project/file_system.h"
#include "analyzer/project/pipeline.h"

namespace CLI {
class App;
}

namespace forelock::cli {

/// Source: README, "Use it".
enum ExitCode : int { kClean = 0, kFindings = 1, kCouldNotRun = 2 };

/// One run of the binary. Commands read and write only through it; reports go to `out`, everything
/// else to `err`.
struct Session {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  std::string working_folder;     ///< Absolute.
  bool color_by_default = false;  ///< The output is a terminal that wants colour.
  const project::FileSystem& files;
  std::span<const lint::Rule* const> rules;
  int exit_code = kClean;

  /// "forelock: MESSAGE" on `err`.
  void note(std::string_view message) const;
  /// The same, and the exit code says that the run could not be done.
  void fail(std::string_view message);
  void fail(const project::Failure& failure);
};

/// Options that every command on histories has.
struct PathOptions {
  std::vector<std::string> paths;
  std::string config;
  bool isolated = false;
  int pg_version = 0;
  unsigned jobs = 0;
  std::string stdin_filename;
};

void add_path_options(CLI::App& command, PathOptions& options);
/// The request of the options; paths that are not there are failures of the session and left out.
/// Nothing when no path is left or the configuration cannot be read.
std::optional<project::Request> make_request(Session& session, const PathOptions& options);
/// The histories of the options; failures are the session's.
std::optional<std::vector<project::LoadedProject>> load_projects(Session& session,
                                                                 const PathOptions& options);

}  // namespace forelock::cli
