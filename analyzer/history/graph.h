#pragma once

// The revision graph: parents, heads, order. Alembic's rules, whatever the file names are.

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/model/migration.h"

namespace forelock::history {

struct Revision {
  std::string id;
  std::size_t migration = 0;         ///< Index into the migrations that were given.
  std::vector<std::size_t> parents;  ///< Indexes into RevisionGraph::revisions.
  std::vector<std::size_t> children;
  std::vector<std::size_t> dependencies;  ///< depends_on that could be resolved.
};

struct BrokenReference {
  std::size_t revision = 0;
  std::string id;
  bool dependency = false;
};

struct RevisionGraph {
  std::vector<Revision> revisions;  ///< One per migration that has an id, in the given order.
  std::vector<std::size_t>
      order;  ///< Parents and dependencies first; cycles last. Ties by given order.
  std::vector<std::size_t> heads, bases;
  std::vector<BrokenReference> missing;              ///< Parents and dependencies that no file has.
  std::vector<std::vector<std::size_t>> duplicates;  ///< Groups of revisions with one id.
  std::vector<std::vector<std::size_t>> cycles;
  [[nodiscard]] const Revision* find(std::string_view id) const;
};

/// Ids may be written shortened (a unique prefix), as branch labels, and as `label@id` in
/// depends_on.
RevisionGraph build_graph(const std::vector<model::Migration>& migrations);

/// Revisions from `range`, in order: "A:B" (after A up to B), "A:", ":B", or one id. Errors:
/// unknown id.
std::expected<std::vector<std::size_t>, text::Error> select_range(const RevisionGraph& graph,
                                                                  std::string_view range);

}  // namespace forelock::history
