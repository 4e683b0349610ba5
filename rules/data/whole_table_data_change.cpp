#include "rules/support.h"

namespace forelock::rules {
namespace {

/// WHERE true, WHERE 1 = 1.
bool always_true(const model::Expression& condition) {
  if (condition.kind == model::ExpressionKind::kConstant) return true;
  return condition.kind == model::ExpressionKind::kOperator && condition.name == "=" &&
         condition.args.size() == 2 && condition.args[0].kind == model::ExpressionKind::kConstant &&
         condition.args[1].kind == model::ExpressionKind::kConstant &&
         condition.args[0].name == condition.args[1].name;
}

bool is_whole(const std::optional<model::Expression>& where) {
  return !where.has_value() || always_true(*where);
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (has_no_effect(ctx)) return;
  if (const auto* update = operation<model::Update>(ctx)) {
    // UPDATE … FROM joins: which rows it changes is not for the WHERE alone to say.
    if (!is_whole(update->where) || is_private(ctx, update->table)) return;
    report(ctx, sink,
           "UPDATE changes every row of " + in_quotes(update->table) +
               " in one transaction: writes to those rows wait, and each row is written again",
           "leave it to the application, or change the rows in batches outside of the migration");
  } else if (const auto* gone = operation<model::Delete>(ctx)) {
    if (!is_whole(gone->where) || is_private(ctx, gone->table)) return;
    report(ctx, sink, "DELETE removes every row of " + in_quotes(gone->table) + " for good",
           "name the rows that are meant in a WHERE, and delete them in batches");
  }
}

}  // namespace

extern constinit const lint::Rule kWholeTableDataChange = {
    .info = {.id = "whole-table-data-change",
             .group = "data",
             .summary = "UPDATE or DELETE of every row of an existing table.",
             .why = "Every row is locked until the migration commits and written a second time: "
                    "the application waits, the table doubles, and a DELETE cannot be taken back. "
                    "Data belongs to the application; a migration should change it only when it "
                    "must.",
             .safer = "Let a server default serve new rows and the application the old ones, or "
                      "change the rows in batches outside of the migration.",
             .bad = R"(def upgrade():
    op.execute("UPDATE patients SET status = 'active'")
)",
             .good = R"(def upgrade():
    op.execute("UPDATE patients SET status = 'active' WHERE status IS NULL")
)",
             .source = "PostgreSQL manual, 13.3.2 Row-Level Locks; 24.1 Routine Vacuuming",
             .severity = lint::Severity::kWarning,
             .postgresql_only = false},
    .check_step = check};

}  // namespace forelock::rules
