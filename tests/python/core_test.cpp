// Expressions, statements and calls that the Host sees.

#include <gtest/gtest.h>

#include "tests/python/harness.h"

namespace forelock::python {
namespace {

using testing::calls_of;
using testing::value_of;

struct Case {
  const char* source;
  const char* expected;
};

class Values : public ::testing::TestWithParam<Case> {};

TEST_P(Values, AreEvaluated) {
  EXPECT_EQ(value_of(GetParam().source), GetParam().expected) << GetParam().source;
}

INSTANTIATE_TEST_SUITE_P(
    Core, Values,
    ::testing::Values(
        Case{"x = 1 + 2 * 3", "7"}, Case{"x = 'a' 'b'\n", "'ab'"},
        Case{"x = f'{1}{\"a\"}b'", "'1ab'"}, Case{"x = '%s-%d' % ('a', 3)", "'a-3'"},
        Case{"x = '{}/{b}'.format(1, b='c')", "'1/c'"},
        Case{"x = [i * 2 for i in range(3)]", "[0, 2, 4]"},
        Case{"x = {k: v for k, v in zip('ab', (1, 2))}", "{'a': 1, 'b': 2}"},
        Case{"import os\nx = f'a {os.environ[\"X\"]} b'", "'a __unknown__ b'"},
        Case{"def f(a, b=2, *c, **d): return (a, b, c, d)\nx = f(1, 3, 4, e=5)",
             "(1, 3, (4,), {'e': 5})"},
        Case{"from alembic import op\nx = op.f", "alembic.op.f"},
        Case{"import sqlalchemy as sa\nx = sa.Column('id', sa.Integer(), nullable=False)",
             "sqlalchemy.Column('id', sqlalchemy.Integer(), nullable=False)"},
        Case{"x = 1 if True else 2", "1"}, Case{"x = 3 < 4 < 5", "True"},
        Case{"x = ','.join(['a', 'b'])", "'a,b'"}, Case{"a, *b = 1, 2, 3\nx = b", "[2, 3]"},
        Case{"x = []\nfor i in range(3):\n  if i == 1: continue\n  x.append(i)\nelse:\n  "
             "x.append(9)",
             "[0, 2, 9]"},
        Case{"class A:\n  b = 1\n  def m(self): return self.b + 1\nx = A().m()", "2"},
        Case{"import enum\nclass E(enum.Enum):\n  A = 'a'\n  B = 'b'\nx = [e.value for e in E]",
             "['a', 'b']"},
        Case{"try:\n  raise ValueError('x')\nexcept ValueError as e:\n  x = str(e)", "'x'"},
        Case{"x = 10**10**10", "?"}, Case{"x = [0] * 10**9", "?"}, Case{"x = 'a' * 10**9", "?"}));

TEST(Calls, AreSeenByTheHost) {
  EXPECT_EQ(calls_of("from alembic import op\n"
                     "import sqlalchemy as sa\n"
                     "def upgrade():\n"
                     "    op.add_column('t', sa.Column('c', sa.Text()))\n"
                     "    for t in ('a', 'b'):\n"
                     "        op.execute(f'DROP TABLE {t}')\n"),
            "sqlalchemy.Text()\n"
            "sqlalchemy.Column('c', sqlalchemy.Text())\n"
            "alembic.op.add_column('t', sqlalchemy.Column('c', sqlalchemy.Text()))\n"
            "alembic.op.execute('DROP TABLE a')\n"
            "alembic.op.execute('DROP TABLE b')\n");
}

TEST(Calls, UnderUnknownConditionsAreConditional) {
  EXPECT_EQ(calls_of("from alembic import op\n"
                     "from other import flag\n"
                     "def upgrade():\n"
                     "    a = 1\n"
                     "    if flag():\n"
                     "        a = 2\n"
                     "        op.execute('A')\n"
                     "    else:\n"
                     "        op.execute('B')\n"
                     "    op.execute(f'C {a}')\n"
                     "    if flag: raise ValueError()\n"
                     "    op.execute('D')\n"
                     "    if flag: return\n"
                     "    op.execute('E')\n"),
            "other.flag()\n"
            "? alembic.op.execute('A')\n"
            "? alembic.op.execute('B')\n"
            "alembic.op.execute('C __unknown__')\n"
            "alembic.op.execute('D')\n"
            "? alembic.op.execute('E')\n");
}

}  // namespace
}  // namespace forelock::python
