#include "tests/support/fixtures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "rules/registry.h"

namespace forelock {
namespace {

namespace fs = std::filesystem;

struct Case {
  const lint::Rule* rule = nullptr;
  test::Fixture fixture;
};

void PrintTo(const Case& tested, std::ostream* out) {
  *out << tested.rule->info.id << "/" << tested.fixture.name;
}

std::string folder_of(const Case& tested) {
  return std::string(FORELOCK_SOURCE_DIR) + "/fixtures/rules/" + std::string(tested.rule->info.id);
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const lint::Rule* rule : rules::all_rules()) {
    for (test::Fixture& fixture : test::read_fixtures(folder_of({rule, {}}))) {
      cases.push_back({rule, std::move(fixture)});
    }
  }
  return cases;
}

class Fixtures : public ::testing::TestWithParam<Case> {};

TEST_P(Fixtures, FindExactlyWhatTheyExpect) {
  const Case& tested = GetParam();
  const lint::Rule* const only[] = {tested.rule};
  const test::LintedFixture linted = test::lint_fixture(tested.fixture, only, rules::all_rules());
  for (const std::string& failure : test::mismatches(linted)) ADD_FAILURE() << failure;
  const bool flagged = tested.fixture.name.starts_with("flagged");
  EXPECT_TRUE(flagged || tested.fixture.name.starts_with("clean"));
  const bool found = std::ranges::any_of(linted.expectations, [&](const auto& expectation) {
    return expectation.rule == tested.rule->info.id;
  });
  EXPECT_EQ(flagged, found);
  for (const lint::Finding& finding : linted.report.findings) {
    EXPECT_TRUE(finding.fixes.empty() || finding.rule != tested.rule->info.id ||
                tested.rule->info.fix != lint::FixKind::kNone);
    EXPECT_LE(finding.message.size(), 220U) << finding.message;
    EXPECT_FALSE(finding.message.ends_with('.')) << finding.message;
    EXPECT_FALSE(finding.help.empty()) << finding.message;
  }
}

/// NAME.fixed.EXT beside NAME.EXT is what is left after the fixes.
TEST_P(Fixtures, AreMendedAsTheirGoldensSay) {
  const Case& tested = GetParam();
  const lint::Rule* const only[] = {tested.rule};
  const test::FixedFixture fixed = test::fix_fixture(tested.fixture, only, rules::all_rules());
  ASSERT_EQ(fixed.failure, "");
  const bool update = std::getenv("UPDATE_GOLDEN") != nullptr && std::getenv("CI") == nullptr;
  for (std::size_t i = 0; i < fixed.fixture.files.size(); ++i) {
    const test::FixtureFile& file = fixed.fixture.files[i];
    const bool single = tested.fixture.name == file.name;
    fs::path path = fs::path(folder_of(tested)) / (single ? "" : tested.fixture.name) / file.name;
    path.replace_extension(".fixed" + path.extension().string());
    const bool changed = file.text != tested.fixture.files[i].text;
    if (update && changed) test::write_text(path.string(), file.text);
    EXPECT_EQ(changed, fs::exists(path)) << path;
    if (changed && fs::exists(path)) {
      EXPECT_EQ(file.text, test::read_text(path.string()));
    }
  }
  // What could be mended is gone, and nothing new is wrong.
  const test::LintedFixture again = test::lint_fixture(fixed.fixture, only, rules::all_rules());
  for (const lint::Finding& finding : again.report.findings) {
    EXPECT_TRUE(finding.suppressed.has_value() || finding.fixes.empty()) << finding.message;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Fixtures, ::testing::ValuesIn(all_cases()), [](const auto& param) {
  std::string name = std::string(param.param.rule->info.id) + "_" + param.param.fixture.name;
  std::ranges::replace_if(
      name, [](char character) { return std::isalnum(static_cast<unsigned char>(character)) == 0; },
      '_');
  return name;
});

class Examples : public ::testing::TestWithParam<const lint::Rule*> {};

TEST_P(Examples, BadIsReportedAndGoodIsNot) {
  const lint::Rule* rule = GetParam();
  const lint::Rule* const only[] = {rule};
  const bool sql = rule->info.example_language == lint::ExampleLanguage::kSql;
  // Directives are judged against the rules that run.
  const bool about_directives = rule->info.group == "suppressions";
  const auto run = [&](std::string_view text) {
    test::Fixture fixture = test::example_fixture(rule->info.id, text, sql);
    if (rule->info.id == "suppression-without-reason") {
      fixture.files.front().text =
          "# forelock-test: require-reason=true\n" + fixture.files.front().text;
    }
    return test::lint_fixture(fixture, about_directives ? rules::all_rules() : std::span(only),
                              rules::all_rules());
  };
  const auto count = [&](const test::LintedFixture& linted) {
    return std::ranges::count_if(linted.report.findings, [&](const lint::Finding& finding) {
      return finding.rule == rule->info.id && !finding.suppressed.has_value();
    });
  };
  const test::LintedFixture bad = run(rule->info.bad);
  EXPECT_GT(count(bad), 0) << rule->info.bad;
  const test::LintedFixture good = run(rule->info.good);
  EXPECT_EQ(count(good), 0) << rule->info.good;
  for (const auto* linted : {&bad, &good}) {
    for (const model::Problem& problem : linted->report.problems) {
      // What a bad example does wrong may be that nobody can say what it does.
      if (linted == &bad && problem.kind == model::Problem::Kind::kNotAnalyzed) continue;
      ADD_FAILURE() << problem.message;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Examples,
                         ::testing::ValuesIn(rules::all_rules().begin(), rules::all_rules().end()),
                         [](const auto& param) {
                           std::string name(param.param->info.id);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace forelock
