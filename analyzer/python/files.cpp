#include "analyzer/python/files.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "analyzer/python/objects.h"

namespace forelock::python {
namespace {

/// Path of the symbol that stands for an open file; its arguments are those of open().
constexpr std::string_view kOpenFile = "builtins.open";
/// Deeper chains of `/` and `.parent` are not followed.
constexpr int kMaxDepth = 50;

/// A file as the code names it: below a package's folder, or by a path of its own.
struct FileName {
  std::string package;  ///< Dotted; empty for none.
  std::string path;
};

std::string joined(const std::string& folder, std::string_view name) {
  if (folder.empty() || name.starts_with('/')) return std::string(name);
  return folder + (folder.ends_with('/') ? "" : "/") + std::string(name);
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return path.empty() || path == "." ? ".." : ".";
  return path.substr(0, std::max<std::size_t>(slash, 1));
}

/// The last part of a path, and its suffix with the dot. Source: pathlib.PurePath.name and suffix.
std::string base_of(const std::string& path) {
  return path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
}
std::string_view suffix_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const bool has_suffix = dot != std::string_view::npos && dot > 0 && dot + 1 < name.size();
  return has_suffix ? name.substr(dot) : std::string_view();
}

std::optional<std::string> known_text(const Value& value) {
  if (value.str() == nullptr || !value.str()->known()) return std::nullopt;
  return value.str()->text;
}

/// A package given by name, or as the module itself.
std::optional<std::string> package_of(const Value& value) {
  if (const auto* module = value.as<std::shared_ptr<Module>>()) return (*module)->name;
  if (const Symbol* symbol = value.symbol(); symbol != nullptr) {
    if (symbol->kind == Symbol::Kind::kName) return symbol->name;
    return std::nullopt;
  }
  return known_text(value);
}

std::optional<FileName> file_name(const Value& value, int depth = 0);

std::optional<FileName> below(std::optional<FileName> folder, const std::vector<Value>& names) {
  for (const Value& name : names) {
    const auto text = known_text(name);
    if (!folder || !text) return std::nullopt;
    if (text->starts_with('/')) folder->package.clear();
    folder->path = joined(folder->path, *text);
  }
  return folder;
}

std::optional<FileName> name_of_call(const Symbol& call, int depth) {
  const std::string_view path = call.path();
  const std::vector<Value>& given = call.arguments.positional;
  if (path == "pathlib.Path" || path == "pathlib.PurePath" || path == "pathlib.PosixPath") {
    if (given.empty()) return FileName{{}, "."};
    auto first = file_name(given.front(), depth + 1);
    return below(std::move(first), {given.begin() + 1, given.end()});
  }
  if (path == "importlib.resources.files" && !given.empty()) {
    const auto package = package_of(given.front());
    return package ? std::optional(FileName{*package, {}}) : std::nullopt;
  }
  const Symbol* method = call.operands.front().symbol();
  if (method == nullptr || method->kind != Symbol::Kind::kAttribute) return std::nullopt;
  auto self = file_name(method->operands.front(), depth + 1);
  if (method->name == "resolve" || method->name == "absolute") return self;
  if (method->name == "joinpath") return below(std::move(self), given);
  if (self && given.size() == 1 && (method->name == "with_suffix" || method->name == "with_stem")) {
    const auto part = known_text(given.front());
    if (!part) return std::nullopt;
    const std::string name = base_of(self->path);
    const bool stem = method->name == "with_stem";
    self->path.resize(self->path.size() - name.size());
    self->path += stem ? *part + std::string(suffix_of(name))
                       : name.substr(0, name.size() - suffix_of(name).size()) + *part;
    return self;
  }
  if (method->name == "with_name" && self && given.size() == 1) {
    self->path = parent_of(self->path);
    return below(std::move(self), given);
  }
  return std::nullopt;
}

std::optional<FileName> file_name(const Value& value, int depth) {
  if (depth > kMaxDepth) return std::nullopt;
  if (const auto text = known_text(value)) return FileName{{}, *text};
  const Symbol* symbol = value.symbol();
  if (symbol == nullptr) return std::nullopt;
  switch (symbol->kind) {
    case Symbol::Kind::kCall:
      return name_of_call(*symbol, depth);
    case Symbol::Kind::kBinary:
      if (symbol->name != "/") return std::nullopt;
      return below(file_name(symbol->operands[0], depth + 1), {symbol->operands[1]});
    case Symbol::Kind::kAttribute: {
      if (symbol->name != "parent") return std::nullopt;
      auto self = file_name(symbol->operands.front(), depth + 1);
      if (self) self->path = parent_of(self->path);
      return self;
    }
    case Symbol::Kind::kSubscript: {
      const Symbol* parents = symbol->operands[0].symbol();
      const Integer* index = symbol->operands[1].as<Integer>();
      if (parents == nullptr || index == nullptr || parents->name != "parents" || *index < 0 ||
          *index > kMaxDepth) {
        return std::nullopt;
      }
      auto self = file_name(parents->operands.front(), depth + 1);
      for (Integer i = 0; self && i <= *index; ++i) self->path = parent_of(self->path);
      return self;
    }
    case Symbol::Kind::kName:
    case Symbol::Kind::kUnary:
    case Symbol::Kind::kObject:
      return std::nullopt;
  }
  return std::nullopt;
}

Value a_file(Interpreter& in) { return in.unknown("a file that is read"); }

Value contents(Interpreter& in, const std::optional<FileName>& name, bool binary, Place at) {
  if (!name) return a_file(in);
  auto text = in.host().read_file(name->package, name->path);
  if (!text) return a_file(in);
  if (binary) return Value(Bytes{*std::move(text)});
  // Text mode has universal newlines.
  std::string lines;
  lines.reserve(text->size());
  for (std::size_t i = 0; i < text->size(); ++i) {
    if ((*text)[i] == '\r' && i + 1 < text->size() && (*text)[i + 1] == '\n') continue;
    lines += (*text)[i] == '\r' ? '\n' : (*text)[i];
  }
  return in.make_text(lines, at);
}

bool is_binary(const Arguments& arguments, std::size_t mode_index) {
  const Value* mode = arguments.find("mode", mode_index);
  const auto text = mode == nullptr ? std::nullopt : known_text(*mode);
  return text && text->contains('b');
}

bool writes(const Arguments& arguments, std::size_t mode_index) {
  const Value* mode = arguments.find("mode", mode_index);
  const auto text = mode == nullptr ? std::optional<std::string>("r") : known_text(*mode);
  return !text || text->find_first_of("wax+") != std::string::npos;
}

/// The open file `name`: what it holds is read when it is asked for.
Value opened(Interpreter& in, const Value& name, bool binary, Place at) {
  const auto file = file_name(name);
  if (!file || !in.host().read_file(file->package, file->path)) return a_file(in);
  Symbol symbol;
  symbol.kind = Symbol::Kind::kCall;
  symbol.operands = {make_symbol(std::string(kOpenFile), at)};
  symbol.arguments.positional = {name, in.make_text(binary ? "rb" : "r", at)};
  symbol.place = at;
  return in.make_symbol_node(std::move(symbol));
}

std::optional<Value> call_open_file(Interpreter& in, const Symbol& self, std::string_view name,
                                    Place at) {
  if (name == "close") return Value(None{});
  if (name != "read" && name != "readlines") return std::nullopt;
  const bool binary = is_binary(self.arguments, 1);
  Value text = contents(in, file_name(self.arguments.positional.front()), binary, at);
  if (name == "read" || text.str() == nullptr) return text;
  std::vector<Value> lines;
  std::string_view rest = text.str()->text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    lines.push_back(in.make_text(rest.substr(0, end), at));
    rest.remove_prefix(end);
  }
  return in.make_list(Sequence::Kind::kList, std::move(lines));
}

