// Builtin functions and types.

#include "analyzer/python/builtins.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "analyzer/python/files.h"
#include "analyzer/python/format.h"
#include "analyzer/python/literal.h"

namespace forelock::python {
namespace {

using text::MappedText;
using Kind = Sequence::Kind;

const Value* arg(const NativeCall& c, std::size_t i, std::string_view name = "") {
  return c.arguments.find(name, i);
}

std::optional<Integer> integer(const Value* v) {
  if (v == nullptr) return {};
  if (const Integer* n = v->as<Integer>()) return *n;
  if (const bool* b = v->as<bool>()) return *b ? 1 : 0;
  return {};
}

Value unknown_of(const Interpreter& in, const Value* v, std::string_view what) {
  const Unknown* u = v == nullptr ? nullptr : v->as<Unknown>();
  return in.unknown(u != nullptr ? u->reason : std::string(what));
}

/// Items of an argument, and whether they are all.
struct Items {
  std::vector<Value> items;
  bool complete = true;
};
std::optional<Items> items_of(Interpreter& in, const Value* v, Place at) {
  if (v == nullptr) return {};
  if (auto all = in.iterate_value(*v, at)) return Items{std::move(*all), true};
  if (const Sequence* s = v->sequence()) return Items{s->items, false};
  return {};
}

Value len(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  if (v == nullptr) return in.unknown("len()");
  if (const MappedText* s = v->str()) {
    if (s->known()) return Value(static_cast<Integer>(code_points(s->text)));
    return in.unknown("the length of a str with unknown parts");
  }
  if (const Bytes* b = v->as<Bytes>()) return Value(static_cast<Integer>(b->data.size()));
  if (const Sequence* s = v->sequence(); s != nullptr && s->complete) {
    return Value(static_cast<Integer>(s->items.size()));
  }
  if (const Dict* d = v->dict(); d != nullptr && d->complete) {
    return Value(static_cast<Integer>(d->items.size()));
  }
  if (const auto* i = v->as<std::shared_ptr<Instance>>()) {
    if (const Value* method = find_member(*(*i)->type, "__len__")) {
      return in.call_simple(*method, {*v}, c.site.place);
    }
  }
  if (const auto all = in.iterate_value(*v, c.site.place))
    return Value(static_cast<Integer>(all->size()));
  return unknown_of(in, v, "the length of something unknown");
}

Value range(Interpreter& in, const NativeCall& c) {
  Integer from = 0;
  std::optional<Integer> to;
  Integer stride = 1;
  if (c.arguments.positional.size() == 1) {
    to = integer(arg(c, 0));
  } else {
    const auto begin = integer(arg(c, 0));
    to = integer(arg(c, 1));
    if (!begin) return in.unknown("a range with unknown bounds");
    from = *begin;
    if (arg(c, 2) != nullptr) {
      const auto s = integer(arg(c, 2));
      if (!s || *s == 0) return in.unknown("a range with unknown bounds");
      stride = *s;
    }
  }
  if (!to) return in.unknown("a range with unknown bounds");
  std::vector<Value> items;
  const std::size_t most = in.limits().max_loop_iterations;
  for (Integer i = from; stride > 0 ? i < *to : i > *to;) {
    if (items.size() > most) return in.make_list(Kind::kList, std::move(items), false);
    items.emplace_back(i);
    if (__builtin_add_overflow(i, stride, &i)) break;
  }
  in.step(items.size() / 8);
  return in.make_list(Kind::kList, std::move(items));
}

Value enumerate(Interpreter& in, const NativeCall& c) {
  const auto items = items_of(in, arg(c, 0), c.site.place);
  if (!items) return unknown_of(in, arg(c, 0), "enumerate() of something unknown");
  Integer n = integer(arg(c, 1, "start")).value_or(0);
  std::vector<Value> out;
  for (const Value& v : items->items) out.push_back(in.make_list(Kind::kTuple, {Value(n++), v}));
  in.step(out.size() / 4);
  return in.make_list(Kind::kList, std::move(out), items->complete);
}

Value zip(Interpreter& in, const NativeCall& c) {
  std::vector<std::vector<Value>> columns;
  std::size_t shortest = c.arguments.positional.empty() ? 0 : SIZE_MAX;
  for (const Value& v : c.arguments.positional) {
    auto items = in.iterate_value(v, c.site.place);
    if (!items) return unknown_of(in, &v, "zip() of something unknown");
    shortest = std::min(shortest, items->size());
    columns.push_back(std::move(*items));
  }
  std::vector<Value> out;
  for (std::size_t i = 0; i < shortest; ++i) {
    std::vector<Value> row;
    for (const auto& column : columns) row.push_back(column[i]);
    if (!in.step()) return in.unknown("too large");
    out.push_back(in.make_list(Kind::kTuple, std::move(row)));
  }
  return in.make_list(Kind::kList, std::move(out));
}

Value sorted(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  const auto items = v == nullptr ? std::nullopt : in.iterate_value(*v, c.site.place);
  if (!items) return unknown_of(in, v, "sorted() of something unknown");
  if (auto out = sort_values(in, *items, c.arguments, c.site.place)) {
    return in.make_list(Kind::kList, std::move(*out));
  }
  return in.unknown("an order that is not known");
}

Value reversed(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  auto items = v == nullptr ? std::nullopt : in.iterate_value(*v, c.site.place);
  if (!items) return unknown_of(in, v, "reversed() of something unknown");
  std::ranges::reverse(*items);
  return in.make_list(Kind::kList, std::move(*items));
}

Value extreme(Interpreter& in, const NativeCall& c, int sign) {
  std::optional<std::vector<Value>> items;
  if (c.arguments.positional.size() == 1) {
    items = in.iterate_value(c.arguments.positional.front(), c.site.place);
  } else {
    items = c.arguments.positional;
  }
  const Value* key = arg(c, Arguments::npos, "key");
  if (!items) return unknown_of(in, arg(c, 0), "min() of something unknown");
  if (items->empty()) {
    const Value* fallback = arg(c, Arguments::npos, "default");
    if (fallback != nullptr) return *fallback;
    in.raise("ValueError", "arg is an empty sequence", c.site.place);
    return in.unknown("min() of nothing");
  }
  const auto keyed = [&](const Value& v) {
    return key == nullptr || key->is_none() ? v : in.call_simple(*key, {v}, c.site.place);
  };
  std::size_t best = 0;
  Value best_key = keyed((*items)[0]);
  for (std::size_t i = 1; i < items->size(); ++i) {
    Value k = keyed((*items)[i]);
    const auto order = order_values(k, best_key);
    if (!order || !in.step()) return in.unknown("an order that is not known");
    if (*order * sign > 0) {
      best = i;
      best_key = std::move(k);
    }
  }
  return (*items)[best];
}
Value min(Interpreter& in, const NativeCall& c) { return extreme(in, c, -1); }
Value max(Interpreter& in, const NativeCall& c) { return extreme(in, c, 1); }

Value sum(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  const auto items = v == nullptr ? std::nullopt : in.iterate_value(*v, c.site.place);
  if (!items) return unknown_of(in, v, "sum() of something unknown");
  const Value* start = arg(c, 1, "start");
  Value total = start == nullptr ? Value(Integer{0}) : *start;
  for (const Value& item : *items) {
    if (!in.step()) return in.unknown("too large");
    total = in.binary(Op::kAdd, total, item, c.site.place);
  }
  return total;
}

Value quantify(Interpreter& in, const NativeCall& c, bool stop_at) {
  const auto items = items_of(in, arg(c, 0), c.site.place);
  if (!items) return unknown_of(in, arg(c, 0), "any() of something unknown");
  bool unsure = !items->complete;
  for (const Value& v : items->items) {
    const auto t = in.truth_of(v);
    if (t && *t == stop_at) return Value(stop_at);
    unsure = unsure || !t;
  }
  if (unsure) return in.unknown("any() of something unknown");
  return Value(!stop_at);
}
Value any(Interpreter& in, const NativeCall& c) { return quantify(in, c, true); }
Value all(Interpreter& in, const NativeCall& c) { return quantify(in, c, false); }

Value map(Interpreter& in, const NativeCall& c) {
  if (c.arguments.positional.size() < 2) return in.unknown("map()");
  std::vector<std::vector<Value>> columns;
  std::size_t shortest = SIZE_MAX;
  for (std::size_t i = 1; i < c.arguments.positional.size(); ++i) {
    auto items = in.iterate_value(c.arguments.positional[i], c.site.place);
    if (!items) return unknown_of(in, &c.arguments.positional[i], "map() over something unknown");
    shortest = std::min(shortest, items->size());
    columns.push_back(std::move(*items));
  }
  std::vector<Value> out;
  for (std::size_t i = 0; i < shortest && in.step(); ++i) {
    std::vector<Value> row;
    for (const auto& column : columns) row.push_back(column[i]);
    out.push_back(in.call_simple(c.arguments.positional[0], std::move(row), c.site.place));
  }
  return in.make_list(Kind::kList, std::move(out));
}

Value filter(Interpreter& in, const NativeCall& c) {
  if (c.arguments.positional.size() < 2) return in.unknown("filter()");
  const Value& test = c.arguments.positional[0];
  const auto items = in.iterate_value(c.arguments.positional[1], c.site.place);
  if (!items) return unknown_of(in, &c.arguments.positional[1], "filter() of something unknown");
  std::vector<Value> out;
  bool complete = true;
  for (const Value& v : *items) {
    if (!in.step()) break;
    const auto t = in.truth_of(test.is_none() ? v : in.call_simple(test, {v}, c.site.place));
    if (!t) complete = false;
    if (t && *t) out.push_back(v);
  }
  return in.make_list(Kind::kList, std::move(out), complete);
}

Value make_str(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0, "object");
  if (v == nullptr) return in.make_text("", c.site.place);
  if (const Bytes* b = v->as<Bytes>()) {
    if (arg(c, 1, "encoding") != nullptr) return in.make_text(b->data, c.site.place);
  }
  return in.text_of(*v, c.site.place);
}

std::string_view trimmed(std::string_view s) {
  constexpr std::string_view kBlanks = " \t\n\r\v\f";
  const std::size_t begin = s.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return s.substr(begin, s.find_last_not_of(kBlanks) - begin + 1);
}

/// A default that stands for what the environment says, all of digits: shown as a number, too.
bool is_number_of_environment(const MappedText& text) {
  return text.holes.size() == 1 && text.holes[0].begin_byte == 0 &&
         text.holes[0].end_byte == text.text.size() && !text.text.empty() &&
         std::ranges::all_of(text.text, [](char c) { return c >= '0' && c <= '9'; });
}

Value make_int(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  if (v == nullptr) return Value(Integer{0});
  if (const auto n = integer(v)) return Value(*n);
  if (const double* d = v->as<double>()) {
    if (std::fabs(*d) < 9e18) return Value(static_cast<Integer>(*d));
    return in.unknown("an int beyond 64 bits");
  }
  const MappedText* s = v->str();
  if (s != nullptr && is_number_of_environment(*s)) return *v;
  if (s == nullptr || !s->known()) return unknown_of(in, v, "int() of something unknown");
  const auto base =
      arg(c, 1, "base") == nullptr ? std::optional<Integer>(10) : integer(arg(c, 1, "base"));
  if (!base || *base < 2 || *base > 36) return in.unknown("int() with an unknown base");
  std::string digits;
  for (const char x : trimmed(s->text)) {
    if (x != '_') digits += x;
  }
  std::size_t skip = 0;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) skip = 1;
  if (*base == 16 &&
      (digits.substr(skip).starts_with("0x") || digits.substr(skip).starts_with("0X")))
    skip += 2;
  Integer n = 0;
  const auto r = std::from_chars(digits.data() + skip, digits.data() + digits.size(), n,
                                 static_cast<int>(*base));
  if (r.ec == std::errc::result_out_of_range) return in.unknown("an int beyond 64 bits");
  if (r.ec != std::errc{} || r.ptr != digits.data() + digits.size()) {
    in.raise("ValueError", "invalid literal for int()", c.site.place);
    return in.unknown("int() of what is no number");
  }
  return Value(negative ? -n : n);
}

