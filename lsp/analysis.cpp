#include "lsp/analysis.h"

#include <algorithm>
#include <utility>

#include "analyzer/project/baseline.h"
#include "analyzer/project/discovery.h"
#include "analyzer/project/paths.h"
#include "lsp/narrow_file_system.h"

namespace forelock::lsp {
namespace {

project::Request project_request(std::vector<std::string> paths, std::string working_folder) {
  project::Request request;
  request.paths = std::move(paths);
  request.working_folder = std::move(working_folder);
  return request;
}

/// Sorts the report's parts into the files that they are about.
void distribute(lint::Report report, const std::string& working_folder, AnalysisResult& result) {
  const auto slot = [&](const text::FileRef& file) -> FileAnalysis* {
    if (file == nullptr) return nullptr;
    const auto found = result.files.find(project::absolute(file->path(), working_folder));
    if (found == result.files.end()) return nullptr;
    if (found->second.file == nullptr) found->second.file = file;
    return &found->second;
  };
  for (const text::FileRef& file : report.files) slot(file);
  for (lint::Finding& finding : report.findings) {
    FileAnalysis* analysis = slot(finding.location.file);
    if (analysis == nullptr || finding.suppressed) continue;
    analysis->findings.push_back(std::move(finding));
  }
  for (model::Problem& problem : report.problems) {
    if (FileAnalysis* analysis = slot(problem.file)) {
      analysis->problems.push_back(std::move(problem));
    }
  }
}

/// Whether two readings of a revision stand at the same place of the graph.
bool same_place(const model::Migration& a, const model::Migration& b) {
  return a.revision == b.revision && a.down_revisions == b.down_revisions &&
         a.branch_labels == b.branch_labels && a.depends_on == b.depends_on;
}

}  // namespace

ProjectAnalyzer::History ProjectAnalyzer::read(const project::FileSystem& files,
                                               const AnalysisRequest& request) const {
  History history{
      .working_folder = request.working_folder, .projects = {}, .replayed = {}, .failure = {}};
  project::Request wanted = project_request(request.paths, request.working_folder);
  auto loaded = project::load(files, wanted, rules_);
  if (!loaded) {
    history.failure = std::move(loaded.error());
    wanted.configuration = project::Configuration{};
    loaded = project::load(files, wanted, rules_);
  }
  if (loaded) history.projects = *std::move(loaded);
  for (std::size_t i = 0; i < history.projects.size(); ++i) history.replayed.emplace_back(true);
  return history;
}

bool ProjectAnalyzer::update(History& history, const project::FileSystem& files,
                             const std::string& path) const {
  const std::string shown = project::shown_path(path, history.working_folder);
  for (std::size_t i = 0; i < history.projects.size(); ++i) {
    project::LoadedProject& loaded = history.projects[i];
    for (std::size_t index = 0; index < loaded.project.migrations.size(); ++index) {
      model::Migration& migration = loaded.project.migrations[index];
      if (migration.file == nullptr || migration.file->path() != shown) continue;
      const auto file = files.read(path, shown);
      if (!file) return false;
      if ((*file)->text() == migration.file->text()) return true;
      if (migration.source != model::SourceKind::kAlembic) return false;
      const NarrowFileSystem narrow(files, path);
      project::Request wanted = project_request({path}, history.working_folder);
      wanted.configuration = loaded.configuration;
      wanted.jobs = 1;
      auto one = project::load(narrow, wanted, rules_);
      if (!one || one->size() != 1 || one->front().project.migrations.size() != 1) return false;
      model::Migration& fresh = one->front().project.migrations.front();
      if (fresh.file == nullptr || fresh.file->path() != shown || !same_place(fresh, migration)) {
        return false;
      }
      history.replayed[i].forget_from(index);
      migration = std::move(fresh);
      return true;
    }
  }
  return false;
}

ProjectAnalyzer::History& ProjectAnalyzer::current(const project::FileSystem& files,
                                                   const AnalysisRequest& request) {
  const std::string folder = project::parent_of(request.paths.front());
  const auto known = histories_.find(folder);
  if (known != histories_.end() && known->second.working_folder == request.working_folder &&
      !known->second.failure && std::ranges::all_of(request.paths, [&](const std::string& path) {
        return update(known->second, files, path);
      })) {
    return known->second;
  }
  return histories_[folder] = read(files, request);
}

AnalysisResult ProjectAnalyzer::analyze(const project::FileSystem& files,
                                        const AnalysisRequest& request) {
  AnalysisResult result;
  for (const std::string& path : request.paths) result.files[path];
  if (request.paths.empty()) return result;
  History& history = current(files, request);
  result.failure = history.failure;
  const project::Request wanted = project_request(request.paths, request.working_folder);
  for (std::size_t i = 0; i < history.projects.size(); ++i) {
    project::LoadedProject& loaded = history.projects[i];
    loaded.requested.clear();
    for (const std::string& path : request.paths) {
      loaded.requested.insert(project::shown_path(path, request.working_folder));
    }
    lint::Report report = project::lint_project(loaded, wanted, rules_, history.replayed[i]);
    if (auto applied = project::apply_baseline(report, loaded.configuration, files); !applied) {
      result.failure = std::move(applied.error());
    }
    distribute(std::move(report), request.working_folder, result);
  }
  return result;
}

std::optional<model::Migration> ProjectAnalyzer::migration(const project::FileSystem& files,
                                                           const std::string& path,
                                                           const std::string& working_folder) {
  const History& history = current(files, {.paths = {path}, .working_folder = working_folder});
  for (const project::LoadedProject& loaded : history.projects) {
    for (const model::Migration& migration : loaded.project.migrations) {
      if (migration.file != nullptr &&
          project::absolute(migration.file->path(), working_folder) == path) {
        return migration;
      }
    }
  }
  return std::nullopt;
}

bool may_hold_migration(const std::string& path, std::string_view text, bool cxx) {
  if (path.ends_with(".py")) return project::looks_like_revision(text);
  if (path.ends_with(".sql")) return true;
  return cxx && project::is_cxx_source(path);
}

}  // namespace forelock::lsp
