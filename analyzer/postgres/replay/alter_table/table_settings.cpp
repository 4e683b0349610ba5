// Triggers and rules on and off, REPLICA IDENTITY, row security, CLUSTER ON, OWNER TO.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {

bool AlterTableRun::operator()(const model::SetTriggerState& action) {
  if (action.rule) {
    const auto& rules = self().rules;
    if (std::ranges::find(rules, action.which) == rules.end() && !self().assumed) {
      return run_.fail("42704", fmt::format("rule \"{}\" for relation \"{}\" does not exist",
                                            action.which, self().name));
    }
    run_.change(table_, [&](Relation& copy) {
      for (RewriteRule& rule : copy.rule_objects) {
        if (rule.name == action.which) rule.state = action.state;
      }
    });
    return true;
  }
  const bool all = action.which == "ALL" || action.which == "USER";
  bool found = all;
  run_.change(table_, [&](Relation& copy) {
    for (Trigger& trigger : copy.triggers) {
      if (!all && trigger.name != action.which) continue;
      trigger.state = action.state;
      found = true;
    }
  });
  if (!found && !self().assumed) {
    return run_.fail("42704", fmt::format("trigger \"{}\" for table \"{}\" does not exist",
                                          action.which, self().name));
  }
  // Clones of a partitioned table's row triggers follow: EnableDisableTrigger().
  if (self().kind == RelationKind::kPartitionedTable && recurse_) {
    for (const Oid child : run_.descendants(self())) {
      run_.lock(child, mode_);
      run_.change(child, [&](Relation& copy) {
        for (Trigger& trigger : copy.triggers) {
          if (trigger.inherited && (all || trigger.name == action.which)) {
            trigger.state = action.state;
          }
        }
      });
    }
  }
  return true;
}

const Relation* AlterTableRun::index_of_table(const std::string& name, LockMode mode) {
  const Relation* index = run_.catalog.find_relation({self().schema, name});
  if (index == nullptr) {
    if (!self().assumed) {
      run_.fail("42704",
                fmt::format("index \"{}\" for table \"{}\" does not exist", name, self().name));
    }
    return nullptr;
  }
  if (!is_index(index->kind)) {
    run_.fail("42809", fmt::format("\"{}\" is not an index", name));
    return nullptr;
  }
  run_.lock(*index, mode);
  if (index->table != table_) {
    run_.fail("42809", fmt::format("\"{}\" is not an index for table \"{}\"", name, self().name));
    return nullptr;
  }
  return index;
}

bool AlterTableRun::operator()(const model::SetReplicaIdentity& action) {
  Oid chosen = 0;
  if (action.identity == 'i') {
    const Relation* index = index_of_table(action.index, LockMode::kShare);
    if (index == nullptr) return !run_.failed;
    const auto refuse = [&](std::string_view why) {
      return run_.fail("42809", fmt::format("cannot use {} index \"{}\" as replica identity", why,
                                            action.index));
    };
    if (!index->unique) return refuse("non-unique");
    const auto& owners = self().constraints;
    const auto owner = std::ranges::find(owners, index->constraint, &CatalogConstraint::oid);
    if (owner != owners.end() && index->constraint != 0 && owner->deferrable) {
      return run_.fail("0A000", fmt::format("cannot use non-immediate index \"{}\" as replica "
                                            "identity",
                                            action.index));
    }
    if (index->predicate) return refuse("partial");
    for (const IndexColumn& key : index->keys) {
      if (key.column == 0) return refuse("expression");
      const Column* indexed = self().column(key.column);
      if (indexed != nullptr && !indexed->not_null && !indexed->assumed) {
        return run_.fail("42809", fmt::format("index \"{}\" cannot be used as replica identity "
                                              "because column \"{}\" is nullable",
                                              action.index, indexed->name));
      }
    }
    chosen = index->oid;
  }
  run_.change(table_, [&](Relation& copy) {
    copy.replica_identity = action.identity;
    copy.replica_identity_index = chosen;
  });
  return true;
}

bool AlterTableRun::operator()(const model::SetRowSecurity& action) {
  run_.change(table_, [&](Relation& copy) {
    if (action.enabled) copy.row_security = *action.enabled;
    if (action.forced) copy.force_row_security = *action.forced;
  });
  return true;
}

bool AlterTableRun::operator()(const model::ClusterOn& action) {
  Oid chosen = 0;
  if (!action.without) {
    const Relation* index = index_of_table(action.index, LockMode::kShareUpdateExclusive);
    if (index == nullptr) return !run_.failed;
    if (index->predicate || (index->method != "btree" && index->method != "gist")) {
      return run_.fail("0A000",
                       fmt::format("cannot cluster on partial index \"{}\"", action.index));
    }
    chosen = index->oid;
  }
  if (self().kind == RelationKind::kPartitionedTable) {
    return run_.fail("0A000", "cannot mark index clustered in partitioned table");
  }
  const std::vector<Oid> indexes = self().indexes;
  for (const Oid index : indexes) {
    run_.change(index, [&](Relation& copy) { copy.clustered = index == chosen; });
  }
  return true;
}

bool AlterTableRun::operator()(const model::ChangeOwner& action) {
  std::vector<Oid> parts = self().indexes;
  for (const Column& own : self().columns) {
    for (const Oid sequence : owned_sequences(own)) parts.push_back(sequence);
  }
  for (const Oid oid : parts) {
    if (run_.catalog.relation(oid) == nullptr) continue;
    run_.lock(oid, LockMode::kAccessExclusive);
    run_.change(oid, [&](Relation& copy) { copy.owner = action.role; });
  }
  run_.change(table_, [&](Relation& copy) { copy.owner = action.role; });
  return true;
}

}  // namespace forelock::postgres
