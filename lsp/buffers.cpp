// Session: the buffers, their analysis, and what is published about them.

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "analyzer/project/paths.h"
#include "lsp/features.h"
#include "lsp/session.h"

namespace forelock::lsp {
namespace {

// Source: LSP 3.17, MessageType and DiagnosticSeverity.
constexpr int kErrorMessage = 1;
constexpr int kErrorSeverity = 1;

std::string_view uri_in(const Json& params) {
  const Json* document = find(params, "textDocument");
  return document == nullptr ? std::string_view() : string_at(*document, "uri");
}

Json publication(const std::string& uri, std::optional<std::int64_t> version, Json diagnostics) {
  Json params = {{"uri", uri}, {"diagnostics", std::move(diagnostics)}};
  if (version) params["version"] = *version;
  return notification("textDocument/publishDiagnostics", std::move(params));
}

}  // namespace

void Session::on_open(const Json& params) {
  const Json* item = find(params, "textDocument");
  const Json* text = item == nullptr ? nullptr : find(*item, "text");
  if (text == nullptr || !text->is_string() || string_at(*item, "uri").empty()) return;
  const Document& document = documents_.open(
      std::string(string_at(*item, "uri")), std::string(string_at(*item, "languageId")),
      integer_at(*item, "version").value_or(0), text->get<std::string>());
  parts_.analyzer.forget();
  mark_stale(document.path);
  changed_.insert(document.path);
}

void Session::on_change(const Json& params) {
  Document* document = documents_.find(uri_in(params));
  const Json* changes = find(params, "contentChanges");
  if (document == nullptr || changes == nullptr || !changes->is_array()) return;
  for (const Json& change : *changes) {
    auto text = apply_change(document->text, change, client_.encoding);
    if (!text) {
      parts_.log << "forelock server: textDocument/didChange: " << text.error().message << '\n';
      break;
    }
    document->text = *std::move(text);
  }
  if (const auto version = integer_at(params["textDocument"], "version")) {
    document->version = *version;
  }
  mark_stale(document->path);
  changed_.insert(document->path);
}

void Session::on_close(const Json& params) {
  const Document* document = documents_.find(uri_in(params));
  if (document == nullptr) return;
  const std::string uri = document->uri;
  const std::string path = document->path;
  documents_.close(uri);
  parts_.analyzer.forget();
  analyses_.erase(path);
  stale_.erase(path);
  unpublished_.erase(path);
  changed_.erase(path);
  published_.erase(path);
  if (!client_.pull_diagnostics) send(publication(uri, std::nullopt, Json::array()));
  mark_stale(path);  // Others see the disk again.
}

void Session::on_save(const Json& params) {
  parts_.analyzer.forget();
  if (const Document* document = documents_.find(uri_in(params))) mark_stale(document->path);
}

void Session::mark_stale(const std::string& path) {
  const std::string folder = project::parent_of(path);
  for (const auto& [other, document] : documents_.by_path()) {
    if (project::parent_of(other) == folder) stale_.insert(other);
  }
}

void Session::mark_all_stale() {
  parts_.analyzer.forget();
  for (const auto& [path, document] : documents_.by_path()) stale_.insert(path);
}

project::OverlayFileSystem Session::files() const {
  project::OverlayFileSystem overlay(parts_.disk);
  for (const auto& [path, document] : documents_.by_path()) overlay.put(path, document.text);
  return overlay;
}

void Session::analyze_folder(const std::string& path) {
  const std::string folder = project::parent_of(path);
  AnalysisRequest request{.paths = {}, .working_folder = working_folder(path)};
  for (const auto& [other, document] : documents_.by_path()) {
    if (!stale_.contains(other) || project::parent_of(other) != folder) continue;
    stale_.erase(other);
    unpublished_.insert(other);
    analyses_[other] = {};
    if (may_hold_migration(other, document.text, client_.cxx)) request.paths.push_back(other);
  }
  if (request.paths.empty()) return;
  AnalysisResult result = parts_.analyzer.analyze(files(), request);
  for (auto& [other, analysis] : result.files) analyses_[other] = std::move(analysis);
  report_failure(result.failure);
}

void Session::publish_changes() {
  while (!stale_.empty()) {
    const std::string path = *stale_.begin();
    try {
      analyze_folder(path);
    } catch (const std::exception& failure) {
      parts_.log << "forelock server: checking " << path << ": " << failure.what() << '\n';
    }
    stale_.erase(path);
  }
  publish_analyzed();
}

void Session::publish_analyzed() {
  for (const std::string& path : std::exchange(unpublished_, {})) {
    const Document* document = documents_.at_path(path);
    if (document != nullptr && !client_.pull_diagnostics) publish(*document);
  }
}

void Session::publish(const Document& document) {
  const FileAnalysis& analysis = analyses_[document.path];
  Json list = diagnostics(analysis, client_, working_folder(document.path));
  std::string text = to_text(list);
  const auto last = published_.find(document.path);
  const bool same = last != published_.end() && last->second.version == document.version &&
                    last->second.diagnostics == text;
  if (changed_.erase(document.path) == 0 && same) return;
  published_[document.path] = {.version = document.version, .diagnostics = std::move(text)};
  send(publication(document.uri, document.version, std::move(list)));
}

void Session::report_failure(const std::optional<project::Failure>& failure) {
  const std::string text = !failure ? std::string()
                           : failure->path.empty()
                               ? failure->message
                               : fmt::format("{}: {}", failure->path, failure->message);
  if (text == shown_failure_) return;
  shown_failure_ = text;
  if (!failure_uri_.empty()) {
    send(publication(std::exchange(failure_uri_, {}), std::nullopt, Json::array()));
  }
  if (!failure) return;
  send(notification("window/showMessage",
                    {{"type", kErrorMessage}, {"message", "forelock: " + text}}));
  if (!failure->path.starts_with('/')) return;
  const std::uint32_t line = failure->line1 > 0 ? failure->line1 - 1 : 0;
  Json diagnostic = {{"range",
                      {{"start", {{"line", line}, {"character", 0}}},
                       {"end", {{"line", line + 1}, {"character", 0}}}}},
                     {"severity", kErrorSeverity},
                     {"source", "forelock"},
                     {"message", failure->message}};
  Json list = Json::array();
  list.push_back(std::move(diagnostic));
  failure_uri_ = uri_of_path(failure->path);
  send(publication(failure_uri_, std::nullopt, std::move(list)));
}

}  // namespace forelock::lsp
