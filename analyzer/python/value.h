#pragma once

// What an expression of a migration is worth, as far as that can be known without running it.
//
// Names that lead out of what can be read (an import of SQLAlchemy, of a package that is not there,
// a row of the database) are *symbols*: expressions kept as trees. `sa.Column("id", sa.Integer())`
// is a kCall of the symbol "sqlalchemy.Column" with its evaluated arguments. The evaluator knows no
// library; a Host (host.h) gives symbols a meaning.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "analyzer/text/source_map.h"

namespace forelock::python {

class Value;
struct Symbol;
struct Function;
struct Class;
struct Instance;
struct Module;

/// Where a value or call stands: the file's number in the evaluation (0 is the migration itself).
struct Place {
  std::uint32_t file = 0;
  text::Span span;
};

struct None {};
/// Not known, and why: "a row of the database", "the environment".
struct Unknown {
  std::string reason;
  /// The class that it, or each of its items, is an instance of, where a Host told; else null.
  std::shared_ptr<const Value> instance_of = nullptr;
};
/// Python's int is unbounded; what leaves 64 bits becomes Unknown.
using Integer = std::int64_t;

struct Bytes {
  std::string data;
};

/// Lists, tuples and sets share a shape. Lists and sets are shared by reference as in Python.
struct Sequence {
  enum class Kind { kList, kTuple, kSet };
  Kind kind = Kind::kList;
  std::vector<Value> items;
  bool complete = true;  ///< False when unknown items may have been added.
};
/// Insertion-ordered, keys by Python equality of constants.
struct Dict {
  std::vector<std::pair<Value, Value>> items;
  bool complete = true;
  std::vector<Value> default_factory;  ///< What a defaultdict calls for a missing key; 0 or 1.
};

class Value {
 public:
  using Storage =
      std::variant<Unknown, None, bool, Integer, double, text::MappedText, Bytes,
                   std::shared_ptr<Sequence>, std::shared_ptr<Dict>, std::shared_ptr<const Symbol>,
                   std::shared_ptr<const Function>, std::shared_ptr<Class>,
                   std::shared_ptr<Instance>, std::shared_ptr<Module>>;

  Value() : storage_(Unknown{"not evaluated"}) {}
  template <typename T>
    requires std::constructible_from<Storage, T&&>
  Value(T&& v) : storage_(std::forward<T>(v)) {}  // NOLINT(google-explicit-constructor)

  static Value unknown(std::string reason) { return Value(Unknown{std::move(reason)}); }
  /// A str with no place of its own beyond `place`.
  static Value string(std::string_view text, Place place);

  template <typename T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&storage_);
  }
  [[nodiscard]] bool is_unknown() const { return std::holds_alternative<Unknown>(storage_); }
  [[nodiscard]] bool is_none() const { return std::holds_alternative<None>(storage_); }
  [[nodiscard]] const text::MappedText* str() const { return as<text::MappedText>(); }
  [[nodiscard]] const Symbol* symbol() const;
  [[nodiscard]] const Sequence* sequence() const;
  [[nodiscard]] const Dict* dict() const;
  [[nodiscard]] const Storage& storage() const { return storage_; }

  /// Where the expression that made this value stands, if it is known.
  std::optional<Place> place;

 private:
  Storage storage_;
};

/// What stands in a str for a part that is not known: a valid identifier and a valid word of a
/// string constant, so that SQL around it still parses. Each is marked in MappedText::holes.
inline constexpr std::string_view kUnknownText = "__unknown__";

/// Evaluated arguments of a call. `complete` is false when `*args` or `**kwargs` were unknown.
struct Arguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> keywords;
  bool complete = true;

  /// The argument `keyword`, or the positional one at `index` (npos: keyword only); null when
  /// absent.
  [[nodiscard]] const Value* find(std::string_view keyword, std::size_t index = npos) const;
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
};

/// An expression over names that the evaluator does not look into.
struct Symbol {
  enum class Kind {
    kName,  ///< `name` is the dotted path: "sqlalchemy.dialects.postgresql.UUID".
    /// operands[0].name, where operands[0] is no kName symbol. It may be a Class or Instance that
    /// has a symbol among its bases (an ORM model); what the class body bound to that name, if
    /// anything, is then operands[1].
    kAttribute,
    kCall,       ///< operands[0](arguments)
    kSubscript,  ///< operands[0][operands[1]]
    kUnary,      ///< name is the operator: "-", "~", "not".
    /// name: "+", "&", "|", "==", "<", "in", "not in", "is", "is not", "and", "or", … over
    /// operands[0] and operands[1].
    kBinary,
    kObject,  ///< Made by the Host; `name` is its type, `payload` its state.
  };
  Kind kind = Kind::kName;
  std::string name;
  std::vector<Value> operands;
  Arguments arguments;
  Place place;
  std::shared_ptr<void> payload;  ///< kObject only: the Host's own, see Symbol::name for its type.

  /// Dotted path of a name, or of the callee of a call; empty for others.
  [[nodiscard]] std::string_view path() const;
};

/// The value as Python's str() prints it; nothing when not known.
std::optional<text::MappedText> to_str(const Value& value, Place place);
/// The value as repr() prints it; nothing when not known.
std::optional<std::string> to_repr(const Value& value);
/// Python's truth of a value; nothing when not known.
std::optional<bool> truth(const Value& value);
/// Python's == of two values; nothing when not known.
std::optional<bool> equal(const Value& a, const Value& b);
/// Items of any iterable constant: sequence, dict (keys), str (characters); nothing when not known.
std::optional<std::vector<Value>> iterate(const Value& value);

// Classes and their instances, as a Host meets them. A Value of another type gives nothing.

/// Name of a class, or of the class of an instance.
std::string class_name(const Value& class_or_instance);
/// The class of an instance.
std::optional<Value> class_of(const Value& instance);
/// Bases of a class as they were evaluated, in order.
std::vector<Value> bases_of(const Value& class_value);
/// Whether a class (or that of an instance) is an enum.Enum.
bool is_enum(const Value& class_or_instance);
/// Members of an enum class in order, without aliases: name and instance.
std::vector<std::pair<std::string, Value>> enum_members(const Value& class_value);
/// Attribute of an instance (its own, then its classes'), class or module; null when not bound. An
/// enum's member has "name" and "value". Valid as long as the object is not changed.
const Value* find_attribute(const Value& object, std::string_view name);
/// What an instance of a class was made with, where that went to a base that is a symbol; empty for
/// other values.
Arguments made_with(const Value& instance);
/// `name: annotation` of a class body in order, as it is written, without those of its bases.
std::vector<std::pair<std::string, std::string>> annotations_of(const Value& class_value);
/// What was assigned to an instance (and not to its class), in order.
std::vector<std::pair<std::string, Value>> instance_attributes(const Value& instance);
/// Whether a parameter of a function has a default.
bool has_default(const Value& function, std::string_view parameter);
/// Name of a function, method or builtin type; empty for other values.
std::string function_name(const Value& function);
/// Python's name of the value's type: "str", "list", "User"; empty when not known.
std::string type_name(const Value& value);

Value make_sequence(Sequence::Kind kind, std::vector<Value> items);
Value make_symbol(std::string path, Place place);

}  // namespace forelock::python
