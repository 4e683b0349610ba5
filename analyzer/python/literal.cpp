#include "analyzer/python/literal.h"

#include <charconv>
#include <optional>

#include "analyzer/python/stdlib_values.h"

namespace forelock::python {
namespace {

using text::SegmentKind;
using text::Span;

constexpr std::uint32_t kReplacement = 0xFFFD;

std::uint32_t size32(std::size_t n) { return static_cast<std::uint32_t>(n); }

std::optional<std::uint32_t> digits(std::string_view source, std::uint32_t begin,
                                    std::uint32_t count, std::uint32_t end, int base) {
  if (begin + count > end) return {};
  std::uint32_t value = 0;
  const char* first = source.data() + begin;
  const auto result = std::from_chars(first, first + count, value, base);
  if (result.ec != std::errc{} || result.ptr != first + count) return {};
  return value;
}

struct Escape {
  std::string text;
  std::uint32_t length = 0;  ///< Of the source; 0 when the backslash stands for itself.
  bool unknown = false;
};

void append_code(std::string& out, std::uint32_t code, bool bytes) {
  if (bytes) {
    out += static_cast<char>(code & 0xFFU);
  } else {
    append_utf8(out, code);
  }
}

Escape octal(std::string_view source, std::uint32_t at, std::uint32_t end, bool bytes) {
  Escape escape;
  std::uint32_t code = 0;
  std::uint32_t i = at + 1;
  for (; i < end && i < at + 4 && source[i] >= '0' && source[i] <= '7'; ++i) {
    code = code * 8 + static_cast<std::uint32_t>(source[i] - '0');
  }
  escape.length = i - at;
  append_code(escape.text, code, bytes);
  return escape;
}

Escape hexadecimal(std::string_view source, std::uint32_t at, std::uint32_t end,
                   std::uint32_t count, bool bytes) {
  Escape escape;
  if (const auto code = digits(source, at + 2, count, end, 16)) {
    append_code(escape.text, *code, bytes);
    escape.length = 2 + count;
  }
  return escape;
}

/// \N{NAME}: the names of Unicode are not at hand.
Escape named(std::string_view source, std::uint32_t at, std::uint32_t end) {
  Escape escape;
  const std::size_t close = source.substr(0, end).find('}', at);
  if (close == std::string_view::npos) return escape;
  escape.length = size32(close) + 1 - at;
  append_utf8(escape.text, kReplacement);
  escape.unknown = true;
  return escape;
}

Escape decode_escape(std::string_view source, std::uint32_t at, std::uint32_t end, bool bytes) {
  if (at + 1 >= end) return {};
  const char c = source[at + 1];
  switch (c) {
    case '\n':
      return {.text = "", .length = 2};
    case '\r':
      return {.text = "", .length = at + 2 < end && source[at + 2] == '\n' ? 3U : 2U};
    case '\\':
      return {.text = "\\", .length = 2};
    case '\'':
      return {.text = "'", .length = 2};
    case '"':
      return {.text = "\"", .length = 2};
    case 'a':
      return {.text = "\a", .length = 2};
    case 'b':
      return {.text = "\b", .length = 2};
    case 'f':
      return {.text = "\f", .length = 2};
    case 'n':
      return {.text = "\n", .length = 2};
    case 'r':
      return {.text = "\r", .length = 2};
    case 't':
      return {.text = "\t", .length = 2};
    case 'v':
      return {.text = "\v", .length = 2};
    case 'x':
      return hexadecimal(source, at, end, 2, bytes);
    case 'u':
      return bytes ? Escape{} : hexadecimal(source, at, end, 4, false);
    case 'U':
      return bytes ? Escape{} : hexadecimal(source, at, end, 8, false);
    case 'N':
      if (bytes || at + 2 >= end || source[at + 2] != '{') return {};
      return named(source, at, end);
    default:
      if (c >= '0' && c <= '7') return octal(source, at, end, bytes);
      return {};
  }
}

}  // namespace

void append_utf8(std::string& out, std::uint32_t c) {
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = kReplacement;
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0U | (c >> 6U));
    put(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    put(0xE0U | (c >> 12U));
    put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  } else {
    put(0xF0U | (c >> 18U));
    put(0x80U | ((c >> 12U) & 0x3FU));
    put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  }
}

