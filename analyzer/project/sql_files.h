#pragma once

// Folders of .sql files: which file is which direction of which migration, as Flyway,
// golang-migrate, sqlx, dbmate, goose, diesel, Prisma and plain numbering have it.

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/model/migration.h"
#include "analyzer/text/source_file.h"

namespace forelock::project {

/// How a file's name says what it is. The path is relative to the history's folder.
struct SqlName {
  std::string key;          ///< The same for both directions of one migration.
  bool downgrade = false;   ///< `X.down.sql`, `U1__x.sql`, `down.sql`.
  bool repeatable = false;  ///< Flyway's `R__x.sql`: after all others.
};
SqlName classify_sql_name(std::string_view relative_path);

/// Whether the name starts with a number or version, as migrations' names do.
bool is_numbered_sql(std::string_view relative_path);
/// The folder of the history that a file belongs to: its own, or the one above for tools that keep
/// each migration in a folder of its own.
std::string sql_history_folder(std::string_view path);

/// A script as a migration. Files with both directions (`-- migrate:down`, `-- +goose Down`) are
/// split. `one_transaction`: how the configured runner applies a file; those two tools have their
/// own way.
model::Migration read_sql_migration(const text::FileRef& file, bool one_transaction);
/// Makes the steps of `down` the downgrade of `up`. They keep their place as the origin's `via`,
/// since a migration has one file.
void join_downgrade(model::Migration& up, model::Migration down);

}  // namespace forelock::project
