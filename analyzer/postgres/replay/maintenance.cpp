// LOCK, REINDEX, CLUSTER, VACUUM and ANALYZE.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

constexpr std::array kAllModes = {LockMode::kAccessShare,  LockMode::kRowShare,
                                  LockMode::kRowExclusive, LockMode::kShareUpdateExclusive,
                                  LockMode::kShare,        LockMode::kShareRowExclusive,
                                  LockMode::kExclusive,    LockMode::kAccessExclusive};

LockMode mode_named(std::string_view wanted) {
  for (const LockMode mode : kAllModes) {
    if (name(mode) == wanted) return mode;
  }
  return LockMode::kAccessExclusive;
}

void lock_view_tree(Run& run, const Relation& relation, LockMode mode, bool only, int depth) {
  constexpr int kMaxDepth = 32;
  run.lock(relation, mode);
  if (!only) run.lock_tree(relation, mode);
  if (relation.kind != RelationKind::kView || depth > kMaxDepth) return;
  for (const Dependency& need : relation.needs) {
    const Relation* below = run.catalog.relation(need.needs);
    if (below != nullptr && need.needs_column == 0 && below->oid != relation.oid &&
        (is_table_like(below->kind) || below->kind == RelationKind::kView)) {
      lock_view_tree(run, *below, mode, false, depth + 1);
    }
  }
}

void reindex(Run& run, const Relation& table, const std::vector<Oid>& indexes, bool concurrently) {
  run.lock(table, concurrently ? LockMode::kShareUpdateExclusive : LockMode::kShare);
  for (const Oid oid : indexes) {
    const Relation* index = run.catalog.relation(oid);
    if (index == nullptr) continue;
    run.lock(*index, LockMode::kAccessExclusive);
    run.rebuild(*index, "REINDEX builds the index again");
    run.scan(table, fmt::format("index \"{}\" is built again", index->name));
    if (!index->valid) run.change(oid, [](Relation& copy) { copy.valid = true; });
  }
}

bool reindex_table(Run& run, const model::Reindex& statement, bool concurrently) {
  const Relation* table = run.relation(statement.name);
  if (table == nullptr) return false;
  if (!is_table_like(table->kind) && table->kind != RelationKind::kMaterializedView) {
    return run.fail("42809",
                    fmt::format("\"{}\" is not a table or materialized view", table->name));
  }
  const Oid oid = table->oid;
  const auto mode = concurrently ? LockMode::kShareUpdateExclusive : LockMode::kShare;
  if (table->kind == RelationKind::kPartitionedTable) {
    // Before version 14 a warning says that it is skipped.
    if (!run.since(14)) {
      run.lock(*table, mode);
      return true;
    }
    if (!run.needs_no_transaction("REINDEX TABLE")) return false;
  }
  run.lock(*table, mode);
  for (const Oid leaf : run.leaves(run.at(oid))) {
    reindex(run, run.at(leaf), run.at(leaf).indexes, concurrently);
  }
  return true;
}

bool reindex_index(Run& run, const model::Reindex& statement, bool concurrently) {
  const Relation* index = run.relation(statement.name, RelationKind::kIndex);
  if (index == nullptr) return false;
  if (!is_index(index->kind) && !index->assumed) {
    return run.fail("42809", fmt::format("\"{}\" is not an index", index->name));
  }
  if (index->kind == RelationKind::kPartitionedIndex) {
    if (!run.since(14)) {
      return run.fail("0A000", "REINDEX is not yet implemented for partitioned indexes");
    }
    if (!run.needs_no_transaction("REINDEX INDEX")) return false;
    const auto mode = concurrently ? LockMode::kShareUpdateExclusive : LockMode::kShare;
    run.lock(index->table, mode);
    for (const Oid part : run.descendants(*index)) {
      const Relation& child = run.at(part);
      if (child.kind != RelationKind::kIndex) continue;
      if (const Relation* heap = run.catalog.relation(child.table)) {
        reindex(run, *heap, {part}, concurrently);
      }
    }
    return true;
  }
  const Relation* table = run.catalog.relation(index->table);
  if (table == nullptr) {
    run.lock(*index, LockMode::kAccessExclusive);
    run.rebuild(*index, "REINDEX builds the index again");
    return true;
  }
  reindex(run, *table, {index->oid}, concurrently);
  return true;
}

