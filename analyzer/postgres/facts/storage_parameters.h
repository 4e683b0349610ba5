#pragma once

// Values that storage parameters take: WITH (...), SET (...).

#include <optional>
#include <string>
#include <string_view>

namespace forelock::postgres::facts {

/// Whether indexes of the access method have the parameter; true for methods of extensions.
bool is_index_parameter(std::string_view method, std::string_view name);
/// Whether columns have it: ALTER COLUMN ... SET (...).
bool is_column_parameter(std::string_view name);

/// Why the value is refused (22023); nullopt where it is fine or the parameter is not known. The
/// name may begin with `toast.`.
std::optional<std::string> storage_parameter_error(std::string_view name, std::string_view value);

}  // namespace forelock::postgres::facts
