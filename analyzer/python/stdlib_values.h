#pragma once

// Texts of values that stay symbols but are known all the same: uuid.UUID("…"),
// datetime.date(2020, 1, 1). Private to analyzer/python.

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/python/value.h"

namespace forelock::python {

/// Path of the symbol that stands for an int beyond 64 bits; its argument is the digits.
inline constexpr std::string_view kLargeInteger = "builtins.int";
inline constexpr std::string_view kDecimal = "decimal.Decimal";

/// str() of a symbol that is known without a Host.
std::optional<std::string> symbol_text(const Symbol& symbol);
/// repr() of such a symbol.
std::optional<std::string> symbol_repr(const Symbol& symbol);

/// repr() of a float: the shortest digits that give it back.
std::string float_text(double value);
/// repr() of a str and of bytes.
std::string quoted(std::string_view s);
std::string quoted_bytes(std::string_view s);

}  // namespace forelock::python
