#include "analyzer/project/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analyzer/project/baseline.h"
#include "tests/project/fake_file_system.h"

namespace forelock::project {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string revision(const std::string& id, const std::string& down, const std::string& upgrade) {
  return "from alembic import op\nimport sqlalchemy as sa\n\nrevision = \"" + id +
         "\"\ndown_revision = " + (down.empty() ? "None" : "\"" + down + "\"") +
         "\n\n\ndef upgrade():\n    " + upgrade + "\n\n\ndef downgrade():\n    pass\n";
}

/// Flags each DROP TABLE of an upgrade.
void flag_drops(const lint::StepContext& step, lint::FindingSink& sink) {
  if (std::holds_alternative<model::Drop>(step.statement.operation)) {
    sink.report(step.statement.span, "something is dropped");
  }
}
lint::Rule make_rule() {
  lint::Rule rule{};
  rule.info.id = "drop-something";
  rule.info.group = "destructive";
  rule.check_step = flag_drops;
  return rule;
}
const lint::Rule kDrop = make_rule();
const lint::Rule* const kRules[] = {&kDrop};

Request request(std::vector<std::string> paths = {}) {
  Request result;
  result.paths = std::move(paths);
  result.working_folder = "/w";
  result.jobs = 2;
  return result;
}

std::vector<LoadedProject> load_all(const FileSystem& files, const Request& wanted) {
  auto loaded = load(files, wanted, kRules);
  EXPECT_TRUE(loaded.has_value()) << loaded.error().message;
  return loaded.value_or(std::vector<LoadedProject>{});
}

std::vector<std::string> revisions(const model::Project& project) {
  std::vector<std::string> ids;
  for (const model::Migration& migration : project.migrations) ids.push_back(migration.revision);
  return ids;
}

std::vector<std::string> statements(const model::Direction& direction) {
  std::vector<std::string> sql;
  for (const model::Step& step : direction.steps) {
    sql.push_back(step.statement() != nullptr ? step.statement()->sql : "?");
  }
  return sql;
}

test::FakeFileSystem alembic_project() {
  return {{"/w/alembic.ini", "[alembic]\nscript_location = m\n"},
          {"/w/m/env.py", ""},
          {"/w/m/versions/1.py", revision("c", "b", "op.drop_table(\"t\")")},
          {"/w/m/versions/2.py", revision("a", "", "op.execute(\"CREATE TABLE t (id int)\")")},
          {"/w/m/versions/3.py", revision("b", "a", "op.drop_table(\"u\")")},
          {"/w/m/versions/helper.py", "x = 1\n"}};
}

TEST(Load, DataFilesOfTheProjectAreReadAndNoOthers) {
  test::FakeFileSystem files;
  files.put("/w/app/alembic.ini", "[alembic]\nscript_location = migrations\n");
  files.put("/w/app/migrations/env.py", "");
  files.put("/w/app/migrations/versions/sql/a.sql", "CREATE TABLE a (id int)");
  files.put("/w/app/data/b.sql", "CREATE TABLE b (id int)");
  files.put("/w/app/migrations/versions/1.sql", "CREATE TABLE c (id int)");
  files.put("/w/secret.sql", "CREATE TABLE secret (id int)");
  files.put("/w/app/migrations/versions/1.py", R"(import importlib.resources
import os
from pathlib import Path
from alembic import op

revision = "1"
down_revision = None
HERE = Path(__file__).parent


def upgrade():
    with open(os.path.join(os.path.dirname(__file__), "sql", "a.sql")) as file:
        op.execute(file.read())
    op.execute((HERE.parents[1] / "data" / "b.sql").read_text())
    op.execute(importlib.resources.read_text("data", "b.sql"))
    op.execute(open("data/b.sql").readlines()[0])
    with open(Path(__file__).with_suffix(".sql")) as file:
        op.execute(file.read())
    op.execute(open("/w/secret.sql").read())
    op.execute((HERE / "../../../secret.sql").read_text())


def downgrade():
    pass
)");
  const auto loaded = load_all(files, request({"app"}));
  ASSERT_EQ(loaded.size(), 1U);
  std::vector<std::string> sql;
  for (const model::Step& step : loaded[0].project.migrations.at(0).upgrade.steps) {
    sql.push_back(step.statement() != nullptr ? step.statement()->sql
                                              : step.not_analyzed()->reason);
  }
  const std::string unread = "the SQL depends on a file that is read";
  EXPECT_THAT(sql, ElementsAre("CREATE TABLE a (id int)", "CREATE TABLE b (id int)",
                               "CREATE TABLE b (id int)", "CREATE TABLE b (id int)",
                               "CREATE TABLE c (id int)", unread, unread));
}

TEST(Load, RevisionsComeInOrderOfTheGraph) {
  const auto loaded = load_all(alembic_project(), request());
  ASSERT_EQ(loaded.size(), 1U);
  EXPECT_THAT(revisions(loaded[0].project), ElementsAre("a", "b", "c"));
  EXPECT_EQ(loaded[0].folder, "m/versions");
  EXPECT_EQ(loaded[0].project.migrations[0].file->path(), "m/versions/2.py");
}

TEST(Load, TheReplayedCatalogAnswersTheInspector) {
  test::FakeFileSystem files = {
      {"/w/alembic.ini", "[alembic]\nscript_location = m\n"},
      {"/w/m/env.py", ""},
      {"/w/m/versions/1.py", revision("a", "", "op.execute(\"CREATE TABLE t (id int, x int)\")")},
      {"/w/m/versions/2.py",
       revision("b", "a",
                "inspector = sa.inspect(op.get_bind())\n"
                "    names = [c[\"name\"] for c in inspector.get_columns(\"t\")]\n"
                "    if \"x\" in names:\n"
                "        op.drop_column(\"t\", \"x\")\n"
                "    if \"y\" in names:\n"
                "        op.drop_column(\"t\", \"y\")\n"
                "    if inspector.has_table(\"u\"):\n"
                "        op.drop_table(\"u\")\n"
                "    if not sa.inspect(op.get_bind()).has_table(\"t\"):\n"
                "        op.drop_table(\"t\")")}};
  const auto loaded = load_all(files, request());
  ASSERT_EQ(loaded.size(), 1U);
  const model::Direction& upgrade = loaded[0].project.migrations[1].upgrade;
  EXPECT_THAT(statements(upgrade), ElementsAre("ALTER TABLE t DROP COLUMN x"));
  EXPECT_EQ(upgrade.steps[0].certainty, model::Certainty::kExact);
}

TEST(Load, RowsThatAreNotAnalyzedLeaveTheSchemaKnown) {
  test::FakeFileSystem files = {
      {"/w/alembic.ini", "[alembic]\nscript_location = m\n"},
      {"/w/m/env.py", ""},
      {"/w/m/versions/1.py", revision("a", "", "op.execute(\"CREATE TABLE t (id int)\")")},
      {"/w/m/versions/2.py", revision("b", "a",
                                      "from sqlalchemy.orm import Session\n"
                                      "    Session(bind=op.get_bind()).add(load())\n"
                                      "    op.drop_constraint(None, \"t\")")},
      {"/w/m/versions/3.py", revision("c", "b",
                                      "if sa.inspect(op.get_bind()).has_table(\"u\"):\n"
                                      "        op.drop_table(\"u\")")}};
  const auto loaded = load_all(files, request());
  ASSERT_EQ(loaded.size(), 1U);
  EXPECT_EQ(loaded[0].project.migrations[1].upgrade.steps.size(), 2U);
  EXPECT_TRUE(loaded[0].project.migrations[2].upgrade.steps.empty());
}

TEST(Load, WhatHistoryDoesNotTellStaysConditional) {
  // The history starts in the middle: nobody knows what else there is.
  test::FakeFileSystem files = {
      {"/w/alembic.ini", "[alembic]\nscript_location = m\n"},
      {"/w/m/env.py", ""},
      {"/w/m/versions/1.py", revision("b", "a",
                                      "if sa.inspect(op.get_bind()).has_table(\"u\"):\n"
                                      "        op.drop_table(\"u\")")}};
  const auto loaded = load_all(files, request());
  ASSERT_EQ(loaded.size(), 1U);
  const model::Direction& upgrade = loaded[0].project.migrations[0].upgrade;
  ASSERT_EQ(upgrade.steps.size(), 1U);
  EXPECT_EQ(upgrade.steps[0].certainty, model::Certainty::kConditional);
}

TEST(Load, ConventionOfAFlaskApplicationIsFound) {
  test::FakeFileSystem files = {
      {"/w/migrations/alembic.ini", "[alembic]\n"},
      {"/w/migrations/env.py",
       "from flask import current_app\nfrom alembic import context\n"
       "target_db = current_app.extensions['migrate'].db\n"
       "def run_migrations_online():\n"
       "    context.configure(target_metadata=target_db.metadata)\n"
       "run_migrations_online()\n"},
      {"/w/app/__init__.py", ""},
      {"/w/app/extensions.py",
       "from flask_sqlalchemy import SQLAlchemy\nfrom sqlalchemy import MetaData\n"
       "naming_convention = {'uq': 'uq_%(table_name)s_%(column_0_name)s'}\n"
       "db = SQLAlchemy(metadata=MetaData(naming_convention=naming_convention))\n"},
      {"/w/migrations/versions/1.py",
       revision("a", "", "op.create_unique_constraint(None, \"t\", [\"x\"])")}};
  const auto loaded = load_all(files, request());
  ASSERT_EQ(loaded.size(), 1U);
  EXPECT_THAT(statements(loaded[0].project.migrations[0].upgrade),
              ElementsAre("ALTER TABLE t ADD CONSTRAINT uq_t_x UNIQUE (x)"));
}

TEST(Load, ConventionThatAFunctionOfAFlaskApplicationMakesIsFound) {
  test::FakeFileSystem files = {
      {"/w/migrations/alembic.ini", "[alembic]\n"},
      {"/w/migrations/env.py",
       "from flask import current_app\nfrom alembic import context\n"
       "context.configure(target_metadata=current_app.extensions['migrate'].db.metadata)\n"},
      {"/w/app/config.py",
       "from flask_sqlalchemy import SQLAlchemy\nfrom sqlalchemy import MetaData\n"
       "db = None\n"
       "def init_db():\n"
       "    global db\n"
       "    db = SQLAlchemy(metadata=MetaData(naming_convention={'pk': 'pk_%(table_name)s'}))\n"},
      {"/w/migrations/versions/1.py",
       revision("a", "", "op.create_primary_key(None, \"t\", [\"x\"])")}};
  const auto loaded = load_all(files, request());
  ASSERT_EQ(loaded.size(), 1U);
  EXPECT_THAT(statements(loaded[0].project.migrations[0].upgrade),
              ElementsAre("ALTER TABLE t ADD CONSTRAINT pk_t PRIMARY KEY (x)"));
}

/// What a nameless primary key becomes where env.py asks a Flask application with these models.
std::string key_of_flask_application(const std::string& models) {
  test::FakeFileSystem files = {
      {"/w/migrations/alembic.ini", "[alembic]\n"},
      {"/w/migrations/env.py",
       "from flask import current_app\nfrom alembic import context\n"
       "target_metadata = current_app.extensions['migrate'].db.metadata\n"
       "context.configure(target_metadata=target_metadata)\n"},
      {"/w/app/models.py",
       "from flask_sqlalchemy import SQLAlchemy\nfrom sqlalchemy import MetaData\n" + models},
      {"/w/migrations/versions/1.py",
       revision("a", "", "op.create_primary_key(None, \"t\", [\"x\"])")}};
  const auto loaded = load_all(files, request());
  return loaded.size() == 1 ? statements(loaded[0].project.migrations[0].upgrade).front() : "";
}

TEST(Load, ConventionOfAnotherMetadataThanThatOfTheFlaskApplicationIsNotTaken) {
  EXPECT_EQ(
      key_of_flask_application("db = SQLAlchemy()\n"
                               "meta = MetaData(naming_convention={'pk': 'pk_%(table_name)s'})\n"),
      "ALTER TABLE t ADD PRIMARY KEY (x)");
}

TEST(Load, ConventionOfTheModelsOfAFlaskApplicationIsTaken) {
  EXPECT_EQ(key_of_flask_application(
                "from sqlalchemy.orm import DeclarativeBase\n"
                "class Base(DeclarativeBase):\n"
                "    metadata = MetaData(naming_convention={'pk': 'pk_%(table_name)s'})\n"
                "db = SQLAlchemy(model_class=Base)\n"),
            "ALTER TABLE t ADD CONSTRAINT pk_t PRIMARY KEY (x)");
}

TEST(Load, FunctionsOfAConventionAreCalled) {
  test::FakeFileSystem files = {
      {"/w/alembic.ini", "[alembic]\nscript_location = m\n"},
      {"/w/m/env.py",
       "from alembic import context\nfrom sqlalchemy import MetaData\n"
       "def columns(constraint, table):\n"
       "    return '_'.join(c if isinstance(c, str) else c.name for c in constraint.columns)\n"
       "def unique(constraint, table):\n"
       "    return 'uq_' if constraint.unique else ''\n"
       "def odd(constraint, table):\n"
       "    return secrets.token_hex()\n"
       "target_metadata = MetaData(naming_convention={\n"
       "    'uq': 'uq_%(table_name)s_%(columns)s', 'ix': 'ix_%(unique)s%(table_name)s',\n"
       "    'pk': '%(odd)s', 'columns': columns, 'unique': unique, 'odd': odd})\n"
       "context.configure(target_metadata=target_metadata)\n"},
      {"/w/m/versions/1.py", revision("a", "",
                                      "op.create_unique_constraint(None, \"t\", [\"x\", \"y\"])\n"
                                      "    op.create_index(None, \"t\", [\"x\"], unique=True)\n"
                                      "    op.create_index(None, \"t\", [\"x\"])\n"
                                      "    op.create_primary_key(None, \"t\", [\"x\"])")}};
  const auto loaded = load_all(files, request());
  ASSERT_EQ(loaded.size(), 1U);
  EXPECT_THAT(statements(loaded[0].project.migrations[0].upgrade),
              ElementsAre("ALTER TABLE t ADD CONSTRAINT uq_t_x_y UNIQUE (x, y)",
                          "CREATE UNIQUE INDEX ix_uq_t ON t (x)", "CREATE INDEX ix_t ON t (x)",
                          "ALTER TABLE t ADD CONSTRAINT __unknown__ PRIMARY KEY (x)"));
}

TEST(Load, VersionsFollowTheRequirements) {
  const std::string drop = revision("a", "", "op.drop_index(\"i\", if_exists=True)");
  test::FakeFileSystem files = {{"/w/alembic.ini", "[alembic]\nscript_location = m\n"},
                                {"/w/m/env.py", ""},
                                {"/w/m/versions/1.py", drop}};
  EXPECT_THAT(statements(load_all(files, request())[0].project.migrations[0].upgrade),
              ElementsAre("DROP INDEX IF EXISTS i"));
  test::FakeFileSystem pinned = {{"/w/alembic.ini", "[alembic]\nscript_location = m\n"},
                                 {"/w/requirements.txt", "alembic==1.8.1\n"},
                                 {"/w/m/env.py", ""},
                                 {"/w/m/versions/1.py", drop}};
  EXPECT_THAT(statements(load_all(pinned, request())[0].project.migrations[0].upgrade),
              ElementsAre("DROP INDEX i"));
}

TEST(Load, OperationsOfEnvironmentModulesAreRun) {
  test::FakeFileSystem files = {
      {"/w/alembic.ini", "[alembic]\nscript_location = m\n"},
      {"/w/m/env.py", "import custom.operations\n"},
      {"/w/custom/__init__.py", ""},
      {"/w/custom/operations.py",
       "from alembic.operations import MigrateOperation, Operations\n\n"
       "@Operations.register_operation('grant')\n"
       "class Grant(MigrateOperation):\n"
       "    def __init__(self, role):\n        self.role = role\n\n"
       "    @classmethod\n"
       "    def grant(cls, operations, role):\n        return operations.invoke(cls(role))\n\n"
       "@Operations.implementation_for(Grant)\n"
       "def grant(operations, operation):\n"
       "    operations.execute(f'GRANT ALL ON t TO {operation.role}')\n"},
      {"/w/m/versions/1.py", revision("a", "", "op.grant(\"reader\")")}};
  const auto loaded = load_all(files, request());
  ASSERT_EQ(loaded.size(), 1U);
  EXPECT_THAT(statements(loaded[0].project.migrations[0].upgrade),
              ElementsAre("GRANT ALL ON t TO reader"));
}

TEST(Load, DirectionsOfScriptsArePaired) {
  const test::FakeFileSystem files = {{"/w/m/1_a.up.sql", "CREATE TABLE a (id int);"},
                                      {"/w/m/1_a.down.sql", "DROP TABLE a;"},
                                      {"/w/m/2_b.up.sql", "CREATE TABLE b (id int);"}};
  const auto loaded = load_all(files, request({"m"}));
  ASSERT_EQ(loaded.size(), 1U);
  const model::Project& project = loaded[0].project;
  ASSERT_EQ(project.migrations.size(), 2U);
  EXPECT_THAT(statements(project.migrations[0].downgrade), ElementsAre("DROP TABLE a"));
  EXPECT_EQ(project.migrations[1].downgrade.body, model::BodyKind::kMissing);
  EXPECT_THAT(project.migrations[1].down_revisions, ElementsAre("m/1_a.up.sql"));
}

TEST(Load, MarkersInOneFileSplitItsDirections) {
  const test::FakeFileSystem files = {
      {"/w/m/1_a.sql",
       "-- migrate:up\nCREATE TABLE a (id int);\n\n-- migrate:down\nDROP TABLE a;\n"},
      {"/w/m/2_b.sql", "-- +goose Up\nCREATE TABLE b (id int);\n-- +goose Down\nDROP TABLE b;\n"}};
  const auto loaded = load_all(files, request({"m"}));
  ASSERT_EQ(loaded.size(), 1U);
  for (const model::Migration& migration : loaded[0].project.migrations) {
    EXPECT_EQ(migration.upgrade.steps.size(), 1U);
    EXPECT_EQ(migration.downgrade.steps.size(), 1U);
    EXPECT_NE(migration.upgrade.steps[0].transaction, model::kNoTransaction);
  }
}

constexpr const char* kStream =
    "BEGIN;\n\nCREATE TABLE alembic_version (\n    version_num VARCHAR(32) NOT NULL\n);\n\n"
    "-- Running upgrade a -> b\n\nDROP TABLE u;\n\n"
    "UPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'a';\n\n"
    "COMMIT;\n\n";

TEST(Load, EmittedStreamIsJoinedToItsMigrationFiles) {
  Request wanted = request({"-"});
  wanted.stdin_text = kStream;
  const auto loaded = load_all(alembic_project(), wanted);
  ASSERT_EQ(loaded.size(), 1U);
  EXPECT_THAT(loaded[0].requested, ElementsAre("m/versions/3.py"));
  const model::Migration& migration = loaded[0].project.migrations[1];
  EXPECT_THAT(statements(migration.upgrade), ElementsAre("DROP TABLE u"));
  EXPECT_EQ(migration.file->line_of(migration.upgrade.steps.at(0).span.begin_byte), 9U);
}

TEST(Load, EmittedStreamAloneIsAHistory) {
  const auto loaded = load_all(test::FakeFileSystem{{"/w/out.sql", kStream}}, request({"out.sql"}));
  ASSERT_EQ(loaded.size(), 1U);
  EXPECT_THAT(revisions(loaded[0].project), ElementsAre("b"));
  EXPECT_EQ(loaded[0].project.migrations[0].source, model::SourceKind::kEmittedSql);
}

TEST(Load, StandardInputTakesThePlaceOfItsFile) {
  Request wanted = request({"-"});
  wanted.stdin_name = "m/versions/3.py";
  wanted.stdin_text = revision("b", "a", "op.drop_table(\"other\")");
  const auto loaded = load_all(alembic_project(), wanted);
  ASSERT_EQ(loaded.size(), 1U);
  EXPECT_THAT(loaded[0].requested, ElementsAre("m/versions/3.py"));
  EXPECT_THAT(statements(loaded[0].project.migrations[1].upgrade), ElementsAre("DROP TABLE other"));
}

TEST(Load, StandardInputWithoutANameIsAScript) {
  Request wanted = request({"-"});
  wanted.stdin_text = "DROP TABLE a;";
  const auto loaded = load_all(test::FakeFileSystem{}, wanted);
  ASSERT_EQ(loaded.size(), 1U);
  EXPECT_EQ(loaded[0].project.migrations[0].file->path(), "<stdin>");
}

TEST(Load, HelperModulesAreFoundInTheProjectOnly) {
  auto files = alembic_project();
  files.put("/w/app/__init__.py", "");
  files.put("/w/app/names.py", "TABLE = \"from_app\"\n");
  files.put("/outside/secret.py", "TABLE = \"from_outside\"\n");
  files.put("/w/m/versions/4.py",
            "from app.names import TABLE\n" + revision("d", "c", "op.drop_table(TABLE)"));
  files.put("/w/m/versions/5.py",
            "from outside.secret import TABLE\n" + revision("e", "d", "op.drop_table(TABLE)"));
  files.put("/w/.git/HEAD", "");
  const auto loaded = load_all(files, request());
  ASSERT_EQ(loaded[0].project.migrations.size(), 5U);
  EXPECT_THAT(statements(loaded[0].project.migrations[3].upgrade),
              ElementsAre("DROP TABLE from_app"));
  EXPECT_THAT(statements(loaded[0].project.migrations[4].upgrade),
              ::testing::Not(::testing::Contains("DROP TABLE from_outside")));
}

TEST(Load, ConfigurationComesFromTheHistorysFolder) {
  auto files = alembic_project();
  files.put("/w/m/forelock.toml", "pg-version = 17\n");
  EXPECT_EQ(load_all(files, request())[0].project.settings.pg_version, 17);
  Request wanted = request();
  wanted.pg_version = 13;
  EXPECT_EQ(load_all(files, wanted)[0].project.settings.pg_version, 13);
}

TEST(Load, BrokenConfigurationIsAFailureWithItsLine) {
  auto files = alembic_project();
  files.put("/w/forelock.toml", "\npg-versoin = 17\n");
  const auto loaded = load(files, request(), kRules);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().line1, 2U);
}

