#include "analyzer/alembic/operations/operations.h"
#include "analyzer/alembic/render/ddl.h"
#include "analyzer/alembic/render/identifiers.h"

namespace forelock::alembic {

using python::Arguments;
using python::None;
using python::Value;

namespace {

std::optional<Value> copy_of(const Value* value) {
  if (value == nullptr) return {};
  return *value;
}

/// Names the constraint by the convention and adds it to the table.
void add_constraint(Host& host, const Target& target, Constraint constraint,
                    const Operation& operation) {
  const Context& context = operation.context;
  Table table;
  table.name = target.table;
  table.schema = target.schema;
  table.span = context.call;
  constraint.span = context.call;
  table.constraints.push_back(std::move(constraint));
  for (const Constraint& ready : table_constraints(table, context)) {
    Sql sql = context.sql();
    render_add_constraint(sql, table, ready, context);
    host.emit(sql, operation);
  }
}

/// Table of a constraint: the second argument of op.create_x(name, table, …).
Target constraint_target(const Operation& operation, std::string_view keyword = "table_name") {
  return target_of(operation, keyword, 1);
}

std::vector<Name> names(const Value* value, const Context& context) {
  return value == nullptr ? std::vector<Name>() : read_names(*value, context);
}

Constraint common(const Operation& operation, ConstraintType type) {
  Constraint constraint;
  constraint.type = type;
  read_constraint_options(operation.arguments, operation.context, constraint);
  constraint.name = read_name(operation.arguments.find("constraint_name", 0), operation.context);
  if (!constraint.name) {
    constraint.name = read_name(operation.arguments.find("name"), operation.context);
  }
  return constraint;
}

Value source_table(const Operation& operation) {
  const Value* source = operation.arguments.find("source");
  return source == nullptr ? Value(None{}) : *source;
}

}  // namespace

Value create_primary_key(Host& host, const Operation& operation) {
  const Target target = constraint_target(operation);
  Constraint constraint = common(operation, ConstraintType::kPrimaryKey);
  constraint.columns =
      names(operation.arguments.find("columns", 1 + target.shift), operation.context);
  add_constraint(host, target, std::move(constraint), operation);
  return None{};
}

Value create_unique_constraint(Host& host, const Operation& operation) {
  Target target = constraint_target(operation);
  if (!target.table) target.table = read_name(source_table(operation), operation.context);
  Constraint constraint = common(operation, ConstraintType::kUnique);
  const Value* columns = operation.arguments.find("columns", 1 + target.shift);
  if (columns == nullptr) columns = operation.arguments.find("local_cols");
  constraint.columns = names(columns, operation.context);
  add_constraint(host, target, std::move(constraint), operation);
  return None{};
}

Value create_check_constraint(Host& host, const Operation& operation) {
  Target target = constraint_target(operation);
  if (!target.table) target.table = read_name(source_table(operation), operation.context);
  Constraint constraint = common(operation, ConstraintType::kCheck);
  constraint.condition = copy_of(operation.arguments.find("condition", 1 + target.shift));
  add_constraint(host, target, std::move(constraint), operation);
  return None{};
}

Value create_foreign_key(Host& host, const Operation& operation) {
  const Arguments& arguments = operation.arguments;
  const Context& context = operation.context;
  Target target;
  std::size_t next = 1;
  if (operation.batch != nullptr) {
    target.table = operation.batch->table;
    target.schema = operation.batch->schema;
  } else {
    target.table = read_name(arguments.find("source_table", 1), context);
    target.schema = read_name(arguments.find("source_schema"), context);
    if (!target.table) target.table = read_name(source_table(operation), context);
    next = 2;
  }
  Constraint constraint = common(operation, ConstraintType::kForeignKey);
  constraint.use_alter = false;
  const Value* referent = arguments.find("referent_table", next);
  if (referent == nullptr) referent = arguments.find("referent");
  constraint.referred_table = read_name(referent, context);
  constraint.referred_schema = read_name(arguments.find("referent_schema"), context);
  constraint.columns = names(arguments.find("local_cols", next + 1), context);
  constraint.referred_columns = names(arguments.find("remote_cols", next + 2), context);
  add_constraint(host, target, std::move(constraint), operation);
  return None{};
}

Value create_exclude_constraint(Host& host, const Operation& operation) {
  const Arguments& arguments = operation.arguments;
  const Target target = constraint_target(operation);
  Constraint constraint = common(operation, ConstraintType::kExclude);
  for (std::size_t i = 1 + target.shift; i < arguments.positional.size(); ++i) {
    if (const auto* items = items_of(arguments.positional[i]);
        items != nullptr && items->size() == 2) {
      constraint.elements.emplace_back((*items)[0], (*items)[1]);
    }
  }
  constraint.using_method = copy_of(present(arguments, "using"));
  constraint.condition = copy_of(present(arguments, "where"));
  constraint.ops = copy_of(present(arguments, "ops"));
  add_constraint(host, target, std::move(constraint), operation);
  return None{};
}

/// Source: alembic/operations/toimpl.py drop_constraint, schemaobj.py generic_constraint: the
/// naming convention applies to the kind that is given.
Value drop_constraint(Host& host, const Operation& operation) {
  const Context& context = operation.context;
  const Arguments& arguments = operation.arguments;
  const Target target = constraint_target(operation);
  auto name = read_name(arguments.find("constraint_name", 0), context);
  if (!name) name = read_name(arguments.find("name"), context);
  const Value* kind_value = present(arguments, "type_", 1 + target.shift);
  if (kind_value == nullptr) kind_value = present(arguments, "type");
  const auto kind = known_string(kind_value);
  ConventionSubject subject;
  if (kind == "foreignkey") subject.kind = "fk";
  if (kind == "primary") subject.kind = "pk";
  if (kind == "unique") subject.kind = "uq";
  if (kind == "check") subject.kind = "ck";
  if (!subject.kind.empty()) {
    if (target.table) subject.table = target.table->text;
    if (target.schema) subject.schema = target.schema->text;
    name = convention_name(context.options.naming_convention, subject, name, context.call);
  }
  if (!name) {
    host.refused("the constraint has no name, Alembic cannot drop it", operation);
    return None{};
  }
  Sql sql = context.sql();
  sql << "ALTER TABLE ";
  if (target.table) {
    render_table_name(sql, target.schema, *target.table);
  } else {
    sql.hole();
  }
  sql << " DROP CONSTRAINT ";
  if (flag(arguments, "if_exists")) sql << "IF EXISTS ";
  render_object_name(sql, *name);
  host.emit(sql, operation);
  return None{};
}

}  // namespace forelock::alembic
