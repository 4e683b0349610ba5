#include "analyzer/postgres/facts/privileges.h"

#include <algorithm>

namespace forelock::postgres::facts {
namespace {

struct Privilege {
  std::string_view name;
  int since;
};

// Source: PostgreSQL manual, table "ACL Privilege Abbreviations" (5.8); MAINTAIN came with 17, SET
// and ALTER SYSTEM with 15.
constexpr Privilege kPrivileges[] = {
    {"select", 0},   {"insert", 0},     {"update", 0},        {"delete", 0},
    {"truncate", 0}, {"references", 0}, {"trigger", 0},       {"execute", 0},
    {"usage", 0},    {"create", 0},     {"temporary", 0},     {"temp", 0},
    {"connect", 0},  {"set", 15},       {"alter system", 15}, {"maintain", 17},
};

struct Grantable {
  model::ObjectKind kind;
  std::string_view privileges;  ///< Each between blanks.
};

// Source: PostgreSQL manual, table "Summary of Access Privileges" (5.8). Sequences may be named as
// tables, so that a table takes USAGE as well.
constexpr Grantable kGrantable[] = {
    {model::ObjectKind::kTable,
     " select insert update delete truncate references trigger maintain usage "},
    {model::ObjectKind::kSequence, " select update usage "},
    {model::ObjectKind::kSchema, " usage create "},
    {model::ObjectKind::kFunction, " execute "},
    {model::ObjectKind::kProcedure, " execute "},
    {model::ObjectKind::kRoutine, " execute "},
    {model::ObjectKind::kType, " usage "},
    {model::ObjectKind::kDomain, " usage "},
    {model::ObjectKind::kDatabase, " create connect temporary temp "},
    {model::ObjectKind::kTablespace, " create "},
    {model::ObjectKind::kServer, " usage "},
    {model::ObjectKind::kLanguage, " usage "},
};

}  // namespace

bool is_privilege(std::string_view name, int version) {
  return std::ranges::any_of(kPrivileges, [&](const Privilege& privilege) {
    return privilege.name == name && version >= privilege.since;
  });
}

bool privilege_fits(std::string_view name, model::ObjectKind kind) {
  const auto found = std::ranges::find(kGrantable, kind, &Grantable::kind);
  if (found == std::end(kGrantable)) return true;
  std::size_t at = 0;
  while ((at = found->privileges.find(name, at)) != std::string_view::npos) {
    if (found->privileges[at - 1] == ' ' && found->privileges[at + name.size()] == ' ') return true;
    at += name.size();
  }
  return false;
}

}  // namespace forelock::postgres::facts
