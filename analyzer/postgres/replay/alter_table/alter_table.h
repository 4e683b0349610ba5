#pragma once

// ALTER TABLE being run, in the phases of tablecmds.c: phase 1 (prepare) checks every subcommand
// and queues it for the table and its children; phase 2 runs the queues, one pass of all tables
// after the other; phase 3 writes tables anew. Internal to replay.

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "analyzer/postgres/replay/alter_table/subcommands.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {

/// Whether the table is partitioned by the column, or by an expression over it.
bool is_partition_key(const Relation& table, std::string_view column);

/// A constraint that the parser has seen.
struct ParsedConstraint {
  model::Constraint constraint;
  bool skip_scan = false;
  bool all_null = false;
};
/// AT_CheckNotNull: what ONLY ... SET NOT NULL asks of partitions.
struct CheckNotNull {
  std::string column;
};
/// ALTER COLUMN TYPE as phase 1 leaves it.
struct PreparedType {
  const model::AlterColumnType* action = nullptr;
  bool rewrite = false;
};

/// One subcommand in the queue of one table.
struct Command {
  std::variant<const model::AlterAction*, ParsedConstraint, model::SetNotNull, CheckNotNull,
               PreparedType>
      what;
  bool recurse = false;  ///< Children are its own business: AT_AddColumnRecurse and the like.
};

/// AlteredTableInfo: the work that is to be done for one table.
struct TableWork {
  Oid table = 0;
  std::shared_ptr<const Relation> before;  ///< As it was when the queue was made.
  std::array<std::vector<Command>, kPasses> passes = {};
  bool changes_persistence = false;
  bool changes_access_method = false;
  bool changes_tablespace = false;
  bool new_values = false;  ///< Phase 3 computes values of a column.
};

/// One ALTER TABLE being run. Its call operators are the subcommands on `table_`, as their pass
/// runs them (ATExecCmd()); each group of them stands in a file of its own.
class AlterTableRun {
 public:
  AlterTableRun(Run& run, const model::AlterTable& statement, Oid table)
      : run_(run), statement_(statement), table_(table) {}

  bool execute();

  bool operator()(const model::AlterAction* action) {
    written_ = action;
    return std::visit(*this, action->what);
  }
  bool operator()(const CheckNotNull& check);
  bool operator()(const ParsedConstraint& parsed);
  bool operator()(const PreparedType& prepared);

  bool operator()(const model::AddColumn& action) { return add_column(table_, action, false); }
  bool operator()(const model::DropColumn& action);
  bool operator()(const model::AlterColumnType&) { return true; }  ///< Queued as PreparedType.
  bool operator()(const model::SetNotNull& action);
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
  bool operator()(const model::AddConstraint& action);
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
  bool operator()(const model::OtherAction&) { return true; }

 private:
  Run& run_;
  const model::AlterTable& statement_;
  Oid table_;                                    ///< What the subcommand that runs now is about.
  bool recurse_ = false;                         ///< Of the subcommand that runs now.
  const model::AlterAction* written_ = nullptr;  ///< That one, unless it only follows from another.
  LockMode mode_ = LockMode::kAccessExclusive;
  std::deque<TableWork> queue_;  ///< In order of arrival; it grows while passes run.
  std::map<Oid, std::string> rewrites_;
  std::vector<TypeChange> type_changes_;

  // ---- phase 1 ----
  bool prepare(Oid table, const model::AlterAction& action, bool recurse, bool recursing);
  bool prepare_children(Oid table, const model::AlterAction& action);
  /// Of a composite type, the tables OF it: ATTypedTableRecursion().
  bool prepare_typed_tables(Oid table, const model::AlterAction& action, bool cascade);
  bool prepare_kind(Oid table, const model::AlterAction& action, bool recurse, bool recursing);
  bool prepare_not_null(Oid table, const std::string& column, const model::AlterAction* action,
                        bool recurse);
  bool prepare_type(Oid table, const model::AlterAction& action, bool recurse, bool recursing);
  bool prepare_type_of_children(Oid table, const model::AlterAction& action);
  bool prepare_persistence(TableWork& work, bool logged);
  TableWork& work_of(Oid table);
  void queue(Oid table, Pass pass, Command command);

  /// Refused where a table stores values of the row type.
  bool check_row_type(Oid table);

  // ---- phase 2 ----
  bool run_pass(Pass pass);
  bool add_column(Oid table, const model::AddColumn& action, bool recursing);
  bool merge_column(Oid child, const model::ColumnDefinition& definition, bool& merged);
  void parse_column_constraints(const model::ColumnDefinition& column);
  bool drop_column(Oid table, const model::DropColumn& action, bool recursing,
                   std::vector<DropTarget>& targets);
  std::vector<std::string> key_columns(const model::Constraint& constraint) const;
  [[nodiscard]] bool holds_null_only(const model::Constraint& constraint) const;
  bool drop_constraint(Oid table, const model::DropConstraint& action, bool recursing);
  bool check_identity_tree();
  bool check_key_of_children(Oid table, const model::Constraint& constraint);
  bool check_index_column(const std::string& number);
  bool validate_check(Oid table, const std::string& name, bool recursing);
  const Column* column_for_default(const std::string& name);
  void default_for(const std::string& column, const std::optional<model::Expression>& value);
  /// An index of the table, locked; null after failing, or where it is only assumed to be there.
  const Relation* index_of_table(const std::string& name, LockMode mode);
  /// A column of the table that a subcommand changes; null after failing.
  const Column* column(const std::string& name);
  bool rewrite_tables();  ///< Phase 3.
  void edit(Oid table, AttributeNumber number, const std::function<void(Column&)>& change);
  [[nodiscard]] const Relation& self() const { return run_.at(table_); }
  /// The statement has one subcommand, of the table that it names: what does nothing here does
  /// nothing at all.
  void changes_nothing() {
    if (statement_.actions.size() == 1 && written_ != nullptr && table_ == queue_.front().table) {
      run_.effects.changes_nothing = true;
    }
  }
};

}  // namespace forelock::postgres
