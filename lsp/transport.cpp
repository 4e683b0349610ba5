#include "lsp/transport.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <system_error>

namespace forelock::lsp {
namespace {

/// Longest header line that is kept; what is longer is no header of this protocol.
constexpr std::size_t kMaxHeaderBytes = 4096;
/// Bytes that are taken from the stream at once, so that a false length claims no memory.
constexpr std::size_t kChunkBytes = 64U * 1024U;

/// The next line without its line break; nothing at the end of the stream.
std::optional<std::string> read_line(std::istream& in) {
  std::string line;
  for (;;) {
    const int c = in.get();
    if (c == std::istream::traits_type::eof()) return std::nullopt;
    if (c == '\n') break;
    if (line.size() < kMaxHeaderBytes) line.push_back(static_cast<char>(c));
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_content_length(std::string_view name) {
  static constexpr std::string_view kName = "content-length";
  return std::ranges::equal(trimmed(name), kName, {}, [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
}

std::optional<std::size_t> length_of(std::string_view value) {
  value = trimmed(value);
  std::size_t length = 0;
  const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (code != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return length;
}

/// Appends up to `size` bytes; whether all of them came.
bool read_bytes(std::istream& in, std::size_t size, std::string& body) {
  while (body.size() < size) {
    const std::size_t before = body.size();
    const std::size_t wanted = std::min(kChunkBytes, size - before);
    body.resize(before + wanted);
    in.read(body.data() + before, static_cast<std::streamsize>(wanted));
    const auto got = static_cast<std::size_t>(in.gcount());
    if (got < wanted) {
      body.resize(before + got);
      return false;
    }
  }
  return true;
}

}  // namespace

Frame read_frame(std::istream& in) {
  std::optional<std::size_t> length;
  bool any = false;
  for (;;) {
    const auto line = read_line(in);
    if (!line) return {};
    if (line->empty()) {
      if (!any) continue;  // Empty lines between frames do no harm.
      break;
    }
    any = true;
    const std::size_t colon = line->find(':');
    if (colon == std::string::npos) continue;
    const std::string_view name = std::string_view(*line).substr(0, colon);
    if (is_content_length(name)) length = length_of(std::string_view(*line).substr(colon + 1));
  }
  if (!length) return {.kind = Frame::Kind::kMalformed, .body = {}};
  if (*length > kMaxBodyBytes) {
    in.ignore(static_cast<std::streamsize>(std::min<std::size_t>(*length, PTRDIFF_MAX)));
    return {.kind = Frame::Kind::kMalformed, .body = {}};
  }
  Frame frame{.kind = Frame::Kind::kBody, .body = {}};
  if (!read_bytes(in, *length, frame.body)) return {};
  return frame;
}

void write_frame(std::ostream& out, std::string_view body) {
  out << fmt::format("Content-Length: {}\r\n\r\n", body.size()) << body;
  out.flush();
}

}  // namespace forelock::lsp
