#pragma once

// Embedded text (SQL) and the host file it came from (a Python string, a C++ literal, a call).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/span.h"

namespace forelock::text {

enum class SegmentKind {
  kVerbatim,  ///< The same bytes stand in the host: a position inside is exact and editable.
  kEscaped,   ///< One escape sequence of the host makes these bytes: exact as a whole.
  kDerived,   ///< Made from a host expression (a call, an argument): points at it, not editable.
};

struct Segment {
  Span embedded;
  Span host;
  SegmentKind kind = SegmentKind::kDerived;
};

/// Ordered segments that cover the embedded text from its first byte; a gap is unknown and maps to
/// the nearest segment before it.
class SourceMap {
 public:
  SourceMap() = default;
  /// The whole embedded text of `size` bytes comes from `host`.
  static SourceMap derived(std::uint32_t size, Span host);
  static SourceMap verbatim(std::uint32_t size, std::uint32_t host_begin);

  /// Appends a segment; `embedded.begin_byte` must not lie before the last segment's end.
  void add(Segment segment);
  /// Appends all of `other`, moved by `offset` embedded bytes.
  void append(const SourceMap& other, std::uint32_t offset);
  /// The map of the embedded bytes `[part)`, moved to start at 0.
  [[nodiscard]] SourceMap slice(Span part) const;

  /// Host span of an embedded span: exact for verbatim and escaped segments, the whole host
  /// expression for derived ones; an empty map gives `fallback`.
  [[nodiscard]] Span to_host(Span embedded, Span fallback = {}) const;
  /// The host span where `embedded` may be edited as text: only inside of one verbatim segment.
  [[nodiscard]] std::optional<Span> editable(Span embedded) const;
  [[nodiscard]] bool empty() const { return segments_.empty(); }
  [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }

 private:
  std::vector<Segment> segments_;
};

/// Text that knows where its bytes came from and which of them are placeholders for unknown text.
struct MappedText {
  std::string text;
  SourceMap map;
  std::vector<Span> holes;  ///< Embedded spans of placeholders, ascending.

  [[nodiscard]] bool known() const { return holes.empty(); }
  void append(const MappedText& other);
  /// Appends `text` that `host` made (a kDerived segment).
  void append_derived(std::string_view text, Span host);
  [[nodiscard]] MappedText slice(Span part) const;
};

}  // namespace forelock::text
