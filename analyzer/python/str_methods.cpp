// Methods of str. What keeps the bytes keeps their map; what changes them is derived from the
// whole.

#include <algorithm>
#include <array>
#include <functional>

#include "analyzer/python/builtins.h"
#include "analyzer/python/format.h"

namespace forelock::python {
namespace {

using text::MappedText;
using text::Span;

struct Call {
  Interpreter& in;
  const Value& self;
  const Arguments& arguments;
  Place at;

  [[nodiscard]] const MappedText& text() const { return *self.str(); }
  [[nodiscard]] const std::string& s() const { return self.str()->text; }
  [[nodiscard]] const Value* arg(std::size_t i, std::string_view name = "") const {
    return arguments.find(name, i);
  }
  /// Known text of an argument; null when it is absent or not known.
  [[nodiscard]] const std::string* str(std::size_t i, std::string_view name = "") const {
    const Value* v = arg(i, name);
    return v != nullptr && v->str() != nullptr && v->str()->known() ? &v->str()->text : nullptr;
  }
  [[nodiscard]] std::optional<Integer> integer(std::size_t i, std::string_view name = "") const {
    const Value* v = arg(i, name);
    if (v == nullptr || v->as<Integer>() == nullptr) return {};
    return *v->as<Integer>();
  }
  [[nodiscard]] bool own() const { return self.place && self.place->file == at.file; }
  /// The part `[begin, end)` of this str, with its map.
  [[nodiscard]] Value part(std::size_t begin, std::size_t end) const {
    const Span span{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
    if (own()) return in.make_text(text().slice(span), at);
    MappedText moved;
    moved.append_derived(std::string_view(s()).substr(begin, end - begin), at.span);
    return in.make_text(std::move(moved), at);
  }
  /// A text that was made from this whole str.
  [[nodiscard]] Value derived(std::string_view made) const {
    MappedText out;
    const Span host = own() && !text().map.empty()
                          ? text().map.to_host({0, static_cast<std::uint32_t>(s().size())}, at.span)
                          : at.span;
    out.append_derived(made, host);
    return in.make_text(std::move(out), at);
  }
};

constexpr std::string_view kBlanks = " \t\n\r\v\f";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
bool is_alpha(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii(std::string_view s) {
  return std::ranges::all_of(s, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Case and classes of letters outside of ASCII are not at hand.
Value not_ascii(const Call& c) { return c.in.unknown("letters outside of ASCII"); }

template <typename F>
Value map_case(const Call& c, F change) {
  if (!is_ascii(c.s())) return not_ascii(c);
  std::string out = c.s();
  change(out);
  if (out == c.s()) return c.part(0, c.s().size());
  return c.derived(out);
}

Value to_lower(const Call& c) {
  return map_case(c, [](std::string& s) { std::ranges::transform(s, s.begin(), lower); });
}
Value to_upper(const Call& c) {
  return map_case(c, [](std::string& s) { std::ranges::transform(s, s.begin(), upper); });
}
Value capitalize(const Call& c) {
  return map_case(c, [](std::string& s) {
    std::ranges::transform(s, s.begin(), lower);
    if (!s.empty()) s[0] = upper(s[0]);
  });
}
Value title(const Call& c) {
  return map_case(c, [](std::string& s) {
    bool inside = false;
    for (char& x : s) {
      x = inside ? lower(x) : upper(x);
      inside = is_alpha(x);
    }
  });
}
Value swapcase(const Call& c) {
  return map_case(c, [](std::string& s) {
    for (char& x : s) x = lower(x) == x ? upper(x) : lower(x);
  });
}

std::string_view strip_set(const Call& c, bool& known) {
  const Value* v = c.arg(0, "chars");
  known = true;
  if (v == nullptr || v->is_none()) return kBlanks;
  const std::string* s = c.str(0, "chars");
  known = s != nullptr;
  return known ? std::string_view(*s) : std::string_view{};
}

Value strip(const Call& c, bool left, bool right) {
  bool known = false;
  const std::string_view set = strip_set(c, known);
  if (!known || !is_ascii(set)) return c.in.unknown("strip() of unknown characters");
  std::size_t begin = 0;
  std::size_t end = c.s().size();
  while (left && begin < end && set.find(c.s()[begin]) != std::string_view::npos) ++begin;
  while (right && end > begin && set.find(c.s()[end - 1]) != std::string_view::npos) --end;
  return c.part(begin, end);
}
Value strip_both(const Call& c) { return strip(c, true, true); }
Value strip_left(const Call& c) { return strip(c, true, false); }
Value strip_right(const Call& c) { return strip(c, false, true); }

Value remove_prefix(const Call& c) {
  const std::string* s = c.str(0);
  if (s == nullptr) return c.in.unknown("an unknown prefix");
  return c.part(c.s().starts_with(*s) ? s->size() : 0, c.s().size());
}
Value remove_suffix(const Call& c) {
  const std::string* s = c.str(0);
  if (s == nullptr) return c.in.unknown("an unknown suffix");
  const bool there = !s->empty() && c.s().ends_with(*s);
  return c.part(0, c.s().size() - (there ? s->size() : 0));
}

Value replace(const Call& c) {
  const std::string* old = c.str(0, "old");
  const Value* fresh = c.arg(1, "new");
  if (old == nullptr || fresh == nullptr || fresh->str() == nullptr) {
    return c.in.unknown("replace() of something unknown");
  }
  const auto limit = c.integer(2, "count").value_or(-1);
  if (old->empty()) return c.in.unknown("replace() of nothing");
  MappedText out;
  std::size_t at = 0;
  Integer done = 0;
  while (limit < 0 || done < limit) {
    const std::size_t found = c.s().find(*old, at);
    if (found == std::string::npos) break;
    c.in.append_part(out, c.part(at, found), c.at);
    c.in.append_part(out, *fresh, c.at);
    at = found + old->size();
    ++done;
    if (!c.in.step() || out.text.size() > c.in.limits().max_string_bytes) {
      return c.in.unknown("a str that is too long");
    }
  }
  if (done == 0) return c.part(0, c.s().size());
  c.in.append_part(out, c.part(at, c.s().size()), c.at);
  return c.in.make_text(std::move(out), c.at);
}

Value join(const Call& c) {
  const Value* iterable = c.arg(0);
  if (iterable == nullptr) return c.in.unknown("join() of nothing");
  const auto items = c.in.iterate_value(*iterable, c.at);
  const Sequence* partial = iterable->sequence();
  MappedText out;
  bool first = true;
  const auto add = [&](const Value& v) {
    if (!first) c.in.append_part(out, c.self, c.at);
    first = false;
    if (v.str() != nullptr || v.is_unknown() || v.symbol() != nullptr ||
        v.as<std::shared_ptr<Instance>>() != nullptr) {
      c.in.append_part(out, v, c.at);
    } else {
      append_hole(out, c.at);
    }
    return c.in.step() && out.text.size() <= c.in.limits().max_string_bytes;
  };
  if (items || partial != nullptr) {
    for (const Value& v : items ? *items : partial->items) {
      if (!add(v)) return c.in.unknown("a str that is too long");
    }
    if (items) return c.in.make_text(std::move(out), c.at);
  }
  // What else is joined is not known.
  append_hole(out, c.at);
  return c.in.make_text(std::move(out), c.at);
}

Value split_on(const Call& c, const std::string& separator, Integer limit, bool from_right) {
  if (separator.empty()) return c.in.unknown("split() on nothing");
  std::vector<std::pair<std::size_t, std::size_t>> parts;
  if (!from_right) {
    std::size_t at = 0;
    while (limit < 0 || static_cast<Integer>(parts.size()) < limit) {
      const std::size_t found = c.s().find(separator, at);
      if (found == std::string::npos) break;
      parts.emplace_back(at, found);
      at = found + separator.size();
    }
    parts.emplace_back(at, c.s().size());
  } else {
    std::size_t end = c.s().size();
    while (end >= separator.size() && (limit < 0 || static_cast<Integer>(parts.size()) < limit)) {
      const std::size_t found = c.s().rfind(separator, end - separator.size());
      if (found == std::string::npos) break;
      parts.emplace_back(found + separator.size(), end);
      end = found;
    }
    parts.emplace_back(0, end);
    std::ranges::reverse(parts);
  }
  if (!c.in.step(parts.size())) return c.in.unknown("too large");
  std::vector<Value> items;
  for (const auto& [begin, end] : parts) items.push_back(c.part(begin, end));
  return c.in.make_list(Sequence::Kind::kList, std::move(items));
}

Value split_blanks(const Call& c, Integer limit, bool from_right) {
  if (from_right && limit >= 0) return c.in.unknown("rsplit() on blanks");
  std::vector<Value> items;
  const std::string& s = c.s();
  std::size_t at = s.find_first_not_of(kBlanks);
  while (at != std::string::npos) {
    std::size_t end = s.find_first_of(kBlanks, at);
    if (end == std::string::npos) end = s.size();
    if (limit >= 0 && static_cast<Integer>(items.size()) == limit) {
      end = s.find_last_not_of(kBlanks) + 1;
      items.push_back(c.part(at, s.size()));
      break;
    }
    items.push_back(c.part(at, end));
    if (!c.in.step()) return c.in.unknown("too large");
    at = s.find_first_not_of(kBlanks, end);
  }
  return c.in.make_list(Sequence::Kind::kList, std::move(items));
}

Value split_any(const Call& c, bool from_right) {
  const auto limit = c.integer(1, "maxsplit").value_or(-1);
  const Value* separator = c.arg(0, "sep");
  if (separator == nullptr || separator->is_none()) return split_blanks(c, limit, from_right);
  const std::string* s = c.str(0, "sep");
  if (s == nullptr) return c.in.unknown("split() on something unknown");
  return split_on(c, *s, limit, from_right);
}
Value split(const Call& c) { return split_any(c, false); }
Value rsplit(const Call& c) { return split_any(c, true); }

Value splitlines(const Call& c) {
  const Value* keep = c.arg(0, "keepends");
  const bool keepends = keep != nullptr && truth(*keep).value_or(false);
  std::vector<Value> items;
  const std::string& s = c.s();
  std::size_t at = 0;
  while (at < s.size()) {
    const std::size_t found = s.find_first_of("\n\r\v\f", at);
    if (found == std::string::npos) {
      items.push_back(c.part(at, s.size()));
      break;
    }
    std::size_t next = found + 1;
    if (s[found] == '\r' && next < s.size() && s[next] == '\n') ++next;
    items.push_back(c.part(at, keepends ? next : found));
    if (!c.in.step()) return c.in.unknown("too large");
    at = next;
  }
  return c.in.make_list(Sequence::Kind::kList, std::move(items));
}

Value partition_any(const Call& c, bool last) {
  const std::string* s = c.str(0);
  if (s == nullptr || s->empty()) return c.in.unknown("partition() by something unknown");
  const std::size_t found = last ? c.s().rfind(*s) : c.s().find(*s);
  std::vector<Value> parts;
  if (found == std::string::npos) {
    parts = {c.part(0, c.s().size()), c.derived(""), c.derived("")};
    if (last) std::ranges::reverse(parts);
  } else {
    parts = {c.part(0, found), c.part(found, found + s->size()),
             c.part(found + s->size(), c.s().size())};
  }
  return c.in.make_list(Sequence::Kind::kTuple, std::move(parts));
}
Value partition(const Call& c) { return partition_any(c, false); }
Value rpartition(const Call& c) { return partition_any(c, true); }

std::optional<bool> edge(const Call& c, const Value& what, bool start) {
  if (const Sequence* many = what.sequence()) {
    bool unsure = !many->complete;
    for (const Value& one : many->items) {
      const auto matches = edge(c, one, start);
      if (matches && *matches) return true;
      unsure = unsure || !matches;
    }
    if (unsure) return {};
    return false;
  }
  const MappedText* part = what.str();
  if (part == nullptr || !part->known()) return {};
  const std::string& s = c.s();
  if (!c.text().known()) {
    // Known up to the first hole, or from the last one.
    const std::size_t clear =
        start ? c.text().holes.front().begin_byte : s.size() - c.text().holes.back().end_byte;
    if (part->text.size() > clear) return {};
  }
  return start ? s.starts_with(part->text) : s.ends_with(part->text);
}

Value edge_value(const Call& c, bool start) {
  if (c.arguments.positional.size() != 1) return c.in.unknown("startswith() with bounds");
  if (const auto known = edge(c, c.arguments.positional.front(), start)) return Value(*known);
  return c.in.unknown("a comparison that is not known");
}
Value startswith(const Call& c) { return edge_value(c, true); }
Value endswith(const Call& c) { return edge_value(c, false); }

Value find_any(const Call& c, bool last, bool must) {
  const std::string* s = c.str(0);
  if (s == nullptr || c.arguments.positional.size() > 2)
    return c.in.unknown("find() of something unknown");
  const auto from = c.integer(1).value_or(0);
  if (from < 0) return c.in.unknown("find() from the end");
  const std::size_t begin = byte_of_code_point(c.s(), static_cast<std::size_t>(from));
  std::size_t found = last ? c.s().rfind(*s) : c.s().find(*s, begin);
  if (last && found != std::string::npos && found < begin) found = std::string::npos;
  if (found == std::string::npos) {
    if (must) c.in.raise("ValueError", "substring not found", c.at);
    return Value(Integer{-1});
  }
  return Value(static_cast<Integer>(code_points(std::string_view(c.s()).substr(0, found))));
}
Value find(const Call& c) { return find_any(c, false, false); }
Value rfind(const Call& c) { return find_any(c, true, false); }
Value index(const Call& c) { return find_any(c, false, true); }
Value rindex(const Call& c) { return find_any(c, true, true); }

Value count(const Call& c) {
  const std::string* s = c.str(0);
  if (s == nullptr || s->empty() || c.arguments.positional.size() > 1) {
    return c.in.unknown("count() of something unknown");
  }
  Integer n = 0;
  for (std::size_t at = c.s().find(*s); at != std::string::npos;
       at = c.s().find(*s, at + s->size()))
    ++n;
  return Value(n);
}

template <typename F>
Value test(const Call& c, F holds) {
  if (!is_ascii(c.s())) return not_ascii(c);
  return Value(!c.s().empty() && std::ranges::all_of(c.s(), holds));
}
Value isdigit(const Call& c) { return test(c, is_digit); }
Value isalpha(const Call& c) { return test(c, is_alpha); }
Value isalnum(const Call& c) {
  return test(c, [](char x) { return is_alpha(x) || is_digit(x); });
}
Value isspace(const Call& c) {
  return test(c, [](char x) { return kBlanks.find(x) != std::string_view::npos; });
}
Value cased(const Call& c, bool want_upper) {
  if (!is_ascii(c.s())) return not_ascii(c);
  bool letters = false;
  for (const char x : c.s()) {
    if (!is_alpha(x)) continue;
    letters = true;
    if ((upper(x) == x) != want_upper) return Value(false);
  }
  return Value(letters);
}
Value isupper(const Call& c) { return cased(c, true); }
Value islower(const Call& c) { return cased(c, false); }
Value isidentifier(const Call& c) {
  if (!is_ascii(c.s())) return not_ascii(c);
  if (c.s().empty() || is_digit(c.s()[0])) return Value(false);
  return Value(
      std::ranges::all_of(c.s(), [](char x) { return is_alpha(x) || is_digit(x) || x == '_'; }));
}

constexpr std::size_t kMaxPadding = 100'000;

Value pad(const Call& c, char how) {
  const auto width = c.integer(0, "width");
  if (!width) return c.in.unknown("padding by an unknown width");
  const std::string* fill = c.str(1, "fillchar");
  const std::string filler = how == '0' ? "0" : fill == nullptr ? " " : *fill;
  const auto size = static_cast<Integer>(code_points(c.s()));
  if (*width <= size) return c.part(0, c.s().size());
  const auto missing = static_cast<std::size_t>(*width - size);
  if (missing > kMaxPadding) return c.in.unknown("a str that is too long");
  std::size_t left = 0;
  if (how == '>' || how == '0') left = missing;
  if (how == '^') left = missing / 2 + (missing & static_cast<std::size_t>(*width) & 1U);
  std::string before;
  std::string after;
  for (std::size_t i = 0; i < missing; ++i) (i < left ? before : after) += filler;
  if (how == '0' && !c.s().empty() && (c.s()[0] == '-' || c.s()[0] == '+')) {
    return c.derived(c.s().substr(0, 1) + before + c.s().substr(1));
  }
  MappedText out;
  c.in.append_part(out, c.derived(before), c.at);
  c.in.append_part(out, c.part(0, c.s().size()), c.at);
  c.in.append_part(out, c.derived(after), c.at);
  return c.in.make_text(std::move(out), c.at);
}
Value ljust(const Call& c) { return pad(c, '<'); }
Value rjust(const Call& c) { return pad(c, '>'); }
Value center(const Call& c) { return pad(c, '^'); }
Value zfill(const Call& c) { return pad(c, '0'); }

Value expandtabs(const Call& c) {
  const auto size = c.integer(0, "tabsize").value_or(8);
  if (size < 0 || size > 100) return c.in.unknown("expandtabs()");
  std::string out;
  Integer column = 0;
  for (const char x : c.s()) {
    if (x == '\t' && size > 0) {
      const Integer n = size - column % size;
      out.append(static_cast<std::size_t>(n), ' ');
      column += n;
    } else if (x != '\t') {
      out += x;
      column = x == '\n' || x == '\r' ? 0 : column + 1;
    }
  }
  return c.derived(out);
}

Value encode(const Call& c) { return Value(Bytes{c.s()}); }

Value translate(const Call& c) {
  const Value* table = c.arg(0);
  const Dict* dict = table == nullptr ? nullptr : table->dict();
  if (dict == nullptr || !dict->complete || !is_ascii(c.s())) return c.in.unknown("translate()");
  std::string out;
  for (const char x : c.s()) {
    const auto found = dict_get(*dict, Value(static_cast<Integer>(x)));
    if (!found) return c.in.unknown("translate()");
    if (*found == nullptr) {
      out += x;
    } else if (const MappedText* s = (*found)->str()) {
      out += s->text;
    } else if (const Integer* n = (*found)->as<Integer>(); n != nullptr && *n > 0 && *n < 128) {
      out += static_cast<char>(*n);
    } else if (!(*found)->is_none()) {
      return c.in.unknown("translate()");
    }
  }
  return c.derived(out);
}

Value format(const Call& c) { return format_method(c.in, c.self, c.arguments, c.at); }

struct Method {
  std::string_view name;
  Value (*run)(const Call&);
  bool takes_holes = false;  ///< Makes sense of a str with unknown parts.
};

Value format_map(const Call& c) {
  const Value* mapping = c.arg(0);
  Arguments arguments;
  if (mapping != nullptr && mapping->dict() != nullptr) {
    for (const auto& [key, value] : mapping->dict()->items) {
      if (key.str() != nullptr) arguments.keywords.emplace_back(key.str()->text, value);
    }
  }
  return format_method(c.in, c.self, arguments, c.at);
}

constexpr std::array kMethods = std::to_array<Method>({
    {"capitalize", capitalize},
    {"casefold", to_lower},
    {"center", center},
    {"count", count},
    {"encode", encode},
    {"endswith", endswith, true},
    {"expandtabs", expandtabs},
    {"find", find},
    {"format", format, true},
    {"format_map", format_map, true},
    {"index", index},
    {"isalnum", isalnum},
    {"isalpha", isalpha},
    {"isdecimal", isdigit},
    {"isdigit", isdigit},
    {"isidentifier", isidentifier},
    {"islower", islower},
    {"isnumeric", isdigit},
    {"isspace", isspace},
    {"isupper", isupper},
    {"join", join, true},
    {"ljust", ljust},
    {"lower", to_lower},
    {"lstrip", strip_left, true},
    {"partition", partition},
    {"removeprefix", remove_prefix},
    {"removesuffix", remove_suffix},
    {"replace", replace, true},
    {"rfind", rfind},
    {"rindex", rindex},
    {"rjust", rjust},
    {"rpartition", rpartition},
    {"rsplit", rsplit},
    {"rstrip", strip_right, true},
    {"split", split},
    {"splitlines", splitlines, true},
    {"startswith", startswith, true},
    {"strip", strip_both, true},
    {"swapcase", swapcase},
    {"title", title},
    {"translate", translate},
    {"upper", to_upper},
    {"zfill", zfill},
});
static_assert(std::ranges::is_sorted(kMethods, {}, &Method::name));

}  // namespace

std::optional<Value> call_str_method(Interpreter& in, const Value& self, std::string_view name,
                                     const Arguments& arguments, const CallSite& site) {
  const auto found = std::ranges::lower_bound(kMethods, name, {}, &Method::name);
  if (found == kMethods.end() || found->name != name) return {};
  in.step(self.str()->text.size() / 256);
  if (!self.str()->known() && !found->takes_holes) return in.unknown("a str with unknown parts");
  return found->run({in, self, arguments, site.place});
}

bool has_str_method(std::string_view name) {
  const auto found = std::ranges::lower_bound(kMethods, name, {}, &Method::name);
  return found != kMethods.end() && found->name == name;
}

}  // namespace forelock::python
