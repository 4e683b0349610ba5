#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "analyzer/lint/finding.h"

namespace forelock::lint {
namespace {

std::string_view path_of(const text::FileRef& file) {
  return file == nullptr ? std::string_view{} : std::string_view{file->path()};
}

auto order_of(const Finding& finding) {
  return std::tuple(path_of(finding.location.file), finding.location.span.begin_byte,
                    finding.location.span.end_byte, finding.rule, std::string_view{finding.message},
                    std::string_view{finding.revision}, std::string_view{finding.direction});
}

auto order_of(const model::Problem& problem) {
  return std::tuple(path_of(problem.file), problem.span.begin_byte, problem.span.end_byte,
                    problem.kind, std::string_view{problem.message});
}

}  // namespace

std::string_view display(Severity severity) {
  switch (severity) {
    case Severity::kOff:
      return "off";
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "";
}

std::string_view display(Applicability applicability) {
  switch (applicability) {
    case Applicability::kSafe:
      return "safe";
    case Applicability::kUnsafe:
      return "unsafe";
    case Applicability::kDisplayOnly:
      return "display-only";
  }
  return "";
}

void sort_report(Report& report) {
  std::ranges::sort(report.findings,
                    [](const Finding& a, const Finding& b) { return order_of(a) < order_of(b); });
  std::ranges::sort(report.problems, [](const model::Problem& a, const model::Problem& b) {
    return order_of(a) < order_of(b);
  });
  std::ranges::sort(report.files, [](const text::FileRef& a, const text::FileRef& b) {
    return path_of(a) < path_of(b);
  });
  const auto twice = std::ranges::unique(
      report.files,
      [](const text::FileRef& a, const text::FileRef& b) { return path_of(a) == path_of(b); });
  report.files.erase(twice.begin(), twice.end());
}

Report merge(std::vector<Report> reports) {
  Report all;
  bool first = true;
  for (Report& report : reports) {
    std::ranges::move(report.findings, std::back_inserter(all.findings));
    std::ranges::move(report.problems, std::back_inserter(all.problems));
    std::ranges::move(report.files, std::back_inserter(all.files));
    all.counts.files += report.counts.files;
    all.counts.migrations += report.counts.migrations;
    all.counts.statements += report.counts.statements;
    all.counts.not_analyzed += report.counts.not_analyzed;
    all.counts.findings += report.counts.findings;
    all.counts.suppressed += report.counts.suppressed;
    if (first) {
      all.pg_version = report.pg_version;
      all.pg_version_assumed = report.pg_version_assumed;
    }
    first = false;
  }
  sort_report(all);
  return all;
}

}  // namespace forelock::lint
