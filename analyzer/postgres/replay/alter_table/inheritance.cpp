// INHERIT, NO INHERIT, OF and NOT OF.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {

using model::ConstraintKind;

bool AlterTableRun::operator()(const model::Inherit& action) {
  const Relation* parent = run_.table(action.parent);
  if (parent == nullptr) return false;
  run_.lock(*parent, LockMode::kShareUpdateExclusive);
  if (parent->kind == RelationKind::kPartitionedTable) {
    return run_.fail("42809",
                     fmt::format("cannot inherit from partitioned table \"{}\"", parent->name));
  }
  if (parent->is_partition) return run_.fail("42809", "cannot inherit from a partition");
  const std::vector<Oid> below = run_.descendants(self());
  if (parent->oid == table_ || std::ranges::find(below, parent->oid) != below.end()) {
    return run_.fail("42P07", "circular inheritance not allowed");
  }
  if (std::ranges::find(self().parents, parent->oid) != self().parents.end()) {
    return run_.fail("42P07", fmt::format("relation \"{}\" would be inherited from more than once",
                                          parent->name));
  }
  if (!can_inherit(run_, *parent, self())) return false;
  const Oid above = parent->oid;
  const Relation owner = *parent;
  run_.change(table_, [&](Relation& copy) {
    copy.parents.push_back(above);
    for (Column& column : copy.columns) {
      if (owner.column(column.name) != nullptr) ++column.inherited_from;
    }
    for (CatalogConstraint& constraint : copy.constraints) {
      if (constraint.kind == ConstraintKind::kCheck &&
          owner.constraint_named(constraint.name) != nullptr) {
        ++constraint.inherited_from;
      }
    }
  });
  run_.change(above, [&](Relation& copy) { copy.children.push_back(table_); });
  return true;
}

bool AlterTableRun::operator()(const model::NoInherit& action) {
  if (self().is_partition) return run_.fail("42809", "cannot change inheritance of a partition");
  const Relation* parent = run_.table(action.parent);
  if (parent == nullptr) return false;
  run_.lock(*parent, LockMode::kAccessShare);
  if (std::ranges::find(self().parents, parent->oid) == self().parents.end()) {
    if (self().assumed || parent->assumed) return true;
    return run_.fail("42P01", fmt::format("relation \"{}\" is not a parent of relation \"{}\"",
                                          parent->name, self().name));
  }
  const Oid above = parent->oid;
  const Relation owner = *parent;
  run_.change(above, [&](Relation& copy) { std::erase(copy.children, table_); });
  run_.change(table_, [&](Relation& copy) {
    std::erase(copy.parents, above);
    for (Column& column : copy.columns) {
      if (owner.column(column.name) == nullptr) continue;
      column.inherited_from = std::max(0, column.inherited_from - 1);
      if (column.inherited_from == 0) column.local = true;
    }
    for (CatalogConstraint& constraint : copy.constraints) {
      if (constraint.kind != ConstraintKind::kCheck ||
          owner.constraint_named(constraint.name) == nullptr) {
        continue;
      }
      constraint.inherited_from = std::max(0, constraint.inherited_from - 1);
      if (constraint.inherited_from == 0) constraint.local = true;
    }
  });
  return true;
}

bool AlterTableRun::operator()(const model::OfType& action) {
  // It is looked up as a type: ATExecAddOf().
  if (run_.relation_if_any(action.type) == nullptr && !run_.options.assume_missing) {
    return run_.check_schema(action.type.schema) &&
           run_.fail("42704",
                     fmt::format("type \"{}\" does not exist", model::display(action.type)));
  }
  const Relation* type = run_.relation(action.type, RelationKind::kCompositeType);
  if (type == nullptr) return false;
  const Oid oid = type->oid;
  if (type->kind != RelationKind::kCompositeType) {
    return run_.fail("42809", fmt::format("type {} is not a composite type", type->name));
  }
  if (!self().parents.empty()) return run_.fail("42809", "typed tables cannot inherit");
  for (const Column& attribute : type->columns) {
    const Column* own = self().column(attribute.name);
    if (own == nullptr && !self().open_columns) {
      return run_.fail("42804", fmt::format("table is missing column \"{}\"", attribute.name));
    }
    if (own != nullptr && !own->assumed && !same_type(own->type, attribute.type)) {
      return run_.fail("42804", fmt::format("table \"{}\" has different type for column \"{}\"",
                                            self().name, attribute.name));
    }
  }
  if (self().columns.size() > type->columns.size() && !type->open_columns) {
    return run_.fail("42804", "table has extra column");
  }
  run_.change(table_, [&](Relation& copy) {
    copy.of_type = oid;
    add_needs(copy, {{.needs = oid}}, Dependency::Part::kWhole);
  });
  return true;
}

bool AlterTableRun::operator()(const model::NotOfType&) {
  if (self().of_type == 0 && !self().assumed) {
    return run_.fail("42809", fmt::format("\"{}\" is not a typed table", self().name));
  }
  run_.change(table_, [](Relation& copy) {
    std::erase_if(copy.needs, [&](const Dependency& d) {
      return d.needs == copy.of_type && d.kind == Dependency::Part::kWhole;
    });
    copy.of_type = 0;
  });
  return true;
}

}  // namespace forelock::postgres
