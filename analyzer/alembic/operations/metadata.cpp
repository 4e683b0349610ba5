// metadata.create_all() and drop_all(): the tables that the migration itself defines.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/alembic/operations/operations.h"
#include "analyzer/alembic/render/identifiers.h"

namespace forelock::alembic {
namespace {

using python::None;
using python::Value;

/// Names that the module's text binds at its left margin: `name = …`, `class Name`.
std::vector<std::string> bound_names(std::string_view text) {
  std::vector<std::string> names;
  std::size_t at = 0;
  const auto word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const bool is_class = line.starts_with("class ");
    if (is_class) line.remove_prefix(6);
    std::size_t length = 0;
    while (length < line.size() && word(line[length])) ++length;
    if (length == 0) continue;
    const std::size_t next = line.find_first_not_of(' ', length);
    const bool assigned = next != std::string_view::npos && line[next] == '=';
    if (is_class || assigned) names.emplace_back(line.substr(0, length));
  }
  return names;
}

/// Whether a class descends from another.
bool descends(const Value& type, const Value& base, int depth = 0) {
  const auto* left = type.as<std::shared_ptr<python::Class>>();
  const auto* right = base.as<std::shared_ptr<python::Class>>();
  if (left != nullptr && right != nullptr && *left == *right) return true;
  if (depth > 16) return false;
  for (const Value& parent : python::bases_of(type)) {
    if (descends(parent, base, depth + 1)) return true;
    // declarative_base() is a symbol: the same call is the same base.
    if (parent.symbol() != nullptr && parent.symbol() == base.symbol()) return true;
  }
  return false;
}

/// Whether a model's base was given the metadata.
bool uses_metadata(const Value& type, const python::Symbol* metadata, int depth = 0) {
  const Value* own = python::find_attribute(type, "metadata");
  if (own != nullptr && own->symbol() == metadata) return true;
  if (depth > 16) return false;
  return std::ranges::any_of(python::bases_of(type), [&](const Value& base) {
    const Value* given = arguments_of(base).find("metadata");
    return (given != nullptr && given->symbol() == metadata) ||
           (base.symbol() == nullptr && uses_metadata(base, metadata, depth + 1));
  });
}

/// Whether a table or model is one of the metadata's, as far as both are known.
bool belongs_to(const Value& value, const Value& metadata) {
  const python::Symbol* owner = metadata.symbol();
  if (owner == nullptr) return true;
  const bool of_base = owner->kind == python::Symbol::Kind::kAttribute &&
                       owner->name == "metadata" && !owner->operands.empty();
  if (value.as<std::shared_ptr<python::Class>>() != nullptr) {
    if (of_base) return descends(value, owner->operands.front());
    return name_of(metadata) != "sa.MetaData" || uses_metadata(value, owner);
  }
  if (name_of(value) != "sa.Table" || !is_call(value)) return true;
  const Value* of = arguments_of(value).find("metadata", 1);
  if (of == nullptr || of->symbol() == nullptr) return true;
  if (!of_base) return of->symbol() == owner;
  const python::Symbol* table_owner = of->symbol();
  return table_owner->kind == python::Symbol::Kind::kAttribute && table_owner->name == "metadata";
}

/// Referred tables first, else in the order of definition; a cycle is left as it stands.
std::vector<Table> sorted_tables(std::vector<Table> tables) {
  std::vector<Table> out;
  const auto named = [](const Table& table, const std::optional<Name>& name) {
    return table.name && name && table.name->text == name->text;
  };
  while (!tables.empty()) {
    auto ready = std::ranges::find_if(tables, [&](const Table& table) {
      std::vector<Constraint> keys = table.constraints;
      for (const Column& column : table.columns) {
        keys.insert(keys.end(), column.foreign_keys.begin(), column.foreign_keys.end());
      }
      return std::ranges::none_of(keys, [&](const Constraint& key) {
        return key.type == ConstraintType::kForeignKey && !named(table, key.referred_table) &&
               std::ranges::any_of(
                   tables, [&](const Table& other) { return named(other, key.referred_table); });
      });
    });
    if (ready == tables.end()) ready = tables.begin();
    out.push_back(std::move(*ready));
    tables.erase(ready);
  }
  return out;
}

/// A column that has only a key has the type of the column that the key refers to.
/// Source: sqlalchemy/sql/schema.py, ForeignKey._set_type.
void take_types_of_keys(std::vector<Table>& tables) {
  for (Table& table : tables) {
    for (Column& column : table.columns) {
      if (!column.type.sql.empty() || column.foreign_keys.empty()) continue;
      const Constraint& key = column.foreign_keys.front();
      if (!key.referred_table || key.referred_columns.empty()) continue;
      for (const Table& other : tables) {
        if (!other.name || other.name->text != key.referred_table->text) continue;
        for (const Column& referred : other.columns) {
          if (referred.name && referred.name->text == key.referred_columns.front().text) {
            column.type = referred.type;
          }
        }
      }
    }
  }
}

}  // namespace

std::optional<Value> Host::create_all(const Value& metadata, bool create,
                                      const Operation& operation) {
  std::vector<Value> values;
  const Value* given = present(operation.arguments, "tables", 1);
  if (given != nullptr) {
    const auto* items = items_of(*given);
    if (items != nullptr) values = *items;
  } else if (evaluator_ != nullptr) {
    for (const std::string& name : bound_names(file_->text())) {
      auto value = evaluator_->global(name);
      if (value && belongs_to(*value, metadata)) values.push_back(std::move(*value));
    }
  }
  std::vector<Table> tables;
  for (const Value& value : values) {
    auto table = read_table(value, operation.context);
    if (!table || !table->name || table->lightweight || table->columns.empty()) continue;
    tables.push_back(std::move(*table));
  }
  if (tables.empty()) {
    not_analyzed(create ? "tables of a metadata are created" : "tables of a metadata are dropped",
                 operation);
    return Value(None{});
  }
  tables = sorted_tables(std::move(tables));
  take_types_of_keys(tables);  // of tables that come before
  if (flag(operation.arguments, "checkfirst", true, 2) && schema() != nullptr) {
    std::erase_if(tables, [&](const Table& table) {
      const auto exists = schema()->check_first(SchemaOracle::Kind::kTable, table.name->text,
                                                table.schema ? table.schema->text : "");
      return exists && *exists == create;
    });
  }
  if (create) {
    for (const Table& table : tables) emit_table(*this, table, operation, false);
    return Value(None{});
  }
  std::ranges::reverse(tables);
  for (const Table& table : tables) {
    Sql sql = operation.context.sql();
    sql << "DROP TABLE ";
    render_table_name(sql, table.schema, *table.name);
    emit(sql, operation);
  }
  return Value(None{});
}

}  // namespace forelock::alembic
