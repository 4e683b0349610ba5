#include "analyzer/postgres/replay/alter_table/subcommands.h"

#include <cstdint>
#include <variant>

namespace forelock::postgres {
namespace {

using model::ConstraintKind;

struct PassOf {
  template <typename Action>
  Pass operator()(const Action&) const {
    return Pass::kMisc;
  }
  Pass operator()(const model::AddColumn&) const { return Pass::kAddColumn; }
  Pass operator()(const model::SetDefault&) const { return Pass::kAddOtherConstraint; }
  Pass operator()(const model::DropDefault&) const { return Pass::kDrop; }
  Pass operator()(const model::AddIdentity&) const { return Pass::kAddOtherConstraint; }
  Pass operator()(const model::DropIdentity&) const { return Pass::kDrop; }
  Pass operator()(const model::DropNotNull&) const { return Pass::kDrop; }
  Pass operator()(const model::SetNotNull&) const { return Pass::kColumnAttributes; }
  Pass operator()(const model::DropExpression&) const { return Pass::kDrop; }
  Pass operator()(const model::SetExpression&) const { return Pass::kSetExpression; }
  Pass operator()(const model::DropColumn&) const { return Pass::kDrop; }
  Pass operator()(const model::DropConstraint&) const { return Pass::kDrop; }
  Pass operator()(const model::AlterColumnType&) const { return Pass::kAlterType; }
  Pass operator()(const model::AddConstraint&) const { return Pass::kAddConstraint; }
};

// ATT_TABLE and so on of tablecmds.c.
enum Target : std::uint8_t {
  kTable = 1,
  kView = 2,
  kMaterializedView = 4,
  kIndex = 8,
  kCompositeType = 16,
  kForeignTable = 32,
  kPartitionedIndex = 64,
  kSequence = 128,
};
constexpr int kTables = kTable | kForeignTable;
constexpr int kAnything = 255;

int target_of(RelationKind kind) {
  switch (kind) {
    case RelationKind::kTable:
    case RelationKind::kPartitionedTable:
      return kTable;
    case RelationKind::kForeignTable:
      return kForeignTable;
    case RelationKind::kView:
      return kView;
    case RelationKind::kMaterializedView:
      return kMaterializedView;
    case RelationKind::kIndex:
      return kIndex;
    case RelationKind::kPartitionedIndex:
      return kPartitionedIndex;
    case RelationKind::kSequence:
      return kSequence;
    case RelationKind::kCompositeType:
      return kCompositeType;
  }
  return 0;
}

bool makes_index(ConstraintKind kind) {
  return kind == ConstraintKind::kPrimaryKey || kind == ConstraintKind::kUnique ||
         kind == ConstraintKind::kExclusion;
}

struct TargetsOf {
  template <typename Action>
  int operator()(const Action&) const {
    return kTable;
  }
  int operator()(const model::AddColumn&) const { return kTables | kCompositeType; }
  int operator()(const model::DropColumn&) const { return kTables | kCompositeType; }
  int operator()(const model::AlterColumnType&) const { return kTables | kCompositeType; }
  int operator()(const model::SetDefault&) const { return kTables | kView; }
  int operator()(const model::DropDefault&) const { return kTables | kView; }
  int operator()(const model::AddIdentity&) const { return kTables | kView; }
  int operator()(const model::SetIdentity&) const { return kTables | kView; }
  int operator()(const model::DropIdentity&) const { return kTables | kView; }
  int operator()(const model::SetNotNull&) const { return kTables; }
  int operator()(const model::DropNotNull&) const { return kTables; }
  int operator()(const model::SetExpression&) const { return kTables; }
  int operator()(const model::DropExpression&) const { return kTables; }
  int operator()(const model::SetStatistics&) const {
    return kTables | kMaterializedView | kIndex | kPartitionedIndex;
  }
  int operator()(const model::SetColumnOptions&) const { return kTables | kMaterializedView; }
  int operator()(const model::SetStorage&) const { return kTables | kMaterializedView; }
  int operator()(const model::SetCompression&) const { return kTable | kMaterializedView; }
  int operator()(const model::AddConstraint&) const { return kTables; }
  int operator()(const model::DropConstraint&) const { return kTables; }
  int operator()(const model::ValidateConstraint&) const { return kTables; }
  int operator()(const model::AttachPartition&) const { return kTable | kPartitionedIndex; }
  int operator()(const model::Inherit&) const { return kTables; }
  int operator()(const model::NoInherit&) const { return kTables; }
  int operator()(const model::SetTriggerState& state) const {
    return state.rule ? kTable : kTables;
  }
  int operator()(const model::SetReplicaIdentity&) const { return kTable | kMaterializedView; }
  int operator()(const model::SetLogged&) const { return kTable | kSequence; }
  int operator()(const model::SetTablespace&) const {
    return kTable | kMaterializedView | kIndex | kPartitionedIndex;
  }
  int operator()(const model::SetAccessMethod&) const { return kTable | kMaterializedView; }
  int operator()(const model::SetTableOptions&) const {
    return kTable | kView | kMaterializedView | kIndex;
  }
  int operator()(const model::ClusterOn&) const { return kTable | kMaterializedView; }
  int operator()(const model::ChangeOwner&) const { return kAnything; }
  int operator()(const model::OtherAction&) const { return kAnything; }
};

struct RecursesSimply {
  template <typename Action>
  bool operator()(const Action&) const {
    return false;
  }
  bool operator()(const model::SetDefault&) const { return true; }
  bool operator()(const model::DropDefault&) const { return true; }
  bool operator()(const model::DropNotNull&) const { return true; }
  bool operator()(const model::SetExpression&) const { return true; }
  bool operator()(const model::DropExpression&) const { return true; }
  bool operator()(const model::SetStatistics&) const { return true; }
  bool operator()(const model::SetStorage&) const { return true; }
};

}  // namespace

Pass pass_of(const model::AlterAction& action) { return std::visit(PassOf{}, action.what); }

Pass pass_of(const model::Constraint& constraint) {
  if (!makes_index(constraint.kind)) {
    return constraint.kind == ConstraintKind::kNotNull ? Pass::kColumnAttributes
                                                       : Pass::kAddOtherConstraint;
  }
  return constraint.using_index.empty() ? Pass::kAddIndex : Pass::kAddIndexConstraint;
}

bool takes(RelationKind kind, const model::AlterAction& action) {
  return (target_of(kind) & std::visit(TargetsOf{}, action.what)) != 0;
}

bool recurses_simply(const model::AlterAction& action) {
  return std::visit(RecursesSimply{}, action.what);
}

}  // namespace forelock::postgres
