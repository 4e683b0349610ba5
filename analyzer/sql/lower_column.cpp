#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "analyzer/sql/lower_expression.h"
#include "analyzer/sql/lower_table.h"

namespace forelock::sql {
namespace {

using model::Constraint;
using model::ConstraintKind;
using model::ForeignKeyAction;

// Letters of PostgreSQL 18, src/include/nodes/parsenodes.h (FKCONSTR_ACTION_…).
ForeignKeyAction foreign_key_action(char letter) {
  switch (letter) {
    case 'r':
      return ForeignKeyAction::kRestrict;
    case 'c':
      return ForeignKeyAction::kCascade;
    case 'n':
      return ForeignKeyAction::kSetNull;
    case 'd':
      return ForeignKeyAction::kSetDefault;
    default:
      return ForeignKeyAction::kNoAction;
  }
}

ConstraintKind constraint_kind(std::string_view type) {
  if (type == "CONSTR_NOTNULL") return ConstraintKind::kNotNull;
  if (type == "CONSTR_PRIMARY") return ConstraintKind::kPrimaryKey;
  if (type == "CONSTR_UNIQUE") return ConstraintKind::kUnique;
  if (type == "CONSTR_EXCLUSION") return ConstraintKind::kExclusion;
  if (type == "CONSTR_FOREIGN") return ConstraintKind::kForeignKey;
  return ConstraintKind::kCheck;
}

/// Tokens inside of the first parentheses behind the key word `after`.
TokenRange parenthesis_after(const Context& context, TokenRange range, std::string_view after) {
  const Tokens& tokens = context.tokens;
  const std::size_t start = after.empty() ? range.begin : tokens.find(range, after);
  const std::size_t open = tokens.find({start, range.end}, "(");
  return open < range.end ? tokens.inside(open) : TokenRange{};
}

void read_foreign_key(Node node, Constraint& result) {
  result.referenced_table = relation_name(node.fixed("pktable"));
  result.columns = strings(node.list("fk_attrs"));
  result.referenced_columns = strings(node.list("pk_attrs"));
  result.on_update = foreign_key_action(node.character("fk_upd_action"));
  result.on_delete = foreign_key_action(node.character("fk_del_action"));
  result.on_delete_columns = strings(node.list("fk_del_set_cols"));
  if (node.has("fk_matchtype")) result.match = node.character("fk_matchtype");
}

void read_exclusion(Context& context, Node node, TokenRange range, Constraint& result) {
  const std::vector<TokenRange> parts =
      context.tokens.split(parenthesis_after(context, range, "exclude"));
  for (const Node pair : node.list("exclusions")) {
    // Each is a list of the index element and of its operator's name.
    const std::size_t index = result.exclusion_keys.size();
    const TokenRange part = index < parts.size() ? parts[index] : TokenRange{};
    const NodeList items = pair.list("items");
    result.exclusion_keys.push_back(lower_key(context, items[0], part));
    result.exclusion_operators.push_back(qualified_name(items[1].list("items")).name);
  }
  if (node.has("where_clause")) {
    result.predicate =
        lower_root(context, node.child("where_clause"), parenthesis_after(context, range, "where"));
  }
}

/// Attributes that follow a column's constraint as nodes of their own.
void apply_attribute(std::string_view type, Constraint& constraint) {
  if (type == "CONSTR_ATTR_DEFERRABLE") constraint.deferrable = true;
  if (type == "CONSTR_ATTR_NOT_DEFERRABLE") constraint.deferrable = false;
  if (type == "CONSTR_ATTR_DEFERRED") {
    constraint.deferrable = true;
    constraint.initially_deferred = true;
  }
  if (type == "CONSTR_ATTR_IMMEDIATE") constraint.initially_deferred = false;
  if (type == "CONSTR_ATTR_NOT_ENFORCED") constraint.not_enforced = true;
  if (type == "CONSTR_ATTR_ENFORCED") constraint.not_enforced = false;
}

/// Reads the clauses of one column one after the other.
class ColumnReader {
 public:
  ColumnReader(Context& context, model::ColumnDefinition& column, Node node, TokenRange range)
      : context_(context), column_(column), range_(range), nodes_(node.list("constraints")) {
    for (const Node clause : nodes_) starts_.push_back(token_of(context, clause));
    starts_.push_back(range.end);
    if (const Node collation = node.fixed("collClause")) {
      starts_.push_back(token_of(context, collation));
    }
    std::ranges::sort(starts_);
  }

