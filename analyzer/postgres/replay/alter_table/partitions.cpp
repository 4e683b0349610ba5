// ATTACH and DETACH PARTITION.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/proof.h"
#include "analyzer/postgres/replay/alter_table/alter_table.h"
#include "analyzer/postgres/replay/partition_bounds.h"
#include "analyzer/sql/parse.h"

namespace forelock::postgres {

using model::ConstraintKind;

namespace {

/// A bound's value as a constant of the key's type.
std::string bound_value(const model::Expression& value, const model::TypeName& type) {
  if (type.name.name == "int4" && type.array_dimensions == 0) return value.sql;
  const bool string = value.kind == model::ExpressionKind::kConstant &&
                      value.constant == model::ConstantKind::kString;
  return fmt::format("{}::{}", string ? value.sql : model::quote_literal(value.sql),
                     model::display(type));
}

/// What the bound says of the rows, as a condition; empty where the key is not one column.
/// Source: get_qual_for_range(), get_qual_for_list() of src/backend/partitioning/partbounds.c.
std::string bound_condition(const Relation& parent, const model::PartitionBound& bound) {
  if (!parent.partition_key || parent.partition_key->keys.size() != 1 || bound.is_default)
    return {};
  const Column* column = parent.column(parent.partition_key->keys[0].column);
  if (column == nullptr || column->type.name.name.empty()) return {};
  const std::string name = model::quote_identifier(column->name);
  const auto infinite = [](const model::Expression& value) {
    return value.kind == model::ExpressionKind::kColumn;
  };
  std::string condition = name + " IS NOT NULL";
  if (bound.strategy == 'r' && bound.from.size() == 1 && bound.to.size() == 1) {
    if (!infinite(bound.from[0])) {
      condition += fmt::format(" AND {} >= {}", name, bound_value(bound.from[0], column->type));
    }
    if (!infinite(bound.to[0])) {
      condition += fmt::format(" AND {} < {}", name, bound_value(bound.to[0], column->type));
    }
    return condition;
  }
  if (bound.strategy != 'l') return {};
  std::string values;
  std::size_t count = 0;
  bool null = false;
  for (const model::Expression& value : bound.values) {
    if (is_null_constant(value)) {
      null = true;
      continue;
    }
    values += (count++ == 0 ? "" : ", ") + bound_value(value, column->type);
  }
  if (count == 0) return null ? name + " IS NULL" : std::string();
  const std::string member = count == 1 ? fmt::format("{} = {}", name, values)
                                        : fmt::format("{} = ANY (ARRAY[{}])", name, values);
  return null ? fmt::format("{} IS NULL OR {}", name, member)
              : fmt::format("{} AND {}", condition, member);
}

/// A partition that is detached concurrently keeps its bound as a constraint.
/// Source: DetachAddConstraintIfNeeded().
bool keep_bound(Run& run, const Relation& parent, Oid child, const model::PartitionBound& bound) {
  if (proves_bound(run.at(child), parent, bound)) return true;
  auto condition = sql::parse_expression(bound_condition(parent, bound));
  if (!condition) return true;
  model::Constraint constraint;
  constraint.kind = ConstraintKind::kCheck;
  constraint.expression = std::move(*condition);
  return add_constraint(run, child, constraint, {.at_creation = true});
}

}  // namespace

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
      return run_.fail(run_.since(18) ? "42809" : "42P17",
                       fmt::format("table \"{}\" is not partitioned", self().name));
    }
    run_.change(table_, [](Relation& copy) { copy.kind = RelationKind::kPartitionedTable; });
  }
  if (action.bound && !check_bound_kind(run_, self(), *action.bound)) return false;
  const Relation* partition = run_.table(action.partition);
  if (partition == nullptr) return false;
  return attach_partition(run_, table_, partition->oid,
                          action.bound.value_or(model::PartitionBound{}));
}

namespace {

/// Whether a row is known that refers to one within the partition.
bool refers_into(const Relation& partition, const Relation& parent,
                 const Catalog::ForeignKeyUse& use) {
  const auto& columns = use.constraint->referenced_columns;
  const Column* key = columns.size() == 1 ? parent.column(columns[0]) : nullptr;
  if (key == nullptr || !partition.bound || partition.bound->is_default || !parent.partition_key ||
      parent.partition_key->keys.size() != 1 || parent.partition_key->keys[0].column != key->name) {
    return false;
  }
  const Column* own = use.table->column(use.constraint->columns[0]);
  return own != nullptr &&
         std::ranges::any_of(own->values_inserted, [&](const model::Expression& value) {
           return is_constant(value) && takes(*partition.bound, {value}).value_or(false);
         });
}

}  // namespace

bool AlterTableRun::operator()(const model::DetachPartition& action) {
  if (self().kind != RelationKind::kPartitionedTable && !self().assumed) {
    return run_.fail(run_.since(18) ? "42809" : "42P17",
                     fmt::format("table \"{}\" is not partitioned", self().name));
  }
  if (const Oid other = default_partition(run_, self()); other != 0) {
    if (action.concurrently) {
      return run_.fail("55000",
                       "cannot detach partitions concurrently when a default partition "
                       "exists");
    }
    run_.lock(other, LockMode::kAccessExclusive);
  }
  const Relation* partition = run_.table(action.partition);
  if (partition == nullptr) return false;
  const Oid child = partition->oid;
  for (const Oid below : run_.descendants(*partition)) {
    run_.lock(below, LockMode::kAccessExclusive);
  }
  // Before version 14 only where something is dropped with it.
  const bool drops = !run_.foreign_keys_to(self()).empty() ||
                     std::ranges::any_of(partition->triggers, &Trigger::inherited);
  run_.lock(child,
            run_.since(14) || drops ? LockMode::kAccessExclusive : LockMode::kShareUpdateExclusive);
  if (std::ranges::find(partition->parents, table_) == partition->parents.end()) {
    if (self().assumed || partition->assumed) return true;
    return run_.fail("42P01", fmt::format("relation \"{}\" is not a partition of relation \"{}\"",
                                          partition->name, self().name));
  }
  if (action.finalize && !self().assumed) {
    return run_.fail("55000",
                     fmt::format("partition \"{}\" is not pending detach", partition->name));
  }
  for (const CatalogConstraint& constraint : partition->constraints) {
    if (constraint.kind == ConstraintKind::kForeignKey && constraint.inherited_from > 0) {
      run_.lock(constraint.referenced_table, LockMode::kShareRowExclusive);
    }
  }
  for (const Catalog::ForeignKeyUse& use : run_.foreign_keys_to(self())) {
    run_.lock(*use.table, LockMode::kAccessExclusive);
    // RI_PartitionRemove_Check() joins the two; by one column, since version 17 by several, it
    // looks rows of the partition up in its index (measured on PostgreSQL 14 to 18).
    std::vector<Oid> heaps = run_.leaves(*use.table);
    if (use.constraint->columns.size() > 1 && !run_.since(17)) {
      for (const Oid leaf : run_.leaves(run_.at(child))) heaps.push_back(leaf);
    }
    for (const Oid heap : heaps) {
      run_.scan(run_.at(heap), "rows that are still referenced are looked for");
    }
    run_.may_fail(refers_into(run_.at(child), self(), use), "23503",
                  fmt::format("rows of \"{}\" may still be referenced from \"{}\"",
                              run_.at(child).name, use.table->name));
  }
  run_.effects.waits_for_old_transactions = action.concurrently;
  const std::optional<model::PartitionBound> bound = partition->bound;
  if (action.concurrently && bound && !keep_bound(run_, self(), child, *bound)) return false;
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
