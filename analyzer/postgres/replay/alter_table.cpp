// ALTER TABLE: its subcommands, in PostgreSQL's passes.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "analyzer/postgres/facts/lock_levels.h"
#include "analyzer/postgres/names.h"
#include "analyzer/postgres/proof.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

using model::ConstraintKind;
using Kind = DropTarget::Kind;

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
  bool drop_constraint(Oid table, const model::DropConstraint& action, bool recursing);
  bool validate_check(Oid table, const std::string& name);
  void default_for(Oid table, const std::string& column,
                   const std::optional<model::Expression>& value);
  const Column* column(const std::string& name) { return run_.column(table_, name); }
  void edit(Oid table, AttributeNumber number, const std::function<void(Column&)>& change);
  void recurse_lock() {
    if (!statement_.only) run_.lock_tree(run_.at(table_), mode_);
  }
  [[nodiscard]] const Relation& self() const { return run_.at(table_); }
};

// ---- planning ---------------------------------------------------------------------------------

struct PassOf {
  template <typename Action>
  Pass operator()(const Action&) const {
    return Pass::kMisc;
  }
  Pass operator()(const model::AddColumn&) const { return Pass::kAddColumn; }
  Pass operator()(const model::SetDefault&) const { return Pass::kDefaults; }
  Pass operator()(const model::DropDefault&) const { return Pass::kDrop; }
  Pass operator()(const model::AddIdentity&) const { return Pass::kDefaults; }
  Pass operator()(const model::SetIdentity&) const { return Pass::kMisc; }
  Pass operator()(const model::DropIdentity&) const { return Pass::kDrop; }
  Pass operator()(const model::DropNotNull&) const { return Pass::kDrop; }
  Pass operator()(const model::SetNotNull&) const { return Pass::kColumnAttributes; }
  Pass operator()(const model::DropExpression&) const { return Pass::kDrop; }
  Pass operator()(const model::SetExpression&) const { return Pass::kSetExpression; }
  Pass operator()(const model::DropColumn&) const { return Pass::kDrop; }
  Pass operator()(const model::DropConstraint&) const { return Pass::kDrop; }
  Pass operator()(const model::AlterColumnType&) const { return Pass::kAlterType; }
  Pass operator()(const model::AddConstraint& add) const {
    switch (add.constraint.kind) {
      case ConstraintKind::kPrimaryKey:
      case ConstraintKind::kUnique:
      case ConstraintKind::kExclusion:
        return Pass::kAddIndexConstraint;
      case ConstraintKind::kNotNull:
        return Pass::kColumnAttributes;
      case ConstraintKind::kCheck:
      case ConstraintKind::kForeignKey:
        return Pass::kAddOtherConstraint;
    }
    return Pass::kMisc;
  }
};

/// The constraints of a column that is added, as table constraints.
void add_column_constraints(const model::AddColumn& add, std::vector<Command>& commands) {
  const model::ColumnDefinition& column = add.column;
  const bool no_values = !column.default_value && column.identity == model::IdentityKind::kNone &&
                         column.generated == model::GeneratedKind::kNone &&
                         !column.type.name.name.ends_with("serial");
  for (const model::Constraint& constraint : column.constraints) {
    if (constraint.kind == ConstraintKind::kNotNull) continue;
    Command command;
    command.constraint = ExtraConstraint{constraint, false, false};
    model::Constraint& copy = command.constraint->constraint;
    if (copy.columns.empty() && copy.kind != ConstraintKind::kCheck) {
      copy.columns.push_back(column.name);
    }
    const bool key = copy.kind == ConstraintKind::kPrimaryKey ||
                     copy.kind == ConstraintKind::kUnique ||
                     copy.kind == ConstraintKind::kExclusion;
    command.pass = key ? Pass::kAddIndexConstraint : Pass::kAddOtherConstraint;
    command.constraint->skip_scan = no_values && copy.kind == ConstraintKind::kForeignKey;
    command.constraint->all_null =
        column.default_value.has_value() && is_null_constant(*column.default_value);
    commands.push_back(std::move(command));
  }
}

std::vector<Command> AlterTableRun::plan() {
  std::vector<Command> commands;
  for (const model::AlterAction& action : statement_.actions) {
    commands.push_back({std::visit(PassOf{}, action.what), &action, std::nullopt});
    if (std::holds_alternative<model::AddConstraint>(action.what)) {
      commands.push_back({Pass::kExamineConstraint, &action, std::nullopt});
    }
    const auto* add = std::get_if<model::AddColumn>(&action.what);
    if (add == nullptr) continue;
    // IF NOT EXISTS that is not taken drops the constraints too.
    const Column* existing = self().column(add->column.name);
    if (add->if_not_exists && existing != nullptr && !existing->assumed) continue;
    add_column_constraints(*add, commands);
  }
  std::ranges::stable_sort(commands, {}, &Command::pass);
  return commands;
}

bool AlterTableRun::check_kind(const Relation& relation, const model::AlterAction& action) {
  if (relation.assumed) return true;
  const auto is = [&]<typename... Actions>(std::type_identity<Actions>...) {
    return (std::holds_alternative<Actions>(action.what) || ...);
  };
  using std::type_identity;
  const bool other = is(type_identity<model::OtherAction>{});
  bool fits = true;
  switch (relation.kind) {
    case RelationKind::kTable:
    case RelationKind::kPartitionedTable:
    case RelationKind::kForeignTable:
    case RelationKind::kCompositeType:
      return true;
    case RelationKind::kView:
      fits =
          other || is(type_identity<model::SetDefault>{}, type_identity<model::DropDefault>{},
                      type_identity<model::SetTableOptions>{}, type_identity<model::ChangeOwner>{});
      break;
    case RelationKind::kMaterializedView:
      fits = other ||
             is(type_identity<model::SetStatistics>{}, type_identity<model::SetColumnOptions>{},
                type_identity<model::SetStorage>{}, type_identity<model::SetCompression>{},
                type_identity<model::ClusterOn>{}, type_identity<model::SetTablespace>{},
                type_identity<model::SetAccessMethod>{}, type_identity<model::SetTableOptions>{},
                type_identity<model::ChangeOwner>{});
      break;
    case RelationKind::kIndex:
    case RelationKind::kPartitionedIndex:
      fits = other ||
             is(type_identity<model::SetStatistics>{}, type_identity<model::SetTablespace>{},
                type_identity<model::SetTableOptions>{}, type_identity<model::AttachPartition>{},
                type_identity<model::ChangeOwner>{}, type_identity<model::SetColumnOptions>{});
      break;
    case RelationKind::kSequence:
      fits = other || is(type_identity<model::ChangeOwner>{}, type_identity<model::SetLogged>{},
                         type_identity<model::SetTablespace>{});
      break;
  }
  if (fits) return true;
  return run_.fail("42809", fmt::format("\"{}\" is not a table", relation.name));
}

