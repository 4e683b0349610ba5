#pragma once

// Runs SQL on a simulated server, for the tests of the postgres layer.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analyzer/postgres/replay.h"
#include "analyzer/sql/parse.h"

namespace forelock::postgres::testing {

inline std::vector<model::Statement> statements(const std::string& sql) {
  std::vector<model::Statement> result;
  for (auto& parsed : sql::parse(sql)) {
    EXPECT_TRUE(parsed.has_value()) << sql;
    if (!parsed) continue;
    model::Statement statement;
    statement.operation = std::move(parsed->operation);
    statement.sql = std::move(parsed->sql);
    result.push_back(std::move(statement));
  }
  return result;
}

/// Applies all statements and returns the effects of the last one.
inline Effects run(Replay& replay, const std::string& sql) {
  Effects effects;
  for (const model::Statement& statement : statements(sql)) effects = replay.apply(statement);
  return effects;
}

inline Replay strict(int version = 15) { return Replay({version, false}); }

/// "t:AccessExclusiveLock p:ShareLock", sorted, reads and indexes left out.
inline std::string locks(const Effects& effects) {
  std::vector<std::string> parts;
  for (const Lock& lock : effects.locks) {
    if (lock.mode < LockMode::kRowExclusive || name(lock.kind) == "index" ||
        lock.kind == RelationKind::kSequence) {
      continue;
    }
    parts.push_back(lock.name + ":" + std::string(name(lock.mode)));
  }
  std::ranges::sort(parts);
  std::string result;
  for (const std::string& part : parts) result += (result.empty() ? "" : " ") + part;
  return result;
}

inline std::string names(const std::vector<Work>& work) {
  std::vector<std::string> parts;
  for (const Work& item : work) parts.push_back(item.name);
  std::ranges::sort(parts);
  std::string result;
  for (const std::string& part : parts) result += (result.empty() ? "" : " ") + part;
  return result;
}

inline std::string error(const Effects& effects) {
  return effects.error ? effects.error->sqlstate : std::string();
}

}  // namespace forelock::postgres::testing
