#include "analyzer/python/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "analyzer/python/builtins.h"
#include "analyzer/python/dates.h"
#include "analyzer/python/stdlib_values.h"

namespace forelock::python {
namespace {

using text::MappedText;
using text::Span;

/// Widths and precisions above this make nothing that a migration could mean.
constexpr std::size_t kMaxWidth = 10'000;

std::uint32_t size32(std::size_t n) { return static_cast<std::uint32_t>(n); }

/// [[fill]align][sign][#][0][width][,][.precision][type]
struct Spec {
  std::string fill = " ";
  char align = 0;
  char sign = '-';
  bool alternate = false;
  std::size_t width = 0;
  char grouping = 0;
  std::optional<std::size_t> precision;
  char type = 0;
};

std::optional<std::size_t> take_number(std::string_view& s) {
  std::size_t n = 0;
  const auto result = std::from_chars(s.data(), s.data() + s.size(), n);
  if (result.ec != std::errc{}) return {};
  s.remove_prefix(static_cast<std::size_t>(result.ptr - s.data()));
  return n;
}

bool is_align(char c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

std::optional<Spec> parse_spec(std::string_view s) {
  Spec spec;
  const std::size_t first = s.empty() ? 0 : byte_of_code_point(s, 1);
  if (s.size() > first && first > 0 && is_align(s[first])) {
    spec.fill = s.substr(0, first);
    spec.align = s[first];
    s.remove_prefix(first + 1);
  } else if (!s.empty() && is_align(s[0])) {
    spec.align = s[0];
    s.remove_prefix(1);
  }
  if (!s.empty() && (s[0] == '+' || s[0] == '-' || s[0] == ' ')) {
    spec.sign = s[0];
    s.remove_prefix(1);
  }
  if (!s.empty() && s[0] == '#') {
    spec.alternate = true;
    s.remove_prefix(1);
  }
  if (!s.empty() && s[0] == '0') {
    if (spec.align == 0) {
      spec.fill = "0";
      spec.align = '=';
    }
    s.remove_prefix(1);
  }
  if (!s.empty() && s[0] >= '0' && s[0] <= '9') {
    const auto n = take_number(s);
    if (!n || *n > kMaxWidth) return {};
    spec.width = *n;
  }
  if (!s.empty() && (s[0] == ',' || s[0] == '_')) {
    spec.grouping = s[0];
    s.remove_prefix(1);
  }
  if (!s.empty() && s[0] == '.') {
    s.remove_prefix(1);
    const auto n = take_number(s);
    if (!n || *n > kMaxWidth) return {};
    spec.precision = *n;
  }
  if (!s.empty()) {
    spec.type = s[0];
    s.remove_prefix(1);
  }
  if (!s.empty()) return {};
  return spec;
}

std::string grouped(std::string digits, char separator, std::size_t every) {
  if (separator == 0) return digits;
  std::string out;
  const std::size_t whole = std::min(digits.find('.'), digits.size());
  for (std::size_t i = 0; i < whole; ++i) {
    if (i > 0 && (whole - i) % every == 0) out += separator;
    out += digits[i];
  }
  return out + digits.substr(whole);
}

std::string padded(const std::string& sign, const std::string& body, const Spec& spec,
                   char default_align) {
  const std::size_t size = code_points(sign) + code_points(body);
  if (size >= spec.width) return sign + body;
  const std::size_t missing = spec.width - size;
  const char align = spec.align == 0 ? default_align : spec.align;
  const auto fill = [&](std::size_t n) {
    std::string out;
    for (std::size_t i = 0; i < n; ++i) out += spec.fill;
    return out;
  };
  switch (align) {
    case '<':
      return sign + body + fill(missing);
    case '^':
      return fill(missing / 2) + sign + body + fill(missing - missing / 2);
    case '=':
      return sign + fill(missing) + body;
    default:
      return fill(missing) + sign + body;
  }
}

std::string sign_of(bool negative, char wanted) {
  if (negative) return "-";
  return wanted == '+' ? "+" : wanted == ' ' ? " " : "";
}

std::optional<std::string> format_float(double value, const Spec& spec) {
  if (!std::isfinite(value)) return {};
  const double magnitude = std::fabs(value);
  const int precision = static_cast<int>(spec.precision.value_or(6));
  std::string body;
  switch (spec.type) {
    case 'f':
    case 'F':
      body = fmt::format("{:.{}f}", magnitude, precision);
      break;
    case 'e':
      body = fmt::format("{:.{}e}", magnitude, precision);
      break;
    case 'E':
      body = fmt::format("{:.{}E}", magnitude, precision);
      break;
    case 'g':
    case 'G':
      body = fmt::format("{:.{}g}", magnitude, precision);
      break;
    case '%':
      body = fmt::format("{:.{}f}", magnitude * 100, precision) + "%";
      break;
    case 0:
      if (spec.precision) {
        body = fmt::format("{:.{}g}", magnitude, precision);
        if (body.find_first_of(".e") == std::string::npos) body += ".0";
      } else {
        body = float_text(magnitude);
      }
      break;
    default:
      return {};
  }
  return padded(sign_of(std::signbit(value), spec.sign), grouped(std::move(body), spec.grouping, 3),
                spec, '>');
}

std::optional<std::string> format_integer(Integer value, const Spec& spec) {
  const std::uint64_t magnitude =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  std::string body;
  std::string prefix;
  std::size_t every = 3;
  switch (spec.type) {
    case 0:
    case 'd':
    case 'n':
      body = fmt::format("{}", magnitude);
      break;
    case 'x':
      body = fmt::format("{:x}", magnitude);
      prefix = "0x";
      every = 4;
      break;
    case 'X':
      body = fmt::format("{:X}", magnitude);
      prefix = "0X";
      every = 4;
      break;
    case 'o':
      body = fmt::format("{:o}", magnitude);
      prefix = "0o";
      every = 4;
      break;
    case 'b':
      body = fmt::format("{:b}", magnitude);
      prefix = "0b";
      every = 4;
      break;
    case 'c': {
      if (value < 0 || value > 0x10FFFF) return {};
      return {};
    }
    default:
      return format_float(static_cast<double>(value), spec);
  }
  if (spec.precision) return {};
  std::string sign = sign_of(value < 0, spec.sign);
  if (spec.alternate) sign += prefix;
  return padded(sign, grouped(std::move(body), spec.grouping, every), spec, '>');
}

std::optional<MappedText> format_text(const MappedText& value, const Spec& spec) {
  if ((spec.type != 0 && spec.type != 's') || spec.grouping != 0 || spec.align == '=') return {};
  MappedText out = value;
  if (spec.precision && code_points(out.text) > *spec.precision) {
    if (!out.known()) return {};
    out = out.slice({0, size32(byte_of_code_point(out.text, *spec.precision))});
  }
  if (spec.width == 0) return out;
  if (!out.known()) return {};
  const std::size_t size = code_points(out.text);
  if (size >= spec.width) return out;
  Spec only_padding = spec;
  const std::string whole = padded("", out.text, only_padding, '<');
  const std::size_t at = whole.find(out.text);
  MappedText result;
  const Span host = out.map.empty() ? Span{} : out.map.to_host({0, size32(out.text.size())});
  result.append_derived(whole.substr(0, at), host);
  result.append(out);
  result.append_derived(whole.substr(at + out.text.size()), host);
  return result;
}

void append_part_of_format(Interpreter& in, MappedText& out, const Value& format, std::size_t begin,
                           std::size_t end, Place at) {
  if (begin >= end) return;
  const MappedText part = format.str()->slice({size32(begin), size32(end)});
  Value value(part);
  value.place = format.place;
  in.append_part(out, value, at);
}

/// One `%…` of a format.
struct Percent {
  std::optional<std::string> key;
  Spec spec;
  bool star = false;
  char type = 0;
  std::size_t end = 0;
};

std::optional<Percent> parse_percent(std::string_view s, std::size_t at) {
  Percent p;
  std::size_t i = at + 1;
  if (i < s.size() && s[i] == '(') {
    const std::size_t close = s.find(')', i);
    if (close == std::string_view::npos) return {};
    p.key = std::string(s.substr(i + 1, close - i - 1));
    i = close + 1;
  }
  for (; i < s.size(); ++i) {
    if (s[i] == '-') {
      p.spec.align = '<';
    } else if (s[i] == '+' || s[i] == ' ') {
      p.spec.sign = s[i];
    } else if (s[i] == '#') {
      p.spec.alternate = true;
    } else if (s[i] == '0') {
      if (p.spec.align == 0) {
        p.spec.fill = "0";
        p.spec.align = '=';
      }
    } else {
      break;
    }
  }
  std::string_view rest = s.substr(std::min(i, s.size()));
  if (!rest.empty() && rest[0] == '*') return {};
  if (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
    const auto n = take_number(rest);
    if (!n || *n > kMaxWidth) return {};
    p.spec.width = *n;
  }
  if (!rest.empty() && rest[0] == '.') {
    rest.remove_prefix(1);
    const auto n = rest.empty() || rest[0] < '0' || rest[0] > '9' ? std::optional<std::size_t>(0)
                                                                  : take_number(rest);
    if (!n || *n > kMaxWidth) return {};
    p.spec.precision = *n;
  }
  while (!rest.empty() && (rest[0] == 'l' || rest[0] == 'h' || rest[0] == 'L'))
    rest.remove_prefix(1);
  if (rest.empty()) return {};
  p.type = rest[0];
  p.end = s.size() - rest.size() + 1;
  return p;
}

void append_percent(Interpreter& in, MappedText& out, const Percent& p, const Value& value,
                    Place at) {
  const auto hole = [&] { append_hole(out, at); };
  switch (p.type) {
    case 's':
    case 'r':
    case 'a': {
      Value text = value;
      if (p.type != 's') {
        const auto repr = to_repr(value);
        if (!repr) {
          hole();
          return;
        }
        text = in.make_text(*repr, at);
      }
      if (p.spec.width == 0 && !p.spec.precision) {
        in.append_part(out, text, at);
        return;
      }
      Spec spec = p.spec;
      if (spec.align == 0 || spec.align == '=') spec.align = '>';
      spec.fill = " ";
      if (const auto formatted = format_text(in.part_of(text, at), spec)) {
        out.append(*formatted);
      } else {
        hole();
      }
      return;
    }
    case 'd':
    case 'i':
    case 'u': {
      Spec spec = p.spec;
      spec.type = 'd';
      spec.precision.reset();
      const Integer* n = value.as<Integer>();
      const bool* b = value.as<bool>();
      const double* d = value.as<double>();
      std::optional<std::string> text;
      if (n != nullptr) text = format_integer(*n, spec);
      if (b != nullptr) text = format_integer(*b ? 1 : 0, spec);
      if (d != nullptr && std::fabs(*d) < 9e18)
        text = format_integer(static_cast<Integer>(*d), spec);
      if (!text) {
        hole();
        return;
      }
      out.append_derived(*text, at.span);
      return;
    }
    case 'c':
      if (value.str() != nullptr) {
        in.append_part(out, value, at);
      } else {
        hole();
      }
      return;
    default: {
      Spec spec = p.spec;
      spec.type = p.type;
      std::optional<std::string> text;
      if (const Integer* n = value.as<Integer>()) text = format_integer(*n, spec);
      if (const double* d = value.as<double>()) text = format_float(*d, spec);
      if (!text) {
        hole();
        return;
      }
      out.append_derived(*text, at.span);
      return;
    }
  }
}

}  // namespace

void append_hole(MappedText& out, Place at) {
  const std::uint32_t begin = size32(out.text.size());
  out.append_derived(kUnknownText, at.span);
  out.holes.push_back({begin, size32(out.text.size())});
}

void append_formatted(Interpreter& in, MappedText& out, const Value& value, std::string_view text,
                      Place at) {
  if (text.empty()) {
    in.append_part(out, value, at);
    return;
  }
  if (const Symbol* symbol = value.symbol()) {  // f"{day:%Y-%m}"
    Arguments format;
    format.positional.push_back(in.make_text(text, at));
    if (const auto made = date_method(in, *symbol, "__format__", format, at)) {
      in.append_part(out, *made, at);
      return;
    }
  }
  const auto spec = parse_spec(text);
  std::optional<MappedText> done;
  if (spec) {
    const bool* b = value.as<bool>();
    std::optional<std::string> number;
    if (const Integer* n = value.as<Integer>()) number = format_integer(*n, *spec);
    if (b != nullptr) number = format_integer(*b ? 1 : 0, *spec);
    if (const double* d = value.as<double>()) number = format_float(*d, *spec);
    if (number) {
      done.emplace();
      done->append_derived(*number, at.span);
    } else if (value.str() != nullptr) {
      done = format_text(in.part_of(value, at), *spec);
    }
  }
  if (done) {
    out.append(*done);
  } else {
    append_hole(out, at);
  }
}

Value format_percent(Interpreter& in, const Value& format, const Value& arguments, Place at) {
  const std::string& s = format.str()->text;
  MappedText out;
  const Sequence* tuple = arguments.sequence();
  const bool is_tuple = tuple != nullptr && tuple->kind == Sequence::Kind::kTuple;
  std::size_t next = 0;
  const auto take = [&](const Percent& p) -> Value {
    if (p.key) {
      if (const Dict* dict = arguments.dict()) {
        for (const auto& [key, value] : dict->items) {
          if (key.str() != nullptr && key.str()->known() && key.str()->text == *p.key) return value;
        }
      } else if (arguments.symbol() != nullptr) {
        return in.subscript(arguments, in.make_text(*p.key, at), at);
      }
      return in.unknown("a missing key");
    }
    if (is_tuple) {
      return next < tuple->items.size() ? tuple->items[next++] : in.unknown("a missing argument");
    }
    return next++ == 0 ? arguments : in.unknown("a missing argument");
  };
  std::size_t run = 0;
  for (std::size_t i = 0; i < s.size();) {
    if (s[i] != '%') {
      ++i;
      continue;
    }
    const bool in_hole =
        std::ranges::any_of(format.str()->holes, [&](Span h) { return h.contains(size32(i)); });
    const auto p = in_hole ? std::nullopt : parse_percent(s, i);
    if (!p) {
      append_part_of_format(in, out, format, run, i, at);
      append_hole(out, at);
      ++i;
      run = i;
      continue;
    }
    append_part_of_format(in, out, format, run, i, at);
    if (p->type == '%') {
      append_part_of_format(in, out, format, p->end - 1, p->end, at);
    } else {
      const Value value = take(*p);
      const bool own = value.place && value.place->file == at.file;
      append_percent(in, out, *p, value, own ? *value.place : at);
    }
    i = p->end;
    run = i;
    if (out.text.size() > in.limits().max_string_bytes) return in.unknown("a str that is too long");
  }
  append_part_of_format(in, out, format, run, s.size(), at);
  return in.make_text(std::move(out), at);
}

namespace {

/// Walks `{name.attr[key]}`.
Value field_value(Interpreter& in, std::string_view field, const Arguments& arguments,
                  std::size_t& automatic, Place at) {
  const std::size_t end = field.find_first_of(".[");
  std::string_view first = field.substr(0, end);
  std::string_view rest = end == std::string_view::npos ? std::string_view{} : field.substr(end);
  Value value = in.unknown("a missing argument");
  std::size_t index = 0;
  const auto number = std::from_chars(first.data(), first.data() + first.size(), index);
  if (first.empty()) {
    index = automatic++;
    if (index < arguments.positional.size()) value = arguments.positional[index];
  } else if (number.ec == std::errc{} && number.ptr == first.data() + first.size()) {
    if (index < arguments.positional.size()) value = arguments.positional[index];
  } else {
    for (const auto& [name, keyword] : arguments.keywords) {
      if (name == first) value = keyword;
    }
  }
  while (!rest.empty()) {
    if (rest[0] == '.') {
      rest.remove_prefix(1);
      const std::string_view name = rest.substr(0, rest.find_first_of(".["));
      value = in.attribute(value, name, at);
      rest.remove_prefix(name.size());
    } else if (rest[0] == '[') {
      const std::size_t close = rest.find(']');
      if (close == std::string_view::npos) return in.unknown("a format that is not followed");
      const std::string_view key = rest.substr(1, close - 1);
      Integer n = 0;
      const auto parsed = std::from_chars(key.data(), key.data() + key.size(), n);
      const bool numeric = parsed.ec == std::errc{} && parsed.ptr == key.data() + key.size();
      value = in.subscript(value, numeric ? Value(n) : in.make_text(key, at), at);
      rest.remove_prefix(close + 1);
    } else {
      return in.unknown("a format that is not followed");
    }
  }
  return value;
}

void append_field(Interpreter& in, MappedText& out, std::string_view inside,
                  const Arguments& arguments, std::size_t& automatic, Place at) {
  std::size_t colon = std::string_view::npos;
  int brackets = 0;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] == '[') ++brackets;
    if (inside[i] == ']') --brackets;
    if ((inside[i] == ':' || inside[i] == '!') && brackets == 0) {
      colon = i;
      break;
    }
  }
  const std::string_view field = inside.substr(0, colon);
  std::string spec;
  char conversion = 0;
  if (colon != std::string_view::npos) {
    std::string_view rest = inside.substr(colon);
    if (rest[0] == '!' && rest.size() >= 2) {
      conversion = rest[1];
      rest.remove_prefix(2);
    }
    if (!rest.empty() && rest[0] == ':') spec = rest.substr(1);
  }
  Value value = field_value(in, field, arguments, automatic, at);
  // A nested `{}` in the spec.
  for (std::size_t open = spec.find('{'); open != std::string::npos; open = spec.find('{')) {
    const std::size_t close = spec.find('}', open);
    if (close == std::string::npos) break;
    const Value inner = field_value(in, std::string_view(spec).substr(open + 1, close - open - 1),
                                    arguments, automatic, at);
    const auto text = to_str(inner, at);
    if (!text || !text->known()) {
      append_hole(out, at);
      return;
    }
    spec = spec.substr(0, open) + text->text + spec.substr(close + 1);
  }
  const Place where = value.place && value.place->file == at.file ? *value.place : at;
  if (conversion == 'r' || conversion == 'a') {
    const auto repr = to_repr(value);
    if (!repr) {
      append_hole(out, at);
      return;
    }
    value = in.make_text(*repr, where);
  } else if (conversion == 's') {
    value = in.text_of(value, where);
  }
  append_formatted(in, out, value, spec, where);
}

}  // namespace