bool AlterTableRun::execute() {
  std::optional<LockMode> mode;
  for (const model::AlterAction& action : statement_.actions) {
    const LockMode needed = facts::alter_table_lock(action);
    mode = mode ? std::max(*mode, needed) : needed;
  }
  mode_ = mode.value_or(LockMode::kAccessExclusive);
  run_.lock(self(), mode_);
  for (const model::AlterAction& action : statement_.actions) {
    if (!check_kind(self(), action)) return false;
  }
  // ATPrepCmd() refuses before any subcommand runs.
  for (const model::AlterAction& action : statement_.actions) {
    if (!prepare(action)) return false;
  }
  const std::vector<Command> commands = plan();
  bool types_finished = false;
  for (const Command& command : commands) {
    if (command.pass > Pass::kAlterType && !types_finished) {
      types_finished = true;
      if (!finish_type_changes(run_, type_changes_)) return false;
    }
    bool good = true;
    if (command.pass == Pass::kExamineConstraint) {
      const auto& added = std::get<model::AddConstraint>(command.action->what);
      good = check_key_columns(run_, table_, added.constraint);
    } else {
      good = command.constraint ? constrain(*command.constraint)
                                : std::visit(*this, command.action->what);
    }
    if (!good) return false;
  }
  if (!types_finished && !finish_type_changes(run_, type_changes_)) return false;
  for (const auto& [oid, reason] : rewrites_) {
    if (const Relation* table = run_.catalog.relation(oid)) rewrite_table(run_, *table, reason);
  }
  return true;
}

void AlterTableRun::edit(Oid table, AttributeNumber number,
                         const std::function<void(Column&)>& change) {
  run_.change(table, [&](Relation& copy) {
    for (Column& column : copy.columns) {
      if (column.number == number) change(column);
    }
  });
}

// ---- columns ----------------------------------------------------------------------------------

/// Why the table is rewritten for a new column; nullopt when it is not.
std::optional<std::string> rewrite_reason(const Run& run, const Column& column) {
  if (column.identity != model::IdentityKind::kNone) return "an identity column gets its values";
  if (column.generated == model::GeneratedKind::kStored) return "a stored column is computed";
  if (column.generated == model::GeneratedKind::kVirtual) return std::nullopt;
  if (domain_has_constraints(run.catalog, column.type)) {
    return "the domain of the column has constraints";
  }
  std::optional<model::Expression> value = column.default_value;
  if (!value) {
    const Type* type = user_type(run.catalog, column.type);
    if (type != nullptr && type->kind == TypeKind::kDomain) value = type->default_value;
  }
  if (!value) return std::nullopt;
  const VolatilityAnswer answer = volatility(run.catalog, {}, *value);
  if (answer.value == model::Volatility::kVolatile) {
    return fmt::format("the default calls {}(), which is volatile", answer.function);
  }
  if (!answer.known) {
    return fmt::format("the default calls {}(), which may be volatile", answer.function);
  }
  return std::nullopt;
}

bool AlterTableRun::add_column(Oid oid, const model::AddColumn& action, bool recursing,
                               bool recurse) {
  const Relation& before = run_.at(oid);
  if (before.is_partition && !recursing) {
    return run_.fail("42809", "cannot add column to a partition");
  }
  if (before.of_type != 0 && !recursing) {
    return run_.fail("42809", "cannot add column to typed table");
  }
  if (before.kind == RelationKind::kCompositeType) recurse = true;
  if (recursing) run_.lock(before, mode_);
  const std::string& name = action.column.name;
  if (const Column* existing = before.column(name)) {
    if (recursing) {
      const ResolvedType type = run_.type(action.column.type);
      if (!existing->assumed && !same_type(type.name, existing->type)) {
        return run_.fail("42804", fmt::format("child table \"{}\" has different type for column "
                                              "\"{}\"",
                                              before.name, name));
      }
      edit(oid, existing->number, [](Column& column) { ++column.inherited_from; });
      return true;
    }
    if (existing->assumed) {
      run_.change(oid, [&](Relation& copy) {
        std::erase_if(copy.columns, [&](const Column& c) { return c.name == name; });
      });
    } else if (action.if_not_exists) {
      if (statement_.actions.size() == 1) run_.effects.changes_nothing = true;
      return true;
    } else {
      return run_.fail("42701", fmt::format("column \"{}\" of relation \"{}\" already exists", name,
                                            before.name));
    }
  }
  if (!recursing && !recurse && !before.children.empty()) {
    return run_.fail("42P16", "column must be added to child tables too");
  }
  Relation copy = run_.at(oid);
  Column* column = define_column(run_, copy, action.column);
  if (column == nullptr) return false;
  const AttributeNumber number = column->number;
  if (recursing) {
    column->inherited_from = 1;
    column->local = false;
  }
  const bool not_null = column->not_null;
  const std::optional<std::string> reason = rewrite_reason(run_, *column);
  const bool has_value = column->default_value.has_value() ||
                         column->identity != model::IdentityKind::kNone ||
                         column->generated != model::GeneratedKind::kNone;
  const std::vector<Oid> children = copy.children;
  if (!check_generation(run_, copy, number)) return false;
  // What the rows that are there hold in it is known.
  for (Column& own : copy.columns) {
    if (own.number != number || !copy.rows_loaded) continue;
    if (own.default_value && is_constant(*own.default_value)) {
      own.constants_written.push_back(*own.default_value);
    }
    own.nulls_written = !has_value && !recursing;
  }
  run_.put(std::move(copy));
  const Relation& after = run_.at(oid);
  if (has_storage(after)) {
    if (reason) {
      rewrites_.emplace(oid, *reason);
    } else if (not_null && !has_value) {
      run_.scan(after, "every row is checked for NULL");
      if (run_.may_have_rows(after)) {
        run_.may_fail(
            after.rows_loaded, "23502",
            fmt::format("column \"{}\" of relation \"{}\" contains null values", name, after.name));
      }
    }
  }
  for (const Oid child : children) {
    if (!add_column(child, action, true, true)) return false;
  }
  if (after.kind == RelationKind::kCompositeType) {
    for (const Dependency& dependency : run_.catalog.dependents(oid)) {
      const Relation* typed = run_.catalog.relation(dependency.object);
      if (typed != nullptr && typed->of_type == oid &&
          !add_column(typed->oid, action, true, true)) {
        return false;
      }
    }
  }
  return true;
}

