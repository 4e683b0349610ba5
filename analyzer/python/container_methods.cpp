// Methods of list, tuple, set and dict.

#include <algorithm>
#include <array>

#include "analyzer/python/builtins.h"
#include "analyzer/python/format.h"

namespace forelock::python {
namespace {

using Kind = Sequence::Kind;

struct ListCall {
  Interpreter& in;
  const std::shared_ptr<Sequence>& self;
  const Arguments& arguments;
  Place at;

  [[nodiscard]] const Value* arg(std::size_t i, std::string_view name = "") const {
    return arguments.find(name, i);
  }
  [[nodiscard]] std::optional<std::vector<Value>> items(std::size_t i) const {
    const Value* v = arg(i);
    if (v == nullptr) return {};
    return in.iterate_value(*v, at);
  }
};

bool holds(const std::vector<Value>& items, const Value& v) {
  return std::ranges::any_of(items, [&](const Value& o) { return equal(o, v).value_or(false); });
}

Value append(const ListCall& c) {
  if (const Value* v = c.arg(0)) {
    // After something unknown the position is not known, but lists of columns keep their order.
    std::vector<Value>& items = c.in.write(c.self);
    if (c.self->complete) items.push_back(*v);
  }
  return Value(None{});
}

Value extend(const ListCall& c) {
  const auto more = c.items(0);
  std::vector<Value>& items = c.in.write(c.self);
  if (more && c.self->complete) {
    if (c.in.charge(more->size() * sizeof(Value)))
      items.insert(items.end(), more->begin(), more->end());
  } else {
    c.self->complete = false;
  }
  return Value(None{});
}

Value insert(const ListCall& c) {
  const Value* where = c.arg(0);
  const Value* v = c.arg(1);
  const Integer* n = where == nullptr ? nullptr : where->as<Integer>();
  std::vector<Value>& items = c.in.write(c.self);
  if (n == nullptr || v == nullptr || !c.self->complete) {
    items.clear();
    c.self->complete = false;
    return Value(None{});
  }
  const auto size = static_cast<Integer>(items.size());
  const Integer i = std::clamp<Integer>(*n < 0 ? *n + size : *n, 0, size);
  if (c.in.step(items.size() / 16)) items.insert(items.begin() + i, *v);
  return Value(None{});
}

Value pop(const ListCall& c) {
  const Value* where = c.arg(0);
  std::vector<Value>& items = c.in.write(c.self);
  const auto size = static_cast<Integer>(items.size());
  Integer i = size - 1;
  if (where != nullptr) {
    const Integer* n = where->as<Integer>();
    i = n == nullptr ? -1 : *n < 0 ? *n + size : *n;
  }
  if (!c.self->complete || i < 0 || i >= size) {
    if (c.self->complete && size == 0) {
      c.in.raise("IndexError", "pop from empty list", c.at);
    } else {
      items.clear();
      c.self->complete = false;
    }
    return c.in.unknown("an item that was popped");
  }
  Value v = items[static_cast<std::size_t>(i)];
  items.erase(items.begin() + i);
  return v;
}

Value remove(const ListCall& c) {
  const Value* v = c.arg(0);
  if (v == nullptr) return Value(None{});
  std::vector<Value>& items = c.in.write(c.self);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto same = equal(items[i], *v);
    if (same && !*same) continue;
    if (!same) {
      items.resize(i);
      c.self->complete = false;
      return Value(None{});
    }
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(i));
    return Value(None{});
  }
  if (c.self->complete) c.in.raise("ValueError", "list.remove(x): x not in list", c.at);
  return Value(None{});
}

Value discard(const ListCall& c) {
  const Value* v = c.arg(0);
  if (v == nullptr) return Value(None{});
  std::vector<Value>& items = c.in.write(c.self);
  std::erase_if(items, [&](const Value& o) {
    const auto same = equal(o, *v);
    if (!same) c.self->complete = false;
    return same.value_or(true);
  });
  return Value(None{});
}

