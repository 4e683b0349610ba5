#include "analyzer/postgres/scalar_literals.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace forelock::postgres {
namespace {

constexpr std::string_view kBadSyntax = "22P02";
constexpr std::string_view kOutOfRange = "22003";
constexpr std::string_view kFine;

// Deeper JSON than this is not followed: PostgreSQL's own bound is its stack.
constexpr int kMaxJsonDepth = 200;

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string lowered(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// pg_strtoint32() and its kin.
std::string_view integer_error(std::string_view text, std::int64_t least, std::int64_t most) {
  text = trimmed(text);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return kBadSyntax;
  }
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return kBadSyntax;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error != std::errc() || value < least || value > most ? kOutOfRange : kFine;
}

/// numeric_in() and float8in(): also the words for what is no number.
std::string_view number_error(std::string_view text, bool is_float) {
  text = trimmed(text);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  const std::string word = lowered(text);
  if (word == "nan" || word == "infinity" || word == "inf") return kFine;
  const auto digits = [&] {
    std::size_t count = 0;
    while (!text.empty() && is_digit(text.front())) {
      text.remove_prefix(1);
      ++count;
    }
    return count;
  };
  // strtod() reads hexadecimal numbers too.
  if (is_float && word.starts_with("0x")) {
    return word.size() > 2 && std::ranges::all_of(word.substr(2), is_hex) ? kFine : kBadSyntax;
  }
  std::size_t count = digits();
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    count += digits();
  }
  if (count == 0) return kBadSyntax;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return kBadSyntax;
  }
  return text.empty() ? kFine : kBadSyntax;
}

/// parse_bool_with_len(): any beginning of a word that says which.
std::string_view boolean_error(std::string_view text) {
  const std::string value = lowered(trimmed(text));
  if (value == "1" || value == "0" || value == "on" || value == "of" || value == "off") {
    return kFine;
  }
  for (const std::string_view word : {"true", "false", "yes", "no"}) {
    if (!value.empty() && word.starts_with(value)) return kFine;
  }
  return kBadSyntax;
}

/// string_to_uuid(): 32 digits, a hyphen after any group of four, braces around all.
std::string_view uuid_error(std::string_view text) {
  const bool braces = text.starts_with('{');
  if (braces) text.remove_prefix(1);
  for (int group = 0; group < 8; ++group) {
    for (int i = 0; i < 4; ++i) {
      if (text.empty() || !is_hex(text.front())) return kBadSyntax;
      text.remove_prefix(1);
    }
    if (group < 7 && text.starts_with('-')) text.remove_prefix(1);
  }
  if (braces) {
    if (!text.starts_with('}')) return kBadSyntax;
    text.remove_prefix(1);
  }
  return text.empty() ? kFine : kBadSyntax;
}

/// A reader of RFC 8259, as src/common/jsonapi.c.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}
  bool read() { return value(0) && (skip(), text_.empty()); }

 private:
  std::string_view text_;

  void skip() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t' ||
                              text_.front() == '\n' || text_.front() == '\r')) {
      text_.remove_prefix(1);
    }
  }
  bool take(char c) {
    skip();
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool word(std::string_view wanted) {
    if (!text_.starts_with(wanted)) return false;
    text_.remove_prefix(wanted.size());
    return true;
  }
  bool string() {
    if (!take('"')) return false;
    while (!text_.empty()) {
      const char c = text_.front();
      text_.remove_prefix(1);
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < ' ') return false;
      if (c != '\\') continue;
      if (text_.empty()) return false;
      const char escaped = text_.front();
      text_.remove_prefix(1);
      if (escaped == 'u') {
        for (int i = 0; i < 4; ++i) {
          if (text_.empty() || !is_hex(text_.front())) return false;
          text_.remove_prefix(1);
        }
      } else if (std::string_view("\"\\/bfnrt").find(escaped) == std::string_view::npos) {
        return false;
      }
    }
    return false;
  }
  bool number() {
    const auto digits = [&] {
      std::size_t count = 0;
      while (!text_.empty() && is_digit(text_.front())) {
        text_.remove_prefix(1);
        ++count;
      }
      return count;
    };
    word("-");
    const bool zero = text_.starts_with('0');
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (word(".") && digits() == 0) return false;
    if (text_.starts_with('e') || text_.starts_with('E')) {
      text_.remove_prefix(1);
      if (!word("+")) word("-");
      if (digits() == 0) return false;
    }
    return text_.empty() || std::isalnum(static_cast<unsigned char>(text_.front())) == 0;
  }
  bool list(char close, int depth, bool pairs) {
    if (take(close)) return true;
    while (true) {
      if (pairs && (!string() || !take(':'))) return false;
      if (!value(depth + 1)) return false;
      if (take(close)) return true;
      if (!take(',')) return false;
    }
  }
  bool value(int depth) {
    skip();
    if (depth > kMaxJsonDepth) return true;
    if (text_.empty()) return false;
    if (text_.front() == '"') return string();
    if (take('{')) return list('}', depth, true);
    if (take('[')) return list(']', depth, false);
    return word("true") || word("false") || word("null") || number();
  }
};

