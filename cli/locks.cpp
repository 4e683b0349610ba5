#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/postgres/replay.h"
#include "analyzer/project/configuration.h"
#include "analyzer/project/paths.h"
#include "analyzer/sql/script.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/selection.h"
#include "reporters/escape.h"
#include "reporters/json_support.h"

namespace forelock::cli {
namespace {

using postgres::Effects;
using reporters::Json;

struct LocksOptions {
  PathOptions paths;
  std::string format = "text", range;
  bool existing = false;
};

/// One statement with what it does, and where it stands.
struct Entry {
  std::string sql;
  std::string path;
  std::uint32_t line1 = 1;
  std::string revision;
  Effects effects;
};

std::string relation_name(const std::string& schema, const std::string& name) {
  return schema.empty() || schema == "public" ? name : schema + "." + name;
}

std::string_view kind_name(postgres::RelationKind kind) {
  using postgres::RelationKind;
  switch (kind) {
    case RelationKind::kTable:
      return "table";
    case RelationKind::kPartitionedTable:
      return "partitioned table";
    case RelationKind::kForeignTable:
      return "foreign table";
    case RelationKind::kView:
      return "view";
    case RelationKind::kMaterializedView:
      return "materialized view";
    case RelationKind::kIndex:
    case RelationKind::kPartitionedIndex:
      return "index";
    case RelationKind::kSequence:
      return "sequence";
    case RelationKind::kCompositeType:
      return "composite type";
  }
  return "table";
}

// ---- what happens -------------------------------------------------------------------------------

Effects syntax_error(const model::NotAnalyzed& step) {
  Effects effects;
  effects.error = postgres::Failure{"42601", true, step.reason};
  return effects;
}

/// Whether a script makes anything that it could then be about.
bool creates_something(const model::Migration& script) {
  return std::ranges::any_of(script.upgrade.steps, [](const model::Step& step) {
    const model::Statement* statement = step.statement();
    return statement != nullptr &&
           std::visit(
               []<typename T>(const T&) {
                 using namespace model;
                 return std::is_same_v<T, CreateTable> || std::is_same_v<T, CreateTableAs> ||
                        std::is_same_v<T, CreateView> || std::is_same_v<T, CreateSequence> ||
                        std::is_same_v<T, CreateEnum> || std::is_same_v<T, CreateCompositeType> ||
                        std::is_same_v<T, CreateRangeType> || std::is_same_v<T, CreateBaseType> ||
                        std::is_same_v<T, CreateDomain> || std::is_same_v<T, CreateFunction> ||
                        std::is_same_v<T, CreateSchema> || std::is_same_v<T, CreateExtension>;
               },
               statement->operation);
  });
}

/// A script from its first statement on an empty database, or on one that has what it names.
std::vector<Entry> replay_script(const text::FileRef& file, int pg_version, bool existing) {
  const model::Migration migration = sql::read_script(file, false);
  postgres::Replay replay(
      {.pg_version = pg_version, .assume_missing = existing || !creates_something(migration)});
  replay.begin_migration(0);
  std::vector<Entry> entries;
  for (const model::Step& step : migration.upgrade.steps) {
    Entry& entry = entries.emplace_back();
    entry.path = file->path();
    entry.line1 = file->line_of(step.span.begin_byte);
    if (const model::Statement* statement = step.statement()) {
      entry.sql = statement->sql;
      entry.effects = replay.apply(*statement, step.certainty);
    } else {
      entry.sql = step.not_analyzed()->sql;
      entry.effects = syntax_error(*step.not_analyzed());
      replay.apply_unknown();
    }
  }
  return entries;
}

void add_trace(std::vector<Entry>& entries, const postgres::MigrationTrace& trace) {
  for (const postgres::TraceStep& step : trace.upgrade.steps) {
    const model::Statement* statement = step.step->statement();
    if (statement == nullptr) continue;
    const text::FileRef& file = trace.migration->file;
    entries.push_back({statement->sql, file->path(), file->line_of(step.step->span.begin_byte),
                       trace.migration->revision, step.effects});
  }
}

bool replay_project(Session& session, const project::LoadedProject& loaded,
                    const std::string& range, std::vector<Entry>& entries) {
  const auto selected = select_migrations(session, loaded, range);
  if (!selected) return false;
  const model::Settings& settings = loaded.project.settings;
  postgres::Replay replay({.pg_version = settings.pg_version});
  for (std::size_t i = 0; i < loaded.project.migrations.size(); ++i) {
    const postgres::MigrationTrace trace = postgres::replay_migration(
        replay, loaded.project.migrations[i], static_cast<std::uint32_t>(i), settings, false);
    if (std::ranges::binary_search(*selected, i)) add_trace(entries, trace);
  }
  return true;
}

// ---- how it is shown ----------------------------------------------------------------------------

Json names_json(const std::vector<postgres::Work>& works) {
  Json names = Json::array();
  for (const postgres::Work& work : works) names.push_back(relation_name(work.schema, work.name));
  return names;
}

Json entry_json(const Entry& entry) {
  Json locks = Json::array();
  for (const postgres::Lock& lock : entry.effects.locks) {
    locks.push_back({{"relation", relation_name(lock.schema, lock.name)},
                     {"kind", std::string(kind_name(lock.kind))},
                     {"mode", std::string(postgres::name(lock.mode))}});
  }
  Json risks = Json::array();
  for (const postgres::Failure& risk : entry.effects.risks) {
    risks.push_back({{"sqlstate", risk.sqlstate}, {"message", risk.message}});
  }
  Json error = nullptr;
  if (entry.effects.error) {
    error = {{"sqlstate", entry.effects.error->sqlstate},
             {"certain", entry.effects.error->certain},
             {"message", entry.effects.error->message}};
  }
  Json json = {{"sql", entry.sql}, {"path", entry.path}, {"line", entry.line1}};
  if (!entry.revision.empty()) json["revision"] = entry.revision;
  json["locks"] = std::move(locks);
  json["rewrites"] = names_json(entry.effects.rewrites);
  json["rebuilds"] = names_json(entry.effects.rebuilds);
  json["scans"] = names_json(entry.effects.scans);
  json["runs_in_transaction"] = entry.effects.runs_in_transaction;
  json["error"] = std::move(error);
  json["risks"] = std::move(risks);
  return json;
}

std::string_view who_waits(postgres::LockMode mode) {
  if (postgres::blocks_reads(mode)) return "reads and writes wait";
  if (postgres::blocks_writes(mode)) return "writes wait";
  return "reads and writes go on";
}

void add_works(std::string& out, std::string_view what, const std::vector<postgres::Work>& works) {
  for (const postgres::Work& work : works) {
    out += fmt::format("    {} {}{}{}\n", what,
                       reporters::printable(relation_name(work.schema, work.name)),
                       work.reason.empty() ? "" : ": ", reporters::printable(work.reason));
  }
}

std::string first_line(std::string_view sql) {
  constexpr std::size_t kMaxBytes = 120;
  const std::string line = reporters::printable(sql.substr(0, sql.find('\n')));
  const bool cut = line.size() > kMaxBytes || sql.contains('\n');
  return line.substr(0, kMaxBytes) + (cut ? " …" : "");
}

void add_entry(std::string& out, const Entry& entry) {
  out += fmt::format("{}:{} {}\n", reporters::printable(entry.path), entry.line1,
                     first_line(entry.sql));
  const Effects& effects = entry.effects;
  for (const postgres::Lock& lock : effects.locks) {
    const std::string held = effects.runs_in_transaction ? "held to the end of the transaction"
                                                         : "outside of a transaction";
    out += fmt::format("    {} on {} {}: {}\n", postgres::sql_name(lock.mode), kind_name(lock.kind),
                       reporters::printable(relation_name(lock.schema, lock.name)),
                       lock.unseen ? std::string("new, nobody waits")
                                   : fmt::format("{}, {}", who_waits(lock.mode), held));
  }
  add_works(out, "rewrites", effects.rewrites);
  add_works(out, "rebuilds", effects.rebuilds);
  add_works(out, "scans", effects.scans);
  if (!effects.runs_in_transaction) out += "    cannot run in a transaction block\n";
  if (effects.waits_for_old_transactions) out += "    waits for older transactions to end\n";
  if (effects.error) {
    out += fmt::format("    {} {}: {}\n", effects.error->certain ? "fails with" : "may fail with",
                       effects.error->sqlstate, reporters::printable(effects.error->message));
  }
  for (const postgres::Failure& risk : effects.risks) {
    out += fmt::format("    fails for some data{}{}: {}\n", risk.sqlstate.empty() ? "" : " with ",
                       risk.sqlstate, reporters::printable(risk.message));
  }
}

/// Whether each path is a script by itself rather than a part of a history.
bool are_scripts(const Session& session, const LocksOptions& options) {
  return options.range.empty() && !options.paths.paths.empty() &&
         std::ranges::all_of(options.paths.paths, [&](const std::string& path) {
           return path == "-" || (path.ends_with(".sql") && session.files.is_file(project::absolute(
                                                                path, session.working_folder)));
         });
}

bool replay_scripts(Session& session, const LocksOptions& options, std::vector<Entry>& entries) {
  const int pg_version =
      options.paths.pg_version != 0 ? options.paths.pg_version : project::kDefaultPgVersion;
  const auto request = make_request(session, options.paths);
  if (!request) return false;
  for (const std::string& path : request->paths) {
    std::expected<text::FileRef, text::Error> file;
    if (path == "-") {
      file = std::make_shared<const text::SourceFile>("<stdin>", *request->stdin_text);
    } else {
      file = session.files.read(project::absolute(path, session.working_folder), path);
    }
    if (!file) {
      session.fail(project::Failure{file.error().message, path});
      continue;
    }
    std::ranges::move(replay_script(*file, pg_version, options.existing),
                      std::back_inserter(entries));
  }
  return true;
}

void print_locks(Session& session, const LocksOptions& options) {
  std::vector<Entry> entries;
  if (are_scripts(session, options)) {
    if (!replay_scripts(session, options, entries)) return;
  } else {
    const auto loaded = load_projects(session, options.paths);
    if (!loaded) return;
    for (const project::LoadedProject& each : *loaded) {
      if (!replay_project(session, each, options.range, entries)) return;
    }
  }
  std::string text;
  if (options.format == "json") {
    Json statements = Json::array();
    for (const Entry& entry : entries) statements.push_back(entry_json(entry));
    text = reporters::dump({{"schema", 1}, {"statements", std::move(statements)}});
  } else {
    for (const Entry& entry : entries) add_entry(text, entry);
  }
  write_output(session, "", text);
}

}  // namespace

void add_locks(CLI::App& app, Session& session) {
  auto options = std::make_shared<LocksOptions>();
  CLI::App* command =
      app.add_subcommand("locks", "Say what each statement locks, rewrites and scans");
  command->footer(
      "A .sql file is replayed by itself, statement by statement: on an empty database when it "
      "creates something, else on one that has what it names.");
  add_path_options(*command, options->paths);
  command->add_option("-f,--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_flag("--existing", options->existing,
                    "What a .sql file names but does not create is there already");
  command->add_option("--range", options->range, "A:B, the revisions after A up to B; or one");
  command->callback([options, &session] { print_locks(session, *options); });
}

}  // namespace forelock::cli
