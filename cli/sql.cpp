#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/python/value.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/selection.h"
#include "reporters/escape.h"
#include "reporters/json_support.h"

namespace forelock::cli {
namespace {

using reporters::Json;

struct SqlOptions {
  PathOptions paths;
  std::string format = "text", range;
  bool downgrade = false;
};

/// Where a step stands: in the migration's file, or in its downgrade's own.
text::Location place_of(const model::Migration& migration, const model::Step& step) {
  const model::Statement* statement = step.statement();
  if (step.span.empty() && statement != nullptr && !statement->origin.via.empty()) {
    return statement->origin.via.back();
  }
  return {migration.file, step.span};
}

/// What stands in SQL for a part that is not known; see analyzer/python/value.h.
constexpr std::string_view kHole = python::kUnknownText;

/// The text that a step sends to the server; empty when it is not known. What the parser does not
/// accept is sent all the same.
/// Source of the four spaces: alembic/ddl/impl.py _exec, which prints no tabs.
std::string sent_sql(const model::Migration& migration, const model::Step& step) {
  std::string_view sql;
  if (const model::Statement* statement = step.statement()) {
    sql = statement->sql;
  } else if (step.certainty != model::Certainty::kPartial &&
             !step.not_analyzed()->sql.contains(kHole)) {
    sql = step.not_analyzed()->sql;
  }
  if (migration.source != model::SourceKind::kAlembic) return std::string(sql);
  std::string out;
  for (const char c : sql) {
    if (c == '\t') {
      out += "    ";
    } else {
      out += c;
    }
  }
  return out;
}

Json statement_json(const model::Migration& migration, const model::Step& step, std::string sql) {
  const text::Location place = place_of(migration, step);
  const text::LineColumn at =
      place.file == nullptr ? text::LineColumn{} : place.file->position(place.span.begin_byte);
  Json json = {{"sql", std::move(sql)},
               {"line", at.line1},
               {"column", at.column1},
               {"certainty", std::string(model::display(step.certainty))},
               {"transaction", nullptr}};
  if (step.transaction != model::kNoTransaction) json["transaction"] = step.transaction;
  return json;
}

Json direction_json(const model::Migration& migration, const model::Direction& direction) {
  Json statements = Json::array(), not_analyzed = Json::array();
  for (const model::Step& step : direction.steps) {
    std::string sql = sent_sql(migration, step);
    if (!sql.empty()) statements.push_back(statement_json(migration, step, std::move(sql)));
    if (step.statement() == nullptr) {
      const text::Location place = place_of(migration, step);
      not_analyzed.push_back(
          {{"line", place.file == nullptr ? 1 : place.file->line_of(place.span.begin_byte)},
           {"reason", step.not_analyzed()->reason}});
    }
  }
  return {{"complete", direction.complete},
          {"statements", std::move(statements)},
          {"not_analyzed", std::move(not_analyzed)}};
}

Json revision_json(const model::Migration& migration) {
  Json down = nullptr;
  if (migration.down_revisions.size() == 1) down = migration.down_revisions.front();
  if (migration.down_revisions.size() > 1) down = migration.down_revisions;
  return {{"file", migration.file->path()},
          {"revision", migration.revision},
          {"down_revision", std::move(down)},
          {"upgrade", direction_json(migration, migration.upgrade)},
          {"downgrade", direction_json(migration, migration.downgrade)}};
}

/// Whether a statement reads or changes rows only.
bool changes_rows(const model::Operation& operation) {
  return std::holds_alternative<model::Select>(operation) ||
         std::holds_alternative<model::Insert>(operation) ||
         std::holds_alternative<model::Update>(operation) ||
         std::holds_alternative<model::Delete>(operation);
}

/// Whether whatever is not known stands inside of constants, where any text is well-formed.
bool holes_are_text(std::string_view sql) {
  bool quoted = false, body = false;
  for (std::size_t at = 0; at < sql.size(); ++at) {
    if (sql.substr(at).starts_with("$$")) body = !body;
    if (sql[at] == '\'') quoted = !quoted;
    if (!quoted && !body && sql.substr(at).starts_with(kHole)) return false;
  }
  return true;
}

/// SQL that psql can run, in the transactions that a real run has.
class Script {
 public:
  explicit Script(const model::Settings& settings) : settings_(settings) {}

  void add(const model::Migration& migration, bool downgrade) {
    const model::Direction& direction = downgrade ? migration.downgrade : migration.upgrade;
    const bool own =
        settings_.transaction_per_migration || migration.source != model::SourceKind::kAlembic;
    if (own) close();
    text_ += fmt::format("-- {} {}: {}\n", downgrade ? "downgrade" : "upgrade",
                         reporters::printable(migration.revision),
                         reporters::printable(migration.file->path()));
    // The first transaction of a revision is the one that the revision before left open.
    if (!direction.steps.empty() && direction.steps.front().transaction != model::kNoTransaction) {
      number_ = direction.steps.front().transaction;
    }
    for (std::size_t i = 0; i < direction.steps.size(); ++i) add_step(migration, direction, i);
    if (own) close();
    text_ += '\n';
  }

  std::string take() {
    close();
    return std::move(text_);
  }

 private:
  void close() {
    if (std::exchange(open_, false)) text_ += "COMMIT;\n";
  }

