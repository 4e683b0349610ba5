// CHECK, NOT NULL, PRIMARY KEY, UNIQUE, EXCLUDE and FOREIGN KEY as tables get them.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/print.h"
#include "analyzer/postgres/proof.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

using model::ConstraintKind;

bool name_is_free(Run& run, const Relation& table, const std::string& name) {
  if (name.empty() || table.constraint_named(name) == nullptr) return true;
  return run.fail("42710", fmt::format("constraint \"{}\" for relation \"{}\" already exists", name,
                                       table.name));
}

CatalogConstraint from_definition(Run& run, const model::Constraint& definition) {
  CatalogConstraint result;
  result.oid = run.catalog.new_oid();
  result.kind = definition.kind;
  result.name = truncate_identifier(definition.name);
  result.definition = definition;
  result.validated = !definition.not_valid && !definition.not_enforced;
  result.enforced = !definition.not_enforced;
  result.deferrable = definition.deferrable || definition.initially_deferred;
  result.initially_deferred = definition.initially_deferred;
  result.no_inherit = definition.no_inherit;
  return result;
}

// ---- CHECK ------------------------------------------------------------------------------------

std::string choose_check_name(const Run& run, const Relation& table,
                              const model::Expression& expression) {
  // Of one column the name is part of it. Source: AddRelationNewConstraints().
  const std::vector<std::string> columns = column_names(expression);
  const std::string column = columns.size() == 1 ? columns[0] : std::string();
  return choose_name(table.name, column, "check", [&](const std::string& name) {
    return run.catalog.constraint_name_taken({table.schema, name});
  });
}

/// The table has a constraint of the name: it is merged with it, or in its way.
/// Source: MergeWithExistingConstraint().
bool merge_check(Run& run, Oid table, const CatalogConstraint& existing,
                 const model::Constraint& definition, const ConstraintContext& context) {
  const Relation& owner = run.at(table);
  const bool local = !context.recursing;
  const bool same = existing.kind == ConstraintKind::kCheck && existing.expression &&
                    print_expression(run.catalog, Scope::of(owner), *existing.expression) ==
                        print_expression(run.catalog, Scope::of(owner), *definition.expression);
  const bool may_merge =
      context.recursing || context.at_creation || (local && !existing.local && !owner.is_partition);
  if (!same || !may_merge) return name_is_free(run, owner, existing.name);
  const auto conflicts = [&](std::string_view what) {
    return run.fail("42P17",
                    fmt::format("constraint \"{}\" conflicts with {} constraint on relation "
                                "\"{}\"",
                                existing.name, what, owner.name));
  };
  if (existing.no_inherit) return conflicts("non-inherited");
  if (existing.inherited_from > 0 && definition.no_inherit) return conflicts("inherited");
  if (!definition.not_valid && !existing.validated) return conflicts("NOT VALID");
  const Oid part = existing.oid;
  const bool partition = owner.is_partition;
  run.change(table, [&](Relation& copy) {
    for (CatalogConstraint& own : copy.constraints) {
      if (own.oid != part) continue;
      if (partition) {
        own.inherited_from = 1;
        own.local = false;
      } else if (local) {
        own.local = true;
      } else {
        ++own.inherited_from;
      }
    }
  });
  return true;
}

bool add_check(Run& run, Oid table, const model::Constraint& definition,
               const ConstraintContext& context) {
  const Relation& owner = run.at(table);
  if (!definition.expression) return true;
  if (!check_expression(run, owner, *definition.expression, "check constraint")) return false;
  if (!check_condition(run, Scope::of(owner), *definition.expression, "CHECK")) return false;
  CatalogConstraint constraint = from_definition(run, definition);
  if (constraint.name.empty()) {
    constraint.name = choose_check_name(run, owner, *definition.expression);
  } else if (const CatalogConstraint* existing = owner.constraint_named(constraint.name)) {
    return merge_check(run, table, *existing, definition, context);
  }
  if (definition.no_inherit && owner.kind == RelationKind::kPartitionedTable) {
    return run.fail("42P16", fmt::format("cannot add NO INHERIT constraint to partitioned table "
                                         "\"{}\"",
                                         owner.name));
  }
  constraint.expression = definition.expression;
  constraint.columns = used_columns(owner, *definition.expression);
  if (context.at_creation) constraint.validated = constraint.enforced;
  if (context.recursing) {
    constraint.inherited_from = 1;
    constraint.local = false;
  }
  const bool validated = constraint.validated;
  const std::string name = constraint.name;
  const Oid part = constraint.oid;
  std::vector<Dependency> needs = needs_of(run.catalog, Scope::of(owner), *definition.expression);
  run.change(table, [&](Relation& copy) {
    add_needs(copy, std::move(needs), Dependency::Part::kConstraint, 0, part);
    copy.constraints.push_back(std::move(constraint));
  });
  if (validated && !context.at_creation) {
    run.scan(run.at(table), fmt::format("constraint \"{}\" is checked for every row", name));
    if (run.may_have_rows(run.at(table))) {
      const bool evidence = std::ranges::any_of(run.at(table).columns, [&](const Column& column) {
        return std::ranges::any_of(column.constants_written, [&](const model::Expression& value) {
          return refutes(*definition.expression, column.name, value);
        });
      });
      run.may_fail(evidence, "23514",
                   fmt::format("check constraint \"{}\" of relation \"{}\" is violated by some row",
                               name, run.at(table).name));
    }
  }
  if (definition.no_inherit || context.at_creation) return true;
  const std::vector<Oid> children = run.at(table).children;
  if (!children.empty() && context.only && !context.recursing) {
    return run.fail("42P16", "constraint must be added to child tables too");
  }
  for (const Oid child : children) {
    model::Constraint inherited = definition;
    inherited.name = name;
    ConstraintContext inner = context;
    inner.recursing = true;
    if (!add_check(run, child, inherited, inner)) return false;
  }
  return true;
}

