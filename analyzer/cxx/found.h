#pragma once

// What the module finds in one source.

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/text/source_map.h"
#include "analyzer/text/span.h"

namespace forelock::cxx {

/// What is known of an argument's text.
struct SqlText {
  text::MappedText known;
  std::string unknown;  ///< Why a part is not known; empty when all of it is.
};

/// One call of a function that is given SQL.
struct FoundCall {
  text::Span call;
  std::uint32_t name_byte = 0;  ///< Where the function's name stands.
  std::string function;
  SqlText sql;
};

/// Why parts of a text are not known. The words of NotAnalyzed: lower case, no full stop.
inline constexpr char kNotConstant[] = "the SQL is not a constant";
inline constexpr char kPartNotConstant[] = "a part of the SQL is not a constant";

}  // namespace forelock::cxx
