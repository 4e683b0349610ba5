#pragma once

// SQLAlchemy's expression language as its PostgreSQL compiler writes it with literal values.
// Source: sqlalchemy/sql/compiler.py SQLCompiler, sqlalchemy/sql/operators.py,
// sqlalchemy/dialects/postgresql/base.py PGCompiler, SQLAlchemy 2.0.52.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/alembic/render/models.h"
#include "analyzer/alembic/render/objects.h"
#include "analyzer/alembic/values.h"

namespace forelock::alembic {

struct Insert;

/// How an expression is to be rendered.
struct ExpressionOptions {
  bool include_table = true;  ///< Columns as `table.column`.
  /// A plain str is SQL text (CHECK, WHERE of an index) instead of a string literal.
  bool text_is_sql = false;
  /// Beside an operator. `json[key].as_string()` is grouped inside of its CAST.
  bool operand = false;
  /// Type of the column that the value is meant for; null when there is none.
  const Type* type = nullptr;
};

/// Binding strength of what was rendered; larger binds tighter. Source: operators._PRECEDENCE.
enum class Precedence : int {
  kComma = -1,
  kOr = 2,
  kAnd = 3,
  kCollate = 4,
  kCompare = 5,
  kFilter = 6,
  kAdd = 7,
  kMultiply = 8,
  kAtom = 100,
};

/// Tables that a statement mentions, for FROM lists.
struct Sources {
  struct Entry {
    std::string key;  ///< Name with schema, or alias.
    Sql sql;          ///< As in FROM.
  };
  std::vector<Entry> entries;
  void add(const std::string& key, const Sql& sql);
};

/// Renders expressions and statements for one SQL statement.
class Expressions {
 public:
  explicit Expressions(const Context& context) : context_(context) {}

  /// Appends an expression.
  Precedence render(Sql& sql, const python::Value& value, const ExpressionOptions& options);
  /// Appends it in parentheses when it binds less tightly than `outer` (or as tightly, when
  /// `strict`).
  void render_grouped(Sql& sql, const python::Value& value, const ExpressionOptions& options,
                      Precedence outer, bool strict = false);
  /// A literal of a type: strings quoted, dates, JSON, enum members, arrays.
  void render_literal(Sql& sql, const python::Value& value, const Type* type);
  /// sa.text(...) with its bound parameters; `parameters` come from execute(text, parameters).
  void render_text(Sql& sql, const python::Value& text_call, const python::Value* parameters);
  /// INSERT, UPDATE, DELETE, SELECT and DDL objects; false when `value` is no statement.
  bool render_statement(Sql& sql, const python::Value& value, const python::Value* parameters);
  bool is_statement(const python::Value& value) const;

 private:
  friend class Dml;

