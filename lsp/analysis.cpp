#include "lsp/analysis.h"

#include <utility>

#include "analyzer/project/discovery.h"
#include "analyzer/project/paths.h"

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

}  // namespace

AnalysisResult ProjectAnalyzer::analyze(const project::FileSystem& files,
                                        const AnalysisRequest& request) {
  AnalysisResult result;
  for (const std::string& path : request.paths) result.files[path];
  project::Request wanted = project_request(request.paths, request.working_folder);
  auto report = project::check(files, wanted, rules_);
  if (!report) {
    result.failure = std::move(report.error());
    wanted.configuration = project::Configuration{};
    report = project::check(files, wanted, rules_);
  }
  if (report) distribute(*std::move(report), request.working_folder, result);
  return result;
}

std::optional<model::Migration> ProjectAnalyzer::migration(const project::FileSystem& files,
                                                           const std::string& path,
                                                           const std::string& working_folder) {
  auto loaded = project::load(files, project_request({path}, working_folder), rules_);
  if (!loaded) return std::nullopt;
  for (project::LoadedProject& project : *loaded) {
    for (model::Migration& migration : project.project.migrations) {
      if (migration.file != nullptr &&
          project::absolute(migration.file->path(), working_folder) == path) {
        return std::move(migration);
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
