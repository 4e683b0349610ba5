#include "analyzer/history/graph.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>
#include <unordered_map>
#include <utility>

namespace forelock::history {
namespace {

/// Ids and labels of a graph under construction. The first revision of an id keeps it.
struct Names {
  std::unordered_map<std::string_view, std::size_t> ids;
  std::unordered_map<std::string_view, std::size_t> labels;
};

std::optional<std::size_t> look_up(const std::unordered_map<std::string_view, std::size_t>& map,
                                   std::string_view name) {
  const auto found = map.find(name);
  if (found == map.end()) return {};
  return found->second;
}

/// The one revision whose id starts with `prefix`; nothing when there is none or several.
std::optional<std::size_t> unique_prefix(const std::vector<Revision>& revisions,
                                         std::string_view prefix) {
  if (prefix.empty()) return {};
  std::optional<std::size_t> result;
  for (std::size_t i = 0; i < revisions.size(); ++i) {
    if (!revisions[i].id.starts_with(prefix)) continue;
    if (result && revisions[*result].id != revisions[i].id) return {};
    if (!result) result = i;
  }
  return result;
}

/// What `depends_on` names: an id, a branch label, `label@id`, or a shortened id.
std::optional<std::size_t> resolve_dependency(const std::vector<Revision>& revisions,
                                              const Names& names, std::string_view name) {
  if (const auto at = name.find('@'); at != std::string_view::npos) {
    const std::string_view label = name.substr(0, at);
    name.remove_prefix(at + 1);
    if (name == "head" || name == "base" || name.empty()) return look_up(names.labels, label);
  }
  if (const auto id = look_up(names.ids, name)) return id;
  if (const auto label = look_up(names.labels, name)) return label;
  return unique_prefix(revisions, name);
}

Names name_revisions(RevisionGraph& graph, const std::vector<model::Migration>& migrations) {
  Names names;
  std::unordered_map<std::size_t, std::size_t> group_of;
  for (std::size_t i = 0; i < graph.revisions.size(); ++i) {
    const auto [entry, fresh] = names.ids.try_emplace(graph.revisions[i].id, i);
    if (!fresh) {
      const auto [group, first] = group_of.try_emplace(entry->second, graph.duplicates.size());
      if (first) graph.duplicates.push_back({entry->second});
      graph.duplicates[group->second].push_back(i);
    }
    for (const std::string& label : migrations[graph.revisions[i].migration].branch_labels) {
      names.labels.try_emplace(label, i);
    }
  }
  return names;
}

void add_once(std::vector<std::size_t>& list, std::size_t value) {
  if (std::ranges::find(list, value) == list.end()) list.push_back(value);
}

void connect(RevisionGraph& graph, const Names& names,
             const std::vector<model::Migration>& migrations) {
  for (std::size_t i = 0; i < graph.revisions.size(); ++i) {
    Revision& revision = graph.revisions[i];
    const model::Migration& migration = migrations[revision.migration];
    for (const std::string& parent : migration.down_revisions) {
      if (const auto found = look_up(names.ids, parent)) {
        add_once(revision.parents, *found);
        add_once(graph.revisions[*found].children, i);
      } else {
        graph.missing.push_back({i, parent, false});
      }
    }
    for (const std::string& dependency : migration.depends_on) {
      if (const auto found = resolve_dependency(graph.revisions, names, dependency)) {
        add_once(revision.dependencies, *found);
      } else {
        graph.missing.push_back({i, dependency, true});
      }
    }
    if (migration.down_revisions.empty()) graph.bases.push_back(i);
  }
  for (std::size_t i = 0; i < graph.revisions.size(); ++i) {
    if (graph.revisions[i].children.empty()) graph.heads.push_back(i);
  }
}

/// Kahn's algorithm; among what is ready the first given comes first. Returns what a cycle holds
/// back, in given order.
std::vector<std::size_t> sort_topologically(RevisionGraph& graph) {
  const std::size_t count = graph.revisions.size();
  std::vector<std::size_t> waits_for(count, 0);
  std::vector<std::vector<std::size_t>> followers(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::size_t> before = graph.revisions[i].parents;
    for (const std::size_t dependency : graph.revisions[i].dependencies) {
      add_once(before, dependency);
    }
    waits_for[i] = before.size();
    for (const std::size_t other : before) followers[other].push_back(i);
  }
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < count; ++i) {
    if (waits_for[i] == 0) ready.push(i);
  }
  std::vector<bool> done(count, false);
  while (!ready.empty()) {
    const std::size_t next = ready.top();
    ready.pop();
    done[next] = true;
    graph.order.push_back(next);
    for (const std::size_t follower : followers[next]) {
      if (--waits_for[follower] == 0) ready.push(follower);
    }
  }
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < count; ++i) {
    if (!done[i]) rest.push_back(i);
  }
  return rest;
}

/// Strongly connected components with an edge inside, by Tarjan's algorithm without recursion.
class CycleFinder {
 public:
  explicit CycleFinder(const RevisionGraph& graph)
      : graph_(graph),
        number_(graph.revisions.size(), 0),
        low_(graph.revisions.size(), 0),
        on_stack_(graph.revisions.size(), false) {}

  std::vector<std::vector<std::size_t>> find(const std::vector<std::size_t>& among) {
    for (const std::size_t start : among) {
      if (number_[start] == 0) visit(start);
    }
    for (auto& cycle : cycles_) std::ranges::sort(cycle);
    std::ranges::sort(cycles_);
    return std::move(cycles_);
  }

