#include <fmt/format.h>

#include "analyzer/alembic/connections.h"
#include "analyzer/alembic/operations/operations.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/render/text_clause.h"
#include "analyzer/alembic/render/trees.h"

namespace forelock::alembic {

using python::Arguments;
using python::None;
using python::Value;

Value Host::execute(const Value& statement, const Value* parameters, const Operation& operation) {
  const Context& context = operation.context;
  const Value rows = forelock::alembic::rows();
  Sql sql = context.sql();
  Expressions expressions(context);
  if (statement.str() != nullptr && parameters != nullptr && !parameters->is_none()) {
    const auto* sets = items_of(*parameters);
    // Source: sqlalchemy/engine/util.py of 1.4, _distill_params: the first one tells.
    const bool many = sets != nullptr && !sets->empty() &&
                      (sets->front().dict() != nullptr || sets->front().sequence() != nullptr);
    for (const Value& one : many ? *sets : std::vector<Value>{*parameters}) {
      Sql each = context.sql();
      render_driver_text(each, *statement.str(), one, expressions);
      emit(each, operation);
    }
    if (many && !parameters->sequence()->complete) {
      rows_not_analyzed("some parameters of the statement are not known", operation);
    }
    return rows;
  }
  if (statement.str() != nullptr) {
    ExpressionOptions options;
    options.text_is_sql = true;
    expressions.render(sql, statement, options);
    emit(sql, operation);
    return rows;
  }
  if (const auto* items =
          items_of(statement)) {  // exec_driver_sql of several, or ReplaceableObject
    for (const Value& item : *items) execute(item, parameters, operation);
    return rows;
  }
  if (const auto* many = parameters == nullptr ? nullptr : items_of(*parameters);
      many != nullptr && is_text(statement)) {  // executemany: once for each set of parameters
    for (const Value& one : *many) {
      Sql each = context.sql();
      expressions.render_statement(each, statement, &one);
      emit(each, operation);
    }
    if (!parameters->sequence()->complete) {
      rows_not_analyzed("some parameters of the statement are not known", operation);
    }
    return rows;
  }
  if (expressions.render_statement(sql, statement, parameters)) {
    emit(sql, operation);
    return rows;
  }
  if (statement.is_unknown()) {
    const auto* unknown = statement.as<python::Unknown>();
    const std::string_view depends =
        unknown->reason.starts_with("depends on ") ? "" : "depends on ";
    not_analyzed(fmt::format("the SQL {}{}", depends, unknown->reason), operation);
    return rows;
  }
  if (const std::string name = name_of(statement); name.starts_with("func.")) {
    sql << "SELECT ";
    expressions.render(sql, statement, {});
    emit(sql, operation);
    return rows;
  }
  not_analyzed("the statement is not known", operation);
  return rows;
}

Value execute_operation(Host& host, const Operation& operation) {
  const Value* statement = operation.arguments.find("sqltext", 0);
  if (statement == nullptr) statement = operation.arguments.find("sql");
  if (statement == nullptr) {
    host.not_analyzed("execute without a statement", operation);
    return None{};
  }
  host.execute(*statement, nullptr, operation);
  return None{};
}

namespace {

/// Stands for the rows that are not known: their table is, and a schema does not change by rows.
void insert_unknown_rows(Host& host, const Value& table_value, const Operation& operation) {
  Sql sql = operation.context.sql();
  sql << "INSERT INTO ";
  const auto table = read_table(table_value, operation.context);
  if (table && table->name) {
    render_table_name(sql, table->schema, *table->name);
  } else {
    sql.hole();
  }
  sql << " VALUES (";
  sql.hole();
  sql << ")";
  host.emit(sql, operation);
}

}  // namespace

/// One INSERT for each row, as offline mode prints it; a real run sends the same values.
/// Source: alembic/ddl/impl.py bulk_insert.
Value bulk_insert(Host& host, const Operation& operation) {
  const Arguments& arguments = operation.arguments;
  const Context& context = operation.context;
  const Value* table_value = arguments.find("table", 0);
  const Value* rows = arguments.find("rows", 1);
  if (table_value == nullptr || rows == nullptr) {
    host.rows_not_analyzed("bulk_insert without a table or rows", operation);
    return None{};
  }
  const auto* items = items_of(*rows);
  if (items == nullptr) {
    insert_unknown_rows(host, *table_value, operation);
    return None{};
  }
  for (const Value& row : *items) {
    Sql sql = context.sql();
    sql.set_place(context.span_of(row));
    Expressions expressions(context);
    const Value statement = insert_into(*table_value, {0, context.span_of(row)});
    if (row.is_unknown() || !expressions.render_statement(sql, statement, &row)) {
      host.rows_not_analyzed("a row of bulk_insert is not known", operation);
      continue;
    }
    host.emit(sql, operation);
  }
  if (!rows->sequence()->complete) {
    insert_unknown_rows(host, *table_value, operation);
  }
  return None{};
}

}  // namespace forelock::alembic
