#pragma once

// What the client said about itself in `initialize`.

#include <string>
#include <vector>

#include "lsp/conversion.h"
#include "lsp/json_rpc.h"

namespace forelock::lsp {

struct Client {
  Encoding encoding = Encoding::kUtf16;
  bool offset_encoding = false;  ///< It speaks clangd's extension, from before 3.17.
  bool pull_diagnostics = false;
  bool diagnostic_refresh = false;
  bool related_information = false;
  bool unnecessary_tag = false;
  bool markdown_hover = false;
  bool document_changes = false;
  bool watches_files = false;        ///< By dynamic registration.
  bool cxx = false;                  ///< initializationOptions: read C++ buffers too.
  std::vector<std::string> folders;  ///< Absolute paths of the workspace.
};

/// Reads InitializeParams; what is missing or odd keeps its default.
Client read_client(const Json& params);

/// InitializeResult for the client.
Json initialize_result(const Client& client);

/// The paths of WorkspaceFolder[].
std::vector<std::string> read_folders(const Json* folders);

}  // namespace forelock::lsp
