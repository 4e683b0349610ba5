#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "analyzer/postgres/effects.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "reporters/json_support.h"

namespace forelock::cli {
namespace {

using postgres::LockMode;
using reporters::Json;

constexpr std::array kModes = {LockMode::kAccessShare,  LockMode::kRowShare,
                               LockMode::kRowExclusive, LockMode::kShareUpdateExclusive,
                               LockMode::kShare,        LockMode::kShareRowExclusive,
                               LockMode::kExclusive,    LockMode::kAccessExclusive};

/// Commands that take the mode. Source: PostgreSQL 18 manual, 13.3.1.
std::string_view taken_by(LockMode mode) {
  switch (mode) {
    case LockMode::kAccessShare:
      return "SELECT";
    case LockMode::kRowShare:
      return "SELECT FOR UPDATE, FOR SHARE and their kin";
    case LockMode::kRowExclusive:
      return "INSERT, UPDATE, DELETE, MERGE, COPY FROM";
    case LockMode::kShareUpdateExclusive:
      return "VACUUM, ANALYZE, CREATE INDEX CONCURRENTLY, VALIDATE CONSTRAINT";
    case LockMode::kShare:
      return "CREATE INDEX";
    case LockMode::kShareRowExclusive:
      return "CREATE TRIGGER, ADD FOREIGN KEY";
    case LockMode::kExclusive:
      return "REFRESH MATERIALIZED VIEW CONCURRENTLY";
    case LockMode::kAccessExclusive:
      return "most ALTER TABLE, DROP, TRUNCATE, REINDEX, VACUUM FULL, LOCK TABLE";
  }
  return "";
}

std::string_view blocks(LockMode mode) {
  if (postgres::blocks_reads(mode)) return "reads and writes";
  if (postgres::blocks_writes(mode)) return "writes";
  return "neither";
}

std::string modes_text() {
  std::string out = "Weakest first. A mode waits for those that it conflicts with (x).\n\n";
  out += fmt::format("{:26}", "");
  for (std::size_t i = 0; i < kModes.size(); ++i) out += fmt::format(" {}", i + 1);
  out += "  blocks            taken by\n";
  for (std::size_t row = 0; row < kModes.size(); ++row) {
    out += fmt::format("{} {:24}", row + 1, postgres::sql_name(kModes.at(row)));
    for (const LockMode other : kModes) {
      out += postgres::conflicts(kModes.at(row), other) ? " x" : " .";
    }
    out += fmt::format("  {:16}  {}\n", blocks(kModes.at(row)), taken_by(kModes.at(row)));
  }
  return out;
}

std::string modes_json() {
  Json modes = Json::array();
  for (const LockMode mode : kModes) {
    Json conflicting = Json::array();
    for (const LockMode other : kModes) {
      if (postgres::conflicts(mode, other))
        conflicting.push_back(std::string(postgres::name(other)));
    }
    modes.push_back({{"mode", std::string(postgres::name(mode))},
                     {"sql", std::string(postgres::sql_name(mode))},
                     {"conflicts", std::move(conflicting)},
                     {"blocks_reads", postgres::blocks_reads(mode)},
                     {"blocks_writes", postgres::blocks_writes(mode)},
                     {"taken_by", std::string(taken_by(mode))}});
  }
  return reporters::dump({{"schema", 1}, {"modes", std::move(modes)}});
}

}  // namespace

void add_modes(CLI::App& app, Session& session) {
  auto format = std::make_shared<std::string>("text");
  CLI::App* command =
      app.add_subcommand("modes", "Show PostgreSQL's lock modes and their conflicts");
  command->add_option("-f,--format", *format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([format, &session] {
    write_output(session, "", *format == "json" ? modes_json() : modes_text());
  });
}

}  // namespace forelock::cli
