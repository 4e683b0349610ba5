// Unary and binary operators and comparisons.

#include <algorithm>
#include <cmath>
#include <optional>

#include "analyzer/python/dates.h"
#include "analyzer/python/format.h"
#include "analyzer/python/interpreter.h"

namespace forelock::python {
namespace {

using text::MappedText;

std::optional<Integer> integer_of(const Value& v) {
  if (const bool* b = v.as<bool>()) return *b ? 1 : 0;
  if (const Integer* n = v.as<Integer>()) return *n;
  return {};
}

std::optional<double> float_of(const Value& v) {
  if (const double* d = v.as<double>()) return *d;
  if (const auto n = integer_of(v)) return static_cast<double>(*n);
  return {};
}

Value too_large() { return Value::unknown("an int beyond 64 bits"); }

Integer floor_div(Integer a, Integer b) {
  Integer q = a / b;
  if (a % b != 0 && (a < 0) != (b < 0)) --q;
  return q;
}

Value integer_power(Integer base, Integer exponent) {
  if (exponent < 0) {
    if (base == 0) return Value::unknown("zero to a negative power");
    return Value(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
  Integer result = 1;
  for (;;) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result)) return too_large();
    exponent >>= 1;
    if (exponent == 0) return Value(result);
    if (__builtin_mul_overflow(base, base, &base)) {
      // Only 0, 1 and -1 stay small, and their squares do not overflow.
      return too_large();
    }
  }
}

/// Both are ints; nothing when the operator is not for ints or divides by zero.
std::optional<Value> integers(Op op, Integer a, Integer b) {
  Integer r = 0;
  switch (op) {
    case Op::kAdd:
      return __builtin_add_overflow(a, b, &r) ? too_large() : Value(r);
    case Op::kSub:
      return __builtin_sub_overflow(a, b, &r) ? too_large() : Value(r);
    case Op::kMul:
      return __builtin_mul_overflow(a, b, &r) ? too_large() : Value(r);
    case Op::kDiv:
      if (b == 0) return {};
      return Value(static_cast<double>(a) / static_cast<double>(b));
    case Op::kFloorDiv:
      if (b == 0) return {};
      if (b == -1) return __builtin_sub_overflow(Integer{0}, a, &r) ? too_large() : Value(r);
      return Value(floor_div(a, b));
    case Op::kMod:
      if (b == 0) return {};
      if (b == -1) return Value(Integer{0});
      return Value(a - floor_div(a, b) * b);
    case Op::kPow:
      return integer_power(a, b);
    case Op::kBitAnd:
      return Value(a & b);
    case Op::kBitOr:
      return Value(a | b);
    case Op::kBitXor:
      return Value(a ^ b);
    case Op::kShiftLeft:
      if (b < 0) return {};
      if (a == 0) return Value(Integer{0});
      if (b > 62) return too_large();
      return __builtin_mul_overflow(a, Integer{1} << b, &r) ? too_large() : Value(r);
    case Op::kShiftRight:
      if (b < 0) return {};
      return Value(a >> std::min<Integer>(b, 63));
    default:
      return {};
  }
}

std::optional<Value> floats(Op op, double a, double b) {
  switch (op) {
    case Op::kAdd:
      return Value(a + b);
    case Op::kSub:
      return Value(a - b);
    case Op::kMul:
      return Value(a * b);
    case Op::kDiv:
      if (b == 0) return {};
      return Value(a / b);
    case Op::kFloorDiv:
      if (b == 0) return {};
      return Value(std::floor(a / b));
    case Op::kMod: {
      if (b == 0) return {};
      double r = std::fmod(a, b);
      if (r != 0 && (r < 0) != (b < 0)) r += b;
      return Value(r);
    }
    case Op::kPow:
      return Value(std::pow(a, b));
    default:
      return {};
  }
}

bool is_bool_operator(Op op) { return op == Op::kBitAnd || op == Op::kBitOr || op == Op::kBitXor; }

bool contains(const std::vector<Value>& items, const Value& item) {
  return std::ranges::any_of(items, [&](const Value& v) { return equal(v, item).value_or(false); });
}

std::optional<std::vector<Value>> set_operation(Op op, const std::vector<Value>& a,
                                                const std::vector<Value>& b) {
  std::vector<Value> out;
  switch (op) {
    case Op::kBitOr:
      out = a;
      for (const Value& v : b) {
        if (!contains(a, v)) out.push_back(v);
      }
      return out;
    case Op::kBitAnd:
      for (const Value& v : a) {
        if (contains(b, v)) out.push_back(v);
      }
      return out;
    case Op::kSub:
      for (const Value& v : a) {
        if (!contains(b, v)) out.push_back(v);
      }
      return out;
    case Op::kBitXor:
      for (const Value& v : a) {
        if (!contains(b, v)) out.push_back(v);
      }
      for (const Value& v : b) {
        if (!contains(a, v)) out.push_back(v);
      }
      return out;
    default:
      return {};
  }
}

std::optional<int> order(const Value& a, const Value& b, int depth = 0);

std::optional<int> order_items(const std::vector<Value>& a, const std::vector<Value>& b,
                               int depth) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    const auto same = equal(a[i], b[i]);
    if (!same) return {};
    if (!*same) return order(a[i], b[i], depth + 1);
  }
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

