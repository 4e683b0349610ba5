// The real engine behind the server: what it keeps between keystrokes changes no finding.

#include "lsp/analysis.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rules/registry.h"
#include "tests/project/fake_file_system.h"

namespace forelock::lsp {
namespace {

std::string path_of(int number) {
  return "/w/migrations/versions/" + std::to_string(number) + ".py";
}

std::string revision(int number, const std::string& up, const std::string& down = "pass") {
  const std::string parent =
      number == 1 ? std::string("None") : "\"r" + std::to_string(number - 1) + "\"";
  return "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = \"r" +
         std::to_string(number) + "\"\ndown_revision = " + parent + "\n\n\ndef upgrade():\n    " +
         up + "\n\n\ndef downgrade():\n    " + down + "\n";
}

const std::string kTable = "op.create_table(\"t\", sa.Column(\"id\", sa.Integer()))";
const std::string kIndex = "op.create_index(\"ix\", \"t\", [\"id\"])";

test::FakeFileSystem history() {
  test::FakeFileSystem files;
  files.put("/w/migrations/env.py", "");
  files.put(path_of(1), revision(1, kTable, "op.drop_table(\"t\")"));
  files.put(path_of(2), revision(2, "op.add_column(\"t\", sa.Column(\"a\", sa.Text()))",
                                 "op.drop_column(\"t\", \"a\")"));
  files.put(path_of(3), revision(3, kIndex, "op.drop_index(\"ix\", table_name=\"t\")"));
  files.put(path_of(4), revision(4, "op.drop_table(\"t\")", kTable));
  return files;
}

std::vector<std::string> said(Analyzer& analyzer, const test::FakeFileSystem& files, int number) {
  const AnalysisResult result =
      analyzer.analyze(files, {.paths = {path_of(number)}, .working_folder = "/w"});
  std::vector<std::string> lines;
  for (const lint::Finding& finding : result.files.at(path_of(number)).findings) {
    lines.push_back(std::to_string(finding.location.span.begin_byte) + " " +
                    std::string(finding.rule) + ": " + finding.message);
  }
  return lines;
}

TEST(ProjectAnalyzer, AfterEachKeystrokeSaysWhatAFreshOneSays) {
  struct Keystroke {
    int number;
    std::string text;
  };
  const std::vector<Keystroke> keystrokes = {
      {4, revision(4, "op.drop_table(\"t\")")},
      {2, revision(2, "op.add_column(\"t\", sa.Column(\"a\", sa.Text(), nullable=False))")},
      {3, revision(3, "op.create_index(\"ix\", \"t\", [\"a\"])")},
      {3, revision(3, "op.create_index(\"ix\", \"t\", [\"a\"")},
      {1, revision(1, "pass", "op.drop_table(\"t\")")},
      {1, revision(1, kTable, "op.drop_table(\"t\")")},
      {4, revision(4, "op.execute(\"DROP TABLE nosuch\")")},
      {4, revision(5, "op.drop_table(\"t\")")},
      {4, revision(4, "op.drop_index(\"ix\", table_name=\"t\")", kIndex)},
  };
  test::FakeFileSystem files = history();
  ProjectAnalyzer kept(rules::all_rules());
  for (std::size_t i = 0; i < keystrokes.size(); ++i) {
    files.put(path_of(keystrokes[i].number), keystrokes[i].text);
    // The file under the cursor first, then one that was not asked for before.
    for (const int number : {keystrokes[i].number, 1 + static_cast<int>(i) % 4}) {
      ProjectAnalyzer fresh(rules::all_rules());
      EXPECT_EQ(said(kept, files, number), said(fresh, files, number))
          << "after keystroke " << i << ", in revision " << number;
    }
  }
}

}  // namespace
}  // namespace forelock::lsp
