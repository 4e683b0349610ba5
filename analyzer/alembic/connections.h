#pragma once

// Names of the connections that a migration works with, and what they give. Private to
// analyzer/alembic.

#include <string_view>

#include "analyzer/python/value.h"

namespace forelock::alembic {

/// A connection with isolation_level="AUTOCOMMIT": what it executes stands in no transaction.
inline constexpr std::string_view kAutocommitBind = "@autocommit_bind";

/// What a query gives.
inline python::Value rows() { return python::Value::unknown("rows of the database"); }

}  // namespace forelock::alembic
