#pragma once

// String literals of C++, token by token, to text with a source map. Knows no Clang.

#include <cstdint>
#include <optional>
#include <string_view>

#include "analyzer/text/source_map.h"

namespace forelock::cxx {

/// Whether a token is spelled as a string literal: an encoding prefix, perhaps `R`, and a quote.
bool is_string_token(std::string_view token);

/// The text that one literal's token stands for; `host_begin` is its first byte in the file. Plain
/// runs are verbatim, escape sequences escaped, spliced lines left out. A suffix such as `s` or
/// `sv` is passed over. Nothing for a token that is no string literal or has an unknown escape.
/// Source: C++23, [lex.string], [lex.ccon].
std::optional<text::MappedText> decode_literal(std::string_view token, std::uint32_t host_begin);

}  // namespace forelock::cxx
