// ADD, DROP, VALIDATE and ALTER CONSTRAINT.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/proof.h"
#include "analyzer/postgres/replay/alter_table/alter_table.h"
#include "analyzer/postgres/replay/inserted_values.h"

namespace forelock::postgres {

using model::ConstraintKind;

using Kind = DropTarget::Kind;

/// The parser's look at the constraint, and what it queues: ATParseTransformCmd().
bool AlterTableRun::operator()(const model::AddConstraint& action) {
  const model::Constraint& constraint = action.constraint;
  if (!check_key_columns(run_, table_, constraint)) return false;
  if (constraint.kind == ConstraintKind::kPrimaryKey) {
    for (const std::string& name : key_columns(constraint)) {
      if (!prepare_not_null(table_, name, nullptr, recurse_)) return false;
      queue(table_, Pass::kColumnAttributes, {model::SetNotNull{name}});
    }
  }
  queue(table_, pass_of(constraint), {ParsedConstraint{constraint, false, false}, recurse_});
  return true;
}

/// The names of a key's columns, those of the index that it takes over included.
std::vector<std::string> AlterTableRun::key_columns(const model::Constraint& constraint) const {
  if (constraint.using_index.empty()) return constraint.columns;
  std::vector<std::string> names;
  const Relation* index = run_.catalog.find_index({self().schema, constraint.using_index});
  if (index == nullptr || index->table != table_) return names;
  for (const IndexColumn& key : index->keys) {
    if (const Column* column = self().column(key.column)) names.push_back(column->name);
  }
  return names;
}

/// Whether a column of the key is made by this statement and has no values: nothing to look up.
bool AlterTableRun::holds_null_only(const model::Constraint& constraint) const {
  if (constraint.kind != ConstraintKind::kForeignKey || constraint.match == 'f') return false;
  return std::ranges::any_of(statement_.actions, [&](const model::AlterAction& action) {
    const auto* add = std::get_if<model::AddColumn>(&action.what);
    if (add == nullptr || add->if_not_exists ||
        std::ranges::find(constraint.columns, add->column.name) == constraint.columns.end()) {
      return false;
    }
    const Column* column = self().column(add->column.name);
    return column != nullptr && !column->default_value && !column->not_null &&
           column->generated == model::GeneratedKind::kNone &&
           user_type(run_.catalog, column->type) == nullptr;
  });
}

bool AlterTableRun::operator()(const ParsedConstraint& parsed) {
  const model::Constraint& constraint = parsed.constraint;
  const Relation& table = self();
  if (table.kind == RelationKind::kPartitionedTable && recurse_) {
    const bool key = constraint.kind == ConstraintKind::kPrimaryKey ||
                     constraint.kind == ConstraintKind::kUnique ||
                     constraint.kind == ConstraintKind::kExclusion;
    // The indexes of the partitions are built under SHARE, as CREATE INDEX does it.
    const LockMode mode = key ? LockMode::kShare
                          : constraint.kind == ConstraintKind::kForeignKey
                              ? LockMode::kShareRowExclusive
                              : mode_;
    for (const Oid child : run_.descendants(table)) run_.lock(child, mode);
  } else if (constraint.kind == ConstraintKind::kCheck && recurse_ && !constraint.no_inherit) {
    run_.lock_tree(table, mode_);
  }
  return add_constraint(run_, table_, constraint,
                        {.skip_scan = parsed.skip_scan,
                         .only = !recurse_,
                         .all_null = parsed.all_null || holds_null_only(constraint)});
}

bool AlterTableRun::drop_constraint(Oid oid, const model::DropConstraint& action, bool recursing) {
  const Relation& table = run_.at(oid);
  const CatalogConstraint* found = table.constraint_named(action.name);
  if (found == nullptr) {
    // NOT NULL constraints have names since PostgreSQL 18.
    for (const Column& column : table.columns) {
      if (column.not_null_constraint.empty() || column.not_null_constraint != action.name) continue;
      const CatalogConstraint* key = table.primary_key();
      if (key != nullptr && std::ranges::find(key->columns, column.number) != key->columns.end()) {
        return run_.fail("42P16", fmt::format("column \"{}\" is in a primary key", column.name));
      }
      edit(oid, column.number, [](Column& copy) {
        copy.not_null = false;
        copy.not_null_constraint.clear();
      });
      return true;
    }
    if (action.if_exists || table.assumed) {
      if (!table.assumed) changes_nothing();
      return true;
    }
    return run_.fail("42704", fmt::format("constraint \"{}\" of relation \"{}\" does not exist",
                                          action.name, table.name));
  }
  if (found->inherited_from > 0 && !recursing) {
    return run_.fail("42P16", fmt::format("cannot drop inherited constraint \"{}\" of relation "
                                          "\"{}\"",
                                          action.name, table.name));
  }
  const bool is_check = found->kind == ConstraintKind::kCheck;
  const bool no_inherit = found->no_inherit;
  run_.lose(model::ObjectKind::kConstraint, fmt::format("{}.{}", shown(table), action.name),
            recursing, false);
  if (!drop(run_, {{.kind = Kind::kConstraint, .oid = oid, .part = found->oid, .name = {}}},
            action.cascade)) {
    return false;
  }
  // What partitions have of a key or a foreign key went with it.
  const bool partitioned = run_.at(oid).kind == RelationKind::kPartitionedTable;
  if (!is_check && partitioned) return true;
  const std::vector<Oid> children = no_inherit ? std::vector<Oid>{} : run_.at(oid).children;
  // Since version 18 the partitions may keep theirs.
  if (partitioned && !children.empty() && !recurse_ && !run_.since(18)) {
    return run_.fail("42P16",
                     "cannot remove constraint from only the partitioned table when "
                     "partitions exist");
  }
  if (!is_check) return true;
  for (const Oid child : children) {
    const CatalogConstraint* own = run_.at(child).constraint_named(action.name);
    if (own == nullptr || own->inherited_from == 0) continue;
    run_.lock(child, mode_);
    if (recurse_ && own->inherited_from == 1 && !own->local) {
      if (!drop_constraint(child, action, true)) return false;
      continue;
    }
    const Oid child_part = own->oid;
    run_.change(child, [&](Relation& copy) {
      for (CatalogConstraint& constraint : copy.constraints) {
        if (constraint.oid != child_part) continue;
        --constraint.inherited_from;
        if (!recurse_) constraint.local = true;
      }
    });
  }
  return true;
}

/// Children first: a constraint is valid only where it is valid for all of them.
bool AlterTableRun::validate_check(Oid oid, const std::string& name, bool recursing) {
  const CatalogConstraint* found = run_.at(oid).constraint_named(name);
  if (found == nullptr) {
    return run_.fail("42704", fmt::format("constraint \"{}\" of relation \"{}\" does not exist",
                                          name, run_.at(oid).name));
  }
  if (found->validated) return true;
  run_.lock(oid, LockMode::kShareUpdateExclusive);
  if (!recursing && !found->no_inherit) {
    for (const Oid child : run_.descendants(run_.at(oid))) {
      if (!recurse_) {
        return run_.fail("42P16", "constraint must be validated on child tables too");
      }
      run_.lock(child, LockMode::kShareUpdateExclusive);
      if (!validate_check(child, name, true)) return false;
    }
  }
  run_.scan(run_.at(oid), fmt::format("constraint \"{}\" is checked for every row", name));
  const bool evidence = found->expression && violates_check(run_.at(oid), *found->expression);
  run_.may_fail(evidence, "23514",
                fmt::format("check constraint \"{}\" of relation \"{}\" is violated by some row",
                            name, run_.at(oid).name));
  run_.change(oid, [&](Relation& copy) {
    for (CatalogConstraint& constraint : copy.constraints) {
      if (constraint.name == name) constraint.validated = true;
    }
  });
  return true;
}

bool AlterTableRun::operator()(const model::ValidateConstraint& action) {
  const CatalogConstraint* found = self().constraint_named(action.name);
  if (found == nullptr) {
    for (const Column& own : self().columns) {
      if (own.not_null_constraint != action.name || action.name.empty()) continue;
      if (!own.not_null_valid) {
        run_.scan(self(), fmt::format("every row of \"{}\" is checked for NULL", own.name));
      }
      edit(table_, own.number, [](Column& copy) { copy.not_null_valid = true; });
      return true;
    }
    if (self().assumed) {
      run_.scan(self(), fmt::format("constraint \"{}\" is checked for every row", action.name));
      return true;
    }
    return run_.fail("42704", fmt::format("constraint \"{}\" of relation \"{}\" does not exist",
                                          action.name, self().name));
  }
  if (found->kind != ConstraintKind::kCheck && found->kind != ConstraintKind::kForeignKey) {
    return run_.fail("42809",
                     fmt::format("constraint \"{}\" of relation \"{}\" is not a foreign key "
                                 "or check constraint",
                                 action.name, self().name));
  }
  if (!found->enforced) {
    return run_.fail("42809", "cannot validate NOT ENFORCED constraint");
  }
  if (found->validated) {
    changes_nothing();
    return true;
  }
  if (found->kind == ConstraintKind::kCheck) return validate_check(table_, action.name, false);
  const Oid referenced = found->referenced_table;
  const Oid part = found->oid;
  run_.lock(referenced, LockMode::kRowShare);
  if (const Relation* other = run_.catalog.relation(referenced)) {
    check_foreign_key_rows(run_, self(), *other, action.name);
  }
  run_.change(table_, [&](Relation& copy) {
    for (CatalogConstraint& constraint : copy.constraints) {
      if (constraint.oid == part) constraint.validated = true;
    }
  });
  return true;
}

bool AlterTableRun::operator()(const model::AlterConstraint& action) {
  if (self().kind == RelationKind::kPartitionedTable && !recurse_ && run_.since(18)) {
    return run_.fail("42P16", "constraint must be altered in child tables too");
  }
  const CatalogConstraint* found = self().constraint_named(action.name);
  const bool of_trigger = std::ranges::any_of(self().triggers, [&](const Trigger& trigger) {
    return trigger.definition.constraint && trigger.name == action.name;
  });
  if (found == nullptr && !of_trigger) {
    if (self().assumed) return true;
    return run_.fail("42704", fmt::format("constraint \"{}\" of relation \"{}\" does not exist",
                                          action.name, self().name));
  }
  if (of_trigger || found->kind != ConstraintKind::kForeignKey) {
    return run_.fail("42809",
                     fmt::format("constraint \"{}\" of relation \"{}\" is not a foreign key "
                                 "constraint",
                                 action.name, self().name));
  }
  if (self().is_partition && found->inherited_from > 0) {
    // ATExecAlterConstraint() gives this error no code of its own.
    return run_.fail("XX000", fmt::format("cannot alter constraint \"{}\" on relation \"{}\"",
                                          action.name, self().name));
  }
  const Oid part = found->oid;
  // The constraint's copies on the partitions follow: ATExecAlterConstrRecurse().
  for (const Oid child : run_.descendants(self())) {
    if (self().kind == RelationKind::kPartitionedTable) run_.lock(child, mode_);
  }
  if (action.enforced.value_or(false) && !found->enforced) {
    if (const Relation* referenced = run_.catalog.relation(found->referenced_table)) {
      run_.lock(*referenced, LockMode::kRowShare);
      check_foreign_key_rows(run_, self(), *referenced, action.name);
    }
  }
  run_.change(table_, [&](Relation& copy) {
    for (CatalogConstraint& constraint : copy.constraints) {
      if (constraint.oid != part) continue;
      if (action.deferrable) constraint.deferrable = *action.deferrable;
      if (action.initially_deferred) {
        constraint.initially_deferred = *action.initially_deferred;
        constraint.deferrable = constraint.deferrable || *action.initially_deferred;
      }
      if (action.enforced) {
        constraint.enforced = *action.enforced;
        constraint.validated = *action.enforced;
      }
    }
  });
  return true;
}

}  // namespace forelock::postgres
