#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/sql/parse.h"
#include "cli/commands.h"
#include "reporters/tool.h"

namespace forelock::cli {
namespace {

std::string version_text() {
  return fmt::format("{} {} (grammar of PostgreSQL {})", reporters::kToolName, reporters::kVersion,
                     sql::parser_version());
}

/// Paths or options without a command mean `check`.
void add_default_command(const CLI::App& app, std::vector<std::string>& arguments) {
  if (!arguments.empty()) {
    const std::string& first = arguments.front();
    if (first == "-h" || first == "--help" || first == "--version" || first == "-V") return;
    const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
    if (std::ranges::any_of(commands, [&](const CLI::App* c) { return c->get_name() == first; })) {
      return;
    }
  }
  arguments.insert(arguments.begin(), "check");
}

}  // namespace

int run(const std::vector<std::string>& arguments, Session& session) {
  CLI::App app("Reads database migrations and says what they will lock, rewrite, break or lose.",
               std::string(reporters::kToolName));
  app.set_version_flag("-V,--version", version_text());
  app.require_subcommand(1);
  add_check(app, session);
  add_sql(app, session);
  add_locks(app, session);
  add_schema(app, session);
  add_modes(app, session);
  add_history(app, session);
  add_rule(app, session);
  add_baseline(app, session);
  add_server(app, session);
  std::vector<std::string> words = arguments;
  add_default_command(app, words);
  std::ranges::reverse(words);  // CLI11 takes them from the back.
  try {
    app.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, session.out, session.err);
    return code == 0 ? kClean : kCouldNotRun;
  }
  return session.exit_code;
}

}  // namespace forelock::cli
