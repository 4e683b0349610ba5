#include "analyzer/sql/lower_name.h"

#include <utility>

#include "analyzer/sql/lower_expression.h"

namespace forelock::sql {
namespace {

using model::ObjectKind;
using model::ObjectReference;

/// Whether objects of the kind live on a table (or a domain) and are named after it.
bool lives_on_table(ObjectKind kind) {
  return kind == ObjectKind::kColumn || kind == ObjectKind::kConstraint ||
         kind == ObjectKind::kTrigger || kind == ObjectKind::kPolicy || kind == ObjectKind::kRule ||
         kind == ObjectKind::kDomainConstraint || kind == ObjectKind::kAttribute;
}

/// `schema.table.name`, as lists of names have objects that live on a table.
void read_dotted(std::vector<std::string> parts, bool on_table, ObjectReference& reference) {
  if (parts.empty()) return;
  model::QualifiedName& owner = on_table ? reference.table : reference.name;
  if (on_table) {
    reference.name.name = std::move(parts.back());
    parts.pop_back();
    if (parts.empty()) return;
  }
  owner.name = std::move(parts.back());
  if (parts.size() > 1) owner.schema = std::move(parts[parts.size() - 2]);
}

void read_list(Context& context, NodeList items, ObjectReference& reference) {
  const Node first = items.front();
  if (reference.kind == ObjectKind::kCast) {
    reference.name.name = model::display(lower_type(context, first)) + " AS " +
                          model::display(lower_type(context, items.back()));
  } else if (first.is("TypeName")) {
    // COMMENT ON CONSTRAINT … ON DOMAIN …
    reference.table = qualified_name(first.list("names"));
    reference.name.name = value_text(items.back());
  } else {
    read_dotted(strings(items), lives_on_table(reference.kind), reference);
  }
}

void read_with_arguments(Context& context, Node object, ObjectReference& reference) {
  reference.name = qualified_name(object.list("objname"));
  reference.has_arguments = !object.flag("args_unspecified");
  reference.arguments = argument_types(context, object.list("objargs"));
}

}  // namespace

std::vector<model::TypeName> argument_types(Context& context, NodeList types) {
  std::vector<model::TypeName> result;
  for (const Node type : types) {
    model::TypeName& argument = result.emplace_back();
    if (type) {
      argument = lower_type(context, type);
    } else {
      argument.name.name = "NONE";
    }
  }
  return result;
}

ObjectReference lower_reference(Context& context, ObjectKind kind, Node object) {
  ObjectReference reference;
  reference.kind = kind;
  if (object.is("List")) {
    read_list(context, object.list("items"), reference);
  } else if (object.is("TypeName")) {
    reference.name = qualified_name(object.list("names"));
  } else if (object.is("ObjectWithArgs")) {
    read_with_arguments(context, object, reference);
  } else if (object.is("RangeVar")) {
    reference.name = relation_name(object);
  } else {
    reference.name.name = value_text(object);
  }
  return reference;
}

ObjectReference lower_signature(Context& context, ObjectKind kind, Node object) {
  ObjectReference reference;
  reference.kind = kind;
  read_with_arguments(context, object, reference);
  return reference;
}

model::Operation lower_drop(Context& context, Node statement) {
  model::Drop drop;
  drop.kind = object_kind(statement.text("removeType"));
  for (const Node object : statement.list("objects")) {
    drop.objects.push_back(lower_reference(context, drop.kind, object));
  }
  drop.if_exists = statement.flag("missing_ok");
  drop.cascade = statement.text("behavior") == "DROP_CASCADE";
  drop.concurrently = statement.flag("concurrent");
  return drop;
}

model::Operation lower_rename(Context& context, Node statement) {
  model::Rename rename;
  const ObjectKind kind = object_kind(statement.text("renameType"));
  const Node relation = statement.fixed("relation");
  const Node object = statement.child("object");
  if (object) {
    rename.object = lower_reference(context, kind, object);
    if (kind == ObjectKind::kDomainConstraint) {
      rename.object.table = qualified_name(object.list("items"));
      rename.object.name = {{}, statement.string("subname")};
    }
  } else if (relation && lives_on_table(kind)) {
    rename.object.table = relation_name(relation);
    rename.object.name.name = statement.string("subname");
  } else if (relation) {
    rename.object.name = relation_name(relation);
  } else {
    rename.object.name.name = statement.string("subname");
  }
  rename.object.kind = kind;
  rename.new_name = statement.string("newname");
  // Only where a column or attribute is renamed does the tree say what it belongs to.
  if (kind == ObjectKind::kColumn || kind == ObjectKind::kAttribute) {
    rename.relation_kind = object_kind(statement.text("relationType"));
  } else if (relation && !lives_on_table(kind)) {
    rename.relation_kind = kind;
  }
  rename.if_exists = statement.flag("missing_ok");
  rename.cascade = statement.text("behavior") == "DROP_CASCADE";
  rename.only = relation && !relation.flag("inh");
  return rename;
}

model::Operation lower_set_schema(Context& context, Node statement) {
  model::SetSchema result;
  const ObjectKind kind = object_kind(statement.text("objectType"));
  if (const Node relation = statement.fixed("relation")) {
    result.object.kind = kind;
    result.object.name = relation_name(relation);
  } else {
    result.object = lower_reference(context, kind, statement.child("object"));
  }
  result.new_schema = statement.string("newschema");
  result.if_exists = statement.flag("missing_ok");
  return result;
}

model::Operation lower_set_owner(Context& context, Node statement) {
  const ObjectKind kind = object_kind(statement.text("objectType"));
  return model::SetOwner{lower_reference(context, kind, statement.child("object")),
                         role_name(statement.fixed("newowner"))};
}

model::Operation lower_comment(Context& context, Node statement) {
  model::Comment comment;
  const ObjectKind kind = object_kind(statement.text("objtype"));
  comment.object = lower_reference(context, kind, statement.child("object"));
  // '' removes the comment as NULL does.
  if (!statement.text("comment").empty()) comment.text = statement.string("comment");
  return comment;
}

model::Operation lower_grant(Context& context, Node statement) {
  model::Grant grant;
  grant.is_grant = statement.flag("is_grant");
  grant.kind = object_kind(statement.text("objtype"));
  grant.all_in_schema = statement.text("targtype") == "ACL_TARGET_ALL_IN_SCHEMA";
  const ObjectKind object = grant.all_in_schema ? ObjectKind::kSchema : grant.kind;
  for (const Node node : statement.list("objects")) {
    grant.objects.push_back(lower_reference(context, object, node));
  }
  for (const Node privilege : statement.list("privileges")) {
    grant.privileges.push_back(privilege.string("priv_name"));
    for (std::string& column : strings(privilege.list("cols"))) {
      grant.columns.push_back(std::move(column));
    }
  }
  if (grant.privileges.empty()) grant.privileges.emplace_back("all");
  for (const Node role : statement.list("grantees")) grant.grantees.push_back(role_name(role));
  return grant;
}

}  // namespace forelock::sql
