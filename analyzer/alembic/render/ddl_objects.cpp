// DDL objects given to execute(): CreateSequence, DDL, CreateTable and their kin.

#include <array>

#include "analyzer/alembic/compile.h"
#include "analyzer/alembic/render/ddl.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/render/sequences.h"
#include "analyzer/alembic/versions.h"

namespace forelock::alembic {

using python::Arguments;
using python::Value;

void render_sequence_name(Sql& sql, const Arguments& sequence, const Context& context) {
  const auto schema = read_name(present(sequence, "schema", 9), context);
  if (const auto name = read_name(sequence.find("name", 0), context)) {
    render_table_name(sql, schema, *name);
  } else {
    sql.hole();
  }
}

void render_create_sequence(Sql& sql, const Value& sequence, bool if_not_exists,
                            const Context& context) {
  Arguments arguments = arguments_of(sequence);
  constexpr std::array<std::string_view, 5> kPositional{"name", "start", "increment", "minvalue",
                                                        "maxvalue"};
  for (std::size_t i = 1; i < arguments.positional.size() && i < kPositional.size(); ++i) {
    arguments.keywords.emplace_back(std::string(kPositional[i]), arguments.positional[i]);
  }
  if (has(context.options, Feature::kSequenceStart) &&
      !has(context.options, Feature::kSequenceNoStart) && present(arguments, "start") == nullptr) {
    arguments.keywords.emplace_back("start", Value(python::Integer{1}));
  }
  const bool guarded = if_not_exists && has(context.options, Feature::kSequenceIfExists);
  sql << "CREATE SEQUENCE " << (guarded ? "IF NOT EXISTS " : "");
  render_sequence_name(sql, arguments, context);
  if (const Value* type = present(arguments, "data_type")) {
    sql << " AS ";
    render_type(sql, read_type(*type, context));
  }
  if (const std::string options = identity_options(arguments); !options.empty()) {
    sql << " " << options;
  }
}

void render_drop_sequence(Sql& sql, const Value& sequence, bool if_exists, const Context& context) {
  const bool guarded = if_exists && has(context.options, Feature::kSequenceIfExists);
  sql << "DROP SEQUENCE " << (guarded ? "IF EXISTS " : "");
  render_sequence_name(sql, arguments_of(sequence), context);
}

namespace {

/// The value that DDL(context=) has for `name`; null where it is not known.
const text::MappedText* ddl_value(const Arguments& arguments, std::string_view name) {
  const Value* context = arguments.find("context", 1);
  const python::Dict* dict = context == nullptr ? nullptr : context->dict();
  if (dict == nullptr) return nullptr;
  for (const auto& [key, value] : dict->items) {
    if (known_string(key) == name) return value.str();
  }
  return nullptr;
}

/// DDL("… %(table)s …", context={"table": …}): `%%` is a percent sign, other names are unknown.
/// Source: DDLCompiler.visit_ddl().
void render_plain_ddl(Sql& sql, const Arguments& arguments) {
  const Value* statement = arguments.find("statement", 0);
  if (statement == nullptr || statement->str() == nullptr) {
    sql.hole();
    return;
  }
  const text::MappedText& text = *statement->str();
  std::size_t from = 0;
  const auto copy = [&](std::size_t begin, std::size_t end) {
    sql.copy(text.slice({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}));
  };
  for (;;) {
    const std::size_t at = text.text.find('%', from);
    if (at == std::string::npos || at + 1 == text.text.size()) break;
    const std::size_t close = text.text.find(")s", at);
    if (text.text[at + 1] == '%') {
      copy(from, at + 1);
      from = at + 2;
    } else if (text.text[at + 1] == '(' && close != std::string::npos) {
      copy(from, at);
      const text::MappedText* value =
          ddl_value(arguments, text.text.substr(at + 2, close - at - 2));
      if (value == nullptr) {
        sql.hole();
      } else {
        sql.copy(*value);
      }
      from = close + 2;
    } else {
      copy(from, at + 1);
      from = at + 1;
    }
  }
  copy(from, text.text.size());
}

void render_comment_on_table(Sql& sql, const Table& table) {
  sql << "COMMENT ON TABLE ";
  if (table.name) render_table_name(sql, table.schema, *table.name);
  sql << " IS ";
}

}  // namespace

bool Expressions::render_ddl(Sql& sql, const Value& value) {
  const std::string name = name_of(value);
  const Arguments& arguments = arguments_of(value);
  const Value* element = arguments.find("element", 0);
  const bool if_exists = flag(arguments, "if_exists");
  const bool if_not_exists = flag(arguments, "if_not_exists");
  if (name == "sa.DDL") {
    render_plain_ddl(sql, arguments);
    return true;
  }
  if (element == nullptr) element = arguments.find("name", 0);
  if (element == nullptr) return false;
  if (name == "sa.CreateSequence") {
    render_create_sequence(sql, *element, if_not_exists, context_);
    return true;
  }
  if (name == "sa.DropSequence") {
    render_drop_sequence(sql, *element, if_exists, context_);
    return true;
  }
  if (name == "sa.CreateSchema" || name == "sa.DropSchema") {
    const bool create = name == "sa.CreateSchema";
    sql << (create ? "CREATE SCHEMA " : "DROP SCHEMA ");
    if (create && if_not_exists) sql << "IF NOT EXISTS ";
    if (!create && if_exists) sql << "IF EXISTS ";
    if (const auto schema = read_name(*element, context_)) {
      render_name(sql, *schema);
    } else {
      sql.hole();
    }
    if (!create && flag(arguments, "cascade")) sql << " CASCADE";
    return true;
  }
  if (name == "pg.CreateEnumType" || name == "pg.DropEnumType") {
    const Type type = read_type(*element, context_);
    if (name == "pg.CreateEnumType") {
      render_create_type(sql, type, context_);
    } else if (const NamedType* named = named_type(type)) {
      render_drop_type(sql, *named);
    } else {
      sql.hole();
    }
    return true;
  }
  if (name == "sa.CreateTable" || name == "sa.DropTable" || name == "sa.SetTableComment" ||
      name == "sa.DropTableComment") {
    auto table = read_table(*element, context_);
    if (!table) return false;
    if (name == "sa.CreateTable") {
      const auto constraints = table_constraints(*table, context_);
      render_create_table(sql, *table, constraints, context_, if_not_exists);
    } else if (name == "sa.DropTable") {
      sql << "DROP TABLE " << (if_exists ? "IF EXISTS " : "");
      if (table->name) render_table_name(sql, table->schema, *table->name);
    } else {
      render_comment_on_table(sql, *table);
      if (name == "sa.SetTableComment" && table->comment) {
        render_comment(sql, *table->comment);
      } else {
        sql << "NULL";
      }
    }
    return true;
  }
  if (name == "sa.CreateIndex" || name == "sa.DropIndex") {
    auto index = read_index(*element, context_);
    if (!index || !index->name) return false;
    Table table;
    for (const Value& expression : index->expressions) {
      if (const auto reference = read_column_reference(expression, context_);
          reference && reference->table) {
        table.name = reference->table;
        table.schema = reference->schema;
      }
    }
    if (name == "sa.CreateIndex") {
      render_create_index(sql, table, *index, context_, if_not_exists);
    } else {
      render_drop_index(sql, table.schema, *index->name, index->options, if_exists);
    }
    return true;
  }
  return false;
}

}  // namespace forelock::alembic
