// Stand-ins for functions and constants of the standard library, by dotted path.

#include <algorithm>
#include <array>
#include <cmath>

#include "analyzer/python/builtins.h"
#include "analyzer/python/dates.h"
#include "analyzer/python/files.h"
#include "analyzer/python/format.h"
#include "analyzer/python/json.h"
#include "analyzer/python/stdlib_values.h"

namespace forelock::python {
namespace {

using text::MappedText;
using SequenceKind = Sequence::Kind;

struct Call {
  Interpreter& in;
  const Arguments& arguments;
  const CallSite& site;
  Place at;
  [[nodiscard]] const Value* arg(std::size_t i, std::string_view name = "") const {
    return arguments.find(name, i);
  }
  [[nodiscard]] const MappedText* str(std::size_t i, std::string_view name = "") const {
    const Value* v = arg(i, name);
    return v == nullptr ? nullptr : v->str();
  }
};
using Result = std::optional<Value>;

/// Largest product or permutation that is made.
constexpr std::size_t kMaxItems = 10'000;

// --- textwrap ---

bool is_blank(char c) { return c == ' ' || c == '\t'; }

struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;  ///< Before the line break.
  std::size_t next = 0;
};

std::vector<Line> lines_of(std::string_view s) {
  std::vector<Line> lines;
  for (std::size_t at = 0; at < s.size();) {
    const std::size_t end = std::min(s.find('\n', at), s.size());
    lines.push_back({at, end, std::min(end + 1, s.size())});
    at = end + 1;
  }
  return lines;
}

bool only_blanks(std::string_view s) { return std::ranges::all_of(s, is_blank); }

/// Cuts the margin that all lines share; lines of blanks become empty. The parts keep their map.
Result dedent(const Call& c) {
  const Value* v = c.arg(0);
  const MappedText* s = v == nullptr ? nullptr : v->str();
  if (s == nullptr) return {};
  const std::string_view text = s->text;
  const auto lines = lines_of(text);
  std::optional<std::string_view> margin;
  for (const Line& line : lines) {
    const std::string_view content = text.substr(line.begin, line.end - line.begin);
    if (only_blanks(content)) continue;
    const std::size_t indent =
        static_cast<std::size_t>(std::ranges::find_if_not(content, is_blank) - content.begin());
    const std::string_view own = content.substr(0, indent);
    if (!margin) {
      margin = own;
    } else {
      const auto common = std::ranges::mismatch(*margin, own);
      margin = margin->substr(0, static_cast<std::size_t>(common.in1 - margin->begin()));
    }
  }
  MappedText out;
  const auto add = [&](std::size_t begin, std::size_t end) {
    if (begin >= end) return;
    Value part(s->slice({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}));
    part.place = v->place;
    c.in.append_part(out, part, c.at);
  };
  // Neighbouring lines of no margin stay one part.
  const std::size_t cut = margin ? margin->size() : 0;
  for (const Line& line : lines) {
    if (only_blanks(text.substr(line.begin, line.end - line.begin))) {
      add(line.end, line.next);
    } else {
      add(line.begin + cut, line.next);
    }
    if (!c.in.step()) return c.in.unknown("too large");
  }
  return c.in.make_text(std::move(out), c.at);
}

Result indent(const Call& c) {
  const Value* v = c.arg(0);
  const Value* prefix = c.arg(1, "prefix");
  if (v == nullptr || v->str() == nullptr || prefix == nullptr || c.arg(2, "predicate") != nullptr)
    return {};
  const std::string_view text = v->str()->text;
  MappedText out;
  for (const Line& line : lines_of(text)) {
    if (!only_blanks(text.substr(line.begin, line.end - line.begin)))
      c.in.append_part(out, *prefix, c.at);
    Value part(v->str()->slice(
        {static_cast<std::uint32_t>(line.begin), static_cast<std::uint32_t>(line.next)}));
    part.place = v->place;
    c.in.append_part(out, part, c.at);
    if (!c.in.step() || out.text.size() > c.in.limits().max_string_bytes)
      return c.in.unknown("too large");
  }
  return c.in.make_text(std::move(out), c.at);
}

// --- itertools ---

Result list_of(const Call& c, std::vector<Value> items, bool complete = true) {
  return c.in.make_list(SequenceKind::kList, std::move(items), complete);
}

Result chain_all(const Call& c, const std::vector<Value>& iterables) {
  std::vector<Value> out;
  for (const Value& v : iterables) {
    const auto items = c.in.iterate_value(v, c.at);
    if (!items) return list_of(c, std::move(out), false);
    if (!c.in.step(items->size() / 8)) return c.in.unknown("too large");
    out.insert(out.end(), items->begin(), items->end());
  }
  return list_of(c, std::move(out));
}
Result chain(const Call& c) { return chain_all(c, c.arguments.positional); }
Result chain_from(const Call& c) {
  if (c.arg(0) == nullptr) return {};
  const auto all = c.in.iterate_value(*c.arg(0), c.at);
  if (!all) return {};
  return chain_all(c, *all);
}

Result product(const Call& c) {
  std::vector<std::vector<Value>> rows{{}};
  std::vector<Value> factors = c.arguments.positional;
  if (const Value* repeat = c.arg(Arguments::npos, "repeat")) {
    const Integer* n = repeat->as<Integer>();
    if (n == nullptr || *n < 0 || *n > 16) return {};
    const auto once = factors;
    factors.clear();
    for (Integer i = 0; i < *n; ++i) factors.insert(factors.end(), once.begin(), once.end());
  }
  for (const Value& factor : factors) {
    const auto items = c.in.iterate_value(factor, c.at);
    if (!items || rows.size() * items->size() > kMaxItems) return {};
    std::vector<std::vector<Value>> next;
    for (const auto& row : rows) {
      for (const Value& v : *items) {
        next.push_back(row);
        next.back().push_back(v);
        if (!c.in.step()) return c.in.unknown("too large");
      }
    }
    rows = std::move(next);
  }
  std::vector<Value> out;
  for (auto& row : rows) out.push_back(c.in.make_list(SequenceKind::kTuple, std::move(row)));
  return list_of(c, std::move(out));
}

Result combinations(const Call& c) {
  const Value* v = c.arg(0);
  const Value* size = c.arg(1, "r");
  const Integer* r = size == nullptr ? nullptr : size->as<Integer>();
  const auto items = v == nullptr ? std::nullopt : c.in.iterate_value(*v, c.at);
  if (!items || r == nullptr || *r < 0 || *r > static_cast<Integer>(items->size()) ||
      items->size() > 30)
    return {};
  std::vector<std::size_t> picked(static_cast<std::size_t>(*r));
  for (std::size_t i = 0; i < picked.size(); ++i) picked[i] = i;
  std::vector<Value> out;
  for (;;) {
    std::vector<Value> row;
    for (const std::size_t i : picked) row.push_back((*items)[i]);
    out.push_back(c.in.make_list(SequenceKind::kTuple, std::move(row)));
    if (out.size() > kMaxItems || !c.in.step()) return {};
    std::size_t i = picked.size();
    while (i > 0 && picked[i - 1] == items->size() - picked.size() + i - 1) --i;
    if (i == 0) break;
    ++picked[i - 1];
    for (std::size_t k = i; k < picked.size(); ++k) picked[k] = picked[k - 1] + 1;
  }
  return list_of(c, std::move(out));
}

Result islice(const Call& c) {
  const Value* v = c.arg(0);
  if (v == nullptr || c.arguments.positional.size() < 2) return {};
  std::optional<Integer> bounds[3];
  for (std::size_t i = 1; i < c.arguments.positional.size() && i < 4; ++i) {
    const Value& b = c.arguments.positional[i];
    if (b.is_none()) continue;
    if (b.as<Integer>() == nullptr) return {};
    bounds[i - 1] = *b.as<Integer>();
  }
  const auto items = c.in.iterate_value(*v, c.at);
  if (!items) return {};
  if (c.arguments.positional.size() == 2) std::swap(bounds[0], bounds[1]);
  const Value list = c.in.make_list(SequenceKind::kList, *items);
  return slice_value(c.in, list, bounds[0], bounds[1], bounds[2].value_or(1), c.at);
}

Result zip_longest(const Call& c) {
  std::vector<std::vector<Value>> columns;
  std::size_t longest = 0;
  for (const Value& v : c.arguments.positional) {
    auto items = c.in.iterate_value(v, c.at);
    if (!items) return {};
    longest = std::max(longest, items->size());
    columns.push_back(std::move(*items));
  }
  const Value* fill = c.arg(Arguments::npos, "fillvalue");
  std::vector<Value> out;
  for (std::size_t i = 0; i < longest && c.in.step(); ++i) {
    std::vector<Value> row;
    for (const auto& column : columns) {
      row.push_back(i < column.size() ? column[i] : fill == nullptr ? Value(None{}) : *fill);
    }
    out.push_back(c.in.make_list(SequenceKind::kTuple, std::move(row)));
  }
  return list_of(c, std::move(out));
}

Result repeat(const Call& c) {
  const Value* times = c.arg(1, "times");
  const Integer* n = times == nullptr ? nullptr : times->as<Integer>();
  if (n == nullptr || *n > static_cast<Integer>(kMaxItems) || c.arg(0) == nullptr) return {};
  return list_of(c,
                 std::vector<Value>(static_cast<std::size_t>(std::max<Integer>(*n, 0)), *c.arg(0)));
}

/// Endless: as many as a loop may run, and marked as not all.
Result count(const Call& c) {
  const Value* start = c.arg(0, "start");
  const Value* step = c.arg(1, "step");
  const Integer* from = start == nullptr ? nullptr : start->as<Integer>();
  const Integer* by = step == nullptr ? nullptr : step->as<Integer>();
  if ((start != nullptr && from == nullptr) || (step != nullptr && by == nullptr)) return {};
  std::vector<Value> out;
  Integer n = from == nullptr ? 0 : *from;
  constexpr int kShown = 1000;
  for (int i = 0; i < kShown; ++i) {
    out.emplace_back(n);
    if (__builtin_add_overflow(n, by == nullptr ? 1 : *by, &n)) break;
  }
  // What zip() and next() take of it is known; a loop over it ends by a break.
  return list_of(c, std::move(out));
}

// --- functools, operator, copy, typing ---

Result partial(const Call& c) {
  if (c.arg(0) == nullptr) return {};
  auto f = std::make_shared<Function>();
  f->name = "partial";
  f->callee = c.arguments.positional.front();
  f->bound = c.arguments;
  f->bound.positional.erase(f->bound.positional.begin());
  return c.in.make_function(std::move(f));
}

Result reduce(const Call& c) {
  if (c.arguments.positional.size() < 2) return {};
  const auto items = c.in.iterate_value(c.arguments.positional[1], c.at);
  if (!items) return {};
  std::size_t i = 0;
  Value total;
  if (c.arguments.positional.size() > 2) {
    total = c.arguments.positional[2];
  } else {
    if (items->empty()) return {};
    total = (*items)[i++];
  }
  for (; i < items->size() && c.in.step(); ++i) {
    total = c.in.call_simple(c.arguments.positional[0], {total, (*items)[i]}, c.at);
  }
  return total;
}

Value same_function(Interpreter& in, const NativeCall& call) {
  if (call.arguments.positional.empty()) return in.unknown("a decorator of nothing");
  return call.arguments.positional.front();
}

/// wraps(f)(g) is g; lru_cache(f) is f.
Result decorator(const Call& c) { return c.in.make_native("decorator", same_function); }
Result cached(const Call& c) {
  if (c.arguments.positional.size() == 1 &&
      c.arguments.positional[0].as<std::shared_ptr<const Function>>() != nullptr) {
    return c.arguments.positional[0];
  }
  return decorator(c);
}

Value get_item(Interpreter& in, const NativeCall& call) {
  if (call.arguments.positional.empty()) return in.unknown("an item of nothing");
  std::vector<Value> items;
  for (const Value& key : call.function.bound.positional) {
    items.push_back(in.subscript(call.arguments.positional[0], key, call.site.place));
  }
  if (items.size() == 1) return items.front();
  return in.make_list(SequenceKind::kTuple, std::move(items));
}
Value get_attribute(Interpreter& in, const NativeCall& call) {
  if (call.arguments.positional.empty()) return in.unknown("an attribute of nothing");
  std::vector<Value> items;
  for (const Value& name : call.function.bound.positional) {
    if (name.str() == nullptr) return in.unknown("an attribute with an unknown name");
    items.push_back(in.attribute(call.arguments.positional[0], name.str()->text, call.site.place));
  }
  if (items.size() == 1) return items.front();
  return in.make_list(SequenceKind::kTuple, std::move(items));
}
Result getter(const Call& c, Native native) {
  auto f = std::make_shared<Function>();
  f->name = "getter";
  f->native = native;
  f->bound = c.arguments;
  return c.in.make_function(std::move(f));
}
Result itemgetter(const Call& c) { return getter(c, get_item); }
Result attrgetter(const Call& c) { return getter(c, get_attribute); }

Value copied(Interpreter& in, const Value& v, bool deep, int depth) {
  if (!in.step() || depth > 50) return v;
  if (const Sequence* s = v.sequence()) {
    std::vector<Value> items = s->items;
    if (deep) {
      for (Value& item : items) item = copied(in, item, true, depth + 1);
    }
    return in.make_list(s->kind, std::move(items), s->complete);
  }
  if (const Dict* d = v.dict()) {
    auto items = d->items;
    if (deep) {
      for (auto& [key, item] : items) item = copied(in, item, true, depth + 1);
    }
    return in.make_dict(std::move(items), d->complete);
  }
  if (const auto* i = v.as<std::shared_ptr<Instance>>(); i != nullptr && !(*i)->type->is_enum) {
    const auto copy = in.make_instance((*i)->type);
    for (const auto& b : (*i)->attributes.bindings()) {
      copy->attributes.set(b.name, deep ? copied(in, b.value, true, depth + 1) : b.value);
    }
    return Value(copy);
  }
  return v;
}
Result copy_value(const Call& c) {
  if (c.arg(0) == nullptr) return {};
  return copied(c.in, *c.arg(0), false, 0);
}
Result deepcopy(const Call& c) {
  if (c.arg(0) == nullptr) return {};
  return copied(c.in, *c.arg(0), true, 0);
}

Result cast(const Call& c) {
  if (c.arg(1) == nullptr) return {};
  return *c.arg(1);
}

Result as_dict(const Call& c) {
  const auto* i = c.arg(0) == nullptr ? nullptr : c.arg(0)->as<std::shared_ptr<Instance>>();
  if (i == nullptr || !(*i)->type->is_dataclass) return {};
  std::vector<std::pair<Value, Value>> items;
  for (const std::string& field : (*i)->type->fields) {
    const auto* value = (*i)->attributes.find(field);
    items.emplace_back(c.in.make_text(field, c.at),
                       value == nullptr ? c.in.unknown("a field") : value->value);
  }
  return c.in.make_dict(std::move(items));
}

// --- collections ---

Result make_dict(const Call& c) {
  const Value dict = c.in.make_dict({});
  const auto* d = dict.as<std::shared_ptr<Dict>>();
  if (d == nullptr) return {};
  call_dict_method(c.in, *d, "update", c.arguments, c.site);
  return dict;
}

Result default_dict(const Call& c) {
  Arguments rest = c.arguments;
  std::vector<Value> factory;
  if (!rest.positional.empty()) {
    if (!rest.positional.front().is_none()) factory.push_back(rest.positional.front());
    rest.positional.erase(rest.positional.begin());
  }
  const Value dict = c.in.make_dict({});
  const auto* d = dict.as<std::shared_ptr<Dict>>();
  if (d == nullptr) return {};
  call_dict_method(c.in, *d, "update", rest, c.site);
  (*d)->default_factory = std::move(factory);
  return dict;
}

Result counter(const Call& c) {
  const auto items = c.arg(0) == nullptr ? std::optional<std::vector<Value>>{}
                                         : c.in.iterate_value(*c.arg(0), c.at);
  if (c.arg(0) != nullptr && (!items || c.arg(0)->dict() != nullptr)) return {};
  Dict dict;
  for (const Value& v : items.value_or(std::vector<Value>{})) {
    if (!c.in.step(1 + dict.items.size() / 16)) return {};
    const auto known = dict_get(dict, v);
    if (!known) return {};
    const Integer before = *known == nullptr ? 0 : *(*known)->as<Integer>();
    dict_set(dict, v, Value(before + 1));
  }
  return c.in.make_dict(std::move(dict.items));
}

Result deque(const Call& c) {
  if (c.arg(0) == nullptr) return list_of(c, {});
  const auto items = c.in.iterate_value(*c.arg(0), c.at);
  return list_of(c, items.value_or(std::vector<Value>{}), items.has_value());
}

Result named_tuple(const Call& c) {
  const MappedText* name = c.str(0);
  const Value* names = c.arg(1, "field_names");
  if (name == nullptr || names == nullptr) return {};
  std::vector<std::string> fields;
  if (const MappedText* s = names->str()) {
    std::string field;
    for (const char x : s->text + " ") {
      if (x != ' ' && x != ',' && x != '\n' && x != '\t') {
        field += x;
      } else if (!field.empty()) {
        fields.push_back(std::move(field));
        field.clear();
      }
    }
  } else {
    const auto items = c.in.iterate_value(*names, c.at);
    if (!items) return {};
    for (const Value& item : *items) {
      // typing.NamedTuple takes pairs of name and type.
      const auto parts = item.sequence() != nullptr ? iterate(item) : std::nullopt;
      const Value& field = parts && !parts->empty() ? parts->front() : item;
      if (field.str() == nullptr) return {};
      fields.push_back(field.str()->text);
    }
  }
  return c.in.make_namedtuple(name->text, std::move(fields), c.at);
}

// --- os, os.path, math, json, six ---

Result environment(const Call& c) {
  const Value* fallback = c.arg(1, "default");
  return c.in.of_environment(fallback == nullptr ? Value(None{}) : *fallback, c.at);
}
Result file_system(const Call& c) { return c.in.unknown("the file system"); }
Result exists(const Call& c) {
  return c.arg(0) == nullptr ? c.in.unknown("the file system") : file_exists(c.in, *c.arg(0));
}
Result a_file(const Call& c) { return c.in.unknown("a file that is read"); }
Result opened_file(const Call& c) { return open_file(c.in, c.arguments, c.at); }
Result resource_text(const Call& c) { return read_resource(c.in, c.arguments, c.at, false); }
Result resource_bytes(const Call& c) { return read_resource(c.in, c.arguments, c.at, true); }

Result path_join(const Call& c) {
  MappedText out;
  for (const Value& v : c.arguments.positional) {
    if (v.str() == nullptr) return {};
    if (v.str()->text.starts_with('/')) out = {};
    if (!out.text.empty() && !out.text.ends_with('/')) out.append_derived("/", c.at.span);
    c.in.append_part(out, v, c.at);
  }
  return c.in.make_text(std::move(out), c.at);
}
Result path_part(const Call& c, bool head) {
  const MappedText* s = c.str(0);
  if (s == nullptr || !s->known()) return {};
  const std::size_t slash = s->text.rfind('/');
  if (head) {
    if (slash == std::string::npos) return c.in.make_text("", c.at);
    return c.in.make_text(std::string_view(s->text).substr(0, std::max<std::size_t>(slash, 1)),
                          c.at);
  }
  return c.in.make_text(slash == std::string::npos ? std::string_view(s->text)
                                                   : std::string_view(s->text).substr(slash + 1),
                        c.at);
}
Result dirname(const Call& c) { return path_part(c, true); }
Result basename(const Call& c) { return path_part(c, false); }
Result same_path(const Call& c) {
  if (c.str(0) == nullptr) return {};
  return *c.arg(0);
}
Result splitext(const Call& c) {
  const MappedText* s = c.str(0);
  if (s == nullptr || !s->known()) return {};
  const std::size_t dot = s->text.rfind('.');
  const std::size_t slash = s->text.rfind('/');
  const bool has =
      dot != std::string::npos && dot != 0 && (slash == std::string::npos || dot > slash + 1);
  const std::size_t cut = has ? dot : s->text.size();
  return c.in.make_list(SequenceKind::kTuple,
                        {c.in.make_text(std::string_view(s->text).substr(0, cut), c.at),
                         c.in.make_text(std::string_view(s->text).substr(cut), c.at)});
}

std::optional<double> number(const Value* v) {
  if (v == nullptr) return {};
  if (const Integer* n = v->as<Integer>()) return static_cast<double>(*n);
  if (const double* d = v->as<double>()) return *d;
  return {};
}
Result to_integer(const Call& c, double (*round)(double)) {
  const Value* v = c.arg(0);
  if (v != nullptr && v->as<Integer>() != nullptr) return *v;
  const auto d = number(v);
  if (!d || !(std::fabs(*d) < 9e18)) return {};
  return Value(static_cast<Integer>(round(*d)));
}
Result ceil(const Call& c) {
  return to_integer(c, [](double d) { return std::ceil(d); });
}
Result floor(const Call& c) {
  return to_integer(c, [](double d) { return std::floor(d); });
}
Result sqrt(const Call& c) {
  const auto d = number(c.arg(0));
  if (!d || *d < 0) return {};
  return Value(std::sqrt(*d));
}

Result dumps(const Call& c) { return json_dumps(c.in, c.arguments, c.at); }
Result load(const Call& c) {
  if (c.arg(0) == nullptr || c.arg(0)->symbol() == nullptr) return a_file(c);
  const auto text = call_file_method(c.in, *c.arg(0)->symbol(), "read", {}, c.at);
  if (!text) return a_file(c);
  Arguments arguments = c.arguments;
  arguments.positional.front() = *text;
  return json_loads(c.in, arguments, c.at);
}
Result loads(const Call& c) { return json_loads(c.in, c.arguments, c.at); }

Result dict_view(const Call& c, std::string_view method) {
  if (c.arg(0) == nullptr) return {};
  return call_method(c.in, *c.arg(0), method, {}, c.site);
}
Result iteritems(const Call& c) { return dict_view(c, "items"); }
Result iterkeys(const Call& c) { return dict_view(c, "keys"); }
Result itervalues(const Call& c) { return dict_view(c, "values"); }

Result escape(const Call& c) {
  const MappedText* s = c.str(0);
  if (s == nullptr || !s->known()) return {};
  std::string out;
  for (const char x : s->text) {
    if (std::string_view("()[]{}?*+-|^$\\.&~# \t\n\r\v\f").find(x) != std::string_view::npos)
      out += '\\';
    out += x;
  }
  return c.in.make_text(out, c.at);
}

Result system_exit(const Call& c) {
  c.in.raise("SystemExit", "", c.at);
  return c.in.unknown("an exit");
}

struct StandIn {
  std::string_view path;
  Result (*run)(const Call&);
};

constexpr std::array kFunctions = std::to_array<StandIn>({
    {"codecs.open", opened_file},
    {"collections.Counter", counter},
    {"collections.OrderedDict", make_dict},
    {"collections.defaultdict", default_dict},
    {"collections.deque", deque},
    {"collections.namedtuple", named_tuple},
    {"copy.copy", copy_value},
    {"copy.deepcopy", deepcopy},
    {"dataclasses.asdict", as_dict},
    {"functools.cache", cached},
    {"functools.lru_cache", cached},
    {"functools.partial", partial},
    {"functools.reduce", reduce},
    {"functools.wraps", decorator},
    {"importlib.resources.read_binary", resource_bytes},
    {"importlib.resources.read_text", resource_text},
    {"io.open", opened_file},
    {"itertools.chain", chain},
    {"itertools.chain.from_iterable", chain_from},
    {"itertools.combinations", combinations},
    {"itertools.count", count},
    {"itertools.islice", islice},
    {"itertools.product", product},
    {"itertools.repeat", repeat},
    {"itertools.zip_longest", zip_longest},
    {"json.dumps", dumps},
    {"json.load", load},
    {"json.loads", loads},
    {"math.ceil", ceil},
    {"math.floor", floor},
    {"math.sqrt", sqrt},
    {"operator.attrgetter", attrgetter},
    {"operator.itemgetter", itemgetter},
    {"os.environ.get", environment},
    {"os.getcwd", file_system},
    {"os.getenv", environment},
    {"os.listdir", file_system},
    {"os.path.abspath", same_path},
    {"os.path.basename", basename},
    {"os.path.dirname", dirname},
    {"os.path.exists", exists},
    {"os.path.isdir", file_system},
    {"os.path.isfile", exists},
    {"os.path.join", path_join},
    {"os.path.normpath", same_path},
    {"os.path.realpath", same_path},
    {"os.path.splitext", splitext},
    {"pkg_resources.resource_string", resource_bytes},
    {"pkgutil.get_data", resource_bytes},
    {"re.escape", escape},
    {"six.iteritems", iteritems},
    {"six.iterkeys", iterkeys},
    {"six.itervalues", itervalues},
    {"sys.exit", system_exit},
    {"textwrap.dedent", dedent},
    {"textwrap.indent", indent},
    {"typing.NamedTuple", named_tuple},
    {"typing.cast", cast},
});
static_assert(std::ranges::is_sorted(kFunctions, {}, &StandIn::path));

// --- Constants ---

struct TextConstant {
  std::string_view path;
  std::string_view text;
};
constexpr std::array kTexts = std::to_array<TextConstant>({
    {"os.linesep", "\n"},
    {"os.name", "posix"},
    {"os.path.sep", "/"},
    {"os.sep", "/"},
    {"string.ascii_letters", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"string.ascii_lowercase", "abcdefghijklmnopqrstuvwxyz"},
    {"string.ascii_uppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"string.digits", "0123456789"},
    {"string.hexdigits", "0123456789abcdefABCDEF"},
    {"string.octdigits", "01234567"},
    {"string.punctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"},
    {"string.whitespace", " \t\n\r\v\f"},
});
static_assert(std::ranges::is_sorted(kTexts, {}, &TextConstant::path));

struct IntegerConstant {
  std::string_view path;
  Integer value;
};
/// Source: Lib/logging/__init__.py; sys.maxsize of a 64-bit platform.
constexpr std::array kIntegers = std::to_array<IntegerConstant>({
    {"logging.CRITICAL", 50},
    {"logging.DEBUG", 10},
    {"logging.ERROR", 40},
    {"logging.FATAL", 50},
    {"logging.INFO", 20},
    {"logging.NOTSET", 0},
    {"logging.WARN", 30},
    {"logging.WARNING", 30},
    {"sys.maxsize", INT64_MAX},
});
static_assert(std::ranges::is_sorted(kIntegers, {}, &IntegerConstant::path));

Value from_keys(Interpreter& in, const NativeCall& call) {
  const Value* keys = call.arguments.find("", 0);
  const auto items = keys == nullptr ? std::nullopt : in.iterate_value(*keys, call.site.place);
  if (!items) return in.unknown("dict.fromkeys() of something unknown");
  const Value* value = call.arguments.find("", 1);
  Dict dict;
  for (const Value& key : *items) {
    if (!in.step(1 + dict.items.size() / 16)) break;
    dict_set(dict, key, value == nullptr ? Value(None{}) : *value);
  }
  return in.make_dict(std::move(dict.items));
}

Value make_translation(Interpreter& in, const NativeCall& call) {
  const auto& args = call.arguments.positional;
  if (args.size() == 1 && args[0].dict() != nullptr) {
    Dict table;
    for (const auto& [key, value] : args[0].dict()->items) {
      const MappedText* s = key.str();
      if (s != nullptr && s->text.size() == 1) {
        dict_set(table, Value(static_cast<Integer>(s->text[0])), value);
      } else {
        dict_set(table, key, value);
      }
    }
    return in.make_dict(std::move(table.items), args[0].dict()->complete);
  }
  if (args.size() < 2 || args[0].str() == nullptr || args[1].str() == nullptr ||
      args[0].str()->text.size() != args[1].str()->text.size()) {
    return in.unknown("str.maketrans()");
  }
  Dict table;
  for (std::size_t i = 0; i < args[0].str()->text.size(); ++i) {
    dict_set(table, Value(static_cast<Integer>(args[0].str()->text[i])),
             in.make_text(args[1].str()->text.substr(i, 1), call.site.place));
  }
  if (args.size() > 2 && args[2].str() != nullptr) {
    for (const char x : args[2].str()->text)
      dict_set(table, Value(static_cast<Integer>(x)), Value(None{}));
  }
  return in.make_dict(std::move(table.items));
}

// --- Methods of known symbols ---

/// string.Template("… $name").substitute(name=…)
Result substitute(Interpreter& in, const Symbol& self, const Arguments& arguments, Place at) {
  const Value* format = self.arguments.find("template", 0);
  const MappedText* s = format == nullptr ? nullptr : format->str();
  if (s == nullptr || !s->known()) return {};
  MappedText out;
  std::size_t run = 0;
  const auto add = [&](std::size_t end) {
    if (run >= end) return;
    Value part(s->slice({static_cast<std::uint32_t>(run), static_cast<std::uint32_t>(end)}));
    part.place = format->place;
    in.append_part(out, part, at);
  };
  const auto word = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  for (std::size_t i = 0; i < s->text.size();) {
    if (s->text[i] != '$') {
      ++i;
      continue;
    }
    add(i);
    std::size_t begin = i + 1;
    const bool braced = begin < s->text.size() && s->text[begin] == '{';
    if (begin < s->text.size() && s->text[begin] == '$') {
      run = begin;
      i = begin + 1;
      continue;
    }
    if (braced) ++begin;
    std::size_t end = begin;
    while (end < s->text.size() && word(s->text[end])) ++end;
    const std::string_view name = std::string_view(s->text).substr(begin, end - begin);
    const Value* value = nullptr;
    for (const auto& [keyword, v] : arguments.keywords) {
      if (keyword == name) value = &v;
    }
    const Dict* mapping = arguments.positional.empty() ? nullptr : arguments.positional[0].dict();
    if (value == nullptr && mapping != nullptr) {
      for (const auto& [key, v] : mapping->items) {
        if (key.str() != nullptr && key.str()->text == name) value = &v;
      }
    }
    if (value != nullptr) {
      in.append_part(out, *value, at);
    } else {
      append_hole(out, at);
    }
    i = end + (braced ? 1 : 0);
    run = i;
  }
  add(s->text.size());
  return in.make_text(std::move(out), at);
}

}  // namespace

std::optional<Value> call_stdlib(Interpreter& in, std::string_view path, const Arguments& arguments,
                                 const CallSite& site) {
  const auto found = std::ranges::lower_bound(kFunctions, path, {}, &StandIn::path);
  if (found == kFunctions.end() || found->path != path) {
    return call_date_function(in, path, arguments, site.place);
  }
  return found->run({in, arguments, site, site.place});
}

std::optional<Value> stdlib_constant(Interpreter& in, std::string_view path, Place at) {
  const auto found = std::ranges::lower_bound(kTexts, path, {}, &TextConstant::path);
  if (found != kTexts.end() && found->path == path) return in.make_text(found->text, at);
  const auto integer = std::ranges::lower_bound(kIntegers, path, {}, &IntegerConstant::path);
  if (integer != kIntegers.end() && integer->path == path) return Value(integer->value);
  if (path == "os.environ") return in.of_environment(None{}, at);
  if (path == "sys.argv") return in.unknown("the command line");
  if (path == "typing.TYPE_CHECKING" || path == "six.PY2") return Value(false);
  if (path == "six.PY3") return Value(true);
  if (path == "six.text_type" || path == "six.string_types") return builtin(in, "str");
  if (path == "six.integer_types") return builtin(in, "int");
  if (path == "math.pi") return Value(3.141592653589793);
  if (path == "sys.version_info") {
    return in.make_list(SequenceKind::kTuple,
                        {Value(Integer{3}), Value(Integer{12}), Value(Integer{0})});
  }
  if (path == "builtins.dict.fromkeys") return in.make_native("fromkeys", from_keys);
  if (path == "builtins.str.maketrans") return in.make_native("maketrans", make_translation);
  return {};
}

std::optional<Value> call_stdlib_method(Interpreter& in, const Symbol& self, std::string_view name,
                                        const Arguments& arguments, Place at) {
  const std::string_view path = self.path();
  if (path == "uuid.UUID" && name == ".hex") {
    if (auto text = symbol_text(self)) {
      std::erase(*text, '-');
      return in.make_text(*text, at);
    }
  }
  if (auto result = date_method(in, self, name, arguments, at)) return result;
  if (path == "string.Template" && (name == "substitute" || name == "safe_substitute")) {
    return substitute(in, self, arguments, at);
  }
  return call_file_method(in, self, name, arguments, at);
}

}  // namespace forelock::python
