#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/sql/parse.h"

namespace forelock::sql {
namespace {

using Strings = std::vector<std::string>;

/// Statements of a body: `?` marks conditional ones, `^` those whose errors are caught, `!` dynamic
/// ones, `x` those that do not parse.
Strings statements(std::string_view body) {
  Strings result;
  for (const BodyStatement& statement : parse_plpgsql(body)) {
    std::string shown = statement.conditional ? "?" : "";
    if (statement.caught) shown += "^";
    if (statement.dynamic) shown += "!";
    if (!statement.statement && !statement.dynamic && !statement.raises) shown += "x";
    shown += statement.statement
                 ? statement.statement->sql
                 : std::string(body.substr(statement.span.begin_byte, statement.span.size()));
    result.push_back(std::move(shown));
  }
  return result;
}

TEST(PlPgSql, StaticSqlOfABlock) {
  EXPECT_EQ(statements(" BEGIN ALTER TABLE t ADD COLUMN x int; UPDATE t SET x = 1; END "),
            (Strings{"ALTER TABLE t ADD COLUMN x int", "UPDATE t SET x = 1"}));
}

TEST(PlPgSql, SpansCountInTheBody) {
  const std::string_view body = "BEGIN\n  -- note\n  DROP TABLE t;\nEND";
  const auto read = parse_plpgsql(body);
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(body.substr(read[0].span.begin_byte, read[0].span.size()), "DROP TABLE t");
  EXPECT_EQ(read[0].statement->span, read[0].span);
}

TEST(PlPgSql, ControlStructuresMakeStatementsConditional) {
  EXPECT_EQ(statements(R"(
<<outer>>
DECLARE
  n int := 5;
  c CURSOR FOR SELECT * FROM t;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN
    CREATE TYPE mood AS ENUM ('a');
  ELSIF n > 1 THEN
    DELETE FROM a;
  ELSE
    DELETE FROM b;
  END IF;
  CASE n WHEN 1 THEN DELETE FROM c; ELSE DELETE FROM d; END CASE;
  LOOP EXIT WHEN n > 3; DELETE FROM e; END LOOP;
  WHILE n > 0 LOOP n := n - 1; DELETE FROM f; END LOOP outer;
  FOR i IN 1..3 LOOP DELETE FROM g; END LOOP;
  FOREACH x IN ARRAY xs LOOP DELETE FROM h; END LOOP;
  DELETE FROM z;
END outer;
)"),
            (Strings{"?CREATE TYPE mood AS ENUM ('a')", "?DELETE FROM a", "?DELETE FROM b",
                     "?DELETE FROM c", "?DELETE FROM d", "?DELETE FROM e", "?DELETE FROM f",
                     "?DELETE FROM g", "?DELETE FROM h", "DELETE FROM z"}));
}

TEST(PlPgSql, ExceptionHandlersAreConditional) {
  EXPECT_EQ(statements("BEGIN BEGIN CREATE TYPE m AS ENUM ('a'); EXCEPTION WHEN duplicate_object "
                       "THEN NULL; WHEN others THEN DELETE FROM a; END; DELETE FROM b; END"),
            (Strings{"^CREATE TYPE m AS ENUM ('a')", "?DELETE FROM a", "DELETE FROM b"}));
}

TEST(PlPgSql, RaisedExceptions) {
  EXPECT_EQ(statements("BEGIN RAISE NOTICE 'x'; IF a THEN RAISE 'x'; END IF; RAISE EXCEPTION 'y'; "
                       "EXCEPTION WHEN others THEN RAISE; END"),
            (Strings{"?^RAISE 'x'", "^RAISE EXCEPTION 'y'"}));
  EXPECT_EQ(statements("BEGIN IF a THEN RETURN; END IF; RAISE EXCEPTION 'y'; END"),
            (Strings{"?RAISE EXCEPTION 'y'"}));
}

TEST(PlPgSql, QueriesOfLoopsReturnsAndCursors) {
  EXPECT_EQ(statements("BEGIN FOR r IN SELECT * FROM t LOOP DELETE FROM a; END LOOP; "
                       "FOR r IN EXECUTE q LOOP NULL; END LOOP; RETURN QUERY SELECT 1; "
                       "RETURN QUERY EXECUTE q; OPEN c FOR SELECT 2; RETURN 5; END"),
            (Strings{"SELECT * FROM t", "?DELETE FROM a", "!EXECUTE q", "SELECT 1", "!EXECUTE q",
                     "SELECT 2"}));
}

TEST(PlPgSql, DynamicSqlOfConstantsIsKnown) {
  EXPECT_EQ(
      statements("BEGIN EXECUTE format('ALTER TABLE %I.%I ADD %2$s int DEFAULT %L', 's', 'A', "
                 "'1'); EXECUTE 'DROP ' || 'TABLE ' || quote_ident('t'); EXECUTE "
                 "format('DROP TABLE %I'); EXECUTE format('%z', 'a'); END"),
      (Strings{"ALTER TABLE s.\"A\" ADD A int DEFAULT '1'", "DROP TABLE t",
               "!EXECUTE format('DROP TABLE %I')", "!EXECUTE format('%z', 'a')"}));
}

TEST(PlPgSql, DynamicSqlIsKnownOnlyAsALiteral) {
  EXPECT_EQ(statements("BEGIN EXECUTE 'DROP TABLE a'; EXECUTE $q$DROP TABLE b$q$; EXECUTE "
                       "'DROP TABLE ' || x; EXECUTE format('DROP TABLE %I', x); EXECUTE 'SELECT "
                       "$1' INTO y USING z; EXECUTE 'it''s'; END"),
            (Strings{"DROP TABLE a", "DROP TABLE b", "!EXECUTE 'DROP TABLE ' || x",
                     "!EXECUTE format('DROP TABLE %I', x)", "SELECT $1", "!EXECUTE 'it''s'"}));
}

TEST(PlPgSql, PerformAndIntoKeepTheirPlaces) {
  EXPECT_EQ(statements("BEGIN PERFORM f(1); SELECT a, b INTO STRICT x, y.z FROM t; INSERT INTO t "
                       "VALUES (1) RETURNING id INTO v; END"),
            (Strings{"SELECT  f(1)", "SELECT a, b                    FROM t",
                     "INSERT INTO t VALUES (1) RETURNING id"}));
}

TEST(PlPgSql, OwnStatementsAreNoSql) {
  EXPECT_EQ(
      statements("BEGIN x := 1; r.y[1] := f(2); z = 3; RAISE NOTICE 'a;b %', x; ASSERT x > 0; "
                 "GET DIAGNOSTICS n = ROW_COUNT; NULL; RETURN; END"),
      Strings{});
}

TEST(PlPgSql, BadStatementIsToldAndTheRestRead) {
  EXPECT_EQ(statements("BEGIN DELTE FROM a; DELETE FROM b; END"),
            (Strings{"xDELTE FROM a", "DELETE FROM b"}));
}

TEST(PlPgSql, OddBodiesDoNotCrash) {
  for (const std::string_view body :
       {"", "BEGIN", "END", "BEGIN IF", "BEGIN END END", "DECLARE", "<<", "BEGIN CASE", "BEGIN FOR",
        "BEGIN EXECUTE", "BEGIN ;;; END", "BEGIN SELECT INTO", "BEGIN a.", "BEGIN SELECT 1 INTO a,",
        "BEGIN EXECUTE $", "BEGIN WHEN", "\xFF\xFE", "BEGIN '"}) {
    (void)parse_plpgsql(body);
  }
}

}  // namespace
}  // namespace forelock::sql
