#include "analyzer/python/evaluator.h"

#include "analyzer/python/interpreter.h"

namespace forelock::python {

void Interpreter::run_main() {
  run_module(main_);
  if (aborted_ && !limit_reported_) {
    limit_reported_ = true;
    host_.not_followed("the module takes too much work", {0, main_->file->root().span()}, false);
  }
}

std::optional<Value> Interpreter::global(std::string_view name) {
  Namespace::Binding* found = main_->scope->names.find(name);
  if (found == nullptr) return {};
  if (found->lazy != 0) {
    Frame own;
    own.scope = main_->scope;
    own.file = main_->file.get();
    own.module = main_;
    const FrameGuard guard(*this, own);
    force(*found, main_->scope);
    found = main_->scope->names.find(name);
    if (found == nullptr) return {};
  }
  return found->value;
}

Evaluator::Result Interpreter::call_function(std::string_view name, const Arguments& arguments) {
  Evaluator::Result result;
  // What the call before this one did to the module is taken back.
  for (Changes::Entry& entry : call_journal_.entries) {
    restore(entry.object, std::move(entry.contents));
  }
  call_journal_ = {};
  aborted_ = false;
  raised_.reset();
  conditions_.clear();
  journals_.clear();
  handling_.clear();
  steps_ = 0;
  step_limit_ = limits_.max_steps;
  may_raise_ = 0;
  const auto callee = global(name);
  if (!callee || callee->as<std::shared_ptr<const Function>>() == nullptr) {
    result.outcome = Evaluator::Outcome::kMissing;
    return result;
  }
  Frame own;
  own.scope = main_->scope;
  own.file = main_->file.get();
  own.module = main_;
  const FrameGuard guard(*this, own);
  journals_.push_back(std::make_unique<Changes>());
  const Function& function = **callee->as<std::shared_ptr<const Function>>();
  Place at;
  if (function.node != nullptr) at = {function.file_number, function.node->span()};
  result.value = call(*callee, arguments, CallSite{});
  call_journal_ = std::move(*journals_.front());
  journals_.clear();
  if (aborted_) {
    result.outcome = Evaluator::Outcome::kLimit;
    conditions_.clear();
    host_.not_followed("the function takes too much work", at, false);
    aborted_ = false;
  } else if (raised_) {
    result.outcome = Evaluator::Outcome::kRaised;
    result.raised_at = raised_->place;
    result.raised = raised_->text;
    raised_.reset();
  } else if (may_raise_ > 0) {
    result.outcome = Evaluator::Outcome::kMayRaise;
    result.raised_at = last_may_raise_.place;
    result.raised = last_may_raise_.text;
  }
  return result;
}

Value Interpreter::call_from_host(const Value& callee, const Arguments& arguments,
                                  const CallSite& site) {
  if (!frames_.empty()) return call(callee, arguments, site);
  Frame own;
  own.scope = main_->scope;
  own.file = main_->file.get();
  own.module = main_;
  const FrameGuard guard(*this, own);
  return call(callee, arguments, site);
}

void Interpreter::import_from_host(const std::string& dotted) {
  if (!stopped()) find_module(dotted);
}

struct Evaluator::State {
  std::shared_ptr<const ParsedFile> file;
  Interpreter interpreter;
  bool ran = false;
};

Evaluator::Evaluator(std::shared_ptr<const ParsedFile> file, Host& host, ModuleFinder finder,
                     Limits limits)
    : state_(new State{file, Interpreter(file, host, std::move(finder), limits)}) {}

Evaluator::~Evaluator() = default;

void Evaluator::run_module() {
  if (state_->ran) return;
  state_->ran = true;
  state_->interpreter.run_main();
}

std::optional<Value> Evaluator::global(std::string_view name) const {
  return state_->interpreter.global(name);
}

Evaluator::Result Evaluator::call(std::string_view function, const Arguments& arguments) {
  return state_->interpreter.call_function(function, arguments);
}

void Evaluator::import_module(std::string_view dotted) {
  state_->interpreter.import_from_host(std::string(dotted));
}

Value Evaluator::call_value(const Value& callee, const Arguments& arguments, const CallSite& site) {
  return state_->interpreter.call_from_host(callee, arguments, site);
}

bool Evaluator::mentions(const Value& value, const std::function<bool(const Value&)>& wanted) {
  std::vector<const Function*> seen;
  return value.as<std::shared_ptr<const Function>>() != nullptr &&
         state_->interpreter.mentions(value, wanted, seen);
}

text::FileRef Evaluator::file(std::uint32_t number) const {
  return state_->interpreter.file(number);
}

namespace {

void add_members(const Value& value, int depth, std::vector<std::pair<std::string, Value>>& out) {
  const auto add = [&](const Namespace& names) {
    for (const auto& b : names.bindings()) {
      bool there = false;
      for (const auto& [name, member] : out) there = there || name == b.name;
      if (!there) out.emplace_back(b.name, b.value);
    }
  };
  if (const auto* i = value.as<std::shared_ptr<Instance>>()) {
    add((*i)->attributes);
    add_members(Value((*i)->type), depth + 1, out);
  } else if (const auto* c = value.as<std::shared_ptr<Class>>()) {
    add((*c)->members);
    if (depth > 32) return;
    for (const Value& base : (*c)->bases) add_members(base, depth + 1, out);
  }
}

}  // namespace

std::vector<std::pair<std::string, Value>> Evaluator::members(
    const Value& class_or_instance) const {
  std::vector<std::pair<std::string, Value>> out;
  add_members(class_or_instance, 0, out);
  return out;
}

}  // namespace forelock::python
