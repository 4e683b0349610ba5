// INSERT and COPY.

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "analyzer/postgres/proof.h"
#include "analyzer/postgres/replay/firing.h"
#include "analyzer/postgres/replay/inserted_values.h"
#include "analyzer/postgres/replay/partition_bounds.h"
#include "analyzer/postgres/replay/partition_rows.h"
#include "analyzer/postgres/replay/run.h"
#include "analyzer/postgres/replay/written_rows.h"
#include "analyzer/postgres/typecheck.h"

namespace forelock::postgres {
namespace {

using model::Expression;

/// Columns that an INSERT leaves out, and that then hold NULL.
std::vector<std::string> left_out(const Relation& table, const std::vector<std::string>& given) {
  std::vector<std::string> result;
  for (const Column& column : table.columns) {
    if (std::ranges::find(given, column.name) != given.end()) continue;
    if (column.default_value || column.identity != model::IdentityKind::kNone ||
        column.generated != model::GeneratedKind::kNone || column.not_null) {
      continue;
    }
    result.push_back(column.name);
  }
  return result;
}

/// Whether rows can be put into the relation itself, so that their NULLs are found.
bool has_rows(const Relation& table) {
  return table.kind != RelationKind::kMaterializedView && table.kind != RelationKind::kSequence;
}

/// Whether a rule takes rows away under a condition of its own.
bool keeps_rows_out(const Relation& table) {
  return std::ranges::any_of(table.rule_objects, [](const RewriteRule& rule) {
    return rule.definition.event == "insert" && rule.applies() && rule.definition.instead &&
           rule.definition.qualified;
  });
}

/// Whether a trigger or a rule sees new rows before they are checked.
bool may_change_rows(const Relation& table) {
  return keeps_rows_out(table) || std::ranges::any_of(table.triggers, [](const Trigger& trigger) {
           return trigger.definition.row && trigger.definition.timing == "BEFORE" &&
                  (trigger.definition.events & kInsertEvent) != 0;
         });
}

/// The columns of INSERT ... SELECT against those that they go to. Source: transformInsertRow().
bool check_selected(Run& run, const model::Insert& statement, const Relation& table,
                    const std::vector<std::string>& given) {
  const model::Query& query = *statement.query;
  const QueryShape shape = query_shape(run, query, {});
  if (shape.open || table.open_columns) return true;
  if (shape.columns.size() > given.size()) {
    return run.fail("42601", "INSERT has more expressions than target columns");
  }
  if (shape.columns.size() < statement.columns.size()) {
    return run.fail("42601", "INSERT has more target columns than expressions");
  }
  const bool one_by_one = query.targets.size() == shape.columns.size();
  for (std::size_t i = 0; i < shape.columns.size(); ++i) {
    const Column* column = table.column(given[i]);
    const model::TypeName& from = shape.columns[i].type;
    if (column == nullptr || column->assumed) continue;
    // A bare literal is read as the column's type.
    if (one_by_one && query.targets[i].expression.kind == model::ExpressionKind::kConstant) {
      const auto error =
          assignment_error(run.catalog, {}, query.targets[i].expression, column->type);
      if (error) return run.fail(error->sqlstate, error->message);
      continue;
    }
    if (cast_path(run.catalog, from, column->type, CastContext::kAssignment) == CastPath::kNone) {
      return run.fail(
          "42804", fmt::format("column \"{}\" is of type {} but expression is of type {}",
                               column->name, model::display(column->type), model::display(from)));
    }
  }
  return true;
}

/// ON CONFLICT names a unique index by its columns, or a constraint: infer_arbiter_indexes().
bool check_conflict_target(Run& run, const model::Insert& statement, const Relation& table) {
  if (!statement.on_conflict || table.open_columns) return true;
  if (!statement.conflict_constraint.empty()) {
    const CatalogConstraint* named = table.constraint_named(statement.conflict_constraint);
    if (named != nullptr && named->index == 0) {
      return run.fail("42809", "constraint in ON CONFLICT clause has no associated index");
    }
    if (named == nullptr) {
      return run.fail("42704", fmt::format("constraint \"{}\" for table \"{}\" does not exist",
                                           statement.conflict_constraint, table.name));
    }
    return check_columns(run, table.oid, statement.conflict_updates, "42601");
  }
  const bool target = !statement.conflict_columns.empty() || !statement.conflict_plain;
  if (!statement.conflict_updates.empty() && !target) {
    return run.fail("42601",
                    "ON CONFLICT DO UPDATE requires inference specification or constraint name");
  }
  for (const std::string& name : statement.conflict_columns) {
    if (run.column(table.oid, name) == nullptr) return false;
  }
  return check_columns(run, table.oid, statement.conflict_updates, "42601");
}

/// The unique index that ON CONFLICT's columns name, looked for by the planner:
/// infer_arbiter_indexes().
bool check_arbiter(Run& run, const model::Insert& statement, const Relation& table) {
  const CatalogConstraint* named = table.constraint_named(statement.conflict_constraint);
  if (statement.on_conflict && named != nullptr && named->deferrable) {
    return run.fail("55000", "ON CONFLICT does not support deferrable constraints as arbiters");
  }
  if (!statement.on_conflict || table.open_columns || statement.conflict_columns.empty() ||
      !statement.conflict_plain) {
    return true;
  }
  const std::set<std::string> wanted(statement.conflict_columns.begin(),
                                     statement.conflict_columns.end());
  for (const Relation* index : run.catalog.indexes_of(table)) {
    if (!index->unique || index->predicate || !index->valid) continue;
    std::set<std::string> keys;
    for (const IndexColumn& key : index->keys) {
      const Column* column = table.column(key.column);
      keys.insert(column == nullptr ? std::string() : column->name);
    }
    if (keys != wanted) continue;
    const auto owner = std::ranges::find(table.constraints, index->oid, &CatalogConstraint::index);
    if (owner == table.constraints.end() || !owner->deferrable) return true;
    return run.fail("55000", "ON CONFLICT does not support deferrable constraints as arbiters");
  }
  return run.fail("42P10",
                  "there is no unique or exclusion constraint matching the ON CONFLICT "
                  "specification");
}

/// Without a target every unique index is an arbiter, which a deferrable one cannot be; found when
/// the first row comes: ExecCheckIndexConstraints().
bool check_all_arbiters(Run& run, const model::Insert& statement, const Relation& table) {
  if (!statement.on_conflict || !statement.conflict_columns.empty() ||
      !statement.conflict_constraint.empty() || !statement.conflict_plain) {
    return true;
  }
  const bool deferrable =
      std::ranges::any_of(table.constraints, [](const CatalogConstraint& constraint) {
        return constraint.index != 0 && constraint.deferrable;
      });
  if (!deferrable) return true;
  const std::string message = "ON CONFLICT does not support deferrable constraints as arbiters";
  if (!statement.query) return run.fail("55000", message);
  run.risk("55000", message);
  return true;
}

/// The values of VALUES against the columns that they go to. Source: transformInsertRow().
bool check_values(Run& run, const model::Insert& statement, const Relation& table,
                  const std::vector<std::string>& given) {
  const std::size_t wanted = given.size();
  const std::size_t most =
      statement.columns.empty() ? table.columns.size() : statement.columns.size();
  for (const auto& row : statement.rows) {
    if (row.size() > most && !table.open_columns) {
      return run.fail("42601", "INSERT has more expressions than target columns");
    }
    if (row.size() < statement.columns.size()) {
      return run.fail("42601", "INSERT has more target columns than expressions");
    }
    for (std::size_t i = 0; i < row.size() && i < wanted; ++i) {
      const Column* column = table.column(given[i]);
      if (column == nullptr || column->assumed) continue;
      if (row[i].kind == model::ExpressionKind::kColumn && statement.reads.empty() &&
          !run.sees_variables) {
        return run.fail("42703", fmt::format("column \"{}\" does not exist", row[i].name));
      }
      if (const auto error = assignment_error(run.catalog, {}, row[i], column->type)) {
        return run.fail(error->sqlstate,
                        fmt::format("column \"{}\": {}", column->name, error->message));
      }
    }
  }
  return true;
}

/// What the parser and the rewriter say, before rules are looked at.
bool check_insert(Run& run, const model::Insert& statement, const Relation& table,
                  const std::vector<std::string>& given) {
  const std::size_t wanted = given.size();
  if (!check_values(run, statement, table, given)) return false;
  if (!check_conflict_target(run, statement, table)) return false;
  // A query's values are never DEFAULT: rewriteTargetListIU().
  for (const std::string& name : given) {
    const Column* column = statement.query ? table.column(name) : nullptr;
    if (column == nullptr) continue;
    if (column->generated != model::GeneratedKind::kNone ||
        (column->identity == model::IdentityKind::kAlways && !statement.overriding_system)) {
      return run.fail("428C9",
                      fmt::format("cannot insert a non-DEFAULT value into column \"{}\"", name));
    }
  }
  for (const auto& row : statement.rows) {
    for (std::size_t i = 0; i < row.size() && i < wanted; ++i) {
      const Column* column = table.column(given[i]);
      if (column == nullptr || column->assumed) continue;
      if (column->identity == model::IdentityKind::kAlways && !statement.overriding_system &&
          row[i].kind != model::ExpressionKind::kDefault) {
        return run.fail("428C9", fmt::format("cannot insert a non-DEFAULT value into column \"{}\"",
                                             column->name));
      }
      if (column->generated != model::GeneratedKind::kNone &&
          row[i].kind != model::ExpressionKind::kDefault) {
        return run.fail("428C9", fmt::format("cannot insert a non-DEFAULT value into column \"{}\"",
                                             column->name));
      }
    }
  }
  return true;
}

/// What the planner and the executor say.
bool check_rows(Run& run, const model::Insert& statement, const Relation& table,
                const std::vector<std::string>& given) {
  const std::size_t wanted = given.size();
  if (!check_arbiter(run, statement, table)) return false;
  for (const auto& row : statement.rows) {
    for (std::size_t i = 0; i < row.size() && i < wanted; ++i) {
      const Column* column = table.column(given[i]);
      if (column == nullptr || column->assumed || !has_rows(table)) continue;
      if (const auto error = value_error(run.catalog, column->type, row[i])) {
        return run.fail(error->sqlstate, error->message);
      }
      if (is_null_constant(row[i]) && column->not_null && !may_change_rows(table)) {
        return run.fail("23502", fmt::format("null value in column \"{}\" of relation \"{}\" "
                                             "violates not-null constraint",
                                             column->name, table.name));
      }
    }
  }
  if (!check_writable(run, table)) return false;
  if (table.open_columns || table.kind == RelationKind::kForeignTable) return true;
  const bool rows =
      statement.query.has_value() || statement.row_count > 0 || statement.rows.empty();
  if (!rows) return true;
  for (const Column& column : table.columns) {
    if (!column.not_null || column.default_value || column.assumed ||
        column.identity != model::IdentityKind::kNone ||
        column.generated != model::GeneratedKind::kNone ||
        std::ranges::find(given, column.name) != given.end() ||
        (category(run.catalog, column.type) != 0 &&
         user_type(run.catalog, column.type) != nullptr)) {
      continue;
    }
    const bool certain = !statement.query && table.triggers.empty() && !statement.on_conflict &&
                         !keeps_rows_out(table);
    const std::string message =
        fmt::format("null value in column \"{}\" of relation \"{}\" violates not-null constraint",
                    column.name, table.name);
    if (certain) return run.fail("23502", message);
    run.risk("23502", message);
  }
  return true;
}

/// Rows of constants that are put into a partition itself belong to it.
bool check_partition(Run& run, const Relation& table, const std::vector<std::string>& given,
                     const std::vector<std::vector<Expression>>& rows) {
  if (!table.is_partition || !table.bound || table.parents.empty()) return true;
  const Relation* parent = run.catalog.relation(table.parents.front());
  if (parent == nullptr || !parent->partition_key) return true;
  for (const std::vector<Expression>& row : rows) {
    std::vector<Expression> key;
    for (const model::IndexKey& part : parent->partition_key->keys) {
      const auto at =
          static_cast<std::size_t>(std::ranges::find(given, part.column) - given.begin());
      if (at < row.size() && is_constant(row[at])) key.push_back(row[at]);
    }
    if (key.size() == parent->partition_key->keys.size() &&
        !takes(*table.bound, key).value_or(true)) {
      return run.fail("23514", fmt::format("new row for relation \"{}\" violates partition "
                                           "constraint",
                                           table.name));
    }
  }
  return true;
}

/// Constants that a CHECK of the table refuses, validated or not.
bool check_constraints(Run& run, const Relation& table, const std::vector<std::string>& given,
                       const std::vector<std::vector<Expression>>& rows) {
  if (may_change_rows(table)) return true;
  for (const CatalogConstraint& constraint : table.constraints) {
    if (constraint.kind != model::ConstraintKind::kCheck || !constraint.enforced ||
        !constraint.expression) {
      continue;
    }
    for (const std::vector<Expression>& row : rows) {
      for (std::size_t i = 0; i < row.size() && i < given.size(); ++i) {
        if (!is_constant(row[i]) || !refutes(*constraint.expression, given[i], row[i])) continue;
        return run.fail("23514",
                        fmt::format("new row for relation \"{}\" violates check constraint "
                                    "\"{}\"",
                                    table.name, constraint.name));
      }
    }
  }
  return true;
}

/// Rows of constants that a view WITH CHECK OPTION would not show.
bool check_view_option(Run& run, const model::QualifiedName& name, const model::Insert& statement,
                       const std::vector<std::string>& given) {
  const Relation* view = run.relation_if_any(name);
  if (view == nullptr || view->kind != RelationKind::kView || !view->query || !view->query->where ||
      std::ranges::find(view->options, "check_option", &model::Options::value_type::first) ==
          view->options.end()) {
    return true;
  }
  for (const std::vector<Expression>& row : statement.rows) {
    for (std::size_t i = 0; i < row.size() && i < given.size(); ++i) {
      if (is_constant(row[i]) && refutes(*view->query->where, given[i], row[i])) {
        return run.fail("44000",
                        fmt::format("new row violates check option for view \"{}\"", view->name));
      }
    }
  }
  return true;
}

/// The parser compares types with the view's own columns, before the view is looked into.
bool check_types_for_view(Run& run, const model::Insert& statement) {
  const Relation* view = run.relation_if_any(statement.table);
  if (view == nullptr || view->kind != RelationKind::kView) return true;
  std::vector<std::string> given = statement.columns;
  if (given.empty()) {
    for (const Column& column : view->columns) given.push_back(column.name);
  }
  if (!statement.query) return check_values(run, statement, *view, given);
  return read_query(run, *statement.query, false) && check_selected(run, statement, *view, given);
}

/// The column list of COPY: generated columns are left out of it.
bool check_copied(Run& run, const Relation& table, const std::vector<std::string>& columns) {
  if (!check_columns(run, table.oid, columns, "42701")) return false;
  for (const std::string& name : columns) {
    const Column* column = run.at(table.oid).column(name);
    if (column != nullptr && column->generated != model::GeneratedKind::kNone) {
      return run.fail("42P10", fmt::format("column \"{}\" is a generated column", name));
    }
  }
  return true;
}

/// The rows of VALUES; a query gives one for all of its own.
std::vector<std::vector<Expression>> representative_rows(const model::Insert& statement) {
  if (!statement.query || !statement.query->branches.empty()) return statement.rows;
  std::vector<Expression> row;
  for (const model::QueryTarget& target : statement.query->targets) {
    if (target.name == "*") return {};
    row.push_back(target.expression);
  }
  if (row.empty()) return {};
  return {std::move(row)};
}

}  // namespace

bool apply(Run& run, const model::Insert& statement) {
  if (!check_view_columns(run, statement.table, statement.columns) ||
      !check_types_for_view(run, statement)) {
    return false;
  }
  const Relation* target = write_target(run, statement.table, "insert");
  if (target == nullptr) return false;
  const Oid table = target->oid;
  const bool is_view = target->kind == RelationKind::kView;
  const bool through_view = names_view(run, statement.table);
  if (!through_view && !check_columns(run, table, statement.columns, "42701")) return false;
  std::vector<std::string> given = statement.columns;
  if (given.empty()) {
    for (const Column& column : run.at(table).columns) given.push_back(column.name);
  }
  if (statement.query && !read_query(run, *statement.query, true)) return false;
  if (statement.query && !through_view && !check_selected(run, statement, run.at(table), given)) {
    return false;
  }
  if (statement.columns.empty()) {
    // Columns after the last value get their defaults.
    std::size_t count = statement.rows.empty() ? 0 : statement.rows[0].size();
    if (statement.query) {
      const QueryShape shape = query_shape(run, *statement.query, {});
      count = shape.open ? given.size() : shape.columns.size();
    }
    given.resize(std::min(given.size(), count));
  }
  if (!through_view && !check_insert(run, statement, run.at(table), given)) return false;
  for (const model::RelationUse& use : statement.reads) {
    const bool known = statement.query && std::ranges::any_of(statement.query->relations,
                                                              [&](const model::RelationUse& own) {
                                                                return own.name == use.name;
                                                              });
    if (known) continue;
    model::Query query;
    query.relations.push_back(use);
    if (!read_query(run, query, true)) return false;
  }
  bool replaced = false;
  if (!fire_rules(run, table, "insert", statement.returning, replaced)) return false;
  if (statement.on_conflict && !check_conflict_with_rules(run, table)) return false;
  if (replaced) return true;
  if (!through_view && !check_rows(run, statement, run.at(table), given)) return false;
  if (is_view) {
    fire_triggers(run, run.at(table), kInsertEvent);
    return true;
  }
  if (!check_partition(run, run.at(table), given, statement.rows) ||
      !check_constraints(run, run.at(table), given, statement.rows) ||
      !check_view_option(run, statement.table, statement, given) ||
      !check_all_arbiters(run, statement, run.at(table))) {
    return false;
  }
  const Relation& owner = run.at(table);
  if (owner.kind == RelationKind::kPartitionedTable) {
    const Routed routed = route(run, owner, given, representative_rows(statement));
    // A query may give no row at all.
    if (routed.lost && statement.query) {
      run.risk("23514", fmt::format("no partition of relation \"{}\" found for row", owner.name));
    } else if (routed.lost) {
      return run.fail("23514",
                      fmt::format("no partition of relation \"{}\" found for row", owner.name));
    }
    for (const Oid partition : routed.partitions) run.lock(partition, LockMode::kRowExclusive);
  }
  lock_referenced(run, owner, nullptr);
  fire_triggers(run, owner, kInsertEvent);
  std::vector<std::string> nulls;
  if (!through_view) nulls = left_out(owner, given);
  for (const auto& row : representative_rows(statement)) {
    for (std::size_t i = 0; i < row.size() && i < given.size(); ++i) {
      if (is_null_constant(row[i])) nulls.push_back(given[i]);
    }
  }
  note_nulls(run, table, nulls, true);
  note_rows(run, table);
  if (through_view) {
    note_unknown_rows(run, table);
    return true;
  }
  check_duplicates(run, table, statement, given);
  note_inserted(run, table, statement, given);
  // Older rows have been checked.
  for (const CatalogConstraint& key : run.at(table).constraints) {
    if (key.kind != model::ConstraintKind::kForeignKey || !key.validated ||
        key.initially_deferred || !has_orphan(run, run.at(table), key)) {
      continue;
    }
    run.may_fail(true, "23503",
                 fmt::format("insert or update on table \"{}\" violates foreign key "
                             "constraint \"{}\"",
                             run.at(table).name, key.name));
    break;
  }
  return true;
}

bool apply(Run& run, const model::Copy& statement) {
  if (statement.query) return read_query(run, *statement.query, true);
  if (!statement.from) {
    const Relation* source = run.relation_if_any(statement.table);
    if (source != nullptr && source->kind == RelationKind::kView) {
      return run.fail("42809", fmt::format("cannot copy from view \"{}\"", source->name));
    }
    if (source != nullptr && source->kind == RelationKind::kPartitionedTable) {
      return run.fail("42809",
                      fmt::format("cannot copy from partitioned table \"{}\"", source->name));
    }
    model::Query query;
    query.relations.emplace_back().name = statement.table;
    if (source != nullptr && !check_copied(run, *source, statement.columns)) return false;
    return read_query(run, query, true);
  }
  const Relation* target = write_target(run, statement.table, "insert");
  if (target == nullptr) return false;
  const Oid table = target->oid;
  if (target->kind == RelationKind::kView && !stands_in(*target, "insert")) {
    return run.fail("42809", fmt::format("cannot copy to view \"{}\"", target->name));
  }
  if (!check_copied(run, *target, statement.columns)) return false;
  lock_referenced(run, run.at(table), nullptr);
  fire_triggers(run, run.at(table), kInsertEvent);
  note_rows(run, table);
  note_unknown_rows(run, table);
  return true;
}

}  // namespace forelock::postgres
