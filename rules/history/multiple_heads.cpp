#include <set>

#include "rules/support.h"

namespace forelock::rules {
namespace {

/// Labels of the revision and of everything under it.
std::set<std::string> labels_under(const lint::ProjectContext& ctx, std::size_t head) {
  std::set<std::string> labels;
  std::set<std::size_t> seen;
  std::vector<std::size_t> open{head};
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    if (!seen.insert(at).second) continue;
    const history::Revision& revision = ctx.graph.revisions[at];
    const model::Migration& migration = ctx.project.migrations[revision.migration];
    labels.insert(migration.branch_labels.begin(), migration.branch_labels.end());
    open.insert(open.end(), revision.parents.begin(), revision.parents.end());
  }
  return labels;
}

/// Branches that are meant to stay apart have labels of their own.
bool all_labelled(const lint::ProjectContext& ctx, const std::vector<std::size_t>& heads) {
  std::set<std::set<std::string>> different;
  for (const std::size_t head : heads) {
    std::set<std::string> labels = labels_under(ctx, head);
    if (labels.empty() || !different.insert(std::move(labels)).second) return false;
  }
  return true;
}

void check(const lint::ProjectContext& ctx, lint::FindingSink& sink) {
  std::vector<std::size_t> heads;
  for (const std::size_t head : ctx.graph.heads) {
    const std::size_t migration = ctx.graph.revisions[head].migration;
    if (ctx.project.migrations[migration].source == model::SourceKind::kAlembic)
      heads.push_back(head);
  }
  if (heads.size() < 2 || all_labelled(ctx, heads)) return;
  const auto place = [&](std::size_t head) {
    const model::Migration& migration = ctx.project.migrations[ctx.graph.revisions[head].migration];
    return text::Location{migration.file, migration.revision_span};
  };
  std::vector<std::string> ids;
  for (const std::size_t head : heads) ids.push_back(ctx.graph.revisions[head].id);
  lint::Finding& finding = sink.report(
      place(heads.back()), "the history has " + std::to_string(heads.size()) + " heads (" +
                               quoted_list(ids) + "), so `alembic upgrade head` refuses to run");
  finding.revision = ids.back();
  finding.help = "join them with `alembic merge heads`, or set down_revision to the other head";
  for (std::size_t i = 0; i + 1 < heads.size(); ++i) {
    finding.related.push_back({place(heads[i]), "another head"});
  }
}

}  // namespace

extern constinit const lint::Rule kMultipleHeads = {
    .info = {.id = "multiple-heads",
             .group = "history",
             .summary = "The history ends in more than one revision.",
             .why =
                 "Two people made a revision on top of the same one. `alembic upgrade head` "
                 "refuses with \"Multiple head revisions are present\", so the deployment stops.",
             .safer = "Set down_revision of the newer one to the other, or join them with `alembic "
                      "merge heads`. Branches with different branch_labels are meant to stay apart "
                      "and are not reported.",
             .bad = R"(# file: 1_base.py
revision = "a1"
down_revision = None
# file: 2_left.py
revision = "b1"
down_revision = "a1"
# file: 2_right.py
revision = "b2"
down_revision = "a1"
)",
             .good = R"(# file: 1_base.py
revision = "a1"
down_revision = None
# file: 2_left.py
revision = "b1"
down_revision = "a1"
# file: 3_right.py
revision = "b2"
down_revision = "b1"
)",
             .source = "Alembic, Working with Branches",
             .severity = lint::Severity::kError,
             .postgresql_only = false},
    .check_project = check};

}  // namespace forelock::rules
