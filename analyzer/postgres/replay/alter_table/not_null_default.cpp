// SET and DROP NOT NULL, SET and DROP DEFAULT.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {

bool AlterTableRun::operator()(const CheckNotNull& check) {
  const Column* found = column(check.column);
  if (found == nullptr) return false;
  return found->not_null || found->assumed ||
         run_.fail("42P16", "constraint must be added to child tables too");
}

/// Source: ATExecSetNotNull().
bool AlterTableRun::operator()(const model::SetNotNull& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  if (found->not_null) changes_nothing();
  const bool nulls = found->nulls_written;
  // A rewrite for another reason checks the rows on its way.
  if (set_not_null(run_, table_, found->number) && has_storage(self())) {
    run_.scan(self(), fmt::format("every row of \"{}\" is checked for NULL", action.column));
    if (run_.may_have_rows(self())) {
      run_.may_fail(nulls, "23502",
                    fmt::format("column \"{}\" of relation \"{}\" contains null values",
                                action.column, self().name));
    }
  }
  return true;
}

/// Source: ATExecDropNotNull().
bool AlterTableRun::operator()(const model::DropNotNull& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  const AttributeNumber number = found->number;
  if (!found->not_null && !found->assumed) changes_nothing();
  if (found->identity != model::IdentityKind::kNone) {
    return run_.fail("42601", fmt::format("column \"{}\" of relation \"{}\" is an identity column",
                                          action.column, self().name));
  }
  const CatalogConstraint* key = self().primary_key();
  if (key != nullptr && std::ranges::find(key->columns, number) != key->columns.end()) {
    return run_.fail("42P16", fmt::format("column \"{}\" is in a primary key", action.column));
  }
  if (const Relation* index = run_.catalog.relation(self().replica_identity_index);
      index != nullptr &&
      std::ranges::find(index->keys, number, &IndexColumn::column) != index->keys.end()) {
    return run_.fail(
        "42P16", fmt::format("column \"{}\" is in index used as replica identity", action.column));
  }
  for (const Oid parent : self().parents) {
    const Relation* owner = run_.catalog.relation(parent);
    const Column* above = owner == nullptr ? nullptr : owner->column(action.column);
    const bool inherits = self().is_partition || run_.since(18);
    if (inherits && above != nullptr && above->not_null) {
      return run_.fail(
          "42P16", fmt::format("column \"{}\" is marked NOT NULL in parent table", action.column));
    }
  }
  edit(table_, number, [](Column& copy) {
    copy.not_null = false;
    copy.not_null_constraint.clear();
  });
  return true;
}

void AlterTableRun::default_for(const std::string& name,
                                const std::optional<model::Expression>& value) {
  const Column* own = self().column(name);
  if (own == nullptr) return;
  const AttributeNumber number = own->number;
  run_.change(table_, [&](Relation& copy) {
    std::erase_if(copy.needs, [&](const Dependency& d) {
      return d.object_column == number && d.kind == Dependency::Part::kDefault;
    });
    if (value) {
      add_needs(copy, needs_of(run_.catalog, {}, *value), Dependency::Part::kDefault, number);
    }
    for (Column& column : copy.columns) {
      if (column.number == number) column.default_value = value;
    }
  });
}

/// What ATExecColumnDefault() looks up and refuses, for both of its forms; null after failing.
const Column* AlterTableRun::column_for_default(const std::string& name) {
  const Column* found = column(name);
  if (found == nullptr) return nullptr;
  if (found->identity != model::IdentityKind::kNone) {
    run_.fail("42601", fmt::format("column \"{}\" of relation \"{}\" is an identity column", name,
                                   self().name));
    return nullptr;
  }
  if (found->generated != model::GeneratedKind::kNone) {
    run_.fail("42601", fmt::format("column \"{}\" of relation \"{}\" is a generated column", name,
                                   self().name));
    return nullptr;
  }
  return found;
}

bool AlterTableRun::operator()(const model::SetDefault& action) {
  const Column* found = column_for_default(action.column);
  if (found == nullptr) return false;
  if (!check_default(run_, self(), *found, action.value)) return false;
  std::optional<model::Expression> value;
  if (keeps_default(run_.catalog, found->type, action.value)) value = action.value;
  default_for(action.column, value);
  return true;
}

bool AlterTableRun::operator()(const model::DropDefault& action) {
  const Column* found = column_for_default(action.column);
  if (found == nullptr) return false;
  if (!found->default_value && !found->assumed && !self().open_columns) changes_nothing();
  default_for(action.column, std::nullopt);
  return true;
}

}  // namespace forelock::postgres
