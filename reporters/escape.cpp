#include "reporters/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "analyzer/text/utf8.h"

namespace forelock::reporters {
namespace {

struct Range {
  char32_t first, last;
};

/// Characters that take two columns.
/// Source: Unicode 15.1, EastAsianWidth.txt (W and F) and Emoji_Presentation, joined to blocks.
constexpr auto kWide = std::to_array<Range>(
    {{0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
     {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26A1, 0x26A1},
     {0x26BD, 0x26BE},   {0x2705, 0x2705},   {0x270A, 0x270B},   {0x2728, 0x2728},
     {0x274C, 0x274C},   {0x2753, 0x2757},   {0x2795, 0x2797},   {0x2B1B, 0x2B1C},
     {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},
     {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
     {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18AFF},
     {0x1B000, 0x1B2FF}, {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F19A},
     {0x1F200, 0x1F320}, {0x1F32D, 0x1F64F}, {0x1F680, 0x1F6FC}, {0x1F7E0, 0x1F7EB},
     {0x1F90C, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD}});

/// Characters that are drawn over the one before them.
constexpr auto kCombining = std::to_array<Range>({{0x0300, 0x036F},
                                                  {0x0483, 0x0489},
                                                  {0x0591, 0x05BD},
                                                  {0x0610, 0x061A},
                                                  {0x064B, 0x065F},
                                                  {0x0900, 0x0902},
                                                  {0x093C, 0x093C},
                                                  {0x0941, 0x0948},
                                                  {0x0E34, 0x0E3A},
                                                  {0x1AB0, 0x1AFF},
                                                  {0x1DC0, 0x1DFF},
                                                  {0x20D0, 0x20FF},
                                                  {0xFE00, 0xFE0F},
                                                  {0xFE20, 0xFE2F},
                                                  {0xE0100, 0xE01EF}});

/// Characters that are not seen, or that change the direction of what follows ("Trojan Source").
constexpr auto kInvisible = std::to_array<Range>({{0x00AD, 0x00AD},
                                                  {0x061C, 0x061C},
                                                  {0x200B, 0x200F},
                                                  {0x2028, 0x202E},
                                                  {0x2060, 0x206F},
                                                  {0xFEFF, 0xFEFF},
                                                  {0xE0000, 0xE007F}});

bool within(const auto& ranges, char32_t c) {
  return std::ranges::any_of(ranges, [c](const Range& r) { return r.first <= c && c <= r.last; });
}

char32_t code_point(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  switch (bytes.size()) {
    case 1:
      return byte(0);
    case 2:
      return static_cast<char32_t>((byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU));
    case 3:
      return static_cast<char32_t>((byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U |
                                   (byte(2) & 0x3FU));
    default:
      return static_cast<char32_t>((byte(0) & 0x07U) << 18U | (byte(1) & 0x3FU) << 12U |
                                   (byte(2) & 0x3FU) << 6U | (byte(3) & 0x3FU));
  }
}

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Calls `visit(bytes, code point)` for each character; an invalid byte is U+FFFD.
template <typename Visitor>
void for_each_character(std::string_view text, Visitor&& visit) {
  for (std::size_t at = 0; at < text.size();) {
    const text::Utf8Character character = text::utf8_character(text, at);
    const std::string_view bytes = text.substr(at, character.size_bytes);
    if (character.valid) {
      visit(bytes, code_point(bytes));
    } else {
      visit(kReplacement, char32_t{0xFFFD});
    }
    at += character.size_bytes;
  }
}

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

std::string escape_sequence(char32_t c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  const auto value = static_cast<std::uint32_t>(c);
  if (value < 0x100) return fmt::format("\\x{:02x}", value);
  return value < 0x10000 ? fmt::format("\\u{:04x}", value) : fmt::format("\\U{:08x}", value);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for_each_character(text, [&](std::string_view bytes, char32_t c) {
    if (is_control(c) || within(kInvisible, c)) {
      result += escape_sequence(c);
    } else {
      result += bytes;
    }
  });
  return result;
}

std::string valid_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for_each_character(text, [&](std::string_view bytes, char32_t) { result += bytes; });
  return result;
}

std::string xml(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for_each_character(text, [&](std::string_view bytes, char32_t c) {
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (c == '"') {
      result += "&quot;";
    } else if (c == '\n' || c == '\r' || c == '\t') {
      result += fmt::format("&#{};", static_cast<std::uint32_t>(c));
    } else if (c < 0x20 || c == 0xFFFE || c == 0xFFFF) {
      result += kReplacement;
    } else {
      result += bytes;
    }
  });
  return result;
}

std::string markdown(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_{}[]()#+-.!|~<>&@";
  std::string result;
  for (const char c : printable(text)) {
    // A backslash makes any of ASCII's punctuation literal (GitHub Flavored Markdown, 6.1); a
    // mention needs more than that.
    if (kMarkup.contains(c)) result += '\\';
    result += c;
    if (c == '@') result += "\xE2\x80\x8B";
  }
  return result;
}

std::string uri_path(std::string_view path) {
  std::string result;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/!$&'()*+,;=@").contains(c);
    if (plain) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  // A colon in the first segment would make it a scheme; it is encoded above.
  return result;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for_each_character(text, [&](std::string_view, char32_t c) {
    if (within(kCombining, c)) return;
    width += within(kWide, c) ? 2 : 1;
  });
  return width;
}

}  // namespace forelock::reporters
