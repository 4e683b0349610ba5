#include <algorithm>
#include <cctype>

#include "rules/support.h"

namespace forelock::rules {
namespace {

/// SQL without comments and with one space for any white space outside of quotes.
std::string normalized(std::string_view sql) {
  std::string result;
  bool space = false;
  for (std::size_t i = 0; i < sql.size();) {
    const std::string_view rest = sql.substr(i);
    if (rest.starts_with("--")) {
      i += std::min(rest.find('\n'), rest.size());
      space = true;
    } else if (rest.starts_with("/*")) {
      i += std::min(rest.find("*/"), rest.size() - 2) + 2;
      space = true;
    } else if (std::isspace(static_cast<unsigned char>(sql[i])) != 0) {
      ++i;
      space = true;
    } else {
      if (space && !result.empty()) result += ' ';
      space = false;
      const char quote = sql[i];
      std::size_t end = i + 1;
      if (quote == '\'' || quote == '"') end = std::min(sql.find(quote, i + 1), sql.size() - 1) + 1;
      result += sql.substr(i, end - i);
      i = end;
    }
  }
  return result;
}

std::string text_of(const model::Step& step) {
  std::string text = step.transaction == model::kNoTransaction ? "autocommit: " : "";
  if (const model::Statement* statement = step.statement())
    return text + normalized(statement->sql);
  return text + "not analysed: " + step.not_analyzed()->reason +
         normalized(step.not_analyzed()->sql);
}

/// The first step that differs; the number of steps of the shorter list when it is the other's
/// beginning; nothing when they are equal.
std::optional<std::size_t> first_difference(const model::Direction& before,
                                            const model::Direction& after) {
  const std::size_t common = std::min(before.steps.size(), after.steps.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (text_of(before.steps[i]) != text_of(after.steps[i])) return i;
  }
  if (before.steps.size() != after.steps.size()) return common;
  return std::nullopt;
}

text::Span place_of(const model::Migration& migration, const model::Direction& direction,
                    std::size_t step) {
  if (step < direction.steps.size()) {
    const model::Statement* statement = direction.steps[step].statement();
    return statement == nullptr ? direction.steps[step].span
                                : lint::short_span(migration, *statement);
  }
  return direction.header.empty() ? migration.revision_span : direction.header;
}

std::vector<std::string> sorted(std::vector<std::string> ids) {
  std::ranges::sort(ids);
  return ids;
}

void compare(const model::Migration& applied, const model::Migration& now,
             lint::FindingSink& sink) {
  const auto report = [&](text::Span span, std::string message) -> lint::Finding& {
    lint::Finding& finding = sink.report(text::Location{now.file, span}, std::move(message));
    finding.revision = now.revision;
    return finding;
  };
  if (applied.file != nullptr && now.file != nullptr && applied.file->text() == now.file->text()) {
    return;
  }
  if (sorted(applied.down_revisions) != sorted(now.down_revisions) ||
      sorted(applied.depends_on) != sorted(now.depends_on)) {
    report(now.down_revision_span.empty() ? now.revision_span : now.down_revision_span,
           "the parents of applied revision " + in_quotes(now.revision) +
               " were changed: databases that are past it have run another history")
        .help = "take the change back and put new revisions on top of the head";
  }
  if (const auto step = first_difference(applied.upgrade, now.upgrade)) {
    lint::Finding& finding =
        report(place_of(now, now.upgrade, *step),
               "the upgrade of applied revision " + in_quotes(now.revision) +
                   " was edited: databases that have run it never get the change, new ones do");
    finding.help = "take the change back and make a new revision that does it";
    finding.direction = "upgrade";
  } else if (const auto down = first_difference(applied.downgrade, now.downgrade)) {
    lint::Finding& finding =
        report(place_of(now, now.downgrade, *down),
               "the downgrade of applied revision " + in_quotes(now.revision) +
                   " was edited: check that it still fits what its upgrade did");
    finding.help = "fine when it mends the downgrade; it does not reach old releases";
    finding.direction = "downgrade";
    finding.severity = std::min(finding.severity, lint::Severity::kInfo);
  }
}

const model::Migration* find(const std::vector<model::Migration>& migrations,
                             std::string_view revision) {
  const auto found = std::ranges::find(migrations, revision, &model::Migration::revision);
  return found == migrations.end() ? nullptr : &*found;
}

void check(const lint::ProjectContext& ctx, lint::FindingSink& sink) {
  if (ctx.base == nullptr) return;
  for (const model::Migration& applied : ctx.base->migrations) {
    if (applied.revision.empty()) continue;
    if (const model::Migration* now = find(ctx.project.migrations, applied.revision)) {
      compare(applied, *now, sink);
      continue;
    }
    const auto same_file = std::ranges::find_if(ctx.project.migrations, [&](const auto& other) {
      return other.file != nullptr && applied.file != nullptr &&
             other.file->path() == applied.file->path();
    });
    if (same_file != ctx.project.migrations.end()) {
      lint::Finding& finding =
          sink.report(text::Location{same_file->file, same_file->revision_span},
                      "the id of applied revision " + in_quotes(applied.revision) +
                          " was changed to " + in_quotes(same_file->revision) +
                          ": databases that are at it can no longer be upgraded");
      finding.revision = same_file->revision;
      finding.help = "give it back its id";
      continue;
    }
    lint::Finding& finding =
        sink.report(text::Location{applied.file, applied.revision_span},
                    "applied revision " + in_quotes(applied.revision) +
                        " was deleted: databases that are at it can no longer be upgraded");
    finding.revision = applied.revision;
    finding.help = "bring the file back; to undo what it did, make a new revision";
  }
}

}  // namespace

extern constinit const lint::Rule kAppliedMigrationEdited = {
    .info = {.id = "applied-migration-edited",
             .group = "history",
             .summary = "A revision that is applied already was edited or deleted.",
             .why = "Alembic remembers only the id of what it has run. Databases that have run the "
                    "revision never see the edit and new ones do, so from then on they differ.",
             .safer =
                 "Leave it as it is and make a new revision. A revision counts as applied when "
                 "the git ref given with --base has it. What is compared is the SQL of its "
                 "steps and its ids: formatting and comments are no edit, and a mended "
                 "downgrade is only information.",
             .bad = R"(# file: base/1.py
revision = "a1"
down_revision = None
def upgrade():
    op.add_column("patients", sa.Column("phone", sa.String(20)))
# file: 1.py
revision = "a1"
down_revision = None
def upgrade():
    op.add_column("patients", sa.Column("phone", sa.String(40)))
)",
             .good = R"(# file: base/1.py
revision = "a1"
down_revision = None
def upgrade():
    op.add_column("patients", sa.Column("phone", sa.String(20)))
# file: 1.py
revision = "a1"
down_revision = None
def upgrade():
    # Twenty characters hold every number of E.164.
    op.add_column("patients", sa.Column("phone", sa.String(20)))
)",
             .source = "Seed guide, Best Practices: never modify applied migrations",
             .severity = lint::Severity::kError,
             .postgresql_only = false},
    .check_project = check};

}  // namespace forelock::rules