  Precedence render_symbol(Sql& sql, const python::Value& value, const ExpressionOptions& options);
  Precedence render_call(Sql& sql, const python::Value& value, const ExpressionOptions& options);
  std::optional<Precedence> render_method(Sql& sql, const python::Value& value,
                                          const ExpressionOptions& options);
  Precedence render_binary(Sql& sql, const python::Symbol& symbol,
                           const ExpressionOptions& options);
  Precedence render_division(Sql& sql, const python::Symbol& symbol,
                             const ExpressionOptions& options);
  Precedence render_unary(Sql& sql, const python::Symbol& symbol, const ExpressionOptions& options);
  void render_json_key(Sql& sql, const python::Value& key);
  /// `json[key].astext`
  Precedence render_json_text(Sql& sql, const python::Symbol& subscript,
                              const ExpressionOptions& options);
  Precedence render_subscript(Sql& sql, const python::Value& value,
                              const ExpressionOptions& options);
  Precedence render_compare(Sql& sql, const python::Value& left, std::string_view op,
                            const python::Value& right, const ExpressionOptions& options);
  void render_function(Sql& sql, std::string_view name, const python::Arguments& arguments,
                       const ExpressionOptions& options);
  void render_case(Sql& sql, const python::Arguments& arguments, const ExpressionOptions& options);
  void render_in(Sql& sql, const python::Value& left, const python::Value& right, bool negated,
                 const ExpressionOptions& options);
  /// Rows as VALUES and IN have them: `(1, 'a'), (2, 'b')`.
  void render_tuples(Sql& sql, const std::vector<python::Value>& tuples,
                     const ExpressionOptions& options);
  void render_list(Sql& sql, const std::vector<python::Value>& values,
                   const ExpressionOptions& options);
  Precedence render_junction(Sql& sql, const std::vector<python::Value>& parts, std::string_view op,
                             Precedence precedence, const ExpressionOptions& options);
  Precedence render_not(Sql& sql, const python::Value& operand, const ExpressionOptions& options);
  bool render_column(Sql& sql, const python::Value& value, const ExpressionOptions& options);
  /// A selectable in FROM: table, alias, subquery, join. Returns its key.
  std::string render_from(Sql& sql, const python::Value& value);
  std::string render_cte(Sql& sql, const python::Value& value);
  std::string render_values(Sql& sql, const python::Value& value);
  std::string render_table_function(Sql& sql, const python::Value& value);
  /// The condition of a JOIN; null where it is not given, and so not known.
  void render_on(Sql& sql, const python::Value* condition);
  /// Type of an expression, as far as it is known.
  std::optional<Type> type_of(const python::Value& value) const;

  void render_select(Sql& sql, const python::Value& value);
  python::Value left_of_join(const Sql& sql, const std::vector<python::Value>& columns,
                             const python::Arguments& join);
  void render_assigned(Sql& sql, const python::Value& value, const ExpressionOptions& options);
  void render_insert(Sql& sql, const python::Value& value, const python::Value* parameters);
  void render_insert_select(Sql& sql, const Insert& insert);
  void render_insert_rows(Sql& sql, const Insert& insert);
  void render_on_conflict(Sql& sql, const Insert& insert);
  void render_fetched_key(Sql& sql, const Insert& insert);
  void render_column_names(Sql& sql, const python::Value& names);
  void render_update(Sql& sql, const python::Value& value, const python::Value* parameters);
  void render_delete(Sql& sql, const python::Value& value);
  bool render_ddl(Sql& sql, const python::Value& value);

  /// The name that SQLAlchemy makes for something without one: "anon_1", "users_1". The same object
  /// keeps its name within a statement. Source: sqlalchemy/sql/elements.py _anonymous_label.
  std::string anonymous(const python::Value& value, const std::string& base);
  /// The name of an alias, subquery or CTE, or nothing when `value` is none.
  std::optional<Name> alias_name(const python::Value& value);
  /// Appends ` AS name` where SQLAlchemy labels a selected expression.
  void render_label(Sql& sql, const python::Value& column, bool in_from);

  /// A common table expression of the statement.
  struct Cte {
    const python::Symbol* of = nullptr;
    Sql sql;  ///< `name AS (…)`
    bool recursive = false;
  };

  const Context& context_;
  std::vector<Cte> ctes_;
  bool hoists_ctes_ = false;    ///< A whole statement is being rendered.
  Sources* sources_ = nullptr;  ///< Where tables are noted; null when nobody asks.
  int depth_ = 0;
  bool in_from_ = false;  ///< The SELECT rendered next stands in a FROM.
  std::map<std::pair<const void*, std::string>, std::string> anonymous_;
  std::map<std::string, int> anonymous_counts_;
};

/// None or `sa.null()`.
bool is_null_constant(const python::Value& value);
/// The statement kind at the root of a method chain: "insert", "update", "delete", "select", "ddl",
/// "text", or empty.
std::string_view statement_kind(const python::Value& value);
/// Whether `value` is sa.text(…) or a method chain on it.
bool is_text(const python::Value& value);

}  // namespace forelock::alembic
