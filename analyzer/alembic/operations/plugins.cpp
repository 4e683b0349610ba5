// Operations of Alembic's plug-ins: geoalchemy2, alembic_postgresql_enum, alembic_utils.

#include <algorithm>
#include <array>

#include "analyzer/alembic/operations/operations.h"
#include "analyzer/alembic/render/ddl.h"
#include "analyzer/alembic/render/identifiers.h"

namespace forelock::alembic {

using python::Arguments;
using python::None;
using python::Value;

/// Source: geoalchemy2/alembic_helpers.py: the column alone, without constraints and indexes.
Value add_geospatial_column(Host& host, const Operation& operation) {
  return add_column_to_table(host, operation, true);
}

// ---- alembic_postgresql_enum --------------------------------------------------------------------

namespace {

std::string text_or_unknown(const Value* value) {
  return known_string(value).value_or(std::string(kUnknownText));
}

struct Renaming {
  std::string from, to;
};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

struct AffectedColumn {
  std::string schema, table, column;
  bool array = false;
  std::optional<std::string> fallback;
};

/// One call of op.sync_enum_values.
/// Source: alembic_postgresql_enum/operations/sync_enum_values.py, release 1.8.
class SyncEnum {
 public:
  SyncEnum(Host& host, const Operation& operation) : host_(host), operation_(operation) {
    const Arguments& arguments = operation.arguments;
    schema_ = text_or_unknown(arguments.find("enum_schema", 0));
    name_ = text_or_unknown(arguments.find("enum_name", 1));
    values_ = arguments.find("new_values", 2);
    columns_ = arguments.find("affected_columns", 3);
    if (const Value* renames = arguments.find("enum_values_to_rename", 4)) {
      if (const auto* items = items_of(*renames)) {
        for (const Value& item : *items) {
          if (const auto* pair = items_of(item); pair != nullptr && pair->size() == 2) {
            renames_.push_back({text_or_unknown(&(*pair)[0]), text_or_unknown(&(*pair)[1])});
          }
        }
      }
    }
    type_ = "\"" + schema_ + "\".\"" + name_ + "\"";
    old_name_ = "\"" + name_ + "_old\"";
    old_type_ = "\"" + schema_ + "\"." + old_name_;
  }

  void run() {
    emit("ALTER TYPE " + type_ + " RENAME TO " + old_name_);
    create_type();
    for (const auto& [op, function] : kOperators) create_operator(op, function);
    drop_indexes();
    if (columns_ != nullptr) {
      if (const auto* items = items_of(*columns_)) {
        for (const Value& item : *items) change_column(item);
      } else {
        host_.not_analyzed("the columns of the enum are not known", operation_);
      }
    }
    for (const auto& [op, function] : kOperators) drop_operator(op, function);
    emit("DROP TYPE " + old_type_);
    create_indexes();
  }

 private:
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kOperators{
      {{"!=", "new_old_not_equals"}, {"=", "new_old_equals"}}};

  void emit(const std::string& text) {
    Sql sql = operation_.context.sql();
    sql << text;
    if (text.find(kUnknownText) != std::string::npos) sql.mark_partial();
    host_.emit(sql, operation_);
  }

  void create_type() {
    Sql sql = operation_.context.sql();
    sql << "CREATE TYPE " << type_ << " AS ENUM(";
    const auto* items = values_ == nullptr ? nullptr : items_of(*values_);
    if (items == nullptr) {
      sql << "'";
      sql.hole();
      sql << "'";
    } else {
      for (std::size_t i = 0; i < items->size(); ++i) {
        if (i > 0) sql << ", ";
        render_string_literal(sql, (*items)[i]);
      }
    }
    sql << ")";
    host_.emit(sql, operation_);
  }