Value make_float(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  if (v == nullptr) return Value(0.0);
  if (const double* d = v->as<double>()) return Value(*d);
  if (const auto n = integer(v)) return Value(static_cast<double>(*n));
  const MappedText* s = v->str();
  if (s == nullptr || !s->known()) return unknown_of(in, v, "float() of something unknown");
  const std::string_view digits = trimmed(s->text);
  double d = 0;
  const auto r = std::from_chars(digits.data(), digits.data() + digits.size(), d);
  if (r.ec != std::errc{} || r.ptr != digits.data() + digits.size()) {
    return in.unknown("float() of what is no number");
  }
  return Value(d);
}

Value make_bool(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  if (v == nullptr) return Value(false);
  if (const auto t = in.truth_of(*v)) return Value(*t);
  return unknown_of(in, v, "the truth of something unknown");
}

Value collect(Interpreter& in, const NativeCall& c, Kind kind) {
  if (c.arguments.positional.empty()) return in.make_list(kind, {});
  const auto items = items_of(in, arg(c, 0), c.site.place);
  if (!items) {
    // Nothing of it is known, but it is a list.
    if (arg(c, 0)->is_unknown()) return unknown_of(in, arg(c, 0), "");
    return in.make_list(kind, {}, false);
  }
  if (kind != Kind::kSet) return in.make_list(kind, items->items, items->complete);
  std::vector<Value> unique;
  for (const Value& v : items->items) {
    if (!in.step(unique.size() / 8)) return in.unknown("too large");
    if (std::ranges::none_of(unique, [&](const Value& o) { return equal(o, v).value_or(false); })) {
      unique.push_back(v);
    }
  }
  return in.make_list(kind, std::move(unique), items->complete);
}
Value make_list(Interpreter& in, const NativeCall& c) { return collect(in, c, Kind::kList); }
Value make_tuple(Interpreter& in, const NativeCall& c) { return collect(in, c, Kind::kTuple); }
Value make_set(Interpreter& in, const NativeCall& c) { return collect(in, c, Kind::kSet); }

