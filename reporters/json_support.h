#pragma once

// Shared by the reporters that write JSON.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "analyzer/text/source_file.h"

namespace forelock::reporters {

using Json = nlohmann::ordered_json;

/// Indented, with a line break at the end; invalid UTF-8 becomes U+FFFD.
inline std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

inline std::string text_of(std::string_view text) { return std::string(text); }

/// {line, column, offset}: 1-based, code points, bytes.
inline Json position(const text::SourceFile& file, std::uint32_t byte) {
  const text::LineColumn at = file.position(byte);
  return {{"line", at.line1}, {"column", at.column1}, {"offset", byte}};
}

}  // namespace forelock::reporters
