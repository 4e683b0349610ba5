// Partitions: bounds, what a partition takes from its parent, ATTACH and DETACH.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/proof.h"
#include "analyzer/postgres/replay/inserted_values.h"
#include "analyzer/postgres/replay/partition_bounds.h"
#include "analyzer/postgres/replay/run.h"
#include "analyzer/postgres/typecheck.h"

namespace forelock::postgres {
namespace {

using model::Expression;

IndexRequest request_like(const Run& run, const Relation& index, model::Constraint& constraint) {
  IndexRequest request;
  const Relation& table = run.at(index.table);
  request.definition.unique = index.unique;
  request.definition.method = index.method;
  request.definition.predicate = index.predicate;
  request.definition.nulls_not_distinct = index.nulls_not_distinct;
  request.definition.options = index.options;
  for (const IndexColumn& key : index.keys) {
    model::IndexKey copy;
    if (const Column* column = table.column(key.column)) copy.column = column->name;
    copy.expression = key.expression;
    copy.collation = key.collation;
    copy.operator_class = key.operator_class;
    copy.descending = key.descending;
    copy.nulls_first = key.nulls_first;
    request.definition.keys.push_back(std::move(copy));
  }
  for (const AttributeNumber number : index.include) {
    if (const Column* column = table.column(number)) {
      request.definition.include.push_back(column->name);
    }
  }
  for (const CatalogConstraint& own : table.constraints) {
    if (own.index != index.oid) continue;
    request.constraint = own.kind;
    constraint = own.definition;
    constraint.name.clear();
    request.constraint_definition = &constraint;
  }
  request.parent_index = index.oid;
  return request;
}

bool clone_index(Run& run, Oid child, const Relation& index, bool at_creation) {
  run.lock(index, LockMode::kShareUpdateExclusive);
  const Relation& partition = run.at(child);
  const bool is_constraint = index.constraint != 0;
  for (const Relation* candidate : run.catalog.indexes_of(partition)) {
    if (!candidate->parents.empty() || !same_index_shape(run, index, *candidate) ||
        (is_constraint && candidate->constraint == 0)) {
      continue;
    }
    const Oid match = candidate->oid;
    const Oid constraint = candidate->constraint;
    run.change(match, [&](Relation& copy) { copy.parents.push_back(index.oid); });
    run.change(index.oid, [&](Relation& copy) { copy.children.push_back(match); });
    if (constraint != 0) {
      run.change(child, [&](Relation& copy) {
        for (CatalogConstraint& own : copy.constraints) {
          if (own.oid == constraint) own.inherited_from = 1;
        }
      });
    }
    return true;
  }
  model::Constraint constraint;
  IndexRequest request = request_like(run, index, constraint);
  request.at_creation = at_creation;
  if (index.primary) {
    for (const model::IndexKey& key : request.definition.keys) {
      const Column* column = run.at(child).column(key.column);
      if (column != nullptr && set_not_null(run, child, column->number) && !at_creation) {
        run.scan(run.at(child), fmt::format("every row of \"{}\" is checked for NULL", key.column));
      }
    }
  }
  const Oid made = add_index(run, child, request);
  if (made == 0) return false;
  run.change(index.oid, [&](Relation& copy) { copy.children.push_back(made); });
  return true;
}

bool clone_foreign_keys(Run& run, Oid parent, Oid child, bool at_creation) {
  const Relation owner = run.at(parent);
  for (const CatalogConstraint& constraint : owner.constraints) {
    if (constraint.kind != model::ConstraintKind::kForeignKey) continue;
    const Relation* referenced = run.catalog.relation(constraint.referenced_table);
    if (referenced == nullptr || referenced->oid == parent) continue;
    // A foreign key of the same meaning is adopted.
    const auto same = [&](const CatalogConstraint& own) {
      return own.kind == constraint.kind && own.referenced_table == constraint.referenced_table &&
             own.referenced_columns == constraint.referenced_columns &&
             own.definition.columns == constraint.definition.columns && own.validated;
    };
    run.lock_tree(*referenced, LockMode::kShareRowExclusive);
    if (std::ranges::any_of(run.at(child).constraints, same)) {
      run.change(child, [&](Relation& copy) {
        for (CatalogConstraint& own : copy.constraints) {
          if (same(own)) own.inherited_from = 1;
        }
      });
      continue;
    }
    model::Constraint definition = constraint.definition;
    definition.name = run.at(child).constraint_named(constraint.name) == nullptr ? constraint.name
                                                                                 : std::string();
    definition.referenced_table = {referenced->schema, referenced->name};
    if (!add_foreign_key(run, child, definition, {.at_creation = at_creation})) return false;
    run.change(child, [&](Relation& copy) {
      copy.constraints.back().inherited_from = 1;
      copy.constraints.back().local = false;
    });
  }
  // Whoever references the parent references its partitions; a trigger on those since version 15.
  if (!run.since(15)) return true;
  for (const Catalog::ForeignKeyUse& use : run.catalog.foreign_keys_to(parent)) {
    run.lock(*use.table, LockMode::kShareRowExclusive);
  }
  return true;
}

void clone_triggers(Run& run, Oid parent, Oid child) {
  const Relation owner = run.at(parent);
  run.change(child, [&](Relation& copy) {
    for (const Trigger& trigger : owner.triggers) {
      if (!trigger.definition.row) continue;
      Trigger clone = trigger;
      clone.oid = run.catalog.new_oid();
      clone.inherited = true;
      add_needs(copy, {{.needs = trigger.function}}, Dependency::Part::kTrigger, 0, clone.oid);
      copy.triggers.push_back(std::move(clone));
    }
  });
}

bool has_only_columns_of(Run& run, const Relation& parent, const Relation& child) {
  for (const Column& column : child.columns) {
    if (column.identity != model::IdentityKind::kNone && run.since(17)) {
      return run.fail("55000",
                      fmt::format("table \"{}\" being attached contains an identity column "
                                  "\"{}\"",
                                  child.name, column.name));
    }
    if (parent.column(column.name) == nullptr && !parent.open_columns) {
      return run.fail("42804",
                      fmt::format("table \"{}\" contains column \"{}\" not found in parent "
                                  "\"{}\"",
                                  child.name, column.name, parent.name));
    }
  }
  return true;
}

}  // namespace

Oid default_partition(const Run& run, const Relation& parent) {
  for (const Oid child : parent.children) {
    const Relation& partition = run.at(child);
    if (partition.bound && partition.bound->is_default) return child;
  }
  return 0;
}

namespace {

bool is_infinite(const Expression& value) {
  return value.kind == model::ExpressionKind::kColumn && value.qualifier.empty() &&
         (value.name == "minvalue" || value.name == "maxvalue" || value.name == "MINVALUE" ||
          value.name == "MAXVALUE");
}

/// Source: transformPartitionBoundValue().
bool check_bound_value(Run& run, const Relation& parent, std::size_t key, const Expression& value) {
  const auto& keys = parent.partition_key->keys;
  if (key >= keys.size() || is_infinite(value)) return true;
  if (value.kind == model::ExpressionKind::kColumn) {
    return run.fail("0A000", "cannot use column reference in partition bound expression");
  }
  model::TypeName type;
  if (const Column* column = parent.column(keys[key].column)) {
    if (column->assumed) return true;
    type = column->type;
  } else if (keys[key].expression) {
    type = infer_type(run.catalog, Scope::of(parent), *keys[key].expression);
  }
  if (type.name.name.empty()) return true;
  const auto error = assignment_error(run.catalog, {}, value, type);
  return !error || run.fail(error->sqlstate, error->message);
}

/// Source: transformPartitionRangeBounds(), validateInfiniteBounds().
bool check_range_side(Run& run, const Relation& parent, const std::vector<Expression>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!check_bound_value(run, parent, i, values[i])) return false;
    if (is_null_constant(values[i])) {
      return run.fail("42P17", "cannot specify NULL in range bound");
    }
  }
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (!is_infinite(values[i - 1])) continue;
    if (!is_infinite(values[i]) || values[i].name != values[i - 1].name) {
      return run.fail("42804", "every bound following MINVALUE or MAXVALUE must be the same");
    }
  }
  return true;
}

}  // namespace

