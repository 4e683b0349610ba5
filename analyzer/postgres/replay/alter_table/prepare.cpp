// Phase 1 of ALTER TABLE, ATPrepCmd(): what is refused before any subcommand runs, and what is
// queued for whom.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {

bool AlterTableRun::prepare(Oid table, const model::AlterAction& action, bool recurse,
                            bool recursing) {
  work_of(table);
  const Relation& relation = run_.at(table);
  if (!relation.assumed && !takes(relation.kind, action)) {
    return run_.fail(
        "42809", fmt::format("ALTER action cannot be performed on relation \"{}\"", relation.name));
  }
  // A child of which nothing is known but that it is one takes whatever its parent takes.
  if (!prepare_kind(table, action, recurse, recursing)) return false;
  if (!std::holds_alternative<model::AlterColumnType>(action.what)) {
    queue(table, pass_of(action), {&action, recurse});
  }
  return true;
}

bool AlterTableRun::prepare_children(Oid table, const model::AlterAction& action) {
  for (const Oid child : run_.descendants(run_.at(table))) {
    run_.lock(child, mode_);
    if (!prepare(child, action, false, true)) return false;
  }
  return true;
}

bool AlterTableRun::prepare_typed_tables(Oid table, const model::AlterAction& action,
                                         bool cascade) {
  if (run_.at(table).kind != RelationKind::kCompositeType) return true;
  std::vector<Oid> typed;
  for (const Dependency& dependency : run_.catalog.dependents(table)) {
    const Relation* found = run_.catalog.relation(dependency.object);
    if (found != nullptr && found->of_type == table) typed.push_back(found->oid);
  }
  if (!typed.empty() && !cascade) {
    return run_.fail("2BP01",
                     fmt::format("cannot alter type \"{}\" because it is the type of a typed table",
                                 run_.at(table).name));
  }
  return std::ranges::all_of(typed, [&](Oid child) {
    run_.lock(child, mode_);
    return prepare(child, action, true, true);
  });
}

bool AlterTableRun::prepare_kind(Oid table, const model::AlterAction& action, bool recurse,
                                 bool recursing) {
  const Relation& relation = run_.at(table);
  const bool typed = relation.of_type != 0 && !recursing;
  if (const auto* add = std::get_if<model::AddColumn>(&action.what)) {
    if (typed) return run_.fail("42809", "cannot add column to typed table");
    return prepare_typed_tables(table, action, add->cascade);
  }
  if (const auto* drop = std::get_if<model::DropColumn>(&action.what)) {
    if (typed) return run_.fail("42809", "cannot drop column from typed table");
    return prepare_typed_tables(table, action, drop->cascade);
  }
  if (std::holds_alternative<model::AlterColumnType>(action.what)) {
    return prepare_type(table, action, recurse, recursing);
  }
  if (const auto* set = std::get_if<model::SetNotNull>(&action.what)) {
    return recursing || prepare_not_null(table, set->column, &action, recurse);
  }
  if (std::holds_alternative<model::DropNotNull>(action.what) && !recurse && !recursing &&
      relation.kind == RelationKind::kPartitionedTable && !relation.children.empty()) {
    return run_.fail("42P16",
                     "cannot remove constraint from only the partitioned table when "
                     "partitions exist");
  }
  if (recurse && recurses_simply(action) && !prepare_children(table, action)) return false;
  if (const auto* drop = std::get_if<model::DropExpression>(&action.what)) {
    // A child that has children is refused too, as recursion to it does not recurse.
    if (!recurse && !run_.at(table).children.empty()) {
      return run_.fail("0A000",
                       "ALTER TABLE / DROP EXPRESSION must be applied to child tables too");
    }
    if (recursing) return true;
    const Column* found = run_.column(table, drop->column);
    if (found == nullptr) return false;
    return found->inherited_from == 0 ||
           run_.fail("42P16", "cannot drop generation expression from inherited column");
  }
  if (std::holds_alternative<model::DropConstraint>(action.what) &&
      relation.kind == RelationKind::kPartitionedTable) {
    run_.lock_tree(relation, mode_);
  }
  TableWork& work = work_of(table);
  if (const auto* logged = std::get_if<model::SetLogged>(&action.what)) {
    if (work.changes_persistence) {
      return run_.fail("0A000", "cannot change persistence setting twice");
    }
    return prepare_persistence(work, logged->logged);
  }
  // Since version 18 they are locked before any of them is looked at.
  if (std::holds_alternative<model::AddConstraint>(action.what) && recurse && run_.since(18)) {
    for (const Oid child : run_.descendants(relation)) run_.lock(child, mode_);
  }
  if (const auto* add = std::get_if<model::AddConstraint>(&action.what);
      add != nullptr && !recurse && run_.since(18) &&
      !check_key_of_children(table, add->constraint)) {
    return false;
  }
  if (std::holds_alternative<model::SetAccessMethod>(action.what)) {
    if (relation.kind == RelationKind::kPartitionedTable && !run_.since(17)) {
      return run_.fail("42809", "cannot change access method of a partitioned table");
    }
    if (work.changes_access_method) {
      return run_.fail("0A000", "cannot have multiple SET ACCESS METHOD subcommands");
    }
    work.changes_access_method = true;
  }
  if (std::holds_alternative<model::SetTablespace>(action.what)) {
    if (work.changes_tablespace) {
      return run_.fail("42601", "cannot have multiple SET TABLESPACE subcommands");
    }
    work.changes_tablespace = true;
  }
  if (std::holds_alternative<model::Inherit>(action.what) &&
      (relation.of_type != 0 || relation.is_partition ||
       relation.kind == RelationKind::kPartitionedTable)) {
    return run_.fail("42809", fmt::format("cannot change inheritance of \"{}\"", relation.name));
  }
  return true;
}

/// A primary key of ONLY the parent needs the columns of its children to be NOT NULL; the server
/// has no SQLSTATE for it. Source: ATPrepAddPrimaryKey() of version 18.
bool AlterTableRun::check_key_of_children(Oid table, const model::Constraint& constraint) {
  if (constraint.kind != model::ConstraintKind::kPrimaryKey) return true;
  for (const Oid child : run_.at(table).children) {
    run_.lock(child, mode_);
    for (const std::string& name : constraint.columns) {
      const Column* column = run_.at(child).column(name);
      if (column == nullptr || column->not_null || column->assumed) continue;
      return run_.fail("XX000", fmt::format("column \"{}\" of table \"{}\" is not marked NOT NULL",
                                            name, run_.at(child).name));
    }
  }
  return true;
}

/// Source: ATPrepSetNotNull(). `action` is null where a primary key asks for it.
bool AlterTableRun::prepare_not_null(Oid table, const std::string& name,
                                     const model::AlterAction* action, bool recurse) {
  const Relation& relation = run_.at(table);
  const bool partitioned = relation.kind == RelationKind::kPartitionedTable;
  if (partitioned && relation.had_children) {
    // Version 18 looks for it in its pass only.
    if (run_.since(18) && relation.column(name) == nullptr) return true;
    const Column* column = run_.column(table, name);
    if (column == nullptr) return false;
    if (column->not_null) return true;
  }
  if (!recurse && !partitioned) return true;
  for (const Oid child : run_.descendants(run_.at(table))) {
    run_.lock(child, mode_);
    if (!recurse) {
      queue(child, Pass::kColumnAttributes, {CheckNotNull{name}});
    } else if (action != nullptr) {
      if (!prepare(child, *action, false, true)) return false;
    } else {
      queue(child, Pass::kColumnAttributes, {model::SetNotNull{name}});
    }
  }
  return true;
}

}  // namespace forelock::postgres
