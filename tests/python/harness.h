#pragma once

// Runs Python source with a Host that records what it is asked, and prints values.

#include <fmt/format.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/python/evaluator.h"

namespace forelock::python::testing {

std::string show(const Value& value, int depth = 0);

inline std::string show_arguments(const Arguments& arguments, int depth) {
  std::string out;
  const auto separate = [&] {
    if (!out.empty()) out += ", ";
  };
  for (const Value& v : arguments.positional) {
    separate();
    out += show(v, depth + 1);
  }
  for (const auto& [name, v] : arguments.keywords) {
    separate();
    out += name + "=" + show(v, depth + 1);
  }
  if (!arguments.complete) {
    separate();
    out += "...";
  }
  return out;
}

inline std::string show_symbol(const Symbol& s, int depth) {
  using Kind = Symbol::Kind;
  switch (s.kind) {
    case Kind::kName:
      return s.name;
    case Kind::kAttribute:
      return show(s.operands[0], depth + 1) + "." + s.name;
    case Kind::kCall:
      return show(s.operands[0], depth + 1) + "(" + show_arguments(s.arguments, depth) + ")";
    case Kind::kSubscript:
      return show(s.operands[0], depth + 1) + "[" + show(s.operands[1], depth + 1) + "]";
    case Kind::kUnary:
      return "(" + s.name + " " + show(s.operands[0], depth + 1) + ")";
    case Kind::kBinary:
      return "(" + show(s.operands[0], depth + 1) + " " + s.name + " " +
             show(s.operands[1], depth + 1) + ")";
    case Kind::kObject:
      return "<" + s.name + ">";
  }
  return "";
}

/// repr() of what is known; symbols as expressions, `?` for what is unknown, `...` where a
/// container may hold more.
inline std::string show(const Value& value, int depth) {
  if (depth > 6) return "…";
  if (value.is_unknown()) return "?";
  if (const text::MappedText* s = value.str(); s != nullptr && !s->known())
    return "'" + s->text + "'";
  if (const Sequence* s = value.sequence()) {
    std::string out;
    for (const Value& v : s->items) out += (out.empty() ? "" : ", ") + show(v, depth + 1);
    if (!s->complete) out += out.empty() ? "..." : ", ...";
    switch (s->kind) {
      case Sequence::Kind::kList:
        return "[" + out + "]";
      case Sequence::Kind::kTuple:
        return "(" + out + (s->items.size() == 1 && s->complete ? ",)" : ")");
      case Sequence::Kind::kSet:
        return out.empty() ? "set()" : "{" + out + "}";
    }
  }
  if (const Dict* d = value.dict()) {
    std::string out;
    for (const auto& [k, v] : d->items) {
      out += (out.empty() ? "" : ", ") + show(k, depth + 1) + ": " + show(v, depth + 1);
    }
    if (!d->complete) out += out.empty() ? "..." : ", ...";
    return "{" + out + "}";
  }
  if (const Symbol* s = value.symbol()) return show_symbol(*s, depth);
  if (const auto text = to_repr(value)) return *text;
  if (const std::string name = function_name(value); !name.empty())
    return "<function " + name + ">";
  if (const std::string name = class_name(value); !name.empty()) {
    return (class_of(value) ? "<object " : "<class ") + name + ">";
  }
  return "<" + type_name(value) + ">";
}

/// Records each call as a line: "alembic.op.execute('SELECT 1')", with "? " before it when it is
/// conditional. `host.connection` is a kObject; `host.yes` and `host.no` are true and false;
/// `host.rows` has the items 1 and 2.
class Recorder : public Host {
 public:
  std::vector<std::string> calls;
  std::vector<std::string> lost;  ///< Reasons of not_followed().
  std::vector<CallSite> sites;
  std::vector<Arguments> arguments;

  std::optional<Value> attribute(const Symbol& object, std::string_view name,
                                 Place place) override {
    if (object.path() == "host" && name == "connection") {
      auto symbol = std::make_shared<Symbol>();
      symbol->kind = Symbol::Kind::kObject;
      symbol->name = "connection";
      symbol->place = place;
      return Value(std::shared_ptr<const Symbol>(symbol));
    }
    return {};
  }
  std::optional<Value> call(const Value& callee, const Arguments& args,
                            const CallSite& site) override {
    calls.push_back((site.conditional ? "? " : "") + show(callee) + "(" + show_arguments(args, 0) +
                    ")");
    sites.push_back(site);
    arguments.push_back(args);
    return {};
  }
  std::optional<bool> truth(const Symbol& symbol) override {
    if (symbol.path() == "host.yes") return true;
    if (symbol.path() == "host.no") return false;
    return {};
  }
  std::optional<std::vector<Value>> iterate(const Symbol& symbol, const CallSite& site) override {
    (void)site;
    if (symbol.path() == "host.rows")
      return std::vector<Value>{Value(Integer{1}), Value(Integer{2})};
    return {};
  }
  std::optional<Value> enter(const Value& context, const CallSite& site) override {
    calls.push_back((site.conditional ? "? enter " : "enter ") + show(context));
    return {};
  }
  void exit(const Value& context, const CallSite& site) override {
    calls.push_back((site.conditional ? "? exit " : "exit ") + show(context));
  }
  void not_followed(std::string_view reason, Place place, bool conditional) override {
    (void)place;
    (void)conditional;
    lost.emplace_back(reason);
  }
};

/// One evaluated module.
struct Run {
  text::FileRef file;
  Recorder host;
  std::unique_ptr<Evaluator> evaluator;
  std::map<std::string, int> asked;  ///< How often each module was looked for.
};

/// Evaluates the top level of `source`. `modules` are project files by dotted name.
inline std::unique_ptr<Run> run(std::string source, std::map<std::string, std::string> modules = {},
                                Limits limits = {}) {
  auto r = std::make_unique<Run>();
  r->file = std::make_shared<text::SourceFile>("versions/a.py", std::move(source));
  auto* asked = &r->asked;
  const ModuleFinder finder =
      [modules, asked](std::string_view dotted) -> std::shared_ptr<const ParsedFile> {
    ++(*asked)[std::string(dotted)];
    const auto found = modules.find(std::string(dotted));
    if (found == modules.end()) return nullptr;
    return parse(std::make_shared<text::SourceFile>(std::string(dotted) + ".py", found->second));
  };
  r->evaluator = std::make_unique<Evaluator>(parse(r->file), r->host, finder, limits);
  r->evaluator->run_module();
  return r;
}

/// show() of the global `name` of `source`; "unbound" when there is none.
inline std::string value_of(const std::string& source, std::string_view name = "x",
                            std::map<std::string, std::string> modules = {}) {
  const auto r = run(source, std::move(modules));
  const auto value = r->evaluator->global(name);
  return value ? show(*value) : "unbound";
}

/// Recorded calls of `upgrade()`, one to a line.
inline std::string calls_of(const std::string& source,
                            std::map<std::string, std::string> modules = {}) {
  const auto r = run(source, std::move(modules));
  r->host.calls.clear();
  r->evaluator->call("upgrade");
  std::string out;
  for (const std::string& line : r->host.calls) out += line + "\n";
  return out;
}

}  // namespace forelock::python::testing
