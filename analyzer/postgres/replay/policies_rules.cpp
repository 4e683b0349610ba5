// CREATE and ALTER POLICY, CREATE RULE.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/firing.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

/// The condition of a rule names columns of OLD and NEW: transformRuleStmt().
bool check_rule_condition(Run& run, const Relation& table, const model::CreateRule& statement) {
  if (table.open_columns) return true;
  const std::optional<model::Expression> condition = rule_condition(statement);
  if (!condition) return true;
  bool good = true;
  bool subquery = false;
  model::for_each(*condition, [&](const model::Expression& part) {
    subquery = subquery || part.kind == model::ExpressionKind::kSubquery;
    const bool row = part.qualifier == "new" || part.qualifier == "old";
    if (!good || part.kind != model::ExpressionKind::kColumn || !row || part.name == "*" ||
        is_system_column(part.name) || table.column(part.name) != nullptr) {
      return;
    }
    good = run.fail("42703", fmt::format("column {}.{} does not exist", part.qualifier, part.name));
  });
  return good &&
         (subquery || check_row_condition(run, table, *condition, "rule conditions", "WHERE"));
}

std::vector<Dependency> policy_needs(Run& run, const Relation& table,
                                     const std::optional<model::Expression>& expression) {
  if (!expression) return {};
  std::vector<Dependency> result = needs_of(run.catalog, Scope::of(table), *expression);
  model::for_each(*expression, [&](const model::Expression& part) {
    if (part.kind != model::ExpressionKind::kSubquery || !part.query) return;
    for (const Dependency& need : query_needs(run, *part.query)) result.push_back(need);
  });
  return result;
}

/// Reading and deleting check no new rows, inserting finds no old ones.
bool check_policy_clauses(Run& run, std::string_view command, bool has_using, bool has_check) {
  if ((command == "select" || command == "delete") && has_check) {
    return run.fail("42601", "WITH CHECK cannot be applied to SELECT or DELETE");
  }
  if (command == "insert" && has_using) {
    return run.fail("42601", "only WITH CHECK expression allowed for INSERT");
  }
  return true;
}

bool read_policy(Run& run, const Relation& table,
                 const std::optional<model::Expression>& expression) {
  if (!expression) return true;
  bool good = true;
  bool subquery = false;
  model::for_each(*expression, [&](const model::Expression& part) {
    if (!good || part.kind != model::ExpressionKind::kSubquery || !part.query) return;
    subquery = true;
    good = read_query(run, *part.query, false, true);
  });
  if (!good) return false;
  return subquery || (check_expression(run, table, *expression, "policy expressions") &&
                      check_condition(run, Scope::of(table), *expression, "POLICY"));
}

}  // namespace

bool apply(Run& run, const model::CreatePolicy& statement) {
  if (!check_policy_clauses(run, statement.command, statement.using_expression.has_value(),
                            statement.check_expression.has_value())) {
    return false;
  }
  const Relation* table = run.table(statement.table);
  if (table == nullptr) return false;
  const Oid oid = table->oid;
  run.lock(*table, LockMode::kAccessExclusive);
  if (!read_policy(run, *table, statement.using_expression) ||
      !read_policy(run, *table, statement.check_expression)) {
    return false;
  }
  const auto& existing = run.at(oid).policies;
  if (std::ranges::find(existing, statement.name, &Policy::name) != existing.end()) {
    return run.fail("42710", fmt::format("policy \"{}\" for table \"{}\" already exists",
                                         statement.name, run.at(oid).name));
  }
  Policy policy;
  policy.name = statement.name;
  policy.definition = statement;
  policy.oid = run.catalog.new_oid();
  std::vector<Dependency> needs = policy_needs(run, run.at(oid), statement.using_expression);
  for (const Dependency& need : policy_needs(run, run.at(oid), statement.check_expression)) {
    needs.push_back(need);
  }
  run.change(oid, [&](Relation& copy) {
    add_needs(copy, std::move(needs), Dependency::Part::kPolicy, 0, policy.oid);
    copy.policies.push_back(std::move(policy));
  });
  return true;
}

