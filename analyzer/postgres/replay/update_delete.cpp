// UPDATE, DELETE and MERGE.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/proof.h"
#include "analyzer/postgres/replay/firing.h"
#include "analyzer/postgres/replay/inserted_values.h"
#include "analyzer/postgres/replay/partition_rows.h"
#include "analyzer/postgres/replay/run.h"
#include "analyzer/postgres/replay/written_rows.h"
#include "analyzer/postgres/typecheck.h"

namespace forelock::postgres {
namespace {

using model::Expression;

bool has_subquery(const Expression& expression) {
  bool found = false;
  model::for_each(expression, [&](const Expression& part) {
    found = found || part.kind == model::ExpressionKind::kSubquery;
  });
  return found;
}

model::Query as_query(const model::QualifiedName& table, const std::string& alias,
                      const std::optional<Expression>& where) {
  model::Query query;
  query.relations.emplace_back();
  query.relations.back().name = table;
  query.relations.back().alias = alias;
  query.where = where;
  return query;
}

/// Whether nothing is read but by the sub-queries of the expressions.
bool only_subqueries_read(const std::vector<model::RelationUse>& reads,
                          const std::vector<const Expression*>& expressions) {
  const auto stands_in = [](const Expression& expression, const model::RelationUse& use) {
    bool found = false;
    model::for_each(expression, [&](const Expression& part) {
      if (part.kind != model::ExpressionKind::kSubquery || !part.query) return;
      found = found || std::ranges::any_of(part.query->relations, [&](const auto& inner) {
                return inner.name == use.name && inner.span == use.span;
              });
    });
    return found;
  };
  return std::ranges::all_of(reads, [&](const model::RelationUse& use) {
    return std::ranges::any_of(
        expressions, [&](const Expression* expression) { return stands_in(*expression, use); });
  });
}

/// The relation that a statement names, if its columns are all known: the parser looks at it before
/// the rewriter asks whether rows of it can be changed at all.
const Relation* named_target(Run& run, const model::QualifiedName& name,
                             const std::vector<model::RelationUse>& reads,
                             const std::vector<const Expression*>& expressions) {
  if (run.sees_variables || !only_subqueries_read(reads, expressions)) return nullptr;
  const Relation* named = run.relation_if_any(name);
  if (named == nullptr || named->open_columns || named->assumed || is_index(named->kind) ||
      named->kind == RelationKind::kCompositeType) {
    return nullptr;
  }
  return named;
}

/// With nothing else to read, every column of WHERE is the target's.
bool check_where(Run& run, const Relation& named, const std::string& alias,
                 const std::optional<Expression>& where) {
  if (!where) return true;
  const Scope scope{{{alias.empty() ? named.name : alias, &named}}};
  return check_query_expression(run, scope, *where) && check_condition(run, scope, *where, "WHERE");
}

/// The new values come before WHERE: transformUpdateStmt().
bool check_update(Run& run, const model::Update& statement, const Relation& named) {
  std::vector<std::string> columns;
  for (const auto& [name, value] : statement.assignments) {
    columns.push_back(name);
    if (!has_subquery(value) && !check_expression(run, named, value, "UPDATE")) return false;
  }
  if (!check_where(run, named, statement.alias, statement.where) ||
      !check_columns(run, named.oid, columns, "42601")) {
    return false;
  }
  for (const auto& [name, value] : statement.assignments) {
    const Column* column = named.column(name);
    if (column == nullptr || column->assumed) continue;
    if (const auto error = assignment_error(run.catalog, Scope::of(named), value, column->type)) {
      return run.fail(error->sqlstate, fmt::format("column \"{}\": {}", name, error->message));
    }
  }
  return true;
}

/// Rows that the statement reads to find those that it changes, and what sub-queries read.
bool read_for_write(Run& run, const Relation& target, const std::string& alias,
                    const std::optional<Expression>& where, bool only,
                    const std::vector<model::RelationUse>& reads) {
  model::Query query = as_query({target.schema, target.name}, alias, where);
  query.relations.front().only = only;
  for (const model::RelationUse& use : reads) query.relations.push_back(use);
  // What cannot be written to is refused before anything is read.
  const bool executed =
      target.kind != RelationKind::kMaterializedView && target.kind != RelationKind::kSequence;
  return read_query(run, query, executed);
}

/// The partitions whose rows may change; those that the planner leaves out are not even locked.
void lock_rows_of(Run& run, const Relation& table, bool only,
                  const std::optional<Expression>& where,
                  const std::vector<model::RelationUse>& reads) {
  if (only) return;
  for (const Oid oid : kept_by(run, table, reads.empty() ? where : std::nullopt)) {
    run.lock(oid, LockMode::kRowExclusive);
  }
}

/// Each table whose rows change is one that a publication can tell them apart in.
bool check_published(Run& run, const Relation& table, bool only,
                     const std::optional<Expression>& where, std::string_view action) {
  const std::vector<Oid> changed = only ? std::vector<Oid>{table.oid} : kept_by(run, table, where);
  return std::ranges::all_of(
      changed, [&](Oid oid) { return check_replica_identity(run, run.at(oid), action); });
}

/// A row whose partition key is set to constants moves to the partition of the new key.
void lock_destinations(Run& run, const Relation& table, const model::Update& statement) {
  if (table.kind != RelationKind::kPartitionedTable || statement.only) return;
  std::vector<std::string> columns;
  std::vector<Expression> row;
  bool moves = false;
  for (const auto& [name, value] : statement.assignments) {
    columns.push_back(name);
    row.push_back(value);
    moves = moves ||
            std::ranges::any_of(
                table.partition_key ? table.partition_key->keys : std::vector<model::IndexKey>{},
                [&](const model::IndexKey& key) { return key.column == name; });
  }
  if (!moves) return;
  for (const Oid partition : route(run, table, columns, {row}).partitions) {
    run.lock(partition, LockMode::kRowExclusive);
  }
}

/// What every changed row would hold: NULL where it must not be, a constant that does not fit.
void check_new_values(Run& run, const Relation& table, const model::Update& statement) {
  const bool every_row = table.rows_loaded && !statement.where && statement.reads.empty();
  for (const auto& [name, value] : statement.assignments) {
    const Column* column = table.column(name);
    if (column == nullptr || column->assumed) continue;
    if (column->not_null && is_null_constant(value)) {
      run.may_fail(every_row, "23502",
                   fmt::format("null value in column \"{}\" of relation \"{}\" violates not-null "
                               "constraint",
                               name, table.name));
    }
    if (const auto error = value_error(run.catalog, column->type, value)) {
      run.may_fail(every_row, error->sqlstate, error->message);
    }
    const auto refused = [&](const CatalogConstraint& constraint) {
      return constraint.kind == model::ConstraintKind::kCheck && constraint.enforced &&
             constraint.expression && refutes(*constraint.expression, name, value);
    };
    const auto check = std::ranges::find_if(table.constraints, refused);
    if (check != table.constraints.end() && is_constant(value)) {
      run.may_fail(every_row, "23514",
                   fmt::format("new row for relation \"{}\" violates check constraint \"{}\"",
                               table.name, check->name));
    }
  }
}

}  // namespace

bool apply(Run& run, const model::Update& statement) {
  std::vector<const Expression*> expressions;
  for (const auto& [name, value] : statement.assignments) expressions.push_back(&value);
  if (statement.where) expressions.push_back(&*statement.where);
  const Relation* named = named_target(run, statement.table, statement.reads, expressions);
  if (named != nullptr && !check_update(run, statement, *named)) return false;
  const Relation* target = write_target(run, statement.table, "update");
  if (target == nullptr) return false;
  const Oid table = target->oid;
  const bool through_view = names_view(run, statement.table);
  const std::optional<Expression> where = below_view(run, statement.table, statement.where);
  bool replaced = false;
  if (!fire_rules(run, table, "update", statement.returning, replaced)) return false;
  if (replaced) return true;
  std::vector<std::string> columns;
  std::vector<std::string> nulls;
  std::vector<std::string> values;
  for (const auto& [name, value] : statement.assignments) {
    columns.push_back(name);
    (is_null_constant(value) ? nulls : values).push_back(name);
  }
  if (!check_view_columns(run, statement.table, columns)) return false;
  if (!read_for_write(run, run.at(table), statement.alias, where, statement.only,
                      statement.reads)) {
    return false;
  }
  if (named == nullptr && !through_view && !check_columns(run, table, columns, "42601")) {
    return false;
  }
  lock_rows_of(run, run.at(table), statement.only, where, statement.reads);
  for (const auto& [name, value] : statement.assignments) {
    const Column* column = run.at(table).column(name);
    if (column == nullptr || column->assumed) continue;
    if ((column->generated != model::GeneratedKind::kNone ||
         column->identity == model::IdentityKind::kAlways) &&
        value.kind != model::ExpressionKind::kDefault) {
      return run.fail("428C9", fmt::format("column \"{}\" can only be updated to DEFAULT", name));
    }
  }
  if (!check_writable(run, run.at(table)) ||
      !check_published(run, run.at(table), statement.only, where, "update")) {
    return false;
  }
  check_new_values(run, run.at(table), statement);
  lock_destinations(run, run.at(table), statement);
  fire_triggers(run, run.at(table), kUpdateEvent, columns);
  const Relation& owner = run.at(table);
  // A column that is set to itself changes no key.
  std::vector<std::string> changed;
  for (const auto& [name, value] : statement.assignments) {
    if (value.kind != model::ExpressionKind::kColumn || value.name != name) changed.push_back(name);
  }
  lock_referenced(run, owner, &changed);
  follow_references(run, owner, false, &changed, where);
  forget_inserted(run, table, &columns);
  if (owner.kind == RelationKind::kPartitionedTable) note_unknown_rows(run, table);
  note_nulls(run, table, values, false);
  note_nulls(run, table, nulls, true);
  for (const auto& [name, value] : statement.assignments) note_constant(run, table, name, value);
  return true;
}

bool apply(Run& run, const model::Delete& statement) {
  std::vector<const Expression*> expressions;
  if (statement.where) expressions.push_back(&*statement.where);
  const Relation* named = named_target(run, statement.table, statement.reads, expressions);
  if (named != nullptr && !check_where(run, *named, statement.alias, statement.where)) return false;
  const Relation* target = write_target(run, statement.table, "delete");
  if (target == nullptr) return false;
  const Oid table = target->oid;
  const std::optional<Expression> where = below_view(run, statement.table, statement.where);
  bool replaced = false;
  if (!fire_rules(run, table, "delete", statement.returning, replaced)) return false;
  if (replaced) return true;
  lock_rows_of(run, run.at(table), statement.only, where, statement.reads);
  if (!read_for_write(run, run.at(table), statement.alias, where, statement.only,
                      statement.reads) ||
      !check_writable(run, run.at(table)) ||
      !check_published(run, run.at(table), statement.only, where, "delete")) {
    return false;
  }
  fire_triggers(run, run.at(table), kDeleteEvent);
  follow_references(run, run.at(table), true, nullptr, where);
  forget_inserted(run, table, nullptr);
  if (!statement.where && statement.reads.empty()) {
    run.change(table, [](Relation& copy) { copy.rows_deleted = true; });
    note_emptied(run, table, !statement.only);
    if (!run.is_new(run.at(table))) {
      run.lose(model::ObjectKind::kTable, shown(run.at(table)), false, true);
    }
  }
  std::vector<std::string> all;
  for (const Column& column : run.at(table).columns) {
    if (column.nulls_written) all.push_back(column.name);
  }
  note_nulls(run, table, all, false);
  return true;
}

bool apply(Run& run, const model::Merge& statement) {
  const Relation* named = run.relation_if_any(statement.table);
  if (named != nullptr && named->kind == RelationKind::kView && !run.since(17)) {
    return run.fail("0A000", fmt::format("cannot execute MERGE on relation \"{}\"", named->name));
  }
  const Relation* target = write_target(run, statement.table, "merge");
  if (target == nullptr) return false;
  const Oid table = target->oid;
  if (!target->rule_objects.empty()) {
    return run.fail(
        "0A000", fmt::format("cannot execute MERGE on relation \"{}\" with rules", target->name));
  }
  run.lock_tree(run.at(table), LockMode::kRowExclusive);
  if (!read_for_write(run, run.at(table), "", std::nullopt, false, statement.reads)) return false;
  for (const std::string& column : statement.columns) {
    if (run.column(table, column) == nullptr) return false;
  }
  if (statement.inserts) note_rows(run, table);
  forget_inserted(run, table, nullptr);
  if (statement.deletes) follow_references(run, run.at(table), true, nullptr);
  return true;
}

}  // namespace forelock::postgres