Value make_dict(Interpreter& in, const NativeCall& c) {
  const Value dict = in.make_dict({});
  if (const auto* d = dict.as<std::shared_ptr<Dict>>()) {
    call_dict_method(in, *d, "update", c.arguments, c.site);
  }
  return dict;
}

Value is_instance_native(Interpreter& in, const NativeCall& c) {
  if (c.arguments.positional.size() < 2) return in.unknown("isinstance()");
  const Value& object = c.arguments.positional[0];
  const Value& type = c.arguments.positional[1];
  if (const auto known = is_instance(object, type)) return Value(*known);
  if (object.symbol() != nullptr && type.symbol() != nullptr) {
    if (const auto known = in.host().is_instance(*object.symbol(), *type.symbol())) {
      return Value(*known);
    }
  }
  return in.unknown("the type of something unknown");
}

Value is_subclass_native(Interpreter& in, const NativeCall& c) {
  if (c.arguments.positional.size() < 2) return in.unknown("issubclass()");
  const auto* a = c.arguments.positional[0].as<std::shared_ptr<Class>>();
  const auto* b = c.arguments.positional[1].as<std::shared_ptr<Class>>();
  if (a == nullptr || b == nullptr) return in.unknown("issubclass() of something unknown");
  if (is_subclass(**a, **b)) return Value(true);
  if ((*a)->has_symbol_base) return in.unknown("issubclass() of something unknown");
  return Value(false);
}

