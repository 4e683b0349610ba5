#pragma once

// Reading the evaluator's values: canonical names of library objects, arguments, constants.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/alembic/render/sql_text.h"
#include "analyzer/python/evaluator.h"
#include "analyzer/python/value.h"

namespace forelock::alembic {

struct CompileOptions;

/// What rendering needs to know about where it happens.
/// `@compiles(Class, "postgresql") def f(element, compiler, **kw)`: what SQLAlchemy asks for the
/// SQL of such an element or type.
struct CompileFunction {
  python::Value type;
  std::string dialect;  ///< Empty for any.
  python::Value function;
};

struct Context {
  const CompileOptions& options;
  std::string_view home;                                   ///< Text of the migration's file.
  text::Span call;                                         ///< The innermost call in that file.
  python::Evaluator* evaluator = nullptr;                  ///< For classes; may be null.
  const std::vector<CompileFunction>* compiled = nullptr;  ///< Those of the project; may be null.

  /// Where `value` was written, if that is in the migration's file and inside of the call;
  /// otherwise the call.
  [[nodiscard]] text::Span span_of(const python::Value& value) const;
  [[nodiscard]] Sql sql() const { return Sql(home, call); }
};

/// Short name of a library object whatever the import path: "sa.Column", "pg.UUID", "orm.Session",
/// "func.now", "op.add_column", "context.is_offline_mode", "geo.Geometry", "sau.UUIDType",
/// "pgvector.Vector", "au.PGView"; other paths come back unchanged.
std::string canonical(std::string_view path);
/// Whether it begins short names: "sa.", "geo.".
bool known_package(std::string_view short_name);
/// Canonical name of a kName symbol, or of the callee of a kCall symbol; else empty.
std::string name_of(const python::Value& value);
/// Whether `value` is a call (not the bare name) of a library object.
bool is_call(const python::Value& value);
/// `object.method(...)` on something that is no plain name: the method's name, else empty.
std::string_view method_of(const python::Value& value);
/// The object of such a method call or attribute; null when there is none.
const python::Value* receiver_of(const python::Value& value);
/// Arguments of a kCall symbol; an empty set for anything else.
const python::Arguments& arguments_of(const python::Value& value);

/// The argument, null when absent or None.
const python::Value* present(const python::Arguments& arguments, std::string_view keyword,
                             std::size_t index = python::Arguments::npos);
/// A bool argument; `fallback` when absent, None or not known.
bool flag(const python::Arguments& arguments, std::string_view keyword, bool fallback = false,
          std::size_t index = python::Arguments::npos);
/// Three-valued bool argument: nothing when absent or None.
std::optional<bool> tristate(const python::Arguments& arguments, std::string_view keyword,
                             std::size_t index = python::Arguments::npos);
/// Known text of a str; nothing for others and for strings with unknown parts.
std::optional<std::string> known_string(const python::Value& value);
std::optional<std::string> known_string(const python::Value* value);
std::optional<python::Integer> known_integer(const python::Value* value);
/// Items of a list, tuple or set; nothing when it is something else.
const std::vector<python::Value>* items_of(const python::Value& value);

/// A name of a database object as the migration gives it.
struct Name {
  std::string text;                         ///< Unknown parts are kUnknownText.
  std::optional<text::MappedText> written;  ///< The string itself, when it is one.
  text::Span span;
  bool final = false;         ///< op.f() or conv(): no naming convention applies, may be cut.
  std::optional<bool> quote;  ///< quoted_name(…, quote)
  bool known = true;

  static Name of(std::string text, text::Span span) {
    Name name;
    name.text = std::move(text);
    name.span = span;
    return name;
  }
};
/// Reads a name; nothing for None and for what cannot be a name (an expression).
std::optional<Name> read_name(const python::Value& value, const Context& context);
std::optional<Name> read_name(const python::Value* value, const Context& context);
/// Names of a list (a single str counts as a list of one).
std::vector<Name> read_names(const python::Value& value, const Context& context);

}  // namespace forelock::alembic
