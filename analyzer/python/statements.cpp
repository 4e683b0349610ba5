// Statements: assignments, conditions, loops and what ends a block.

#include <algorithm>

#include "analyzer/python/depth.h"
#include "analyzer/python/format.h"
#include "analyzer/python/interpreter.h"

namespace forelock::python {

Flow Interpreter::finish(Flow flow) {
  if (aborted_) return Flow::kAbort;
  if (raised_) return Flow::kRaise;
  return flow;
}

Flow Interpreter::exec_block(const Node& block) { return exec_children(block); }

Flow Interpreter::exec_children(const Node& node) {
  const ParsedFile& file = *frame().file;
  for (const Node* child = file.first(node); child != nullptr; child = file.next(*child)) {
    const Flow flow = exec(*child);
    if (flow != Flow::kNormal) return flow;
  }
  return Flow::kNormal;
}

Flow Interpreter::exec(const Node& node) {
  if (aborted_) return Flow::kAbort;
  if (raised_) return Flow::kRaise;
  if (!step()) return Flow::kAbort;
  const DepthGuard guard(*this);
  if (guard.too_deep()) {
    not_followed("statements that are nested too deeply", place(node));
    return Flow::kNormal;
  }
  return finish(exec_node(node));
}

Flow Interpreter::exec_node(const Node& node) {
  const ParsedFile& file = *frame().file;
  switch (node.kind) {
    case Kind::kExpressionStatement:
      for (const Node* c = file.first(node); c != nullptr; c = file.next(*c)) {
        if (c->kind == Kind::kAssignment) {
          exec_assignment(*c);
        } else if (c->kind == Kind::kAugmentedAssignment) {
          exec_augmented(*c);
        } else if (c->kind != Kind::kString) {  // A docstring.
          eval(*c);
        }
      }
      return Flow::kNormal;
    case Kind::kAssignment:
      return exec_assignment(node);
    case Kind::kAugmentedAssignment:
      return exec_augmented(node);
    case Kind::kReturnStatement:
      return exec_return(node);
    case Kind::kIfStatement:
      return exec_if(node);
    case Kind::kForStatement:
      return exec_for(node);
    case Kind::kWhileStatement:
      return exec_while(node);
    case Kind::kTryStatement:
      return exec_try(node);
    case Kind::kWithStatement:
      return exec_with(node);
    case Kind::kMatchStatement:
      return exec_match(node);
    case Kind::kRaiseStatement:
      return exec_raise(node);
    case Kind::kAssertStatement:
      return exec_assert(node);
    case Kind::kFunctionDefinition:
      return exec_function(node, nullptr);
    case Kind::kClassDefinition:
      return exec_class(node, nullptr);
    case Kind::kDecoratedDefinition:
      return exec_decorated(node);
    case Kind::kImportStatement:
      return exec_import(node);
    case Kind::kImportFromStatement:
      return exec_import_from(node);
    case Kind::kBreakStatement:
      return Flow::kBreak;
    case Kind::kContinueStatement:
      return Flow::kContinue;
    case Kind::kDeleteStatement:
      for (const Node* c = file.first(node); c != nullptr; c = file.next(*c)) exec_delete(*c);
      return Flow::kNormal;
    case Kind::kGlobalStatement:
    case Kind::kNonlocalStatement: {
      auto& names = node.kind == Kind::kGlobalStatement ? frame().scope->global_names
                                                        : frame().scope->nonlocal_names;
      for (const Node* c = file.first(node); c != nullptr; c = file.next(*c)) {
        names.emplace_back(source(*c));
      }
      return Flow::kNormal;
    }
    case Kind::kPrintStatement:
      for (const Node* c = file.first(node); c != nullptr; c = file.next(*c)) {
        if (c->field == Field::kArgument) eval(*c);
      }
      return Flow::kNormal;
    case Kind::kExecStatement:
      not_followed("exec", place(node));
      return Flow::kNormal;
    case Kind::kBlock:
    case Kind::kModule:
    case Kind::kError:
      // What the parser could make sense of is run.
      return exec_children(node);
    case Kind::kTypeAliasStatement: {
      const Node* left = file.child(node, Field::kLeft);
      const Node* name = left == nullptr ? nullptr : file.first(*left);
      if (name != nullptr && name->kind == Kind::kIdentifier) {
        assign(*name, unknown("a type alias"));
      }
      return Flow::kNormal;
    }
    default:
      return Flow::kNormal;
  }
}

Flow Interpreter::exec_assignment(const Node& node, Value* result) {
  const ParsedFile& file = *frame().file;
  const Node* left = file.child(node, Field::kLeft);
  const Node* right = file.child(node, Field::kRight);
  if (left == nullptr) return Flow::kNormal;
  if (right == nullptr) return Flow::kNormal;  // `name: type` binds nothing.
  Value value;
  if (right->kind == Kind::kAssignment) {
    exec_assignment(*right, &value);
  } else {
    value = eval(*right);
  }
  if (stopped()) return Flow::kNormal;
  assign(*left, value);
  if (result != nullptr) *result = std::move(value);
  return Flow::kNormal;
}

void Interpreter::assign(const Node& target, const Value& value) {
  const ParsedFile& file = *frame().file;
  switch (target.kind) {
    case Kind::kIdentifier: {
      const std::string_view name = source(target);
      std::shared_ptr<Scope> scope = frame().scope;
      while (scope->is_comprehension && scope->parent != nullptr) scope = scope->parent;
      if (std::ranges::find(scope->global_names, name) != scope->global_names.end()) {
        if (scope->globals != nullptr) scope = scope->globals;
      } else if (std::ranges::find(scope->nonlocal_names, name) != scope->nonlocal_names.end()) {
        for (auto outer = scope->parent; outer != nullptr; outer = outer->parent) {
          if (outer->names.find(name) != nullptr) {
            scope = outer;
            break;
          }
        }
      }
      bind(scope, name, value);
      return;
    }
    case Kind::kAttribute: {
      const Node* object = file.child(target, Field::kObject);
      const Node* name = file.child(target, Field::kAttribute);
      if (object == nullptr || name == nullptr) return;
      const Value base = eval(*object);
      if (stopped()) return;
      set_attribute(base, source(*name), value, place(target));
      change_symbol(*object, base, source(*name), value);
      return;
    }
    case Kind::kSubscript:
      assign_subscript(target, value);
      return;
    case Kind::kPatternList:
    case Kind::kTuplePattern:
    case Kind::kListPattern:
    case Kind::kTuple:
    case Kind::kList:
    case Kind::kExpressionList:
      unpack(target, value);
      return;
    case Kind::kParenthesizedExpression:
    case Kind::kListSplatPattern:
    case Kind::kListSplat:
    case Kind::kAsPatternTarget: {
      const Node* inner = file.first(target);
      if (inner != nullptr) assign(*inner, value);
      return;
    }
    default:
      return;
  }
}

/// `enum.name = "x"` of a symbol that was made with that keyword: the variable gets another one.
void Interpreter::change_symbol(const Node& variable, const Value& value, std::string_view keyword,
                                const Value& given) {
  const Symbol* symbol = value.symbol();
  if (symbol == nullptr || symbol->kind != Symbol::Kind::kCall ||
      symbol->arguments.find(keyword) == nullptr || variable.kind != Kind::kIdentifier) {
    return;
  }
  const std::string_view name = source(variable);
  for (auto scope = frame().scope; scope != nullptr;
       scope = scope->parent != nullptr ? scope->parent : scope->globals) {
    if (scope->names.find(name) == nullptr) continue;
    Symbol changed = *symbol;
    for (auto& [key, argument] : changed.arguments.keywords) {
      if (key == keyword) argument = given;
    }
    bind(scope, name, make_symbol_node(std::move(changed)));
    return;
  }
}

void Interpreter::set_attribute(const Value& object, std::string_view name, const Value& value,
                                Place at) {
  if (const auto* i = object.as<std::shared_ptr<Instance>>()) return set_attribute(*i, name, value);
  if (const auto* c = object.as<std::shared_ptr<Class>>()) return set_attribute(*c, name, value);
  if (const auto* m = object.as<std::shared_ptr<Module>>()) return bind((*m)->scope, name, value);
  const Unknown* u = object.as<Unknown>();
  if (object.symbol() == nullptr && (u == nullptr || u->instance_of == nullptr)) return;
  ++host_calls_;
  host_.set_attribute(object, name, value, make_site(at));
}

void Interpreter::assign_subscript(const Node& target, const Value& value) {
  const ParsedFile& file = *frame().file;
  const Node* object = file.child(target, Field::kValue);
  const Node* key_node = file.child(target, Field::kSubscript);
  if (object == nullptr || key_node == nullptr) return;
  const Value base = eval(*object);
  if (stopped()) return;
  const auto* list = base.as<std::shared_ptr<Sequence>>();
  if (key_node->kind == Kind::kSlice) {
    if (list == nullptr) return;
    std::vector<Value>& items = write(*list);
    const bool whole =
        file.first(*key_node) != nullptr && file.next(*file.first(*key_node)) == nullptr;
    const auto replacement = iterate_value(value, place(target));
    if (whole && replacement) {
      items = *replacement;
    } else {
      items.clear();
      (*list)->complete = false;
    }
    return;
  }
  const Value key = eval(*key_node);
  if (stopped()) return;
  if (const auto* dict = base.as<std::shared_ptr<Dict>>()) {
    step((*dict)->items.size() / 16);
    dict_set(write(*dict), key, value);
    return;
  }
  if (list != nullptr) {
    std::vector<Value>& items = write(*list);
    const Integer* n = key.as<Integer>();
    if (n == nullptr) {
      for (Value& item : items) item = unknown("a list whose item was set by an unknown index");
      return;
    }
    const auto size = static_cast<Integer>(items.size());
    const Integer i = *n < 0 ? *n + size : *n;
    if (i >= 0 && i < size) items[static_cast<std::size_t>(i)] = value;
    return;
  }
  if (const auto* i = base.as<std::shared_ptr<Instance>>()) {
    if (const Value* method = find_member(*(*i)->type, "__setitem__")) {
      call_simple(*method, {base, key, value}, place(target));
    }
  }
}

void Interpreter::unpack(const Node& target, const Value& value) {
  const std::vector<const Node*> targets = frame().file->children(target);
  const auto is_star = [](const Node* n) {
    return n->kind == Kind::kListSplatPattern || n->kind == Kind::kListSplat;
  };
  const auto star = std::ranges::find_if(targets, is_star);
  const auto items = iterate_value(value, place(target));
  const std::size_t fixed = targets.size() - (star == targets.end() ? 0 : 1);
  const bool fits =
      items && (star == targets.end() ? items->size() == fixed : items->size() >= fixed);
  if (!fits) {
    if (items && star == targets.end()) {
      raise("ValueError", "the number of values to unpack does not fit", place(target));
      return;
    }
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (value.symbol() != nullptr && star == targets.end()) {
        // A pair that the Host may know one by one.
        assign(*targets[i], subscript(value, Value(static_cast<Integer>(i)), place(target)));
      } else {
        const Unknown* u = value.as<Unknown>();
        assign(*targets[i], unknown(u != nullptr ? u->reason : "a part of an unknown value"));
      }
    }
    return;
  }
  std::size_t next = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (!is_star(targets[i])) {
      assign(*targets[i], (*items)[next++]);
      continue;
    }
    const std::size_t count = items->size() - fixed;
    const auto begin = items->begin() + static_cast<std::ptrdiff_t>(next);
    assign(*targets[i],
           make_list(Sequence::Kind::kList,
                     std::vector<Value>(begin, begin + static_cast<std::ptrdiff_t>(count))));
    next += count;
  }
}

