#pragma once

// JSON-RPC 2.0 replies, and reading of JSON that may be anything.

#include <cstdint>
#include <expected>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace forelock::lsp {

using Json = nlohmann::json;

/// Source: JSON-RPC 2.0, section 5.1; LSP 3.17, "Base Protocol", ErrorCodes.
enum class ErrorCode : int {
  kParseError = -32700,
  kInvalidRequest = -32600,
  kMethodNotFound = -32601,
  kInvalidParams = -32602,
  kInternalError = -32603,
  kServerNotInitialized = -32002,
  kRequestCancelled = -32800,
};

struct ResponseError {
  ErrorCode code = ErrorCode::kInternalError;
  std::string message;
};

using Result = std::expected<Json, ResponseError>;

Json success(const Json& id, Json result);
Json failure(const Json& id, const ResponseError& error);
Json notification(std::string_view method, Json params);
Json request(std::int64_t id, std::string_view method, Json params);

/// JSON as text; invalid UTF-8 is replaced by U+FFFD, so that it never throws.
std::string to_text(const Json& json);

/// Whether the value may be an id: a number or a string (null is for replies only).
bool is_id(const Json& json);

/// The member of an object; null when there is none or `json` is no object.
const Json* find(const Json& json, std::string_view key);
/// The member at a path of keys.
const Json* find_path(const Json& json, std::initializer_list<std::string_view> keys);
/// A string member, or an empty text. Views into `json`.
std::string_view string_at(const Json& json, std::string_view key);
/// An integer member that fits.
std::optional<std::int64_t> integer_at(const Json& json, std::string_view key);
/// A boolean at a path; false when it is not there.
bool flag_at(const Json& json, std::initializer_list<std::string_view> keys);

}  // namespace forelock::lsp
