#include "analyzer/python/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ranges>

#include "analyzer/python/objects.h"
#include "analyzer/python/stdlib_values.h"

namespace forelock::python {
namespace {

using text::MappedText;

/// Bounds of walks over nested values: a value may hold itself, or one part many times.
constexpr int kMaxDepth = 100;
constexpr std::size_t kMaxVisits = 200'000;
constexpr std::size_t kMaxRepr = 8U * 1024U * 1024U;

std::uint32_t size32(std::size_t n) { return static_cast<std::uint32_t>(n); }

struct Printer {
  std::string out;
  std::size_t visits = 0;

  bool items(const std::vector<Value>& values, int depth) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out += ", ";
      if (!print(values[i], depth + 1)) return false;
    }
    return true;
  }

  bool sequence(const Sequence& s, int depth) {
    if (!s.complete) return false;
    switch (s.kind) {
      case Sequence::Kind::kList:
        out += '[';
        if (!items(s.items, depth)) return false;
        out += ']';
        return true;
      case Sequence::Kind::kTuple:
        out += '(';
        if (!items(s.items, depth)) return false;
        out += s.items.size() == 1 ? ",)" : ")";
        return true;
      case Sequence::Kind::kSet:
        if (s.items.empty()) {
          out += "set()";
          return true;
        }
        out += '{';
        if (!items(s.items, depth)) return false;
        out += '}';
        return true;
    }
    return false;
  }

  bool dict(const Dict& d, int depth) {
    if (!d.complete) return false;
    out += '{';
    bool first = true;
    for (const auto& [key, value] : d.items) {
      if (!first) out += ", ";
      first = false;
      if (!print(key, depth + 1)) return false;
      out += ": ";
      if (!print(value, depth + 1)) return false;
    }
    out += '}';
    return true;
  }

  bool instance(const Instance& i, int depth) {
    const Class& type = *i.type;
    if (type.is_enum) {
      const auto* name = i.attributes.find("name");
      const auto* value = i.attributes.find("value");
      if (name == nullptr || value == nullptr || name->value.str() == nullptr) return false;
      out += fmt::format("<{}.{}: ", type.name, name->value.str()->text);
      if (!print(value->value, depth + 1)) return false;
      out += '>';
      return true;
    }
    if (type.is_dataclass || type.is_named_tuple) {
      out += type.name + "(";
      bool first = true;
      for (const std::string& field : type.fields) {
        const auto* value = i.attributes.find(field);
        if (value == nullptr) return false;
        if (!first) out += ", ";
        first = false;
        out += field + "=";
        if (!print(value->value, depth + 1)) return false;
      }
      out += ')';
      return true;
    }
    if (type.is_exception) {
      const auto* args = i.attributes.find("args");
      const Sequence* tuple = args == nullptr ? nullptr : args->value.sequence();
      if (tuple == nullptr) return false;
      out += type.name + "(";
      if (!items(tuple->items, depth)) return false;
      out += ')';
      return true;
    }
    return false;
  }

  bool print(const Value& value, int depth) {
    if (depth > kMaxDepth || ++visits > kMaxVisits || out.size() > kMaxRepr) return false;
    if (value.is_none()) {
      out += "None";
    } else if (const bool* b = value.as<bool>()) {
      out += *b ? "True" : "False";
    } else if (const Integer* n = value.as<Integer>()) {
      out += fmt::format("{}", *n);
    } else if (const double* d = value.as<double>()) {
      out += float_text(*d);
    } else if (const MappedText* s = value.str()) {
      if (!s->known()) return false;
      out += quoted(s->text);
    } else if (const Bytes* bytes = value.as<Bytes>()) {
      out += quoted_bytes(bytes->data);
    } else if (const Sequence* s2 = value.sequence()) {
      return sequence(*s2, depth);
    } else if (const Dict* d2 = value.dict()) {
      return dict(*d2, depth);
    } else if (const auto* i = value.as<std::shared_ptr<Instance>>()) {
      return instance(**i, depth);
    } else if (const Symbol* symbol = value.symbol()) {
      const auto known = symbol_repr(*symbol);
      if (!known) return false;
      out += *known;
    } else if (const auto* function = value.as<std::shared_ptr<const Function>>()) {
      if (!(*function)->is_type) return false;
      out += "<class '" + (*function)->name + "'>";
    } else {
      return false;
    }
    return true;
  }
};