Flow Interpreter::exec_augmented(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* left = file.child(node, Field::kLeft);
  const Node* right = file.child(node, Field::kRight);
  if (left == nullptr || right == nullptr) return Flow::kNormal;
  const Value old = eval(*left);
  const Value more = eval(*right);
  if (stopped()) return Flow::kNormal;
  const auto* list = old.as<std::shared_ptr<Sequence>>();
  if (node.op == Op::kAdd && list != nullptr && (*list)->kind == Sequence::Kind::kList) {
    const auto items = iterate_value(more, place(node));
    std::vector<Value>& all = write(*list);
    if (items && (*list)->complete) {
      if (charge(items->size() * sizeof(Value)))
        all.insert(all.end(), items->begin(), items->end());
    } else {
      (*list)->complete = false;
    }
    return Flow::kNormal;
  }
  if (const auto* dict = old.as<std::shared_ptr<Dict>>();
      dict != nullptr && node.op == Op::kBitOr) {
    Dict& target = write(*dict);
    if (const Dict* other = more.dict()) {
      target.complete = target.complete && other->complete;
      const auto added = other->items;
      for (const auto& [key, value] : added) dict_set(target, key, value);
    } else {
      target.complete = false;
    }
    return Flow::kNormal;
  }
  const Value result = binary(node.op, old, more, place(node));
  if (!stopped()) assign(*left, result);
  return Flow::kNormal;
}

