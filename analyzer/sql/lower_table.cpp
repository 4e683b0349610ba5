#include "analyzer/sql/lower_table.h"

#include <array>
#include <utility>

#include "analyzer/sql/lower_expression.h"

namespace forelock::sql {
namespace {

char partition_strategy(Node spec) {
  // An enumerator since PostgreSQL 16, before that the word itself.
  const std::string_view strategy = spec.text("strategy");
  for (const auto& [suffix, letter] :
       {std::pair<std::string_view, char>{"list", 'l'}, {"range", 'r'}, {"hash", 'h'}}) {
    const std::size_t size = suffix.size();
    if (strategy.size() >= size && same_word(strategy.substr(strategy.size() - size), suffix)) {
      return letter;
    }
  }
  return 0;
}

model::PartitionKey lower_partition_key(Context& context, Node spec) {
  model::PartitionKey key;
  key.strategy = partition_strategy(spec);
  const Tokens& tokens = context.tokens;
  const std::size_t begin = token_of(context, spec);
  const std::size_t open = tokens.find({begin, tokens.size()}, "(");
  key.keys = lower_keys(context, spec.list("partParams"), tokens.split(tokens.inside(open)));
  return key;
}

std::vector<model::Expression> lower_datums(Context& context, NodeList datums, TokenRange range,
                                            std::string_view after) {
  std::vector<model::Expression> result;
  const Tokens& tokens = context.tokens;
  const std::size_t open = tokens.find({tokens.find(range, after), range.end}, "(");
  const std::vector<TokenRange> parts = tokens.split(tokens.inside(open));
  for (const Node datum : datums) {
    const TokenRange part = result.size() < parts.size() ? parts[result.size()] : TokenRange{};
    model::Expression value = lower_root(context, datum, part);
    if (value.kind == model::ExpressionKind::kColumn && value.name == "minvalue") {
      value.name = "MINVALUE";
    } else if (value.kind == model::ExpressionKind::kColumn && value.name == "maxvalue") {
      value.name = "MAXVALUE";
    }
    result.push_back(std::move(value));
  }
  return result;
}

std::string on_commit(std::string_view action) {
  if (action == "ONCOMMIT_PRESERVE_ROWS") return "PRESERVE ROWS";
  if (action == "ONCOMMIT_DELETE_ROWS") return "DELETE ROWS";
  return action == "ONCOMMIT_DROP" ? "DROP" : "";
}

/// `col WITH OPTIONS …` of CREATE TABLE … OF and PARTITION OF is a column without a type.
void read_elements(Context& context, NodeList elements, model::CreateTable& table) {
  for (const Node element : elements) {
    if (element.is("TableLikeClause")) {
      const Node source = element.fixed("relation");
      table.likes.push_back(
          {relation_name(source), static_cast<std::uint32_t>(element.integer("options"))});
      continue;
    }
    const TokenRange range = element_range(context, token_of(context, element));
    if (element.is("ColumnDef")) {
      table.columns.push_back(lower_column(context, element, range));
    } else if (element.is("Constraint")) {
      table.constraints.push_back(lower_constraint(context, element, range));
    }
  }
}

model::CreateTable read_table(Context& context, Node node) {
  model::CreateTable table;
  const Node relation = node.fixed("relation");
  table.table = relation_name(relation);
  table.table_span = relation_span(context, relation);
  table.persistence = persistence(relation);
  table.if_not_exists = node.flag("if_not_exists");
  read_elements(context, node.list("tableElts"), table);
  std::vector<model::QualifiedName> parents;
  for (const Node parent : node.list("inhRelations")) parents.push_back(relation_name(parent));
  if (const Node bound = node.fixed("partbound")) {
    const std::size_t begin = token_of(context, bound);
    // A bound's position lies behind FOR VALUES, at IN, FROM, WITH or DEFAULT.
    table.bound = lower_partition_bound(context, bound, {begin, context.tokens.size()});
    if (!parents.empty()) table.partition_of = parents.front();
  } else {
    table.inherits = std::move(parents);
  }
  if (const Node spec = node.fixed("partspec")) {
    table.partition_by = lower_partition_key(context, spec);
  }
  table.of_type = qualified_name(node.fixed("ofTypename").list("names"));
  table.options = options(node.list("options"));
  table.tablespace = node.string("tablespacename");
  table.access_method = node.string("accessMethod");
  table.on_commit = on_commit(node.text("oncommit"));
  return table;
}

}  // namespace

model::PartitionBound lower_partition_bound(Context& context, Node node, TokenRange range) {
  model::PartitionBound bound;
  bound.is_default = node.flag("is_default");
  bound.strategy = node.character("strategy");
  bound.modulus = static_cast<int>(node.integer("modulus"));
  bound.remainder = static_cast<int>(node.integer("remainder"));
  bound.values = lower_datums(context, node.list("listdatums"), range, "in");
  bound.from = lower_datums(context, node.list("lowerdatums"), range, "from");
  bound.to = lower_datums(context, node.list("upperdatums"), range, "to");
  return bound;
}

model::Operation lower_create_table(Context& context, Node statement) {
  return read_table(context, statement);
}

model::Operation lower_create_foreign_table(Context& context, Node statement) {
  // Its fields are those of CREATE TABLE, in "base" or (up to PostgreSQL 15) in "base_stmt".
  Node base = statement.fixed("base");
  if (!base) base = statement.fixed("base_stmt");
  model::CreateTable table = read_table(context, base);
  table.foreign = true;
  table.server = statement.string("servername");
  return table;
}

model::Operation lower_create_index(Context& context, Node statement) {
  model::CreateIndex index;
  const Tokens& tokens = context.tokens;
  const Node relation = statement.fixed("relation");
  index.name = statement.string("idxname");
  index.table = relation_name(relation);
  index.only = !relation.flag("inh");
  if (statement.has("accessMethod")) index.method = statement.string("accessMethod");
  const std::size_t begin = token_of(context, relation);
  index.table_span = relation_span(context, relation);
  const std::size_t open = tokens.find({begin, tokens.size()}, "(");
  index.keys =
      lower_keys(context, statement.list("indexParams"), tokens.split(tokens.inside(open)));
  for (const Node column : statement.list("indexIncludingParams")) {
    index.include.push_back(column.string("name"));
  }
  if (statement.has("whereClause")) {
    const std::size_t where = tokens.find({open, tokens.size()}, "where");
    index.predicate =
        lower_root(context, statement.child("whereClause"), {where + 1, tokens.size()});
  }
  index.unique = statement.flag("unique");
  index.concurrently = statement.flag("concurrent");
  index.if_not_exists = statement.flag("if_not_exists");
  index.nulls_not_distinct = statement.flag("nulls_not_distinct");
  index.options = options(statement.list("options"));
  index.tablespace = statement.string("tableSpace");
  return index;
}

}  // namespace forelock::sql
