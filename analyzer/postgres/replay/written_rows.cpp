// What INSERT, UPDATE, DELETE, MERGE and COPY have in common: the table that they change, and what
// its rows are known to hold afterwards.

#include "analyzer/postgres/replay/written_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/firing.h"
#include "analyzer/postgres/replay/inserted_values.h"
#include "analyzer/postgres/schema_text.h"

namespace forelock::postgres {
namespace {

using model::Expression;

/// Whether rows of a view are rows of the one table behind it.
/// Source: view_query_is_auto_updatable().
bool is_updatable(const Relation& view) {
  if (view.assumed || view.open_columns) return true;
  const model::Query& query = *view.query;
  if (query.relations.size() != 1) return false;
  std::string word;
  for (const char c : query.sql + " ") {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '_') {
      word += static_cast<char>(std::tolower(byte));
      continue;
    }
    for (const std::string_view clause : {"distinct", "group", "having", "union", "intersect",
                                          "except", "limit", "offset", "with", "over"}) {
      if (word == clause) return false;
    }
    word.clear();
  }
  return std::ranges::none_of(query.expressions, [](const Expression& call) {
    return std::ranges::any_of(facts::functions(call.name), [](const facts::FunctionFact& fact) {
      return fact.kind == 'a' || fact.returns_set;
    });
  });
}

}  // namespace

const Relation* write_target(Run& run, const model::QualifiedName& name, std::string_view event) {
  const Relation* target = run.relation(name, RelationKind::kTable, true);
  constexpr int kMaxDepth = 32;
  for (int depth = 0; target != nullptr && depth < kMaxDepth; ++depth) {
    if (is_index(target->kind) || target->kind == RelationKind::kCompositeType) {
      run.fail("42809", fmt::format("cannot change relation \"{}\"", target->name));
      return nullptr;
    }
    run.lock(*target, LockMode::kRowExclusive);
    if (target->kind != RelationKind::kView || !target->query || stands_in(*target, event)) break;
    if (!is_updatable(*target)) {
      run.fail("55000", fmt::format("cannot change view \"{}\"", target->name));
      return nullptr;
    }
    const Relation* below = first_source(run, *target);
    if (below == nullptr) break;
    target = below;
  }
  return target;
}

bool names_view(const Run& run, const model::QualifiedName& name) {
  const Relation* named = run.relation_if_any(name);
  return named != nullptr && named->kind == RelationKind::kView;
}

std::optional<Expression> below_view(const Run& run, const model::QualifiedName& name,
                                     const std::optional<Expression>& where) {
  constexpr int kMaxDepth = 32;
  std::optional<Expression> result = where;
  const Relation* view = run.relation_if_any(name);
  for (int depth = 0; result && depth < kMaxDepth && view != nullptr && view->query &&
                      view->kind == RelationKind::kView;
       ++depth) {
    const std::vector<model::QueryTarget> targets = stored_query(run.catalog, *view).targets;
    for (std::size_t i = 0; i < targets.size() && i < view->columns.size(); ++i) {
      const Expression& target = targets[i].expression;
      if (target.kind != model::ExpressionKind::kColumn || target.name == "*") break;
      rename_column(*result, view->columns[i].name, target.name);
    }
    view = first_source(run, *view);
  }
  return result;
}

bool check_view_columns(Run& run, const model::QualifiedName& name,
                        const std::vector<std::string>& columns) {
  const Relation* view = run.relation_if_any(name);
  if (view == nullptr || view->kind != RelationKind::kView || view->open_columns) return true;
  for (const std::string& column : columns) {
    if (view->column(column) == nullptr) {
      return run.fail("42703", fmt::format("column \"{}\" of relation \"{}\" does not exist",
                                           column, view->name));
    }
  }
  return true;
}

