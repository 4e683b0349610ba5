// Operations of the project's own, op.invoke and op.run_async.
// Source: alembic/operations/base.py register_operation, implementation_for, invoke, run_async.

#include <string>
#include <utility>

#include "analyzer/alembic/operations/operations.h"

namespace forelock::alembic {

using python::Arguments;
using python::None;
using python::Symbol;
using python::Value;

namespace {

bool same_class(const Value& a, const Value& b) {
  const auto* left = a.as<std::shared_ptr<python::Class>>();
  const auto* right = b.as<std::shared_ptr<python::Class>>();
  return left != nullptr && right != nullptr && *left == *right;
}

bool descends(const Value& type, const Value& base, int depth = 0) {
  if (same_class(type, base)) return true;
  if (depth > 16) return false;
  for (const Value& parent : python::bases_of(type)) {
    if (descends(parent, base, depth + 1)) return true;
  }
  return false;
}

/// Runs what may register operations: the modules that the migration and env.py import.
void look_for(Host& host) {
  CustomOperations& custom = host.custom();
  if (std::exchange(custom.looked_for, true) || host.evaluator() == nullptr) return;
  for (const std::string& module : host.imported_modules()) {
    host.evaluator()->import_module(module);
  }
  for (const std::string& module : host.options().environment_modules) {
    host.evaluator()->import_module(module);
  }
}

Value operations_symbol(const Operation& operation) {
  return python::make_symbol("alembic.op", operation.site.place);
}

}  // namespace

void Host::decorated(const Symbol& decorator, const Value& value) {
  const std::string_view path = decorator.path();
  if (decorator.kind != Symbol::Kind::kCall || decorator.arguments.positional.empty()) return;
  const Value& first = decorator.arguments.positional[0];
  if (path.ends_with("Operations.register_operation")) {
    if (const auto name = known_string(first)) {
      const auto method = known_string(decorator.arguments.find("sourcename", 1));
      custom_.registered.push_back({*name, value, method.value_or(*name)});
    }
  } else if (path.ends_with("Operations.implementation_for")) {
    custom_.implementations.push_back({first, value});
  } else if (canonical(path) == "ext.compiles") {
    const std::vector<Value>& given = decorator.arguments.positional;
    if (given.size() == 1) compiled_.push_back({first, {}, value});
    for (std::size_t i = 1; i < given.size(); ++i) {
      if (const auto dialect = known_string(given[i]))
        compiled_.push_back({first, *dialect, value});
    }
  }
}

std::vector<std::string> Host::imported_modules() const {
  std::vector<std::string> modules;
  for (const model::Import& import : migration_.imports) modules.push_back(import.module);
  return modules;
}

std::optional<Value> custom_operation(Host& host, std::string_view name,
                                      const Operation& operation) {
  const auto find = [&]() -> const CustomOperations::Registered* {
    for (const CustomOperations::Registered& each : host.custom().registered) {
      if (each.name == name) return &each;
    }
    return nullptr;
  };
  if (host.evaluator() == nullptr) return {};
  if (find() == nullptr) look_for(host);
  const CustomOperations::Registered* found = find();
  if (found == nullptr) return {};
  const CustomOperations::Registered registered = *found;  // the call may register others
  const Value* method = python::find_attribute(registered.type, registered.method);
  if (method == nullptr) return {};
  Arguments arguments = operation.arguments;
  arguments.positional.insert(arguments.positional.begin(),
                              {registered.type, operations_symbol(operation)});
  return host.evaluator()->call_value(*method, arguments, operation.site);
}

Value invoke(Host& host, const Operation& operation) {
  const Value* given = operation.arguments.find("operation", 0);
  const auto type = given == nullptr ? std::nullopt : python::class_of(*given);
  if (type && host.evaluator() != nullptr) {
    look_for(host);
    for (std::size_t i = 0; i < host.custom().implementations.size(); ++i) {
      const CustomOperations::Implementation implementation = host.custom().implementations[i];
      if (!descends(*type, implementation.type)) continue;
      Arguments arguments;
      arguments.positional = {operations_symbol(operation), *given};
      return host.evaluator()->call_value(implementation.function, arguments, operation.site);
    }
  }
  if (given != nullptr && name_of(*given) == "ops.ExecuteSQLOp" && is_call(*given)) {
    if (const Value* text = arguments_of(*given).find("sqltext", 0)) {
      return host.execute(*text, nullptr, operation);
    }
  }
  host.not_analyzed("an operation object is invoked that is not known", operation);
  return None{};
}

Value run_async(Host& host, const Operation& operation) {
  const Arguments& given = operation.arguments;
  const Value* function = given.find("async_function", 0);
  if (function == nullptr || host.evaluator() == nullptr) {
    host.not_analyzed("op.run_async without a function", operation);
    return None{};
  }
  Arguments arguments = given;
  if (!arguments.positional.empty()) arguments.positional.erase(arguments.positional.begin());
  arguments.positional.insert(arguments.positional.begin(),
                              python::make_symbol("@bind", operation.site.place));
  std::erase_if(arguments.keywords,
                [](const auto& keyword) { return keyword.first == "async_function"; });
  return host.evaluator()->call_value(*function, arguments, operation.site);
}

}  // namespace forelock::alembic
