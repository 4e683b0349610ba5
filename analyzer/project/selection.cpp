#include "analyzer/project/selection.h"

#include <algorithm>
#include <numeric>

namespace forelock::project {
namespace {

/// How exactly a selector names a rule; 0 when it does not cover it.
int strength(std::string_view selector, const lint::RuleInfo& rule) {
  if (selector == rule.id) return 3;
  if (selector == rule.group) return 2;
  if (selector == "ALL" || (selector == "DEFAULT" && rule.enabled)) return 1;
  return 0;
}

int strongest(const std::vector<std::string>& selectors, const lint::RuleInfo& rule) {
  int result = 0;
  for (const std::string& selector : selectors) result = std::max(result, strength(selector, rule));
  return result;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

bool covers(std::string_view selector, const lint::RuleInfo& rule) {
  return strength(selector, rule) > 0;
}

std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known) {
  std::string_view best;
  std::size_t distance = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    // Long names are compared no further than where they could still be near.
    if (candidate.size() > name.size() + distance || name.size() > candidate.size() + distance) {
      continue;
    }
    const std::size_t d = edit_distance(name, candidate);
    if (d < distance) {
      distance = d;
      best = candidate;
    }
  }
  return best;
}

std::expected<void, std::string> check_selector(std::string_view selector,
                                                std::span<const lint::Rule* const> rules) {
  if (selector == "ALL" || selector == "DEFAULT") return {};
  std::vector<std::string_view> known = {"ALL", "DEFAULT"};
  for (const lint::Rule* rule : rules) {
    if (covers(selector, rule->info)) return {};
    known.push_back(rule->info.id);
    known.push_back(rule->info.group);
  }
  std::string message = "unknown rule \"" + std::string(selector) + "\"";
  if (const std::string_view near = nearest(selector, known); !near.empty()) {
    message += "; did you mean \"" + std::string(near) + "\"?";
  }
  return std::unexpected(std::move(message));
}

std::vector<const lint::Rule*> select_rules(const Configuration& configuration,
                                            std::span<const lint::Rule* const> rules) {
  std::vector<std::string> selected = configuration.select;
  if (selected.empty()) selected.emplace_back("DEFAULT");
  selected.insert(selected.end(), configuration.extend_select.begin(),
                  configuration.extend_select.end());
  std::vector<const lint::Rule*> result;
  for (const lint::Rule* rule : rules) {
    const int wanted = strongest(selected, rule->info);
    if (wanted == 0) continue;
    const int unwanted = strongest(configuration.ignore, rule->info);
    if (unwanted > 0 && unwanted >= wanted) continue;
    const auto severity = configuration.severities.find(rule->info.id);
    if (severity != configuration.severities.end() && severity->second == lint::Severity::kOff) {
      continue;
    }
    result.push_back(rule);
  }
  return result;
}

}  // namespace forelock::project