bool AlterTableRun::drop_column(Oid oid, const model::DropColumn& action, bool recursing) {
  const Relation& table = run_.at(oid);
  const Column* column = table.column(action.column);
  if (column == nullptr) {
    if (action.if_exists) {
      if (!table.open_columns) {
        run_.effects.changes_nothing = statement_.actions.size() == 1;
        return true;
      }
    }
    if (is_system_column(action.column)) {
      return run_.fail("0A000", fmt::format("cannot drop system column \"{}\"", action.column));
    }
    column = run_.column(oid, action.column);
    if (column == nullptr) return false;
  }
  const AttributeNumber number = column->number;
  if (column->inherited_from > 0 && !recursing) {
    return run_.fail("42P16", fmt::format("cannot drop inherited column \"{}\"", action.column));
  }
  if (table.of_type != 0 && !recursing) {
    return run_.fail("42809", "cannot drop column from typed table");
  }
  if (table.partition_key) {
    for (const model::IndexKey& key : table.partition_key->keys) {
      const auto names =
          key.expression ? column_names(*key.expression) : std::vector<std::string>{};
      if (key.column == action.column || std::ranges::find(names, action.column) != names.end()) {
        return run_.fail("42P16", fmt::format("cannot drop column \"{}\" because it is part of the "
                                              "partition key of relation \"{}\"",
                                              action.column, table.name));
      }
    }
  }
  if (statement_.only && table.kind == RelationKind::kPartitionedTable && !table.children.empty()) {
    return run_.fail("42P16",
                     "cannot drop column from only the partitioned table when partitions "
                     "exist");
  }
  std::vector<DropTarget> targets = {
      {.kind = Kind::kColumn, .oid = oid, .column = number, .name = {}}};
  for (const Oid child : run_.descendants(table)) {
    const Relation& partition = run_.at(child);
    const Column* own = partition.column(action.column);
    if (own == nullptr || own->inherited_from == 0) continue;
    run_.lock(partition, mode_);
    if (own->inherited_from == 1 && !own->local && !statement_.only) {
      targets.push_back({.kind = Kind::kColumn, .oid = child, .column = own->number, .name = {}});
    } else {
      edit(child, own->number, [&](Column& copy) {
        --copy.inherited_from;
        if (statement_.only) copy.local = true;
      });
    }
  }
  if (table.kind == RelationKind::kCompositeType) {
    for (const Dependency& dependency : run_.catalog.dependents(oid)) {
      const Relation* typed = run_.catalog.relation(dependency.object);
      const Column* own = typed == nullptr ? nullptr : typed->column(action.column);
      if (own != nullptr && typed->of_type == oid) {
        targets.push_back(
            {.kind = Kind::kColumn, .oid = typed->oid, .column = own->number, .name = {}});
      }
    }
  }
  return drop(run_, std::move(targets), action.cascade);
}

bool AlterTableRun::prepare(const model::AlterAction& action) {
  if (const auto* alter = std::get_if<model::AlterColumnType>(&action.what)) {
    return prepare_type(*alter);
  }
  if (std::holds_alternative<model::AddColumn>(action.what) && self().of_type != 0) {
    return run_.fail("42809", "cannot add column to typed table");
  }
  if (std::holds_alternative<model::DropColumn>(action.what) && self().of_type != 0) {
    return run_.fail("42809", "cannot drop column from typed table");
  }
  if (const auto* drop_expression = std::get_if<model::DropExpression>(&action.what)) {
    if (statement_.only && !self().children.empty()) {
      return run_.fail("42P16",
                       "ALTER TABLE / DROP EXPRESSION must be applied to child tables too");
    }
    const Column* found = run_.column(table_, drop_expression->column);
    if (found == nullptr) return false;
    if (found->inherited_from > 0) {
      return run_.fail("42P16", "cannot drop generation expression from inherited column");
    }
  }
  if (const auto* logged = std::get_if<model::SetLogged>(&action.what)) {
    // Only one of them may change it.
    for (const model::AlterAction& other : statement_.actions) {
      if (&other == &action) break;
      const auto* before = std::get_if<model::SetLogged>(&other.what);
      const bool is_logged = self().persistence != model::Persistence::kUnlogged;
      if (before != nullptr && before->logged != is_logged) {
        return run_.fail("0A000", "cannot change persistence setting twice");
      }
    }
    return prepare_persistence(logged->logged);
  }
  const bool inherits = std::holds_alternative<model::Inherit>(action.what);
  if (inherits && (self().of_type != 0 || self().is_partition ||
                   self().kind == RelationKind::kPartitionedTable)) {
    return run_.fail("42809", fmt::format("cannot change inheritance of \"{}\"", self().name));
  }
  return true;
}

/// Whether the type of the column may be changed here, and not only on a parent or a composite.
bool AlterTableRun::may_change_type(const Relation& table, const Column& column) {
  if (table.of_type != 0) return run_.fail("42809", "cannot alter column type of typed table");
  if (column.inherited_from > 0) {
    return run_.fail("42P16", fmt::format("cannot alter inherited column \"{}\"", column.name));
  }
  if (!table.partition_key) return true;
  for (const model::IndexKey& key : table.partition_key->keys) {
    const auto names = key.expression ? column_names(*key.expression) : std::vector<std::string>{};
    if (key.column == column.name || std::ranges::find(names, column.name) != names.end()) {
      return run_.fail("42P16", fmt::format("cannot alter column \"{}\" because it is part of the "
                                            "partition key of relation \"{}\"",
                                            column.name, table.name));
    }
  }
  return true;
}

