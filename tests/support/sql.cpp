#include "tests/support/sql.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "analyzer/sql/parse.h"
#include "analyzer/sql/script.h"

namespace forelock::test {

text::FileRef source_file(std::string_view text, std::string path) {
  return std::make_shared<const text::SourceFile>(std::move(path), std::string(text));
}

model::Statement statement(std::string_view sql) {
  model::Statement result;
  auto parsed = sql::parse(sql);
  EXPECT_EQ(parsed.size(), 1U) << sql;
  if (parsed.empty()) return result;
  EXPECT_TRUE(parsed[0].has_value()) << sql << "\n" << parsed[0].error().message;
  if (!parsed[0]) return result;
  result.operation = std::move(parsed[0]->operation);
  result.sql = std::move(parsed[0]->sql);
  result.span = parsed[0]->span;
  result.map = text::SourceMap::verbatim(result.span.size(), result.span.begin_byte);
  return result;
}

model::Operation operation(std::string_view sql) { return statement(sql).operation; }

std::vector<model::Step> steps(std::string_view sql, bool one_transaction) {
  model::Migration script = sql::read_script(source_file(sql), one_transaction);
  EXPECT_TRUE(script.problems.empty()) << sql << "\n" << script.problems.front().message;
  return std::move(script.upgrade.steps);
}

model::Expression expression(std::string_view sql) {
  auto result = sql::parse_expression(sql);
  EXPECT_TRUE(result.has_value()) << sql << "\n" << result.error().message;
  return result ? *std::move(result) : model::Expression{};
}

model::Migration migration(std::string_view upgrade, std::string_view downgrade,
                           std::string revision) {
  model::Migration result = sql::read_script(source_file(upgrade), true);
  EXPECT_TRUE(result.problems.empty()) << upgrade << "\n" << result.problems.front().message;
  result.revision = std::move(revision);
  if (!downgrade.empty()) {
    result.downgrade = sql::read_script(source_file(downgrade), true).upgrade;
  }
  return result;
}

}  // namespace forelock::test
