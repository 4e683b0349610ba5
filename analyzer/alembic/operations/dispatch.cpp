#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/alembic/operations/operations.h"
#include "analyzer/alembic/versions.h"

namespace forelock::alembic {
namespace {

struct Entry {
  std::string_view name;
  Handler handler;
};

/// Operations by name, sorted. Source: alembic/operations/ops.py and the plug-ins'
/// register_operation.
constexpr auto kOperations = std::to_array<Entry>({
    {"add_column", &add_column},
    {"add_geospatial_column", &add_geospatial_column},
    {"alter_column", &alter_column},
    {"bulk_insert", &bulk_insert},
    {"create_check_constraint", &create_check_constraint},
    {"create_entity", &create_entity},
    {"create_enum", &create_enum},
    {"create_exclude_constraint", &create_exclude_constraint},
    {"create_foreign_key", &create_foreign_key},
    {"create_geospatial_index", &create_index},
    {"create_geospatial_table", &create_table},
    {"create_index", &create_index},
    {"create_primary_key", &create_primary_key},
    {"create_table", &create_table},
    {"create_table_comment", &create_table_comment},
    {"create_unique_constraint", &create_unique_constraint},
    {"drop_column", &drop_column},
    {"drop_constraint", &drop_constraint},
    {"drop_entity", &drop_entity},
    {"drop_enum", &drop_enum},
    {"drop_geospatial_column", &drop_column},
    {"drop_geospatial_index", &drop_index},
    {"drop_geospatial_table", &drop_table},
    {"drop_index", &drop_index},
    {"drop_table", &drop_table},
    {"drop_table_comment", &drop_table_comment},
    {"execute", &execute_operation},
    {"invoke", &invoke},
    {"rename_table", &rename_table},
    {"replace_entity", &replace_entity},
    {"run_async", &run_async},
    {"sync_enum_values", &sync_enum_values},
});
static_assert(std::ranges::is_sorted(kOperations, {}, &Entry::name));

}  // namespace

std::optional<python::Value> run_operation(Host& host, std::string_view name,
                                           const Operation& operation) {
  const auto it = std::ranges::lower_bound(kOperations, name, {}, &Entry::name);
  if (it == kOperations.end() || it->name != name) return custom_operation(host, name, operation);
  if (const RefusedKeyword* refused = refused_keyword(host.options(), name, operation.arguments)) {
    host.refused("Alembic before " + display(refused->since) + " has no " +
                     std::string(refused->keyword) + " for " + std::string(name),
                 operation);
    return python::Value(python::None{});
  }
  return it->handler(host, operation);
}

}  // namespace forelock::alembic
