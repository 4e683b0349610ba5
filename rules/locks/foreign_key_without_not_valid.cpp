#include <utility>

#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  for_each_action<model::AddConstraint>(ctx.statement, [&](const auto& alter, const auto& action) {
    const model::Constraint& key = action.constraint;
    if (key.kind != model::ConstraintKind::kForeignKey || key.not_valid || key.not_enforced) return;
    if (has_no_effect(ctx) || is_private(ctx, alter.table)) return;
    // PostgreSQL does not check a column that the same statement adds without a default.
    if (first_seen(ctx.effects.scans) == nullptr) return;
    const postgres::Relation* table = ctx.before.find_table(alter.table);
    const bool not_possible = table != nullptr &&
                              table->kind == postgres::RelationKind::kPartitionedTable &&
                              ctx.migration.project.project.settings.pg_version < 18;
    const std::string name =
        key.name.empty() ? "a foreign key" : "foreign key " + in_quotes(key.name);
    const std::string tables =
        alter.table == key.referenced_table
            ? in_quotes(alter.table)
            : in_quotes(alter.table) + " and " + in_quotes(key.referenced_table);
    lint::Finding& finding =
        report(ctx, sink,
               "adding " + name + " checks every row of " + in_quotes(alter.table) +
                   " while writes to " + tables + " wait (SHARE ROW EXCLUSIVE lock)",
               not_possible
                   ? "a partitioned table cannot have a foreign key NOT VALID before PostgreSQL "
                     "18: add the key to each partition NOT VALID, validate it there, then add it "
                     "to the parent"
                   : "add it NOT VALID (`postgresql_not_valid=True`) and VALIDATE CONSTRAINT in a "
                     "later migration");
    if (not_possible) return;
    if (auto edits = ctx.migration.rewriter.add_not_valid(ctx.statement)) {
      // The rows that are there stay unchecked until the constraint is validated.
      finding.fixes.push_back(
          {"Add the foreign key NOT VALID", lint::Applicability::kUnsafe, std::move(*edits)});
    }
  });
}

}  // namespace

extern constinit const lint::Rule kForeignKeyWithoutNotValid = {
    .info = {.id = "foreign-key-without-not-valid",
             .group = "locks",
             .summary = "A foreign key is checked for all rows while writes to both tables wait.",
             .why =
                 "ADD FOREIGN KEY takes a SHARE ROW EXCLUSIVE lock on the table and on the table "
                 "that it references, and keeps both while it reads every row.",
             .safer = "Add it NOT VALID, which only looks at new rows, and run VALIDATE CONSTRAINT "
                      "in a later migration: that one lets writes go on. A foreign key of a "
                      "table that the same migration creates is not reported.",
             .bad = R"(def upgrade():
    op.create_foreign_key(
        "fk_visits_patient", "visits", "patients", ["patient_id"], ["id"]
    )
)",
             .good = R"(def upgrade():
    op.create_foreign_key(
        "fk_visits_patient", "visits", "patients", ["patient_id"], ["id"],
        postgresql_not_valid=True,
    )
)",
             .source =
                 "PostgreSQL manual, ALTER TABLE, ADD table_constraint [ NOT VALID ] and Notes",
             .severity = lint::Severity::kWarning,
             .fix = lint::FixKind::kSometimes},
    .check_step = check};

}  // namespace forelock::rules
