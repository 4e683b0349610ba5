#include "analyzer/text/edit.h"

#include <algorithm>

namespace forelock::text {

std::optional<std::string> apply_edits(std::string_view text, std::vector<Edit> edits) {
  std::ranges::stable_sort(edits, {}, [](const Edit& edit) { return edit.span.begin_byte; });
  std::string result;
  std::size_t copied = 0;
  for (const Edit& edit : edits) {
    const std::size_t begin = edit.span.begin_byte;
    const std::size_t end = std::max(edit.span.begin_byte, edit.span.end_byte);
    if (begin < copied || end > text.size()) return std::nullopt;
    result.append(text.substr(copied, begin - copied));
    result.append(edit.replacement);
    copied = end;
  }
  result.append(text.substr(copied));
  return result;
}

}  // namespace forelock::text
