#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "reporters/common.h"
#include "reporters/escape.h"
#include "reporters/reporter.h"

// Source: docs.github.com, "Workflow commands for GitHub Actions"; actions/toolkit,
// packages/core/src/command.ts for what is escaped.

namespace forelock::reporters {
namespace {

/// A message of several lines; what is no plain text is made printable first.
std::string escape_data(std::string_view text) {
  std::string result;
  while (true) {
    const auto end = text.find('\n');
    for (const char c : printable(text.substr(0, end))) {
      if (c == '%') {
        result += "%25";
      } else {
        result += c;
      }
    }
    if (end == std::string_view::npos) return result;
    result += "%0A";
    text.remove_prefix(end + 1);
  }
}

std::string escape_property(std::string_view text) {
  std::string result;
  for (const char c : escape_data(text)) {
    if (c == ':') {
      result += "%3A";
    } else if (c == ',') {
      result += "%2C";
    } else {
      result += c;
    }
  }
  return result;
}

std::string_view command_of(lint::Severity severity) {
  switch (severity) {
    case lint::Severity::kError:
      return "error";
    case lint::Severity::kWarning:
      return "warning";
    case lint::Severity::kInfo:
    case lint::Severity::kOff:
      return "notice";
  }
  return "notice";
}

/// `file=…,line=…` and so on; columns only where they may be given, on one line.
std::string properties(const text::Location& location, const Context& context) {
  if (location.file == nullptr) return {};
  const text::SourceFile& file = *location.file;
  const text::LineColumn begin = file.position(location.span.begin_byte);
  const text::LineColumn end =
      file.position(std::max(location.span.begin_byte, location.span.end_byte));
  std::string result =
      fmt::format("file={},line={},endLine={}", escape_property(context.prefix + file.path()),
                  begin.line1, end.line1);
  if (begin.line1 == end.line1) {
    result += fmt::format(",col={},endColumn={}", begin.column1,
                          std::max(begin.column1 + 1, end.column1));
  }
  return result + ",";
}

}  // namespace

std::string render_github(const lint::Report& report, const Context& context) {
  std::string out;
  for (const model::Problem* problem : reading_problems(report)) {
    out +=
        fmt::format("::error {}title={}::{}\n", properties({problem->file, problem->span}, context),
                    escape_property(model::display(problem->kind)), escape_data(problem->message));
  }
  for (const lint::Finding* finding : by_severity(report, context)) {
    std::string message = finding->message;
    if (!finding->help.empty()) message += "\nhelp: " + finding->help;
    out += fmt::format("::{} {}title={}::{}\n", command_of(finding->severity),
                       properties(finding->location, context), escape_property(finding->rule),
                       escape_data(message));
  }
  return out + fmt::format("{} in {}\n", count_findings(report), count_work(report));
}

}  // namespace forelock::reporters
