#include "lsp/server.h"

#include "lsp/analysis.h"
#include "lsp/loop.h"

namespace forelock::lsp {

int serve(std::istream& in, std::ostream& out, std::ostream& log, const project::FileSystem& disk,
          std::span<const lint::Rule* const> rules) {
  ProjectAnalyzer analyzer(rules);
  return run_session(in,
                     {.out = out, .log = log, .disk = disk, .analyzer = analyzer, .rules = rules});
}

}  // namespace forelock::lsp
