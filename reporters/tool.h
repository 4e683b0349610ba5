#pragma once

// What forelock says about itself in reports.

#include <string_view>

namespace forelock::reporters {

inline constexpr std::string_view kToolName = "forelock";
/// As in CMakeLists.txt and pyproject.toml.
inline constexpr std::string_view kVersion = "0.1.0";
inline constexpr std::string_view kHomepage = "https://forelock.dev";

}  // namespace forelock::reporters
