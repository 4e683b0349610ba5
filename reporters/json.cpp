#include <utility>

#include "reporters/common.h"
#include "reporters/json_support.h"
#include "reporters/reporter.h"
#include "reporters/tool.h"

namespace forelock::reporters {
namespace {

/// path, start and end; null values for a place in no file.
Json place(const text::Location& location) {
  if (location.file == nullptr) return {{"path", nullptr}, {"start", nullptr}, {"end", nullptr}};
  return {{"path", location.file->path()},
          {"start", position(*location.file, location.span.begin_byte)},
          {"end", position(*location.file, location.span.end_byte)}};
}

Json statement_json(const lint::Finding& finding) {
  if (!finding.statement) return nullptr;
  Json locks = Json::array();
  for (const auto& lock : finding.statement->locks) {
    locks.push_back({{"relation", lock.relation}, {"mode", lock.mode}});
  }
  return {{"kind", finding.statement->kind},
          {"sql", finding.statement->sql},
          {"locks", std::move(locks)}};
}

Json fixes_json(const lint::Finding& finding) {
  Json fixes = Json::array();
  for (const lint::Fix& fix : finding.fixes) {
    Json edits = Json::array();
    for (const text::Edit& edit : fix.edits) {
      Json json = place({finding.location.file, edit.span});
      json["replacement"] = edit.replacement;
      edits.push_back(std::move(json));
    }
    fixes.push_back({{"title", fix.title},
                     {"applicability", text_of(lint::display(fix.applicability))},
                     {"edits", std::move(edits)}});
  }
  return fixes;
}

Json suppressed_json(const lint::Finding& finding) {
  if (!finding.suppressed) return nullptr;
  const bool baseline = finding.suppressed->kind == lint::Suppression::Kind::kBaseline;
  return {{"kind", baseline ? "baseline" : "inSource"}, {"reason", finding.suppressed->reason}};
}

Json diagnostic(const lint::Finding& finding, const Context& context) {
  Json json = {{"rule", text_of(finding.rule)},
               {"severity", text_of(lint::display(finding.severity))}};
  json.update(place(finding.location));
  json["message"] = finding.message;
  json["help"] = finding.help;
  json["notes"] = finding.notes;
  const lint::RuleInfo* info = info_of(finding.rule, context);
  json["url"] = info == nullptr ? Json(nullptr) : Json(url_of(*info, context));
  json["revision"] = finding.revision;
  json["direction"] = finding.direction;
  json["statement"] = statement_json(finding);
  Json related = Json::array();
  for (const lint::Related& each : finding.related) {
    Json where = place(each.location);
    where["message"] = each.message;
    related.push_back(std::move(where));
  }
  json["related"] = std::move(related);
  json["fixes"] = fixes_json(finding);
  json["fingerprint"] = finding.fingerprint;
  json["suppressed"] = suppressed_json(finding);
  return json;
}

Json summary(const lint::Report& report) {
  const lint::Counts& counts = report.counts;
  return {{"files", counts.files},           {"migrations", counts.migrations},
          {"statements", counts.statements}, {"not_analyzed", counts.not_analyzed},
          {"findings", counts.findings},     {"suppressed", counts.suppressed},
          {"pg_version", report.pg_version}, {"pg_version_assumed", report.pg_version_assumed}};
}

}  // namespace

std::string render_json(const lint::Report& report, const Context& context) {
  Json diagnostics = Json::array();
  for (const lint::Finding* finding : visible_findings(report, context)) {
    diagnostics.push_back(diagnostic(*finding, context));
  }
  Json problems = Json::array();
  for (const model::Problem& problem : report.problems) {
    Json json = {{"kind", text_of(model::display(problem.kind))}};
    json.update(place({problem.file, problem.span}));
    json["message"] = problem.message;
    problems.push_back(std::move(json));
  }
  return dump({{"schema", 1},
               {"tool", {{"name", text_of(kToolName)}, {"version", text_of(kVersion)}}},
               {"diagnostics", std::move(diagnostics)},
               {"problems", std::move(problems)},
               {"summary", summary(report)}});
}

}  // namespace forelock::reporters
