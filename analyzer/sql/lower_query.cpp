#include "analyzer/sql/lower_query.h"

#include <algorithm>
#include <utility>

#include "analyzer/sql/lower_expression.h"

namespace forelock::sql {
namespace {

using model::Query;
using model::RelationUse;

void collect_relation(Context& context, Node range_var, bool write) {
  if (context.query == nullptr || !range_var) return;
  RelationUse use;
  use.name = relation_name(range_var);
  const bool is_cte = !write && use.name.schema.empty() && context.ctes.contains(use.name.name);
  if (is_cte) return;
  use.alias = range_var.fixed("alias").string("aliasname");
  use.target_of_write = write;
  use.only = !range_var.flag("inh");
  use.span = relation_span(context, range_var);
  context.query->relations.push_back(std::move(use));
}

void collect_from_item(Context& context, Node item) {
  const DepthGuard guard(context);
  if (guard.too_deep()) return;
  if (item.is("RangeVar")) {
    collect_relation(context, item, false);
  } else if (item.is("JoinExpr")) {
    collect_from_item(context, item.child("larg"));
    collect_from_item(context, item.child("rarg"));
    collect(context, item.child("quals"));
  } else if (item.is("RangeSubselect")) {
    collect_statement(context, item.child("subquery"));
  } else if (item.is("RangeTableSample")) {
    collect_from_item(context, item.child("relation"));
    collect(context, item.list("args"));
  } else if (item.is("RangeFunction")) {
    collect(context, item.list("functions"));
  } else {
    collect(context, item);
  }
}

// ---- names of output columns ------------------------------------------------------------------

/// The name that PostgreSQL gives an output column without AS; empty where it has none of its own.
/// Source: PostgreSQL 18, FigureColnameInternal() in src/backend/parser/parse_target.c.
std::string figured_name(const model::Expression& expression) {
  using model::ExpressionKind;
  switch (expression.kind) {
    case ExpressionKind::kColumn:
    case ExpressionKind::kFunction:
      return expression.name;
    case ExpressionKind::kCast: {
      const std::string inner = expression.args.empty() ? "" : figured_name(expression.args[0]);
      return inner.empty() && expression.type ? expression.type->name.name : inner;
    }
    case ExpressionKind::kCollate:
      return expression.args.empty() ? "" : figured_name(expression.args[0]);
    case ExpressionKind::kCase: {
      const bool has_else = !expression.args.empty();
      const std::string inner = has_else ? figured_name(expression.args.back()) : "";
      return inner.empty() ? "case" : inner;
    }
    case ExpressionKind::kCoalesce:
      return "coalesce";
    case ExpressionKind::kNullIf:
      return "nullif";
    case ExpressionKind::kArray:
      return "array";
    case ExpressionKind::kRow:
      return "row";
    case ExpressionKind::kMinMax:
    case ExpressionKind::kValueFunction: {
      std::string name = expression.name;
      std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      return name;
    }
    case ExpressionKind::kSubquery:
      if (expression.name == "EXISTS") return "exists";
      if (expression.name == "ARRAY") return "array";
      if (!expression.name.empty() || !expression.query || expression.query->targets.empty()) {
        return {};
      }
      return expression.query->targets[0].name;
    case ExpressionKind::kOther:
      if (expression.name.starts_with('.')) {
        return expression.name.substr(expression.name.rfind('.') + 1);
      }
      if (!expression.name.empty() || expression.args.empty()) return {};
      return figured_name(expression.args[0]);
    case ExpressionKind::kConstant:
    case ExpressionKind::kParameter:
    case ExpressionKind::kOperator:
    case ExpressionKind::kAnd:
    case ExpressionKind::kOr:
    case ExpressionKind::kNot:
    case ExpressionKind::kIsNull:
    case ExpressionKind::kIsNotNull:
    case ExpressionKind::kBooleanTest:
    case ExpressionKind::kDefault:
      return {};
  }
  return {};
}

std::string target_name(Node target, const model::Expression& expression) {
  if (target.has("name")) return target.string("name");
  std::string name = figured_name(expression);
  return name.empty() ? "?column?" : name;
}

// ---- SELECT -----------------------------------------------------------------------------------

/// What `inner` reads is read by the query around it as well. Bounded: each level of nesting
/// copies.
void add_to_outer(Context& context, Query& outer, const Query& inner) {
  const std::size_t count =
      inner.relations.size() + inner.columns.size() + inner.expressions.size();
  if (count > context.copies_left) return;
  context.copies_left -= count;
  outer.relations.insert(outer.relations.end(), inner.relations.begin(), inner.relations.end());
  outer.columns.insert(outer.columns.end(), inner.columns.begin(), inner.columns.end());
  outer.expressions.insert(outer.expressions.end(), inner.expressions.begin(),
                           inner.expressions.end());
}

/// Reads one query into `context.query`. `tokens` are those of the outermost SELECT.
class QueryReader {
 public:
  QueryReader(Context& context, TokenRange range) : context_(context), range_(range) {}

