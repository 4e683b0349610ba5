#pragma once

// The lines that a finding is about, with carets under it.

#include <string>

#include "analyzer/text/source_file.h"
#include "analyzer/text/span.h"

namespace forelock::reporters {

/// How the parts of a frame are coloured; empty strings for no colour.
struct FrameStyle {
  std::string gutter, caret, reset;
};

/// "12 | op.drop_table(…)" and the carets below it, each line ended. Tabs are expanded, foreign
/// characters made printable; a long line is cut around the span, a span over several lines shows
/// its first.
std::string code_frame(const text::SourceFile& file, text::Span span, const FrameStyle& style);

}  // namespace forelock::reporters