Flow Interpreter::exec_return(const Node& node) {
  const Node* inner = frame().file->first(node);
  Value value = inner == nullptr ? Value(None{}) : eval(*inner);
  if (stopped()) return Flow::kNormal;
  frame().returned.push_back(std::move(value));
  return Flow::kReturn;
}

Flow Interpreter::exec_raise(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* inner = file.first(node);
  if (inner == nullptr || inner->field == Field::kCause) {
    if (handling_.empty()) {
      raised_ = Raised{unknown("an exception"), "an exception", place(node)};
    } else {
      raised_ = handling_.back();
    }
    return Flow::kRaise;
  }
  Value exception = eval(*inner);
  if (stopped()) return Flow::kNormal;
  if (const auto* type = exception.as<std::shared_ptr<Class>>()) {
    exception = instantiate(*type, {}, make_site(place(node)));
  }
  if (stopped()) return Flow::kNormal;
  Raised raised;
  raised.place = place(node);
  raised.text = source(*inner);
  if (const auto* i = exception.as<std::shared_ptr<Instance>>()) {
    raised.text = (*i)->type->name;
    const auto text = to_str(exception, place(node));
    if (text && !text->text.empty()) raised.text += ": " + text->text;
  }
  raised.exception = std::move(exception);
  raised_ = std::move(raised);
  return Flow::kRaise;
}

