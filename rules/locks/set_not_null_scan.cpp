#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (has_no_effect(ctx) || first_seen(ctx.effects.scans) == nullptr) return;
  for_each_action<model::SetNotNull>(ctx.statement, [&](const auto& alter, const auto& action) {
    if (is_private(ctx, alter.table)) return;
    const bool native = ctx.migration.project.project.settings.pg_version >= 18;
    report(ctx, sink,
           "SET NOT NULL on " + quoted_column(alter.table, action.column) +
               " reads every row while reads and writes of the table wait (ACCESS EXCLUSIVE lock)",
           native ? "ADD CONSTRAINT … NOT NULL … NOT VALID, then VALIDATE it in a later migration"
                  : "add CHECK (column IS NOT NULL) NOT VALID, VALIDATE it in a later migration, "
                    "then SET NOT NULL needs no scan");
  });
}

}  // namespace

extern constinit const lint::Rule kSetNotNullScan = {
    .info = {.id = "set-not-null-scan",
             .group = "locks",
             .summary = "SET NOT NULL reads the whole table while it is locked.",
             .why = "PostgreSQL looks at every row for a NULL and holds an ACCESS EXCLUSIVE lock "
                    "meanwhile. On a small table that is nothing, so this is only information.",
             .safer = "A validated CHECK (column IS NOT NULL) proves that there is none, and SET "
                      "NOT NULL is immediate; from PostgreSQL 18 on a NOT NULL constraint can be "
                      "added NOT VALID itself.",
             .bad = R"(def upgrade():
    op.alter_column("patients", "email", nullable=False)
)",
             .good = R"(# file: 1_check.py
def upgrade():
    op.execute(
        "ALTER TABLE patients ADD CONSTRAINT email_set "
        "CHECK (email IS NOT NULL) NOT VALID"
    )
# file: 2_validate.py
def upgrade():
    op.execute("ALTER TABLE patients VALIDATE CONSTRAINT email_set")
# file: 3_not_null.py
def upgrade():
    op.alter_column("patients", "email", nullable=False)
    op.drop_constraint("email_set", "patients", type_="check")
)",
             .source = "PostgreSQL manual, ALTER TABLE, SET NOT NULL",
             .severity = lint::Severity::kInfo},
    .check_step = check};

}  // namespace forelock::rules
