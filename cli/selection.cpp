#include "cli/selection.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "analyzer/history/graph.h"

namespace forelock::cli {
namespace {

/// A script is named by its path, or by the end of it.
std::string full_id(const model::Project& project, std::string_view id) {
  if (id.empty()) return {};
  for (const model::Migration& migration : project.migrations) {
    if (migration.source != model::SourceKind::kAlembic && migration.revision.ends_with(id)) {
      return migration.revision;
    }
  }
  return std::string(id);
}

std::string full_range(const model::Project& project, std::string_view range) {
  const auto colon = range.find(':');
  if (colon == std::string_view::npos) return full_id(project, range);
  return full_id(project, range.substr(0, colon)) + ":" + full_id(project, range.substr(colon + 1));
}

}  // namespace

std::optional<std::vector<std::size_t>> select_migrations(Session& session,
                                                          const project::LoadedProject& loaded,
                                                          const std::string& range) {
  const std::vector<model::Migration>& migrations = loaded.project.migrations;
  std::vector<std::size_t> result;
  if (range.empty()) {
    for (std::size_t i = 0; i < migrations.size(); ++i) {
      if (loaded.requested.empty() || loaded.requested.contains(migrations[i].file->path())) {
        result.push_back(i);
      }
    }
    return result;
  }
  const history::RevisionGraph graph = history::build_graph(migrations);
  const auto selected = history::select_range(graph, full_range(loaded.project, range));
  if (!selected) {
    session.fail(loaded.folder + ": " + selected.error().message);
    return {};
  }
  for (const std::size_t revision : *selected) {
    result.push_back(graph.revisions[revision].migration);
  }
  std::ranges::sort(result);
  return result;
}

}  // namespace forelock::cli
