// Writes that can be taken back, and the merging of two branches of which one is taken.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/python/interpreter.h"

namespace forelock::python {
namespace {

using Bindings = std::vector<Namespace::Binding>;
using Items = std::vector<Value>;
using Pairs = std::vector<std::pair<Value, Value>>;

/// Rough bytes of one value, for the memory budget.
constexpr std::size_t kValueBytes = sizeof(Value);

Namespace* names_of(const ObjectRef& object) {
  if (const auto* scope = std::get_if<std::shared_ptr<Scope>>(&object)) return &(*scope)->names;
  if (const auto* i = std::get_if<std::shared_ptr<Instance>>(&object)) return &(*i)->attributes;
  if (const auto* c = std::get_if<std::shared_ptr<Class>>(&object)) return &(*c)->members;
  return nullptr;
}

/// The same value in both branches, so that it does not matter which was taken.
bool same(const Value& a, const Value& b) {
  if (a.storage().index() != b.storage().index()) return false;
  if (const Sequence* s = a.sequence()) return s == b.sequence();
  if (const Dict* d = a.dict()) return d == b.dict();
  if (const Symbol* s = a.symbol()) {
    if (s == b.symbol()) return true;
  }
  if (const auto* f = a.as<std::shared_ptr<const Function>>()) {
    return *f == *b.as<std::shared_ptr<const Function>>();
  }
  if (const auto* i = a.as<std::shared_ptr<Instance>>()) {
    return *i == *b.as<std::shared_ptr<Instance>>();
  }
  if (const auto* m = a.as<std::shared_ptr<Module>>()) {
    return *m == *b.as<std::shared_ptr<Module>>();
  }
  // A str with unknown parts equals nothing, but is still the one that it was before both.
  if (const text::MappedText* s = a.str(); s != nullptr && !s->known()) {
    return s->text == b.str()->text && std::ranges::equal(s->holes, b.str()->holes);
  }
  if (a.is_unknown()) return true;
  return equal(a, b).value_or(false);
}

Bindings merged_bindings(const Bindings& a, const Bindings& b, const std::string& why) {
  Bindings out;
  const auto find = [](const Bindings& in, const std::string& name) {
    return std::ranges::find(in, name, &Namespace::Binding::name);
  };
  for (const auto& binding : a) {
    const auto other = find(b, binding.name);
    out.push_back(binding);
    if (other == b.end() || other->lazy != binding.lazy || !same(binding.value, other->value)) {
      const bool lazily_bound = other != b.end() && (other->lazy != 0 || binding.lazy != 0);
      if (lazily_bound) {
        // Followed in one branch, not yet in the other: the same import.
        if (binding.lazy != 0) out.back() = *other;
        continue;
      }
      out.back().value = Value::unknown("depends on " + why);
      out.back().lazy = 0;
    }
  }
  for (const auto& binding : b) {
    if (find(a, binding.name) != a.end()) continue;
    out.push_back(binding);
    if (binding.lazy == 0) out.back().value = Value::unknown("depends on " + why);
  }
  return out;
}

Items common_prefix(const Items& a, const Items& b, bool& complete) {
  Items out;
  for (std::size_t i = 0; i < a.size() && i < b.size() && same(a[i], b[i]); ++i) {
    out.push_back(a[i]);
  }
  if (out.size() != a.size() || out.size() != b.size()) complete = false;
  return out;
}

Pairs merged_pairs(const Pairs& a, const Pairs& b, bool& complete, const std::string& why) {
  Pairs out;
  for (const auto& [key, value] : a) {
    const auto other = std::ranges::find_if(
        b, [&](const auto& pair) { return equal(pair.first, key).value_or(false); });
    if (other == b.end()) {
      complete = false;
    } else if (same(value, other->second)) {
      out.emplace_back(key, value);
    } else {
      out.emplace_back(key, Value::unknown("depends on " + why));
    }
  }
  if (out.size() != b.size()) complete = false;
  return out;
}

}  // namespace

const void* Interpreter::address(const ObjectRef& object) {
  return std::visit([](const auto& p) -> const void* { return p.get(); }, object);
}

Contents Interpreter::contents(const ObjectRef& object) {
  if (Namespace* names = names_of(object)) return {names->bindings(), true};
  if (const auto* s = std::get_if<std::shared_ptr<Sequence>>(&object)) {
    return {(*s)->items, (*s)->complete};
  }
  const auto& d = std::get<std::shared_ptr<Dict>>(object);
  return {d->items, d->complete};
}

void Interpreter::restore(const ObjectRef& object, Contents contents) {
  if (Namespace* names = names_of(object)) {
    names->assign(std::move(std::get<Bindings>(contents.items)));
  } else if (const auto* s = std::get_if<std::shared_ptr<Sequence>>(&object)) {
    (*s)->items = std::move(std::get<Items>(contents.items));
    (*s)->complete = contents.complete;
  } else {
    const auto& d = std::get<std::shared_ptr<Dict>>(object);
    d->items = std::move(std::get<Pairs>(contents.items));
    d->complete = contents.complete;
  }
}

Contents Interpreter::merged(const Contents& a, const Contents& b, const std::string& why) {
  Contents out;
  out.complete = a.complete && b.complete;
  if (const auto* bindings = std::get_if<Bindings>(&a.items)) {
    out.items = merged_bindings(*bindings, std::get<Bindings>(b.items), why);
  } else if (const auto* items = std::get_if<Items>(&a.items)) {
    out.items = common_prefix(*items, std::get<Items>(b.items), out.complete);
  } else {
    out.items = merged_pairs(std::get<Pairs>(a.items), std::get<Pairs>(b.items), out.complete, why);
  }
  return out;
}

void Interpreter::before_write(const ObjectRef& object) {
  if (journals_.empty()) return;
  Changes& journal = *journals_.back();
  if (!journal.index.try_emplace(address(object), journal.entries.size()).second) return;
  journal.entries.push_back({object, contents(object)});
  const std::size_t count =
      std::visit([](const auto& v) { return v.size(); }, journal.entries.back().contents.items);
  step(count / 16);
  charge(count * kValueBytes);
}

void Interpreter::bind(const std::shared_ptr<Scope>& scope, std::string_view name, Value value) {
  before_write(scope);
  scope->names.set(name, std::move(value));
}

void Interpreter::set_attribute(const ObjectRef& object, std::string_view name, Value value) {
  before_write(object);
  charge(kValueBytes);
  if (Namespace* names = names_of(object)) names->set(name, std::move(value));
}

std::vector<Value>& Interpreter::write(const std::shared_ptr<Sequence>& sequence) {
  before_write(sequence);
  charge(kValueBytes);
  return sequence->items;
}

Dict& Interpreter::write(const std::shared_ptr<Dict>& dict) {
  before_write(dict);
  charge(2 * kValueBytes);
  return *dict;
}

void Interpreter::begin_branch(const std::string* condition) {
  journals_.push_back(std::make_unique<Changes>());
  if (condition != nullptr) conditions_.push_back(*condition);
}

void Interpreter::end_branch(const std::string* condition) {
  if (condition != nullptr && !conditions_.empty()) conditions_.pop_back();
}

Interpreter::BranchEnd Interpreter::finish_branch(Flow flow, bool undo) {
  const std::unique_ptr<Changes> journal = std::move(journals_.back());
  journals_.pop_back();
  BranchEnd end;
  end.flow = aborted_ ? Flow::kAbort : raised_ ? Flow::kRaise : flow;
  end.raised = std::move(raised_);
  raised_.reset();
  end.before.index = journal->index;
  for (Changes::Entry& entry : journal->entries) {
    end.left.index.emplace(address(entry.object), end.left.entries.size());
    end.left.entries.push_back({entry.object, contents(entry.object)});
    if (undo) restore(entry.object, entry.contents);
  }
  end.before.entries = std::move(journal->entries);
  return end;
}

Flow Interpreter::join(const std::string& condition, BranchEnd a, BranchEnd b) {
  const bool a_stays = a.flow == Flow::kNormal;
  const bool b_stays = b.flow == Flow::kNormal;
  // A state that does not reach the next statement is not merged into it; where both leave, they
  // are merged, as both may be what the surrounding code sees.
  const bool use_a = a_stays || !b_stays;
  const bool use_b = b_stays || !a_stays;
  const auto apply = [&](const Changes& own, const Changes& other, bool use_own, bool use_other,
                         bool skip_common) {
    for (const Changes::Entry& entry : own.entries) {
      const auto found = other.index.find(address(entry.object));
      const bool common = found != other.index.end();
      if (common && skip_common) continue;
      before_write(entry.object);
      const Contents current = contents(entry.object);
      const Contents& alternative = common ? other.entries[found->second].contents : current;
      if (use_own && use_other) {
        restore(entry.object, merged(entry.contents, alternative, condition));
      } else {
        restore(entry.object, use_own ? entry.contents : alternative);
      }
    }
  };
  // All are taken back by now, so what an object holds is what it held before both.
  apply(a.left, b.left, use_a, use_b, false);
  apply(b.left, a.left, use_b, use_a, true);

  if (a.flow == Flow::kAbort || b.flow == Flow::kAbort) return Flow::kAbort;
  if (a.flow == Flow::kRaise || b.flow == Flow::kRaise) {
    if (a.flow == b.flow) {
      raised_ = std::move(a.raised);
      return Flow::kRaise;
    }
    BranchEnd& raising = a.flow == Flow::kRaise ? a : b;
    ++may_raise_;
    if (raising.raised) last_may_raise_ = *raising.raised;
    return a.flow == Flow::kRaise ? b.flow : a.flow;
  }
  return combine(condition, a.flow, b.flow, a.left, b.left);
}

Flow Interpreter::combine(const std::string& condition, Flow a, Flow b, Changes& left_a,
                          Changes& left_b) {
  if (a == b) return a;
  const auto leave = [&](Flow flow, Changes& left) {
    Frame& f = frame();
    if (flow == Flow::kReturn) {
      if (!f.may_return) f.may_return = condition;
      f.returns.push_back(std::move(left));
    } else if (!f.loops.empty() && flow == Flow::kBreak) {
      f.loops.back().may_break = condition;
      f.loops.back().breaks.push_back(std::move(left));
    } else if (!f.loops.empty() && flow == Flow::kContinue) {
      f.loops.back().may_continue = condition;
      f.loops.back().continues.push_back(std::move(left));
    }
  };
  // The one that stays nearer goes on; the other is remembered.
  const auto distance = [](Flow flow) {
    switch (flow) {
      case Flow::kNormal:
        return 0;
      case Flow::kContinue:
        return 1;
      case Flow::kBreak:
        return 2;
      case Flow::kReturn:
        return 3;
      case Flow::kRaise:
        return 4;
      case Flow::kAbort:
        return 5;
    }
    return 5;
  };
  if (distance(a) > distance(b)) {
    leave(a, left_a);
    return b;
  }
  leave(b, left_b);
  return a;
}

void Interpreter::merge_into_current(const std::vector<Changes>& alternatives) {
  for (const Changes& changes : alternatives) {
    for (const Changes::Entry& entry : changes.entries) {
      before_write(entry.object);
      restore(entry.object,
              merged(contents(entry.object), entry.contents, "a condition that is not known"));
    }
  }
}

Value Interpreter::eval_maybe(const std::string& condition, const Node& node) {
  Value result;
  branch(
      condition,
      [&] {
        result = eval(node);
        return Flow::kNormal;
      },
      [] { return Flow::kNormal; });
  return result;
}

}  // namespace forelock::python