TEST(Load, UnknownRuleIsAFailure) {
  Request wanted = request();
  wanted.ignore = {"drop-somthing"};
  const auto loaded = load(alembic_project(), wanted, kRules);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_THAT(loaded.error().message, HasSubstr("drop-something"));
}

std::vector<std::string> places(const lint::Report& report) {
  std::vector<std::string> result;
  for (const lint::Finding& finding : report.findings) {
    result.push_back(finding.location.file->path() + (finding.suppressed ? " suppressed" : ""));
  }
  return result;
}

TEST(Check, FindingsOfNamedFilesOnly) {
  const auto all = check(alembic_project(), request(), kRules);
  EXPECT_THAT(places(*all), ElementsAre("m/versions/1.py", "m/versions/3.py"));
  const auto one = check(alembic_project(), request({"m/versions/3.py"}), kRules);
  EXPECT_THAT(places(*one), ElementsAre("m/versions/3.py"));
  EXPECT_EQ(one->counts.migrations, 1U);
}

TEST(Check, PerFileIgnoresTakeFindingsOut) {
  auto files = alembic_project();
  files.put("/w/forelock.toml",
            "[lint]\nper-file-ignores = { \"m/versions/1*\" = [\"destructive\"] }\n");
  const auto report = check(files, request(), kRules);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_THAT(places(*report), ElementsAre("m/versions/3.py"));
  EXPECT_EQ(report->counts.findings, 1U);
}

