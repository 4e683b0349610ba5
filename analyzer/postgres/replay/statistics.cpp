// CREATE STATISTICS.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {

namespace {

/// Source: ChooseExtendedStatisticName().
std::string choose_statistics_name(const Run& run, const Relation& table,
                                   const model::CreateStatistics& statement) {
  std::vector<std::string> names;
  for (const model::IndexKey& key : statement.keys) {
    names.push_back(key.column.empty() ? "expr" : key.column);
  }
  return choose_name(table.name, index_name_addition(names), "stat",
                     [&](const std::string& candidate) {
                       return run.catalog.find_statistics({table.schema, candidate}) != nullptr;
                     });
}

}  // namespace

bool apply(Run& run, const model::CreateStatistics& statement) {
  const Relation* table = run.relation(statement.table);
  if (table == nullptr) return false;
  const Oid oid = table->oid;
  run.lock(*table, LockMode::kShareUpdateExclusive);
  // The parser reads expressions first: transformStatsStmt().
  for (const model::IndexKey& key : statement.keys) {
    if (key.expression &&
        !check_expression(run, run.at(oid), *key.expression, "statistics expressions")) {
      return false;
    }
  }
  if (!is_table_like(run.at(oid).kind) && run.at(oid).kind != RelationKind::kMaterializedView) {
    return run.fail("42809",
                    fmt::format("cannot define statistics for relation \"{}\"", run.at(oid).name));
  }
  Statistics object;
  object.table = oid;
  object.definition = statement;
  object.schema =
      statement.name.name.empty() ? run.at(oid).schema : run.creation_schema(statement.name);
  if (run.failed) return false;
  object.name = statement.name.name.empty() ? choose_statistics_name(run, run.at(oid), statement)
                                            : truncate_identifier(statement.name.name);
  if (run.catalog.find_statistics({object.schema, object.name}) != nullptr) {
    if (statement.if_not_exists) {
      run.effects.changes_nothing = true;
      return true;
    }
    return run.fail("42710", fmt::format("statistics object \"{}\" already exists", object.name));
  }
  std::vector<AttributeNumber> used;
  for (const model::IndexKey& key : statement.keys) {
    model::TypeName type;
    if (!key.column.empty()) {
      const Column* column = run.column(oid, key.column);
      if (column == nullptr) return false;
      object.columns.push_back(column->number);
      used.push_back(column->number);
      type = column->type;
    } else if (key.expression) {
      type = infer_type(run.catalog, Scope::of(run.at(oid)), *key.expression);
      for (const AttributeNumber number : used_columns(run.at(oid), *key.expression)) {
        used.push_back(number);
      }
    }
    const bool sortable = type.name.name.empty() || category(run.catalog, type) == 0 ||
                          operator_class(run.catalog, "btree", "", type).found;
    // One expression alone has statistics that need no order.
    if (!sortable && (!key.column.empty() || statement.keys.size() > 1)) {
      return run.fail("0A000", fmt::format("type {} has no default btree operator class",
                                           model::display(type)));
    }
  }
  if (statement.keys.size() < 2 && !statement.keys.empty() && !statement.keys[0].column.empty()) {
    return run.fail("42P17", "extended statistics require at least 2 columns");
  }
  for (const std::string& kind : statement.kinds) {
    if (kind != "ndistinct" && kind != "dependencies" && kind != "mcv") {
      return run.fail("42601", fmt::format("unrecognized statistics kind \"{}\"", kind));
    }
  }
  for (const AttributeNumber number : object.columns) {
    if (std::ranges::count(object.columns, number) > 1) {
      return run.fail("42701", "duplicate column name in statistics definition");
    }
  }
  object.oid = run.catalog.new_oid();
  for (const model::IndexKey& key : statement.keys) {
    if (!key.expression) continue;
    for (Dependency need : needs_of(run.catalog, Scope::of(run.at(oid)), *key.expression)) {
      need.object = object.oid;
      object.needs.push_back(need);
    }
  }
  for (const AttributeNumber number : used) {
    object.needs.push_back(
        {.object = object.oid, .needs = oid, .needs_column = number, .automatic = true});
  }
  object.needs.push_back({.object = object.oid, .needs = oid, .automatic = true});
  run.catalog.put(std::move(object));
  return true;
}

}  // namespace forelock::postgres
