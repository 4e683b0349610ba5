#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "analyzer/project/frontends.h"
#include "analyzer/sql/script.h"

namespace forelock::project {
namespace {

/// SQL with runs of space folded, for comparing.
std::string folded(std::string_view sql) {
  std::string result;
  bool space = false;
  for (const char c : sql) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      space = true;
      continue;
    }
    if (space && !result.empty()) result += ' ';
    space = false;
    result += c;
  }
  return result;
}

/// Ids in the stream's notation: "a", or "a, b" for a merge.
std::vector<std::string> split_ids(std::string_view ids) {
  std::vector<std::string> result;
  while (!ids.empty()) {
    const auto comma = ids.find(',');
    std::string_view id = ids.substr(0, comma);
    while (id.starts_with(' ')) id.remove_prefix(1);
    while (id.ends_with(' ')) id.remove_suffix(1);
    if (!id.empty()) result.emplace_back(id);
    ids.remove_prefix(comma == std::string_view::npos ? ids.size() : comma + 1);
  }
  return result;
}

bool all_known(const std::vector<model::Step>& steps) {
  return std::ranges::none_of(steps,
                              [](const model::Step& s) { return s.not_analyzed() != nullptr; });
}

void finish(model::Direction& direction) {
  direction.complete = all_known(direction.steps);
  if (!direction.steps.empty()) direction.body = model::BodyKind::kCode;
}

/// Gives the steps of the stream the places of the compiled steps that say the same. What has no
/// equal stands where the one before it stands.
void place_steps(std::vector<model::Step>& emitted, const model::Direction& compiled) {
  std::vector<std::string> texts;
  for (const model::Step& step : compiled.steps) {
    texts.push_back(step.statement() != nullptr ? folded(step.statement()->sql) : std::string());
  }
  std::size_t next = 0;
  text::Span place = compiled.header;
  for (model::Step& step : emitted) {
    auto* statement = std::get_if<model::Statement>(&step.what);
    const model::Statement* same = nullptr;
    if (statement != nullptr) {
      const auto from = texts.begin() + static_cast<std::ptrdiff_t>(next);
      const auto found = std::find(from, texts.end(), folded(statement->sql));
      if (found != texts.end()) {
        const auto index = static_cast<std::size_t>(found - texts.begin());
        same = compiled.steps[index].statement();
        place = compiled.steps[index].span;
        next = index + 1;
      }
    }
    step.span = place;
    if (statement == nullptr) continue;
    statement->span = place;
    if (same != nullptr) statement->origin = same->origin;
    statement->map =
        same != nullptr && same->sql == statement->sql
            ? same->map
            : text::SourceMap::derived(static_cast<std::uint32_t>(statement->sql.size()), place);
  }
}

}  // namespace

model::Project read_stream(const text::FileRef& stream, const ReadContext& context) {
  sql::EmittedStream emitted = sql::read_emitted_stream(stream);
  model::Project project;
  project.name = stream->path();
  project.settings = configured_settings(context.configuration);
  project.problems = std::move(emitted.problems);
  std::map<std::string, std::size_t> known;
  for (sql::EmittedRevision& part : emitted.revisions) {
    const std::string& id = part.downgrade ? part.from : part.to;
    const auto [entry, fresh] = known.try_emplace(id, project.migrations.size());
    if (fresh) {
      model::Migration& migration = project.migrations.emplace_back();
      migration.file = stream;
      migration.source = model::SourceKind::kEmittedSql;
      migration.revision = id;
      migration.revision_span = part.marker;
      migration.down_revisions = split_ids(part.downgrade ? part.to : part.from);
    }
    model::Migration& migration = project.migrations[entry->second];
    model::Direction& direction = part.downgrade ? migration.downgrade : migration.upgrade;
    direction.header = part.marker;
    std::ranges::move(part.steps, std::back_inserter(direction.steps));
    finish(direction);
  }
  if (!project.migrations.empty()) {
    project.migrations.front().comments = std::move(emitted.comments);
    // A part of a history starts somewhere: what came before is not missing, only not shown.
    for (model::Migration& migration : project.migrations) {
      std::erase_if(migration.down_revisions,
                    [&](const std::string& id) { return !known.contains(id); });
    }
  }
  return project;
}

std::optional<std::vector<std::string>> join_stream(model::Project& project,
                                                    const text::FileRef& stream) {
  sql::EmittedStream emitted = sql::read_emitted_stream(stream);
  std::map<std::string_view, model::Migration*> by_id;
  for (model::Migration& migration : project.migrations) {
    by_id.try_emplace(migration.revision, &migration);
  }
  for (const sql::EmittedRevision& part : emitted.revisions) {
    if (!by_id.contains(part.downgrade ? part.from : part.to)) return {};
  }
  if (emitted.revisions.empty()) return {};
  std::vector<std::string> paths;
  for (sql::EmittedRevision& part : emitted.revisions) {
    model::Migration& migration = *by_id.at(part.downgrade ? part.from : part.to);
    model::Direction& direction = part.downgrade ? migration.downgrade : migration.upgrade;
    place_steps(part.steps, direction);
    direction.steps = std::move(part.steps);
    finish(direction);
    paths.push_back(migration.file->path());
  }
  std::ranges::move(emitted.problems, std::back_inserter(project.problems));
  return paths;
}

}  // namespace forelock::project
