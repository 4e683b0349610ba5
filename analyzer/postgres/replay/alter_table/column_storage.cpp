// How a column is stored and sampled: STATISTICS, STORAGE, COMPRESSION, attribute options.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "analyzer/postgres/facts/storage_parameters.h"
#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {

/// Of an index only expressions have statistics of their own.
bool AlterTableRun::check_index_column(const std::string& number) {
  std::size_t at = 0;
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), at);
  if (error != std::errc() || stop != number.data() + number.size() || self().assumed) return true;
  if (at == 0 || at > self().keys.size() + self().include.size()) {
    return run_.fail("42703", fmt::format("column number {} of relation \"{}\" does not exist",
                                          number, self().name));
  }
  if (at > self().keys.size() || !self().keys[at - 1].expression) {
    return run_.fail("0A000", fmt::format("cannot alter statistics on non-expression column \"{}\" "
                                          "of index \"{}\"",
                                          number, self().name));
  }
  return true;
}

bool AlterTableRun::operator()(const model::SetStatistics& action) {
  if (is_index(self().kind)) return check_index_column(action.column);
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  if (action.target < -1) {
    return run_.fail("22023", fmt::format("statistics target {} is too low", action.target));
  }
  edit(table_, found->number, [&](Column& copy) { copy.statistics_target = action.target; });
  return true;
}

bool AlterTableRun::operator()(const model::SetColumnOptions& action) {
  if (is_index(self().kind)) return true;
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  for (const auto& [name, value] : action.options) {
    if (action.reset) continue;
    if (!facts::is_column_parameter(name)) {
      return run_.fail("22023", fmt::format("unrecognized parameter \"{}\"", name));
    }
    if (auto error = facts::storage_parameter_error(name, value)) {
      return run_.fail("22023", std::move(*error));
    }
  }
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
  const std::optional<std::string> storage = column_storage(run_, *found, action.storage);
  if (!storage) return false;
  edit(table_, found->number, [&](Column& copy) { copy.storage = *storage; });
  return true;
}

bool AlterTableRun::operator()(const model::SetCompression& action) {
  const Column* found = column(action.column);
  if (found == nullptr) return false;
  if (!is_toastable(run_, *found)) {
    return run_.fail("0A000", fmt::format("column data type {} does not support compression",
                                          model::display(found->type)));
  }
  constexpr std::array<std::string_view, 3> kMethods = {"pglz", "lz4", "default"};
  if (std::ranges::find(kMethods, action.method) == kMethods.end()) {
    return run_.fail("22023", fmt::format("invalid compression method \"{}\"", action.method));
  }
  edit(table_, found->number, [&](Column& copy) { copy.compression = action.method; });
  return true;
}

}  // namespace forelock::postgres