Value clear(const ListCall& c) {
  c.in.write(c.self).clear();
  c.self->complete = true;
  return Value(None{});
}

Value reverse(const ListCall& c) {
  std::vector<Value>& items = c.in.write(c.self);
  if (c.self->complete) {
    std::ranges::reverse(items);
  } else {
    items.clear();
  }
  return Value(None{});
}

Value sort(const ListCall& c) {
  std::optional<std::vector<Value>> sorted;
  if (c.self->complete) sorted = sort_values(c.in, c.self->items, c.arguments, c.at);
  std::vector<Value>& items = c.in.write(c.self);
  if (sorted) {
    items = std::move(*sorted);
  } else {
    for (Value& v : items) v = c.in.unknown("an item of a list whose order is not known");
  }
  return Value(None{});
}

Value copy(const ListCall& c) {
  return c.in.make_list(c.self->kind, c.self->items, c.self->complete);
}

Value index(const ListCall& c) {
  const Value* v = c.arg(0);
  if (v == nullptr) return c.in.unknown("index()");
  for (std::size_t i = 0; i < c.self->items.size(); ++i) {
    const auto same = equal(c.self->items[i], *v);
    if (!same) return c.in.unknown("index() of something unknown");
    if (*same) return Value(static_cast<Integer>(i));
  }
  if (c.self->complete) c.in.raise("ValueError", "not in list", c.at);
  return c.in.unknown("index() of something unknown");
}

Value count(const ListCall& c) {
  const Value* v = c.arg(0);
  if (v == nullptr || !c.self->complete) return c.in.unknown("count()");
  Integer n = 0;
  for (const Value& o : c.self->items) {
    const auto same = equal(o, *v);
    if (!same) return c.in.unknown("count() of something unknown");
    if (*same) ++n;
  }
  return Value(n);
}

Value add(const ListCall& c) {
  const Value* v = c.arg(0);
  if (v != nullptr && c.in.step(c.self->items.size() / 8)) {
    if (!holds(c.self->items, *v)) c.in.write(c.self).push_back(*v);
  }
  return Value(None{});
}

Value set_method(const ListCall& c, Op op) {
  Value result(c.self);
  for (std::size_t i = 0; i < c.arguments.positional.size(); ++i) {
    const auto other = c.items(i);
    if (!other) return c.in.unknown("an unknown set");
    std::vector<Value> unique;
    for (const Value& v : *other) {
      if (!c.in.step(unique.size() / 8)) return c.in.unknown("too large");
      if (!holds(unique, v)) unique.push_back(v);
    }
    result = c.in.binary(op, result, c.in.make_list(Kind::kSet, std::move(unique)), c.at);
  }
  return result;
}
Value set_union(const ListCall& c) { return set_method(c, Op::kBitOr); }
Value intersection(const ListCall& c) { return set_method(c, Op::kBitAnd); }
Value difference(const ListCall& c) { return set_method(c, Op::kSub); }
Value symmetric_difference(const ListCall& c) { return set_method(c, Op::kBitXor); }

Value update_by(const ListCall& c, Op op) {
  const Value result = set_method(c, op);
  std::vector<Value>& items = c.in.write(c.self);
  if (const Sequence* s = result.sequence()) {
    const std::vector<Value> fresh = s->items;
    c.self->complete = s->complete;
    items = fresh;
  } else {
    if (op != Op::kBitOr) items.clear();
    c.self->complete = false;
  }
  return Value(None{});
}
Value update(const ListCall& c) { return update_by(c, Op::kBitOr); }
Value difference_update(const ListCall& c) { return update_by(c, Op::kSub); }
Value intersection_update(const ListCall& c) { return update_by(c, Op::kBitAnd); }

