// What a change of rows runs besides itself: rewrite rules and triggers.

#include "analyzer/postgres/replay/firing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace forelock::postgres {
namespace {

// A trigger whose function fires triggers: deeper than this nothing is followed.
constexpr int kMaxFiringDepth = 3;

/// Runs something whose errors depend on the rows: what it locks and reads counts, all else is
/// forgotten.
template <typename Body>
void aside(Run& run, Body&& body) {
  if (run.depth >= kMaxFiringDepth) return;
  Catalog catalog = run.catalog;
  Session session = run.session;
  Effects effects;
  Run inner(catalog, session, run.options, effects, false);
  inner.depth = run.depth + 1;
  inner.sees_variables = true;
  body(inner);
  for (const Lock& lock : effects.locks) run.lock(lock.relation, lock.mode);
  for (const Work& work : effects.scans) {
    if (const Relation* relation = run.catalog.relation(work.relation)) {
      run.scan(*relation, work.reason);
    }
  }
}

bool fires(const Trigger& trigger, TriggerEvent event, const std::vector<std::string>& columns) {
  const model::CreateTrigger& definition = trigger.definition;
  if ((definition.events & event) == 0 || trigger.state == 'D' || trigger.state == 'R' ||
      definition.initially_deferred) {
    return false;
  }
  return event != kUpdateEvent || definition.columns.empty() ||
         std::ranges::any_of(definition.columns, [&](const std::string& column) {
           return std::ranges::find(columns, column) != columns.end();
         });
}

}  // namespace

std::vector<sql::ParsedStatement> rule_actions(const model::CreateRule& rule) {
  std::string lower;
  for (const char c : rule.sql) {
    const auto byte = static_cast<unsigned char>(c);
    lower += std::isspace(byte) != 0 ? ' ' : static_cast<char>(std::tolower(byte));
  }
  std::size_t at = lower.find(" do ");
  if (at == std::string::npos) return {};
  at = lower.find_first_not_of(' ', at + 4);
  for (const std::string_view word : {"also ", "instead "}) {
    if (at != std::string::npos && lower.compare(at, word.size(), word) == 0) {
      at = lower.find_first_not_of(' ', at + word.size());
    }
  }
  if (at == std::string::npos || lower.compare(at, 7, "nothing") == 0) return {};
  std::string body = rule.sql.substr(at);
  while (!body.empty() && (body.back() == ';' || body.back() == ' ' || body.back() == '\n')) {
    body.pop_back();
  }
  if (body.starts_with("(") && body.ends_with(")")) body = body.substr(1, body.size() - 2);
  std::vector<sql::ParsedStatement> result;
  for (auto& parsed : sql::parse(body)) {
    if (parsed) result.push_back(*std::move(parsed));
  }
  return result;
}

bool stands_in(const Relation& view, std::string_view event) {
  for (const RewriteRule& rule : view.rule_objects) {
    if (rule.definition.event == event && rule.definition.instead) return true;
  }
  const TriggerEvent wanted = event == "insert"   ? kInsertEvent
                              : event == "delete" ? kDeleteEvent
                                                  : kUpdateEvent;
  return std::ranges::any_of(view.triggers, [&](const Trigger& trigger) {
    return trigger.definition.timing == "INSTEAD OF" && (trigger.definition.events & wanted) != 0;
  });
}

bool fire_rules(Run& run, const Relation& table, std::string_view event, bool returning,
                bool& replaced) {
  const std::vector<RewriteRule> rules = table.rule_objects;
  for (const RewriteRule& rule : rules) {
    if (rule.definition.event != event) continue;
    const std::vector<sql::ParsedStatement> actions = rule_actions(rule.definition);
    if (rule.definition.instead && !rule.definition.qualified) {
      replaced = true;
      if (returning && actions.empty()) {
        return run.fail("0A000", fmt::format("cannot perform {} RETURNING on relation \"{}\"",
                                             event, table.name));
      }
    }
    for (const sql::ParsedStatement& action : actions) {
      aside(run, [&](Run& inner) {
        inner.sql = action.sql;
        run_operation(inner, action.operation);
      });
    }
  }
  return true;
}

void fire_triggers(Run& run, const Relation& table, TriggerEvent event,
                   const std::vector<std::string>& columns) {
  const std::vector<Trigger> triggers = table.triggers;
  for (const Trigger& trigger : triggers) {
    const CatalogFunction* function = run.catalog.function(trigger.function);
    if (function == nullptr || !fires(trigger, event, columns)) continue;
    const CatalogFunction kept = *function;
    aside(run, [&](Run& inner) { run_function(inner, kept); });
  }
}

}  // namespace forelock::postgres
