#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "analyzer/lint/suppressions.h"
#include "analyzer/project/paths.h"
#include "lsp/diagnostic.h"
#include "lsp/features.h"

namespace forelock::lsp {
namespace {

// Source: LSP 3.17, DiagnosticSeverity.
constexpr int kError = 1, kWarning = 2, kInformation = 3;
/// DiagnosticTag.Unnecessary: editors show the range faded.
constexpr int kUnnecessary = 1;

int severity_of(lint::Severity severity) {
  switch (severity) {
    case lint::Severity::kError:
      return kError;
    case lint::Severity::kWarning:
      return kWarning;
    case lint::Severity::kInfo:
    case lint::Severity::kOff:
      return kInformation;
  }
  return kInformation;
}

int severity_of(model::Problem::Kind kind) {
  switch (kind) {
    case model::Problem::Kind::kParse:
    case model::Problem::Kind::kRead:
    case model::Problem::Kind::kConfiguration:
      return kError;
    case model::Problem::Kind::kHistory:
    case model::Problem::Kind::kInternal:
      return kWarning;
    case model::Problem::Kind::kNotAnalyzed:
      return kInformation;
  }
  return kWarning;
}

Json related_json(const lint::Finding& finding, const Client& client, std::string_view folder) {
  Json related = Json::array();
  for (const lint::Related& one : finding.related) {
    if (one.location.file == nullptr) continue;
    const std::string path = project::absolute(one.location.file->path(), folder);
    related.push_back(
        {{"location",
          {{"uri", uri_of_path(path)},
           {"range", to_range(*one.location.file, one.location.span, client.encoding)}}},
         {"message", one.message}});
  }
  return related;
}

}  // namespace

text::Span visible_span(const text::SourceFile& file, text::Span span) {
  const auto size = static_cast<std::uint32_t>(file.text().size());
  span.begin_byte = std::min(span.begin_byte, size);
  span.end_byte = std::min(std::max(span.begin_byte, span.end_byte), size);
  if (!span.empty()) return span;
  const std::uint32_t line1 = file.line_of(span.begin_byte);
  const std::uint32_t begin = file.lines().line_begin(line1);
  const auto end = begin + static_cast<std::uint32_t>(file.lines().line(file.text(), line1).size());
  return span.begin_byte < end ? text::Span{span.begin_byte, end} : text::Span{begin, end};
}

Json diagnostic(const lint::Finding& finding, const Client& client, std::string_view folder) {
  const text::SourceFile& file = *finding.location.file;
  std::string message = finding.message;
  if (!finding.help.empty()) message += "\n" + finding.help;
  Json json = {
      {"range", to_range(file, visible_span(file, finding.location.span), client.encoding)},
      {"severity", severity_of(finding.severity)},
      {"code", finding.rule},
      {"source", "forelock"},
      {"message", std::move(message)}};
  if (client.related_information && !finding.related.empty()) {
    json["relatedInformation"] = related_json(finding, client, folder);
  }
  if (client.unnecessary_tag && finding.rule == lint::kSuppressionUnused) {
    json["tags"] = Json::array({kUnnecessary});
  }
  return json;
}

Json diagnostics(const FileAnalysis& analysis, const Client& client, std::string_view folder) {
  std::vector<std::pair<text::Span, Json>> sorted;
  for (const lint::Finding& finding : analysis.findings) {
    sorted.emplace_back(finding.location.span, diagnostic(finding, client, folder));
  }
  for (const model::Problem& problem : analysis.problems) {
    const text::Span span = visible_span(*problem.file, problem.span);
    sorted.emplace_back(problem.span,
                        Json{{"range", to_range(*problem.file, span, client.encoding)},
                             {"severity", severity_of(problem.kind)},
                             {"code", model::display(problem.kind)},
                             {"source", "forelock"},
                             {"message", problem.message}});
  }
  std::ranges::stable_sort(sorted, {}, &std::pair<text::Span, Json>::first);
  Json list = Json::array();
  for (auto& [span, json] : sorted) list.push_back(std::move(json));
  return list;
}

}  // namespace forelock::lsp
