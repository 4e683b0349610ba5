#include "lsp/client.h"

#include <algorithm>
#include <utility>

#include "lsp/features.h"

namespace forelock::lsp {
namespace {

bool contains(const Json* list, const Json& value) {
  return list != nullptr && list->is_array() && std::ranges::find(*list, value) != list->end();
}

/// Whether the first format that this server writes is Markdown.
bool prefers_markdown(const Json* formats) {
  if (formats == nullptr || !formats->is_array()) return false;
  for (const Json& format : *formats) {
    if (format == "markdown") return true;
    if (format == "plaintext") return false;
  }
  return false;
}

}  // namespace

std::vector<std::string> read_folders(const Json* folders) {
  std::vector<std::string> paths;
  if (folders == nullptr || !folders->is_array()) return paths;
  for (const Json& folder : *folders) {
    if (auto path = path_of_uri(string_at(folder, "uri"))) paths.push_back(*std::move(path));
  }
  return paths;
}

Client read_client(const Json& params) {
  Client client;
  const Json none = Json::object();
  const Json* found = find(params, "capabilities");
  const Json& capabilities = found == nullptr ? none : *found;
  const Json* encodings = find_path(capabilities, {"general", "positionEncodings"});
  const Json* extension = find(capabilities, "offsetEncoding");
  client.offset_encoding = extension != nullptr && extension->is_array();
  client.encoding = choose_encoding(encodings != nullptr ? encodings : extension);
  const Json* pull = find_path(capabilities, {"textDocument", "diagnostic"});
  client.pull_diagnostics = pull != nullptr && pull->is_object();
  client.diagnostic_refresh = flag_at(capabilities, {"workspace", "diagnostics", "refreshSupport"});
  client.related_information =
      flag_at(capabilities, {"textDocument", "publishDiagnostics", "relatedInformation"}) ||
      flag_at(capabilities, {"textDocument", "diagnostic", "relatedInformation"});
  for (const std::string_view kind : {"publishDiagnostics", "diagnostic"}) {
    // 1 is DiagnosticTag.Unnecessary.
    if (contains(find_path(capabilities, {"textDocument", kind, "tagSupport", "valueSet"}), 1)) {
      client.unnecessary_tag = true;
    }
  }
  client.markdown_hover =
      prefers_markdown(find_path(capabilities, {"textDocument", "hover", "contentFormat"}));
  client.document_changes =
      flag_at(capabilities, {"workspace", "workspaceEdit", "documentChanges"});
  client.watches_files =
      flag_at(capabilities, {"workspace", "didChangeWatchedFiles", "dynamicRegistration"});
  client.cxx = flag_at(params, {"initializationOptions", "cxx"});
  client.folders = read_folders(find(params, "workspaceFolders"));
  if (client.folders.empty()) {
    if (auto root = path_of_uri(string_at(params, "rootUri"))) {
      client.folders.push_back(*std::move(root));
    }
  }
  return client;
}

Json initialize_result(const Client& client) {
  Json capabilities = {
      {"positionEncoding", display(client.encoding)},
      {"textDocumentSync",
       {{"openClose", true}, {"change", 2}, {"save", {{"includeText", false}}}}},
      {"hoverProvider", true},
      {"codeActionProvider", {{"codeActionKinds", Json::array({kQuickFixKind, kFixAllKind})}}},
      {"workspace", {{"workspaceFolders", {{"supported", true}, {"changeNotifications", true}}}}}};
  if (client.pull_diagnostics) {
    capabilities["diagnosticProvider"] = {{"identifier", "forelock"},
                                          {"interFileDependencies", true},
                                          {"workspaceDiagnostics", false}};
  }
  Json result = {{"capabilities", std::move(capabilities)},
                 {"serverInfo", {{"name", "forelock"}, {"version", kServerVersion}}}};
  if (client.offset_encoding) result["offsetEncoding"] = display(client.encoding);
  return result;
}

}  // namespace forelock::lsp
