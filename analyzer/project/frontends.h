#pragma once

// Reads the files of one found history into a project: one function per kind of source.

#include <optional>
#include <string>
#include <vector>

#include "analyzer/model/project.h"
#include "analyzer/project/discovery.h"
#include "analyzer/project/modules.h"

namespace forelock::project {

/// What reading a history needs beside its files.
struct ReadContext {
  const FileSystem& files;
  ParseCache& cache;
  const Configuration& configuration;
  std::string working_folder;
  std::string compile_commands;
  unsigned jobs = 0;
};

/// A file's text at another commit.
struct OldFile {
  std::string path;  ///< Absolute.
  std::string text;
};

/// The settings that the configuration alone decides.
model::Settings configured_settings(const Configuration& configuration);

/// A history of Alembic revisions, in the order of its graph. Files that are no revisions are left
/// out.
model::Project read_alembic(const FoundHistory& found, const ReadContext& context);
/// The same history from `old_files`. What did not change is taken from `now`.
model::Project read_alembic_at(const FoundHistory& found, const ReadContext& context,
                               const model::Project& now, const std::vector<OldFile>& old_files);

/// A folder of .sql files, in the order of their names; emitted streams among them are left out
/// and named in `streams`.
model::Project read_sql_folder(const FoundHistory& found, const ReadContext& context,
                               std::vector<text::FileRef>& streams);
model::Project read_sql_folder_at(const FoundHistory& found, const ReadContext& context,
                                  const std::vector<OldFile>& old_files);

/// Each C++ source as one migration whose steps are the SQL in it.
model::Project read_cxx(const FoundHistory& found, const ReadContext& context);

/// The stream as a history of its own: each revision is a migration in the stream's file.
model::Project read_stream(const text::FileRef& stream, const ReadContext& context);
/// Puts what the stream says about revisions of `project` in the place of their compiled steps, so
/// that findings stand on the lines of the migration files. Shown paths of the revisions that the
/// stream holds, or nothing when `project` lacks one of them.
std::optional<std::vector<std::string>> join_stream(model::Project& project,
                                                    const text::FileRef& stream);

}  // namespace forelock::project
