#include <gtest/gtest.h>

#include "tests/postgres/harness.h"

namespace forelock::postgres::testing {
namespace {

struct Case {
  const char* name;
  const char* setup;
  const char* statement;
  const char* locks;
  const char* rewrites = "";
  const char* rebuilds = "";
  const char* scans = "";
  const char* error = "";
};

class EffectsTest : public ::testing::TestWithParam<Case> {};

TEST_P(EffectsTest, AreThoseOfTheServer) {
  const Case& test = GetParam();
  Replay replay = strict();
  run(replay, test.setup);
  const Effects effects = run(replay, test.statement);
  EXPECT_EQ(error(effects), test.error) << (effects.error ? effects.error->message : "");
  if (effects.error) return;
  EXPECT_EQ(locks(effects), test.locks);
  EXPECT_EQ(names(effects.rewrites), test.rewrites);
  EXPECT_EQ(names(effects.rebuilds), test.rebuilds);
  EXPECT_EQ(names(effects.scans), test.scans);
}

constexpr const char* kTable =
    "CREATE TABLE t (id int PRIMARY KEY, a int, c varchar(10)); INSERT INTO t SELECT g, g FROM "
    "generate_series(1, 9) g; CREATE INDEX t_c ON t (c)";
constexpr const char* kTwo =
    "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p SELECT g FROM generate_series(1, 9) g; "
    "CREATE TABLE ch (id int, p_id int REFERENCES p); INSERT INTO ch SELECT g, g FROM "
    "generate_series(1, 9) g";
constexpr const char* kPartitioned =
    "CREATE TABLE m (id int NOT NULL, v int) PARTITION BY RANGE (id); "
    "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (1) TO (10); CREATE TABLE att (id int NOT "
    "NULL, "
    "v int)";

INSTANTIATE_TEST_SUITE_P(
    Statements, EffectsTest,
    ::testing::Values(
        Case{"StableDefault", kTable, "ALTER TABLE t ADD x timestamptz DEFAULT now()",
             "t:AccessExclusiveLock"},
        Case{"VolatileDefault", kTable, "ALTER TABLE t ADD x uuid DEFAULT gen_random_uuid()",
             "t:AccessExclusiveLock", "t", "t_c t_pkey", "t"},
        Case{"InlinedFunction",
             "CREATE TABLE t (id int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 7'",
             "ALTER TABLE t ADD x int DEFAULT f()", "t:AccessExclusiveLock"},
        Case{"Widening", kTable, "ALTER TABLE t ALTER c TYPE varchar(20)", "t:AccessExclusiveLock"},
        Case{"Narrowing", kTable, "ALTER TABLE t ALTER c TYPE varchar(5)", "t:AccessExclusiveLock",
             "t", "t_c t_pkey", "t"},
        Case{"NoCast", kTable, "ALTER TABLE t ALTER c TYPE int", "", "", "", "", "42804"},
        Case{"ProvedNotNull", "CREATE TABLE t (a int); ALTER TABLE t ADD CHECK (a IS NOT NULL)",
             "ALTER TABLE t ALTER a SET NOT NULL", "t:AccessExclusiveLock"},
        Case{"NotNullIsScanned", kTable, "ALTER TABLE t ALTER a SET NOT NULL",
             "t:AccessExclusiveLock", "", "", "t"},
        Case{"DropForeignKey", kTwo, "ALTER TABLE ch DROP CONSTRAINT ch_p_id_fkey",
             "ch:AccessExclusiveLock p:AccessExclusiveLock"},
        Case{"ValidateForeignKey",
             "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE ch (p_id int); INSERT INTO ch "
             "SELECT "
             "g FROM generate_series(1, 9) g; INSERT INTO p SELECT g FROM generate_series(1, 9) g; "
             "ALTER TABLE ch ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p NOT VALID",
             "ALTER TABLE ch VALIDATE CONSTRAINT fk", "ch:ShareUpdateExclusiveLock", "", "",
             "ch p"},
        Case{"DropReferenced", kTwo, "DROP TABLE p", "", "", "", "", "2BP01"},
        Case{"DropCascade", kTwo, "DROP TABLE p CASCADE",
             "ch:AccessExclusiveLock p:AccessExclusiveLock"},
        Case{"Attach", kPartitioned,
             "ALTER TABLE m ATTACH PARTITION att FOR VALUES FROM (10) TO (20)",
             "att:AccessExclusiveLock m:ShareUpdateExclusiveLock", "", "", "att"},
        Case{"AttachOverlapping", kPartitioned,
             "ALTER TABLE m ATTACH PARTITION att FOR VALUES FROM (5) TO (20)", "", "", "", "",
             "42P17"},
        Case{"SerialColumnGoes", "CREATE TABLE t (id serial, a int)", "ALTER TABLE t DROP id",
             "t:AccessExclusiveLock"},
        Case{"Concurrently", kTable, "CREATE INDEX CONCURRENTLY ON t (a)",
             "t:ShareUpdateExclusiveLock", "", "", "t"},
        Case{"MissingTable", "", "ALTER TABLE nosuch ADD x int", "", "", "", "", "42P01"},
        Case{"MissingColumn", kTable, "ALTER TABLE t DROP nosuch", "", "", "", "", "42703"},
        Case{"Comment", kTable, "COMMENT ON TABLE t IS 'x'", "t:ShareUpdateExclusiveLock"}),
    [](const ::testing::TestParamInfo<Case>& param) { return param.param.name; });

TEST(Rows, CascadesInACircleEnd) {
  Replay replay = strict();
  const Effects effects = run(replay,
                              "CREATE TABLE a (id int PRIMARY KEY, b int); "
                              "CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a ON DELETE "
                              "CASCADE); "
                              "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b ON DELETE CASCADE; "
                              "DELETE FROM a");
  EXPECT_EQ(locks(effects), "a:RowExclusiveLock b:RowExclusiveLock");
}

TEST(Rows, KnownValuesAreForgottenWithAChange) {
  const std::string start =
      "CREATE TABLE t (id int, c text); "
      "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 9) g; ";
  const std::string check = "ALTER TABLE t ADD CHECK (id < 5)";
  Replay known = strict();
  EXPECT_EQ(error(run(known, start + check)), "23514");
  Replay changed = strict();
  EXPECT_EQ(error(run(changed, start + "UPDATE t SET id = 1 WHERE id > 4; " + check)), "");
  Replay removed = strict();
  EXPECT_EQ(error(run(removed, start + "DELETE FROM t WHERE id > 4; " + check)), "");
}

TEST(Rows, AForeignKeyIsRefusedOnlyByWhatIsKnown) {
  const std::string start =
      "CREATE TABLE p (id serial PRIMARY KEY, c text); CREATE TABLE ch (p_id int REFERENCES p); ";
  const std::string refers = "INSERT INTO ch VALUES (7)";
  Replay empty = strict();
  EXPECT_EQ(error(run(empty, start + refers)), "23503");
  Replay known = strict();
  EXPECT_EQ(error(run(known, start + "INSERT INTO p VALUES (1, 'a'), (2, 'b'); " + refers)),
            "23503");
  Replay numbered = strict();
  EXPECT_EQ(error(run(numbered, start +
                                    "INSERT INTO p VALUES (1, 'a'); INSERT INTO p (c) VALUES "
                                    "('b'); " +
                                    refers)),
            "");
  Replay changed = strict();
  EXPECT_EQ(error(run(changed, start +
                                   "INSERT INTO p VALUES (6, 'a'); UPDATE p SET id = id + 1; "
                                   "INSERT INTO p VALUES (9, 'b'); " +
                                   refers)),
            "");
  Replay copied = strict();
  EXPECT_EQ(error(run(copied, start +
                                  "INSERT INTO p VALUES (1, 'a'); INSERT INTO p SELECT oid, 'b' "
                                  "FROM pg_class; " +
                                  refers)),
            "");
}

TEST(Transactions, ConcurrentlyIsRefused) {
  Replay replay = strict();
  run(replay, "CREATE TABLE t (a int)");
  replay.begin_transaction();
  const Effects effects = run(replay, "CREATE INDEX CONCURRENTLY ON t (a)");
  EXPECT_EQ(error(effects), "25001");
  EXPECT_FALSE(effects.runs_in_transaction);
}

TEST(Transactions, RollbackUndoes) {
  Replay replay = strict();
  run(replay, "CREATE TABLE t (a int); BEGIN; DROP TABLE t; SAVEPOINT s; CREATE TABLE u (a int)");
  EXPECT_NE(replay.catalog().find_table({"", "u"}), nullptr);
  run(replay, "ROLLBACK TO s");
  EXPECT_EQ(replay.catalog().find_table({"", "u"}), nullptr);
  run(replay, "ROLLBACK");
  EXPECT_NE(replay.catalog().find_table({"", "t"}), nullptr);
}

TEST(Transactions, SetLocalEndsWithTheTransaction) {
  Replay replay = strict();
  run(replay, "BEGIN; SET LOCAL lock_timeout = '2s'");
  EXPECT_EQ(replay.session().lock_timeout, "2s");
  run(replay, "COMMIT");
  EXPECT_EQ(replay.session().lock_timeout, "");
}

TEST(Transactions, LocksAreHeldUntilItsEnd) {
  Replay replay = strict();
  run(replay, "CREATE TABLE t (a int); BEGIN; ALTER TABLE t ADD b int");
  ASSERT_EQ(replay.session().held.size(), 1U);
  EXPECT_EQ(replay.session().held[0].lock.mode, LockMode::kAccessExclusive);
  run(replay, "COMMIT");
  EXPECT_TRUE(replay.session().held.empty());
}

TEST(Assumptions, AnUnknownTableIsNoError) {
  Replay replay(ReplayOptions{15, true});
  const Effects effects = run(replay, "ALTER TABLE users ALTER email SET NOT NULL");
  EXPECT_FALSE(effects.error.has_value());
  EXPECT_EQ(locks(effects), "users:AccessExclusiveLock");
  EXPECT_EQ(names(effects.scans), "users");
}

TEST(Assumptions, AnUnknownExtensionMayBringFunctionsAndTypes) {
  Replay replay = strict();
  run(replay, kTable);
  EXPECT_EQ(error(run(replay, "SELECT st_makepoint(1, 2)")), "42883");
  run(replay, "CREATE EXTENSION nosuchextension");
  EXPECT_EQ(error(run(replay, "SELECT st_makepoint(1, 2)")), "");
  EXPECT_EQ(error(run(replay, "ALTER TABLE t ADD g geometry DEFAULT st_makepoint(1, 2)")), "");
}

TEST(Assumptions, AnUnknownPartOfABodyIsNoSyntaxError) {
  Replay replay = strict();
  const auto block = statements("DO $$ BEGIN CREATE TYPE mood AS ENUM (?); END $$").front();
  EXPECT_EQ(error(replay.apply(block, model::Certainty::kExact)), "42601");
  const Effects effects = replay.apply(block, model::Certainty::kPartial);
  EXPECT_EQ(error(effects), "");
  EXPECT_TRUE(effects.risks.empty());
}

TEST(Assumptions, NothingIsCertainAfterSqlThatIsNotKnown) {
  Replay replay = strict();
  replay.apply_unknown();
  const Effects effects = run(replay, "ALTER TABLE users ADD x int");
  ASSERT_TRUE(effects.error.has_value());
  EXPECT_FALSE(effects.error->certain);
}

TEST(Locks, TheConflictMatrixIsSymmetric) {
  for (int a = 1; a <= 8; ++a) {
    for (int b = 1; b <= 8; ++b) {
      EXPECT_EQ(conflicts(static_cast<LockMode>(a), static_cast<LockMode>(b)),
                conflicts(static_cast<LockMode>(b), static_cast<LockMode>(a)));
    }
  }
  EXPECT_FALSE(blocks_reads(LockMode::kExclusive));
  EXPECT_TRUE(blocks_reads(LockMode::kAccessExclusive));
  EXPECT_TRUE(blocks_writes(LockMode::kShare));
  EXPECT_FALSE(blocks_writes(LockMode::kShareUpdateExclusive));
}

}  // namespace
}  // namespace forelock::postgres::testing
