#include "analyzer/lint/rewriter.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "analyzer/text/edit.h"

namespace forelock::lint {
namespace {

/// A migration of that text whose one call is `call` with these arguments, all found in the text.
struct Made {
  model::Migration migration;
  model::Statement statement;

  explicit Made(std::string text, std::string_view call = {},
                const std::vector<std::string>& arguments = {}) {
    migration.source = model::SourceKind::kAlembic;
    migration.file = std::make_shared<const text::SourceFile>("r.py", std::move(text));
    if (call.empty()) return;
    model::Call made;
    made.span = find(call);
    made.function = std::string(call.substr(0, call.find('(')));
    made.arguments_span = {
        made.span.begin_byte + static_cast<std::uint32_t>(made.function.size()) + 1,
        made.span.end_byte - 1};
    for (const std::string& argument : arguments) {
      model::CallArgument given;
      given.span = given.value_span = find(argument);
      if (const auto equal = argument.find('='); equal != std::string::npos) {
        given.keyword = argument.substr(0, equal);
        given.value_span.begin_byte += static_cast<std::uint32_t>(equal) + 1;
      }
      made.arguments.push_back(given);
    }
    migration.calls.push_back(made);
    statement.origin.call = 0;
    statement.span = made.span;
  }

  [[nodiscard]] text::Span find(std::string_view part) const {
    const auto begin = static_cast<std::uint32_t>(migration.file->text().find(part));
    return {begin, begin + static_cast<std::uint32_t>(part.size())};
  }

  [[nodiscard]] std::string applied(const Edits& edits) const {
    if (!edits.has_value()) return "no edits";
    return text::apply_edits(migration.file->text(), *edits).value_or("edits do not fit");
  }
};

TEST(Rewriter, AddsAKeywordOnTheSameLine) {
  const Made made("    op.create_index(\"a\", \"t\")\n", "op.create_index(\"a\", \"t\")",
                  {"\"a\"", "\"t\""});
  EXPECT_EQ(made.applied(Rewriter(made.migration).add_concurrently(made.statement)),
            "    op.create_index(\"a\", \"t\", postgresql_concurrently=True)\n");
}

TEST(Rewriter, AddsAKeywordOnALineOfItsOwn) {
  const Made made("    op.create_index(\n        \"a\",\n        \"t\",\n    )\n",
                  "op.create_index(\n        \"a\",\n        \"t\",\n    )", {"\"a\"", "\"t\""});
  EXPECT_EQ(made.applied(Rewriter(made.migration).set_keyword(made.statement, "unique", "True")),
            "    op.create_index(\n        \"a\",\n        \"t\",\n        unique=True,\n    )\n");
}

TEST(Rewriter, ReplacesAKeywordThatIsThere) {
  const Made made("op.f(x=False)", "op.f(x=False)", {"x=False"});
  EXPECT_EQ(made.applied(Rewriter(made.migration).set_keyword(made.statement, "x", "True")),
            "op.f(x=True)");
}

TEST(Rewriter, PutsACallIntoAnAutocommitBlock) {
  const Made made("def upgrade():\n    op.create_index(\n        \"a\"\n    )\n",
                  "op.create_index(\n        \"a\"\n    )", {"\"a\""});
  EXPECT_EQ(made.applied(Rewriter(made.migration).add_concurrently(made.statement, true)),
            "def upgrade():\n    with op.get_context().autocommit_block():\n"
            "        op.create_index(\n            \"a\",\n            "
            "postgresql_concurrently=True\n        )\n");
}

TEST(Rewriter, LeavesCallsOfHelpersAlone) {
  Made made("    op.create_index(\"a\", \"t\")\n", "op.create_index(\"a\", \"t\")", {"\"a\""});
  made.statement.origin.via.push_back({});
  EXPECT_FALSE(Rewriter(made.migration).add_concurrently(made.statement).has_value());
}

TEST(Rewriter, AddsWordsToSql) {
  Made made("CREATE UNIQUE INDEX a ON t (b);\n");
  made.migration.source = model::SourceKind::kSql;
  made.statement.sql = "CREATE UNIQUE INDEX a ON t (b)";
  made.statement.map =
      text::SourceMap::verbatim(static_cast<std::uint32_t>(made.statement.sql.size()), 0);
  EXPECT_EQ(made.applied(Rewriter(made.migration).add_concurrently(made.statement)),
            "CREATE UNIQUE INDEX CONCURRENTLY a ON t (b);\n");
}

void expect_downgrade(const std::string& before, std::string_view body, const std::string& after) {
  Made made(before);
  made.migration.downgrade.body =
      body.empty() ? model::BodyKind::kMissing : model::BodyKind::kEmpty;
  if (!body.empty()) made.migration.downgrade.body_span = made.find(body);
  EXPECT_EQ(made.applied(Rewriter(made.migration).write_downgrade({"one()", "two()"})), after);
}

TEST(Rewriter, WritesADowngrade) {
  expect_downgrade("def downgrade():\n    pass\n", "pass",
                   "def downgrade():\n    one()\n    two()\n");
  expect_downgrade("def downgrade():\n    pass  # why\n", "pass",
                   "def downgrade():\n    one()\n    two()  # why\n");
  expect_downgrade("def downgrade():\n    \"\"\"Nothing.\"\"\"\n", "\"\"\"Nothing.\"\"\"",
                   "def downgrade():\n    \"\"\"Nothing.\"\"\"\n    one()\n    two()\n");
  expect_downgrade("def downgrade():\n    # ### x\n    pass\n    # ### y\n", "pass",
                   "def downgrade():\n    # ### x\n    one()\n    two()\n    # ### y\n");
  expect_downgrade("x = 1\n", "", "x = 1\n\n\ndef downgrade():\n    one()\n    two()\n");
}

TEST(Rewriter, AddsADirectiveAboveTheStatement) {
  const Made made("def upgrade():\n    op.execute(\"\"\"\n    DROP TABLE a\n    \"\"\")\n",
                  "op.execute(\"\"\"\n    DROP TABLE a\n    \"\"\")", {});
  EXPECT_EQ(made.applied(Rewriter(made.migration).add_ignore(made.find("DROP"), "drop-table")),
            "def upgrade():\n    # forelock: ignore[drop-table]\n    op.execute(\"\"\"\n"
            "    DROP TABLE a\n    \"\"\")\n");
}

}  // namespace
}  // namespace forelock::lint
