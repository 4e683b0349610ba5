// What is known of a file without running it.

#include <gtest/gtest.h>

#include "tests/python/harness.h"

namespace forelock::python {
namespace {

std::shared_ptr<const ParsedFile> parsed(std::string source) {
  return parse(std::make_shared<text::SourceFile>("a.py", std::move(source)));
}

TEST(Outline, ListsFunctions) {
  const std::string source =
      "@deco\ndef upgrade() -> None:\n    \"\"\"doc\"\"\"\n    pass\n\n"
      "def downgrade(a=(1, 2), b: int = 3):\n    op.x()\n\nclass A:\n    def inner(self): ...\n";
  const auto all = functions(*parsed(source));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "upgrade");
  EXPECT_TRUE(all[0].trivial);
  EXPECT_EQ(source.substr(all[0].header.begin_byte, all[0].header.size()),
            "def upgrade() -> None:");
  EXPECT_EQ(all[1].name, "downgrade");
  EXPECT_FALSE(all[1].trivial);
  EXPECT_EQ(source.substr(all[1].header.begin_byte, all[1].header.size()),
            "def downgrade(a=(1, 2), b: int = 3):");
  EXPECT_EQ(source.substr(all[1].body.begin_byte, all[1].body.size()), "op.x()");
  for (const char* body : {"pass", "...", "return", "return None", "'doc'", "'doc'; return"}) {
    EXPECT_TRUE(functions(*parsed(std::string("def f(): ") + body))[0].trivial) << body;
  }
  EXPECT_FALSE(functions(*parsed("def f(): return 1"))[0].trivial);
  EXPECT_FALSE(functions(*parsed("def f(): raise X"))[0].trivial);
}

TEST(Outline, ListsAssignmentsImportsAndTheDocstring) {
  const std::string source =
      "\"\"\"create users\n\nRevision ID: abc\n\"\"\"\nfrom alembic import op\nimport a.b as c, d\n"
      "revision = 'abc'\ndown_revision: str | None = None\na = b = 1\nx.y = 2\n";
  const auto file = parsed(source);
  EXPECT_EQ(docstring(*file), "create users\n\nRevision ID: abc\n");
  const auto all = assignments(*file);
  std::string names;
  for (const auto& a : all) names += a.name + " ";
  EXPECT_EQ(names, "revision down_revision a b ");
  EXPECT_EQ(source.substr(all[0].value.begin_byte, all[0].value.size()), "'abc'");
  EXPECT_EQ(source.substr(all[1].statement.begin_byte, all[1].statement.size()),
            "down_revision: str | None = None");
  std::string modules;
  for (const auto& i : imports(*file)) modules += i.module + " ";
  EXPECT_EQ(modules, "alembic a.b d ");
  EXPECT_FALSE(docstring(*parsed("x = 1")));
}

TEST(Outline, ListsComments) {
  const std::string source = "# one\nx = 1  # two\ndef f():\n    # three\n    pass\ns = '# no'\n";
  std::string all;
  for (const auto& c : comments(*parsed(source))) {
    all += source.substr(c.span.begin_byte, c.span.size()) + "|";
  }
  EXPECT_EQ(all, "# one|# two|# three|");
}

TEST(SyntaxProblems, AreFewAndClear) {
  EXPECT_TRUE(syntax_problems(*parsed("x = 1\nprint 'python 2'\n")).empty());
  const std::string source = "x = 1\ny = = 2\nz = 3\n";
  const auto problems = syntax_problems(*parsed(source));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].message, "invalid syntax");
  EXPECT_GE(problems[0].span.begin_byte, 6U);
  EXPECT_LE(problems[0].span.end_byte, 14U);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "x = = 1\ny = 2\n";
  EXPECT_LE(syntax_problems(*parsed(many)).size(), 10U);
  EXPECT_FALSE(syntax_problems(*parsed("x = (1")).empty());
}

}  // namespace
}  // namespace forelock::python
