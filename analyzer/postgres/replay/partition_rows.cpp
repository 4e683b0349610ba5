// Which partitions hold the rows that a statement writes or looks for.

#include "analyzer/postgres/replay/partition_rows.h"

#include <algorithm>

#include "analyzer/postgres/proof.h"
#include "analyzer/postgres/replay/partition_bounds.h"

namespace forelock::postgres {
namespace {

using model::Expression;

/// The constants that a row has in the columns of the partition key; nullopt where one is not
/// known.
std::optional<std::vector<Expression>> key_of(const Relation& table,
                                              const std::vector<std::string>& columns,
                                              const std::vector<Expression>& row) {
  if (!table.partition_key) return std::nullopt;
  std::vector<Expression> result;
  for (const model::IndexKey& key : table.partition_key->keys) {
    const auto at = std::ranges::find(columns, key.column);
    const auto index = static_cast<std::size_t>(at - columns.begin());
    if (key.column.empty() || at == columns.end() || index >= row.size() ||
        !is_constant(row[index])) {
      return std::nullopt;
    }
    result.push_back(row[index]);
  }
  return result;
}

enum class Found { kYes, kNo, kUnknown };

/// Adds the partitions on the way of one row to its leaf.
Found route_row(const Run& run, const Relation& table, const std::vector<std::string>& columns,
                const std::vector<Expression>& row, std::vector<Oid>& result) {
  const auto key = key_of(table, columns, row);
  if (!key) return Found::kUnknown;
  Oid chosen = 0;
  for (const Oid child : table.children) {
    const Relation& partition = run.at(child);
    if (!partition.bound || partition.bound->is_default) continue;
    const std::optional<bool> taken = takes(*partition.bound, *key);
    if (!taken) return Found::kUnknown;
    if (*taken) chosen = child;
  }
  if (chosen == 0) chosen = default_partition(run, table);
  if (chosen == 0) return Found::kNo;
  if (std::ranges::find(result, chosen) == result.end()) result.push_back(chosen);
  const Relation& partition = run.at(chosen);
  return partition.kind == RelationKind::kPartitionedTable
             ? route_row(run, partition, columns, row, result)
             : Found::kYes;
}

bool may_hold(const Run& run, const Relation& parent, const Relation& partition,
              const Expression& where) {
  if (!partition.bound || !parent.partition_key) return true;
  if (!partition.bound->is_default) return !excludes_bound(where, parent, *partition.bound);
  std::vector<const model::PartitionBound*> others;
  for (const Oid child : parent.children) {
    const Relation& other = run.at(child);
    if (other.bound && !other.bound->is_default) others.push_back(&*other.bound);
  }
  return !excludes_default(where, parent, others);
}

void keep(const Run& run, const Relation& table, const std::optional<Expression>& where,
          std::vector<Oid>& result) {
  if (std::ranges::find(result, table.oid) != result.end()) return;
  result.push_back(table.oid);
  for (const Oid child : table.children) {
    const Relation* partition = run.catalog.relation(child);
    if (partition == nullptr || (where && !may_hold(run, table, *partition, *where))) continue;
    keep(run, *partition, where, result);
  }
}

}  // namespace

Routed route(const Run& run, const Relation& table, const std::vector<std::string>& columns,
             const std::vector<std::vector<Expression>>& rows) {
  Routed result;
  if (rows.empty()) {
    result.partitions = run.descendants(table);
    return result;
  }
  for (const std::vector<Expression>& row : rows) {
    switch (route_row(run, table, columns, row, result.partitions)) {
      case Found::kYes:
        break;
      case Found::kNo:
        result.lost = true;
        break;
      case Found::kUnknown:
        return {run.descendants(table), false};
    }
  }
  return result;
}

std::vector<Oid> kept_by(const Run& run, const Relation& table,
                         const std::optional<Expression>& where) {
  std::vector<Oid> result;
  keep(run, table, where, result);
  return result;
}

}  // namespace forelock::postgres
