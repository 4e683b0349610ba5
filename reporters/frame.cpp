#include "reporters/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "analyzer/text/utf8.h"
#include "reporters/escape.h"

namespace forelock::reporters {
namespace {

constexpr std::size_t kTabWidth = 4;
constexpr std::size_t kMaxColumns = 160;
/// What is kept before a span when its line is cut.
constexpr std::size_t kContextColumns = 40;

/// A piece of a line as it is shown.
struct Shown {
  std::string text;
  std::size_t width = 0;
};

/// `part` of a line with its tabs expanded, starting at screen column `column`.
Shown show(std::string_view part, std::size_t column) {
  Shown shown;
  for (std::size_t at = 0; at < part.size();) {
    const text::Utf8Character character = text::utf8_character(part, at);
    const std::string_view bytes = part.substr(at, character.size_bytes);
    at += character.size_bytes;
    if (bytes == "\t") {
      const std::size_t spaces = kTabWidth - (column + shown.width) % kTabWidth;
      shown.text.append(spaces, ' ');
      shown.width += spaces;
      continue;
    }
    const std::string text = printable(bytes);
    shown.text += text;
    shown.width += display_width(text);
  }
  return shown;
}

/// Moves `at` back to the start of a character.
std::size_t character_start(std::string_view line, std::size_t at) {
  while (at > 0 && at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80U)
    --at;
  return at;
}

}  // namespace

std::string code_frame(const text::SourceFile& file, text::Span span, const FrameStyle& style) {
  const text::LineIndex& lines = file.lines();
  const std::uint32_t line1 = lines.line_of(span.begin_byte);
  std::string_view line = lines.line(file.text(), line1);
  const std::uint32_t line_begin = lines.line_begin(line1);
  std::size_t begin = std::min<std::size_t>(span.begin_byte - line_begin, line.size());
  std::size_t end = std::clamp<std::size_t>(span.end_byte - std::min(span.end_byte, line_begin),
                                            begin, line.size());
  std::string_view before_cut, after_cut;
  if (begin > kMaxColumns - kContextColumns) {
    const std::size_t cut = character_start(line, begin - kContextColumns);
    line.remove_prefix(cut);
    begin -= cut;
    end -= cut;
    before_cut = "…";
  }
  if (line.size() > kMaxColumns) {
    line = line.substr(0, character_start(line, kMaxColumns));
    end = std::min(end, line.size());
    after_cut = "…";
  }
  const std::size_t start_column = before_cut.empty() ? 0 : 1;
  const Shown before = show(line.substr(0, begin), start_column);
  const Shown marked = show(line.substr(begin, end - begin), start_column + before.width);
  const Shown after = show(line.substr(end), start_column + before.width + marked.width);
  const std::string number = std::to_string(line1);
  const std::string margin(number.size(), ' ');
  std::string carets(start_column + before.width, ' ');
  carets += style.caret;
  carets.append(std::max<std::size_t>(marked.width, 1), '^');
  carets += style.reset;
  return fmt::format("{0}{1} |{2}\n{0}{3} |{2} {4}{5}{6}{7}{8}\n{0}{1} |{2} {9}\n", style.gutter,
                     margin, style.reset, number, before_cut, before.text, marked.text, after.text,
                     after_cut, carets);
}

}  // namespace forelock::reporters
