#include <gtest/gtest.h>

#include <string>

#include "analyzer/model/expression.h"
#include "analyzer/model/name.h"
#include "analyzer/model/operation.h"
#include "analyzer/model/statement.h"

namespace forelock::model {
namespace {

TEST(Name, QuotesWherePostgresDoes) {
  EXPECT_EQ(quote_identifier("users"), "users");
  EXPECT_EQ(quote_identifier("_a1"), "_a1");
  EXPECT_EQ(quote_identifier("Users"), "\"Users\"");
  EXPECT_EQ(quote_identifier("1a"), "\"1a\"");
  EXPECT_EQ(quote_identifier("a b"), "\"a b\"");
  EXPECT_EQ(quote_identifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(quote_identifier(""), "\"\"");
  EXPECT_EQ(quote_identifier("a$b"), "\"a$b\"");
  EXPECT_EQ(quote_identifier("\xC3\xA9"), "\"\xC3\xA9\"");
}

TEST(Name, QuotesKeyWordsThatAreNotFree) {
  EXPECT_EQ(quote_identifier("user"), "\"user\"");        // Reserved.
  EXPECT_EQ(quote_identifier("between"), "\"between\"");  // A column name only.
  EXPECT_EQ(quote_identifier("left"), "\"left\"");        // A function or type name only.
  EXPECT_EQ(quote_identifier("name"), "name");            // Unreserved.
  EXPECT_EQ(quote_identifier("type"), "type");
}

TEST(Name, LiteralsDoubleQuotesAndBackslashes) {
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
  EXPECT_EQ(quote_literal("a\\b'"), "E'a\\\\b'''");
  EXPECT_EQ(quote_literal(""), "''");
}

TEST(Name, QualifiedNames) {
  EXPECT_EQ(display(QualifiedName{"s", "Order"}), "s.Order");
  EXPECT_EQ(quoted(QualifiedName{"s", "Order"}), "s.\"Order\"");
  EXPECT_EQ(quoted(QualifiedName{"", "order"}), "\"order\"");
}

struct TypeCase {
  TypeName type;
  std::string expected;
};

TypeName type(std::string schema, std::string name, std::vector<int> modifiers = {},
              int dimensions = 0) {
  TypeName result;
  result.name = {std::move(schema), std::move(name)};
  result.modifiers = std::move(modifiers);
  result.array_dimensions = dimensions;
  return result;
}

TEST(TypeName, DisplaysAsFormatType) {
  const TypeCase cases[] = {
      {type("pg_catalog", "int4"), "integer"},
      {type("", "int4"), "integer"},
      {type("pg_catalog", "int4", {}, 1), "integer[]"},
      {type("pg_catalog", "int4", {}, 2), "integer[]"},
      {type("pg_catalog", "int8"), "bigint"},
      {type("pg_catalog", "int2"), "smallint"},
      {type("pg_catalog", "bool"), "boolean"},
      {type("pg_catalog", "float4"), "real"},
      {type("pg_catalog", "float8"), "double precision"},
      {type("pg_catalog", "varchar", {10}), "character varying(10)"},
      {type("pg_catalog", "varchar"), "character varying"},
      {type("pg_catalog", "varchar", {10}, 1), "character varying(10)[]"},
      {type("pg_catalog", "bpchar", {3}), "character(3)"},
      {type("pg_catalog", "bpchar"), "bpchar"},
      {type("", "char"), "\"char\""},
      {type("pg_catalog", "numeric", {10, 2}), "numeric(10,2)"},
      {type("pg_catalog", "numeric", {10}), "numeric(10,0)"},
      {type("pg_catalog", "numeric"), "numeric"},
      {type("pg_catalog", "timestamp"), "timestamp without time zone"},
      {type("pg_catalog", "timestamptz"), "timestamp with time zone"},
      {type("", "timestamptz", {3}), "timestamp(3) with time zone"},
      {type("pg_catalog", "time", {6}), "time(6) without time zone"},
      {type("pg_catalog", "timetz"), "time with time zone"},
      {type("pg_catalog", "interval"), "interval"},
      {type("pg_catalog", "interval", {4}), "interval year"},
      {type("pg_catalog", "interval", {7176, 3}), "interval day to second(3)"},
      {type("pg_catalog", "interval", {0x7FFF, 3}), "interval(3)"},
      {type("pg_catalog", "bit", {8}), "bit(8)"},
      {type("pg_catalog", "varbit", {8}), "bit varying(8)"},
      {type("", "jsonb"), "jsonb"},
      {type("", "Mood"), "\"Mood\""},
      {type("app", "mood", {}, 1), "app.mood[]"},
  };
  for (const TypeCase& entry : cases) EXPECT_EQ(display(entry.type), entry.expected);
}

TEST(TypeName, DisplaysOtherModifiersAndSets) {
  TypeName geometry = type("", "geometry");
  geometry.modifier_text = "POINT,4326";
  EXPECT_EQ(display(geometry), "geometry(POINT,4326)");
  TypeName rows = type("", "users");
  rows.set_of = true;
  EXPECT_EQ(display(rows), "SETOF users");
}

TEST(Expression, SameIgnoresPositionsAndSpelling) {
  Expression a;
  a.kind = ExpressionKind::kColumn;
  a.name = "x";
  Expression b = a;
  b.span = {3, 4};
  b.sql = "X";
  EXPECT_TRUE(same_expression(a, b));
  b.qualifier = "t";
  EXPECT_FALSE(same_expression(a, b));
}

TEST(Operation, KindNames) {
  EXPECT_EQ(kind_name(Operation{}), "");
  EXPECT_EQ(kind_name(Other{"CREATE EVENT TRIGGER"}), "CREATE EVENT TRIGGER");
  EXPECT_EQ(kind_name(AlterTable{}), "ALTER TABLE");
  AlterTable alter_index;
  alter_index.kind = ObjectKind::kIndex;
  EXPECT_EQ(kind_name(alter_index), "ALTER INDEX");
  Drop drop;
  drop.kind = ObjectKind::kMaterializedView;
  EXPECT_EQ(kind_name(drop), "DROP MATERIALIZED VIEW");
  EXPECT_EQ(kind_name(CreateIndex{}), "CREATE INDEX");
  Transaction begin;
  begin.kind = TransactionKind::kBegin;
  EXPECT_EQ(kind_name(begin), "BEGIN");
  Vacuum analyze;
  analyze.vacuum = false;
  EXPECT_EQ(kind_name(analyze), "ANALYZE");
  Rename rename;
  rename.object.kind = ObjectKind::kColumn;
  rename.relation_kind = ObjectKind::kView;
  EXPECT_EQ(kind_name(rename), "ALTER VIEW");
  rename.object.kind = ObjectKind::kType;
  EXPECT_EQ(kind_name(rename), "ALTER TYPE");
}

TEST(Display, ObjectKindsAndConstraints) {
  EXPECT_EQ(display(ObjectKind::kMaterializedView), "materialized view");
  EXPECT_EQ(display(ObjectKind::kOther), "object");
  EXPECT_EQ(display(ConstraintKind::kExclusion), "EXCLUDE");
  EXPECT_EQ(display(Certainty::kPartial), "partial");
}

}  // namespace
}  // namespace forelock::model
