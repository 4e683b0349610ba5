// ALTER TABLE: its checks before anything is done, its passes, and the rewrites after them.

#include "analyzer/postgres/replay/alter_table/alter_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/facts/lock_levels.h"

namespace forelock::postgres {

TableWork& AlterTableRun::work_of(Oid table) {
  const auto found = std::ranges::find(queue_, table, &TableWork::table);
  if (found != queue_.end()) return *found;
  return queue_.emplace_back(
      TableWork{.table = table, .before = run_.catalog.share_relation(table)});
}

void AlterTableRun::queue(Oid table, Pass pass, Command command) {
  work_of(table).passes[static_cast<std::size_t>(pass)].push_back(std::move(command));
}

bool AlterTableRun::execute() {
  std::optional<LockMode> mode;
  for (const model::AlterAction& action : statement_.actions) {
    const LockMode needed = facts::alter_table_lock(action);
    mode = mode ? std::max(*mode, needed) : needed;
  }
  mode_ = mode.value_or(LockMode::kAccessExclusive);
  const Oid table = table_;
  run_.lock(self(), mode_);
  for (const model::AlterAction& action : statement_.actions) {
    if (!prepare(table, action, !statement_.only, false)) return false;
  }
  for (int pass = 0; pass < kPasses; ++pass) {
    if (!run_pass(static_cast<Pass>(pass))) return false;
  }
  return rewrite_tables();
}

/// Source: ATRewriteCatalogs(). A pass may queue more for later passes, and more tables.
bool AlterTableRun::run_pass(Pass pass) {
  for (std::size_t i = 0; i < queue_.size(); ++i) {
    const std::vector<Command>& commands = queue_[i].passes[static_cast<std::size_t>(pass)];
    for (std::size_t k = 0; k < commands.size(); ++k) {
      const Command command = commands[k];
      table_ = queue_[i].table;
      recurse_ = command.recurse;
      written_ = nullptr;
      if (!std::visit(*this, command.what)) return false;
    }
  }
  // What the changed types break is made again in the passes OLD_INDEX and OLD_CONSTR, which
  // version 17 put behind those for new columns.
  const Pass before = run_.since(17) ? Pass::kSetExpression : Pass::kAlterType;
  return pass != before || finish_type_changes(run_, type_changes_);
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

bool apply(Run& run, const model::AlterTable& statement) {
  for (const model::AlterAction& action : statement.actions) {
    const auto* detach = std::get_if<model::DetachPartition>(&action.what);
    if (detach != nullptr && detach->concurrently &&
        !run.needs_no_transaction("ALTER TABLE ... DETACH CONCURRENTLY")) {
      return false;
    }
  }
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
