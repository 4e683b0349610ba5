// CREATE STATISTICS.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {

bool apply(Run& run, const model::CreateStatistics& statement) {
  if (statement.name.name.empty() && !run.since(16)) {
    return run.fail("42601", "statistics need a name before version 16");
  }
  const Relation* table = run.relation(statement.table);
  if (table == nullptr) return false;
  const Oid oid = table->oid;
  run.lock(*table, LockMode::kShareUpdateExclusive);
  if (!is_table_like(table->kind) && table->kind != RelationKind::kMaterializedView) {
    return run.fail("42809",
                    fmt::format("cannot define statistics for relation \"{}\"", table->name));
  }
  Statistics object;
  object.table = oid;
  object.definition = statement;
  std::vector<std::string> names;
  for (const model::IndexKey& key : statement.keys) {
    if (key.column.empty()) {
      names.emplace_back("expr");
      continue;
    }
    const Column* column = run.column(oid, key.column);
    if (column == nullptr) return false;
    object.columns.push_back(column->number);
    names.push_back(key.column);
  }
  if (statement.keys.size() < 2 && !statement.keys.empty() && !statement.keys[0].column.empty()) {
    return run.fail("42P17", "extended statistics require at least 2 columns");
  }
  for (const AttributeNumber number : object.columns) {
    if (std::ranges::count(object.columns, number) > 1) {
      return run.fail("42701", "duplicate column name in statistics definition");
    }
  }
  for (const std::string& kind : statement.kinds) {
    if (kind != "ndistinct" && kind != "dependencies" && kind != "mcv") {
      return run.fail("42601", fmt::format("unrecognized statistics kind \"{}\"", kind));
    }
  }
  object.schema =
      statement.name.name.empty() ? run.at(oid).schema : run.creation_schema(statement.name);
  if (run.failed) return false;
  object.name =
      statement.name.name.empty()
          ? choose_name(run.at(oid).name, index_name_addition(names), "stat",
                        [&](const std::string& candidate) {
                          return run.catalog.find_statistics({object.schema, candidate}) != nullptr;
                        })
          : truncate_identifier(statement.name.name);
  if (run.catalog.find_statistics({object.schema, object.name}) != nullptr) {
    if (statement.if_not_exists) {
      run.effects.changes_nothing = true;
      return true;
    }
    return run.fail("42710", fmt::format("statistics object \"{}\" already exists", object.name));
  }
  object.oid = run.catalog.new_oid();
  for (const AttributeNumber number : object.columns) {
    object.needs.push_back(
        {.object = object.oid, .needs = oid, .needs_column = number, .automatic = true});
  }
  object.needs.push_back({.object = object.oid, .needs = oid, .automatic = true});
  run.catalog.put(std::move(object));
  return true;
}

}  // namespace forelock::postgres
