#include "analyzer/postgres/schema_text.h"

namespace forelock::postgres {

std::string constraint_definition(const Catalog&, const Relation&, const CatalogConstraint&) {
  return {};
}
std::string index_definition(const Catalog&, const Relation&) { return {}; }
std::string schema_ddl(const Catalog&) { return {}; }

}  // namespace forelock::postgres
