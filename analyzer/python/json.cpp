#include "analyzer/python/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "analyzer/python/format.h"
#include "analyzer/python/literal.h"
#include "analyzer/python/stdlib_values.h"

namespace forelock::python {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxOutput = 8U * 1024U * 1024U;

/// The code point that starts at byte `i` of valid UTF-8, and the byte behind it.
std::uint32_t decode(std::string_view s, std::size_t& i) {
  const auto first = static_cast<unsigned char>(s[i++]);
  std::uint32_t code = first;
  if (first >= 0xF0) {
    code = first & 0x07U;
  } else if (first >= 0xE0) {
    code = first & 0x0FU;
  } else if (first >= 0xC0) {
    code = first & 0x1FU;
  }
  while (i < s.size() && (static_cast<unsigned char>(s[i]) & 0xC0U) == 0x80U) {
    code = (code << 6U) | (static_cast<unsigned char>(s[i++]) & 0x3FU);
  }
  return code;
}

struct Writer {
  std::string out;
  std::string item_separator = ", ";
  std::string key_separator = ": ";
  std::optional<std::string> indent;
  bool sort_keys = false;
  bool ensure_ascii = true;

  void line(int depth) {
    if (!indent) return;
    out += '\n';
    for (int i = 0; i < depth; ++i) out += *indent;
  }

  void string(std::string_view s) {
    out += '"';
    for (std::size_t i = 0; i < s.size();) {
      const auto byte = static_cast<unsigned char>(s[i]);
      if (byte >= 0x80 && ensure_ascii) {
        const std::uint32_t code = decode(s, i);
        if (code >= 0x10000) {
          const std::uint32_t rest = code - 0x10000;
          out +=
              fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (rest >> 10U), 0xDC00 + (rest & 0x3FFU));
        } else {
          out += fmt::format("\\u{:04x}", code);
        }
        continue;
      }
      ++i;
      switch (byte) {
        case '"':
          out += "\\\"";
          break;
        case '\\':
          out += "\\\\";
          break;
        case '\n':
          out += "\\n";
          break;
        case '\r':
          out += "\\r";
          break;
        case '\t':
          out += "\\t";
          break;
        case '\b':
          out += "\\b";
          break;
        case '\f':
          out += "\\f";
          break;
        default:
          if (byte < 0x20) {
            out += fmt::format("\\u{:04x}", byte);
          } else {
            out += static_cast<char>(byte);
          }
      }
    }
    out += '"';
  }

  bool list(const std::vector<Value>& items, int depth) {
    if (items.empty()) {
      out += "[]";
      return true;
    }
    out += '[';
    bool first = true;
    for (const Value& item : items) {
      if (!first) out += item_separator;
      first = false;
      line(depth + 1);
      if (!write(item, depth + 1)) return false;
    }
    line(depth);
    out += ']';
    return true;
  }

  static std::optional<std::string> key_text(const Value& key) {
    if (key.str() != nullptr)
      return key.str()->known() ? std::optional(key.str()->text) : std::nullopt;
    if (key.is_none()) return "null";
    if (const bool* b = key.as<bool>()) return *b ? "true" : "false";
    if (key.as<Integer>() != nullptr || key.as<double>() != nullptr) return to_repr(key);
    return {};
  }

  bool dict(const Dict& d, int depth) {
    if (!d.complete) return false;
    if (d.items.empty()) {
      out += "{}";
      return true;
    }
    std::vector<std::pair<std::string, const Value*>> items;
    for (const auto& [key, value] : d.items) {
      const auto text = key_text(key);
      if (!text) return false;
      items.emplace_back(*text, &value);
    }
    if (sort_keys) {
      std::ranges::stable_sort(items, {}, [](const auto& p) { return std::string_view(p.first); });
    }
    out += '{';
    bool first = true;
    for (const auto& [key, value] : items) {
      if (!first) out += item_separator;
      first = false;
      line(depth + 1);
      string(key);
      out += key_separator;
      if (!write(*value, depth + 1)) return false;
    }
    line(depth);
    out += '}';
    return true;
  }

  bool write(const Value& v, int depth) {
    if (depth > kMaxDepth || out.size() > kMaxOutput) return false;
    if (v.is_none()) {
      out += "null";
    } else if (const bool* b = v.as<bool>()) {
      out += *b ? "true" : "false";
    } else if (const Integer* n = v.as<Integer>()) {
      out += fmt::format("{}", *n);
    } else if (const double* d = v.as<double>()) {
      if (!std::isfinite(*d)) return false;
      out += float_text(*d);
    } else if (const text::MappedText* s = v.str()) {
      if (!s->known()) return false;
      string(s->text);
    } else if (const Sequence* items = v.sequence()) {
      if (!items->complete || items->kind == Sequence::Kind::kSet) return false;
      return list(items->items, depth);
    } else if (v.dict() != nullptr) {
      return dict(*v.dict(), depth);
    } else if (is_enum(v)) {
      const Value* plain = find_attribute(v, "value");
      // Only members that are a str or an int can be written.
      if (plain == nullptr || !equal(v, *plain).value_or(false)) return false;
      return write(*plain, depth + 1);
    } else {
      return false;
    }
    return true;
  }
};

/// A small reader of JSON text.
struct Reader {
  Interpreter& in;
  std::string_view s;
  Place at;
  std::size_t i = 0;
  bool failed = false;

