#include "analyzer/lint/rule.h"

namespace forelock::lint {
namespace {

template <typename T>
const T* find_value(const std::vector<std::pair<std::string, OptionValues::Value>>& values,
                    std::string_view name) {
  for (const auto& [key, value] : values) {
    if (key == name) return std::get_if<T>(&value);
  }
  return nullptr;
}

}  // namespace

std::int64_t OptionValues::integer(std::string_view name, std::int64_t otherwise) const {
  const auto* value = find_value<std::int64_t>(values_, name);
  return value == nullptr ? otherwise : *value;
}

bool OptionValues::boolean(std::string_view name, bool otherwise) const {
  const auto* value = find_value<bool>(values_, name);
  return value == nullptr ? otherwise : *value;
}

std::string_view OptionValues::string(std::string_view name, std::string_view otherwise) const {
  const auto* value = find_value<std::string>(values_, name);
  return value == nullptr ? otherwise : std::string_view{*value};
}

std::vector<std::string> OptionValues::strings(std::string_view name) const {
  const auto* value = find_value<std::vector<std::string>>(values_, name);
  return value == nullptr ? std::vector<std::string>{} : *value;
}

const postgres::DirectionTrace& StepContext::direction() const {
  return way == Way::kUpgrade ? migration.trace.upgrade : migration.trace.downgrade;
}

bool StepContext::is_new(const postgres::Relation* relation) const {
  return relation != nullptr && !relation->assumed &&
         relation->created_in_migration == migration.trace.index;
}

bool StepContext::certain() const { return step.step->certainty == model::Certainty::kExact; }

}  // namespace forelock::lint
