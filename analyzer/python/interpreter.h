#pragma once

// The evaluator's machine: frames, scopes, control flow, branches whose condition is not known.
// Its member functions are spread over several files by what they evaluate. Private to
// analyzer/python.
//
// Unknown conditions. Both branches are run, one after the other, from the same state: a Journal
// keeps what each object held before a branch wrote to it, so that the first branch can be taken
// back before the second runs, and what they left is merged. The same journal gives each
// Evaluator::call() the module's state as run_module() left it.
//
// Ownership. Everything that may hold other values is registered and lives until the Interpreter
// goes; then contents are cleared one object at a time. So cycles do not leak and deep nesting does
// not recurse.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "analyzer/python/evaluator.h"
#include "analyzer/python/host.h"
#include "analyzer/python/objects.h"
#include "analyzer/python/syntax.h"
#include "analyzer/python/value.h"

namespace forelock::python {

/// How a statement ended.
enum class Flow : std::uint8_t { kNormal, kBreak, kContinue, kReturn, kRaise, kAbort };

/// What an object held, by what it is.
struct Contents {
  std::variant<std::vector<Namespace::Binding>, std::vector<Value>,
               std::vector<std::pair<Value, Value>>>
      items;
  bool complete = true;
};

/// An object that can be written to.
using ObjectRef =
    std::variant<std::shared_ptr<Scope>, std::shared_ptr<Sequence>, std::shared_ptr<Dict>,
                 std::shared_ptr<Instance>, std::shared_ptr<Class>>;

/// Objects and what they held; in order of first write.
struct Changes {
  struct Entry {
    ObjectRef object;
    Contents contents;
  };
  std::vector<Entry> entries;
  std::unordered_map<const void*, std::size_t> index;
};

/// A loop that is running.
struct Loop {
  std::optional<std::string> may_break;     ///< Condition under which it was left.
  std::optional<std::string> may_continue;  ///< Condition under which this round was ended.
  std::vector<Changes> breaks;              ///< What such a break left behind.
  std::vector<Changes> continues;
};

/// A call of a function, or a module that is running.
struct Frame {
  std::shared_ptr<Scope> scope;
  const ParsedFile* file = nullptr;
  std::uint32_t file_number = 0;
  std::shared_ptr<Module> module;
  const Function* function = nullptr;
  Place call_place;
  bool is_call = false;
  std::vector<Loop> loops;
  std::vector<Value> returned;
  std::vector<Changes> returns;  ///< What conditional returns left behind.
  std::optional<std::string> may_return;
  int try_depth = 0;
  std::size_t base_conditions = 0;  ///< Conditions that held when it was called.
  bool yields_all = true;           ///< False when a yield may not be reached.
  std::vector<Value> yielded;
  /// Body of `with` over a generator's one yield; run where it yields.
  const std::function<void(const Value&)>* on_yield = nullptr;
};

/// An exception on its way up.
struct Raised {
  Value exception;
  std::string text;
  Place place;
};

/// Reason of what os.environ gives.
inline constexpr std::string_view kEnvironment = "the environment";

class Interpreter {
 public:
  Interpreter(std::shared_ptr<const ParsedFile> file, Host& host, ModuleFinder finder,
              Limits limits);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  // --- evaluator.cpp: the public face ---
  void run_main();
  std::optional<Value> global(std::string_view name);
  Evaluator::Result call_function(std::string_view name, const Arguments& arguments);
  Value call_from_host(const Value& callee, const Arguments& arguments, const CallSite& site);
  void import_from_host(const std::string& dotted);
  [[nodiscard]] text::FileRef file(std::uint32_t number) const;

  // --- interpreter.cpp: steps, places, registry ---
  bool step(std::uint64_t cost = 1);
  /// Counts memory that is about to be used; false when the whole budget is spent.
  bool charge(std::size_t bytes);
  [[nodiscard]] bool stopped() const { return aborted_ || raised_.has_value(); }
  [[nodiscard]] Place place(const Node& node) const { return {frame().file_number, node.span()}; }
  [[nodiscard]] Frame& frame() { return *frames_.back(); }
  [[nodiscard]] const Frame& frame() const { return *frames_.back(); }
  [[nodiscard]] std::string_view source(const Node& node) const { return frame().file->text(node); }
  /// Not known; a default is shown in its place, marked as a hole.
  Value of_environment(const Value& fallback, Place at);
  [[nodiscard]] const Limits& limits() const { return limits_; }
  [[nodiscard]] bool conditional() const;
  [[nodiscard]] std::string condition_text() const;
  /// Whether what runs now may not run although the frame's function does.
  [[nodiscard]] bool conditional_in_frame() const;
  void not_followed(std::string_view reason, Place at);
  CallSite make_site(Place at) const;
  void raise(std::string_view type, std::string message, Place at);
  Value unknown(std::string reason) const { return Value::unknown(std::move(reason)); }
  Host& host() { return host_; }

