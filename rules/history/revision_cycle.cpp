#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::ProjectContext& ctx, lint::FindingSink& sink) {
  for (const std::vector<std::size_t>& cycle : ctx.graph.cycles) {
    if (cycle.empty()) continue;
    const model::Migration& first =
        ctx.project.migrations[ctx.graph.revisions[cycle.front()].migration];
    std::vector<std::string> ids;
    for (const std::size_t index : cycle) ids.push_back(ctx.graph.revisions[index].id);
    lint::Finding& finding = sink.report(
        text::Location{first.file, first.down_revision_span.empty() ? first.revision_span
                                                                    : first.down_revision_span},
        ids.size() == 1
            ? "revision " + in_quotes(ids.front()) +
                  " is its own parent, so Alembic refuses to load"
            : "revisions " + quoted_list(ids) +
                  " are parents of each other, so none can come first and Alembic refuses to load");
    finding.revision = first.revision;
    finding.help = "set down_revision to the revision that was there before";
    for (std::size_t i = 1; i < cycle.size(); ++i) {
      const model::Migration& other =
          ctx.project.migrations[ctx.graph.revisions[cycle[i]].migration];
      finding.related.push_back({{other.file, other.down_revision_span}, "part of the cycle"});
    }
  }
}

}  // namespace

extern constinit const lint::Rule kRevisionCycle = {
    .info = {.id = "revision-cycle",
             .group = "history",
             .summary = "Revisions are, directly or not, their own parents.",
             .why = "There is no order in which they can be applied: Alembic stops with \"Cycle is "
                    "detected in revisions\".",
             .safer = "Set down_revision to the revision that was there before.",
             .bad = R"(# file: 1.py
revision = "a1"
down_revision = "b1"
# file: 2.py
revision = "b1"
down_revision = "a1"
)",
             .good = R"(# file: 1.py
revision = "a1"
down_revision = None
# file: 2.py
revision = "b1"
down_revision = "a1"
)",
             .source = "Alembic, alembic.script.revision.CycleDetected",
             .severity = lint::Severity::kError,
             .postgresql_only = false},
    .check_project = check};

}  // namespace forelock::rules
