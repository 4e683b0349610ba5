#pragma once

// What an expression means on a catalog: its type, its volatility, what it refers to.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/postgres/catalog.h"
#include "analyzer/postgres/facts/server_data.h"
#include "analyzer/postgres/overloads.h"
#include "analyzer/postgres/types.h"

namespace forelock::postgres {

/// The relations whose columns an expression may name.
struct Scope {
  struct Entry {
    std::string alias;
    const Relation* relation = nullptr;
  };
  std::vector<Entry> entries;

  static Scope of(const Relation& relation) { return {{{relation.name, &relation}}}; }
  struct Found {
    const Relation* relation = nullptr;
    const Column* column = nullptr;
  };
  /// Null members when there is none.
  [[nodiscard]] Found find(std::string_view qualifier, std::string_view column) const;
};

/// Type of the expression; an empty name where it is not known, `unknown` for a bare string.
model::TypeName infer_type(const Catalog& catalog, const Scope& scope,
                           const model::Expression& expression);

/// The types of a call's arguments.
std::vector<model::TypeName> argument_types(const Catalog& catalog, const Scope& scope,
                                            const model::Expression& call);

struct ResolvedFunction {
  const CatalogFunction* user = nullptr;
  const facts::FunctionFact* fact = nullptr;
  model::TypeName result;
  Choice choice = Choice::kNotKnown;
  Candidate parameters;  ///< What the arguments meet, where the choice is made.
  [[nodiscard]] bool found() const { return user != nullptr || fact != nullptr; }
  [[nodiscard]] std::optional<model::Volatility> volatility() const;
};
/// The overload that a call picks, as far as the types of its arguments are known.
ResolvedFunction resolve_function(const Catalog& catalog, const model::QualifiedName& name,
                                  const std::vector<model::TypeName>& arguments, bool counted);

/// The operator of that symbol that one or two arguments pick; null when none is known.
const facts::OperatorFact* resolve_operator(const Catalog& catalog, std::string_view name,
                                            std::vector<model::TypeName> given);

struct VolatilityAnswer {
  model::Volatility value = model::Volatility::kImmutable;
  bool known = true;     ///< False: a function in it is not known.
  std::string function;  ///< The one that decided.
};
/// After inlining of SQL functions, as the planner sees it when a default is evaluated.
VolatilityAnswer volatility(const Catalog& catalog, const Scope& scope,
                            const model::Expression& expression, bool inline_functions = true);

/// The results of CASE as the parser compares their types: ELSE first (null where there is none).
std::vector<const model::Expression*> case_results(const model::Expression& expression);

/// Whether it is the constant NULL, casts aside.
bool is_null_constant(const model::Expression& expression);
bool is_constant(const model::Expression& expression);
/// Names of the columns of one table, each once, in order of first use.
std::vector<std::string> column_names(const model::Expression& expression);
/// Replaces a column's name, for RENAME COLUMN.
void rename_column(model::Expression& expression, std::string_view from, std::string_view to);
/// The name that a query gives to a column of this expression; empty for `?column?`.
std::string figure_column_name(const model::Expression& expression);

/// What user objects an expression needs: functions, types, sequences. `object` and its parts are
/// left 0.
std::vector<Dependency> needs_of(const Catalog& catalog, const Scope& scope,
                                 const model::Expression& expression);

/// The relation that the text of a regclass constant names.
const Relation* regclass(const Catalog& catalog, std::string_view text);

}  // namespace forelock::postgres
