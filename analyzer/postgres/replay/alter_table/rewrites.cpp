// Phase 3 of ALTER TABLE, ATRewriteTables().

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {
namespace {

/// Whether values of a relation's row type are in the rows of some table, in a column or inside of
/// one. Source: find_composite_type_dependencies().
bool is_stored(const Catalog& catalog, Oid type, std::vector<Oid>& seen) {
  if (std::ranges::find(seen, type) != seen.end()) return false;
  seen.push_back(type);
  return std::ranges::any_of(catalog.dependents(type), [&](const Dependency& dependency) {
    if (dependency.needs_column != 0) return false;
    const Relation* user = catalog.relation(dependency.object);
    if (user == nullptr) {
      return catalog.type(dependency.object) != nullptr &&
             is_stored(catalog, dependency.object, seen);
    }
    if (dependency.kind != Dependency::Part::kColumn) return false;
    return has_storage(*user) || user->kind == RelationKind::kPartitionedTable ||
           is_stored(catalog, user->oid, seen);
  });
}

}  // namespace

bool AlterTableRun::check_row_type(Oid table) {
  std::vector<Oid> seen;
  return !is_stored(run_.catalog, table, seen) ||
         run_.fail("0A000", fmt::format("cannot alter \"{}\" because a column uses its row type",
                                        run_.at(table).name));
}

bool AlterTableRun::rewrite_tables() {
  for (const TableWork& work : queue_) {
    const Relation* table = run_.catalog.relation(work.table);
    if (table == nullptr || !has_storage(*table)) continue;
    const auto rewrite = rewrites_.find(work.table);
    if ((work.new_values || rewrite != rewrites_.end()) && !check_row_type(work.table)) {
      return false;
    }
    if (rewrite != rewrites_.end()) rewrite_table(run_, *table, rewrite->second);
  }
  return true;
}

}  // namespace forelock::postgres
