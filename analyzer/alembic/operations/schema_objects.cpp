// create() and drop() of enums, sequences, tables, indexes and metadata.

#include <algorithm>

#include "analyzer/alembic/operations/operations.h"
#include "analyzer/alembic/render/ddl.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/render/models.h"
#include "analyzer/alembic/render/sequences.h"

namespace forelock::alembic {

using python::None;
using python::Value;

namespace {

enum class Verb { kCreate, kDrop };

/// Whether an object with checkfirst=True is known to exist already.
std::optional<bool> type_exists(const Host& host, const NamedType& named) {
  if (host.schema() == nullptr || !named.name) return {};
  return host.schema()->check_first(SchemaOracle::Kind::kType, named.name->text,
                                    named.schema ? named.schema->text : "");
}

bool create_or_drop_type(Host& host, const Value& given, Verb verb, const Operation& operation) {
  const Context& context = operation.context;
  Value receiver = given;
  // Enum(…).dialect_impl(dialect) and the like are that type again.
  while (gives_same_type(method_of(receiver)) && receiver_of(receiver) != nullptr) {
    receiver = Value(*receiver_of(receiver));
  }
  const std::string name = name_of(receiver);
  const bool enumeration = name == "sa.Enum" || name == "pg.ENUM" || name == "sa.ENUM";
  const bool domain = name == "pg.DOMAIN";
  if (!enumeration && !domain) return false;
  const Type type = read_type(receiver, context);
  const NamedType* named = named_type(type);
  if (named == nullptr) return true;  // a string enum has nothing to create
  const bool check = flag(operation.arguments, "checkfirst", true, 1);
  if (check) {
    const auto exists = type_exists(host, *named);
    if (exists && *exists == (verb == Verb::kCreate)) return true;
  }
  Sql sql = context.sql();
  if (verb == Verb::kCreate) {
    render_create_type(sql, type, context);
  } else {
    render_drop_type(sql, *named);
  }
  host.emit(sql, operation);
  return true;
}

bool create_or_drop_table(Host& host, const Value& receiver, Verb verb,
                          const Operation& operation) {
  const Context& context = operation.context;
  const std::string name = name_of(receiver);
  const bool is_table = is_call(receiver) && (name == "sa.Table" || name == "op.create_table");
  const bool is_model = receiver.symbol() != nullptr &&
                        receiver.symbol()->kind == python::Symbol::Kind::kAttribute &&
                        receiver.symbol()->name == "__table__";
  if (!is_table && !is_model) return false;
  const auto table = read_table(receiver, context);
  if (!table) return false;
  if (flag(operation.arguments, "checkfirst", false, 1) && host.schema() != nullptr &&
      table->name) {
    const auto exists = host.schema()->check_first(SchemaOracle::Kind::kTable, table->name->text,
                                                   table->schema ? table->schema->text : "");
    if (exists && *exists == (verb == Verb::kCreate)) return true;
  }
  if (verb == Verb::kCreate) {
    emit_table(host, *table, operation, false);
    return true;
  }
  Sql sql = context.sql();
  sql << "DROP TABLE ";
  if (table->name) {
    render_table_name(sql, table->schema, *table->name);
  } else {
    sql.hole();
  }
  host.emit(sql, operation);
  for (const Column& column : table->columns) {
    const NamedType* named = named_type(column.type);
    if (named == nullptr || !named->create_type || named->of_metadata || !named->name) continue;
    Sql drop = context.sql();
    render_drop_type(drop, *named);
    host.emit(drop, operation);
  }
  return true;
}

bool create_or_drop_index(Host& host, const Value& receiver, Verb verb,
                          const Operation& operation) {
  const Context& context = operation.context;
  const auto index = read_index(receiver, context);
  if (!index) return false;
  Table table;
  for (const Value& expression : index->expressions) {
    if (const auto reference = read_column_reference(expression, context);
        reference && reference->table) {
      table.name = reference->table;
      table.schema = reference->schema;
    }
  }
  Sql sql = context.sql();
  if (verb == Verb::kCreate) {
    render_create_index(sql, table, *index, context, false);
  } else if (index->name) {
    render_drop_index(sql, table.schema, *index->name, index->options, false);
  }
  host.emit(sql, operation);
  return true;
}

bool create_or_drop(Host& host, const Value& receiver, Verb verb, const Operation& operation) {
  if (create_or_drop_type(host, receiver, verb, operation)) return true;
  if (create_or_drop_table(host, receiver, verb, operation)) return true;
  if (create_or_drop_index(host, receiver, verb, operation)) return true;
  if (name_of(receiver) == "sa.Sequence" && is_call(receiver)) {
    Sql sql = operation.context.sql();
    if (verb == Verb::kCreate) {
      render_create_sequence(sql, receiver, false, operation.context);
    } else {
      render_drop_sequence(sql, receiver, false, operation.context);
    }
    host.emit(sql, operation);
    return true;
  }
  return false;
}

}  // namespace

std::optional<Value> create_object(Host& host, const Value& receiver, const Operation& operation) {
  if (create_or_drop(host, receiver, Verb::kCreate, operation)) return Value(None{});
  return {};
}

std::optional<Value> drop_object(Host& host, const Value& receiver, const Operation& operation) {
  if (create_or_drop(host, receiver, Verb::kDrop, operation)) return Value(None{});
  return {};
}

}  // namespace forelock::alembic