Value format_method(Interpreter& in, const Value& format, const Arguments& arguments, Place at) {
  const std::string& s = format.str()->text;
  MappedText out;
  std::size_t automatic = 0;
  std::size_t run = 0;
  for (std::size_t i = 0; i < s.size();) {
    if (s[i] != '{' && s[i] != '}') {
      ++i;
      continue;
    }
    append_part_of_format(in, out, format, run, i, at);
    if (i + 1 < s.size() && s[i + 1] == s[i]) {
      append_part_of_format(in, out, format, i, i + 1, at);
      i += 2;
      run = i;
      continue;
    }
    if (s[i] == '}') return in.unknown("a format that is not valid");
    int depth = 1;
    std::size_t end = i + 1;
    for (; end < s.size() && depth > 0; ++end) {
      if (s[end] == '{') ++depth;
      if (s[end] == '}') --depth;
    }
    if (depth > 0) return in.unknown("a format that is not valid");
    append_field(in, out, std::string_view(s).substr(i + 1, end - i - 2), arguments, automatic, at);
    i = end;
    run = i;
    if (out.text.size() > in.limits().max_string_bytes) return in.unknown("a str that is too long");
  }
  append_part_of_format(in, out, format, run, s.size(), at);
  return in.make_text(std::move(out), at);
}

