// ATTACH and DETACH PARTITION.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {

using model::ConstraintKind;

bool AlterTableRun::operator()(const model::AttachPartition& action) {
  if (is_index(self().kind)) {
    const Relation* index = run_.catalog.find_index(action.partition);
    if (index == nullptr) {
      if (run_.options.assume_missing) return true;
      return run_.fail(
          "42P01", fmt::format("index \"{}\" does not exist", model::display(action.partition)));
    }
    run_.lock(*index, LockMode::kAccessExclusive);
    run_.lock(index->table, LockMode::kAccessShare);
    run_.lock(self().table, LockMode::kAccessShare);
    const Relation* table = run_.catalog.relation(index->table);
    if (!index->parents.empty()) {
      if (index->parents[0] == table_) return true;
      return run_.fail("55000", fmt::format("cannot attach index \"{}\" as a partition of index "
                                            "\"{}\"",
                                            index->name, self().name));
    }
    if (table == nullptr ||
        std::ranges::find(table->parents, self().table) == table->parents.end() ||
        !same_index_shape(run_, self(), *index)) {
      return run_.fail(table != nullptr && std::ranges::find(table->parents, self().table) ==
                                               table->parents.end()
                           ? "55000"
                           : "42P17",
                       fmt::format("cannot attach index \"{}\" as a partition of index \"{}\"",
                                   index->name, self().name));
    }
    const Oid child = index->oid;
    run_.change(child, [&](Relation& copy) { copy.parents.push_back(table_); });
    run_.change(table_, [&](Relation& copy) { copy.children.push_back(child); });
    const Relation* owner = run_.catalog.relation(self().table);
    if (owner != nullptr && self().children.size() >= owner->children.size()) {
      run_.change(table_, [](Relation& copy) { copy.valid = true; });
    }
    return true;
  }
  if (self().kind != RelationKind::kPartitionedTable) {
    if (!self().assumed) {
      return run_.fail("42P17", fmt::format("table \"{}\" is not partitioned", self().name));
    }
    run_.change(table_, [](Relation& copy) { copy.kind = RelationKind::kPartitionedTable; });
  }
  if (action.bound && !check_bound_kind(run_, self(), *action.bound)) return false;
  const Relation* partition = run_.table(action.partition);
  if (partition == nullptr) return false;
  return attach_partition(run_, table_, partition->oid,
                          action.bound.value_or(model::PartitionBound{}));
}

bool AlterTableRun::operator()(const model::DetachPartition& action) {
  if (self().kind != RelationKind::kPartitionedTable && !self().assumed) {
    return run_.fail("42P17", fmt::format("table \"{}\" is not partitioned", self().name));
  }
  const Relation* partition = run_.table(action.partition);
  if (partition == nullptr) return false;
  const Oid child = partition->oid;
  run_.lock(*partition, LockMode::kAccessExclusive);
  if (std::ranges::find(partition->parents, table_) == partition->parents.end()) {
    if (self().assumed || partition->assumed) return true;
    return run_.fail("42P01", fmt::format("relation \"{}\" is not a partition of relation \"{}\"",
                                          partition->name, self().name));
  }
  if (const Oid other = default_partition(run_, self()); other != 0) {
    if (action.concurrently) {
      return run_.fail("55000",
                       "cannot detach partitions concurrently when a default partition "
                       "exists");
    }
    run_.lock(other, LockMode::kAccessExclusive);
  }
  for (const CatalogConstraint& constraint : partition->constraints) {
    if (constraint.kind == ConstraintKind::kForeignKey && constraint.inherited_from > 0) {
      run_.lock(constraint.referenced_table, LockMode::kShareRowExclusive);
    }
  }
  for (const Catalog::ForeignKeyUse& use : run_.catalog.foreign_keys_to(table_)) {
    run_.lock(*use.table, LockMode::kAccessExclusive);
  }
  run_.effects.waits_for_old_transactions = action.concurrently;
  const std::optional<model::PartitionBound> bound = partition->bound;
  run_.change(table_, [&](Relation& copy) { std::erase(copy.children, child); });
  const std::vector<Oid> indexes = run_.at(child).indexes;
  for (const Oid index : indexes) {
    run_.change(index, [&](Relation& copy) {
      for (const Oid parent : copy.parents) {
        if (run_.catalog.relation(parent) == nullptr) continue;
        run_.change(parent, [&](Relation& above) { std::erase(above.children, index); });
      }
      copy.parents.clear();
    });
  }
  run_.change(child, [&](Relation& copy) {
    copy.parents.clear();
    copy.bound.reset();
    copy.is_partition = false;
    std::erase_if(copy.triggers, [](const Trigger& trigger) { return trigger.inherited; });
    for (Column& column : copy.columns) {
      column.inherited_from = 0;
      column.local = true;
    }
    for (CatalogConstraint& constraint : copy.constraints) {
      constraint.inherited_from = 0;
      constraint.local = true;
    }
  });
  return true;
}

}  // namespace forelock::postgres
