#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::ProjectContext& ctx, lint::FindingSink& sink) {
  for (const std::vector<std::size_t>& group : ctx.graph.duplicates) {
    const auto migration_of = [&](std::size_t index) -> const model::Migration& {
      return ctx.project.migrations[ctx.graph.revisions[group[index]].migration];
    };
    for (std::size_t i = 1; i < group.size(); ++i) {
      const model::Migration& first = migration_of(0);
      const model::Migration& migration = migration_of(i);
      if (migration.source != model::SourceKind::kAlembic) continue;
      lint::Finding& finding =
          sink.report(text::Location{migration.file, migration.revision_span},
                      "revision " + in_quotes(migration.revision) +
                          " is in two files, and Alembic silently uses only one of them");
      finding.revision = migration.revision;
      finding.help = "give one of them an id of its own (`alembic revision` makes one)";
      finding.related.push_back({{first.file, first.revision_span}, "the other file"});
    }
  }
}

}  // namespace

extern constinit const lint::Rule kDuplicateRevision = {
    .info = {.id = "duplicate-revision",
             .group = "history",
             .summary = "Two files have the same revision id.",
             .why = "Alembic warns \"Revision is present more than once\" and keeps one of the "
                    "files; the other is never run.",
             .safer = "A file that was copied needs a new id.",
             .bad = R"(# file: 1_base.py
revision = "a1"
down_revision = None
# file: 2_copy.py
revision = "a1"
down_revision = None
)",
             .good = R"(# file: 1_base.py
revision = "a1"
down_revision = None
# file: 2_next.py
revision = "b1"
down_revision = "a1"
)",
             .source = "Alembic, alembic.script.revision.RevisionMap",
             .severity = lint::Severity::kError,
             .postgresql_only = false},
    .check_project = check};

}  // namespace forelock::rules
