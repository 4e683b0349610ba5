#pragma once

// What a change of rows runs besides itself: rewrite rules and triggers.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/postgres/replay/run.h"
#include "analyzer/sql/parse.h"

namespace forelock::postgres {

/// Events of pg_trigger.tgtype.
enum TriggerEvent : std::uint32_t { kInsertEvent = 4, kDeleteEvent = 8, kUpdateEvent = 16 };

/// The condition of a rule over OLD and NEW; nullopt without one.
std::optional<model::Expression> rule_condition(const model::CreateRule& rule);
/// Puts a column's new name into it.
void rename_in_condition(model::CreateRule& rule, std::string_view from, std::string_view to);

/// The statements of a rule's action, from the text of CREATE RULE; none for NOTHING.
std::vector<sql::ParsedStatement> rule_actions(const std::string& rule);

/// Runs the actions of the rules for "insert", "update" or "delete". `replaced`: the statement
/// itself does not run. False after failing.
bool fire_rules(Run& run, Oid relation, std::string_view event, bool returning, bool& replaced);

/// ON CONFLICT where rules stand against it. Source: RewriteQuery(). False after failing.
bool check_conflict_with_rules(Run& run, Oid relation);

/// Runs the functions of the triggers that fire at once. `columns`: those that an UPDATE sets.
void fire_triggers(Run& run, const Relation& table, TriggerEvent event,
                   const std::vector<std::string>& columns = {});

/// Whether something other than the table behind the view does the work.
bool stands_in(const Relation& view, std::string_view event);

}  // namespace forelock::postgres
