#pragma once

// Expressions that are stored somewhere, when something that they name is called otherwise.

#include <functional>

#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {

/// Calls `change` on every part of every expression that the dependents of `oid` hold: defaults,
/// checks, keys and predicates of indexes, conditions of policies and triggers, partition keys,
/// domains, parameters of functions, statistics. The scope is that of the expression.
using ChangePart = std::function<void(model::Expression& part, const Scope& scope)>;
void change_dependents(Run& run, Oid oid, const ChangePart& change);
/// The same for one relation.
void change_expressions(Run& run, Oid relation, const ChangePart& change);

/// Functions and types in the expressions of a relation are known by their schema from now on,
/// whatever the search_path will be.
void qualify_names(Run& run, Oid relation);

/// The name of a relation, and of a column of it, in the sub-queries of policies that need `table`.
void respell_in_policies(Run& run, Oid table, const std::string& from, const std::string& to);
void respell_column_in_policies(Run& run, Oid table, const std::string& from,
                                const std::string& to);

}  // namespace forelock::postgres
