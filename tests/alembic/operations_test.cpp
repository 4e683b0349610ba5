#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/alembic/support.h"

namespace forelock::alembic {
namespace {

struct Case {
  std::string_view name;
  std::string_view python;
  std::vector<std::string> sql;
};

class Operations : public testing::TestWithParam<Case> {};

TEST_P(Operations, GiveTheSqlThatAlembicEmits) {
  const model::Migration migration = compile_upgrade(GetParam().python);
  EXPECT_EQ(sql_of(migration.upgrade), GetParam().sql);
  EXPECT_TRUE(migration.upgrade.complete);
}

INSTANTIATE_TEST_SUITE_P(
    Alembic, Operations,
    testing::Values(
        Case{"AddColumn",
             "op.add_column('t', sa.Column('a', sa.Integer(), nullable=False))",
             {"ALTER TABLE t ADD COLUMN a INTEGER NOT NULL"}},
        Case{"AddForeignKeyColumn",
             "op.add_column('t', sa.Column('a', sa.Integer, sa.ForeignKey('u.id', "
             "ondelete='CASCADE'), index=True, comment='x'))",
             {"ALTER TABLE t ADD COLUMN a INTEGER",
              "ALTER TABLE t ADD FOREIGN KEY(a) REFERENCES u (id) ON DELETE CASCADE",
              "CREATE INDEX ix_t_a ON t (a)", "COMMENT ON COLUMN t.a IS 'x'"}},
        Case{"DropColumn",
             "op.drop_column('t', 'select', schema='s')",
             {"ALTER TABLE s.t DROP COLUMN \"select\""}},
        Case{"AlterColumnOrder",
             "op.alter_column('t', 'a', type_=sa.Text(), nullable=False, server_default='x', "
             "comment='c', new_column_name='b', postgresql_using='a::text')",
             {"ALTER TABLE t ALTER COLUMN a TYPE TEXT USING a::text",
              "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
              "ALTER TABLE t ALTER COLUMN a SET DEFAULT 'x'", "COMMENT ON COLUMN t.a IS 'c'",
              "ALTER TABLE t RENAME a TO b"}},
        Case{"CreateTable",
             "op.create_table('t', sa.Column('id', sa.Integer, nullable=False), "
             "sa.Column('e', sa.Enum('x', name='kind')), sa.PrimaryKeyConstraint('id'))",
             {"CREATE TYPE kind AS ENUM ('x')",
              "CREATE TABLE t (id SERIAL NOT NULL, e kind, PRIMARY KEY (id))"}},
        Case{"ConcurrentIndex",
             "op.create_index('ix', 't', [sa.text('lower(a)')], postgresql_concurrently=True, "
             "postgresql_where=sa.text('a > 0'))",
             {"CREATE INDEX CONCURRENTLY ix ON t (lower(a)) WHERE a > 0"}},
        Case{"DropConstraint",
             "op.drop_constraint('fk', 't', type_='foreignkey')",
             {"ALTER TABLE t DROP CONSTRAINT fk"}},
        Case{"NotValid",
             "op.create_check_constraint('ck', 't', 'a > 0', postgresql_not_valid=True)",
             {"ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0) NOT VALID"}},
        Case{"SeveralStatementsInOneText",
             "op.execute('DELETE FROM a; DELETE FROM b;')",
             {"DELETE FROM a", "DELETE FROM b"}},
        Case{"BoundParameters",
             "op.get_bind().execute(sa.text('UPDATE t SET a = :a WHERE b = :b'), "
             "{'a': 1, 'b': \"it's\"})",
             {"UPDATE t SET a = 1 WHERE b = 'it''s'"}},
        Case{"ExpressionLanguage",
             "t = sa.table('t', sa.column('a', sa.Integer))\n"
             "op.execute(t.update().where(t.c.a == None).values(a=5))",
             {"UPDATE t SET a=5 WHERE t.a IS NULL"}},
        Case{"Batch",
             "with op.batch_alter_table('t') as b:\n"
             "    b.add_column(sa.Column('a', sa.Text))\n"
             "    b.drop_column('c')",
             {"ALTER TABLE t ADD COLUMN a TEXT", "ALTER TABLE t DROP COLUMN c"}}),
    [](const testing::TestParamInfo<Case>& one) { return std::string(one.param.name); });

TEST(Compile, NamingConventionNamesConstraints) {
  CompileOptions options;
  options.naming_convention.patterns = {
      {"ix", "ix__%(column_0_label)s"},
      {"uq", "uq__%(table_name)s__%(column_0_N_name)s"},
      {"ck", "ck__%(table_name)s__%(constraint_name)s"},
      {"fk", "fk__%(table_name)s__%(column_0_name)s__%(referred_table_name)s"},
      {"pk", "pk__%(table_name)s"}};
  const model::Migration migration = compile_upgrade(
      "op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), "
      "sa.Column('u', sa.Integer, sa.ForeignKey('users.id'), index=True), "
      "sa.UniqueConstraint('id', 'u'), sa.CheckConstraint('u > 0', name='positive'))\n"
      "op.drop_constraint('positive', 't', type_='check')\n"
      "op.drop_constraint(op.f('as_it_is'), 't', type_='check')",
      options);
  EXPECT_EQ(sql_of(migration.upgrade),
            (std::vector<std::string>{
                "CREATE TABLE t (id SERIAL NOT NULL, u INTEGER, CONSTRAINT pk__t PRIMARY KEY (id), "
                "CONSTRAINT uq__t__id_u UNIQUE (id, u), CONSTRAINT ck__t__positive CHECK (u > 0), "
                "CONSTRAINT fk__t__u__users FOREIGN KEY(u) REFERENCES users (id))",
                "CREATE INDEX ix__t_u ON t (u)", "ALTER TABLE t DROP CONSTRAINT ck__t__positive",
                "ALTER TABLE t DROP CONSTRAINT as_it_is"}));
}

TEST(Compile, LongNamesAreCutAsSqlAlchemyCutsThem) {
  const model::Migration migration =
      compile_upgrade("op.create_index(op.f('ix_' + 'x' * 80), 't', ['a'])");
  // ix_xxx…_ and the last four digits of the name's MD5.
  const std::vector<std::string> sql = sql_of(migration.upgrade);
  ASSERT_EQ(sql.size(), 1U);
  EXPECT_EQ(sql[0].find(" ON t (a)"), std::string_view("CREATE INDEX ").size() + 60);
}

TEST(Compile, TransactionsFollowAutocommitBlocksAndLiteralCommits) {
  const model::Migration migration = compile_upgrade(
      "op.execute('SELECT 1')\n"
      "with op.get_context().autocommit_block():\n"
      "    op.execute('SELECT 2')\n"
      "op.execute('SELECT 3')\n"
      "op.execute('COMMIT')\n"
      "op.execute('SELECT 4')");
  std::vector<int> transactions;
  for (const model::Step& step : migration.upgrade.steps) transactions.push_back(step.transaction);
  EXPECT_EQ(transactions,
            (std::vector<int>{0, model::kNoTransaction, 1, 1, model::kNoTransaction}));
}

TEST(Compile, WhatTheDatabaseDecidesIsConditional) {
  const model::Migration migration = compile_upgrade(
      "bind = op.get_bind()\n"
      "if 'a' in [c['name'] for c in sa.inspect(bind).get_columns('t')]:\n"
      "    op.drop_column('t', 'a')\n"
      "for row in bind.execute(sa.text('SELECT id FROM t')):\n"
      "    bind.execute(sa.text('UPDATE t SET a = :v WHERE id = :id'), {'v': 1, 'id': row.id})");
  ASSERT_EQ(migration.upgrade.steps.size(), 3U);
  EXPECT_EQ(migration.upgrade.steps[0].certainty, model::Certainty::kConditional);
  EXPECT_EQ(migration.upgrade.steps[1].certainty, model::Certainty::kExact);
  EXPECT_EQ(migration.upgrade.steps[2].certainty, model::Certainty::kConditional);
}

TEST(Compile, SchemaOracleAnswersInspector) {
  class Oracle final : public SchemaOracle {
   public:
    std::optional<bool> exists(Kind kind, std::string_view name, std::string_view) const override {
      return kind == Kind::kType || (kind == Kind::kTable && name == "t");
    }
    std::optional<SchemaItems> list(Kind, std::string_view) const override { return {}; }
    std::optional<SchemaItems> parts(Part part, std::string_view table,
                                     std::string_view) const override {
      if (part != Part::kColumns) return {};
      SchemaItems items;
      items.items.emplace_back().name = "a";
      items.complete = table == "t";
      return items;
    }
    void ran(const model::Step&) override { ++steps; }
    int steps = 0;
  };
  Oracle oracle;
  CompileOptions options;
  options.schema = &oracle;
  const model::Migration migration = compile_upgrade(
      "inspector = sa.inspect(op.get_bind())\n"
      "columns = [c['name'] for c in inspector.get_columns('t')]\n"
      "if 'a' in columns:\n"
      "    op.drop_column('t', 'a')\n"
      "if 'b' in columns:\n"
      "    op.drop_column('t', 'b')\n"
      "if not inspector.has_table('t'):\n"
      "    op.drop_table('u')\n"
      "for index in inspector.get_indexes('t'):\n"
      "    op.drop_index(index['name'])\n"
      "if 'c' in [c['name'] for c in inspector.get_columns('half')]:\n"
      "    op.drop_column('half', 'c')\n"
      "sa.Enum('x', name='e').create(op.get_bind(), checkfirst=True)",
      options);
  EXPECT_EQ(sql_of(migration.upgrade),
            (std::vector<std::string>{"ALTER TABLE t DROP COLUMN a", "DROP INDEX __unknown__",
                                      "ALTER TABLE half DROP COLUMN c"}));
  EXPECT_EQ(migration.upgrade.steps[0].certainty, model::Certainty::kExact);
  EXPECT_EQ(migration.upgrade.steps[2].certainty, model::Certainty::kConditional);
  EXPECT_EQ(oracle.steps, 3);
}

TEST(Compile, CreateAllMakesTheTablesOfItsMetadata) {
  const model::Migration migration = compile_file(
      std::string(kHeader) +
      "from sqlalchemy.orm import declarative_base\n"
      "first = sa.MetaData()\nsecond = sa.MetaData()\n"
      "a = sa.Table('a', first, sa.Column('id', sa.Text))\n"
      "b = sa.Table('b', second, sa.Column('id', sa.Text))\n"
      "Base = declarative_base()\n"
      "class C(Base):\n    __tablename__ = 'c'\n    id = sa.Column(sa.Text, primary_key=True)\n"
      "def upgrade():\n    first.create_all(op.get_bind())\n"
      "def downgrade():\n    second.drop_all(op.get_bind())\n");
  EXPECT_EQ(sql_of(migration.upgrade), (std::vector<std::string>{"CREATE TABLE a (id TEXT)"}));
  EXPECT_EQ(sql_of(migration.downgrade), (std::vector<std::string>{"DROP TABLE b"}));
}

TEST(Compile, ARecreatedTableIsNotAnalyzed) {
  const model::Migration migration = compile_upgrade(
      "with op.batch_alter_table('t', recreate='always') as batch:\n"
      "    batch.drop_column('x')\n"
      "op.drop_table('u')");
  ASSERT_EQ(migration.upgrade.steps.size(), 2U);
  EXPECT_NE(migration.upgrade.steps[0].not_analyzed(), nullptr);
  EXPECT_FALSE(migration.upgrade.complete);
}

TEST(Compile, OlderVersionsRefuseKeywords) {
  CompileOptions options;
  options.alembic = {1, 8, 1};
  options.sqlalchemy = {1, 4, 46};
  const model::Migration migration = compile_upgrade(
      "op.drop_table('t', if_exists=True)\n"
      "op.drop_constraint('c', 't', if_exists=True)\n"
      "op.execute(sa.schema.CreateSequence(sa.Sequence('s')))",
      options);
  EXPECT_EQ(sql_of(migration.upgrade),
            (std::vector<std::string>{
                "DROP TABLE t", "-- Alembic before 1.16.0 has no if_exists for drop_constraint",
                "CREATE SEQUENCE s START WITH 1"}));
}

TEST(Compile, ReflectedTablesHaveTheirNames) {
  const model::Migration migration = compile_upgrade(
      "bind = op.get_bind()\n"
      "metadata = sa.MetaData()\n"
      "metadata.reflect(bind)\n"
      "users = metadata.tables['users']\n"
      "bind.execute(sa.update(users).where(users.c.id == 1).values(name='x'))\n"
      "bind.execute(sa.select(users.c.id))");
  EXPECT_EQ(sql_of(migration.upgrade),
            (std::vector<std::string>{"UPDATE users SET name='x' WHERE users.id = 1",
                                      "SELECT users.id FROM users"}));
}

TEST(Compile, ADefaultOfAnUnknownNameIsNotATruth) {
  const model::Migration migration = compile_upgrade(
      "import os\n"
      "schema = os.environ.get('X') or 'public'\n"
      "op.execute(f'DROP TABLE {schema}.t')");
  EXPECT_EQ(sql_of(migration.upgrade), (std::vector<std::string>{"DROP TABLE public.t"}));
  EXPECT_EQ(migration.upgrade.steps[0].certainty, model::Certainty::kPartial);
}

TEST(Compile, WhatTheEnvironmentMayChangeIsShownAndDecidesNothing) {
  const model::Migration migration = compile_upgrade(
      "import os\n"
      "schema = os.getenv('SCHEMA', 'app')\n"
      "if schema == 'app':\n    op.drop_table('a')\n"
      "op.drop_table('t', schema=schema)");
  EXPECT_EQ(sql_of(migration.upgrade),
            (std::vector<std::string>{"DROP TABLE a", "DROP TABLE app.t"}));
  EXPECT_EQ(migration.upgrade.steps[0].certainty, model::Certainty::kConditional);
  EXPECT_EQ(migration.upgrade.steps[1].certainty, model::Certainty::kPartial);
}

TEST(Compile, ValuesOfTheClockAreMadeByTheServer) {
  const model::Migration migration = compile_upgrade(
      "import datetime, uuid\n"
      "op.get_bind().execute(sa.text('INSERT INTO t VALUES (:id, :at)'),\n"
      "    {'id': uuid.uuid4(), 'at': datetime.datetime.now(datetime.UTC).replace(tzinfo=None)})");
  EXPECT_EQ(sql_of(migration.upgrade),
            (std::vector<std::string>{"INSERT INTO t VALUES (gen_random_uuid(), now())"}));
  EXPECT_EQ(migration.upgrade.steps[0].certainty, model::Certainty::kPartial);
}

TEST(Compile, AsyncFunctionsRunOnTheConnection) {
  const model::Migration migration =
      compile_file(std::string(kHeader) +
                   "async def fill(connection, name):\n"
                   "    await connection.execute(sa.text(f'DELETE FROM {name}'))\n"
                   "def upgrade():\n    op.run_async(fill, 'users')\n");
  EXPECT_EQ(sql_of(migration.upgrade), (std::vector<std::string>{"DELETE FROM users"}));
}

TEST(Compile, AStringThatTheServerRefusesIsOneStepWithItsText) {
  const model::Migration migration =
      compile_upgrade("op.execute('DROP TABLE t; DROP TABLE; DROP TABLE u')");
  ASSERT_EQ(migration.upgrade.steps.size(), 1U);
  ASSERT_NE(migration.upgrade.steps[0].not_analyzed(), nullptr);
  EXPECT_EQ(migration.upgrade.steps[0].not_analyzed()->sql,
            "DROP TABLE t; DROP TABLE; DROP TABLE u");
}

TEST(Compile, StatementsOfLongReceiversStartAtTheMethod) {
  const model::Migration migration = compile_upgrade(
      "sa.Enum(\n"
      "    'a',\n"
      "    name='e',\n"
      ").create(op.get_bind(), checkfirst=False)");
  ASSERT_EQ(migration.upgrade.steps.size(), 1U);
  EXPECT_TRUE(migration.file->slice(migration.upgrade.steps[0].span).starts_with("create("));
}

TEST(Compile, TheBodyOfComparisonFunctionsKeepsItsWhiteSpace) {
  const model::Migration migration = compile_upgrade(
      "op.sync_enum_values('public', 'e', ['a'], [], enum_values_to_rename=[('b', 'a')])");
  ASSERT_GT(migration.upgrade.steps.size(), 2U);
  EXPECT_TRUE(migration.upgrade.steps[2].statement()->sql.contains(
      "$$\n                SELECT new_enum_val::text != CASE\n                    WHEN "
      "old_enum_val::text = 'b' THEN 'a'\n\n                    ELSE old_enum_val::text\n"
      "                END;\n            $$"));
}

TEST(Compile, TheDialectOfAnyEngineIsTheConfiguredOne) {
  const model::Migration migration = compile_upgrade(
      "from somewhere import engine_of\n"
      "if engine_of('x').dialect.name == 'mysql':\n    op.drop_table('a')\n"
      "if op.get_bind().engine.name == 'mysql':\n    op.drop_table('b')");
  EXPECT_TRUE(migration.upgrade.steps.empty());
}

TEST(Compile, PositionsInsideOfStringLiteralsAreExact) {
  std::string text(kHeader);
  text +=
      "def upgrade():\n    op.execute('DELETE FROM t WHERE a = \\'x\\'; DROP TABLE accounts')\n";
  const model::Migration migration = compile_file(text);
  text.replace(text.find("DELETE"), 16, "");  // not used further
  ASSERT_EQ(migration.upgrade.steps.size(), 2U);
  const model::Statement* statement = migration.upgrade.steps[1].statement();
  ASSERT_NE(statement, nullptr);
  const std::uint32_t table = static_cast<std::uint32_t>(statement->sql.find("accounts"));
  const text::Span host = statement->host({table, table + 8});
  EXPECT_EQ(migration.file->slice(host), "accounts");
  EXPECT_TRUE(statement->map.editable({table, table + 8}).has_value());
}

TEST(Compile, NamesInOperationsAreEditable) {
  const model::Migration migration =
      compile_upgrade("op.add_column('accounts', sa.Column('email', sa.Text()))");
  const model::Statement* statement = migration.upgrade.steps.at(0).statement();
  ASSERT_NE(statement, nullptr);
  for (const std::string_view name : {"accounts", "email"}) {
    const auto at = static_cast<std::uint32_t>(statement->sql.find(name));
    const text::Span span{at, at + static_cast<std::uint32_t>(name.size())};
    EXPECT_EQ(migration.file->slice(statement->host(span)), name);
  }
}

TEST(Compile, CallsAreRecordedWithTheirArguments) {
  const model::Migration migration =
      compile_upgrade("op.add_column('t', sa.Column('a', sa.Integer(), nullable=False))");
  ASSERT_EQ(migration.calls.size(), 1U);
  const model::Call& call = migration.calls[0];
  EXPECT_EQ(call.function, "op.add_column");
  ASSERT_EQ(call.arguments.size(), 2U);
  EXPECT_EQ(call.arguments[0].literal, "t");
  ASSERT_EQ(call.nested.size(), 1U);
  EXPECT_EQ(call.nested[0].function, "sqlalchemy.Column");
  ASSERT_EQ(call.nested[0].arguments.size(), 3U);
  EXPECT_EQ(call.nested[0].arguments[2].keyword, "nullable");
  EXPECT_EQ(call.nested[0].arguments[2].literal, "False");
  EXPECT_EQ(migration.upgrade.steps.at(0).statement()->origin.call, 0U);
}

TEST(Compile, HelpersPointToTheInnermostCall) {
  const model::Migration migration =
      compile_file(std::string(kHeader) +
                   "def add(name):\n"
                   "    op.add_column('t', sa.Column(name, sa.Text()))\n"
                   "def upgrade():\n"
                   "    add('a')\n"
                   "    add('b')\n");
  ASSERT_EQ(migration.upgrade.steps.size(), 2U);
  for (const model::Step& step : migration.upgrade.steps) {
    EXPECT_EQ(migration.file->line_of(step.span.begin_byte), 7U);
  }
  ASSERT_EQ(migration.upgrade.steps[1].statement()->origin.via.size(), 1U);
  EXPECT_EQ(migration.file->line_of(
                migration.upgrade.steps[1].statement()->origin.via[0].span.begin_byte),
            10U);
}

constexpr std::string_view kModel =
    "from sqlalchemy.orm import Session, declarative_base\n"
    "class User(declarative_base()):\n"
    "    __tablename__ = 'users'\n"
    "    id = sa.Column(sa.Integer, primary_key=True)\n"
    "    name = sa.Column(sa.Text)\n"
    "    full = sa.Column('full_name', sa.Text)\n"
    "    friends = sa.orm.relationship('User')\n";

std::vector<std::string> session_sql(std::string_view body) {
  std::string text(kHeader);
  text += kModel;
  text += "def upgrade():\n    session = Session(bind=op.get_bind())\n";
  text += body;
  return sql_of(compile_file(std::move(text)).upgrade);
}

TEST(Sessions, ChangesOfARowAreOneUpdate) {
  EXPECT_EQ(session_sql("    for user in session.query(User):\n"
                        "        user.name = 'a'\n"
                        "        user.full = 'b'\n"
                        "        user.friends = []\n"
                        "        user.note = 'no column'\n"
                        "    session.commit()\n"),
            (std::vector<std::string>{
                "SELECT users.id, users.name, users.full_name FROM users",
                "UPDATE users SET name='a', full_name='b' WHERE users.id = __unknown__"}));
}

TEST(Compile, ACallThatCannotBeFollowedAndGetsTheConnectionIsAGap) {
  const model::Migration migration = compile_upgrade(
      "import logging\nfrom app.seeds import seed\n"
      "logging.info(op)\nseed(op.get_bind())");
  ASSERT_EQ(migration.upgrade.steps.size(), 1U);
  ASSERT_NE(migration.upgrade.steps[0].not_analyzed(), nullptr);
  EXPECT_FALSE(migration.upgrade.complete);
}

TEST(Compile, AFunctionThatSendsSqlIsNotLostInACallOutOfReach) {
  const auto gaps = [](const std::string& body) {
    const model::Migration migration = compile_upgrade(
        "from jobs import later, pool\n"
        "def send(): op.execute('SELECT 1')\n"
        "def through(): return send()\n"
        "def quiet(op): return op\n" +
        body);
    return std::ranges::count_if(migration.upgrade.steps, [](const model::Step& step) {
      return step.not_analyzed() != nullptr;
    });
  };
  EXPECT_EQ(gaps("later(send)"), 1);
  EXPECT_EQ(gaps("pool().run(1, function=through)"), 1);
  EXPECT_EQ(gaps("later(lambda: send())"), 1);
  EXPECT_EQ(gaps("later(quiet)\nlater(len)\nlater(lambda x: x)"), 0);
  EXPECT_EQ(gaps("import threading\nthreading.Thread(target=send).start()"), 0);
}

TEST(Compile, AMethodOutOfReachThatGetsTheConnectionIsAGap) {
  const model::Migration migration = compile_upgrade(
      "from audit import Manager, table_base\n"
      "class Audit(Manager):\n"
      "    pass\n"
      "Audit().create_operators(None, op.get_bind())\n"
      "Manager().activity(1).__table__.create(op.get_bind())");
  ASSERT_EQ(migration.upgrade.steps.size(), 2U);
  EXPECT_NE(migration.upgrade.steps[0].not_analyzed(), nullptr);
  EXPECT_NE(migration.upgrade.steps[1].not_analyzed(), nullptr);
}

TEST(Compile, RowsAndValuesThatAreNotKnownAreHolesOfAStatement) {
  const model::Migration migration = compile_upgrade(
      "t = sa.table('t', sa.column('a', sa.Integer))\n"
      "rows = [{'a': 1}]\n"
      "rows += [{'a': row.a} for row in op.get_bind().execute('SELECT a FROM s') if row.b]\n"
      "op.bulk_insert(t, rows)\n"
      "op.execute(t.update().where(t.c.a == 1).values(**changes))");
  const std::vector<std::string> sql = sql_of(migration.upgrade);
  ASSERT_EQ(sql.size(), 4U);
  EXPECT_EQ(sql[1], "INSERT INTO t (a) VALUES (1)");
  EXPECT_EQ(sql[2], "INSERT INTO t VALUES (__unknown__)");
  EXPECT_EQ(migration.upgrade.steps[2].certainty, model::Certainty::kPartial);
  EXPECT_EQ(sql[3], "UPDATE t SET __unknown__=__unknown__ WHERE t.a = 1");
}

TEST(Compile, ParametersOfATextForTheDriverAreLiterals) {
  const model::Migration migration = compile_upgrade(
      "bind = op.get_bind()\n"
      "bind.execute('UPDATE t SET a = %s WHERE b LIKE \\'x%%\\' AND c IN %s', ('it', (1, 2)))\n"
      "bind.execute('UPDATE t SET a = %s, b = %s', 'x', 3)\n"
      "bind.execute('UPDATE t SET a = %(a)s WHERE b = %(b)s', {'a': None, 'b': unknown})\n"
      "bind.execute('UPDATE t SET a = :a WHERE b::text = :b', {'a': 1, 'b': 'y'})\n"
      "bind.exec_driver_sql('INSERT INTO t VALUES (%s)', [(1,), (2,)])");
  EXPECT_EQ(
      sql_of(migration.upgrade),
      (std::vector<std::string>{
          "UPDATE t SET a = 'it' WHERE b LIKE 'x%' AND c IN (1, 2)", "UPDATE t SET a = 'x', b = 3",
          "UPDATE t SET a = NULL WHERE b = __unknown__", "UPDATE t SET a = 1 WHERE b::text = 'y'",
          "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"}));
}

TEST(Compile, CompositionsOfPsycopgAreTexts) {
  const model::Migration migration = compile_upgrade(
      "from psycopg2 import sql\n"
      "bind = op.get_bind()\n"
      "names = [sql.Identifier('a'), sql.Identifier('s', 'B')]\n"
      "q = sql.SQL('SELECT {}, {n} FROM {{}} WHERE {0} = {v}').format(\n"
      "    sql.SQL(', ').join(names), n=sql.Literal(1), v=sql.Literal(\"it's\"))\n"
      "op.execute(q.as_string(bind))\n"
      "op.execute((sql.SQL('DROP TABLE ') + sql.Identifier('t')).as_string(bind))");
  EXPECT_EQ(sql_of(migration.upgrade).back(), "DROP TABLE \"t\"");
  ASSERT_EQ(migration.upgrade.steps.size(), 2U);
  EXPECT_EQ(migration.upgrade.steps[0].not_analyzed()->sql,
            "SELECT \"a\", \"s\".\"B\", 1 FROM {} WHERE \"a\", \"s\".\"B\" = 'it''s'");
}

TEST(Compile, ModelsOfSqlModelAreNamedAfterTheirClass) {
  const model::Migration migration = compile_upgrade(
      "from sqlmodel import Field, SQLModel\n"
      "class HeroTeam(SQLModel, table=True):\n"
      "    id: int = Field(primary_key=True)\n"
      "op.execute(sa.select(HeroTeam.id).where(HeroTeam.id == 1))");
  EXPECT_EQ(sql_of(migration.upgrade),
            std::vector<std::string>{"SELECT heroteam.id FROM heroteam WHERE heroteam.id = 1"});
}

TEST(Sessions, LoadOnlySelectsTheKeyAndWhatIsNamed) {
  EXPECT_EQ(session_sql("    session.execute(sa.select(User).options("
                        "sa.orm.load_only(User.full_name)))\n"),
            std::vector<std::string>{"SELECT users.id, users.full_name FROM users"});
}

TEST(Compile, TheTableOfAModelWithAnUnknownBaseIsPartial) {
  const model::Migration migration = compile_upgrade(
      "from audit import table_base\n"
      "from sqlalchemy.orm import declarative_base\n"
      "Base = declarative_base()\n"
      "class Plain(Base):\n"
      "    __tablename__ = 'plain'\n"
      "    id = sa.Column(sa.Integer, primary_key=True)\n"
      "class Audit(table_base(Base)):\n"
      "    __tablename__ = 'audit'\n"
      "    id = sa.Column(sa.Integer, primary_key=True)\n"
      "Plain.__table__.create(op.get_bind())\n"
      "Audit.__table__.create(op.get_bind())");
  ASSERT_EQ(migration.upgrade.steps.size(), 2U);
  EXPECT_EQ(migration.upgrade.steps[0].certainty, model::Certainty::kExact);
  EXPECT_EQ(migration.upgrade.steps[1].certainty, model::Certainty::kPartial);
}

TEST(Compile, TheClassOfADialectIsTheConfiguredOne) {
  const model::Migration migration = compile_upgrade(
      "from sqlalchemy.dialects.mysql.base import MySQLDialect\n"
      "if isinstance(op.get_bind().dialect, MySQLDialect):\n"
      "    op.execute('SELECT 1')\n"
      "op.execute('SELECT 2')");
  EXPECT_EQ(sql_of(migration.upgrade), std::vector<std::string>{"SELECT 2"});
}

TEST(Compile, AnEnumMayBeRenamedByAssignment) {
  const model::Migration migration = compile_file(
      std::string(kHeader) +
      "e = sa.Enum('a', name='one')\n"
      "def upgrade():\n    e.name = 'two'\n    e.create(op.get_bind(), checkfirst=False)\n"
      "def downgrade():\n    e.drop(op.get_bind(), checkfirst=False)\n");
  EXPECT_EQ(sql_of(migration.upgrade), std::vector<std::string>{"CREATE TYPE two AS ENUM ('a')"});
  EXPECT_EQ(sql_of(migration.downgrade), std::vector<std::string>{"DROP TYPE one"});
}

TEST(Compile, DefaultsOfColumnsAreSentWithARow) {
  const model::Migration migration = compile_upgrade(
      "import datetime\n"
      "t = op.create_table('t', sa.Column('a', sa.Integer()),\n"
      "    sa.Column('b', sa.Text(), default='x'),\n"
      "    sa.Column('c', sa.DateTime(), default=datetime.datetime.now),\n"
      "    sa.Column('d', sa.Integer(), default=lambda: 1 + 1),\n"
      "    sa.Column('e', sa.Text(), onupdate='y'))\n"
      "op.bulk_insert(t, [{'a': 1}])\n"
      "op.execute(t.update().values(a=2))");
  const std::vector<std::string> sql = sql_of(migration.upgrade);
  ASSERT_EQ(sql.size(), 3U);
  EXPECT_EQ(sql[1], "INSERT INTO t (a, b, c, d) VALUES (1, 'x', now(), 2)");
  EXPECT_EQ(sql[2], "UPDATE t SET a=2, e='y'");
}

TEST(Sessions, RowsKeepTheirClassThroughResults) {
  const std::string update = "UPDATE users SET name='a' WHERE users.id = __unknown__";
  const std::string select = "SELECT users.id, users.name, users.full_name FROM users";
  for (const std::string_view rows :
       {"session.query(User).all()", "session.scalars(sa.select(User))",
        "session.execute(sa.select(User)).scalars().all()", "session.query(User).all()[:3]"}) {
    EXPECT_EQ(session_sql("    [setattr(row, 'name', 'a') for row in " + std::string(rows) + "]\n"),
              (std::vector<std::string>{select, update}))
        << rows;
  }
  EXPECT_EQ(session_sql("    session.get(User, 1).name = 'a'\n"),
            (std::vector<std::string>{update}));
}

TEST(Sessions, AnAddedObjectIsSentWhenItIsFlushed) {
  EXPECT_EQ(session_sql("    user = User(name='a')\n"
                        "    session.add(user)\n"
                        "    user.full = 'b'\n"
                        "    session.flush()\n"
                        "    session.add(User(name='c'))\n"
                        "    session.rollback()\n"),
            (std::vector<std::string>{"INSERT INTO users (name, full_name) VALUES ('a', 'b')"}));
}

TEST(Sessions, RowsAreDeletedAndUpdatedByTheirKey) {
  EXPECT_EQ(session_sql("    session.delete(session.query(User).first())\n"
                        "    session.bulk_update_mappings(User, [{'id': 7, 'name': 'a'}])\n"),
            (std::vector<std::string>{"SELECT users.id, users.name, users.full_name FROM users",
                                      "DELETE FROM users WHERE users.id = __unknown__",
                                      "UPDATE users SET name='a' WHERE users.id = 7"}));
}

TEST(Compile, SqlThatDoesNotParseIsAProblem) {
  const model::Migration migration = compile_upgrade("op.execute('SELEC 1')");
  EXPECT_EQ(migration.problems.size(), 1U);
  EXPECT_FALSE(migration.upgrade.complete);
}

TEST(Compile, UnknownPartsMakeAStepPartial) {
  const model::Migration migration =
      compile_upgrade("import os\nop.execute(f\"UPDATE t SET a = '{os.environ['X']}'\")");
  ASSERT_EQ(migration.upgrade.steps.size(), 1U);
  EXPECT_EQ(migration.upgrade.steps[0].certainty, model::Certainty::kPartial);
}

}  // namespace
}  // namespace forelock::alembic
