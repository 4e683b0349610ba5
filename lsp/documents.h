#pragma once

// The buffers that are open in the editor. While a file is open its buffer is the truth.

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lsp/conversion.h"
#include "lsp/json_rpc.h"

namespace forelock::lsp {

struct Document {
  std::string uri;  ///< As the client spelled it when it opened the document.
  /// Absolute. A buffer without a file (`untitled:`) has one in kUnsavedFolder.
  std::string path;
  std::string language;  ///< languageId
  std::int64_t version = 0;
  std::string text;
};

/// The folder of buffers that have no file; it does not exist on the disk.
inline constexpr std::string_view kUnsavedFolder = "/.forelock-unsaved";

/// `text` with one TextDocumentContentChangeEvent applied. Errors: kInvalidParams.
std::expected<std::string, ResponseError> apply_change(std::string text, const Json& change,
                                                       Encoding encoding);

/// Two spellings of one file's URI are one document.
class Documents {
 public:
  /// Opens or replaces.
  Document& open(std::string uri, std::string language, std::int64_t version, std::string text);
  /// The open document, or null. The pointer holds until the document is closed.
  [[nodiscard]] Document* find(std::string_view uri);
  [[nodiscard]] const Document* at_path(std::string_view path) const;
  void close(std::string_view uri);
  [[nodiscard]] const std::map<std::string, Document, std::less<>>& by_path() const {
    return documents_;
  }

 private:
  std::map<std::string, Document, std::less<>> documents_;
};

}  // namespace forelock::lsp
