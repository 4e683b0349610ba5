#pragma once

// SQL that PL/pgSQL's EXECUTE puts together from constants alone.

#include <optional>
#include <string>

#include "analyzer/model/expression.h"

namespace forelock::sql {

/// The text that the expression gives: literals, `||`, format() and its kin; nullopt where
/// something in it is not constant.
std::optional<std::string> constant_text(const model::Expression& expression);

}  // namespace forelock::sql