/// -1, 0 or 1 of two values that Python can order; nothing when not known.
std::optional<int> order(const Value& a, const Value& b, int depth) {
  if (depth > 50) return {};
  if (a.symbol() != nullptr) return date_order(a, b);
  if (const auto x = integer_of(a)) {
    if (const auto y = integer_of(b)) return *x < *y ? -1 : *x > *y ? 1 : 0;
  }
  if (const auto x = float_of(a)) {
    const auto y = float_of(b);
    if (!y || std::isnan(*x) || std::isnan(*y)) return {};
    return *x < *y ? -1 : *x > *y ? 1 : 0;
  }
  if (a.str() != nullptr && b.str() != nullptr) {
    if (!a.str()->known() || !b.str()->known()) return {};
    const int c = a.str()->text.compare(b.str()->text);
    return c < 0 ? -1 : c > 0 ? 1 : 0;
  }
  const Sequence* s = a.sequence();
  const Sequence* t = b.sequence();
  if (s != nullptr && t != nullptr && s->kind == t->kind && s->kind != Sequence::Kind::kSet &&
      s->complete && t->complete) {
    return order_items(s->items, t->items, depth);
  }
  return {};
}

bool is_symbolic(const Value& v) {
  if (v.symbol() != nullptr) return true;
  const auto* c = v.as<std::shared_ptr<Class>>();
  if (c != nullptr) return (*c)->has_symbol_base;
  const auto* i = v.as<std::shared_ptr<Instance>>();
  return i != nullptr && (*i)->type->has_symbol_base;
}

std::string unknown_reason(const Value& a, const Value& b) {
  if (const Unknown* u = a.as<Unknown>()) return u->reason;
  if (const Unknown* u = b.as<Unknown>()) return u->reason;
  return "an operation that is not followed";
}

std::string_view method_of(Op op) {
  switch (op) {
    case Op::kAdd:
      return "__add__";
    case Op::kSub:
      return "__sub__";
    case Op::kMul:
      return "__mul__";
    case Op::kDiv:
      return "__truediv__";
    case Op::kBitOr:
      return "__or__";
    case Op::kBitAnd:
      return "__and__";
    case Op::kEq:
      return "__eq__";
    case Op::kLt:
      return "__lt__";
    case Op::kLe:
      return "__le__";
    case Op::kGt:
      return "__gt__";
    case Op::kGe:
      return "__ge__";
    default:
      return "";
  }
}

const Value* own_method(const Value& v, std::string_view name) {
  const auto* i = v.as<std::shared_ptr<Instance>>();
  if (i == nullptr || name.empty()) return nullptr;
  return find_member(*(*i)->type, name);
}

/// What arithmetic sees in a member of an IntEnum or of `class E(str, Enum)`.
const Value& plain(const Value& v) {
  const auto* i = v.as<std::shared_ptr<Instance>>();
  if (i == nullptr || !(*i)->type->is_enum) return v;
  const Class& type = *(*i)->type;
  if (is_subclass_of_name(type, "str") || is_subclass_of_name(type, "int") ||
      is_subclass_of_name(type, "enum.IntEnum") || is_subclass_of_name(type, "enum.StrEnum") ||
      is_subclass_of_name(type, "enum.IntFlag") || is_subclass_of_name(type, "enum.Flag")) {
    if (const auto* value = (*i)->attributes.find("value")) return value->value;
  }
  return v;
}

Symbol binary_symbol(std::string_view name, const Value& a, const Value& b, Place at) {
  Symbol symbol;
  symbol.kind = Symbol::Kind::kBinary;
  symbol.name = name;
  symbol.operands = {a, b};
  symbol.place = at;
  return symbol;
}

/// Largest list or tuple that repetition makes.
constexpr Integer kMaxItems = 1'000'000;

