#include <fmt/format.h>

#include <set>
#include <utility>

#include "reporters/common.h"
#include "reporters/json_support.h"
#include "reporters/reporter.h"

// Source: docs.gitlab.com, "Code Quality", section "Code Quality report format".

namespace forelock::reporters {
namespace {

std::string_view severity_of(lint::Severity severity) {
  switch (severity) {
    case lint::Severity::kError:
      return "critical";
    case lint::Severity::kWarning:
      return "major";
    case lint::Severity::kInfo:
    case lint::Severity::kOff:
      return "info";
  }
  return "info";
}

/// GitLab keeps only the first of two entries with one fingerprint.
std::string unique(std::set<std::string>& used, std::string fingerprint) {
  std::string candidate = fingerprint;
  for (int n = 2; !used.insert(candidate).second; ++n) {
    candidate = fmt::format("{}-{}", fingerprint, n);
  }
  return candidate;
}

Json entry(const text::Location& location, const Context& context) {
  const bool known = location.file != nullptr;
  return {{"path", context.prefix + (known ? location.file->path() : std::string("migrations"))},
          {"lines", {{"begin", known ? location.file->line_of(location.span.begin_byte) : 1}}}};
}

}  // namespace

std::string render_gitlab(const lint::Report& report, const Context& context) {
  Json entries = Json::array();
  std::set<std::string> used;
  for (const model::Problem* problem : reading_problems(report)) {
    const std::string kind = text_of(model::display(problem->kind));
    const std::string path = problem->file == nullptr ? "" : problem->file->path();
    entries.push_back({{"description", problem->message},
                       {"check_name", kind},
                       {"fingerprint", unique(used, kind + ":" + path + ":" + problem->message)},
                       {"severity", "critical"},
                       {"location", entry({problem->file, problem->span}, context)}});
  }
  for (const lint::Finding* finding : by_severity(report, context)) {
    entries.push_back({{"description", finding->message},
                       {"check_name", text_of(finding->rule)},
                       {"fingerprint", unique(used, finding->fingerprint)},
                       {"severity", text_of(severity_of(finding->severity))},
                       {"location", entry(finding->location, context)}});
  }
  return dump(entries);
}

}  // namespace forelock::reporters
