// Where things stand in the text: statements, names, expressions, actions.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "analyzer/model/dump.h"
#include "analyzer/sql/parse.h"
#include "tests/support/sql.h"

namespace forelock::sql {
namespace {

std::string slice(std::string_view text, text::Span span) {
  return std::string(text.substr(span.begin_byte, span.size()));
}

template <typename Operation>
Operation get(std::string_view sql) {
  model::Operation operation = test::operation(sql);
  EXPECT_TRUE(std::holds_alternative<Operation>(operation)) << sql;
  auto* found = std::get_if<Operation>(&operation);
  return found == nullptr ? Operation{} : std::move(*found);
}

std::vector<std::string> actions(std::string_view sql) {
  std::vector<std::string> result;
  for (const auto& action : get<model::AlterTable>(sql).actions) {
    result.push_back(slice(sql, action.span));
  }
  return result;
}

TEST(StatementSpan, LeavesOutCommentsSpaceAndSemicolon) {
  const std::string_view text = "  -- one\n/* two; */ SELECT 1 -- three\n ; \n SELECT 2";
  const auto parsed = parse(text);
  ASSERT_EQ(parsed.size(), 2U);
  EXPECT_EQ(slice(text, parsed[0]->span), "SELECT 1");
  EXPECT_EQ(parsed[0]->sql, "SELECT 1");
  EXPECT_EQ(slice(text, parsed[1]->span), "SELECT 2");
}

TEST(StatementSpan, QuotesMayHoldSemicolons) {
  const std::string_view text =
      "SELECT ';' ; SELECT \";\" FROM t; SELECT $$;$$; SELECT $a$ $$;$$ $a$; SELECT E'\\';'; "
      "SELECT 'a'';'; SELECT U&\"a;\" FROM t; SELECT /* ; /* ; */ ; */ 1";
  const auto parsed = parse(text);
  ASSERT_EQ(parsed.size(), 8U);
  for (const auto& statement : parsed) EXPECT_TRUE(statement.has_value());
  EXPECT_EQ(parsed[3]->sql, "SELECT $a$ $$;$$ $a$");
}

TEST(StatementSpan, CountsBytesNotCharacters) {
  const std::string_view text = "SELECT '\xC3\xA9\xC3\xA9'; SELECT \xC3\xA9.a FROM \xC3\xA9";
  const auto parsed = parse(text);
  ASSERT_EQ(parsed.size(), 2U);
  const auto& select = std::get<model::Select>(parsed[1]->operation);
  EXPECT_EQ(slice(parsed[1]->sql, select.query.relations[0].span), "\xC3\xA9");
  EXPECT_EQ(slice(parsed[1]->sql, select.query.targets[0].expression.span), "\xC3\xA9.a");
}

TEST(StatementSpan, ByteOrderMarkAndWindowsLineBreaks) {
  const std::string_view text = "\xEF\xBB\xBFSELECT 1;\r\nSELECT 2;\r\n";
  const auto parsed = parse(text);
  ASSERT_EQ(parsed.size(), 2U);
  EXPECT_EQ(slice(text, parsed[0]->span), "SELECT 1");
  EXPECT_EQ(slice(text, parsed[1]->span), "SELECT 2");
}

TEST(StatementSpan, BodyOfAtomicFunctionIsOneStatement) {
  const auto parsed = parse(
      "CREATE PROCEDURE p() BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END; SELECT 3");
  ASSERT_EQ(parsed.size(), 2U);
  EXPECT_TRUE(parsed[0].has_value());
  EXPECT_EQ(parsed[1]->sql, "SELECT 3");
}

TEST(StatementSpan, RuleWithSeveralActionsIsOneStatement) {
  const auto parsed = parse("CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b);");
  ASSERT_EQ(parsed.size(), 1U);
  EXPECT_TRUE(parsed[0].has_value());
}

TEST(ActionSpan, IsTheTextOfTheSubcommand) {
  EXPECT_EQ(actions("ALTER TABLE s.t ADD COLUMN a int DEFAULT f(1, 2), DROP COLUMN b -- last"),
            (std::vector<std::string>{"ADD COLUMN a int DEFAULT f(1, 2)", "DROP COLUMN b"}));
  EXPECT_EQ(actions("ALTER TABLE t /* c */ * ADD a int, ADD b int"),
            (std::vector<std::string>{"ADD a int", "ADD b int"}));
  EXPECT_EQ(actions("ALTER TABLE \"a,b\" ALTER c SET DEFAULT 'x,y'"),
            (std::vector<std::string>{"ALTER c SET DEFAULT 'x,y'"}));
}

TEST(ColumnSpan, ColumnsTypesAndConstraints) {
  const std::string_view sql =
      "CREATE TABLE t (a varchar(20)[] COLLATE \"C\" DEFAULT 'x' || 'y' NOT NULL CONSTRAINT pos "
      "CHECK (a <> '') REFERENCES o (x) ON DELETE CASCADE DEFERRABLE, b timestamp(3) with time "
      "zone, CONSTRAINT u UNIQUE (a, b))";
  const auto table = get<model::CreateTable>(sql);
  EXPECT_EQ(slice(sql, table.table_span), "t");
  ASSERT_EQ(table.columns.size(), 2U);
  const model::ColumnDefinition& a = table.columns[0];
  EXPECT_TRUE(slice(sql, a.span).starts_with("a varchar"));
  EXPECT_TRUE(slice(sql, a.span).ends_with("DEFERRABLE"));
  EXPECT_EQ(slice(sql, a.type.span), "varchar(20)[]");
  EXPECT_EQ(a.default_value->sql, "'x' || 'y'");
  EXPECT_EQ(slice(sql, a.default_value->span), "'x' || 'y'");
  EXPECT_EQ(slice(sql, a.constraints[0].span), "CONSTRAINT pos CHECK (a <> '')");
  EXPECT_EQ(a.constraints[0].expression->sql, "a <> ''");
  EXPECT_EQ(slice(sql, a.constraints[1].span), "REFERENCES o (x) ON DELETE CASCADE DEFERRABLE");
  EXPECT_EQ(slice(sql, table.columns[1].type.span), "timestamp(3) with time zone");
  EXPECT_EQ(slice(sql, table.constraints[0].span), "CONSTRAINT u UNIQUE (a, b)");
}

TEST(ColumnSpan, TypesOfSeveralWords) {
  for (const std::string_view type :
       {"double precision", "character varying(5)", "bit varying", "time without time zone",
        "interval year to month", "interval day to second(3)", "public.mood", "int[3][]",
        "text ARRAY[4]", "national character varying(9)", "geometry(POINT, 4326)",
        "\"My\".\"T\""}) {
    const std::string sql = "ALTER TABLE t ADD c " + std::string(type) + " NOT NULL";
    const auto table = get<model::AlterTable>(sql);
    const auto& column = std::get<model::AddColumn>(table.actions[0].what).column;
    EXPECT_EQ(slice(sql, column.type.span), type);
  }
}

TEST(ExpressionText, IsTheSourceWithoutOuterParentheses) {
  const auto default_of = [](std::string_view sql) {
    const auto table = get<model::AlterTable>(sql);
    return std::get<model::AddColumn>(table.actions[0].what).column.default_value->sql;
  };
  EXPECT_EQ(default_of("ALTER TABLE t ADD a int DEFAULT ((1 + 2)) NOT NULL"), "1 + 2");
  EXPECT_EQ(default_of("ALTER TABLE t ADD a int DEFAULT (1) + (2)"), "(1) + (2)");
  EXPECT_EQ(default_of("ALTER TABLE t ADD a int DEFAULT now() /* x */ NOT NULL"), "now()");
  EXPECT_EQ(default_of("ALTER TABLE t ADD a int DEFAULT CASE WHEN b IS NOT NULL THEN 1 ELSE 2 END "
                       "CHECK (a > 0)"),
            "CASE WHEN b IS NOT NULL THEN 1 ELSE 2 END");
}

TEST(ExpressionText, OfEveryClause) {
  const auto index = get<model::CreateIndex>(
      "CREATE INDEX i ON t (a, lower(b) COLLATE \"C\" DESC, (c + 1) ops) WHERE d IS NULL");
  EXPECT_EQ(index.keys[1].expression->sql, "lower(b)");
  EXPECT_EQ(index.keys[2].expression->sql, "c + 1");
  EXPECT_EQ(index.predicate->sql, "d IS NULL");
  const auto update = get<model::Update>(
      "UPDATE t SET a = b + 1, (c, d) = (1, f(2)), e = CASE WHEN g THEN 1 END FROM o "
      "WHERE t.id = o.id AND x RETURNING a");
  EXPECT_EQ(update.assignments[0].second.sql, "b + 1");
  EXPECT_EQ(update.assignments[3].second.sql, "CASE WHEN g THEN 1 END");
  EXPECT_EQ(update.where->sql, "t.id = o.id AND x");
  const auto insert = get<model::Insert>("INSERT INTO t (a, b) VALUES (1, f(x, 2)), (3, (4))");
  EXPECT_EQ(insert.rows[0][1].sql, "f(x, 2)");
  EXPECT_EQ(insert.rows[1][1].sql, "4");
  const auto table =
      get<model::AlterTable>("ALTER TABLE t ALTER a TYPE int USING (a)::int, ADD b int");
  EXPECT_EQ(std::get<model::AlterColumnType>(table.actions[0].what).using_expression->sql,
            "(a)::int");
  const auto function =
      get<model::CreateFunction>("CREATE FUNCTION f(a int = 1 + 1, b int) RETURNS int RETURN a");
  EXPECT_EQ(function.parameters[0].default_value->sql, "1 + 1");
}

TEST(QueryText, OfViewsAndTheirTargets) {
  const auto view = get<model::CreateView>(
      "CREATE VIEW v (a) WITH (security_barrier) AS SELECT t.a + 1 AS x, b y, c FROM t WHERE d > 1 "
      "ORDER BY 1 WITH CASCADED CHECK OPTION");
  EXPECT_EQ(view.query.sql, "SELECT t.a + 1 AS x, b y, c FROM t WHERE d > 1 ORDER BY 1");
  EXPECT_EQ(view.query.targets[0].expression.sql, "t.a + 1");
  EXPECT_EQ(view.query.targets[1].expression.sql, "b");
  EXPECT_EQ(view.query.targets[2].expression.sql, "c");
  EXPECT_EQ(view.query.where->sql, "d > 1");
  const auto copy = get<model::CreateTableAs>("CREATE TABLE n AS (SELECT 1) WITH NO DATA");
  EXPECT_EQ(copy.query.sql, "SELECT 1");
  const auto insert =
      get<model::Insert>("INSERT INTO t (a) SELECT b FROM o ON CONFLICT DO NOTHING");
  EXPECT_EQ(insert.query->sql, "SELECT b FROM o");
}

TEST(BodySpan, IsWhatStandsBetweenTheQuotes) {
  const std::string_view sql = "DO LANGUAGE plpgsql $x$ begin end $x$";
  EXPECT_EQ(slice(sql, get<model::DoBlock>(sql).body_span), " begin end ");
  const std::string_view quoted = "CREATE FUNCTION f() RETURNS int AS 'select 1' LANGUAGE sql";
  EXPECT_EQ(slice(quoted, get<model::CreateFunction>(quoted).body_span), "select 1");
  const std::string_view atomic = "CREATE FUNCTION f(int) RETURNS int RETURN $1 + 1";
  EXPECT_EQ(slice(atomic, get<model::CreateFunction>(atomic).body_span), "RETURN $1 + 1");
}

TEST(InnerSpan, OfEachNode) {
  const std::string_view sql = "a.b + -5 * lower(c) IS NOT NULL AND x::int IN (1, 2)";
  const model::Expression root = test::expression(sql);
  EXPECT_EQ(root.sql, sql);
  EXPECT_EQ(slice(sql, root.args[0].span), "a.b + -5 * lower(c) IS NOT NULL");
  EXPECT_EQ(slice(sql, root.args[0].args[0].args[0].span), "a.b");
  EXPECT_EQ(slice(sql, root.args[0].args[0].args[1].args[0].span), "-5");
  EXPECT_EQ(slice(sql, root.args[0].args[0].args[1].args[1].span), "lower(c)");
  EXPECT_EQ(slice(sql, root.args[1].span), "x::int IN (1, 2)");
  EXPECT_EQ(slice(sql, root.args[1].args[0].span), "x::int");
}

TEST(ParseExpression, ReadsOneExpressionOnly) {
  EXPECT_EQ(model::dump(test::expression("a > 1 -- comment")), "(a > 1)");
  EXPECT_EQ(model::dump(test::expression("'x'::text")), "'x'::text");
  for (const std::string_view bad :
       {"", "1, 2", "1) + (2", "a >", "1 FROM t", "a AS b", "SELECT 1"}) {
    EXPECT_FALSE(parse_expression(bad).has_value()) << bad;
  }
}

TEST(ParseExpression, ErrorsPointIntoTheExpression) {
  const auto result = parse_expression("a = = b");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().span.begin_byte, 4U);
}

}  // namespace
}  // namespace forelock::sql
