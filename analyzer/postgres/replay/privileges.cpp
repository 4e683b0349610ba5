// GRANT and REVOKE.

#include "analyzer/postgres/facts/privileges.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

using model::ObjectKind;

bool objects_exist(Run& run, const model::Grant& statement) {
  if (statement.all_in_schema || statement.kind == ObjectKind::kSchema) {
    for (const model::ObjectReference& object : statement.objects) {
      if (run.catalog.find_schema(object.name.name) != nullptr || run.options.assume_missing ||
          run.is_system({object.name.name, ""})) {
        continue;
      }
      return run.fail("3F000", fmt::format("schema \"{}\" does not exist", object.name.name));
    }
    return true;
  }
  if (statement.kind != ObjectKind::kTable && statement.kind != ObjectKind::kSequence) return true;
  for (const model::ObjectReference& object : statement.objects) {
    if (run.is_system(object.name)) continue;
    const auto kind =
        statement.kind == ObjectKind::kSequence ? RelationKind::kSequence : RelationKind::kTable;
    const Relation* relation = run.relation(object.name, kind);
    if (relation == nullptr) return false;
    const bool wrong = is_index(relation->kind) || relation->kind == RelationKind::kCompositeType ||
                       (kind == RelationKind::kSequence && relation->kind != kind);
    if (wrong && !relation->assumed) {
      return run.fail("42809", fmt::format("\"{}\" is not a {}", relation->name,
                                           model::display(statement.kind)));
    }
  }
  return true;
}

}  // namespace

bool apply(Run& run, const model::Grant& statement) {
  if (!objects_exist(run, statement)) return false;
  for (const std::string& privilege : statement.privileges) {
    if (privilege == "all") continue;
    if (!facts::is_privilege(privilege, run.options.pg_version)) {
      return run.fail("42601", fmt::format("unrecognized privilege type \"{}\"", privilege));
    }
    if (!facts::privilege_fits(privilege, statement.kind)) {
      return run.fail("0LP01", fmt::format("invalid privilege type {} for {}", privilege,
                                           model::display(statement.kind)));
    }
  }
  if (statement.kind != ObjectKind::kTable || statement.all_in_schema) return true;
  for (const model::ObjectReference& object : statement.objects) {
    const Relation* table = run.relation_if_any(object.name);
    if (table == nullptr) continue;
    for (const std::string& column : statement.columns) {
      if (run.column(table->oid, column) == nullptr) return false;
    }
  }
  return true;
}

}  // namespace forelock::postgres
