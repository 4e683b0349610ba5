#pragma once

// Findings for open files, by the same engine as `forelock check`.

#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/lint/finding.h"
#include "analyzer/lint/replayed_history.h"
#include "analyzer/lint/rule.h"
#include "analyzer/model/migration.h"
#include "analyzer/project/file_system.h"
#include "analyzer/project/pipeline.h"

namespace forelock::lsp {

/// What is known about one file.
struct FileAnalysis {
  text::FileRef file;  ///< Null when the engine did not read it: it is no migration.
  std::vector<lint::Finding> findings;  ///< Without suppressed ones; by position.
  std::vector<model::Problem> problems;
};

struct AnalysisRequest {
  std::vector<std::string> paths;  ///< Absolute; files of one folder.
  std::string working_folder;      ///< Absolute.
};

struct AnalysisResult {
  std::map<std::string, FileAnalysis, std::less<>> files;  ///< One per path asked for.
  /// Why the configuration (or the project) could not be read; the files were then checked with
  /// defaults, where that was possible.
  std::optional<project::Failure> failure;
};

/// The seam between the session and the engine; a test may put a double here.
class Analyzer {
 public:
  virtual ~Analyzer() = default;
  virtual AnalysisResult analyze(const project::FileSystem& files,
                                 const AnalysisRequest& request) = 0;
  /// The migration that a file holds, for edits of its source; nothing when it holds none.
  virtual std::optional<model::Migration> migration(const project::FileSystem& files,
                                                    const std::string& path,
                                                    const std::string& working_folder) = 0;
  /// Files other than open ones have changed, or may have: nothing that was read holds any more.
  virtual void forget() {}
};

/// The real engine. Keeps each history as it was last read and replayed: a keystroke in a revision
/// compiles that revision and replays it and those after it; other changes read the history again.
class ProjectAnalyzer : public Analyzer {
 public:
  explicit ProjectAnalyzer(std::span<const lint::Rule* const> rules) : rules_(rules) {}
  AnalysisResult analyze(const project::FileSystem& files, const AnalysisRequest& request) override;
  std::optional<model::Migration> migration(const project::FileSystem& files,
                                            const std::string& path,
                                            const std::string& working_folder) override;
  void forget() override { histories_.clear(); }

 private:
  /// What was read for the files of one folder.
  struct History {
    std::string working_folder;
    std::vector<project::LoadedProject> projects;
    std::vector<lint::ReplayedHistory> replayed;  ///< One for each project.
    std::optional<project::Failure> failure;
  };
  /// The history that the files of the request belong to, as it is now.
  History& current(const project::FileSystem& files, const AnalysisRequest& request);
  History read(const project::FileSystem& files, const AnalysisRequest& request) const;
  /// Brings one file up to date; false when the whole history must be read again.
  bool update(History& history, const project::FileSystem& files, const std::string& path) const;

  std::span<const lint::Rule* const> rules_;
  std::map<std::string, History, std::less<>> histories_;  ///< By folder of the files.
};

/// Whether a document can hold a migration, told without parsing it: an editor attaches the server
/// to every Python file. `cxx`: C++ sources count too.
bool may_hold_migration(const std::string& path, std::string_view text, bool cxx);

}  // namespace forelock::lsp
