#pragma once

// What many rules ask: names as people read them, which tables are new, actions of ALTER TABLE.

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analyzer/lint/rule.h"

namespace forelock::rules {

/// 'users', 'billing.invoices': in quotes, without the schema public.
std::string in_quotes(const model::QualifiedName& name);
std::string in_quotes(const postgres::Relation& relation);
std::string in_quotes(std::string_view name);
/// 'users.email'
std::string quoted_column(const model::QualifiedName& table, std::string_view column);
/// 'a', 'b' and 'c'
std::string quoted_list(const std::vector<std::string>& names);

/// A finding at the statement's short span. A step that runs only under a condition, or whose SQL
/// is partly unknown, says so.
lint::Finding& report(const lint::StepContext& ctx, lint::FindingSink& sink, std::string message,
                      std::string_view help);

/// The statement's operation when it is a T, else null.
template <typename T>
const T* operation(const lint::StepContext& ctx) {
  return std::get_if<T>(&ctx.statement.operation);
}

/// Calls `visit(alter, action)` for each action of type T of an ALTER TABLE.
template <typename T, typename Visitor>
void for_each_action(const model::Statement& statement, Visitor&& visit) {
  const auto* alter = std::get_if<model::AlterTable>(&statement.operation);
  if (alter == nullptr) return;
  for (const model::AlterAction& action : alter->actions) {
    if (const T* what = std::get_if<T>(&action.what)) visit(*alter, *what);
  }
}

/// PostgreSQL refuses the statement whatever the data is, or it changes nothing.
bool has_no_effect(const lint::StepContext& ctx);
/// Nobody else can use the table: made by this migration, or temporary. An unknown table is in use.
bool is_private(const lint::StepContext& ctx, const postgres::Relation* table);
bool is_private(const lint::StepContext& ctx, const model::QualifiedName& table);
/// The table holds no rows here: made by this migration or temporary and not filled since, or
/// emptied by this migration.
bool is_surely_empty(const lint::StepContext& ctx, const model::QualifiedName& table);
/// The first relation that is not `unseen`, or null.
const postgres::Work* first_seen(const std::vector<postgres::Work>& works);

/// The migration's source says which call made the statement; null for plain SQL.
const model::Call* call_of(const model::Migration& migration, const model::Statement& statement);
/// The argument with this keyword, or null.
const model::CallArgument* keyword_argument(const model::Call& call, std::string_view keyword);

/// Every step of the direction is known exactly.
bool is_exact(const model::Direction& direction);
/// INSERT, UPDATE, DELETE, MERGE, COPY FROM, TRUNCATE.
bool changes_data(const model::Operation& operation);
/// DDL that changes what tables, types, indexes, views … there are (no comments, grants, settings).
bool changes_schema(const model::Operation& operation);

}  // namespace forelock::rules
