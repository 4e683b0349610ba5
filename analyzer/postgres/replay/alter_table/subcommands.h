#pragma once

// What PostgreSQL says of each subcommand of ALTER TABLE before it looks at the table: the pass
// that runs it, the relations that take it, and whether phase 1 hands it down to the children.

#include "analyzer/postgres/catalog.h"

namespace forelock::postgres {

/// AlterTablePass of src/backend/commands/tablecmds.c. What ALTER COLUMN TYPE makes again
/// (AT_PASS_OLD_INDEX, AT_PASS_OLD_CONSTR) is done at the end of its own pass.
enum class Pass {
  kDrop,
  kAlterType,
  kAddColumn,
  kSetExpression,
  kAddConstraint,  ///< The parser's look at a constraint, which queues it for a later pass.
  kColumnAttributes,
  kAddIndexConstraint,
  kAddIndex,
  kAddOtherConstraint,  ///< And defaults.
  kMisc,
};
inline constexpr int kPasses = static_cast<int>(Pass::kMisc) + 1;

/// Source: ATPrepCmd().
Pass pass_of(const model::AlterAction& action);
/// The pass in which a constraint is made, once the parser has seen it: ATParseTransformCmd().
Pass pass_of(const model::Constraint& constraint);
/// Whether a relation of that kind takes the subcommand: ATSimplePermissions().
bool takes(RelationKind kind, const model::AlterAction& action);
/// Whether phase 1 queues the subcommand for all children too: ATSimpleRecursion().
bool recurses_simply(const model::AlterAction& action);

}  // namespace forelock::postgres
