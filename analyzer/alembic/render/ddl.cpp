#include "analyzer/alembic/render/ddl.h"

#include <algorithm>
#include <array>

#include "analyzer/alembic/compile.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/identifiers.h"

namespace forelock::alembic {
namespace {

using python::Arguments;
using python::Value;

ExpressionOptions ddl_options() {
  ExpressionOptions options;
  options.include_table = false;
  options.text_is_sql = true;
  return options;
}

/// A word of SQL from the source, as ON DELETE's; verbatim.
void render_words(Sql& sql, const Value& value, const Context& context) {
  const At at(sql, context.span_of(value));
  if (value.str() != nullptr) {
    sql.copy(*value.str());
  } else {
    sql.hole();
  }
}

void render_names(Sql& sql, const std::vector<Name>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) sql << ", ";
    render_name(sql, names[i]);
  }
}

void render_include(Sql& sql, const std::vector<Name>& include) {
  if (include.empty()) return;
  sql << " INCLUDE (";
  render_names(sql, include);
  sql << ")";
}

void render_deferrability(Sql& sql, const Constraint& constraint, const Context& context) {
  if (constraint.deferrable) sql << (*constraint.deferrable ? " DEFERRABLE" : " NOT DEFERRABLE");
  if (constraint.initially) {
    sql << " INITIALLY ";
    render_words(sql, *constraint.initially, context);
  }
}

void render_foreign_key(Sql& sql, const Constraint& key, const Context& context) {
  sql << "FOREIGN KEY(";
  render_names(sql, key.columns);
  sql << ") REFERENCES ";
  if (key.referred_table) {
    render_table_name(sql, key.referred_schema, *key.referred_table);
  } else {
    sql.hole();
  }
  if (!key.referred_columns.empty()) {
    sql << " (";
    render_names(sql, key.referred_columns);
    sql << ")";
  }
  if (key.match) {
    sql << " MATCH ";
    render_words(sql, *key.match, context);
  }
  if (key.on_delete) {
    sql << " ON DELETE ";
    render_words(sql, *key.on_delete, context);
  }
  if (key.on_update) {
    sql << " ON UPDATE ";
    render_words(sql, *key.on_update, context);
  }
}

}  // namespace

void render_default(Sql& sql, const Value& value, const Context& context) {
  const At at(sql, context.span_of(value));
  if (value.str() != nullptr) {
    render_string_literal(sql, value);
    return;
  }
  Expressions expressions(context);
  ExpressionOptions options;
  options.include_table = false;
  expressions.render(sql, value, options);
}

std::string identity_options(const Arguments& arguments) {
  std::string out;
  const auto add = [&](std::string_view text) {
    if (!out.empty()) out += ' ';
    out += text;
  };
  const auto number = [&](std::string_view keyword, std::string_view words) {
    const Value* value = present(arguments, keyword);
    if (value == nullptr) return;
    const auto integer = known_integer(value);
    add(std::string(words) + " " +
        (integer ? std::to_string(*integer) : std::string(kUnknownText)));
  };
  number("increment", "INCREMENT BY");
  number("start", "START WITH");
  number("minvalue", "MINVALUE");
  number("maxvalue", "MAXVALUE");
  if (present(arguments, "nominvalue") != nullptr) add("NO MINVALUE");
  if (present(arguments, "nomaxvalue") != nullptr) add("NO MAXVALUE");
  number("cache", "CACHE");
  if (const auto cycle = tristate(arguments, "cycle")) add(*cycle ? "CYCLE" : "NO CYCLE");
  return out;
}

