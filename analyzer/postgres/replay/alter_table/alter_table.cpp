// ALTER TABLE: its checks before anything is done, its passes, and the rewrites after them.

#include "analyzer/postgres/replay/alter_table/alter_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/facts/lock_levels.h"

namespace forelock::postgres {

bool AlterTableRun::execute() {
  std::optional<LockMode> mode;
  for (const model::AlterAction& action : statement_.actions) {
    const LockMode needed = facts::alter_table_lock(action);
    mode = mode ? std::max(*mode, needed) : needed;
  }
  mode_ = mode.value_or(LockMode::kAccessExclusive);
  run_.lock(self(), mode_);
  for (const model::AlterAction& action : statement_.actions) {
    if (!check_kind(self(), action)) return false;
  }
  // ATPrepCmd() refuses before any subcommand runs.
  for (const model::AlterAction& action : statement_.actions) {
    if (!prepare(action)) return false;
  }
  const std::vector<Command> commands = plan();
  bool types_finished = false;
  for (const Command& command : commands) {
    if (command.pass > Pass::kAlterType && !types_finished) {
      types_finished = true;
      if (!finish_type_changes(run_, type_changes_)) return false;
    }
    bool good = true;
    if (command.pass == Pass::kExamineConstraint) {
      const auto& added = std::get<model::AddConstraint>(command.action->what);
      good = check_key_columns(run_, table_, added.constraint);
    } else {
      good = command.constraint ? constrain(*command.constraint)
                                : std::visit(*this, command.action->what);
    }
    if (!good) return false;
  }
  if (!types_finished && !finish_type_changes(run_, type_changes_)) return false;
  for (const auto& [oid, reason] : rewrites_) {
    if (const Relation* table = run_.catalog.relation(oid)) rewrite_table(run_, *table, reason);
  }
  return true;
}

const Column* AlterTableRun::column(const std::string& name) {
  if (is_system_column(name) && self().column(name) == nullptr) {
    run_.fail("0A000", fmt::format("cannot alter system column \"{}\"", name));
    return nullptr;
  }
  return run_.column(table_, name);
}

void AlterTableRun::edit(Oid table, AttributeNumber number,
                         const std::function<void(Column&)>& change) {
  run_.change(table, [&](Relation& copy) {
    for (Column& column : copy.columns) {
      if (column.number == number) change(column);
    }
  });
}

bool AlterTableRun::operator()(const model::OtherAction&) { return true; }

bool apply(Run& run, const model::AlterTable& statement) {
  const Relation* table = run.relation_if_any(statement.table);
  if (table == nullptr) {
    if (statement.if_exists && !run.is_system(statement.table)) {
      run.effects.changes_nothing = !run.options.assume_missing;
      return true;
    }
    RelationKind kind = RelationKind::kTable;
    if (statement.kind == model::ObjectKind::kIndex) kind = RelationKind::kIndex;
    if (statement.kind == model::ObjectKind::kView) kind = RelationKind::kView;
    if (statement.kind == model::ObjectKind::kMaterializedView) {
      kind = RelationKind::kMaterializedView;
    }
    if (statement.kind == model::ObjectKind::kSequence) kind = RelationKind::kSequence;
    if (statement.kind == model::ObjectKind::kForeignTable) kind = RelationKind::kForeignTable;
    if (statement.kind == model::ObjectKind::kType) kind = RelationKind::kCompositeType;
    table = run.relation(statement.table, kind);
    if (table == nullptr) return false;
  }
  const auto wrong = [&](std::string_view what) {
    run.lock(*table, LockMode::kAccessExclusive);
    return run.fail("42809", fmt::format("\"{}\" is not {}", table->name, what));
  };
  if (!table->assumed) {
    if (statement.kind == model::ObjectKind::kView && table->kind != RelationKind::kView) {
      return wrong("a view");
    }
    if (statement.kind == model::ObjectKind::kMaterializedView &&
        table->kind != RelationKind::kMaterializedView) {
      return wrong("a materialized view");
    }
    if (statement.kind == model::ObjectKind::kIndex && !is_index(table->kind)) {
      return wrong("an index");
    }
    if (statement.kind == model::ObjectKind::kSequence && table->kind != RelationKind::kSequence) {
      return wrong("a sequence");
    }
    if (statement.kind == model::ObjectKind::kForeignTable &&
        table->kind != RelationKind::kForeignTable) {
      return wrong("a foreign table");
    }
    if (statement.kind == model::ObjectKind::kTable &&
        table->kind == RelationKind::kCompositeType) {
      return wrong("a table");
    }
    if (statement.kind == model::ObjectKind::kType && table->kind != RelationKind::kCompositeType) {
      return wrong("a composite type");
    }
  }
  return AlterTableRun(run, statement, table->oid).execute();
}

}  // namespace forelock::postgres
