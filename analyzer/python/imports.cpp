// Imports. A name that is imported is followed when it is first read: most of what an application's
// modules import is never needed.

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/python/interpreter.h"

namespace forelock::python {
namespace {

/// Part of the step limit that the top level of one project module may use.
constexpr std::uint64_t kModuleShare = 4;

bool is_future(std::string_view module) { return module == "__future__"; }

}  // namespace

Flow Interpreter::exec_import(const Node& node) {
  const ParsedFile& file = *frame().file;
  for (const Node* c = file.first(node); c != nullptr; c = file.next(*c)) {
    if (c->field != Field::kName) continue;
    Import import;
    import.place = place(*c);
    import.scope = frame().scope;
    std::string_view bound;
    if (c->kind == Kind::kAliasedImport) {
      const Node* name = file.child(*c, Field::kName);
      const Node* alias = file.child(*c, Field::kAlias);
      if (name == nullptr || alias == nullptr) continue;
      import.module = source(*name);
      bound = source(*alias);
    } else {
      import.module = source(*c);
      import.top_only = true;
      bound = source(*c);
      bound = bound.substr(0, bound.find('.'));
    }
    before_write(import.scope);
    const std::shared_ptr<Scope> scope = import.scope;
    imports_.push_back(std::move(import));
    scope->names.set(bound, unknown("an import"), static_cast<std::uint32_t>(imports_.size()));
  }
  return Flow::kNormal;
}

Flow Interpreter::exec_import_from(const Node& node) {
  const ParsedFile& file = *frame().file;
  const Node* from = file.child(node, Field::kModuleName);
  if (from == nullptr) return Flow::kNormal;
  std::string module(source(*from));
  std::erase_if(module, [](char c) { return c == ' ' || c == '\t' || c == '\\' || c == '\n'; });
  if (is_future(module)) return Flow::kNormal;
  module = resolve_relative(module);
  if (file.child(node, Kind::kWildcardImport) != nullptr) {
    import_star(module, place(node));
    return Flow::kNormal;
  }
  for (const Node* c = file.first(node); c != nullptr; c = file.next(*c)) {
    if (c->field != Field::kName) continue;
    const Node* name = c->kind == Kind::kAliasedImport ? file.child(*c, Field::kName) : c;
    const Node* alias = c->kind == Kind::kAliasedImport ? file.child(*c, Field::kAlias) : c;
    if (name == nullptr || alias == nullptr) continue;
    const std::shared_ptr<Scope> scope = frame().scope;
    before_write(scope);
    imports_.push_back({.module = module,
                        .name = std::string(source(*name)),
                        .top_only = false,
                        .place = place(*c),
                        .scope = scope});
    scope->names.set(source(*alias), unknown("an import"),
                     static_cast<std::uint32_t>(imports_.size()));
  }
  return Flow::kNormal;
}

std::string Interpreter::resolve_relative(std::string_view written) const {
  if (!written.starts_with('.')) return std::string(written);
  std::size_t dots = 0;
  while (dots < written.size() && written[dots] == '.') ++dots;
  const std::string_view rest = written.substr(dots);
  std::string package = frame().module->name;
  if (package.empty() || package.starts_with('.')) {
    // The migration's own package is not known; the finder may know it.
    if (package.empty()) return std::string(written);
  }
  const std::string path = frame().file->file()->path();
  std::size_t up = dots;
  if (path.ends_with("__init__.py")) --up;
  for (; up > 0; --up) {
    const std::size_t dot = package.rfind('.');
    if (dot == std::string::npos) {
      package.clear();
      break;
    }
    package.resize(dot);
  }
  if (package.empty()) return std::string(rest.empty() ? written : rest);
  if (package.ends_with('.')) return package + std::string(rest);
  return rest.empty() ? package : package + "." + std::string(rest);
}

void Interpreter::force(Namespace::Binding& binding, const std::shared_ptr<Scope>& scope) {
  const std::uint32_t index = binding.lazy;
  if (index == 0 || index > imports_.size()) return;
  const std::string name = binding.name;
  binding.lazy = 0;
  binding.value = unknown("an import that needs itself");
  const Import import = imports_[index - 1];
  const Value value = follow(import);
  if (Namespace::Binding* again = scope->names.find(name)) {
    again->value = value;
    again->lazy = 0;
  }
}

Value Interpreter::import_symbol(const std::string& dotted, Place at) {
  if (auto answer = host_.import_module(dotted)) {
    host_paths_.insert(dotted);
    return keep(std::move(*answer));
  }
  Symbol symbol;
  symbol.name = dotted;
  symbol.place = at;
  return make_symbol_node(std::move(symbol));
}

Value Interpreter::import_name(const std::string& module, const std::string& name, Place at) {
  if (const auto found = find_module(module)) {
    if (found->scope->names.find(name) != nullptr) return module_attribute(found, name, at);
    const std::string inner = module.ends_with('.') ? module + name : module + "." + name;
    if (const auto submodule = find_module(inner)) return Value(submodule);
    return module_attribute(found, name, at);
  }
  const std::string inner = module.ends_with('.') ? module + name : module + "." + name;
  if (const auto submodule = find_module(inner)) return Value(submodule);
  const Value base = import_symbol(module, at);
  if (const Symbol* symbol = base.symbol()) {
    if (auto answer = host_.attribute(*symbol, name, at)) {
      host_paths_.insert(inner);
      return keep(std::move(*answer));
    }
    if (symbol->kind == Symbol::Kind::kName) {
      if (auto answer = host_.import_module(inner)) {
        host_paths_.insert(inner);
        return keep(std::move(*answer));
      }
    }
  }
  return attribute(base, name, at);
}

Value Interpreter::follow(const Import& import) {
  if (!import.name.empty()) return import_name(import.module, import.name, import.place);
  if (const auto whole = find_module(import.module)) {
    const std::size_t dot = import.module.find('.');
    if (!import.top_only || dot == std::string::npos) return Value(whole);
    // `import a.b` binds the package; its attribute is found when it is read.
    const std::string top = import.module.substr(0, dot);
    const auto package = find_module(top);
    return Value(package != nullptr ? package : namespace_package(top));
  }
  const std::string dotted =
      import.top_only ? import.module.substr(0, import.module.find('.')) : import.module;
  return import_symbol(dotted, import.place);
}

std::shared_ptr<Module> Interpreter::namespace_package(const std::string& dotted) {
  auto package = std::make_shared<Module>();
  package->name = dotted;
  package->scope = std::make_shared<Scope>();
  package->file = main_->file;
  scopes_.push_back(package->scope);
  modules_[dotted] = package;
  return package;
}

namespace {

/// Modules of the standard library that Alembic has imported before it runs a revision: a module
/// of the project that has the same name is never found by `import`.
/// Source: sys.modules after `import alembic.command, sqlalchemy.orm`, Alembic 1.19 and
/// Python 3.13.
constexpr auto kLoadedBefore = std::to_array<std::string_view>(
    {"abc",       "argparse",    "array",      "ast",          "asyncio",    "atexit",
     "base64",    "binascii",    "bisect",     "builtins",     "bz2",        "calendar",
     "codecs",    "collections", "concurrent", "configparser", "contextlib", "contextvars",
     "copy",      "copyreg",     "csv",        "dataclasses",  "datetime",   "decimal",
     "dis",       "email",       "encodings",  "enum",         "errno",      "fcntl",
     "fnmatch",   "functools",   "gc",         "genericpath",  "gettext",    "hashlib",
     "heapq",     "html",        "importlib",  "inspect",      "io",         "ipaddress",
     "itertools", "json",        "keyword",    "linecache",    "locale",     "logging",
     "lzma",      "marshal",     "math",       "ntpath",       "numbers",    "opcode",
     "operator",  "os",          "pathlib",    "pickle",       "platform",   "posix",
     "posixpath", "queue",       "quopri",     "random",       "re",         "reprlib",
     "select",    "selectors",   "shlex",      "shutil",       "signal",     "site",
     "socket",    "ssl",         "stat",       "string",       "struct",     "subprocess",
     "sys",       "sysconfig",   "tempfile",   "termios",      "textwrap",   "threading",
     "time",      "timeit",      "token",      "tokenize",     "traceback",  "types",
     "typing",    "urllib",      "uuid",       "warnings",     "weakref",    "zipfile",
     "zipimport", "zlib",        "zoneinfo"});
static_assert(std::ranges::is_sorted(kLoadedBefore));

bool is_loaded_before(std::string_view dotted) {
  return std::ranges::binary_search(kLoadedBefore, dotted.substr(0, dotted.find('.')));
}

}  // namespace

std::shared_ptr<Module> Interpreter::find_module(const std::string& dotted) {
  if (is_loaded_before(dotted)) return nullptr;
  if (const auto known = modules_.find(dotted); known != modules_.end()) return known->second;
  const bool may_run = import_steps_ < limits_.max_steps;
  std::shared_ptr<const ParsedFile> file = finder_ && may_run ? finder_(dotted) : nullptr;
  if (file == nullptr) {
    modules_[dotted] = nullptr;
    return nullptr;
  }
  auto module = std::make_shared<Module>();
  module->name = dotted;
  module->scope = std::make_shared<Scope>();
  module->file = file;
  module->file_number = static_cast<std::uint32_t>(files_.size());
  files_.push_back(std::move(file));
  scopes_.push_back(module->scope);
  modules_[dotted] = module;
  run_module(module);
  return module;
}

void Interpreter::run_module(const std::shared_ptr<Module>& module) {
  if (call_depth_ >= static_cast<int>(limits_.max_call_depth)) return;
  // A module's top level is not part of what led to its import: neither its condition nor its
  // calls.
  std::vector<std::string> conditions;
  std::vector<Frame*> frames;
  std::vector<std::unique_ptr<Changes>> journals;
  conditions.swap(conditions_);
  frames.swap(frames_);
  journals.swap(journals_);
  std::optional<Raised> raised = std::move(raised_);
  raised_.reset();
  const std::uint64_t limit = step_limit_;
  const std::uint64_t before = steps_;
  const bool imported = module->file_number != 0;
  const bool outermost = imported && !std::exchange(importing_, imported || importing_);
  const std::uint64_t share = steps_ + limits_.max_steps / kModuleShare;
  step_limit_ = outermost ? share : std::min(limit, share);
  const std::uint32_t may_raise = may_raise_;

  Frame own;
  own.scope = module->scope;
  own.file = module->file.get();
  own.file_number = module->file_number;
  own.module = module;
  {
    const FrameGuard guard(*this, own);
    ++call_depth_;
    exec_children(module->file->root());
    --call_depth_;
  }

  if (module->file_number != 0) {
    // What stopped a module of the project does not stop the migration.
    const bool of_its_share = steps_ > step_limit_ && (outermost || steps_ <= limit);
    if (aborted_ && of_its_share) aborted_ = false;
    raised_ = std::move(raised);
    may_raise_ = may_raise;
  }
  if (outermost) {
    // The work of imports has a budget of its own: it is not taken from the migration's.
    importing_ = false;
    import_steps_ += steps_ - before;
    steps_ = before;
  }
  step_limit_ = limit;
  conditions.swap(conditions_);
  frames.swap(frames_);
  journals.swap(journals_);
}

void Interpreter::import_star(const std::string& module, Place at) {
  const std::shared_ptr<Scope> scope = frame().scope;
  const auto found = find_module(module);
  if (found == nullptr) {
    const std::shared_ptr<Scope> globals = scope->globals != nullptr ? scope->globals : scope;
    globals->star_modules.push_back(import_symbol(module, at));
    return;
  }
  const auto* all = found->scope->names.find("__all__");
  const Sequence* listed = all == nullptr ? nullptr : all->value.sequence();
  std::vector<std::string> names;
  if (listed != nullptr) {
    for (const Value& name : listed->items) {
      if (name.str() != nullptr) names.push_back(name.str()->text);
    }
  } else {
    for (const auto& b : found->scope->names.bindings()) {
      if (!b.name.starts_with('_')) names.push_back(b.name);
    }
  }
  before_write(scope);
  for (const std::string& name : names) {
    if (const auto* b = found->scope->names.find(name)) {
      const Namespace::Binding copy = *b;
      scope->names.set(name, copy.value, copy.lazy);
    }
  }
  const auto& stars = found->scope->star_modules;
  const std::shared_ptr<Scope> globals = scope->globals != nullptr ? scope->globals : scope;
  if (globals != found->scope) {
    globals->star_modules.insert(globals->star_modules.end(), stars.begin(), stars.end());
  }
}

}  // namespace forelock::python
