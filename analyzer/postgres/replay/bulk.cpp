// TRUNCATE and SELECT.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/run.h"
#include "analyzer/postgres/replay/written_rows.h"

namespace forelock::postgres {

bool apply(Run& run, const model::Truncate& statement) {
  std::vector<Oid> tables;
  const auto add = [&](const Relation& table) {
    for (const Oid oid : run.descendants(table)) {
      if (std::ranges::find(tables, oid) == tables.end()) tables.push_back(oid);
    }
  };
  for (std::size_t i = 0; i < statement.tables.size(); ++i) {
    const Relation* table = run.table(statement.tables[i]);
    if (table == nullptr) return false;
    run.lock(*table, LockMode::kAccessExclusive);
    const bool only = statement.only[i];
    if (only && table->kind == RelationKind::kPartitionedTable) {
      return run.fail("42809", "cannot truncate only a partitioned table");
    }
    if (std::ranges::find(tables, table->oid) == tables.end()) tables.push_back(table->oid);
    if (!only) add(*table);
  }
  for (std::size_t i = 0; i < tables.size(); ++i) {
    for (const Catalog::ForeignKeyUse& use : run.foreign_keys_to(run.at(tables[i]))) {
      if (std::ranges::find(tables, use.table->oid) != tables.end()) continue;
      if (!statement.cascade) {
        return run.fail("0A000", fmt::format("cannot truncate a table referenced in a foreign key "
                                             "constraint: \"{}\" references \"{}\"",
                                             use.table->name, run.at(tables[i]).name));
      }
      tables.push_back(use.table->oid);
      add(*use.table);
    }
  }
  for (const Oid oid : tables) {
    const Relation& table = run.at(oid);
    run.lock(table, LockMode::kAccessExclusive);
    const bool implied = std::ranges::none_of(
        statement.tables, [&](const auto& name) { return name.name == table.name; });
    if (has_storage(table)) {
      run.lose(model::ObjectKind::kTable, shown(table), implied, !run.is_new(table));
    }
    for (const Relation* index : run.catalog.indexes_of(table)) {
      run.lock(*index, LockMode::kAccessExclusive);
      run.rebuild(*index, "TRUNCATE gives the index new, empty files");
    }
    run.change(oid, [](Relation& copy) { copy.rows_loaded = false; });
    note_emptied(run, oid, false);
  }
  return true;
}

bool apply(Run& run, const model::Select& statement) {
  return read_query(run, statement.query, true);
}

}  // namespace forelock::postgres
