#include "analyzer/alembic/render/python_classes.h"

#include <algorithm>
#include <array>

#include "analyzer/alembic/compile.h"

namespace forelock::alembic {
namespace {

using python::Value;

bool is_class(const Value& value) { return value.as<std::shared_ptr<python::Class>>() != nullptr; }
bool is_instance(const Value& value) {
  return value.as<std::shared_ptr<python::Instance>>() != nullptr;
}

/// Canonical names of the library classes that `type` descends from.
bool descends_from(const Value& type, std::string_view name, int depth = 0) {
  if (depth > 16) return false;
  for (const Value& base : python::bases_of(type)) {
    if (name_of(base) == name) return true;
    if (is_class(base) && descends_from(base, name, depth + 1)) return true;
    if (is_call(base) && name_of(base) == name) return true;
  }
  return false;
}

/// A library type among the bases: `class MyString(sa.String)`.
std::optional<Value> library_base(const Value& type, int depth = 0) {
  if (depth > 16) return {};
  for (const Value& base : python::bases_of(type)) {
    const std::string name = name_of(base);
    if (!name.empty() && name != "sa.TypeDecorator" && name != "sa.UserDefinedType" &&
        name != "sa.TypeEngine") {
      return base;
    }
    if (is_class(base)) {
      if (auto found = library_base(base, depth + 1)) return found;
    }
  }
  return {};
}

/// `library` called with what `instance` was made with: `MyString(50)` hands its arguments on.
Value made_of(const Value& library, const Value& instance, const Context& context) {
  python::Arguments arguments = python::made_with(instance);
  if (is_call(library) || (arguments.positional.empty() && arguments.keywords.empty())) {
    return library;
  }
  python::Symbol call;
  call.kind = python::Symbol::Kind::kCall;
  call.place = {0, context.span_of(instance)};
  call.operands.push_back(library);
  call.arguments = std::move(arguments);
  return Value(std::make_shared<const python::Symbol>(std::move(call)));
}

}  // namespace

std::optional<std::vector<std::pair<Value, Value>>> enum_members(const Value& value,
                                                                 const Context& context) {
  (void)context;
  if (!is_class(value) || !python::is_enum(value)) return {};
  std::vector<std::pair<Value, Value>> out;
  for (auto& [name, member] : python::enum_members(value)) {
    out.emplace_back(Value::string(name, value.place.value_or(python::Place{})), member);
  }
  return out;
}

std::optional<Value> enum_member_value(const Value& value, const Context& context) {
  (void)context;
  if (!is_instance(value) || !python::is_enum(value)) return {};
  const Value* found = python::find_attribute(value, "value");
  if (found == nullptr) return {};
  return *found;
}

std::optional<Value> enum_member_name(const Value& value, const Context& context) {
  (void)context;
  if (!is_instance(value) || !python::is_enum(value)) return {};
  const Value* found = python::find_attribute(value, "name");
  if (found == nullptr) return {};
  return *found;
}

Value call_function(const Value& callee, std::vector<Value> positional, const Context& context) {
  if (context.evaluator == nullptr) return Value::unknown("a function of the project");
  python::Arguments arguments;
  arguments.positional = std::move(positional);
  python::CallSite site;
  site.place = {0, context.call};
  return context.evaluator->call_value(callee, arguments, site);
}

namespace {

/// The function for a class or the nearest of its bases; one for the dialect before one for any.
const Value* compile_function(const Value& type, const Context& context, int depth = 0) {
  const auto* wanted = type.as<std::shared_ptr<python::Class>>();
  if (wanted == nullptr || depth > 16) return nullptr;
  const Value* general = nullptr;
  for (const CompileFunction& each : *context.compiled) {
    const auto* of = each.type.as<std::shared_ptr<python::Class>>();
    if (of == nullptr || *of != *wanted) continue;
    if (each.dialect == context.options.settings.dialect) return &each.function;
    if (each.dialect.empty()) general = &each.function;
  }
  if (general != nullptr) return general;
  for (const Value& base : python::bases_of(type)) {
    if (const Value* found = compile_function(base, context, depth + 1)) return found;
  }
  return nullptr;
}

}  // namespace

std::optional<text::MappedText> compiled_text(const Value& element, const Context& context) {
  if (context.compiled == nullptr || context.compiled->empty()) return {};
  std::optional<Value> type = is_instance(element) ? python::class_of(element) : element;
  const Value* function = type ? compile_function(*type, context) : nullptr;
  if (function == nullptr) return {};
  const Value compiler = python::make_symbol("@compiler", {0, context.call});
  const Value text = call_function(*function, {element, compiler}, context);
  return text.str() == nullptr ? std::nullopt : std::optional(*text.str());
}

std::optional<Value> type_argument(const python::Symbol& attribute) {
  if (attribute.kind != python::Symbol::Kind::kAttribute || attribute.operands.empty()) return {};
  const Value& element = attribute.operands.front();
  if (!is_instance(element)) return {};
  struct Parameter {
    std::string_view name;
    std::size_t index;
  };
  // Source: sqlalchemy/sql/sqltypes.py, the constructors of String, Numeric and DateTime.
  constexpr auto kParameters = std::to_array<Parameter>(
      {{"length", 0}, {"collation", 1}, {"precision", 0}, {"scale", 1}, {"timezone", 0}});
  const auto* parameter = std::ranges::find(kParameters, attribute.name, &Parameter::name);
  if (parameter == kParameters.end()) return {};
  const python::Arguments arguments = python::made_with(element);
  const Value* given = arguments.find(parameter->name, parameter->index);
  return given == nullptr ? std::nullopt : std::optional(*given);
}

namespace {

std::optional<Type> class_type(const Value& value, const Context& context) {
  Value type = value;
  if (is_instance(value)) {
    if (const auto of = python::class_of(value)) type = *of;
  }
  if (!is_class(type)) return {};
  if (descends_from(type, "sa.UserDefinedType")) {
    if (const Value* spec =
            python::find_attribute(is_instance(value) ? value : type, "get_col_spec")) {
      const Value result = call_function(*spec, {value}, context);
      if (const auto text = known_string(result)) {
        Type out;
        out.family = TypeFamily::kOther;
        out.sql = *text;
        return out;
      }
    }
    return {};
  }
  if (descends_from(type, "sa.TypeDecorator")) {
    // load_dialect_impl(self, dialect) chooses by dialect; else `impl` is the type.
    if (const Value* chooser =
            python::find_attribute(is_instance(value) ? value : type, "load_dialect_impl");
        chooser != nullptr && chooser->symbol() == nullptr) {
      const Value dialect = python::make_symbol("@dialect", {0, context.call});
      const Value result = call_function(*chooser, {value, dialect}, context);
      if (result.symbol() != nullptr) {
        const Type chosen = read_type(result, context);
        if (chosen.known && !chosen.sql.empty()) return chosen;
      }
    }
    const Value* impl = python::find_attribute(is_instance(value) ? value : type, "impl");
    if (impl != nullptr && !impl->is_none()) {
      return read_type(made_of(*impl, value, context), context);
    }
    return {};
  }
  if (const auto base = library_base(type)) {
    return read_type(made_of(*base, value, context), context);
  }
  return {};
}

}  // namespace

std::optional<Type> read_class_type(const Value& value, const Context& context) {
  std::optional<Type> type = class_type(value, context);
  if (const auto text = compiled_text(value, context)) {
    if (!type) type.emplace();
    if (type->family == TypeFamily::kNull) type->family = TypeFamily::kOther;
    type->sql = text->text;
    type->known = text->known();
  }
  return type;
}

}  // namespace forelock::alembic