  Value make_list(Sequence::Kind kind, std::vector<Value> items, bool complete = true);
  Value make_dict(std::vector<std::pair<Value, Value>> items, bool complete = true);
  Value make_text(text::MappedText text, Place at);
  Value make_text(std::string_view text, Place at);
  Value make_symbol_node(Symbol symbol);
  Value make_native(std::string_view name, Native native, std::optional<Value> self = {},
                    bool is_type = false);
  Value make_function(std::shared_ptr<Function> function);
  std::shared_ptr<Instance> make_instance(std::shared_ptr<Class> type);
  Value keep(Value value);

  // --- journal.cpp: writes, branches ---
  void before_write(const ObjectRef& object);
  void bind(const std::shared_ptr<Scope>& scope, std::string_view name, Value value);
  void set_attribute(const ObjectRef& object, std::string_view name, Value value);
  /// `object.name = value`; the Host hears of what is not the evaluator's own.
  void set_attribute(const Value& object, std::string_view name, const Value& value, Place at);
  std::vector<Value>& write(const std::shared_ptr<Sequence>& sequence);
  Dict& write(const std::shared_ptr<Dict>& dict);
  /// Runs both under an unknown condition and merges what they leave.
  template <typename A, typename B>
  Flow branch(const std::string& condition, A&& a, B&& b, bool a_raises = false,
              bool b_raises = false);
  /// Evaluates an expression that may not be reached.
  Value eval_maybe(const std::string& condition, const Node& node);
  void merge_into_current(const std::vector<Changes>& alternatives);

  // --- expressions.cpp ---
  Value eval(const Node& node);
  std::optional<bool> truth_of(const Value& value);
  std::optional<std::vector<Value>> iterate_value(const Value& value, Place at);
  Value binary(Op op, const Value& a, const Value& b, Place at);
  Value compare(Op op, const Value& a, const Value& b, Place at);
  Value unary(Op op, const Value& a, Place at);
  Value lookup(std::string_view name, Place at);
  Value subscript(const Value& object, const Value& key, Place at);
  Value text_of(const Value& value, Place at);  ///< str(value), with a hole where not known.
  text::MappedText part_of(const Value& value, Place at);
  void append_part(text::MappedText& out, const Value& value, Place at);

  // --- attributes.cpp ---
  Value attribute(const Value& object, std::string_view name, Place at);

  // --- calls.cpp ---
  Value call(const Value& callee, const Arguments& arguments, const CallSite& site);
  Value call_simple(const Value& callee, std::vector<Value> arguments, Place at);
  std::shared_ptr<Function> function_of(const Node& node, std::string name);

  // --- mentions.cpp ---
  /// Whether `value`, or what it or a function called by it names, is `wanted`.
  bool mentions(const Value& value, const std::function<bool(const Value&)>& wanted,
                std::vector<const Function*>& seen);

  // --- statements.cpp, imports.cpp, classes.cpp ---
  Flow exec(const Node& node);
  Flow exec_block(const Node& block);
  void assign(const Node& target, const Value& value);
  void force(Namespace::Binding& binding, const std::shared_ptr<Scope>& scope);
  std::shared_ptr<Module> find_module(const std::string& dotted);
  /// A package without a file of its own.
  std::shared_ptr<Module> namespace_package(const std::string& dotted);
  Value module_attribute(const std::shared_ptr<Module>& module, std::string_view name, Place at);
  /// A class that Python has built in (an exception); nothing when there is none of that name.
  std::optional<Value> builtin_class(std::string_view name);
  Value make_namedtuple(std::string name, std::vector<std::string> fields, Place at);
  Value instantiate(const std::shared_ptr<Class>& type, const Arguments& arguments,
                    const CallSite& site);

 private:
  friend class DepthGuard;
  friend class FrameGuard;