Flow Interpreter::exec_assert(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* condition = file.first(node);
  if (condition == nullptr) return Flow::kNormal;
  const Value value = eval(*condition);
  if (stopped()) return Flow::kNormal;
  const auto known = truth_of(value);
  if (known && !*known) {
    raise("AssertionError", std::string(source(*condition)), place(node));
  } else if (!known) {
    ++may_raise_;
    last_may_raise_ = {unknown("an assertion"),
                       "AssertionError: " + std::string(source(*condition)), place(node)};
  }
  return Flow::kNormal;
}

Flow Interpreter::exec_delete(const Node& target) {
  const ParsedFile& file = *frame().file;
  switch (target.kind) {
    case Kind::kIdentifier: {
      const std::shared_ptr<Scope> scope = frame().scope;
      before_write(scope);
      scope->names.erase(source(target));
      return Flow::kNormal;
    }
    case Kind::kSubscript: {
      const Node* object = file.child(target, Field::kValue);
      const Node* key_node = file.child(target, Field::kSubscript);
      if (object == nullptr || key_node == nullptr) return Flow::kNormal;
      const Value base = eval(*object);
      if (const auto* dict = base.as<std::shared_ptr<Dict>>()) {
        const Value key = eval(*key_node);
        Dict& d = write(*dict);
        const auto before = d.items.size();
        std::erase_if(d.items, [&](const auto& p) { return equal(p.first, key).value_or(false); });
        if (d.items.size() == before) d.complete = false;
      } else if (const auto* list = base.as<std::shared_ptr<Sequence>>()) {
        const Value key = key_node->kind == Kind::kSlice ? unknown("a slice") : eval(*key_node);
        std::vector<Value>& items = write(*list);
        const Integer* n = key.as<Integer>();
        const auto size = static_cast<Integer>(items.size());
        const Integer i = n == nullptr ? size : *n < 0 ? *n + size : *n;
        if (i >= 0 && i < size) {
          items.erase(items.begin() + i);
        } else {
          items.clear();
          (*list)->complete = false;
        }
      }
      return Flow::kNormal;
    }
    case Kind::kExpressionList:
    case Kind::kTuple:
    case Kind::kParenthesizedExpression:
      for (const Node* c = file.first(target); c != nullptr; c = file.next(*c)) exec_delete(*c);
      return Flow::kNormal;
    default:
      return Flow::kNormal;
  }
}

