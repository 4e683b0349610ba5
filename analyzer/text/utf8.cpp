#include "analyzer/text/utf8.h"

#include <cstring>

namespace forelock::text {
namespace {

unsigned byte_at(std::string_view text, std::size_t byte) {
  return static_cast<unsigned char>(text[byte]);
}

bool is_continuation(std::string_view text, std::size_t byte) {
  return byte < text.size() && (byte_at(text, byte) & 0xC0U) == 0x80U;
}

/// First byte at or after `byte` that is not ASCII; the text's size when there is none.
std::size_t skip_ascii(std::string_view text, std::size_t byte) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  std::uint64_t word = 0;
  while (byte + sizeof word <= text.size()) {
    std::memcpy(&word, text.data() + byte, sizeof word);
    if ((word & kHighBits) != 0) break;
    byte += sizeof word;
  }
  while (byte < text.size() && byte_at(text, byte) < 0x80U) ++byte;
  return byte;
}

}  // namespace

// Source: RFC 3629, section 4 (the ranges of the second byte).
Utf8Character utf8_character(std::string_view text, std::size_t byte) {
  const unsigned lead = byte_at(text, byte);
  if (lead < 0x80U) return {1, true};
  std::uint32_t size = 0;
  unsigned low = 0x80U;
  unsigned high = 0xBFU;
  if (lead >= 0xC2U && lead <= 0xDFU) {
    size = 2;
  } else if (lead >= 0xE0U && lead <= 0xEFU) {
    size = 3;
    if (lead == 0xE0U) low = 0xA0U;
    if (lead == 0xEDU) high = 0x9FU;
  } else if (lead >= 0xF0U && lead <= 0xF4U) {
    size = 4;
    if (lead == 0xF0U) low = 0x90U;
    if (lead == 0xF4U) high = 0x8FU;
  } else {
    return {1, false};
  }
  if (byte + size > text.size()) return {1, false};
  const unsigned second = byte_at(text, byte + 1);
  if (second < low || second > high) return {1, false};
  for (std::uint32_t i = 2; i < size; ++i) {
    if (!is_continuation(text, byte + i)) return {1, false};
  }
  return {size, true};
}

std::size_t find_invalid_utf8(std::string_view text) {
  std::size_t byte = skip_ascii(text, 0);
  while (byte < text.size()) {
    const Utf8Character character = utf8_character(text, byte);
    if (!character.valid) return byte;
    byte = skip_ascii(text, byte + character.size_bytes);
  }
  return std::string_view::npos;
}

std::string replace_invalid_utf8(std::string_view text, char replacement) {
  std::string result(text);
  std::size_t byte = 0;
  while (byte < text.size()) {
    const Utf8Character character = utf8_character(text, byte);
    if (!character.valid) result[byte] = replacement;
    byte += character.size_bytes;
  }
  return result;
}

}  // namespace forelock::text
