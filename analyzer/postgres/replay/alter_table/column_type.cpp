// ALTER COLUMN TYPE: phase 1 reads USING and finds the conversion, for all children too, before any
// subcommand changes the table; its pass changes the types.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {
namespace {

/// How many of a child's parents stand in the tree.
int parents_within(const Relation& child, const std::vector<Oid>& tree) {
  return static_cast<int>(std::ranges::count_if(
      child.parents, [&](Oid parent) { return std::ranges::find(tree, parent) != tree.end(); }));
}

}  // namespace

/// Source: the parser's transformAlterTableStmt(), then ATPrepAlterColumnType().
bool AlterTableRun::prepare_type(Oid table, const model::AlterAction& action, bool recurse,
                                 bool recursing) {
  const auto& alter = std::get<model::AlterColumnType>(action.what);
  if (alter.using_expression &&
      !check_expression(run_, run_.at(table), *alter.using_expression, "transform expression")) {
    return false;
  }
  if (is_system_column(alter.column) && run_.at(table).column(alter.column) == nullptr) {
    return run_.fail("0A000", fmt::format("cannot alter system column \"{}\"", alter.column));
  }
  const Column* column = run_.column(table, alter.column);
  if (column == nullptr) return false;
  if (column->identity != model::IdentityKind::kNone) {
    const ResolvedType type = run_.type(alter.type);
    if (!type.known) return false;
    const std::string& name = type.name.name.name;
    if (type.name.array_dimensions > 0 || (name != "int2" && name != "int4" && name != "int8")) {
      return run_.fail("22023", "identity column type must be smallint, integer, or bigint");
    }
  }
  const Relation& relation = run_.at(table);
  if (relation.of_type != 0 && !recursing) {
    return run_.fail("42809", "cannot alter column type of typed table");
  }
  if (alter.using_expression && column->generated != model::GeneratedKind::kNone) {
    return run_.fail("42611", "cannot specify USING when altering type of generated column");
  }
  if (column->inherited_from > 0 && !recursing) {
    return run_.fail("42P16", fmt::format("cannot alter inherited column \"{}\"", alter.column));
  }
  if (is_partition_key(relation, alter.column)) {
    return run_.fail("42P16", fmt::format("cannot alter column \"{}\" because it is part of the "
                                          "partition key of relation \"{}\"",
                                          alter.column, relation.name));
  }
  const std::optional<bool> rewrite = convert_column(run_, table, alter);
  if (!rewrite) return false;
  if (!has_storage(run_.at(table)) && !check_row_type(table)) return false;
  work_of(table).new_values = true;
  if (recurse) {
    if (!prepare_type_of_children(table, action)) return false;
  } else if (!recursing && !run_.at(table).children.empty()) {
    return run_.fail("42P16",
                     fmt::format("type of inherited column \"{}\" must be changed in child "
                                 "tables too",
                                 alter.column));
  }
  if (!prepare_typed_tables(table, action, alter.cascade)) return false;
  queue(table, Pass::kAlterType, {PreparedType{&alter, *rewrite}, recurse});
  return true;
}

bool AlterTableRun::prepare_type_of_children(Oid table, const model::AlterAction& action) {
  const std::string& name = std::get<model::AlterColumnType>(action.what).column;
  const std::vector<Oid> children = run_.descendants(run_.at(table));
  std::vector<Oid> tree = children;
  tree.push_back(table);
  for (const Oid child : children) {
    run_.lock(child, mode_);
    const Column* own = run_.column(child, name);
    if (own == nullptr) return false;
    if (own->inherited_from > parents_within(run_.at(child), tree)) {
      return run_.fail("42P16", fmt::format("cannot alter inherited column \"{}\" of relation "
                                            "\"{}\"",
                                            name, run_.at(child).name));
    }
    if (!prepare(child, action, false, true)) return false;
  }
  return true;
}

/// Source: ATExecAlterColumnType().
bool AlterTableRun::operator()(const PreparedType& prepared) {
  const model::AlterColumnType& action = *prepared.action;
  const Column* now = run_.column(table_, action.column);
  if (now == nullptr) return false;
  const Column* before = work_of(table_).before->column(now->number);
  if (before != nullptr && !before->assumed &&
      (!same_type(before->type, now->type) || before->type.modifiers != now->type.modifiers)) {
    return run_.fail("0A000",
                     fmt::format("cannot alter type of column \"{}\" twice", action.column));
  }
  const std::optional<TypeChange> change =
      change_column_type(run_, table_, action, prepared.rewrite);
  if (!change) return false;
  type_changes_.push_back(*change);
  if (change->rewrite && has_storage(self())) {
    // A table that is written anew says so only when its phase begins: ATRewriteTables().
    rewrites_.emplace(
        table_, fmt::format("the type of \"{}\" changes from {} to {}", action.column,
                            model::display(change->old_type), model::display(change->new_type)));
  }
  return true;
}

}  // namespace forelock::postgres