/// Source: transformPartitionBound().
bool check_bound_kind(Run& run, const Relation& parent, const model::PartitionBound& bound) {
  if (!parent.partition_key) return true;
  const char strategy = parent.partition_key->strategy;
  if (bound.is_default) {
    return strategy != 'h' ||
           run.fail("42P16", "a hash-partitioned table may not have a default partition");
  }
  if (bound.strategy != 0 && bound.strategy != strategy) {
    return run.fail("42P16", fmt::format("invalid bound specification for a {} partition",
                                         strategy == 'l'   ? "list"
                                         : strategy == 'r' ? "range"
                                                           : "hash"));
  }
  if (strategy == 'h') {
    if (bound.modulus <= 0) {
      return run.fail("42P16",
                      "modulus for hash partition must be an integer value greater than zero");
    }
    return bound.remainder < bound.modulus ||
           run.fail("42P16", "remainder for hash partition must be less than modulus");
  }
  if (strategy == 'l') {
    return std::ranges::all_of(bound.values, [&](const Expression& value) {
      return check_bound_value(run, parent, 0, value);
    });
  }
  const std::size_t keys = parent.partition_key->keys.size();
  for (const std::vector<Expression>* side : {&bound.from, &bound.to}) {
    if (side->size() != keys) {
      return run.fail("42P16",
                      "FROM and TO must specify exactly one value per partitioning column");
    }
  }
  return check_range_side(run, parent, bound.from) && check_range_side(run, parent, bound.to);
}

