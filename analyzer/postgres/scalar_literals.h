#pragma once

// Whether the input function of a built-in type would read a text. Internal to the type checks.
// Source: the input functions of src/backend/utils/adt of PostgreSQL 15.

#include <string_view>

namespace forelock::postgres {

/// SQLSTATE of reading `text` as a number, boolean, uuid, JSON, network address or bit string;
/// empty where it is read, or where the type is another one.
std::string_view scalar_literal_error(std::string_view type, std::string_view text);

/// The same for date, time, timetz, timestamp, timestamptz and interval (DateStyle ISO, MDY).
std::string_view datetime_literal_error(std::string_view type, std::string_view text);

}  // namespace forelock::postgres
