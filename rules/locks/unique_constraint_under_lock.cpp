#include "rules/support.h"

namespace forelock::rules {
namespace {

std::string_view noun(model::ConstraintKind kind) {
  switch (kind) {
    case model::ConstraintKind::kPrimaryKey:
      return "primary key";
    case model::ConstraintKind::kUnique:
      return "unique constraint";
    case model::ConstraintKind::kExclusion:
      return "exclusion constraint";
    case model::ConstraintKind::kNotNull:
    case model::ConstraintKind::kCheck:
    case model::ConstraintKind::kForeignKey:
      return {};
  }
  return {};
}

std::string_view advice(model::ConstraintKind kind, bool partitioned) {
  if (kind == model::ConstraintKind::kExclusion) {
    return "there is no online way: fill a new table that has the constraint, then swap them";
  }
  if (partitioned) return "build a unique index concurrently on each partition first";
  return "build a unique index CONCURRENTLY, then `ALTER TABLE … ADD CONSTRAINT … USING INDEX`";
}

void tell(const lint::StepContext& ctx, lint::FindingSink& sink, const model::QualifiedName& table,
          const model::Constraint& constraint) {
  const std::string_view what = noun(constraint.kind);
  if (what.empty() || !constraint.using_index.empty()) return;
  const postgres::Relation* relation = ctx.before.find_table(table);
  if (is_private(ctx, relation)) return;
  const bool partitioned =
      relation != nullptr && relation->kind == postgres::RelationKind::kPartitionedTable;
  report(ctx, sink,
         "adding " + std::string(what) +
             (constraint.name.empty() ? "" : " " + in_quotes(constraint.name)) +
             " builds its index while reads and writes of " + in_quotes(table) +
             " wait (ACCESS EXCLUSIVE lock)",
         advice(constraint.kind, partitioned));
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (has_no_effect(ctx)) return;
  for_each_action<model::AddConstraint>(ctx.statement, [&](const auto& alter, const auto& action) {
    tell(ctx, sink, alter.table, action.constraint);
  });
  for_each_action<model::AddColumn>(ctx.statement, [&](const auto& alter, const auto& action) {
    for (const model::Constraint& constraint : action.column.constraints) {
      tell(ctx, sink, alter.table, constraint);
    }
  });
}

}  // namespace

extern constinit const lint::Rule kUniqueConstraintUnderLock = {
    .info = {.id = "unique-constraint-under-lock",
             .group = "locks",
             .summary = "The index of a unique or primary key is built while the table is locked.",
             .why = "ADD UNIQUE, ADD PRIMARY KEY and ADD EXCLUDE hold an ACCESS EXCLUSIVE lock "
                    "while they build their index: nobody can read or write the table until then.",
             .safer =
                 "Build a unique index CONCURRENTLY, then turn it into the constraint with ADD "
                 "CONSTRAINT … USING INDEX, which is immediate. Alembic has no operation for "
                 "the second step: use op.execute.",
             .bad = R"(def upgrade():
    op.create_unique_constraint("uq_patients_email", "patients", ["email"])
)",
             .good = R"(def upgrade():
    with op.get_context().autocommit_block():
        op.create_index(
            "uq_patients_email", "patients", ["email"],
            unique=True, postgresql_concurrently=True,
        )
    op.execute(
        "ALTER TABLE patients ADD CONSTRAINT uq_patients_email "
        "UNIQUE USING INDEX uq_patients_email"
    )
)",
             .source = "PostgreSQL manual, ALTER TABLE, ADD table_constraint_using_index",
             .severity = lint::Severity::kWarning},
    .check_step = check};

}  // namespace forelock::rules