// --- Conditions ---

bool Interpreter::always_raises(const Node* block) const {
  if (block == nullptr) return false;
  const ParsedFile& file = *frame().file;
  for (const Node* c = file.first(*block); c != nullptr; c = file.next(*c)) {
    if (c->kind == Kind::kRaiseStatement) return true;
  }
  return false;
}

Flow Interpreter::exec_if(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* condition = file.child(node, Field::kCondition);
  const Node* body = file.child(node, Field::kConsequence);
  if (condition == nullptr) return Flow::kNormal;
  const Node* rest = file.child(node, Field::kAlternative);
  static constexpr Node kEmpty{};
  return exec_clauses(*condition, body == nullptr ? kEmpty : *body, rest);
}

Flow Interpreter::exec_rest(const Node* clause) {
  if (clause == nullptr) return Flow::kNormal;
  const ParsedFile& file = *frame().file;
  if (clause->kind == Kind::kElseClause) {
    const Node* body = file.child(*clause, Field::kBody);
    return body == nullptr ? Flow::kNormal : exec_block(*body);
  }
  const Node* condition = file.child(*clause, Field::kCondition);
  const Node* body = file.child(*clause, Field::kConsequence);
  if (condition == nullptr || body == nullptr) return Flow::kNormal;
  const Node* next = file.next(*clause);
  while (next != nullptr && next->field != Field::kAlternative) next = file.next(*next);
  return exec_clauses(*condition, *body, next);
}

Flow Interpreter::exec_clauses(const Node& condition, const Node& body, const Node* rest) {
  const DepthGuard guard(*this);
  if (guard.too_deep()) {
    not_followed("a condition with too many branches", place(condition));
    return Flow::kNormal;
  }
  const Value value = eval(condition);
  if (stopped()) return Flow::kNormal;
  if (const auto known = truth_of(value)) return *known ? exec_block(body) : exec_rest(rest);
  const Node* else_body = rest != nullptr && rest->kind == Kind::kElseClause
                              ? frame().file->child(*rest, Field::kBody)
                              : nullptr;
  return branch(
      "`" + std::string(source(condition)) + "`", [&] { return exec_block(body); },
      [&] { return exec_rest(rest); }, always_raises(&body), always_raises(else_body));
}

// --- Loops ---

