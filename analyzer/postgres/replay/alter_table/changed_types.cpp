// What ALTER COLUMN ... TYPE makes again: indexes, CHECK constraints and foreign keys.

#include "analyzer/postgres/replay/alter_table/changed_types.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/print.h"
#include "analyzer/sql/parse.h"

namespace forelock::postgres {
namespace {

using model::ConstraintKind;
using model::Expression;

bool index_uses(const Relation& index, const Column& column) {
  return std::ranges::any_of(index.keys,
                             [&](const IndexColumn& key) {
                               return key.column == column.number ||
                                      reads_column(key.expression, column.name);
                             }) ||
         std::ranges::find(index.include, column.number) != index.include.end() ||
         reads_column(index.predicate, column.name);
}

/// Whether the storage of an index can be kept. Source: CheckIndexCompatible().
bool index_is_compatible(const Run& run, const Relation& index,
                         const std::vector<TypeChange>& changes) {
  // An index of a partition is made by that of the partitioned table, which has no storage to keep.
  if (index.predicate || !index.parents.empty()) return false;
  for (const IndexColumn& key : index.keys) {
    if (key.expression) return false;
    const auto change = std::ranges::find(changes, key.column, &TypeChange::column);
    if (change == changes.end()) continue;
    const OperatorClass before =
        operator_class(run.catalog, index.method, key.operator_class, change->old_type);
    const OperatorClass after =
        operator_class(run.catalog, index.method, key.operator_class, change->new_type);
    if (before.name != after.name) return false;
    // GIN keeps elements, so that its columns never have the type that the class takes.
    if (after.polymorphic && index.method == "gin") return false;
    if (after.polymorphic && !same_type(base_type(run.catalog, change->old_type),
                                        base_type(run.catalog, change->new_type))) {
      return false;
    }
    if (key.collation.empty() && change->old_collation != change->new_collation) return false;
  }
  return true;
}

bool remake_indexes(Run& run, const Relation& table, const std::vector<TypeChange>& changes) {
  for (const Relation* index : run.catalog.indexes_of(table)) {
    const bool used = std::ranges::any_of(changes, [&](const TypeChange& change) {
      const Column* column = table.column(change.column);
      return column != nullptr && index_uses(*index, *column);
    });
    if (!used) continue;
    run.lock(*index, LockMode::kAccessExclusive);
    for (const IndexColumn& key : index->keys) {
      const auto change = std::ranges::find(changes, key.column, &TypeChange::column);
      if (change == changes.end() || category(run.catalog, change->new_type) == 0) continue;
      // Only a collation that is not the column's own is spelled when the index is made again.
      if (!key.collation.empty() && key.collation != change->old_collation &&
          !is_collatable(run.catalog, change->new_type)) {
        return run.fail("42804", fmt::format("collations are not supported by type {}",
                                             model::display(change->new_type)));
      }
      const OperatorClass opclass =
          operator_class(run.catalog, index->method, key.operator_class, change->new_type);
      const OperatorClass old_class =
          operator_class(run.catalog, index->method, key.operator_class, change->old_type);
      if (!opclass.found && old_class.found) {
        return run.fail(key.operator_class.empty() ? "42704" : "42804",
                        fmt::format("data type {} has no operator class for access method \"{}\"",
                                    model::display(change->new_type), index->method));
      }
    }
    if (!index_is_compatible(run, *index, changes)) {
      run.rebuild(*index, "the type of an indexed column changes");
      run.scan(table, fmt::format("index \"{}\" is built again", index->name));
    }
  }
  return true;
}

/// The table with the types that it had before.
Relation before_changes(const Relation& table, const std::vector<TypeChange>& changes) {
  Relation result = table;
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    for (Column& column : result.columns) {
      if (column.number == change->column) column.type = change->old_type;
    }
  }
  return result;
}

/// An expression is printed with the old types and read again with the new ones, as
/// ATPostAlterTypeParse() does it. False after failing.
bool read_again(Run& run, const Relation& before, Oid table, Expression& expression,
                std::string_view where) {
  const std::string text = print_expression(run.catalog, Scope::of(before), expression);
  auto parsed = sql::parse_expression(text);
  if (!parsed) return true;
  expression = std::move(*parsed);
  return check_expression(run, run.at(table), expression, where);
}

/// Whether the expression reads a column whose type changes.
bool reads_changed(const Relation& before, const std::vector<TypeChange>& changes,
                   const std::optional<Expression>& expression) {
  return std::ranges::any_of(changes, [&](const TypeChange& change) {
    const Column* column = before.column(change.column);
    return column != nullptr && reads_column(expression, column->name);
  });
}

bool read_index_expressions_again(Run& run, Oid oid, const Relation& before,
                                  const std::vector<TypeChange>& changes) {
  for (const Relation* index : run.catalog.indexes_of(run.at(oid))) {
    Relation copy = *index;
    bool changed = false;
    for (IndexColumn& key : copy.keys) {
      if (!reads_changed(before, changes, key.expression)) continue;
      changed = true;
      if (!read_again(run, before, oid, *key.expression, "index expression")) return false;
    }
    if (reads_changed(before, changes, copy.predicate)) {
      changed = true;
      if (!read_again(run, before, oid, *copy.predicate, "index predicate")) return false;
    }
    if (changed) run.put(std::move(copy));
  }
  return true;
}

bool remake_check(Run& run, Oid oid, std::size_t position, const Relation& before,
                  const std::vector<TypeChange>& changes) {
  CatalogConstraint constraint = run.at(oid).constraints[position];
  if (reads_changed(before, changes, constraint.expression)) {
    if (!read_again(run, before, oid, *constraint.expression, "check constraint")) return false;
    run.change(oid, [&](Relation& copy) { copy.constraints[position] = constraint; });
  }
  const bool used = std::ranges::any_of(changes, [&](const TypeChange& change) {
    return std::ranges::find(constraint.columns, change.column) != constraint.columns.end();
  });
  if (used && constraint.validated) {
    run.scan(run.at(oid), fmt::format("constraint \"{}\" is checked again", constraint.name));
  }
  return true;
}

model::TypeName type_before(const Relation& table, AttributeNumber number,
                            const std::vector<TypeChange>& changes) {
  for (const TypeChange& change : changes) {
    if (change.table == table.oid && change.column == number) return change.old_type;
  }
  const Column* column = table.column(number);
  return column == nullptr ? model::TypeName{} : column->type;
}

bool remake_foreign_key(Run& run, const Relation& table, const CatalogConstraint& constraint,
                        const std::vector<TypeChange>& changes, Oid changed) {
  const Relation* referenced = run.catalog.relation(constraint.referenced_table);
  if (referenced == nullptr) return true;
  const auto concerns = [&](Oid oid, const std::vector<AttributeNumber>& columns) {
    return std::ranges::any_of(changes, [&](const TypeChange& change) {
      return change.table == oid && std::ranges::find(columns, change.column) != columns.end();
    });
  };
  if (!concerns(table.oid, constraint.columns) &&
      !concerns(referenced->oid, constraint.referenced_columns)) {
    return true;
  }
  if (table.oid == changed && referenced->kind == RelationKind::kPartitionedTable) {
    // It is locked for the key that is made again where none of its triggers is dropped.
    run.lock(*referenced, LockMode::kShareRowExclusive);
    run.lock_triggers_of(*referenced);
  } else if (table.oid == changed) {
    run.lock(*referenced, LockMode::kAccessExclusive);
  } else {
    run.lock(table, LockMode::kAccessExclusive);
  }
  // Of a table that is written anew nothing is taken over: TryReuseForeignKey() is not tried.
  bool check = std::ranges::any_of(
      changes, [&](const TypeChange& change) { return change.table == changed && change.rewrite; });
  for (std::size_t i = 0; i < constraint.columns.size() && i < constraint.referenced_columns.size();
       ++i) {
    const Column* own = table.column(constraint.columns[i]);
    const Column* other = referenced->column(constraint.referenced_columns[i]);
    if (own == nullptr || other == nullptr) continue;
    const std::string before =
        foreign_key_operator(run.catalog, type_before(*referenced, other->number, changes),
                             type_before(table, own->number, changes));
    const std::string after = foreign_key_operator(run.catalog, other->type, own->type);
    if (after.empty() && !before.empty() && category(run.catalog, own->type) != 0 &&
        category(run.catalog, other->type) != 0) {
      return run.fail("42804", fmt::format("foreign key constraint \"{}\" cannot be implemented",
                                           constraint.name));
    }
    check = check || before != after;
  }
  if (check && constraint.validated && constraint.enforced) {
    check_foreign_key_rows(run, table, *referenced, constraint.name);
  }
  return true;
}

}  // namespace

