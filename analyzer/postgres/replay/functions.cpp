// Functions, triggers, policies and rules.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/firing.h"
#include "analyzer/postgres/replay/run.h"
#include "analyzer/sql/parse.h"

namespace forelock::postgres {
namespace {

std::vector<model::TypeName> input_types(const Run& run, const model::CreateFunction& function) {
  std::vector<model::TypeName> result;
  for (const model::FunctionParameter& parameter : function.parameters) {
    if (parameter.mode == 'o' || parameter.mode == 't') continue;
    model::TypeName type = resolve_type(run.catalog, parameter.type).name;
    type.modifiers.clear();
    result.push_back(std::move(type));
  }
  return result;
}

bool same_inputs(const std::vector<model::TypeName>& a, const std::vector<model::TypeName>& b) {
  return std::ranges::equal(a, b, same_type);
}

/// What a statement of an SQL body fails with where its relations and columns are looked up; what
/// depends on rows is not tried.
bool check_body_statement(Run& run, const sql::ParsedStatement& parsed) {
  Catalog catalog = run.catalog;
  Session session = run.session;
  Effects effects;
  Run inner(catalog, session, run.options, effects, false);
  inner.sql = parsed.sql;
  inner.depth = run.depth + 1;
  inner.sees_variables = true;
  if (const auto* select = std::get_if<model::Select>(&parsed.operation)) {
    read_query(inner, select->query, false, true);
  } else if (std::holds_alternative<model::Insert>(parsed.operation) ||
             std::holds_alternative<model::Update>(parsed.operation) ||
             std::holds_alternative<model::Delete>(parsed.operation) ||
             std::holds_alternative<model::Merge>(parsed.operation)) {
    run_operation(inner, parsed.operation);
  }
  for (const Lock& lock : effects.locks) run.lock(lock.relation, lock.mode);
  // Class 42 is what the parser says.
  if (!effects.error || !effects.error->sqlstate.starts_with("42")) return true;
  return run.fail(effects.error->sqlstate, effects.error->message);
}

/// What the last query gives back is assigned to the declared type: check_sql_fn_retval().
bool check_returned(Run& run, const model::CreateFunction& statement,
                    const sql::ParsedStatement& last) {
  const auto* select = std::get_if<model::Select>(&last.operation);
  if (select == nullptr || !statement.returns || statement.returns_table ||
      select->query.targets.size() != 1 || !select->query.relations.empty() ||
      !statement.parameters.empty()) {
    return true;
  }
  const model::TypeName wanted = resolve_type(run.catalog, *statement.returns).name;
  const model::TypeName given = infer_type(run.catalog, {}, select->query.targets[0].expression);
  const facts::TypeId id = fact_id(wanted);
  if (id < 0 || facts::type(id).kind == 'p' ||
      cast_path(run.catalog, given, wanted, CastContext::kAssignment) != CastPath::kNone) {
    return true;
  }
  return run.fail("42P13", fmt::format("return type mismatch in function declared to return {}",
                                       model::display(wanted)));
}

/// SQL bodies are read when the function is made: check_function_bodies.
bool check_body(Run& run, const model::CreateFunction& statement) {
  if (statement.language != "sql" || statement.body.empty()) return true;
  const auto setting = run.session.settings.find("check_function_bodies");
  if (setting != run.session.settings.end() &&
      (setting->second == "off" || setting->second == "false")) {
    return true;
  }
  const auto statements = sql::parse(statement.body);
  for (const auto& parsed : statements) {
    if (!parsed) return run.fail("42601", parsed.error().message);
    if (!check_body_statement(run, *parsed)) return false;
  }
  return statements.empty() || check_returned(run, statement, *statements.back());
}

bool check_trigger_function(Run& run, const model::QualifiedName& name, Oid& function) {
  const std::vector<const CatalogFunction*> found = run.catalog.find_functions(name);
  for (const CatalogFunction* candidate : found) {
    if (input_types(run, candidate->definition).empty()) {
      function = candidate->oid;
      if (candidate->definition.returns && candidate->definition.returns->name.name != "trigger") {
        return run.fail("42P17",
                        fmt::format("function {} must return type trigger", model::display(name)));
      }
      return true;
    }
  }
  if (run.options.assume_missing || !facts::functions(name.name).empty()) return true;
  return run.fail("42883", fmt::format("function {}() does not exist", model::display(name)));
}

/// Source: CreateTriggerFiringOn() in src/backend/commands/trigger.c.
bool check_transition_tables(Run& run, const Relation& table,
                             const model::CreateTrigger& statement) {
  if (!statement.old_table && !statement.new_table) return true;
  if (table.kind == RelationKind::kView || table.kind == RelationKind::kForeignTable) {
    return run.fail("42809",
                    fmt::format("\"{}\" cannot have triggers with transition tables", table.name));
  }
  if (statement.row && (table.is_partition || !table.parents.empty())) {
    return run.fail("0A000",
                    "ROW triggers with transition tables are not supported on partitions and "
                    "inheritance children");
  }
  if (statement.row && table.kind == RelationKind::kPartitionedTable) {
    return run.fail("0A000", fmt::format("\"{}\" is a partitioned table", table.name));
  }
  constexpr std::uint32_t kTruncateEvent = 32;
  if (statement.timing != "AFTER") {
    return run.fail("42P17", "transition table name can only be specified for an AFTER trigger");
  }
  if ((statement.events & kTruncateEvent) != 0) {
    return run.fail("42P17", "TRUNCATE triggers with transition tables are not supported");
  }
  const std::uint32_t rows = statement.events & (kInsertEvent | kDeleteEvent | kUpdateEvent);
  if ((rows & (rows - 1)) != 0) {
    return run.fail("0A000",
                    "transition tables cannot be specified for triggers with more than one event");
  }
  if (!statement.columns.empty()) {
    return run.fail("0A000",
                    "transition tables cannot be specified for triggers with column lists");
  }
  if ((statement.new_table && rows == kDeleteEvent) ||
      (statement.old_table && rows == kInsertEvent)) {
    return run.fail("42P17", "the trigger's event has no such transition table");
  }
  return true;
}

/// The condition of a trigger: CreateTriggerFiringOn().
bool check_when(Run& run, const Relation& table, const model::CreateTrigger& statement) {
  if (!statement.when || table.open_columns) return true;
  if (!check_expression(run, table, *statement.when, "trigger WHEN conditions") ||
      !check_condition(run, Scope::of(table), *statement.when, "WHEN")) {
    return false;
  }
  bool good = true;
  model::for_each(*statement.when, [&](const model::Expression& part) {
    if (!good || part.kind != model::ExpressionKind::kColumn) return;
    const Column* column = table.column(part.name);
    if (!statement.row) {
      good = run.fail("42P17", "statement trigger's WHEN condition cannot reference column values");
    } else if (part.qualifier == "old" && (statement.events & kInsertEvent) != 0) {
      good = run.fail("42P17", "INSERT trigger's WHEN condition cannot reference OLD values");
    } else if (part.qualifier == "new" && (statement.events & kDeleteEvent) != 0) {
      good = run.fail("42P17", "DELETE trigger's WHEN condition cannot reference NEW values");
    } else if (part.qualifier == "new" && statement.timing == "BEFORE" && column != nullptr &&
               column->generated != model::GeneratedKind::kNone) {
      good = run.fail("42P17",
                      "BEFORE trigger's WHEN condition cannot reference NEW generated columns");
    }
  });
  return good;
}

/// The condition of a rule names columns of OLD and NEW: transformRuleStmt().
bool check_rule_condition(Run& run, const Relation& table, const model::CreateRule& statement) {
  if (!statement.qualified || table.open_columns) return true;
  std::string lower;
  for (const char c : statement.sql) {
    const auto byte = static_cast<unsigned char>(c);
    lower += std::isspace(byte) != 0 ? ' ' : static_cast<char>(std::tolower(byte));
  }
  const std::size_t where = lower.find(" where ");
  const std::size_t end = lower.find(" do ", where == std::string::npos ? 0 : where);
  if (where == std::string::npos || end == std::string::npos) return true;
  constexpr std::size_t kWhere = 7;
  const auto condition =
      sql::parse_expression(statement.sql.substr(where + kWhere, end - where - kWhere));
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
  return good && (subquery || (check_expression(run, table, *condition, "rule conditions") &&
                               check_condition(run, Scope::of(table), *condition, "WHERE")));
}

void add_trigger(Run& run, Oid table, const Trigger& trigger) {
  run.change(table, [&](Relation& copy) {
    if (trigger.function != 0) {
      add_needs(copy, {{.needs = trigger.function}}, Dependency::Part::kTrigger, 0, trigger.oid);
    }
    std::erase_if(copy.triggers, [&](const Trigger& own) { return own.name == trigger.name; });
    copy.triggers.push_back(trigger);
  });
  if (!trigger.definition.row) return;
  const std::vector<Oid> children = run.at(table).children;
  if (run.at(table).kind != RelationKind::kPartitionedTable) return;
  for (const Oid child : children) {
    Trigger clone = trigger;
    clone.oid = run.catalog.new_oid();
    clone.inherited = true;
    add_trigger(run, child, clone);
  }
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

bool apply(Run& run, const model::CreateFunction& statement) {
  const std::string schema = run.creation_schema(statement.name);
  if (run.failed) return false;
  CatalogFunction function;
  function.schema = schema;
  function.name = truncate_identifier(statement.name.name);
  function.definition = statement;
  function.created_in_migration = run.session.migration;
  std::vector<Oid> needs;
  for (const model::FunctionParameter& parameter : statement.parameters) {
    const ResolvedType type = run.type(parameter.type);
    if (!type.known) return false;
    needs.push_back(type.user_type);
    needs.push_back(type.extension);
  }
  if (statement.returns) {
    const ResolvedType type = run.type(*statement.returns);
    if (!type.known) return false;
    needs.push_back(type.user_type);
    needs.push_back(type.extension);
  }
  if (statement.language != "sql" && statement.language != "plpgsql" && statement.language != "c" &&
      statement.language != "internal" && !run.options.assume_missing &&
      run.catalog.find_extension(statement.language) == nullptr && !statement.language.empty()) {
    return run.fail("42704", fmt::format("language \"{}\" does not exist", statement.language));
  }
  if (!check_body(run, statement)) return false;
  const std::vector<model::TypeName> inputs = input_types(run, statement);
  function.oid = run.catalog.new_oid();
  for (const CatalogFunction* existing : run.catalog.find_functions({schema, function.name})) {
    if (!same_inputs(input_types(run, existing->definition), inputs)) continue;
    if (!statement.or_replace) {
      return run.fail(
          "42723",
          fmt::format("function \"{}\" already exists with same argument types", function.name));
    }
    const auto& before = existing->definition.returns;
    if (existing->definition.procedure != statement.procedure) {
      return run.fail("42809", "cannot change routine kind");
    }
    if (before && statement.returns &&
        (!same_type(resolve_type(run.catalog, *before).name,
                    resolve_type(run.catalog, *statement.returns).name) ||
         before->set_of != statement.returns->set_of)) {
      return run.fail("42P13", "cannot change return type of existing function");
    }
    function.oid = existing->oid;
    function.comment = existing->comment;
  }
  for (const Oid need : needs) {
    if (need != 0) function.needs.push_back({.object = function.oid, .needs = need});
  }
  run.catalog.put(std::move(function));
  return true;
}

bool apply(Run& run, const model::CreateTrigger& statement) {
  const Relation* table = run.relation(statement.table);
  if (table == nullptr) return false;
  const Oid oid = table->oid;
  run.lock(*table, LockMode::kShareRowExclusive);
  if (statement.constraint && !statement.constraint_table.empty()) {
    const Relation* other = run.relation(statement.constraint_table);
    if (other == nullptr) return false;
    run.lock(*other, LockMode::kAccessShare);
  }
  const bool instead = statement.timing == "INSTEAD OF";
  const bool truncates = (statement.events & 32U) != 0;
  if (table->kind == RelationKind::kView && !table->assumed &&
      ((statement.row && !instead) || truncates)) {
    return run.fail("42809", fmt::format("\"{}\" is a view", table->name));
  }
  if (instead && is_table_like(table->kind) && !table->assumed) {
    return run.fail("42809", fmt::format("\"{}\" is a table", table->name));
  }
  if (table->kind == RelationKind::kMaterializedView || table->kind == RelationKind::kSequence ||
      is_index(table->kind)) {
    return run.fail("42809", fmt::format("relation \"{}\" cannot have triggers", table->name));
  }
  if (statement.row && truncates) {
    return run.fail("0A000", "TRUNCATE FOR EACH ROW triggers are not supported");
  }
  if (instead && !statement.row) {
    return run.fail("0A000", "INSTEAD OF triggers must be FOR EACH ROW");
  }
  if (instead && statement.when) {
    return run.fail("0A000", "INSTEAD OF triggers cannot have WHEN conditions");
  }
  if (instead && !statement.columns.empty()) {
    return run.fail("0A000", "INSTEAD OF triggers cannot have column lists");
  }
  if (!check_transition_tables(run, *table, statement) || !check_when(run, *table, statement)) {
    return false;
  }
  if (table->kind == RelationKind::kPartitionedTable && statement.row) {
    run.lock_tree(*table, LockMode::kShareRowExclusive);
  }
  Trigger trigger;
  trigger.name = truncate_identifier(statement.name);
  trigger.definition = statement;
  trigger.oid = run.catalog.new_oid();
  if (!check_trigger_function(run, statement.function, trigger.function)) return false;
  const auto& existing = run.at(oid).triggers;
  const auto before = std::ranges::find(existing, trigger.name, &Trigger::name);
  // OR REPLACE takes no constraint trigger, neither the old nor the new one.
  if (before != existing.end() &&
      (!statement.or_replace || before->definition.constraint || statement.constraint)) {
    return run.fail("42710", fmt::format("trigger \"{}\" for relation \"{}\" already exists",
                                         trigger.name, run.at(oid).name));
  }
  for (const std::string& column : statement.columns) {
    if (run.column(oid, column) == nullptr) return false;
    if (std::ranges::count(statement.columns, column) > 1) {
      return run.fail("42701", fmt::format("column \"{}\" specified more than once", column));
    }
  }
  add_trigger(run, oid, trigger);
  return true;
}

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
  // The action's statements are analysed when the rule is made.
  std::vector<Dependency> needs;
  for (const sql::ParsedStatement& action : rule_actions(statement)) {
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
  if (std::ranges::find(existing, statement.name, &RewriteRule::name) != existing.end() &&
      !statement.or_replace) {
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