TEST(Check, BaselineSuppressesWhatItHolds) {
  auto files = alembic_project();
  const auto before = check(files, request({"m/versions/3.py"}), kRules);
  files.put("/w/base.json", write_baseline(*before));
  files.put("/w/forelock.toml", "[lint]\nbaseline = \"base.json\"\n");
  const auto after = check(files, request(), kRules);
  ASSERT_TRUE(after.has_value()) << after.error().message;
  EXPECT_THAT(places(*after), ElementsAre("m/versions/1.py", "m/versions/3.py suppressed"));
  EXPECT_EQ(after->counts.findings, 1U);
}

TEST(Check, OutputDoesNotDependOnTheNumberOfThreads) {
  test::FakeFileSystem files;
  for (int i = 0; i < 60; ++i) {
    files.put("/w/versions/" + std::to_string(i) + ".py",
              revision("r" + std::to_string(i), i == 0 ? "" : "r" + std::to_string(i - 1),
                       "op.drop_table(\"t" + std::to_string(i) + "\")"));
  }
  Request wanted = request();
  wanted.jobs = 1;
  const auto one = check(files, wanted, kRules);
  wanted.jobs = 8;
  const auto many = check(files, wanted, kRules);
  EXPECT_EQ(one->findings.size(), 60U);
  EXPECT_EQ(places(*one), places(*many));
}

}  // namespace
}  // namespace forelock::project
