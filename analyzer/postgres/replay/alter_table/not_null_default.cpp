// SET and DROP NOT NULL, SET and DROP DEFAULT.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {

bool AlterTableRun::not_null(Oid oid, const std::string& name, bool recursing) {
  const Column* column = recursing ? run_.column(oid, name) : this->column(name);
  if (column == nullptr) return false;
  const AttributeNumber number = column->number;
  const bool nulls = column->nulls_written;
  if (recursing) run_.lock(oid, mode_);
  if (column->not_null && !recursing && statement_.actions.size() == 1) {
    run_.effects.changes_nothing = true;
  }
  if (statement_.only && !recursing && run_.at(oid).kind == RelationKind::kPartitionedTable) {
    for (const Oid child : run_.at(oid).children) {
      const Column* own = run_.at(child).column(name);
      if (own != nullptr && !own->not_null) {
        return run_.fail("42P16", "constraint must be added to child tables too");
      }
    }
  }
  // A rewrite for another reason checks the rows on its way.
  if (run_.catalog.relation(oid) != nullptr && set_not_null(run_, oid, number) &&
      has_storage(run_.at(oid))) {
    run_.scan(run_.at(oid), fmt::format("every row of \"{}\" is checked for NULL", name));
    if (run_.may_have_rows(run_.at(oid))) {
      run_.may_fail(nulls, "23502",
                    fmt::format("column \"{}\" of relation \"{}\" contains null values", name,
                                run_.at(oid).name));
    }
  }
  if (statement_.only) return true;
  const std::vector<Oid> children = run_.at(oid).children;
  for (const Oid child : children) {
    if (!not_null(child, name, true)) return false;
  }
  return true;
}

bool AlterTableRun::operator()(const model::DropNotNull& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  const AttributeNumber number = found->number;
  if (!found->not_null && !found->assumed) {
    run_.effects.changes_nothing = statement_.actions.size() == 1;
  }
  if (found->identity != model::IdentityKind::kNone) {
    return run_.fail("42601", fmt::format("column \"{}\" of relation \"{}\" is an identity column",
                                          action.column, self().name));
  }
  const CatalogConstraint* key = self().primary_key();
  if (key != nullptr && std::ranges::find(key->columns, number) != key->columns.end()) {
    return run_.fail("42P16", fmt::format("column \"{}\" is in a primary key", action.column));
  }
  if (self().replica_identity_index != 0) {
    const Relation* index = run_.catalog.relation(self().replica_identity_index);
    if (index != nullptr && std::ranges::any_of(index->keys, [&](const IndexColumn& k) {
          return k.column == number;
        })) {
      return run_.fail("42P16", fmt::format("column \"{}\" is in index used as replica identity",
                                            action.column));
    }
  }
  for (const Oid parent : self().parents) {
    const Relation* owner = run_.catalog.relation(parent);
    const Column* above = owner == nullptr ? nullptr : owner->column(action.column);
    if (self().is_partition && above != nullptr && above->not_null) {
      return run_.fail(
          "42P16", fmt::format("column \"{}\" is marked NOT NULL in parent table", action.column));
    }
  }
  if (statement_.only && self().kind == RelationKind::kPartitionedTable &&
      !self().children.empty()) {
    return run_.fail("42P16",
                     "cannot remove constraint from only the partitioned table when "
                     "partitions exist");
  }
  recurse_lock();
  std::vector<Oid> tables = {table_};
  if (!statement_.only) {
    for (const Oid child : run_.descendants(self())) tables.push_back(child);
  }
  for (const Oid oid : tables) {
    const Column* own = run_.at(oid).column(action.column);
    if (own == nullptr) continue;
    edit(oid, own->number, [](Column& copy) {
      copy.not_null = false;
      copy.not_null_constraint.clear();
    });
  }
  return true;
}

void AlterTableRun::default_for(Oid oid, const std::string& name,
                                const std::optional<model::Expression>& value) {
  const Column* own = run_.at(oid).column(name);
  if (own == nullptr) return;
  const AttributeNumber number = own->number;
  run_.change(oid, [&](Relation& copy) {
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

bool AlterTableRun::operator()(const model::SetDefault& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  if (found->identity != model::IdentityKind::kNone) {
    return run_.fail("42601", fmt::format("column \"{}\" of relation \"{}\" is an identity column",
                                          action.column, self().name));
  }
  if (found->generated != model::GeneratedKind::kNone) {
    return run_.fail("42601", fmt::format("column \"{}\" of relation \"{}\" is a generated column",
                                          action.column, self().name));
  }
  if (!check_default(run_, self(), *found, action.value)) return false;
  std::optional<model::Expression> value;
  if (!is_null_constant(action.value)) value = action.value;
  recurse_lock();
  default_for(table_, action.column, value);
  if (!statement_.only) {
    for (const Oid child : run_.descendants(self())) default_for(child, action.column, value);
  }
  return true;
}

bool AlterTableRun::operator()(const model::DropDefault& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  if (found->identity != model::IdentityKind::kNone) {
    return run_.fail("42601", fmt::format("column \"{}\" of relation \"{}\" is an identity column",
                                          action.column, self().name));
  }
  if (found->generated != model::GeneratedKind::kNone) {
    return run_.fail("42601", fmt::format("column \"{}\" of relation \"{}\" is a generated column",
                                          action.column, self().name));
  }
  if (!found->default_value && !found->assumed && !self().open_columns &&
      statement_.actions.size() == 1) {
    run_.effects.changes_nothing = true;
  }
  recurse_lock();
  default_for(table_, action.column, std::nullopt);
  if (!statement_.only) {
    for (const Oid child : run_.descendants(self())) {
      default_for(child, action.column, std::nullopt);
    }
  }
  return true;
}

}  // namespace forelock::postgres
