#pragma once

// Method chains: `table.update().where(…).values(…)` as its root and the calls on it, in order.

#include <string_view>
#include <vector>

#include "analyzer/alembic/values.h"

namespace forelock::alembic {

struct Link {
  std::string_view method;
  const python::Arguments* arguments;
  const python::Value* value;  ///< The call itself.
};

struct Chain {
  const python::Value* root = nullptr;  ///< What no method was called on: sa.select(…), a table.
  std::vector<Link> links;              ///< In source order.

  [[nodiscard]] const Link* find(std::string_view method) const;
};

/// `stop` names methods whose receiver is the root (so that `table.insert()` ends at the table
/// with a first link "insert").
Chain unroll(const python::Value& value);

}  // namespace forelock::alembic
