#include "analyzer/alembic/render/python_classes.h"

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

std::optional<Type> read_class_type(const Value& value, const Context& context) {
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

}  // namespace forelock::alembic
