#pragma once

// Python's literals: bytes of the source to text that knows where each byte came from. Private to
// analyzer/python.

#include <cstdint>
#include <string>
#include <string_view>

#include "analyzer/python/value.h"

namespace forelock::python {

/// The letters before a string's quote.
struct StringPrefix {
  bool raw = false;
  bool bytes = false;
  bool format = false;
};
/// `start` is what stands up to and with the opening quotes.
StringPrefix string_prefix(std::string_view start);

/// Appends what the source bytes `[begin, end)` inside of a string mean. In a format string doubled
/// braces are one. Line breaks become \n, as Python reads them.
void append_literal(text::MappedText& out, std::string_view source, std::uint32_t begin,
                    std::uint32_t end, StringPrefix prefix);

/// Value of an integer or float literal; unknown when it leaves 64 bits or is complex.
Value number_literal(std::string_view source);

void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace forelock::python
