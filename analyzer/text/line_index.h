#pragma once

// Offsets to lines and columns and back. LF, CRLF and a lone CR each end a line.

#include <cstdint>
#include <string_view>
#include <vector>

namespace forelock::text {

/// What one column step counts.
enum class ColumnUnit { kByte, kCodePoint, kUtf16 };

/// A position as people and SARIF count it: both 1-based.
struct LineColumn {
  std::uint32_t line1 = 1;
  std::uint32_t column1 = 1;
  friend bool operator==(const LineColumn&, const LineColumn&) = default;
};

/// The line starts of one text. Keeps no reference to the text: each call is given the same text.
class LineIndex {
 public:
  LineIndex() : starts_{0} {}
  explicit LineIndex(std::string_view text);

  /// Number of lines; a text that ends in a line break has an empty last line. At least 1.
  [[nodiscard]] std::uint32_t line_count() const;
  /// Byte where `line1` starts; past the last line it is the last line's start.
  [[nodiscard]] std::uint32_t line_begin(std::uint32_t line1) const;
  /// 1-based line that holds `byte`.
  [[nodiscard]] std::uint32_t line_of(std::uint32_t byte) const;
  /// Position of `byte` (clamped to the text's size), its column counted in `unit`. A byte inside
  /// of a character counts as that character's start. Invalid UTF-8 bytes count one unit each.
  [[nodiscard]] LineColumn position(std::string_view text, std::uint32_t byte,
                                    ColumnUnit unit) const;
  /// Byte at a position; a column past the line's end is the line's end (before its line break), a
  /// line past the last is the text's end, the middle of a surrogate pair rounds down.
  [[nodiscard]] std::uint32_t offset(std::string_view text, LineColumn position,
                                     ColumnUnit unit) const;
  /// The line's text without its line break; views into `text`.
  [[nodiscard]] std::string_view line(std::string_view text, std::uint32_t line1) const;

 private:
  std::vector<std::uint32_t> starts_;
};

}  // namespace forelock::text
