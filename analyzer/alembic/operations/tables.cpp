#include <algorithm>
#include <array>

#include "analyzer/alembic/operations/operations.h"
#include "analyzer/alembic/render/ddl.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/versions.h"

namespace forelock::alembic {

using python::Arguments;
using python::None;
using python::Value;

Target target_of(const Operation& operation, std::string_view keyword, std::size_t index) {
  Target target;
  if (operation.batch != nullptr) {
    target.table = operation.batch->table;
    target.schema = operation.batch->schema;
    return target;
  }
  target.table = read_name(operation.arguments.find(keyword, index), operation.context);
  target.schema = read_name(operation.arguments.find("schema"), operation.context);
  target.shift = 1;
  return target;
}

void create_types(Host& host, const Table& table, const Operation& operation) {
  for (const Column& column : table.columns) {
    const NamedType* named = named_type(column.type);
    if (named == nullptr || !named->create_type || named->of_metadata || !named->name) continue;
    const std::string key =
        (named->schema ? named->schema->text : std::string()) + "." + named->name->text;
    if (!host.remember_type(key)) continue;
    Sql sql = operation.context.sql();
    sql.set_place(column.type.span.empty() ? sql.place() : column.type.span);
    render_create_type(sql, column.type, operation.context);
    host.emit(sql, operation);
  }
}

namespace {

void emit_column_comment(Host& host, const Table& table, const Column& column,
                         const Operation& operation) {
  if (!column.comment || !column.name) return;
  Sql sql = operation.context.sql();
  sql.set_place(column.span);
  sql << "COMMENT ON COLUMN ";
  if (table.name) {
    render_table_name(sql, table.schema, *table.name);
    sql << ".";
  }
  render_name(sql, *column.name);
  sql << " IS ";
  const At at(sql, operation.context.span_of(*column.comment));
  render_comment(sql, *column.comment);
  host.emit(sql, operation);
}

}  // namespace

/// geoalchemy2 adds a GiST index for each spatial column that has none.
/// Source: geoalchemy2/admin/dialects/postgresql.py create_spatial_index, release 0.18.
void emit_spatial_indexes(Host& host, const Table& table, const std::vector<Index>& indexes,
                          const Operation& operation) {
  for (const Column& column : table.columns) {
    if (column.type.family != TypeFamily::kGeometry || !column.type.spatial_index || !column.name ||
        !table.name) {
      continue;
    }
    const bool indexed = std::ranges::any_of(indexes, [&](const Index& index) {
      return std::ranges::any_of(index.expressions, [&](const Value& expression) {
        const auto name = read_name(expression, operation.context);
        return name && name->text == column.name->text;
      });
    });
    if (indexed) continue;
    Sql sql = operation.context.sql();
    sql.set_place(column.span);
    sql << "CREATE INDEX " << quote("idx_" + table.name->text + "_" + column.name->text) << " ON ";
    render_table_name(sql, table.schema, *table.name);
    sql << " USING gist (";
    if (column.type.sql == "raster") {
      sql << "ST_ConvexHull(";
      render_name(sql, *column.name);
      sql << ")";
    } else {
      render_name(sql, *column.name);
      if (column.type.spatial_nd) sql << " gist_geometry_ops_nd";
    }
    sql << ")";
    host.emit(sql, operation);
  }
}

void emit_table(Host& host, Table table, const Operation& operation, bool if_not_exists) {
  const Context& context = operation.context;
  for (Column& column : table.columns) {  // Enum(inherit_schema=True)
    if (column.type.named && column.type.named->inherit_schema && table.schema) {
      column.type.named->schema = table.schema;
    }
  }
  create_types(host, table, operation);
  const std::vector<Constraint> constraints = table_constraints(table, context);
  Sql sql = context.sql();
  render_create_table(sql, table, constraints, context, if_not_exists);
  host.emit(sql, operation);
  const std::vector<Index> indexes = table_indexes(table, context);
  emit_spatial_indexes(host, table, indexes, operation);
  for (const Index& index : indexes) {
    Sql statement = context.sql();
    statement.set_place(index.span);
    render_create_index(statement, table, index, context, false);
    host.emit(statement, operation);
  }
  if (table.comment && table.name) {
    Sql comment = context.sql();
    comment << "COMMENT ON TABLE ";
    render_table_name(comment, table.schema, *table.name);
    comment << " IS ";
    const At at(comment, context.span_of(*table.comment));
    render_comment(comment, *table.comment);
    host.emit(comment, operation);
  }
  for (const Column& column : table.columns) emit_column_comment(host, table, column, operation);
}

Value create_table(Host& host, const Operation& operation) {
  const Arguments& arguments = operation.arguments;
  std::vector<Value> items(arguments.positional.begin() + (arguments.positional.empty() ? 0 : 1),
                           arguments.positional.end());
  Table table = make_table(arguments.find("table_name", 0), items, arguments, operation.context);
  table.complete = table.complete && arguments.complete;
  const bool if_not_exists =
      flag(arguments, "if_not_exists") && has(operation.context.options, Feature::kTableIfExists);
  emit_table(host, table, operation, if_not_exists);
  // The Table object that op.create_table returns, for bulk_insert and the like.
  python::Symbol symbol;
  symbol.kind = python::Symbol::Kind::kCall;
  symbol.operands.push_back(python::make_symbol("alembic.op.create_table", operation.site.place));
  symbol.arguments = arguments;
  symbol.place = operation.site.place;
  return Value(std::make_shared<const python::Symbol>(std::move(symbol)));
}

Value drop_table(Host& host, const Operation& operation) {
  const Target target = target_of(operation, "table_name", 0);
  Sql sql = operation.context.sql();
  sql << "DROP TABLE ";
  if (flag(operation.arguments, "if_exists") &&
      has(operation.context.options, Feature::kTableIfExists)) {
    sql << "IF EXISTS ";
  }
  if (target.table) {
    render_table_name(sql, target.schema, *target.table);
  } else {
    sql.hole();
  }
  host.emit(sql, operation);
  return None{};
}

Value rename_table(Host& host, const Operation& operation) {
  const Arguments& arguments = operation.arguments;
  const auto from = read_name(arguments.find("old_table_name", 0), operation.context);
  const auto to = read_name(arguments.find("new_table_name", 1), operation.context);
  const auto schema = read_name(arguments.find("schema", 2), operation.context);
  Sql sql = operation.context.sql();
  sql << "ALTER TABLE ";
  if (from) {
    render_table_name(sql, schema, *from, true);
  } else {
    sql.hole();
  }
  sql << " RENAME TO ";
  if (to) {
    render_name(sql, *to);
  } else {
    sql.hole();
  }
  host.emit(sql, operation);
  return None{};
}

namespace {

Value table_comment(Host& host, const Operation& operation, const Value* comment) {
  const Target target = target_of(operation, "table_name", 0);
  Sql sql = operation.context.sql();
  sql << "COMMENT ON TABLE ";
  if (target.table) {
    render_table_name(sql, target.schema, *target.table);
  } else {
    sql.hole();
  }
  sql << " IS ";
  if (comment != nullptr) {
    const At at(sql, operation.context.span_of(*comment));
    render_comment(sql, *comment);
  } else {
    sql << "NULL";
  }
  host.emit(sql, operation);
  return None{};
}

}  // namespace

Value create_table_comment(Host& host, const Operation& operation) {
  return table_comment(host, operation,
                       present(operation.arguments, "comment", operation.batch != nullptr ? 0 : 1));
}

Value drop_table_comment(Host& host, const Operation& operation) {
  return table_comment(host, operation, nullptr);
}

}  // namespace forelock::alembic
