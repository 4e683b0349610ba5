#include <fmt/format.h>

#include <string>
#include <string_view>

#include "reporters/common.h"
#include "reporters/escape.h"
#include "reporters/frame.h"
#include "reporters/reporter.h"

namespace forelock::reporters {
namespace {

struct Style {
  std::string_view bold, red, yellow, blue, dim, reset;
};
constexpr Style kPlain = {};
constexpr Style kColored = {"\x1b[1m",    "\x1b[1;31m", "\x1b[1;33m",
                            "\x1b[1;34m", "\x1b[2m",    "\x1b[0m"};

std::string_view color_of(lint::Severity severity, const Style& style) {
  switch (severity) {
    case lint::Severity::kError:
      return style.red;
    case lint::Severity::kWarning:
      return style.yellow;
    case lint::Severity::kInfo:
    case lint::Severity::kOff:
      return style.blue;
  }
  return {};
}

/// "path:line:column level[name] message" and the frame below it.
void head(std::string& out, const Style& style, const text::Location& location,
          lint::Severity severity, std::string_view name, std::string_view message) {
  const std::string place = printable(place_of(location.file, location.span));
  const std::string_view color = color_of(severity, style);
  out += fmt::format("{}{}{}{}{}{}{}[{}] {}\n", style.bold, place, style.reset,
                     place.empty() ? "" : " ", color, lint::display(severity), style.reset, name,
                     printable(message));
  if (location.file == nullptr) return;
  out += code_frame(*location.file, location.span,
                    {std::string(style.blue), std::string(color), std::string(style.reset)});
}

void detail(std::string& out, const Style& style, std::string_view label, std::string_view text) {
  if (text.empty()) return;
  out += fmt::format("  {}{}:{} {}\n", style.bold, label, style.reset, printable(text));
}

void add_finding(std::string& out, const Style& style, const lint::Finding& finding) {
  std::string message = finding.message;
  head(out, style, finding.location, finding.severity, finding.rule, message);
  for (const std::string& note : finding.notes) detail(out, style, "note", note);
  for (const lint::Related& related : finding.related) {
    const std::string place = place_of(related.location.file, related.location.span);
    detail(out, style, "note",
           place.empty() ? related.message : related.message + " (" + place + ")");
  }
  detail(out, style, "help", finding.help);
  if (!finding.fixes.empty()) {
    const lint::Fix& fix = finding.fixes.front();
    detail(out, style, "fix", fmt::format("{} ({})", fix.title, lint::display(fix.applicability)));
  }
  if (finding.suppressed) {
    const bool baseline = finding.suppressed->kind == lint::Suppression::Kind::kBaseline;
    const std::string& reason = finding.suppressed->reason;
    detail(
        out, style, "suppressed",
        (baseline ? "by the baseline" : "in the source") + (reason.empty() ? "" : ": " + reason));
  }
  out += '\n';
}

lint::Severity severity_of(model::Problem::Kind kind) {
  switch (kind) {
    case model::Problem::Kind::kParse:
    case model::Problem::Kind::kRead:
    case model::Problem::Kind::kHistory:
    case model::Problem::Kind::kConfiguration:
    case model::Problem::Kind::kInternal:
      return lint::Severity::kError;
    case model::Problem::Kind::kNotAnalyzed:
      return lint::Severity::kInfo;
  }
  return lint::Severity::kError;
}

}  // namespace

std::string render_text(const lint::Report& report, const Context& context) {
  const Style& style = context.color ? kColored : kPlain;
  std::string out;
  for (const model::Problem& problem : report.problems) {
    if (problem.kind == model::Problem::Kind::kNotAnalyzed && !context.show_not_analyzed) continue;
    head(out, style, {problem.file, problem.span}, severity_of(problem.kind),
         model::display(problem.kind), problem.message);
    out += '\n';
  }
  for (const lint::Finding* finding : visible_findings(report, context)) {
    add_finding(out, style, *finding);
  }
  out += fmt::format("{}{}{} in {}\n", style.bold, count_findings(report), style.reset,
                     count_work(report));
  return out;
}

}  // namespace forelock::reporters
