// Work, memory and recursion are bounded.

#include <gtest/gtest.h>

#include "tests/python/harness.h"

namespace forelock::python {
namespace {

using testing::run;
using testing::value_of;

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Limits, DeepNestingIsUnknown) {
  constexpr int kDeep = 10'000;
  for (const auto& [open, close] : {std::pair{"(", ")"},
                                    {"[", "]"},
                                    {"f(", ")"},
                                    {"-", ""},
                                    {"not ", ""},
                                    {"{1: ", "}"},
                                    {"lambda: ", ""},
                                    {"a.b(", ")"},
                                    {"x if ", " else y"}}) {
    const auto r = run("x = " + repeated(open, kDeep) + "1" + repeated(close, kDeep) + "\ny = 2\n");
    EXPECT_TRUE(r->evaluator->global("y").has_value()) << open;
  }
  EXPECT_FALSE(run("x = " + repeated("(", kDeep) + "1" + repeated(")", kDeep))->host.lost.empty());
}

TEST(Limits, DeepStatementsAreBounded) {
  std::string source;
  for (int i = 0; i < 90; ++i) source += repeated(" ", i) + "if 1:\n";
  source += repeated(" ", 90) + "x = 1\n";
  EXPECT_EQ(value_of(source), "1");
  std::string chain = "if u: x = 0\n";
  for (int i = 0; i < 5000; ++i) chain += "elif u: x = 1\n";
  run(chain);
}

TEST(Limits, LongChainsWork) {
  EXPECT_EQ(value_of("x = " + repeated("1 + ", 500) + "0"), "500");
  EXPECT_EQ(value_of("x = " + repeated("'a' ", 5000)), "'" + repeated("a", 5000) + "'");
}

/// What ends endless code early enough for a build with sanitizers.
constexpr Limits kSmall{.max_steps = 50'000,
                        .max_call_depth = 64,
                        .max_loop_iterations = 10'000,
                        .max_string_bytes = 1U << 20U};

TEST(Limits, RecursionOnUnknownDataEndsEarly) {
  // Two calls of itself under conditions that are not known: 2**64 paths.
  const auto r =
      run("def walk(x):\n"
          "    if u:\n        walk(u.a)\n"
          "    for y in u:\n        walk(y)\n"
          "walk(u)\nx = 1\n");
  EXPECT_TRUE(r->evaluator->global("x").has_value());
  EXPECT_TRUE(r->host.lost.empty());
}

TEST(Limits, HugeValuesAreUnknown) {
  for (const char* source :
       {"x = 'a' * 10**9", "x = [0] * 10**9", "x = 10**10**10", "x = 9**9**9", "x = 1 << 10**9",
        "x = list(range(10**12))", "x = 'a'.ljust(10**10)", "x = f'{1:{10**9}}'",
        "x = '%1000000000d' % 3", "x = '{:1000000000}'.format(1)", "x = [i for i in range(10**9)]",
        "x = 2**63", "x = -2**63 - 1", "s = 'ab' * 1000\nfor i in range(100): s = s + s\nx = s",
        "s = [1]\nfor i in range(100): s = s + s\nx = s",
        "s = []\nfor i in range(100): s = [s, s]\nx = s == [s]",
        "import itertools\nx = list(itertools.product(range(1000), repeat=9))",
        "d = []\nwhile True: d.append('a' * 1000000)\nx = d"}) {
    run(source, {}, kSmall);
  }
  EXPECT_EQ(value_of("x = 'a' * 10**9"), "?");
}

TEST(Limits, EndlessCodeEnds) {
  for (const char* body :
       {"    while True: pass\n", "    f()\n",
        "    for i in range(10**9):\n        for j in range(10**9): pass\n",
        "    x = [0]\n    for i in x: x.append(i)\n",
        "    [i for i in range(10000) for j in range(10000)]\n", "    g(30)\n",
        "    x = []\n    x.append(x)\n    y = [x]\n    x == y\n    str(x)\n",
        "    x = []\n    for i in range(10000): x = [x]\n    str(x)\n    x == x\n",
        "    x = {}\n    for i in range(10000): x = {1: x}\n",
        "    x = op\n    for i in range(1000): x = x.y(x)\n",
        "    x = lambda: 1\n    for i in range(10000): x = (lambda y: lambda: y)(x)\n"}) {
    const auto r = run(
        std::string(
            "from other import op\ndef f(): f()\ndef g(n): return n < 2 or g(n - 1) + g(n - 2)\n"
            "def upgrade():\n") +
            body,
        {}, kSmall);
    r->evaluator->call("upgrade");
  }
}

TEST(Limits, AreReported) {
  const auto r =
      run("def upgrade():\n    for i in range(10000):\n        for j in range(10000): pass\n", {},
          kSmall);
  EXPECT_EQ(r->evaluator->call("upgrade").outcome, Evaluator::Outcome::kLimit);
  EXPECT_FALSE(r->host.lost.empty());
  EXPECT_EQ(r->evaluator->call("upgrade").outcome, Evaluator::Outcome::kLimit) << "again";
}

TEST(Limits, OddFilesAreEvaluated) {
  using namespace std::string_literals;
  for (const std::string& source :
       {""s, "\0"s, "\xff\xfe"s, "\xef\xbb\xbfx = 1"s, "x = '\xff'"s, "x = 1\r\ny = 2\r"s, "def"s,
        "x ="s, "'"s, "f'{"s, "f'{x"s, "'''"s, "\\"s, "(((("s, "if"s, "class A(:"s, "@"s,
        "x = '\\N{DASH}'"s, "x = '\\"s}) {
    run(source)->evaluator->call("upgrade");
  }
  EXPECT_EQ(value_of("\xef\xbb\xbfx = 1"), "1");
}

}  // namespace
}  // namespace forelock::python