void dict_set(Dict& dict, const Value& key, const Value& value) {
  if (key.is_unknown()) {
    dict.complete = false;
    return;
  }
  for (auto& [other, item] : dict.items) {
    if (equal(other, key).value_or(false)) {
      item = value;
      return;
    }
  }
  dict.items.emplace_back(key, value);
}

std::optional<const Value*> dict_get(const Dict& dict, const Value& key) {
  bool unsure = !dict.complete;
  for (const auto& [other, item] : dict.items) {
    const auto same = equal(other, key);
    if (same && *same) return &item;
    unsure = unsure || !same;
  }
  if (unsure) return {};
  return nullptr;
}

std::optional<bool> identical(const Value& a, const Value& b) {
  if (a.is_unknown() || b.is_unknown()) return {};
  const Value& other = a.is_none() ? b : a;
  if (a.is_none() || b.is_none()) {
    if (other.is_none()) return true;
    if (const Symbol* s = other.symbol()) {
      if (s->kind == Symbol::Kind::kObject) return false;
      return {};
    }
    return false;
  }
  if (a.storage().index() != b.storage().index()) {
    if (a.symbol() != nullptr || b.symbol() != nullptr) return {};
    return false;
  }
  if (const bool* x = a.as<bool>()) return *x == *b.as<bool>();
  if (a.sequence() != nullptr) return a.sequence() == b.sequence();
  if (a.dict() != nullptr) return a.dict() == b.dict();
  return equal(a, b);
}