Value compare_sets(const ListCall& c, Op op) {
  const auto other = c.items(0);
  if (!other) return c.in.unknown("an unknown set");
  const Value mine(c.self);
  const Value theirs = c.in.make_list(Kind::kSet, *other);
  return c.in.compare(op, mine, theirs, c.at);
}
Value issubset(const ListCall& c) { return compare_sets(c, Op::kLe); }
Value issuperset(const ListCall& c) { return compare_sets(c, Op::kGe); }
Value isdisjoint(const ListCall& c) {
  const auto other = c.items(0);
  if (!other || !c.self->complete) return c.in.unknown("an unknown set");
  return Value(
      std::ranges::none_of(*other, [&](const Value& v) { return holds(c.self->items, v); }));
}

struct ListMethod {
  std::string_view name;
  Value (*run)(const ListCall&);
  bool list = false, tuple = false, set = false;
};

constexpr std::array kListMethods = std::to_array<ListMethod>({
    {"add", add, false, false, true},
    {"append", append, true, false, false},
    {"appendleft", append, false, false, false},
    {"clear", clear, true, false, true},
    {"copy", copy, true, false, true},
    {"count", count, true, true, false},
    {"difference", difference, false, false, true},
    {"difference_update", difference_update, false, false, true},
    {"discard", discard, false, false, true},
    {"extend", extend, true, false, false},
    {"index", index, true, true, false},
    {"insert", insert, true, false, false},
    {"intersection", intersection, false, false, true},
    {"intersection_update", intersection_update, false, false, true},
    {"isdisjoint", isdisjoint, false, false, true},
    {"issubset", issubset, false, false, true},
    {"issuperset", issuperset, false, false, true},
    {"pop", pop, true, false, true},
    {"remove", remove, true, false, true},
    {"reverse", reverse, true, false, false},
    {"sort", sort, true, false, false},
    {"symmetric_difference", symmetric_difference, false, false, true},
    {"union", set_union, false, false, true},
    {"update", update, false, false, true},
});
static_assert(std::ranges::is_sorted(kListMethods, {}, &ListMethod::name));

bool fits(const ListMethod& m, Kind kind) {
  switch (kind) {
    case Kind::kList:
      return m.list;
    case Kind::kTuple:
      return m.tuple;
    case Kind::kSet:
      return m.set;
  }
  return false;
}

const ListMethod* list_method(std::string_view name, Kind kind) {
  const auto found = std::ranges::lower_bound(kListMethods, name, {}, &ListMethod::name);
  if (found == kListMethods.end() || found->name != name || !fits(*found, kind)) return nullptr;
  return &*found;
}

// --- dict ---

struct DictCall {
  Interpreter& in;
  const std::shared_ptr<Dict>& self;
  const Arguments& arguments;
  Place at;
  [[nodiscard]] const Value* arg(std::size_t i, std::string_view name = "") const {
    return arguments.find(name, i);
  }
};

Value dict_get_method(const DictCall& c) {
  const Value* key = c.arg(0);
  if (key == nullptr) return c.in.unknown("get()");
  c.in.step(c.self->items.size() / 16);
  const auto found = dict_get(*c.self, *key);
  if (!found) return c.in.unknown("an item by an unknown key");
  if (*found != nullptr) return **found;
  const Value* fallback = c.arg(1, "default");
  return fallback == nullptr ? Value(None{}) : *fallback;
}

Value dict_keys(const DictCall& c) {
  std::vector<Value> keys;
  for (const auto& [key, value] : c.self->items) keys.push_back(key);
  return c.in.make_list(Kind::kList, std::move(keys), c.self->complete);
}
Value dict_values(const DictCall& c) {
  std::vector<Value> values;
  for (const auto& [key, value] : c.self->items) values.push_back(value);
  return c.in.make_list(Kind::kList, std::move(values), c.self->complete);
}
Value dict_items(const DictCall& c) {
  std::vector<Value> items;
  for (const auto& [key, value] : c.self->items) {
    items.push_back(c.in.make_list(Kind::kTuple, {key, value}));
  }
  return c.in.make_list(Kind::kList, std::move(items), c.self->complete);
}
Value dict_copy(const DictCall& c) { return c.in.make_dict(c.self->items, c.self->complete); }
Value dict_clear(const DictCall& c) {
  Dict& d = c.in.write(c.self);
  d.items.clear();
  d.complete = true;
  return Value(None{});
}