  // mentions.cpp
  const Value* bound_outside(const Function& function, std::string_view name);
  // expressions.cpp
  Value eval_node(const Node& node);
  Value eval_string(const Node& node);
  Value eval_concatenated(const Node& node);
  Value eval_boolean(const Node& node);
  Value eval_comparison(const Node& node);
  Value eval_conditional(const Node& node);
  bool is_spread(const Node& node) const;
  Value eval_collection(const Node& node, Sequence::Kind kind);
  Value eval_dictionary(const Node& node);
  Value eval_subscript(const Node& node);
  Value eval_slice(const Value& object, const Node& slice, Place at);
  Value eval_lambda(const Node& node);
  Value eval_yield(const Node& node);
  std::optional<std::string> format_spec(const Node& node);
  void interpolate(text::MappedText& out, const Node& node);
  // comprehensions.cpp
  Value eval_comprehension(const Node& node);
  struct Comprehension;
  void comprehend(Comprehension& into, const Node* clause);
  void comprehend_for(Comprehension& into, const Node& clause);
  // calls.cpp
  Value eval_call(const Node& node);
  Value call_function_value(const std::shared_ptr<const Function>& function,
                            const Arguments& arguments, const CallSite& site);
  Value call_symbol(const Value& callee, const Arguments& arguments, const CallSite& site);
  Value call_unknown(const Value& callee, const Arguments& arguments, const CallSite& site);
  [[nodiscard]] bool recurses_without_end(const Function& function) const;
  Value run_function(const std::shared_ptr<const Function>& function, const Arguments& arguments,
                     const CallSite& site,
                     const std::function<void(const Value&)>* on_yield = nullptr);
  void bind_parameters(const Function& function, const Arguments& arguments,
                       const std::shared_ptr<Scope>& scope, Place at);
  Value merged_return(Frame& frame, Flow flow);
  Value super_call(Place at);
  std::optional<Value> call_of_frame(std::string_view name, const Node& node);
  void read_arguments(const Node& node, Arguments& arguments, CallSite& site);
  std::vector<Parameter> parameters_of(const Node* list);
  bool contains_yield(const Node& node) const;
  /// What is being raised is raised under a condition only: another way goes on.
  void raised_on_one_way();
  void change_symbol(const Node& variable, const Value& value, std::string_view keyword,
                     const Value& given);
  // statements.cpp
  Flow exec_node(const Node& node);
  Flow exec_children(const Node& node);
  Flow exec_if(const Node& node);
  Flow exec_clauses(const Node& condition, const Node& body, const Node* rest);
  Flow exec_rest(const Node* clause);
  Flow exec_for(const Node& node);
  Flow other_way(Flow flow, const Loop& loop);
  Flow exec_for_known(const Node& node, const std::vector<Value>& items);
  /// What stands for each item of something whose items are not known.
  Value unknown_item(const Value& iterated, std::string_view written);
  Flow exec_unknown_loop(const Node& node, const Node* target, const Value& iterated);
  Flow exec_while(const Node& node);
  Flow exec_loop_else(const Node& node, const Loop& loop, bool broke);
  Flow exec_try(const Node& node);
  Flow exec_handlers(const Node& node, const Raised& raised, bool& handled);
  void report_handlers(const Node& node);
  Flow exec_with(const Node& node);
  Flow exec_with_items(const Node& node, const std::vector<const Node*>& items, std::size_t index);
  Flow exec_match(const Node& node);
  Flow exec_cases(const Value& subject, const Node* clause);
  std::optional<bool> match_pattern(const Node& pattern, const Value& subject,
                                    std::vector<std::pair<std::string, Value>>& captures);
  std::optional<bool> match_sequence(const Node& pattern, const Value& subject,
                                     std::vector<std::pair<std::string, Value>>& captures);
  std::optional<bool> match_class(const Node& pattern, const Value& subject,
                                  std::vector<std::pair<std::string, Value>>& captures);
  Flow exec_raise(const Node& node);
  Flow exec_return(const Node& node);
  Flow exec_assert(const Node& node);
  Flow exec_delete(const Node& target);
  Flow exec_augmented(const Node& node);
  Flow exec_assignment(const Node& node, Value* result = nullptr);
  Flow finish(Flow flow);
  bool always_raises(const Node* block) const;
  void forget_assigned(const Node& body, const std::string& why);
  void unpack(const Node& target, const Value& value);
  void assign_subscript(const Node& target, const Value& value);
  Value load_target(const Node& target);
  // classes.cpp
  Flow exec_function(const Node& node, const Node* decorated);
  Flow exec_class(const Node& node, const Node* decorated);
  Flow exec_decorated(const Node& node);
  void finish_enum(const std::shared_ptr<Class>& type);
  Value decorate(const Value& decorator, Value decorated, const Node& node, bool& known);
  // imports.cpp
  Flow exec_import(const Node& node);
  Flow exec_import_from(const Node& node);
  struct Import {
    std::string module;     ///< Dotted, with leading dots when relative and unresolved.
    std::string name;       ///< Imported from it; empty for `import module`.
    bool top_only = false;  ///< `import a.b` binds `a`.
    Place place;
    std::shared_ptr<Scope> scope;
  };
  Value follow(const Import& import);
  Value import_symbol(const std::string& dotted, Place at);
  Value import_name(const std::string& module, const std::string& name, Place at);
  std::string resolve_relative(std::string_view written) const;
  void import_star(const std::string& module, Place at);
  void run_module(const std::shared_ptr<Module>& module);
  // journal.cpp
  static const void* address(const ObjectRef& object);
  static Contents contents(const ObjectRef& object);
  static void restore(const ObjectRef& object, Contents contents);
  static Contents merged(const Contents& a, const Contents& b, const std::string& why);
  Changes take_back(Changes& journal);
  void hand_up(Changes& journal);
  void merge_two(Changes& before_a, Changes& after_a, Changes& before_b, bool a_ends, bool b_ends,
                 const std::string& why);
  Flow combine(const std::string& condition, Flow a, Flow b, Changes& left_a, Changes& left_b);
  void begin_branch(const std::string* condition);
  void end_branch(const std::string* condition);
  struct BranchEnd {
    Flow flow = Flow::kNormal;
    std::optional<Raised> raised;
    Changes left;  ///< What the objects that were written to held at its end.
    Changes before;
  };
  BranchEnd finish_branch(Flow flow, bool undo);
  Flow join(const std::string& condition, BranchEnd a, BranchEnd b);