  void blanks() {
    while (i < s.size() && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r')) ++i;
  }
  Value fail() {
    failed = true;
    return in.unknown("JSON that is not valid");
  }
  bool take(char c) {
    blanks();
    if (i >= s.size() || s[i] != c) return false;
    ++i;
    return true;
  }
  std::optional<std::uint32_t> hex4() {
    std::uint32_t code = 0;
    if (i + 4 > s.size()) return {};
    const auto r = std::from_chars(s.data() + i, s.data() + i + 4, code, 16);
    if (r.ptr != s.data() + i + 4) return {};
    i += 4;
    return code;
  }
  std::optional<std::string> string() {
    std::string out;
    while (i < s.size() && s[i] != '"') {
      if (s[i] != '\\') {
        out += s[i++];
        continue;
      }
      if (++i >= s.size()) return {};
      const char c = s[i++];
      switch (c) {
        case 'n':
          out += '\n';
          break;
        case 't':
          out += '\t';
          break;
        case 'r':
          out += '\r';
          break;
        case 'b':
          out += '\b';
          break;
        case 'f':
          out += '\f';
          break;
        case 'u': {
          auto code = hex4();
          if (!code) return {};
          if (*code >= 0xD800 && *code < 0xDC00 && s.substr(i).starts_with("\\u")) {
            i += 2;
            const auto low = hex4();
            if (!low) return {};
            code = 0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00);
          }
          append_utf8(out, *code);
          break;
        }
        default:
          out += c;
      }
    }
    if (i >= s.size()) return {};
    ++i;
    return out;
  }
  Value value(int depth) {
    blanks();
    if (failed || depth > kMaxDepth || i >= s.size() || !in.step()) return fail();
    if (take('{')) {
      Dict d;
      if (take('}')) return in.make_dict({});
      do {
        if (!take('"')) return fail();
        const auto key = string();
        if (!key || !take(':')) return fail();
        const Value v = value(depth + 1);
        if (failed || !in.step(d.items.size() / 16)) return fail();
        dict_set(d, in.make_text(*key, at), v);
      } while (take(','));
      return take('}') ? in.make_dict(std::move(d.items)) : fail();
    }
    if (take('[')) {
      std::vector<Value> items;
      if (take(']')) return in.make_list(Sequence::Kind::kList, {});
      do {
        items.push_back(value(depth + 1));
        if (failed) return fail();
      } while (take(','));
      return take(']') ? in.make_list(Sequence::Kind::kList, std::move(items)) : fail();
    }
    if (take('"')) {
      const auto text = string();
      return text ? in.make_text(*text, at) : fail();
    }
    for (const auto& [word, constant] : {std::pair<std::string_view, Value>{"true", Value(true)},
                                         {"false", Value(false)},
                                         {"null", Value(None{})}}) {
      if (s.substr(i).starts_with(word)) {
        i += word.size();
        return constant;
      }
    }
    std::size_t end = i;
    while (end < s.size() &&
           std::string_view("+-0123456789.eE").find(s[end]) != std::string_view::npos)
      ++end;
    if (end == i) return fail();
    const bool negative = s[i] == '-';
    const Value number =
        number_literal(s.substr(negative ? i + 1 : i, end - i - (negative ? 1 : 0)));
    i = end;
    return negative ? in.unary(Op::kSub, number, at) : number;
  }
};

}  // namespace

Value json_dumps(Interpreter& in, const Arguments& arguments, Place at) {
  const Value* v = arguments.find("obj", 0);
  if (v == nullptr) return in.unknown("json.dumps()");
  Writer w;
  if (const Value* indent = arguments.find("indent")) {
    if (const Integer* n = indent->as<Integer>()) {
      w.indent = std::string(static_cast<std::size_t>(std::clamp<Integer>(*n, 0, 64)), ' ');
    } else if (indent->str() != nullptr && indent->str()->known()) {
      w.indent = indent->str()->text;
    } else if (!indent->is_none()) {
      return in.unknown("json.dumps() with an unknown indent");
    }
    if (w.indent) w.item_separator = ",";
  }
  if (const Value* sort = arguments.find("sort_keys")) w.sort_keys = truth(*sort).value_or(false);
  if (const Value* ascii = arguments.find("ensure_ascii"))
    w.ensure_ascii = truth(*ascii).value_or(true);
  if (const Value* separators = arguments.find("separators")) {
    const auto parts = iterate(*separators);
    if (!parts || parts->size() != 2 || (*parts)[0].str() == nullptr ||
        (*parts)[1].str() == nullptr) {
      return in.unknown("json.dumps() with unknown separators");
    }
    w.item_separator = (*parts)[0].str()->text;
    w.key_separator = (*parts)[1].str()->text;
  }
  if (!w.write(*v, 0)) {
    const Unknown* u = v->as<Unknown>();
    return in.unknown(u != nullptr ? u->reason : "json.dumps() of something unknown");
  }
  in.step(w.out.size() / 64);
  return in.make_text(w.out, at);
}

Value json_loads(Interpreter& in, const Arguments& arguments, Place at) {
  const Value* v = arguments.find("s", 0);
  if (v == nullptr || v->str() == nullptr || !v->str()->known()) {
    return in.unknown("json.loads() of something unknown");
  }
  Reader reader{in, v->str()->text, at};
  Value result = reader.value(0);
  reader.blanks();
  if (reader.i != reader.s.size()) return in.unknown("JSON that is not valid");
  return result;
}

}  // namespace forelock::python
