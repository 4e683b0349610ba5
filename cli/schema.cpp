#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/history/graph.h"
#include "analyzer/postgres/replay.h"
#include "analyzer/postgres/schema_text.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/schema_json.h"
#include "cli/selection.h"
#include "reporters/escape.h"
#include "reporters/json_support.h"

namespace forelock::cli {
namespace {

using postgres::Catalog;
using reporters::Json;

struct SchemaOptions {
  PathOptions paths;
  std::string format = "text", at;
  std::pair<std::string, std::string> difference;  ///< Empty, or two revisions.
};

/// The catalog after a revision and all that it stands on; after everything when it is empty.
std::optional<Catalog> catalog_at(Session& session, const project::LoadedProject& loaded,
                                  const std::string& revision) {
  project::LoadedProject everything{loaded.project, {}, loaded.folder, {}, {}};
  const std::string range = revision.empty() || revision == "head" ? "" : ":" + revision;
  const auto selected = select_migrations(session, everything, range);
  if (!selected) return {};
  const model::Settings& settings = loaded.project.settings;
  postgres::Replay replay({.pg_version = settings.pg_version});
  for (const std::size_t index : *selected) {
    postgres::replay_migration(replay, loaded.project.migrations[index],
                               static_cast<std::uint32_t>(index), settings, false);
  }
  return replay.catalog();
}

std::string_view display(postgres::Difference::Change change) {
  switch (change) {
    case postgres::Difference::Change::kMissing:
      return "removed";
    case postgres::Difference::Change::kExtra:
      return "added";
    case postgres::Difference::Change::kDifferent:
      return "changed";
  }
  return "";
}

void add_differences(std::string& text, Json& json, const Catalog& before, const Catalog& after) {
  for (const postgres::Difference& difference : postgres::compare(before, after)) {
    text +=
        fmt::format("{} {} {}{}{}\n", display(difference.change), model::display(difference.kind),
                    reporters::printable(difference.object), difference.detail.empty() ? "" : ": ",
                    reporters::printable(difference.detail));
    json.push_back({{"change", std::string(display(difference.change))},
                    {"kind", std::string(model::display(difference.kind))},
                    {"object", difference.object},
                    {"detail", difference.detail}});
  }
}

void print_schema(Session& session, const SchemaOptions& options) {
  const auto loaded = load_projects(session, options.paths);
  if (!loaded) return;
  std::string text;
  Json databases = Json::array();
  for (const project::LoadedProject& each : *loaded) {
    Json json = {{"folder", each.folder}};
    if (!options.difference.second.empty()) {
      const auto before = catalog_at(session, each, options.difference.first);
      const auto after = catalog_at(session, each, options.difference.second);
      if (!before || !after) return;
      Json differences = Json::array();
      add_differences(text, differences, *before, *after);
      json["differences"] = std::move(differences);
    } else {
      const auto catalog = catalog_at(session, each, options.at);
      if (!catalog) return;
      if (options.format == "json") {
        json.update(schema_json(*catalog));
      } else {
        text += postgres::schema_ddl(*catalog);
      }
    }
    databases.push_back(std::move(json));
  }
  if (options.format == "json") {
    Json json = {{"schema", 1}};
    // One history is the usual case, and its catalog stands at the top.
    if (databases.size() == 1) {
      json.update(databases[0]);
    } else {
      json["histories"] = std::move(databases);
    }
    text = reporters::dump(json);
  }
  write_output(session, "", text);
}

}  // namespace

void add_schema(CLI::App& app, Session& session) {
  auto options = std::make_shared<SchemaOptions>();
  CLI::App* command = app.add_subcommand("schema", "Print the schema that a history makes");
  add_path_options(*command, options->paths);
  command->add_option("-f,--format", options->format, "text (DDL) or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("--at", options->at, "After this revision and all that it stands on");
  command->add_option("--diff", options->difference, "A B: what changes from revision A to B");
  command->callback([options, &session] { print_schema(session, *options); });
}

}  // namespace forelock::cli