bool check_writable(Run& run, const Relation& target) {
  if (target.kind == RelationKind::kMaterializedView) {
    return run.fail("42809", fmt::format("cannot change materialized view \"{}\"", target.name));
  }
  if (target.kind == RelationKind::kSequence) {
    return run.fail("42809", fmt::format("cannot change sequence \"{}\"", target.name));
  }
  return true;
}

void note_rows(Run& run, Oid table) {
  std::vector<Oid> tables = run.leaves(run.at(table));
  tables.push_back(table);
  for (const Oid oid : tables) {
    if (run.at(oid).rows_loaded && !run.at(oid).emptied) continue;
    run.change(oid, [](Relation& copy) {
      copy.rows_loaded = true;
      copy.emptied = false;
    });
  }
}

void note_emptied(Run& run, Oid table, bool with_descendants) {
  std::vector<Oid> tables;
  if (with_descendants) tables = run.descendants(run.at(table));
  tables.push_back(table);
  for (const Oid oid : tables) {
    run.session.marked.push_back(oid);
    run.change(oid, [](Relation& copy) {
      copy.emptied = true;
      for (Column& column : copy.columns) {
        column.nulls_written = false;
        column.constants_written.clear();
        column.values_inserted.clear();
      }
    });
  }
}

void note_nulls(Run& run, Oid table, const std::vector<std::string>& columns, bool nulls) {
  const Relation& owner = run.at(table);
  const bool changes = std::ranges::any_of(columns, [&](const std::string& name) {
    const Column* column = owner.column(name);
    return column != nullptr && column->nulls_written != nulls;
  });
  if (!changes) return;
  // Rows of a partitioned table are those of its partitions.
  std::vector<Oid> tables = {table};
  if (owner.kind == RelationKind::kPartitionedTable) {
    for (const Oid partition : run.descendants(owner)) tables.push_back(partition);
  }
  for (const Oid oid : tables) {
    run.session.marked.push_back(oid);
    run.change(oid, [&](Relation& copy) {
      for (Column& column : copy.columns) {
        if (std::ranges::find(columns, column.name) != columns.end()) column.nulls_written = nulls;
      }
    });
  }
}

void note_constant(Run& run, Oid table, const std::string& name, const Expression& value) {
  constexpr std::size_t kMaxConstants = 8;
  const Column* column = run.at(table).column(name);
  if (column == nullptr || !is_constant(value) || is_null_constant(value) ||
      column->constants_written.size() >= kMaxConstants) {
    return;
  }
  run.session.marked.push_back(table);
  run.change(table, [&](Relation& copy) {
    for (Column& own : copy.columns) {
      if (own.name == name) own.constants_written.push_back(value);
    }
  });
}

void lock_referenced(Run& run, const Relation& table, const std::vector<std::string>* columns) {
  for (const CatalogConstraint& constraint : table.constraints) {
    if (constraint.kind != model::ConstraintKind::kForeignKey || !constraint.enforced) continue;
    if (columns != nullptr) {
      const bool touched = std::ranges::any_of(constraint.columns, [&](AttributeNumber number) {
        const Column* column = table.column(number);
        return column != nullptr && std::ranges::find(*columns, column->name) != columns->end();
      });
      if (!touched) continue;
    }
    run.lock(constraint.referenced_table, LockMode::kRowShare);
  }
}

