#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reporters/common.h"
#include "reporters/escape.h"
#include "reporters/json_support.h"
#include "reporters/line_hash.h"
#include "reporters/reporter.h"
#include "reporters/tool.h"

// The checklist of GitHub: docs.github.com, "SARIF support for code scanning".

namespace forelock::reporters {
namespace {

/// GitHub refuses a run with more results.
constexpr std::size_t kMaxResults = 25'000;
/// Of a description.
constexpr std::size_t kMaxDescriptionBytes = 1024;

std::string_view level_of(lint::Severity severity) {
  switch (severity) {
    case lint::Severity::kError:
      return "error";
    case lint::Severity::kWarning:
      return "warning";
    case lint::Severity::kInfo:
      return "note";
    case lint::Severity::kOff:
      return "none";
  }
  return "none";
}

std::string_view problem_severity(lint::Severity severity) {
  switch (severity) {
    case lint::Severity::kError:
      return "error";
    case lint::Severity::kWarning:
      return "warning";
    case lint::Severity::kInfo:
    case lint::Severity::kOff:
      return "recommendation";
  }
  return "recommendation";
}

/// "index-not-concurrent" as "IndexNotConcurrent".
std::string pascal_case(std::string_view id) {
  std::string name;
  bool upper = true;
  for (const char c : id) {
    if (c == '-') {
      upper = true;
      continue;
    }
    name += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return name;
}

std::string shortened(std::string_view text) {
  std::string result(text.substr(0, kMaxDescriptionBytes));
  while (!result.empty() && result.size() < text.size() &&
         (static_cast<unsigned char>(text[result.size()]) & 0xC0U) == 0x80U) {
    result.pop_back();
  }
  return result;
}

/// A sentence as SARIF wants it: with a capital and a full stop.
std::string sentence(std::string_view text) {
  std::string result(text);
  if (!result.empty() && result[0] >= 'a' && result[0] <= 'z') {
    result[0] = static_cast<char>(result[0] - 'a' + 'A');
  }
  if (!result.ends_with('.')) result += '.';
  return result;
}

class SarifWriter {
 public:
  SarifWriter(const lint::Report& report, const Context& context)
      : report_(report), context_(context) {
    for (const lint::Rule* rule : context.rules) add_rule(rule->info);
  }

  Json log() {
    Json results = Json::array();
    const auto findings = by_severity(report_, context_);
    // A finding of a rule that is not enabled cannot be; should it be, its rule is listed too.
    for (const lint::Finding* finding : findings) {
      if (results.size() == kMaxResults) break;
      results.push_back(result(*finding));
    }
    Json notifications = Json::array();
    for (const model::Problem* problem : reading_problems(report_)) {
      notifications.push_back(notification(*problem));
    }
    if (findings.size() > kMaxResults) {
      notifications.push_back({{"level", "warning"},
                               {"message",
                                {{"text", counted(findings.size() - kMaxResults, "more result") +
                                              " were left out, the least severe."}}}});
    }
    Json run = {{"tool", {{"driver", driver()}}},
                {"automationDetails", {{"id", "forelock/" + context_.category + "/"}}},
                {"columnKind", "utf16CodeUnits"}};
    if (!context_.root.empty()) {
      run["originalUriBaseIds"] = {{"%SRCROOT%", {{"uri", root_uri()}}}};
    }
    run["invocations"] = Json::array({invocation(std::move(notifications))});
    run["results"] = std::move(results);
    return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
            {"version", "2.1.0"},
            {"runs", Json::array({std::move(run)})}};
  }

 private:
  // ---- the tool ---------------------------------------------------------------------------------

  void add_rule(const lint::RuleInfo& info) {
    rule_index_.emplace(info.id, rules_.size());
    const std::string why = sentence(info.why);
    const std::string safer = sentence(info.safer);
    rules_.push_back(
        {{"id", text_of(info.id)},
         {"name", pascal_case(info.id)},
         {"shortDescription", {{"text", shortened(sentence(info.summary))}}},
         {"fullDescription", {{"text", shortened(why)}}},
         {"help",
          {{"text", why + "\n\n" + safer},
           {"markdown", why + "\n\n**Safer:** " + safer + "\n\nSource: " + text_of(info.source)}}},
         {"helpUri", url_of(info, context_)},
         {"defaultConfiguration", {{"level", text_of(level_of(info.severity))}}},
         {"properties",
          {{"precision", "high"},
           {"problem.severity", text_of(problem_severity(info.severity))},
           {"tags", Json::array({"database", "migrations", text_of(info.group)})}}}});
  }

  Json driver() {
    return {{"name", text_of(kToolName)},
            {"version", text_of(kVersion)},
            {"semanticVersion", text_of(kVersion)},
            {"informationUri", text_of(kHomepage)},
            {"rules", rules_}};
  }

  [[nodiscard]] Json invocation(Json notifications) const {
    const bool complete = std::ranges::none_of(report_.problems, [](const model::Problem& p) {
      return p.kind == model::Problem::Kind::kRead || p.kind == model::Problem::Kind::kInternal;
    });
    Json json = {{"executionSuccessful", complete}};
    if (!context_.root.empty()) {
      json["workingDirectory"] = {{"uri", "file://" + uri_path(context_.root) + "/"}};
    }
    json["toolExecutionNotifications"] = std::move(notifications);
    return json;
  }

  [[nodiscard]] std::string root_uri() const {
    std::string root = context_.root + "/";
    if (root.ends_with("/" + context_.prefix)) root.resize(root.size() - context_.prefix.size());
    return "file://" + uri_path(root);
  }

  // ---- places -----------------------------------------------------------------------------------

  [[nodiscard]] Json artifact(std::string_view path) const {
    if (path.starts_with('/')) return {{"uri", "file://" + uri_path(path)}};
    Json json = {{"uri", uri_path(context_.prefix + std::string(path))}};
    if (!context_.root.empty()) json["uriBaseId"] = "%SRCROOT%";
    return json;
  }

  static Json region(const text::SourceFile& file, text::Span span) {
    const auto at = [&](std::uint32_t byte) {
      return file.lines().position(file.text(), byte, text::ColumnUnit::kUtf16);
    };
    const text::LineColumn begin = at(span.begin_byte),
                           end = at(std::max(span.begin_byte, span.end_byte));
    return {{"startLine", begin.line1},
            {"startColumn", begin.column1},
            {"endLine", end.line1},
            {"endColumn", end.column1}};
  }

  static Json region_with_snippet(const text::SourceFile& file, text::Span span) {
    Json json = region(file, span);
    if (!span.empty()) json["snippet"] = {{"text", valid_utf8(file.slice(span))}};
    return json;
  }

  /// The lines around a span.
  static Json context_region(const text::SourceFile& file, text::Span span) {
    const std::uint32_t first = file.line_of(span.begin_byte);
    const std::uint32_t last = file.line_of(std::max(span.begin_byte, span.end_byte));
    const std::uint32_t from = first > 2 ? first - 2 : 1;
    const std::uint32_t to = std::min(last + 2, file.lines().line_count());
    const auto end_line = file.lines().line(file.text(), to);
    const text::Span whole{
        file.lines().line_begin(from),
        file.lines().line_begin(to) + static_cast<std::uint32_t>(end_line.size())};
    return region_with_snippet(file, whole);
  }

  [[nodiscard]] Json physical_location(const text::Location& location) const {
    return {{"artifactLocation", artifact(location.file->path())},
            {"region", region_with_snippet(*location.file, location.span)},
            {"contextRegion", context_region(*location.file, location.span)}};
  }

  /// Where a finding stands; one in no file stands at the start of the first, since GitHub refuses
  /// a log with a result that has no location.
  [[nodiscard]] text::Location anchor(const text::Location& location) const {
    if (location.file != nullptr) return location;
    static const auto kNowhere = std::make_shared<const text::SourceFile>("migrations", "");
    return {report_.files.empty() ? kNowhere : report_.files.front(), {}};
  }

  // ---- results ----------------------------------------------------------------------------------

  const std::string& line_hash(const text::SourceFile& file, std::uint32_t line1) {
    auto [entry, fresh] = hashes_.try_emplace(&file);
    if (fresh) entry->second = line_hashes(file.text());
    static const std::string kNone;
    return line1 <= entry->second.size() ? entry->second[line1 - 1] : kNone;
  }

  Json result(const lint::Finding& finding) {
    const text::Location place = anchor(finding.location);
    std::string message = sentence(finding.message);
    if (!finding.help.empty()) message += " " + sentence(finding.help);
    for (const std::string& note : finding.notes) message += " " + sentence(note);
    Json json = {{"ruleId", text_of(finding.rule)}};
    if (const auto index = rule_index_.find(finding.rule); index != rule_index_.end()) {
      json["ruleIndex"] = index->second;
    }
    json["kind"] = "fail";
    json["level"] = text_of(level_of(finding.severity));
    json["message"] = {{"text", message}};
    json["locations"] = Json::array({{{"physicalLocation", physical_location(place)}}});
    if (!finding.related.empty()) json["relatedLocations"] = related(finding);
    Json fingerprints = Json::object();
    const std::string& hash = line_hash(*place.file, place.file->line_of(place.span.begin_byte));
    if (!hash.empty()) fingerprints["primaryLocationLineHash"] = hash;
    if (!finding.fingerprint.empty()) fingerprints["forelock/v1"] = finding.fingerprint;
    json["partialFingerprints"] = std::move(fingerprints);
    Json fixes = fixes_of(finding);
    if (!fixes.empty()) json["fixes"] = std::move(fixes);
    if (finding.suppressed) json["suppressions"] = Json::array({suppression(*finding.suppressed)});
    json["properties"] = properties(finding);
    return json;
  }

  [[nodiscard]] Json related(const lint::Finding& finding) const {
    Json list = Json::array();
    for (const lint::Related& each : finding.related) {
      if (each.location.file == nullptr) continue;
      list.push_back({{"id", list.size() + 1},
                      {"physicalLocation", physical_location(each.location)},
                      {"message", {{"text", sentence(each.message)}}}});
    }
    return list;
  }

  [[nodiscard]] Json fixes_of(const lint::Finding& finding) const {
    Json fixes = Json::array();
    if (finding.location.file == nullptr) return fixes;
    const text::SourceFile& file = *finding.location.file;
    for (const lint::Fix& fix : finding.fixes) {
      Json replacements = Json::array();
      for (const text::Edit& edit : fix.edits) {
        replacements.push_back({{"deletedRegion", region(file, edit.span)},
                                {"insertedContent", {{"text", edit.replacement}}}});
      }
      if (replacements.empty()) continue;
      fixes.push_back(
          {{"description", {{"text", sentence(fix.title)}}},
           {"artifactChanges", Json::array({{{"artifactLocation", artifact(file.path())},
                                             {"replacements", std::move(replacements)}}})}});
    }
    return fixes;
  }

  static Json suppression(const lint::Suppression& suppression) {
    const bool baseline = suppression.kind == lint::Suppression::Kind::kBaseline;
    Json json = {{"kind", baseline ? "external" : "inSource"}};
    if (!suppression.reason.empty()) json["justification"] = suppression.reason;
    return json;
  }

  static Json properties(const lint::Finding& finding) {
    Json json = Json::object();
    if (!finding.revision.empty()) json["revision"] = finding.revision;
    if (!finding.direction.empty()) json["direction"] = finding.direction;
    if (finding.statement) {
      json["statementKind"] = finding.statement->kind;
      json["sql"] = finding.statement->sql;
    }
    return json;
  }

  [[nodiscard]] Json notification(const model::Problem& problem) const {
    Json json = {{"level", "error"}, {"message", {{"text", sentence(problem.message)}}}};
    if (problem.file != nullptr) {
      json["locations"] =
          Json::array({{{"physicalLocation", physical_location({problem.file, problem.span})}}});
    }
    return json;
  }

  const lint::Report& report_;
  const Context& context_;
  Json rules_ = Json::array();
  std::map<std::string_view, std::size_t> rule_index_;
  std::map<const text::SourceFile*, std::vector<std::string>> hashes_;
};

}  // namespace

std::string render_sarif(const lint::Report& report, const Context& context) {
  return dump(SarifWriter(report, context).log());
}

}  // namespace forelock::reporters
