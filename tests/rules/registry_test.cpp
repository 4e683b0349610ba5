#include "rules/registry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "rules/documentation.h"
#include "tests/support/fixtures.h"

namespace forelock {
namespace {

namespace fs = std::filesystem;

const std::string kRoot = FORELOCK_SOURCE_DIR;

TEST(Registry, IdsAreSortedUniqueAndWellFormed) {
  const std::regex form("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  std::string_view last;
  for (const lint::Rule* rule : rules::all_rules()) {
    EXPECT_LT(last, rule->info.id);
    EXPECT_TRUE(std::regex_match(std::string(rule->info.id), form)) << rule->info.id;
    last = rule->info.id;
  }
}

TEST(Registry, EachRuleHasItsFileAndEachFileItsRule) {
  std::set<std::string> named;
  for (const lint::Rule* rule : rules::all_rules()) {
    std::string name(rule->info.id);
    std::ranges::replace(name, '-', '_');
    named.insert(std::string(rule->info.group) + "/" + name + ".cpp");
  }
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot + "/rules")) {
    const std::string name = fs::relative(entry.path(), kRoot + "/rules").generic_string();
    if (!name.ends_with(".cpp") || name.find('/') == std::string::npos) continue;
    const std::string text = test::read_text(entry.path().string());
    if (text.find("extern constinit const lint::Rule ") != std::string::npos) files.insert(name);
  }
  EXPECT_EQ(named, files);
}

TEST(Registry, EveryRuleSaysWhatItIs) {
  for (const lint::Rule* rule : rules::all_rules()) {
    const lint::RuleInfo& info = rule->info;
    SCOPED_TRACE(info.id);
    for (const std::string_view text : {info.summary, info.why, info.safer, info.source}) {
      EXPECT_FALSE(text.empty());
      EXPECT_EQ(text.find('\n'), std::string_view::npos);
    }
    EXPECT_TRUE(info.summary.ends_with('.'));
    EXPECT_FALSE(info.bad.empty());
    EXPECT_FALSE(info.good.empty());
    EXPECT_NE(info.severity, lint::Severity::kOff);
    for (const lint::OptionSpec& option : info.options) {
      const std::set<std::string_view> types = {"integer", "boolean", "string", "strings"};
      EXPECT_TRUE(types.contains(option.type)) << option.name;
    }
  }
}

TEST(Registry, EachRuleHasFixturesThatFireAndThatDoNot) {
  for (const lint::Rule* rule : rules::all_rules()) {
    const std::string folder = kRoot + "/fixtures/rules/" + std::string(rule->info.id);
    std::size_t flagged = 0;
    std::size_t clean = 0;
    bool has_golden = false;
    if (fs::is_directory(folder)) {
      for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        has_golden =
            has_golden || entry.path().filename().string().find(".fixed.") != std::string::npos;
      }
    }
    for (const test::Fixture& fixture : test::read_fixtures(folder)) {
      ++(fixture.name.starts_with("flagged") ? flagged : clean);
    }
    EXPECT_GT(flagged, 0U) << rule->info.id;
    EXPECT_GT(clean, 0U) << rule->info.id;
    EXPECT_EQ(has_golden, rule->info.fix != lint::FixKind::kNone) << rule->info.id;
  }
}

TEST(Registry, EveryFolderOfFixturesBelongsToARule) {
  for (const auto& entry : fs::directory_iterator(kRoot + "/fixtures/rules")) {
    EXPECT_NE(rules::find_rule(entry.path().filename().string()), nullptr) << entry.path();
  }
}

/// rules/README.md is written by hand around the table that the rules make.
TEST(Registry, ReadmeHasTheTableOfRules) {
  const std::string path = kRoot + "/rules/README.md";
  const std::string text = test::read_text(path);
  const std::string begin = "<!-- rules: written by the test, UPDATE_GOLDEN=1 -->\n";
  const std::string end = "<!-- end of rules -->\n";
  const std::size_t from = text.find(begin);
  const std::size_t to = text.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  const std::string table = rules::markdown_index(rules::all_rules());
  if (std::getenv("UPDATE_GOLDEN") != nullptr && std::getenv("CI") == nullptr) {
    test::write_text(path, text.substr(0, from) + begin + table + text.substr(to));
    return;
  }
  EXPECT_EQ(text.substr(from + begin.size(), to - from - begin.size()), table);
}

TEST(Registry, EachRuleHasItsPage) {
  std::set<std::string> pages;
  for (const lint::Rule* rule : rules::all_rules()) {
    const std::string name = std::string(rule->info.id) + ".md";
    const std::string path = kRoot + "/rules/docs/" + name;
    pages.insert(name);
    if (std::getenv("UPDATE_GOLDEN") != nullptr && std::getenv("CI") == nullptr) {
      test::write_text(path, rules::markdown(*rule));
    }
    EXPECT_EQ(test::read_text(path), rules::markdown(*rule)) << "run with UPDATE_GOLDEN=1";
  }
  for (const auto& entry : fs::directory_iterator(kRoot + "/rules/docs")) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(name == "README.md" || pages.contains(name)) << name;
  }
}

}  // namespace
}  // namespace forelock
