#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace forelock::postgres::facts {

struct SettingError {
  std::string sqlstate, message;
};

/// Whether the version has a parameter of the name; custom ones have a point.
bool may_be_setting(std::string_view name, int version);
/// Why SET refuses the value, or the parameter as a whole. The name is in lower case.
std::optional<SettingError> setting_error(std::string_view name, std::string_view value,
                                          int version);

}  // namespace forelock::postgres::facts