  void create_operator(std::string_view op, std::string_view function) {
    const std::string qualified = "\"" + schema_ + "\"." + std::string(function);
    // The body is a constant of SQL: its white space counts.
    std::string body = "\n                SELECT new_enum_val::text " + std::string(op) + " ";
    if (renames_.empty()) {
      body += "old_enum_val::text;\n            ";
    } else {
      body += "CASE\n                    ";
      for (std::size_t i = 0; i < renames_.size(); ++i) {
        if (i > 0) body += ' ';
        body +=
            "WHEN old_enum_val::text = '" + renames_[i].from + "' THEN '" + renames_[i].to + "'";
      }
      body += "\n\n                    ELSE old_enum_val::text\n                END;\n            ";
    }
    emit("CREATE FUNCTION " + qualified + "(new_enum_val " + type_ + ", old_enum_val " + old_type_ +
         ") RETURNS boolean AS $$" + body + "$$ LANGUAGE SQL IMMUTABLE");
    emit("CREATE OPERATOR \"" + schema_ + "\"." + std::string(op) + " (leftarg = " + type_ +
         ", rightarg = " + old_type_ + ", procedure = " + qualified + ")");
  }

  void drop_operator(std::string_view op, std::string_view function) {
    emit("DROP OPERATOR IF EXISTS \"" + schema_ + "\"." + std::string(op) + " (" + type_ + ", " +
         old_type_ + ")");
    emit("DROP FUNCTION \"" + schema_ + "\"." + std::string(function) + "(new_enum_val " + type_ +
         ", old_enum_val " + old_type_ + ")");
  }

  AffectedColumn read_column(const Value& value) const {
    AffectedColumn column;
    column.schema = schema_;
    if (const auto* items = items_of(value); items != nullptr && items->size() >= 2) {
      column.table = text_or_unknown(&(*items)[0]);
      column.column = text_or_unknown(&(*items)[1]);
      if (items->size() > 2) column.array = is_array((*items)[2]);
      column.fallback = default_in_database(column);
      return column;
    }
    const Arguments& arguments = arguments_of(value);
    column.table = text_or_unknown(arguments.find("table_name", 0));
    column.column = text_or_unknown(arguments.find("column_name", 1));
    if (const Value* schema = arguments.find("table_schema", 2)) {
      column.schema = schema->is_none() ? std::string() : text_or_unknown(schema);
    }
    if (const Value* type = arguments.find("column_type", 3)) column.array = is_array(*type);
    column.fallback = known_string(present(arguments, "existing_server_default", 4));
    return column;
  }

  /// What get_column_default() finds, as far as the replayed catalog knows.
  [[nodiscard]] std::optional<std::string> default_in_database(const AffectedColumn& column) const {
    if (host_.schema() == nullptr) return {};
    const auto columns =
        host_.schema()->parts(SchemaOracle::Part::kColumns, column.table, column.schema);
    if (!columns) return {};
    for (const SchemaItem& item : columns->items) {
      if (item.name == column.column && !item.default_value.empty()) return item.default_value;
    }
    return {};
  }

  static bool is_array(const Value& value) {
    const python::Symbol* symbol = value.symbol();
    return symbol != nullptr && symbol->name.ends_with("ARRAY");
  }

  /// Source: alembic_postgresql_enum/sql_commands/column_default.py rename_default_if_required.
  std::string renamed_default(const std::string& fallback) const {
    const std::string type = schema_.empty() ? name_ : schema_ + "." + name_;
    std::string value = fallback.substr(0, fallback.find("::"));
    for (const Renaming& renaming : renames_) {
      replace_all(value, "'" + renaming.from + "'", "'" + renaming.to + "'");
    }
    return value + "::" + type + (fallback.ends_with("[]") ? "[]" : "");
  }

  /// TableIndex(name, definition) of indexes_to_recreate.
  /// Source: alembic_postgresql_enum/sql_commands/indexes.py.
  [[nodiscard]] std::vector<Arguments> indexes() const {
    std::vector<Arguments> result;
    const Value* given = operation_.arguments.find("indexes_to_recreate", 5);
    const auto* items = given == nullptr ? nullptr : items_of(*given);
    if (items == nullptr) return result;
    for (const Value& item : *items) result.push_back(arguments_of(item));
    return result;
  }

  void drop_indexes() {
    for (const Arguments& index : indexes()) {
      std::string name = text_or_unknown(index.find("name", 0));
      std::erase(name, '"');
      const std::size_t dot = name.rfind('.');
      const std::string schema = dot == std::string::npos ? "" : "\"" + name.substr(0, dot) + "\".";
      emit("DROP INDEX IF EXISTS " + schema + "\"" +
           name.substr(dot == std::string::npos ? 0 : dot + 1) + "\"");
    }
  }