void Interpreter::forget_assigned(const Node& body, const std::string& why) {
  const ParsedFile& file = *frame().file;
  const std::uint32_t end = file.subtree_end(body);
  std::vector<std::string_view> names;
  for (std::uint32_t i = file.index(body) + 1; i < end;) {
    const Node& inner = *file.at(i);
    if (inner.kind == Kind::kFunctionDefinition || inner.kind == Kind::kClassDefinition ||
        inner.kind == Kind::kLambda) {
      i = file.subtree_end(inner);
      continue;
    }
    if (inner.kind == Kind::kAssignment || inner.kind == Kind::kAugmentedAssignment) {
      const Node* left = file.child(inner, Field::kLeft);
      if (left != nullptr && left->kind == Kind::kIdentifier) names.push_back(source(*left));
      if (left != nullptr && left->kind == Kind::kPatternList) {
        for (const Node* c = file.first(*left); c != nullptr; c = file.next(*c)) {
          if (c->kind == Kind::kIdentifier) names.push_back(source(*c));
        }
      }
    }
    ++i;
  }
  const std::shared_ptr<Scope> scope = frame().scope;
  for (const std::string_view name : names) {
    const auto* binding = scope->names.find(name);
    if (binding == nullptr || binding->lazy != 0) continue;
    // A list or dict that grows is known as far as it was; it is told apart when it is merged.
    if (binding->value.sequence() != nullptr || binding->value.dict() != nullptr) continue;
    bind(scope, name, unknown(why));
  }
}

Flow Interpreter::exec_for(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* target = file.child(node, Field::kLeft);
  const Node* right = file.child(node, Field::kRight);
  const Node* body = file.child(node, Field::kBody);
  if (target == nullptr || right == nullptr || body == nullptr) return Flow::kNormal;
  const Value iterated = eval(*right);
  if (stopped()) return Flow::kNormal;
  if (const auto items = iterate_value(iterated, place(*right)))
    return exec_for_known(node, *items);
  const Sequence* partial = iterated.sequence();
  if (partial != nullptr && !partial->items.empty()) {
    // The items that are known run for certain, then perhaps others.
    const std::vector<Value> certain = partial->items;
    const Flow flow = exec_for_known(node, certain);
    if (flow != Flow::kNormal) return flow;
  }
  return exec_unknown_loop(node, target, iterated);
}

/// Where a round goes on that raises on one way only.
Flow Interpreter::other_way(Flow flow, const Loop& loop) {
  if (flow != Flow::kRaise || (!loop.may_break && !loop.may_continue)) return flow;
  raised_on_one_way();
  return loop.may_continue ? Flow::kContinue : Flow::kBreak;
}

Flow Interpreter::exec_for_known(const Node& node, const std::vector<Value>& items) {
  const ParsedFile& file = *frame().file;
  const Node& target = *file.child(node, Field::kLeft);
  const Node& body = *file.child(node, Field::kBody);
  frame().loops.emplace_back();
  Flow ended = Flow::kNormal;
  bool broke = false;
  std::uint32_t rounds = 0;
  for (const Value& item : items) {
    if (++rounds > limits_.max_loop_iterations) {
      not_followed("a loop with too many rounds", place(node));
      break;
    }
    assign(target, item);
    Flow flow = finish(exec_block(body));
    Loop& loop = frame().loops.back();
    flow = other_way(flow, loop);
    if (!loop.continues.empty()) {
      const auto continues = std::move(loop.continues);
      loop.continues.clear();
      merge_into_current(continues);
    }
    frame().loops.back().may_continue.reset();
    if (flow == Flow::kBreak) {
      broke = true;
      break;
    }
    if (flow != Flow::kNormal && flow != Flow::kContinue) {
      ended = flow;
      break;
    }
  }
  const Loop loop = std::move(frame().loops.back());
  frame().loops.pop_back();
  if (ended != Flow::kNormal) return ended;
  if (!loop.breaks.empty()) merge_into_current(loop.breaks);
  return exec_loop_else(node, loop, broke);
}

Flow Interpreter::exec_loop_else(const Node& node, const Loop& loop, bool broke) {
  const ParsedFile& file = *frame().file;
  const Node* clause = file.child(node, Kind::kElseClause);
  if (clause == nullptr || broke) return Flow::kNormal;
  if (!loop.may_break) return exec_rest(clause);
  return branch(*loop.may_break, [&] { return exec_rest(clause); }, [] { return Flow::kNormal; });
}

