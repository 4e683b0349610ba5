#include "tests/support/fixtures.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <regex>
#include <sstream>
#include <utility>

#include "analyzer/alembic/compile.h"
#include "analyzer/history/graph.h"
#include "analyzer/python/evaluator.h"
#include "analyzer/sql/script.h"
#include "analyzer/text/edit.h"

namespace forelock::test {
namespace {

namespace fs = std::filesystem;

struct Settings {
  model::Settings model;
  std::vector<std::string> rules;
  std::vector<std::pair<std::string, lint::OptionValues::Value>> options;
  alembic::NamingConvention convention;
  bool require_reason = false;
  bool one_transaction = false;
};

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  std::string part;
  std::istringstream stream{std::string(text)};
  while (std::getline(stream, part, at)) parts.push_back(part);
  return parts;
}

lint::OptionValues::Value option_value(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos) {
    return static_cast<std::int64_t>(std::stoll(text));
  }
  return text;
}

void read_settings(std::string_view words, Settings& settings) {
  for (const std::string& word : split(words, ' ')) {
    const std::size_t equal = word.find('=');
    if (equal == std::string::npos) continue;
    const std::string key = word.substr(0, equal);
    const std::string value = word.substr(equal + 1);
    if (key == "pg-version") settings.model.pg_version = std::stoi(value);
    if (key == "dialect") settings.model.dialect = value;
    if (key == "rules") settings.rules = split(value, ',');
    if (key == "require-reason") settings.require_reason = value == "true";
    if (key == "transaction") settings.one_transaction = value == "file";
    if (key == "transaction-per-migration") {
      settings.model.transaction_per_migration = value == "true";
    }
    if (key.starts_with("option.")) {
      settings.options.emplace_back(key.substr(7), option_value(value));
    }
    if (key.starts_with("convention."))
      settings.convention.patterns.emplace_back(key.substr(11), value);
  }
}

bool is_sql(const std::string& name) { return name.ends_with(".sql"); }

/// Alembic's header, where the file names no revision.
std::string with_header(const FixtureFile& file, std::size_t number) {
  static const std::regex kRevision("(^|\n)revision\\s*[:=]");
  if (is_sql(file.name) || std::regex_search(file.text, kRevision)) {
    return is_sql(file.name) || file.text.find("import") != std::string::npos
               ? file.text
               : "from alembic import op\nimport sqlalchemy as sa\n" + file.text;
  }
  const std::string id = "r" + std::to_string(number);
  const std::string parent = number == 1 ? "None" : "\"r" + std::to_string(number - 1) + "\"";
  return "from alembic import op\nimport sqlalchemy as sa\nrevision = \"" + id +
         "\"\ndown_revision = " + parent + "\n" + file.text;
}

/// Blanks the expectations of a text and reads them.
class ExpectationReader {
 public:
  ExpectationReader(const std::string& file, LintedFixture& linted, Settings& settings)
      : file_(file), linted_(linted), settings_(settings) {}

  std::string run(const std::string& text) {
    static const std::regex kComment(
        R"((--|#|//)[ \t]*(expect(-none|-problem)?(\[\+(\d+)\])?(:[ \t]*([^\n\r]*))?|forelock-test:([^\n\r]*)))");
    std::string blanked = text;
    std::uint32_t line1 = 0;
    std::size_t begin = 0;
    while (begin <= text.size()) {
      ++line1;
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      const std::string line = text.substr(begin, end - begin);
      std::smatch match;
      const bool found = std::regex_search(line, match, kComment);
      const bool own_line =
          found && line.find_first_not_of(" \t") == static_cast<std::size_t>(match.position());
      if (!found || !own_line) place_waiting(line1);
      if (found) {
        std::fill_n(blanked.begin() + static_cast<std::ptrdiff_t>(begin) + match.position(),
                    match.length(), ' ');
        take(match, line1, own_line);
      }
      begin = end + 1;
    }
    place_waiting(line1);
    return blanked;
  }

