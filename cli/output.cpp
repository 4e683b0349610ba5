#include "cli/output.h"

#include <fstream>

#include "analyzer/project/paths.h"

namespace forelock::cli {

void write_output(Session& session, const std::string& path, const std::string& text) {
  if (path.empty() || path == "-") {
    session.out << text;
    return;
  }
  std::ofstream file(project::absolute(path, session.working_folder), std::ios::binary);
  file << text;
  file.flush();
  if (!file) session.fail(project::Failure{"cannot be written", path});
}

}  // namespace forelock::cli