/// The heaps that CLUSTER of a table writes: those of its partitions, not those of other children.
std::vector<Oid> own_heaps(const Run& run, const Relation& table) {
  return table.kind == RelationKind::kPartitionedTable ? run.leaves(table)
                                                       : std::vector<Oid>{table.oid};
}

/// VACUUM and ANALYZE go on to children by inheritance since version 18 (release notes, E.1.2).
bool goes_to_children(const Run& run, const Relation& table) {
  return table.kind == RelationKind::kPartitionedTable || run.since(18);
}

bool cluster_one(Run& run, const Relation& table, Oid index) {
  run.lock(table, LockMode::kAccessExclusive);
  for (const Oid leaf : own_heaps(run, table)) {
    run.lock(leaf, LockMode::kAccessExclusive);
    rewrite_table(run, run.at(leaf), "CLUSTER writes the rows in the order of an index");
  }
  if (index == 0) return true;
  const std::vector<Oid> indexes = table.indexes;
  for (const Oid oid : indexes) {
    run.change(oid, [&](Relation& copy) { copy.clustered = oid == index; });
  }
  return true;
}

/// Whether the statement's options say that the tail is not to be cut off.
bool keeps_tail(std::string_view sql) {
  std::string lower;
  for (const char c : sql) {
    if (c != ' ' && c != '\t' && c != '\n') {
      lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return lower.find("truncatefalse") != std::string::npos ||
         lower.find("truncateoff") != std::string::npos ||
         lower.find("truncate0") != std::string::npos;
}

bool vacuum_one(Run& run, const model::Vacuum& statement, const Relation& table, bool named) {
  if (!is_table_like(table.kind) && table.kind != RelationKind::kMaterializedView) return true;
  if (!named && table.kind == RelationKind::kPartitionedTable) return true;
  if (statement.analyze) {
    run.lock(table, LockMode::kShareUpdateExclusive);
    // Partitions are analyzed too; other children only lend their rows.
    const bool analyzed = goes_to_children(run, table);
    for (const Oid child : run.descendants(table)) {
      run.lock(child, analyzed ? LockMode::kShareUpdateExclusive : LockMode::kAccessShare);
    }
  }
  if (!statement.vacuum) return true;
  const std::vector<Oid> heaps =
      goes_to_children(run, table) ? run.leaves(table) : std::vector<Oid>{table.oid};
  for (const Oid leaf : heaps) {
    const Relation& heap = run.at(leaf);
    if (statement.full) {
      run.lock(heap, LockMode::kAccessExclusive);
      rewrite_table(run, heap, "VACUUM FULL writes the table anew");
      continue;
    }
    const bool cuts = heap.rows_deleted && !keeps_tail(run.sql);
    run.lock(heap, cuts ? LockMode::kAccessExclusive : LockMode::kShareUpdateExclusive);
    if (heap.rows_deleted) run.change(leaf, [](Relation& copy) { copy.rows_deleted = false; });
  }
  return true;
}

}  // namespace

bool apply(Run& run, const model::LockTable& statement) {
  if (!run.session.in_transaction && run.depth == 0) {
    run.risk("25P01", "LOCK TABLE can only be used in transaction blocks");
  }
  for (const model::QualifiedName& table : statement.tables) {
    const Relation* relation = run.relation(table);
    if (relation == nullptr) return false;
    if (!is_table_like(relation->kind) && relation->kind != RelationKind::kView) {
      return run.fail("42809", fmt::format("\"{}\" is not a table or view", relation->name));
    }
    lock_view_tree(run, *relation, mode_named(statement.mode), statement.only, 0);
  }
  return true;
}

bool apply(Run& run, const model::Reindex& statement) {
  if (statement.concurrently && !run.needs_no_transaction("REINDEX CONCURRENTLY")) return false;
  run.effects.waits_for_old_transactions = statement.concurrently;
  switch (statement.kind) {
    case model::ObjectKind::kIndex:
      return reindex_index(run, statement, statement.concurrently);
    case model::ObjectKind::kTable:
      return reindex_table(run, statement, statement.concurrently);
    default:
      break;
  }
  const bool schema = statement.kind == model::ObjectKind::kSchema;
  if (!run.needs_no_transaction(schema ? "REINDEX SCHEMA" : "REINDEX DATABASE")) return false;
  if (schema && run.catalog.find_schema(statement.name.name) == nullptr) {
    if (run.options.assume_missing) return true;
    return run.fail("3F000", fmt::format("schema \"{}\" does not exist", statement.name.name));
  }
  if (statement.system) return true;
  for (const Relation* table : run.catalog.relations()) {
    if (!has_storage(*table) || (schema && table->schema != statement.name.name)) continue;
    reindex(run, *table, table->indexes, statement.concurrently);
  }
  return true;
}

bool apply(Run& run, const model::Cluster& statement) {
  if (statement.table.empty()) {
    if (!run.needs_no_transaction("CLUSTER")) return false;
    for (const Relation* index : run.catalog.relations()) {
      if (!index->clustered) continue;
      if (const Relation* table = run.catalog.relation(index->table)) {
        cluster_one(run, *table, index->oid);
      }
    }
    return true;
  }
  const Relation* table = run.relation(statement.table);
  if (table == nullptr) return false;
  run.lock(*table, LockMode::kAccessExclusive);
  if (!is_table_like(table->kind) && table->kind != RelationKind::kMaterializedView) {
    return run.fail("42809", fmt::format("\"{}\" is not a table", table->name));
  }
  const bool partitioned = table->kind == RelationKind::kPartitionedTable;
  if (partitioned && !run.since(15)) {
    return run.fail("0A000", "cannot cluster a partitioned table");
  }
  // The index is looked up before a partitioned table is refused in a transaction: cluster().
  Oid chosen = 0;
  if (!statement.index.empty()) {
    const Relation* index = run.catalog.find_relation({table->schema, statement.index});
    if (index == nullptr && !table->assumed) {
      return run.fail("42704", fmt::format("index \"{}\" for table \"{}\" does not exist",
                                           statement.index, table->name));
    }
    if (partitioned && !run.needs_no_transaction("CLUSTER")) return false;
    if (index != nullptr && !index->assumed && index->table != table->oid) {
      return run.fail("42809", fmt::format("\"{}\" is not an index for table \"{}\"",
                                           statement.index, table->name));
    }
    if (index != nullptr && index->predicate) {
      return run.fail("0A000", fmt::format("cannot cluster on partial index \"{}\"", index->name));
    }
    if (index != nullptr && index->method != "btree" && index->method != "gist") {
      return run.fail("0A000", fmt::format("cannot cluster on index \"{}\" because access method "
                                           "does not support clustering",
                                           index->name));
    }
    chosen = index == nullptr ? 0 : index->oid;
  } else {
    for (const Relation* index : run.catalog.indexes_of(*table)) {
      if (index->clustered) chosen = index->oid;
    }
    if (chosen == 0 && !table->assumed) {
      return run.fail(
          "42704",
          fmt::format("there is no previously clustered index for table \"{}\"", table->name));
    }
    if (partitioned && !run.needs_no_transaction("CLUSTER")) return false;
  }
  return cluster_one(run, run.at(table->oid), partitioned ? 0 : chosen);
}

bool apply(Run& run, const model::Vacuum& statement) {
  if (statement.vacuum && !run.needs_no_transaction("VACUUM")) return false;
  if (statement.tables.empty()) {
    for (const Relation* table : run.catalog.relations()) {
      if (!vacuum_one(run, statement, *table, false)) return false;
    }
    return true;
  }
  for (std::size_t i = 0; i < statement.tables.size(); ++i) {
    const model::QualifiedName& table = statement.tables[i];
    if (run.is_system(table)) continue;
    const Relation* relation = run.relation(table);
    if (relation == nullptr) return false;
    if (!statement.columns[i].empty() && !statement.analyze) {
      return run.fail("0A000", "ANALYZE option must be specified when a column list is provided");
    }
    for (const std::string& column : statement.columns[i]) {
      if (is_table_like(relation->kind) && run.column(relation->oid, column) == nullptr) {
        return false;
      }
    }
    if (!vacuum_one(run, statement, *relation, true)) return false;
  }
  return true;
}

}  // namespace forelock::postgres
