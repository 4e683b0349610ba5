#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/project/selection.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "reporters/json_support.h"
#include "rules/documentation.h"

namespace forelock::cli {
namespace {

using reporters::Json;

struct RuleOptions {
  std::vector<std::string> ids;
  bool all = false;
  std::string format = "text";
};

std::string_view display(lint::FixKind fix) {
  switch (fix) {
    case lint::FixKind::kNone:
      return "never";
    case lint::FixKind::kSometimes:
      return "sometimes";
    case lint::FixKind::kAlways:
      return "always";
  }
  return "";
}

Json rule_json(const lint::RuleInfo& info) {
  Json options = Json::array();
  for (const lint::OptionSpec& option : info.options) {
    options.push_back({{"name", std::string(option.name)},
                       {"type", std::string(option.type)},
                       {"default", std::string(option.default_value)},
                       {"help", std::string(option.help)}});
  }
  return {{"id", std::string(info.id)},
          {"group", std::string(info.group)},
          {"summary", std::string(info.summary)},
          {"why", std::string(info.why)},
          {"safer", std::string(info.safer)},
          {"bad", std::string(info.bad)},
          {"good", std::string(info.good)},
          {"source", std::string(info.source)},
          {"severity", std::string(lint::display(info.severity))},
          {"enabled", info.enabled},
          {"since_pg", info.since_pg == 0 ? Json(nullptr) : Json(info.since_pg)},
          {"until_pg", info.until_pg == 0 ? Json(nullptr) : Json(info.until_pg)},
          {"fix", std::string(display(info.fix))},
          {"options", std::move(options)},
          {"url", rules::url(info)}};
}

std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    out += line.empty() ? "\n" : fmt::format("    {}\n", line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

std::string rule_text(const lint::RuleInfo& info) {
  std::string out = fmt::format(
      "{} ({}, {}{})\n\n  {}\n\n  {}\n\n  {}\n", info.id, info.group, lint::display(info.severity),
      info.enabled ? "" : ", off by default", info.summary, info.why, info.safer);
  out += "\n  Flagged:\n\n" + indented(info.bad);
  out += "\n  Not flagged:\n\n" + indented(info.good);
  for (const lint::OptionSpec& option : info.options) {
    out += fmt::format("\n  Option {} ({}, default {}): {}\n", option.name, option.type,
                       option.default_value, option.help);
  }
  return out + fmt::format("\n  Source: {}\n", info.source);
}

std::string list_text(const std::vector<const lint::Rule*>& rules) {
  std::size_t width = 0;
  for (const lint::Rule* rule : rules) width = std::max(width, rule->info.id.size());
  std::string out;
  for (const lint::Rule* rule : rules) {
    out +=
        fmt::format("{:{}}  {:7}  {}{}\n", rule->info.id, width, lint::display(rule->info.severity),
                    rule->info.summary, rule->info.enabled ? "" : " (off by default)");
  }
  return out;
}

/// The rules that were asked for; nothing for an id or group that is not there.
std::optional<std::vector<const lint::Rule*>> chosen_rules(Session& session,
                                                           const RuleOptions& options) {
  std::vector<const lint::Rule*> rules;
  for (const std::string& id : options.ids) {
    if (auto checked = project::check_selector(id, session.rules); !checked) {
      session.fail(checked.error());
      return {};
    }
    std::ranges::copy_if(session.rules, std::back_inserter(rules),
                         [&](const lint::Rule* rule) { return project::covers(id, rule->info); });
  }
  if (options.ids.empty()) rules.assign(session.rules.begin(), session.rules.end());
  return rules;
}

void print_rules(Session& session, const RuleOptions& options) {
  const auto rules = chosen_rules(session, options);
  if (!rules) return;
  std::string text;
  if (options.format == "json") {
    Json list = Json::array();
    for (const lint::Rule* rule : *rules) list.push_back(rule_json(rule->info));
    text = reporters::dump({{"schema", 1}, {"rules", std::move(list)}});
  } else if (options.format == "markdown") {
    for (const lint::Rule* rule : *rules) text += rules::markdown(*rule) + "\n";
  } else if (options.ids.empty() && !options.all) {
    text = list_text(*rules);
  } else {
    for (const lint::Rule* rule : *rules)
      text += (text.empty() ? "" : "\n") + rule_text(rule->info);
  }
  write_output(session, "", text);
}

}  // namespace

void add_rule(CLI::App& app, Session& session) {
  auto options = std::make_shared<RuleOptions>();
  CLI::App* command = app.add_subcommand("rule", "Explain rules; without an argument, list them");
  command->add_option("ID", options->ids, "Rules or groups");
  command->add_flag("--all", options->all, "Explain every rule");
  command->add_option("-f,--format,--output-format", options->format, "text, markdown or json")
      ->check(CLI::IsMember({"text", "markdown", "json"}));
  command->callback([options, &session] { print_rules(session, *options); });
}

}  // namespace forelock::cli