  void read() {
    for (const Node clause : nodes_) {
      const std::string_view type = clause.text("contype");
      if (type.starts_with("CONSTR_ATTR_")) {
        read_attribute(type, clause);
      } else {
        read_clause(type, clause, range_of(clause));
      }
    }
  }

 private:
  /// Tokens of the clause: up to where the next one starts.
  [[nodiscard]] TokenRange range_of(Node clause) const {
    const std::size_t begin = token_of(context_, clause);
    const auto next = std::ranges::upper_bound(starts_, begin);
    const std::size_t end = next == starts_.end() ? range_.end : std::min(*next, range_.end);
    return {std::min(begin, end), end};
  }

  void read_attribute(std::string_view type, Node clause) {
    if (column_.constraints.empty()) return;
    Constraint& last = column_.constraints.back();
    apply_attribute(type, last);
    last.span = last.span.joined(context_.tokens.span(range_of(clause)));
  }

  void read_clause(std::string_view type, Node clause, TokenRange range) {
    const Tokens& tokens = context_.tokens;
    if (type == "CONSTR_NULL") {
      column_.null_written = true;
    } else if (type == "CONSTR_DEFAULT") {
      const std::size_t key_word = tokens.find(range, "default");
      column_.default_value =
          lower_root(context_, clause.child("raw_expr"), {key_word + 1, range.end});
    } else if (type == "CONSTR_IDENTITY") {
      column_.identity = clause.character("generated_when") == 'a'
                             ? model::IdentityKind::kAlways
                             : model::IdentityKind::kByDefault;
      column_.identity_options = lower_sequence_options(context_, clause.list("options"));
    } else if (type == "CONSTR_GENERATED") {
      const bool is_virtual = clause.character("generated_kind") == 'v';
      column_.generated =
          is_virtual ? model::GeneratedKind::kVirtual : model::GeneratedKind::kStored;
      column_.generation_expression =
          lower_root(context_, clause.child("raw_expr"), parenthesis_after(context_, range, "as"));
    } else {
      read_constraint(type, clause, range);
    }
  }

  void read_constraint(std::string_view type, Node clause, TokenRange range) {
    if (type == "CONSTR_NOTNULL") {
      column_.not_null = true;
      if (!clause.has("conname") && !clause.flag("is_no_inherit")) return;
    }
    Constraint constraint = lower_constraint(context_, clause, range);
    if (constraint.kind != ConstraintKind::kCheck) constraint.columns = {column_.name};
    column_.constraints.push_back(std::move(constraint));
  }

