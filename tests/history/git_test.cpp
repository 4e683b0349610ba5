#include "analyzer/history/git.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace forelock::history {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

/// A repository in a temporary folder, made by git itself.
class GitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "forelock-git-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = fs::canonical(pattern);
    git("init -q -b main");
  }
  void TearDown() override { fs::remove_all(root_); }

  void git(const std::string& arguments) const {
    const std::string command = "git -C '" + root_.string() +
                                "' -c user.name=T -c user.email=t@example.org "
                                "-c commit.gpgsign=false " +
                                arguments + " >/dev/null 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << text;
  }
  void commit() const {
    git("add -A");
    git("commit -q --allow-empty -m x");
  }
  [[nodiscard]] GitRepository open() const { return *GitRepository::open(root_.string()); }

  fs::path root_;
};

TEST_F(GitTest, RootIsFoundFromBelow) {
  write("a/b/c.py", "");
  const auto repository = GitRepository::open((root_ / "a/b").string());
  ASSERT_TRUE(repository.has_value());
  EXPECT_EQ(repository->root(), root_.string());
}

TEST_F(GitTest, FolderOutsideOfARepositoryIsNotFound) {
  const auto repository = GitRepository::open("/");
  ASSERT_FALSE(repository.has_value());
  EXPECT_EQ(repository.error().kind, text::Error::Kind::kNotFound);
}

TEST_F(GitTest, FilesAreThoseOfTheMergeBase) {
  write("versions/a.py", "old");
  write("versions/skip.txt", "");
  write("other/b.py", "");
  commit();
  git("checkout -q -b feature");
  write("versions/a.py", "new");
  write("versions/b.py", "added");
  commit();
  git("checkout -q main");
  write("versions/main.py", "later on main");
  commit();
  git("checkout -q feature");
  const auto files = open().files_at("main", "versions", ".py");
  ASSERT_TRUE(files.has_value()) << files.error().message;
  ASSERT_EQ(files->size(), 1U);
  EXPECT_EQ(files->at(0).path, "versions/a.py");
  EXPECT_EQ(files->at(0).text, "old");
}

TEST_F(GitTest, FolderOfTheRootAndOneThatWasNotThere) {
  write("x/a.py", "");
  commit();
  const GitRepository repository = open();
  EXPECT_EQ(repository.files_at("HEAD", "", ".py")->size(), 1U);
  EXPECT_EQ(repository.files_at("HEAD", ".", ".py")->size(), 1U);
  EXPECT_THAT(*repository.files_at("HEAD", "missing", ".py"), IsEmpty());
}

TEST_F(GitTest, UnknownRefIsNotFound) {
  commit();
  const auto files = open().files_at("no-such-ref", "", ".py");
  ASSERT_FALSE(files.has_value());
  EXPECT_EQ(files.error().kind, text::Error::Kind::kNotFound);
}

TEST_F(GitTest, IgnoredPathsAreKnown) {
  write(".gitignore", "build/\n*.tmp\n!keep.tmp\n");
  const GitRepository repository = open();
  EXPECT_TRUE(repository.ignored("build/"));
  EXPECT_TRUE(repository.ignored("a/x.tmp"));
  EXPECT_FALSE(repository.ignored("a/keep.tmp"));
  EXPECT_FALSE(repository.ignored("a/x.py"));
}

TEST_F(GitTest, ChangedLinesAreThoseOfTheWorkTree) {
  write("a.sql", "1\n2\n3\n4\n");
  write("same.sql", "x\n");
  commit();
  write("a.sql", "1\ntwo\n3\n4\nfive\nsix\n");
  write("new.sql", "n\n");
  const auto changed = open().changed_since("HEAD");
  ASSERT_TRUE(changed.has_value()) << changed.error().message;
  ASSERT_EQ(changed->size(), 2U);
  EXPECT_EQ(changed->at(0).path, "a.sql");
  EXPECT_THAT(changed->at(0).ranges, ElementsAre(Pair(2, 2), Pair(5, 6)));
  EXPECT_EQ(changed->at(1).path, "new.sql");
  EXPECT_THAT(changed->at(1).ranges, ElementsAre(Pair(1, 1)));
}

}  // namespace
}  // namespace forelock::history
