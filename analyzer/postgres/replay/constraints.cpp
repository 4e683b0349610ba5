// CHECK, NOT NULL, PRIMARY KEY, UNIQUE and EXCLUDE as tables get them.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/print.h"
#include "analyzer/postgres/proof.h"
#include "analyzer/postgres/replay/inserted_values.h"
#include "analyzer/postgres/replay/new_constraints.h"

namespace forelock::postgres {

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

namespace {

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
      run.may_fail(violates_check(run.at(table), *definition.expression), "23514",
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
    const Column* column = owner.column(key.column);
    const bool other_class =
        column != nullptr && !key.operator_class.empty() &&
        key.operator_class != operator_class(run.catalog, index->method, "", column->type).name;
    const bool other_collation =
        column != nullptr && !key.collation.empty() && key.collation != column->collation;
    if (key.descending || key.nulls_first || other_class || other_collation) {
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
  if (run.at(table).kind == RelationKind::kForeignTable) {
    return run.fail("0A000", fmt::format("{} constraints are not supported on foreign tables",
                                         model::display(definition.kind)));
  }
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

}  // namespace

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
