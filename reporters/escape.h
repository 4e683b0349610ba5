#pragma once

// Text from migrations is foreign: what it may do to a terminal, a log or a document is taken away.

#include <cstddef>
#include <string>
#include <string_view>

namespace forelock::reporters {

/// For a terminal or a log: control characters as `\n`, `\x1b`, directional marks and other
/// invisible characters as `\u202e`, invalid UTF-8 as U+FFFD. One line stays one line.
std::string printable(std::string_view text);
/// Valid UTF-8 with invalid bytes as U+FFFD; nothing else is changed.
std::string valid_utf8(std::string_view text);
/// For XML text and attributes; characters that XML 1.0 forbids become U+FFFD.
std::string xml(std::string_view text);
/// For a cell or paragraph of GitHub's Markdown: no markup, no HTML, no mention, one line.
std::string markdown(std::string_view text);
/// A relative path as a URI: percent-encoded, slashes kept (RFC 3986, 3.3).
std::string uri_path(std::string_view path);

/// Columns that valid UTF-8 text takes on a terminal: wide characters two, combining ones none.
std::size_t display_width(std::string_view text);

}  // namespace forelock::reporters
