#include "rules/support.h"

namespace forelock::rules {
namespace {

/// Other rules speak of these rewrites.
bool has_own_rule(const model::Operation& operation) {
  if (std::holds_alternative<model::Truncate>(operation) ||
      std::holds_alternative<model::RefreshMaterializedView>(operation)) {
    return true;
  }
  const auto* alter = std::get_if<model::AlterTable>(&operation);
  if (alter == nullptr) return false;
  for (const model::AlterAction& action : alter->actions) {
    if (std::holds_alternative<model::AlterColumnType>(action.what) ||
        std::holds_alternative<model::AddColumn>(action.what)) {
      return true;
    }
  }
  return false;
}

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (has_no_effect(ctx) || has_own_rule(ctx.statement.operation)) return;
  const postgres::Work* rewrite = first_seen(ctx.effects.rewrites);
  if (rewrite == nullptr || is_private(ctx, ctx.before.relation(rewrite->relation))) return;
  report(ctx, sink,
         std::string(model::kind_name(ctx.statement.operation)) + " writes " +
             in_quotes(model::QualifiedName{rewrite->schema, rewrite->name}) +
             " anew while reads and writes of it wait (ACCESS EXCLUSIVE lock)",
         "do it when nobody needs the table, or use a tool that copies online such as pg_repack");
}

}  // namespace

extern constinit const lint::Rule kTableRewrite = {
    .info = {.id = "table-rewrite",
             .group = "locks",
             .summary = "VACUUM FULL, CLUSTER, SET LOGGED or the like copies a table under a lock.",
             .why = "These commands write every row and index anew and hold an ACCESS EXCLUSIVE "
                    "lock meanwhile: nobody can read or write the table.",
             .safer = "Plain VACUUM keeps the table open. Where a copy is needed, run it outside "
                      "of deployments, or use an online tool such as pg_repack.",
             .bad = "VACUUM FULL visits;\n",
             .good = "VACUUM visits;\n",
             .example_language = lint::ExampleLanguage::kSql,
             .source = "PostgreSQL manual, VACUUM, CLUSTER, ALTER TABLE",
             .severity = lint::Severity::kWarning},
    .check_step = check};

}  // namespace forelock::rules