// ---- keys -------------------------------------------------------------------------------------

bool check_index_to_use(Run& run, Oid table, const model::Constraint& definition) {
  const Relation& owner = run.at(table);
  const Relation* index = run.catalog.find_relation({owner.schema, definition.using_index});
  if (index == nullptr && owner.assumed) return true;
  if (index == nullptr) {
    return run.fail("42704", fmt::format("index \"{}\" does not exist", definition.using_index));
  }
  if (!is_index(index->kind)) {
    return run.fail("42809", fmt::format("\"{}\" is not an index", definition.using_index));
  }
  if (index->constraint != 0) {
    return run.fail("55000", fmt::format("index \"{}\" is already associated with a constraint",
                                         definition.using_index));
  }
  if (index->table != table) {
    return run.fail("55000", fmt::format("index \"{}\" does not belong to table \"{}\"",
                                         definition.using_index, owner.name));
  }
  const auto unusable = [&](std::string_view state, std::string_view why) {
    return run.fail(state, fmt::format("\"{}\" {}", definition.using_index, why));
  };
  if (!index->valid) {
    return run.fail("55000", fmt::format("index \"{}\" is not valid", definition.using_index));
  }
  if (!index->unique) return unusable("42809", "is not a unique index");
  if (index->predicate) return unusable("42809", "is a partial index");
  for (const IndexColumn& key : index->keys) {
    if (key.expression) {
      return run.fail("42809",
                      fmt::format("index \"{}\" contains expressions", definition.using_index));
    }
    if (key.descending || key.nulls_first) {
      return run.fail("42809", fmt::format("index \"{}\" column number 1 does not have default "
                                           "sorting behavior",
                                           definition.using_index));
    }
  }
  return true;
}

bool use_index(Run& run, Oid table, const model::Constraint& definition) {
  const Relation& owner = run.at(table);
  if (owner.kind == RelationKind::kPartitionedTable) {
    return run.fail("0A000",
                    "ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on "
                    "partitioned tables");
  }
  const Relation* index = run.catalog.find_index({owner.schema, definition.using_index});
  if (index == nullptr) return true;
  CatalogConstraint constraint = from_definition(run, definition);
  constraint.name = definition.name.empty() ? index->name : truncate_identifier(definition.name);
  if (constraint.name != index->name) {
    if (run.catalog.relation_name_taken({owner.schema, constraint.name})) {
      return run.fail("42P07", fmt::format("relation \"{}\" already exists", constraint.name));
    }
    run.lock(*index, LockMode::kShareUpdateExclusive);
  }
  if (definition.kind == ConstraintKind::kPrimaryKey && owner.primary_key() != nullptr) {
    return run.fail(
        "42P16", fmt::format("multiple primary keys for table \"{}\" are not allowed", owner.name));
  }
  constraint.index = index->oid;
  for (const IndexColumn& key : index->keys) constraint.columns.push_back(key.column);
  const bool primary = definition.kind == ConstraintKind::kPrimaryKey;
  run.change(index->oid, [&](Relation& copy) {
    copy.name = constraint.name;
    copy.constraint = constraint.oid;
    copy.primary = primary;
  });
  run.change(table, [&](Relation& copy) { copy.constraints.push_back(std::move(constraint)); });
  return true;
}

}  // namespace