Value hasattr(Interpreter& in, const NativeCall& c) {
  if (c.arguments.positional.size() < 2) return in.unknown("hasattr()");
  const Value& object = c.arguments.positional[0];
  const MappedText* name = c.arguments.positional[1].str();
  if (name == nullptr || !name->known()) return in.unknown("hasattr() of an unknown name");
  if (find_attribute(object, name->text) != nullptr || has_method(object, name->text))
    return Value(true);
  if (object.symbol() != nullptr || object.is_unknown() ||
      object.as<std::shared_ptr<Module>>() != nullptr) {
    return in.unknown("an attribute of something unknown");
  }
  const auto* i = object.as<std::shared_ptr<Instance>>();
  const auto* t = object.as<std::shared_ptr<Class>>();
  if ((i != nullptr && (*i)->type->has_symbol_base) || (t != nullptr && (*t)->has_symbol_base)) {
    return in.unknown("an attribute of something unknown");
  }
  return Value(false);
}

Value getattr(Interpreter& in, const NativeCall& c) {
  if (c.arguments.positional.size() < 2) return in.unknown("getattr()");
  const Value& object = c.arguments.positional[0];
  const MappedText* name = c.arguments.positional[1].str();
  if (name == nullptr || !name->known()) {
    return unknown_of(in, &c.arguments.positional[1], "an attribute with an unknown name");
  }
  Value v = in.attribute(object, name->text, c.site.place);
  const bool missing = v.is_unknown() && !object.is_unknown() && object.symbol() == nullptr &&
                       object.as<std::shared_ptr<Module>>() == nullptr &&
                       find_attribute(object, name->text) == nullptr;
  if (missing && c.arguments.positional.size() > 2) return c.arguments.positional[2];
  return v;
}