void render_identity(Sql& sql, const Value& identity, const Context& context) {
  const At at(sql, context.span_of(identity));
  Arguments arguments = arguments_of(identity);
  // Identity(always, on_null, start, increment, minvalue, maxvalue, …)
  constexpr std::array<std::string_view, 6> kPositional{"always",    "on_null",  "start",
                                                        "increment", "minvalue", "maxvalue"};
  for (std::size_t i = 0; i < arguments.positional.size() && i < kPositional.size(); ++i) {
    arguments.keywords.emplace_back(std::string(kPositional[i]), arguments.positional[i]);
  }
  sql << "GENERATED " << (flag(arguments, "always") ? "ALWAYS" : "BY DEFAULT") << " AS IDENTITY";
  if (const std::string options = identity_options(arguments); !options.empty()) {
    sql << " (" << options << ")";
  }
}

void render_column(Sql& sql, const Column& column, bool serial, const Context& context) {
  const At at(sql, column.span.empty() ? sql.place() : column.span);
  if (column.name) {
    render_name(sql, *column.name);
  } else {
    sql.hole();
  }
  sql << " ";
  if (serial && !column.identity && !column.has_default) {
    const At type_place(sql, column.type.span.empty() ? sql.place() : column.type.span);
    sql << (column.type.family == TypeFamily::kBigInteger     ? "BIGSERIAL"
            : column.type.family == TypeFamily::kSmallInteger ? "SMALLSERIAL"
                                                              : "SERIAL");
  } else {
    if (column.type.sql.empty()) {
      sql.hole();
    } else {
      render_type(sql, column.type);
    }
    if (column.server_default) {
      sql << " DEFAULT ";
      render_default(sql, *column.server_default, context);
    }
  }
  if (column.computed) {
    sql << " GENERATED ALWAYS AS (";
    if (const Value* text = arguments_of(*column.computed).find("sqltext", 0)) {
      Expressions(context).render(sql, *text, ddl_options());
    } else {
      sql.hole();
    }
    sql << ") STORED";
  }
  if (column.identity) {
    sql << " ";
    render_identity(sql, *column.identity, context);
  }
  if (!column.nullable && !column.identity) {
    sql << " NOT NULL";
  } else if (column.nullable && column.identity) {
    sql << " NULL";
  }
  for (const Constraint& check : column.checks) {
    sql << " ";
    render_constraint(sql, check, context);
  }
}

void render_constraint(Sql& sql, const Constraint& constraint, const Context& context) {
  const At at(sql, constraint.span.empty() ? sql.place() : constraint.span);
  if (constraint.name) {
    sql << "CONSTRAINT ";
    render_object_name(sql, *constraint.name);
    sql << " ";
  }
  switch (constraint.type) {
    case ConstraintType::kPrimaryKey:
      sql << "PRIMARY KEY (";
      render_names(sql, constraint.columns);
      sql << ")";
      render_include(sql, constraint.include);
      render_deferrability(sql, constraint, context);
      return;
    case ConstraintType::kUnique:
      sql << "UNIQUE ";
      if (constraint.nulls_not_distinct) {
        sql << (*constraint.nulls_not_distinct ? "NULLS NOT DISTINCT " : "NULLS DISTINCT ");
      }
      sql << "(";
      render_names(sql, constraint.columns);
      sql << ")";
      render_include(sql, constraint.include);
      render_deferrability(sql, constraint, context);
      return;
    case ConstraintType::kForeignKey:
      render_foreign_key(sql, constraint, context);
      render_deferrability(sql, constraint, context);
      if (constraint.not_valid) sql << " NOT VALID";
      return;
    case ConstraintType::kCheck:
      sql << "CHECK (";
      if (constraint.condition_sql) {
        sql.append(*constraint.condition_sql);
      } else if (constraint.condition) {
        Expressions(context).render(sql, *constraint.condition, ddl_options());
      } else {
        sql.hole();
      }
      sql << ")";
      render_deferrability(sql, constraint, context);
      if (constraint.not_valid) sql << " NOT VALID";
      return;
    case ConstraintType::kExclude: {
      sql << "EXCLUDE USING ";
      if (constraint.using_method) {
        render_words(sql, *constraint.using_method, context);
      } else {
        sql << "gist";
      }
      sql << " (";
      const python::Dict* ops = constraint.ops ? constraint.ops->dict() : nullptr;
      for (std::size_t i = 0; i < constraint.elements.size(); ++i) {
        const auto& [expression, op] = constraint.elements[i];
        if (i > 0) sql << ", ";
        // A plain string names a column; anything else is an expression.
        const auto text = known_string(expression);
        const At element(sql, context.span_of(expression));
        if (text) {
          if (const auto name = read_name(expression, context)) render_name(sql, *name);
        } else {
          Expressions(context).render(sql, expression, ddl_options());
        }
        const auto name = read_name(expression, context);
        if (ops != nullptr && name) {
          for (const auto& [key, op_class] : ops->items) {
            if (known_string(key) == name->text) {
              sql << " " << known_string(op_class).value_or(std::string(kUnknownText));
            }
          }
        }
        sql << " WITH " << known_string(op).value_or(std::string(kUnknownText));
      }
      sql << ")";
      if (constraint.condition) {
        sql << " WHERE (";
        Expressions(context).render(sql, *constraint.condition, ddl_options());
        sql << ")";
      }
      render_deferrability(sql, constraint, context);
      return;
    }
  }
}

