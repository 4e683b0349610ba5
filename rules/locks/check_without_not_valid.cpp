#include <utility>

#include "rules/support.h"

namespace forelock::rules {
namespace {

void tell(const lint::StepContext& ctx, lint::FindingSink& sink, const model::QualifiedName& table,
          const std::string& name, bool fixable) {
  lint::Finding& finding =
      report(ctx, sink,
             "adding check " + (name.empty() ? std::string("constraint") : in_quotes(name)) +
                 " reads every row of " + in_quotes(table) +
                 " while reads and writes of it wait (ACCESS EXCLUSIVE lock)",
             "add it NOT VALID (`postgresql_not_valid=True`) and VALIDATE CONSTRAINT in a later "
             "migration");
  if (!fixable) return;
  if (auto edits = ctx.migration.rewriter.add_not_valid(ctx.statement)) {
    finding.fixes.push_back(
        {"Add the check NOT VALID", lint::Applicability::kUnsafe, std::move(*edits)});
  }
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (has_no_effect(ctx) || first_seen(ctx.effects.scans) == nullptr) return;
  for_each_action<model::AddConstraint>(ctx.statement, [&](const auto& alter, const auto& action) {
    const model::Constraint& added = action.constraint;
    if (added.kind != model::ConstraintKind::kCheck || added.not_valid || added.not_enforced)
      return;
    if (!is_private(ctx, alter.table)) tell(ctx, sink, alter.table, added.name, true);
  });
  for_each_action<model::AddColumn>(ctx.statement, [&](const auto& alter, const auto& action) {
    if (is_private(ctx, alter.table)) return;
    for (const model::Constraint& added : action.column.constraints) {
      if (added.kind != model::ConstraintKind::kCheck || added.not_enforced) continue;
      tell(ctx, sink, alter.table, added.name, false);
      break;
    }
  });
}

}  // namespace

extern constinit const lint::Rule kCheckWithoutNotValid = {
    .info = {.id = "check-without-not-valid",
             .group = "locks",
             .summary = "A check constraint is tested on all rows while the table is locked.",
             .why = "ADD CHECK holds an ACCESS EXCLUSIVE lock while it reads every row: nobody can "
                    "read or write the table until then.",
             .safer =
                 "Add it NOT VALID, which is immediate, and run VALIDATE CONSTRAINT in a later "
                 "migration: that one lets reads and writes go on.",
             .bad = R"(def upgrade():
    op.create_check_constraint("ck_visits_cost", "visits", "cost >= 0")
)",
             .good = R"(def upgrade():
    op.create_check_constraint(
        "ck_visits_cost", "visits", "cost >= 0", postgresql_not_valid=True
    )
)",
             .source = "PostgreSQL manual, ALTER TABLE, ADD table_constraint [ NOT VALID ]",
             .severity = lint::Severity::kWarning,
             .fix = lint::FixKind::kSometimes},
    .check_step = check};

}  // namespace forelock::rules
