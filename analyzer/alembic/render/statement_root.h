#pragma once

// Which statement a chain of calls builds: `sa.update(t).where(…).values(…)` is an UPDATE of t.

#include <cstddef>
#include <string_view>

#include "analyzer/alembic/render/chain.h"
#include "analyzer/python/value.h"

namespace forelock::alembic {

/// Whether a value stands for a table in FROM: a Table, a model's class, an alias.
bool is_table_value(const python::Value& value);

/// The statement at the root of `chain`, and the index of the first link that modifies it.
struct Root {
  std::string_view kind;
  const python::Value* target = nullptr;  ///< The table of an INSERT, UPDATE or DELETE.
  std::size_t first = 0;
  const python::Arguments* arguments = nullptr;  ///< Of the root call or of the first link.
};
Root root_of(const Chain& chain);

}  // namespace forelock::alembic
