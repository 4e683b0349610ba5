#include "lsp/documents.h"

#include <fmt/format.h>

#include <utility>

#include "analyzer/project/paths.h"

namespace forelock::lsp {
namespace {

/// The end of an unsaved buffer's name, from which the engine tells its language.
std::string_view suffix_of(std::string_view language) {
  if (language == "python") return ".py";
  if (language == "sql" || language == "postgres" || language == "plpgsql" ||
      language == "postgresql" || language == "pgsql") {
    return ".sql";
  }
  if (language == "cpp" || language == "c") return ".cpp";
  return {};
}

/// Where a document lies. The name of an unsaved buffer is its URI with what is no plain letter
/// written as hexadecimal, so that no two share one.
std::string key_of(std::string_view uri, std::string_view language) {
  if (auto path = path_of_uri(uri)) return *std::move(path);
  std::string name;
  for (const char c : uri) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += plain ? std::string(1, c) : fmt::format("-{:02x}", static_cast<unsigned char>(c));
  }
  const std::string folder = project::join(kUnsavedFolder, name);
  return project::join(folder, fmt::format("buffer{}", suffix_of(language)));
}

}  // namespace

std::expected<std::string, ResponseError> apply_change(std::string text, const Json& change,
                                                       Encoding encoding) {
  const auto invalid = [](std::string_view what) {
    return std::unexpected(
        ResponseError{.code = ErrorCode::kInvalidParams, .message = std::string(what)});
  };
  const Json* new_text = find(change, "text");
  if (new_text == nullptr || !new_text->is_string()) {
    return invalid("a content change needs a text");
  }
  const std::string& replacement = new_text->get_ref<const std::string&>();
  const Json* range_json = find(change, "range");
  if (range_json == nullptr || range_json->is_null()) return replacement;
  const auto range = read_range(*range_json);
  if (!range) return invalid("a content change has a range that is none");
  const text::Span span = to_span(*range, text, text::LineIndex(text), encoding);
  text.replace(span.begin_byte, span.size(), replacement);
  return text;
}

Document& Documents::open(std::string uri, std::string language, std::int64_t version,
                          std::string text) {
  std::string path = key_of(uri, language);
  if (!path_of_uri(uri)) close(uri);  // The language may have changed, and with it the path.
  Document& document = documents_[path];
  document = {.uri = std::move(uri),
              .path = path,
              .language = std::move(language),
              .version = version,
              .text = std::move(text)};
  return document;
}

Document* Documents::find(std::string_view uri) {
  if (const auto path = path_of_uri(uri)) {
    const auto found = documents_.find(*path);
    return found == documents_.end() ? nullptr : &found->second;
  }
  for (auto& [path, document] : documents_) {
    if (document.uri == uri) return &document;
  }
  return nullptr;
}

const Document* Documents::at_path(std::string_view path) const {
  const auto found = documents_.find(path);
  return found == documents_.end() ? nullptr : &found->second;
}

void Documents::close(std::string_view uri) {
  if (const Document* document = find(uri)) documents_.erase(documents_.find(document->path));
}

}  // namespace forelock::lsp
