#pragma once

// Which functions are given SQL, and as which argument.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forelock::cxx {

/// The functions of a request: "PQexec", "pqxx::transaction_base::exec", "exec_sql".
class SqlFunctions {
 public:
  explicit SqlFunctions(std::vector<std::string> names) : names_(std::move(names)) {}

  /// Whether a function of this qualified name ("app::db::exec_sql", without inline or unnamed
  /// namespaces) is one: a name ends in a configured one at a `::`.
  [[nodiscard]] bool match(std::string_view qualified) const;
  /// Whether the last part of one of the names is `name`, for calls that could not be resolved.
  [[nodiscard]] bool match_simple(std::string_view name) const;
  /// Whether `name` is one of libpq's functions, which nothing else is called.
  [[nodiscard]] static bool is_libpq(std::string_view name);
  /// Index of the argument that is the SQL, where that is known.
  [[nodiscard]] static std::optional<std::size_t> sql_argument(std::string_view name);

 private:
  std::vector<std::string> names_;
};

/// The last part of a qualified name.
std::string_view last_part(std::string_view qualified);

}  // namespace forelock::cxx
