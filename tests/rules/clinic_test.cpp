// The seed guide's migrations: each planted pitfall is reported, and nothing else.

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "analyzer/project/file_system.h"
#include "analyzer/project/pipeline.h"
#include "rules/registry.h"
#include "tests/support/fixtures.h"

namespace forelock {
namespace {

/// The disk, but expectations are read out of the files and blanked.
class ExpectingFileSystem final : public project::DiskFileSystem {
 public:
  explicit ExpectingFileSystem(test::LintedFixture& linted) : linted_(linted) {}

  [[nodiscard]] std::expected<text::FileRef, text::Error> read(const std::string& path,
                                                               std::string shown) const override {
    auto file = project::DiskFileSystem::read(path, std::move(shown));
    if (!file.has_value() || !(*file)->path().ends_with(".py")) return file;
    test::LintedFixture read;
    std::string text = test::read_expectations((*file)->path(), std::string((*file)->text()), read);
    // A file may be read more than once, and under its full name to see what it is.
    if (!(*file)->path().starts_with('/') && seen_.insert((*file)->path()).second) {
      for (test::Expectation& expectation : read.expectations) {
        linted_.expectations.push_back(std::move(expectation));
      }
    }
    return std::make_shared<const text::SourceFile>((*file)->path(), std::move(text));
  }

 private:
  test::LintedFixture& linted_;
  mutable std::set<std::string> seen_;
};

TEST(Clinic, ReportsEachPlantedPitfallAndNothingElse) {
  test::LintedFixture linted;
  const ExpectingFileSystem files(linted);
  project::Request request;
  request.working_folder = std::string(FORELOCK_SOURCE_DIR) + "/fixtures/projects/clinic";
  request.paths = {"."};
  request.jobs = 1;
  auto report = project::check(files, request, rules::all_rules());
  ASSERT_TRUE(report.has_value()) << report.error().message;
  linted.report = std::move(*report);
  EXPECT_GT(linted.expectations.size(), 25U);
  for (const std::string& failure : test::mismatches(linted)) ADD_FAILURE() << failure;
  EXPECT_EQ(linted.report.counts.suppressed, 1U);
}

}  // namespace
}  // namespace forelock
