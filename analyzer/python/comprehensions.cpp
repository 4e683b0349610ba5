// Comprehensions and generator expressions.

#include "analyzer/python/depth.h"
#include "analyzer/python/format.h"
#include "analyzer/python/interpreter.h"

namespace forelock::python {

/// What a comprehension makes as it goes.
struct Interpreter::Comprehension {
  const Node* node = nullptr;
  const Node* body = nullptr;
  Sequence::Kind kind = Sequence::Kind::kList;
  std::vector<Value> items;
  Dict dict;
  bool complete = true;
  bool unsure = false;  ///< What is made now may not be made.
  std::uint32_t rounds = 0;
};

Value Interpreter::eval_comprehension(const Node& node) {
  const ParsedFile& file = *frame().file;
  Comprehension into;
  into.node = &node;
  into.body = file.child(node, Field::kBody);
  if (into.body == nullptr) return unknown("a syntax error");
  if (node.kind == Kind::kSetComprehension) into.kind = Sequence::Kind::kSet;
  const Node* clause = file.next(*into.body);

  Frame& f = frame();
  const std::shared_ptr<Scope> outer = f.scope;
  auto scope = std::make_shared<Scope>();
  scope->is_comprehension = true;
  scope->globals = outer->globals != nullptr ? outer->globals : outer;
  scope->parent = outer->globals != nullptr ? outer : nullptr;
  if (!charge(sizeof(Scope))) return unknown("too large");
  f.scope = scope;
  comprehend(into, clause);
  f.scope = outer;
  if (scope.use_count() > 1) scopes_.push_back(scope);
  if (stopped()) return unknown("not evaluated");
  if (node.kind == Kind::kDictionaryComprehension) {
    return make_dict(std::move(into.dict.items), into.complete && into.dict.complete);
  }
  return make_list(into.kind, std::move(into.items), into.complete);
}

void Interpreter::comprehend(Comprehension& into, const Node* clause) {
  if (stopped()) return;
  const DepthGuard guard(*this);
  if (guard.too_deep()) {
    into.complete = false;
    return;
  }
  const ParsedFile& file = *frame().file;
  while (clause != nullptr && clause->kind != Kind::kForInClause &&
         clause->kind != Kind::kIfClause) {
    clause = file.next(*clause);
  }
  if (clause != nullptr && clause->kind == Kind::kForInClause) {
    comprehend_for(into, *clause);
    return;
  }
  if (clause != nullptr) {
    const Node* condition = file.first(*clause);
    const Value value = condition == nullptr ? Value(true) : eval(*condition);
    if (stopped()) return;
    const auto known = truth_of(value);
    if (known && !*known) return;
    if (known) {
      comprehend(into, file.next(*clause));
      return;
    }
    const bool before = into.unsure;
    into.unsure = true;
    into.complete = false;
    branch(
        condition == nullptr ? std::string("?") : "`" + std::string(source(*condition)) + "`",
        [&] {
          comprehend(into, file.next(*clause));
          return Flow::kNormal;
        },
        [] { return Flow::kNormal; });
    into.unsure = before;
    return;
  }
  if (!charge(sizeof(Value))) return;
  if (into.body->kind == Kind::kPair) {
    const Node* key = file.child(*into.body, Field::kKey);
    const Node* value = file.child(*into.body, Field::kValue);
    if (key == nullptr || value == nullptr) return;
    const Value k = eval(*key);
    const Value v = eval(*value);
    step(into.dict.items.size() / 16);
    if (!into.unsure) dict_set(into.dict, k, v);
    return;
  }
  Value item = eval(*into.body);
  if (into.unsure || stopped()) return;
  if (into.kind == Sequence::Kind::kSet) {
    step(into.items.size() / 8);
    for (const Value& other : into.items) {
      if (equal(other, item).value_or(false)) return;
    }
  }
  into.items.push_back(std::move(item));
}

void Interpreter::comprehend_for(Comprehension& into, const Node& clause) {
  const ParsedFile& file = *frame().file;
  const Node* target = file.child(clause, Field::kLeft);
  const Node* right = file.child(clause, Field::kRight);
  if (target == nullptr || right == nullptr) return;
  const Value iterated = eval(*right);
  if (stopped()) return;
  // The loop's variables are the comprehension's own.
  const auto assign_own = [&](const Value& value) {
    const std::shared_ptr<Scope> scope = frame().scope;
    scope->is_comprehension = false;
    assign(*target, value);
    scope->is_comprehension = true;
  };
  if (const auto items = iterate_value(iterated, place(*right))) {
    for (const Value& item : *items) {
      if (++into.rounds > limits_.max_loop_iterations) {
        into.complete = false;
        not_followed("a comprehension with too many rounds", place(*into.node));
        return;
      }
      assign_own(item);
      comprehend(into, file.next(clause));
      if (stopped()) return;
    }
    return;
  }
  into.complete = false;
  const bool before = into.unsure;
  const Sequence* partial = iterated.sequence();
  if (partial != nullptr) {
    const std::vector<Value> certain = partial->items;
    for (const Value& item : certain) {
      assign_own(item);
      comprehend(into, file.next(clause));
      if (stopped()) return;
    }
  }
  into.unsure = true;
  branch(
      "the loop over `" + std::string(source(*right)) + "`",
      [&] {
        assign_own(unknown_item(iterated, source(*right)));
        comprehend(into, file.next(clause));
        return Flow::kNormal;
      },
      [] { return Flow::kNormal; });
  into.unsure = before;
}

}  // namespace forelock::python
