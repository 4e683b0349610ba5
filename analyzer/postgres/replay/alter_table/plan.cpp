// Which subcommand runs in which pass.

#include <algorithm>

#include "analyzer/postgres/expressions.h"
#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {

using model::ConstraintKind;

namespace {

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

}  // namespace

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

}  // namespace forelock::postgres
