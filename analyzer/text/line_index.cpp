#include "analyzer/text/line_index.h"

#include <algorithm>
#include <limits>

#include "analyzer/text/utf8.h"

namespace forelock::text {
namespace {

std::uint32_t clamped_size(std::string_view text) {
  return static_cast<std::uint32_t>(
      std::min<std::size_t>(text.size(), std::numeric_limits<std::uint32_t>::max()));
}

/// Units that a character counts in `unit`.
std::uint32_t width(Utf8Character character, ColumnUnit unit) {
  switch (unit) {
    case ColumnUnit::kByte:
      return character.size_bytes;
    case ColumnUnit::kCodePoint:
      return 1;
    case ColumnUnit::kUtf16:
      return character.size_bytes == 4 ? 2 : 1;
  }
  return 1;
}

}  // namespace

LineIndex::LineIndex(std::string_view text) : starts_{0} {
  const std::uint32_t size = clamped_size(text);
  for (std::uint32_t byte = 0; byte < size; ++byte) {
    const char c = text[byte];
    if (c == '\n' || (c == '\r' && (byte + 1 == size || text[byte + 1] != '\n'))) {
      starts_.push_back(byte + 1);
    }
  }
}

std::uint32_t LineIndex::line_count() const { return static_cast<std::uint32_t>(starts_.size()); }

std::uint32_t LineIndex::line_begin(std::uint32_t line1) const {
  return starts_[std::clamp<std::size_t>(line1, 1, starts_.size()) - 1];
}

std::uint32_t LineIndex::line_of(std::uint32_t byte) const {
  return static_cast<std::uint32_t>(std::ranges::upper_bound(starts_, byte) - starts_.begin());
}

LineColumn LineIndex::position(std::string_view text, std::uint32_t byte, ColumnUnit unit) const {
  byte = std::min(byte, clamped_size(text));
  const std::uint32_t line1 = line_of(byte);
  std::uint32_t column1 = 1;
  for (std::uint32_t at = line_begin(line1); at < byte;) {
    const Utf8Character character = utf8_character(text, at);
    if (at + character.size_bytes > byte) break;
    column1 += width(character, unit);
    at += character.size_bytes;
  }
  return {line1, column1};
}

std::uint32_t LineIndex::offset(std::string_view text, LineColumn position, ColumnUnit unit) const {
  if (position.line1 > line_count()) return clamped_size(text);
  std::uint32_t at = line_begin(position.line1);
  const auto end = static_cast<std::uint32_t>(at + line(text, position.line1).size());
  std::uint32_t left = position.column1 > 0 ? position.column1 - 1 : 0;
  while (at < end) {
    const Utf8Character character = utf8_character(text, at);
    const std::uint32_t step = width(character, unit);
    if (step > left) break;
    left -= step;
    at += character.size_bytes;
  }
  return std::min(at, end);
}

std::string_view LineIndex::line(std::string_view text, std::uint32_t line1) const {
  const std::uint32_t size = clamped_size(text);
  const std::uint32_t begin = std::min(line_begin(line1), size);
  std::uint32_t end = line1 < line_count() ? std::min(line_begin(line1 + 1), size) : size;
  if (line1 < line_count()) {
    if (end > begin && text[end - 1] == '\n') --end;
    if (end > begin && text[end - 1] == '\r') --end;
  }
  return text.substr(begin, end - begin);
}

}  // namespace forelock::text
