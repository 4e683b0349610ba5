#include "analyzer/postgres/facts/collations.h"

#include <algorithm>
#include <array>

namespace forelock::postgres::facts {
namespace {

// Source: src/include/catalog/pg_collation.dat, PostgreSQL 12 to 18.
constexpr std::array<std::string_view, 9> kBuiltIn = {
    "default",   "C",       "POSIX",           "ucs_basic", "unicode",
    "pg_c_utf8", "C.UTF-8", "pg_unicode_fast", "C.utf8"};

}  // namespace

bool may_be_collation(std::string_view name) {
  if (std::ranges::find(kBuiltIn, name) != kBuiltIn.end()) return true;
  // pg_import_system_collations() takes the names of locales: a language of two or three letters,
  // alone or with more behind it. The aliases of glibc are words in lower case without a digit.
  const std::size_t letters = std::min(name.find_first_of("_-.@"), name.size());
  if (letters == name.size()) return letters >= 2 && letters <= 3;
  return letters == 1 || letters == 2 || letters == 3;
}

}  // namespace forelock::postgres::facts