namespace {

/// Whether WHERE names one row by the key that the constraint refers to, and none refers to it.
bool names_unreferred(const Relation& table, const Catalog::ForeignKeyUse& use,
                      const Expression& where) {
  if (where.kind == model::ExpressionKind::kAnd) {
    return std::ranges::any_of(
        where.args, [&](const Expression& arg) { return names_unreferred(table, use, arg); });
  }
  const auto& columns = use.constraint->referenced_columns;
  const Column* key = columns.size() == 1 ? table.column(columns[0]) : nullptr;
  return key != nullptr && where.kind == model::ExpressionKind::kOperator && where.name == "=" &&
         where.args.size() == 2 && where.args[0].kind == model::ExpressionKind::kColumn &&
         where.args[0].name == key->name &&
         refers_to(*use.table, *use.constraint, where.args[1]) == Referred::kNo;
}

/// The same for one table; whose rows go along is added to `deleted`.
void follow_references_to(Run& run, const Relation& table, bool deletes,
                          const std::vector<std::string>* columns,
                          const std::optional<Expression>& where, std::vector<Oid>& deleted) {
  for (const Catalog::ForeignKeyUse& use : run.foreign_keys_to(table)) {
    if (columns != nullptr) {
      const bool touched =
          std::ranges::any_of(use.constraint->referenced_columns, [&](AttributeNumber number) {
            const Column* column = table.column(number);
            return column != nullptr && std::ranges::find(*columns, column->name) != columns->end();
          });
      if (!touched) continue;
    }
    // A check that is put off is made at the end of the transaction.
    const model::ForeignKeyAction action =
        deletes ? use.constraint->definition.on_delete : use.constraint->definition.on_update;
    const bool writes = action == model::ForeignKeyAction::kCascade ||
                        action == model::ForeignKeyAction::kSetNull ||
                        action == model::ForeignKeyAction::kSetDefault;
    const bool later =
        action == model::ForeignKeyAction::kNoAction && use.constraint->initially_deferred;
    if (later) {
      run.risk("23503", fmt::format("rows of \"{}\" may still be referenced from \"{}\"",
                                    table.name, use.table->name));
      continue;
    }
    run.lock_tree(*use.table, writes ? LockMode::kRowExclusive : LockMode::kRowShare);
    const bool indexed =
        std::ranges::any_of(run.catalog.indexes_of(*use.table), [&](const Relation* index) {
          return !index->keys.empty() && !use.constraint->columns.empty() &&
                 index->keys[0].column == use.constraint->columns[0];
        });
    if (!indexed) {
      for (const Oid leaf : run.leaves(*use.table)) {
        run.scan(run.at(leaf), fmt::format("foreign key \"{}\" looks for rows without an index",
                                           use.constraint->name));
      }
    }
    if (!writes) {
      // Rows that hold nothing but NULL there refer to none.
      const Column* first =
          use.constraint->columns.empty() ? nullptr : use.table->column(use.constraint->columns[0]);
      const bool all_null = first != nullptr && first->nulls_written &&
                            first->values_inserted.empty() && first->constants_written.empty();
      const bool no_row = where && names_unreferred(table, use, *where);
      run.may_fail(table.rows_loaded && use.table->rows_loaded && !all_null && !no_row, "23503",
                   fmt::format("rows of \"{}\" may still be referenced from \"{}\"", table.name,
                               use.table->name));
    }
    if (writes) forget_inserted(run, use.table->oid, nullptr);
    const bool goes_along = deletes && action == model::ForeignKeyAction::kCascade;
    if (goes_along && std::ranges::find(deleted, use.table->oid) == deleted.end()) {
      deleted.push_back(use.table->oid);
    }
  }
}

}  // namespace

void follow_references(Run& run, const Relation& table, bool deletes,
                       const std::vector<std::string>* columns,
                       const std::optional<Expression>& where) {
  // Tables may reference each other in a circle.
  std::vector<Oid> deleted = {table.oid};
  follow_references_to(run, table, deletes, columns, where, deleted);
  for (std::size_t i = 1; i < deleted.size(); ++i) {
    follow_references_to(run, run.at(deleted[i]), true, nullptr, std::nullopt, deleted);
  }
}

bool check_columns(Run& run, Oid table, const std::vector<std::string>& columns,
                   std::string_view twice) {
  for (const std::string& name : columns) {
    if (run.column(table, name) == nullptr) return false;
    if (std::ranges::count(columns, name) > 1) {
      return run.fail(twice, fmt::format("column \"{}\" specified more than once", name));
    }
  }
  return true;
}

}  // namespace forelock::postgres