bool AlterTableRun::prepare_type(const model::AlterColumnType& action) {
  const Column* existing = run_.column(table_, action.column);
  if (existing == nullptr) return false;
  // USING is read, and an identity's sequence changed, before anything is checked.
  if (action.using_expression &&
      !check_expression(run_, self(), *action.using_expression, "transform expression")) {
    return false;
  }
  if (existing->identity != model::IdentityKind::kNone) {
    const ResolvedType type = run_.type(action.type);
    if (!type.known) return false;
    const std::string& name = type.name.name.name;
    if (type.name.array_dimensions > 0 || (name != "int2" && name != "int4" && name != "int8")) {
      return run_.fail("22023", "identity column type must be smallint, integer, or bigint");
    }
  }
  if (action.using_expression && existing->generated != model::GeneratedKind::kNone) {
    return run_.fail("42611", "cannot specify USING when altering type of generated column");
  }
  if (!may_change_type(self(), *existing)) return false;
  const ResolvedType type = run_.type(action.type);
  if (!type.known) return false;
  if (action.using_expression) {
    const model::TypeName from =
        infer_type(run_.catalog, Scope::of(self()), *action.using_expression);
    if (cast_path(run_.catalog, from, type.name, CastContext::kAssignment) == CastPath::kNone) {
      return run_.fail("42804", fmt::format("result of USING clause for column \"{}\" cannot be "
                                            "cast automatically to type {}",
                                            action.column, model::display(type.name)));
    }
    return true;
  }
  if (existing->assumed) return true;
  if (cast_path(run_.catalog, existing->type, type.name, CastContext::kAssignment) ==
      CastPath::kNone) {
    return run_.fail("42804", fmt::format("column \"{}\" cannot be cast automatically to type {}",
                                          action.column, model::display(type.name)));
  }
  return true;
}

bool AlterTableRun::alter_type(Oid oid, const model::AlterColumnType& action, bool recursing) {
  const Relation& table = run_.at(oid);
  const Column* existing = run_.column(oid, action.column);
  if (existing == nullptr) return false;
  if (table.kind == RelationKind::kCompositeType) {
    for (const Dependency& dependency : run_.catalog.dependents(oid)) {
      if (dependency.kind == Dependency::Part::kColumn) {
        return run_.fail(
            "0A000", fmt::format("cannot alter type \"{}\" because a column uses it", table.name));
      }
    }
  } else {
    for (const Dependency& dependency : run_.catalog.dependents(oid)) {
      if (dependency.kind == Dependency::Part::kColumn && dependency.needs_column == 0) {
        return run_.fail("0A000", fmt::format("cannot alter table \"{}\" because a column uses its "
                                              "row type",
                                              table.name));
      }
    }
  }
  if (!recursing && statement_.only && !table.children.empty()) {
    return run_.fail("42P16",
                     fmt::format("type of inherited column \"{}\" must be changed in child "
                                 "tables too",
                                 action.column));
  }
  if (recursing) run_.lock(table, mode_);
  const std::optional<TypeChange> change = change_column_type(run_, oid, action);
  if (!change) return false;
  type_changes_.push_back(*change);
  if (change->rewrite && has_storage(run_.at(oid))) {
    rewrites_.emplace(
        oid, fmt::format("the type of \"{}\" changes from {} to {}", action.column,
                         model::display(change->old_type), model::display(change->new_type)));
  }
  const std::vector<Oid> children = run_.at(oid).children;
  for (const Oid child : children) {
    if (!alter_type(child, action, true)) return false;
  }
  if (run_.at(oid).kind == RelationKind::kCompositeType) {
    for (const Dependency& dependency : run_.catalog.dependents(oid)) {
      const Relation* typed = run_.catalog.relation(dependency.object);
      if (typed != nullptr && typed->of_type == oid && !alter_type(typed->oid, action, true)) {
        return false;
      }
    }
  }
  return true;
}

