#pragma once

// Naming conventions: `MetaData(naming_convention={…})`. Source: sqlalchemy/sql/naming.py.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace forelock::alembic {

/// What a convention may ask about a constraint or index.
struct ConventionSubject {
  std::string_view kind;  ///< "ix", "uq", "ck", "fk", "pk"
  std::string table;
  std::string schema;
  std::vector<std::string> columns;
  std::string referred_table;
  std::vector<std::string> referred_columns;
  bool unique = false;  ///< Of an index.
};

struct NamingConvention {
  /// Pairs like {"fk", "fk__%(table_name)s__%(column_0_name)s"}.
  std::vector<std::pair<std::string, std::string>> patterns;
  /// What a token gives that is a function of the project, called with the constraint and its
  /// table; nothing when it cannot be followed. May be empty. Thread-safe.
  std::function<std::optional<std::string>(std::string_view token, const ConventionSubject&)> made;
};

}  // namespace forelock::alembic
