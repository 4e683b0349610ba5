#include "analyzer/project/paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace forelock::project {
namespace {

TEST(Paths, AbsoluteIsNormal) {
  EXPECT_EQ(absolute("a/./b//c/../d/", "/w"), "/w/a/b/d");
  EXPECT_EQ(absolute("/x/../..", "/w"), "/");
  EXPECT_EQ(absolute(".", "/w/"), "/w");
  EXPECT_EQ(absolute("../y", "/w/x"), "/w/y");
}

TEST(Paths, ShownIsRelativeBelowTheFolderOnly) {
  EXPECT_EQ(shown_path("/w/a/b", "/w"), "a/b");
  EXPECT_EQ(shown_path("/w", "/w"), ".");
  EXPECT_EQ(shown_path("/www/a", "/w"), "/www/a");
  EXPECT_EQ(shown_path("/a", "/"), "a");
}

TEST(Glob, WithoutASlashMatchesAnyComponent) {
  EXPECT_TRUE(glob_matches("*.sql", "a/b.sql"));
  EXPECT_TRUE(glob_matches("legacy", "a/legacy/b.sql"));
  EXPECT_FALSE(glob_matches("legacy", "a/legacy2/b.sql"));
}

TEST(Glob, WithASlashMatchesFromTheStart) {
  EXPECT_TRUE(glob_matches("db/seed/*.sql", "db/seed/a.sql"));
  EXPECT_FALSE(glob_matches("db/seed/*.sql", "x/db/seed/a.sql"));
  EXPECT_FALSE(glob_matches("db/*.sql", "db/seed/a.sql"));
  EXPECT_TRUE(glob_matches("db/seed", "db/seed/deep/a.sql"));
  EXPECT_TRUE(glob_matches("/a.sql", "a.sql"));
  EXPECT_FALSE(glob_matches("/a.sql", "b/a.sql"));
}

TEST(Glob, DoubleStarSpansComponents) {
  EXPECT_TRUE(glob_matches("**/versions/*.py", "versions/a.py"));
  EXPECT_TRUE(glob_matches("**/versions/*.py", "x/y/versions/a.py"));
  EXPECT_FALSE(glob_matches("**/versions/*.py", "versions/x/a.py"));
  EXPECT_TRUE(glob_matches("migrations/**/*.sql", "migrations/a.sql"));
  EXPECT_TRUE(glob_matches("**/legacy/**", "a/legacy/b/c"));
  EXPECT_TRUE(glob_matches("services/billing/**", "services/billing/x/y.py"));
}

TEST(Glob, ClassesAndQuestionMarks) {
  EXPECT_TRUE(glob_matches("[0-9]?_*.sql", "01_a.sql"));
  EXPECT_FALSE(glob_matches("[!0-9]*.sql", "01_a.sql"));
}

TEST(Glob, ManyStarsTakeNoLongTime) {
  EXPECT_FALSE(glob_matches(std::string(200, '*') + "a*a*a*a*a*a*b", std::string(5000, 'a')));
}

TEST(NaturalOrder, NumbersCountByValue) {
  std::vector<std::string> names = {"V10__x.sql", "V2__x.sql", "V1.10__a.sql", "V1.9__a.sql"};
  std::ranges::sort(names, natural_less);
  EXPECT_THAT(names,
              ::testing::ElementsAre("V1.9__a.sql", "V1.10__a.sql", "V2__x.sql", "V10__x.sql"));
}

TEST(NaturalOrder, IsStrict) {
  EXPECT_FALSE(natural_less("a", "a"));
  EXPECT_TRUE(natural_less("a1", "a01") != natural_less("a01", "a1"));
  EXPECT_TRUE(natural_less("a", "ab"));
}

}  // namespace
}  // namespace forelock::project