  void read(Node select, bool outermost) {
    const DepthGuard guard(context_);
    if (guard.too_deep() || !select) return;
    const WithScope with(context_, select.fixed("withClause"));
    if (select.has("larg") && outermost) {
      read_branches(select);
      const auto& branches = context_.query->branches;
      if (!branches.empty()) context_.query->targets = branches.front().targets;
    } else if (select.has("larg")) {
      // The text of the branches is not told apart: their expressions have no text.
      range_ = {};
      read(select.fixed("larg"), false);
      read(select.fixed("rarg"), false);
    } else {
      read_body(select, outermost);
    }
    collect(context_, select.list("sortClause"));
    collect(context_, select.child("limitOffset"));
    collect(context_, select.child("limitCount"));
    if (outermost) {
      context_.query->has_limit = select.has("limitOffset") || select.has("limitCount");
      for (const Node clause : select.list("lockingClause")) {
        context_.query->for_update = true;
        for (const Node relation : clause.list("lockedRels")) {
          context_.query->locked.push_back(relation.string("relname"));
        }
      }
      context_.query->merges_rows = select.has("larg") || select.has("havingClause") ||
                                    !select.list("distinctClause").empty() ||
                                    !select.list("groupClause").empty() ||
                                    !select.list("windowClause").empty();
    }
  }

 private:
  /// Each SELECT of a UNION or its kin, in order.
  void read_branches(Node select) {
    const DepthGuard guard(context_);
    if (guard.too_deep()) return;
    if (select.has("larg")) {
      read_branches(select.fixed("larg"));
      read_branches(select.fixed("rarg"));
      return;
    }
    // The text of the branches is not told apart: their expressions have no text.
    Query branch;
    Query& query = *std::exchange(context_.query, &branch);
    QueryReader(context_, {}).read(select, true);
    context_.query = &query;
    add_to_outer(context_, query, branch);
    query.branches.push_back(std::move(branch));
  }

  /// Whether an item of FROM is a relation, or a join of relations that keeps all columns apart.
  bool is_flat(Node item) {
    const DepthGuard guard(context_);
    if (guard.too_deep()) return false;
    if (item.is("RangeVar")) {
      return item.fixed("alias").list("colnames").empty() &&
             !context_.ctes.contains(item.string("relname"));
    }
    return item.is("JoinExpr") && !item.flag("isNatural") && item.list("usingClause").empty() &&
           !item.has("alias") && is_flat(item.child("larg")) && is_flat(item.child("rarg"));
  }

  void read_body(Node select, bool outermost) {
    if (outermost) {
      context_.query->flat = !select.has("withClause") && select.list("valuesLists").empty();
      for (const Node item : select.list("fromClause")) {
        context_.query->flat = context_.query->flat && is_flat(item);
      }
      read_targets(select);
    } else {
      collect(context_, select.list("targetList"));
    }
    collect_from(context_, select.list("fromClause"));
    if (outermost) {
      for (const Node item : select.list("fromClause")) read_joins(item);
    }
    if (outermost && select.has("whereClause")) {
      context_.query->where = lower_root(context_, select.child("whereClause"), where_range());
    } else {
      collect(context_, select.child("whereClause"));
    }
    for (const std::string_view list : {"distinctClause", "groupClause"}) {
      collect(context_, select.list(list));
    }
    collect(context_, select.child("havingClause"));
    for (const Node window : select.list("windowClause")) {
      collect(context_, window.list("partitionClause"));
      collect(context_, window.list("orderClause"));
    }
    std::size_t rows = 0;
    for (const Node row : select.list("valuesLists")) {
      if (++rows > kMaxRows) break;
      collect(context_, row.list("items"));
    }
  }

  /// A condition stands outside of what it joins.
  void read_joins(Node item) {
    const DepthGuard guard(context_);
    if (guard.too_deep() || !item.is("JoinExpr")) return;
    read_joins(item.child("larg"));
    read_joins(item.child("rarg"));
    if (!item.has("quals")) return;
    // Its parts are collected with the FROM clause.
    Query* const query = std::exchange(context_.query, nullptr);
    model::Expression condition = lower_root(context_, item.child("quals"), {});
    context_.query = query;
    query->joins.push_back(std::move(condition));
  }

  void read_targets(Node select) {
    for (const Node target : select.list("targetList")) {
      const Node value = target.child("val");
      model::QueryTarget read;
      read.expression = lower_root(context_, value, target_range(target));
      read.name = target_name(target, read.expression);
      context_.query->targets.push_back(std::move(read));
    }
  }

  /// Tokens of one item of the select list, its alias left out.
  [[nodiscard]] TokenRange target_range(Node target) const {
    const Tokens& tokens = context_.tokens;
    const std::size_t begin = token_of(context_, target);
    if (begin < range_.begin || begin >= range_.end) return {};
    std::size_t end = begin;
    while (end < range_.end && !ends_target(end, begin)) end = tokens.skip(end);
    if (target.has("name") && end > begin + 1) {
      --end;
      if (tokens.is(end - 1, "as")) --end;
    }
    return {begin, std::min(end, range_.end)};
  }

