// Bodies of DO blocks, functions and procedures: what is static SQL in them runs here.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/run.h"
#include "analyzer/sql/parse.h"

namespace forelock::postgres {
namespace {

// Functions that call functions; deeper than this nothing is followed.
constexpr int kMaxCallDepth = 8;

/// Keeps `run` inside of a body for as long as it lives.
class Inside {
 public:
  Inside(Run& run, bool sees_variables)
      : run_(run), sql_(run.sql), saw_variables_(run.sees_variables) {
    ++run_.depth;
    run_.sees_variables = sees_variables;
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() {
    --run_.depth;
    run_.sql = sql_;
    run_.sees_variables = saw_variables_;
  }

 private:
  Run& run_;
  std::string_view sql_;
  bool saw_variables_;
};

bool run_parsed(Run& run, const sql::ParsedStatement& statement, bool sees_variables) {
  const Inside inside(run, sees_variables);
  run.sql = statement.sql;
  return run_operation(run, statement.operation);
}

/// Source: exec_stmt_execsql().
bool run_body_statement(Run& run, const sql::BodyStatement& statement, bool parameters) {
  return run_parsed(run, *statement.statement, parameters || statement.sees_variables) &&
         (!statement.discards_rows ||
          run.fail("42601", "query has no destination for result data"));
}

bool run_plpgsql(Run& run, std::string_view body, bool parameters) {
  const std::vector<sql::BodyStatement> statements = sql::parse_plpgsql(body);
  if (!check_syntax(run, statements)) return false;
  for (const sql::BodyStatement& statement : statements) {
    if (statement.raises) {
      if (!statement.conditional && !statement.caught) {
        return run.fail("P0001", "the body raises an exception");
      }
      continue;
    }
    if (!statement.statement) {
      if (statement.dynamic) run.risk("", "the body runs SQL that is made at run time");
      continue;
    }
    if (!statement.conditional && !statement.caught) {
      if (!run_body_statement(run, statement, parameters)) return false;
      continue;
    }
    // It may not run at all: what it does is kept, an error of it is only possible.
    const Catalog before = run.catalog;
    const std::optional<Failure> error = run.effects.error;
    if (run_body_statement(run, statement, parameters)) continue;
    run.failed = false;
    run.catalog = before;
    if (run.effects.error && !error) {
      Failure possible = *run.effects.error;
      possible.certain = false;
      run.effects.risks.push_back(std::move(possible));
    }
    run.effects.error = error;
  }
  return true;
}

bool run_sql(Run& run, std::string_view body, bool parameters) {
  for (const auto& parsed : sql::parse(body)) {
    if (parsed && !run_parsed(run, *parsed, parameters)) return false;
  }
  return true;
}

bool run_body(Run& run, std::string_view language, std::string_view body, bool parameters) {
  if (run.depth >= kMaxCallDepth) return true;
  if (language == "sql") return run_sql(run, body, parameters);
  if (language == "plpgsql" || language.empty()) return run_plpgsql(run, body, parameters);
  return true;
}

}  // namespace

bool check_syntax(Run& run, const std::vector<sql::BodyStatement>& body) {
  return !run.knows_text() || std::ranges::none_of(body, &sql::BodyStatement::malformed) ||
         run.fail("42601", "syntax error in the body");
}

bool run_function(Run& run, const CatalogFunction& function) {
  const model::CreateFunction& definition = function.definition;
  // A trigger's function has OLD, NEW and the like.
  const bool trigger = definition.returns && definition.returns->name.name == "trigger";
  return run_body(run, definition.language, definition.body,
                  trigger || !definition.parameters.empty());
}

bool apply(Run& run, const model::DoBlock& statement) {
  if (statement.language == "sql") {
    return run.fail("0A000", "language \"sql\" does not support inline code execution");
  }
  return run_body(run, statement.language, statement.body, false);
}

bool apply(Run& run, const model::CallProcedure& statement) {
  const auto found = run.catalog.find_functions(statement.procedure);
  if (found.empty()) {
    if (run.options.assume_missing) return true;
    return run.fail(
        "42883", fmt::format("procedure {} does not exist", model::display(statement.procedure)));
  }
  if (std::ranges::none_of(
          found, [](const CatalogFunction* function) { return function->definition.procedure; })) {
    return run.fail("42809",
                    fmt::format("{} is not a procedure", model::display(statement.procedure)));
  }
  return found.size() != 1 || run_function(run, *found[0]);
}

bool call_functions(Run& run, const std::vector<model::Expression>& calls) {
  for (const model::Expression& call : calls) {
    const model::QualifiedName name{call.qualifier, call.name};
    if (!call.args.empty() && (call.name == "nextval" || call.name == "setval")) {
      const Relation* sequence = regclass(run.catalog, call.args[0].name);
      if (sequence != nullptr && sequence->kind == RelationKind::kSequence) {
        run.lock(*sequence, LockMode::kRowExclusive);
      }
    }
    const auto found = run.catalog.find_functions(name);
    if (found.size() != 1) continue;
    if (found[0]->definition.procedure) {
      return run.fail("42809", fmt::format("{} is a procedure", call.name));
    }
    const model::CreateFunction& definition = found[0]->definition;
    if (definition.returns && definition.returns->name.name == "trigger") continue;
    if (!run_function(run, *found[0])) return false;
  }
  return true;
}

}  // namespace forelock::postgres