 private:
  struct Frame {
    std::size_t node;
    std::size_t next_edge;
  };

  [[nodiscard]] std::optional<std::size_t> edge(std::size_t node, std::size_t index) const {
    const Revision& revision = graph_.revisions[node];
    if (index < revision.parents.size()) return revision.parents[index];
    index -= revision.parents.size();
    if (index < revision.dependencies.size()) return revision.dependencies[index];
    return {};
  }

  void enter(std::size_t node) {
    number_[node] = low_[node] = ++counter_;
    stack_.push_back(node);
    on_stack_[node] = true;
    frames_.push_back({node, 0});
  }

  void visit(std::size_t start) {
    enter(start);
    while (!frames_.empty()) {
      const std::size_t node = frames_.back().node;
      const auto target = edge(node, frames_.back().next_edge++);
      if (target) {
        if (number_[*target] == 0) {
          enter(*target);
        } else if (on_stack_[*target]) {
          low_[node] = std::min(low_[node], number_[*target]);
        }
        continue;
      }
      frames_.pop_back();
      if (!frames_.empty()) {
        std::size_t& parent_low = low_[frames_.back().node];
        parent_low = std::min(parent_low, low_[node]);
      }
      if (low_[node] == number_[node]) close(node);
    }
  }

  void close(std::size_t root) {
    std::vector<std::size_t> component;
    std::size_t node = 0;
    do {
      node = stack_.back();
      stack_.pop_back();
      on_stack_[node] = false;
      component.push_back(node);
    } while (node != root);
    const Revision& revision = graph_.revisions[root];
    const bool loops =
        std::ranges::find(revision.parents, root) != revision.parents.end() ||
        std::ranges::find(revision.dependencies, root) != revision.dependencies.end();
    if (component.size() > 1 || loops) cycles_.push_back(std::move(component));
  }

  const RevisionGraph& graph_;
  std::vector<std::size_t> number_, low_;
  std::vector<bool> on_stack_;
  std::size_t counter_ = 0;
  std::vector<std::size_t> stack_;
  std::vector<Frame> frames_;
  std::vector<std::vector<std::size_t>> cycles_;
};

/// `starts` and everything that they stand on.
std::vector<bool> with_ancestors(const RevisionGraph& graph, std::vector<std::size_t> starts) {
  std::vector<bool> seen(graph.revisions.size(), false);
  while (!starts.empty()) {
    const std::size_t node = starts.back();
    starts.pop_back();
    if (seen[node]) continue;
    seen[node] = true;
    const Revision& revision = graph.revisions[node];
    starts.insert(starts.end(), revision.parents.begin(), revision.parents.end());
    starts.insert(starts.end(), revision.dependencies.begin(), revision.dependencies.end());
  }
  return seen;
}

using Selection = std::expected<std::vector<std::size_t>, text::Error>;

/// The revisions that one end of a range names.
Selection end_of_range(const RevisionGraph& graph, std::string_view name) {
  if (name == "head" || name == "heads") return graph.heads;
  if (name == "base") return std::vector<std::size_t>{};
  if (const Revision* revision = graph.find(name)) {
    return std::vector{static_cast<std::size_t>(revision - graph.revisions.data())};
  }
  if (const auto found = unique_prefix(graph.revisions, name)) return std::vector{*found};
  return std::unexpected(
      text::Error{text::Error::Kind::kNotFound, "no revision \"" + std::string(name) + "\""});
}

}  // namespace

const Revision* RevisionGraph::find(std::string_view id) const {
  const auto found = std::ranges::find_if(revisions, [&](const Revision& r) { return r.id == id; });
  return found == revisions.end() ? nullptr : &*found;
}

RevisionGraph build_graph(const std::vector<model::Migration>& migrations) {
  RevisionGraph graph;
  graph.revisions.reserve(migrations.size());
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].revision.empty()) continue;
    Revision& revision = graph.revisions.emplace_back();
    revision.id = migrations[i].revision;
    revision.migration = i;
  }
  const Names names = name_revisions(graph, migrations);
  connect(graph, names, migrations);
  const std::vector<std::size_t> rest = sort_topologically(graph);
  if (!rest.empty()) {
    graph.cycles = CycleFinder(graph).find(rest);
    graph.order.insert(graph.order.end(), rest.begin(), rest.end());
  }
  return graph;
}

std::expected<std::vector<std::size_t>, text::Error> select_range(const RevisionGraph& graph,
                                                                  std::string_view range) {
  const auto colon = range.find(':');
  if (colon == std::string_view::npos) {
    Selection one = end_of_range(graph, range);
    return one;
  }
  const std::string_view from = range.substr(0, colon), to = range.substr(colon + 1);
  const Selection after = end_of_range(graph, from.empty() ? "base" : from);
  if (!after) return after;
  const Selection up_to = to.empty() ? Selection(graph.heads) : end_of_range(graph, to);
  if (!up_to) return up_to;
  const std::vector<bool> excluded = with_ancestors(graph, *after);
  const std::vector<bool> included = with_ancestors(graph, *up_to);
  std::vector<std::size_t> result;
  for (const std::size_t index : graph.order) {
    if (included[index] && !excluded[index]) result.push_back(index);
  }
  return result;
}

}  // namespace forelock::history
