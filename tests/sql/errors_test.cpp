// What does not parse, and what is hostile.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "analyzer/model/dump.h"
#include "analyzer/sql/parse.h"

namespace forelock::sql {
namespace {

std::string repeated(std::string_view text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

std::string outcome(std::string_view sql) {
  std::string result;
  for (const auto& statement : parse(sql)) {
    result += statement ? "ok;" : statement.error().message + ";";
  }
  return result;
}

TEST(SyntaxErrors, OneBadStatementAmongGoodOnes) {
  const std::string_view text = "CREATE TABLE a (x int); ALTR TABLE b ADD y int; DROP TABLE c;";
  const auto parsed = parse(text);
  ASSERT_EQ(parsed.size(), 3U);
  EXPECT_TRUE(parsed[0].has_value());
  ASSERT_FALSE(parsed[1].has_value());
  EXPECT_EQ(parsed[1].error().message, "syntax error at or near \"ALTR\"");
  EXPECT_EQ(text.substr(parsed[1].error().span.begin_byte, parsed[1].error().span.size()), "ALTR");
  EXPECT_TRUE(parsed[2].has_value());
}

TEST(SyntaxErrors, PositionCountsBytes) {
  const std::string_view text = "SELECT '\xC3\xA9\xF0\x9F\x98\x80' FRM t x y";
  const auto parsed = parse(text);
  ASSERT_FALSE(parsed[0].has_value());
  EXPECT_EQ(text.substr(parsed[0].error().span.begin_byte, 1), "t");
}

TEST(SyntaxErrors, UnbalancedParenthesisCostsOneStatement) {
  EXPECT_EQ(outcome("CREATE TABLE a (x int; DROP TABLE b; SELECT f(1); SELECT 1) ; SELECT 2"),
            "syntax error at end of input;ok;ok;syntax error at or near \")\";ok;");
}

TEST(SyntaxErrors, AtTheEnd) {
  const auto parsed = parse("SELECT 1 +");
  ASSERT_EQ(parsed.size(), 1U);
  EXPECT_EQ(parsed[0].error().message, "syntax error at end of input");
  EXPECT_EQ(parsed[0].error().span.begin_byte, 10U);
}

TEST(SyntaxErrors, NothingToRead) {
  for (const std::string_view text :
       {"", " \n", ";;;", "-- only a comment", "/* one */ ; -- two"}) {
    EXPECT_TRUE(parse(text).empty()) << text;
  }
}

TEST(SyntaxErrors, UnclosedQuotesAndComments) {
  EXPECT_TRUE(outcome("SELECT 'abc; DROP TABLE t").starts_with("unterminated quoted string"));
  EXPECT_TRUE(outcome("SELECT \"abc").starts_with("unterminated quoted identifier"));
  EXPECT_TRUE(outcome("SELECT $$abc; SELECT 1").starts_with("unterminated dollar-quoted string"));
  EXPECT_TRUE(outcome("SELECT 1; /* abc").starts_with("ok;unterminated /* comment"));
}

TEST(HostileInput, BytesThatAreNoText) {
  EXPECT_EQ(outcome(std::string_view("SELECT 1; SELECT \0 2; SELECT 3", 30)),
            "ok;invalid byte 0x00;ok;");
  const auto parsed = parse("SELECT 'caf\xE9'; SELECT \"\xFF\" FROM t");
  ASSERT_EQ(parsed.size(), 2U);
  EXPECT_EQ(parsed[0]->sql, "SELECT 'caf_'");
  EXPECT_TRUE(parsed[1].has_value());
}

TEST(HostileInput, DeepNestingIsOneError) {
  const std::vector<std::string> texts = {
      "SELECT " + repeated("(", 10'000) + "1" + repeated(")", 10'000),
      "SELECT 1" + repeated("+1", 100'000),
      "SELECT " + repeated("NOT ", 5'000) + "a",
      "SELECT " + repeated("f(", 2'000) + "1" + repeated(")", 2'000),
      "SELECT " + repeated("(SELECT ", 800) + "1" + repeated(")", 800),
      "SELECT 1" + repeated(" UNION SELECT 1", 3'000),
      "SELECT " + repeated("CASE WHEN a THEN ", 1'500) + "1" + repeated(" END", 1'500),
      "SELECT * FROM a" + repeated(" JOIN b USING (x)", 3'000),
      repeated("(", 200'000),
  };
  for (const std::string& text : texts) {
    const auto parsed = parse(text);
    ASSERT_EQ(parsed.size(), 1U) << text.substr(0, 40);
    EXPECT_FALSE(parsed[0].has_value()) << text.substr(0, 40);
    EXPECT_LE(parsed[0].error().message.size(), 250U);
  }
}

TEST(HostileInput, LongListsAreReadAndBounded) {
  const auto conditions = parse("SELECT a" + repeated(" AND a", 100'000));
  ASSERT_EQ(conditions.size(), 1U);
  ASSERT_TRUE(conditions[0].has_value());
  const auto& select = std::get<model::Select>(conditions[0]->operation);
  EXPECT_EQ(select.query.targets[0].expression.args.size(), model::kMaxListedArguments);
  const auto rows = parse("INSERT INTO t VALUES (1)" + repeated(", (1)", 50'000));
  ASSERT_TRUE(rows[0].has_value());
  const auto& insert = std::get<model::Insert>(rows[0]->operation);
  EXPECT_EQ(insert.row_count, 50'001U);
  EXPECT_EQ(insert.rows.size(), 1000U);
}

TEST(HostileInput, ChainsOfOrdinaryLengthAreRead) {
  EXPECT_EQ(outcome("SELECT 'a'" + repeated(" || 'a'", 200)), "ok;");
  EXPECT_EQ(outcome("SELECT 1" + repeated(" UNION ALL SELECT 1", 200)), "ok;");
}

TEST(HostileInput, OddBytesDoNotCrash) {
  const std::vector<std::string> texts = {
      repeated("/*", 100'000),
      repeated("$a$", 100'001),
      repeated("'", 100'001),
      repeated("\"", 100'001),
      repeated(";", 100'000),
      repeated("\\", 1'000),
      repeated("]", 1'000),
      repeated("([", 1'000),
      "\xEF\xBB\xBF",
      "\xEF\xBB",
      "$",
      "$1$",
      "U&",
      "E'\\",
      "SELECT 0x",
      "SELECT 1.",
      "a.",
      "BEGIN ATOMIC",
  };
  for (const std::string& text : texts) (void)parse(text);
}

TEST(Threads, ParsingIsSafeOnSeveralThreads) {
  std::vector<std::string> results(4);
  {
    std::vector<std::jthread> threads;
    for (std::string& result : results) {
      threads.emplace_back([&result] {
        for (int i = 0; i < 200; ++i) {
          result = model::dump(parse("CREATE TABLE t (a int DEFAULT 1)")[0]->operation);
          (void)parse("SELECT FROM WHERE");
        }
      });
    }
  }
  for (const std::string& result : results) {
    EXPECT_EQ(result, "CreateTable(table=t columns=[a(type=integer default=1)])");
  }
}

TEST(Version, IsTheParsers) { EXPECT_GE(parser_version(), "15"); }

}  // namespace
}  // namespace forelock::sql
