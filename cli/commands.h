#pragma once

// The commands, one file each. `add_…` declares the command's options; parsing runs it.

#include "cli/session.h"

namespace CLI {
class App;
}

namespace forelock::cli {

void add_check(CLI::App& app, Session& session);
void add_baseline(CLI::App& app, Session& session);
void add_sql(CLI::App& app, Session& session);
void add_locks(CLI::App& app, Session& session);
void add_schema(CLI::App& app, Session& session);
void add_modes(CLI::App& app, Session& session);
void add_rule(CLI::App& app, Session& session);
void add_history(CLI::App& app, Session& session);
void add_server(CLI::App& app, Session& session);

/// Runs the command line `arguments` (without the program's name) and returns the exit code.
int run(const std::vector<std::string>& arguments, Session& session);

}  // namespace forelock::cli
