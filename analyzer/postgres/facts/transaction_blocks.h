#pragma once

// Commands without objects of their own here that refuse a transaction block (25001).

#include <string_view>

namespace forelock::postgres::facts {

/// Whether the command (PostgreSQL's tag, with its text) refuses to run inside of a transaction
/// block in a server of this major version.
bool refuses_transaction_block(std::string_view tag, std::string_view sql, int version);

}  // namespace forelock::postgres::facts
