#pragma once

// All migrations of one history in order, with the settings that change their meaning.

#include <cstddef>
#include <string>
#include <vector>

#include "analyzer/model/migration.h"

namespace forelock::model {

/// What env.py, alembic.ini and the configuration say about how migrations run.
struct Settings {
  std::string dialect = "postgresql";
  int pg_version = 15;             ///< Major version of the server.
  bool pg_version_assumed = true;  ///< Nobody configured it.
  bool transaction_per_migration = false;
  bool transactional_ddl = true;
  std::string version_table = "alembic_version";
  std::string version_table_schema;
};

/// One connected history: a versions folder, a folder of .sql files, or one stream.
struct Project {
  std::string name;  ///< Shown path of the folder.
  Settings settings;
  std::vector<Migration> migrations;  ///< In the order of the graph, parents first.
  std::vector<Problem> problems;
};

}  // namespace forelock::model
