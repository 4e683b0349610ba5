#include "analyzer/alembic/operations/operations.h"
#include "analyzer/alembic/render/ddl.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/versions.h"

namespace forelock::alembic {

using python::Arguments;
using python::None;
using python::Value;

namespace {

void render_alter_table(Sql& sql, const Target& target) {
  sql << "ALTER TABLE ";
  if (target.table) {
    render_table_name(sql, target.schema, *target.table, true);
  } else {
    sql.hole();
  }
}

void render_column_name(Sql& sql, const std::optional<Name>& name) {
  if (name) {
    render_name(sql, *name);
  } else {
    sql.hole();
  }
}

/// ADD COLUMN … REFERENCES …, when the column has exactly one foreign key and Alembic is asked to.
void render_inline_reference(Sql& sql, const Constraint& key, const Context& context) {
  sql << " REFERENCES ";
  if (key.referred_table) render_table_name(sql, key.referred_schema, *key.referred_table);
  sql << " (";
  if (!key.referred_columns.empty()) render_name(sql, key.referred_columns[0]);
  sql << ")";
  const auto words = [&](std::string_view prefix, const std::optional<Value>& value) {
    if (!value) return;
    sql << prefix;
    const At at(sql, context.span_of(*value));
    if (value->str() != nullptr) {
      sql.copy(*value->str());
    } else {
      sql.hole();
    }
  };
  words(" MATCH ", key.match);
  words(" ON DELETE ", key.on_delete);
  words(" ON UPDATE ", key.on_update);
  if (key.deferrable) sql << (*key.deferrable ? " DEFERRABLE" : " NOT DEFERRABLE");
  words(" INITIALLY ", key.initially);
}

}  // namespace

/// Source: alembic/operations/toimpl.py add_column, alembic/ddl/base.py add_column.
Value add_column(Host& host, const Operation& operation) {
  return add_column_to_table(host, operation, false);
}

Value add_column_to_table(Host& host, const Operation& operation, bool plugin) {
  const Context& context = operation.context;
  const Arguments& arguments = operation.arguments;
  const Target target = target_of(operation, "table_name", 0);
  const Value* given = arguments.find("column", target.shift);
  std::optional<Column> column;
  if (given != nullptr) column = read_column(*given, context);
  Sql sql = context.sql();
  render_alter_table(sql, target);
  sql << " ADD COLUMN ";
  if (flag(arguments, "if_not_exists")) sql << "IF NOT EXISTS ";
  if (!column) {
    sql.hole();
    sql << " ";
    sql.hole();
    host.emit(sql, operation);
    return None{};
  }
  Table table;
  table.name = target.table;
  table.schema = target.schema;
  table.span = context.call;
  table.columns.push_back(*column);
  if (column->type.named && column->type.named->inherit_schema && table.schema) {
    table.columns[0].type.named->schema = table.schema;
  }
  const std::vector<Constraint> constraints = table_constraints(table, context);
  const Column& ready = table.columns[0];
  const bool serial = autoincrement_column(table, constraints) == &ready;
  Column plain = ready;
  plain.checks.clear();
  render_column(sql, plain, serial, context);
  if (flag(arguments, "inline_primary_key") && ready.primary_key) sql << " PRIMARY KEY";
  const bool inline_reference =
      flag(arguments, "inline_references") && ready.foreign_keys.size() == 1;
  if (inline_reference) render_inline_reference(sql, ready.foreign_keys[0], context);
  for (const Constraint& check : ready.checks) {
    sql << " ";
    render_constraint(sql, check, context);
  }
  host.emit(sql, operation);
  if (plugin) return None{};
  for (const Constraint& constraint : constraints) {
    if (constraint.type == ConstraintType::kPrimaryKey) continue;
    if (inline_reference && constraint.type == ConstraintType::kForeignKey) continue;
    Sql statement = context.sql();
    statement.set_place(constraint.span);
    render_add_constraint(statement, table, constraint, context);
    host.emit(statement, operation);
  }
  const std::vector<Index> indexes = table_indexes(table, context);
  emit_spatial_indexes(host, table, indexes, operation);
  for (const Index& index : indexes) {
    Sql statement = context.sql();
    statement.set_place(index.span);
    render_create_index(statement, table, index, context, false);
    host.emit(statement, operation);
  }
  if (ready.comment) {
    Sql comment = context.sql();
    comment << "COMMENT ON COLUMN ";
    if (target.table) render_table_name(comment, target.schema, *target.table);
    comment << ".";
    render_column_name(comment, ready.name);
    comment << " IS ";
    const At at(comment, context.span_of(*ready.comment));
    render_comment(comment, *ready.comment);
    host.emit(comment, operation);
  }
  return None{};
}

Value drop_column(Host& host, const Operation& operation) {
  const Target target = target_of(operation, "table_name", 0);
  Sql sql = operation.context.sql();
  render_alter_table(sql, target);
  sql << " DROP COLUMN ";
  if (flag(operation.arguments, "if_exists") &&
      has(operation.context.options, Feature::kColumnIfExists)) {
    sql << "IF EXISTS ";
  }
  render_column_name(
      sql, read_name(operation.arguments.find("column_name", target.shift), operation.context));
  host.emit(sql, operation);
  return None{};
}

namespace {

class AlterColumn {
 public:
  AlterColumn(Host& host, const Operation& operation)
      : host_(host),
        operation_(operation),
        arguments_(operation.arguments),
        context_(operation.context),
        target_(target_of(operation, "table_name", 0)),
        column_(read_name(arguments_.find("column_name", target_.shift), context_)) {}

