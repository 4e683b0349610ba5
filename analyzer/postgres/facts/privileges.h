#pragma once

// What can be granted on what.

#include <string_view>

#include "analyzer/model/operation.h"

namespace forelock::postgres::facts {

/// Whether a privilege of that name (lower case) exists in a server of this major version.
bool is_privilege(std::string_view name, int version);
/// Whether it can be granted on objects of the kind; true for kinds that are not told apart.
bool privilege_fits(std::string_view name, model::ObjectKind kind);

}  // namespace forelock::postgres::facts
