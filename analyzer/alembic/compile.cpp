#include "analyzer/alembic/compile.h"

#include <algorithm>
#include <utility>

#include "analyzer/alembic/header.h"
#include "analyzer/alembic/host.h"
#include "analyzer/python/evaluator.h"

namespace forelock::alembic {
namespace {

/// Runs one direction and notes how it ended.
void run_direction(python::Evaluator& evaluator, Host& host, std::string_view name,
                   const text::FileRef& file, model::Migration& migration,
                   model::Direction& direction) {
  if (direction.body == model::BodyKind::kMissing) {
    // A name that is bound otherwise: `downgrade = upgrade_other`, an import.
    if (!evaluator.global(name)) return;
    direction.body = model::BodyKind::kCode;
  }
  host.begin(direction);
  // context.run_migrations(op=…): an env.py may hand the functions arguments, and `op` is then a
  // stand-in for Alembic's. Others are not known.
  python::Arguments given;
  const auto function = evaluator.global(name);
  if (!function || !python::has_default(*function, "op")) {
    given.keywords.emplace_back("op", python::make_symbol("alembic.op", {}));
  }
  const python::Evaluator::Result result = evaluator.call(name, given);
  host.finish();
  switch (result.outcome) {
    case python::Evaluator::Outcome::kReturned:
    case python::Evaluator::Outcome::kMayRaise:
      break;
    case python::Evaluator::Outcome::kRaised:
      if (direction.steps.empty()) direction.body = model::BodyKind::kRaises;
      break;
    case python::Evaluator::Outcome::kLimit: {
      model::Step step;
      step.what = model::NotAnalyzed{"the function does more work than is followed", {}};
      step.span = direction.header;
      direction.steps.push_back(std::move(step));
      break;
    }
    case python::Evaluator::Outcome::kMissing:
      if (direction.body == model::BodyKind::kCode) {
        migration.problems.push_back({model::Problem::Kind::kNotAnalyzed, file, direction.header,
                                      "the function could not be run"});
        model::Step step;
        step.what = model::NotAnalyzed{"the function could not be run", {}};
        step.span = direction.header;
        direction.steps.push_back(std::move(step));
      }
      break;
  }
  direction.complete = std::ranges::none_of(
      direction.steps, [](const model::Step& step) { return step.not_analyzed() != nullptr; });
}

}  // namespace

model::Migration compile(std::shared_ptr<const python::ParsedFile> parsed,
                         const CompileOptions& options) {
  model::Migration migration;
  const python::ParsedFile& tree = *parsed;
  // Modules that were found are the project's.
  std::vector<std::string> found;
  python::ModuleFinder finder;
  if (options.find_module) {
    finder = [&](std::string_view dotted) {
      auto module = options.find_module(dotted);
      if (module != nullptr) found.emplace_back(dotted);
      return module;
    };
  }
  Host host(options, migration);
  python::Evaluator evaluator(parsed, host, std::move(finder), options.limits);
  host.set_evaluator(evaluator);
  const text::FileRef file = evaluator.file(0);
  read_outline(tree, file, migration);
  for (const python::SyntaxProblem& problem : python::syntax_problems(tree)) {
    migration.problems.push_back(
        {model::Problem::Kind::kParse, file, problem.span, problem.message});
  }
  evaluator.run_module();
  read_identifiers(evaluator, migration);
  run_direction(evaluator, host, "upgrade", file, migration, migration.upgrade);
  run_direction(evaluator, host, "downgrade", file, migration, migration.downgrade);
  for (model::Import& import : migration.imports) {
    import.project = std::ranges::any_of(found, [&](const std::string& module) {
      return module == import.module || import.module.starts_with(module + ".");
    });
  }
  return migration;
}

model::Migration read_header(const python::ParsedFile& parsed) {
  model::Migration migration;
  const CompileOptions options;
  Host host(options, migration);
  // The tree is borrowed: the evaluator lives only here.
  python::Evaluator evaluator(
      std::shared_ptr<const python::ParsedFile>(std::shared_ptr<void>(), &parsed), host, {});
  host.set_evaluator(evaluator);
  read_outline(parsed, evaluator.file(0), migration);
  evaluator.run_module();
  read_identifiers(evaluator, migration);
  return migration;
}

}  // namespace forelock::alembic
