// Operations as Alembic calls, for fixes.

#include "analyzer/alembic/compile.h"

namespace forelock::alembic {

std::optional<std::string> spell_operation(const model::Operation& operation) {
  (void)operation;
  return {};
}

}  // namespace forelock::alembic
