#include "analyzer/python/interpreter.h"

#include <algorithm>
#include <ranges>

namespace forelock::python {
namespace {

/// Bytes of values and texts that one evaluation may make, all together. A migration needs a
/// thousandth of it; the limit bounds what a hostile one can take.
constexpr std::size_t kMemoryBudget = 512U * 1024U * 1024U;
/// Conditions are quoted in messages.
constexpr std::size_t kMaxConditionText = 200;

}  // namespace

Interpreter::Interpreter(std::shared_ptr<const ParsedFile> file, Host& host, ModuleFinder finder,
                         Limits limits)
    : host_(host), finder_(std::move(finder)), limits_(limits), step_limit_(limits.max_steps) {
  main_ = std::make_shared<Module>();
  main_->name = "";
  main_->scope = std::make_shared<Scope>();
  main_->file = file;
  scopes_.push_back(main_->scope);
  files_.push_back(std::move(file));
}

Interpreter::~Interpreter() {
  call_journal_ = {};
  for (const auto& s : sequences_) s->items.clear();
  for (const auto& d : dicts_) d->items.clear();
  for (const auto& i : instances_) i->attributes.clear();
  for (const auto& c : classes_) c->members.clear();
  for (const auto& s : scopes_) s->names.clear();
  builtin_classes_.clear();
  while (!constants_.empty()) constants_.pop_back();
}

bool Interpreter::step(std::uint64_t cost) {
  if (aborted_) return false;
  steps_ += cost;
  if (steps_ <= step_limit_) return true;
  aborted_ = true;
  return false;
}

bool Interpreter::charge(std::size_t bytes) {
  memory_ += bytes;
  if (memory_ <= kMemoryBudget) return true;
  aborted_ = true;
  return false;
}

bool Interpreter::conditional() const {
  if (!conditions_.empty()) return true;
  return std::ranges::any_of(frames_, [](const Frame* f) {
    return f->may_return || std::ranges::any_of(f->loops, [](const Loop& loop) {
             return loop.may_break || loop.may_continue;
           });
  });
}

bool Interpreter::conditional_in_frame() const {
  const Frame& f = frame();
  if (conditions_.size() > f.base_conditions || f.may_return) return true;
  return std::ranges::any_of(f.loops,
                             [](const Loop& loop) { return loop.may_break || loop.may_continue; });
}

std::string Interpreter::condition_text() const {
  std::string text;
  if (!conditions_.empty()) text = conditions_.back();
  for (const Frame* f : frames_ | std::views::reverse) {
    if (!text.empty()) break;
    for (const Loop& loop : f->loops | std::views::reverse) {
      if (loop.may_continue && text.empty()) text = *loop.may_continue;
      if (loop.may_break && text.empty()) text = *loop.may_break;
    }
    if (f->may_return && text.empty()) text = *f->may_return;
  }
  if (text.size() > kMaxConditionText) {
    std::size_t end = kMaxConditionText;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
    text += "…";
  }
  return text;
}

Value Interpreter::of_environment(const Value& fallback, Place at) {
  if (const auto* number = fallback.as<Integer>(); number != nullptr && *number >= 0) {
    return of_environment(make_text(std::to_string(*number), at), at);
  }
  const text::MappedText* text = fallback.str();
  if (text == nullptr || !text->known() || text->text.empty()) {
    return unknown(std::string(kEnvironment));
  }
  text::MappedText shown;
  shown.append_derived(text->text, at.span);
  shown.holes = {{0, static_cast<std::uint32_t>(shown.text.size())}};
  return make_text(std::move(shown), at);
}

void Interpreter::not_followed(std::string_view reason, Place at) {
  host_.not_followed(reason, at, conditional());
}

CallSite Interpreter::make_site(Place at) const {
  CallSite site;
  site.place = at;
  site.arguments = at;
  for (const Frame* f : frames_) {
    if (f->is_call) site.via.push_back(f->call_place);
  }
  site.conditional = conditional();
  if (site.conditional) site.condition = condition_text();
  return site;
}

void Interpreter::raise(std::string_view type, std::string message, Place at) {
  if (stopped()) return;
  Raised raised;
  raised.place = at;
  raised.text = std::string(type);
  if (!message.empty()) raised.text += ": " + message;
  if (auto exception = builtin_class(type)) {
    const auto instance = make_instance(*exception->as<std::shared_ptr<Class>>());
    instance->attributes.set("args", make_list(Sequence::Kind::kTuple, {make_text(message, at)}));
    raised.exception = Value(instance);
  }
  raised_ = std::move(raised);
}

Value Interpreter::make_list(Sequence::Kind kind, std::vector<Value> items, bool complete) {
  if (!charge(sizeof(Sequence) + 32 + items.size() * sizeof(Value))) return unknown("too large");
  auto sequence = std::make_shared<Sequence>();
  sequence->kind = kind;
  sequence->items = std::move(items);
  sequence->complete = complete;
  sequences_.push_back(sequence);
  return Value(std::move(sequence));
}

Value Interpreter::make_dict(std::vector<std::pair<Value, Value>> items, bool complete) {
  if (!charge(sizeof(Dict) + 32 + items.size() * 2 * sizeof(Value))) return unknown("too large");
  auto dict = std::make_shared<Dict>();
  dict->items = std::move(items);
  dict->complete = complete;
  dicts_.push_back(dict);
  return Value(std::move(dict));
}

Value Interpreter::make_text(text::MappedText text, Place at) {
  if (text.text.size() > limits_.max_string_bytes) return unknown("a str that is too long");
  const std::size_t bytes = text.text.size() + text.map.segments().size() * sizeof(text::Segment);
  if (!charge(bytes)) return unknown("too large");
  Value value(std::move(text));
  value.place = at;
  return value;
}

Value Interpreter::make_text(std::string_view text, Place at) {
  text::MappedText mapped;
  mapped.append_derived(text, at.span);
  return make_text(std::move(mapped), at);
}

Value Interpreter::make_symbol_node(Symbol symbol) {
  charge(sizeof(Symbol) + 64 + symbol.operands.size() * sizeof(Value) +
         symbol.arguments.positional.size() * sizeof(Value) +
         symbol.arguments.keywords.size() * (sizeof(Value) + 32));
  const Place at = symbol.place;
  std::shared_ptr<const Symbol> shared = std::make_shared<Symbol>(std::move(symbol));
  constants_.push_back(shared);
  Value value(std::move(shared));
  value.place = at;
  return value;
}

Value Interpreter::make_native(std::string_view name, Native native, std::optional<Value> self,
                               bool is_type) {
  auto function = std::make_shared<Function>();
  function->name = name;
  function->native = native;
  function->self = std::move(self);
  function->is_type = is_type;
  return make_function(std::move(function));
}

Value Interpreter::make_function(std::shared_ptr<Function> function) {
  charge(sizeof(Function) + 32);
  constants_.push_back(function);
  return Value(std::shared_ptr<const Function>(std::move(function)));
}

std::shared_ptr<Instance> Interpreter::make_instance(std::shared_ptr<Class> type) {
  charge(sizeof(Instance) + 32);
  auto instance = std::make_shared<Instance>();
  instance->type = std::move(type);
  instances_.push_back(instance);
  return instance;
}

Value Interpreter::keep(Value value) {
  // What the Host makes may be held by nothing else, and hold what was made before.
  if (const auto* s = value.as<std::shared_ptr<const Symbol>>()) constants_.push_back(*s);
  if (const auto* s = value.as<std::shared_ptr<Sequence>>()) sequences_.push_back(*s);
  if (const auto* d = value.as<std::shared_ptr<Dict>>()) dicts_.push_back(*d);
  return value;
}

text::FileRef Interpreter::file(std::uint32_t number) const {
  return number < files_.size() ? files_[number]->file() : nullptr;
}

}  // namespace forelock::python
