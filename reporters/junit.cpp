#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "reporters/common.h"
#include "reporters/escape.h"
#include "reporters/reporter.h"

namespace forelock::reporters {
namespace {

/// One failure of a file's test suite.
struct Failure {
  std::string name, type, message, detail;
};

std::string suite(const std::string& path, const std::vector<Failure>& failures) {
  std::string out =
      fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n",
                  xml(path), std::max<std::size_t>(failures.size(), 1), failures.size());
  for (const Failure& failure : failures) {
    out += fmt::format(
        "    <testcase name=\"{}\" classname=\"{}\">\n"
        "      <failure type=\"{}\" message=\"{}\">{}</failure>\n"
        "    </testcase>\n",
        xml(failure.name), xml(path), xml(failure.type), xml(failure.message), xml(failure.detail));
  }
  if (failures.empty()) {
    out += fmt::format("    <testcase name=\"forelock\" classname=\"{}\"/>\n", xml(path));
  }
  return out + "  </testsuite>\n";
}

}  // namespace

std::string render_junit(const lint::Report& report, const Context& context) {
  std::map<std::string, std::vector<Failure>> suites;
  for (const text::FileRef& file : report.files) suites[file->path()];
  std::size_t count = 0;
  const auto add = [&](const text::Location& location, std::string type, std::string message,
                       std::string help) {
    const std::string path(path_of(location));
    const std::string place = place_of(location.file, location.span);
    std::string detail = place + ": " + message + (help.empty() ? "" : "\nhelp: " + help);
    suites[path].push_back({type + " at " + place, type, std::move(message), std::move(detail)});
    ++count;
  };
  for (const model::Problem* problem : reading_problems(report)) {
    add({problem->file, problem->span}, std::string(model::display(problem->kind)),
        problem->message, "");
  }
  for (const lint::Finding* finding : visible_findings(report, context)) {
    if (finding->suppressed) continue;
    add(finding->location, std::string(finding->rule), finding->message, finding->help);
  }
  std::size_t tests = 0;
  for (const auto& [path, failures] : suites) tests += std::max<std::size_t>(failures.size(), 1);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"forelock\" tests=\"{}\" failures=\"{}\">\n", tests, count);
  for (const auto& [path, failures] : suites) out += suite(path, failures);
  return out + "</testsuites>\n";
}

}  // namespace forelock::reporters
