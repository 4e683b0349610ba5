// Expressions: one syntax node to one value.

#include <algorithm>

#include "analyzer/python/builtins.h"
#include "analyzer/python/depth.h"
#include "analyzer/python/format.h"
#include "analyzer/python/interpreter.h"
#include "analyzer/python/literal.h"
#include "analyzer/python/stdlib_values.h"

namespace forelock::python {

using text::MappedText;

Value Interpreter::eval(const Node& node) {
  if (stopped() || !step()) return unknown("not evaluated");
  const DepthGuard guard(*this);
  if (guard.too_deep()) {
    not_followed("an expression that is nested too deeply", place(node));
    return unknown("an expression that is nested too deeply");
  }
  Value value = eval_node(node);
  if (!value.place) value.place = place(node);
  return value;
}

Value Interpreter::eval_node(const Node& node) {
  const ParsedFile& file = *frame().file;
  switch (node.kind) {
    case Kind::kIdentifier:
      return lookup(source(node), place(node));
    case Kind::kString:
      return eval_string(node);
    case Kind::kConcatenatedString:
      return eval_concatenated(node);
    case Kind::kInteger:
    case Kind::kFloat:
      return number_literal(source(node));
    case Kind::kTrue:
      return Value(true);
    case Kind::kFalse:
      return Value(false);
    case Kind::kNone:
      return Value(None{});
    case Kind::kEllipsis:
      return Value(None{});
    case Kind::kCall:
      return eval_call(node);
    case Kind::kAttribute: {
      const Node* object = file.child(node, Field::kObject);
      const Node* name = file.child(node, Field::kAttribute);
      if (object == nullptr || name == nullptr) return unknown("a syntax error");
      const Value base = eval(*object);
      if (stopped()) return unknown("not evaluated");
      return attribute(base, source(*name), place(node));
    }
    case Kind::kSubscript:
      return eval_subscript(node);
    case Kind::kParenthesizedExpression:
    case Kind::kListSplat:
    case Kind::kListSplatPattern:
    case Kind::kAwait: {
      const Node* inner = file.first(node);
      return inner == nullptr ? unknown("a syntax error") : eval(*inner);
    }
    case Kind::kList:
      return eval_collection(node, Sequence::Kind::kList);
    case Kind::kTuple:
    case Kind::kExpressionList:
    case Kind::kPatternList:
    case Kind::kTuplePattern:
      return eval_collection(node, Sequence::Kind::kTuple);
    case Kind::kListPattern:
      return eval_collection(node, Sequence::Kind::kList);
    case Kind::kSet:
      return eval_collection(node, Sequence::Kind::kSet);
    case Kind::kDictionary:
      return eval_dictionary(node);
    case Kind::kListComprehension:
    case Kind::kSetComprehension:
    case Kind::kDictionaryComprehension:
    case Kind::kGeneratorExpression:
      return eval_comprehension(node);
    case Kind::kBinaryOperator: {
      const Node* left = file.child(node, Field::kLeft);
      const Node* right = file.child(node, Field::kRight);
      if (left == nullptr || right == nullptr) return unknown("a syntax error");
      const Value a = eval(*left);
      const Value b = eval(*right);
      if (stopped()) return unknown("not evaluated");
      return binary(node.op, a, b, place(node));
    }
    case Kind::kUnaryOperator: {
      const Node* argument = file.child(node, Field::kArgument);
      if (argument == nullptr) return unknown("a syntax error");
      return unary(node.op, eval(*argument), place(node));
    }
    case Kind::kNotOperator: {
      const Node* argument = file.child(node, Field::kArgument);
      if (argument == nullptr) return unknown("a syntax error");
      const Value a = eval(*argument);
      if (const auto known = truth_of(a)) return Value(!*known);
      if (a.symbol() != nullptr) return unary(Op::kNot, a, place(node));
      return a;
    }
    case Kind::kBooleanOperator:
      return eval_boolean(node);
    case Kind::kComparisonOperator:
      return eval_comparison(node);
    case Kind::kConditionalExpression:
      return eval_conditional(node);
    case Kind::kLambda:
      return eval_lambda(node);
    case Kind::kNamedExpression: {
      const Node* name = file.child(node, Field::kName);
      const Node* value = file.child(node, Field::kValue);
      if (name == nullptr || value == nullptr) return unknown("a syntax error");
      Value result = eval(*value);
      if (!stopped()) assign(*name, result);
      return result;
    }
    case Kind::kYield:
      return eval_yield(node);
    case Kind::kAssignment: {
      Value result;
      exec_assignment(node, &result);
      return result;
    }
    case Kind::kType:
    case Kind::kAsPatternTarget: {
      const Node* inner = file.first(node);
      return inner == nullptr ? unknown("a syntax error") : eval(*inner);
    }
    default:
      return unknown("syntax that is not followed");
  }
}

Value Interpreter::lookup(std::string_view name, Place at) {
  std::shared_ptr<Scope> scope = frame().scope;
  const bool declared_global =
      std::ranges::find(scope->global_names, name) != scope->global_names.end();
  if (!declared_global) {
    for (std::shared_ptr<Scope> s = scope; s != nullptr; s = s->parent) {
      if (Namespace::Binding* found = s->names.find(name)) {
        if (found->lazy != 0) force(*found, s);
        const Namespace::Binding* again = s->names.find(name);
        return again == nullptr ? unknown("not bound") : again->value;
      }
    }
  }
  const std::shared_ptr<Scope> globals = scope->globals != nullptr ? scope->globals : scope;
  if (Namespace::Binding* found = globals->names.find(name)) {
    if (found->lazy != 0) force(*found, globals);
    const Namespace::Binding* again = globals->names.find(name);
    return again == nullptr ? unknown("not bound") : again->value;
  }
  if (auto value = builtin(*this, name)) return *value;
  if (auto type = builtin_class(name)) return *type;
  if (name == "__name__") {
    const std::string& module = frame().module->name;
    return make_text(module.empty() ? std::string_view("__migration__") : module, at);
  }
  if (name == "__file__") return make_text(frame().file->file()->path(), at);
  if (!globals->star_modules.empty()) {
    return attribute(globals->star_modules.back(), name, at);
  }
  return unknown("the name '" + std::string(name) + "' is not bound");
}

bool Interpreter::is_spread(const Node& node) const {
  // The grammar reads `*a.b(c)` as a call of `(*a).b`.
  const Node* n = &node;
  while (n != nullptr && (n->kind == Kind::kCall || n->kind == Kind::kAttribute ||
                          n->kind == Kind::kSubscript || n->kind == Kind::kBinaryOperator)) {
    n = frame().file->first(*n);
  }
  return n != nullptr && (n->kind == Kind::kListSplat || n->kind == Kind::kListSplatPattern);
}

Value Interpreter::eval_collection(const Node& node, Sequence::Kind kind) {
  const ParsedFile& file = *frame().file;
  std::vector<Value> items;
  bool complete = true;
  for (const Node* child = file.first(node); child != nullptr; child = file.next(*child)) {
    if (stopped()) return unknown("not evaluated");
    if (is_spread(*child)) {
      const Value spread = eval(*child);
      if (auto more = iterate_value(spread, place(*child))) {
        if (!step(more->size() / 8)) return unknown("not evaluated");
        items.insert(items.end(), more->begin(), more->end());
      } else {
        complete = false;
      }
      continue;
    }
    if (child->kind == Kind::kError) continue;
    Value item = eval(*child);
    if (kind == Sequence::Kind::kSet) {
      const bool there = std::ranges::any_of(
          items, [&](const Value& v) { return equal(v, item).value_or(false); });
      if (!step(items.size() / 8)) return unknown("not evaluated");
      if (there) continue;
    }
    items.push_back(std::move(item));
  }
  return make_list(kind, std::move(items), complete);
}

Value Interpreter::eval_dictionary(const Node& node) {
  const ParsedFile& file = *frame().file;
  Dict dict;
  for (const Node* child = file.first(node); child != nullptr; child = file.next(*child)) {
    if (stopped()) return unknown("not evaluated");
    if (child->kind == Kind::kDictionarySplat) {
      const Node* inner = file.first(*child);
      if (inner == nullptr) continue;
      const Value spread = eval(*inner);
      if (const Dict* other = spread.dict()) {
        dict.complete = dict.complete && other->complete;
        for (const auto& [key, value] : other->items) dict_set(dict, key, value);
      } else {
        dict.complete = false;
      }
      continue;
    }
    if (child->kind != Kind::kPair) continue;
    const Node* key = file.child(*child, Field::kKey);
    const Node* value = file.child(*child, Field::kValue);
    if (key == nullptr || value == nullptr) continue;
    const Value k = eval(*key);
    const Value v = eval(*value);
    step(dict.items.size() / 16);
    dict_set(dict, k, v);
  }
  return make_dict(std::move(dict.items), dict.complete);
}

Value Interpreter::eval_boolean(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* left = file.child(node, Field::kLeft);
  const Node* right = file.child(node, Field::kRight);
  if (left == nullptr || right == nullptr) return unknown("a syntax error");
  const Value a = eval(*left);
  if (stopped()) return unknown("not evaluated");
  const bool is_and = node.op == Op::kAnd;
  if (const auto known = truth_of(a)) return *known == is_and ? eval(*right) : a;
  const Value b = eval_maybe("`" + std::string(source(*left)) + "`", *right);
  // `unknown and False` is false whatever the left is; `unknown or "x"` is true, but may be another
  // value than "x".
  if (const auto* other = b.as<bool>();
      other != nullptr && *other != is_and && a.symbol() == nullptr) {
    return Value(!is_and);
  }
  if (a.symbol() != nullptr || b.symbol() != nullptr) {
    Symbol symbol;
    symbol.kind = Symbol::Kind::kBinary;
    symbol.name = spelling(node.op);
    symbol.operands = {a, b};
    symbol.place = place(node);
    return make_symbol_node(std::move(symbol));
  }
  if (const Unknown* u = a.as<Unknown>()) {
    if (u->reason == kEnvironment && !is_and) return of_environment(b, place(node));
    return unknown(u->reason);
  }
  return unknown("a condition that is not known");
}

Value Interpreter::eval_comparison(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* child = file.first(node);
  if (child == nullptr) return unknown("a syntax error");
  Value left = eval(*child);
  Value result;
  bool first = true;
  for (child = file.next(*child); child != nullptr; child = file.next(*child)) {
    if (child->kind != Kind::kOperator) continue;
    const Op op = child->op;
    const Node* operand = file.next(*child);
    if (operand == nullptr || stopped()) break;
    Value right = eval(*operand);
    if (stopped()) return unknown("not evaluated");
    Value one = compare(op, left, right, place(node));
    if (first) {
      result = std::move(one);
    } else {
      const auto so_far = truth_of(result);
      const auto now = truth_of(one);
      if ((so_far && !*so_far) || (now && !*now)) {
        result = Value(false);
      } else if (!so_far || !now) {
        result = unknown("a comparison that is not known");
      } else {
        result = std::move(one);
      }
    }
    if (const auto known = truth_of(result); known && !*known) return result;
    first = false;
    left = std::move(right);
    child = operand;
  }
  return result;
}

Value Interpreter::eval_conditional(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* yes = file.first(node);
  const Node* condition = yes == nullptr ? nullptr : file.next(*yes);
  const Node* no = condition == nullptr ? nullptr : file.next(*condition);
  if (no == nullptr) return unknown("a syntax error");
  const Value c = eval(*condition);
  if (stopped()) return unknown("not evaluated");
  if (const auto known = truth_of(c)) return eval(*known ? *yes : *no);
  const std::string why = "`" + std::string(source(*condition)) + "`";
  Value a;
  Value b;
  branch(
      why,
      [&] {
        a = eval(*yes);
        return Flow::kNormal;
      },
      [&] {
        b = eval(*no);
        return Flow::kNormal;
      });
  if (equal(a, b).value_or(false)) return a;
  if (a.is_none() && b.is_none()) return a;
  return unknown("depends on " + why);
}

Value Interpreter::eval_subscript(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* object = file.child(node, Field::kValue);
  if (object == nullptr) return unknown("a syntax error");
  const Value base = eval(*object);
  if (stopped()) return unknown("not evaluated");
  std::vector<const Node*> keys;
  for (const Node* c = file.first(node); c != nullptr; c = file.next(*c)) {
    if (c->field == Field::kSubscript) keys.push_back(c);
  }
  if (keys.empty()) return unknown("a syntax error");
  if (keys.size() == 1) {
    if (keys.front()->kind == Kind::kSlice) return eval_slice(base, *keys.front(), place(node));
    const Value key = eval(*keys.front());
    if (stopped()) return unknown("not evaluated");
    return subscript(base, key, place(node));
  }
  std::vector<Value> parts;
  for (const Node* key : keys) {
    parts.push_back(key->kind == Kind::kSlice ? unknown("a slice") : eval(*key));
  }
  if (stopped()) return unknown("not evaluated");
  return subscript(base, make_list(Sequence::Kind::kTuple, std::move(parts)), place(node));
}

Value Interpreter::eval_yield(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* inner = file.first(node);
  Value value = inner == nullptr ? Value(None{}) : eval(*inner);
  if (stopped()) return unknown("not evaluated");
  Frame& f = frame();
  if (f.on_yield != nullptr) {
    const auto* body = f.on_yield;
    f.on_yield = nullptr;  // A context manager yields once.
    (*body)(value);
    return Value(None{});
  }
  if (conditional_in_frame()) {
    f.yields_all = false;
    return Value(None{});
  }
  if (node.op == Op::kFrom) {
    if (auto items = iterate_value(value, place(node))) {
      step(items->size() / 8);
      f.yielded.insert(f.yielded.end(), items->begin(), items->end());
    } else {
      f.yields_all = false;
    }
    return Value(None{});
  }
  f.yielded.push_back(std::move(value));
  charge(sizeof(Value));
  return Value(None{});
}

Value Interpreter::eval_string(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* start = file.first(node);
  if (start == nullptr || start->kind != Kind::kStringStart) return unknown("a syntax error");
  const StringPrefix prefix = string_prefix(file.text(*start));
  MappedText out;
  std::uint32_t at = start->end;
  std::uint32_t end = node.end;
  for (const Node* child = file.next(*start); child != nullptr; child = file.next(*child)) {
    if (child->kind == Kind::kStringEnd) {
      end = child->begin;
    } else if (child->kind == Kind::kInterpolation) {
      append_literal(out, file.text(), at, child->begin, prefix);
      interpolate(out, *child);
      at = child->end;
      if (stopped() || out.text.size() > limits_.max_string_bytes) {
        return unknown("a str that is too long");
      }
    }
  }
  if (at < end) append_literal(out, file.text(), at, end, prefix);
  if (prefix.bytes) return Value(Bytes{std::move(out.text)});
  return make_text(std::move(out), place(node));
}

Value Interpreter::eval_concatenated(const Node& node) {
  const ParsedFile& file = *frame().file;
  MappedText out;
  bool bytes = false;
  std::string data;
  for (const Node* child = file.first(node); child != nullptr; child = file.next(*child)) {
    if (child->kind != Kind::kString) continue;
    const Value part = eval(*child);
    if (stopped()) return unknown("not evaluated");
    if (const MappedText* s = part.str()) {
      out.append(*s);
    } else if (const Bytes* b = part.as<Bytes>()) {
      bytes = true;
      data += b->data;
    } else {
      append_hole(out, place(*child));
    }
    if (out.text.size() > limits_.max_string_bytes) return unknown("a str that is too long");
  }
  if (bytes) return Value(Bytes{std::move(data)});
  return make_text(std::move(out), place(node));
}

std::optional<std::string> Interpreter::format_spec(const Node& node) {
  const ParsedFile& file = *frame().file;
  std::string spec;
  std::uint32_t at = node.begin + 1;
  for (const Node* child = file.first(node); child != nullptr; child = file.next(*child)) {
    if (child->kind != Kind::kFormatExpression && child->kind != Kind::kInterpolation) continue;
    spec += file.text().substr(at, child->begin - at);
    const Node* expression = file.child(*child, Field::kExpression);
    if (expression == nullptr) expression = file.first(*child);
    if (expression == nullptr) return {};
    const auto part = to_str(eval(*expression), place(*child));
    if (!part || !part->known()) return {};
    spec += part->text;
    at = child->end;
  }
  if (at < node.end) spec += file.text().substr(at, node.end - at);
  return spec;
}

void Interpreter::interpolate(MappedText& out, const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* expression = file.child(node, Field::kExpression);
  const Place at = place(node);
  if (expression == nullptr) {
    append_hole(out, at);
    return;
  }
  Value value = eval(*expression);
  if (stopped()) return;
  const Node* conversion = file.child(node, Field::kTypeConversion);
  const Node* spec = file.child(node, Field::kFormatSpecifier);
  bool repr = conversion != nullptr && (source(*conversion) == "!r" || source(*conversion) == "!a");
  if (node.op == Op::kAssign) {
    // `{x=}` shows the source as it is written, blanks included.
    std::uint32_t end = expression->end;
    const std::uint32_t stop = conversion != nullptr ? conversion->begin
                               : spec != nullptr     ? spec->begin
                                                     : node.end - 1;
    end = std::max(end, stop);
    out.append_derived(file.text().substr(node.begin + 1, end - node.begin - 1), at.span);
    repr = repr || (conversion == nullptr && spec == nullptr);
  }
  if (repr) {
    if (const auto text = to_repr(value)) {
      value = make_text(*text, at);
    } else {
      append_hole(out, at);
      return;
    }
  } else if (conversion != nullptr) {
    value = text_of(value, at);
  }
  if (spec == nullptr) {
    append_part(out, value, place(*expression));
    return;
  }
  if (const auto text = format_spec(*spec)) {
    append_formatted(*this, out, value, *text, at);
  } else {
    append_hole(out, at);
  }
}

MappedText Interpreter::part_of(const Value& value, Place at) {
  if (const Symbol* symbol = value.symbol()) {
    if (auto text = host_.to_str(*symbol, at)) return *text;
  }
  if (const auto* i = value.as<std::shared_ptr<Instance>>()) {
    const Value* method = find_member(*(*i)->type, "__str__");
    if (method == nullptr && !(*i)->type->is_enum) method = find_member(*(*i)->type, "__repr__");
    if (method != nullptr) {
      const Value result = call_simple(*method, {value}, at);
      if (result.str() != nullptr) return *to_str(result, at);
    }
  }
  if (auto text = to_str(value, at)) return *text;
  MappedText out;
  append_hole(out, at);
  return out;
}

void Interpreter::append_part(MappedText& out, const Value& value, Place at) {
  if (out.text.size() > limits_.max_string_bytes) return;
  if (const MappedText* s = value.str();
      s != nullptr && value.place && value.place->file == at.file) {
    out.append(*s);
    return;
  }
  out.append(part_of(value, at));
}

Value Interpreter::text_of(const Value& value, Place at) {
  if (value.str() != nullptr && value.place && value.place->file == at.file) return value;
  MappedText out;
  append_part(out, value, at);
  return make_text(std::move(out), at);
}

std::optional<bool> Interpreter::truth_of(const Value& value) {
  if (const Symbol* symbol = value.symbol()) {
    if (const auto answer = host_.truth(*symbol)) return answer;
    if (symbol->kind == Symbol::Kind::kUnary && symbol->name == "not") {
      const auto inner = truth_of(symbol->operands.front());
      if (inner) return !*inner;
    }
    if (symbol->kind == Symbol::Kind::kBinary && (symbol->name == "and" || symbol->name == "or")) {
      const bool is_and = symbol->name == "and";
      const auto a = truth_of(symbol->operands[0]);
      const auto b = truth_of(symbol->operands[1]);
      if ((a && *a != is_and) || (b && *b != is_and)) return !is_and;
      if (a && b) return is_and;
    }
  }
  return truth(value);
}

std::optional<std::vector<Value>> Interpreter::iterate_value(const Value& value, Place at) {
  if (const Symbol* symbol = value.symbol()) {
    ++host_calls_;
    auto items = host_.iterate(*symbol, make_site(at));
    if (items) {
      for (Value& item : *items) keep(item);
    }
    return items;
  }
  if (const auto* i = value.as<std::shared_ptr<Instance>>()) {
    if (const Value* method = find_member(*(*i)->type, "__iter__")) {
      return iterate(call_simple(*method, {value}, at));
    }
  }
  auto items = iterate(value);
  if (items) step(items->size() / 16);
  return items;
}

}  // namespace forelock::python