/// An address of the sixth version: eight groups, or fewer around one "::".
bool is_long_address(std::string_view text) {
  text = text.substr(0, text.find('/'));
  std::size_t groups = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ':') {
      ++groups;
    } else if (!is_hex(text[i]) && text[i] != '.') {
      return false;
    }
  }
  return text.find("::") != std::string_view::npos || groups == 8;
}

/// network_in().
std::string_view network_error(std::string_view text, bool whole_network) {
  if (text.find(':') != std::string_view::npos) return is_long_address(text) ? kFine : kBadSyntax;
  std::array<int, 4> parts = {};
  std::size_t count = 0;
  int bits = -1;
  const auto number = [&](int most) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value < 0 || value > most || !is_digit(text.front())) return -1;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
  };
  while (count < parts.size() && !text.empty()) {
    const int part = number(255);
    if (part < 0) return kBadSyntax;
    parts[count++] = part;
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
    if (text.empty()) return kBadSyntax;
  }
  if (text.starts_with('/')) {
    text.remove_prefix(1);
    if (text.empty()) return kBadSyntax;
    bits = number(32);
    if (bits < 0) return kBadSyntax;
  }
  if (!text.empty() || count == 0) return kBadSyntax;
  if (count < parts.size() && bits < 0 && !whole_network) return kBadSyntax;
  if (!whole_network || bits < 0) return kFine;
  // A network has no bits to the right of its mask.
  std::uint32_t address = 0;
  for (const int part : parts) address = address << 8U | static_cast<std::uint32_t>(part);
  const std::uint32_t host =
      bits == 32 ? 0 : std::numeric_limits<std::uint32_t>::max() >> static_cast<unsigned>(bits);
  return (address & host) == 0 ? kFine : kBadSyntax;
}

/// bit_in(): binary digits, or hexadecimal ones after an x.
std::string_view bits_error(std::string_view text) {
  const bool hex = text.starts_with('x') || text.starts_with('X');
  if (hex || text.starts_with('b') || text.starts_with('B')) text.remove_prefix(1);
  const bool fine =
      std::ranges::all_of(text, [&](char c) { return hex ? is_hex(c) : c == '0' || c == '1'; });
  return fine ? kFine : kBadSyntax;
}

/// byteain(): hexadecimal after \x, else backslashes that escape.
std::string_view bytes_error(std::string_view text) {
  if (text.starts_with("\\x")) {
    std::size_t digits = 0;
    for (const char c : text.substr(2)) {
      if (is_space(c) && digits % 2 == 0) continue;
      if (!is_hex(c)) return "22023";
      ++digits;
    }
    return digits % 2 == 0 ? kFine : "22023";
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') continue;
    if (i + 1 < text.size() && text[i + 1] == '\\') {
      ++i;
      continue;
    }
    const auto octal = [&](std::size_t k, char most) {
      return k < text.size() && text[k] >= '0' && text[k] <= most;
    };
    if (!octal(i + 1, '3') || !octal(i + 2, '7') || !octal(i + 3, '7')) return kBadSyntax;
    i += 3;
  }
  return kFine;
}

std::string_view hardware_address_error(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : trimmed(text)) {
    if (is_hex(c)) {
      ++digits;
    } else if (c != ':' && c != '-' && c != '.') {
      return kBadSyntax;
    }
  }
  return digits == 12 ? kFine : kBadSyntax;
}

}  // namespace

std::string_view scalar_literal_error(std::string_view type, std::string_view text) {
  using Small = std::numeric_limits<std::int16_t>;
  using Normal = std::numeric_limits<std::int32_t>;
  using Big = std::numeric_limits<std::int64_t>;
  if (type == "int2") return integer_error(text, Small::min(), Small::max());
  if (type == "int4") return integer_error(text, Normal::min(), Normal::max());
  if (type == "int8") return integer_error(text, Big::min(), Big::max());
  if (type == "numeric") return number_error(text, false);
  if (type == "float4" || type == "float8") return number_error(text, true);
  if (type == "bool") return boolean_error(text);
  if (type == "uuid") return uuid_error(text);
  if (type == "json" || type == "jsonb") return JsonReader(text).read() ? kFine : kBadSyntax;
  if (type == "inet") return network_error(text, false);
  if (type == "cidr") return network_error(text, true);
  if (type == "bit" || type == "varbit") return bits_error(text);
  if (type == "bytea") return bytes_error(text);
  if (type == "macaddr") return hardware_address_error(text);
  return kFine;
}

}  // namespace forelock::postgres
