#pragma once

// The seam between the evaluator, which knows Python, and a library's meaning (analyzer/alembic).

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/python/value.h"

namespace forelock::python {

/// How the code being run at a call was reached.
struct CallSite {
  Place place;             ///< The whole call expression.
  Place arguments;         ///< Between its parentheses.
  std::vector<Place> via;  ///< Calls of functions that led here, outermost first.
  /// Syntax of each argument in order: its keyword (or empty) and its span (the value's).
  struct Argument {
    std::string keyword;
    text::Span span;
    text::Span value;
  };
  std::vector<Argument> syntax;
  bool conditional = false;  ///< Under a condition, loop or handler whose course is not known.
  std::string condition;     ///< What it depends on, for messages; empty when not conditional.
};

/// Answers are optional: nothing means "no opinion", and the evaluator builds a Symbol.
class Host {
 public:
  virtual ~Host() = default;

  /// `import dotted` of something that is no project file. Default: a kName symbol of that path.
  virtual std::optional<Value> import_module(std::string_view dotted) {
    (void)dotted;
    return {};
  }
  /// `object.name` on a symbol.
  virtual std::optional<Value> attribute(const Symbol& object, std::string_view name, Place place) {
    (void)object;
    (void)name;
    (void)place;
    return {};
  }
  /// `object.name` on something unknown of a known class.
  virtual std::optional<Value> attribute(const Unknown& object, std::string_view name) {
    (void)object;
    (void)name;
    return {};
  }
  /// `object.name = value` on a symbol or on something unknown of a known class.
  virtual void set_attribute(const Value& object, std::string_view name, const Value& value,
                             const CallSite& site) {
    (void)object;
    (void)name;
    (void)value;
    (void)site;
  }
  /// Call of a symbol (or of an Instance/Class whose base is a symbol). Effects happen here.
  virtual std::optional<Value> call(const Value& callee, const Arguments& arguments,
                                    const CallSite& site) {
    (void)callee;
    (void)arguments;
    (void)site;
    return {};
  }
  /// What a file that the code reads as data holds: `path` as the code has it, or below the dotted
  /// `package` when that is not empty. Nothing when it is not there or may not be read.
  virtual std::optional<std::string> read_file(std::string_view package, std::string_view path) {
    (void)package;
    (void)path;
    return {};
  }
  /// `@decorator` on a class or function, where the decorator is a symbol that the evaluator does
  /// not know.
  virtual void decorated(const Symbol& decorator, const Value& value) {
    (void)decorator;
    (void)value;
  }
  /// Whether a symbol is an instance of a class that is a symbol, too.
  virtual std::optional<bool> is_instance(const Symbol& object, const Symbol& type) {
    (void)object;
    (void)type;
    return {};
  }
  virtual std::optional<bool> truth(const Symbol& symbol) {
    (void)symbol;
    return {};
  }
  virtual std::optional<std::vector<Value>> iterate(const Symbol& symbol, const CallSite& site) {
    (void)symbol;
    (void)site;
    return {};
  }
  /// What each item is, where iterate() does not know the items.
  virtual std::optional<Value> item(const Symbol& symbol) {
    (void)symbol;
    return {};
  }
  virtual std::optional<Value> subscript(const Symbol& object, const Value& key, Place place) {
    (void)object;
    (void)key;
    (void)place;
    return {};
  }
  virtual std::optional<text::MappedText> to_str(const Symbol& symbol, Place place) {
    (void)symbol;
    (void)place;
    return {};
  }
  /// The str that a symbol is, where it stands for a value of a subclass of str.
  virtual std::optional<text::MappedText> as_str(const Symbol& symbol) {
    (void)symbol;
    return {};
  }
  /// `with context as value:`; the returned value is bound to the name. Called for symbols only.
  virtual std::optional<Value> enter(const Value& context, const CallSite& site) {
    (void)context;
    (void)site;
    return {};
  }
  virtual void exit(const Value& context, const CallSite& site) {
    (void)context;
    (void)site;
  }
  /// Something that was run could not be followed (an unknown callee got the symbol of the database
  /// connection, a loop over unknown rows, work limit reached); the Host may record it.
  virtual void not_followed(std::string_view reason, Place place, bool conditional) {
    (void)reason;
    (void)place;
    (void)conditional;
  }
};

}  // namespace forelock::python
