// How a table is stored: SET LOGGED, TABLESPACE, ACCESS METHOD, storage parameters.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/facts/lock_levels.h"
#include "analyzer/postgres/facts/storage_parameters.h"
#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {

/// Source: ATPrepChangePersistence().
bool AlterTableRun::prepare_persistence(TableWork& work, bool logged) {
  using model::Persistence;
  const Relation& table = run_.at(work.table);
  if (table.kind == RelationKind::kPartitionedTable && run_.since(18)) {
    return run_.fail("42809", fmt::format("\"{}\" is a partitioned table, which has no rows of its "
                                          "own to log",
                                          table.name));
  }
  if (table.kind == RelationKind::kSequence && !run_.since(15)) {
    return run_.fail("42809", fmt::format("\"{}\" is not a table", table.name));
  }
  if (table.persistence == Persistence::kTemporary) {
    return run_.fail("42P16",
                     fmt::format("cannot change logged status of table \"{}\" because it is "
                                 "temporary",
                                 table.name));
  }
  const Persistence wanted = logged ? Persistence::kPermanent : Persistence::kUnlogged;
  if (table.persistence == wanted) return true;
  if (!logged && is_published(run_, work.table)) {
    return run_.fail("55000",
                     fmt::format("cannot change table \"{}\" to unlogged because it is part "
                                 "of a publication",
                                 table.name));
  }
  work.changes_persistence = true;
  if (logged) {
    for (const CatalogConstraint& constraint : table.constraints) {
      const Relation* other = run_.catalog.relation(constraint.referenced_table);
      if (other != nullptr && other->oid != work.table &&
          other->persistence == Persistence::kUnlogged) {
        return run_.fail("42P16", fmt::format("could not change table \"{}\" to logged because it "
                                              "references unlogged table \"{}\"",
                                              table.name, other->name));
      }
    }
    return true;
  }
  for (const Catalog::ForeignKeyUse& use : run_.catalog.foreign_keys_to(work.table)) {
    if (use.table->oid != work.table && use.table->persistence == Persistence::kPermanent) {
      return run_.fail("42P16", fmt::format("could not change table \"{}\" to unlogged because it "
                                            "is referenced by logged table \"{}\"",
                                            table.name, use.table->name));
    }
  }
  return true;
}

bool AlterTableRun::operator()(const model::SetLogged& action) {
  using model::Persistence;
  const Relation& table = self();
  const Persistence wanted = action.logged ? Persistence::kPermanent : Persistence::kUnlogged;
  if (table.persistence == wanted && !table.assumed) {
    changes_nothing();
    return true;
  }
  // Without storage there is nothing to change: ATRewriteTables() passes it by.
  if (table.kind == RelationKind::kPartitionedTable) return true;
  std::vector<Oid> parts = table.indexes;
  for (const Column& column : table.columns) {
    if (!run_.since(15)) break;
    for (const Oid sequence : owned_sequences(column)) parts.push_back(sequence);
  }
  for (const Oid oid : parts) {
    if (run_.catalog.relation(oid) == nullptr) continue;
    run_.change(oid, [&](Relation& copy) { copy.persistence = wanted; });
  }
  run_.change(table_, [&](Relation& copy) { copy.persistence = wanted; });
  rewrites_.emplace(table_, action.logged ? "SET LOGGED copies the table into the write-ahead log"
                                          : "SET UNLOGGED copies the table");
  return true;
}

bool AlterTableRun::operator()(const model::SetTablespace& action) {
  if (action.tablespace == "pg_global") {
    return run_.fail("22023", "only shared relations can be placed in pg_global tablespace");
  }
  const Relation& table = self();
  const std::string wanted = action.tablespace == "pg_default" ? "" : action.tablespace;
  if (table.tablespace == wanted && !table.assumed) {
    changes_nothing();
    return true;
  }
  run_.change(table_, [&](Relation& copy) { copy.tablespace = wanted; });
  if (is_index(self().kind)) {
    run_.rebuild(self(), "its files are copied to another tablespace");
  } else {
    run_.rewrite(self(), "its files are copied to another tablespace");
  }
  return true;
}

bool AlterTableRun::operator()(const model::SetAccessMethod& action) {
  const std::string old = self().access_method.empty() ? "heap" : self().access_method;
  const std::string wanted = action.method.empty() ? "heap" : action.method;
  const bool partitioned = self().kind == RelationKind::kPartitionedTable;
  // Since version 17 it decides about partitions that come later.
  if (partitioned && !run_.since(17)) {
    return run_.fail("42809", "cannot change access method of a partitioned table");
  }
  if (wanted != "heap" && !run_.options.assume_missing && !run_.has_unknown_extension() &&
      run_.catalog.find_object(model::ObjectKind::kAccessMethod, {"", wanted}) == nullptr) {
    return run_.fail("42704", fmt::format("access method \"{}\" does not exist", wanted));
  }
  if (old == wanted) {
    changes_nothing();
    return true;
  }
  run_.change(table_, [&](Relation& copy) { copy.access_method = wanted; });
  if (!partitioned) rewrites_.emplace(table_, "another table access method stores the rows");
  return true;
}

bool AlterTableRun::operator()(const model::SetTableOptions& action) {
  if (self().kind == RelationKind::kPartitionedTable && !action.reset && !action.options.empty() &&
      !self().assumed) {
    // Up to version 15 no parameter of partitioned tables is known at all.
    return run_.fail(run_.since(16) ? "42809" : "22023",
                     "cannot specify storage parameters for a partitioned table");
  }
  for (const auto& [name, value] : action.options) {
    if (!action.reset && !facts::is_storage_parameter(name) && !self().assumed &&
        self().kind != RelationKind::kIndex && self().access_method.empty() &&
        name.find('.') == std::string::npos) {
      return run_.fail("22023", fmt::format("unrecognized parameter \"{}\"", name));
    }
    if (self().kind == RelationKind::kIndex && !self().assumed && !action.reset &&
        !facts::is_index_parameter(self().method, name)) {
      return run_.fail("22023", fmt::format("unrecognized parameter \"{}\"", name));
    }
    if (action.reset) continue;
    if (auto error = facts::storage_parameter_error(name, value)) {
      return run_.fail("22023", std::move(*error));
    }
  }
  run_.change(table_, [&](Relation& copy) {
    for (const auto& [name, value] : action.options) {
      std::erase_if(copy.options, [&](const auto& option) { return option.first == name; });
      if (!action.reset) copy.options.emplace_back(name, value);
    }
  });
  return true;
}

}  // namespace forelock::postgres