Value setattr(Interpreter& in, const NativeCall& c) {
  if (c.arguments.positional.size() < 3) return Value(None{});
  const Value& object = c.arguments.positional[0];
  const MappedText* name = c.arguments.positional[1].str();
  if (name == nullptr || !name->known()) return Value(None{});
  in.set_attribute(object, name->text, c.arguments.positional[2], c.site.place);
  return Value(None{});
}

Value nothing(Interpreter&, const NativeCall&) { return Value(None{}); }

Value repr(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  if (v != nullptr) {
    if (const auto s = to_repr(*v)) return in.make_text(*s, c.site.place);
  }
  return unknown_of(in, v, "repr() of something unknown");
}

Value type_of(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  if (v == nullptr) return in.unknown("type()");
  if (const auto type = class_of(*v)) return *type;
  const std::string name = type_name(*v);
  if (!name.empty()) {
    if (auto type = builtin(in, name)) return *type;
  }
  return unknown_of(in, v, "the type of something unknown");
}

Value absolute(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  if (const auto n = integer(v)) {
    if (*n == INT64_MIN) return in.unknown("an int beyond 64 bits");
    return Value(*n < 0 ? -*n : *n);
  }
  if (v != nullptr && v->as<double>() != nullptr) return Value(std::fabs(*v->as<double>()));
  return unknown_of(in, v, "abs() of something unknown");
}

Value round(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  if (const auto n = integer(v); n && arg(c, 1) == nullptr) return Value(*n);
  if (v == nullptr || v->as<double>() == nullptr)
    return unknown_of(in, v, "round() of something unknown");
  const double d = *v->as<double>();
  if (arg(c, 1, "ndigits") == nullptr) {
    if (std::fabs(d) > 9e18 || std::isnan(d)) return in.unknown("an int beyond 64 bits");
    return Value(static_cast<Integer>(std::nearbyint(d)));
  }
  const auto digits = integer(arg(c, 1, "ndigits"));
  if (!digits || *digits < 0 || *digits > 15) return in.unknown("round()");
  std::array<char, 512> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), d,
                                 std::chars_format::fixed, static_cast<int>(*digits));
  double out = 0;
  std::from_chars(buffer.data(), end.ptr, out);
  return Value(out);
}

