#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/project/file_system.h"
#include "cli/commands.h"
#include "rules/registry.h"

namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

/// Source: no-color.org, force-color.org.
bool wants_color() {
  if (is_set("NO_COLOR")) return false;
  if (is_set("FORCE_COLOR")) return true;
  const char* terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

}  // namespace

int main(int argc, char** argv) {
  using namespace forelock;
  std::ios::sync_with_stdio(false);
  try {
    const project::DiskFileSystem disk;
    cli::Session session{
        std::cin,      std::cout, std::cerr,         std::filesystem::current_path().string(),
        wants_color(), disk,      rules::all_rules()};
    const int code = cli::run(std::vector<std::string>(argv + 1, argv + argc), session);
    std::cout.flush();
    if (!std::cout) {
      std::cerr << "forelock: the report could not be written\n";
      return cli::kCouldNotRun;
    }
    return code;
  } catch (const std::exception& error) {
    std::cout.flush();
    std::cerr << "forelock: internal error: " << error.what() << '\n';
  }
  return cli::kCouldNotRun;
}
