#pragma once

// What the text of a constant says about the value: whether its type can read it, and hold it.

#include <optional>
#include <string>

#include "analyzer/postgres/catalog.h"
#include "analyzer/postgres/expressions.h"

namespace forelock::postgres {

struct TypeError {
  std::string sqlstate;
  std::string message;
};

/// The error of reading `text` as a value of `type`; nullopt where it is fine or not known.
std::optional<TypeError> literal_error(const Catalog& catalog, const model::TypeName& type,
                                       const std::string& text);

/// The error of a constant that does not fit into `type` and its modifiers (22001, 22003); it is
/// raised when the value is computed and not when the statement is read.
std::optional<TypeError> value_error(const Catalog& catalog, const model::TypeName& type,
                                     const model::Expression& value);

}  // namespace forelock::postgres
