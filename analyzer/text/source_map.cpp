#include "analyzer/text/source_map.h"

#include <algorithm>

namespace forelock::text {
namespace {

Span shifted(Span span, std::uint32_t by) { return {span.begin_byte + by, span.end_byte + by}; }

/// The segment that holds `byte`: the last one that begins at or before it; the first one when all
/// begin after it. `segments` must not be empty.
const Segment& segment_at(const std::vector<Segment>& segments, std::uint32_t byte) {
  auto after = std::ranges::upper_bound(
      segments, byte, {}, [](const Segment& segment) { return segment.embedded.begin_byte; });
  // Empty segments (an argument that made no text) lie at the begin of the next one.
  return after == segments.begin() ? segments.front() : *(after - 1);
}

/// Host span of the part of `segment` that `embedded` covers.
Span host_part(const Segment& segment, Span embedded) {
  if (segment.kind != SegmentKind::kVerbatim) return segment.host;
  const Span part{
      std::clamp(embedded.begin_byte, segment.embedded.begin_byte, segment.embedded.end_byte),
      std::clamp(embedded.end_byte, segment.embedded.begin_byte, segment.embedded.end_byte)};
  const std::uint32_t begin =
      segment.host.begin_byte + (part.begin_byte - segment.embedded.begin_byte);
  return {begin, begin + part.size()};
}

}  // namespace

SourceMap SourceMap::derived(std::uint32_t size, Span host) {
  SourceMap map;
  map.add({{0, size}, host, SegmentKind::kDerived});
  return map;
}

SourceMap SourceMap::verbatim(std::uint32_t size, std::uint32_t host_begin) {
  SourceMap map;
  map.add({{0, size}, {host_begin, host_begin + size}, SegmentKind::kVerbatim});
  return map;
}

void SourceMap::add(Segment segment) {
  if (!segments_.empty()) {
    Segment& last = segments_.back();
    const bool touches = last.embedded.end_byte == segment.embedded.begin_byte;
    const bool one_text = last.kind == SegmentKind::kVerbatim &&
                          segment.kind == SegmentKind::kVerbatim &&
                          last.host.end_byte == segment.host.begin_byte;
    const bool one_call = last.kind == SegmentKind::kDerived &&
                          segment.kind == SegmentKind::kDerived && last.host == segment.host;
    if (touches && (one_text || one_call)) {
      last.embedded.end_byte = segment.embedded.end_byte;
      if (one_text) last.host.end_byte = segment.host.end_byte;
      return;
    }
  }
  segments_.push_back(segment);
}

void SourceMap::append(const SourceMap& other, std::uint32_t offset) {
  // By index and over the size at the start: `other` may be this map itself.
  const std::size_t count = other.segments_.size();
  for (std::size_t i = 0; i < count; ++i) {
    Segment segment = other.segments_[i];
    segment.embedded = shifted(segment.embedded, offset);
    add(segment);
  }
}

SourceMap SourceMap::slice(Span part) const {
  SourceMap result;
  for (const Segment& segment : segments_) {
    const Span common{std::max(segment.embedded.begin_byte, part.begin_byte),
                      std::min(segment.embedded.end_byte, part.end_byte)};
    if (common.empty()) continue;
    result.add({{common.begin_byte - part.begin_byte, common.end_byte - part.begin_byte},
                host_part(segment, common),
                segment.kind});
  }
  return result;
}

Span SourceMap::to_host(Span embedded, Span fallback) const {
  if (segments_.empty()) return fallback;
  const Segment& first = segment_at(segments_, embedded.begin_byte);
  const std::uint32_t last_byte = embedded.empty() ? embedded.begin_byte : embedded.end_byte - 1;
  const Segment& last = segment_at(segments_, last_byte);
  if (&first == &last) return host_part(first, embedded);
  // All that lie between count too: a span over several arguments of a call covers each of them.
  Span host = host_part(first, embedded);
  for (const Segment* segment = &first + 1; segment <= &last; ++segment) {
    const Span part = host_part(*segment, embedded);
    if (!part.empty()) host = host.empty() ? part : host.joined(part);
  }
  return host;
}

std::optional<Span> SourceMap::editable(Span embedded) const {
  for (const Segment& segment : segments_) {
    if (segment.kind == SegmentKind::kVerbatim && segment.embedded.contains(embedded)) {
      return host_part(segment, embedded);
    }
    if (segment.embedded.begin_byte > embedded.begin_byte) break;
  }
  return std::nullopt;
}

void MappedText::append(const MappedText& other) {
  const auto offset = static_cast<std::uint32_t>(text.size());
  const std::size_t hole_count = other.holes.size();
  map.append(other.map, offset);
  for (std::size_t i = 0; i < hole_count; ++i) holes.push_back(shifted(other.holes[i], offset));
  text += other.text;
}

void MappedText::append_derived(std::string_view added, Span host) {
  const auto begin = static_cast<std::uint32_t>(text.size());
  text += added;
  map.add({{begin, static_cast<std::uint32_t>(text.size())}, host, SegmentKind::kDerived});
}

MappedText MappedText::slice(Span part) const {
  MappedText result;
  const std::size_t begin = std::min<std::size_t>(part.begin_byte, text.size());
  result.text = text.substr(begin, part.size());
  result.map = map.slice(part);
  for (const Span hole : holes) {
    const Span common{std::max(hole.begin_byte, part.begin_byte),
                      std::min(hole.end_byte, part.end_byte)};
    if (common.empty()) continue;
    result.holes.push_back(
        {common.begin_byte - part.begin_byte, common.end_byte - part.begin_byte});
  }
  return result;
}

}  // namespace forelock::text
