#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  const auto* truncate = operation<model::Truncate>(ctx);
  if (truncate == nullptr || has_no_effect(ctx)) return;
  for (const model::QualifiedName& name : truncate->tables) {
    if (is_private(ctx, name)) continue;
    report(ctx, sink,
           "TRUNCATE deletes every row of " + in_quotes(name) +
               (truncate->cascade ? " and of all tables that reference it" : "") +
               " while reads and writes of it wait (ACCESS EXCLUSIVE lock)",
           "delete the rows that are meant in batches, outside of the migration");
  }
}

}  // namespace

extern constinit const lint::Rule kTruncateTable = {
    .info = {.id = "truncate-table",
             .group = "destructive",
             .summary = "TRUNCATE empties a table.",
             .why = "All rows are gone for good, with CASCADE also those of every table that "
                    "references it. It needs an ACCESS EXCLUSIVE lock.",
             .safer = "Delete the rows that are meant, in batches and outside of the migration.",
             .bad = "TRUNCATE visits;\n",
             .good = "CREATE TEMPORARY TABLE staging (id integer);\nTRUNCATE staging;\n",
             .example_language = lint::ExampleLanguage::kSql,
             .source = "PostgreSQL manual, TRUNCATE",
             .severity = lint::Severity::kWarning},
    .check_step = check};

}  // namespace forelock::rules
