#pragma once

// ALTER TABLE being run: its subcommands, in PostgreSQL's passes. Internal to replay.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {

/// Whether the table is partitioned by the column, or by an expression over it.
bool is_partition_key(const Relation& table, std::string_view column);

/// AlterTablePass of src/backend/commands/tablecmds.c, PostgreSQL 13 and later.
enum class Pass {
  kDrop,
  kAlterType,
  kAddColumn,
  kSetExpression,
  kExamineConstraint,  ///< The parser's look at keys: AT_PASS_ADD_CONSTR.
  kColumnAttributes,
  kAddIndexConstraint,
  kDefaults,  ///< Of AT_PASS_ADD_OTHERCONSTR what is there before constraints are examined.
  kAddOtherConstraint,
  kMisc,
};

struct ExtraConstraint {
  model::Constraint constraint;
  bool skip_scan = false;
  bool all_null = false;
};

/// One subcommand, or a constraint that came with ADD COLUMN.
struct Command {
  Pass pass = Pass::kMisc;
  const model::AlterAction* action = nullptr;
  std::optional<ExtraConstraint> constraint;
};

/// One ALTER TABLE being run. Its call operators are the subcommands as their pass runs them
/// (ATExecCmd()); each group of them stands in a file of its own.
class AlterTableRun {
 public:
  AlterTableRun(Run& run, const model::AlterTable& statement, Oid table)
      : run_(run), statement_(statement), table_(table) {}

  bool execute();

  bool operator()(const model::AddColumn& action) {
    return add_column(table_, action, false, !statement_.only);
  }
  bool operator()(const model::DropColumn& action) { return drop_column(table_, action, false); }
  bool operator()(const model::AlterColumnType& action) {
    return alter_type(table_, action, false);
  }
  bool operator()(const model::SetNotNull& action) {
    return not_null(table_, action.column, false);
  }
  bool operator()(const model::DropNotNull& action);
  bool operator()(const model::SetDefault& action);
  bool operator()(const model::DropDefault& action);
  bool operator()(const model::SetExpression& action);
  bool operator()(const model::DropExpression& action);
  bool operator()(const model::AddIdentity& action);
  bool operator()(const model::SetIdentity& action);
  bool operator()(const model::DropIdentity& action);
  bool operator()(const model::SetStatistics& action);
  bool operator()(const model::SetColumnOptions& action);
  bool operator()(const model::SetStorage& action);
  bool operator()(const model::SetCompression& action);
  bool operator()(const model::AddConstraint& action) {
    return constrain({action.constraint, false, false});
  }
  bool operator()(const model::DropConstraint& action) {
    return drop_constraint(table_, action, false);
  }
  bool operator()(const model::ValidateConstraint& action);
  bool operator()(const model::AlterConstraint& action);
  bool operator()(const model::AttachPartition& action);
  bool operator()(const model::DetachPartition& action);
  bool operator()(const model::Inherit& action);
  bool operator()(const model::NoInherit& action);
  bool operator()(const model::OfType& action);
  bool operator()(const model::NotOfType&);
  bool operator()(const model::SetTriggerState& action);
  bool operator()(const model::SetReplicaIdentity& action);
  bool operator()(const model::SetRowSecurity& action);
  bool operator()(const model::SetLogged& action);
  bool operator()(const model::SetTablespace& action);
  bool operator()(const model::SetAccessMethod& action);
  bool operator()(const model::SetTableOptions& action);
  bool operator()(const model::ClusterOn& action);
  bool operator()(const model::ChangeOwner& action);
  bool operator()(const model::OtherAction& action);

 private:
  Run& run_;
  const model::AlterTable& statement_;
  Oid table_;
  LockMode mode_ = LockMode::kAccessExclusive;
  std::map<Oid, std::string> rewrites_;
  std::vector<TypeChange> type_changes_;

  bool check_kind(const Relation& relation, const model::AlterAction& action);
  std::vector<Command> plan();
  bool add_column(Oid table, const model::AddColumn& action, bool recursing, bool recurse);
  bool drop_column(Oid table, const model::DropColumn& action, bool recursing);
  bool alter_type(Oid table, const model::AlterColumnType& action, bool recursing);
  bool prepare(const model::AlterAction& action);
  bool prepare_type(const model::AlterColumnType& action);
  bool prepare_persistence(bool logged);
  bool may_change_type(const Relation& table, const Column& column);
  bool not_null(Oid table, const std::string& column, bool recursing);
  bool constrain(const ExtraConstraint& extra);
  [[nodiscard]] bool holds_null_only(const model::Constraint& constraint) const;
  bool drop_constraint(Oid table, const model::DropConstraint& action, bool recursing);
  bool check_index_column(const std::string& number);
  bool validate_check(Oid table, const std::string& name);
  void default_for(Oid table, const std::string& column,
                   const std::optional<model::Expression>& value);
  /// A column of the table that a subcommand changes; null after failing.
  const Column* column(const std::string& name);
  void edit(Oid table, AttributeNumber number, const std::function<void(Column&)>& change);
  void recurse_lock() {
    if (!statement_.only) run_.lock_tree(run_.at(table_), mode_);
  }
  [[nodiscard]] const Relation& self() const { return run_.at(table_); }
};

}  // namespace forelock::postgres
