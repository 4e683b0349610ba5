#pragma once

// alembic.ini, as Python's configparser reads it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/span.h"

namespace forelock::alembic {

struct IniEntry {
  std::string section;
  std::string key;  ///< Lower case.
  std::string value;
  text::Span span;
};

/// Entries in order. Lines that are none are skipped.
std::vector<IniEntry> read_ini(std::string_view text);
/// The last value of a key in [alembic], with %(here)s replaced by "." and other %(key)s by their
/// values.
std::optional<std::string> ini_value(const std::vector<IniEntry>& entries, std::string_view key);

}  // namespace forelock::alembic
