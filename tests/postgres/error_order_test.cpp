// Which of several errors of one statement PostgreSQL raises: the order of its checks. Each case
// was run on PostgreSQL 15.

#include <gtest/gtest.h>

#include "tests/postgres/harness.h"

namespace forelock::postgres::testing {
namespace {

struct Case {
  const char* name;
  const char* setup;
  const char* statement;
  const char* error;  ///< Empty: it succeeds.
};

class ErrorOrderTest : public ::testing::TestWithParam<Case> {};

TEST_P(ErrorOrderTest, IsThatOfTheServer) {
  const Case& test = GetParam();
  Replay replay = strict();
  run(replay, test.setup);
  const Effects effects = run(replay, test.statement);
  EXPECT_EQ(error(effects), test.error) << (effects.error ? effects.error->message : "");
}

constexpr const char* kTable =
    "CREATE TABLE t (id int PRIMARY KEY, a int, b text, d int[], g int GENERATED ALWAYS AS (1) "
    "STORED)";
constexpr const char* kParted =
    "CREATE TABLE m (id int, a int NOT NULL, c text) PARTITION BY RANGE (a); "
    "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (10)";
constexpr const char* kTyped =
    "CREATE TYPE c AS (x int, y text); CREATE TABLE o OF c; CREATE TABLE u (v c)";

INSTANTIATE_TEST_SUITE_P(
    Phases, ErrorOrderTest,
    ::testing::Values(
        // Phase 1 looks at every subcommand before phase 2 runs one.
        Case{"NotNullOfANewColumnOfAPartitionedTable", kParted,
             "ALTER TABLE m ADD COLUMN d text, ALTER COLUMN d SET NOT NULL", "42703"},
        Case{"NotNullOfANewColumnOfAPlainTable", kTable,
             "ALTER TABLE t ADD COLUMN e text, ALTER COLUMN e SET NOT NULL", ""},
        Case{"UsingIsReadBeforeTheColumnIsLookedUp", kTable,
             "ALTER TABLE t ALTER COLUMN nosuch TYPE time USING d::int", "42846"},
        Case{"UsingIsReadBeforeColumnsAreDropped", kTable,
             "ALTER TABLE t DROP COLUMN a, ALTER COLUMN b TYPE int USING a", ""},
        Case{"ACastsTypeIsLookedUpFirst", kTable,
             "ALTER TABLE t ALTER COLUMN b TYPE int USING nosuch::text::nosuch", "42704"},
        Case{"OneTypeChangeOnly", kTable,
             "ALTER TABLE t ALTER COLUMN a TYPE bigint, ALTER COLUMN a TYPE text", "0A000"},
        Case{"AKeyIsLookedAtBeforeColumnsAreSet", kTable,
             "ALTER TABLE t ALTER COLUMN nosuch SET NOT NULL, ADD UNIQUE (a, a)", "42701"},
        Case{"AKeysColumnIsMissedLate", kTable,
             "ALTER TABLE t ADD UNIQUE (nosuch), ALTER COLUMN a SET DEFAULT 'x'::jsonb", "42703"},
        Case{"ASecondPrimaryKeyNeedsItsColumns", kTable, "ALTER TABLE t ADD PRIMARY KEY (nosuch)",
             "42703"},
        Case{"DropExpressionAsksForAllTables",
             "CREATE TABLE p (a int); CREATE TABLE ch () INHERITS (p)",
             "ALTER TABLE ONLY p ALTER COLUMN nosuch DROP EXPRESSION", "0A000"},
        Case{"ATypedTableNeedsCascade", kTyped, "ALTER TYPE c ADD ATTRIBUTE z int", "2BP01"},
        Case{"AStoredRowTypeComesFirst", kTyped, "ALTER TYPE c ALTER ATTRIBUTE x TYPE bigint",
             "0A000"},
        Case{"ACertainErrorBeatsTheRows",
             "CREATE TABLE r (a int, b int); INSERT INTO r (a) VALUES (1)",
             "ALTER TABLE r ALTER COLUMN b SET NOT NULL, SET (nosuch = 1)", "22023"}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Lookups, ErrorOrderTest,
    ::testing::Values(
        Case{"ABoundIsReadBeforeThePartition", kParted,
             "ALTER TABLE m ATTACH PARTITION nosuch FOR VALUES IN (1)", "42P16"},
        Case{"AnEmptyRangeIsSeenBeforeColumns",
             "CREATE TABLE m (id int, a int) PARTITION BY RANGE (a); CREATE TABLE t (a int)",
             "ALTER TABLE m ATTACH PARTITION t FOR VALUES FROM (3) TO (2)", "42P17"},
        Case{"ARemainderIsBounded", "CREATE TABLE h (a int) PARTITION BY HASH (a)",
             "CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 2)", "42P16"},
        Case{"DropIndexConcurrentlyNeverCascades", "", "DROP INDEX CONCURRENTLY nosuch CASCADE",
             "0A000"},
        Case{"AnIndexExpressionIsReadFirst", kParted,
             "CREATE INDEX CONCURRENTLY i ON m ((nosuch + 1))", "42703"},
        Case{"ExclusionIsRefusedBeforeTheNameIsTaken", kTable,
             "CREATE TABLE t (a int, EXCLUDE USING btree (a WITH =)) PARTITION BY RANGE (a)",
             "0A000"},
        Case{"ParentsAreMergedBeforeTheNameIsTaken",
             "CREATE TABLE a (x text COLLATE \"C\"); CREATE TABLE b (x text)",
             "CREATE TABLE a () INHERITS (a, b)", "42P21"},
        Case{"DefaultsOfParentsMustAgree",
             "CREATE TABLE a (x int DEFAULT 1); CREATE TABLE b (x int DEFAULT 2)",
             "CREATE TABLE c () INHERITS (a, b)", "42611"},
        Case{"AFunctionIsLookedUpBeforeTheSchema", "", "ALTER FUNCTION f() SET SCHEMA nosuch",
             "42883"},
        Case{"AViewIsNotRefreshed", "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t",
             "REFRESH MATERIALIZED VIEW CONCURRENTLY v", "42809"},
        Case{"ATableIsNotRefreshed", "CREATE TABLE t (a int)", "REFRESH MATERIALIZED VIEW t",
             "0A000"},
        Case{"AnEmptyMaterializedViewIsNotRead",
             "CREATE TABLE t (a int); CREATE MATERIALIZED VIEW w AS SELECT a FROM t WITH NO DATA",
             "SELECT * FROM w", "55000"},
        Case{"DetachingConcurrentlyNeedsNoTransaction", "BEGIN",
             "ALTER TABLE nosuch DETACH PARTITION t CONCURRENTLY", "25001"},
        Case{"AGeneratedColumnIsNotSetByItsKey", kTable,
             "ALTER TABLE t ADD FOREIGN KEY (g) REFERENCES t (id) ON DELETE SET DEFAULT", "42601"},
        Case{"ABodysQueryNeedsADestination", kTable, "DO $$ BEGIN SELECT a FROM t; END $$",
             "42601"},
        Case{"ABodysQueryIsReadFirst", kTable, "DO $$ BEGIN SELECT nosuch FROM t; END $$", "42703"},
        Case{"ABodysConditionIsChecked", kTable, "DO $$ BEGIN DELETE FROM t WHERE b > 1; END $$",
             "42883"},
        Case{"PerformNeedsNoDestination", kTable, "DO $$ BEGIN PERFORM a FROM t; END $$", ""},
        Case{"AQuerysValueIsNoDefault", kTable, "INSERT INTO t (id, g) SELECT 1, 2", "428C9"},
        Case{"AnOwnedSequenceDoesNotMove", "CREATE TABLE s (id serial)",
             "ALTER SEQUENCE s_id_seq SET SCHEMA nosuch", "0A000"}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Types, ErrorOrderTest,
    ::testing::Values(
        Case{"ARangesLowerBoundIsItsSubtype",
             "CREATE TYPE r AS RANGE (SUBTYPE = int); CREATE TABLE t (b r)",
             "CREATE INDEX ON t USING gist (lower(b))", "42704"},
        Case{"ARowIsNoLiteralOfAnonymousType", "CREATE TYPE c AS (x int); CREATE TABLE t (a c)",
             "SELECT 1 FROM t WHERE a = 'x'", "0A000"},
        Case{"InTakesTheColumnsType", "CREATE TYPE c AS (x int); CREATE TABLE t (a c)",
             "SELECT 1 FROM t WHERE a IN ('x', 'y')", "22P02"},
        Case{"OneElementIsNoList", "CREATE TABLE t (a int)", "SELECT 1 FROM t WHERE a IN ('x')",
             "22P02"},
        Case{"InsertSelectAssignsTypes", "CREATE TABLE t (a int, b text)",
             "INSERT INTO t (a) SELECT b FROM t", "42804"},
        Case{"InsertSelectReadsLiterals", "CREATE TABLE t (a int, b text)",
             "INSERT INTO t (a) SELECT '5'", ""},
        Case{"AliasedColumnsAreLookedUp", "CREATE TABLE t (a int); CREATE TABLE u (b int)",
             "SELECT x.b FROM t x JOIN u y ON x.a = y.b", "42703"},
        Case{"AJoinIsReadBeforeTheList", "CREATE TABLE t (a int); CREATE TABLE u (b text)",
             "SELECT nosuch FROM t x JOIN u y ON x.a = y.b", "42883"},
        Case{"TwoColumnsAreAmbiguous", "CREATE TABLE t (a int); CREATE TABLE u (a int)",
             "SELECT a FROM t, u", "42702"},
        Case{"BranchesHaveAsManyColumns", "CREATE TABLE t (a int, b int)",
             "SELECT a FROM t UNION SELECT a, b FROM t", "42601"},
        Case{"BranchesHaveTypesThatFit", "CREATE TABLE t (a int, b text)",
             "SELECT a FROM t UNION SELECT b FROM t", "42804"},
        Case{"CaseHasOneType", "CREATE TABLE t (a int, b text)",
             "SELECT CASE WHEN a > 0 THEN a ELSE b END FROM t", "42804"},
        Case{"ATriggersConditionIsChecked",
             "CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
             "'BEGIN RETURN NEW; END'",
             "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH STATEMENT WHEN (NEW.a > 0) EXECUTE "
             "FUNCTION f()",
             "42P17"}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Literals, ErrorOrderTest,
    ::testing::Values(Case{"NoDate", "", "SELECT 'nodate'::date", "22007"},
                      Case{"NoSuchDay", "", "SELECT '2024-02-30'::date", "22008"},
                      Case{"NoSuchMonth", "", "SELECT '2024-13-01'::timestamp", "22008"},
                      Case{"AClockIsNoDate", "", "SELECT '12:00'::date", "22007"},
                      Case{"ADateIsNoClock", "", "SELECT '2024-01-01'::time", "22007"},
                      Case{"AMoment", "", "SELECT '2024-01-01T10:00:00Z'::timestamptz", ""},
                      Case{"AMonthByName", "", "SELECT 'Jan 5 2024'::date", ""},
                      Case{"AnInterval", "", "SELECT '1 day 2:03'::interval", ""},
                      Case{"ADateIsNoInterval", "", "SELECT '2024-01-01'::interval", "22007"},
                      Case{"TooLarge", "", "SELECT '3000000000'::int", "22003"},
                      Case{"BadElement", "", "SELECT '{1,x}'::int[]", "22P02"},
                      Case{"BadBound", "", "SELECT '[a,b]'::int4range", "22P02"},
                      Case{"BackwardRange", "", "SELECT '[5,1)'::int4range", "22000"},
                      Case{"OpenJson", "", "SELECT '{\"a\":}'::jsonb", "22P02"},
                      Case{"NoAddress", "", "SELECT '10.0.0.300'::inet", "22P02"},
                      Case{"NoUuid", "", "SELECT 'a0eebc99'::uuid", "22P02"}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Others, ErrorOrderTest,
    ::testing::Values(
        Case{"StatisticsNameIsTakenBeforeColumns",
             "CREATE TABLE t (a int, b int); CREATE STATISTICS s ON a, b FROM t",
             "CREATE STATISTICS s ON a, nosuch FROM t", "42710"},
        Case{"StatisticsNeedAnOrder", "CREATE TABLE t (a int, b json)",
             "CREATE STATISTICS s ON a, b FROM t", "0A000"},
        Case{"AViewKeepsCollations", "CREATE TABLE t (a text); CREATE VIEW v AS SELECT a FROM t",
             "CREATE OR REPLACE VIEW v AS SELECT a COLLATE \"C\" AS a FROM t", "42P16"},
        Case{"AMultirangeTakesItsName", "CREATE TYPE m_multirange AS (x int)",
             "CREATE TYPE m_range AS RANGE (SUBTYPE = int, MULTIRANGE_TYPE_NAME = m_multirange)",
             "42710"},
        Case{"ARulesConditionIsChecked", "CREATE TABLE t (a int)",
             "CREATE RULE r AS ON INSERT TO t WHERE NEW.nosuch > 0 DO NOTHING", "42703"},
        Case{"ARulesActionIsChecked", "CREATE TABLE t (a int)",
             "CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO nosuch VALUES (1)", "42P01"},
        Case{"DoUpdateNeedsATarget", "CREATE TABLE t (a int PRIMARY KEY)",
             "INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET a = 2", "42601"},
        Case{"AConflictColumnTwice", "CREATE TABLE t (a int PRIMARY KEY)",
             "INSERT INTO t VALUES (1) ON CONFLICT (a, a) DO NOTHING", ""},
        Case{"TheArbiterIsLookedForLast",
             "CREATE TABLE t (a int, b int GENERATED ALWAYS AS IDENTITY)",
             "INSERT INTO t VALUES (1, 2) ON CONFLICT (a) DO NOTHING", "428C9"},
        Case{"AnEmptyMaterializedViewIsNotWritten",
             "CREATE TABLE t (a int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t WITH NO DATA",
             "DELETE FROM m", "42809"},
        Case{"APartitionedTableKeepsNoMissingValue",
             "CREATE TABLE t (a int) PARTITION BY RANGE (a)",
             "ALTER TABLE t ADD COLUMN d varchar(3) DEFAULT 'longer'", ""},
        Case{"AViewsConditionIsReadBeforeItIsRefused",
             "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a AS x, count(*) AS n FROM t GROUP "
             "BY a",
             "UPDATE v SET x = 1 WHERE a > 0", "42703"},
        Case{"AViewIsWrittenByItsOwnColumns",
             "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a AS x FROM t",
             "UPDATE v SET x = 1 WHERE v.x > 0", ""},
        Case{"DeleteReadsTheViewsColumns",
             "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a AS x FROM t",
             "DELETE FROM v WHERE a > 0", "42703"},
        Case{"ACommentOnNoStatistics", "", "COMMENT ON STATISTICS nosuch IS 'x'", "42704"}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace forelock::postgres::testing
