#include <algorithm>

#include "rules/support.h"

namespace forelock::rules {
namespace {

bool is_known(const postgres::DirectionTrace& direction, std::size_t count) {
  return std::all_of(direction.steps.begin(),
                     direction.steps.begin() + static_cast<std::ptrdiff_t>(count),
                     [](const postgres::TraceStep& step) {
                       return step.step->statement() != nullptr &&
                              step.step->certainty == model::Certainty::kExact;
                     });
}

/// Everything before the step is known, so the catalog is what a database has there.
bool is_proved(const lint::StepContext& ctx) {
  const auto& traces = ctx.migration.project.traces;
  for (std::size_t i = 0; i < ctx.migration.trace.index; ++i) {
    if (!is_known(traces[i].upgrade, traces[i].upgrade.steps.size())) return false;
  }
  const postgres::DirectionTrace& up = ctx.migration.trace.upgrade;
  if (ctx.way == lint::Way::kUpgrade) return is_known(up, ctx.index);
  return is_known(up, up.steps.size()) && is_known(ctx.migration.trace.downgrade, ctx.index);
}

/// A failed step leaves the rest of its direction meaningless.
bool failed_before(const lint::StepContext& ctx) {
  const auto failed = [](const postgres::TraceStep& step) {
    return step.effects.error.has_value() && step.effects.error->certain;
  };
  const auto& steps = ctx.direction().steps;
  if (std::any_of(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(ctx.index), failed)) {
    return true;
  }
  return ctx.way == lint::Way::kDowngrade &&
         std::ranges::any_of(ctx.migration.trace.upgrade.steps, failed);
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  const auto& error = ctx.effects.error;
  // 25001, "cannot run inside a transaction block", has rules of its own.
  if (!error.has_value() || !error->certain || error->sqlstate == "25001") return;
  if (!ctx.certain() || failed_before(ctx) || !is_proved(ctx)) return;
  lint::Finding& finding =
      report(ctx, sink,
             "PostgreSQL refuses this statement: " + error->message + " (" + error->sqlstate + ")",
             "mend it; `forelock schema --at` shows what is there before this revision");
  if (ctx.way == lint::Way::kDowngrade) {
    finding.notes.push_back("the downgrade was replayed from what this revision's upgrade leaves");
  }
}

}  // namespace

extern constinit const lint::Rule kStatementWillFail = {
    .info = {.id = "statement-will-fail",
             .group = "failures",
             .summary = "PostgreSQL is certain to refuse a statement.",
             .why = "The whole history was replayed on a simulated catalog, and the statement does "
                    "not fit what is there: a table that does not exist or exists already, a "
                    "column that a view still uses, a type that cannot be cast.",
             .safer = "Mend the statement. Nothing is said about objects that the history never "
                      "made, nor when an earlier step could not be analysed.",
             .bad = R"(def upgrade():
    op.create_table("visits", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("visits", sa.Column("id", sa.Integer()))
)",
             .good = R"(def upgrade():
    op.create_table("visits", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("visits", sa.Column("day", sa.Date()))
)",
             .source = "PostgreSQL manual, Appendix A, Error Codes; replay",
             .severity = lint::Severity::kError},
    .check_step = check,
    .in_downgrades = true};

}  // namespace forelock::rules