std::optional<bool> contains_item(Interpreter& in, const Value& container, const Value& item) {
  if (const MappedText* s = container.str()) {
    const MappedText* part = item.str();
    if (part == nullptr || !part->known()) return {};
    if (s->known()) return s->text.find(part->text) != std::string::npos;
    // Certain when it stands in what is known.
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= s->holes.size(); ++i) {
      const std::size_t end = i < s->holes.size() ? s->holes[i].begin_byte : s->text.size();
      if (std::string_view(s->text).substr(begin, end - begin).find(part->text) !=
          std::string_view::npos) {
        return true;
      }
      if (i < s->holes.size()) begin = s->holes[i].end_byte;
    }
    return {};
  }
  if (const Dict* dict = container.dict()) {
    in.step(dict->items.size() / 16);
    const auto found = dict_get(*dict, item);
    if (!found) return {};
    return *found != nullptr;
  }
  std::vector<Value> items;
  bool complete = true;
  if (const Sequence* s = container.sequence()) {
    items = s->items;
    complete = s->complete;
  } else if (container.symbol() != nullptr) {
    return {};
  } else if (auto all = iterate(container)) {
    items = std::move(*all);
  } else {
    return {};
  }
  in.step(items.size() / 8);
  bool unsure = !complete;
  for (const Value& one : items) {
    const auto same = equal(one, item);
    if (same && *same) return true;
    unsure = unsure || !same;
  }
  if (unsure) return {};
  return false;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::size_t byte_of_code_point(std::string_view text, std::size_t index) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
    if (seen == index) return i;
    ++seen;
  }
  return text.size();
}

}  // namespace forelock::python
