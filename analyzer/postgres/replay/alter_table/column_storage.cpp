// How a column is stored and sampled: STATISTICS, STORAGE, COMPRESSION, attribute options.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {

namespace {

/// Whether values of the type may be stored out of line.
bool is_toastable(const Run& run, const Column& column) {
  const model::TypeName type = base_type(run.catalog, column.type);
  if (type.array_dimensions > 0) return true;
  const facts::TypeId id = fact_id(type);
  if (id >= 0) return facts::type(id).storage != 'p';
  const Type* user = user_type(run.catalog, type);
  return user == nullptr || user->kind != TypeKind::kEnum;
}

}  // namespace

bool AlterTableRun::operator()(const model::SetStatistics& action) {
  if (is_index(self().kind)) return true;
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  edit(table_, found->number, [&](Column& copy) { copy.statistics_target = action.target; });
  return true;
}

bool AlterTableRun::operator()(const model::SetColumnOptions& action) {
  if (is_index(self().kind)) return true;
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  edit(table_, found->number, [&](Column& copy) {
    for (const auto& [name, value] : action.options) {
      std::erase_if(copy.options, [&](const auto& option) { return option.first == name; });
      if (!action.reset) copy.options.emplace_back(name, value);
    }
  });
  return true;
}

bool AlterTableRun::operator()(const model::SetStorage& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  std::string wanted;
  for (const char c : action.storage) {
    wanted += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  if (!is_toastable(run_, *found) && wanted != "PLAIN" && wanted != "DEFAULT") {
    return run_.fail("0A000", fmt::format("column data type {} can only have storage PLAIN",
                                          model::display(found->type)));
  }
  edit(table_, found->number, [&](Column& copy) { copy.storage = wanted; });
  return true;
}

bool AlterTableRun::operator()(const model::SetCompression& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  if (!is_toastable(run_, *found)) {
    return run_.fail("0A000", fmt::format("column data type {} does not support compression",
                                          model::display(found->type)));
  }
  edit(table_, found->number, [&](Column& copy) { copy.compression = action.method; });
  return true;
}

}  // namespace forelock::postgres