struct Comparer {
  std::size_t visits = 0;

  std::optional<bool> sequences(const Sequence& a, const Sequence& b, int depth) {
    if (a.kind != b.kind) return false;
    if (!a.complete || !b.complete) return {};
    if (a.items.size() != b.items.size()) return false;
    bool unknown = false;
    for (std::size_t i = 0; i < a.items.size(); ++i) {
      if (a.kind == Sequence::Kind::kSet) {
        const auto member = contains(b.items, a.items[i], depth);
        if (member && !*member) return false;
        unknown = unknown || !member;
        continue;
      }
      const auto same = equal(a.items[i], b.items[i], depth + 1);
      if (same && !*same) return false;
      unknown = unknown || !same;
    }
    if (unknown) return {};
    return true;
  }

  std::optional<bool> contains(const std::vector<Value>& items, const Value& item, int depth) {
    bool unknown = false;
    for (const Value& candidate : items) {
      const auto same = equal(candidate, item, depth + 1);
      if (same && *same) return true;
      unknown = unknown || !same;
    }
    if (unknown) return {};
    return false;
  }

  std::optional<bool> dicts(const Dict& a, const Dict& b, int depth) {
    if (!a.complete || !b.complete) return {};
    if (a.items.size() != b.items.size()) return false;
    bool unknown = false;
    for (const auto& [key, value] : a.items) {
      std::optional<bool> found = false;
      for (const auto& [other_key, other_value] : b.items) {
        const auto same = equal(key, other_key, depth + 1);
        if (!same) unknown = true;
        if (same && *same) {
          found = equal(value, other_value, depth + 1);
          break;
        }
      }
      if (found && !*found && !unknown) return false;
      unknown = unknown || !found;
    }
    if (unknown) return {};
    return true;
  }

  static std::optional<double> number(const Value& v) {
    if (const bool* b = v.as<bool>()) return *b ? 1.0 : 0.0;
    if (const Integer* n = v.as<Integer>()) return static_cast<double>(*n);
    if (const double* d = v.as<double>()) return *d;
    return {};
  }

  static std::optional<Integer> integer(const Value& v) {
    if (const bool* b = v.as<bool>()) return *b ? 1 : 0;
    if (const Integer* n = v.as<Integer>()) return *n;
    return {};
  }

  static std::optional<bool> texts(const MappedText& a, const MappedText& b) {
    if (a.known() && b.known()) return a.text == b.text;
    return {};
  }

  /// An enum's member that is also a str or an int compares as that.
  static const Value* plain_value(const Value& v) {
    const auto* i = v.as<std::shared_ptr<Instance>>();
    if (i == nullptr || !(*i)->type->is_enum) return nullptr;
    const Class& type = *(*i)->type;
    if (!is_subclass_of_name(type, "str") && !is_subclass_of_name(type, "int") &&
        !is_subclass_of_name(type, "enum.IntEnum") && !is_subclass_of_name(type, "enum.StrEnum") &&
        !is_subclass_of_name(type, "enum.IntFlag")) {
      return nullptr;
    }
    const auto* value = (*i)->attributes.find("value");
    return value == nullptr ? nullptr : &value->value;
  }

