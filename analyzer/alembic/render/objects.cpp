#include "analyzer/alembic/render/objects.h"

#include <algorithm>
#include <utility>

#include "analyzer/alembic/compile.h"
#include "analyzer/alembic/render/ddl.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/render/models.h"

namespace forelock::alembic {
namespace {

using python::Arguments;
using python::Value;

std::optional<Value> optional_value(const Value* value) {
  if (value == nullptr) return {};
  return *value;
}

bool is_type_value(const Value& value, const Context& context) {
  const std::string name = name_of(value);
  if (name == "sa.ForeignKey" || name == "sa.CheckConstraint" || name == "sa.Computed" ||
      name == "sa.Identity" || name == "sa.Sequence" || name == "sa.UniqueConstraint" ||
      name == "sa.FetchedValue" || name == "sa.DefaultClause" || name == "sa.ColumnDefault" ||
      name == "sa.PrimaryKeyConstraint") {
    return false;
  }
  (void)context;
  return value.str() == nullptr && !value.is_none();
}

/// The positional argument of a Column that is no type: a constraint, a default, a sequence.
void read_column_item(const Value& item, const Context& context, Column& column) {
  const std::string name = name_of(item);
  const Arguments& arguments = arguments_of(item);
  if (name == "sa.ForeignKey") {
    Constraint key;
    key.type = ConstraintType::kForeignKey;
    key.span = context.span_of(item);
    if (const Value* target = arguments.find("column", 0)) read_reference(*target, context, key);
    read_constraint_options(arguments, context, key);
    if (column.name) {
      key.columns.push_back(*column.name);
      if (key.referred_columns.empty()) key.referred_columns.push_back(*column.name);
    }
    column.foreign_keys.push_back(std::move(key));
  } else if (name == "sa.CheckConstraint") {
    if (auto check = read_constraint(item, context)) column.checks.push_back(std::move(*check));
  } else if (name == "sa.Computed") {
    column.computed = item;
  } else if (name == "sa.Identity") {
    column.identity = item;
  } else if (name == "sa.Sequence") {
    column.has_default = true;
    column.default_is_sequence = flag(arguments, "optional");
  } else if (name == "sa.DefaultClause") {
    column.server_default = optional_value(arguments.find("arg", 0));
  } else if (item.is_unknown()) {
    column.complete = false;
  }
}

}  // namespace

void read_constraint_options(const Arguments& arguments, const Context& context,
                             Constraint& constraint) {
  constraint.name = read_name(arguments.find("name"), context);
  constraint.deferrable = tristate(arguments, "deferrable");
  constraint.initially = optional_value(present(arguments, "initially"));
  constraint.on_delete = optional_value(present(arguments, "ondelete"));
  constraint.on_update = optional_value(present(arguments, "onupdate"));
  constraint.match = optional_value(present(arguments, "match"));
  constraint.use_alter = flag(arguments, "use_alter");
  constraint.nulls_not_distinct = tristate(arguments, "postgresql_nulls_not_distinct");
  constraint.not_valid = flag(arguments, "postgresql_not_valid");
  if (const Value* include = present(arguments, "postgresql_include")) {
    constraint.include = read_names(*include, context);
  }
}

void read_reference(const Value& target, const Context& context, Constraint& constraint) {
  const text::Span span = context.span_of(target);
  if (const text::MappedText* text = target.str()) {
    Sql sql(context.home, span);
    sql.copy(*text);
    const text::MappedText mapped = sql.mapped();
    const auto part = [&](std::size_t begin, std::size_t end) {
      Name name;
      name.span = span;
      name.known = !sql.partial();
      name.text = mapped.text.substr(begin, end - begin);
      name.written =
          mapped.slice({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
      return name;
    };
    const std::string& all = mapped.text;
    const std::size_t last = all.rfind('.');
    if (last == std::string::npos) {
      constraint.referred_table = part(0, all.size());
      return;
    }
    constraint.referred_columns.push_back(part(last + 1, all.size()));
    const std::size_t before = last == 0 ? std::string::npos : all.rfind('.', last - 1);
    if (before == std::string::npos) {
      constraint.referred_table = part(0, last);
    } else {
      constraint.referred_table = part(before + 1, last);
      constraint.referred_schema = part(0, before);
    }
    return;
  }
  // table.c.column, or Model.column
  if (const auto column = read_column_reference(target, context)) {
    constraint.referred_schema = column->schema;
    constraint.referred_table = column->table;
    constraint.referred_columns.push_back(column->column);
    return;
  }
  Name unknown = Name::of(std::string(kUnknownText), span);
  unknown.known = false;
  constraint.referred_table = unknown;
  constraint.referred_columns.push_back(unknown);
}

std::optional<Column> read_column(const Value& value, const Context& context) {
  const std::string function = name_of(value);
  const std::string_view method = method_of(value);
  if (method == "copy" || method == "_copy") {
    if (const Value* receiver = receiver_of(value)) return read_column(*receiver, context);
  }
  const bool light = function == "sa.column";
  if (!is_call(value)) return {};
  if (function != "sa.Column" && !light && function != "orm.mapped_column" &&
      function != "db.Column" && !function.ends_with(".Column")) {
    return {};
  }
  const Arguments& arguments = arguments_of(value);
  Column column;
  column.source = value;
  column.span = context.span_of(value);
  column.complete = arguments.complete;
  std::size_t next = 0;
  if (const Value* name = arguments.find("name")) {
    column.name = read_name(*name, context);
  } else if (!arguments.positional.empty()) {
    const Value& first = arguments.positional[0];
    const std::string first_name = name_of(first);
    if (first.str() != nullptr || first_name == "sa.quoted_name" || first_name == "op.f") {
      column.name = read_name(first, context);
      next = 1;
    } else if (first.is_none()) {
      next = 1;
    } else if (first.is_unknown() && arguments.positional.size() > 1) {
      column.name = read_name(first, context);
      next = 1;
    }
  }
  const Value* type = arguments.find("type_");
  if (type == nullptr && next < arguments.positional.size() &&
      is_type_value(arguments.positional[next], context)) {
    type = &arguments.positional[next];
    ++next;
  } else if (type == nullptr && next < arguments.positional.size() &&
             arguments.positional[next].is_none()) {
    ++next;
  }
  column.type = read_type(type, context);
  column.primary_key = flag(arguments, "primary_key");
  const auto nullable = tristate(arguments, "nullable");
  column.nullable_given = nullable.has_value();
  column.nullable = nullable.value_or(!column.primary_key);
  if (const Value* increment = arguments.find("autoincrement")) {
    if (known_string(*increment) == "ignore_fk") {
      column.autoincrement = Autoincrement::kIgnoreForeignKey;
    } else if (known_string(*increment) != "auto") {
      column.autoincrement =
          python::truth(*increment).value_or(true) ? Autoincrement::kTrue : Autoincrement::kFalse;
    }
  }
  if (const Value* fallback = present(arguments, "default")) {
    column.has_default = true;
    column.default_value = *fallback;
    column.default_is_sequence =
        name_of(*fallback) == "sa.Sequence" && flag(arguments_of(*fallback), "optional");
  }
  column.on_update = optional_value(present(arguments, "onupdate"));
  column.index = tristate(arguments, "index");
  column.unique = tristate(arguments, "unique");
  column.comment = optional_value(present(arguments, "comment"));
  if (const Value* server = present(arguments, "server_default")) {
    const std::string name = name_of(*server);
    if (name == "sa.Computed" || name == "sa.Identity") {
      read_column_item(*server, context, column);
    } else if (name == "sa.DefaultClause") {
      column.server_default = optional_value(arguments_of(*server).find("arg", 0));
    } else if (name != "sa.FetchedValue") {
      column.server_default = *server;
    }
  }
  for (; next < arguments.positional.size(); ++next) {
    read_column_item(arguments.positional[next], context, column);
  }
  if (column.identity && !column.nullable_given) column.nullable = false;
  return column;
}

std::optional<Constraint> read_constraint(const Value& value, const Context& context) {
  if (!is_call(value)) return {};
  const std::string function = name_of(value);
  const Arguments& arguments = arguments_of(value);
  Constraint constraint;
  constraint.span = context.span_of(value);
  // Each column once. Source: sqlalchemy/sql/schema.py, ColumnCollectionMixin: the columns are a
  // DedupeColumnCollection.
  const auto read_columns = [&](const std::vector<Value>& columns) {
    for (const Value& column : columns) {
      auto name = read_name(column, context);
      if (name && std::ranges::none_of(constraint.columns, [&](const Name& other) {
            return name->known && other.text == name->text;
          })) {
        constraint.columns.push_back(std::move(*name));
      }
    }
  };
  if (function == "sa.PrimaryKeyConstraint" || function == "sa.UniqueConstraint") {
    constraint.type = function == "sa.PrimaryKeyConstraint" ? ConstraintType::kPrimaryKey
                                                            : ConstraintType::kUnique;
    read_columns(arguments.positional);
  } else if (function == "sa.ForeignKeyConstraint") {
    constraint.type = ConstraintType::kForeignKey;
    if (const Value* columns = arguments.find("columns", 0)) {
      constraint.columns = read_names(*columns, context);
    }
    if (const Value* referred = arguments.find("refcolumns", 1)) {
      if (const auto* items = items_of(*referred)) {
        for (std::size_t i = 0; i < items->size(); ++i) {
          Constraint one;
          read_reference((*items)[i], context, one);
          constraint.referred_schema = one.referred_schema;
          constraint.referred_table = one.referred_table;
          if (!one.referred_columns.empty()) {
            constraint.referred_columns.push_back(one.referred_columns[0]);
          } else if (i < constraint.columns.size()) {
            constraint.referred_columns.push_back(constraint.columns[i]);
          }
        }
      }
    }
  } else if (function == "sa.CheckConstraint") {
    constraint.type = ConstraintType::kCheck;
    constraint.condition = optional_value(arguments.find("sqltext", 0));
  } else if (function == "pg.ExcludeConstraint") {
    constraint.type = ConstraintType::kExclude;
    for (const Value& element : arguments.positional) {
      if (const auto* items = items_of(element); items != nullptr && items->size() == 2) {
        constraint.elements.emplace_back((*items)[0], (*items)[1]);
      }
    }
    constraint.using_method = optional_value(present(arguments, "using"));
    constraint.condition = optional_value(present(arguments, "where"));
    constraint.ops = optional_value(present(arguments, "ops"));
  } else {
    return {};
  }
  read_constraint_options(arguments, context, constraint);
  if (function == "sa.CheckConstraint" && !constraint.name) {
    constraint.name = read_name(arguments.find("name", 1), context);
  }
  if (function == "sa.ForeignKeyConstraint" && !constraint.name) {
    constraint.name = read_name(arguments.find("name", 2), context);
  }
  return constraint;
}

std::optional<Index> read_index(const Value& value, const Context& context) {
  if (name_of(value) != "sa.Index" || !is_call(value)) return {};
  const Arguments& arguments = arguments_of(value);
  Index index;
  index.span = context.span_of(value);
  std::size_t next = 0;
  if (const Value* name = arguments.find("name")) {
    index.name = read_name(*name, context);
  } else if (!arguments.positional.empty()) {
    index.name = read_name(arguments.positional[0], context);
    next = 1;
  }
  for (; next < arguments.positional.size(); ++next) {
    index.expressions.push_back(arguments.positional[next]);
  }
  index.unique = flag(arguments, "unique");
  index.options.keywords = arguments.keywords;
  return index;
}

Table make_table(const Value* name, const std::vector<Value>& items, const Arguments& keywords,
                 const Context& context) {
  Table table;
  table.span = context.call;
  table.name = read_name(name, context);
  table.schema = read_name(keywords.find("schema"), context);
  table.options.keywords = keywords.keywords;
  table.complete = keywords.complete;
  if (const Value* comment = present(keywords, "comment")) table.comment = *comment;
  table.autoload = flag(keywords, "autoload") || present(keywords, "autoload_with") != nullptr;
  for (const Value& item : items) {
    if (item.is_none()) continue;
    if (auto column = read_column(item, context)) {
      table.complete = table.complete && column->complete && column->name.has_value();
      table.columns.push_back(std::move(*column));
    } else if (auto constraint = read_constraint(item, context)) {
      table.constraints.push_back(std::move(*constraint));
    } else if (auto index = read_index(item, context)) {
      table.indexes.push_back(std::move(*index));
    } else if (const std::string other = name_of(item);
               other != "sa.MetaData" && !other.starts_with("sa.")) {
      table.complete = false;
    }
  }
  return table;
}

namespace {

/// `metadata.tables["users"]`: what was read from the database.
std::optional<Table> reflected_table(const Value& value, const Context& context) {
  const python::Symbol* symbol = value.symbol();
  if (symbol == nullptr || symbol->kind != python::Symbol::Kind::kSubscript) return {};
  const python::Symbol* tables = symbol->operands[0].symbol();
  if (tables == nullptr || tables->kind != python::Symbol::Kind::kAttribute ||
      tables->name != "tables") {
    return {};
  }
  auto name = read_name(symbol->operands[1], context);
  if (!name) return {};
  Table table;
  table.span = context.span_of(value);
  table.complete = false;
  table.autoload = true;
  if (const std::size_t dot = name->text.find('.'); dot != std::string::npos) {
    table.schema = Name::of(name->text.substr(0, dot), name->span);
    name = Name::of(name->text.substr(dot + 1), name->span);
  }
  table.name = std::move(name);
  return table;
}

}  // namespace

std::optional<Table> read_table(const Value& value, const Context& context) {
  const std::string function = name_of(value);
  if (is_call(value) && (function == "sa.Table" || function == "sa.table" ||
                         function == "op.create_table" || function.ends_with(".Table"))) {
    const Arguments& arguments = arguments_of(value);
    const bool light = function == "sa.table";
    const bool metadata = !light && function != "op.create_table";
    std::vector<Value> items;
    std::size_t skip = arguments.find("name") == nullptr || !arguments.positional.empty() ? 1 : 0;
    if (metadata && arguments.positional.size() > skip) ++skip;
    for (std::size_t i = skip; i < arguments.positional.size(); ++i) {
      items.push_back(arguments.positional[i]);
    }
    Context here = context;
    here.call = context.span_of(value);
    Table table = make_table(arguments.find("name", 0), items, arguments, here);
    table.lightweight = light;
    table.complete = table.complete && arguments.complete;
    if (metadata && !table.schema && arguments.positional.size() > 1) {
      const Value& data = arguments.positional[1];
      if (name_of(data) == "sa.MetaData") {
        table.schema = read_name(present(arguments_of(data), "schema"), context);
      }
    }
    return table;
  }
  if (const auto reflected = reflected_table(value, context)) return reflected;
  if (const std::string_view method = method_of(value);
      method == "alias" || method == "to_metadata" || method == "tometadata") {
    if (const Value* receiver = receiver_of(value)) return read_table(*receiver, context);
  }
  return read_model_table(value, context);
}

// ---- what a table consists of -------------------------------------------------------------------

namespace {

Column* find_column(Table& table, std::string_view name) {
  const auto it = std::ranges::find_if(
      table.columns, [&](const Column& c) { return c.name && c.name->text == name; });
  return it == table.columns.end() ? nullptr : &*it;
}

std::vector<std::string> texts(const std::vector<Name>& names) {
  std::vector<std::string> out;
  for (const Name& name : names) out.push_back(name.text);
  return out;
}

void apply_convention(Constraint& constraint, const Table& table, const Context& context) {
  ConventionSubject subject;
  switch (constraint.type) {
    case ConstraintType::kPrimaryKey:
      subject.kind = "pk";
      break;
    case ConstraintType::kForeignKey:
      subject.kind = "fk";
      break;
    case ConstraintType::kUnique:
      subject.kind = "uq";
      break;
    case ConstraintType::kCheck:
      subject.kind = "ck";
      break;
    case ConstraintType::kExclude:
      return;
  }
  if (table.name) subject.table = table.name->text;
  if (table.schema) subject.schema = table.schema->text;
  subject.columns = texts(constraint.columns);
  if (constraint.referred_table) subject.referred_table = constraint.referred_table->text;
  subject.referred_columns = texts(constraint.referred_columns);
  constraint.name =
      convention_name(context.options.naming_convention, subject, constraint.name, constraint.span);
}

/// CHECK of a string enum: `status IN ('a', 'b')`.
Constraint enum_check(const Column& column, const Context& context) {
  Constraint check;
  check.type = ConstraintType::kCheck;
  check.span = column.type.span;
  check.name = column.type.constraint_name;
  Sql sql(context.home, column.type.span);
  if (column.name) render_name(sql, *column.name);
  sql << " IN (";
  bool first = true;
  for (const Value& label : column.type.named->labels) {
    if (!first) sql << ", ";
    first = false;
    render_string_literal(sql, label);
  }
  sql << ")";
  if (!column.type.named->labels_known) sql.mark_partial();
  check.condition_sql = std::move(sql);
  return check;
}

}  // namespace

std::vector<Constraint> table_constraints(Table& table, const Context& context) {
  std::vector<Constraint> out;
  std::optional<Constraint> primary;
  std::vector<Constraint> rest;
  for (const Constraint& constraint : table.constraints) {
    if (constraint.type == ConstraintType::kPrimaryKey) {
      primary = constraint;
    } else {
      rest.push_back(constraint);
    }
  }
  if (primary && primary->columns.empty()) {  // PrimaryKeyConstraint() names the flagged columns
    for (const Column& column : table.columns) {
      if (column.primary_key && column.name) primary->columns.push_back(*column.name);
    }
  }
  if (!primary) {
    Constraint implicit;
    implicit.type = ConstraintType::kPrimaryKey;
    implicit.implicit = true;
    implicit.span = table.span;
    for (const Column& column : table.columns) {
      if (column.primary_key && column.name) implicit.columns.push_back(*column.name);
    }
    if (!implicit.columns.empty()) {
      // The autoincrementing column comes first (columns_autoinc_first).
      std::vector<Constraint> only{implicit};
      if (const Column* increment = autoincrement_column(table, only)) {
        const auto it = std::ranges::find_if(
            implicit.columns, [&](const Name& name) { return name.text == increment->name->text; });
        if (it != implicit.columns.end()) {
          std::rotate(implicit.columns.begin(), it, it + 1);
        }
      }
      primary = std::move(implicit);
    }
  }
  if (primary) {
    for (const Name& name : primary->columns) {
      if (Column* column = find_column(table, name.text)) {
        column->primary_key = true;
        if (!column->nullable_given) column->nullable = false;
      }
    }
    apply_convention(*primary, table, context);
    out.push_back(std::move(*primary));
  }
  for (const Column& column : table.columns) {
    if (column.unique.value_or(false) && !column.index.value_or(false) && column.name) {
      Constraint unique;
      unique.type = ConstraintType::kUnique;
      unique.span = column.span;
      unique.columns.push_back(*column.name);
      rest.push_back(std::move(unique));
    }
    if (column.type.check_constraint && column.type.named) {
      rest.push_back(enum_check(column, context));
    }
    for (const Constraint& key : column.foreign_keys) rest.push_back(key);
  }
  for (Constraint& constraint : rest) {
    apply_convention(constraint, table, context);
    out.push_back(std::move(constraint));
  }
  for (Column& column : table.columns) {
    for (Constraint& check : column.checks) apply_convention(check, table, context);
  }
  return out;
}

std::vector<Index> table_indexes(const Table& table, const Context& context) {
  std::vector<Index> out;
  for (const Column& column : table.columns) {
    if (!column.index.value_or(false) || !column.name) continue;
    Index index;
    index.span = column.span;
    index.unique = column.unique.value_or(false);
    index.expressions.push_back(column.source);
    ConventionSubject subject;
    subject.kind = "ix";
    if (table.name) subject.table = table.name->text;
    if (table.schema) subject.schema = table.schema->text;
    subject.columns.push_back(column.name->text);
    subject.unique = index.unique;
    index.name =
        convention_name(context.options.naming_convention, subject, std::nullopt, column.span);
    if (index.name && !column.name->known) index.name->known = false;
    out.push_back(std::move(index));
  }
  for (Index index : table.indexes) {
    if (!index.name) {
      ConventionSubject subject;
      subject.kind = "ix";
      subject.unique = index.unique;
      if (table.name) subject.table = table.name->text;
      if (table.schema) subject.schema = table.schema->text;
      for (const Value& expression : index.expressions) {
        if (const auto name = read_name(expression, context)) subject.columns.push_back(name->text);
      }
      index.name =
          convention_name(context.options.naming_convention, subject, std::nullopt, index.span);
    }
    out.push_back(std::move(index));
  }
  return out;
}

const Column* autoincrement_column(const Table& table, const std::vector<Constraint>& constraints) {
  const auto primary = std::ranges::find_if(constraints, [](const Constraint& constraint) {
    return constraint.type == ConstraintType::kPrimaryKey;
  });
  if (primary == constraints.end()) return nullptr;
  std::vector<const Column*> columns;
  for (const Name& name : primary->columns) {
    const auto it = std::ranges::find_if(
        table.columns, [&](const Column& c) { return c.name && c.name->text == name.text; });
    if (it != table.columns.end()) columns.push_back(&*it);
  }
  // Source: sqlalchemy/sql/schema.py PrimaryKeyConstraint._autoincrement_column.
  if (columns.size() != 1 || primary->columns.size() != 1) {
    for (const Column* column : columns) {
      if (column->autoincrement == Autoincrement::kTrue) return column;
    }
    return nullptr;
  }
  const Column& column = *columns[0];
  if (column.autoincrement == Autoincrement::kTrue) return &column;
  if (column.autoincrement == Autoincrement::kFalse) return nullptr;
  switch (column.type.family) {
    case TypeFamily::kInteger:
    case TypeFamily::kSmallInteger:
    case TypeFamily::kBigInteger:
    case TypeFamily::kNumeric:
    case TypeFamily::kFloat:
      break;
    default:
      return nullptr;
  }
  if (column.has_default && !column.default_is_sequence) return nullptr;
  if (column.server_default || column.computed) return nullptr;
  if (column.autoincrement == Autoincrement::kAuto) {
    if (!column.foreign_keys.empty()) return nullptr;
    for (const Constraint& constraint : constraints) {
      if (constraint.type != ConstraintType::kForeignKey) continue;
      if (std::ranges::any_of(constraint.columns, [&](const Name& name) {
            return column.name && name.text == column.name->text;
          })) {
        return nullptr;
      }
    }
  }
  return &column;
}

}  // namespace forelock::alembic
