#pragma once

// Since which version PostgreSQL's grammar knows a statement or a clause of it. The parser used
// here knows them all.

#include <optional>
#include <string_view>

#include "analyzer/model/operation.h"

namespace forelock::postgres::facts {

struct NewerGrammar {
  int since = 0;
  std::string_view clause;
  std::string_view sqlstate = "42601";
};

/// The newest clause of the statement that a server of this major version cannot read;
/// nullopt where it reads all of it.
std::optional<NewerGrammar> newer_grammar(const model::Operation& operation, int version);

}  // namespace forelock::postgres::facts
