#include <gtest/gtest.h>

#include <map>
#include <random>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/persistent_map.h"
#include "analyzer/postgres/schema_text.h"
#include "tests/postgres/harness.h"

namespace forelock::postgres::testing {
namespace {

TEST(PersistentMap, BehavesLikeAMap) {
  std::mt19937 random(7);
  PersistentMap<int, int> map;
  std::map<int, int> model;
  for (int i = 0; i < 5000; ++i) {
    const int key = static_cast<int>(random() % 300);
    if (random() % 3 == 0) {
      map.erase(key);
      model.erase(key);
    } else {
      map.set(key, i);
      model[key] = i;
    }
  }
  std::map<int, int> seen;
  map.for_each([&](int key, int value) { seen[key] = value; });
  EXPECT_EQ(seen, model);
}

TEST(PersistentMap, FindsEveryChange) {
  std::mt19937 random(11);
  PersistentMap<int, int> before;
  std::map<int, int> old_model;
  for (int i = 0; i < 400; ++i) {
    const int key = static_cast<int>(random() % 600);
    before.set(key, i);
    old_model[key] = i;
  }
  for (int round = 0; round < 50; ++round) {
    PersistentMap<int, int> after = before;
    std::map<int, int> new_model = old_model;
    for (int i = 0; i < round; ++i) {
      const int key = static_cast<int>(random() % 600);
      if (random() % 2 == 0) {
        after.erase(key);
        new_model.erase(key);
      } else {
        after.set(key, -i - 1);
        new_model[key] = -i - 1;
      }
    }
    std::map<int, int> rebuilt = old_model;
    PersistentMap<int, int>::for_each_change(
        before, after, [&](int key, const int* old_value, const int* new_value) {
          EXPECT_EQ(old_value != nullptr, old_model.contains(key));
          if (new_value == nullptr) {
            rebuilt.erase(key);
          } else {
            rebuilt[key] = *new_value;
          }
        });
    EXPECT_EQ(rebuilt, new_model);
  }
}

TEST(Names, AreCutAsPostgresCutsThem) {
  EXPECT_EQ(make_object_name("t", "a", "key"), "t_a_key");
  EXPECT_EQ(make_object_name("t", "", "pkey"), "t_pkey");
  const std::string name = make_object_name(std::string(60, 't'), std::string(60, 'c'), "fkey");
  EXPECT_EQ(name.size(), 63U);
  EXPECT_TRUE(name.ends_with("_fkey"));
}

TEST(Names, ImplicitOnesCountOn) {
  Replay replay = strict();
  run(replay,
      "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int UNIQUE CHECK (a > 0), b int, "
      "FOREIGN KEY (a) REFERENCES p); CREATE INDEX ON t (a); CREATE INDEX ON t (a); "
      "CREATE INDEX ON t (lower(b::text)); ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p NOT "
      "VALID");
  const Relation* table = replay.catalog().find_table({"", "t"});
  ASSERT_NE(table, nullptr);
  for (const char* name : {"t_a_key", "t_a_check", "t_a_fkey", "t_a_fkey1"}) {
    EXPECT_NE(table->constraint_named(name), nullptr) << name;
  }
  for (const char* name : {"t_a_idx", "t_a_idx1", "t_lower_idx"}) {
    EXPECT_NE(replay.catalog().find_index({"", name}), nullptr) << name;
  }
}

struct Definition {
  const char* sql;
  const char* printed;
};

TEST(SchemaText, ConstraintsReadAsTheServerPrintsThem) {
  const Definition definitions[] = {
      {"CHECK (a > 0)", "CHECK ((a > 0))"},
      {"CHECK (a > 0 AND a < 10)", "CHECK (((a > 0) AND (a < 10)))"},
      {"CHECK (c <> 'zz')", "CHECK (((c)::text <> 'zz'::text))"},
      {"CHECK (d IN ('a', 'b'))", "CHECK ((d = ANY (ARRAY['a'::text, 'b'::text])))"},
      {"CHECK (a IS NOT NULL)", "CHECK ((a IS NOT NULL))"},
      {"CHECK (a BETWEEN 1 AND 5)", "CHECK (((a >= 1) AND (a <= 5)))"},
      {"UNIQUE (a, d)", "UNIQUE (a, d)"},
      {"FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE",
       "FOREIGN KEY (a) REFERENCES p(id) ON DELETE CASCADE"},
      {"CHECK (a > 0) NOT VALID", "CHECK ((a > 0)) NOT VALID"},
  };
  for (const Definition& definition : definitions) {
    Replay replay = strict();
    run(replay,
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int, c varchar(10), d text)");
    run(replay, std::string("ALTER TABLE t ADD CONSTRAINT x ") + definition.sql);
    const Relation* table = replay.catalog().find_table({"", "t"});
    const CatalogConstraint* constraint = table->constraint_named("x");
    ASSERT_NE(constraint, nullptr) << definition.sql;
    EXPECT_EQ(constraint_definition(replay.catalog(), *table, *constraint), definition.printed);
  }
}

TEST(SchemaText, IndexesReadAsTheServerPrintsThem) {
  Replay replay = strict();
  run(replay,
      "CREATE TABLE t (a int, c varchar(10)); CREATE UNIQUE INDEX i ON t (a DESC, lower(c)) WHERE "
      "a > 5");
  const Relation* index = replay.catalog().find_index({"", "i"});
  ASSERT_NE(index, nullptr);
  EXPECT_EQ(
      index_definition(replay.catalog(), *index),
      "CREATE UNIQUE INDEX i ON public.t USING btree (a DESC, lower((c)::text)) WHERE (a > 5)");
}

TEST(Compare, AnUpgradeAndItsInverseAreEqual) {
  Replay replay = strict();
  run(replay, "CREATE TABLE t (id serial PRIMARY KEY, a int)");
  const Catalog before = replay.catalog();
  run(replay, "ALTER TABLE t ADD b text; CREATE INDEX t_b ON t (b); ALTER TABLE t DROP a");
  std::vector<Difference> differences = compare(before, replay.catalog());
  ASSERT_EQ(differences.size(), 3U);
  EXPECT_EQ(differences[0].object, "t.a");
  EXPECT_EQ(differences[0].change, Difference::Change::kMissing);
  run(replay, "ALTER TABLE t DROP b; ALTER TABLE t ADD a int");
  differences = compare(before, replay.catalog());
  EXPECT_TRUE(differences.empty()) << differences[0].object << " " << differences[0].detail;
}

TEST(SchemaText, ItsOwnDdlGivesAnEqualCatalog) {
  Replay replay = strict();
  run(replay,
      "CREATE SCHEMA s; CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE p (id serial PRIMARY "
      "KEY, m "
      "mood DEFAULT 'a', CHECK (id > 0)); CREATE TABLE s.ch (id bigint GENERATED ALWAYS AS "
      "IDENTITY, "
      "p_id int REFERENCES p ON DELETE CASCADE); CREATE INDEX ON s.ch (p_id) WHERE id > 5; CREATE "
      "VIEW "
      "v AS SELECT id FROM p; COMMENT ON TABLE p IS 'it''s'");
  Replay again = strict();
  const std::string ddl = schema_ddl(replay.catalog());
  for (const model::Statement& statement : statements(ddl)) {
    const Effects effects = again.apply(statement);
    EXPECT_FALSE(effects.error.has_value()) << statement.sql << ": " << error(effects);
  }
  EXPECT_EQ(schema_ddl(again.catalog()), ddl);
}

}  // namespace
}  // namespace forelock::postgres::testing
