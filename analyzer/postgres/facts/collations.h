#pragma once

#include <string_view>

namespace forelock::postgres::facts {

/// Whether a server may have a collation of the name from the start: a built-in one, or one that is
/// called like a locale of the operating system or of ICU.
bool may_be_collation(std::string_view name);

}  // namespace forelock::postgres::facts
