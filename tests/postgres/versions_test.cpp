// What differs between the versions of PostgreSQL, by the manual and the release notes of each: the
// conformance tests hold the simulation against one installed server only.

#include <gtest/gtest.h>

#include "tests/postgres/harness.h"

namespace forelock::postgres::testing {
namespace {

struct Difference {
  const char* name;
  const char* setup;
  const char* statement;
  int since;           ///< The first version that does what `after` says.
  const char* before;  ///< "error", or "locks / rewrites / scans".
  const char* after;
};

std::string summary(const Effects& effects) {
  if (effects.error) return error(effects);
  return locks(effects) + " / " + names(effects.rewrites) + " / " + names(effects.scans);
}

class VersionTest : public ::testing::TestWithParam<Difference> {};

TEST_P(VersionTest, DiffersFromTheOneBefore) {
  const Difference& test = GetParam();
  for (const int version : {test.since - 1, test.since}) {
    Replay replay = strict(version);
    run(replay, test.setup);
    EXPECT_EQ(summary(run(replay, test.statement)), version < test.since ? test.before : test.after)
        << "version " << version;
  }
}

constexpr const char* kTable =
    "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t SELECT g, g FROM "
    "generate_series(1, 9) g";
constexpr const char* kTrees =
    "CREATE TABLE m (id int NOT NULL, v int) PARTITION BY RANGE (id); CREATE TABLE m1 PARTITION OF "
    "m FOR VALUES FROM (1) TO (10); INSERT INTO m VALUES (1, 1); CREATE TABLE p (id int PRIMARY "
    "KEY); INSERT INTO p VALUES (1); CREATE TABLE par (id int); CREATE TABLE kid () INHERITS "
    "(par); INSERT INTO par VALUES (1); INSERT INTO kid VALUES (1); CREATE VIEW v AS SELECT * FROM "
    "p; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE TRIGGER g "
    "AFTER "
    "INSERT ON m FOR EACH ROW EXECUTE FUNCTION f()";
constexpr const char* kAll = "t:AccessExclusiveLock /  / ";
constexpr const char* kScanned = "t:AccessExclusiveLock /  / t";
constexpr const char* kWritten = "t:AccessExclusiveLock / t / t";

INSTANTIATE_TEST_SUITE_P(
    Versions, VersionTest,
    ::testing::Values(
        Difference{"DropExpression", kTable, "ALTER TABLE t ALTER a DROP EXPRESSION IF EXISTS", 13,
                   "42601", kAll},
        Difference{"Compression", "CREATE TABLE t (d text)",
                   "ALTER TABLE t ALTER d SET COMPRESSION pglz", 14, "42601", kAll},
        Difference{"DetachConcurrently", kTrees, "ALTER TABLE m DETACH PARTITION m1 CONCURRENTLY",
                   14, "42601", "m1:AccessExclusiveLock m:ShareUpdateExclusiveLock /  / "},
        Difference{
            "ReplaceTrigger", kTrees,
            "CREATE OR REPLACE TRIGGER g AFTER INSERT ON m FOR EACH ROW EXECUTE FUNCTION f()", 14,
            "42601", "m1:ShareRowExclusiveLock m:ShareRowExclusiveLock /  / "},
        Difference{"Merge", kTrees,
                   "MERGE INTO p USING par ON p.id = par.id WHEN MATCHED THEN DELETE", 15, "42601",
                   "p:RowExclusiveLock /  / kid p par"},
        Difference{"NullsNotDistinct", kTable, "ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (a)",
                   15, "42601", kScanned},
        Difference{"AccessMethod", kTable, "ALTER TABLE t SET ACCESS METHOD heap", 15, "42601",
                   kAll},
        Difference{"RenamedTrigger", kTrees, "ALTER TRIGGER g ON m RENAME TO h", 15,
                   "m:AccessExclusiveLock /  / ",
                   "m1:AccessExclusiveLock m:AccessExclusiveLock /  / "},
        Difference{"NegativeScale", kTable, "ALTER TABLE t ADD x numeric(3, -2)", 15, "22023",
                   kAll},
        Difference{"ColumnStorage", kTable, "ALTER TABLE t ADD x text STORAGE external", 16,
                   "42601", kAll},
        Difference{"UnnamedStatistics", kTable, "CREATE STATISTICS ON id, a FROM t", 16, "42601",
                   "t:ShareUpdateExclusiveLock /  / "},
        Difference{"SetExpression", "CREATE TABLE t (a int, g int GENERATED ALWAYS AS (a) STORED)",
                   "ALTER TABLE t ALTER g SET EXPRESSION AS (a + 1)", 17, "42601", kWritten},
        Difference{"IdentityOfPartitions", kTrees,
                   "ALTER TABLE m ADD x int GENERATED ALWAYS AS IDENTITY", 17, "42P16",
                   "m1:AccessExclusiveLock m:AccessExclusiveLock / m1 / m1"},
        Difference{"MergeIntoView", kTrees,
                   "MERGE INTO v USING par ON v.id = par.id WHEN MATCHED THEN DELETE", 17, "0A000",
                   "p:RowExclusiveLock v:RowExclusiveLock /  / kid p par"},
        Difference{"AccessMethodOfPartitioned", kTrees, "ALTER TABLE m SET ACCESS METHOD heap", 17,
                   "42809", "m:AccessExclusiveLock /  / "},
        Difference{"DefaultAccessMethod", kTable, "ALTER TABLE t SET ACCESS METHOD DEFAULT", 17,
                   "42601", kAll},
        Difference{"Maintain", kTable, "GRANT MAINTAIN ON t TO x", 17, "42601", " /  / "},
        Difference{"Exclusion", kTrees, "ALTER TABLE m ADD EXCLUDE USING btree (id WITH =)", 17,
                   "0A000", "m1:ShareLock m:AccessExclusiveLock /  / m1"},
        Difference{"VirtualColumn", kTable, "ALTER TABLE t ADD x int GENERATED ALWAYS AS (a + 1)",
                   18, "42601", kAll},
        Difference{"NotEnforcedCheck", kTable, "ALTER TABLE t ADD CHECK (a > 0) NOT ENFORCED", 18,
                   "42601", kAll},
        Difference{"NotValidNotNull", kTable, "ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID",
                   18, "42601", kAll},
        Difference{
            "NotValidKeyOfPartitioned", kTrees,
            "ALTER TABLE m ADD FOREIGN KEY (v) REFERENCES p NOT VALID", 18, "42809",
            "m1:ShareRowExclusiveLock m:ShareRowExclusiveLock p:ShareRowExclusiveLock /  / "},
        Difference{"UnloggedPartitioned", kTrees, "ALTER TABLE m SET UNLOGGED", 18,
                   "m:AccessExclusiveLock /  / ", "42809"},
        Difference{"CreateUnloggedPartitioned", "",
                   "CREATE UNLOGGED TABLE n (id int) PARTITION BY LIST (id)", 18, " /  / ",
                   "0A000"},
        Difference{"AnalyzedChildren", kTrees, "ANALYZE par", 18,
                   "par:ShareUpdateExclusiveLock /  / ",
                   "kid:ShareUpdateExclusiveLock par:ShareUpdateExclusiveLock /  / "}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Version18, ANotNullConstraintIsValidatedByName) {
  Replay replay = strict(18);
  run(replay, kTable);
  run(replay, "ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID");
  EXPECT_EQ(summary(run(replay, "ALTER TABLE t VALIDATE CONSTRAINT n")),
            "t:ShareUpdateExclusiveLock /  / t");
  EXPECT_EQ(summary(run(replay, "ALTER TABLE t DROP CONSTRAINT n")), kAll);
}

TEST(Version18, AnEnforcedKeyIsChecked) {
  Replay replay = strict(18);
  run(replay, kTrees);
  run(replay, kTable);
  run(replay, "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p NOT ENFORCED");
  run(replay, "INSERT INTO p SELECT g FROM generate_series(2, 9) g");
  EXPECT_EQ(summary(run(replay, "ALTER TABLE t ALTER CONSTRAINT k ENFORCED")),
            "t:AccessExclusiveLock /  / p t");
}

}  // namespace
}  // namespace forelock::postgres::testing