Value next(Interpreter& in, const NativeCall& c) {
  // Iterators are lists here, so only the first of a fresh one is known.
  const Value* v = arg(c, 0);
  const auto items = items_of(in, v, c.site.place);
  if (!items) return unknown_of(in, v, "the next of something unknown");
  if (const auto* list = v->as<std::shared_ptr<Sequence>>();
      list != nullptr && (*list)->kind == Kind::kList) {
    if (!items->items.empty()) {
      Value first = items->items.front();
      std::vector<Value>& all = in.write(*list);
      all.erase(all.begin());
      return first;
    }
  }
  if (!items->items.empty()) return items->items.front();
  if (items->complete && arg(c, 1) != nullptr) return *arg(c, 1);
  if (items->complete) in.raise("StopIteration", "", c.site.place);
  return in.unknown("the next of something unknown");
}

Value iter(Interpreter& in, const NativeCall& c) { return collect(in, c, Kind::kList); }

Value callable(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  if (v == nullptr || v->is_unknown() || v->symbol() != nullptr) return in.unknown("callable()");
  return Value(v->as<std::shared_ptr<const Function>>() != nullptr ||
               v->as<std::shared_ptr<Class>>() != nullptr);
}

Value chr(Interpreter& in, const NativeCall& c) {
  const auto n = integer(arg(c, 0));
  if (!n || *n < 0 || *n > 0x10FFFF) return unknown_of(in, arg(c, 0), "chr()");
  std::string out;
  append_utf8(out, static_cast<std::uint32_t>(*n));
  return in.make_text(out, c.site.place);
}

Value ord(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  const MappedText* s = v == nullptr ? nullptr : v->str();
  if (s == nullptr || !s->known() || s->text.empty()) return unknown_of(in, v, "ord()");
  const auto first = static_cast<unsigned char>(s->text[0]);
  if (first < 0x80) return Value(static_cast<Integer>(first));
  Integer code = first < 0xE0 ? first & 0x1F : first < 0xF0 ? first & 0x0F : first & 0x07;
  for (std::size_t i = 1; i < s->text.size(); ++i)
    code = code * 64 + (static_cast<unsigned char>(s->text[i]) & 0x3F);
  return Value(code);
}

Value in_base(Interpreter& in, const NativeCall& c, std::string_view prefix, int base) {
  const auto n = integer(arg(c, 0));
  if (!n || *n == INT64_MIN) return unknown_of(in, arg(c, 0), "hex()");
  std::array<char, 80> buffer{};
  const Integer magnitude = *n < 0 ? -*n : *n;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude, base);
  return in.make_text(
      (*n < 0 ? "-" : "") + std::string(prefix) + std::string(buffer.data(), end.ptr),
      c.site.place);
}
Value hex(Interpreter& in, const NativeCall& c) { return in_base(in, c, "0x", 16); }
Value oct(Interpreter& in, const NativeCall& c) { return in_base(in, c, "0o", 8); }
Value bin(Interpreter& in, const NativeCall& c) { return in_base(in, c, "0b", 2); }

Value divmod(Interpreter& in, const NativeCall& c) {
  if (c.arguments.positional.size() < 2) return in.unknown("divmod()");
  const Value& a = c.arguments.positional[0];
  const Value& b = c.arguments.positional[1];
  return in.make_list(Kind::kTuple, {in.binary(Op::kFloorDiv, a, b, c.site.place),
                                     in.binary(Op::kMod, a, b, c.site.place)});
}

Value power(Interpreter& in, const NativeCall& c) {
  if (c.arguments.positional.size() != 2) return in.unknown("pow()");
  return in.binary(Op::kPow, c.arguments.positional[0], c.arguments.positional[1], c.site.place);
}

