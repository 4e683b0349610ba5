#pragma once

// Runs statements against a Catalog as PostgreSQL would and says what each one does.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/model/project.h"
#include "analyzer/postgres/catalog.h"
#include "analyzer/postgres/effects.h"

namespace forelock::postgres {

struct ReplayOptions {
  int pg_version = 15;
  /// Objects that a statement names but the history never made are assumed to exist (a history that
  /// starts in the middle); otherwise naming them is the error PostgreSQL raises.
  bool assume_missing = true;
};

/// Session and transaction state beside the catalog.
struct Session {
  bool in_transaction = false;
  std::uint32_t transaction = 0;  ///< Running number.
  std::uint32_t migration = 0;    ///< Index of the revision being replayed.
  /// Strongest lock per relation held by the open transaction, with the step that took it.
  struct Held {
    Lock lock;
    std::size_t step = 0;
  };
  std::vector<Held> held;
  std::string lock_timeout, statement_timeout;  ///< As set; empty: default.
  bool lock_timeout_local = false;
  std::size_t step = 0;  ///< Index of the step being replayed in its direction.
  /// Every setting that was SET, names in lower case; a reset one is absent.
  std::map<std::string, std::string> settings;
  /// Settings to return to at the end of the transaction (SET LOCAL), and after a rollback.
  std::map<std::string, std::string> settings_after_commit, settings_before;
  /// Something that could not be analysed ran before: no error is certain any more.
  bool uncertain = false;
  std::vector<Oid> marked;  ///< Relations that bear marks of this migration, on them or a column.
};

/// Replays single statements. A value: copy it to try something.
class Replay {
 public:
  explicit Replay(ReplayOptions options) : Replay(options, Catalog()) {}
  Replay(ReplayOptions options, Catalog start) : options_(options), catalog_(std::move(start)) {
    catalog_.assume_extensions(options.assume_missing);
    catalog_.set_server_version(options.pg_version);
  }

  [[nodiscard]] const Catalog& catalog() const { return catalog_; }
  [[nodiscard]] const Session& session() const { return session_; }
  [[nodiscard]] const ReplayOptions& options() const { return options_; }

  void begin_migration(std::uint32_t index);
  void begin_transaction();
  void commit();
  void rollback();
  /// Applies one statement. On a certain error the catalog stays as it was.
  Effects apply(const model::Statement& statement);
  /// The same, saying how sure it is that the statement runs, and as it stands: errors of a
  /// statement that is not kExact are never certain.
  Effects apply(const model::Statement& statement, model::Certainty certainty);
  /// A step ran whose SQL is not known.
  void apply_unknown() { session_.uncertain = true; }
  void set_step(std::size_t step) { session_.step = step; }

 private:
  ReplayOptions options_;
  Catalog catalog_;
  Session session_;
  struct Savepoint {
    std::string name;
    Catalog catalog;
    std::vector<Session::Held> held;
    std::map<std::string, std::string> settings;
  };
  void apply_transaction(const model::Transaction& control, Effects& effects);
  std::vector<Savepoint> savepoints_;  ///< The first is the transaction's start.
};

/// One replayed step with what surrounded it.
struct TraceStep {
  const model::Step* step = nullptr;  ///< Never null; owned by the Project.
  Catalog before;                     ///< Shares what did not change.
  Effects effects;                    ///< Empty for NotAnalyzed.
  bool in_transaction = false;
  std::vector<Session::Held> held_before;  ///< Locks of the open transaction before this step.
  std::string lock_timeout, statement_timeout;
};

struct DirectionTrace {
  std::vector<TraceStep> steps;
  Catalog before, after;
};

/// A revision replayed: up from what its parents left, then down from its own result.
struct MigrationTrace {
  const model::Migration* migration = nullptr;
  std::uint32_t index = 0;
  DirectionTrace upgrade;
  DirectionTrace downgrade;  ///< Starts at upgrade.after; empty when there is none.
};

/// Replays one migration from the catalog and session state in `replay` (left after its upgrade).
MigrationTrace replay_migration(Replay& replay, const model::Migration& migration,
                                std::uint32_t index, const model::Settings& settings,
                                bool with_downgrade);

}  // namespace forelock::postgres
