#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "reporters/common.h"
#include "reporters/escape.h"
#include "reporters/frame.h"
#include "reporters/reporter.h"

namespace forelock::reporters {
namespace {

/// GitHub refuses a comment of 65,536 characters; this leaves room for a heading around it.
constexpr std::size_t kMaxCharacters = 65'000;

std::string place(const lint::Finding& finding, const Context& context) {
  if (finding.location.file == nullptr) return "the project";
  return markdown(context.prefix + place_of(finding.location.file, finding.location.span));
}

/// A block that the text cannot close: its fence is longer than any run of backticks inside.
std::string fenced(const std::string& text) {
  std::size_t longest = 2, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fence + "text\n" + text + fence + "\n";
}

std::string row(const lint::Finding& finding, const Context& context) {
  return fmt::format("| {} | {} | {} | {} |\n", lint::display(finding.severity),
                     markdown(finding.rule), place(finding, context), markdown(finding.message));
}

std::string section(const lint::Finding& finding, const Context& context) {
  std::string out =
      fmt::format("#### {} {}: {}\n\n{}\n\n", lint::display(finding.severity),
                  markdown(finding.rule), place(finding, context), markdown(finding.message));
  if (finding.location.file != nullptr) {
    out += fenced(code_frame(*finding.location.file, finding.location.span, {})) + "\n";
  }
  if (!finding.help.empty()) out += "**Help:** " + markdown(finding.help) + "\n\n";
  return out;
}

}  // namespace

std::string render_markdown(const lint::Report& report, const Context& context) {
  std::string out = fmt::format("### forelock: {}\n\n{}\n\n", count_findings(report),
                                markdown(count_work(report)));
  for (const model::Problem* problem : reading_problems(report)) {
    if (out.size() > kMaxCharacters / 4) break;
    out +=
        fmt::format("- {}: {} {}\n", markdown(model::display(problem->kind)),
                    markdown(place_of(problem->file, problem->span)), markdown(problem->message));
  }
  const std::vector<const lint::Finding*> findings = by_severity(report, context);
  if (findings.empty()) return out;
  const std::string head = "| severity | rule | where | what |\n|---|---|---|---|\n";
  // Frames are given up first, then rows.
  std::string table = head;
  std::size_t rows = 0;
  for (const lint::Finding* finding : findings) {
    std::string next = row(*finding, context);
    if (out.size() + table.size() + next.size() > kMaxCharacters - 200) break;
    table += next;
    ++rows;
  }
  out += "\n" + table + "\n";
  if (rows < findings.size()) {
    return out + fmt::format("{} left out: the comment would be too long.\n",
                             counted(findings.size() - rows, "finding"));
  }
  std::string details;
  for (const lint::Finding* finding : findings) {
    details += section(*finding, context);
    if (out.size() + details.size() > kMaxCharacters - 200) {
      return out + "The code is left out: the comment would be too long.\n";
    }
  }
  return out + "<details><summary>Details</summary>\n\n" + details + "</details>\n";
}

}  // namespace forelock::reporters
