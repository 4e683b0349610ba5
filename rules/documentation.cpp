#include "rules/documentation.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace forelock::rules {
namespace {

std::string wrapped(std::string_view text) {
  std::string result;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find(' '), text.size());
    if (column > 0 && column + 1 + size > 100) {
      result += '\n';
      column = 0;
    } else if (column > 0) {
      result += ' ';
      ++column;
    }
    result += text.substr(0, size);
    column += size;
    text.remove_prefix(std::min(size + 1, text.size()));
  }
  return result + '\n';
}

std::string code(std::string_view text, lint::ExampleLanguage language) {
  const std::string_view name = language == lint::ExampleLanguage::kSql ? "sql" : "python";
  std::string result = "```" + std::string(name) + "\n" + std::string(text);
  if (!result.ends_with('\n')) result += '\n';
  return result + "```\n";
}

std::string_view fixable(lint::FixKind kind) {
  switch (kind) {
    case lint::FixKind::kNone:
      return "no";
    case lint::FixKind::kSometimes:
      return "sometimes";
    case lint::FixKind::kAlways:
      return "yes";
  }
  return "";
}

std::string versions(const lint::RuleInfo& info) {
  if (!info.postgresql_only) return "any database";
  if (info.since_pg == 0 && info.until_pg == 0) return "PostgreSQL, all versions";
  if (info.until_pg == 0) return "PostgreSQL " + std::to_string(info.since_pg) + " and later";
  if (info.since_pg == 0) return "PostgreSQL up to " + std::to_string(info.until_pg);
  return "PostgreSQL " + std::to_string(info.since_pg) + " to " + std::to_string(info.until_pg);
}

std::string by_default(const lint::RuleInfo& info) {
  return std::string(lint::display(info.severity)) + (info.enabled ? "" : ", off by default");
}

}  // namespace

std::string url(const lint::RuleInfo& info) {
  return "https://forelock.dev/rules/" + std::string(info.id);
}

std::string markdown(const lint::Rule& rule) {
  const lint::RuleInfo& info = rule.info;
  std::string text = "# " + std::string(info.id) + "\n\n";
  text += wrapped(info.summary);
  text += "\n| group | severity | fix | holds for |\n|---|---|---|---|\n";
  text += "| " + std::string(info.group) + " | " + by_default(info) + " | " +
          std::string(fixable(info.fix)) + " | " + versions(info) + " |\n";
  text += "\n## Why\n\n" + wrapped(info.why);
  text += "\n## What to do\n\n" + wrapped(info.safer);
  text += "\n## Reported\n\n" + code(info.bad, info.example_language);
  text += "\n## Not reported\n\n" + code(info.good, info.example_language);
  if (!info.options.empty()) {
    text += "\n## Options\n\n| option | type | default | |\n|---|---|---|---|\n";
    for (const lint::OptionSpec& option : info.options) {
      text += "| `" + std::string(option.name) + "` | " + std::string(option.type) + " | `" +
              std::string(option.default_value) + "` | " + std::string(option.help) + " |\n";
    }
  }
  text += "\n## Source\n\n" + wrapped(info.source);
  return text;
}

std::string markdown_index(std::span<const lint::Rule* const> rules) {
  std::vector<const lint::Rule*> sorted(rules.begin(), rules.end());
  std::ranges::sort(sorted, [](const lint::Rule* a, const lint::Rule* b) {
    return std::pair(a->info.group, a->info.id) < std::pair(b->info.group, b->info.id);
  });
  std::string text = "# Rules\n";
  std::string_view group;
  for (const lint::Rule* rule : sorted) {
    if (rule->info.group != group) {
      group = rule->info.group;
      text += "\n## " + std::string(group) +
              "\n\n| rule | reports | severity | fix |\n|---|---|---|---|\n";
    }
    const std::string id(rule->info.id);
    text += "| [" + id + "](" + id + ".md) | " + std::string(rule->info.summary) + " | " +
            by_default(rule->info) + " | " + std::string(fixable(rule->info.fix)) + " |\n";
  }
  return text;
}

}  // namespace forelock::rules
