#include "analyzer/project/sql_files.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

#include "analyzer/project/paths.h"
#include "analyzer/sql/script.h"

namespace forelock::project {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Flyway's `V1_2__name`: the version after the prefix letter; nothing for other names.
std::optional<std::string_view> flyway_version(std::string_view name) {
  if (name.size() < 2 || !is_digit(name[1])) return {};
  const auto end = name.find("__");
  if (end == std::string_view::npos) return {};
  return name.substr(1, end - 1);
}

bool is_one_folder_per_migration(std::string_view name) {
  return name == "up.sql" || name == "down.sql" || name == "migration.sql";
}

/// A comment by which a tool divides a file.
struct Marker {
  enum class Kind { kUp, kDown, kNoTransaction } kind;
  text::Span span;
};

struct Markers {
  std::vector<Marker> list;
  bool whole_file_is_a_transaction = false;  ///< By the tool's own rule.
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

/// Markers of dbmate and goose; none for other files.
Markers find_markers(const std::vector<model::SourceComment>& comments) {
  Markers markers;
  for (const model::SourceComment& comment : comments) {
    std::string_view line = comment.text;
    if (!line.starts_with("--")) continue;
    line.remove_prefix(2);
    line = trimmed(line);
    const bool dbmate = line.starts_with("migrate:");
    const bool goose = line.starts_with("+goose ");
    if (!dbmate && !goose) continue;
    line.remove_prefix(dbmate ? 8 : 7);
    if (dbmate && line.contains("transaction:false")) {
      markers.list.push_back({Marker::Kind::kNoTransaction, comment.span});
    }
    if (line.starts_with("up") || line.starts_with("Up")) {
      markers.list.push_back({Marker::Kind::kUp, comment.span});
    } else if (line.starts_with("down") || line.starts_with("Down")) {
      markers.list.push_back({Marker::Kind::kDown, comment.span});
    } else if (line.starts_with("NO TRANSACTION")) {
      markers.list.push_back({Marker::Kind::kNoTransaction, comment.span});
    }
  }
  const auto is = [](Marker::Kind kind) {
    return [kind](const Marker& m) { return m.kind == kind; };
  };
  const bool marked = std::ranges::any_of(markers.list, is(Marker::Kind::kUp)) ||
                      std::ranges::any_of(markers.list, is(Marker::Kind::kDown));
  markers.whole_file_is_a_transaction =
      marked && std::ranges::none_of(markers.list, is(Marker::Kind::kNoTransaction));
  return markers;
}

bool is_known(const std::vector<model::Step>& steps) {
  return std::ranges::none_of(steps,
                              [](const model::Step& s) { return s.not_analyzed() != nullptr; });
}

void finish(model::Direction& direction) {
  direction.body = direction.steps.empty() ? model::BodyKind::kEmpty : model::BodyKind::kCode;
  direction.complete = is_known(direction.steps);
}

/// Moves the steps below a marker `down` to the downgrade.
void split_directions(model::Migration& migration, const std::vector<Marker>& markers) {
  std::vector<model::Step> up, down;
  for (model::Step& step : migration.upgrade.steps) {
    const Marker* last = nullptr;
    for (const Marker& marker : markers) {
      if (marker.kind == Marker::Kind::kNoTransaction) continue;
      if (marker.span.begin_byte <= step.span.begin_byte) last = &marker;
    }
    const bool is_down = last != nullptr && last->kind == Marker::Kind::kDown;
    (is_down ? down : up).push_back(std::move(step));
  }
  migration.upgrade.steps = std::move(up);
  finish(migration.upgrade);
  const auto marker = std::ranges::find(markers, Marker::Kind::kDown, &Marker::kind);
  if (marker == markers.end()) return;
  migration.downgrade.header = marker->span;
  migration.downgrade.body_span = {marker->span.end_byte,
                                   static_cast<std::uint32_t>(migration.file->text().size())};
  migration.downgrade.steps = std::move(down);
  finish(migration.downgrade);
}

}  // namespace

SqlName classify_sql_name(std::string_view relative_path) {
  const std::string_view name = name_of(relative_path);
  const std::string folder =
      relative_path.contains('/') ? parent_of(relative_path) + "/" : std::string();
  if (is_one_folder_per_migration(name)) return {folder, name == "down.sql", false};
  std::string_view stem = name.substr(0, name.size() - std::string_view(".sql").size());
  constexpr std::array<std::pair<std::string_view, bool>, 8> kEndings = {{{".up", false},
                                                                          {".down", true},
                                                                          {".do", false},
                                                                          {".undo", true},
                                                                          {".rollback", true},
                                                                          {"-up", false},
                                                                          {"-down", true},
                                                                          {"_down", true}}};
  for (const auto& [ending, downgrade] : kEndings) {
    if (stem.size() > ending.size() && stem.ends_with(ending)) {
      stem.remove_suffix(ending.size());
      return {folder + std::string(stem), downgrade, false};
    }
  }
  if (const auto version = flyway_version(stem); version && (stem[0] == 'V' || stem[0] == 'U')) {
    return {folder + "V" + std::string(*version), stem[0] == 'U', false};
  }
  return {folder + std::string(stem), false, stem.starts_with("R__")};
}

bool is_numbered_sql(std::string_view relative_path) {
  const std::string_view name =
      relative_path.substr(0, relative_path.find('/'));  // The migration's folder, or its file.
  if (name.empty()) return false;
  if (is_digit(name[0]) || name.starts_with("R__")) return true;
  return name.size() > 1 && is_digit(name[1]) && std::string_view("VvUuBbMm").contains(name[0]);
}

std::string sql_history_folder(std::string_view path) {
  const std::string folder = parent_of(path);
  return is_one_folder_per_migration(name_of(path)) ? parent_of(folder) : folder;
}

model::Migration read_sql_migration(const text::FileRef& file, bool one_transaction) {
  model::Migration migration = sql::read_script(file, one_transaction);
  const Markers markers = find_markers(migration.comments);
  if (markers.list.empty()) return migration;
  if (markers.whole_file_is_a_transaction && !one_transaction) {
    migration = sql::read_script(file, true);
  }
  split_directions(migration, markers.list);
  return migration;
}

void join_downgrade(model::Migration& up, model::Migration down) {
  up.downgrade.body_span = {};
  for (model::Step& step : down.upgrade.steps) {
    if (auto* statement = std::get_if<model::Statement>(&step.what)) {
      statement->origin.via.push_back({down.file, step.span});
      statement->map =
          text::SourceMap::derived(static_cast<std::uint32_t>(statement->sql.size()), text::Span{});
      statement->span = {};
    }
    step.span = {};
    up.downgrade.steps.push_back(std::move(step));
  }
  finish(up.downgrade);
  std::ranges::move(down.problems, std::back_inserter(up.problems));
}

}  // namespace forelock::project
