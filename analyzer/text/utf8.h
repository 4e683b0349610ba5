#pragma once

// Characters of UTF-8 text, for columns and for texts that must be valid.

#include <cstdint>
#include <string>
#include <string_view>

namespace forelock::text {

/// One character of a text.
struct Utf8Character {
  std::uint32_t size_bytes = 1;  ///< 1 to 4; 1 for an invalid byte.
  bool valid = true;
};

/// The character that starts at `byte`, which must lie inside of `text`. An overlong form, a
/// surrogate, a value past U+10FFFF and a truncated sequence are invalid bytes of one unit each.
Utf8Character utf8_character(std::string_view text, std::size_t byte);

/// Byte of the first invalid UTF-8 sequence; npos when there is none.
std::size_t find_invalid_utf8(std::string_view text);

/// `text` with each invalid byte replaced by `replacement`: same size, same offsets.
std::string replace_invalid_utf8(std::string_view text, char replacement);

}  // namespace forelock::text
