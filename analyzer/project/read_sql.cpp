#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "analyzer/project/frontends.h"
#include "analyzer/project/parallel.h"
#include "analyzer/project/paths.h"
#include "analyzer/project/sql_files.h"
#include "analyzer/sql/script.h"

namespace forelock::project {
namespace {

/// One script of a folder, read.
struct Script {
  SqlName name;
  text::FileRef file;
  std::optional<model::Migration> migration;
  std::optional<model::Problem> problem;
  bool stream = false;
};

void read_one(Script& script, bool one_transaction) {
  if (sql::is_emitted_stream(script.file->text())) {
    script.stream = true;
    return;
  }
  try {
    script.migration = read_sql_migration(script.file, one_transaction);
  } catch (const std::exception& error) {
    script.problem = model::Problem{model::Problem::Kind::kInternal, script.file, {}, error.what()};
  }
}

/// Pairs directions and chains what follows.
model::Project assemble(std::vector<Script>& scripts, const FoundHistory& found,
                        const ReadContext& context) {
  model::Project project;
  project.name = shown_path(found.folder, context.working_folder);
  project.settings = configured_settings(context.configuration);
  std::map<std::string, std::size_t> by_key;
  std::vector<model::Migration> repeatable;
  for (Script& script : scripts) {
    if (script.problem) project.problems.push_back(std::move(*script.problem));
    if (!script.migration || script.name.downgrade) continue;
    if (script.name.repeatable) {
      repeatable.push_back(std::move(*script.migration));
      continue;
    }
    by_key.try_emplace(script.name.key, project.migrations.size());
    project.migrations.push_back(std::move(*script.migration));
  }
  for (Script& script : scripts) {
    if (!script.migration || !script.name.downgrade) continue;
    const auto up = by_key.find(script.name.key);
    // A script that only undoes something whose other half is missing is no part of the history.
    if (up != by_key.end()) {
      join_downgrade(project.migrations[up->second], std::move(*script.migration));
    }
  }
  std::ranges::move(repeatable, std::back_inserter(project.migrations));
  for (std::size_t i = 0; i < project.migrations.size(); ++i) {
    model::Migration& migration = project.migrations[i];
    if (migration.revision.empty()) migration.revision = migration.file->path();
    if (i > 0 && migration.down_revisions.empty()) {
      migration.down_revisions.push_back(project.migrations[i - 1].revision);
    }
  }
  return project;
}

}  // namespace

model::Settings configured_settings(const Configuration& configuration) {
  model::Settings settings;
  settings.pg_version = configuration.pg_version.value_or(kDefaultPgVersion);
  settings.pg_version_assumed = !configuration.pg_version.has_value();
  if (!configuration.dialect.empty()) settings.dialect = configuration.dialect;
  if (configuration.transaction == "per-migration") settings.transaction_per_migration = true;
  if (configuration.transaction == "none") settings.transactional_ddl = false;
  return settings;
}

model::Project read_sql_folder(const FoundHistory& found, const ReadContext& context,
                               std::vector<text::FileRef>& streams) {
  std::vector<Script> scripts(found.files.size());
  const bool one_transaction = context.configuration.sql_transaction == "file";
  parallel_for(scripts.size(), context.jobs, [&](std::size_t i) {
    const std::string& path = found.files[i];
    scripts[i].name = classify_sql_name(shown_path(path, found.folder));
    auto file = context.files.read(path, shown_path(path, context.working_folder));
    if (file) {
      scripts[i].file = std::move(*file);
      read_one(scripts[i], one_transaction);
    } else {
      scripts[i].problem = model::Problem{
          model::Problem::Kind::kRead, nullptr, {}, path + ": " + file.error().message};
    }
  });
  for (const Script& script : scripts) {
    if (script.stream) streams.push_back(script.file);
  }
  return assemble(scripts, found, context);
}

model::Project read_sql_folder_at(const FoundHistory& found, const ReadContext& context,
                                  const std::vector<OldFile>& old_files) {
  std::vector<Script> scripts(old_files.size());
  parallel_for(scripts.size(), context.jobs, [&](std::size_t i) {
    scripts[i].name = classify_sql_name(shown_path(old_files[i].path, found.folder));
    scripts[i].file = std::make_shared<const text::SourceFile>(
        shown_path(old_files[i].path, context.working_folder), old_files[i].text);
    read_one(scripts[i], context.configuration.sql_transaction == "file");
  });
  return assemble(scripts, found, context);
}

}  // namespace forelock::project