  std::optional<bool> equal(const Value& a, const Value& b, int depth) {
    if (depth > kMaxDepth || ++visits > kMaxVisits) return {};
    if (a.is_unknown() || b.is_unknown()) return {};
    const auto* ia = a.as<std::shared_ptr<Instance>>();
    const auto* ib = b.as<std::shared_ptr<Instance>>();
    if (ia != nullptr && ib != nullptr && *ia == *ib) return true;
    if (const Value* plain = plain_value(a)) return equal(*plain, b, depth + 1);
    if (const Value* plain = plain_value(b)) return equal(a, *plain, depth + 1);
    if (a.symbol() != nullptr || b.symbol() != nullptr) return symbols(a, b);
    if (const auto m = integer(a)) {
      if (const auto n = integer(b)) return *m == *n;
    }
    if (const auto m = number(a)) {
      if (const auto n = number(b)) return *m == *n;
      return false;
    }
    if (a.storage().index() != b.storage().index()) return false;
    if (a.is_none()) return true;
    if (const MappedText* s = a.str()) return texts(*s, *b.str());
    if (const Bytes* bytes = a.as<Bytes>()) return bytes->data == b.as<Bytes>()->data;
    if (const Sequence* s = a.sequence()) {
      if (s == b.sequence() && s->complete) return true;
      return sequences(*s, *b.sequence(), depth);
    }
    if (const Dict* d = a.dict()) {
      if (d == b.dict() && d->complete) return true;
      return dicts(*d, *b.dict(), depth);
    }
    if (const auto* f = a.as<std::shared_ptr<const Function>>()) {
      const auto* g = b.as<std::shared_ptr<const Function>>();
      if (*f == *g) return true;
      if ((*f)->is_type && (*g)->is_type) return (*f)->name == (*g)->name;
      if ((*f)->self || (*g)->self) return {};
      return false;
    }
    if (const auto* c = a.as<std::shared_ptr<Class>>()) {
      return *c == *b.as<std::shared_ptr<Class>>();
    }
    if (ia != nullptr) return instances(**ia, **ib, depth);
    return a.storage().index() == b.storage().index() ? std::optional<bool>{} : false;
  }

  static std::optional<bool> symbols(const Value& a, const Value& b) {
    const Symbol* s = a.symbol();
    const Symbol* t = b.symbol();
    if (s != nullptr && s == t) return true;
    if (s != nullptr && t != nullptr && s->kind == Symbol::Kind::kName &&
        t->kind == Symbol::Kind::kName && s->name == t->name) {
      return true;
    }
    // Decimals that are written differently may be equal.
    const bool number = s != nullptr && s->path() == kDecimal;
    const auto x = s != nullptr && !number ? symbol_text(*s) : std::nullopt;
    const auto y = t != nullptr ? symbol_text(*t) : std::nullopt;
    if (x && y && s->path() == t->path()) return *x == *y;
    return {};
  }

  std::optional<bool> instances(const Instance& a, const Instance& b, int depth) {
    if (a.type != b.type)
      return a.type->has_symbol_base || b.type->has_symbol_base ? std::optional<bool>{} : false;
    if (a.type->is_enum) return false;
    if (!a.type->is_dataclass && !a.type->is_named_tuple) {
      if (a.type->has_symbol_base || find_member(*a.type, "__eq__") != nullptr) return {};
      return false;
    }
    bool unknown = false;
    for (const std::string& field : a.type->fields) {
      const auto* x = a.attributes.find(field);
      const auto* y = b.attributes.find(field);
      if (x == nullptr || y == nullptr) return {};
      const auto same = equal(x->value, y->value, depth + 1);
      if (same && !*same) return false;
      unknown = unknown || !same;
    }
    if (unknown) return {};
    return true;
  }
};

}  // namespace

Value Value::string(std::string_view text, Place place) {
  MappedText mapped;
  mapped.append_derived(text, place.span);
  Value value(std::move(mapped));
  value.place = place;
  return value;
}

const Symbol* Value::symbol() const {
  const auto* p = as<std::shared_ptr<const Symbol>>();
  return p == nullptr ? nullptr : p->get();
}

const Sequence* Value::sequence() const {
  const auto* p = as<std::shared_ptr<Sequence>>();
  return p == nullptr ? nullptr : p->get();
}

const Dict* Value::dict() const {
  const auto* p = as<std::shared_ptr<Dict>>();
  return p == nullptr ? nullptr : p->get();
}

const Value* Arguments::find(std::string_view keyword, std::size_t index) const {
  if (index < positional.size()) return &positional[index];
  for (const auto& [name, value] : keywords) {
    if (name == keyword) return &value;
  }
  return nullptr;
}

std::string_view Symbol::path() const {
  if (kind == Kind::kName) return name;
  if (kind == Kind::kCall && !operands.empty()) {
    const Symbol* callee = operands.front().symbol();
    if (callee != nullptr && callee->kind == Kind::kName) return callee->name;
  }
  return {};
}

