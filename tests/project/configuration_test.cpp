#include "analyzer/project/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "analyzer/project/selection.h"
#include "tests/project/fake_file_system.h"

namespace forelock::project {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::array kOptions = {
    lint::OptionSpec{"rows", "integer", "1000", "how many rows are many"}};

constexpr lint::Rule make_rule(std::string_view id, std::string_view group, bool enabled = true) {
  lint::Rule rule{};
  rule.info.id = id;
  rule.info.group = group;
  rule.info.enabled = enabled;
  rule.info.options = kOptions;
  return rule;
}
constexpr lint::Rule kIndex = make_rule("index-not-concurrent", "locks");
constexpr lint::Rule kRename = make_rule("rename-column", "compatibility");
constexpr lint::Rule kQuiet = make_rule("several-changes", "review", false);
constexpr std::array<const lint::Rule*, 3> kRules = {&kIndex, &kRename, &kQuiet};

Configuration parse(const std::string& text) {
  auto configuration = parse_configuration(text, "/w/forelock.toml", false, kRules);
  EXPECT_TRUE(configuration.has_value()) << configuration.error().message;
  return configuration.value_or(Configuration{});
}

ConfigurationError error_of(const std::string& text) {
  auto configuration = parse_configuration(text, "/w/forelock.toml", false, kRules);
  EXPECT_FALSE(configuration.has_value());
  return configuration ? ConfigurationError{} : configuration.error();
}

TEST(Configuration, EveryKeyIsRead) {
  const Configuration c = parse(R"(
pg-version = 16
include = ["a"]
exclude = ["b"]
respect-gitignore = false
output-format = "json"
fail-level = "error"
[lint]
select = ["ALL"]
extend-select = ["locks"]
ignore = ["rename-column"]
per-file-ignores = { "seed/*.sql" = ["locks"] }
start-after = "abc"
baseline = "base.json"
[lint.severity]
index-not-concurrent = "error"
[lint.rules.index-not-concurrent]
rows = 5
[lint.suppressions]
require-reason = true
report-unused = false
[alembic]
ini = "conf/alembic.ini"
transaction = "per-migration"
dialect = "postgresql"
alembic-version = "1.8.1"
sqlalchemy-version = "1.4.46"
naming-convention = { ix = "ix_%(column_0_label)s" }
[cpp]
functions = ["exec"]
[sql]
transaction = "file"
)");
  EXPECT_EQ(c.pg_version, 16);
  EXPECT_EQ(c.alembic_version, "1.8.1");
  EXPECT_EQ(c.sqlalchemy_version, "1.4.46");
  EXPECT_THAT(c.include, ElementsAre("a"));
  EXPECT_THAT(c.exclude, ElementsAre("b"));
  EXPECT_FALSE(c.respect_gitignore);
  EXPECT_EQ(c.output_format, "json");
  EXPECT_EQ(c.fail_level, lint::Severity::kError);
  EXPECT_THAT(c.select, ElementsAre("ALL"));
  EXPECT_THAT(c.extend_select, ElementsAre("locks"));
  EXPECT_THAT(c.ignore, ElementsAre("rename-column"));
  EXPECT_THAT(c.per_file_ignores.at("seed/*.sql"), ElementsAre("locks"));
  EXPECT_EQ(c.start_after, "abc");
  EXPECT_EQ(c.baseline, "base.json");
  EXPECT_EQ(c.severities.at("index-not-concurrent"), lint::Severity::kError);
  EXPECT_EQ(c.rule_options.at("index-not-concurrent").integer("rows", 0), 5);
  EXPECT_TRUE(c.require_reason);
  EXPECT_FALSE(c.report_unused);
  EXPECT_EQ(c.alembic_ini, "conf/alembic.ini");
  EXPECT_EQ(c.transaction, "per-migration");
  EXPECT_EQ(c.naming_convention.at("ix"), "ix_%(column_0_label)s");
  EXPECT_THAT(c.cpp_functions, ElementsAre("exec"));
  EXPECT_EQ(c.sql_transaction, "file");
}

TEST(Configuration, UnknownKeyNamesItsLineAndTheNearest) {
  const ConfigurationError error = error_of("pg-version = 15\n[lint]\nselekt = []\n");
  EXPECT_EQ(error.line1, 3U);
  EXPECT_EQ(error.path, "/w/forelock.toml");
  EXPECT_THAT(error.message, HasSubstr("\"selekt\""));
  EXPECT_THAT(error.message, HasSubstr("\"select\""));
}

TEST(Configuration, UnknownRuleNamesTheNearest) {
  const ConfigurationError error = error_of("[lint]\nignore = [\n \"ALL\",\n \"renam-column\"]\n");
  EXPECT_EQ(error.line1, 4U);
  EXPECT_THAT(error.message, HasSubstr("\"rename-column\""));
}

TEST(Configuration, WrongTypesAreErrors) {
  EXPECT_EQ(error_of("pg-version = \"15\"").line1, 1U);
  EXPECT_EQ(error_of("exclude = \"x\"").line1, 1U);
  EXPECT_EQ(error_of("[lint.severity]\nrename-column = \"fatal\"").line1, 2U);
  EXPECT_EQ(error_of("[lint.rules.rename-column]\nrows = true").line1, 2U);
  EXPECT_EQ(error_of("lint = 3").line1, 1U);
  EXPECT_THAT(error_of("[alembic]\ntransaction = \"some\"").message, HasSubstr("per-migration"));
}

TEST(Configuration, UnsupportedVersionsAreErrors) {
  EXPECT_THAT(error_of("pg-version = 9").message, HasSubstr("from 12 to 18"));
}

TEST(Configuration, BrokenTomlIsAnErrorWithItsLine) {
  EXPECT_EQ(error_of("a = 1\nb = = 2\n").line1, 2U);
}

TEST(Configuration, NearestFileUpwardWins) {
  const test::FakeFileSystem files = {{"/w/forelock.toml", "pg-version = 14"},
                                      {"/w/a/pyproject.toml", "[project]\nname = \"x\""},
                                      {"/w/a/b/pyproject.toml", "[tool.forelock]\npg-version = 17"},
                                      {"/w/a/b/c/x.sql", ""}};
  EXPECT_EQ(find_configuration(files, "/w/a/b/c", kRules)->pg_version, 17);
  EXPECT_EQ(find_configuration(files, "/w/a", kRules)->pg_version, 14);
  EXPECT_EQ(find_configuration(files, "/elsewhere", kRules)->pg_version, std::nullopt);
}

TEST(Configuration, AlembicSectionOfPyprojectBecomesAnIni) {
  EXPECT_EQ(alembic_ini_of_pyproject("[project]\n"), std::nullopt);
  EXPECT_EQ(alembic_ini_of_pyproject("[tool.alembic]\nscript_location = "
                                     "\"%(here)s/m\"\nprepend_sys_path = [\".\", \"src\"]\n"),
            "[alembic]\nprepend_sys_path =\n  .\n  src\nscript_location = %(here)s/m\n");
}

std::vector<std::string_view> selected(const Configuration& configuration) {
  std::vector<std::string_view> result;
  for (const lint::Rule* rule : select_rules(configuration, kRules)) {
    result.push_back(rule->info.id);
  }
  return result;
}

TEST(Selection, DefaultLeavesOutWhatIsOff) {
  EXPECT_THAT(selected({}), ElementsAre("index-not-concurrent", "rename-column"));
}

TEST(Selection, AnIdIsStrongerThanAGroupAndAGroupThanAll) {
  Configuration c;
  c.select = {"ALL"};
  c.ignore = {"locks"};
  EXPECT_THAT(selected(c), ElementsAre("rename-column", "several-changes"));
  c.extend_select = {"index-not-concurrent"};
  EXPECT_THAT(selected(c), ElementsAre("index-not-concurrent", "rename-column", "several-changes"));
  c.ignore = {"ALL"};
  c.select = {"DEFAULT"};
  EXPECT_THAT(selected(c), ElementsAre("index-not-concurrent"));
}

TEST(Selection, SeverityOffTakesARuleOut) {
  Configuration c;
  c.severities["rename-column"] = lint::Severity::kOff;
  EXPECT_THAT(selected(c), ElementsAre("index-not-concurrent"));
}

TEST(Selection, UnknownSelectorsAreRefused) {
  EXPECT_TRUE(check_selector("locks", kRules).has_value());
  EXPECT_THAT(check_selector("lock", kRules).error(), HasSubstr("\"locks\""));
  EXPECT_THAT(check_selector("zzzzzzzzzzzzzz", kRules).error(), ::testing::Not(HasSubstr("mean")));
}

}  // namespace
}  // namespace forelock::project
