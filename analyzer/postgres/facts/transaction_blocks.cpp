#include "analyzer/postgres/facts/transaction_blocks.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace forelock::postgres::facts {
namespace {

struct Refusal {
  std::string_view tag;
  std::string_view with;     ///< Only when the text has this (lower case, no space); empty: always.
  std::string_view without;  ///< Not when the text has one of these, separated by `|`.
};

// Source: PreventInTransactionBlock() in src/backend/tcop/utility.c and src/backend/commands,
// PostgreSQL 12 to 18.
constexpr Refusal kRefusals[] = {
    {"ALTER DATABASE", "settablespace", ""},
    {"ALTER SUBSCRIPTION", "refreshpublication", "copy_data=false"},
    {"ALTER SUBSCRIPTION", "setpublication", "refresh=false"},
    {"ALTER SUBSCRIPTION", "addpublication", "refresh=false"},
    {"ALTER SUBSCRIPTION", "droppublication", "refresh=false"},
    {"ALTER SUBSCRIPTION", "two_phase", ""},
    {"ALTER SUBSCRIPTION", "failover", ""},
    {"ALTER SYSTEM", "", ""},
    {"CREATE DATABASE", "", ""},
    {"CREATE SUBSCRIPTION", "", "connect=false|create_slot=false"},
    {"CREATE TABLESPACE", "", ""},
    {"DISCARD", "discardall", ""},
    {"DROP DATABASE", "", ""},
    {"DROP SUBSCRIPTION", "", ""},
    {"DROP TABLESPACE", "", ""},
};

}  // namespace

bool refuses_transaction_block(std::string_view tag, std::string_view sql, int /*version*/) {
  std::string text;
  for (const char c : sql) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return std::ranges::any_of(kRefusals, [&](const Refusal& refusal) {
    if (refusal.tag != tag || text.find(refusal.with) == std::string::npos) return false;
    std::string_view rest = refusal.without;
    while (!rest.empty()) {
      const std::size_t bar = std::min(rest.find('|'), rest.size());
      if (text.find(rest.substr(0, bar)) != std::string::npos) return false;
      rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
    return true;
  });
}

}  // namespace forelock::postgres::facts
