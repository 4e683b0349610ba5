#include "analyzer/sql/context.h"

#include <array>
#include <utility>

namespace forelock::sql {
namespace {

using model::ObjectKind;

struct ObjectTypeKind {
  std::string_view type;
  ObjectKind kind;
};

// Source: PostgreSQL 18, enum ObjectType in src/include/nodes/parsenodes.h.
constexpr auto kObjectKinds = std::to_array<ObjectTypeKind>({
    {"OBJECT_ACCESS_METHOD", ObjectKind::kAccessMethod},
    {"OBJECT_AGGREGATE", ObjectKind::kAggregate},
    {"OBJECT_ATTRIBUTE", ObjectKind::kAttribute},
    {"OBJECT_CAST", ObjectKind::kCast},
    {"OBJECT_COLUMN", ObjectKind::kColumn},
    {"OBJECT_COLLATION", ObjectKind::kCollation},
    {"OBJECT_DATABASE", ObjectKind::kDatabase},
    {"OBJECT_DOMAIN", ObjectKind::kDomain},
    {"OBJECT_DOMCONSTRAINT", ObjectKind::kDomainConstraint},
    {"OBJECT_EVENT_TRIGGER", ObjectKind::kEventTrigger},
    {"OBJECT_EXTENSION", ObjectKind::kExtension},
    {"OBJECT_FOREIGN_SERVER", ObjectKind::kServer},
    {"OBJECT_FOREIGN_TABLE", ObjectKind::kForeignTable},
    {"OBJECT_FUNCTION", ObjectKind::kFunction},
    {"OBJECT_INDEX", ObjectKind::kIndex},
    {"OBJECT_LANGUAGE", ObjectKind::kLanguage},
    {"OBJECT_MATVIEW", ObjectKind::kMaterializedView},
    {"OBJECT_OPERATOR", ObjectKind::kOperator},
    {"OBJECT_POLICY", ObjectKind::kPolicy},
    {"OBJECT_PROCEDURE", ObjectKind::kProcedure},
    {"OBJECT_PUBLICATION", ObjectKind::kPublication},
    {"OBJECT_ROLE", ObjectKind::kRole},
    {"OBJECT_ROUTINE", ObjectKind::kRoutine},
    {"OBJECT_RULE", ObjectKind::kRule},
    {"OBJECT_SCHEMA", ObjectKind::kSchema},
    {"OBJECT_SEQUENCE", ObjectKind::kSequence},
    {"OBJECT_SUBSCRIPTION", ObjectKind::kSubscription},
    {"OBJECT_STATISTIC_EXT", ObjectKind::kStatistics},
    {"OBJECT_TABCONSTRAINT", ObjectKind::kConstraint},
    {"OBJECT_TABLE", ObjectKind::kTable},
    {"OBJECT_TABLESPACE", ObjectKind::kTablespace},
    {"OBJECT_TRIGGER", ObjectKind::kTrigger},
    {"OBJECT_TSCONFIGURATION", ObjectKind::kTextSearch},
    {"OBJECT_TSDICTIONARY", ObjectKind::kTextSearch},
    {"OBJECT_TSPARSER", ObjectKind::kTextSearch},
    {"OBJECT_TSTEMPLATE", ObjectKind::kTextSearch},
    {"OBJECT_TYPE", ObjectKind::kType},
    {"OBJECT_VIEW", ObjectKind::kView},
});

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string result;
  for (const std::string& part : parts) {
    if (!result.empty()) result += separator;
    result += part;
  }
  return result;
}

}  // namespace

std::size_t token_of(const Context& context, Node node, std::string_view field) {
  // libpg_query leaves out a position of 0 and writes -1 for none.
  const std::int64_t location = node ? node.integer(field, 0) : -1;
  if (location < 0) return context.tokens.size();
  return context.tokens.index_at(static_cast<std::uint32_t>(location));
}

std::size_t name_end(const Context& context, std::size_t index) {
  const Tokens& tokens = context.tokens;
  if (index >= tokens.size()) return tokens.size();
  ++index;
  while (tokens.is(index, ".") && index + 1 < tokens.size()) index += 2;
  return index;
}

std::string value_text(Node node) {
  if (node.is("String")) return node.string("sval");
  if (node.is("Integer")) return std::to_string(node.integer("ival"));
  if (node.is("Float")) return node.string("fval");
  if (node.is("Boolean")) return node.flag("boolval") ? "true" : "false";
  if (node.is("TypeName")) return joined(strings(node.list("names")), ".");
  if (node.is("List")) return joined(strings(node.list("items")), ", ");
  if (node.is("A_Const")) {
    if (node.flag("isnull")) return "NULL";
    if (const Node value = node.fixed("ival")) return std::to_string(value.integer("ival"));
    if (const Node value = node.fixed("fval")) return value.string("fval");
    if (const Node value = node.fixed("boolval")) return value.flag("boolval") ? "true" : "false";
    if (const Node value = node.fixed("sval")) return value.string("sval");
    return node.fixed("bsval").string("bsval");
  }
  if (node.is("TypeCast")) return value_text(node.child("arg"));
  if (node.is("A_Star")) return "*";
  return {};
}

std::vector<std::string> strings(NodeList list) {
  std::vector<std::string> result;
  for (const Node node : list) result.push_back(value_text(node));
  return result;
}

model::QualifiedName qualified_name(NodeList list) {
  std::vector<std::string> parts = strings(list);
  if (parts.empty()) return {};
  model::QualifiedName name{{}, std::move(parts.back())};
  if (parts.size() > 1) name.schema = std::move(parts[parts.size() - 2]);
  return name;
}

model::QualifiedName relation_name(Node range_var) {
  return {range_var.string("schemaname"), range_var.string("relname")};
}

text::Span relation_span(const Context& context, Node range_var) {
  const std::size_t begin = token_of(context, range_var);
  return context.tokens.span({begin, name_end(context, begin)});
}

model::Persistence persistence(Node range_var) {
  const char letter = range_var.character("relpersistence");
  if (letter == 't') return model::Persistence::kTemporary;
  return letter == 'u' ? model::Persistence::kUnlogged : model::Persistence::kPermanent;
}

model::Options options(NodeList list) {
  model::Options result;
  for (const Node option : list) {
    const std::string_view space = option.text("defnamespace");
    std::string name = space.empty() ? "" : std::string(space) + ".";
    name += option.text("defname");
    result.emplace_back(std::move(name), value_text(option.child("arg")));
  }
  return result;
}

Node find_option(NodeList list, std::string_view name) {
  for (const Node option : list) {
    if (option.text("defname") == name) return option;
  }
  return {};
}

bool option_flag(Node def_elem) {
  if (!def_elem) return false;
  const std::string value = value_text(def_elem.child("arg"));
  // Source: PostgreSQL 18, defGetBoolean() in src/backend/commands/define.c.
  return value.empty() || same_word(value, "true") || same_word(value, "on") || value == "1";
}

std::string role_name(Node role) {
  const std::string_view type = role.text("roletype");
  if (type == "ROLESPEC_PUBLIC") return "public";
  if (type == "ROLESPEC_CURRENT_USER") return "CURRENT_USER";
  if (type == "ROLESPEC_CURRENT_ROLE") return "CURRENT_ROLE";
  if (type == "ROLESPEC_SESSION_USER") return "SESSION_USER";
  return role.string("rolename");
}

ObjectKind object_kind(std::string_view object_type) {
  for (const ObjectTypeKind& entry : kObjectKinds) {
    if (entry.type == object_type) return entry.kind;
  }
  return ObjectKind::kOther;
}

}  // namespace forelock::sql