bool check_key_columns(Run& run, Oid table, const model::Constraint& definition) {
  const bool key =
      definition.kind == ConstraintKind::kPrimaryKey || definition.kind == ConstraintKind::kUnique;
  if (definition.kind == ConstraintKind::kExclusion && !run.since(17) &&
      run.at(table).kind == RelationKind::kPartitionedTable) {
    return run.fail("0A000", "exclusion constraints are not supported on partitioned tables");
  }
  if (!key) return true;
  if (!definition.using_index.empty()) return check_index_to_use(run, table, definition);

  for (const std::string& name : definition.columns) {
    if (std::ranges::count(definition.columns, name) > 1) {
      return run.fail(
          "42701",
          fmt::format("column \"{}\" appears twice in {} constraint", name,
                      definition.kind == ConstraintKind::kPrimaryKey ? "primary key" : "unique"));
    }
  }
  return true;
}

namespace {

bool add_key(Run& run, Oid table, const model::Constraint& definition,
             const ConstraintContext& context) {
  if (!check_key_columns(run, table, definition)) return false;
  if (!definition.using_index.empty()) return use_index(run, table, definition);
  IndexRequest request;
  request.constraint = definition.kind;
  request.constraint_definition = &definition;
  request.at_creation = context.at_creation;
  request.definition.name = definition.name;
  request.definition.only = context.only;
  request.definition.unique = definition.kind != ConstraintKind::kExclusion;
  request.definition.nulls_not_distinct = definition.nulls_not_distinct;
  request.definition.include = definition.include;
  request.definition.options = definition.options;
  if (definition.kind == ConstraintKind::kExclusion) {
    request.definition.keys = definition.exclusion_keys;
    request.definition.predicate = definition.predicate;
    if (!definition.access_method.empty()) request.definition.method = definition.access_method;
  } else {
    for (const std::string& name : definition.columns) {
      model::IndexKey key;
      key.column = name;
      request.definition.keys.push_back(std::move(key));
    }
    if (definition.without_overlaps) request.definition.method = "gist";
  }
  return add_index(run, table, request) != 0;
}

// ---- FOREIGN KEY ------------------------------------------------------------------------------

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
  run.risk("23503",
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

bool set_not_null(Run& run, Oid table, AttributeNumber number) {
  const Relation& owner = run.at(table);
  const Column* column = owner.column(number);
  if (column == nullptr || (column->not_null && column->not_null_valid)) return false;
  const bool needs_scan = !proves_not_null(owner, column->name) || !run.since(12);
  const std::string name = column->name;
  std::string constraint_name = column->not_null_constraint;
  if (run.since(18) && constraint_name.empty()) {
    constraint_name = choose_name(owner.name, name, "not_null", [&](const std::string& candidate) {
      return run.catalog.constraint_name_taken({owner.schema, candidate}) ||
             std::ranges::any_of(owner.columns, [&](const Column& other) {
               return other.not_null_constraint == candidate;
             });
    });
  }
  run.change(table, [&](Relation& copy) {
    for (Column& own : copy.columns) {
      if (own.number != number) continue;
      own.not_null = true;
      own.not_null_valid = true;
      own.not_null_constraint = constraint_name;
    }
  });
  return needs_scan;
}

bool add_constraint(Run& run, Oid table, const model::Constraint& constraint,
                    const ConstraintContext& context) {
  switch (constraint.kind) {
    case ConstraintKind::kCheck:
      return add_check(run, table, constraint, context);
    case ConstraintKind::kForeignKey:
      return add_foreign_key(run, table, constraint, context);
    case ConstraintKind::kPrimaryKey:
    case ConstraintKind::kUnique:
    case ConstraintKind::kExclusion:
      return add_key(run, table, constraint, context);
    case ConstraintKind::kNotNull: {
      // ADD CONSTRAINT ... NOT NULL column, PostgreSQL 18.
      for (const std::string& name : constraint.columns) {
        const Column* column = run.column(table, name);
        if (column == nullptr) return false;
        const AttributeNumber number = column->number;
        if (!constraint.name.empty() && column->not_null_constraint.empty()) {
          run.change(table, [&](Relation& copy) {
            for (Column& own : copy.columns) {
              if (own.number == number) own.not_null_constraint = constraint.name;
            }
          });
        }
        if (constraint.not_valid) {
          run.change(table, [&](Relation& copy) {
            for (Column& own : copy.columns) {
              if (own.number != number) continue;
              own.not_null_valid = own.not_null && own.not_null_valid;
              own.not_null = true;
            }
          });
        } else if (set_not_null(run, table, number) && !context.at_creation) {
          run.scan(run.at(table), fmt::format("every row of \"{}\" is checked for NULL", name));
        }
      }
      return true;
    }
  }
  return true;
}

}  // namespace forelock::postgres
