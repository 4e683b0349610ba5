#pragma once

// PostgreSQL's key words that cannot stand as a bare name everywhere.

#include <string_view>

namespace forelock::model {

/// Whether quote_identifier() puts `word` (lower case) in quotes because it is a key word:
/// reserved, or allowed as a column name only, or as a type or function name only. Source:
/// PostgreSQL 18, src/include/parser/kwlist.h, all but UNRESERVED_KEYWORD.
bool is_quoted_keyword(std::string_view word);

}  // namespace forelock::model
