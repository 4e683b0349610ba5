// The language server on any bytes: as a stream, and as messages in a running session. It must not
// crash or hang, every request must be answered once, and incremental edits must keep UTF-8 whole.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>

#include "analyzer/project/file_system.h"
#include "analyzer/text/utf8.h"
#include "lsp/json_rpc.h"
#include "lsp/loop.h"
#include "lsp/transport.h"

namespace {

using namespace forelock;

class EmptyDisk : public project::FileSystem {
 public:
  std::expected<text::FileRef, text::Error> read(const std::string&, std::string) const override {
    return std::unexpected(text::Error{.kind = text::Error::Kind::kNotFound, .message = {}});
  }
  bool is_file(const std::string&) const override { return false; }
  bool is_folder(const std::string&) const override { return false; }
  std::vector<std::string> list(const std::string&) const override { return {}; }
};

/// Reports the whole file, so that positions are computed; checks the buffer's text.
class WholeFileAnalyzer : public lsp::Analyzer {
 public:
  lsp::AnalysisResult analyze(const project::FileSystem& files,
                              const lsp::AnalysisRequest& request) override {
    lsp::AnalysisResult result;
    for (const std::string& path : request.paths) {
      const auto file = files.read(path, path);
      if (!file) continue;
      if (text::find_invalid_utf8((*file)->text()) != std::string_view::npos) std::abort();
      lsp::FileAnalysis& analysis = result.files[path];
      analysis.file = *file;
      lint::Finding finding;
      finding.rule = "a-rule";
      finding.location = {.file = *file,
                          .span = {0, static_cast<std::uint32_t>((*file)->text().size())}};
      analysis.findings.push_back(std::move(finding));
    }
    return result;
  }
  std::optional<model::Migration> migration(const project::FileSystem&, const std::string&,
                                            const std::string&) override {
    return std::nullopt;
  }
};

std::string frame(std::string_view body) {
  std::ostringstream out;
  lsp::write_frame(out, body);
  return std::move(out).str();
}

/// The messages of a session: each line of the input is the body of one.
std::string session_of(std::string_view input) {
  std::string stream = frame(
      R"({"jsonrpc":"2.0","id":"fuzz-init","method":"initialize","params":{"capabilities":{}}})");
  stream += frame(R"({"method":"textDocument/didOpen","params":{"textDocument":{"uri":)"
                  R"("file:///a.sql","languageId":"sql","version":1,"text":"é𝄞\r\nx"}}})");
  while (!input.empty()) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    stream += frame(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  return stream;
}

void run(const std::string& stream) {
  // What is asked, by id.
  std::map<std::string, int> open;
  std::istringstream copy(stream);
  for (lsp::Frame next = lsp::read_frame(copy); next.kind != lsp::Frame::Kind::kEnd;
       next = lsp::read_frame(copy)) {
    const auto json = nlohmann::json::parse(next.body, nullptr, false);
    const auto* id = lsp::find(json, "id");
    const auto* method = lsp::find(json, "method");
    if (method == nullptr || !method->is_string()) continue;
    if (*method == "exit") break;
    if (id != nullptr && lsp::is_id(*id)) ++open[lsp::to_text(*id)];
  }

  std::istringstream in(stream);
  std::ostringstream out;
  std::ostringstream log;
  const EmptyDisk disk;
  WholeFileAnalyzer analyzer;
  lsp::run_session(in, {.out = out, .log = log, .disk = disk, .analyzer = analyzer, .rules = {}});

  std::istringstream written(out.str());
  for (lsp::Frame next = lsp::read_frame(written); next.kind != lsp::Frame::Kind::kEnd;
       next = lsp::read_frame(written)) {
    const auto json = nlohmann::json::parse(next.body, nullptr, false);
    if (json.is_discarded()) std::abort();
    if (json.contains("method") || json["id"].is_null()) continue;
    const auto asked = open.find(lsp::to_text(json["id"]));
    if (asked != open.end()) --asked->second;
  }
  for (const auto& [id, count] : open) {
    if (count > 0) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.starts_with('!')) {
    run(std::string(input.substr(1)));
  } else {
    run(session_of(input));
  }
  return 0;
}
