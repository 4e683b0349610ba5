#pragma once

// Changes to one file's text.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/span.h"

namespace forelock::text {

/// Replaces the bytes of `span` by `replacement`; an empty span inserts before its begin.
struct Edit {
  Span span;
  std::string replacement;
  friend bool operator==(const Edit&, const Edit&) = default;
};

/// `text` with all edits applied; nothing when one lies outside of the text or two overlap.
std::optional<std::string> apply_edits(std::string_view text, std::vector<Edit> edits);

}  // namespace forelock::text
