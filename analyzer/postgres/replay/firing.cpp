// What a change of rows runs besides itself: rewrite rules and triggers.

#include "analyzer/postgres/replay/firing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "analyzer/postgres/print.h"
#include "analyzer/postgres/schema_text.h"

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

/// In lower case, with blanks for all space: a text of the same length.
std::string folded(std::string_view sql) {
  std::string result;
  for (const char c : sql) {
    const auto byte = static_cast<unsigned char>(c);
    result += std::isspace(byte) != 0 ? ' ' : static_cast<char>(std::tolower(byte));
  }
  return result;
}

/// Where the condition stands in the rule's text; empty without one.
text::Span condition_span(const model::CreateRule& rule) {
  constexpr std::string_view kWhere = " where ";
  if (!rule.qualified) return {};
  const std::string lower = folded(rule.sql);
  const std::size_t where = lower.find(kWhere);
  const std::size_t end = lower.find(" do ", where == std::string::npos ? 0 : where);
  if (where == std::string::npos || end == std::string::npos) return {};
  return {static_cast<std::uint32_t>(where + kWhere.size()), static_cast<std::uint32_t>(end)};
}

}  // namespace

std::optional<model::Expression> rule_condition(const model::CreateRule& rule) {
  const text::Span span = condition_span(rule);
  if (span.empty()) return std::nullopt;
  auto condition = sql::parse_expression(rule.sql.substr(span.begin_byte, span.size()));
  if (!condition) return std::nullopt;
  return *std::move(condition);
}

void rename_in_condition(model::CreateRule& rule, std::string_view from, std::string_view to) {
  std::optional<model::Expression> condition = rule_condition(rule);
  if (!condition) return;
  const text::Span span = condition_span(rule);
  condition->sql = rule.sql.substr(span.begin_byte, span.size());
  rename_column(*condition, from, to);
  rule.sql.replace(span.begin_byte, span.size(), respelled_text(*condition));
}

std::vector<sql::ParsedStatement> rule_actions(const std::string& rule) {
  const std::string lower = folded(rule);
  std::size_t at = lower.find(" do ");
  if (at == std::string::npos) return {};
  at = lower.find_first_not_of(' ', at + 4);
  for (const std::string_view word : {"also ", "instead "}) {
    if (at != std::string::npos && lower.compare(at, word.size(), word) == 0) {
      at = lower.find_first_not_of(' ', at + word.size());
    }
  }
  if (at == std::string::npos || lower.compare(at, 7, "nothing") == 0) return {};
  std::string body = rule.substr(at);
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
    if (rule.applies() && rule.definition.event == event && rule.definition.instead) return true;
  }
  const TriggerEvent wanted = event == "insert"   ? kInsertEvent
                              : event == "delete" ? kDeleteEvent
                                                  : kUpdateEvent;
  return std::ranges::any_of(view.triggers, [&](const Trigger& trigger) {
    return trigger.definition.timing == "INSTEAD OF" && (trigger.definition.events & wanted) != 0;
  });
}

bool fire_rules(Run& run, Oid relation, std::string_view event, bool returning, bool& replaced) {
  const std::vector<RewriteRule> rules = run.at(relation).rule_objects;
  for (const RewriteRule& rule : rules) {
    if (rule.definition.event != event || !rule.applies()) continue;
    const std::vector<sql::ParsedStatement> actions =
        rule_actions(rule_definition(run.catalog, run.at(relation), rule));
    if (rule.definition.instead && !rule.definition.qualified) {
      replaced = true;
      if (returning && actions.empty()) {
        return run.fail("0A000", fmt::format("cannot perform {} RETURNING on relation \"{}\"",
                                             event, run.at(relation).name));
      }
    }
    for (const sql::ParsedStatement& action : actions) {
      aside(run, [&](Run& inner) {
        inner.sql = action.sql;
        inner.catalog.set_search_path({"public"});
        run_operation(inner, action.operation);
      });
    }
  }
  return true;
}

bool check_conflict_with_rules(Run& run, Oid relation) {
  const auto stands_against = [](const RewriteRule& rule) {
    // An update's rule counts even while it is disabled.
    return rule.definition.event == "update" ||
           (rule.definition.event == "insert" && rule.applies() &&
            !rule_actions(rule.definition.sql).empty());
  };
  return std::ranges::none_of(run.at(relation).rule_objects, stands_against) ||
         run.fail("0A000",
                  "INSERT with ON CONFLICT clause cannot be used with table that has INSERT or "
                  "UPDATE rules");
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
