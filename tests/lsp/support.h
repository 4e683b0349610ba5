#pragma once

// A client made of texts, and an engine that says what a test wants.

#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "analyzer/lint/rule.h"
#include "analyzer/project/file_system.h"
#include "lsp/analysis.h"
#include "lsp/loop.h"
#include "lsp/transport.h"

namespace forelock::lsp::testing {

/// A disk with nothing on it.
class EmptyDisk : public project::FileSystem {
 public:
  std::expected<text::FileRef, text::Error> read(const std::string&, std::string) const override {
    return std::unexpected(text::Error{.kind = text::Error::Kind::kNotFound, .message = "no file"});
  }
  bool is_file(const std::string&) const override { return false; }
  bool is_folder(const std::string&) const override { return false; }
  std::vector<std::string> list(const std::string&) const override { return {}; }
};

inline constexpr lint::Rule kDropRule{.info = {.id = "drop-column",
                                               .group = "destructive",
                                               .summary = "a column is dropped",
                                               .why = "its rows are lost",
                                               .safer = "stop reading it first",
                                               .bad = "",
                                               .good = "",
                                               .source = "the manual"}};

/// Finds `BAD` in every file and offers to write `GOOD`; counts its runs.
class WordAnalyzer : public Analyzer {
 public:
  AnalysisResult analyze(const project::FileSystem& files,
                         const AnalysisRequest& request) override {
    ++runs;
    AnalysisResult result;
    for (const std::string& path : request.paths) {
      FileAnalysis& analysis = result.files[path];
      analysis.file = files.read(path, path).value();
      texts.emplace_back(analysis.file->text());
      const std::string_view text = analysis.file->text();
      for (std::size_t at = text.find("BAD"); at != std::string_view::npos;
           at = text.find("BAD", at + 3)) {
        const text::Span span{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + 3)};
        lint::Finding finding;
        finding.rule = kDropRule.info.id;
        finding.location = {.file = analysis.file, .span = span};
        finding.message = "this is bad";
        finding.fixes.push_back({.title = "Make it good",
                                 .applicability = lint::Applicability::kSafe,
                                 .edits = {{.span = span, .replacement = "GOOD"}}});
        analysis.findings.push_back(std::move(finding));
      }
    }
    return result;
  }
  std::optional<model::Migration> migration(const project::FileSystem& files,
                                            const std::string& path, const std::string&) override {
    model::Migration migration;
    migration.file = files.read(path, path).value();
    migration.source = model::SourceKind::kSql;
    return migration;
  }

  int runs = 0;
  std::vector<std::string> texts;
};

inline std::string frame(const std::string& body) {
  return "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Writes a client's messages and reads the server's.
class Conversation {
 public:
  Conversation& raw(const std::string& bytes) {
    input_ += bytes;
    return *this;
  }
  Conversation& send(const nlohmann::json& message) { return raw(frame(message.dump())); }
  Conversation& request(const nlohmann::json& id, const std::string& method,
                        const nlohmann::json& params = nlohmann::json::object()) {
    return send({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
  }
  Conversation& notify(const std::string& method,
                       const nlohmann::json& params = nlohmann::json::object()) {
    return send({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
  }
  Conversation& initialize(const nlohmann::json& capabilities = nlohmann::json::object()) {
    request("init", "initialize",
            {{"processId", nullptr}, {"rootUri", "file:///w"}, {"capabilities", capabilities}});
    return notify("initialized");
  }
  Conversation& open(const std::string& uri, const std::string& text, int version = 1,
                     const std::string& language = "sql") {
    return notify(
        "textDocument/didOpen",
        {{"textDocument",
          {{"uri", uri}, {"languageId", language}, {"version", version}, {"text", text}}}});
  }
  /// shutdown, exit, and the run. The exit code.
  int finish() {
    request("bye", "shutdown", nullptr);
    notify("exit");
    return run();
  }
  int run() {
    std::istringstream in(input_);
    std::ostringstream out;
    std::ostringstream log;
    const lint::Rule* rules[] = {&kDropRule};
    const int code = run_session(
        in, {.out = out, .log = log, .disk = disk_, .analyzer = analyzer, .rules = rules});
    std::istringstream written(out.str());
    for (Frame next = read_frame(written); next.kind == Frame::Kind::kBody;
         next = read_frame(written)) {
      messages.push_back(nlohmann::json::parse(next.body));
    }
    return code;
  }

  /// The reply to a request; null when there is none or more than one.
  nlohmann::json reply(const nlohmann::json& id) const {
    nlohmann::json found;
    for (const nlohmann::json& message : messages) {
      if (!message.contains("id") || message.contains("method") || message["id"] != id) continue;
      if (!found.is_null()) return nullptr;
      found = message;
    }
    return found;
  }
  int error(const nlohmann::json& id) const {
    const nlohmann::json message = reply(id);
    return message.contains("error") ? message["error"]["code"].get<int>() : 0;
  }
  /// The params of all publications for a document.
  std::vector<nlohmann::json> published(const std::string& uri) const {
    std::vector<nlohmann::json> list;
    for (const nlohmann::json& message : messages) {
      if (message.value("method", "") == "textDocument/publishDiagnostics" &&
          message["params"]["uri"] == uri) {
        list.push_back(message["params"]);
      }
    }
    return list;
  }

  WordAnalyzer analyzer;
  std::vector<nlohmann::json> messages;

 private:
  EmptyDisk disk_;
  std::string input_;
};

}  // namespace forelock::lsp::testing