bool apply(Run& run, const model::AlterPolicy& statement) {
  const Relation* table = run.table(statement.table);
  if (table == nullptr) return false;
  run.lock(*table, LockMode::kAccessExclusive);
  if (!read_policy(run, *table, statement.using_expression) ||
      !read_policy(run, *table, statement.check_expression)) {
    return false;
  }
  for (const Policy& policy : table->policies) {
    if (policy.name == statement.name &&
        !check_policy_clauses(run, policy.definition.command,
                              statement.using_expression.has_value(),
                              statement.check_expression.has_value())) {
      return false;
    }
  }
  bool found = false;
  const bool assumed = table->assumed;
  const std::string name = table->name;
  run.change(table->oid, [&](Relation& copy) {
    for (Policy& policy : copy.policies) {
      if (policy.name != statement.name) continue;
      found = true;
      if (!statement.roles.empty()) policy.definition.roles = statement.roles;
      if (statement.using_expression) {
        policy.definition.using_expression = statement.using_expression;
      }
      if (statement.check_expression) {
        policy.definition.check_expression = statement.check_expression;
      }
    }
  });
  if (!found && !assumed) {
    return run.fail("42704", fmt::format("policy \"{}\" for table \"{}\" does not exist",
                                         statement.name, name));
  }
  return true;
}

bool apply(Run& run, const model::CreateRule& statement) {
  const Relation* table = run.relation(statement.table);
  if (table == nullptr) return false;
  const Oid oid = table->oid;
  run.lock(*table, LockMode::kAccessExclusive);
  if (!table->assumed && (is_index(table->kind) || table->kind == RelationKind::kSequence ||
                          table->kind == RelationKind::kForeignTable)) {
    return run.fail("42809", fmt::format("relation \"{}\" cannot have rules", table->name));
  }
  if (!check_rule_condition(run, *table, statement)) return false;
  RewriteRule rule;
  rule.name = statement.name;
  rule.definition = statement;
  rule.oid = run.catalog.new_oid();
  for (const model::RelationUse& use : statement.relations) {
    const Relation* named = run.relation_if_any(use.name);
    rule.relations.push_back(named == nullptr ? 0 : named->oid);
  }
  // The action's statements are analysed when the rule is made.
  std::vector<Dependency> needs;
  for (const sql::ParsedStatement& action : rule_actions(statement.sql)) {
    const auto use = [&](const model::QualifiedName& name) {
      const Relation* found = run.relation(name, RelationKind::kTable, true);
      if (found == nullptr) return false;
      run.lock(*found, LockMode::kRowExclusive);
      needs.push_back({.needs = found->oid});
      return true;
    };
    const auto* insert = std::get_if<model::Insert>(&action.operation);
    const auto* update = std::get_if<model::Update>(&action.operation);
    const auto* remove = std::get_if<model::Delete>(&action.operation);
    if ((insert != nullptr && !use(insert->table)) || (update != nullptr && !use(update->table)) ||
        (remove != nullptr && !use(remove->table))) {
      return false;
    }
    const auto* select = std::get_if<model::Select>(&action.operation);
    if (select != nullptr && !read_query(run, select->query, false)) return false;
  }
  const auto& existing = run.at(oid).rule_objects;
  const auto before = std::ranges::find(existing, statement.name, &RewriteRule::name);
  if (before != existing.end()) rule.state = before->state;
  if (before != existing.end() && !statement.or_replace) {
    return run.fail("42710", fmt::format("rule \"{}\" for relation \"{}\" already exists",
                                         statement.name, run.at(oid).name));
  }
  run.change(oid, [&](Relation& copy) {
    std::erase_if(copy.rule_objects, [&](const RewriteRule& own) { return own.name == rule.name; });
    std::erase(copy.rules, rule.name);
    copy.rules.push_back(rule.name);
    add_needs(copy, std::move(needs), Dependency::Part::kRule, 0, rule.oid);
    copy.rule_objects.push_back(std::move(rule));
  });
  return true;
}

}  // namespace forelock::postgres
