// What a function's body speaks of, without running it.

#include <algorithm>

#include "analyzer/python/interpreter.h"

namespace forelock::python {
namespace {

bool is_parameter(const Function& function, std::string_view name) {
  return std::ranges::find(function.parameters, name, &Parameter::name) !=
         function.parameters.end();
}

}  // namespace

const Value* Interpreter::bound_outside(const Function& function, std::string_view name) {
  for (std::shared_ptr<Scope> scope = function.closure; scope != nullptr;
       scope = scope->parent != nullptr ? scope->parent : scope->globals) {
    Namespace::Binding* found = scope->names.find(name);
    if (found == nullptr) continue;
    if (found->lazy != 0) force(*found, scope);
    found = scope->names.find(name);
    return found == nullptr ? nullptr : &found->value;
  }
  return nullptr;
}

bool Interpreter::mentions(const Value& value, const std::function<bool(const Value&)>& wanted,
                           std::vector<const Function*>& seen) {
  if (wanted(value)) return true;
  const auto* given = value.as<std::shared_ptr<const Function>>();
  if (given == nullptr) return false;
  const Function& function = **given;
  constexpr std::size_t kMaxFunctions = 100;
  if (seen.size() >= kMaxFunctions || std::ranges::find(seen, &function) != seen.end()) {
    return false;
  }
  seen.push_back(&function);
  const auto inner = [&](const Value& part) { return mentions(part, wanted, seen); };
  if (std::ranges::any_of(function.bound.positional, inner) ||
      std::ranges::any_of(function.bound.keywords,
                          [&](const auto& keyword) { return inner(keyword.second); }) ||
      (function.callee && inner(*function.callee)) ||
      (function.target != nullptr && inner(Value(function.target)))) {
    return true;
  }
  if (function.node == nullptr) return false;
  const std::shared_ptr<const ParsedFile> file = function.file;
  const std::uint32_t end = file->subtree_end(*function.node);
  for (std::uint32_t i = file->index(*function.node) + 1; i < end; ++i) {
    const Node& node = *file->at(i);
    if (node.kind != Kind::kIdentifier || !step()) continue;
    const std::string_view name = file->text().substr(node.begin, node.end - node.begin);
    if (is_parameter(function, name)) continue;
    const Value* found = bound_outside(function, name);
    if (found != nullptr && inner(Value(*found))) return true;
  }
  return false;
}

}  // namespace forelock::python