 private:
  void take(const std::smatch& match, std::uint32_t line1, bool own_line) {
    if (match[8].matched) return read_settings(match[8].str(), settings_);
    if (match[3] == "-none") {
      linted_.expects_none = true;
      return;
    }
    static const std::regex kTail(R"(^([a-z0-9, -]+?)[ \t]*(@(\d+))?[ \t]*("([^"]*)\")?[ \t]*$)");
    std::smatch tail;
    const std::string rest = match[7].str();
    if (!std::regex_search(rest, tail, kTail)) {
      waiting_.push_back({file_, line1, 0, "unreadable expectation: " + rest, "", false});
      return;
    }
    const std::uint32_t further =
        match[5].matched ? static_cast<std::uint32_t>(std::stoul(match[5].str())) : 0;
    for (std::string rule : split(tail[1].str(), ',')) {
      rule.erase(0, rule.find_first_not_of(' '));
      Expectation expectation{file_, further, 0, rule, tail[5].str(), match[3] == "-problem"};
      if (tail[3].matched) {
        expectation.column1 = static_cast<std::uint32_t>(std::stoul(tail[3].str()));
      }
      if (own_line) {
        waiting_.push_back(expectation);
      } else {
        expectation.line1 += line1;
        linted_.expectations.push_back(expectation);
      }
    }
  }

  void place_waiting(std::uint32_t line1) {
    for (Expectation& expectation : waiting_) {
      expectation.line1 += line1;
      linted_.expectations.push_back(expectation);
    }
    waiting_.clear();
  }

  const std::string& file_;
  LintedFixture& linted_;
  Settings& settings_;
  std::vector<Expectation> waiting_;  ///< line1 holds the `[+N]` until the line is known.
};

model::Migration read_migration(const FixtureFile& file, const Settings& settings) {
  auto source = std::make_shared<const text::SourceFile>(file.name, file.text);
  if (is_sql(file.name)) return sql::read_script(source, settings.one_transaction);
  alembic::CompileOptions options;
  options.settings = settings.model;
  options.naming_convention = settings.convention;
  return alembic::compile(python::parse(source), options);
}

/// The history of the files, in the order of the graph.
model::Project read_project(const std::vector<FixtureFile>& files, const Settings& settings) {
  std::vector<model::Migration> given;
  bool any_alembic = false;
  for (const FixtureFile& file : files) {
    given.push_back(read_migration(file, settings));
    any_alembic = any_alembic || !is_sql(file.name);
  }
  model::Project project;
  project.settings = settings.model;
  if (!any_alembic) {
    project.migrations = std::move(given);
    return project;
  }
  const history::RevisionGraph graph = history::build_graph(given);
  for (const std::size_t index : graph.order) {
    project.migrations.push_back(std::move(given[graph.revisions[index].migration]));
  }
  return project;
}

std::string position(const lint::Finding& finding, std::uint32_t& line1, std::uint32_t& column1) {
  if (finding.location.file == nullptr) return "";
  const auto at = finding.location.file->position(finding.location.span.begin_byte);
  line1 = at.line1;
  column1 = at.column1;
  return finding.location.file->path();
}

}  // namespace

std::string read_text(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_text(const std::string& path, std::string_view text) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::vector<Fixture> read_fixtures(const std::string& folder) {
  std::vector<Fixture> fixtures;
  if (!fs::is_directory(folder)) return fixtures;
  const auto wanted = [](const fs::path& path) {
    const std::string name = path.filename().string();
    return (name.ends_with(".py") || name.ends_with(".sql")) &&
           name.find(".fixed.") == std::string::npos;
  };
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    Fixture fixture;
    fixture.name = entry.path().filename().string();
    if (entry.is_directory()) {
      for (const auto& inner : fs::recursive_directory_iterator(entry.path())) {
        if (!inner.is_regular_file() || !wanted(inner.path())) continue;
        fixture.files.push_back({fs::relative(inner.path(), entry.path()).generic_string(),
                                 read_text(inner.path().string())});
      }
    } else if (wanted(entry.path())) {
      fixture.files.push_back({fixture.name, read_text(entry.path().string())});
    }
    std::ranges::sort(fixture.files, {}, &FixtureFile::name);
    if (!fixture.files.empty()) fixtures.push_back(std::move(fixture));
  }
  std::ranges::sort(fixtures, {}, &Fixture::name);
  return fixtures;
}

Fixture example_fixture(std::string_view name, std::string_view text, bool sql) {
  Fixture fixture{std::string(name), {}};
  static const std::regex kFile(R"(^(#|--) file: (\S+)$)");
  for (const std::string& line : split(text, '\n')) {
    std::smatch match;
    if (std::regex_match(line, match, kFile)) {
      fixture.files.push_back({match[2].str(), ""});
      continue;
    }
    if (fixture.files.empty()) fixture.files.push_back({sql ? "example.sql" : "example.py", ""});
    fixture.files.back().text += line + "\n";
  }
  return fixture;
}

LintedFixture lint_fixture(const Fixture& fixture, std::span<const lint::Rule* const> rules,
                           std::span<const lint::Rule* const> known_rules) {
  LintedFixture linted;
  Settings settings;
  std::vector<FixtureFile> now;
  std::vector<FixtureFile> base;
  for (const FixtureFile& file : fixture.files) {
    const bool in_base = file.name.starts_with("base/");
    FixtureFile read{in_base ? file.name.substr(5) : file.name, ""};
    auto& list = in_base ? base : now;
    LintedFixture ignored;
    read.text = ExpectationReader(read.name, in_base ? ignored : linted, settings)
                    .run(with_header(file, list.size() + 1));
    list.push_back(std::move(read));
  }
  linted.files = now;

  lint::EngineOptions options;
  options.known_rules = known_rules;
  options.require_reason = settings.require_reason;
  for (const lint::Rule* rule : known_rules) {
    const bool named = std::ranges::find(settings.rules, rule->info.id) != settings.rules.end();
    const bool given = std::ranges::find(rules, rule) != rules.end();
    if (settings.rules.empty() ? given : named) options.rules.push_back(rule);
  }
  for (const lint::Rule* rule : options.rules) {
    if (!settings.options.empty()) {
      options.options.emplace(std::string(rule->info.id), lint::OptionValues(settings.options));
    }
  }
  const model::Project project = read_project(now, settings);
  const model::Project before = read_project(base, settings);
  linted.report = lint::run(project, base.empty() ? nullptr : &before, options);
  return linted;
}

std::string read_expectations(const std::string& name, const std::string& text,
                              LintedFixture& linted) {
  Settings settings;
  return ExpectationReader(name, linted, settings).run(text);
}

std::vector<std::string> mismatches(const LintedFixture& linted) {
  std::vector<std::string> failures;
  std::vector<Expectation> open = linted.expectations;
  const auto take = [&](const std::string& file, std::uint32_t line1, std::uint32_t column1,
                        std::string_view rule, const std::string& message, bool problem) {
    const auto found = std::ranges::find_if(open, [&](const Expectation& expectation) {
      return expectation.problem == problem && expectation.file == file &&
             expectation.line1 == line1 && expectation.rule == rule &&
             (expectation.column1 == 0 || expectation.column1 == column1) &&
             message.find(expectation.message) != std::string::npos;
    });
    if (found == open.end()) {
      failures.push_back(file + ":" + std::to_string(line1) + ":" + std::to_string(column1) +
                         ": not expected: " + std::string(rule) + ": " + message);
    } else {
      open.erase(found);
    }
  };
  for (const lint::Finding& finding : linted.report.findings) {
    if (finding.suppressed.has_value()) continue;
    std::uint32_t line1 = 0;
    std::uint32_t column1 = 0;
    const std::string file = position(finding, line1, column1);
    take(file, line1, column1, finding.rule, finding.message, false);
  }
  for (const model::Problem& problem : linted.report.problems) {
    const auto at = problem.file == nullptr ? text::LineColumn{}
                                            : problem.file->position(problem.span.begin_byte);
    take(problem.file == nullptr ? "" : problem.file->path(), at.line1, at.column1,
         model::display(problem.kind), problem.message, true);
  }
  for (const Expectation& expectation : open) {
    failures.push_back(expectation.file + ":" + std::to_string(expectation.line1) +
                       ": expected, but not found: " + expectation.rule + " " +
                       expectation.message);
  }
  if (linted.expectations.empty() != linted.expects_none) {
    failures.emplace_back("a fixture has expectations, or else says expect-none");
  }
  return failures;
}

FixedFixture fix_fixture(const Fixture& fixture, std::span<const lint::Rule* const> rules,
                         std::span<const lint::Rule* const> known_rules) {
  FixedFixture fixed{fixture, ""};
  for (int round = 0; round < 10; ++round) {
    const LintedFixture linted = lint_fixture(fixed.fixture, rules, known_rules);
    bool changed = false;
    for (FixtureFile& file : fixed.fixture.files) {
      if (file.name.starts_with("base/")) continue;
      const auto read = std::ranges::find(linted.files, file.name, &FixtureFile::name);
      // Edits are of the text with the header; the expectations in it have the same size.
      const std::size_t header = read->text.size() - file.text.size();
      std::vector<text::Edit> edits;
      for (const lint::Finding& finding : linted.report.findings) {
        if (finding.suppressed.has_value() || finding.fixes.empty() ||
            finding.location.file == nullptr || finding.location.file->path() != file.name) {
          continue;
        }
        const lint::Fix& fix = finding.fixes.front();
        if (fix.applicability == lint::Applicability::kDisplayOnly) continue;
        std::vector<text::Edit> tried = edits;
        for (text::Edit edit : fix.edits) {
          if (edit.span.begin_byte < header) {
            fixed.failure = "an edit lies in the header";
            return fixed;
          }
          edit.span.begin_byte -= static_cast<std::uint32_t>(header);
          edit.span.end_byte -= static_cast<std::uint32_t>(header);
          tried.push_back(std::move(edit));
        }
        if (text::apply_edits(file.text, tried).has_value()) {
          edits = std::move(tried);
        } else if (edits.empty()) {
          fixed.failure = "the edits of '" + fix.title + "' do not fit the text";
          return fixed;
        }
      }
      if (edits.empty()) continue;
      file.text = *text::apply_edits(file.text, edits);
      changed = true;
    }
    if (!changed) return fixed;
  }
  fixed.failure = "the fixes do not come to an end";
  return fixed;
}

}  // namespace forelock::test
