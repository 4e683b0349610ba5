// The evaluator against what Python gives: tests/python/expressions.txt.

#include <gtest/gtest.h>

#include <fstream>

#include "tests/python/harness.h"

namespace forelock::python {
namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

TEST(Expressions, AreWorthWhatPythonSays) {
  std::ifstream lines(std::string(FORELOCK_SOURCE_DIR) + "/tests/python/expressions.txt");
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos) << line;
    std::string source = replaced(line.substr(0, tab), "⏎", "\n");
    if (source.starts_with('(')) source = "x = " + source;
    EXPECT_EQ(replaced(testing::value_of(source), "\n", "⏎"), line.substr(tab + 1)) << source;
    ++count;
  }
  EXPECT_GT(count, 150);
}

}  // namespace
}  // namespace forelock::python
