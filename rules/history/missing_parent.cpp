#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::ProjectContext& ctx, lint::FindingSink& sink) {
  for (const history::BrokenReference& broken : ctx.graph.missing) {
    const history::Revision& revision = ctx.graph.revisions[broken.revision];
    const model::Migration& migration = ctx.project.migrations[revision.migration];
    if (migration.source != model::SourceKind::kAlembic) continue;
    const text::Span span = migration.down_revision_span.empty() || broken.dependency
                                ? migration.revision_span
                                : migration.down_revision_span;
    lint::Finding& finding =
        sink.report(text::Location{migration.file, span},
                    "no file has the revision " + in_quotes(broken.id) + " that " +
                        (broken.dependency ? "'depends_on' names" : "'down_revision' names") +
                        ", so Alembic cannot load the history at all");
    finding.revision = migration.revision;
    finding.help = "add the file that was forgotten, or name the revision that is really before it";
  }
}

}  // namespace

extern constinit const lint::Rule kMissingParent = {
    .info = {.id = "missing-parent",
             .group = "history",
             .summary = "A revision names one that no file has.",
             .why = "Alembic reads the whole history before it does anything: a revision that is "
                    "missing makes every command fail with a KeyError.",
             .safer = "Commit the file that was forgotten. A revision that was deleted although it "
                      "is applied somewhere has to come back.",
             .bad = R"(revision = "b1"
down_revision = "a1"
)",
             .good = R"(revision = "b1"
down_revision = None
)",
             .source = "Alembic, Working with Branches",
             .severity = lint::Severity::kError,
             .postgresql_only = false},
    .check_project = check};

}  // namespace forelock::rules
