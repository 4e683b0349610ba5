// ALTER COLUMN TYPE.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {

/// Whether the type of the column may be changed here, and not only on a parent or a composite.
bool AlterTableRun::may_change_type(const Relation& table, const Column& column) {
  if (table.of_type != 0) return run_.fail("42809", "cannot alter column type of typed table");
  if (column.inherited_from > 0) {
    return run_.fail("42P16", fmt::format("cannot alter inherited column \"{}\"", column.name));
  }
  std::vector<Oid> tables = run_.descendants(table);
  tables.insert(tables.begin(), table.oid);
  for (const Oid oid : tables) {
    if (!is_partition_key(run_.at(oid), column.name)) continue;
    return run_.fail("42P16", fmt::format("cannot alter column \"{}\" because it is part of the "
                                          "partition key of relation \"{}\"",
                                          column.name, run_.at(oid).name));
  }
  return true;
}

bool AlterTableRun::prepare_type(const model::AlterColumnType& action) {
  const Column* existing = column(action.column);
  if (existing == nullptr) return false;
  // USING is read, and an identity's sequence changed, before anything is checked.
  if (action.using_expression &&
      !check_expression(run_, self(), *action.using_expression, "transform expression")) {
    return false;
  }
  if (existing->identity != model::IdentityKind::kNone) {
    const ResolvedType type = run_.type(action.type);
    if (!type.known) return false;
    const std::string& name = type.name.name.name;
    if (type.name.array_dimensions > 0 || (name != "int2" && name != "int4" && name != "int8")) {
      return run_.fail("22023", "identity column type must be smallint, integer, or bigint");
    }
  }
  if (action.using_expression && existing->generated != model::GeneratedKind::kNone) {
    return run_.fail("42611", "cannot specify USING when altering type of generated column");
  }
  if (!may_change_type(self(), *existing)) return false;
  const ResolvedType type = run_.type(action.type);
  if (!type.known) return false;
  if (action.using_expression) {
    const model::TypeName from =
        infer_type(run_.catalog, Scope::of(self()), *action.using_expression);
    if (cast_path(run_.catalog, from, type.name, CastContext::kAssignment) == CastPath::kNone) {
      return run_.fail("42804", fmt::format("result of USING clause for column \"{}\" cannot be "
                                            "cast automatically to type {}",
                                            action.column, model::display(type.name)));
    }
    return true;
  }
  if (existing->assumed) return true;
  if (cast_path(run_.catalog, existing->type, type.name, CastContext::kAssignment) ==
      CastPath::kNone) {
    return run_.fail("42804", fmt::format("column \"{}\" cannot be cast automatically to type {}",
                                          action.column, model::display(type.name)));
  }
  return true;
}

bool AlterTableRun::alter_type(Oid oid, const model::AlterColumnType& action, bool recursing) {
  const Relation& table = run_.at(oid);
  const Column* existing = run_.column(oid, action.column);
  if (existing == nullptr) return false;
  if (table.kind == RelationKind::kCompositeType) {
    for (const Dependency& dependency : run_.catalog.dependents(oid)) {
      if (dependency.kind == Dependency::Part::kColumn) {
        return run_.fail(
            "0A000", fmt::format("cannot alter type \"{}\" because a column uses it", table.name));
      }
    }
  } else {
    for (const Dependency& dependency : run_.catalog.dependents(oid)) {
      if (dependency.kind == Dependency::Part::kColumn && dependency.needs_column == 0) {
        return run_.fail("0A000", fmt::format("cannot alter table \"{}\" because a column uses its "
                                              "row type",
                                              table.name));
      }
    }
  }
  if (!recursing && statement_.only && !table.children.empty()) {
    return run_.fail("42P16",
                     fmt::format("type of inherited column \"{}\" must be changed in child "
                                 "tables too",
                                 action.column));
  }
  if (recursing) run_.lock(table, mode_);
  for (const TypeChange& earlier : type_changes_) {
    if (earlier.table != oid || earlier.column != existing->number) continue;
    // Reached through another parent.
    if (recursing) return true;
    if (earlier.old_type == earlier.new_type) continue;
    return run_.fail("0A000",
                     fmt::format("cannot alter type of column \"{}\" twice", action.column));
  }
  const std::optional<TypeChange> change = change_column_type(run_, oid, action);
  if (!change) return false;
  type_changes_.push_back(*change);
  if (change->rewrite && has_storage(run_.at(oid))) {
    rewrites_.emplace(
        oid, fmt::format("the type of \"{}\" changes from {} to {}", action.column,
                         model::display(change->old_type), model::display(change->new_type)));
  }
  const std::vector<Oid> children = run_.at(oid).children;
  for (const Oid child : children) {
    if (!alter_type(child, action, true)) return false;
  }
  if (run_.at(oid).kind == RelationKind::kCompositeType) {
    for (const Dependency& dependency : run_.catalog.dependents(oid)) {
      const Relation* typed = run_.catalog.relation(dependency.object);
      if (typed != nullptr && typed->of_type == oid && !alter_type(typed->oid, action, true)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace forelock::postgres
