#pragma once

// What one statement does to a running database: locks, rewrites, scans, failures, losses.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/model/operation.h"
#include "analyzer/postgres/catalog.h"

namespace forelock::postgres {

/// Table-level lock modes, weakest first (PostgreSQL manual, 13.3.1).
enum class LockMode {
  kAccessShare = 1,
  kRowShare,
  kRowExclusive,
  kShareUpdateExclusive,
  kShare,
  kShareRowExclusive,
  kExclusive,
  kAccessExclusive,
};
std::string_view name(LockMode mode);      ///< "AccessExclusiveLock", as in pg_locks.
std::string_view sql_name(LockMode mode);  ///< "ACCESS EXCLUSIVE", as in LOCK TABLE.
bool conflicts(LockMode a, LockMode b);    ///< The conflict matrix, manual table 13.2.
bool blocks_reads(LockMode mode);          ///< SELECT waits.
bool blocks_writes(LockMode mode);         ///< INSERT, UPDATE and DELETE wait.
/// "table", "partitioned table", "foreign table", "view", "materialized view", "index" (partitioned
/// ones too), "sequence", "composite type".
std::string_view name(RelationKind kind);

struct Lock {
  Oid relation = 0;
  std::string schema, name;
  RelationKind kind = RelationKind::kTable;
  LockMode mode = LockMode::kAccessShare;
  /// Nobody else can be waiting: created in this transaction, or in this migration.
  bool unseen = false;
};

/// A relation that a statement works through, at the statement's time.
struct Work {
  Oid relation = 0;
  std::string schema, name;
  std::string reason;   ///< Why, e.g. "the default is volatile", "SET NOT NULL checks every row".
  bool unseen = false;  ///< The table is new in this migration and has no rows that matter.
};

struct Failure {
  std::string sqlstate;
  bool certain = false;  ///< Else it depends on the data or on unknown parts.
  std::string message;
};

/// Data or objects that are gone afterwards.
struct Loss {
  model::ObjectKind kind = model::ObjectKind::kOther;
  std::string object;     ///< "users", "users.email"
  bool implied = false;   ///< Dropped along with something else (CASCADE, index of a column).
  bool had_rows = false;  ///< Rows or values may be lost (false for what this migration created).
};

struct Effects {
  std::vector<Lock> locks;            ///< Strongest mode per relation, in order of first taking.
  std::vector<Work> rewrites;         ///< Heaps written anew.
  std::vector<Work> rebuilds;         ///< Indexes written anew.
  std::vector<Work> scans;            ///< Heaps read to the end.
  std::vector<Work> builds;           ///< Indexes that are made new (their table is in scans).
  std::vector<Oid> created, dropped;  ///< Relations.
  std::vector<Loss> losses;
  bool runs_in_transaction = true;          ///< False: refused inside a transaction block (25001).
  std::optional<Failure> error;             ///< The first that will or may be raised.
  std::vector<Failure> risks;               ///< May fail depending on data.
  bool changes_nothing = false;             ///< IF [NOT] EXISTS not taken, same value as before.
  bool waits_for_old_transactions = false;  ///< CONCURRENTLY.

  [[nodiscard]] const Lock* lock_on(std::string_view schema, std::string_view name) const;
  [[nodiscard]] std::optional<LockMode> strongest() const;
};

}  // namespace forelock::postgres
