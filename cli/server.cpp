#include "lsp/server.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"

namespace forelock::cli {

void add_server(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "server", "Serve an editor (Language Server Protocol) on standard input and output");
  // Clients pass it by habit; there is no other way.
  auto stdio = std::make_shared<bool>(false);
  command->add_flag("--stdio", *stdio, "Use standard input and output, which is the default");
  command->callback([stdio, &session] {
    session.exit_code =
        lsp::serve(session.in, session.out, session.err, session.files, session.rules);
  });
}

}  // namespace forelock::cli