bool finish_type_changes(Run& run, const std::vector<TypeChange>& changes) {
  std::vector<Oid> tables;
  for (const TypeChange& change : changes) {
    if (std::ranges::find(tables, change.table) == tables.end()) tables.push_back(change.table);
  }
  for (const Oid oid : tables) {
    std::vector<TypeChange> own;
    for (const TypeChange& change : changes) {
      if (change.table == oid) own.push_back(change);
    }
    const Relation before = before_changes(run.at(oid), own);
    if (!read_index_expressions_again(run, oid, before, own)) return false;
    if (!remake_indexes(run, run.at(oid), own)) return false;
    // Constraints are made again one by one, in the order in which they were made:
    // ATPostAlterTypeCleanup().
    for (std::size_t i = 0; i < run.at(oid).constraints.size(); ++i) {
      const CatalogConstraint constraint = run.at(oid).constraints[i];
      if (constraint.kind == ConstraintKind::kCheck && !remake_check(run, oid, i, before, own)) {
        return false;
      }
      if (constraint.kind == ConstraintKind::kForeignKey &&
          !remake_foreign_key(run, run.at(oid), constraint, changes, oid)) {
        return false;
      }
    }
    for (const Catalog::ForeignKeyUse& use : run.catalog.foreign_keys_to(oid)) {
      if (use.table->oid != oid &&
          !remake_foreign_key(run, *use.table, *use.constraint, changes, oid)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace forelock::postgres
