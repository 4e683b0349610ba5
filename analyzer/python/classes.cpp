// Functions and classes as statements; instances, enums, dataclasses, exceptions.

#include <algorithm>
#include <array>

#include "analyzer/python/builtins.h"
#include "analyzer/python/format.h"
#include "analyzer/python/interpreter.h"

namespace forelock::python {
namespace {

struct BuiltinClass {
  std::string_view name;
  std::string_view base;
};

/// Python's exceptions, sorted by name.
constexpr std::array kExceptions = std::to_array<BuiltinClass>({
    {"ArithmeticError", "Exception"},
    {"AssertionError", "Exception"},
    {"AttributeError", "Exception"},
    {"BaseException", ""},
    {"BlockingIOError", "OSError"},
    {"ConnectionError", "OSError"},
    {"DeprecationWarning", "Warning"},
    {"EOFError", "Exception"},
    {"EnvironmentError", "OSError"},
    {"Exception", "BaseException"},
    {"FileExistsError", "OSError"},
    {"FileNotFoundError", "OSError"},
    {"FutureWarning", "Warning"},
    {"IOError", "OSError"},
    {"ImportError", "Exception"},
    {"IndexError", "LookupError"},
    {"KeyError", "LookupError"},
    {"KeyboardInterrupt", "BaseException"},
    {"LookupError", "Exception"},
    {"ModuleNotFoundError", "ImportError"},
    {"NameError", "Exception"},
    {"NotImplementedError", "RuntimeError"},
    {"OSError", "Exception"},
    {"OverflowError", "ArithmeticError"},
    {"PermissionError", "OSError"},
    {"RecursionError", "RuntimeError"},
    {"RuntimeError", "Exception"},
    {"RuntimeWarning", "Warning"},
    {"StopIteration", "Exception"},
    {"SyntaxError", "Exception"},
    {"SystemExit", "BaseException"},
    {"TimeoutError", "OSError"},
    {"TypeError", "Exception"},
    {"UnicodeDecodeError", "ValueError"},
    {"UnicodeError", "ValueError"},
    {"UserWarning", "Warning"},
    {"ValueError", "Exception"},
    {"Warning", "Exception"},
    {"ZeroDivisionError", "ArithmeticError"},
});
static_assert(std::ranges::is_sorted(kExceptions, {}, &BuiltinClass::name));

constexpr std::array<std::string_view, 6> kEnumBases = {
    "enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag", "enum.ReprEnum"};

/// Bases without a meaning of their own.
constexpr std::array<std::string_view, 8> kPlainBases = {"abc.ABC",
                                                         "typing.Generic",
                                                         "typing.Protocol",
                                                         "typing.NamedTuple",
                                                         "typing.TypedDict",
                                                         "typing_extensions.TypedDict",
                                                         "typing_extensions.Protocol",
                                                         "object"};

bool is_auto(const Value& value) {
  const Symbol* symbol = value.symbol();
  return symbol != nullptr && symbol->kind == Symbol::Kind::kCall && symbol->path() == "enum.auto";
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool is_member_name(std::string_view name) {
  if (name.starts_with("__")) return false;
  return !(name.starts_with('_') && name.ends_with('_'));
}

}  // namespace

std::optional<Value> Interpreter::builtin_class(std::string_view name) {
  const auto found = std::ranges::lower_bound(kExceptions, name, {}, &BuiltinClass::name);
  if (found == kExceptions.end() || found->name != name) return {};
  if (const auto known = builtin_classes_.find(name); known != builtin_classes_.end()) {
    return known->second;
  }
  auto type = std::make_shared<Class>();
  type->name = name;
  type->is_exception = true;
  if (!found->base.empty()) {
    if (auto base = builtin_class(found->base)) type->bases.push_back(std::move(*base));
  }
  classes_.push_back(type);
  Value value(type);
  builtin_classes_.emplace(name, value);
  return value;
}

Value Interpreter::decorate(const Value& decorator, Value decorated, const Node& node,
                            bool& known) {
  known = true;
  const Symbol* symbol = decorator.symbol();
  const std::string_view path = symbol == nullptr ? std::string_view{} : symbol->path();
  if (const auto* type = decorated.as<std::shared_ptr<Class>>()) {
    if (path == "dataclasses.dataclass" || path == "attr.s" || path == "attrs.define") {
      (*type)->is_dataclass = true;
    }
    if (const auto* f = decorator.as<std::shared_ptr<const Function>>();
        f != nullptr && (*f)->node != nullptr) {
      Value result = call_simple(decorator, {decorated}, place(node));
      if (!result.is_unknown() && !result.is_none()) return result;
    }
    if (symbol != nullptr) host_.decorated(*symbol, decorated);
    return decorated;
  }
  const auto* function = decorated.as<std::shared_ptr<const Function>>();
  if (function == nullptr) return decorated;
  auto copy = std::make_shared<Function>(**function);
  if (const auto* f = decorator.as<std::shared_ptr<const Function>>()) {
    if ((*f)->is_type && (*f)->name == "staticmethod") {
      copy->is_static = true;
      return make_function(std::move(copy));
    }
    if ((*f)->is_type && (*f)->name == "classmethod") {
      copy->is_class_method = true;
      return make_function(std::move(copy));
    }
    if ((*f)->is_type && (*f)->name == "property") {
      copy->is_property = true;
      return make_function(std::move(copy));
    }
    if ((*f)->node != nullptr || (*f)->target != nullptr) {
      Value result = call_simple(decorator, {decorated}, place(node));
      if (!stopped() && result.as<std::shared_ptr<const Function>>() != nullptr) return result;
      return decorated;
    }
  }
  if (path == "contextlib.contextmanager") {
    copy->is_context_manager = true;
    return make_function(std::move(copy));
  }
  if (path == "functools.cached_property" || path == "sqlalchemy.ext.hybrid.hybrid_property") {
    copy->is_property = true;
    return make_function(std::move(copy));
  }
  if (path.ends_with("declared_attr")) {
    copy->is_class_method = true;
    copy->is_property = true;
    return make_function(std::move(copy));
  }
  known = false;
  if (symbol != nullptr) host_.decorated(*symbol, decorated);
  return decorated;
}

Flow Interpreter::exec_decorated(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* definition = file.child(node, Field::kDefinition);
  if (definition == nullptr) return Flow::kNormal;
  if (definition->kind == Kind::kClassDefinition) return exec_class(*definition, &node);
  return exec_function(*definition, &node);
}

Flow Interpreter::exec_function(const Node& node, const Node* decorated) {
  const ParsedFile& file = *frame().file;
  const Node* name = file.child(node, Field::kName);
  if (name == nullptr) return Flow::kNormal;
  Value value = make_function(function_of(node, std::string(source(*name))));
  value.place = place(node);
  if (decorated != nullptr) {
    std::vector<const Node*> decorators;
    for (const Node* c = file.first(*decorated); c != nullptr; c = file.next(*c)) {
      if (c->kind == Kind::kDecorator && file.first(*c) != nullptr)
        decorators.push_back(file.first(*c));
    }
    for (auto it = decorators.rbegin(); it != decorators.rend(); ++it) {
      const Value decorator = eval(**it);
      if (stopped()) return Flow::kNormal;
      bool known = false;
      value = decorate(decorator, std::move(value), **it, known);
    }
  }
  assign(*name, value);
  return Flow::kNormal;
}

Flow Interpreter::exec_class(const Node& node, const Node* decorated) {
  const ParsedFile& file = *frame().file;
  const Node* name = file.child(node, Field::kName);
  const Node* body = file.child(node, Field::kBody);
  if (name == nullptr) return Flow::kNormal;
  auto type = std::make_shared<Class>();
  charge(sizeof(Class) + 128);
  type->name = source(*name);
  type->place = place(node);
  type->file_number = frame().file_number;
  classes_.push_back(type);
  if (const Node* bases = file.child(node, Field::kSuperclasses)) {
    Arguments arguments;
    CallSite site;
    site.place = place(*bases);
    read_arguments(*bases, arguments, site);
    if (stopped()) return Flow::kNormal;
    type->bases = std::move(arguments.positional);
    for (Value& base : type->bases) {  // TypeDecorator[str] is a TypeDecorator
      const Symbol* symbol = base.symbol();
      if (symbol != nullptr && symbol->kind == Symbol::Kind::kSubscript) {
        base = Value(symbol->operands.front());
      }
    }
  }
  for (const Value& base : type->bases) {
    if (const auto* parent = base.as<std::shared_ptr<Class>>()) {
      type->is_enum = type->is_enum || (*parent)->is_enum;
      type->is_dataclass = type->is_dataclass || (*parent)->is_dataclass;
      type->is_exception = type->is_exception || (*parent)->is_exception;
      type->is_named_tuple = type->is_named_tuple || (*parent)->is_named_tuple;
      type->has_symbol_base = type->has_symbol_base || (*parent)->has_symbol_base;
      if (!(*parent)->has_symbol_base) type->fields = (*parent)->fields;
    } else if (const Symbol* symbol = base.symbol()) {
      const std::string_view path = symbol->path();
      if (std::ranges::find(kEnumBases, path) != kEnumBases.end()) {
        type->is_enum = true;
      } else if (path == "typing.NamedTuple") {
        type->is_named_tuple = true;
      } else if (std::ranges::find(kPlainBases, path) == kPlainBases.end()) {
        type->has_symbol_base = true;
      }
    } else if (base.is_unknown()) {
      type->has_symbol_base = true;
    }
  }

  auto scope = std::make_shared<Scope>();
  scope->is_class = true;
  scope->parent = frame().scope->globals != nullptr ? frame().scope : nullptr;
  scope->globals = frame().scope->globals != nullptr ? frame().scope->globals : frame().scope;
  if (body != nullptr) {
    Frame& f = frame();
    const std::shared_ptr<Scope> outer = f.scope;
    f.scope = scope;
    exec_block(*body);
    f.scope = outer;
    // `name: type` and `name: type = value` are the fields of a dataclass, in order.
    for (const Node* c = file.first(*body); c != nullptr; c = file.next(*c)) {
      const Node* a = c->kind == Kind::kExpressionStatement ? file.first(*c) : nullptr;
      if (a == nullptr || a->kind != Kind::kAssignment) continue;
      const Node* left = file.child(*a, Field::kLeft);
      const Node* annotation = file.child(*a, Field::kType);
      if (left == nullptr || annotation == nullptr) continue;
      std::string field(source(*left));
      type->annotations.emplace_back(field, source(*annotation));
      if (std::ranges::find(type->fields, field) == type->fields.end()) {
        type->fields.push_back(std::move(field));
      }
    }
  }
  if (scope.use_count() > 1) scopes_.push_back(scope);
  std::vector<Namespace::Binding> members = scope->names.bindings();
  for (Namespace::Binding& b : members) {
    if (b.lazy != 0) {
      force(b, scope);
      if (const auto* again = scope->names.find(b.name)) b.value = again->value;
      b.lazy = 0;
    }
    const auto* function = b.value.as<std::shared_ptr<const Function>>();
    if (function != nullptr && (*function)->node != nullptr && (*function)->owner == nullptr) {
      auto copy = std::make_shared<Function>(**function);
      copy->owner = type;
      const auto at = b.value.place;
      b.value = make_function(std::move(copy));
      b.value.place = at;
    }
  }
  type->members.assign(std::move(members));
  if (type->is_enum) finish_enum(type);
  Value value(type);
  value.place = place(node);
  if (decorated != nullptr) {
    for (const Node* c = file.first(*decorated); c != nullptr; c = file.next(*c)) {
      if (c->kind != Kind::kDecorator || file.first(*c) == nullptr) continue;
      const Value decorator = eval(*file.first(*c));
      if (stopped()) return Flow::kNormal;
      bool known = false;
      value = decorate(decorator, std::move(value), *file.first(*c), known);
    }
  }
  assign(*name, value);
  return Flow::kNormal;
}

void Interpreter::finish_enum(const std::shared_ptr<Class>& type) {
  Integer next = 1;
  const bool is_str = is_subclass_of_name(*type, "enum.StrEnum");
  const bool is_flag =
      is_subclass_of_name(*type, "enum.Flag") || is_subclass_of_name(*type, "enum.IntFlag");
  std::vector<std::pair<Value, Value>> made;  // Value and its member, to find aliases.
  for (Namespace::Binding& b : type->members.bindings()) {
    if (!is_member_name(b.name)) continue;
    if (b.value.as<std::shared_ptr<const Function>>() != nullptr ||
        b.value.as<std::shared_ptr<Class>>() != nullptr) {
      continue;
    }
    const Place at = b.value.place.value_or(type->place);
    Value value = b.value;
    if (is_auto(value)) {
      value = is_str ? make_text(lower(b.name), at) : Value(next);
    }
    const auto alias = std::ranges::find_if(
        made, [&](const auto& m) { return equal(m.first, value).value_or(false); });
    if (alias != made.end()) {
      b.value = alias->second;
      continue;
    }
    if (const Integer* n = value.as<Integer>()) {
      next = is_flag ? (*n > 0 && *n < (Integer{1} << 60) ? *n * 2 : 1)
                     : (*n < (Integer{1} << 60) ? *n + 1 : *n);
    }
    const auto member = make_instance(type);
    member->attributes.set("name", make_text(b.name, at));
    member->attributes.set("value", value);
    Value made_member(member);
    made_member.place = at;
    if (const Value* init = find_member(*type, "__init__")) {
      // `RED = (1, "x")` with an __init__ that takes them apart.
      std::vector<Value> positional{made_member};
      const Sequence* tuple = value.sequence();
      if (tuple != nullptr && tuple->kind == Sequence::Kind::kTuple) {
        positional.insert(positional.end(), tuple->items.begin(), tuple->items.end());
      } else {
        positional.push_back(value);
      }
      call_simple(*init, std::move(positional), at);
    }
    b.value = made_member;
    made.emplace_back(value, made_member);
    if (!step(made.size() / 8)) return;
  }
}

Value Interpreter::make_namedtuple(std::string name, std::vector<std::string> fields, Place at) {
  auto type = std::make_shared<Class>();
  type->name = std::move(name);
  type->fields = std::move(fields);
  type->place = at;
  type->is_named_tuple = true;
  classes_.push_back(type);
  return Value(type);
}

Value Interpreter::instantiate(const std::shared_ptr<Class>& type, const Arguments& arguments,
                               const CallSite& site) {
  const Value type_value(type);
  if (type->is_enum) {
    if (arguments.positional.empty()) return unknown("a member of an enum");
    bool unsure = false;
    for (auto& [name, member] : enum_members(type_value)) {
      const auto* value = (*member.as<std::shared_ptr<Instance>>())->attributes.find("value");
      const auto same =
          value == nullptr ? std::nullopt : equal(value->value, arguments.positional.front());
      if (same && *same) return member;
      const auto identity = equal(member, arguments.positional.front());
      if (identity && *identity) return member;
      unsure = unsure || !same;
    }
    if (!unsure) raise("ValueError", "not a member of the enum " + type->name, site.place);
    return unknown("a member of an enum");
  }
  const auto instance = make_instance(type);
  Value value(instance);
  value.place = site.place;
  if (type->is_exception) {
    instance->attributes.set("args", make_list(Sequence::Kind::kTuple, arguments.positional));
  }
  if (const Value* init = find_member(*type, "__init__")) {
    Arguments with_self = arguments;
    with_self.positional.insert(with_self.positional.begin(), value);
    call(*init, with_self, site);
    return value;
  }
  if (type->is_dataclass || type->is_named_tuple) {
    std::size_t index = 0;
    for (const std::string& field : type->fields) {
      const Value* given = arguments.find(field, index++);
      const Value* fallback = find_member(*type, field);
      if (given != nullptr) {
        instance->attributes.set(field, *given);
      } else if (fallback != nullptr && arguments.complete) {
        Value initial = *fallback;
        if (const Symbol* symbol = initial.symbol();
            symbol != nullptr && symbol->path() == "dataclasses.field") {
          if (const Value* plain = symbol->arguments.find("default")) {
            initial = *plain;
          } else if (const Value* factory = symbol->arguments.find("default_factory")) {
            initial = call_simple(*factory, {}, site.place);
          }
        }
        instance->attributes.set(field, std::move(initial));
      } else {
        instance->attributes.set(field, unknown("the field '" + field + "'"));
      }
    }
    if (const Value* post = find_member(*type, "__post_init__"))
      call_simple(*post, {value}, site.place);
    return value;
  }
  if (type->has_symbol_base) {
    instance->made_with = arguments;
    // A declarative model takes its columns by keyword.
    for (const auto& [keyword, given] : arguments.keywords) {
      instance->attributes.set(keyword, given);
    }
  }
  return value;
}

}  // namespace forelock::python