  [[nodiscard]] bool ends_target(std::size_t index, std::size_t begin) const {
    const Tokens& tokens = context_.tokens;
    if (tokens.is(index, ",") || tokens.is(index, ";")) return true;
    // `IS [NOT] DISTINCT FROM`.
    if (tokens.is(index, "from")) return index == begin || !tokens.is(index - 1, "distinct");
    for (const std::string_view word :
         {"into", "where", "group", "having", "window", "union", "intersect", "except", "order",
          "limit", "offset", "fetch", "for"}) {
      if (tokens.is(index, word)) return true;
    }
    return false;
  }

  [[nodiscard]] TokenRange where_range() const {
    const Tokens& tokens = context_.tokens;
    const std::size_t where = tokens.find(range_, "where");
    if (range_.empty() || where >= range_.end) return {};
    std::size_t end = where + 1;
    const auto ends = [&](std::size_t index) {
      for (const std::string_view word :
           {"group", "having", "window", "union", "intersect", "except", "order", "limit", "offset",
            "fetch", "for", "on", "returning", ";"}) {
        if (tokens.is(index, word)) return true;
      }
      return false;
    };
    while (end < range_.end && !ends(end)) end = tokens.skip(end);
    return {where + 1, std::min(end, range_.end)};
  }

  Context& context_;
  TokenRange range_;
};

void collect_assignments(Context& context, NodeList targets) {
  for (const Node target : targets) collect(context, target.child("val"));
}

void collect_insert(Context& context, Node insert) {
  collect_relation(context, insert.fixed("relation"), true);
  if (context.query != nullptr && !context.query->relations.empty()) {
    context.query->relations.back().inserted_into = true;
  }
  collect_statement(context, insert.child("selectStmt"));
  if (const Node conflict = insert.fixed("onConflictClause")) {
    collect_assignments(context, conflict.list("targetList"));
    collect(context, conflict.child("whereClause"));
  }
}

void collect_update(Context& context, Node update) {
  collect_relation(context, update.fixed("relation"), true);
  collect_assignments(context, update.list("targetList"));
  collect_from(context, update.list("fromClause"));
  collect(context, update.child("whereClause"));
}

void collect_delete(Context& context, Node remove) {
  collect_relation(context, remove.fixed("relation"), true);
  collect_from(context, remove.list("usingClause"));
  collect(context, remove.child("whereClause"));
}

void collect_merge(Context& context, Node merge) {
  collect_relation(context, merge.fixed("relation"), true);
  collect_from_item(context, merge.child("sourceRelation"));
  collect(context, merge.child("joinCondition"));
  for (const Node when : merge.list("mergeWhenClauses")) {
    collect(context, when.child("condition"));
    collect_assignments(context, when.list("targetList"));
    collect(context, when.list("values"));
  }
}

void collect_returning(Context& context, Node statement) {
  // Up to PostgreSQL 17 a list, since then a node that holds one.
  collect(context, statement.list("returningList"));
  collect(context, statement.fixed("returningClause").list("exprs"));
}

}  // namespace

WithScope::WithScope(Context& context, Node with_clause) : context_(context) {
  if (!with_clause) return;
  const bool recursive = with_clause.flag("recursive");
  const NodeList ctes = with_clause.list("ctes");
  if (recursive) {
    for (const Node cte : ctes) open(cte);
  }
  for (const Node cte : ctes) {
    collect_statement(context, cte.child("ctequery"));
    if (!recursive) open(cte);
  }
}

WithScope::~WithScope() {
  for (const std::string& name : names_) {
    const auto found = context_.ctes.find(name);
    if (--found->second == 0) context_.ctes.erase(found);
  }
}

void WithScope::open(Node cte) {
  names_.push_back(cte.string("ctename"));
  ++context_.ctes[names_.back()];
}

void collect_from(Context& context, NodeList items) {
  for (const Node item : items) collect_from_item(context, item);
}

void collect_statement(Context& context, Node statement) {
  const DepthGuard guard(context);
  if (guard.too_deep() || !statement) return;
  Query unused;
  const bool collects = context.query != nullptr;
  if (!collects) context.query = &unused;
  if (statement.is("SelectStmt")) {
    QueryReader(context, {}).read(statement, false);
  } else {
    const WithScope with(context, statement.fixed("withClause"));
    if (statement.is("InsertStmt")) {
      collect_insert(context, statement);
    } else if (statement.is("UpdateStmt")) {
      collect_update(context, statement);
    } else if (statement.is("DeleteStmt")) {
      collect_delete(context, statement);
    } else if (statement.is("MergeStmt")) {
      collect_merge(context, statement);
    }
    collect_returning(context, statement);
  }
  if (!collects) context.query = nullptr;
}

Query lower_query(Context& context, Node query, TokenRange range) {
  Query result;
  Query* const outer = std::exchange(context.query, &result);
  range = strip_parentheses(context, range);
  result.sql = context.slice(context.tokens.span(range));
  if (query.is("SelectStmt")) {
    QueryReader(context, range).read(query, true);
  } else {
    collect_statement(context, query);
  }
  context.query = outer;
  if (outer != nullptr) add_to_outer(context, *outer, result);
  return result;
}

}  // namespace forelock::sql
