#include "analyzer/sql/lower_data.h"

#include <algorithm>
#include <utility>

#include "analyzer/sql/lower_expression.h"
#include "analyzer/sql/lower_query.h"

namespace forelock::sql {
namespace {

/// Collects what a statement reads for as long as it lives.
class ReadScope {
 public:
  explicit ReadScope(Context& context)
      : context_(context), outer_(std::exchange(context.query, &reads_)) {}
  ReadScope(const ReadScope&) = delete;
  ReadScope& operator=(const ReadScope&) = delete;
  ~ReadScope() { context_.query = outer_; }
  [[nodiscard]] std::vector<model::RelationUse> take() { return std::move(reads_.relations); }

 private:
  Context& context_;
  model::Query reads_;
  model::Query* outer_;
};

void collect_returning(Context& context, Node statement) {
  collect(context, statement.list("returningList"));
  collect(context, statement.fixed("returningClause").list("exprs"));
}

bool returns_rows(Node statement) {
  return !statement.list("returningList").empty() || statement.has("returningClause");
}

/// The WHERE clause of UPDATE or DELETE.
std::optional<model::Expression> lower_where(Context& context, Node statement, std::size_t begin) {
  if (!statement.has("whereClause")) return std::nullopt;
  const Tokens& tokens = context.tokens;
  const std::size_t where = tokens.find({begin, tokens.size()}, "where");
  const std::size_t end = tokens.find({where, tokens.size()}, "returning");
  return lower_root(context, statement.child("whereClause"), {where + 1, end});
}

// ---- INSERT -----------------------------------------------------------------------------------

/// Tokens of what is inserted: VALUES or the query.
TokenRange inserted_range(const Context& context, Node statement) {
  const Tokens& tokens = context.tokens;
  const Node relation = statement.fixed("relation");
  std::size_t begin = name_end(context, token_of(context, relation));
  if (tokens.is(begin, "as")) begin += 2;
  if (!statement.list("cols").empty() && tokens.is(begin, "(")) begin = tokens.skip(begin);
  if (tokens.is(begin, "overriding")) begin += 3;
  std::size_t end = begin;
  while (end < tokens.size() && !tokens.is(end, "returning") &&
         !(tokens.is(end, "on") && tokens.is(end + 1, "conflict"))) {
    end = tokens.skip(end);
  }
  return {begin, std::min(end, tokens.size())};
}

void read_values(Context& context, NodeList rows, TokenRange range, model::Insert& insert) {
  const Tokens& tokens = context.tokens;
  insert.row_count = rows.size();
  std::size_t open = tokens.find(range, "(");
  for (const Node row : rows) {
    if (insert.rows.size() >= kMaxRows) break;
    const std::vector<TokenRange> cells = tokens.split(tokens.inside(open));
    std::vector<model::Expression> values;
    for (const Node cell : row.list("items")) {
      const TokenRange part = values.size() < cells.size() ? cells[values.size()] : TokenRange{};
      values.push_back(lower_root(context, cell, part));
    }
    insert.rows.push_back(std::move(values));
    open = tokens.skip(open) + 1;
  }
}

void read_conflict(Context& context, Node statement, model::Insert& insert) {
  const Node conflict = statement.fixed("onConflictClause");
  if (!conflict) return;
  insert.on_conflict = true;
  const Node infer = conflict.fixed("infer");
  insert.conflict_constraint = infer.string("conname");
  insert.conflict_plain = !infer.has("whereClause");
  for (const Node element : infer.list("indexElems")) {
    if (element.has("expr")) insert.conflict_plain = false;
    if (element.has("name")) insert.conflict_columns.push_back(element.string("name"));
  }
  for (const Node target : conflict.list("targetList")) {
    insert.conflict_updates.push_back(target.string("name"));
    collect(context, target.child("val"));
  }
  collect(context, conflict.child("whereClause"));
}

/// What one column of `SET (a, b) = (…)` gets: its member of the row, or an unknown part of the
/// sub-query.
model::Expression part_of(model::Expression shared, std::int64_t column, std::int64_t columns) {
  if (shared.kind == model::ExpressionKind::kRow &&
      static_cast<std::int64_t>(shared.args.size()) == columns && column >= 1) {
    return std::move(shared.args[static_cast<std::size_t>(column - 1)]);
  }
  model::Expression part;
  part.sql = shared.sql;
  part.args.push_back(std::move(shared));
  return part;
}

/// The columns of `SET (a, b) = (…)` share one expression.
void read_assignments(Context& context, Node statement, model::Update& update) {
  const Tokens& tokens = context.tokens;
  const std::size_t begin = token_of(context, statement.fixed("relation"));
  const std::size_t set = tokens.find({begin, tokens.size()}, "set");
  TokenRange list{set + 1, set + 1};
  while (list.end < tokens.size() &&
         !(tokens.is(list.end, "from") && !tokens.is(list.end - 1, "distinct")) &&
         !tokens.is(list.end, "where") && !tokens.is(list.end, "returning")) {
    list.end = tokens.skip(list.end);
  }
  const std::vector<TokenRange> parts = tokens.split(list);
  std::size_t part = 0;
  for (const Node target : statement.list("targetList")) {
    const Node value = target.child("val");
    const bool shared = value.is("MultiAssignRef");
    TokenRange range;
    if (part < parts.size()) {
      range = {tokens.find(parts[part], "=") + 1, parts[part].end};
    }
    if (!shared || value.integer("colno") == value.integer("ncolumns")) ++part;
    // What the shared expression reads counts once.
    model::Query* const reads = context.query;
    if (shared && value.integer("colno") > 1) context.query = nullptr;
    model::Expression read = lower_root(context, shared ? value.child("source") : value, range);
    if (shared) read = part_of(std::move(read), value.integer("colno"), value.integer("ncolumns"));
    update.assignments.emplace_back(target.string("name"), std::move(read));
    context.query = reads;
  }
}

}  // namespace

model::Operation lower_insert(Context& context, Node statement) {
  ReadScope scope(context);
  const WithScope with(context, statement.fixed("withClause"));
  model::Insert insert;
  insert.table = relation_name(statement.fixed("relation"));
  for (const Node column : statement.list("cols")) insert.columns.push_back(column.string("name"));
  insert.overriding_system = statement.text("override") == "OVERRIDING_SYSTEM_VALUE";
  const TokenRange range = inserted_range(context, statement);
  if (const Node select = statement.child("selectStmt")) {
    const NodeList rows = select.list("valuesLists");
    if (rows.empty()) {
      insert.query = lower_query(context, select, range);
    } else {
      const WithScope inner(context, select.fixed("withClause"));
      read_values(context, rows, range, insert);
    }
  }
  read_conflict(context, statement, insert);
  collect_returning(context, statement);
  insert.returning = returns_rows(statement);
  insert.reads = scope.take();
  return insert;
}

model::Operation lower_update(Context& context, Node statement) {
  ReadScope scope(context);
  const WithScope with(context, statement.fixed("withClause"));
  const Node relation = statement.fixed("relation");
  model::Update update;
  update.table = relation_name(relation);
  update.alias = relation.fixed("alias").string("aliasname");
  update.only = !relation.flag("inh");
  read_assignments(context, statement, update);
  collect_from(context, statement.list("fromClause"));
  update.where = lower_where(context, statement, token_of(context, relation));
  collect_returning(context, statement);
  update.returning = returns_rows(statement);
  update.reads = scope.take();
  return update;
}

model::Operation lower_delete(Context& context, Node statement) {
  ReadScope scope(context);
  const WithScope with(context, statement.fixed("withClause"));
  const Node relation = statement.fixed("relation");
  model::Delete result;
  result.table = relation_name(relation);
  result.alias = relation.fixed("alias").string("aliasname");
  result.only = !relation.flag("inh");
  collect_from(context, statement.list("usingClause"));
  result.where = lower_where(context, statement, token_of(context, relation));
  collect_returning(context, statement);
  result.returning = returns_rows(statement);
  result.reads = scope.take();
  return result;
}

model::Operation lower_merge(Context& context, Node statement) {
  ReadScope scope(context);
  collect_statement(context, statement);
  model::Merge merge;
  merge.table = relation_name(statement.fixed("relation"));
  for (const Node when : statement.list("mergeWhenClauses")) {
    const std::string_view command = when.text("commandType");
    merge.inserts = merge.inserts || command == "CMD_INSERT";
    merge.updates = merge.updates || command == "CMD_UPDATE";
    merge.deletes = merge.deletes || command == "CMD_DELETE";
    for (const Node target : when.list("targetList")) {
      merge.columns.push_back(target.string("name"));
    }
  }
  merge.reads = scope.take();
  // The target is a relation of its own.
  const auto target = std::ranges::find_if(merge.reads, [&](const model::RelationUse& use) {
    return use.target_of_write && use.name == merge.table;
  });
  if (target != merge.reads.end()) merge.reads.erase(target);
  return merge;
}

model::Operation lower_truncate(Context&, Node statement) {
  model::Truncate truncate;
  for (const Node table : statement.list("relations")) {
    truncate.tables.push_back(relation_name(table));
    truncate.only.push_back(!table.flag("inh"));
  }
  truncate.cascade = statement.text("behavior") == "DROP_CASCADE";
  truncate.restart_identity = statement.flag("restart_seqs");
  return truncate;
}

model::Operation lower_copy(Context& context, Node statement) {
  model::Copy copy;
  copy.table = relation_name(statement.fixed("relation"));
  copy.from = statement.flag("is_from");
  copy.columns = strings(statement.list("attlist"));
  if (const Node query = statement.child("query")) {
    // COPY ( query ) TO …
    copy.query = lower_query(context, query, context.tokens.inside(1));
  }
  return copy;
}

model::Operation lower_select(Context& context, Node statement) {
  model::Query query = lower_query(context, statement, context.tokens.all());
  const Node into = statement.fixed("intoClause");
  if (!into) return model::Select{std::move(query)};
  model::CreateTableAs table;
  const Node relation = into.fixed("rel");
  table.table = relation_name(relation);
  table.persistence = persistence(relation);
  table.column_names = strings(into.list("colNames"));
  table.query = std::move(query);
  return table;
}

}  // namespace forelock::sql
