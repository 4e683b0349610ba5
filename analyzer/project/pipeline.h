#pragma once

// From paths to projects to a report: the layer that ties the others together.

#include <expected>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "analyzer/lint/engine.h"
#include "analyzer/model/project.h"
#include "analyzer/project/configuration.h"
#include "analyzer/project/file_system.h"

namespace forelock::project {

/// What the user asked for, over what the configuration says.
struct Request {
  std::vector<std::string> paths;  ///< Files and folders; empty: ".".
  std::string working_folder;      ///< Absolute; shown paths are relative to it.
  std::optional<int> pg_version;
  std::string base_ref;  ///< Git ref whose revisions count as applied.
  std::vector<std::string> select, extend_select, ignore;
  std::map<std::string, lint::Severity, std::less<>> severities;
  std::optional<std::string> start_after;
  std::string compile_commands;           ///< For C++ sources; may be empty.
  std::optional<std::string> stdin_text;  ///< Path "-".
  std::string stdin_name;
  std::optional<Configuration> configuration;  ///< Given instead of searched.
  unsigned jobs = 0;                           ///< 0: one per core.
};

/// Why a run could not be done (exit code 2).
struct Failure {
  std::string message;
  std::string path = {};
  std::uint32_t line1 = 0, column1 = 0;
};

struct LoadedProject {
  model::Project project;
  Configuration configuration;
  std::string folder;                            ///< Of the history, shown.
  std::set<std::string, std::less<>> requested;  ///< Shown paths asked for; empty: all of it.
  std::optional<model::Project> base;
};

/// Discovers and reads everything: alembic.ini or versions folders from any path in a project, .sql
/// folders in order of file names, C++ sources, emitted streams.
std::expected<std::vector<LoadedProject>, Failure> load(const FileSystem& files,
                                                        const Request& request,
                                                        std::span<const lint::Rule* const> rules);

/// Lints one loaded project: the selected rules, suppressions, per-file ignores. `replayed` is what
/// an earlier run on it replayed.
lint::Report lint_project(const LoadedProject& loaded, const Request& request,
                          std::span<const lint::Rule* const> rules,
                          lint::ReplayedHistory& replayed);

/// A report with what a reporter and an exit code need beside it.
struct Checked {
  lint::Report report;
  std::vector<const lint::Rule*> enabled;  ///< In any of the projects, in the order of `rules`.
  Configuration configuration;             ///< Of the first project, else of the first path.
};
/// load() and lint. `with_baseline`: findings of the configured baseline are suppressed.
std::expected<Checked, Failure> check_all(const FileSystem& files, const Request& request,
                                          std::span<const lint::Rule* const> rules,
                                          bool with_baseline = true);

/// check_all() for those who need the report alone.
std::expected<lint::Report, Failure> check(const FileSystem& files, const Request& request,
                                           std::span<const lint::Rule* const> rules);

}  // namespace forelock::project
