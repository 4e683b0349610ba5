#include "lsp/conversion.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <limits>

#include "analyzer/project/paths.h"

namespace forelock::lsp {
namespace {

/// Nothing is so long; leaves room to add one.
constexpr std::int64_t kMaxCoordinate = std::numeric_limits<std::int32_t>::max();

std::optional<int> hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

/// `%41` is `A`; a per cent sign without two digits stands for itself.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = hex_value(text[i + 1]);
      const auto low = hex_value(text[i + 2]);
      if (high && low) {
        decoded.push_back(static_cast<char>(*high * 16 + *low));
        i += 2;
        continue;
      }
    }
    decoded.push_back(text[i]);
  }
  return decoded;
}

/// Characters of a path that need no escape in a URI. Source: RFC 3986, 3.3.
bool is_plain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("-._~/!$&'()*+,;=:@").find(c) != std::string_view::npos;
}

}  // namespace

std::string_view display(Encoding encoding) {
  switch (encoding) {
    case Encoding::kByte:
      return "utf-8";
    case Encoding::kCodePoint:
      return "utf-32";
    case Encoding::kUtf16:
      return "utf-16";
  }
  return "utf-16";
}

Encoding choose_encoding(const Json* offered) {
  if (offered == nullptr || !offered->is_array()) return Encoding::kUtf16;
  for (const Encoding encoding : {Encoding::kByte, Encoding::kUtf16, Encoding::kCodePoint}) {
    const bool there = std::ranges::any_of(*offered, [encoding](const Json& one) {
      return one.is_string() && one.get_ref<const std::string&>() == display(encoding);
    });
    if (there) return encoding;
  }
  return Encoding::kUtf16;
}

std::optional<text::LineColumn> read_position(const Json& json) {
  const auto line = integer_at(json, "line");
  const auto character = integer_at(json, "character");
  if (!line || !character || *line < 0 || *character < 0) return std::nullopt;
  return text::LineColumn{
      .line1 = static_cast<std::uint32_t>(std::min(*line, kMaxCoordinate)) + 1,
      .column1 = static_cast<std::uint32_t>(std::min(*character, kMaxCoordinate)) + 1};
}

std::optional<ProtocolRange> read_range(const Json& json) {
  const Json* start = find(json, "start");
  const Json* end = find(json, "end");
  if (start == nullptr || end == nullptr) return std::nullopt;
  const auto from = read_position(*start);
  const auto to = read_position(*end);
  if (!from || !to) return std::nullopt;
  return ProtocolRange{.begin = *from, .end = *to};
}

text::Span to_span(const ProtocolRange& range, std::string_view text, const text::LineIndex& lines,
                   Encoding encoding) {
  const std::uint32_t begin = lines.offset(text, range.begin, encoding);
  const std::uint32_t end = lines.offset(text, range.end, encoding);
  return {std::min(begin, end), std::max(begin, end)};
}

Json to_position(const text::SourceFile& file, std::uint32_t byte, Encoding encoding) {
  const text::LineColumn position = file.lines().position(file.text(), byte, encoding);
  return {{"line", position.line1 - 1}, {"character", position.column1 - 1}};
}

Json to_range(const text::SourceFile& file, text::Span span, Encoding encoding) {
  return {{"start", to_position(file, span.begin_byte, encoding)},
          {"end", to_position(file, std::max(span.begin_byte, span.end_byte), encoding)}};
}

std::optional<std::string> path_of_uri(std::string_view uri) {
  static constexpr std::string_view kScheme = "file:";
  const bool is_file = uri.size() >= kScheme.size() &&
                       std::ranges::equal(uri.substr(0, kScheme.size()), kScheme, {}, [](char c) {
                         return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
                       });
  if (!is_file) return std::nullopt;
  uri.remove_prefix(kScheme.size());
  uri = uri.substr(0, uri.find_first_of("?#"));
  if (uri.starts_with("//")) {  // An authority: empty, or a host that is this one.
    uri.remove_prefix(2);
    const std::size_t slash = uri.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    uri.remove_prefix(slash);
  }
  if (!uri.starts_with('/')) return std::nullopt;
  std::string path = percent_decoded(uri);
  if (path.find('\0') != std::string::npos) return std::nullopt;
  return project::absolute(path, "/");
}

std::string uri_of_path(std::string_view path) {
  std::string uri = "file://";
  for (const char c : path) {
    if (is_plain(c)) {
      uri.push_back(c);
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return uri;
}

}  // namespace forelock::lsp
