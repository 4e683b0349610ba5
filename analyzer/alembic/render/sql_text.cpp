#include "analyzer/alembic/render/sql_text.h"

#include <algorithm>

namespace forelock::alembic {
namespace {

std::uint32_t size32(std::string_view text) { return static_cast<std::uint32_t>(text.size()); }

/// Whether `segment` of `text` really stands at its host place in `home`.
bool holds(std::string_view home, std::string_view text, const text::Segment& segment) {
  const text::Span host = segment.host;
  if (host.end_byte > home.size() || host.begin_byte > host.end_byte) return false;
  if (segment.kind == text::SegmentKind::kVerbatim) {
    return home.substr(host.begin_byte, host.size()) ==
           text.substr(segment.embedded.begin_byte, segment.embedded.size());
  }
  if (segment.kind == text::SegmentKind::kEscaped) {
    return !host.empty() && (home[host.begin_byte] == '\\' || home[host.begin_byte] == '{' ||
                             home[host.begin_byte] == '}' || home[host.begin_byte] == '%' ||
                             home[host.begin_byte] == '\r');
  }
  return true;
}

}  // namespace

void Sql::add_segment(std::uint32_t begin, text::Span host, text::SegmentKind kind) {
  const text::Span embedded{begin, size32(text_)};
  if (embedded.empty()) return;
  if (!segments_.empty()) {
    text::Segment& last = segments_.back();
    const bool touches = last.embedded.end_byte == begin && last.kind == kind;
    if (touches && kind == text::SegmentKind::kDerived && last.host == host) {
      last.embedded.end_byte = embedded.end_byte;
      return;
    }
    if (touches && kind == text::SegmentKind::kVerbatim && last.host.end_byte == host.begin_byte) {
      last.embedded.end_byte = embedded.end_byte;
      last.host.end_byte = host.end_byte;
      return;
    }
  }
  segments_.push_back({embedded, host, kind});
}

Sql& Sql::operator<<(std::string_view text) {
  const std::uint32_t begin = size32(text_);
  text_ += text;
  add_segment(begin, place_, text::SegmentKind::kDerived);
  return *this;
}

Sql& Sql::hole() {
  partial_ = true;
  return *this << kUnknownText;
}

Sql& Sql::copy(const text::MappedText& source) {
  if (source.map.empty() && source.holes.empty()) return *this << source.text;
  // Cut the source at its segments and holes; what lies between is derived.
  const auto& segments = source.map.segments();
  std::size_t next_hole = 0;
  std::uint32_t at = 0;
  const std::uint32_t end = size32(source.text);
  const auto emit = [&](std::uint32_t from, std::uint32_t to, const text::Segment* segment) {
    if (from >= to) return;
    const std::uint32_t begin = size32(text_);
    text_ += std::string_view(source.text).substr(from, to - from);
    if (segment == nullptr || !holds(home_, source.text, *segment)) {
      add_segment(begin, place_, text::SegmentKind::kDerived);
      return;
    }
    text::Span host = segment->host;
    if (segment->kind == text::SegmentKind::kVerbatim) {
      host = {segment->host.begin_byte + (from - segment->embedded.begin_byte),
              segment->host.begin_byte + (to - segment->embedded.begin_byte)};
    }
    add_segment(begin, host, segment->kind);
  };
  const auto emit_known = [&](std::uint32_t from, std::uint32_t to) {
    auto it = std::ranges::upper_bound(segments, from, {},
                                       [](const text::Segment& s) { return s.embedded.end_byte; });
    std::uint32_t position = from;
    for (; it != segments.end() && it->embedded.begin_byte < to; ++it) {
      emit(position, std::min(to, it->embedded.begin_byte), nullptr);
      position = std::max(position, it->embedded.begin_byte);
      const std::uint32_t stop = std::min(to, it->embedded.end_byte);
      emit(position, stop, &*it);
      position = std::max(position, stop);
    }
    emit(position, to, nullptr);
  };
  for (; next_hole < source.holes.size(); ++next_hole) {
    const text::Span hole_span = source.holes[next_hole];
    emit_known(at, std::min(hole_span.begin_byte, end));
    const std::string_view shown =
        std::string_view(source.text).substr(hole_span.begin_byte, hole_span.size());
    partial_ = true;
    // A default that stands for what the environment says is shown as it is.
    *this << (shown.empty() ? kUnknownText : shown);
    at = std::min(hole_span.end_byte, end);
  }
  emit_known(at, end);
  return *this;
}

Sql& Sql::append(const Sql& other) {
  for (const text::Segment& segment : other.segments_) {
    const std::uint32_t begin = size32(text_);
    text_ +=
        std::string_view(other.text_).substr(segment.embedded.begin_byte, segment.embedded.size());
    add_segment(begin, segment.host, segment.kind);
  }
  partial_ = partial_ || other.partial_;
  return *this;
}

text::MappedText Sql::mapped() const {
  text::MappedText out;
  out.text = text_;
  for (const text::Segment& segment : segments_) out.map.add(segment);
  return out;
}

}  // namespace forelock::alembic
