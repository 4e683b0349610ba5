#pragma once

// SELECT and the queries that INSERT, UPDATE, DELETE and MERGE hold.

#include <string>
#include <vector>

#include "analyzer/model/expression.h"
#include "analyzer/sql/context.h"

namespace forelock::sql {

/// A query of any kind (SelectStmt, or a statement in WITH); `range` are its tokens, or empty where
/// they are not known. What it reads is also added to the query around it.
model::Query lower_query(Context& context, Node query, TokenRange range);

/// Adds what the statement reads and writes to `context.query`; its target counts as a write.
void collect_statement(Context& context, Node statement);

/// Adds the items of a FROM or USING clause.
void collect_from(Context& context, NodeList items);

/// Opens the names of a WITH clause for as long as it lives and collects its queries.
class WithScope {
 public:
  WithScope(Context& context, Node with_clause);
  WithScope(const WithScope&) = delete;
  WithScope& operator=(const WithScope&) = delete;
  ~WithScope();

 private:
  void open(Node cte);

  Context& context_;
  std::vector<std::string> names_;
};

}  // namespace forelock::sql