  void create_indexes() {
    for (const Arguments& index : indexes()) {
      std::string definition = text_or_unknown(index.find("definition", 1));
      for (const Renaming& renaming : renames_) {
        for (const std::string& type : {name_, schema_ + "." + name_}) {
          replace_all(definition, "'" + renaming.from + "'::" + type,
                      "'" + renaming.to + "'::" + type);
        }
      }
      emit(definition);
    }
  }

  void change_column(const Value& value) {
    const AffectedColumn column = read_column(value);
    const std::string table =
        (column.schema.empty() ? "" : "\"" + column.schema + "\".") + "\"" + column.table + "\"";
    const std::string name = "\"" + column.column + "\"";
    const std::string alter = "ALTER TABLE " + table + " ALTER COLUMN " + name;
    if (column.fallback) emit(alter + " DROP DEFAULT");
    std::string change = alter + " TYPE " + type_;
    if (column.array) {
      std::string cast = name + "::text[]";
      for (const Renaming& renaming : renames_) {
        cast = "array_replace(" + cast + ", '" + renaming.from + "', '" + renaming.to + "')";
      }
      change += "[] USING " + cast + "::" + type_ + "[]";
    } else if (renames_.empty()) {
      change += " USING " + name + "::text::" + type_;
    } else {
      change += " USING CASE ";
      for (const Renaming& renaming : renames_) {
        change += "WHEN " + name + "::text = '" + renaming.from + "' THEN '" + renaming.to +
                  "'::" + type_ + " ";
      }
      change += "ELSE " + name + "::text::" + type_ + " END";
    }
    emit(change);
    if (column.fallback) emit(alter + " SET DEFAULT " + renamed_default(*column.fallback));
  }

  Host& host_;
  const Operation& operation_;
  std::string schema_, name_, type_, old_name_, old_type_;
  const Value* values_ = nullptr;
  const Value* columns_ = nullptr;
  std::vector<Renaming> renames_;
};

}  // namespace

Value sync_enum_values(Host& host, const Operation& operation) {
  SyncEnum(host, operation).run();
  return None{};
}

namespace {

void render_enum_name(Sql& sql, const Operation& operation) {
  const auto schema = read_name(present(operation.arguments, "schema", 0), operation.context);
  const auto name = read_name(operation.arguments.find("name", 1), operation.context);
  if (name) {
    render_table_name(sql, schema, *name);
  } else {
    sql.hole();
  }
}

}  // namespace

Value create_enum(Host& host, const Operation& operation) {
  Sql sql = operation.context.sql();
  sql << "CREATE TYPE ";
  render_enum_name(sql, operation);
  sql << " AS ENUM (";
  const Value* values = operation.arguments.find("enum_values", 2);
  const auto* items = values == nullptr ? nullptr : items_of(*values);
  for (std::size_t i = 0; items != nullptr && i < items->size(); ++i) {
    if (i > 0) sql << ", ";
    render_string_literal(sql, (*items)[i]);
  }
  if (items == nullptr) sql.mark_partial();
  sql << ")";
  host.emit(sql, operation);
  return None{};
}

Value drop_enum(Host& host, const Operation& operation) {
  Sql sql = operation.context.sql();
  sql << "DROP TYPE ";
  render_enum_name(sql, operation);
  host.emit(sql, operation);
  return None{};
}

// ---- alembic_utils ------------------------------------------------------------------------------

namespace {

/// Source: alembic_utils/pg_*.py to_sql_statement_create and to_sql_statement_drop, release 0.8.
class Entity {
 public:
  Entity(Host& host, const Operation& operation) : host_(host), operation_(operation) {
    const Value* target = operation.arguments.find("target", 0);
    if (target == nullptr) return;
    kind_ = name_of(*target);
    arguments_ = &arguments_of(*target);
    schema_ = text_or_unknown(arguments_->find("schema", 0));
    signature_ = text_or_unknown(arguments_->find("signature", 1));
    definition_ = arguments_->find("definition", 2);
    on_entity_ = text_or_unknown(arguments_->find("on_entity", 3));
  }

  [[nodiscard]] bool known() const { return arguments_ != nullptr && kind_.starts_with("au.PG"); }

