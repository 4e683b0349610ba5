// What ATPrepCmd() refuses before any subcommand runs.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {

bool AlterTableRun::check_kind(const Relation& relation, const model::AlterAction& action) {
  if (relation.assumed) return true;
  const auto is = [&]<typename... Actions>(std::type_identity<Actions>...) {
    return (std::holds_alternative<Actions>(action.what) || ...);
  };
  using std::type_identity;
  const bool other = is(type_identity<model::OtherAction>{});
  bool fits = true;
  switch (relation.kind) {
    case RelationKind::kTable:
    case RelationKind::kPartitionedTable:
    case RelationKind::kForeignTable:
    case RelationKind::kCompositeType:
      return true;
    case RelationKind::kView:
      fits =
          other || is(type_identity<model::SetDefault>{}, type_identity<model::DropDefault>{},
                      type_identity<model::SetTableOptions>{}, type_identity<model::ChangeOwner>{});
      break;
    case RelationKind::kMaterializedView:
      fits = other ||
             is(type_identity<model::SetStatistics>{}, type_identity<model::SetColumnOptions>{},
                type_identity<model::SetStorage>{}, type_identity<model::SetCompression>{},
                type_identity<model::ClusterOn>{}, type_identity<model::SetTablespace>{},
                type_identity<model::SetAccessMethod>{}, type_identity<model::SetTableOptions>{},
                type_identity<model::ChangeOwner>{});
      break;
    case RelationKind::kIndex:
    case RelationKind::kPartitionedIndex:
      fits = other ||
             is(type_identity<model::SetStatistics>{}, type_identity<model::SetTablespace>{},
                type_identity<model::SetTableOptions>{}, type_identity<model::AttachPartition>{},
                type_identity<model::ChangeOwner>{}, type_identity<model::SetColumnOptions>{});
      break;
    case RelationKind::kSequence:
      fits = other || is(type_identity<model::ChangeOwner>{}, type_identity<model::SetLogged>{},
                         type_identity<model::SetTablespace>{});
      break;
  }
  if (fits) return true;
  return run_.fail("42809", fmt::format("\"{}\" is not a table", relation.name));
}

bool AlterTableRun::prepare(const model::AlterAction& action) {
  if (self().kind == RelationKind::kCompositeType) {
    const auto* add = std::get_if<model::AddColumn>(&action.what);
    const auto* drop = std::get_if<model::DropColumn>(&action.what);
    const auto* retype = std::get_if<model::AlterColumnType>(&action.what);
    const bool cascades = (add != nullptr && add->cascade) || (drop != nullptr && drop->cascade) ||
                          (retype != nullptr && retype->cascade);
    if (!cascades && !check_typed_tables(run_, self())) return false;
  }
  if (const auto* alter = std::get_if<model::AlterColumnType>(&action.what)) {
    return prepare_type(*alter);
  }
  if (std::holds_alternative<model::AddColumn>(action.what) && self().of_type != 0) {
    return run_.fail("42809", "cannot add column to typed table");
  }
  if (std::holds_alternative<model::DropColumn>(action.what) && self().of_type != 0) {
    return run_.fail("42809", "cannot drop column from typed table");
  }
  if (const auto* drop_expression = std::get_if<model::DropExpression>(&action.what)) {
    if (statement_.only && !self().children.empty()) {
      return run_.fail("42P16",
                       "ALTER TABLE / DROP EXPRESSION must be applied to child tables too");
    }
    const Column* found = run_.column(table_, drop_expression->column);
    if (found == nullptr) return false;
    if (found->inherited_from > 0) {
      return run_.fail("42P16", "cannot drop generation expression from inherited column");
    }
  }
  if (const auto* logged = std::get_if<model::SetLogged>(&action.what)) {
    // Only one of them may change it.
    for (const model::AlterAction& other : statement_.actions) {
      if (&other == &action) break;
      const auto* before = std::get_if<model::SetLogged>(&other.what);
      const bool is_logged = self().persistence != model::Persistence::kUnlogged;
      if (before != nullptr && before->logged != is_logged) {
        return run_.fail("0A000", "cannot change persistence setting twice");
      }
    }
    return prepare_persistence(logged->logged);
  }
  const bool inherits = std::holds_alternative<model::Inherit>(action.what);
  if (inherits && (self().of_type != 0 || self().is_partition ||
                   self().kind == RelationKind::kPartitionedTable)) {
    return run_.fail("42809", fmt::format("cannot change inheritance of \"{}\"", self().name));
  }
  return true;
}

}  // namespace forelock::postgres
