// Generated and identity columns.

#include <fmt/format.h>

#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {

using Kind = DropTarget::Kind;

bool AlterTableRun::operator()(const model::SetExpression& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  if (found->generated == model::GeneratedKind::kNone && !found->assumed) {
    return run_.fail("55000", fmt::format("column \"{}\" of relation \"{}\" is not a generated "
                                          "column",
                                          action.column, self().name));
  }
  const bool stored = found->generated != model::GeneratedKind::kVirtual;
  edit(table_, found->number, [&](Column& copy) { copy.generation_expression = action.value; });
  if (stored) rewrites_.emplace(table_, "a stored generated column is computed again");
  return true;
}

bool AlterTableRun::operator()(const model::DropExpression& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  if (found->generated == model::GeneratedKind::kNone) {
    if (action.if_exists || found->assumed) return true;
    return run_.fail("55000", fmt::format("column \"{}\" of relation \"{}\" is not a stored "
                                          "generated column",
                                          action.column, self().name));
  }
  const AttributeNumber number = found->number;
  run_.change(table_, [&](Relation& copy) {
    std::erase_if(copy.needs, [&](const Dependency& d) {
      return d.object_column == number && d.kind == Dependency::Part::kGenerated;
    });
    for (Column& own : copy.columns) {
      if (own.number != number) continue;
      own.generated = model::GeneratedKind::kNone;
      own.generation_expression.reset();
    }
  });
  return true;
}

/// Since version 17 a partition has the identity columns of its parent, and all have the same:
/// ATExecAddIdentity().
bool AlterTableRun::check_identity_tree() {
  if (!run_.since(17)) return true;
  if (self().is_partition) {
    return run_.fail("42P16", fmt::format("cannot change the identity of a column of partition "
                                          "\"{}\"",
                                          self().name));
  }
  return recurse_ || self().kind != RelationKind::kPartitionedTable ||
         run_.fail("42P16", "cannot change an identity column of only the partitioned table");
}

bool AlterTableRun::operator()(const model::AddIdentity& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  const auto refuse = [&](std::string_view state, std::string_view why) {
    return run_.fail(
        state, fmt::format("column \"{}\" of relation \"{}\" {}", action.column, self().name, why));
  };
  if (!found->assumed) {
    const std::string& type = found->type.name.name;
    if ((type != "int2" && type != "int4" && type != "int8" && !type.empty()) ||
        found->type.array_dimensions > 0) {
      return run_.fail("22023", "identity column type must be smallint, integer, or bigint");
    }
    if (!check_identity_tree()) return false;
    if (!found->not_null) {
      return refuse("55000", "must be declared NOT NULL before identity can be added");
    }
    if (found->identity != model::IdentityKind::kNone) {
      return refuse("55000", "is already an identity column");
    }
    if (found->default_value || found->generation_expression) {
      return refuse("55000", "already has a default value");
    }
  }
  Relation copy = self();
  for (Column& own : copy.columns) {
    if (own.name != action.column) continue;
    own.identity = action.identity;
    own.not_null = true;
    add_owned_sequence(run_, copy, own, action.options);
  }
  run_.put(std::move(copy));
  return true;
}

bool AlterTableRun::operator()(const model::SetIdentity& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  if (!check_identity_tree()) return false;
  if (found->identity == model::IdentityKind::kNone && !found->assumed) {
    return run_.fail("55000", fmt::format("column \"{}\" of relation \"{}\" is not an identity "
                                          "column",
                                          action.column, self().name));
  }
  if (action.identity) {
    edit(table_, found->number, [&](Column& copy) { copy.identity = *action.identity; });
  }
  if (const Relation* sequence = run_.catalog.relation(found->owned_sequence)) {
    run_.lock(*sequence, LockMode::kShareRowExclusive);
    run_.change(sequence->oid, [&](Relation& copy) {
      const auto take = [](auto& to, const auto& from) {
        if (from) to = from;
      };
      take(copy.sequence.increment, action.options.increment);
      take(copy.sequence.minimum, action.options.minimum);
      take(copy.sequence.maximum, action.options.maximum);
      take(copy.sequence.start, action.options.start);
      take(copy.sequence.cache, action.options.cache);
      take(copy.sequence.cycle, action.options.cycle);
    });
  }
  return true;
}

bool AlterTableRun::operator()(const model::DropIdentity& action) {
  if (!check_identity_tree()) return false;
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  if (found->identity == model::IdentityKind::kNone) {
    if (action.if_exists || found->assumed) return true;
    return run_.fail("55000", fmt::format("column \"{}\" of relation \"{}\" is not an identity "
                                          "column",
                                          action.column, self().name));
  }
  const Oid sequence = found->owned_sequence;
  edit(table_, found->number, [&](Column& copy) {
    copy.identity = model::IdentityKind::kNone;
    disown_sequence(copy, sequence);
  });
  if (run_.catalog.relation(sequence) != nullptr) {
    return drop(run_, {{.kind = Kind::kRelation, .oid = sequence, .name = {}}}, false);
  }
  return true;
}

}  // namespace forelock::postgres