  Host& host_;
  ModuleFinder finder_;
  Limits limits_;
  std::uint64_t steps_ = 0;
  std::uint64_t step_limit_ = 0;
  std::size_t memory_ = 0;
  int depth_ = 0;
  int call_depth_ = 0;
  bool aborted_ = false;
  bool limit_reported_ = false;
  std::optional<Raised> raised_;
  std::uint32_t may_raise_ = 0;  ///< Conditional raises seen so far.
  Raised last_may_raise_;
  std::vector<std::string> conditions_;
  std::vector<Frame*> frames_;
  std::vector<std::unique_ptr<Changes>> journals_;
  Changes call_journal_;
  bool has_call_journal_ = false;
  std::shared_ptr<Module> main_;
  std::vector<std::shared_ptr<const ParsedFile>> files_;
  std::map<std::string, std::shared_ptr<Module>, std::less<>> modules_;
  std::map<std::string, Value, std::less<>> builtin_classes_;
  std::vector<Import> imports_;
  std::set<std::string, std::less<>> host_paths_;  ///< Names that the Host had an opinion on.
  std::uint64_t host_calls_ = 0;
  std::uint64_t import_steps_ = 0;  ///< Spent on modules that were imported.
  bool importing_ = false;
  std::vector<Raised> handling_;  ///< Exceptions whose handlers run.

  // The registry.
  std::vector<std::shared_ptr<Sequence>> sequences_;
  std::vector<std::shared_ptr<Dict>> dicts_;
  std::vector<std::shared_ptr<Scope>> scopes_;
  std::vector<std::shared_ptr<Instance>> instances_;
  std::vector<std::shared_ptr<Class>> classes_;
  std::vector<std::shared_ptr<const void>> constants_;  ///< Symbols, functions; newest goes first.
};

/// Runs with one more frame.
class FrameGuard {
 public:
  FrameGuard(Interpreter& interpreter, Frame& frame) : interpreter_(interpreter) {
    interpreter_.frames_.push_back(&frame);
  }
  ~FrameGuard() { interpreter_.frames_.pop_back(); }
  FrameGuard(const FrameGuard&) = delete;
  FrameGuard& operator=(const FrameGuard&) = delete;

 private:
  Interpreter& interpreter_;
};

template <typename A, typename B>
Flow Interpreter::branch(const std::string& condition, A&& a, B&& b, bool a_raises, bool b_raises) {
  // What stands beside a branch that only raises runs whenever the code succeeds.
  const std::string* const why = &condition;
  const bool guard = frame().try_depth == 0;
  begin_branch(guard && b_raises ? nullptr : why);
  const Flow flow_a = a();
  BranchEnd end_a = finish_branch(flow_a, true);
  end_branch(guard && b_raises ? nullptr : why);
  begin_branch(guard && a_raises ? nullptr : why);
  const Flow flow_b = b();
  BranchEnd end_b = finish_branch(flow_b, true);
  end_branch(guard && a_raises ? nullptr : why);
  return join(condition, std::move(end_a), std::move(end_b));
}

}  // namespace forelock::python
