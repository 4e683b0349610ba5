// `object.name` and `object[key]`.

#include <algorithm>

#include "analyzer/python/builtins.h"
#include "analyzer/python/format.h"
#include "analyzer/python/interpreter.h"

namespace forelock::python {
namespace {

using text::MappedText;

bool is_dunder(std::string_view name) { return name.starts_with("__") && name.ends_with("__"); }

Value method_native(Interpreter& in, const NativeCall& call) {
  const Function& f = call.function;
  if (f.self) {
    if (auto r = call_method(in, *f.self, f.name, call.arguments, call.site)) return *r;
    return in.unknown("a method that is not followed");
  }
  // `str.upper` as a function: its first argument is the object.
  if (call.arguments.positional.empty()) return in.unknown("a method without its object");
  Arguments rest = call.arguments;
  const Value self = rest.positional.front();
  rest.positional.erase(rest.positional.begin());
  if (auto r = call_method(in, self, f.name, rest, call.site)) return *r;
  return in.unknown("a method that is not followed");
}

Value attribute_symbol(Interpreter& in, const Value& object, std::string_view name, Place at,
                       const Value* bound = nullptr) {
  Symbol symbol;
  symbol.kind = Symbol::Kind::kAttribute;
  symbol.name = name;
  symbol.operands = {object};
  if (bound != nullptr) symbol.operands.push_back(*bound);
  symbol.place = at;
  return in.make_symbol_node(std::move(symbol));
}

/// What a function found in a class becomes when it is read through a class or an instance.
Value bound_to(Interpreter& in, const Value& member, const Value& object, bool through_class,
               Place at) {
  const auto* function = member.as<std::shared_ptr<const Function>>();
  if (function == nullptr || (*function)->node == nullptr) return member;
  const Function& f = **function;
  if (f.is_static) return member;
  if (f.is_property && !through_class) return in.call_simple(member, {object}, at);
  if (through_class && !f.is_class_method) return member;
  auto method = std::make_shared<Function>();
  method->name = f.name;
  method->target = *function;
  method->self = object;
  if (f.is_class_method && !through_class) {
    if (const auto type = class_of(object)) method->self = *type;
  }
  return in.make_function(std::move(method));
}

Value symbol_attribute(Interpreter& in, const Value& object, std::string_view name, Place at) {
  const Symbol& symbol = *object.symbol();
  if (auto answer = in.host().attribute(symbol, name, at)) return in.keep(std::move(*answer));
  if (symbol.kind == Symbol::Kind::kName) {
    std::string path = symbol.name + "." + std::string(name);
    if (auto constant = stdlib_constant(in, path, at)) return *constant;
    Symbol named;
    named.name = std::move(path);
    named.place = at;
    return in.make_symbol_node(std::move(named));
  }
  if (symbol.kind == Symbol::Kind::kCall) {
    if (auto known = call_stdlib_method(in, symbol, std::string(".") + std::string(name), {}, at)) {
      return *known;
    }
  }
  return attribute_symbol(in, object, name, at);
}

/// With aliases, which iterating leaves out.
Value members_dict(Interpreter& in, const std::shared_ptr<Class>& type, Place at) {
  std::vector<std::pair<Value, Value>> items;
  for (const auto& b : type->members.bindings()) {
    const auto* i = b.value.as<std::shared_ptr<Instance>>();
    if (i != nullptr && (*i)->type == type) items.emplace_back(in.make_text(b.name, at), b.value);
  }
  return in.make_dict(std::move(items));
}

Value class_attribute(Interpreter& in, const Value& object, const std::shared_ptr<Class>& type,
                      std::string_view name, Place at) {
  if (const Value* member = find_member(*type, name)) {
    const bool described =
        type->has_symbol_base && member->symbol() != nullptr && !is_dunder(name) && !type->is_enum;
    if (described) return attribute_symbol(in, object, name, at, member);
    return bound_to(in, *member, object, true, at);
  }
  if (name == "__name__" || name == "__qualname__") return in.make_text(type->name, at);
  if (name == "__members__" && type->is_enum) return members_dict(in, type, at);
  if (name == "__doc__") return Value(None{});
  if (type->is_named_tuple && name == "_fields") {
    std::vector<Value> fields;
    for (const std::string& field : type->fields) fields.push_back(in.make_text(field, at));
    return in.make_list(Sequence::Kind::kTuple, std::move(fields));
  }
  if (type->has_symbol_base) return attribute_symbol(in, object, name, at);
  return in.unknown("the attribute '" + std::string(name) + "'");
}

Value instance_attribute(Interpreter& in, const Value& object,
                         const std::shared_ptr<Instance>& instance, std::string_view name,
                         Place at) {
  if (const auto* own = instance->attributes.find(name)) return own->value;
  Class& type = *instance->type;
  if (const Value* member = find_member(type, name)) {
    const bool described = type.has_symbol_base && member->symbol() != nullptr && !type.is_enum;
    if (described) return attribute_symbol(in, object, name, at, member);
    return bound_to(in, *member, object, false, at);
  }
  if (name == "__class__") return Value(instance->type);
  if (name == "__dict__") {
    std::vector<std::pair<Value, Value>> items;
    for (const auto& b : instance->attributes.bindings()) {
      items.emplace_back(in.make_text(b.name, at), b.value);
    }
    return in.make_dict(std::move(items));
  }
  if (type.is_named_tuple && (name == "_asdict" || name == "_replace" || name == "_fields")) {
    if (name == "_fields")
      return class_attribute(in, Value(instance->type), instance->type, name, at);
    return in.make_native(name, method_native, object);
  }
  if (type.is_enum && (name == "_value_" || name == "_name_")) {
    return instance_attribute(in, object, instance, name == "_value_" ? "value" : "name", at);
  }
  if (const Value* getter = find_member(type, "__getattr__")) {
    return in.call_simple(*getter, {object, in.make_text(name, at)}, at);
  }
  if (type.has_symbol_base && !type.is_exception) return attribute_symbol(in, object, name, at);
  if (type.is_enum) {
    // A member of `class E(str, Enum)` is a str, too.
    if (const auto* value = instance->attributes.find("value")) {
      if (has_method(value->value, name)) return in.attribute(value->value, name, at);
    }
  }
  return in.unknown("the attribute '" + std::string(name) + "'");
}

/// super().__init__(…) of a class whose base is a symbol.
Value init_of_symbol(Interpreter&, const NativeCall& call) {
  if (!call.function.self) return Value(None{});
  if (const auto* i = call.function.self->as<std::shared_ptr<Instance>>()) {
    (*i)->made_with = call.arguments;
  }
  return Value(None{});
}

Value super_attribute(Interpreter& in, const Function& proxy, std::string_view name, Place at) {
  for (const Value& base : proxy.owner->bases) {
    const auto* type = base.as<std::shared_ptr<Class>>();
    if (type == nullptr) continue;
    if (const Value* member = find_member(**type, name)) {
      const bool through_class = proxy.self->as<std::shared_ptr<Class>>() != nullptr;
      return bound_to(in, *member, *proxy.self, through_class, at);
    }
  }
  if (name == "__init__" && proxy.owner->has_symbol_base) {
    return in.make_native(name, init_of_symbol, *proxy.self);
  }
  return in.unknown("an attribute of a base class");
}

Value function_attribute(Interpreter& in, const Function& f, std::string_view name, Place at) {
  if (f.is_super) return super_attribute(in, f, name, at);
  if (name == "__name__" || name == "__qualname__") return in.make_text(f.name, at);
  if (f.is_type) {
    if (auto constant = stdlib_constant(in, "builtins." + f.name + "." + std::string(name), at)) {
      return *constant;
    }
    return in.make_native(name, method_native);
  }
  return in.unknown("an attribute of a function");
}

}  // namespace

Value Interpreter::attribute(const Value& object, std::string_view name, Place at) {
  if (stopped()) return unknown("not evaluated");
  if (object.symbol() != nullptr) return symbol_attribute(*this, object, name, at);
  if (const auto* type = object.as<std::shared_ptr<Class>>()) {
    return class_attribute(*this, object, *type, name, at);
  }
  if (const auto* instance = object.as<std::shared_ptr<Instance>>()) {
    return instance_attribute(*this, object, *instance, name, at);
  }
  if (const auto* module = object.as<std::shared_ptr<Module>>()) {
    return module_attribute(*module, name, at);
  }
  if (const auto* function = object.as<std::shared_ptr<const Function>>()) {
    return function_attribute(*this, **function, name, at);
  }
  if (const Unknown* u = object.as<Unknown>()) {
    if (u->instance_of != nullptr) {
      if (auto answer = host_.attribute(*u, name)) return *answer;
    }
    return unknown(u->reason);
  }
  if (has_method(object, name)) return make_native(name, method_native, object);
  if (name == "__class__") {
    if (auto type = builtin(*this, type_name(object))) return *type;
  }
  if (object.as<Integer>() != nullptr && (name == "real" || name == "numerator")) return object;
  return unknown("the attribute '" + std::string(name) + "'");
}

namespace {

/// A Python index into `size` items; nothing when it lies outside.
std::optional<std::size_t> index_of(Integer index, std::size_t size) {
  const auto count = static_cast<Integer>(size);
  if (index < 0) index += count;
  if (index < 0 || index >= count) return {};
  return static_cast<std::size_t>(index);
}

Value sequence_item(Interpreter& in, const Sequence& s, const Value& key, Place at) {
  const Integer* n = key.as<Integer>();
  if (n == nullptr) return in.unknown("an item by an unknown index");
  if (!s.complete && (*n < 0 || static_cast<std::size_t>(*n) >= s.items.size())) {
    return in.unknown("an item of a list that is not known completely");
  }
  if (const auto i = index_of(*n, s.items.size())) return s.items[*i];
  in.raise("IndexError", "list index out of range", at);
  return in.unknown("an index out of range");
}

Value dict_item(Interpreter& in, const Value& object, const Value& key, Place at) {
  const Dict& dict = *object.dict();
  in.step(dict.items.size() / 16);
  const auto found = dict_get(dict, key);
  if (!found) return in.unknown("an item by an unknown key");
  if (*found != nullptr) return **found;
  if (!dict.default_factory.empty()) {
    Value made = in.call_simple(dict.default_factory.front(), {}, at);
    dict_set(in.write(*object.as<std::shared_ptr<Dict>>()), key, made);
    return made;
  }
  in.raise("KeyError", to_repr(key).value_or(""), at);
  return in.unknown("a missing key");
}

Value text_item(Interpreter& in, const Value& object, const Value& key, Place at) {
  const MappedText& s = *object.str();
  const Integer* n = key.as<Integer>();
  if (n == nullptr || !s.known()) return in.unknown("a character by an unknown index");
  const auto i = index_of(*n, code_points(s.text));
  if (!i) {
    in.raise("IndexError", "string index out of range", at);
    return in.unknown("an index out of range");
  }
  const std::size_t begin = byte_of_code_point(s.text, *i);
  const std::size_t end = byte_of_code_point(s.text, *i + 1);
  const bool own = object.place && object.place->file == at.file;
  if (!own) return in.make_text(std::string_view(s.text).substr(begin, end - begin), at);
  return in.make_text(s.slice({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}),
                      at);
}

}  // namespace

Value Interpreter::subscript(const Value& object, const Value& key, Place at) {
  if (stopped()) return unknown("not evaluated");
  if (const Symbol* symbol = object.symbol()) {
    if (auto answer = host_.subscript(*symbol, key, at)) return keep(std::move(*answer));
    Symbol item;
    item.kind = Symbol::Kind::kSubscript;
    item.operands = {object, key};
    item.place = at;
    return make_symbol_node(std::move(item));
  }
  if (const Sequence* s = object.sequence()) return sequence_item(*this, *s, key, at);
  if (object.dict() != nullptr) return dict_item(*this, object, key, at);
  if (object.str() != nullptr) return text_item(*this, object, key, at);
  if (const auto* type = object.as<std::shared_ptr<Class>>()) {
    if ((*type)->is_enum && key.str() != nullptr) {
      for (auto& [name, member] : enum_members(object)) {
        if (name == key.str()->text) return member;
      }
      if (const auto* alias = (*type)->members.find(key.str()->text)) return alias->value;
      raise("KeyError", to_repr(key).value_or(""), at);
    }
    return object;  // Generic[T] and the like.
  }
  if (const auto* instance = object.as<std::shared_ptr<Instance>>()) {
    if (const Value* method = find_member(*(*instance)->type, "__getitem__")) {
      return call_simple(*method, {object, key}, at);
    }
    if (auto items = python::iterate(object)) {
      Sequence s;
      s.items = std::move(*items);
      return sequence_item(*this, s, key, at);
    }
    if ((*instance)->type->has_symbol_base) {
      Symbol item;
      item.kind = Symbol::Kind::kSubscript;
      item.operands = {object, key};
      item.place = at;
      return make_symbol_node(std::move(item));
    }
  }
  if (object.as<std::shared_ptr<const Function>>() != nullptr) return object;  // list[int]
  if (object.is_unknown()) return object;
  return unknown("a subscript that is not followed");
}

Value Interpreter::eval_slice(const Value& object, const Node& slice, Place at) {
  const ParsedFile& file = *frame().file;
  std::optional<Value> parts[3];
  std::size_t position = 0;
  for (const Node* c = file.first(slice); c != nullptr; c = file.next(*c)) {
    if (c->kind == Kind::kOperator) {
      ++position;
    } else if (position < 3) {
      parts[position] = eval(*c);
    }
  }
  if (stopped()) return unknown("not evaluated");
  if (object.symbol() != nullptr) return subscript(object, unknown("a slice"), at);
  std::optional<Integer> numbers[3];
  for (std::size_t i = 0; i < 3; ++i) {
    if (!parts[i] || parts[i]->is_none()) continue;
    const Integer* n = parts[i]->as<Integer>();
    if (n == nullptr) return unknown("a slice with unknown bounds");
    numbers[i] = *n;
  }
  return slice_value(*this, object, numbers[0], numbers[1], numbers[2].value_or(1), at);
}

Value slice_value(Interpreter& in, const Value& object, std::optional<Integer> from,
                  std::optional<Integer> to, Integer stride, Place at) {
  const MappedText* s = object.str();
  const Sequence* list = object.sequence();
  if ((s == nullptr && list == nullptr) || stride == 0) {
    return object.is_unknown() ? object : in.unknown("a slice that is not followed");
  }
  if (list != nullptr && !list->complete) return in.unknown("a slice of an unknown list");
  if (s != nullptr && !s->known()) {
    // Known up to the first hole, that is enough for text[:n] before it.
    const bool before = stride == 1 && from.value_or(0) >= 0 && to && *to >= 0 &&
                        static_cast<std::size_t>(*to) <= s->holes.front().begin_byte;
    if (!before) return in.unknown("a slice of a str with unknown parts");
  }
  const auto size = static_cast<Integer>(s != nullptr ? code_points(s->text) : list->items.size());
  const auto clamp = [&](std::optional<Integer> bound, Integer fallback, Integer low,
                         Integer high) {
    if (!bound) return fallback;
    Integer b = *bound;
    if (b < 0) b = b < -size ? low : b + size;
    return std::clamp(b, low, high);
  };
  std::vector<std::size_t> picked;
  if (stride > 0) {
    const Integer begin = clamp(from, 0, 0, size);
    const Integer end = clamp(to, size, 0, size);
    if (s != nullptr && stride == 1) {
      if (begin >= end) return in.make_text(MappedText{}, at);
      const auto b =
          static_cast<std::uint32_t>(byte_of_code_point(s->text, static_cast<std::size_t>(begin)));
      const auto e =
          static_cast<std::uint32_t>(byte_of_code_point(s->text, static_cast<std::size_t>(end)));
      const bool own = object.place && object.place->file == at.file;
      if (own) return in.make_text(s->slice({b, e}), at);
      return in.make_text(s->text.substr(b, e - b), at);
    }
    for (Integer i = begin; i < end;) {
      picked.push_back(static_cast<std::size_t>(i));
      if (stride > end - i) break;
      i += stride;
    }
  } else {
    const Integer begin = clamp(from, size - 1, -1, size - 1);
    const Integer end = clamp(to, -1, -1, size - 1);
    for (Integer i = begin; i > end;) {
      picked.push_back(static_cast<std::size_t>(i));
      if (stride < end - i) break;
      i += stride;
    }
  }
  if (!in.step(picked.size() / 8)) return in.unknown("too large");
  if (list != nullptr) {
    std::vector<Value> items;
    for (const std::size_t i : picked) items.push_back(list->items[i]);
    return in.make_list(list->kind, std::move(items));
  }
  const auto characters = iterate(object);
  std::string text;
  for (const std::size_t i : picked) text += (*characters)[i].str()->text;
  return in.make_text(text, at);
}

Value Interpreter::module_attribute(const std::shared_ptr<Module>& module, std::string_view name,
                                    Place at) {
  if (Namespace::Binding* found = module->scope->names.find(name)) {
    if (found->lazy != 0) force(*found, module->scope);
    if (const auto* again = module->scope->names.find(name)) return again->value;
  }
  if (name == "__name__") return make_text(module->name, at);
  const std::string dotted = module->name + "." + std::string(name);
  if (auto inner = find_module(dotted)) return Value(inner);
  // A folder without __init__.py on the way to a module that was imported by its full name.
  const bool leads_on = std::ranges::any_of(modules_, [&](const auto& known) {
    return known.second != nullptr && known.first.starts_with(dotted + ".");
  });
  if (leads_on) return Value(namespace_package(dotted));
  if (!module->scope->star_modules.empty()) {
    return attribute(module->scope->star_modules.back(), name, at);
  }
  return unknown("the name '" + std::string(name) + "' of module " + module->name);
}

}  // namespace forelock::python
