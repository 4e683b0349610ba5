#include <fmt/format.h>

#include "reporters/common.h"
#include "reporters/escape.h"
#include "reporters/reporter.h"

namespace forelock::reporters {

std::string render_concise(const lint::Report& report, const Context& context) {
  std::string out;
  for (const model::Problem* problem : reading_problems(report)) {
    const std::string place = place_of(problem->file, problem->span);
    out += fmt::format("{}{}{}: {}\n", printable(place), place.empty() ? "" : ": ",
                       model::display(problem->kind), printable(problem->message));
  }
  for (const lint::Finding* finding : visible_findings(report, context)) {
    const std::string place = place_of(finding->location.file, finding->location.span);
    out += fmt::format("{}{}{}: {}{}\n", printable(place), place.empty() ? "" : ": ", finding->rule,
                       finding->fixes.empty() ? "" : "[*] ", printable(finding->message));
  }
  return out;
}

}  // namespace forelock::reporters
