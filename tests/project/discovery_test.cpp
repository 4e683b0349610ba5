#include "analyzer/project/discovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analyzer/project/sql_files.h"
#include "tests/project/fake_file_system.h"

namespace forelock::project {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* kRevision = "revision = \"a\"\ndown_revision = None\n";
constexpr const char* kIni = "[alembic]\nscript_location = migrations\n";

std::vector<FoundHistory> found(const test::FakeFileSystem& files,
                                const std::vector<std::string>& paths,
                                const Configuration& configuration = {}) {
  auto result = discover(files, paths, "/w", configuration);
  EXPECT_TRUE(result.has_value());
  return result.value_or(std::vector<FoundHistory>{});
}

test::FakeFileSystem alembic_project() {
  return {{"/w/alembic.ini", kIni},
          {"/w/migrations/env.py", ""},
          {"/w/migrations/script.py.mako", ""},
          {"/w/migrations/versions/a.py", kRevision},
          {"/w/migrations/versions/b.py", kRevision},
          {"/w/migrations/versions/__init__.py", ""},
          {"/w/app/models.py", "x = 1\n"}};
}

TEST(Discovery, ProjectIsFoundFromAnyPathInIt) {
  const auto files = alembic_project();
  for (const char* path : {".", "migrations", "migrations/versions", "app", "alembic.ini",
                           "migrations/env.py", "/w/migrations/versions"}) {
    const auto histories = found(files, {path});
    ASSERT_EQ(histories.size(), 1U) << path;
    EXPECT_EQ(histories[0].kind, HistoryKind::kAlembic);
    EXPECT_EQ(histories[0].ini, "/w/alembic.ini") << path;
    EXPECT_EQ(histories[0].script_folder, "/w/migrations");
    EXPECT_TRUE(histories[0].whole) << path;
    EXPECT_THAT(histories[0].files,
                ElementsAre("/w/migrations/versions/a.py", "/w/migrations/versions/b.py"));
  }
}

TEST(Discovery, NamedFileLimitsWhatIsRequestedNotWhatIsRead) {
  const auto histories = found(alembic_project(), {"migrations/versions/b.py"});
  ASSERT_EQ(histories.size(), 1U);
  EXPECT_FALSE(histories[0].whole);
  EXPECT_THAT(histories[0].requested, ElementsAre("/w/migrations/versions/b.py"));
  EXPECT_EQ(histories[0].files.size(), 2U);
}

TEST(Discovery, NamedFileThatIsNoMigrationIsLeftOut) {
  EXPECT_THAT(found(alembic_project(), {"app/models.py"}), IsEmpty());
}

TEST(Discovery, MissingPathIsAFailure) {
  EXPECT_FALSE(discover(alembic_project(), {"nowhere"}, "/w", {}).has_value());
}

TEST(Discovery, FolderWithoutMigrationsGivesNothing) {
  EXPECT_THAT(found({{"/w/docs/a.md", ""}}, {"docs"}), IsEmpty());
}

TEST(Discovery, VersionsFolderNeedsNoIni) {
  const auto histories = found({{"/w/db/versions/a.py", kRevision}}, {"."});
  ASSERT_EQ(histories.size(), 1U);
  EXPECT_EQ(histories[0].folder, "/w/db/versions");
}

TEST(Discovery, MonorepoGivesOneHistoryEach) {
  const auto histories = found({{"/w/a/alembic.ini", kIni},
                                {"/w/a/migrations/env.py", ""},
                                {"/w/a/migrations/versions/x.py", kRevision},
                                {"/w/b/alembic.ini", kIni},
                                {"/w/b/migrations/env.py", ""},
                                {"/w/b/migrations/versions/x.py", kRevision},
                                {"/w/c/migrations/001_a.sql", ""}},
                               {"."});
  ASSERT_EQ(histories.size(), 3U);
  EXPECT_EQ(histories[0].folder, "/w/a/migrations/versions");
  EXPECT_EQ(histories[1].ini, "/w/b/alembic.ini");
  EXPECT_EQ(histories[2].kind, HistoryKind::kSql);
}

TEST(Discovery, SeveralVersionLocationsAreOneHistory) {
  const auto histories = found(
      {{"/w/alembic.ini", "[alembic]\nscript_location = m\nversion_locations = m/core m/extra\n"},
       {"/w/m/env.py", ""},
       {"/w/m/core/a.py", kRevision},
       {"/w/m/extra/b.py", kRevision}},
      {"."});
  ASSERT_EQ(histories.size(), 1U);
  EXPECT_THAT(histories[0].files, ElementsAre("/w/m/core/a.py", "/w/m/extra/b.py"));
}

TEST(Discovery, ALocationOfAPackageIsNotCutAtItsColon) {
  const auto histories = found(
      {{"/w/alembic.ini", "[alembic]\nscript_location = p:m\nversion_locations = p:m/versions\n"},
       {"/w/p/m/env.py", ""},
       {"/w/p/m/versions/a.py", kRevision}},
      {"p/m/versions"});
  ASSERT_EQ(histories.size(), 1U);
  EXPECT_THAT(histories[0].files, ElementsAre("/w/p/m/versions/a.py"));
}

TEST(Discovery, ConnectedRevisionsInFoldersBelowAreLive) {
  const test::FakeFileSystem files = {
      {"/w/alembic.ini", "[alembic]\nscript_location = m\n"},
      {"/w/m/env.py", ""},
      {"/w/m/versions/a.py", kRevision},
      {"/w/m/versions/liberty/expand/b.py", "revision = \"b\"\ndown_revision = \"a\"\n"},
      {"/w/m/versions/liberty/expand/c.py", "revision = \"c\"\ndown_revision = \"b\"\n"},
      {"/w/m/versions/legacy/x.py", "revision = \"x\"\ndown_revision = None\n"}};
  const auto histories = found(files, {"m/versions"});
  ASSERT_EQ(histories.size(), 1U);
  EXPECT_THAT(histories[0].files,
              UnorderedElementsAre("/w/m/versions/a.py", "/w/m/versions/liberty/expand/b.py",
                                   "/w/m/versions/liberty/expand/c.py"));
}

TEST(Discovery, IniMayLieInAFolderOfItsOwnAndNameAPathOfAnotherMachine) {
  const auto histories =
      found({{"/w/conf/alembic.ini", "[alembic]\nscript_location = app/migrations\n"},
             {"/w/app/migrations/env.py", ""},
             {"/w/app/migrations/versions/a.py", kRevision},
             {"/w/.git/HEAD", ""}},
            {"app/migrations/versions"});
  ASSERT_EQ(histories.size(), 1U);
  EXPECT_EQ(histories[0].ini, "/w/conf/alembic.ini");
  EXPECT_EQ(histories[0].root, "/w");
}

TEST(Discovery, AFolderApartThatIsNamedIsAHistoryOfItsOwn) {
  const test::FakeFileSystem files = {
      {"/w/alembic.ini", "[alembic]\nscript_location = m\n"},
      {"/w/m/env.py", ""},
      {"/w/m/versions/a.py", kRevision},
      {"/w/m/versions/old/b.py", "revision = 'zz'\ndown_revision = None\n"}};
  const auto old = found(files, {"m/versions/old"});
  ASSERT_EQ(old.size(), 1U);
  EXPECT_THAT(old[0].files, ElementsAre("/w/m/versions/old/b.py"));
  const auto all = found(files, {"."});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_THAT(all[0].files, ElementsAre("/w/m/versions/a.py"));
}

TEST(Discovery, TheRootOfAnIniInsideOfAPackageHoldsThePackage) {
  const auto histories =
      found({{"/w/src/shop/__init__.py", ""},
             {"/w/src/shop/db/__init__.py", ""},
             {"/w/src/shop/db/alembic.ini", "[alembic]\nscript_location = migrations\n"},
             {"/w/src/shop/db/migrations/env.py", ""},
             {"/w/src/shop/db/migrations/versions/a.py", kRevision}},
            {"src/shop/db/migrations/versions"});
  ASSERT_EQ(histories.size(), 1U);
  EXPECT_EQ(histories[0].root, "/w/src");
}

TEST(Discovery, FoldersOfDependenciesAreNotEntered) {
  EXPECT_THAT(found({{"/w/node_modules/x/migrations/1_a.sql", ""},
                     {"/w/.venv/lib/migrations/versions/a.py", kRevision},
                     {"/w/build/migrations/1_a.sql", ""}},
                    {"."}),
              IsEmpty());
}

TEST(Discovery, ExcludedPathsAreLeftOutUnlessNamed) {
  const test::FakeFileSystem files = {{"/w/legacy/migrations/1_a.sql", ""},
                                      {"/w/new/migrations/1_a.sql", ""}};
  Configuration configuration;
  configuration.exclude = {"legacy"};
  ASSERT_EQ(found(files, {"."}, configuration).size(), 1U);
  EXPECT_EQ(found(files, {"legacy/migrations/1_a.sql"}, configuration).size(), 1U);
}

TEST(Discovery, ScriptsComeInOrderOfTheirNumbers) {
  const auto histories = found(
      {{"/w/sql/V10__c.sql", ""}, {"/w/sql/V2__b.sql", ""}, {"/w/sql/V1__a.sql", ""}}, {"sql"});
  ASSERT_EQ(histories.size(), 1U);
  EXPECT_THAT(histories[0].files,
              ElementsAre("/w/sql/V1__a.sql", "/w/sql/V2__b.sql", "/w/sql/V10__c.sql"));
}

TEST(Discovery, NamedScriptBringsItsHistoryOnlyWhenItIsNumbered) {
  const test::FakeFileSystem files = {
      {"/w/m/1_a.sql", ""}, {"/w/m/2_b.sql", ""}, {"/w/x/one.sql", ""}, {"/w/x/two.sql", ""}};
  EXPECT_EQ(found(files, {"m/2_b.sql"})[0].files.size(), 2U);
  EXPECT_THAT(found(files, {"x/one.sql"})[0].files, ElementsAre("/w/x/one.sql"));
}

TEST(Discovery, QueriesBesideCodeAreNoMigrations) {
  EXPECT_THAT(found({{"/w/app/queries/users.sql", ""}, {"/w/app/main.py", ""}}, {"."}), IsEmpty());
}

TEST(Discovery, ScriptsAmongRevisionsBelongToThese) {
  auto files = alembic_project();
  files.put("/w/migrations/versions/001_load.sql", "");
  EXPECT_EQ(found(files, {"."}).size(), 1U);
}

TEST(Discovery, NumberedScriptsBesideRevisionsAreMigrationsOnlyInAFolderOfThatName) {
  auto files = alembic_project();
  files.put("/w/reports/01_fill.sql", "");
  files.put("/w/migrations/02_by_hand.sql", "");
  EXPECT_EQ(found(files, {"."}).size(), 1U);
  files.put("/w/other/migrations/01_a.sql", "");
  EXPECT_EQ(found(files, {"."}).size(), 2U);
}

TEST(Discovery, FolderPerMigrationIsOneHistory) {
  const auto histories = found({{"/w/migrations/0001_a/up.sql", ""},
                                {"/w/migrations/0001_a/down.sql", ""},
                                {"/w/migrations/0002_b/up.sql", ""}},
                               {"."});
  ASSERT_EQ(histories.size(), 1U);
  EXPECT_EQ(histories[0].folder, "/w/migrations");
  EXPECT_EQ(histories[0].files.size(), 3U);
}

TEST(Discovery, CxxSourcesOnlyWhenNamedOrIncluded) {
  const test::FakeFileSystem files = {{"/w/src/a.cpp", ""}};
  EXPECT_THAT(found(files, {"."}), IsEmpty());
  EXPECT_EQ(found(files, {"src/a.cpp"})[0].kind, HistoryKind::kCxx);
  Configuration configuration;
  configuration.include = {"src/**/*.cpp"};
  EXPECT_EQ(found(files, {"."}, configuration).size(), 1U);
}

TEST(Discovery, RevisionsAreKnownByTheirAssignments) {
  EXPECT_TRUE(looks_like_revision("\"\"\"x\"\"\"\nrevision: str = \"a\"\r\ndown_revision=None"));
  EXPECT_FALSE(looks_like_revision("def f():\n  revision = 1\n  down_revision = 2\n"));
  EXPECT_FALSE(looks_like_revision("revisions = []\ndown_revision = 1"));
}

TEST(SqlNames, BothDirectionsHaveOneKey) {
  const auto same = [](std::string_view up, std::string_view down) {
    const SqlName a = classify_sql_name(up), b = classify_sql_name(down);
    return a.key == b.key && !a.downgrade && b.downgrade;
  };
  EXPECT_TRUE(same("1_a.up.sql", "1_a.down.sql"));
  EXPECT_TRUE(same("V1.2__a.sql", "U1.2__a.sql"));
  EXPECT_TRUE(same("1_a/up.sql", "1_a/down.sql"));
  EXPECT_TRUE(same("001.do.sql", "001.undo.sql"));
  EXPECT_FALSE(same("1_a.up.sql", "2_a.down.sql"));
  EXPECT_TRUE(classify_sql_name("R__views.sql").repeatable);
  EXPECT_FALSE(classify_sql_name("Users.sql").downgrade);
}

}  // namespace
}  // namespace forelock::project