Value format_native(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  const Value* spec = arg(c, 1);
  if (v == nullptr) return in.unknown("format()");
  MappedText out;
  if (spec != nullptr && (spec->str() == nullptr || !spec->str()->known())) {
    append_hole(out, c.site.place);
  } else {
    append_formatted(in, out, *v, spec == nullptr ? "" : spec->str()->text, c.site.place);
  }
  return in.make_text(std::move(out), c.site.place);
}

Value make_bytes(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  if (v == nullptr) return Value(Bytes{});
  if (v->str() != nullptr && v->str()->known()) return Value(Bytes{v->str()->text});
  if (v->as<Bytes>() != nullptr) return *v;
  return unknown_of(in, v, "bytes() of something unknown");
}

Value identity(Interpreter& in, const NativeCall& c) {
  const Value* v = arg(c, 0);
  return v == nullptr ? in.unknown("nothing") : *v;
}

Value open_named_file(Interpreter& in, const NativeCall& c) {
  return open_file(in, c.arguments, c.site.place);
}
Value input(Interpreter& in, const NativeCall&) { return in.unknown("what a user types"); }
Value evaluate(Interpreter& in, const NativeCall& c) {
  in.not_followed(std::string(c.function.name) + "()", c.site.place);
  return in.unknown("what " + c.function.name + "() gives");
}
Value object(Interpreter& in, const NativeCall&) { return in.unknown("an object()"); }
Value hash(Interpreter& in, const NativeCall&) { return in.unknown("a hash"); }

struct Builtin {
  std::string_view name;
  Native native;
  bool is_type = false;
};

constexpr std::array kBuiltins = std::to_array<Builtin>({
    {"__import__", evaluate},
    {"abs", absolute},
    {"all", all},
    {"any", any},
    {"ascii", repr},
    {"basestring", make_str, true},
    {"bin", bin},
    {"bool", make_bool, true},
    {"bytearray", make_bytes, true},
    {"bytes", make_bytes, true},
    {"callable", callable},
    {"chr", chr},
    {"classmethod", identity, true},
    {"compile", evaluate},
    {"delattr", nothing},
    {"dict", make_dict, true},
    {"dir", hash},
    {"divmod", divmod},
    {"enumerate", enumerate},
    {"eval", evaluate},
    {"exec", evaluate},
    {"exit", nothing},
    {"filter", filter},
    {"float", make_float, true},
    {"format", format_native},
    {"frozenset", make_set, true},
    {"getattr", getattr},
    {"hasattr", hasattr},
    {"hash", hash},
    {"help", nothing},
    {"hex", hex},
    {"id", hash},
    {"input", input},
    {"int", make_int, true},
    {"isinstance", is_instance_native},
    {"issubclass", is_subclass_native},
    {"iter", iter},
    {"len", len},
    {"list", make_list, true},
    {"long", make_int, true},
    {"map", map},
    {"max", max},
    {"memoryview", identity, true},
    {"min", min},
    {"next", next},
    {"object", object, true},
    {"oct", oct},
    {"open", open_named_file},
    {"ord", ord},
    {"pow", power},
    {"print", nothing},
    {"property", identity, true},
    {"range", range, true},
    {"raw_input", input},
    {"repr", repr},
    {"reversed", reversed},
    {"round", round},
    {"set", make_set, true},
    {"setattr", setattr},
    {"sorted", sorted},
    {"staticmethod", identity, true},
    {"str", make_str, true},
    {"sum", sum},
    {"tuple", make_tuple, true},
    {"type", type_of, true},
    {"unichr", chr},
    {"unicode", make_str, true},
    {"xrange", range, true},
    {"zip", zip},
});
static_assert(std::ranges::is_sorted(kBuiltins, {}, &Builtin::name));

}  // namespace

std::optional<Value> builtin(Interpreter& in, std::string_view name) {
  const auto found = std::ranges::lower_bound(kBuiltins, name, {}, &Builtin::name);
  if (found == kBuiltins.end() || found->name != name) {
    if (name == "NotImplemented" || name == "Ellipsis") return Value(None{});
    if (name == "NoneType") return in.make_native(name, nothing, {}, true);
    return {};
  }
  return in.make_native(found->name, found->native, {}, found->is_type);
}

