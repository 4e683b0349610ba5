#pragma once

// Whether a string is meant as SQL, told from its first word. Shared by the module and its loader.

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>

namespace forelock::cxx {

/// Position of the first byte of `text` that is neither space, comment nor an opening parenthesis.
inline std::size_t skip_to_first_word(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == '(' ||
        c == ';') {
      ++at;
    } else if (text.substr(at, 2) == "--") {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at, 2) == "/*") {
      const std::size_t end = text.find("*/", at + 2);
      at = end == std::string_view::npos ? text.size() : end + 2;
    } else {
      break;
    }
  }
  return at;
}

/// Whether the first word starts a statement of SQL and hardly ever a sentence of English. Other
/// statements (SHOW, END, LISTEN, …) are known by being parsed.
inline bool starts_like_sql(std::string_view text) {
  static constexpr auto kVerbs = std::to_array<std::string_view>(
      {"alter",  "analyze", "begin",    "cluster", "comment",  "commit", "copy",
       "create", "declare", "delete",   "drop",    "explain",  "grant",  "insert",
       "lock",   "merge",   "reassign", "reindex", "revoke",   "select", "savepoint",
       "set",    "refresh", "rollback", "update",  "truncate", "vacuum", "with"});
  const std::size_t begin = skip_to_first_word(text);
  std::size_t end = begin;
  std::string word;
  while (end < text.size() && end - begin < 16 &&
         (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) {
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(text[end])));
    ++end;
  }
  const bool ends = end == text.size() || text[end] == ' ' || text[end] == '\n' ||
                    text[end] == '\t' || text[end] == '\r' || text[end] == ';' ||
                    text[end] == '/' || text[end] == '(';
  return ends && std::ranges::find(kVerbs, word) != kVerbs.end();
}

}  // namespace forelock::cxx
