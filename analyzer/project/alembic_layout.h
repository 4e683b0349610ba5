#pragma once

// Where the parts of an Alembic project lie: alembic.ini, env.py, the folders of revisions.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/project/configuration.h"
#include "analyzer/project/file_system.h"

namespace forelock::project {

/// Folders that hold no sources of the project.
inline constexpr std::array<std::string_view, 14> kNeverEntered = {
    ".git", ".hg",           ".svn",        ".venv",       "venv",  "node_modules", ".tox",
    ".nox", "site-packages", "__pycache__", ".mypy_cache", "build", "dist",         ".eggs"};

/// What an alembic.ini or [tool.alembic] says about where things are.
struct AlembicIni {
  std::string path;
  std::string script_location;                 ///< Relative, packages as folders; may be empty.
  std::vector<std::string> version_locations;  ///< As written.
  bool recursive = false;                      ///< Folders below the version locations count too.
};

/// Reads the file system only; borrows what it is given.
class AlembicLayout {
 public:
  AlembicLayout(const FileSystem& files, std::string_view working_folder,
                const Configuration& configuration)
      : files_(files), working_folder_(working_folder), configuration_(configuration) {}

  /// The folder of env.py at or above a folder of revisions; empty when there is none near.
  [[nodiscard]] std::string script_folder_of(const std::string& versions) const;
  /// The ini files in a folder and in the folders where projects keep their configuration.
  [[nodiscard]] std::vector<AlembicIni> inis_at(const std::string& folder) const;
  /// The ini of a script folder, upward from it. A location in it may be one of another machine or
  /// of a package, so that the folder's name has to do.
  [[nodiscard]] std::optional<AlembicIni> ini_for(const std::string& script,
                                                  const std::string& versions) const;
  /// Folders of revisions that an ini names, that exist, and that lie in its project. `script`: the
  /// script folder, where it is known.
  [[nodiscard]] std::vector<std::string> version_folders(const AlembicIni& ini,
                                                         const std::string& script) const;
  /// Python files that Alembic would load from a folder, by name.
  [[nodiscard]] std::vector<std::string> revision_files(const std::string& folder,
                                                        bool recursive) const;
  /// The repository's folder; without one, the topmost that looks like a project's, or the one that
  /// holds the script folder.
  [[nodiscard]] std::string project_root(const std::string& folder) const;
  /// Whether nothing above the folder belongs to its project.
  [[nodiscard]] bool is_top(const std::string& folder) const;

 private:
  [[nodiscard]] std::optional<AlembicIni> read_ini(const std::string& path) const;

  const FileSystem& files_;
  std::string_view working_folder_;
  const Configuration& configuration_;
};

/// How far up an alembic.ini or env.py is looked for.
inline constexpr int kMaxFoldersUp = 16;

}  // namespace forelock::project
