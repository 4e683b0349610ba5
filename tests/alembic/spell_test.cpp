#include <gtest/gtest.h>

#include "analyzer/sql/parse.h"
#include "tests/alembic/support.h"

namespace forelock::alembic {
namespace {

/// A call that is spelled for a statement compiles to that statement again.
TEST(Spell, RoundTripsThroughTheCompiler) {
  for (const std::string_view sql : {
           "ALTER TABLE t ADD COLUMN a INTEGER NOT NULL",
           "ALTER TABLE s.t ADD COLUMN a VARCHAR(20) DEFAULT 'x' NOT NULL",
           "ALTER TABLE t DROP COLUMN a",
           "ALTER TABLE t ALTER COLUMN a DROP NOT NULL",
           "ALTER TABLE t ALTER COLUMN a TYPE TEXT",
           "ALTER TABLE t DROP CONSTRAINT c",
           "ALTER TABLE t ADD CONSTRAINT c UNIQUE (a, b)",
           "ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY(a) REFERENCES u (id) ON DELETE CASCADE",
           "CREATE UNIQUE INDEX CONCURRENTLY ix ON t (a, b)",
           "DROP INDEX ix",
           "DROP TABLE t",
           "ALTER TABLE t RENAME TO u",
           "ALTER TABLE t RENAME a TO b",
       }) {
    const auto parsed = sql::parse(sql);
    ASSERT_EQ(parsed.size(), 1U);
    ASSERT_TRUE(parsed[0].has_value()) << sql;
    const auto call = spell_operation(parsed[0]->operation);
    ASSERT_TRUE(call.has_value()) << sql;
    EXPECT_EQ(sql_of(compile_upgrade(*call).upgrade), std::vector<std::string>{std::string(sql)})
        << *call;
  }
}

TEST(Spell, LeavesWhatItCannotSayAlone) {
  const auto parsed = sql::parse("ALTER TABLE t ADD COLUMN a geometry(POINT, 4326)");
  EXPECT_FALSE(spell_operation(parsed.at(0)->operation).has_value());
}

}  // namespace
}  // namespace forelock::alembic