Value dict_update(const DictCall& c) {
  std::vector<std::pair<Value, Value>> added;
  bool complete = c.arguments.complete;
  if (!c.arguments.positional.empty()) {
    const Value& other = c.arguments.positional.front();
    if (const Dict* d = other.dict()) {
      added = d->items;
      complete = complete && d->complete;
    } else if (const auto items = c.in.iterate_value(other, c.at)) {
      for (const Value& pair : *items) {
        const auto parts = iterate(pair);
        if (parts && parts->size() == 2) {
          added.emplace_back((*parts)[0], (*parts)[1]);
        } else {
          complete = false;
        }
      }
    } else {
      complete = false;
    }
  }
  for (const auto& [name, value] : c.arguments.keywords) {
    added.emplace_back(c.in.make_text(name, c.at), value);
  }
  Dict& d = c.in.write(c.self);
  for (const auto& [key, value] : added) {
    if (!c.in.step(d.items.size() / 16)) break;
    dict_set(d, key, value);
  }
  d.complete = d.complete && complete;
  return Value(None{});
}

Value dict_pop(const DictCall& c) {
  const Value* key = c.arg(0);
  if (key == nullptr) return c.in.unknown("pop()");
  const auto found = dict_get(*c.self, *key);
  if (!found) {
    c.in.write(c.self).complete = false;
    return c.in.unknown("an item by an unknown key");
  }
  if (*found == nullptr) {
    const Value* fallback = c.arg(1, "default");
    if (fallback != nullptr) return *fallback;
    c.in.raise("KeyError", to_repr(*key).value_or(""), c.at);
    return c.in.unknown("a missing key");
  }
  const Value value = **found;
  Dict& d = c.in.write(c.self);
  std::erase_if(d.items, [&](const auto& p) { return equal(p.first, *key).value_or(false); });
  return value;
}

Value dict_setdefault(const DictCall& c) {
  const Value* key = c.arg(0);
  if (key == nullptr) return c.in.unknown("setdefault()");
  const auto found = dict_get(*c.self, *key);
  if (found && *found != nullptr) return **found;
  const Value* fallback = c.arg(1, "default");
  const Value value = !found                ? c.in.unknown("an item by an unknown key")
                      : fallback == nullptr ? Value(None{})
                                            : *fallback;
  dict_set(c.in.write(c.self), *key, value);
  return value;
}

Value dict_popitem(const DictCall& c) {
  Dict& d = c.in.write(c.self);
  if (!d.complete || d.items.empty()) return c.in.unknown("an item that was popped");
  auto [key, value] = d.items.back();
  d.items.pop_back();
  return c.in.make_list(Kind::kTuple, {key, value});
}

struct DictMethod {
  std::string_view name;
  Value (*run)(const DictCall&);
};

constexpr std::array kDictMethods = std::to_array<DictMethod>({
    {"clear", dict_clear},
    {"copy", dict_copy},
    {"get", dict_get_method},
    {"items", dict_items},
    {"keys", dict_keys},
    {"pop", dict_pop},
    {"popitem", dict_popitem},
    {"setdefault", dict_setdefault},
    {"update", dict_update},
    {"values", dict_values},
});
static_assert(std::ranges::is_sorted(kDictMethods, {}, &DictMethod::name));

const DictMethod* dict_method(std::string_view name) {
  const auto found = std::ranges::lower_bound(kDictMethods, name, {}, &DictMethod::name);
  return found == kDictMethods.end() || found->name != name ? nullptr : &*found;
}

// --- int, float, bytes, namedtuple ---

