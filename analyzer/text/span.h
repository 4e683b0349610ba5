#pragma once

// Bytes and positions, without any language: the coordinates that every layer speaks.

#include <algorithm>
#include <compare>
#include <cstdint>

namespace forelock::text {

/// A half-open range of bytes `[begin_byte, end_byte)` in one text. Lines and columns exist only at
/// the borders (LineIndex).
struct Span {
  std::uint32_t begin_byte = 0;
  std::uint32_t end_byte = 0;

  [[nodiscard]] constexpr bool empty() const { return begin_byte >= end_byte; }
  [[nodiscard]] constexpr std::uint32_t size() const { return empty() ? 0 : end_byte - begin_byte; }
  /// Whether `other` lies inside of this span (its ends may touch).
  [[nodiscard]] constexpr bool contains(Span other) const {
    return begin_byte <= other.begin_byte && other.end_byte <= end_byte;
  }
  [[nodiscard]] constexpr bool contains(std::uint32_t byte) const {
    return begin_byte <= byte && byte < end_byte;
  }
  /// The smallest span that holds both.
  [[nodiscard]] constexpr Span joined(Span other) const {
    return {std::min(begin_byte, other.begin_byte), std::max(end_byte, other.end_byte)};
  }
  friend constexpr auto operator<=>(const Span&, const Span&) = default;
};

}  // namespace forelock::text
