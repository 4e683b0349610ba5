#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/history/graph.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "reporters/escape.h"
#include "reporters/json_support.h"

namespace forelock::cli {
namespace {

using history::Revision;
using history::RevisionGraph;
using reporters::Json;

struct HistoryOptions {
  PathOptions paths;
  std::string format = "text";
};

/// A project with its graph.
struct Graph {
  const project::LoadedProject& loaded;
  RevisionGraph graph;

  [[nodiscard]] const model::Migration& migration(const Revision& revision) const {
    return loaded.project.migrations[revision.migration];
  }
  [[nodiscard]] bool is_head(std::size_t index) const {
    return std::ranges::find(graph.heads, index) != graph.heads.end();
  }
};

std::string ids(const std::vector<std::string>& list) {
  if (list.empty()) return "<base>";
  std::string text;
  for (const std::string& id : list) text += (text.empty() ? "" : ", ") + reporters::printable(id);
  return text;
}

/// "a, b -> c (head) (merge) [label]  message", as `alembic history` writes it, newest first.
void add_text(std::string& out, const Graph& graph) {
  out += fmt::format("{}: {} revisions, {} head{}\n", reporters::printable(graph.loaded.folder),
                     graph.graph.revisions.size(), graph.graph.heads.size(),
                     graph.graph.heads.size() == 1 ? "" : "s");
  for (auto index = graph.graph.order.rbegin(); index != graph.graph.order.rend(); ++index) {
    const Revision& revision = graph.graph.revisions[*index];
    const model::Migration& migration = graph.migration(revision);
    std::string marks;
    if (graph.is_head(*index)) marks += " (head)";
    if (revision.children.size() > 1) marks += " (branch point)";
    if (migration.down_revisions.size() > 1) marks += " (merge)";
    if (!migration.branch_labels.empty()) marks += " [" + ids(migration.branch_labels) + "]";
    if (!migration.depends_on.empty()) marks += " after " + ids(migration.depends_on);
    out += fmt::format(
        "{} -> {}{}{}{}\n", ids(migration.down_revisions), reporters::printable(revision.id), marks,
        migration.message.empty() ? "" : "  ", reporters::printable(migration.message));
  }
  for (const history::BrokenReference& broken : graph.graph.missing) {
    out += fmt::format("missing: {} of {}\n", reporters::printable(broken.id),
                       reporters::printable(graph.graph.revisions[broken.revision].id));
  }
  for (const auto& group : graph.graph.duplicates) {
    out += fmt::format("duplicate: {} in {} files\n",
                       reporters::printable(graph.graph.revisions[group.front()].id), group.size());
  }
  for (const auto& cycle : graph.graph.cycles) {
    out += "cycle:";
    for (const std::size_t index : cycle) {
      out += " " + reporters::printable(graph.graph.revisions[index].id);
    }
    out += '\n';
  }
}

Json ids_of(const Graph& graph, const std::vector<std::size_t>& indexes) {
  Json list = Json::array();
  for (const std::size_t index : indexes) list.push_back(graph.graph.revisions[index].id);
  return list;
}

Json graph_json(const Graph& graph) {
  Json revisions = Json::array();
  for (const std::size_t index : graph.graph.order) {
    const Revision& revision = graph.graph.revisions[index];
    const model::Migration& migration = graph.migration(revision);
    revisions.push_back({{"revision", revision.id},
                         {"down_revisions", migration.down_revisions},
                         {"depends_on", migration.depends_on},
                         {"branch_labels", migration.branch_labels},
                         {"message", migration.message},
                         {"path", migration.file->path()}});
  }
  Json missing = Json::array();
  for (const history::BrokenReference& broken : graph.graph.missing) {
    missing.push_back({{"revision", graph.graph.revisions[broken.revision].id},
                       {"missing", broken.id},
                       {"dependency", broken.dependency}});
  }
  Json branches = Json::array(), duplicates = Json::array(), cycles = Json::array();
  for (const std::size_t index : graph.graph.order) {
    const Revision& revision = graph.graph.revisions[index];
    if (revision.children.size() > 1) branches.push_back(revision.id);
  }
  for (const auto& group : graph.graph.duplicates) duplicates.push_back(ids_of(graph, group));
  for (const auto& cycle : graph.graph.cycles) cycles.push_back(ids_of(graph, cycle));
  return {{"folder", graph.loaded.folder},
          {"heads", ids_of(graph, graph.graph.heads)},
          {"bases", ids_of(graph, graph.graph.bases)},
          {"branch_points", std::move(branches)},
          {"missing", std::move(missing)},
          {"duplicates", std::move(duplicates)},
          {"cycles", std::move(cycles)},
          {"revisions", std::move(revisions)}};
}

std::string dot_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : reporters::printable(text)) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

void add_dot(std::string& out, const Graph& graph) {
  out += "digraph " + dot_string(graph.loaded.folder) + " {\n";
  for (const std::size_t index : graph.graph.order) {
    const Revision& revision = graph.graph.revisions[index];
    const model::Migration& migration = graph.migration(revision);
    out +=
        fmt::format("  {} [tooltip={}];\n", dot_string(revision.id), dot_string(migration.message));
    for (const std::size_t parent : revision.parents) {
      out += fmt::format("  {} -> {};\n", dot_string(graph.graph.revisions[parent].id),
                         dot_string(revision.id));
    }
    for (const std::size_t dependency : revision.dependencies) {
      out += fmt::format("  {} -> {} [style=dashed];\n",
                         dot_string(graph.graph.revisions[dependency].id), dot_string(revision.id));
    }
  }
  out += "}\n";
}

void print_history(Session& session, const HistoryOptions& options) {
  const auto loaded = load_projects(session, options.paths);
  if (!loaded) return;
  std::string text;
  Json histories = Json::array();
  for (const project::LoadedProject& each : *loaded) {
    const Graph graph{each, history::build_graph(each.project.migrations)};
    if (options.format == "json") {
      histories.push_back(graph_json(graph));
    } else if (options.format == "dot") {
      add_dot(text, graph);
    } else {
      add_text(text, graph);
    }
  }
  if (options.format == "json") {
    text = reporters::dump({{"schema", 1}, {"histories", std::move(histories)}});
  }
  write_output(session, "", text);
}

}  // namespace

void add_history(CLI::App& app, Session& session) {
  auto options = std::make_shared<HistoryOptions>();
  CLI::App* command = app.add_subcommand("history", "Show the graph of revisions");
  add_path_options(*command, options->paths);
  command->add_option("-f,--format", options->format, "text, json or dot (Graphviz)")
      ->check(CLI::IsMember({"text", "json", "dot"}));
  command->callback([options, &session] { print_history(session, *options); });
}

}  // namespace forelock::cli
