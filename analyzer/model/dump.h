#pragma once

// Operations and expressions as one line of text, for tests and for debugging. Not a format for
// users: it may change with the model.

#include <string>

#include "analyzer/model/operation.h"

namespace forelock::model {

/// `name(field=value flag list=[a, b])`; fields with their default value are left out, and so are
/// spans. Deterministic.
std::string dump(const Operation& operation);

/// The tree as SQL-like text with every level in parentheses: `(a > 1)`, `lower(t.b)`.
std::string dump(const Expression& expression);

}  // namespace forelock::model