  void create(bool replace = false) {
    Sql sql = operation_.context.sql();
    if (kind_ == "au.PGView") {
      sql << "CREATE VIEW " << quoted(schema_) << "." << quoted(signature_) << " AS ";
      definition(sql);
    } else if (kind_ == "au.PGMaterializedView") {
      sql << "CREATE MATERIALIZED VIEW " << quoted(schema_) << "." << quoted(signature_) << " AS ";
      definition(sql);
      sql << (flag(*arguments_, "with_data", true, 3) ? " WITH DATA" : " WITH NO DATA");
    } else if (kind_ == "au.PGFunction" || kind_ == "au.PGProcedure") {
      const bool procedure = kind_ == "au.PGProcedure";
      sql << (replace ? "CREATE OR REPLACE " : "CREATE ")
          << (procedure ? "PROCEDURE " : "FUNCTION ") << quoted(schema_) << "."
          << function_signature() << " ";
      definition(sql);
    } else if (kind_ == "au.PGTrigger") {
      trigger(sql);
    } else if (kind_ == "au.PGExtension") {
      sql << "CREATE EXTENSION " << quoted(signature_) << " WITH SCHEMA " << quoted(schema_);
    } else if (kind_ == "au.PGPolicy") {
      sql << "CREATE POLICY " << signature_ << " on " << on_entity_ << " ";
      definition(sql);
    } else {
      host_.not_analyzed("an entity of alembic_utils that is not known", operation_);
      return;
    }
    host_.emit(sql, operation_);
  }

  void drop(bool cascade, bool if_exists = false) {
    Sql sql = operation_.context.sql();
    const std::string_view exists = if_exists ? "IF EXISTS " : "";
    if (kind_ == "au.PGView" || kind_ == "au.PGMaterializedView") {
      sql << (kind_ == "au.PGView" ? "DROP VIEW " : "DROP MATERIALIZED VIEW ") << exists
          << quoted(schema_) << "." << quoted(signature_);
    } else if (kind_ == "au.PGFunction" || kind_ == "au.PGProcedure") {
      sql << (kind_ == "au.PGFunction" ? "DROP FUNCTION " : "DROP PROCEDURE ") << exists
          << quoted(schema_) << "." << drop_signature();
    } else if (kind_ == "au.PGTrigger") {
      sql << "DROP TRIGGER " << exists << quoted(signature_) << " ON " << on_entity_;
    } else if (kind_ == "au.PGExtension") {
      sql << "DROP EXTENSION " << exists << quoted(signature_);
    } else if (kind_ == "au.PGPolicy") {
      sql << "DROP POLICY " << exists << signature_ << " on " << on_entity_;
    } else {
      host_.not_analyzed("an entity of alembic_utils that is not known", operation_);
      return;
    }
    if (cascade) sql << " CASCADE";
    host_.emit(sql, operation_);
  }

  void replace() {
    if (kind_ == "au.PGView") {
      replace_view();
      return;
    }
    if (kind_ == "au.PGFunction" || kind_ == "au.PGProcedure") {
      create(true);
      return;
    }
    drop(false, true);
    create();
  }

 private:
  /// Source: alembic_utils/pg_view.py to_sql_statement_create_or_replace.
  void replace_view() {
    const std::string name = quoted(schema_) + "." + quoted(signature_);
    Sql sql = operation_.context.sql();
    sql << "do $$ begin CREATE OR REPLACE VIEW " << name << " AS ";
    definition(sql);
    sql << "; exception when others then DROP VIEW IF EXISTS " << name << "; CREATE VIEW " << name
        << " AS ";
    definition(sql);
    sql << "; end; $$ language 'plpgsql'";
    host_.emit(sql, operation_);
  }

  void definition(Sql& sql) const {
    if (definition_ == nullptr || definition_->str() == nullptr) {
      sql.hole();
      return;
    }
    const text::MappedText& text = *definition_->str();
    std::size_t end = text.text.size();
    while (end > 0 && (text.text[end - 1] == ';' || text.text[end - 1] == ' ' ||
                       text.text[end - 1] == '\n' || text.text[end - 1] == '\t')) {
      --end;
    }
    // In PL/pgSQL a colon that the migration escaped is not escaped again, and sa.text() takes the
    // backslash away. Source: alembic_utils/statement.py, escape_colon_for_plpgsql.
    std::size_t begin = 0;
    if (is_plpgsql(text.text)) {
      for (std::size_t at = text.text.find("\\:"); at < end; at = text.text.find("\\:", at + 1)) {
        copy_part(sql, text, begin, at);
        begin = at + 1;
      }
    }
    copy_part(sql, text, begin, end);
  }