std::optional<Value> call_scalar_method(Interpreter& in, const Value& self, std::string_view name,
                                        const Arguments& arguments, Place at) {
  (void)arguments;
  if (const Bytes* bytes = self.as<Bytes>()) {
    if (name == "decode") return in.make_text(bytes->data, at);
    if (name == "hex") {
      constexpr std::string_view kDigits = "0123456789abcdef";
      std::string out;
      for (const char c : bytes->data) {
        const auto byte = static_cast<unsigned char>(c);
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 15U];
      }
      return in.make_text(out, at);
    }
  }
  if (const Integer* n = self.as<Integer>(); n != nullptr && name == "bit_length") {
    std::uint64_t magnitude =
        *n < 0 ? 0 - static_cast<std::uint64_t>(*n) : static_cast<std::uint64_t>(*n);
    Integer bits = 0;
    for (; magnitude != 0; magnitude >>= 1U) ++bits;
    return Value(bits);
  }
  if (const double* d = self.as<double>(); d != nullptr && name == "is_integer") {
    return Value(*d == static_cast<double>(static_cast<Integer>(*d)));
  }
  return {};
}

std::optional<Value> call_named_tuple(Interpreter& in, const Instance& self, std::string_view name,
                                      const Arguments& arguments, Place at) {
  if (name == "_asdict") {
    std::vector<std::pair<Value, Value>> items;
    for (const std::string& field : self.type->fields) {
      const auto* value = self.attributes.find(field);
      items.emplace_back(in.make_text(field, at),
                         value == nullptr ? in.unknown("a field") : value->value);
    }
    return in.make_dict(std::move(items));
  }
  if (name == "_replace") {
    const auto copy = in.make_instance(self.type);
    for (const auto& b : self.attributes.bindings()) copy->attributes.set(b.name, b.value);
    for (const auto& [field, value] : arguments.keywords) copy->attributes.set(field, value);
    return Value(copy);
  }
  return {};
}

}  // namespace

bool has_str_method(std::string_view name);

bool has_method(const Value& self, std::string_view name) {
  if (self.str() != nullptr) return has_str_method(name);
  if (const Sequence* s = self.sequence()) return list_method(name, s->kind) != nullptr;
  if (self.dict() != nullptr) return dict_method(name) != nullptr;
  if (self.as<Bytes>() != nullptr) return name == "decode" || name == "hex";
  if (self.as<Integer>() != nullptr) return name == "bit_length";
  if (self.as<double>() != nullptr) return name == "is_integer";
  return false;
}

std::optional<Value> call_method(Interpreter& in, const Value& self, std::string_view name,
                                 const Arguments& arguments, const CallSite& site) {
  if (!in.step()) return in.unknown("not evaluated");
  if (self.str() != nullptr) return call_str_method(in, self, name, arguments, site);
  if (const auto* s = self.as<std::shared_ptr<Sequence>>()) {
    return call_list_method(in, *s, name, arguments, site);
  }
  if (const auto* d = self.as<std::shared_ptr<Dict>>()) {
    return call_dict_method(in, *d, name, arguments, site);
  }
  if (const auto* i = self.as<std::shared_ptr<Instance>>()) {
    return call_named_tuple(in, **i, name, arguments, site.place);
  }
  return call_scalar_method(in, self, name, arguments, site.place);
}

std::optional<Value> call_list_method(Interpreter& in, const std::shared_ptr<Sequence>& self,
                                      std::string_view name, const Arguments& arguments,
                                      const CallSite& site) {
  const ListMethod* method = list_method(name, self->kind);
  if (method == nullptr) return {};
  return method->run({in, self, arguments, site.place});
}

std::optional<Value> call_dict_method(Interpreter& in, const std::shared_ptr<Dict>& self,
                                      std::string_view name, const Arguments& arguments,
                                      const CallSite& site) {
  const DictMethod* method = dict_method(name);
  if (method == nullptr) return {};
  in.step(self->items.size() / 16);
  return method->run({in, self, arguments, site.place});
}

}  // namespace forelock::python
