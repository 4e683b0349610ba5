#pragma once

// Python's builtins, the methods of its types, and stand-ins for functions of its standard library.
// Private to analyzer/python.

#include <optional>
#include <string_view>

#include "analyzer/python/interpreter.h"

namespace forelock::python {

/// A builtin function or type by name.
std::optional<Value> builtin(Interpreter& in, std::string_view name);
/// Calls `self.name(…)` for a constant's method; nothing when the type has no such method.
std::optional<Value> call_method(Interpreter& in, const Value& self, std::string_view name,
                                 const Arguments& arguments, const CallSite& site);
/// Whether a constant's type has a method of that name.
bool has_method(const Value& self, std::string_view name);

/// Calls a function of the standard library by its dotted path; nothing when it is not stood in
/// for.
std::optional<Value> call_stdlib(Interpreter& in, std::string_view path, const Arguments& arguments,
                                 const CallSite& site);
/// A constant of the standard library by its dotted path.
std::optional<Value> stdlib_constant(Interpreter& in, std::string_view path, Place at);
/// Attribute of a symbol whose meaning is known: uuid.UUID("…").hex, datetime(…).year.
std::optional<Value> call_stdlib_method(Interpreter& in, const Symbol& self, std::string_view name,
                                        const Arguments& arguments, Place at);

/// A call of a symbol that runs a function: asyncio.to_thread(f), Thread(target=f).start().
std::optional<Value> call_task(Interpreter& in, const Value& callee, const Arguments& arguments,
                               const CallSite& site);

// Methods by type; nothing when there is none of that name.
std::optional<Value> call_str_method(Interpreter& in, const Value& self, std::string_view name,
                                     const Arguments& arguments, const CallSite& site);
std::optional<Value> call_list_method(Interpreter& in, const std::shared_ptr<Sequence>& self,
                                      std::string_view name, const Arguments& arguments,
                                      const CallSite& site);
std::optional<Value> call_dict_method(Interpreter& in, const std::shared_ptr<Dict>& self,
                                      std::string_view name, const Arguments& arguments,
                                      const CallSite& site);

/// isinstance(value, type); nothing when not known.
std::optional<bool> is_instance(const Value& value, const Value& type);

/// sorted(…), list.sort(…).
std::optional<std::vector<Value>> sort_values(Interpreter& in, std::vector<Value> items,
                                              const Arguments& arguments, Place at);

}  // namespace forelock::python
