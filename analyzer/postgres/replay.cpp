#include "analyzer/postgres/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "analyzer/postgres/facts/grammar_versions.h"
#include "analyzer/postgres/replay/respell.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

// What runs after an upgrade is not the migration that made its objects any more.
constexpr std::uint32_t kLater = std::numeric_limits<std::uint32_t>::max();

void refresh_timeouts(Session& session) {
  const auto value = [&](const char* name) {
    const auto found = session.settings.find(name);
    return found == session.settings.end() ? std::string() : found->second;
  };
  session.lock_timeout = value("lock_timeout");
  session.statement_timeout = value("statement_timeout");
  if (session.lock_timeout.empty()) session.lock_timeout_local = false;
}

void refresh_search_path(Catalog& catalog, const Session& session) {
  const auto found = session.settings.find("search_path");
  std::vector<std::string> path;
  if (found == session.settings.end()) {
    path.emplace_back("public");
  } else {
    std::string part;
    for (const char c : found->second + ",") {
      if (c == ',') {
        if (!part.empty() && part != "$user") path.push_back(part);
        part.clear();
      } else if (c != ' ' && c != '"') {
        part += c;
      }
    }
  }
  if (path != catalog.search_path()) catalog.set_search_path(std::move(path));
}

void hold(Session& session, const Effects& effects) {
  for (const Lock& lock : effects.locks) {
    const auto found = std::ranges::find_if(session.held, [&](const Session::Held& held) {
      return held.lock.relation == lock.relation;
    });
    if (found == session.held.end()) {
      session.held.push_back({lock, session.step});
    } else if (found->lock.mode < lock.mode) {
      found->lock.mode = lock.mode;
      found->step = session.step;
    }
  }
}

DirectionTrace replay_direction(Replay& replay, const model::Direction& direction) {
  DirectionTrace trace;
  trace.before = replay.catalog();
  trace.steps.reserve(direction.steps.size());
  int transaction = model::kNoTransaction;
  for (std::size_t i = 0; i < direction.steps.size(); ++i) {
    const model::Step& step = direction.steps[i];
    if (step.transaction != transaction) {
      if (replay.session().in_transaction) replay.commit();
      transaction = step.transaction;
      if (transaction != model::kNoTransaction) replay.begin_transaction();
    }
    replay.set_step(i);
    TraceStep& traced = trace.steps.emplace_back(
        TraceStep{.step = &step,
                  .before = replay.catalog(),
                  .effects = {},
                  .in_transaction = replay.session().in_transaction,
                  .held_before = replay.session().held,
                  .lock_timeout = replay.session().lock_timeout,
                  .statement_timeout = replay.session().statement_timeout});
    if (const model::Statement* statement = step.statement()) {
      traced.effects = replay.apply(*statement, step.certainty);
    } else if (!step.not_analyzed()->leaves_schema) {
      replay.apply_unknown();
    }
  }
  if (replay.session().in_transaction) replay.commit();
  trace.after = replay.catalog();
  return trace;
}

}  // namespace

namespace {

/// What a statement that has been run stores expressions in.
void qualify_stored(Run& run, const model::Operation& operation) {
  if (run.catalog.search_path() == std::vector<std::string>{"public"}) return;
  const auto qualify = [&](const model::QualifiedName& table) {
    const Relation* found = run.relation_if_any(table);
    if (found == nullptr) return;
    const std::vector<Oid> indexes = found->indexes;
    qualify_names(run, found->oid);
    for (const Oid index : indexes) qualify_names(run, index);
  };
  if (const auto* created = std::get_if<model::CreateTable>(&operation)) qualify(created->table);
  if (const auto* altered = std::get_if<model::AlterTable>(&operation)) qualify(altered->table);
  if (const auto* index = std::get_if<model::CreateIndex>(&operation)) qualify(index->table);
}

}  // namespace

bool run_operation(Run& run, const model::Operation& operation) {
  if (const auto newer = facts::newer_grammar(operation, run.options.pg_version)) {
    return run.fail(newer->sqlstate,
                    fmt::format("PostgreSQL {} does not know {}, which came with {}",
                                run.options.pg_version, newer->clause, newer->since));
  }
  const bool good = std::visit(
      [&]<typename Statement>(const Statement& statement) {
        if constexpr (std::is_same_v<Statement, model::Transaction>) {
          return true;  // Replay::apply runs it; in a body it is procedural.
        } else {
          return apply(run, statement);
        }
      },
      operation);
  if (good) qualify_stored(run, operation);
  return good;
}

void Replay::begin_migration(std::uint32_t index) {
  session_.migration = index;
  session_.step = 0;
  std::vector<Oid> marked = std::move(session_.marked);
  session_.marked.clear();
  std::ranges::sort(marked);
  marked.erase(std::ranges::unique(marked).begin(), marked.end());
  for (const Oid oid : marked) {
    const Relation* relation = catalog_.relation(oid);
    if (relation == nullptr) continue;
    Relation copy = *relation;
    copy.emptied = false;
    for (Column& column : copy.columns) {
      column.added_by_this_migration = false;
      column.nulls_written = false;
      column.constants_written.clear();
      column.values_inserted.clear();
    }
    catalog_.put(std::move(copy));
  }
}

