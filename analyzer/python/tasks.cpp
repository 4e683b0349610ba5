// Functions that the standard library calls for the code: in threads, pools and event loops. Each
// is run where it is started, in the order of the text; the body of a coroutine runs at its call.
// Only functions of the file itself are: an application's own threads are none of its migrations.

#include <algorithm>
#include <array>

#include "analyzer/python/builtins.h"

namespace forelock::python {
namespace {

constexpr std::string_view kFuture = "concurrent.futures.Future";

bool is_of_the_file(const Value& callee) {
  const auto* function = callee.as<std::shared_ptr<const Function>>();
  if (function == nullptr) return false;
  if ((*function)->callee) return is_of_the_file(*(*function)->callee);
  const Function& called = (*function)->target != nullptr ? *(*function)->target : **function;
  return called.node != nullptr && called.file_number == 0;
}

/// Calls the argument at `index` with the positional ones after it and the keywords.
std::optional<Value> call_argument(Interpreter& in, const Arguments& arguments, std::size_t index,
                                   const CallSite& site) {
  if (arguments.positional.size() <= index || !is_of_the_file(arguments.positional[index])) {
    return {};
  }
  Arguments rest = arguments;
  const Value callee = rest.positional[index];
  rest.positional.erase(rest.positional.begin(),
                        rest.positional.begin() + static_cast<std::ptrdiff_t>(index) + 1);
  return in.call(callee, rest, site);
}

/// What result() gives back.
Value future_of(Interpreter& in, Value result, Place at) {
  Symbol future;
  future.kind = Symbol::Kind::kCall;
  future.operands.push_back(make_symbol(std::string(kFuture), at));
  future.arguments.positional.push_back(std::move(result));
  future.place = at;
  return in.make_symbol_node(std::move(future));
}

/// Source: Lib/threading.py, Thread(group, target, name, args, kwargs) and Timer(interval,
/// function, args, kwargs).
std::optional<Value> run_thread(Interpreter& in, const Symbol& thread, const CallSite& site) {
  const bool timer = thread.path() == "threading.Timer";
  const Value* target = thread.arguments.find(timer ? "function" : "target", 1);
  if (target == nullptr || !is_of_the_file(*target)) return {};
  Arguments arguments;
  const Value* positional = thread.arguments.find("args", timer ? 2 : 3);
  if (positional != nullptr && !positional->is_none()) {
    const auto items = in.iterate_value(*positional, site.place);
    arguments.complete = items.has_value();
    if (items) arguments.positional = *items;
  }
  const Value* named = thread.arguments.find("kwargs", timer ? 3 : 4);
  if (named != nullptr && !named->is_none()) {
    const Dict* dict = named->dict();
    if (dict == nullptr || !dict->complete) arguments.complete = false;
    for (const auto& [key, value] : dict == nullptr ? decltype(Dict::items){} : dict->items) {
      if (key.str() != nullptr) arguments.keywords.emplace_back(key.str()->text, value);
    }
  }
  in.call(*target, arguments, site);
  return Value(None{});
}

/// Pool.apply(function, args, kwds).
std::optional<Value> call_applied(Interpreter& in, const Arguments& arguments,
                                  const CallSite& site) {
  const Value* function = arguments.find("func", 0);
  const Value* given = arguments.find("args", 1);
  if (function == nullptr || !is_of_the_file(*function)) return {};
  Arguments inner;
  if (given != nullptr) {
    const auto items = in.iterate_value(*given, site.place);
    inner.complete = items.has_value();
    if (items) inner.positional = *items;
  }
  return in.call(*function, inner, site);
}

/// Executor.map(function, *iterables).
std::optional<Value> map_over(Interpreter& in, const Arguments& arguments, const CallSite& site) {
  if (arguments.positional.size() < 2 || !is_of_the_file(arguments.positional[0])) return {};
  std::vector<std::vector<Value>> columns;
  for (std::size_t i = 1; i < arguments.positional.size(); ++i) {
    auto items = in.iterate_value(arguments.positional[i], site.place);
    if (!items) {
      in.not_followed("a function is run for items that are not known", site.place);
      return in.unknown("results for items that are not known");
    }
    columns.push_back(std::move(*items));
  }
  const std::size_t rows = std::ranges::min(columns, {}, &std::vector<Value>::size).size();
  std::vector<Value> results;
  for (std::size_t row = 0; row < rows && in.step(); ++row) {
    Arguments each;
    for (const auto& column : columns) each.positional.push_back(column[row]);
    results.push_back(in.call(arguments.positional.front(), each, site));
  }
  return in.make_list(Sequence::Kind::kList, std::move(results));
}

std::optional<Value> call_function(Interpreter& in, std::string_view path,
                                   const Arguments& arguments, const CallSite& site) {
  constexpr auto kCallers = std::to_array<std::string_view>({"anyio.from_thread.run", "anyio.run",
                                                             "anyio.to_thread.run_sync",
                                                             "asyncio.to_thread", "trio.run"});
  if (std::ranges::find(kCallers, path) != kCallers.end()) {
    return call_argument(in, arguments, 0, site);
  }
  constexpr auto kAwaiters =
      std::to_array<std::string_view>({"asyncio.create_task", "asyncio.ensure_future",
                                       "asyncio.run", "asyncio.shield", "asyncio.wait_for"});
  if (std::ranges::find(kAwaiters, path) != kAwaiters.end() && !arguments.positional.empty()) {
    return arguments.positional.front();
  }
  if (path == "asyncio.gather") {
    return in.make_list(Sequence::Kind::kList, arguments.positional, arguments.complete);
  }
  return {};
}

std::optional<Value> call_method_of(Interpreter& in, const Symbol& self, std::string_view name,
                                    const Arguments& arguments, const CallSite& site) {
  const std::string_view path = self.path();
  if (self.kind != Symbol::Kind::kCall) return {};
  if (path == "threading.Thread" || path == "threading.Timer" ||
      path == "multiprocessing.Process") {
    if (name == "start" || name == "run") return run_thread(in, self, site);
    if (name == "join") return Value(None{});
    return {};
  }
  if (path == kFuture && name == "result" && self.arguments.positional.size() == 1) {
    return self.arguments.positional.front();
  }
  const bool pool = path == "multiprocessing.Pool" || path.ends_with(".ThreadPool");
  if (pool && name == "apply") return call_applied(in, arguments, site);
  if (pool && (name == "map" || name == "imap")) return map_over(in, arguments, site);
  if (path.ends_with(".ThreadPoolExecutor") || path.ends_with(".ProcessPoolExecutor")) {
    if (name == "submit") {
      auto result = call_argument(in, arguments, 0, site);
      if (result) return future_of(in, std::move(*result), site.place);
    }
    if (name == "map") return map_over(in, arguments, site);
  }
  if (path == "asyncio.get_event_loop" || path == "asyncio.get_running_loop" ||
      path == "asyncio.new_event_loop") {
    if (name == "run_in_executor") return call_argument(in, arguments, 1, site);
    if (name == "run_until_complete" && !arguments.positional.empty()) {
      return arguments.positional.front();
    }
  }
  return {};
}

}  // namespace

std::optional<Value> call_task(Interpreter& in, const Value& callee, const Arguments& arguments,
                               const CallSite& site) {
  const Symbol* symbol = callee.symbol();
  if (symbol == nullptr) return {};
  if (symbol->kind == Symbol::Kind::kName) return call_function(in, symbol->name, arguments, site);
  if (symbol->kind != Symbol::Kind::kAttribute) return {};
  const Symbol* self = symbol->operands.front().symbol();
  return self == nullptr ? std::nullopt : call_method_of(in, *self, symbol->name, arguments, site);
}

}  // namespace forelock::python