Value Interpreter::unknown_item(const Value& iterated, std::string_view written) {
  if (const Symbol* symbol = iterated.symbol()) {
    if (auto item = host_.item(*symbol)) return *item;
  }
  if (const Unknown* u = iterated.as<Unknown>()) {
    Unknown item{"an item of " + u->reason};
    if (u->instance_of != nullptr)
      item.instance_of = std::make_shared<const Value>(*u->instance_of);
    return item;
  }
  return unknown("an item of `" + std::string(written) + "`");
}

Flow Interpreter::exec_unknown_loop(const Node& node, const Node* target, const Value& iterated) {
  const ParsedFile& file = *frame().file;
  const Node& body = *file.child(node, Field::kBody);
  const Node* head = file.child(node, target != nullptr ? Field::kRight : Field::kCondition);
  const std::string what = head == nullptr ? "?" : std::string(source(*head));
  const std::string why = (target != nullptr ? "the loop over `" : "the loop while `") + what + "`";
  const std::uint64_t calls_before = host_calls_;
  frame().loops.emplace_back();
  const Flow flow = branch(
      why,
      [&] {
        forget_assigned(body, "changes in " + why);
        if (target != nullptr) assign(*target, unknown_item(iterated, what));
        Flow f = finish(exec_block(body));
        if (f == Flow::kBreak || f == Flow::kContinue) f = Flow::kNormal;
        return f;
      },
      [] { return Flow::kNormal; });
  const Loop loop = std::move(frame().loops.back());
  frame().loops.pop_back();
  merge_into_current(loop.continues);
  merge_into_current(loop.breaks);
  if (host_calls_ != calls_before) host_.not_followed(why, place(node), true);
  if (flow != Flow::kNormal) return flow;
  const Node* clause = file.child(node, Kind::kElseClause);
  if (clause == nullptr) return Flow::kNormal;
  if (!loop.may_break) return exec_rest(clause);
  return branch(*loop.may_break, [&] { return exec_rest(clause); }, [] { return Flow::kNormal; });
}

Flow Interpreter::exec_while(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* condition = file.child(node, Field::kCondition);
  const Node* body = file.child(node, Field::kBody);
  if (condition == nullptr || body == nullptr) return Flow::kNormal;
  frame().loops.emplace_back();
  Flow ended = Flow::kNormal;
  bool broke = false;
  bool unknown_condition = false;
  const std::size_t returns_before = frame().returns.size();
  for (std::uint32_t round = 0;; ++round) {
    const Value value = eval(*condition);
    if (stopped()) break;
    const auto known = truth_of(value);
    if (!known) {
      unknown_condition = true;
      break;
    }
    if (!*known) break;
    if (round >= limits_.max_loop_iterations) {
      not_followed("a loop with too many rounds", place(node));
      break;
    }
    Flow flow = finish(exec_block(*body));
    Loop& loop = frame().loops.back();
    flow = other_way(flow, loop);
    const auto continues = std::move(loop.continues);
    loop.continues.clear();
    loop.may_continue.reset();
    merge_into_current(continues);
    if (flow == Flow::kBreak) {
      broke = true;
      break;
    }
    if (flow != Flow::kNormal && flow != Flow::kContinue) {
      ended = flow;
      break;
    }
    // Whether there is another round is not known: this one stands for all that follow.
    const bool may_return = frame().returns.size() > returns_before;
    if (frame().loops.back().may_break || may_return) {
      host_.not_followed("a loop whose end is not known", place(node), true);
      forget_assigned(*body, "changes in a loop whose end is not known");
      // `while True` is not left but by return.
      if (!frame().loops.back().may_break && condition->kind == Kind::kTrue) ended = Flow::kReturn;
      break;
    }
  }
  const Loop loop = std::move(frame().loops.back());
  frame().loops.pop_back();
  if (stopped() || ended != Flow::kNormal) return finish(ended);
  merge_into_current(loop.breaks);
  if (unknown_condition) return exec_unknown_loop(node, nullptr, Value());
  return exec_loop_else(node, loop, broke);
}

}  // namespace forelock::python