constexpr std::array<std::string_view, 6> kAsksTheFileSystem = {"exists",  "is_file", "is_dir",
                                                                "iterdir", "glob",    "rglob"};

}  // namespace

Value file_exists(Interpreter& in, const Value& name) {
  const auto file = file_name(name);
  const bool found = file && in.host().read_file(file->package, file->path);
  return found ? Value(true) : in.unknown("the file system");
}

Value open_file(Interpreter& in, const Arguments& arguments, Place at) {
  const Value* name = arguments.find("file", 0);
  if (name == nullptr || writes(arguments, 1)) return a_file(in);
  return opened(in, *name, is_binary(arguments, 1), at);
}

Value read_resource(Interpreter& in, const Arguments& arguments, Place at, bool binary) {
  if (arguments.positional.size() < 2) return a_file(in);
  const auto package = package_of(arguments.positional[0]);
  const auto path = known_text(arguments.positional[1]);
  if (!package || !path) return a_file(in);
  return contents(in, FileName{*package, *path}, binary, at);
}

std::optional<Value> call_file_method(Interpreter& in, const Symbol& self, std::string_view name,
                                      const Arguments& arguments, Place at) {
  if (self.path() == kOpenFile) return call_open_file(in, self, name, at);
  const Value path(std::make_shared<const Symbol>(self));
  if (name == ".name" || name == ".stem" || name == ".suffix") {
    const auto named = file_name(path);
    if (!named) return std::nullopt;
    const std::string base = base_of(named->path);
    const std::string_view suffix = suffix_of(base);
    if (name == ".name") return in.make_text(base, at);
    return in.make_text(
        name == ".suffix" ? suffix : std::string_view(base).substr(0, base.size() - suffix.size()),
        at);
  }
  const bool asks = std::ranges::find(kAsksTheFileSystem, name) != kAsksTheFileSystem.end();
  if (!asks && name != "open" && name != "read_text" && name != "read_bytes") return std::nullopt;
  const auto file = file_name(path);
  if (!file) return std::nullopt;
  if (name == "exists" || name == "is_file") return file_exists(in, path);
  if (asks) return in.unknown("the file system");
  if (name != "open") return contents(in, file, name == "read_bytes", at);
  if (writes(arguments, 0)) return a_file(in);
  return opened(in, path, is_binary(arguments, 0), at);
}

}  // namespace forelock::python
