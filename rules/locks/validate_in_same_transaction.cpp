#include "rules/support.h"

namespace forelock::rules {
namespace {

/// The step before this one, in its transaction, that adds the constraint NOT VALID.
bool added_before(const lint::StepContext& ctx, const model::QualifiedName& table,
                  std::string_view name) {
  const int transaction = ctx.step.step->transaction;
  if (transaction == model::kNoTransaction) return false;
  for (std::size_t i = 0; i < ctx.index; ++i) {
    const postgres::TraceStep& earlier = ctx.direction().steps[i];
    const model::Statement* statement = earlier.step->statement();
    if (statement == nullptr || earlier.step->transaction != transaction) continue;
    bool found = false;
    for_each_action<model::AddConstraint>(*statement, [&](const auto& alter, const auto& action) {
      found = found || (alter.table.name == table.name && action.constraint.not_valid &&
                        action.constraint.name == name);
    });
    if (found) return true;
  }
  return false;
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  for_each_action<model::ValidateConstraint>(
      ctx.statement, [&](const auto& alter, const auto& action) {
        if (is_private(ctx, alter.table) || !added_before(ctx, alter.table, action.name)) return;
        report(ctx, sink,
               "validating " + in_quotes(action.name) +
                   " in the transaction that added it keeps the "
                   "lock of ADD CONSTRAINT on " +
                   in_quotes(alter.table) + " for the whole scan",
               "validate it in a later migration, with `transaction_per_migration=True` in env.py");
      });
}

}  // namespace

extern constinit const lint::Rule kValidateInSameTransaction = {
    .info = {.id = "validate-in-same-transaction",
             .group = "locks",
             .summary = "A constraint is added NOT VALID and validated in one transaction.",
             .why = "VALIDATE CONSTRAINT alone lets reads and writes go on, but the lock that ADD "
                    "CONSTRAINT took is kept until the transaction ends: nothing is won.",
             .safer = "Validate in a later migration, and let env.py commit each migration "
                      "(transaction_per_migration=True), for else all pending ones share a "
                      "transaction.",
             .bad = R"(def upgrade():
    op.create_check_constraint(
        "ck_visits_cost", "visits", "cost >= 0", postgresql_not_valid=True
    )
    op.execute("ALTER TABLE visits VALIDATE CONSTRAINT ck_visits_cost")
)",
             .good = R"(def upgrade():
    op.create_check_constraint(
        "ck_visits_cost", "visits", "cost >= 0", postgresql_not_valid=True
    )
)",
             .source = "PostgreSQL manual, ALTER TABLE, Notes on VALIDATE CONSTRAINT",
             .severity = lint::Severity::kWarning},
    .check_step = check};

}  // namespace forelock::rules
