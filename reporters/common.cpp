#include "reporters/common.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reporters/tool.h"

namespace forelock::reporters {

std::vector<const lint::Finding*> visible_findings(const lint::Report& report,
                                                   const Context& context) {
  std::vector<const lint::Finding*> result;
  for (const lint::Finding& finding : report.findings) {
    if (!finding.suppressed || context.show_suppressed) result.push_back(&finding);
  }
  return result;
}

std::vector<const lint::Finding*> by_severity(const lint::Report& report, const Context& context) {
  std::vector<const lint::Finding*> result = visible_findings(report, context);
  std::ranges::stable_sort(result, std::greater<>(),
                           [](const lint::Finding* finding) { return finding->severity; });
  return result;
}

std::vector<const model::Problem*> reading_problems(const lint::Report& report) {
  std::vector<const model::Problem*> result;
  for (const model::Problem& problem : report.problems) {
    if (problem.kind != model::Problem::Kind::kNotAnalyzed) result.push_back(&problem);
  }
  return result;
}

std::string_view path_of(const text::Location& location) {
  return location.file == nullptr ? std::string_view() : std::string_view(location.file->path());
}

std::string place_of(const text::FileRef& file, text::Span span) {
  if (file == nullptr) return {};
  const text::LineColumn at = file->position(span.begin_byte);
  return fmt::format("{}:{}:{}", file->path(), at.line1, at.column1);
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string count_findings(const lint::Report& report) {
  std::array<std::size_t, 4> by_level{};
  for (const lint::Finding& finding : report.findings) {
    if (!finding.suppressed) ++by_level.at(static_cast<std::size_t>(finding.severity));
  }
  const std::size_t all = by_level[1] + by_level[2] + by_level[3];
  std::string text = all == 0 ? "no findings" : counted(all, "finding");
  if (all > 0) {
    std::string parts;
    const auto part = [&](std::size_t count, std::string_view noun) {
      if (count == 0) return;
      if (!parts.empty()) parts += ", ";
      parts += noun == "info" ? fmt::format("{} info", count) : counted(count, noun);
    };
    part(by_level[3], "error");
    part(by_level[2], "warning");
    part(by_level[1], "info");
    text += " (" + parts + ")";
  }
  if (report.counts.suppressed > 0)
    text += fmt::format(", {} suppressed", report.counts.suppressed);
  return text;
}

std::string count_work(const lint::Report& report) {
  return fmt::format(
      "{}, {}, {} not analysed; PostgreSQL {}{}", counted(report.counts.migrations, "migration"),
      counted(report.counts.statements, "statement"), counted(report.counts.not_analyzed, "step"),
      report.pg_version, report.pg_version_assumed ? " (assumed)" : "");
}

const lint::RuleInfo* info_of(std::string_view rule, const Context& context) {
  const auto found = std::ranges::find_if(
      context.rules, [&](const lint::Rule* each) { return each->info.id == rule; });
  return found == context.rules.end() ? nullptr : &(*found)->info;
}

std::string url_of(const lint::RuleInfo& info, const Context& context) {
  return context.url == nullptr ? std::string(kHomepage) : context.url(info);
}

}  // namespace forelock::reporters
