#include "analyzer/postgres/effects.h"

#include <algorithm>
#include <array>

namespace forelock::postgres {
namespace {

struct ModeName {
  std::string_view pg_locks, sql;
};
constexpr std::array<ModeName, 8> kModeNames = {{
    {"AccessShareLock", "ACCESS SHARE"},
    {"RowShareLock", "ROW SHARE"},
    {"RowExclusiveLock", "ROW EXCLUSIVE"},
    {"ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE"},
    {"ShareLock", "SHARE"},
    {"ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE"},
    {"ExclusiveLock", "EXCLUSIVE"},
    {"AccessExclusiveLock", "ACCESS EXCLUSIVE"},
}};

constexpr std::size_t index_of(LockMode mode) { return static_cast<std::size_t>(mode) - 1; }

// PostgreSQL manual, table 13.2; bit n stands for mode n + 1.
constexpr std::array<unsigned, 8> kConflicts = {
    0b10000000, 0b11000000, 0b11110000, 0b11111000, 0b11101100, 0b11111100, 0b11111110, 0b11111111,
};

}  // namespace

std::string_view name(LockMode mode) { return kModeNames[index_of(mode)].pg_locks; }
std::string_view sql_name(LockMode mode) { return kModeNames[index_of(mode)].sql; }
bool conflicts(LockMode a, LockMode b) {
  return (kConflicts[index_of(a)] >> index_of(b) & 1U) != 0;
}
bool blocks_reads(LockMode mode) { return conflicts(mode, LockMode::kAccessShare); }
bool blocks_writes(LockMode mode) { return conflicts(mode, LockMode::kRowExclusive); }

std::string_view name(RelationKind kind) {
  switch (kind) {
    case RelationKind::kTable:
      return "table";
    case RelationKind::kPartitionedTable:
      return "partitioned table";
    case RelationKind::kForeignTable:
      return "foreign table";
    case RelationKind::kView:
      return "view";
    case RelationKind::kMaterializedView:
      return "materialized view";
    case RelationKind::kIndex:
    case RelationKind::kPartitionedIndex:
      return "index";
    case RelationKind::kSequence:
      return "sequence";
    case RelationKind::kCompositeType:
      return "composite type";
  }
  return "table";
}

const Lock* Effects::lock_on(std::string_view schema, std::string_view relation) const {
  const auto found = std::ranges::find_if(
      locks, [&](const Lock& lock) { return lock.name == relation && lock.schema == schema; });
  return found == locks.end() ? nullptr : &*found;
}

std::optional<LockMode> Effects::strongest() const {
  std::optional<LockMode> result;
  for (const Lock& lock : locks) {
    if (!result || lock.mode > *result) result = lock.mode;
  }
  return result;
}

}  // namespace forelock::postgres
