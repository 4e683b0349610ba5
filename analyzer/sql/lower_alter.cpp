#include <array>
#include <utility>

#include "analyzer/sql/lower_expression.h"
#include "analyzer/sql/lower_table.h"

namespace forelock::sql {
namespace {

using Action = decltype(model::AlterAction::what);

/// One subcommand of ALTER TABLE and its tokens.
struct Command {
  Node node;
  TokenRange range;

  [[nodiscard]] std::string name() const { return node.string("name"); }
  [[nodiscard]] Node definition() const { return node.child("def"); }
  [[nodiscard]] bool missing_ok() const { return node.flag("missing_ok"); }
  [[nodiscard]] bool cascade() const { return node.text("behavior") == "DROP_CASCADE"; }
};

/// Tokens of the command from the first one that starts at or after its definition's position.
TokenRange from_definition(const Context& context, const Command& command) {
  const std::size_t begin = token_of(context, command.definition());
  return begin < command.range.begin || begin >= command.range.end
             ? command.range
             : TokenRange{begin, command.range.end};
}

TokenRange behind(const Context& context, const Command& command, std::string_view word) {
  const std::size_t found = context.tokens.find(command.range, word);
  return found >= command.range.end ? TokenRange{} : TokenRange{found + 1, command.range.end};
}

Action add_column(Context& context, const Command& command) {
  return model::AddColumn{
      lower_column(context, command.definition(), from_definition(context, command)),
      command.missing_ok(), command.cascade()};
}

Action drop_column(Context&, const Command& command) {
  return model::DropColumn{command.name(), command.missing_ok(), command.cascade()};
}

Action alter_type(Context& context, const Command& command) {
  const Node definition = command.definition();
  model::AlterColumnType action;
  action.column = command.name();
  action.type = lower_type(context, definition.fixed("typeName"));
  action.collation = qualified_name(definition.fixed("collClause").list("collname")).name;
  action.cascade = command.cascade();
  if (definition.has("raw_default")) {
    action.using_expression =
        lower_root(context, definition.child("raw_default"), behind(context, command, "using"));
  }
  return action;
}

Action column_default(Context& context, const Command& command) {
  if (!command.definition()) return model::DropDefault{command.name()};
  return model::SetDefault{command.name(), lower_root(context, command.definition(),
                                                      behind(context, command, "default"))};
}

Action set_not_null(Context&, const Command& command) { return model::SetNotNull{command.name()}; }
Action drop_not_null(Context&, const Command& command) {
  return model::DropNotNull{command.name()};
}

Action set_expression(Context& context, const Command& command) {
  return model::SetExpression{
      command.name(), lower_root(context, command.definition(), behind(context, command, "as"))};
}
Action drop_expression(Context&, const Command& command) {
  return model::DropExpression{command.name(), command.missing_ok()};
}

Action add_identity(Context& context, const Command& command) {
  const Node definition = command.definition();
  const bool always = definition.character("generated_when") == 'a';
  return model::AddIdentity{command.name(),
                            always ? model::IdentityKind::kAlways : model::IdentityKind::kByDefault,
                            lower_sequence_options(context, definition.list("options"))};
}

Action set_identity(Context& context, const Command& command) {
  const NodeList list = command.definition().list("items");
  model::SetIdentity action;
  action.column = command.name();
  if (const Node generated = find_option(list, "generated")) {
    // The value is a letter's code.
    action.identity = generated.child("arg").integer("ival") == 'a'
                          ? model::IdentityKind::kAlways
                          : model::IdentityKind::kByDefault;
  }
  action.options = lower_sequence_options(context, list);
  return action;
}

Action drop_identity(Context&, const Command& command) {
  return model::DropIdentity{command.name(), command.missing_ok()};
}

Action set_statistics(Context&, const Command& command) {
  model::SetStatistics action;
  action.column = command.name();
  // Columns of an index are told by their number.
  if (action.column.empty()) action.column = std::to_string(command.node.integer("num"));
  if (const Node target = command.definition()) {
    action.target = static_cast<int>(target.integer("ival"));
  }
  return action;
}

Action set_column_options(Context&, const Command& command) {
  return model::SetColumnOptions{command.name(), options(command.definition().list("items")),
                                 command.node.text("subtype") == "AT_ResetOptions"};
}
Action set_storage(Context&, const Command& command) {
  return model::SetStorage{command.name(), value_text(command.definition())};
}
Action set_compression(Context&, const Command& command) {
  return model::SetCompression{command.name(), value_text(command.definition())};
}

Action add_constraint(Context& context, const Command& command) {
  return model::AddConstraint{
      lower_constraint(context, command.definition(), from_definition(context, command))};
}

Action alter_constraint(Context&, const Command& command) {
  const Node definition = command.definition();
  model::AlterConstraint action;
  action.name = definition.string("conname");
  // Up to PostgreSQL 17 a Constraint: what it does not name is set to its default.
  const bool old_form = definition.is("Constraint");
  if (old_form || definition.flag("alterDeferrability")) {
    action.deferrable = definition.flag("deferrable");
    action.initially_deferred = definition.flag("initdeferred");
  }
  if (definition.flag("alterEnforceability")) action.enforced = definition.flag("is_enforced");
  if (definition.flag("alterInheritability")) action.no_inherit = definition.flag("noinherit");
  return action;
}

Action validate_constraint(Context&, const Command& command) {
  return model::ValidateConstraint{command.name()};
}
Action drop_constraint(Context&, const Command& command) {
  return model::DropConstraint{command.name(), command.missing_ok(), command.cascade()};
}

Action attach_partition(Context& context, const Command& command) {
  const Node definition = command.definition();
  model::AttachPartition action;
  action.partition = relation_name(definition.fixed("name"));
  if (const Node bound = definition.fixed("bound")) {
    action.bound = lower_partition_bound(context, bound, command.range);
  }
  return action;
}

Action detach_partition(Context&, const Command& command) {
  const Node definition = command.definition();
  return model::DetachPartition{relation_name(definition.fixed("name")),
                                definition.flag("concurrent"),
                                command.node.text("subtype") == "AT_DetachPartitionFinalize"};
}

Action inherit(Context&, const Command& command) {
  return model::Inherit{relation_name(command.definition())};
}
Action no_inherit(Context&, const Command& command) {
  return model::NoInherit{relation_name(command.definition())};
}
Action of_type(Context&, const Command& command) {
  return model::OfType{qualified_name(command.definition().list("names"))};
}
Action not_of_type(Context&, const Command&) { return model::NotOfType{}; }

Action trigger_state(Context&, const Command& command) {
  const std::string_view subtype = command.node.text("subtype");
  model::SetTriggerState action;
  action.which = command.name();
  if (subtype.ends_with("TrigAll")) action.which = "ALL";
  if (subtype.ends_with("TrigUser")) action.which = "USER";
  if (subtype.starts_with("AT_EnableAlways")) action.state = 'A';
  if (subtype.starts_with("AT_EnableReplica")) action.state = 'R';
  if (subtype.starts_with("AT_Disable")) action.state = 'D';
  action.rule = subtype.ends_with("Rule");
  return action;
}

Action replica_identity(Context&, const Command& command) {
  const Node definition = command.definition();
  return model::SetReplicaIdentity{definition.character("identity_type"),
                                   definition.string("name")};
}

Action row_security(Context&, const Command& command) {
  const std::string_view subtype = command.node.text("subtype");
  model::SetRowSecurity action;
  if (subtype == "AT_EnableRowSecurity") action.enabled = true;
  if (subtype == "AT_DisableRowSecurity") action.enabled = false;
  if (subtype == "AT_ForceRowSecurity") action.forced = true;
  if (subtype == "AT_NoForceRowSecurity") action.forced = false;
  return action;
}

Action set_logged(Context&, const Command& command) {
  return model::SetLogged{command.node.text("subtype") == "AT_SetLogged"};
}
Action set_tablespace(Context&, const Command& command) {
  return model::SetTablespace{command.name()};
}
Action set_access_method(Context&, const Command& command) {
  return model::SetAccessMethod{command.name()};
}
Action set_options(Context&, const Command& command) {
  return model::SetTableOptions{options(command.definition().list("items")),
                                command.node.text("subtype") == "AT_ResetRelOptions"};
}
Action cluster_on(Context&, const Command& command) {
  return model::ClusterOn{command.name(), command.node.text("subtype") == "AT_DropCluster"};
}
Action change_owner(Context&, const Command& command) {
  return model::ChangeOwner{role_name(command.node.fixed("newowner"))};
}

struct Handler {
  std::string_view subtype;
  Action (*lower)(Context&, const Command&);
};

// Source: PostgreSQL 18, enum AlterTableType in src/include/nodes/parsenodes.h; what is not here is
// an OtherAction.
constexpr auto kHandlers = std::to_array<Handler>({
    {"AT_AddColumn", add_column},
    {"AT_AddConstraint", add_constraint},
    {"AT_DropColumn", drop_column},
    {"AT_DropConstraint", drop_constraint},
    {"AT_AlterColumnType", alter_type},
    {"AT_ColumnDefault", column_default},
    {"AT_SetNotNull", set_not_null},
    {"AT_DropNotNull", drop_not_null},
    {"AT_SetExpression", set_expression},
    {"AT_DropExpression", drop_expression},
    {"AT_AddIdentity", add_identity},
    {"AT_SetIdentity", set_identity},
    {"AT_DropIdentity", drop_identity},
    {"AT_SetStatistics", set_statistics},
    {"AT_SetOptions", set_column_options},
    {"AT_ResetOptions", set_column_options},
    {"AT_SetStorage", set_storage},
    {"AT_SetCompression", set_compression},
    {"AT_ValidateConstraint", validate_constraint},
    {"AT_AlterConstraint", alter_constraint},
    {"AT_AttachPartition", attach_partition},
    {"AT_DetachPartition", detach_partition},
    {"AT_DetachPartitionFinalize", detach_partition},
    {"AT_AddInherit", inherit},
    {"AT_DropInherit", no_inherit},
    {"AT_AddOf", of_type},
    {"AT_DropOf", not_of_type},
    {"AT_EnableTrig", trigger_state},
    {"AT_EnableAlwaysTrig", trigger_state},
    {"AT_EnableReplicaTrig", trigger_state},
    {"AT_DisableTrig", trigger_state},
    {"AT_EnableTrigAll", trigger_state},
    {"AT_DisableTrigAll", trigger_state},
    {"AT_EnableTrigUser", trigger_state},
    {"AT_DisableTrigUser", trigger_state},
    {"AT_EnableRule", trigger_state},
    {"AT_EnableAlwaysRule", trigger_state},
    {"AT_EnableReplicaRule", trigger_state},
    {"AT_DisableRule", trigger_state},
    {"AT_ReplicaIdentity", replica_identity},
    {"AT_EnableRowSecurity", row_security},
    {"AT_DisableRowSecurity", row_security},
    {"AT_ForceRowSecurity", row_security},
    {"AT_NoForceRowSecurity", row_security},
    {"AT_SetLogged", set_logged},
    {"AT_SetUnLogged", set_logged},
    {"AT_SetTableSpace", set_tablespace},
    {"AT_SetAccessMethod", set_access_method},
    {"AT_SetRelOptions", set_options},
    {"AT_ResetRelOptions", set_options},
    {"AT_ClusterOn", cluster_on},
    {"AT_DropCluster", cluster_on},
    {"AT_ChangeOwner", change_owner},
});

Action lower_command(Context& context, const Command& command) {
  std::string_view subtype = command.node.text("subtype");
  for (const Handler& handler : kHandlers) {
    if (handler.subtype == subtype) return handler.lower(context, command);
  }
  if (subtype.starts_with("AT_")) subtype.remove_prefix(3);
  return model::OtherAction{std::string(subtype)};
}

/// Tokens of each subcommand: what follows the table's name, cut at commas.
std::vector<TokenRange> command_ranges(const Context& context, Node relation) {
  const Tokens& tokens = context.tokens;
  std::size_t begin = name_end(context, token_of(context, relation));
  if (tokens.is(begin, "*")) ++begin;
  return tokens.split({begin, tokens.size()});
}

}  // namespace

model::Operation lower_alter_table(Context& context, Node statement) {
  model::AlterTable table;
  const Node relation = statement.fixed("relation");
  table.kind = object_kind(statement.text("objtype"));
  table.table = relation_name(relation);
  table.table_span = relation_span(context, relation);
  // A type's name never says that its children are included.
  table.only = table.kind != model::ObjectKind::kType && !relation.flag("inh");
  table.if_exists = statement.flag("missing_ok");
  const std::vector<TokenRange> ranges = command_ranges(context, relation);
  for (const Node node : statement.list("cmds")) {
    Command command{node, {}};
    if (table.actions.size() < ranges.size()) command.range = ranges[table.actions.size()];
    table.actions.push_back({lower_command(context, command), context.tokens.span(command.range)});
  }
  return table;
}

}  // namespace forelock::sql
