// Session: the requests about a document.

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "analyzer/project/paths.h"
#include "lsp/features.h"
#include "lsp/session.h"

namespace forelock::lsp {
namespace {

std::unexpected<ResponseError> invalid(std::string message) {
  return std::unexpected(
      ResponseError{.code = ErrorCode::kInvalidParams, .message = std::move(message)});
}

}  // namespace

std::expected<Session::Current, ResponseError> Session::current(const Json& params) {
  const Json* identifier = find(params, "textDocument");
  const std::string_view uri =
      identifier == nullptr ? std::string_view() : string_at(*identifier, "uri");
  if (uri.empty()) return invalid("textDocument.uri is missing");
  Document* document = documents_.find(uri);
  if (document == nullptr) return invalid(fmt::format("\"{}\" is not open", uri));
  if (stale_.contains(document->path)) {
    analyze_folder(document->path);
    publish_analyzed();
  }
  return Current{.document = document,
                 .analysis = &analyses_[document->path],
                 .folder = working_folder(document->path)};
}

Result Session::on_hover(const Json& params) {
  const auto at = current(params);
  if (!at) return std::unexpected(at.error());
  const Json* position_json = find(params, "position");
  const auto position = position_json == nullptr ? std::nullopt : read_position(*position_json);
  if (!position) return invalid("position is missing or none");
  const std::string& text = at->document->text;
  const std::uint32_t byte = text::LineIndex(text).offset(text, *position, client_.encoding);
  return hover(*at->analysis, *at->document, byte, parts_.rules, client_);
}

Result Session::on_code_action(const Json& params) {
  const auto at = current(params);
  if (!at) return std::unexpected(at.error());
  const Json* range_json = find(params, "range");
  const auto range = range_json == nullptr ? std::nullopt : read_range(*range_json);
  if (!range) return invalid("range is missing or none");
  const std::string& text = at->document->text;
  const ActionRequest request{
      .span = to_span(*range, text, text::LineIndex(text), client_.encoding),
      .only = find_path(params, {"context", "only"})};
  std::optional<model::Migration> migration;
  if (!at->analysis->findings.empty() && wants_kind(request.only, kQuickFixKind)) {
    migration = parts_.analyzer.migration(files(), at->document->path, at->folder);
  }
  return code_actions(*at->analysis, *at->document, request, migration ? &*migration : nullptr,
                      client_, at->folder);
}

Result Session::on_diagnostic(const Json& params) {
  if (!client_.pull_diagnostics) {
    return std::unexpected(
        ResponseError{.code = ErrorCode::kMethodNotFound,
                      .message = "diagnostics are pushed: the client did not say that it pulls"});
  }
  const auto at = current(params);
  if (!at) return std::unexpected(at.error());
  Json items = diagnostics(*at->analysis, client_, at->folder);
  std::string id = fmt::format("{:016x}", std::hash<std::string>{}(to_text(items)));
  if (string_at(params, "previousResultId") == id) {
    return Json{{"kind", "unchanged"}, {"resultId", std::move(id)}};
  }
  return Json{{"kind", "full"}, {"resultId", std::move(id)}, {"items", std::move(items)}};
}

}  // namespace forelock::lsp