  static void copy_part(Sql& sql, const text::MappedText& text, std::size_t begin,
                        std::size_t end) {
    sql.copy(text.slice({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}));
  }

  static bool is_plpgsql(std::string_view definition) {
    std::string plain;
    for (const char c : definition) {
      if (c != '\'') plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return plain.contains("language plpgsql");
  }

  /// `name(arguments)` with the name quoted.
  [[nodiscard]] std::string function_signature() const {
    const std::size_t open = signature_.find('(');
    if (open == std::string::npos) return quoted(signature_) + "()";
    std::string name = signature_.substr(0, open);
    while (!name.empty() && name.back() == ' ') name.pop_back();
    return quoted(name) + signature_.substr(open);
  }

  /// The same without the defaults of the arguments.
  [[nodiscard]] std::string drop_signature() const {
    const std::string full = function_signature();
    const std::size_t open = full.find('(');
    const std::size_t close = full.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close < open) return full;
    std::string out = full.substr(0, open + 1);
    std::size_t from = open + 1;
    bool first = true;
    while (from < close) {
      const std::size_t comma = std::min(full.find(',', from), close);
      std::string one = full.substr(from, comma - from);
      std::string lower = one;
      std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      one = one.substr(0, lower.find("default"));
      if (!first) out += ",";
      first = false;
      out += one;
      from = comma + 1;
    }
    return out + ")";
  }

  /// The definition with the table qualified by the schema.
  void trigger(Sql& sql) const {
    if (definition_ == nullptr || definition_->str() == nullptr) {
      sql.hole();
      return;
    }
    const text::MappedText& text = *definition_->str();
    std::string folded = text.text;
    std::ranges::transform(folded, folded.begin(), [](char c) {
      return c == '\n' || c == '\t' || c == '\r' ? ' '
             : c >= 'a' && c <= 'z'              ? static_cast<char>(c - 'a' + 'A')
                                                 : c;
    });
    sql << "CREATE TRIGGER " << quoted(signature_) << " ";
    const std::size_t on = folded.find(" ON ");
    if (on == std::string::npos) {
      definition(sql);
      return;
    }
    std::size_t begin = on + 4;
    while (begin < folded.size() && folded[begin] == ' ') ++begin;
    const std::size_t end = std::min(folded.find(' ', begin), folded.size());
    std::string table = text.text.substr(begin, end - begin);
    if (const std::size_t dot = table.find('.'); dot != std::string::npos) {
      table = table.substr(dot + 1);
    }
    sql.copy(text.slice({0, static_cast<std::uint32_t>(begin)}));
    sql << schema_ << "." << table;
    sql.copy(text.slice(
        {static_cast<std::uint32_t>(end), static_cast<std::uint32_t>(text.text.size())}));
  }

  Host& host_;
  const Operation& operation_;
  std::string kind_, schema_, signature_, on_entity_;
  const Arguments* arguments_ = nullptr;
  const Value* definition_ = nullptr;
};

}  // namespace

Value create_entity(Host& host, const Operation& operation) {
  Entity entity(host, operation);
  if (entity.known()) {
    entity.create();
  } else {
    host.not_analyzed("an entity that is not known", operation);
  }
  return None{};
}

Value drop_entity(Host& host, const Operation& operation) {
  Entity entity(host, operation);
  if (entity.known()) {
    entity.drop(flag(operation.arguments, "cascade", false, 1));
  } else {
    host.not_analyzed("an entity that is not known", operation);
  }
  return None{};
}

Value replace_entity(Host& host, const Operation& operation) {
  Entity entity(host, operation);
  if (entity.known()) {
    entity.replace();
  } else {
    host.not_analyzed("an entity that is not known", operation);
  }
  return None{};
}

}  // namespace forelock::alembic