  Context& context_;
  model::ColumnDefinition& column_;
  TokenRange range_;
  NodeList nodes_;
  std::vector<std::size_t> starts_;  ///< Where clauses start, ascending.
};

std::optional<std::int64_t> whole_number(Node def_elem) {
  const Node value = def_elem.child("arg");
  if (value.is("Integer")) return value.integer("ival");
  const std::string text = value_text(value);
  std::int64_t number = 0;
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

TokenRange element_range(const Context& context, std::size_t begin) {
  const Tokens& tokens = context.tokens;
  std::size_t end = begin;
  while (end < tokens.size() && !tokens.is(end, ",") && !tokens.is(end, ")") &&
         !tokens.is(end, ";")) {
    end = tokens.skip(end);
  }
  return {begin, std::min(end, tokens.size())};
}

model::IndexKey lower_key(Context& context, Node element, TokenRange range) {
  model::IndexKey key;
  key.column = element.string("name");
  if (element.has("expr")) {
    const Tokens& tokens = context.tokens;
    // An expression stands in parentheses, a call may stand without them.
    std::size_t end = range.begin;
    if (!range.empty() && !tokens.is(range.begin, "(")) end = name_end(context, range.begin);
    end = tokens.is(end, "(") ? tokens.skip(end) : end;
    key.expression =
        lower_root(context, element.child("expr"), {range.begin, std::min(end, range.end)});
  }
  key.collation = qualified_name(element.list("collation")).name;
  key.operator_class = qualified_name(element.list("opclass")).name;
  key.descending = element.text("ordering") == "SORTBY_DESC";
  const std::string_view nulls = element.text("nulls_ordering");
  if (nulls == "SORTBY_NULLS_FIRST") key.nulls_first = true;
  if (nulls == "SORTBY_NULLS_LAST") key.nulls_first = false;
  return key;
}

std::vector<model::IndexKey> lower_keys(Context& context, NodeList elements,
                                        const std::vector<TokenRange>& parts) {
  std::vector<model::IndexKey> keys;
  for (const Node element : elements) {
    const TokenRange part = keys.size() < parts.size() ? parts[keys.size()] : TokenRange{};
    keys.push_back(lower_key(context, element, part));
  }
  return keys;
}

Constraint lower_constraint(Context& context, Node node, TokenRange range) {
  Constraint result;
  result.kind = constraint_kind(node.text("contype"));
  result.name = node.string("conname");
  result.span = context.tokens.span(range);
  result.columns = strings(node.list("keys"));
  for (const Node column : node.list("including")) {
    result.include.push_back(column.is("IndexElem") ? column.string("name") : value_text(column));
  }
  if (result.kind == ConstraintKind::kForeignKey) read_foreign_key(node, result);
  if (result.kind == ConstraintKind::kExclusion) read_exclusion(context, node, range, result);
  if (node.has("raw_expr")) {
    result.expression =
        lower_root(context, node.child("raw_expr"), parenthesis_after(context, range, "check"));
  }
  result.access_method = node.string("access_method");
  result.using_index = node.string("indexname");
  result.not_valid = node.flag("skip_validation");
  result.no_inherit = node.flag("is_no_inherit");
  result.deferrable = node.flag("deferrable");
  result.initially_deferred = node.flag("initdeferred");
  // Since PostgreSQL 18 such constraints say that they are enforced.
  const bool has_enforcement =
      result.kind == ConstraintKind::kCheck || result.kind == ConstraintKind::kForeignKey;
  result.not_enforced = has_enforcement && context.version >= 180000 && !node.flag("is_enforced");
  result.nulls_not_distinct = node.flag("nulls_not_distinct");
  result.without_overlaps = node.flag("without_overlaps") || node.flag("fk_with_period");
  result.options = options(node.list("options"));
  result.tablespace = node.string("indexspace");
  return result;
}

model::ColumnDefinition lower_column(Context& context, Node node, TokenRange range) {
  model::ColumnDefinition column;
  column.name = node.string("colname");
  column.type = lower_type(context, node.fixed("typeName"));
  column.collation = qualified_name(node.fixed("collClause").list("collname")).name;
  column.storage = node.string("storage_name");
  column.compression = node.string("compression");
  column.span = context.tokens.span(range);
  ColumnReader(context, column, node, range).read();
  return column;
}

model::SequenceOptions lower_sequence_options(Context& context, NodeList list) {
  model::SequenceOptions result;
  for (const Node option : list) {
    const std::string_view name = option.text("defname");
    const bool has_value = option.has("arg");
    if (name == "as") result.type = lower_type(context, option.child("arg"));
    if (name == "increment") result.increment = whole_number(option);
    if (name == "start") result.start = whole_number(option);
    if (name == "cache") result.cache = whole_number(option);
    if (name == "cycle") result.cycle = option_flag(option);
    if (name == "minvalue") {
      result.minimum = whole_number(option);
      result.no_minimum = !has_value;
    }
    if (name == "maxvalue") {
      result.maximum = whole_number(option);
      result.no_maximum = !has_value;
    }
    if (name == "restart") {
      result.restart = whole_number(option);
      result.restart_default = !has_value;
    }
    if (name == "sequence_name") result.name = qualified_name(option.child_list("arg"));
    if (name == "owned_by") {
      std::vector<std::string> parts = strings(option.child_list("arg"));
      if (parts.size() == 1 && parts[0] == "none") parts.clear();
      result.owned_by = std::move(parts);
    }
  }
  return result;
}

}  // namespace forelock::sql