void render_add_constraint(Sql& sql, const Table& table, const Constraint& constraint,
                           const Context& context) {
  sql << "ALTER TABLE ";
  if (table.name) {
    render_table_name(sql, table.schema, *table.name);
  } else {
    sql.hole();
  }
  sql << " ADD ";
  render_constraint(sql, constraint, context);
}

namespace {

void render_table_options(Sql& sql, const Table& table, const Context& context) {
  const Arguments& options = table.options;
  if (const Value* inherits = present(options, "postgresql_inherits")) {
    sql << "\n INHERITS ( ";
    render_names(sql, read_names(*inherits, context));
    sql << " )";
  }
  const auto words = [&](std::string_view keyword, std::string_view prefix) {
    if (const Value* value = present(options, keyword)) {
      sql << prefix;
      render_words(sql, *value, context);
    }
  };
  words("postgresql_partition_by", "\n PARTITION BY ");
  words("postgresql_using", "\n USING ");
  if (const Value* with = present(options, "postgresql_with"); with != nullptr) {
    if (const python::Dict* dict = with->dict()) {
      sql << "\n WITH (";
      bool first = true;
      for (const auto& [key, value] : dict->items) {
        if (!first) sql << ", ";
        first = false;
        sql << known_string(key).value_or(std::string(kUnknownText)) << " = ";
        if (const auto text = python::to_str(value, {})) sql << text->text;
      }
      sql << ")";
    }
  }
  if (const auto oids = tristate(options, "postgresql_with_oids")) {
    sql << (*oids ? "\n WITH OIDS" : "\n WITHOUT OIDS");
  }
  if (const auto commit = known_string(present(options, "postgresql_on_commit"))) {
    std::string text = *commit;
    std::ranges::transform(text, text.begin(), [](char c) {
      return c == '_' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    sql << "\n ON COMMIT " << text;
  }
  if (const auto tablespace = read_name(present(options, "postgresql_tablespace"), context)) {
    sql << "\n TABLESPACE ";
    render_name(sql, *tablespace);
  }
}

}  // namespace

void render_create_table(Sql& sql, const Table& table, const std::vector<Constraint>& constraints,
                         const Context& context, bool if_not_exists) {
  sql << "CREATE ";
  if (const Value* prefixes = present(table.options, "prefixes")) {
    if (const auto* items = items_of(*prefixes)) {
      for (const Value& prefix : *items) {
        render_words(sql, prefix, context);
        sql << " ";
      }
    }
  }
  sql << "TABLE ";
  if (if_not_exists) sql << "IF NOT EXISTS ";
  if (table.name) {
    render_table_name(sql, table.schema, *table.name);
  } else {
    sql.hole();
  }
  sql << " (";
  const Column* serial = autoincrement_column(table, constraints);
  std::string_view separator = "\n    ";
  for (const Column& column : table.columns) {
    sql << separator;
    separator = ",\n    ";
    render_column(sql, column, &column == serial, context);
  }
  for (const Constraint& constraint : constraints) {
    if (constraint.type == ConstraintType::kForeignKey && constraint.use_alter) continue;
    if (constraint.columns.empty() && constraint.type != ConstraintType::kCheck &&
        constraint.type != ConstraintType::kExclude) {
      continue;
    }
    sql << separator;
    separator = ",\n    ";
    render_constraint(sql, constraint, context);
  }
  sql << "\n)";
  render_table_options(sql, table, context);
  if (!table.complete) sql.mark_partial();
}

namespace {

/// Key under which postgresql_ops finds an index expression: the column's or label's name.
std::optional<std::string> expression_key(const Value& expression, const Context& context) {
  if (const auto text = known_string(expression)) return text;
  if (method_of(expression) == "label") {
    return known_string(arguments_of(expression).find("name", 0));
  }
  const std::string name = name_of(expression);
  // Alembic's _textual_index_element has its text for a key.
  if (name == "sa.text") return known_string(arguments_of(expression).find("text", 0));
  if (name == "sa.column" || name == "sa.Column" || name == "sa.literal_column") {
    return known_string(
        arguments_of(expression).find(name == "sa.literal_column" ? "text" : "name", 0));
  }
  if (const auto reference = read_column_reference(expression, context)) {
    return reference->column.text;
  }
  return {};
}

void render_index_expression(Sql& sql, const Value& expression, const Context& context) {
  const At at(sql, context.span_of(expression));
  if (expression.str() != nullptr) {
    if (const auto name = read_name(expression, context)) render_name(sql, *name);
    return;
  }
  if (const std::string name = name_of(expression); name == "op.f" || name == "sa.quoted_name") {
    if (const auto read = read_name(expression, context)) render_name(sql, *read);
    return;
  }
  Expressions expressions(context);
  ExpressionOptions options;
  options.include_table = false;
  // self_group(): anything but a column or a function call stands in parentheses; a text stays.
  const std::string name = name_of(expression);
  Sql inner = sql.fresh();
  const Precedence precedence = expressions.render(inner, expression, options);
  const bool sorted = precedence == Precedence::kAnd;  // x DESC
  const bool subscript = expression.symbol() != nullptr &&
                         expression.symbol()->kind == python::Symbol::Kind::kSubscript &&
                         !read_column_reference(expression, context);
  const bool group =
      subscript || (precedence != Precedence::kAtom && precedence != Precedence::kComma &&
                    !sorted && name != "sa.literal_column");
  if (group) sql << "(";
  sql.append(inner);
  if (group) sql << ")";
}

}  // namespace

void render_create_index(Sql& sql, const Table& table, const Index& index, const Context& context,
                         bool if_not_exists) {
  const Arguments& options = index.options;
  sql << "CREATE ";
  if (index.unique) sql << "UNIQUE ";
  sql << "INDEX ";
  if (flag(options, "postgresql_concurrently")) {
    const At at(sql, context.span_of(*options.find("postgresql_concurrently")));
    sql << "CONCURRENTLY ";
  }
  if (if_not_exists) sql << "IF NOT EXISTS ";
  if (index.name) {
    render_object_name(sql, *index.name);
  } else {
    sql.hole();
  }
  sql << " ON ";
  if (table.name) {
    render_table_name(sql, table.schema, *table.name);
  } else {
    sql.hole();
  }
  sql << " ";
  if (const Value* method = present(options, "postgresql_using")) {
    const At at(sql, context.span_of(*method));
    sql << "USING ";
    if (auto text = known_string(*method)) {
      std::ranges::transform(*text, text->begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      sql << *text;
    } else {
      sql.hole();
    }
    sql << " ";
  }
  const Value* ops_value = present(options, "postgresql_ops");
  const python::Dict* ops = ops_value == nullptr ? nullptr : ops_value->dict();
  sql << "(";
  for (std::size_t i = 0; i < index.expressions.size(); ++i) {
    if (i > 0) sql << ", ";
    render_index_expression(sql, index.expressions[i], context);
    if (ops == nullptr) continue;
    const auto key = expression_key(index.expressions[i], context);
    for (const auto& [name, op_class] : ops->items) {
      if (key && known_string(name) == *key) {
        sql << " ";
        render_words(sql, op_class, context);
      }
    }
  }
  if (index.expressions.empty()) sql.hole();
  sql << ")";
  if (const Value* include = present(options, "postgresql_include")) {
    render_include(sql, read_names(*include, context));
  }
  if (const auto distinct = tristate(options, "postgresql_nulls_not_distinct")) {
    sql << (*distinct ? " NULLS NOT DISTINCT" : " NULLS DISTINCT");
  }
  if (const Value* with = present(options, "postgresql_with")) {
    if (const python::Dict* dict = with->dict(); dict != nullptr && !dict->items.empty()) {
      sql << " WITH (";
      for (std::size_t i = 0; i < dict->items.size(); ++i) {
        if (i > 0) sql << ", ";
        sql << known_string(dict->items[i].first).value_or(std::string(kUnknownText)) << " = ";
        if (const auto text = python::to_str(dict->items[i].second, {})) {
          sql << text->text;
        } else {
          sql.hole();
        }
      }
      sql << ")";
    }
  }
  if (const auto tablespace = read_name(present(options, "postgresql_tablespace"), context)) {
    sql << " TABLESPACE ";
    render_name(sql, *tablespace);
  }
  if (const Value* where = present(options, "postgresql_where")) {
    const At at(sql, context.span_of(*where));
    sql << " WHERE ";
    Expressions(context).render(sql, *where, ddl_options());
  }
}

void render_drop_index(Sql& sql, const std::optional<Name>& schema, const Name& name,
                       const Arguments& options, bool if_exists) {
  sql << "DROP INDEX ";
  if (flag(options, "postgresql_concurrently")) sql << "CONCURRENTLY ";
  if (if_exists) sql << "IF EXISTS ";
  if (schema) {
    render_name(sql, *schema);
    sql << ".";
  }
  render_object_name(sql, name);
}

void render_create_type(Sql& sql, const Type& type, const Context& context) {
  const NamedType* named = named_type(type);
  if (named == nullptr) {
    sql.hole();
    return;
  }
  if (named->domain) {
    const Type& domain = type.family == TypeFamily::kArray && type.item ? *type.item : type;
    const Arguments& arguments = arguments_of(domain.source);
    sql << "CREATE DOMAIN ";
    render_type_name(sql, *named);
    sql << " AS ";
    render_type(sql, read_type(arguments.find("data_type", 1), context));
    if (const auto collation = read_name(present(arguments, "collation"), context)) {
      sql << " COLLATE ";
      render_name(sql, *collation);
    }
    if (const Value* value = present(arguments, "default")) {
      sql << " DEFAULT ";
      render_default(sql, *value, context);
    }
    if (const auto name = read_name(present(arguments, "constraint_name"), context)) {
      sql << " CONSTRAINT ";
      render_object_name(sql, *name);
    }
    if (flag(arguments, "not_null")) sql << " NOT NULL";
    if (const Value* check = present(arguments, "check")) {
      sql << " CHECK (";
      Expressions(context).render(sql, *check, ddl_options());
      sql << ")";
    }
    return;
  }
  sql << "CREATE TYPE ";
  render_type_name(sql, *named);
  sql << " AS ENUM (";
  for (std::size_t i = 0; i < named->labels.size(); ++i) {
    if (i > 0) sql << ", ";
    render_string_literal(sql, named->labels[i]);
  }
  sql << ")";
  if (!named->labels_known) sql.mark_partial();
}

void render_drop_type(Sql& sql, const NamedType& type) {
  sql << (type.domain ? "DROP DOMAIN " : "DROP TYPE ");
  render_type_name(sql, type);
}

}  // namespace forelock::alembic
