#include "analyzer/alembic/operations/operations.h"
#include "analyzer/alembic/render/ddl.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/versions.h"

namespace forelock::alembic {

using python::Arguments;
using python::None;
using python::Value;

namespace {

/// An index without a name gets the convention's, whose columns are the plain ones.
std::optional<Name> index_name(const std::optional<Name>& given, const Target& target,
                               const std::vector<Value>& columns, bool unique,
                               const Context& context) {
  ConventionSubject subject;
  subject.kind = "ix";
  subject.unique = unique;
  if (target.table) subject.table = target.table->text;
  if (target.schema) subject.schema = target.schema->text;
  for (const Value& column : columns) {
    if (const auto name = read_name(column, context)) subject.columns.push_back(name->text);
  }
  return convention_name(context.options.naming_convention, subject, given, context.call);
}

}  // namespace

Value create_index(Host& host, const Operation& operation) {
  const Arguments& arguments = operation.arguments;
  const Context& context = operation.context;
  const Target target = target_of(operation, "table_name", 1);
  auto given = read_name(arguments.find("index_name", 0), context);
  if (!given) given = read_name(arguments.find("name"), context);
  const Value* columns = arguments.find("columns", 1 + target.shift);
  Index index;
  index.span = context.call;
  if (columns != nullptr) {
    if (const auto* items = items_of(*columns)) {
      index.expressions = *items;
    } else {
      index.expressions.push_back(*columns);
    }
  }
  index.unique = flag(arguments, "unique");
  index.options.keywords = arguments.keywords;
  index.name = index_name(given, target, index.expressions, index.unique, context);
  Table table;
  table.name = target.table;
  table.schema = target.schema;
  Sql sql = context.sql();
  const bool if_not_exists =
      flag(arguments, "if_not_exists") && has(context.options, Feature::kIndexIfExists);
  render_create_index(sql, table, index, context, if_not_exists);
  host.emit(sql, operation);
  return None{};
}

Value drop_index(Host& host, const Operation& operation) {
  const Arguments& arguments = operation.arguments;
  const Context& context = operation.context;
  auto given = read_name(arguments.find("index_name", 0), context);
  if (!given) given = read_name(arguments.find("name"), context);
  Target target;
  if (operation.batch != nullptr) {
    target.table = operation.batch->table;
    target.schema = operation.batch->schema;
  } else {
    target.table = read_name(arguments.find("table_name", 1), context);
    target.schema = read_name(arguments.find("schema"), context);
  }
  const auto name = index_name(given, target, {}, false, context);
  if (!name) {
    host.refused("the index has no name, Alembic cannot drop it", operation);
    return None{};
  }
  Sql sql = context.sql();
  const bool if_exists =
      flag(arguments, "if_exists") && has(context.options, Feature::kIndexIfExists);
  render_drop_index(sql, target.schema, *name, arguments, if_exists);
  host.emit(sql, operation);
  return None{};
}

}  // namespace forelock::alembic