std::string float_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::scientific);
  const std::string shortest(buffer.data(), end.ptr);
  const std::size_t e = shortest.find('e');
  int exponent = 0;
  const char* digits = shortest.c_str() + e + 1;
  if (*digits == '+') ++digits;
  std::from_chars(digits, shortest.c_str() + shortest.size(), exponent);
  if (exponent < -4 || exponent >= 16) return shortest;
  const auto fixed =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  std::string out(buffer.data(), fixed.ptr);
  if (out.find('.') == std::string::npos) out += ".0";
  return out;
}

std::string quoted(std::string_view s) {
  const bool use_double =
      s.find('\'') != std::string_view::npos && s.find('"') == std::string_view::npos;
  const char quote = use_double ? '"' : '\'';
  std::string out(1, quote);
  for (const char c : s) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  out += quote;
  return out;
}

std::string quoted_bytes(std::string_view s) {
  std::string out = "b";
  const std::string inner = quoted(s);
  for (const char c : inner) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<std::string> to_repr(const Value& value) {
  Printer printer;
  if (!printer.print(value, 0)) return {};
  return std::move(printer.out);
}

namespace {

/// "text" + symbol: what is known of the text.
std::optional<MappedText> concatenation(const Symbol& sum, Place place) {
  constexpr std::size_t kMaxParts = 200;
  std::vector<const Value*> parts;
  const Symbol* rest = &sum;
  bool any_text = false;
  for (;;) {
    parts.push_back(&rest->operands[1]);
    const Value& left = rest->operands[0];
    const Symbol* next = left.symbol();
    if (next == nullptr || next->kind != Symbol::Kind::kBinary || next->name != "+" ||
        parts.size() > kMaxParts) {
      parts.push_back(&left);
      break;
    }
    rest = next;
  }
  MappedText out;
  for (const Value* part : parts | std::views::reverse) {
    any_text = any_text || part->str() != nullptr;
    const bool nested = part->symbol() != nullptr && part->symbol()->kind == Symbol::Kind::kBinary;
    const auto text = nested ? std::nullopt : to_str(*part, place);
    if (text) {
      out.append(*text);
    } else {
      const std::uint32_t begin = size32(out.text.size());
      out.append_derived(kUnknownText, place.span);
      out.holes.push_back({begin, size32(out.text.size())});
    }
  }
  if (!any_text) return {};
  return out;
}

}  // namespace

std::optional<MappedText> to_str(const Value& value, Place place) {
  if (const MappedText* s = value.str()) {
    if (value.place && value.place->file == place.file) return *s;
    MappedText out;
    out.append_derived(s->text, place.span);
    out.holes = s->holes;
    return out;
  }
  std::optional<std::string> text;
  if (const Symbol* symbol = value.symbol()) {
    if (symbol->kind == Symbol::Kind::kBinary && symbol->name == "+") {
      return concatenation(*symbol, place);
    }
    text = symbol_text(*symbol);
  } else if (const auto* i = value.as<std::shared_ptr<Instance>>()) {
    const Class& type = *(*i)->type;
    if (type.is_enum) {
      const auto* name = (*i)->attributes.find("name");
      const auto* plain = (*i)->attributes.find("value");
      if (name == nullptr || plain == nullptr || name->value.str() == nullptr) return {};
      if (is_subclass_of_name(type, "enum.StrEnum") || is_subclass_of_name(type, "enum.IntEnum")) {
        return to_str(plain->value, place);
      }
      text = type.name + "." + name->value.str()->text;
    } else if (type.is_exception) {
      const auto* args = (*i)->attributes.find("args");
      const Sequence* tuple = args == nullptr ? nullptr : args->value.sequence();
      if (tuple == nullptr) return {};
      if (tuple->items.empty()) {
        text = "";
      } else if (tuple->items.size() == 1) {
        return to_str(tuple->items.front(), place);
      } else {
        text = to_repr(args->value);
      }
    } else {
      text = to_repr(value);
    }
  } else {
    text = to_repr(value);
  }
  if (!text) return {};
  MappedText out;
  out.append_derived(*text, place.span);
  return out;
}

std::optional<bool> truth(const Value& value) {
  if (value.is_none()) return false;
  if (const bool* b = value.as<bool>()) return *b;
  if (const Integer* n = value.as<Integer>()) return *n != 0;
  if (const double* d = value.as<double>()) return *d != 0;
  if (const MappedText* s = value.str()) {
    if (s->text.empty()) return false;
    // A placeholder may stand for nothing; any other byte makes the str true.
    std::size_t unknown = 0;
    for (const text::Span hole : s->holes) unknown += hole.size();
    if (unknown < s->text.size()) return true;
    return {};
  }
  if (const Bytes* bytes = value.as<Bytes>()) return !bytes->data.empty();
  if (const Sequence* s = value.sequence()) {
    if (!s->items.empty()) return true;
    if (s->complete) return false;
    return {};
  }
  if (const Dict* d = value.dict()) {
    if (!d->items.empty()) return true;
    if (d->complete) return false;
    return {};
  }
  if (value.as<std::shared_ptr<const Function>>() != nullptr ||
      value.as<std::shared_ptr<Class>>() != nullptr ||
      value.as<std::shared_ptr<Module>>() != nullptr) {
    return true;
  }
  if (const auto* i = value.as<std::shared_ptr<Instance>>()) {
    const Class& type = *(*i)->type;
    if (type.is_enum) {
      if (const Value* plain = Comparer::plain_value(value)) return truth(*plain);
      return true;
    }
    if (find_member(type, "__bool__") != nullptr || find_member(type, "__len__") != nullptr) {
      return {};
    }
    return true;
  }
  if (const Symbol* symbol = value.symbol()) {
    // A timedelta of no time and a Decimal of zero are false.
    if (const auto text = symbol_text(*symbol)) {
      const bool number = symbol->path() == kDecimal;
      return number ? text->find_first_not_of("-0.") != std::string::npos : *text != "0:00:00";
    }
  }
  return {};
}

std::optional<bool> equal(const Value& a, const Value& b) { return Comparer{}.equal(a, b, 0); }

std::optional<std::vector<Value>> iterate(const Value& value) {
  if (const Sequence* s = value.sequence()) {
    if (!s->complete) return {};
    return s->items;
  }
  if (const Dict* d = value.dict()) {
    if (!d->complete) return {};
    std::vector<Value> keys;
    keys.reserve(d->items.size());
    for (const auto& [key, item] : d->items) keys.push_back(key);
    return keys;
  }
  if (const MappedText* s = value.str()) {
    if (!s->known()) return {};
    std::vector<Value> characters;
    for (std::size_t begin = 0; begin < s->text.size();) {
      std::size_t end = begin + 1;
      while (end < s->text.size() && (static_cast<unsigned char>(s->text[end]) & 0xC0U) == 0x80U) {
        ++end;
      }
      Value character(s->slice({size32(begin), size32(end)}));
      character.place = value.place;
      characters.push_back(std::move(character));
      begin = end;
    }
    return characters;
  }
  if (value.as<std::shared_ptr<Class>>() != nullptr && is_enum(value)) {
    std::vector<Value> members;
    for (auto& [name, member] : enum_members(value)) members.push_back(std::move(member));
    return members;
  }
  if (const auto* i = value.as<std::shared_ptr<Instance>>()) {
    const Class& type = *(*i)->type;
    if (!type.is_named_tuple) return {};
    std::vector<Value> items;
    for (const std::string& field : type.fields) {
      const auto* item = (*i)->attributes.find(field);
      if (item == nullptr) return {};
      items.push_back(item->value);
    }
    return items;
  }
  return {};
}

Value make_sequence(Sequence::Kind kind, std::vector<Value> items) {
  auto sequence = std::make_shared<Sequence>();
  sequence->kind = kind;
  sequence->items = std::move(items);
  return Value(std::move(sequence));
}

Value make_symbol(std::string path, Place place) {
  auto symbol = std::make_shared<Symbol>();
  symbol->name = std::move(path);
  symbol->place = place;
  Value value(std::shared_ptr<const Symbol>(std::move(symbol)));
  value.place = place;
  return value;
}

std::vector<std::pair<std::string, std::string>> annotations_of(const Value& class_value) {
  const auto* type = class_value.as<std::shared_ptr<Class>>();
  if (type == nullptr) return {};
  return (*type)->annotations;
}

std::string class_name(const Value& v) {
  if (const auto* c = v.as<std::shared_ptr<Class>>()) return (*c)->name;
  if (const auto* i = v.as<std::shared_ptr<Instance>>()) return (*i)->type->name;
  return {};
}

std::optional<Value> class_of(const Value& v) {
  if (const auto* i = v.as<std::shared_ptr<Instance>>()) return Value((*i)->type);
  return {};
}

std::vector<Value> bases_of(const Value& v) {
  if (const auto* c = v.as<std::shared_ptr<Class>>()) return (*c)->bases;
  return {};
}

bool is_enum(const Value& v) {
  if (const auto* c = v.as<std::shared_ptr<Class>>()) return (*c)->is_enum;
  if (const auto* i = v.as<std::shared_ptr<Instance>>()) return (*i)->type->is_enum;
  return false;
}

std::vector<std::pair<std::string, Value>> enum_members(const Value& v) {
  std::vector<std::pair<std::string, Value>> members;
  const auto* c = v.as<std::shared_ptr<Class>>();
  if (c == nullptr || !(*c)->is_enum) return members;
  for (const auto& b : (*c)->members.bindings()) {
    const auto* i = b.value.as<std::shared_ptr<Instance>>();
    if (i == nullptr || (*i)->type != *c) continue;
    const auto* name = (*i)->attributes.find("name");
    if (name != nullptr && name->value.str() != nullptr && name->value.str()->text == b.name) {
      members.emplace_back(b.name, b.value);
    }
  }
  return members;
}

const Value* find_attribute(const Value& object, std::string_view name) {
  if (const auto* i = object.as<std::shared_ptr<Instance>>()) {
    if (const auto* own = (*i)->attributes.find(name)) return &own->value;
    return find_member(*(*i)->type, name);
  }
  if (const auto* c = object.as<std::shared_ptr<Class>>()) return find_member(**c, name);
  if (const auto* m = object.as<std::shared_ptr<Module>>()) {
    const auto* binding = (*m)->scope->names.find(name);
    return binding == nullptr || binding->lazy != 0 ? nullptr : &binding->value;
  }
  return nullptr;
}

Arguments made_with(const Value& instance) {
  const auto* i = instance.as<std::shared_ptr<Instance>>();
  return i == nullptr ? Arguments{} : (*i)->made_with;
}

std::vector<std::pair<std::string, Value>> instance_attributes(const Value& v) {
  std::vector<std::pair<std::string, Value>> all;
  if (const auto* i = v.as<std::shared_ptr<Instance>>()) {
    for (const auto& b : (*i)->attributes.bindings()) all.emplace_back(b.name, b.value);
  }
  return all;
}

bool has_default(const Value& function, std::string_view parameter) {
  const auto* f = function.as<std::shared_ptr<const Function>>();
  return f != nullptr && std::ranges::any_of((*f)->parameters, [&](const Parameter& p) {
           return p.name == parameter && p.default_value.has_value();
         });
}

std::string function_name(const Value& v) {
  const auto* f = v.as<std::shared_ptr<const Function>>();
  return f == nullptr ? std::string{} : (*f)->name;
}

std::string type_name(const Value& v) {
  if (v.is_none()) return "NoneType";
  if (v.as<bool>() != nullptr) return "bool";
  if (v.as<Integer>() != nullptr) return "int";
  if (v.as<double>() != nullptr) return "float";
  if (v.str() != nullptr) return "str";
  if (v.as<Bytes>() != nullptr) return "bytes";
  if (const Sequence* s = v.sequence()) {
    switch (s->kind) {
      case Sequence::Kind::kList:
        return "list";
      case Sequence::Kind::kTuple:
        return "tuple";
      case Sequence::Kind::kSet:
        return "set";
    }
  }
  if (v.dict() != nullptr) return "dict";
  if (const auto* f = v.as<std::shared_ptr<const Function>>()) {
    return (*f)->is_type ? "type" : "function";
  }
  if (v.as<std::shared_ptr<Class>>() != nullptr) return "type";
  if (v.as<std::shared_ptr<Module>>() != nullptr) return "module";
  return class_name(v);
}

}  // namespace forelock::python
