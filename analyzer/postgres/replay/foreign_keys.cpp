// FOREIGN KEY as tables get it.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/inserted_values.h"
#include "analyzer/postgres/replay/new_constraints.h"

namespace forelock::postgres {

using model::ConstraintKind;

namespace {

struct ReferencedKey {
  std::vector<AttributeNumber> columns;
  Oid index = 0;
  bool found = false;
};

ReferencedKey find_referenced_key(Run& run, const Relation& referenced,
                                  const model::Constraint& definition) {
  ReferencedKey result;
  if (definition.referenced_columns.empty()) {
    const CatalogConstraint* key = referenced.primary_key();
    if (key != nullptr && key->deferrable) {
      run.fail("55000", fmt::format("cannot use a deferrable primary key for referenced table "
                                    "\"{}\"",
                                    referenced.name));
    } else if (key != nullptr) {
      result.columns = key->columns;
      result.index = key->index;
      result.found = true;
    } else if (referenced.assumed) {
      result.found = true;
    } else {
      run.fail("42704",
               fmt::format("there is no primary key for referenced table \"{}\"", referenced.name));
    }
    return result;
  }
  const Oid table = referenced.oid;
  result.columns = column_numbers(run, table, definition.referenced_columns);
  if (run.failed) return result;
  std::vector<AttributeNumber> wanted = result.columns;
  std::ranges::sort(wanted);
  if (std::ranges::adjacent_find(wanted) != wanted.end()) {
    run.fail("42830", "foreign key referenced-columns list must not contain duplicates");
    return result;
  }
  bool deferrable = false;
  for (const Relation* index : run.catalog.indexes_of(run.at(table))) {
    if (!index->unique || index->predicate || !index->valid) continue;
    std::vector<AttributeNumber> have;
    for (const IndexColumn& key : index->keys) have.push_back(key.column);
    std::ranges::sort(have);
    if (have != wanted) continue;
    if (index->constraint != 0) {
      const auto& constraints = run.at(table).constraints;
      const auto own = std::ranges::find(constraints, index->constraint, &CatalogConstraint::oid);
      if (own != constraints.end() && own->deferrable) {
        deferrable = true;
        continue;
      }
    }
    result.index = index->oid;
    result.found = true;
    return result;
  }
  if (run.at(table).open_columns) {
    result.found = true;
  } else if (deferrable) {
    run.fail("55000", fmt::format("cannot use a deferrable unique constraint for referenced table "
                                  "\"{}\"",
                                  referenced.name));
  } else {
    run.fail("42830",
             fmt::format("there is no unique constraint matching given keys for referenced "
                         "table \"{}\"",
                         referenced.name));
  }
  return result;
}

bool persistence_fits(Run& run, const Relation& table, const Relation& referenced) {
  using model::Persistence;
  if (table.persistence == Persistence::kPermanent &&
      referenced.persistence != Persistence::kPermanent) {
    return run.fail("42P16", "constraints on permanent tables may reference only permanent tables");
  }
  if (table.persistence == Persistence::kUnlogged &&
      referenced.persistence == Persistence::kTemporary) {
    return run.fail("42P16",
                    "constraints on unlogged tables may reference only permanent or "
                    "unlogged tables");
  }
  if (table.persistence == Persistence::kTemporary &&
      referenced.persistence != Persistence::kTemporary) {
    return run.fail("42P16", "constraints on temporary tables may reference only temporary tables");
  }
  return true;
}

bool types_fit(Run& run, const Relation& table, const Relation& referenced,
               const CatalogConstraint& constraint) {
  for (std::size_t i = 0; i < constraint.columns.size() && i < constraint.referenced_columns.size();
       ++i) {
    const Column* own = table.column(constraint.columns[i]);
    const Column* other = referenced.column(constraint.referenced_columns[i]);
    if (own == nullptr || other == nullptr || category(run.catalog, own->type) == 0 ||
        category(run.catalog, other->type) == 0) {
      continue;
    }
    if (foreign_key_operator(run.catalog, other->type, own->type).empty()) {
      return run.fail("42804", fmt::format("foreign key constraint \"{}\" cannot be implemented",
                                           constraint.name));
    }
  }
  return true;
}

void clone_foreign_key(Run& run, Oid child, const Relation& parent,
                       const CatalogConstraint& constraint) {
  const Relation& partition = run.at(child);
  CatalogConstraint copy = constraint;
  copy.oid = run.catalog.new_oid();
  copy.inherited_from = 1;
  copy.local = false;
  copy.columns.clear();
  for (const AttributeNumber number : constraint.columns) {
    const Column* column = parent.column(number);
    const Column* own = column == nullptr ? nullptr : partition.column(column->name);
    if (own != nullptr) copy.columns.push_back(own->number);
  }
  if (partition.constraint_named(copy.name) != nullptr) {
    copy.name =
        choose_name(partition.name, foreign_key_name_addition(constraint.definition.columns),
                    "fkey", [&](const std::string& name) {
                      return run.catalog.constraint_name_taken({partition.schema, name});
                    });
  }
  run.change(child, [&](Relation& relation) { relation.constraints.push_back(copy); });
  const Relation snapshot = run.at(child);
  for (const Oid grandchild : snapshot.children) {
    clone_foreign_key(run, grandchild, snapshot, copy);
  }
}

}  // namespace

void check_foreign_key_rows(Run& run, const Relation& table, const Relation& referenced,
                            const std::string& name, bool all_null) {
  bool rows = false;
  // Children by inheritance have no part in a foreign key; partitions do.
  const auto heaps = [&](const Relation& relation) {
    return relation.kind == RelationKind::kPartitionedTable ? run.leaves(relation)
                                                            : std::vector<Oid>{relation.oid};
  };
  for (const Oid leaf : heaps(table)) {
    run.scan(run.at(leaf), fmt::format("foreign key \"{}\" is checked for every row", name));
    rows = rows || run.may_have_rows(run.at(leaf));
  }
  if (!rows || all_null) return;
  for (const Oid leaf : heaps(referenced)) {
    run.scan(run.at(leaf), fmt::format("foreign key \"{}\" looks every value up", name));
  }
  const CatalogConstraint* key = table.constraint_named(name);
  run.may_fail(key != nullptr && has_orphan(run, table, *key), "23503",
               fmt::format("a row of \"{}\" has no match in \"{}\"", table.name, referenced.name));
}

namespace {

/// A generated column cannot be set by what happens to the referenced row.
/// Source: ATAddForeignKeyConstraint().
bool check_generated_actions(Run& run, const Relation& table, const model::Constraint& definition) {
  using Action = model::ForeignKeyAction;
  const bool generated = std::ranges::any_of(definition.columns, [&](const std::string& name) {
    const Column* column = table.column(name);
    return column != nullptr && column->generated != model::GeneratedKind::kNone;
  });
  if (!generated) return true;
  const auto sets = [](Action action) {
    return action == Action::kSetNull || action == Action::kSetDefault;
  };
  if (sets(definition.on_update) || definition.on_update == Action::kCascade) {
    return run.fail("42601",
                    "invalid ON UPDATE action for foreign key constraint containing "
                    "generated column");
  }
  return !sets(definition.on_delete) ||
         run.fail("42601",
                  "invalid ON DELETE action for foreign key constraint containing "
                  "generated column");
}

}  // namespace

bool add_foreign_key(Run& run, Oid table, const model::Constraint& definition,
                     const ConstraintContext& context) {
  if (run.at(table).kind == RelationKind::kForeignTable) {
    return run.fail("0A000", "foreign key constraints are not supported on foreign tables");
  }
  if (!context.at_creation && !name_is_free(run, run.at(table), definition.name)) return false;
  const Relation* referenced = run.relation(definition.referenced_table);
  if (referenced == nullptr) return false;
  const Oid target = referenced->oid;
  if (target != table) {
    run.lock(*referenced, LockMode::kShareRowExclusive);
    if (referenced->kind == RelationKind::kPartitionedTable) {
      run.lock_tree(*referenced, LockMode::kShareRowExclusive);
    }
  }
  if (!context.at_creation) run.lock(table, LockMode::kShareRowExclusive);
  if (run.at(table).kind == RelationKind::kPartitionedTable) {
    const Relation& owner = run.at(table);
    if (context.only && !context.at_creation) {
      return run.fail("42809", fmt::format("cannot use ONLY for foreign key on partitioned table "
                                           "\"{}\" referencing relation \"{}\"",
                                           owner.name, run.at(target).name));
    }
    if (definition.not_valid && !run.since(18)) {
      return run.fail("42809", fmt::format("cannot add NOT VALID foreign key on partitioned table "
                                           "\"{}\" referencing relation \"{}\"",
                                           owner.name, run.at(target).name));
    }
  }
  if (referenced->kind != RelationKind::kTable &&
      referenced->kind != RelationKind::kPartitionedTable) {
    return run.fail("42809",
                    fmt::format("referenced relation \"{}\" is not a table", referenced->name));
  }
  if (!name_is_free(run, run.at(table), definition.name) ||
      !persistence_fits(run, run.at(table), *referenced)) {
    return false;
  }
  CatalogConstraint constraint = from_definition(run, definition);
  for (const std::string& name : definition.columns) {
    if (run.at(table).column(name) == nullptr && !run.at(table).open_columns) {
      return run.fail("42703",
                      fmt::format("column \"{}\" referenced in foreign key constraint does "
                                  "not exist",
                                  name));
    }
  }
  constraint.columns = column_numbers(run, table, definition.columns);
  if (run.failed) return false;
  for (const std::string& name : definition.on_delete_columns) {
    if (std::ranges::find(definition.columns, name) != definition.columns.end()) continue;
    return run.fail("42P10", fmt::format("column \"{}\" referenced in ON DELETE SET action must be "
                                         "part of foreign key",
                                         name));
  }
  const ReferencedKey key = find_referenced_key(run, run.at(target), definition);
  if (run.failed) return false;
  if (!check_generated_actions(run, run.at(table), definition)) return false;
  if (!key.columns.empty() && key.columns.size() != constraint.columns.size()) {
    return run.fail("42830",
                    "number of referencing and referenced columns for foreign key disagree");
  }
  constraint.referenced_table = target;
  constraint.referenced_columns = key.columns;
  constraint.referenced_index = key.index;
  if (constraint.name.empty()) {
    constraint.name =
        choose_name(run.at(table).name, foreign_key_name_addition(definition.columns), "fkey",
                    [&](const std::string& name) {
                      return run.catalog.constraint_name_taken({run.at(table).schema, name});
                    });
  }
  if (!types_fit(run, run.at(table), run.at(target), constraint)) return false;
  if (context.at_creation) constraint.validated = constraint.enforced;
  if (context.skip_scan && !definition.not_valid) constraint.validated = constraint.enforced;
  const Relation& owner = run.at(table);
  if (owner.kind == RelationKind::kPartitionedTable) {
    if (!context.at_creation) run.lock_tree(owner, LockMode::kShareRowExclusive);
  }
  const bool scans = constraint.validated && !context.at_creation && !context.skip_scan;
  run.change(table, [&](Relation& copy) { copy.constraints.push_back(constraint); });
  const Relation snapshot = run.at(table);
  if (snapshot.kind == RelationKind::kPartitionedTable) {
    for (const Oid child : snapshot.children) clone_foreign_key(run, child, snapshot, constraint);
  }
  if (scans) {
    check_foreign_key_rows(run, run.at(table), run.at(target), constraint.name, context.all_null);
  }
  return true;
}

}  // namespace forelock::postgres