StringPrefix string_prefix(std::string_view start) {
  StringPrefix prefix;
  for (const char c : start) {
    switch (c) {
      case 'r':
      case 'R':
        prefix.raw = true;
        break;
      case 'b':
      case 'B':
        prefix.bytes = true;
        break;
      case 'f':
      case 'F':
      case 't':
      case 'T':
        prefix.format = true;
        break;
      default:
        break;
    }
  }
  return prefix;
}

void append_literal(text::MappedText& out, std::string_view source, std::uint32_t begin,
                    std::uint32_t end, StringPrefix prefix) {
  std::uint32_t run = begin;
  const auto flush = [&](std::uint32_t to) {
    if (to <= run) return;
    const std::uint32_t at = size32(out.text.size());
    out.text.append(source.substr(run, to - run));
    out.map.add({{at, at + (to - run)}, {run, to}, SegmentKind::kVerbatim});
  };
  const auto escaped = [&](std::uint32_t from, std::uint32_t length, std::string_view text,
                           bool unknown) {
    flush(from);
    const std::uint32_t at = size32(out.text.size());
    out.text.append(text);
    const Span embedded{at, at + size32(text.size())};
    if (!text.empty()) out.map.add({embedded, {from, from + length}, SegmentKind::kEscaped});
    if (unknown) out.holes.push_back(embedded);
    run = from + length;
  };
  for (std::uint32_t i = begin; i < end;) {
    const char c = source[i];
    if (c == '\\' && !prefix.raw) {
      const Escape e = decode_escape(source, i, end, prefix.bytes);
      if (e.length != 0) {
        escaped(i, e.length, e.text, e.unknown);
        i = run;
      } else {
        i += 1;
      }
    } else if (c == '\r') {
      const std::uint32_t length = i + 1 < end && source[i + 1] == '\n' ? 2 : 1;
      escaped(i, length, "\n", false);
      i = run;
    } else if (prefix.format && (c == '{' || c == '}') && i + 1 < end && source[i + 1] == c) {
      escaped(i, 2, std::string_view(&source[i], 1), false);
      i = run;
    } else {
      ++i;
    }
  }
  flush(end);
}

/// An int that 64 bits do not hold keeps its digits: it is printed, and not reckoned with.
Value large_integer(std::string_view digits) {
  Symbol symbol;
  symbol.kind = Symbol::Kind::kCall;
  symbol.operands.push_back(make_symbol(std::string(kLargeInteger), {}));
  symbol.arguments.positional.push_back(Value::string(digits, {}));
  return Value(std::make_shared<const Symbol>(std::move(symbol)));
}

Value number_literal(std::string_view source) {
  std::string text;
  for (const char c : source) {
    if (c != '_') text += c;
  }
  const char last = text.empty() ? '0' : text.back();
  if (last == 'j' || last == 'J') return Value::unknown("a complex number");
  if (last == 'l' || last == 'L') text.pop_back();
  int base = 10;
  std::size_t skip = 0;
  if (text.size() > 2 && text[0] == '0') {
    switch (text[1]) {
      case 'x':
      case 'X':
        base = 16;
        skip = 2;
        break;
      case 'o':
      case 'O':
        base = 8;
        skip = 2;
        break;
      case 'b':
      case 'B':
        base = 2;
        skip = 2;
        break;
      default:
        break;
    }
  }
  const char* begin = text.data() + skip;
  const char* end = text.data() + text.size();
  if (base != 10 || text.find_first_of(".eE") == std::string::npos) {
    if (base == 10 && text.size() > 1 && text[0] == '0' &&
        text.find_first_not_of('0') != std::string::npos) {
      base = 8;  // Python 2 wrote octal numbers so.
    }
    Integer value = 0;
    const auto result = std::from_chars(begin, end, value, base);
    if (result.ec == std::errc{} && result.ptr == end) return Value(value);
    const bool decimal = base == 10 && result.ec == std::errc::result_out_of_range &&
                         result.ptr == end && text[0] != '0';
    if (decimal) return large_integer(text);
    return Value::unknown("an int beyond 64 bits");
  }
  double value = 0;
  const auto result = std::from_chars(begin, end, value);
  if (result.ec == std::errc{} && result.ptr == end) return Value(value);
  return Value::unknown("a float that cannot be represented");
}

}  // namespace forelock::python
