#include "rules/registry.h"

#include <algorithm>
#include <array>

namespace forelock::rules {

extern const lint::Rule kAddedColumnRewrite;
extern const lint::Rule kAppliedMigrationEdited;
extern const lint::Rule kAutogenerateNotReviewed;
extern const lint::Rule kCheckWithoutNotValid;
extern const lint::Rule kColumnTypeRewrite;
extern const lint::Rule kConcurrentlyInTransaction;
extern const lint::Rule kDataChangeInSchemaMigration;
extern const lint::Rule kDowngradeIncomplete;
extern const lint::Rule kDowngradeRaises;
extern const lint::Rule kDropCascade;
extern const lint::Rule kDropColumn;
extern const lint::Rule kDropIndexNotConcurrent;
extern const lint::Rule kDropTable;
extern const lint::Rule kDuplicateRevision;
extern const lint::Rule kForeignKeyWithoutNotValid;
extern const lint::Rule kIndexNotConcurrent;
extern const lint::Rule kMissingDowngrade;
extern const lint::Rule kMissingParent;
extern const lint::Rule kMultipleHeads;
extern const lint::Rule kNoLockTimeout;
extern const lint::Rule kNotNullWithoutBackfill;
extern const lint::Rule kPythonDefaultIsNotServerDefault;
extern const lint::Rule kRefreshNotConcurrent;
extern const lint::Rule kRefusedInTransaction;
extern const lint::Rule kReindexNotConcurrent;
extern const lint::Rule kRenameAsDropAndAdd;
extern const lint::Rule kRenameColumn;
extern const lint::Rule kRenameTable;
extern const lint::Rule kRequiredColumnWithoutDefault;
extern const lint::Rule kRevisionCycle;
extern const lint::Rule kSetNotNullScan;
extern const lint::Rule kSeveralChangesInOneMigration;
extern const lint::Rule kStatementWillFail;
extern const lint::Rule kSuppressionMalformed;
extern const lint::Rule kSuppressionUnknownRule;
extern const lint::Rule kSuppressionUnused;
extern const lint::Rule kSuppressionWithoutReason;
extern const lint::Rule kTableRewrite;
extern const lint::Rule kTruncateTable;
extern const lint::Rule kUndocumentedMigration;
extern const lint::Rule kUniqueConstraintUnderLock;
extern const lint::Rule kUnnamedConstraint;
extern const lint::Rule kValidateInSameTransaction;
extern const lint::Rule kVolatileDefault;
extern const lint::Rule kWholeTableDataChange;

std::span<const lint::Rule* const> all_rules() {
  static constexpr std::array kAll = {
      &kAddedColumnRewrite,
      &kAppliedMigrationEdited,
      &kAutogenerateNotReviewed,
      &kCheckWithoutNotValid,
      &kColumnTypeRewrite,
      &kConcurrentlyInTransaction,
      &kDataChangeInSchemaMigration,
      &kDowngradeIncomplete,
      &kDowngradeRaises,
      &kDropCascade,
      &kDropColumn,
      &kDropIndexNotConcurrent,
      &kDropTable,
      &kDuplicateRevision,
      &kForeignKeyWithoutNotValid,
      &kIndexNotConcurrent,
      &kMissingDowngrade,
      &kMissingParent,
      &kMultipleHeads,
      &kNoLockTimeout,
      &kNotNullWithoutBackfill,
      &kPythonDefaultIsNotServerDefault,
      &kRefreshNotConcurrent,
      &kRefusedInTransaction,
      &kReindexNotConcurrent,
      &kRenameAsDropAndAdd,
      &kRenameColumn,
      &kRenameTable,
      &kRequiredColumnWithoutDefault,
      &kRevisionCycle,
      &kSetNotNullScan,
      &kSeveralChangesInOneMigration,
      &kStatementWillFail,
      &kSuppressionMalformed,
      &kSuppressionUnknownRule,
      &kSuppressionUnused,
      &kSuppressionWithoutReason,
      &kTableRewrite,
      &kTruncateTable,
      &kUndocumentedMigration,
      &kUniqueConstraintUnderLock,
      &kUnnamedConstraint,
      &kValidateInSameTransaction,
      &kVolatileDefault,
      &kWholeTableDataChange,
  };
  return kAll;
}

const lint::Rule* find_rule(std::string_view id) {
  const auto rules = all_rules();
  const auto found =
      std::ranges::find_if(rules, [&](const lint::Rule* rule) { return rule->info.id == id; });
  return found == rules.end() ? nullptr : *found;
}

}  // namespace forelock::rules