std::optional<bool> is_instance(const Value& value, const Value& type) {
  if (const Sequence* types = type.sequence()) {
    bool unsure = !types->complete;
    for (const Value& one : types->items) {
      const auto known = is_instance(value, one);
      if (known && *known) return true;
      unsure = unsure || !known;
    }
    if (unsure) return {};
    return false;
  }
  if (value.is_unknown() || type.is_unknown()) return {};
  const std::string name = type_name(value);
  if (const auto* f = type.as<std::shared_ptr<const Function>>()) {
    if (!(*f)->is_type) return {};
    if ((*f)->name == "object") return true;
    if (value.symbol() != nullptr) {
      // What a Host made is none of the builtin types.
      return value.symbol()->kind == Symbol::Kind::kObject ? std::optional(false) : std::nullopt;
    }
    if (const auto* i = value.as<std::shared_ptr<Instance>>()) {
      if (is_subclass_of_name(*(*i)->type, (*f)->name)) return true;
      if ((*f)->name == "str" && is_subclass_of_name(*(*i)->type, "enum.StrEnum")) return true;
      if ((*f)->name == "int" && is_subclass_of_name(*(*i)->type, "enum.IntEnum")) return true;
      if ((*f)->name == "tuple" && (*i)->type->is_named_tuple) return true;
      if ((*i)->type->has_symbol_base) return {};
      return false;
    }
    if ((*f)->name == "int" && name == "bool") return true;
    if ((*f)->name == "set" || (*f)->name == "frozenset") return name == "set";
    if ((*f)->name == "basestring" || (*f)->name == "unicode") return name == "str";
    return (*f)->name == name;
  }
  if (const auto* c = type.as<std::shared_ptr<Class>>()) {
    const auto* i = value.as<std::shared_ptr<Instance>>();
    if (i != nullptr && is_subclass(*(*i)->type, **c)) return true;
    if (i != nullptr && (*i)->type->has_symbol_base) return {};
    if (value.symbol() != nullptr) return {};
    return false;
  }
  if (const Symbol* s = type.symbol(); s != nullptr && s->kind == Symbol::Kind::kName) {
    if (const auto* i = value.as<std::shared_ptr<Instance>>()) {
      if (is_subclass_of_name(*(*i)->type, s->name)) return true;
      return {};
    }
    if (value.symbol() != nullptr) {
      if (value.symbol()->kind == Symbol::Kind::kCall && value.symbol()->path() == s->name)
        return true;
      return {};
    }
    return {};
  }
  return {};
}

std::optional<std::vector<Value>> sort_values(Interpreter& in, std::vector<Value> items,
                                              const Arguments& arguments, Place at) {
  const Value* key = arguments.find("key");
  const Value* reverse = arguments.find("reverse");
  bool descending = false;
  if (reverse != nullptr) {
    const auto t = in.truth_of(*reverse);
    if (!t) return {};
    descending = *t;
  }
  std::vector<std::pair<Value, Value>> keyed;
  for (Value& item : items) {
    Value k = key == nullptr || key->is_none() ? item : in.call_simple(*key, {item}, at);
    keyed.emplace_back(std::move(k), std::move(item));
  }
  if (!in.step(keyed.size() * 4)) return {};
  // All must be ordered among each other before they are sorted.
  for (std::size_t i = 1; i < keyed.size(); ++i) {
    if (!order_values(keyed[0].first, keyed[i].first)) return {};
  }
  std::ranges::stable_sort(keyed, [&](const auto& a, const auto& b) {
    const int order = order_values(a.first, b.first).value_or(0);
    return descending ? order > 0 : order < 0;
  });
  std::vector<Value> out;
  out.reserve(keyed.size());
  for (auto& [k, item] : keyed) out.push_back(std::move(item));
  return out;
}

}  // namespace forelock::python
