#include "analyzer/alembic/render/assignments.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "analyzer/alembic/render/models.h"
#include "analyzer/python/evaluator.h"

namespace forelock::alembic {

using python::Value;

const Column* column_of(const Table& table, std::string_view name) {
  for (const Column& column : table.columns) {
    if (column.name && column.name->text == name) return &column;
  }
  return nullptr;
}

std::optional<Name> assigned_name(const Value& key, const Context& context) {
  if (key.str() != nullptr) return read_name(key, context);
  if (const auto reference = read_column_reference(key, context)) return reference->column;
  return read_name(key, context);
}

void add_assignments(std::vector<Assignment>& out, const Value& value, const Context& context) {
  const auto set = [&](Name name, const Value& item) {
    for (Assignment& assignment : out) {
      if (assignment.column.text == name.text && name.known) {
        assignment.value = item;
        return;
      }
    }
    out.push_back({std::move(name), item});
  };
  if (const python::Dict* dict = value.dict()) {
    for (const auto& [key, item] : dict->items) {
      if (auto name = assigned_name(key, context)) set(std::move(*name), item);
    }
  }
}

/// What a default gives for one row: a constant, an expression, or what a function returns.
Value made_by(const Value& given, const Context& context) {
  Value value = given;
  if (name_of(given) == "sa.ColumnDefault" || name_of(given) == "sa.Sequence") {
    const Value* inner = arguments_of(given).find("arg", 0);
    if (inner == nullptr || name_of(given) == "sa.Sequence") return Value::unknown("a sequence");
    value = *inner;
  }
  const auto* function = value.as<std::shared_ptr<const python::Function>>();
  if (function == nullptr) return value;
  if (context.evaluator == nullptr) return Value::unknown("a default that is computed");
  python::CallSite site;
  site.place = {0, context.call};
  return context.evaluator->call_value(value, {}, site);
}

void add_missing(std::vector<Assignment>& out, const Table& table,
                 std::optional<Value> Column::* source, const Context& context) {
  for (const Column& column : table.columns) {
    const std::optional<Value>& given = column.*source;
    if (!given || !column.name) continue;
    const bool set = std::ranges::any_of(
        out, [&](const Assignment& a) { return a.column.text == column.name->text; });
    if (!set) out.push_back({*column.name, made_by(*given, context)});
  }
}

void sort_assignments(std::vector<Assignment>& assignments, const std::optional<Table>& table) {
  if (!table) return;
  const auto rank = [&](const Assignment& assignment) {
    for (std::size_t i = 0; i < table->columns.size(); ++i) {
      if (table->columns[i].name && table->columns[i].name->text == assignment.column.text) {
        return i;
      }
    }
    return table->columns.size();
  };
  std::ranges::stable_sort(assignments, {}, rank);
}

}  // namespace forelock::alembic