Value repeat(Interpreter& in, const Value& value, Integer times, Place at) {
  times = std::max<Integer>(times, 0);
  if (const MappedText* s = value.str()) {
    const auto size = static_cast<Integer>(s->text.size());
    const auto limit = static_cast<Integer>(in.limits().max_string_bytes);
    if (size != 0 && times > limit / size) return in.unknown("a str that is too long");
    if (!in.charge(static_cast<std::size_t>(size * times))) return in.unknown("too large");
    MappedText out;
    if (times > 1000) {
      // A segment for each repetition would cost more than the text.
      std::string text;
      for (Integer i = 0; i < times; ++i) text += s->text;
      if (!s->known()) return in.unknown("a repeated str with unknown parts");
      out.append_derived(text, at.span);
    } else {
      for (Integer i = 0; i < times && size > 0; ++i) in.append_part(out, value, at);
    }
    return in.make_text(std::move(out), at);
  }
  if (const Sequence* s = value.sequence()) {
    const auto size = static_cast<Integer>(s->items.size());
    if (s->kind == Sequence::Kind::kSet) return in.unknown("a set cannot be repeated");
    if (size != 0 && times > kMaxItems / size) return in.unknown("a list that is too long");
    if (!in.step(static_cast<std::uint64_t>(size * times) / 8)) return in.unknown("too large");
    std::vector<Value> items;
    for (Integer i = 0; i < times; ++i) {
      items.insert(items.end(), s->items.begin(), s->items.end());
    }
    return in.make_list(s->kind, std::move(items), s->complete);
  }
  return in.unknown("a repetition that is not followed");
}

Value add_sequences(Interpreter& in, const Sequence& a, const Sequence& b) {
  if (!in.step((a.items.size() + b.items.size()) / 8)) return in.unknown("too large");
  std::vector<Value> items = a.items;
  if (a.complete) items.insert(items.end(), b.items.begin(), b.items.end());
  return in.make_list(a.kind, std::move(items), a.complete && b.complete);
}

std::optional<Value> sequences(Interpreter& in, Op op, const Value& a, const Value& b) {
  const Sequence* s = a.sequence();
  const Sequence* t = b.sequence();
  if (s == nullptr || t == nullptr) return {};
  if (op == Op::kAdd && s->kind == t->kind) return add_sequences(in, *s, *t);
  if (s->kind != Sequence::Kind::kSet || t->kind != Sequence::Kind::kSet) return {};
  if (!in.step(s->items.size() * t->items.size() / 8)) return in.unknown("too large");
  if (auto items = set_operation(op, s->items, t->items)) {
    return in.make_list(Sequence::Kind::kSet, std::move(*items), s->complete && t->complete);
  }
  return {};
}

}  // namespace

Value Interpreter::binary(Op op, const Value& left, const Value& right, Place at) {
  const Value& a = plain(left);
  const Value& b = plain(right);
  if (op == Op::kAdd && (a.symbol() != nullptr || b.symbol() != nullptr)) {
    const auto as_str = [&](const Value& v) {
      return v.symbol() == nullptr ? std::nullopt : host_.as_str(*v.symbol());
    };
    if (auto text = as_str(a)) return binary(op, make_text(std::move(*text), at), b, at);
    if (auto text = as_str(b)) return binary(op, a, make_text(std::move(*text), at), at);
  }
  if (const auto x = integer_of(a)) {
    if (const auto y = integer_of(b)) {
      if (is_bool_operator(op) && a.as<bool>() != nullptr && b.as<bool>() != nullptr) {
        return Value(integers(op, *x, *y)->as<Integer>() != nullptr &&
                     *integers(op, *x, *y)->as<Integer>() != 0);
      }
      if (auto result = integers(op, *x, *y)) return *result;
      if (*y == 0) raise("ZeroDivisionError", "division by zero", at);
      return unknown("an arithmetic error");
    }
  }
  if (const auto x = float_of(a)) {
    if (const auto y = float_of(b)) {
      if (auto result = floats(op, *x, *y)) return *result;
      if (*y == 0) raise("ZeroDivisionError", "float division by zero", at);
      return unknown("an arithmetic error");
    }
  }
  if (op == Op::kMod && a.str() != nullptr) return format_percent(*this, a, b, at);
  if (op == Op::kAdd && (a.str() != nullptr || b.str() != nullptr)) {
    const Value& other = a.str() != nullptr ? b : a;
    if (other.str() != nullptr || other.is_unknown()) {
      MappedText out;
      append_part(out, a, at);
      append_part(out, b, at);
      return make_text(std::move(out), at);
    }
  }
  if (auto result = date_binary(*this, op, a, b, at)) return *result;
  if (is_symbolic(a) || is_symbolic(b))
    return make_symbol_node(binary_symbol(spelling(op), a, b, at));
  if (op == Op::kMul) {
    if (const auto n = integer_of(b)) return repeat(*this, a, *n, at);
    if (const auto n = integer_of(a)) return repeat(*this, b, *n, at);
  }
  if (auto result = sequences(*this, op, a, b)) return *result;
  if (op == Op::kBitOr && a.dict() != nullptr && b.dict() != nullptr) {
    Dict merged = *a.dict();
    for (const auto& [key, value] : b.dict()->items) dict_set(merged, key, value);
    return make_dict(std::move(merged.items), a.dict()->complete && b.dict()->complete);
  }
  if (const Bytes* x = a.as<Bytes>()) {
    if (const Bytes* y = b.as<Bytes>(); y != nullptr && op == Op::kAdd) {
      if (!charge(x->data.size() + y->data.size())) return unknown("too large");
      return Value(Bytes{x->data + y->data});
    }
  }
  if (const Value* method = own_method(a, method_of(op))) {
    return call_simple(*method, {a, b}, at);
  }
  return unknown(unknown_reason(a, b));
}

