// try, with and match.

#include <algorithm>

#include "analyzer/python/builtins.h"
#include "analyzer/python/format.h"
#include "analyzer/python/interpreter.h"

namespace forelock::python {
namespace {

/// Whether an exception is caught by a handler for `type`; nothing when not known.
std::optional<bool> caught_by(const Value& exception, const Value& type) {
  if (const Sequence* types = type.sequence()) {
    bool unknown = false;
    for (const Value& one : types->items) {
      const auto caught = caught_by(exception, one);
      if (caught && *caught) return true;
      unknown = unknown || !caught;
    }
    if (unknown) return {};
    return false;
  }
  const auto* caught = type.as<std::shared_ptr<Class>>();
  if (caught != nullptr && ((*caught)->name == "Exception" || (*caught)->name == "BaseException") &&
      (*caught)->bases.size() <= 1 && (*caught)->is_exception) {
    return true;
  }
  const auto* instance = exception.as<std::shared_ptr<Instance>>();
  if (instance == nullptr) return {};
  if (caught != nullptr) {
    if (is_subclass(*(*instance)->type, **caught)) return true;
    if ((*instance)->type->has_symbol_base) return {};
    return false;
  }
  // A symbol such as sqlalchemy.exc.ProgrammingError catches none of Python's own.
  if (type.symbol() != nullptr && !(*instance)->type->has_symbol_base) return false;
  return {};
}

}  // namespace

Flow Interpreter::exec_try(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* body = file.child(node, Field::kBody);
  const std::uint32_t may_raise_before = may_raise_;
  ++frame().try_depth;
  Flow flow = body == nullptr ? Flow::kNormal : finish(exec_block(*body));
  --frame().try_depth;
  if (flow == Flow::kRaise && raised_) {
    const Raised raised = std::move(*raised_);
    raised_.reset();
    bool handled = false;
    flow = exec_handlers(node, raised, handled);
    if (!handled) {
      raised_ = raised;
      flow = Flow::kRaise;
    }
  } else if (flow == Flow::kNormal) {
    if (may_raise_ != may_raise_before) {
      // A conditional raise of the body: its handler may run.
      const Raised raised = last_may_raise_;
      bool handled = false;
      flow = branch(
          raised.text,
          [&] {
            const Flow f = exec_handlers(node, raised, handled);
            return handled ? f : Flow::kNormal;
          },
          [] { return Flow::kNormal; });
      if (handled) may_raise_ = may_raise_before;
    } else {
      report_handlers(node);
    }
    if (flow == Flow::kNormal) {
      if (const Node* clause = file.child(node, Kind::kElseClause))
        flow = finish(exec_rest(clause));
    }
  }
  const Node* last = file.child(node, Kind::kFinallyClause);
  if (last != nullptr && flow != Flow::kAbort) {
    std::optional<Raised> pending = std::move(raised_);
    raised_.reset();
    const Node* block = file.child(*last, Kind::kBlock);
    const Flow own = block == nullptr ? Flow::kNormal : finish(exec_block(*block));
    if (own != Flow::kNormal) return own;
    raised_ = std::move(pending);
  }
  return flow;
}

Flow Interpreter::exec_handlers(const Node& node, const Raised& raised, bool& handled) {
  const ParsedFile& file = *frame().file;
  for (const Node* c = file.first(node); c != nullptr; c = file.next(*c)) {
    if (c->kind != Kind::kExceptClause && c->kind != Kind::kExceptGroupClause) continue;
    const Node* type = nullptr;
    const Node* alias = nullptr;
    const Node* block = nullptr;
    for (const Node* part = file.first(*c); part != nullptr; part = file.next(*part)) {
      if (part->kind == Kind::kBlock) {
        block = part;
      } else if (type == nullptr) {
        type = part;
      } else {
        alias = part;
      }
    }
    if (type != nullptr && type->kind == Kind::kAsPattern) {
      alias = file.child(*type, Field::kAlias);
      type = file.first(*type);
    }
    if (type != nullptr) {
      const Value caught = eval(*type);
      if (stopped()) return finish(Flow::kNormal);
      // When it is not known, the handler is taken to be the one that was written for it.
      if (!caught_by(raised.exception, caught).value_or(true)) continue;
    }
    handled = true;
    if (alias != nullptr) assign(*alias, raised.exception);
    handling_.push_back(raised);
    const Flow flow = block == nullptr ? Flow::kNormal : finish(exec_block(*block));
    handling_.pop_back();
    return flow;
  }
  return Flow::kNormal;
}

void Interpreter::report_handlers(const Node& node) {
  const ParsedFile& file = *frame().file;
  for (const Node* c = file.first(node); c != nullptr; c = file.next(*c)) {
    if (c->kind != Kind::kExceptClause && c->kind != Kind::kExceptGroupClause) continue;
    const std::uint32_t end = file.subtree_end(*c);
    for (std::uint32_t i = file.index(*c); i < end; ++i) {
      const Node& call = *file.at(i);
      if (call.kind != Kind::kCall) continue;
      const Node* root = file.child(call, Field::kFunction);
      while (root != nullptr && (root->kind == Kind::kAttribute || root->kind == Kind::kCall ||
                                 root->kind == Kind::kSubscript)) {
        root = file.first(*root);
      }
      if (root == nullptr || root->kind != Kind::kIdentifier) continue;
      const Value value = lookup(source(*root), place(*root));
      const Symbol* symbol = value.symbol();
      if (symbol == nullptr) continue;
      const bool of_host =
          symbol->kind == Symbol::Kind::kObject || host_paths_.contains(symbol->path());
      if (!of_host) continue;
      not_followed("an exception handler, which runs when the statements above it fail", place(*c));
      break;
    }
  }
}

// --- with ---

Flow Interpreter::exec_with(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* clause = file.child(node, Kind::kWithClause);
  std::vector<const Node*> items;
  if (clause != nullptr) {
    for (const Node* c = file.first(*clause); c != nullptr; c = file.next(*c)) {
      if (c->kind == Kind::kWithItem) items.push_back(c);
    }
  }
  return exec_with_items(node, items, 0);
}

Flow Interpreter::exec_with_items(const Node& node, const std::vector<const Node*>& items,
                                  std::size_t index) {
  const ParsedFile& file = *frame().file;
  if (index == items.size()) {
    const Node* body = file.child(node, Field::kBody);
    return body == nullptr ? Flow::kNormal : finish(exec_block(*body));
  }
  const Node* expression = file.child(*items[index], Field::kValue);
  const Node* alias = nullptr;
  if (expression != nullptr && expression->kind == Kind::kAsPattern) {
    alias = file.child(*expression, Field::kAlias);
    expression = file.first(*expression);
  }
  if (expression == nullptr) return exec_with_items(node, items, index + 1);

  const auto run_body = [&](const Value& entered) {
    if (alias != nullptr) assign(*alias, entered);
    return stopped() ? finish(Flow::kNormal) : exec_with_items(node, items, index + 1);
  };

  // A generator that is a context manager runs around the body.
  if (expression->kind == Kind::kCall) {
    const Node* callee_node = file.child(*expression, Field::kFunction);
    const Node* list = file.child(*expression, Field::kArguments);
    if (callee_node != nullptr && list != nullptr && callee_node->kind == Kind::kIdentifier) {
      const Value callee = lookup(source(*callee_node), place(*callee_node));
      const auto* function = callee.as<std::shared_ptr<const Function>>();
      if (function != nullptr && (*function)->is_context_manager && (*function)->node != nullptr) {
        Arguments arguments;
        CallSite site;
        site.place = place(*expression);
        read_arguments(*list, arguments, site);
        if (stopped()) return Flow::kNormal;
        Flow flow = Flow::kNormal;
        Frame* const outer = &frame();
        const std::function<void(const Value&)> body = [&](const Value& entered) {
          const FrameGuard guard(*this, *outer);
          flow = run_body(entered);
        };
        run_function(*function, arguments, site, &body);
        return finish(flow);
      }
    }
  }

  const Value context = eval(*expression);
  if (stopped()) return Flow::kNormal;
  CallSite site = make_site(place(*expression));
  if (context.symbol() != nullptr) {
    auto answer = host_.enter(context, site);
    const Value entered = answer ? keep(std::move(*answer)) : context;
    const Flow flow = run_body(entered);
    host_.exit(context, site);
    return flow;
  }
  if (const auto* i = context.as<std::shared_ptr<Instance>>()) {
    const Value* enter = find_member(*(*i)->type, "__enter__");
    const Value* leave = find_member(*(*i)->type, "__exit__");
    const Value entered =
        enter != nullptr ? call_simple(*enter, {context}, site.place) : unknown("a context");
    const Flow flow = run_body(entered);
    if (leave != nullptr && !aborted_) {
      std::optional<Raised> pending = std::move(raised_);
      raised_.reset();
      call_simple(*leave, {context, Value(None{}), Value(None{}), Value(None{})}, site.place);
      if (!raised_) raised_ = std::move(pending);
    }
    return finish(flow);
  }
  const Unknown* u = context.as<Unknown>();
  return run_body(unknown(u != nullptr ? u->reason : "a context"));
}

// --- match ---

Flow Interpreter::exec_match(const Node& node) {
  const ParsedFile& file = *frame().file;
  std::vector<Value> subjects;
  for (const Node* c = file.first(node); c != nullptr; c = file.next(*c)) {
    if (c->field == Field::kSubject) subjects.push_back(eval(*c));
  }
  if (stopped() || subjects.empty()) return Flow::kNormal;
  const Value subject = subjects.size() == 1
                            ? subjects.front()
                            : make_list(Sequence::Kind::kTuple, std::move(subjects));
  const Node* body = file.child(node, Field::kBody);
  return body == nullptr ? Flow::kNormal : exec_cases(subject, file.first(*body));
}

Flow Interpreter::exec_cases(const Value& subject, const Node* clause) {
  const ParsedFile& file = *frame().file;
  while (clause != nullptr && clause->kind != Kind::kCaseClause) clause = file.next(*clause);
  if (clause == nullptr) return Flow::kNormal;
  if (!step()) return Flow::kAbort;
  const Node* block = file.child(*clause, Field::kConsequence);
  const Node* guard = file.child(*clause, Field::kGuard);
  std::vector<const Node*> patterns;
  for (const Node* c = file.first(*clause); c != nullptr; c = file.next(*c)) {
    if (c->kind == Kind::kCasePattern) patterns.push_back(c);
  }
  std::vector<std::pair<std::string, Value>> captures;
  std::optional<bool> matches;
  if (patterns.size() == 1) {
    matches = match_pattern(*patterns.front(), subject, captures);
  } else {
    matches = match_sequence(*clause, subject, captures);
  }
  if (matches && !*matches) return exec_cases(subject, file.next(*clause));
  const auto run = [&] {
    for (auto& [name, value] : captures) bind(frame().scope, name, value);
    return block == nullptr ? Flow::kNormal : exec_block(*block);
  };
  std::string why = "`match` of `" + std::string(source(*patterns.front())) + "`";
  if (matches && guard != nullptr) {
    for (auto& [name, value] : captures) bind(frame().scope, name, value);
    const Node* condition = file.first(*guard);
    const Value value = condition == nullptr ? Value(true) : eval(*condition);
    if (stopped()) return Flow::kNormal;
    matches = truth_of(value);
    if (matches && !*matches) return exec_cases(subject, file.next(*clause));
    why = "`" + std::string(source(*guard)) + "`";
  }
  if (matches && *matches) return run();
  return branch(
      why, run, [&] { return exec_cases(subject, file.next(*clause)); }, always_raises(block));
}

std::optional<bool> Interpreter::match_sequence(
    const Node& pattern, const Value& subject,
    std::vector<std::pair<std::string, Value>>& captures) {
  const ParsedFile& file = *frame().file;
  std::vector<const Node*> parts;
  for (const Node* c = file.first(pattern); c != nullptr; c = file.next(*c)) {
    if (c->kind == Kind::kCasePattern) parts.push_back(c);
  }
  const bool scalar = subject.is_none() || subject.as<bool>() != nullptr ||
                      subject.as<Integer>() != nullptr || subject.as<double>() != nullptr;
  if (scalar || subject.str() != nullptr || subject.dict() != nullptr) return false;
  const auto items = iterate_value(subject, place(pattern));
  const auto is_star = [&](const Node* n) {
    const Node* inner = file.first(*n);
    return inner != nullptr && inner->kind == Kind::kSplatPattern;
  };
  const auto star = std::ranges::find_if(parts, is_star);
  const std::size_t fixed = parts.size() - (star == parts.end() ? 0 : 1);
  if (!items) {
    for (const Node* part : parts)
      match_pattern(*part, unknown("a part of what is matched"), captures);
    return {};
  }
  if (star == parts.end() ? items->size() != fixed : items->size() < fixed) return false;
  bool unsure = false;
  std::size_t next = 0;
  for (const Node* part : parts) {
    if (is_star(part)) {
      const std::size_t count = items->size() - fixed;
      const Node* name = file.first(*file.first(*part));
      const auto begin = items->begin() + static_cast<std::ptrdiff_t>(next);
      if (name != nullptr) {
        captures.emplace_back(
            source(*name),
            make_list(Sequence::Kind::kList, {begin, begin + static_cast<std::ptrdiff_t>(count)}));
      }
      next += count;
      continue;
    }
    const auto one = match_pattern(*part, (*items)[next++], captures);
    if (one && !*one) return false;
    unsure = unsure || !one;
  }
  if (unsure) return {};
  return true;
}

std::optional<bool> Interpreter::match_class(const Node& pattern, const Value& subject,
                                             std::vector<std::pair<std::string, Value>>& captures) {
  const ParsedFile& file = *frame().file;
  const Node* name = file.child(pattern, Kind::kDottedName);
  if (name == nullptr) return {};
  Value type = lookup(source(*file.first(*name)), place(*name));
  for (const Node* part = file.next(*file.first(*name)); part != nullptr; part = file.next(*part)) {
    type = attribute(type, source(*part), place(*name));
  }
  std::optional<bool> matches = is_instance(subject, type);
  if (matches && !*matches) return false;
  for (const Node* c = file.first(pattern); c != nullptr; c = file.next(*c)) {
    if (c->kind != Kind::kCasePattern) continue;
    const Node* inner = file.first(*c);
    if (inner == nullptr) continue;
    if (inner->kind != Kind::kKeywordPattern) {
      match_pattern(*c,
                    type.as<std::shared_ptr<const Function>>() != nullptr
                        ? subject
                        : unknown("a part of what is matched"),
                    captures);
      if (inner->kind != Kind::kDottedName) matches.reset();
      continue;
    }
    const Node* key = file.first(*inner);
    const Node* value = key == nullptr ? nullptr : file.next(*key);
    if (value == nullptr) continue;
    const auto one = match_pattern(*value, attribute(subject, source(*key), place(*key)), captures);
    if (one && !*one) return false;
    if (!one) matches.reset();
  }
  return matches;
}

std::optional<bool> Interpreter::match_pattern(
    const Node& pattern, const Value& subject,
    std::vector<std::pair<std::string, Value>>& captures) {
  if (!step()) return {};
  const ParsedFile& file = *frame().file;
  const Node* inner = file.first(pattern);
  switch (pattern.kind) {
    case Kind::kCasePattern:
      if (inner == nullptr) return true;  // `_`
      if (pattern.op == Op::kSub)
        return equal(subject, unary(Op::kSub, eval(*inner), place(pattern)));
      return match_pattern(*inner, subject, captures);
    case Kind::kDottedName: {
      if (inner == nullptr) return {};
      if (file.next(*inner) == nullptr) {
        if (source(*inner) != "_") captures.emplace_back(source(*inner), subject);
        return true;
      }
      Value value = lookup(source(*inner), place(*inner));
      for (const Node* part = file.next(*inner); part != nullptr; part = file.next(*part)) {
        value = attribute(value, source(*part), place(pattern));
      }
      return truth_of(compare(Op::kEq, subject, value, place(pattern)));
    }
    case Kind::kUnionPattern: {
      bool unsure = false;
      for (const Node* c = inner; c != nullptr; c = file.next(*c)) {
        const auto one = match_pattern(*c, subject, captures);
        if (one && *one) return true;
        unsure = unsure || !one;
      }
      // A `_` has no node: an alternative that is written so ends the pattern.
      if (source(pattern).ends_with('_') && !unsure) return true;
      if (unsure) return {};
      return false;
    }
    case Kind::kAsPattern: {
      if (inner == nullptr) return {};
      const auto one = match_pattern(*inner, subject, captures);
      for (const Node* c = file.next(*inner); c != nullptr; c = file.next(*c)) {
        if (c->kind == Kind::kIdentifier) captures.emplace_back(source(*c), subject);
      }
      return one;
    }
    case Kind::kListPattern:
    case Kind::kTuplePattern:
      return match_sequence(pattern, subject, captures);
    case Kind::kClassPattern:
      return match_class(pattern, subject, captures);
    case Kind::kDictPattern: {
      const Dict* dict = subject.dict();
      bool unsure = dict == nullptr && (subject.is_unknown() || subject.symbol() != nullptr);
      if (dict == nullptr && !unsure) return false;
      for (const Node* c = inner; c != nullptr; c = file.next(*c)) {
        if (c->field != Field::kKey) continue;
        const Node* value = file.next(*c);
        if (value == nullptr) break;
        const auto found = dict != nullptr ? dict_get(*dict, eval(*c)) : std::nullopt;
        if (found && *found == nullptr) return false;
        const auto one =
            match_pattern(*value, found ? **found : unknown("a part of what is matched"), captures);
        if (one && !*one) return false;
        unsure = unsure || !one || !found;
      }
      if (unsure) return {};
      return true;
    }
    case Kind::kComplexPattern:
    case Kind::kSplatPattern:
      return {};
    default: {
      const Value value = eval(pattern);
      if (value.is_none() || value.as<bool>() != nullptr) {
        return truth_of(compare(Op::kIs, subject, value, place(pattern)));
      }
      return truth_of(compare(Op::kEq, subject, value, place(pattern)));
    }
  }
}

}  // namespace forelock::python