bool AlterTableRun::not_null(Oid oid, const std::string& name, bool recursing) {
  const Column* column = run_.column(oid, name);
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

bool AlterTableRun::operator()(const model::SetExpression& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  if (found->generated == model::GeneratedKind::kNone && !found->assumed) {
    return run_.fail("55000", fmt::format("column \"{}\" of relation \"{}\" is not a generated "
                                          "column",
                                          action.column, self().name));
  }
  const bool stored = found->generated != model::GeneratedKind::kVirtual;
  const AttributeNumber number = found->number;
  recurse_lock();
  edit(table_, number, [&](Column& copy) { copy.generation_expression = action.value; });
  if (stored) {
    for (const Oid leaf : run_.leaves(self())) {
      rewrites_.emplace(leaf, "a stored generated column is computed again");
    }
  }
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
  recurse_lock();
  std::vector<Oid> tables = {table_};
  for (const Oid child : run_.descendants(self())) tables.push_back(child);
  for (const Oid oid : tables) {
    const Column* own = run_.at(oid).column(action.column);
    if (own == nullptr) continue;
    edit(oid, own->number, [](Column& copy) {
      copy.generated = model::GeneratedKind::kNone;
      copy.generation_expression.reset();
    });
  }
  return true;
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
    if (!found->not_null) {
      return refuse("55000", "must be declared NOT NULL before identity can be added");
    }
    if (found->identity != model::IdentityKind::kNone) {
      return refuse("55000", "is already an identity column");
    }
    if (found->default_value) return refuse("55000", "already has a default value");
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
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  if (found->identity == model::IdentityKind::kNone) {
    if (action.if_exists || found->assumed) return true;
    return run_.fail("55000", fmt::format("column \"{}\" of relation \"{}\" is not an identity "
                                          "column",
                                          action.column, self().name));
  }
  const Oid sequence = found->owned_sequence;
  edit(table_, found->number, [](Column& copy) {
    copy.identity = model::IdentityKind::kNone;
    copy.owned_sequence = 0;
  });
  if (run_.catalog.relation(sequence) != nullptr) {
    return drop(run_, {{.kind = Kind::kRelation, .oid = sequence, .name = {}}}, false);
  }
  return true;
}

bool AlterTableRun::operator()(const model::SetStatistics& action) {
  if (is_index(self().kind)) return true;
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  recurse_lock();
  edit(table_, found->number, [&](Column& copy) { copy.statistics_target = action.target; });
  return true;
}

bool AlterTableRun::operator()(const model::SetColumnOptions& action) {
  if (is_index(self().kind)) return true;
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  edit(table_, found->number, [&](Column& copy) {
    for (const auto& [name, value] : action.options) {
      std::erase_if(copy.options, [&](const auto& option) { return option.first == name; });
      if (!action.reset) copy.options.emplace_back(name, value);
    }
  });
  return true;
}

/// Whether values of the type may be stored out of line.
bool is_toastable(const Run& run, const Column& column) {
  const model::TypeName type = base_type(run.catalog, column.type);
  if (type.array_dimensions > 0) return true;
  const facts::TypeId id = fact_id(type);
  if (id >= 0) return facts::type(id).storage != 'p';
  const Type* user = user_type(run.catalog, type);
  return user == nullptr || user->kind != TypeKind::kEnum;
}

bool AlterTableRun::operator()(const model::SetStorage& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  std::string wanted;
  for (const char c : action.storage) {
    wanted += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  if (!is_toastable(run_, *found) && wanted != "PLAIN" && wanted != "DEFAULT") {
    return run_.fail("0A000", fmt::format("column data type {} can only have storage PLAIN",
                                          model::display(found->type)));
  }
  recurse_lock();
  edit(table_, found->number, [&](Column& copy) { copy.storage = wanted; });
  return true;
}

bool AlterTableRun::operator()(const model::SetCompression& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  if (!is_toastable(run_, *found)) {
    return run_.fail("0A000", fmt::format("column data type {} does not support compression",
                                          model::display(found->type)));
  }
  edit(table_, found->number, [&](Column& copy) { copy.compression = action.method; });
  return true;
}

// ---- constraints ------------------------------------------------------------------------------

bool AlterTableRun::constrain(const ExtraConstraint& extra) {
  const model::Constraint& constraint = extra.constraint;
  const Relation& table = self();
  if (constraint.kind == ConstraintKind::kPrimaryKey) {
    // Its columns become NOT NULL first; the index build reads the rows anyhow.
    std::vector<std::string> columns = constraint.columns;
    if (!constraint.using_index.empty()) {
      const Relation* index = run_.catalog.find_index({table.schema, constraint.using_index});
      if (index != nullptr && index->table == table_) {
        for (const IndexColumn& key : index->keys) {
          if (const Column* column = table.column(key.column)) columns.push_back(column->name);
        }
      }
    }
    if (table.primary_key() == nullptr) {
      for (const std::string& name : columns) {
        const Column* own = self().column(name);
        if (own == nullptr ? !self().open_columns : own->not_null) continue;
        if (!not_null(table_, name, false)) return false;
      }
    }
  }
  if (table.kind == RelationKind::kPartitionedTable && !statement_.only) {
    const bool key = constraint.kind == ConstraintKind::kPrimaryKey ||
                     constraint.kind == ConstraintKind::kUnique ||
                     constraint.kind == ConstraintKind::kExclusion;
    // The indexes of the partitions are built under SHARE, as CREATE INDEX does it.
    const LockMode mode = key ? LockMode::kShare
                          : constraint.kind == ConstraintKind::kForeignKey
                              ? LockMode::kShareRowExclusive
                              : mode_;
    for (const Oid child : run_.descendants(table)) run_.lock(child, mode);
  } else if (constraint.kind == ConstraintKind::kCheck && !statement_.only &&
             !constraint.no_inherit) {
    run_.lock_tree(table, mode_);
  }
  return add_constraint(
      run_, table_, constraint,
      {.skip_scan = extra.skip_scan, .only = statement_.only, .all_null = extra.all_null});
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
    if (action.if_exists || table.assumed || recursing) {
      run_.effects.changes_nothing = !table.assumed && !recursing && statement_.actions.size() == 1;
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
  const bool inherits = is_check && !found->no_inherit;
  const Oid part = found->oid;
  if (statement_.only && table.kind == RelationKind::kPartitionedTable && !table.children.empty() &&
      inherits) {
    return run_.fail("42P16",
                     "cannot remove constraint from only the partitioned table when "
                     "partitions exist");
  }
  if (table.kind == RelationKind::kPartitionedTable) run_.lock_tree(table, mode_);
  run_.lose(model::ObjectKind::kConstraint, fmt::format("{}.{}", shown(table), action.name),
            recursing, false);
  const std::vector<Oid> children = table.children;
  if (!drop(run_, {{.kind = Kind::kConstraint, .oid = oid, .part = part, .name = {}}},
            action.cascade)) {
    return false;
  }
  if (!inherits) return true;
  for (const Oid child : children) {
    const CatalogConstraint* own = run_.at(child).constraint_named(action.name);
    if (own == nullptr || own->inherited_from == 0) continue;
    run_.lock(child, mode_);
    if (own->inherited_from == 1 && !own->local && !statement_.only) {
      if (!drop_constraint(child, action, true)) return false;
      continue;
    }
    const Oid child_part = own->oid;
    run_.change(child, [&](Relation& copy) {
      for (CatalogConstraint& constraint : copy.constraints) {
        if (constraint.oid != child_part) continue;
        --constraint.inherited_from;
        if (statement_.only) constraint.local = true;
      }
    });
  }
  return true;
}

bool AlterTableRun::validate_check(Oid oid, const std::string& name) {
  const CatalogConstraint* found = run_.at(oid).constraint_named(name);
  if (found == nullptr || (found->validated && oid != table_)) return true;
  const bool inherits = !found->no_inherit;
  run_.lock(oid, LockMode::kShareUpdateExclusive);
  run_.scan(run_.at(oid), fmt::format("constraint \"{}\" is checked for every row", name));
  const bool evidence =
      found->expression && std::ranges::any_of(run_.at(oid).columns, [&](const Column& column) {
        return std::ranges::any_of(column.constants_written, [&](const model::Expression& value) {
          return refutes(*found->expression, column.name, value);
        });
      });
  run_.may_fail(evidence, "23514",
                fmt::format("check constraint \"{}\" of relation \"{}\" is violated by some row",
                            name, run_.at(oid).name));
  run_.change(oid, [&](Relation& copy) {
    for (CatalogConstraint& constraint : copy.constraints) {
      if (constraint.name == name) constraint.validated = true;
    }
  });
  const std::vector<Oid> children = run_.at(oid).children;
  for (const Oid child : children) {
    if (inherits && !validate_check(child, name)) return false;
  }
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
    run_.effects.changes_nothing = statement_.actions.size() == 1;
    return true;
  }
  if (found->kind == ConstraintKind::kCheck) return validate_check(table_, action.name);
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
  const CatalogConstraint* found = self().constraint_named(action.name);
  if (found == nullptr) {
    if (self().assumed) return true;
    return run_.fail("42704", fmt::format("constraint \"{}\" of relation \"{}\" does not exist",
                                          action.name, self().name));
  }
  if (found->kind != ConstraintKind::kForeignKey) {
    return run_.fail("42809",
                     fmt::format("constraint \"{}\" of relation \"{}\" is not a foreign key "
                                 "constraint",
                                 action.name, self().name));
  }
  const Oid part = found->oid;
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

// ---- partitions and inheritance ---------------------------------------------------------------

bool AlterTableRun::operator()(const model::AttachPartition& action) {
  if (is_index(self().kind)) {
    const Relation* index = run_.catalog.find_index(action.partition);
    if (index == nullptr) {
      if (run_.options.assume_missing) return true;
      return run_.fail(
          "42P01", fmt::format("index \"{}\" does not exist", model::display(action.partition)));
    }
    run_.lock(*index, LockMode::kAccessExclusive);
    run_.lock(index->table, LockMode::kAccessShare);
    run_.lock(self().table, LockMode::kAccessShare);
    const Relation* table = run_.catalog.relation(index->table);
    if (!index->parents.empty()) {
      if (index->parents[0] == table_) return true;
      return run_.fail("55000", fmt::format("cannot attach index \"{}\" as a partition of index "
                                            "\"{}\"",
                                            index->name, self().name));
    }
    if (table == nullptr ||
        std::ranges::find(table->parents, self().table) == table->parents.end() ||
        !same_index_shape(run_, self(), *index)) {
      return run_.fail(table != nullptr && std::ranges::find(table->parents, self().table) ==
                                               table->parents.end()
                           ? "55000"
                           : "42P17",
                       fmt::format("cannot attach index \"{}\" as a partition of index \"{}\"",
                                   index->name, self().name));
    }
    const Oid child = index->oid;
    run_.change(child, [&](Relation& copy) { copy.parents.push_back(table_); });
    run_.change(table_, [&](Relation& copy) { copy.children.push_back(child); });
    const Relation* owner = run_.catalog.relation(self().table);
    if (owner != nullptr && self().children.size() >= owner->children.size()) {
      run_.change(table_, [](Relation& copy) { copy.valid = true; });
    }
    return true;
  }
  if (self().kind != RelationKind::kPartitionedTable) {
    if (!self().assumed) {
      return run_.fail("42P17", fmt::format("table \"{}\" is not partitioned", self().name));
    }
    run_.change(table_, [](Relation& copy) { copy.kind = RelationKind::kPartitionedTable; });
  }
  const Relation* partition = run_.table(action.partition);
  if (partition == nullptr) return false;
  if (action.bound && !check_bound_kind(run_, self(), *action.bound)) return false;
  if (partition->oid == table_) {
    return run_.fail("42P07", "circular inheritance not allowed");
  }
  return attach_partition(run_, table_, partition->oid,
                          action.bound.value_or(model::PartitionBound{}));
}

bool AlterTableRun::operator()(const model::DetachPartition& action) {
  if (action.concurrently && !run_.needs_no_transaction("ALTER TABLE ... DETACH CONCURRENTLY")) {
    return false;
  }
  if (self().kind != RelationKind::kPartitionedTable && !self().assumed) {
    return run_.fail("42P17", fmt::format("table \"{}\" is not partitioned", self().name));
  }
  const Relation* partition = run_.table(action.partition);
  if (partition == nullptr) return false;
  const Oid child = partition->oid;
  run_.lock(*partition, LockMode::kAccessExclusive);
  if (std::ranges::find(partition->parents, table_) == partition->parents.end()) {
    if (self().assumed || partition->assumed) return true;
    return run_.fail("42P01", fmt::format("relation \"{}\" is not a partition of relation \"{}\"",
                                          partition->name, self().name));
  }
  if (const Oid other = default_partition(run_, self()); other != 0) {
    if (action.concurrently) {
      return run_.fail("55000",
                       "cannot detach partitions concurrently when a default partition "
                       "exists");
    }
    run_.lock(other, LockMode::kAccessExclusive);
  }
  for (const CatalogConstraint& constraint : partition->constraints) {
    if (constraint.kind == ConstraintKind::kForeignKey && constraint.inherited_from > 0) {
      run_.lock(constraint.referenced_table, LockMode::kShareRowExclusive);
    }
  }
  for (const Catalog::ForeignKeyUse& use : run_.catalog.foreign_keys_to(table_)) {
    run_.lock(*use.table, LockMode::kAccessExclusive);
  }
  run_.effects.waits_for_old_transactions = action.concurrently;
  const std::optional<model::PartitionBound> bound = partition->bound;
  run_.change(table_, [&](Relation& copy) { std::erase(copy.children, child); });
  const std::vector<Oid> indexes = run_.at(child).indexes;
  for (const Oid index : indexes) {
    run_.change(index, [&](Relation& copy) {
      for (const Oid parent : copy.parents) {
        if (run_.catalog.relation(parent) == nullptr) continue;
        run_.change(parent, [&](Relation& above) { std::erase(above.children, index); });
      }
      copy.parents.clear();
    });
  }
  run_.change(child, [&](Relation& copy) {
    copy.parents.clear();
    copy.bound.reset();
    copy.is_partition = false;
    std::erase_if(copy.triggers, [](const Trigger& trigger) { return trigger.inherited; });
    for (Column& column : copy.columns) {
      column.inherited_from = 0;
      column.local = true;
    }
    for (CatalogConstraint& constraint : copy.constraints) {
      constraint.inherited_from = 0;
      constraint.local = true;
    }
  });
  return true;
}

bool AlterTableRun::operator()(const model::Inherit& action) {
  const Relation* parent = run_.table(action.parent);
  if (parent == nullptr) return false;
  run_.lock(*parent, LockMode::kShareUpdateExclusive);
  if (parent->kind == RelationKind::kPartitionedTable) {
    return run_.fail("42809",
                     fmt::format("cannot inherit from partitioned table \"{}\"", parent->name));
  }
  if (parent->is_partition) return run_.fail("42809", "cannot inherit from a partition");
  if (std::ranges::find(self().parents, parent->oid) != self().parents.end()) {
    return run_.fail("42P07", fmt::format("relation \"{}\" would be inherited from more than once",
                                          parent->name));
  }
  const std::vector<Oid> below = run_.descendants(self());
  if (parent->oid == table_ || std::ranges::find(below, parent->oid) != below.end()) {
    return run_.fail("42P07", "circular inheritance not allowed");
  }
  for (const Column& above : parent->columns) {
    const Column* own = self().column(above.name);
    if (own == nullptr) {
      if (self().open_columns) continue;
      return run_.fail("42804", fmt::format("child table is missing column \"{}\"", above.name));
    }
    if (!own->assumed && !above.assumed && !same_type(own->type, above.type)) {
      return run_.fail("42804", fmt::format("child table \"{}\" has different type for column "
                                            "\"{}\"",
                                            self().name, above.name));
    }
    if (!own->assumed && !above.assumed && own->collation != above.collation) {
      return run_.fail("42P21", fmt::format("child table \"{}\" has different collation for "
                                            "column \"{}\"",
                                            self().name, above.name));
    }
    if (above.not_null && !own->not_null && !own->assumed) {
      return run_.fail(
          "42804", fmt::format("column \"{}\" in child table must be marked NOT NULL", above.name));
    }
  }
  for (const CatalogConstraint& constraint : parent->constraints) {
    if (constraint.kind != ConstraintKind::kCheck || constraint.no_inherit) continue;
    if (self().constraint_named(constraint.name) == nullptr) {
      return run_.fail("42804",
                       fmt::format("child table is missing constraint \"{}\"", constraint.name));
    }
  }
  const Oid above = parent->oid;
  const Relation owner = *parent;
  run_.change(table_, [&](Relation& copy) {
    copy.parents.push_back(above);
    for (Column& column : copy.columns) {
      if (owner.column(column.name) != nullptr) ++column.inherited_from;
    }
    for (CatalogConstraint& constraint : copy.constraints) {
      if (constraint.kind == ConstraintKind::kCheck &&
          owner.constraint_named(constraint.name) != nullptr) {
        ++constraint.inherited_from;
      }
    }
  });
  run_.change(above, [&](Relation& copy) { copy.children.push_back(table_); });
  return true;
}

bool AlterTableRun::operator()(const model::NoInherit& action) {
  if (self().is_partition) return run_.fail("42809", "cannot change inheritance of a partition");
  const Relation* parent = run_.table(action.parent);
  if (parent == nullptr) return false;
  run_.lock(*parent, LockMode::kAccessShare);
  if (std::ranges::find(self().parents, parent->oid) == self().parents.end()) {
    if (self().assumed || parent->assumed) return true;
    return run_.fail("42P01", fmt::format("relation \"{}\" is not a parent of relation \"{}\"",
                                          parent->name, self().name));
  }
  const Oid above = parent->oid;
  const Relation owner = *parent;
  run_.change(above, [&](Relation& copy) { std::erase(copy.children, table_); });
  run_.change(table_, [&](Relation& copy) {
    std::erase(copy.parents, above);
    for (Column& column : copy.columns) {
      if (owner.column(column.name) == nullptr) continue;
      column.inherited_from = std::max(0, column.inherited_from - 1);
      if (column.inherited_from == 0) column.local = true;
    }
    for (CatalogConstraint& constraint : copy.constraints) {
      if (constraint.kind != ConstraintKind::kCheck ||
          owner.constraint_named(constraint.name) == nullptr) {
        continue;
      }
      constraint.inherited_from = std::max(0, constraint.inherited_from - 1);
      if (constraint.inherited_from == 0) constraint.local = true;
    }
  });
  return true;
}

bool AlterTableRun::operator()(const model::OfType& action) {
  const Relation* type = run_.relation(action.type, RelationKind::kCompositeType);
  if (type == nullptr) return false;
  const Oid oid = type->oid;
  if (type->kind != RelationKind::kCompositeType) {
    return run_.fail("42809", fmt::format("type {} is not a composite type", type->name));
  }
  if (!self().parents.empty()) return run_.fail("42809", "typed tables cannot inherit");
  for (const Column& attribute : type->columns) {
    const Column* own = self().column(attribute.name);
    if (own == nullptr && !self().open_columns) {
      return run_.fail("42804", fmt::format("table is missing column \"{}\"", attribute.name));
    }
    if (own != nullptr && !own->assumed && !same_type(own->type, attribute.type)) {
      return run_.fail("42804", fmt::format("table \"{}\" has different type for column \"{}\"",
                                            self().name, attribute.name));
    }
  }
  if (self().columns.size() > type->columns.size() && !type->open_columns) {
    return run_.fail("42804", "table has extra column");
  }
  run_.change(table_, [&](Relation& copy) {
    copy.of_type = oid;
    add_needs(copy, {{.needs = oid}}, Dependency::Part::kWhole);
  });
  return true;
}

bool AlterTableRun::operator()(const model::NotOfType&) {
  if (self().of_type == 0 && !self().assumed) {
    return run_.fail("42809", fmt::format("\"{}\" is not a typed table", self().name));
  }
  run_.change(table_, [](Relation& copy) {
    std::erase_if(copy.needs, [&](const Dependency& d) {
      return d.needs == copy.of_type && d.kind == Dependency::Part::kWhole;
    });
    copy.of_type = 0;
  });
  return true;
}

// ---- the rest ---------------------------------------------------------------------------------

bool AlterTableRun::operator()(const model::SetTriggerState& action) {
  if (action.rule) {
    const auto& rules = self().rules;
    if (std::ranges::find(rules, action.which) == rules.end() && !self().assumed) {
      return run_.fail("42704", fmt::format("rule \"{}\" for relation \"{}\" does not exist",
                                            action.which, self().name));
    }
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
  if (self().kind == RelationKind::kPartitionedTable) recurse_lock();
  return true;
}

bool AlterTableRun::operator()(const model::SetReplicaIdentity& action) {
  Oid chosen = 0;
  if (action.identity == 'i') {
    const Relation* index = run_.catalog.find_relation({self().schema, action.index});
    if (index == nullptr) {
      if (self().assumed) return true;
      return run_.fail("42704", fmt::format("index \"{}\" for table \"{}\" does not exist",
                                            action.index, self().name));
    }
    if (!is_index(index->kind)) {
      return run_.fail("42809", fmt::format("\"{}\" is not an index", action.index));
    }
    run_.lock(*index, LockMode::kShare);
    if (index->table != table_) {
      return run_.fail("42809", fmt::format("\"{}\" is not an index for table \"{}\"", action.index,
                                            self().name));
    }
    const auto refuse = [&](std::string_view why) {
      return run_.fail("42809", fmt::format("cannot use {} index \"{}\" as replica identity", why,
                                            action.index));
    };
    if (!index->unique) return refuse("non-unique");
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

/// Source: ATPrepChangePersistence().
bool AlterTableRun::prepare_persistence(bool logged) {
  using model::Persistence;
  const Relation& table = self();
  if (table.persistence == Persistence::kTemporary) {
    return run_.fail("42P16",
                     fmt::format("cannot change logged status of table \"{}\" because it is "
                                 "temporary",
                                 table.name));
  }
  const Persistence wanted = logged ? Persistence::kPermanent : Persistence::kUnlogged;
  if (table.persistence == wanted) return true;
  if (logged) {
    for (const CatalogConstraint& constraint : table.constraints) {
      const Relation* other = run_.catalog.relation(constraint.referenced_table);
      if (other != nullptr && other->oid != table_ &&
          other->persistence == Persistence::kUnlogged) {
        return run_.fail("42P16", fmt::format("could not change table \"{}\" to logged because it "
                                              "references unlogged table \"{}\"",
                                              table.name, other->name));
      }
    }
    return true;
  }
  for (const Catalog::ForeignKeyUse& use : run_.catalog.foreign_keys_to(table_)) {
    if (use.table->oid != table_ && use.table->persistence == Persistence::kPermanent) {
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
    run_.effects.changes_nothing = statement_.actions.size() == 1;
    return true;
  }
  // Without storage there is nothing to change: ATRewriteTables() passes it by.
  if (table.kind == RelationKind::kPartitionedTable) return true;
  std::vector<Oid> parts = table.indexes;
  for (const Column& column : table.columns) {
    if (column.owned_sequence != 0 && run_.since(15)) parts.push_back(column.owned_sequence);
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
  const Relation& table = self();
  const std::string wanted = action.tablespace == "pg_default" ? "" : action.tablespace;
  if (table.tablespace == wanted && !table.assumed) {
    run_.effects.changes_nothing = statement_.actions.size() == 1;
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
  if (old == wanted) {
    run_.effects.changes_nothing = statement_.actions.size() == 1;
    return true;
  }
  run_.change(table_, [&](Relation& copy) { copy.access_method = wanted; });
  rewrites_.emplace(table_, "another table access method stores the rows");
  return true;
}

bool AlterTableRun::operator()(const model::SetTableOptions& action) {
  for (const auto& [name, value] : action.options) {
    if (!action.reset && !facts::is_storage_parameter(name) && !self().assumed &&
        self().kind != RelationKind::kIndex && self().access_method.empty() &&
        name.find('.') == std::string::npos) {
      return run_.fail("22023", fmt::format("unrecognized parameter \"{}\"", name));
    }
  }
  if (self().kind == RelationKind::kPartitionedTable && !action.reset && !action.options.empty() &&
      !self().assumed) {
    // Version 15 knows no parameter of partitioned tables at all.
    return run_.fail(run_.since(16) ? "42809" : "22023",
                     "cannot specify storage parameters for a partitioned table");
  }
  run_.change(table_, [&](Relation& copy) {
    for (const auto& [name, value] : action.options) {
      std::erase_if(copy.options, [&](const auto& option) { return option.first == name; });
      if (!action.reset) copy.options.emplace_back(name, value);
    }
  });
  return true;
}

bool AlterTableRun::operator()(const model::ClusterOn& action) {
  Oid chosen = 0;
  if (!action.without) {
    const Relation* index = run_.catalog.find_relation({self().schema, action.index});
    if (index == nullptr) {
      if (self().assumed) return true;
      return run_.fail("42704", fmt::format("index \"{}\" for table \"{}\" does not exist",
                                            action.index, self().name));
    }
    if (!is_index(index->kind)) {
      return run_.fail("42809", fmt::format("\"{}\" is not an index", action.index));
    }
    run_.lock(*index, LockMode::kShareUpdateExclusive);
    if (index->table != table_) {
      return run_.fail("42809", fmt::format("\"{}\" is not an index for table \"{}\"", action.index,
                                            self().name));
    }
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
    if (own.owned_sequence != 0) parts.push_back(own.owned_sequence);
  }
  for (const Oid oid : parts) {
    if (run_.catalog.relation(oid) == nullptr) continue;
    run_.lock(oid, LockMode::kAccessExclusive);
    run_.change(oid, [&](Relation& copy) { copy.owner = action.role; });
  }
  run_.change(table_, [&](Relation& copy) { copy.owner = action.role; });
  return true;
}

bool AlterTableRun::operator()(const model::OtherAction&) { return true; }

}  // namespace

bool apply(Run& run, const model::AlterTable& statement) {
  const Relation* table = run.relation_if_any(statement.table);
  if (table == nullptr) {
    if (statement.if_exists && !run.is_system(statement.table)) {
      run.effects.changes_nothing = !run.options.assume_missing;
      return true;
    }
    RelationKind kind = RelationKind::kTable;
    if (statement.kind == model::ObjectKind::kIndex) kind = RelationKind::kIndex;
    if (statement.kind == model::ObjectKind::kView) kind = RelationKind::kView;
    if (statement.kind == model::ObjectKind::kMaterializedView) {
      kind = RelationKind::kMaterializedView;
    }
    if (statement.kind == model::ObjectKind::kSequence) kind = RelationKind::kSequence;
    if (statement.kind == model::ObjectKind::kForeignTable) kind = RelationKind::kForeignTable;
    if (statement.kind == model::ObjectKind::kType) kind = RelationKind::kCompositeType;
    table = run.relation(statement.table, kind);
    if (table == nullptr) return false;
  }
  const auto wrong = [&](std::string_view what) {
    run.lock(*table, LockMode::kAccessExclusive);
    return run.fail("42809", fmt::format("\"{}\" is not {}", table->name, what));
  };
  if (!table->assumed) {
    if (statement.kind == model::ObjectKind::kView && table->kind != RelationKind::kView) {
      return wrong("a view");
    }
    if (statement.kind == model::ObjectKind::kMaterializedView &&
        table->kind != RelationKind::kMaterializedView) {
      return wrong("a materialized view");
    }
    if (statement.kind == model::ObjectKind::kIndex && !is_index(table->kind)) {
      return wrong("an index");
    }
    if (statement.kind == model::ObjectKind::kSequence && table->kind != RelationKind::kSequence) {
      return wrong("a sequence");
    }
    if (statement.kind == model::ObjectKind::kForeignTable &&
        table->kind != RelationKind::kForeignTable) {
      return wrong("a foreign table");
    }
    if (statement.kind == model::ObjectKind::kType && table->kind != RelationKind::kCompositeType) {
      return wrong("a composite type");
    }
  }
  return AlterTableRun(run, statement, table->oid).execute();
}

}  // namespace forelock::postgres