  /// Order: type, nullable, default, comment, name.
  /// Source: alembic/ddl/postgresql.py PostgresqlImpl.alter_column, alembic/ddl/impl.py.
  void run() {
    const Value* type = present(arguments_, "type_");
    const Value* existing_type = present(arguments_, "existing_type");
    if (type != nullptr && existing_type != nullptr) drop_type_checks(*existing_type);
    if (type != nullptr) change_type(*type);
    if (const auto nullable = tristate(arguments_, "nullable")) {
      start(arguments_.find("nullable"));
      sql_ << (*nullable ? " DROP NOT NULL" : " SET NOT NULL");
      host_.emit(sql_, operation_);
    } else if (const Value* unknown = present(arguments_, "nullable")) {
      host_.not_analyzed("whether the column may be null is not known", operation_);
      (void)unknown;
    }
    if (const Value* fallback = arguments_.find("server_default")) change_default(*fallback);
    if (const Value* comment = arguments_.find("comment")) change_comment(*comment);
    if (const auto name = read_name(rename_argument(), context_)) {
      sql_ = context_.sql();
      render_alter_table(sql_, target_);
      sql_ << " RENAME ";
      render_column_name(sql_, column_);
      sql_ << " TO ";
      render_name(sql_, *name);
      host_.emit(sql_, operation_);
    }
    if (type != nullptr) add_type_checks(*type);
  }

 private:
  const Value* rename_argument() const {
    if (const Value* name = present(arguments_, "new_column_name")) return name;
    return present(arguments_, "name");
  }

  void start(const Value* cause) {
    sql_ = context_.sql();
    if (cause != nullptr) sql_.set_place(context_.call);
    render_alter_table(sql_, target_);
    sql_ << " ALTER COLUMN ";
    render_column_name(sql_, column_);
  }

  void change_type(const Value& value) {
    start(&value);
    sql_ << " TYPE ";
    Type type = read_type(value, context_);
    render_type(sql_, type);
    if (const Value* expression = present(arguments_, "postgresql_using")) {
      sql_ << " USING ";
      const At at(sql_, context_.span_of(*expression));
      if (expression->str() != nullptr) {
        sql_.copy(*expression->str());
      } else {
        sql_.hole();
      }
    }
    host_.emit(sql_, operation_);
  }

