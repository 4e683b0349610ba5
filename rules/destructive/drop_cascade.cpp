#include <algorithm>

#include "rules/support.h"

namespace forelock::rules {
namespace {

bool has_cascade(const model::Operation& operation) {
  if (const auto* drop = std::get_if<model::Drop>(&operation)) return drop->cascade;
  const auto* alter = std::get_if<model::AlterTable>(&operation);
  if (alter == nullptr) return false;
  return std::ranges::any_of(alter->actions, [](const model::AlterAction& action) {
    const auto* column = std::get_if<model::DropColumn>(&action.what);
    const auto* constraint = std::get_if<model::DropConstraint>(&action.what);
    return (column != nullptr && column->cascade) || (constraint != nullptr && constraint->cascade);
  });
}

/// What goes with its table anyway is no surprise.
bool is_surprise(const postgres::Loss& loss) {
  using enum model::ObjectKind;
  return loss.implied && loss.kind != kIndex && loss.kind != kSequence && loss.kind != kTrigger &&
         loss.kind != kPolicy && loss.kind != kStatistics;
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (has_no_effect(ctx) || !has_cascade(ctx.statement.operation)) return;
  std::vector<std::string> lost;
  for (const postgres::Loss& loss : ctx.effects.losses) {
    if (is_surprise(loss))
      lost.push_back(std::string(model::display(loss.kind)) + " " + loss.object);
  }
  if (lost.empty()) return;
  const std::size_t more = lost.size() > 3 ? lost.size() - 3 : 0;
  lost.resize(lost.size() - more);
  report(ctx, sink,
         "CASCADE also drops " + quoted_list(lost) +
             (more == 0 ? "" : " and " + std::to_string(more) + " more"),
         "drop what is meant by name, without CASCADE");
}

}  // namespace

extern constinit const lint::Rule kDropCascade = {
    .info = {.id = "drop-cascade",
             .group = "destructive",
             .summary = "CASCADE drops objects that the statement does not name.",
             .why = "Views, foreign keys and whatever else depends on the object go with it, and "
                    "in production that may be more than in the database it was tried on.",
             .safer = "Drop the dependents by name first; without CASCADE PostgreSQL refuses when "
                      "one was forgotten.",
             .bad = R"(-- file: 1.sql
CREATE TABLE visits (id integer PRIMARY KEY);
CREATE VIEW recent AS SELECT id FROM visits;
-- file: 2.sql
DROP TABLE visits CASCADE;
)",
             .good = R"(-- file: 1.sql
CREATE TABLE visits (id integer PRIMARY KEY);
CREATE VIEW recent AS SELECT id FROM visits;
-- file: 2.sql
DROP VIEW recent;
DROP TABLE visits;
)",
             .example_language = lint::ExampleLanguage::kSql,
             .source = "PostgreSQL manual, 5.15 Dependency Tracking",
             .severity = lint::Severity::kWarning},
    .check_step = check};

}  // namespace forelock::rules
