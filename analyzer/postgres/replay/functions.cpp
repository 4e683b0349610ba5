// CREATE and ALTER FUNCTION, and their kin.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/named_objects.h"
#include "analyzer/postgres/replay/run.h"
#include "analyzer/sql/parse.h"

namespace forelock::postgres {

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

namespace {

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

/// Bodies are read when the function is made: check_function_bodies.
bool check_body(Run& run, const model::CreateFunction& statement) {
  if (statement.body.empty()) return true;
  const auto setting = run.session.settings.find("check_function_bodies");
  if (setting != run.session.settings.end() &&
      (setting->second == "off" || setting->second == "false")) {
    return true;
  }
  if (statement.language == "plpgsql") {
    return check_syntax(run, sql::parse_plpgsql(statement.body));
  }
  if (statement.language != "sql") return true;
  const auto statements = sql::parse(statement.body);
  for (const auto& parsed : statements) {
    if (!parsed) return run.fail("42601", parsed.error().message);
    if (!check_body_statement(run, *parsed)) return false;
  }
  return statements.empty() || check_returned(run, statement, *statements.back());
}

}  // namespace

std::vector<const CatalogFunction*> visible_functions(const Run& run,
                                                      const model::QualifiedName& name) {
  std::vector<const CatalogFunction*> result;
  for (const CatalogFunction* found : run.catalog.find_functions(name)) {
    const auto hides = [&](const CatalogFunction* before) {
      return same_inputs(input_types(run, before->definition), input_types(run, found->definition));
    };
    if (std::ranges::none_of(result, hides)) result.push_back(found);
  }
  return result;
}

namespace {

/// Only a function that gives back a set has a number of rows: compute_attributes_sql_style().
bool check_rows(Run& run, const model::CreateFunction& function) {
  return function.rows.empty() || function.returns_table ||
         (function.returns && function.returns->set_of) ||
         run.fail("22023", "ROWS is not applicable when function does not return a set");
}

std::vector<model::FunctionParameter> inputs(const model::CreateFunction& function) {
  std::vector<model::FunctionParameter> result = function.parameters;
  std::erase_if(result, [](const model::FunctionParameter& parameter) {
    return parameter.mode == 'o' || parameter.mode == 't';
  });
  return result;
}

/// Calls that there are name parameters and leave out those with defaults: ProcedureCreate().
bool keeps_parameters(Run& run, const model::CreateFunction& before,
                      const model::CreateFunction& after) {
  const auto old_inputs = inputs(before);
  const auto new_inputs = inputs(after);
  for (std::size_t i = 0; i < old_inputs.size() && i < new_inputs.size(); ++i) {
    if (!old_inputs[i].name.empty() && old_inputs[i].name != new_inputs[i].name) {
      return run.fail(
          "42P13", fmt::format("cannot change name of input parameter \"{}\"", old_inputs[i].name));
    }
  }
  const auto defaults = [](const std::vector<model::FunctionParameter>& parameters) {
    return std::ranges::count_if(parameters, [](const model::FunctionParameter& parameter) {
      return parameter.default_value.has_value();
    });
  };
  if (defaults(new_inputs) < defaults(old_inputs)) {
    return run.fail("42P13", "cannot remove parameter defaults from existing function");
  }
  return true;
}

}  // namespace

bool apply(Run& run, const model::CreateFunction& statement) {
  const std::string schema = run.creation_schema(statement.name);
  if (run.failed) return false;
  CatalogFunction function;
  function.schema = schema;
  function.name = truncate_identifier(statement.name.name);
  function.definition = statement;
  // Types of the history's own are known by their schema, whatever the search_path will be.
  const auto qualify = [&](model::TypeName& type) {
    if (const ResolvedType found = resolve_type(run.catalog, type); found.user_type != 0) {
      type.name = found.name.name;
    }
  };
  if (function.definition.returns) qualify(*function.definition.returns);
  for (model::FunctionParameter& parameter : function.definition.parameters)
    qualify(parameter.type);
  function.created_in_migration = run.session.migration;
  std::vector<Oid> needs;
  for (const model::FunctionParameter& parameter : statement.parameters) {
    const ResolvedType type = run.type(parameter.type);
    if (!type.known) return false;
    needs.push_back(type.user_type);
    needs.push_back(type.extension);
    if (!parameter.default_value) continue;
    for (const Dependency& need : needs_of(run.catalog, {}, *parameter.default_value)) {
      needs.push_back(need.needs);
    }
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
  if (!check_rows(run, statement) || !check_body(run, statement)) return false;
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
    if (!keeps_parameters(run, existing->definition, statement)) return false;
    function.oid = existing->oid;
    function.comment = existing->comment;
  }
  for (const Oid need : needs) {
    if (need != 0) function.needs.push_back({.object = function.oid, .needs = need});
  }
  run.catalog.put(std::move(function));
  return true;
}

namespace {

void change_settings(model::Options& settings, const model::Options& changes) {
  for (const auto& change : changes) {
    std::erase_if(settings, [&](const auto& own) {
      return change.first == "all" || own.first == change.first;
    });
    if (!change.second.empty()) settings.push_back(change);
  }
}

}  // namespace

bool apply(Run& run, const model::AlterFunction& statement) {
  const auto found = matching_functions(run, statement.function);
  const std::string name = model::display(statement.function.name);
  if (found.empty()) {
    if (run.options.assume_missing) return true;
    return run.check_schema(statement.function.name.schema) &&
           run.fail("42883", fmt::format("function {} does not exist", name));
  }
  if (found.size() > 1) return run.fail("42725", fmt::format("{} is not unique", name));
  CatalogFunction copy = *found.front();
  model::CreateFunction& own = copy.definition;
  if (statement.function.kind != model::ObjectKind::kRoutine &&
      own.procedure != (statement.function.kind == model::ObjectKind::kProcedure)) {
    return run.fail("42809",
                    fmt::format("{} is not a {}", name, model::display(statement.function.kind)));
  }
  const model::CreateFunction& changes = statement.changes;
  for (const std::string& given : statement.given) {
    if (given == "volatility") own.volatility = changes.volatility;
    if (given == "strict") own.strict = changes.strict;
    if (given == "security") own.security_definer = changes.security_definer;
    if (given == "leakproof") own.leakproof = changes.leakproof;
    if (given == "parallel") own.parallel = changes.parallel;
    if (given == "cost") own.cost = changes.cost;
    if (given == "rows") own.rows = changes.rows;
  }
  change_settings(own.settings, changes.settings);
  if (!check_rows(run, own)) return false;
  run.catalog.put(std::move(copy));
  return true;
}

}  // namespace forelock::postgres