Value Interpreter::unary(Op op, const Value& operand, Place at) {
  const Value& a = plain(operand);
  if (const auto n = integer_of(a)) {
    Integer r = 0;
    switch (op) {
      case Op::kSub:
        return __builtin_sub_overflow(Integer{0}, *n, &r) ? too_large() : Value(r);
      case Op::kAdd:
        return Value(*n);
      case Op::kInvert:
        return Value(~*n);
      default:
        break;
    }
  }
  if (const double* d = a.as<double>()) {
    if (op == Op::kSub) return Value(-*d);
    if (op == Op::kAdd) return Value(*d);
  }
  if (is_symbolic(a)) {
    Symbol symbol;
    symbol.kind = Symbol::Kind::kUnary;
    symbol.name = spelling(op);
    symbol.operands = {a};
    symbol.place = at;
    return make_symbol_node(std::move(symbol));
  }
  return unknown(unknown_reason(a, a));
}

Value Interpreter::compare(Op op, const Value& left, const Value& right, Place at) {
  const Value& a = plain(left);
  const Value& b = plain(right);
  const auto negated = [](std::optional<bool> v, bool negate) -> std::optional<bool> {
    if (!v) return v;
    return *v != negate;
  };
  std::optional<bool> known;
  switch (op) {
    case Op::kIs:
    case Op::kIsNot:
      known = negated(identical(left, right), op == Op::kIsNot);
      break;
    case Op::kIn:
    case Op::kNotIn:
      known = negated(contains_item(*this, b, a), op == Op::kNotIn);
      break;
    case Op::kEq:
    case Op::kNe:
      if (const Value* method = own_method(a, "__eq__"); method != nullptr && op == Op::kEq) {
        return call_simple(*method, {a, b}, at);
      }
      known = negated(equal(a, b), op == Op::kNe);
      break;
    case Op::kLt:
    case Op::kLe:
    case Op::kGt:
    case Op::kGe: {
      const Sequence* s = a.sequence();
      const Sequence* t = b.sequence();
      if (s != nullptr && t != nullptr && s->kind == Sequence::Kind::kSet &&
          t->kind == Sequence::Kind::kSet && s->complete && t->complete) {
        const bool ab =
            std::ranges::all_of(s->items, [&](const Value& v) { return contains(t->items, v); });
        const bool ba =
            std::ranges::all_of(t->items, [&](const Value& v) { return contains(s->items, v); });
        known = op == Op::kLe ? ab : op == Op::kGe ? ba : op == Op::kLt ? ab && !ba : ba && !ab;
        break;
      }
      if (const auto c = order(a, b)) {
        known = op == Op::kLt ? *c < 0 : op == Op::kLe ? *c <= 0 : op == Op::kGt ? *c > 0 : *c >= 0;
      } else if (const Value* method = own_method(a, method_of(op))) {
        return call_simple(*method, {a, b}, at);
      }
      break;
    }
    default:
      break;
  }
  if (known) return Value(*known);
  if (is_symbolic(a) || is_symbolic(b)) {
    return make_symbol_node(binary_symbol(spelling(op), a, b, at));
  }
  return unknown(unknown_reason(a, b));
}

std::optional<int> order_values(const Value& a, const Value& b) {
  return order(plain(a), plain(b));
}

}  // namespace forelock::python
