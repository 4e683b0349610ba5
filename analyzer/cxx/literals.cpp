#include "analyzer/cxx/literals.h"

#include <array>
#include <cstddef>
#include <string>

namespace forelock::cxx {
namespace {

/// Byte of the opening quote, and whether the literal is raw.
struct Opening {
  std::size_t quote = 0;
  bool raw = false;
};

std::optional<Opening> opening_of(std::string_view token) {
  static constexpr auto kPrefixes =
      std::to_array<std::string_view>({"u8R", "uR", "UR", "LR", "R", "u8", "u", "U", "L", ""});
  for (const std::string_view prefix : kPrefixes) {
    if (token.starts_with(prefix) && token.substr(prefix.size()).starts_with('"')) {
      return Opening{.quote = prefix.size(), .raw = prefix.ends_with('R')};
    }
  }
  return std::nullopt;
}

/// Appends to a text and its map; neighbouring verbatim bytes become one segment.
class Writer {
 public:
  explicit Writer(std::uint32_t host_begin) : host_begin_(host_begin) {}

  void verbatim(std::string_view bytes, std::size_t at) {
    if (run_ && run_end_ != at) flush();
    if (!run_) run_ = at;
    run_end_ = at + bytes.size();
    mapped_.text += bytes;
  }
  void escaped(std::string_view bytes, std::size_t at, std::size_t end) {
    flush();
    const std::uint32_t begin = size();
    mapped_.text += bytes;
    mapped_.map.add({.embedded = {begin, size()},
                     .host = {host(at), host(end)},
                     .kind = text::SegmentKind::kEscaped});
  }
  text::MappedText finish() {
    flush();
    return std::move(mapped_);
  }

 private:
  [[nodiscard]] std::uint32_t size() const {
    return static_cast<std::uint32_t>(mapped_.text.size());
  }
  [[nodiscard]] std::uint32_t host(std::size_t at) const {
    return host_begin_ + static_cast<std::uint32_t>(at);
  }
  void flush() {
    if (!run_) return;
    const auto length = static_cast<std::uint32_t>(run_end_ - *run_);
    if (length > 0) {
      mapped_.map.add({.embedded = {size() - length, size()},
                       .host = {host(*run_), host(run_end_)},
                       .kind = text::SegmentKind::kVerbatim});
    }
    run_.reset();
  }

  std::uint32_t host_begin_;
  text::MappedText mapped_;
  std::optional<std::size_t> run_;
  std::size_t run_end_ = 0;
};

std::string utf8(std::uint32_t point) {
  std::string bytes;
  const auto push = [&](std::uint32_t byte) { bytes.push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    push(point);
  } else if (point < 0x800) {
    push(0xC0 | (point >> 6));
    push(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    push(0xE0 | (point >> 12));
    push(0x80 | ((point >> 6) & 0x3F));
    push(0x80 | (point & 0x3F));
  } else {
    push(0xF0 | ((point >> 18) & 0x07));
    push(0x80 | ((point >> 12) & 0x3F));
    push(0x80 | ((point >> 6) & 0x3F));
    push(0x80 | (point & 0x3F));
  }
  return bytes;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

/// Up to `most` digits of `base` from `at` on, which moves behind them.
std::optional<std::uint32_t> number(std::string_view token, std::size_t& at, std::size_t most,
                                    std::uint32_t base) {
  std::uint32_t value = 0;
  const std::size_t begin = at;
  while (at < token.size() && at - begin < most && digit(token[at]) < static_cast<int>(base)) {
    if (value > 0x0FFFFFFF) return std::nullopt;
    value = value * base + static_cast<std::uint32_t>(digit(token[at]));
    ++at;
  }
  return at == begin ? std::nullopt : std::optional(value);
}

/// The bytes of the escape sequence whose backslash stands before `at`, which moves behind it.
std::optional<std::string> escape(std::string_view token, std::size_t& at) {
  static constexpr std::string_view kNames = "abfnrtv\\'\"?e";
  static constexpr std::string_view kValues = "\a\b\f\n\r\t\v\\'\"?\x1b";
  if (at >= token.size()) return std::nullopt;
  const char c = token[at];
  if (const std::size_t found = kNames.find(c); found != std::string_view::npos) {
    ++at;
    return std::string(1, kValues[found]);
  }
  if (c >= '0' && c <= '7') {
    const auto value = number(token, at, 3, 8);
    if (!value || *value > 0xFF) return std::nullopt;
    return std::string(1, static_cast<char>(*value));
  }
  ++at;
  if (c == 'x') {
    const auto value = number(token, at, token.size(), 16);
    if (!value || *value > 0xFF) return std::nullopt;
    return std::string(1, static_cast<char>(*value));
  }
  if (c == 'u' || c == 'U') {
    const std::size_t digits = c == 'u' ? 4 : 8;
    const std::size_t begin = at;
    const auto value = number(token, at, digits, 16);
    if (!value || at - begin != digits || *value > 0x10FFFF) return std::nullopt;
    return utf8(*value);
  }
  return std::nullopt;
}

/// Size of the line break at `at`, or 0.
std::size_t line_break(std::string_view token, std::size_t at) {
  if (token.substr(at, 2) == "\r\n") return 2;
  return at < token.size() && (token[at] == '\n' || token[at] == '\r') ? 1 : 0;
}

std::optional<text::MappedText> decode_raw(std::string_view token, std::size_t quote,
                                           std::uint32_t host_begin) {
  const std::size_t open = token.find('(', quote);
  if (open == std::string_view::npos) return std::nullopt;
  std::string close = ")";
  close += token.substr(quote + 1, open - quote - 1);
  close += '"';
  const std::size_t end = token.find(close, open + 1);
  if (end == std::string_view::npos) return std::nullopt;
  Writer writer(host_begin);
  for (std::size_t at = open + 1; at < end; ++at) {
    // The compiler reads CR LF in a raw literal as LF.
    if (line_break(token, at) == 2) continue;
    writer.verbatim(token.substr(at, 1), at);
  }
  return writer.finish();
}

}  // namespace

bool is_string_token(std::string_view token) { return opening_of(token).has_value(); }

std::optional<text::MappedText> decode_literal(std::string_view token, std::uint32_t host_begin) {
  const auto opening = opening_of(token);
  if (!opening) return std::nullopt;
  if (opening->raw) return decode_raw(token, opening->quote, host_begin);
  Writer writer(host_begin);
  for (std::size_t at = opening->quote + 1; at < token.size();) {
    if (token[at] == '"') return writer.finish();
    if (token[at] != '\\') {
      writer.verbatim(token.substr(at, 1), at);
      ++at;
      continue;
    }
    const std::size_t begin = at++;
    if (const std::size_t spliced = line_break(token, at)) {
      at += spliced;
      continue;
    }
    const auto bytes = escape(token, at);
    if (!bytes) return std::nullopt;
    writer.escaped(*bytes, begin, at);
  }
  return std::nullopt;
}

}  // namespace forelock::cxx
