#include "analyzer/sql/lower_object.h"

#include <utility>

#include "analyzer/sql/lower_expression.h"
#include "analyzer/sql/lower_query.h"
#include "analyzer/sql/lower_table.h"

namespace forelock::sql {
namespace {

using model::AlterDomain;

/// Tokens inside of the parentheses that follow `word`.
TokenRange parenthesis_after(const Context& context, std::string_view word) {
  const Tokens& tokens = context.tokens;
  for (std::size_t i = tokens.find(tokens.all(), word); i < tokens.size();
       i = tokens.find({i + 1, tokens.size()}, word)) {
    if (tokens.is(i + 1, "(")) return tokens.inside(i + 1);
  }
  return {};
}

std::optional<model::Expression> parenthesized(Context& context, Node node,
                                               std::string_view after) {
  if (!node) return std::nullopt;
  return lower_root(context, node, parenthesis_after(context, after));
}

AlterDomain::Action domain_action(char subtype, bool has_definition) {
  switch (subtype) {
    case 'T':
      return has_definition ? AlterDomain::Action::kSetDefault : AlterDomain::Action::kDropDefault;
    case 'N':
      return AlterDomain::Action::kDropNotNull;
    case 'O':
      return AlterDomain::Action::kSetNotNull;
    case 'C':
      return AlterDomain::Action::kAddConstraint;
    case 'X':
      return AlterDomain::Action::kDropConstraint;
    default:
      return AlterDomain::Action::kValidateConstraint;
  }
}

std::vector<model::PublishedTable> publication_tables(Context& context, NodeList objects) {
  std::vector<model::PublishedTable> tables;
  for (const Node object : objects) {
    const Node table = object.fixed("pubtable");
    if (!table) continue;
    model::PublishedTable published;
    published.name = relation_name(table.fixed("relation"));
    published.columns = strings(table.list("columns"));
    if (const Node where = table.child("whereClause")) {
      published.where = lower_expression(context, where);
    }
    tables.push_back(std::move(published));
  }
  return tables;
}

std::vector<std::string> role_names(NodeList roles) {
  std::vector<std::string> names;
  for (const Node role : roles) names.push_back(role_name(role));
  return names;
}

std::string_view trigger_timing(std::int64_t bits) {
  // Source: PostgreSQL 18, TRIGGER_TYPE_… in src/include/catalog/pg_trigger.h.
  constexpr std::int64_t kBefore = 1 << 1;
  constexpr std::int64_t kInstead = 1 << 6;
  if ((bits & kBefore) != 0) return "BEFORE";
  return (bits & kInstead) != 0 ? "INSTEAD OF" : "AFTER";
}

}  // namespace

model::Operation lower_create_schema(Context&, Node statement) {
  model::CreateSchema schema;
  schema.name = statement.string("schemaname");
  schema.if_not_exists = statement.flag("if_not_exists");
  schema.owner = role_name(statement.fixed("authrole"));
  if (schema.name.empty()) schema.name = schema.owner;
  schema.element_count = statement.list("schemaElts").size();
  return schema;
}

model::Operation lower_create_sequence(Context& context, Node statement) {
  const Node sequence = statement.fixed("sequence");
  return model::CreateSequence{relation_name(sequence), persistence(sequence),
                               statement.flag("if_not_exists"),
                               lower_sequence_options(context, statement.list("options"))};
}

model::Operation lower_alter_sequence(Context& context, Node statement) {
  return model::AlterSequence{relation_name(statement.fixed("sequence")),
                              statement.flag("missing_ok"),
                              lower_sequence_options(context, statement.list("options"))};
}

model::Operation lower_create_enum(Context&, Node statement) {
  return model::CreateEnum{qualified_name(statement.list("typeName")),
                           strings(statement.list("vals"))};
}

model::Operation lower_alter_enum(Context&, Node statement) {
  const model::QualifiedName type = qualified_name(statement.list("typeName"));
  if (statement.has("oldVal")) {
    return model::RenameEnumValue{type, statement.string("oldVal"), statement.string("newVal")};
  }
  model::AddEnumValue result;
  result.type = type;
  result.label = statement.string("newVal");
  result.if_not_exists = statement.flag("skipIfNewValExists");
  result.neighbor = statement.string("newValNeighbor");
  result.before = !result.neighbor.empty() && !statement.flag("newValIsAfter");
  return result;
}

model::Operation lower_create_composite(Context& context, Node statement) {
  model::CreateCompositeType type;
  type.name = relation_name(statement.fixed("typevar"));
  for (const Node column : statement.list("coldeflist")) {
    const TokenRange range = element_range(context, token_of(context, column));
    type.attributes.push_back(lower_column(context, column, range));
  }
  return type;
}

model::Operation lower_create_range(Context&, Node statement) {
  return model::CreateRangeType{qualified_name(statement.list("typeName")),
                                options(statement.list("params"))};
}

model::Operation lower_define(Context&, Node statement) {
  const std::string_view kind = statement.text("kind");
  if (kind == "OBJECT_TYPE") {
    return model::CreateBaseType{qualified_name(statement.list("defnames"))};
  }
  return model::Other{"CREATE " + std::string(kind == "OBJECT_AGGREGATE"   ? "AGGREGATE"
                                              : kind == "OBJECT_OPERATOR"  ? "OPERATOR"
                                              : kind == "OBJECT_COLLATION" ? "COLLATION"
                                                                           : "TEXT SEARCH")};
}

model::Operation lower_create_domain(Context& context, Node statement) {
  // Its clauses are those of a column.
  const std::size_t begin = token_of(context, statement.fixed("typeName"));
  model::ColumnDefinition column = lower_column(context, statement, {begin, context.tokens.size()});
  model::CreateDomain domain;
  domain.name = qualified_name(statement.list("domainname"));
  domain.type = std::move(column.type);
  domain.collation = std::move(column.collation);
  domain.not_null = column.not_null;
  domain.default_value = std::move(column.default_value);
  domain.constraints = std::move(column.constraints);
  return domain;
}

model::Operation lower_alter_domain(Context& context, Node statement) {
  AlterDomain domain;
  const Tokens& tokens = context.tokens;
  const Node definition = statement.child("def");
  domain.name = qualified_name(statement.list("typeName"));
  domain.action = domain_action(statement.character("subtype"), static_cast<bool>(definition));
  domain.constraint_name = statement.string("name");
  domain.if_exists = statement.flag("missing_ok");
  domain.cascade = statement.text("behavior") == "DROP_CASCADE";
  if (domain.action == AlterDomain::Action::kSetDefault) {
    const std::size_t key_word = tokens.find(tokens.all(), "default");
    domain.value = lower_root(context, definition, {key_word + 1, tokens.size()});
  }
  if (domain.action == AlterDomain::Action::kAddConstraint) {
    domain.constraint =
        lower_constraint(context, definition, {token_of(context, definition), tokens.size()});
    domain.constraint_name = domain.constraint.name;
  }
  return domain;
}

model::Operation lower_create_view(Context& context, Node statement) {
  model::CreateView view;
  const Tokens& tokens = context.tokens;
  const Node relation = statement.fixed("view");
  view.name = relation_name(relation);
  view.or_replace = statement.flag("replace");
  view.persistence = persistence(relation);
  view.column_names = strings(statement.list("aliases"));
  view.options = options(statement.list("options"));
  const std::size_t name = token_of(context, relation);
  view.recursive = tokens.find({0, name}, "recursive") < name;
  TokenRange query{tokens.find({name, tokens.size()}, "as") + 1, tokens.size()};
  const std::string_view check = statement.text("withCheckOption");
  if (check == "LOCAL_CHECK_OPTION") view.check_option = 'l';
  if (check == "CASCADED_CHECK_OPTION") view.check_option = 'c';
  if (view.check_option != 0) {
    // WITH [LOCAL | CASCADED] CHECK OPTION
    const bool has_word = tokens.is(query.end - 3, "local") || tokens.is(query.end - 3, "cascaded");
    query.end -= has_word ? 4 : 3;
  }
  view.query = lower_query(context, statement.child("query"), query);
  return view;
}

model::Operation lower_create_table_as(Context& context, Node statement) {
  model::CreateTableAs table;
  const Tokens& tokens = context.tokens;
  const Node into = statement.fixed("into");
  const Node relation = into.fixed("rel");
  table.table = relation_name(relation);
  table.materialized_view = statement.text("objtype") == "OBJECT_MATVIEW";
  table.persistence = persistence(relation);
  table.if_not_exists = statement.flag("if_not_exists");
  table.with_data = !into.flag("skipData");
  table.column_names = strings(into.list("colNames"));
  TokenRange query{tokens.find({token_of(context, relation), tokens.size()}, "as") + 1,
                   tokens.size()};
  if (tokens.is(query.end - 1, "data")) {
    if (tokens.is(query.end - 2, "with")) query.end -= 2;
    if (tokens.is(query.end - 3, "with") && tokens.is(query.end - 2, "no")) query.end -= 3;
  }
  table.query = lower_query(context, statement.child("query"), query);
  return table;
}

model::Operation lower_create_trigger(Context& context, Node statement) {
  model::CreateTrigger trigger;
  trigger.name = statement.string("trigname");
  trigger.table = relation_name(statement.fixed("relation"));
  trigger.function = qualified_name(statement.list("funcname"));
  trigger.or_replace = statement.flag("replace");
  trigger.constraint = statement.flag("isconstraint");
  trigger.row = statement.flag("row");
  trigger.timing = trigger_timing(statement.integer("timing"));
  trigger.events = static_cast<std::uint32_t>(statement.integer("events"));
  trigger.columns = strings(statement.list("columns"));
  for (const Node transition : statement.list("transitionRels")) {
    (transition.flag("isNew") ? trigger.new_table : trigger.old_table) = transition.string("name");
  }
  trigger.when = parenthesized(context, statement.child("whenClause"), "when");
  trigger.deferrable = statement.flag("deferrable");
  trigger.initially_deferred = statement.flag("initdeferred");
  trigger.constraint_table = relation_name(statement.fixed("constrrel"));
  trigger.arguments = strings(statement.list("args"));
  return trigger;
}

model::Operation lower_create_policy(Context& context, Node statement) {
  model::CreatePolicy policy;
  policy.name = statement.string("policy_name");
  policy.table = relation_name(statement.fixed("table"));
  policy.command = statement.string("cmd_name");
  policy.permissive = statement.flag("permissive");
  policy.roles = role_names(statement.list("roles"));
  policy.using_expression = parenthesized(context, statement.child("qual"), "using");
  policy.check_expression = parenthesized(context, statement.child("with_check"), "check");
  return policy;
}

model::Operation lower_alter_policy(Context& context, Node statement) {
  model::AlterPolicy policy;
  policy.name = statement.string("policy_name");
  policy.table = relation_name(statement.fixed("table"));
  policy.roles = role_names(statement.list("roles"));
  policy.using_expression = parenthesized(context, statement.child("qual"), "using");
  policy.check_expression = parenthesized(context, statement.child("with_check"), "check");
  return policy;
}

model::Operation lower_create_rule(Context& context, Node statement) {
  model::CreateRule rule;
  rule.name = statement.string("rulename");
  rule.table = relation_name(statement.fixed("relation"));
  rule.or_replace = statement.flag("replace");
  for (const char c : statement.text("event").substr(std::string_view("CMD_").size())) {
    rule.event += static_cast<char>(c - 'A' + 'a');
  }
  rule.instead = statement.flag("instead");
  rule.qualified = statement.has("whereClause");
  rule.sql = context.text;
  model::Query named;
  model::Query* const outer = std::exchange(context.query, &named);
  for (const Node action : statement.list("actions")) collect_statement(context, action);
  context.query = outer;
  for (model::RelationUse& use : named.relations) {
    const bool row = use.name.name == "old" || use.name.name == "new";
    if (!row || !use.name.schema.empty()) rule.relations.push_back(std::move(use));
  }
  return rule;
}

model::Operation lower_create_statistics(Context& context, Node statement) {
  model::CreateStatistics statistics;
  const Tokens& tokens = context.tokens;
  statistics.name = qualified_name(statement.list("defnames"));
  statistics.if_not_exists = statement.flag("if_not_exists");
  statistics.kinds = strings(statement.list("stat_types"));
  statistics.table = relation_name(statement.list("relations").front());
  const std::size_t begin = tokens.find(tokens.all(), "on") + 1;
  const std::size_t end = tokens.find({begin, tokens.size()}, "from");
  statistics.keys = lower_keys(context, statement.list("exprs"), tokens.split({begin, end}));
  return statistics;
}

model::Operation lower_create_extension(Context&, Node statement) {
  const NodeList list = statement.list("options");
  model::CreateExtension extension;
  extension.name = statement.string("extname");
  extension.if_not_exists = statement.flag("if_not_exists");
  extension.schema = value_text(find_option(list, "schema").child("arg"));
  extension.version = value_text(find_option(list, "new_version").child("arg"));
  extension.cascade = option_flag(find_option(list, "cascade"));
  return extension;
}

model::Operation lower_alter_extension(Context&, Node statement) {
  return model::AlterExtension{statement.string("extname")};
}

model::Operation lower_create_publication(Context& context, Node statement) {
  return model::CreatePublication{statement.string("pubname"), statement.flag("for_all_tables"),
                                  publication_tables(context, statement.list("pubobjects"))};
}

model::Operation lower_alter_publication(Context& context, Node statement) {
  const std::string_view action = statement.text("action");
  const char letter = action.starts_with("AP_Add")    ? 'a'
                      : action.starts_with("AP_Drop") ? 'd'
                                                      : 's';
  return model::AlterPublication{statement.string("pubname"), letter,
                                 publication_tables(context, statement.list("pubobjects"))};
}

}  // namespace forelock::sql