void Replay::begin_transaction() {
  if (session_.in_transaction) return;
  session_.in_transaction = true;
  ++session_.transaction;
  session_.held.clear();
  session_.settings_before = session_.settings;
  session_.settings_after_commit = session_.settings;
  savepoints_.clear();
  savepoints_.push_back({"", catalog_, {}, session_.settings});
}

void Replay::commit() {
  if (!session_.in_transaction) return;
  session_.in_transaction = false;
  session_.held.clear();
  savepoints_.clear();
  if (session_.settings != session_.settings_after_commit) {
    session_.settings = session_.settings_after_commit;
    refresh_search_path(catalog_, session_);
  }
  refresh_timeouts(session_);
}

void Replay::rollback() {
  if (!session_.in_transaction) return;
  session_.in_transaction = false;
  session_.held.clear();
  if (!savepoints_.empty()) catalog_ = savepoints_.front().catalog;
  savepoints_.clear();
  session_.settings = session_.settings_before;
  refresh_search_path(catalog_, session_);
  refresh_timeouts(session_);
}

Effects Replay::apply(const model::Statement& statement) {
  return apply(statement, model::Certainty::kExact);
}

Effects Replay::apply(const model::Statement& statement, model::Certainty certainty) {
  Effects effects;
  if (const auto* control = std::get_if<model::Transaction>(&statement.operation)) {
    apply_transaction(*control, effects);
    return effects;
  }
  if (!session_.in_transaction) ++session_.transaction;
  const Catalog before = catalog_;
  Run run(catalog_, session_, options_, effects, certainty == model::Certainty::kExact);
  run.sql = statement.sql;
  if (!run_operation(run, statement.operation)) {
    catalog_ = before;
    effects.created.clear();
    effects.dropped.clear();
    effects.losses.clear();
  }
  if (!session_.in_transaction) session_.settings_after_commit = session_.settings;
  refresh_timeouts(session_);
  if (session_.in_transaction) hold(session_, effects);
  return effects;
}

void Replay::apply_transaction(const model::Transaction& control, Effects& effects) {
  using Kind = model::TransactionKind;
  const auto find = [&] {
    return std::find_if(savepoints_.rbegin(), savepoints_.rend(), [&](const Savepoint& savepoint) {
      return savepoint.name == control.savepoint && !savepoint.name.empty();
    });
  };
  const auto fail = [&](const char* sqlstate, std::string message) {
    effects.error = Failure{sqlstate, !session_.uncertain, std::move(message)};
  };
  switch (control.kind) {
    case Kind::kBegin:
      begin_transaction();
      return;
    case Kind::kCommit:
      commit();
      if (control.chain) begin_transaction();
      return;
    case Kind::kRollback:
      rollback();
      if (control.chain) begin_transaction();
      return;
    case Kind::kPrepare:
      rollback();  // What it did waits for COMMIT PREPARED.
      return;
    case Kind::kSavepoint:
      if (!session_.in_transaction) {
        // Whoever runs it may have begun one.
        effects.risks.push_back(
            {"25P01", false, "SAVEPOINT can only be used in transaction blocks"});
        return;
      }
      savepoints_.push_back({control.savepoint, catalog_, session_.held, session_.settings});
      return;
    case Kind::kRelease: {
      if (!session_.in_transaction) {
        fail("25P01", "RELEASE SAVEPOINT can only be used in transaction blocks");
        return;
      }
      const auto found = find();
      if (found == savepoints_.rend()) {
        fail("3B001", "savepoint \"" + control.savepoint + "\" does not exist");
        return;
      }
      savepoints_.erase(std::prev(found.base()), savepoints_.end());
      return;
    }
    case Kind::kRollbackTo: {
      if (!session_.in_transaction) {
        fail("25P01", "ROLLBACK TO SAVEPOINT can only be used in transaction blocks");
        return;
      }
      const auto found = find();
      if (found == savepoints_.rend()) {
        fail("3B001", "savepoint \"" + control.savepoint + "\" does not exist");
        return;
      }
      catalog_ = found->catalog;
      session_.held = found->held;
      session_.settings = found->settings;
      refresh_timeouts(session_);
      savepoints_.erase(found.base(), savepoints_.end());
      return;
    }
    case Kind::kOther:
      return;
  }
}

MigrationTrace replay_migration(Replay& replay, const model::Migration& migration,
                                std::uint32_t index, const model::Settings& /*settings*/,
                                bool with_downgrade) {
  MigrationTrace trace;
  trace.migration = &migration;
  trace.index = index;
  replay.begin_migration(index);
  trace.upgrade = replay_direction(replay, migration.upgrade);
  if (!with_downgrade || migration.downgrade.body == model::BodyKind::kMissing) return trace;
  Replay back = replay;
  back.begin_migration(kLater);
  trace.downgrade = replay_direction(back, migration.downgrade);
  return trace;
}

}  // namespace forelock::postgres
