// Calls: reading arguments, binding parameters, running functions, asking the Host.

#include <algorithm>

#include "analyzer/python/builtins.h"
#include "analyzer/python/depth.h"
#include "analyzer/python/interpreter.h"

namespace forelock::python {

Value Interpreter::eval_call(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* function = file.child(node, Field::kFunction);
  const Node* list = file.child(node, Field::kArguments);
  if (function == nullptr || list == nullptr) return unknown("a syntax error");
  CallSite site;
  site.place = place(node);
  site.arguments = place(*list);
  if (list->kind == Kind::kArgumentList && list->end >= list->begin + 2) {
    site.arguments.span = {list->begin + 1, list->end - 1};
  }
  Arguments arguments;
  if (function->kind == Kind::kIdentifier) {
    if (auto result = call_of_frame(source(*function), node)) return *result;
  }
  if (function->kind == Kind::kAttribute) {
    const Node* object = file.child(*function, Field::kObject);
    const Node* name = file.child(*function, Field::kAttribute);
    if (object == nullptr || name == nullptr) return unknown("a syntax error");
    const Value self = eval(*object);
    if (stopped()) return unknown("not evaluated");
    const std::string_view method = source(*name);
    if (has_method(self, method)) {
      // Straight to the method, without making an object of it.
      read_arguments(*list, arguments, site);
      if (stopped()) return unknown("not evaluated");
      if (auto result = call_method(*this, self, method, arguments, site)) return *result;
      return unknown("a method that is not followed");
    }
    const Value callee = attribute(self, method, place(*function));
    if (stopped()) return unknown("not evaluated");
    read_arguments(*list, arguments, site);
    if (stopped()) return unknown("not evaluated");
    const Unknown* outside = self.as<Unknown>();
    if (outside != nullptr && outside->reason == kEnvironment && method == "get" &&
        arguments.positional.size() == 2) {  // os.environ.get(name, default)
      return of_environment(arguments.positional[1], place(node));
    }
    return call(callee, arguments, site);
  }
  const Value callee = eval(*function);
  if (stopped()) return unknown("not evaluated");
  read_arguments(*list, arguments, site);
  if (stopped()) return unknown("not evaluated");
  return call(callee, arguments, site);
}

void Interpreter::read_arguments(const Node& list, Arguments& arguments, CallSite& site) {
  const ParsedFile& file = *frame().file;
  if (list.kind == Kind::kGeneratorExpression) {
    site.syntax.push_back({{}, list.span(), list.span()});
    arguments.positional.push_back(eval(list));
    return;
  }
  for (const Node* c = file.first(list); c != nullptr; c = file.next(*c)) {
    if (stopped()) return;
    switch (c->kind) {
      case Kind::kError:
        break;
      case Kind::kKeywordArgument: {
        const Node* name = file.child(*c, Field::kName);
        const Node* value = file.child(*c, Field::kValue);
        if (name == nullptr || value == nullptr) break;
        site.syntax.push_back({std::string(source(*name)), c->span(), value->span()});
        arguments.keywords.emplace_back(source(*name), eval(*value));
        break;
      }
      case Kind::kListSplat: {
        const Node* inner = file.first(*c);
        if (inner == nullptr) break;
        site.syntax.push_back({"*", c->span(), inner->span()});
        const Value spread = eval(*inner);
        const auto items = iterate_value(spread, place(*inner));
        if (items) {
          step(items->size() / 8);
          arguments.positional.insert(arguments.positional.end(), items->begin(), items->end());
        } else {
          if (const Sequence* s = spread.sequence()) {
            arguments.positional.insert(arguments.positional.end(), s->items.begin(),
                                        s->items.end());
          }
          arguments.complete = false;
        }
        break;
      }
      case Kind::kDictionarySplat: {
        const Node* inner = file.first(*c);
        if (inner == nullptr) break;
        site.syntax.push_back({"**", c->span(), inner->span()});
        const Value spread = eval(*inner);
        const Dict* dict = spread.dict();
        if (dict == nullptr || !dict->complete) arguments.complete = false;
        if (dict == nullptr) break;
        for (const auto& [key, value] : dict->items) {
          if (key.str() != nullptr && key.str()->known()) {
            arguments.keywords.emplace_back(key.str()->text, value);
          } else {
            arguments.complete = false;
          }
        }
        break;
      }
      default:
        site.syntax.push_back({{}, c->span(), c->span()});
        arguments.positional.push_back(eval(*c));
        break;
    }
  }
}

Value Interpreter::call(const Value& callee, const Arguments& arguments, const CallSite& site) {
  if (stopped() || !step()) return unknown("not evaluated");
  const DepthGuard guard(*this);
  if (guard.too_deep()) {
    not_followed("calls that are nested too deeply", site.place);
    return unknown("calls that are nested too deeply");
  }
  if (const auto* function = callee.as<std::shared_ptr<const Function>>()) {
    return call_function_value(*function, arguments, site);
  }
  if (callee.symbol() != nullptr) return call_symbol(callee, arguments, site);
  if (const auto* type = callee.as<std::shared_ptr<Class>>()) {
    if ((*type)->has_symbol_base && !(*type)->is_enum && !(*type)->is_exception) {
      CallSite full = make_site(site.place);
      full.arguments = site.arguments;
      full.syntax = site.syntax;
      ++host_calls_;
      if (auto answer = host_.call(callee, arguments, full)) return keep(std::move(*answer));
    }
    return instantiate(*type, arguments, site);
  }
  if (const auto* instance = callee.as<std::shared_ptr<Instance>>()) {
    if (const Value* method = find_member(*(*instance)->type, "__call__")) {
      Arguments with_self = arguments;
      with_self.positional.insert(with_self.positional.begin(), callee);
      return call(*method, with_self, site);
    }
    if ((*instance)->type->has_symbol_base) return call_symbol(callee, arguments, site);
  }
  return call_unknown(callee, arguments, site);
}

Value Interpreter::call_simple(const Value& callee, std::vector<Value> positional, Place at) {
  Arguments arguments;
  arguments.positional = std::move(positional);
  CallSite site;
  site.place = at;
  site.arguments = at;
  return call(callee, arguments, site);
}

Value Interpreter::call_function_value(const std::shared_ptr<const Function>& function,
                                       const Arguments& arguments, const CallSite& site) {
  if (function->native != nullptr) {
    Value result = function->native(*this, {*function, arguments, site});
    if (!result.place) result.place = site.place;
    return result;
  }
  if (function->target != nullptr || function->callee) {
    Arguments all = function->bound;
    if (function->self) all.positional.insert(all.positional.begin(), *function->self);
    all.positional.insert(all.positional.end(), arguments.positional.begin(),
                          arguments.positional.end());
    for (const auto& keyword : arguments.keywords) {
      std::erase_if(all.keywords, [&](const auto& k) { return k.first == keyword.first; });
      all.keywords.push_back(keyword);
    }
    all.complete = all.complete && arguments.complete;
    if (function->callee) return call(*function->callee, all, site);
    return call_function_value(function->target, all, site);
  }
  if (function->node == nullptr) return call_unknown(unknown("a function"), arguments, site);
  return run_function(function, arguments, site);
}

Value Interpreter::call_symbol(const Value& callee, const Arguments& arguments,
                               const CallSite& site) {
  if (auto result = call_task(*this, callee, arguments, site)) return *result;
  CallSite full = make_site(site.place);
  full.arguments = site.arguments;
  full.syntax = site.syntax;
  ++host_calls_;
  if (auto answer = host_.call(callee, arguments, full)) return keep(std::move(*answer));
  if (const Symbol* symbol = callee.symbol()) {
    if (symbol->kind == Symbol::Kind::kName) {
      if (auto result = call_stdlib(*this, symbol->name, arguments, site)) return *result;
    } else if (symbol->kind == Symbol::Kind::kAttribute) {
      if (const Symbol* self = symbol->operands.front().symbol()) {
        if (auto result = call_stdlib_method(*this, *self, symbol->name, arguments, site.place)) {
          return *result;
        }
      }
    }
  }
  Symbol result;
  result.kind = Symbol::Kind::kCall;
  result.operands = {callee};
  result.arguments = arguments;
  result.place = site.place;
  return make_symbol_node(std::move(result));
}

Value Interpreter::call_unknown(const Value& callee, const Arguments& arguments,
                                const CallSite& site) {
  const auto of_host = [](const Value& v) {
    const Symbol* s = v.symbol();
    return s != nullptr && s->kind == Symbol::Kind::kObject;
  };
  const bool given =
      std::ranges::any_of(arguments.positional, of_host) ||
      std::ranges::any_of(arguments.keywords, [&](const auto& k) { return of_host(k.second); });
  if (given) not_followed("a call of something that is not known", site.place);
  if (callee.is_unknown()) return callee;
  return unknown("a call that is not followed");
}

bool Interpreter::contains_yield(const Node& node) const {
  const ParsedFile& file = *frame().file;
  const std::uint32_t end = file.subtree_end(node);
  for (std::uint32_t i = file.index(node) + 1; i < end;) {
    const Node& inner = *file.at(i);
    if (inner.kind == Kind::kYield) return true;
    const bool other = inner.kind == Kind::kFunctionDefinition || inner.kind == Kind::kLambda ||
                       inner.kind == Kind::kClassDefinition;
    i = other ? file.subtree_end(inner) : i + 1;
  }
  return false;
}

std::vector<Parameter> Interpreter::parameters_of(const Node* list) {
  std::vector<Parameter> parameters;
  if (list == nullptr) return parameters;
  const ParsedFile& file = *frame().file;
  bool keyword_only = false;
  const auto add = [&](const Node* name, std::optional<Value> value) {
    if (name == nullptr) return;
    Parameter p;
    const Node* named = name;
    if (name->kind == Kind::kListSplatPattern || name->kind == Kind::kDictionarySplatPattern) {
      p.kind = name->kind == Kind::kListSplatPattern ? Parameter::Kind::kStar
                                                     : Parameter::Kind::kDoubleStar;
      keyword_only = true;
      named = file.first(*name);
    } else if (keyword_only) {
      p.kind = Parameter::Kind::kKeywordOnly;
    }
    if (named == nullptr) return;
    p.name = source(*named);
    p.default_value = std::move(value);
    parameters.push_back(std::move(p));
  };
  for (const Node* c = file.first(*list); c != nullptr; c = file.next(*c)) {
    switch (c->kind) {
      case Kind::kIdentifier:
      case Kind::kListSplatPattern:
      case Kind::kDictionarySplatPattern:
      case Kind::kTuplePattern:
        add(c, {});
        break;
      case Kind::kTypedParameter:
        add(file.first(*c), {});
        break;
      case Kind::kDefaultParameter:
      case Kind::kTypedDefaultParameter: {
        const Node* value = file.child(*c, Field::kValue);
        add(file.child(*c, Field::kName),
            value == nullptr ? std::optional<Value>{} : std::optional(eval(*value)));
        break;
      }
      case Kind::kKeywordSeparator:
        keyword_only = true;
        break;
      case Kind::kPositionalSeparator:
        for (Parameter& p : parameters) {
          if (p.kind == Parameter::Kind::kPlain) p.kind = Parameter::Kind::kPositionalOnly;
        }
        break;
      default:
        break;
    }
  }
  return parameters;
}

std::shared_ptr<Function> Interpreter::function_of(const Node& node, std::string name) {
  const ParsedFile& file = *frame().file;
  auto function = std::make_shared<Function>();
  function->name = std::move(name);
  function->node = &node;
  function->file = files_[frame().file_number];
  function->file_number = frame().file_number;
  std::shared_ptr<Scope> closure = frame().scope;
  // A class body's names are not seen from its methods.
  while (closure != nullptr && closure->is_class) {
    closure = closure->parent != nullptr ? closure->parent : closure->globals;
  }
  function->closure = std::move(closure);
  function->parameters = parameters_of(file.child(node, Field::kParameters));
  const Node* body = file.child(node, Field::kBody);
  function->is_generator = body != nullptr && contains_yield(*body);
  return function;
}

Value Interpreter::eval_lambda(const Node& node) {
  return make_function(function_of(node, "<lambda>"));
}

void Interpreter::bind_parameters(const Function& function, const Arguments& arguments,
                                  const std::shared_ptr<Scope>& scope, Place at) {
  std::size_t next = 0;
  std::vector<bool> used(arguments.keywords.size(), false);
  const auto keyword = [&](std::string_view name) -> const Value* {
    for (std::size_t i = 0; i < arguments.keywords.size(); ++i) {
      if (!used[i] && arguments.keywords[i].first == name) {
        used[i] = true;
        return &arguments.keywords[i].second;
      }
    }
    return nullptr;
  };
  const Parameter* rest = nullptr;
  for (const Parameter& p : function.parameters) {
    switch (p.kind) {
      case Parameter::Kind::kStar: {
        std::vector<Value> items;
        for (; next < arguments.positional.size(); ++next) {
          items.push_back(arguments.positional[next]);
        }
        scope->names.set(p.name,
                         make_list(Sequence::Kind::kTuple, std::move(items), arguments.complete));
        break;
      }
      case Parameter::Kind::kDoubleStar:
        rest = &p;
        break;
      case Parameter::Kind::kPlain:
      case Parameter::Kind::kPositionalOnly:
      case Parameter::Kind::kKeywordOnly: {
        const bool positional = p.kind != Parameter::Kind::kKeywordOnly;
        if (positional && next < arguments.positional.size()) {
          scope->names.set(p.name, arguments.positional[next++]);
        } else if (const Value* named = keyword(p.name)) {
          scope->names.set(p.name, *named);
        } else if (p.default_value && arguments.complete) {
          scope->names.set(p.name, *p.default_value);
        } else {
          scope->names.set(p.name, unknown("the argument '" + p.name + "'"));
        }
        break;
      }
    }
  }
  if (rest == nullptr) return;
  std::vector<std::pair<Value, Value>> items;
  for (std::size_t i = 0; i < arguments.keywords.size(); ++i) {
    if (!used[i])
      items.emplace_back(make_text(arguments.keywords[i].first, at), arguments.keywords[i].second);
  }
  scope->names.set(rest->name, make_dict(std::move(items), arguments.complete));
}

/// Whether `function` calls itself under conditions that are not known: what it does for one more
/// level was followed already, and each level would multiply the work.
bool Interpreter::recurses_without_end(const Function& function) const {
  constexpr int kLevels = 2;
  if (!conditional()) return false;
  return std::ranges::count_if(frames_, [&](const Frame* frame) {
           return frame->function != nullptr && frame->function->node == function.node;
         }) >= kLevels;
}

Value Interpreter::run_function(const std::shared_ptr<const Function>& function,
                                const Arguments& arguments, const CallSite& site,
                                const std::function<void(const Value&)>* on_yield) {
  if (call_depth_ >= static_cast<int>(limits_.max_call_depth)) {
    not_followed("calls that are nested too deeply", site.place);
    return unknown("calls that are nested too deeply");
  }
  if (recurses_without_end(*function)) return unknown("how deep '" + function->name + "' goes");
  const ParsedFile& file = *function->file;
  const Node* body = file.child(*function->node, Field::kBody);
  if (body == nullptr) return unknown("a syntax error");
  if (!charge(sizeof(Scope) + sizeof(Frame))) return unknown("too large");
  auto scope = std::make_shared<Scope>();
  scope->globals =
      function->closure->globals != nullptr ? function->closure->globals : function->closure;
  if (function->closure != scope->globals) scope->parent = function->closure;
  bind_parameters(*function, arguments, scope, site.place);

  Frame own;
  own.scope = scope;
  own.file = &file;
  own.file_number = function->file_number;
  own.module = frame().module;
  for (const auto& [name, module] : modules_) {
    if (module != nullptr && module->file_number == own.file_number) own.module = module;
  }
  if (own.file_number == 0) own.module = main_;
  own.function = function.get();
  own.call_place = site.place;
  own.is_call = !site.place.span.empty();  // Not what the Evaluator's user calls.
  own.base_conditions = conditions_.size();
  own.on_yield = on_yield;
  Value result;
  {
    const FrameGuard guard(*this, own);
    ++call_depth_;
    if (function->node->kind == Kind::kLambda) {
      result = eval(*body);
      if (function->is_generator) result = make_list(Sequence::Kind::kList, std::move(own.yielded));
    } else {
      const Flow flow = exec_block(*body);
      result = merged_return(own, flow);
    }
    --call_depth_;
  }
  if (scope.use_count() > 1) scopes_.push_back(scope);
  return result;
}

void Interpreter::raised_on_one_way() {
  if (!raised_) return;
  ++may_raise_;
  last_may_raise_ = std::move(*raised_);
  raised_.reset();
}

Value Interpreter::merged_return(Frame& own, Flow flow) {
  if (own.may_return) raised_on_one_way();  // the other way returned
  if (flow == Flow::kAbort || stopped()) return unknown("not evaluated");
  if (!own.returns.empty()) merge_into_current(own.returns);
  if (own.function != nullptr && own.function->is_generator) {
    const bool complete = own.yields_all && !own.may_return;
    return make_list(Sequence::Kind::kList, std::move(own.yielded), complete);
  }
  if (flow == Flow::kNormal) own.returned.emplace_back(None{});
  if (own.returned.empty()) return Value(None{});
  for (const Value& v : own.returned) {
    const bool identical_objects =
        v.sequence() != nullptr && v.sequence() == own.returned.front().sequence();
    if (!identical_objects && !equal(v, own.returned.front()).value_or(false) &&
        own.returned.size() > 1) {
      return unknown("depends on " + own.may_return.value_or("a condition that is not known"));
    }
  }
  return std::move(own.returned.front());
}

std::optional<Value> Interpreter::call_of_frame(std::string_view name, const Node& node) {
  if (name == "super") return super_call(place(node));
  if (name != "locals" && name != "globals" && name != "vars") return {};
  const ParsedFile& file = *frame().file;
  const Node* list = file.child(node, Field::kArguments);
  if (list != nullptr && file.first(*list) != nullptr) return {};
  std::shared_ptr<Scope> scope = frame().scope;
  if (name == "globals" && scope->globals != nullptr) scope = scope->globals;
  std::vector<std::pair<Value, Value>> items;
  for (Namespace::Binding& b : scope->names.bindings()) {
    items.emplace_back(make_text(b.name, place(node)),
                       b.lazy != 0 ? unknown("an import") : b.value);
  }
  // Writing to it would bind names, which is not followed.
  return make_dict(std::move(items), name != "globals");
}

Value Interpreter::super_call(Place at) {
  for (auto it = frames_.rbegin(); it != frames_.rend(); ++it) {
    const Frame& f = **it;
    if (f.function == nullptr || f.function->owner == nullptr) continue;
    if (f.function->parameters.empty()) break;
    const auto* self = f.scope->names.find(f.function->parameters.front().name);
    if (self == nullptr) break;
    auto proxy = std::make_shared<Function>();
    proxy->name = "super";
    proxy->is_super = true;
    proxy->owner = f.function->owner;
    proxy->self = self->value;
    return make_function(std::move(proxy));
  }
  (void)at;
  return unknown("super()");
}

}  // namespace forelock::python