  void enter(int transaction) {
    if (open_ && transaction != number_) close();
    if (transaction == model::kNoTransaction || open_) return;
    text_ += "BEGIN;\n";
    open_ = true;
    number_ = transaction;
  }

  /// Whether the step makes an enum for the table that the same call makes, and one of that name
  /// was made so before in this script.
  /// Source: sqlalchemy/dialects/postgresql/named_types.py _check_for_name_in_memos; the memory is
  /// alembic/ddl/impl.py's, one for a whole run.
  bool makes_known_type(const model::Direction& direction, std::size_t index) {
    const model::Step& step = direction.steps[index];
    const auto* type = std::get_if<model::CreateEnum>(&step.statement()->operation);
    if (type == nullptr) return false;
    for (std::size_t i = index + 1; i < direction.steps.size(); ++i) {
      const model::Statement* next = direction.steps[i].statement();
      if (next == nullptr || direction.steps[i].span != step.span) return false;
      if (std::holds_alternative<model::CreateEnum>(next->operation)) continue;
      if (!std::holds_alternative<model::CreateTable>(next->operation)) return false;
      return !types_of_tables_.insert(type->name.schema + "." + type->name.name).second;
    }
    return false;
  }

  void add_step(const model::Migration& migration, const model::Direction& direction,
                std::size_t index) {
    const model::Step& step = direction.steps[index];
    const text::Location place = place_of(migration, step);
    const std::uint32_t line1 =
        place.file == nullptr ? 1 : place.file->line_of(place.span.begin_byte);
    const std::string sql = sent_sql(migration, step);
    const model::NotAnalyzed* unknown = step.not_analyzed();
    // The script's own BEGIN and COMMIT are in its text.
    if (!sql.empty() && migration.source == model::SourceKind::kAlembic) enter(step.transaction);
    if (unknown != nullptr) {
      text_ += fmt::format("-- line {}: not analysed: {}\n", line1,
                           reporters::printable(unknown->reason));
      if (step.certainty == model::Certainty::kConditional) {
        add_commented(sql);
      } else if (!sql.empty()) {
        text_ += reporters::valid_utf8(sql) + ";\n";
      }
      return;
    }
    const model::Statement& statement = *step.statement();
    text_ += fmt::format("-- line {}", line1);
    if (step.certainty != model::Certainty::kExact) {
      text_ += fmt::format(": {}", model::display(step.certainty));
    }
    text_ += '\n';
    // It is a comment when a part of it is not known; and on an empty database no condition that
    // depends on rows holds, so that what it does to rows is left out.
    const bool conditional = step.certainty == model::Certainty::kConditional;
    const bool tried = !conditional && holes_are_text(sql);
    if ((sql.contains(kHole) && !tried) || (conditional && changes_rows(statement.operation))) {
      add_commented(sql);
    } else if (conditional || sql.contains(kHole)) {
      // Whether it runs, or what exactly, is not known, so that its failure proves nothing.
      text_ += "\\set ON_ERROR_STOP off\n\\set ON_ERROR_ROLLBACK on\n" +
               reporters::valid_utf8(sql) + ";\n" +
               "\\set ON_ERROR_ROLLBACK off\n\\set ON_ERROR_STOP on\n";
    } else if (makes_known_type(direction, index)) {
      text_ += "-- made with a table before: Alembic makes a table's type once in a run\n";
      add_commented(sql);
    } else {
      text_ += reporters::valid_utf8(sql) + ";\n";
    }
  }

  void add_commented(std::string_view sql) {
    while (!sql.empty()) {
      const auto end = sql.find('\n');
      text_ += fmt::format("-- {}\n", reporters::printable(sql.substr(0, end)));
      sql.remove_prefix(end == std::string_view::npos ? sql.size() : end + 1);
    }
  }

  const model::Settings& settings_;
  std::string text_;
  bool open_ = false;
  int number_ = 0;
  std::set<std::string> types_of_tables_;
};

void print_sql(Session& session, const SqlOptions& options) {
  const auto loaded = load_projects(session, options.paths);
  if (!loaded) return;
  Json revisions = Json::array();
  std::string text;
  for (const project::LoadedProject& each : *loaded) {
    const auto selected = select_migrations(session, each, options.range);
    if (!selected) return;
    Script script(each.project.settings);
    if (options.format == "json") {
      for (const std::size_t index : *selected) {
        revisions.push_back(revision_json(each.project.migrations[index]));
      }
      continue;
    }
    if (options.downgrade) {
      for (auto index = selected->rbegin(); index != selected->rend(); ++index) {
        script.add(each.project.migrations[*index], true);
      }
    } else {
      for (const std::size_t index : *selected) script.add(each.project.migrations[index], false);
    }
    text += script.take();
  }
  if (options.format == "json") {
    text = reporters::dump({{"schema", 1}, {"revisions", std::move(revisions)}});
  }
  write_output(session, "", text);
}

}  // namespace

void add_sql(CLI::App& app, Session& session) {
  auto options = std::make_shared<SqlOptions>();
  CLI::App* command = app.add_subcommand("sql", "Print the SQL that migrations run");
  add_path_options(*command, options->paths);
  command->add_option("-f,--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("--range", options->range, "A:B, the revisions after A up to B; or one");
  command->add_flag("--downgrade", options->downgrade, "Text: the downgrades, last revision first");
  command->callback([options, &session] { print_sql(session, *options); });
}

}  // namespace forelock::cli