bool check_bound(Run& run, const Relation& parent, const model::PartitionBound& bound, Oid except) {
  if (!check_bound_kind(run, parent, bound)) return false;
  if (bound.strategy == 'r' && !bound.is_default) {
    const auto order = compare_bounds(bound.from, bound.to);
    if (order && *order >= 0) {
      return run.fail("42P17", "empty range bound specified for partition");
    }
  }
  for (const Oid child : parent.children) {
    const Relation& partition = run.at(child);
    if (child == except || !partition.bound || !overlaps(bound, *partition.bound)) continue;
    return run.fail("42P17",
                    fmt::format("partition would overlap partition \"{}\"", partition.name));
  }
  return true;
}

bool clone_for_partition(Run& run, Oid parent, Oid child, bool at_creation) {
  const std::vector<Oid> indexes = run.at(parent).indexes;
  for (const Oid index : indexes) {
    const Relation* found = run.catalog.relation(index);
    if (found != nullptr && !clone_index(run, child, *found, at_creation)) return false;
  }
  if (!clone_foreign_keys(run, parent, child, at_creation)) return false;
  clone_triggers(run, parent, child);
  return true;
}

void scan_default_partition(Run& run, const Relation& parent, Oid other,
                            const model::PartitionBound& bound) {
  for (const Oid leaf : run.leaves(run.at(other))) {
    if (excludes_bound(run.at(leaf), parent, bound) ||
        excludes_bound(run.at(other), parent, bound)) {
      continue;
    }
    run.scan(run.at(leaf), "rows that belong to the new partition are looked for");
    if (run.may_have_rows(run.at(leaf))) {
      run.may_fail(lies_outside(run.at(leaf), parent, bound, true), "23514",
                   "updated partition constraint for default partition would be violated by "
                   "some row");
    }
  }
}

bool attach_partition(Run& run, Oid parent, Oid child, const model::PartitionBound& bound) {
  const Relation& owner = run.at(parent);
  const Relation& partition = run.at(child);
  run.lock_tree(partition, LockMode::kAccessExclusive);
  if (partition.is_partition) {
    return run.fail("42809", fmt::format("\"{}\" is already a partition", partition.name));
  }
  if (partition.of_type != 0) {
    return run.fail("42809", "cannot attach a typed table as partition");
  }
  if (!partition.parents.empty() && !partition.assumed) {
    return run.fail("42809", "cannot attach inheritance child as partition");
  }
  if (!partition.children.empty() && partition.kind != RelationKind::kPartitionedTable) {
    return run.fail("42809", "cannot attach inheritance parent as partition");
  }
  const std::vector<Oid> below = run.descendants(partition);
  if (child == parent || std::ranges::find(below, parent) != below.end()) {
    return run.fail("42P07", "circular inheritance not allowed");
  }
  if (partition.persistence != owner.persistence &&
      (partition.persistence == model::Persistence::kTemporary ||
       owner.persistence == model::Persistence::kTemporary)) {
    return run.fail("42809", fmt::format("cannot attach a {} relation as partition of {} relation "
                                         "\"{}\"",
                                         "temporary", "permanent", owner.name));
  }
  if (!has_only_columns_of(run, owner, partition) || !check_bound(run, owner, bound, child) ||
      !can_inherit(run, owner, partition)) {
    return false;
  }
  const Oid other = default_partition(run, owner);
  if (other != 0 && other != child) {
    run.lock_tree(run.at(other), LockMode::kAccessExclusive);
  }
  // A default partition needs the same scan when it is attached beside others.
  const bool implied =
      bound.is_default ? owner.children.empty() : proves_bound(partition, owner, bound);
  if (!implied) {
    for (const Oid leaf : run.leaves(partition)) {
      const Relation& heap = run.at(leaf);
      if (leaf != child && !bound.is_default && proves_bound(heap, owner, bound)) continue;
      run.scan(heap, "every row is checked against the partition's bound");
    }
    if (run.may_have_rows(partition)) {
      run.may_fail(!bound.is_default && lies_outside(partition, owner, bound, false), "23514",
                   fmt::format("partition constraint of relation \"{}\" is violated by some row",
                               partition.name));
    }
  }
  if (other != 0 && other != child) {
    scan_default_partition(run, owner, other, bound);
  }
  run.change(child, [&](Relation& copy) {
    copy.is_partition = true;
    copy.bound = bound;
    copy.parents.push_back(parent);
    for (Column& column : copy.columns) column.inherited_from = 1;
    for (Column& column : copy.columns) column.local = false;
    for (CatalogConstraint& constraint : copy.constraints) {
      if (constraint.kind == model::ConstraintKind::kCheck &&
          run.at(parent).constraint_named(constraint.name) != nullptr) {
        constraint.inherited_from = 1;
        constraint.local = false;
      }
    }
  });
  run.change(parent, [&](Relation& copy) { copy.children.push_back(child); });
  return clone_for_partition(run, parent, child, false);
}

}  // namespace forelock::postgres
