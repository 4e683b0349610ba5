#pragma once

// SQL types and expressions, as far as locks, rewrites, dependencies and rules need them.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/model/name.h"
#include "analyzer/text/span.h"

namespace forelock::model {

/// A type as PostgreSQL's grammar names it: `INTEGER` is pg_catalog.int4, `VARCHAR(10)` is
/// pg_catalog.varchar with modifier 10, `serial` and user types have the schema that was written.
struct TypeName {
  QualifiedName name;
  std::vector<int> modifiers;  ///< Integer modifiers: length, precision, scale, interval mask.
  std::string
      modifier_text;  ///< Modifiers that are not integers (`geometry(POINT,4326)`), else empty.
  int array_dimensions = 0;
  bool set_of = false;
  text::Span span;  ///< In the statement's SQL.
  friend bool operator==(const TypeName& a, const TypeName& b) {
    return a.name == b.name && a.modifiers == b.modifiers && a.modifier_text == b.modifier_text &&
           a.array_dimensions == b.array_dimensions && a.set_of == b.set_of;
  }
};

/// As format_type() prints it, e.g. `character varying(10)`, `timestamp with time zone`, `int4[]`
/// as `integer[]`.
std::string display(const TypeName& type);

enum class ExpressionKind {
  kColumn,    ///< `name` column, `qualifier` table or alias as written; name "*" for a star.
  kConstant,  ///< `name` the value's text, `constant` its kind.
  kParameter,
  kFunction,  ///< `qualifier` schema, `name`, args.
  kOperator,  ///< `name` the operator's symbol; also IN, LIKE, BETWEEN, ANY as `name`.
  kAnd,
  kOr,
  kNot,
  kIsNull,
  kIsNotNull,
  kBooleanTest,  ///< `name` "IS TRUE" and so on.
  kCast,         ///< args[0] to `type`.
  kCollate,      ///< args[0]; `name` the collation.
  kCase,         ///< `name` "simple" where args[0] is what is compared, else "searched".
  kCoalesce,
  kNullIf,
  kMinMax,
  kArray,
  kRow,
  kValueFunction,  ///< CURRENT_TIMESTAMP and its kin; `name` in upper case.
  kSubquery,       ///< `query` of a sub-select.
  kDefault,        ///< The key word DEFAULT.
  kOther,          ///< args hold what could be read.
};

enum class ConstantKind { kNull, kBoolean, kInteger, kFloat, kString, kBitString };

struct Query;

/// Lists longer than this (IN, ARRAY, arguments) keep only so many elements: memory stays bounded.
inline constexpr std::size_t kMaxListedArguments = 1000;

/// One expression tree. `sql` is its text as the statement spells it (comments and line breaks
/// included, without parentheses around the whole); it is set only on the root of a tree.
struct Expression {
  ExpressionKind kind = ExpressionKind::kOther;
  ConstantKind constant = ConstantKind::kNull;
  std::string qualifier;
  std::string name;
  std::optional<TypeName> type;
  std::vector<Expression> args;
  std::shared_ptr<const Query> query;  ///< Of kSubquery; never null there.
  std::string sql;
  text::Span span;  ///< In the statement's SQL; may be empty where the parser keeps no position.
};

/// Calls `visit` on `root` and everything below it, parents first.
template <typename Visitor>
void for_each(const Expression& root, Visitor&& visit) {
  visit(root);
  for (const Expression& arg : root.args) for_each(arg, visit);
}

/// Equal but for positions and spelling.
bool same_expression(const Expression& a, const Expression& b);

struct RelationUse {
  QualifiedName name;
  std::string alias;
  bool target_of_write = false;  ///< Changed by a data-modifying part of the query.
  bool inserted_into = false;    ///< That part is an INSERT, which reads none of its rows.
  bool only = false;             ///< ONLY: without its children.
  text::Span span;
};

struct QueryTarget {
  std::string name;  ///< Output column name; "*" for a star (`expression` has the qualifier).
  Expression expression;
};

/// What a query reads. Common table expressions are resolved away from `relations`.
struct Query {
  std::string sql;  ///< As the statement spells it; empty where the parser keeps no position.
  std::vector<RelationUse> relations;   ///< Every table or view read, sub-queries included.
  std::vector<QueryTarget> targets;     ///< Of the outermost SELECT (its first branch).
  std::vector<Expression> columns;      ///< Every column reference anywhere (kColumn).
  std::vector<Expression> expressions;  ///< Every function call anywhere (kFunction).
  std::optional<Expression> where;      ///< Of the outermost SELECT.
  std::vector<Expression> joins;        ///< The conditions of its JOINs, inner ones first.
  std::vector<Query> branches;          ///< Of UNION and its kin, in order; else empty.
  bool flat =
      false;  ///< FROM holds only relations and plain joins of them; nothing stands in WITH.
  bool has_limit = false;
  bool for_update = false;
  std::vector<std::string> locked;  ///< FOR UPDATE OF.
  bool merges_rows = false;         ///< DISTINCT, GROUP BY, HAVING, WINDOW or a set operation.
};

}  // namespace forelock::model
