#pragma once

// libpg_query and the JSON reader behind one small class: the only place that includes pg_query.h.

#include <cstddef>
#include <expected>
#include <string>

#include "analyzer/sql/node.h"
#include "analyzer/sql/parse.h"

namespace forelock::sql {

/// PostgreSQL's parser. Keeps its memory from one statement to the next; not shared by threads.
class PgParser {
 public:
  struct Tree {
    Node statement;         ///< The first one; views the parser until its next call.
    std::size_t count = 0;  ///< Of statements in the text.
    int version = 0;        ///< Of the grammar, e.g. 180006.
  };

  /// The tree of `sql`, which holds no NUL byte and is valid UTF-8. Positions count from its start.
  std::expected<Tree, SyntaxError> parse(const std::string& sql);

 private:
  simdjson::dom::parser reader_;
};

}  // namespace forelock::sql
