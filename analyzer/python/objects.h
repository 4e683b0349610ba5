#pragma once

// What stands behind the opaque values: functions, classes, instances, modules and the namespaces
// they are made of. Private to analyzer/python.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyzer/python/host.h"
#include "analyzer/python/syntax.h"
#include "analyzer/python/value.h"

namespace forelock::python {

class Interpreter;

/// Names and their values, in order of first binding.
class Namespace {
 public:
  struct Binding {
    std::string name;
    Value value;
    /// Index of an import that is only followed when the name is read, plus one; 0 when bound.
    std::uint32_t lazy = 0;
  };

  [[nodiscard]] Binding* find(std::string_view name);
  [[nodiscard]] const Binding* find(std::string_view name) const;
  void set(std::string_view name, Value value, std::uint32_t lazy = 0);
  void erase(std::string_view name);
  [[nodiscard]] const std::vector<Binding>& bindings() const { return bindings_; }
  [[nodiscard]] std::vector<Binding>& bindings() { return bindings_; }
  void assign(std::vector<Binding> bindings);
  void clear();

 private:
  void reindex();
  std::vector<Binding> bindings_;
  std::unordered_map<std::string, std::uint32_t> index_;  ///< Only when there are many.
};

/// The variables of a module, of a function's call, of a class body or of a comprehension.
struct Scope {
  Namespace names;
  std::shared_ptr<Scope> parent;          ///< Enclosing function's; null at module level.
  std::shared_ptr<Scope> globals;         ///< The module's; null when this is it.
  std::vector<std::string> global_names;  ///< Declared `global`.
  std::vector<std::string> nonlocal_names;
  std::vector<Value> star_modules;  ///< Unknown modules whose names were imported by `*`.
  bool is_class = false;
  bool is_comprehension = false;
};

/// A call of something built in.
struct NativeCall {
  const Function& function;
  const Arguments& arguments;
  const CallSite& site;
};
using Native = Value (*)(Interpreter&, const NativeCall&);

struct Parameter {
  enum class Kind : std::uint8_t { kPlain, kKeywordOnly, kPositionalOnly, kStar, kDoubleStar };
  std::string name;
  Kind kind = Kind::kPlain;
  std::optional<Value> default_value;
};

struct Function {
  std::string name;
  // Of a `def` or lambda:
  const Node* node = nullptr;
  std::shared_ptr<const ParsedFile> file;
  std::uint32_t file_number = 0;
  std::shared_ptr<Scope> closure;
  std::vector<Parameter> parameters;
  std::shared_ptr<Class> owner;  ///< Class whose body defines it, for super().
  bool is_generator = false;
  bool is_context_manager = false;
  bool is_static = false;
  bool is_class_method = false;
  bool is_property = false;
  bool is_super = false;  ///< What super() gives: `owner` and `self`.
  // Of something built in:
  Native native = nullptr;
  bool is_type = false;
  // Of a bound method or functools.partial:
  std::shared_ptr<const Function> target;
  std::optional<Value> callee;  ///< What a partial calls, when it is no function.
  std::optional<Value> self;
  Arguments bound;
};

struct Class {
  std::string name;
  std::vector<Value> bases;
  Namespace members;
  std::vector<std::string> fields;  ///< Annotated names in order, and those of a namedtuple.
  std::vector<std::pair<std::string, std::string>> annotations;  ///< Its own, as they are written.
  Place place;
  std::uint32_t file_number = 0;
  bool is_enum = false;
  bool is_dataclass = false;
  bool is_named_tuple = false;
  bool is_exception = false;
  /// A base that is a symbol, or a class with such a base.
  bool has_symbol_base = false;
};

struct Instance {
  std::shared_ptr<Class> type;
  Namespace attributes;
  Arguments made_with;  ///< What a base that is a symbol was given.
};

struct Module {
  std::string name;  ///< Dotted.
  std::shared_ptr<Scope> scope;
  std::shared_ptr<const ParsedFile> file;
  std::uint32_t file_number = 0;
  bool running = false;
};

/// Looks a name up in a class and its bases; null when it is not there.
const Value* find_member(const Class& type, std::string_view name);
/// `base` itself, or one of its bases, however far.
bool is_subclass(const Class& type, const Class& base);
bool is_subclass_of_name(const Class& type, std::string_view dotted);

}  // namespace forelock::python
