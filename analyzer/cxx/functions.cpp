#include "analyzer/cxx/functions.h"

#include <algorithm>
#include <array>

namespace forelock::cxx {
namespace {

struct Position {
  std::string_view name;
  std::size_t argument;
};

/// Source: libpq, 32.3.1 and 32.4 of the PostgreSQL 18 manual. libpqxx's functions take the SQL
/// first, but `prepare` a name before it.
constexpr auto kPositions = std::to_array<Position>({
    {"PQexec", 1},
    {"PQexecParams", 1},
    {"PQprepare", 2},
    {"PQsendQuery", 1},
    {"PQsendQueryParams", 1},
    {"PQsendPrepare", 2},
});

}  // namespace

std::string_view last_part(std::string_view qualified) {
  const std::size_t colons = qualified.rfind("::");
  return colons == std::string_view::npos ? qualified : qualified.substr(colons + 2);
}

bool SqlFunctions::match(std::string_view qualified) const {
  return std::ranges::any_of(names_, [qualified](const std::string& name) {
    if (!qualified.ends_with(name)) return false;
    const std::string_view before = qualified.substr(0, qualified.size() - name.size());
    return before.empty() || before.ends_with("::");
  });
}

bool SqlFunctions::match_simple(std::string_view name) const {
  return std::ranges::any_of(names_,
                             [name](const std::string& one) { return last_part(one) == name; });
}

bool SqlFunctions::is_libpq(std::string_view name) { return sql_argument(name).has_value(); }

std::optional<std::size_t> SqlFunctions::sql_argument(std::string_view name) {
  const auto found = std::ranges::find(kPositions, name, &Position::name);
  return found == kPositions.end() ? std::nullopt : std::optional(found->argument);
}

}  // namespace forelock::cxx
