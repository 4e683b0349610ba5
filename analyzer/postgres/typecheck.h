#pragma once

// Whether PostgreSQL's parser would accept an expression: operators and functions that exist for
// the types of their arguments, literals that their type can read.

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/postgres/catalog.h"
#include "analyzer/postgres/expressions.h"
#include "analyzer/postgres/literals.h"

namespace forelock::postgres {

/// The first error; nullopt where there is none or a type is not known.
std::optional<TypeError> type_error(const Catalog& catalog, const Scope& scope,
                                    const model::Expression& expression);

/// The error of the outermost part alone, its arguments being fine.
std::optional<TypeError> type_error_at(const Catalog& catalog, const Scope& scope,
                                       const model::Expression& expression);

/// The error of a condition (WHERE, CHECK), its parts being fine: 42804 where it is not boolean.
std::optional<TypeError> condition_error(const Catalog& catalog, const Scope& scope,
                                         const model::Expression& condition,
                                         std::string_view where);

/// The error of a type's modifiers, as in varchar(0); nullopt for types of the history's own.
std::optional<TypeError> modifier_error(const model::TypeName& type, int version);

/// The error of a value that is assigned to a column of `type`.
std::optional<TypeError> assignment_error(const Catalog& catalog, const Scope& scope,
                                          const model::Expression& value,
                                          const model::TypeName& type);

}  // namespace forelock::postgres
