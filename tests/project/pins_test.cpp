#include "analyzer/project/pins.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/project/fake_file_system.h"

namespace forelock::project {
namespace {

std::string shown(const std::optional<alembic::Version>& version) {
  return version ? alembic::display(*version) : "any";
}

TEST(Pins, TheUpperEndOfARequirementCounts) {
  EXPECT_EQ(shown(newest_allowed("==1.4.46")), "1.4.46");
  EXPECT_EQ(shown(newest_allowed(" === 1.4.46 ; python_version < '3.12'")), "1.4.46");
  EXPECT_EQ(shown(newest_allowed("==1.4.*")), "1.4.9999");
  EXPECT_EQ(shown(newest_allowed(">=1.4,<2.0")), "1.9999.9999");
  EXPECT_EQ(shown(newest_allowed("<2.0.5, !=2.0.3")), "2.0.4");
  EXPECT_EQ(shown(newest_allowed("<=1.12")), "1.12.0");
  EXPECT_EQ(shown(newest_allowed("~=1.4.0")), "1.4.9999");
  EXPECT_EQ(shown(newest_allowed("~=1.4")), "1.9999.9999");
  EXPECT_EQ(shown(newest_allowed("^1.4")), "1.9999.9999");
  EXPECT_EQ(shown(newest_allowed("~1.4.2")), "1.4.9999");
  EXPECT_EQ(shown(newest_allowed("==1.8.1 --hash=sha256:0")), "1.8.1");
  EXPECT_EQ(shown(newest_allowed(">=1.4")), "any");
  EXPECT_EQ(shown(newest_allowed("*")), "any");
  EXPECT_EQ(shown(newest_allowed("@ git+https://example.org/x")), "any");
}

TEST(Pins, RequirementsAreRead) {
  const test::FakeFileSystem files = {{"/w/requirements.txt",
                                       "# sqlalchemy==9\nSQLAlchemy[asyncio]==1.4.46 \\\n    "
                                       "--hash=sha256:0\nalembic_utils==0.8\n"},
                                      {"/w/requirements/base.in", "alembic<1.12\n"},
                                      {"/w/m/versions/1.py", ""}};
  const Pins pins = find_pins(files, "/w/m/versions", "/w");
  EXPECT_EQ(shown(pins.sqlalchemy), "1.4.46");
  EXPECT_EQ(shown(pins.alembic), "1.11.9999");
}

TEST(Pins, ALockFileComesBeforeARequirement) {
  const test::FakeFileSystem files = {
      {"/w/pyproject.toml",
       "[project]\ndependencies = [\"sqlalchemy>=1.4,<3\", \"alembic~=1.8.0\"]\n"},
      {"/w/uv.lock",
       "[[package]]\nname = \"alembic\"\nversion = \"1.8.1\"\ndependencies = [\n"
       "    { name = \"sqlalchemy\" },\n]\n\n[[package]]\nname = \"sqlalchemy\"\n"
       "version = \"1.4.54\"\n"}};
  const Pins pins = find_pins(files, "/w", "/w");
  EXPECT_EQ(shown(pins.sqlalchemy), "1.4.54");
  EXPECT_EQ(shown(pins.alembic), "1.8.1");
}

TEST(Pins, PoetryAndPipfileAreRead) {
  const test::FakeFileSystem poetry = {
      {"/w/pyproject.toml",
       "[tool.poetry.dependencies]\nSQLAlchemy = {version = \"^1.4\", extras = [\"asyncio\"]}\n"
       "[tool.poetry.group.dev.dependencies]\nalembic = \"1.8.1\"\n"}};
  EXPECT_EQ(shown(find_pins(poetry, "/w", "/w").sqlalchemy), "1.9999.9999");
  EXPECT_EQ(shown(find_pins(poetry, "/w", "/w").alembic), "1.8.1");
  const test::FakeFileSystem pipfile = {
      {"/w/Pipfile.lock",
       "{\n    \"default\": {\n        \"sqlalchemy\": {\n            \"hashes\": [\n"
       "                \"sha256:0\"\n            ],\n            \"version\": \"==1.3.24\"\n"
       "        }\n    }\n}\n"}};
  EXPECT_EQ(shown(find_pins(pipfile, "/w", "/w").sqlalchemy), "1.3.24");
  EXPECT_EQ(shown(find_pins(pipfile, "/w", "/w").alembic), "any");
}

TEST(Pins, OnlyTheProjectIsLookedAt) {
  const test::FakeFileSystem files = {{"/requirements.txt", "sqlalchemy==1.4.46\n"},
                                      {"/w/x/versions/1.py", ""}};
  EXPECT_EQ(shown(find_pins(files, "/w/x/versions", "/w").sqlalchemy), "any");
}

}  // namespace
}  // namespace forelock::project
