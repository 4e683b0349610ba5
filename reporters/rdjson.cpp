#include <utility>

#include "reporters/common.h"
#include "reporters/json_support.h"
#include "reporters/reporter.h"
#include "reporters/tool.h"

// Source: reviewdog, proto/rdf/reviewdog.proto. Columns count bytes of UTF-8, ends are exclusive.

namespace forelock::reporters {
namespace {

std::string_view severity_of(lint::Severity severity) {
  switch (severity) {
    case lint::Severity::kError:
      return "ERROR";
    case lint::Severity::kWarning:
      return "WARNING";
    case lint::Severity::kInfo:
    case lint::Severity::kOff:
      return "INFO";
  }
  return "INFO";
}

Json range(const text::SourceFile& file, text::Span span) {
  const auto at = [&](std::uint32_t byte) -> Json {
    const auto place = file.lines().position(file.text(), byte, text::ColumnUnit::kByte);
    return {{"line", place.line1}, {"column", place.column1}};
  };
  return {{"start", at(span.begin_byte)}, {"end", at(std::max(span.begin_byte, span.end_byte))}};
}

Json location_json(const text::Location& location, const Context& context) {
  if (location.file == nullptr) return {{"path", context.prefix + "migrations"}};
  return {{"path", context.prefix + location.file->path()},
          {"range", range(*location.file, location.span)}};
}

Json suggestions(const lint::Finding& finding) {
  Json list = Json::array();
  if (finding.location.file == nullptr || finding.fixes.empty()) return list;
  const lint::Fix& fix = finding.fixes.front();
  if (fix.applicability == lint::Applicability::kDisplayOnly || fix.edits.size() != 1) return list;
  list.push_back({{"range", range(*finding.location.file, fix.edits.front().span)},
                  {"text", fix.edits.front().replacement}});
  return list;
}

}  // namespace

std::string render_rdjson(const lint::Report& report, const Context& context) {
  Json diagnostics = Json::array();
  for (const model::Problem* problem : reading_problems(report)) {
    diagnostics.push_back({{"message", problem->message},
                           {"location", location_json({problem->file, problem->span}, context)},
                           {"severity", "ERROR"},
                           {"code", {{"value", text_of(model::display(problem->kind))}}}});
  }
  for (const lint::Finding* finding : by_severity(report, context)) {
    const lint::RuleInfo* info = info_of(finding->rule, context);
    Json json = {{"message", finding->message},
                 {"location", location_json(finding->location, context)},
                 {"severity", text_of(severity_of(finding->severity))},
                 {"code",
                  {{"value", text_of(finding->rule)},
                   {"url", info == nullptr ? text_of(kHomepage) : url_of(*info, context)}}}};
    Json fixes = suggestions(*finding);
    if (!fixes.empty()) json["suggestions"] = std::move(fixes);
    diagnostics.push_back(std::move(json));
  }
  return dump({{"source", {{"name", text_of(kToolName)}, {"url", text_of(kHomepage)}}},
               {"diagnostics", std::move(diagnostics)}});
}

}  // namespace forelock::reporters