  void change_default(const Value& value) {
    if (const auto* boolean = value.as<bool>(); boolean != nullptr && !*boolean)
      return;  // no change
    const std::string name = name_of(value);
    const Value* existing = present(arguments_, "existing_server_default");
    const bool was_identity = existing != nullptr && name_of(*existing) == "sa.Identity";
    if (name == "sa.Computed" || (existing != nullptr && name_of(*existing) == "sa.Computed")) {
      host_.refused("a computed column cannot be changed by alter_column", operation_);
      return;
    }
    start(&value);
    if (name == "sa.Identity" || was_identity) {
      change_identity(value, existing);
      return;
    }
    if (value.is_none()) {
      sql_ << " DROP DEFAULT";
    } else {
      sql_ << " SET DEFAULT ";
      const bool clause = name == "sa.DefaultClause";
      const Value* inner = clause ? arguments_of(value).find("arg", 0) : &value;
      if (inner != nullptr) render_default(sql_, *inner, context_);
    }
    host_.emit(sql_, operation_);
  }

  /// Source: alembic/ddl/postgresql.py visit_identity_column.
  void change_identity(const Value& value, const Value* existing) {
    if (value.is_none()) {
      sql_ << " DROP IDENTITY";
    } else if (const Value* given = arguments_.find("existing_server_default");
               given != nullptr && given->is_none()) {
      sql_ << " ADD ";  // only an explicit None says that there was no identity
      render_identity(sql_, value, context_);
    } else {
      const Arguments none;
      const Arguments& now = arguments_of(value);
      const Arguments& before = existing == nullptr ? none : arguments_of(*existing);
      bool any = false;
      if (flag(now, "always", false, 0) != flag(before, "always", false, 0)) {
        sql_ << " SET GENERATED " << (flag(now, "always", false, 0) ? "ALWAYS" : "BY DEFAULT");
        any = true;
      }
      for (const std::string_view option :
           {"cache", "cycle", "increment", "maxvalue", "minvalue", "start"}) {
        Arguments only;
        if (const Value* item = present(now, option)) {
          const Value* old = present(before, option);
          if (old != nullptr && python::equal(*item, *old).value_or(false)) continue;
          only.keywords.emplace_back(std::string(option), *item);
          sql_ << " SET " << identity_options(only);
          any = true;
        }
      }
      if (!any) return;
    }
    host_.emit(sql_, operation_);
  }

  void change_comment(const Value& value) {
    if (const auto* boolean = value.as<bool>(); boolean != nullptr && !*boolean) return;
    sql_ = context_.sql();
    sql_ << "COMMENT ON COLUMN ";
    if (target_.table) {
      render_table_name(sql_, target_.schema, *target_.table, true);
    } else {
      sql_.hole();
    }
    sql_ << ".";
    render_column_name(sql_, column_);
    sql_ << " IS ";
    if (value.is_none()) {
      sql_ << "NULL";
    } else {
      const At at(sql_, context_.span_of(value));
      render_comment(sql_, value);
    }
    host_.emit(sql_, operation_);
  }

  /// Constraints that the type makes (a CHECK of a string enum).
  std::vector<Constraint> type_checks(const Value& value, Table& table) const {
    Column column;
    column.name = column_;
    column.type = read_type(value, context_);
    column.span = context_.span_of(value);
    table.name = target_.table;
    table.schema = target_.schema;
    table.columns.push_back(std::move(column));
    return table_constraints(table, context_);
  }

  void drop_type_checks(const Value& value) {
    Table table;
    for (const Constraint& constraint : type_checks(value, table)) {
      if (!constraint.name) continue;
      sql_ = context_.sql();
      render_alter_table(sql_, target_);
      sql_ << " DROP CONSTRAINT ";
      render_object_name(sql_, *constraint.name);
      host_.emit(sql_, operation_);
    }
  }

  void add_type_checks(const Value& value) {
    Table table;
    for (const Constraint& constraint : type_checks(value, table)) {
      sql_ = context_.sql();
      render_add_constraint(sql_, table, constraint, context_);
      host_.emit(sql_, operation_);
    }
  }

  Host& host_;
  const Operation& operation_;
  const Arguments& arguments_;
  const Context& context_;
  Target target_;
  std::optional<Name> column_;
  Sql sql_ = context_.sql();
};

}  // namespace

Value alter_column(Host& host, const Operation& operation) {
  AlterColumn(host, operation).run();
  return None{};
}

}  // namespace forelock::alembic
