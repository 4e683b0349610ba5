// What the parser says of an expression: its columns, functions, types and operators.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>

#include "analyzer/postgres/replay/run.h"
#include "analyzer/postgres/typecheck.h"

namespace forelock::postgres {

using model::Expression;
using model::ExpressionKind;

bool check_regclass(Run& run, const Expression& expression) {
  if (run.options.assume_missing) return true;
  bool good = true;
  const auto check = [&](const Expression& constant) {
    if (constant.kind != ExpressionKind::kConstant ||
        constant.constant != model::ConstantKind::kString || constant.name.empty() ||
        std::ranges::all_of(constant.name, [](unsigned char c) { return std::isdigit(c) != 0; })) {
      return;
    }
    const std::size_t dot = constant.name.find('.');
    const std::string schema = dot == std::string::npos ? "" : constant.name.substr(0, dot);
    if (regclass(run.catalog, constant.name) != nullptr ||
        run.is_system({schema, constant.name.substr(dot == std::string::npos ? 0 : dot + 1)})) {
      return;
    }
    const bool plain = schema.find('"') == std::string::npos;
    // Since version 16 a schema that does not exist is no error of its own.
    good = plain && !schema.empty() && !run.since(16) && run.catalog.find_schema(schema) == nullptr
               ? run.fail("3F000", fmt::format("schema \"{}\" does not exist", schema))
               : run.fail("42P01", fmt::format("relation \"{}\" does not exist", constant.name));
  };
  model::for_each(expression, [&](const Expression& part) {
    if (!good || part.args.empty()) return;
    const bool sequence =
        part.kind == ExpressionKind::kFunction &&
        (part.name == "nextval" || part.name == "setval" || part.name == "currval");
    const bool cast = part.kind == ExpressionKind::kCast && part.type &&
                      part.type->name.name == "regclass" && part.type->array_dimensions == 0;
    if (sequence || cast) check(part.args[0]);
  });
  return good;
}

bool check_function_exists(Run& run, const Expression& call) {
  if (run.options.assume_missing) return true;
  // type('…') is a cast: FuncNameAsType() of the parser.
  model::TypeName as_type;
  as_type.name = {call.qualifier, call.name};
  const bool cast = call.args.size() == 1 && resolve_type(run.catalog, as_type).known;
  if (cast || resolve_function(run.catalog, as_type.name, {}, false).found() ||
      run.catalog.find_object(model::ObjectKind::kAggregate, {"", call.name}) != nullptr ||
      run.has_unknown_extension()) {
    return true;
  }
  if (!run.check_schema(call.qualifier)) return false;
  for (const facts::FunctionFact& fact : facts::functions(call.name)) {
    if (fact.versions.since <= run.options.pg_version) continue;
    return run.fail("42883", fmt::format("PostgreSQL {} does not know {}(), which came with {}",
                                         run.options.pg_version, call.name, fact.versions.since));
  }
  return run.fail("42883", fmt::format("function {} does not exist", call.name));
}

namespace {

bool is_open(const Scope& scope) {
  return std::ranges::any_of(scope.entries, [](const Scope::Entry& entry) {
    return entry.relation == nullptr || entry.relation->open_columns;
  });
}

/// Source: transformColumnRef(), colNameToVar(). Outside of queries (`any_qualifier`) a column of
/// the one table may be called by another name of it, as NEW.a in a trigger.
bool check_column(Run& run, const Scope& scope, const Expression& column, bool any_qualifier) {
  if (column.name == "*" || is_system_column(column.name)) return true;
  const bool open = is_open(scope);
  std::size_t found = 0;
  bool known_qualifier = false;
  bool whole_row = false;
  for (const Scope::Entry& entry : scope.entries) {
    whole_row = whole_row || (column.qualifier.empty() && column.name == entry.alias);
    if (!any_qualifier && !column.qualifier.empty() && column.qualifier != entry.alias &&
        column.qualifier.find('.') == std::string::npos) {
      continue;
    }
    known_qualifier = true;
    if (entry.relation != nullptr && entry.relation->column(column.name) != nullptr) ++found;
  }
  if (open || found == 1 || (found == 0 && whole_row)) return true;
  if (!column.qualifier.empty() && !known_qualifier) {
    return run.fail("42P01",
                    fmt::format("missing FROM-clause entry for table \"{}\"", column.qualifier));
  }
  return found > 1
             ? run.fail("42702", fmt::format("column reference \"{}\" is ambiguous", column.name))
             : run.fail("42703", fmt::format("column \"{}\" does not exist", column.name));
}

/// Functions that no expression of one row may call.
/// Source: check_agglevels_and_constraints(), check_srf_call_placement(),
/// transformWindowFuncCall().
bool check_function_place(Run& run, const Expression& call, std::string_view where) {
  const auto own = run.catalog.find_functions({call.qualifier, call.name});
  const auto facts = facts::functions(call.name);
  const auto all = [&](auto is_kind) {
    return own.empty() && !facts.empty() && std::ranges::all_of(facts, is_kind);
  };
  if (all([](const facts::FunctionFact& fact) { return fact.kind == 'a'; })) {
    return run.fail("42803", fmt::format("aggregate functions are not allowed in {}", where));
  }
  if (all([](const facts::FunctionFact& fact) { return fact.kind == 'w'; })) {
    return run.fail("42P20", fmt::format("window functions are not allowed in {}", where));
  }
  const bool own_set = own.size() == 1 && facts.empty() && own[0]->definition.returns &&
                       own[0]->definition.returns->set_of;
  if (own_set || all([](const facts::FunctionFact& fact) { return fact.returns_set; })) {
    return run.fail("0A000", fmt::format("set-returning functions are not allowed in {}", where));
  }
  return true;
}

/// One part of an expression, its arguments first: the parser analyses them from left to right.
bool check_part(Run& run, const Scope& scope, const Expression& part, std::string_view where) {
  // A cast's type is looked up before what is cast: transformTypeCast().
  if (part.kind == ExpressionKind::kCast && part.type && !run.type(*part.type).known) return false;
  if (part.kind == ExpressionKind::kSubquery && !where.empty()) {
    return run.fail("0A000", fmt::format("cannot use subquery in {}", where));
  }
  if (part.kind == ExpressionKind::kSubquery) return check_subquery(run, scope, part);
  for (const Expression& arg : part.args) {
    if (!check_part(run, scope, arg, where)) return false;
  }
  if (part.kind == ExpressionKind::kColumn) {
    return check_column(run, scope, part, !where.empty());
  }
  if (part.kind == ExpressionKind::kFunction && !check_function_exists(run, part)) return false;
  if (const auto error = type_error_at(run.catalog, scope, part)) {
    return run.fail(error->sqlstate, error->message);
  }
  return where.empty() || part.kind != ExpressionKind::kFunction ||
         check_function_place(run, part, where);
}

}  // namespace

bool check_expression(Run& run, const Relation& table, const Expression& expression,
                      std::string_view where) {
  return check_part(run, Scope::of(table), expression, where) && check_regclass(run, expression);
}

bool check_row_condition(Run& run, const Relation& table, const Expression& condition,
                         std::string_view where, std::string_view clause) {
  const Scope rows = {{{"new", &table}, {"old", &table}}};
  if (!check_expression(run, table, condition, where)) return false;
  const std::function<bool(const Expression&)> fits = [&](const Expression& part) {
    if (!std::ranges::all_of(part.args, fits)) return false;
    const auto error = type_error_at(run.catalog, rows, part);
    return !error || run.fail(error->sqlstate, error->message);
  };
  return fits(condition) && check_condition(run, rows, condition, clause);
}

bool check_query_expression(Run& run, const Scope& scope, const Expression& expression) {
  return check_part(run, scope, expression, {}) && check_regclass(run, expression);
}

bool check_condition(Run& run, const Scope& scope, const Expression& condition,
                     std::string_view where) {
  const auto error = condition_error(run.catalog, scope, condition, where);
  return !error || run.fail(error->sqlstate, error->message);
}

bool check_default(Run& run, const Relation& table, const Column& column, const Expression& value) {
  bool good = true;
  model::for_each(value, [&](const Expression& part) {
    if (!good) return;
    if (part.kind == ExpressionKind::kColumn) {
      good = run.fail("0A000", "cannot use column reference in DEFAULT expression");
    } else if (part.kind == ExpressionKind::kSubquery) {
      good = run.fail("0A000", "cannot use subquery in DEFAULT expression");
    }
  });
  if (!good || !check_expression(run, table, value, "DEFAULT expressions")) return false;
  if (const auto error = assignment_error(run.catalog, {}, value, column.type)) {
    return run.fail(error->sqlstate,
                    fmt::format("default of column \"{}\": {}", column.name, error->message));
  }
  return true;
}

}  // namespace forelock::postgres
