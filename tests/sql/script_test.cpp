#include "analyzer/sql/script.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/model/dump.h"
#include "tests/support/sql.h"

namespace forelock::sql {
namespace {

std::string kind(ScriptPiece::Kind kind) {
  switch (kind) {
    case ScriptPiece::Kind::kStatement:
      return "S";
    case ScriptPiece::Kind::kMetaCommand:
      return "M";
    case ScriptPiece::Kind::kCopyData:
      return "D";
    case ScriptPiece::Kind::kComment:
      return "C";
  }
  return "";
}

std::vector<std::string> pieces(std::string_view text) {
  std::vector<std::string> result;
  for (const ScriptPiece& piece : split_script(text)) {
    result.push_back(kind(piece.kind) + ":" +
                     std::string(text.substr(piece.span.begin_byte, piece.span.size())));
  }
  return result;
}

/// `transaction:statement` of each step; `?` marks conditional ones, `!` those not analysed.
std::vector<std::string> steps(std::string_view text, bool one_transaction = false) {
  std::vector<std::string> result;
  const model::Migration script = read_script(test::source_file(text), one_transaction);
  for (const model::Step& step : script.upgrade.steps) {
    std::string shown = std::to_string(step.transaction) + ":";
    if (step.certainty == model::Certainty::kConditional) shown += "?";
    if (const model::Statement* statement = step.statement()) {
      shown += statement->sql;
      EXPECT_EQ(text.substr(step.span.begin_byte, step.span.size()), statement->sql);
      EXPECT_EQ(statement->map.editable({0, 1}),
                (text::Span{step.span.begin_byte, step.span.begin_byte + 1}));
    } else {
      shown += "!" + step.not_analyzed()->sql;
    }
    result.push_back(std::move(shown));
  }
  return result;
}

using Strings = std::vector<std::string>;

TEST(SplitScript, StatementsAndComments) {
  EXPECT_EQ(pieces("-- a\nSELECT 1; /* b */ SELECT /* c */ 2"),
            (Strings{"C:-- a", "S:SELECT 1", "C:/* b */", "S:SELECT /* c */ 2", "C:/* c */"}));
}

TEST(SplitScript, MetaCommandsEndWithTheirLine) {
  EXPECT_EQ(pieces("\\set x ';'\nSELECT 1 \\gexec\n\\i other.sql\r\nSELECT 2;"),
            (Strings{"M:\\set x ';'", "S:SELECT 1", "M:\\gexec", "M:\\i other.sql", "S:SELECT 2"}));
}

TEST(SplitScript, CopyDataReachesToItsEndMark) {
  EXPECT_EQ(pieces("COPY t (a) FROM stdin;\n1\t'\n;\n\\.\nSELECT 1;"),
            (Strings{"S:COPY t (a) FROM stdin", "D:1\t'\n;\n\\.", "S:SELECT 1"}));
  EXPECT_EQ(pieces("COPY t FROM STDIN;\r\n\\.\r\nSELECT 1"),
            (Strings{"S:COPY t FROM STDIN", "D:\\.", "S:SELECT 1"}));
  EXPECT_EQ(pieces("COPY t FROM '/tmp/x'; SELECT 1"),
            (Strings{"S:COPY t FROM '/tmp/x'", "S:SELECT 1"}));
}

TEST(ReadScript, TransactionsFollowTheText) {
  EXPECT_EQ(steps("SELECT 1; BEGIN; SELECT 2; COMMIT; SELECT 3; BEGIN; SELECT 4; ROLLBACK;"),
            (Strings{"-1:SELECT 1", "0:BEGIN", "0:SELECT 2", "0:COMMIT", "-1:SELECT 3", "1:BEGIN",
                     "1:SELECT 4", "1:ROLLBACK"}));
  EXPECT_EQ(steps("BEGIN; COMMIT AND CHAIN; SELECT 1"),
            (Strings{"0:BEGIN", "0:COMMIT AND CHAIN", "1:SELECT 1"}));
  EXPECT_EQ(steps("SELECT 1; SELECT 2", true), (Strings{"0:SELECT 1", "0:SELECT 2"}));
}

TEST(ReadScript, OnlyMetaCommandsThatMatterAreSteps) {
  EXPECT_EQ(steps("\\set a 1\n\\echo hi\n\\connect db\n\\i a.sql\n\\ir b.sql\n\\copy t from 'x'\n"
                  "SELECT 1 \\gexec"),
            (Strings{"-1:!\\i a.sql", "-1:!\\ir b.sql", "-1:!\\copy t from 'x'", "-1:SELECT 1",
                     "-1:!\\gexec"}));
  EXPECT_EQ(steps("\\if :x\nSELECT 1;\n\\else\nSELECT 2;\n\\endif\nSELECT 3;"),
            (Strings{"-1:?SELECT 1", "-1:?SELECT 2", "-1:SELECT 3"}));
}

TEST(ReadScript, BadStatementIsOneProblemAndOneStep) {
  const std::string_view text = "CREATE TABLE a (x int);\nCREATE TABL b;\nDROP TABLE c;\n";
  const model::Migration script = read_script(test::source_file(text), false);
  ASSERT_EQ(script.upgrade.steps.size(), 3U);
  ASSERT_EQ(script.problems.size(), 1U);
  EXPECT_EQ(script.problems[0].kind, model::Problem::Kind::kParse);
  EXPECT_EQ(script.problems[0].message, "syntax error at or near \"TABL\"");
  EXPECT_EQ(script.file->slice(script.problems[0].span), "TABL");
  EXPECT_EQ(script.upgrade.steps[1].not_analyzed()->sql, "CREATE TABL b");
  EXPECT_FALSE(script.upgrade.complete);
}

TEST(ReadScript, FieldsOfTheMigration) {
  const model::Migration script =
      read_script(test::source_file("-- a\nSELECT 1; -- b", "m/1.sql"), false);
  EXPECT_EQ(script.revision, "m/1.sql");
  EXPECT_EQ(script.source, model::SourceKind::kSql);
  EXPECT_EQ(script.downgrade.body, model::BodyKind::kMissing);
  EXPECT_EQ(script.upgrade.body, model::BodyKind::kCode);
  EXPECT_TRUE(script.upgrade.complete);
  ASSERT_EQ(script.comments.size(), 2U);
  EXPECT_EQ(script.comments[1].text, "-- b");
  EXPECT_EQ(read_script(test::source_file("-- none"), false).upgrade.body, model::BodyKind::kEmpty);
}

TEST(ReadScript, ByteOrderMarkWindowsLineBreaksAndOtherEncodings) {
  EXPECT_EQ(steps("\xEF\xBB\xBF"
                  "BEGIN;\r\nSELECT 1;\r\nCOMMIT;\r\n"),
            (Strings{"0:BEGIN", "0:SELECT 1", "0:COMMIT"}));
  const model::Migration latin1 =
      read_script(test::source_file("-- caf\xE9\nCOMMENT ON TABLE t IS '\xE9t\xE9';"), false);
  ASSERT_EQ(latin1.problems.size(), 1U);
  EXPECT_EQ(latin1.problems[0].kind, model::Problem::Kind::kRead);
  ASSERT_EQ(latin1.upgrade.steps.size(), 1U);
  EXPECT_EQ(latin1.upgrade.steps[0].statement()->sql, "COMMENT ON TABLE t IS '_t_'");
}

TEST(ReadScript, CopyDataWithoutEndIsAProblem) {
  const model::Migration script =
      read_script(test::source_file("COPY t FROM stdin;\n1\n2\n"), false);
  EXPECT_EQ(script.upgrade.steps.size(), 1U);
  ASSERT_EQ(script.problems.size(), 1U);
}

TEST(ReadScript, MetaCommandInsideOfAStatement) {
  const model::Migration script = read_script(test::source_file("SELECT 1 \\echo x\n, 2;"), false);
  EXPECT_TRUE(script.problems.empty());
  EXPECT_EQ(script.upgrade.steps.size(), 1U);
}

constexpr std::string_view kStream = R"(BEGIN;

CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> a1

CREATE TABLE t (id INTEGER NOT NULL);

INSERT INTO alembic_version (version_num) VALUES ('a1') RETURNING alembic_version.version_num;

-- Running upgrade a1 -> b2

COMMIT;

CREATE INDEX CONCURRENTLY i ON t (id);

BEGIN;

INSERT INTO t VALUES (1);

UPDATE alembic_version SET version_num='b2' WHERE alembic_version.version_num = 'a1';

COMMIT;

)";

TEST(EmittedStream, IsRecognised) {
  EXPECT_TRUE(is_emitted_stream(kStream));
  EXPECT_TRUE(is_emitted_stream("BEGIN;\r\n-- Running downgrade b -> a\r\n"));
  EXPECT_FALSE(is_emitted_stream("-- Running out of ideas\nSELECT '-- Running upgrade';"));
  EXPECT_FALSE(is_emitted_stream(""));
}

TEST(EmittedStream, IsSplitAtItsMarkers) {
  const EmittedStream stream = read_emitted_stream(test::source_file(kStream));
  ASSERT_EQ(stream.revisions.size(), 2U);
  EXPECT_EQ(stream.revisions[0].from, "");
  EXPECT_EQ(stream.revisions[0].to, "a1");
  ASSERT_EQ(stream.revisions[0].steps.size(), 1U);
  EXPECT_EQ(stream.revisions[0].steps[0].transaction, 0);
  EXPECT_EQ(stream.revisions[1].from, "a1");
  EXPECT_EQ(stream.revisions[1].to, "b2");
  ASSERT_EQ(stream.revisions[1].steps.size(), 2U);
  EXPECT_EQ(stream.revisions[1].steps[0].transaction, model::kNoTransaction);
  EXPECT_EQ(stream.revisions[1].steps[1].transaction, 1);
  EXPECT_TRUE(stream.problems.empty());
}

TEST(EmittedStream, DowngradesAndOtherVersionTables) {
  const EmittedStream stream = read_emitted_stream(test::source_file(
      "SET x = 1;\n-- Running downgrade b2 -> a1\nDROP TABLE u;\nUPDATE s.versions SET "
      "version_num='a1' WHERE s.versions.version_num = 'b2';\n-- Running downgrade a1 -> <base>\n"
      "DROP TABLE t;\nDELETE FROM s.versions WHERE s.versions.version_num = 'a1';\n"
      "DROP TABLE alembic_version;\n"));
  ASSERT_EQ(stream.revisions.size(), 3U);
  EXPECT_TRUE(stream.revisions[0].marker.empty());
  EXPECT_EQ(stream.revisions[0].steps.size(), 1U);
  EXPECT_TRUE(stream.revisions[1].downgrade);
  EXPECT_EQ(stream.revisions[1].from, "b2");
  EXPECT_EQ(stream.revisions[1].to, "a1");
  EXPECT_EQ(stream.revisions[1].steps.size(), 1U);
  EXPECT_EQ(stream.revisions[2].to, "");
  EXPECT_EQ(stream.revisions[2].steps.size(), 1U);
}

}  // namespace
}  // namespace forelock::sql
