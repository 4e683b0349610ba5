#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "reporters/escape.h"
#include "reporters/frame.h"
#include "reporters/line_hash.h"
#include "reporters/registry.h"
#include "reporters/tool.h"
#include "tests/reporters/sample.h"

namespace forelock::reporters {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Compares with a file beside this test; UPDATE_GOLDEN=1 writes it.
void expect_golden(const std::string& name, const std::string& actual) {
  const std::string path = std::string(FORELOCK_SOURCE_DIR) + "/tests/reporters/golden/" + name;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  EXPECT_EQ(actual, slurp(path)) << "run with UPDATE_GOLDEN=1 to write " << name;
}

TEST(Reporters, EachFormatIsAsItsGoldenFile) {
  for (const Reporter& reporter : all_reporters()) {
    const std::string name(reporter.name);
    expect_golden(name + ".txt", reporter.render(test::sample_report(), test::sample_context()));
    expect_golden(name + "-clean.txt",
                  reporter.render(test::clean_report(), test::sample_context()));
  }
  Context everything = test::sample_context();
  everything.color = true;
  everything.show_suppressed = true;
  everything.show_not_analyzed = true;
  expect_golden("text-everything.txt", render_text(test::sample_report(), everything));
  expect_golden("sarif-everything.txt", render_sarif(test::sample_report(), everything));
}

TEST(Reporters, NoFormatLetsControlCharactersOrInvalidBytesThrough) {
  for (const Reporter& reporter : all_reporters()) {
    const std::string text = reporter.render(test::sample_report(), test::sample_context());
    EXPECT_THAT(text, Not(HasSubstr("\x1b"))) << reporter.name;
    EXPECT_EQ(valid_utf8(text), text) << reporter.name;
    EXPECT_THAT(text, Not(HasSubstr("\n::error::injected"))) << reporter.name;
  }
}

TEST(Reporters, FormatsAreFoundByName) {
  EXPECT_EQ(find_reporter("sarif")->name, "sarif");
  EXPECT_EQ(find_reporter("sarrif"), nullptr);
}

TEST(Reporters, VersionIsThatOfTheBuild) {
  const std::string cmake = slurp(std::string(FORELOCK_SOURCE_DIR) + "/CMakeLists.txt");
  EXPECT_THAT(cmake, HasSubstr("VERSION " + std::string(kVersion) + " "));
}

TEST(Escape, PrintableShowsWhatATerminalWouldObey) {
  EXPECT_EQ(printable("a\x1b[0m\r\n\t\x7f\xC2\x9B"), "a\\x1b[0m\\r\\n\\t\\x7f\\x9b");
  EXPECT_EQ(printable("a\u202eb\u200bc"), "a\\u202eb\\u200bc");
  EXPECT_EQ(printable("\xFFé"), "\xEF\xBF\xBDé");
}

TEST(Escape, UriPathIsEncoded) {
  EXPECT_EQ(uri_path("a b/ü:?#%.py"), "a%20b/%C3%BC%3A%3F%23%25.py");
}

TEST(Escape, WidthCountsColumns) {
  EXPECT_EQ(display_width("ab"), 2U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("😀"), 2U);
}

TEST(Frame, CaretsStandUnderTheSpan) {
  const text::SourceFile file("a.sql", "x\n\tSELECT 日本, b;\ny");
  EXPECT_EQ(code_frame(file, test::span_of(file, "b;"), {}),
            "  |\n2 |     SELECT 日本, b;\n  |                  ^^\n");
  EXPECT_EQ(code_frame(file, test::span_of(file, "日本"), {}),
            "  |\n2 |     SELECT 日本, b;\n  |            ^^^^\n");
}

TEST(Frame, LongLinesAreCutAroundTheSpan) {
  const text::SourceFile file("a.sql", std::string(5000, 'x') + "HERE" + std::string(5000, 'y'));
  const std::string frame = code_frame(file, test::span_of(file, "HERE"), {});
  EXPECT_LT(frame.size(), 500U);
  EXPECT_THAT(frame, AllOf(HasSubstr("…xxx"), HasSubstr("HEREyy"), HasSubstr("^^^^\n")));
}

TEST(Frame, AnEmptySpanOrOneAtTheEndHasACaret) {
  const text::SourceFile file("a.sql", "ab\n");
  EXPECT_THAT(code_frame(file, {3, 3}, {}), HasSubstr("^\n"));
  EXPECT_THAT(code_frame(file, {900, 950}, {}), HasSubstr("^\n"));
}

// Cases of github/codeql-action's own test, src/fingerprints.test.ts.
TEST(LineHash, AsCodeqlActionComputesIt) {
  EXPECT_THAT(line_hashes(""), ElementsAre("c129715d7a2bc9a3:1"));
  EXPECT_THAT(line_hashes(" a\nb\n  \t\tc\n d"),
              ElementsAre("271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1",
                          "a23a3dc5e078b07b:1"));
  EXPECT_THAT(line_hashes(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End"),
              ElementsAre("8b7cf3e952e7aeb2:1", "b1ae1287ec4718d9:1", "bff680108adb0fcc:1",
                          "c6805c5e1288b612:1", "b86d3392aea1be30:1", "e6ceba753e1a442:1"));
  EXPECT_THAT(line_hashes(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n"),
              ElementsAre("e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1",
                          "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1",
                          "c129715d7a2bc9a3:1"));
}

TEST(LineHash, LineBreaksDoNotMatter) {
  const auto unix_hashes = line_hashes("a\nb\n\nc");
  EXPECT_EQ(line_hashes("a\r\nb\r\n\r\nc"), unix_hashes);
  EXPECT_EQ(line_hashes("a\rb\r\rc"), unix_hashes);
}

TEST(LineHash, EqualLinesAreNumbered) {
  const auto hashes = line_hashes(std::string(300, '\n'));
  ASSERT_EQ(hashes.size(), 301U);
  EXPECT_EQ(hashes[0].substr(hashes[0].find(':')), ":1");
  EXPECT_EQ(hashes[1].substr(hashes[1].find(':')), ":2");
}

TEST(Json, PositionsAreCodePointsAndOffsetsBytes) {
  const Json json = Json::parse(render_json(test::sample_report(), test::sample_context()));
  EXPECT_EQ(json["schema"], 1);
  const Json& first = json["diagnostics"][0];
  EXPECT_EQ(first["start"], (Json{{"line", 2}, {"column", 2}, {"offset", 17}}));
  EXPECT_EQ(first["fixes"][0]["edits"][0]["start"]["column"], 27);
  EXPECT_EQ(json["diagnostics"].size(), 3U);
  EXPECT_EQ(json["summary"]["not_analyzed"], 1);
}

TEST(Sarif, EveryResultHasALocation) {
  lint::Report report = test::sample_report();
  report.findings[0].location = {};
  report.files.clear();
  const Json json = Json::parse(render_sarif(report, test::sample_context()));
  for (const Json& result : json["runs"][0]["results"]) {
    EXPECT_EQ(result["locations"].size(), 1U);
    EXPECT_TRUE(result["locations"][0]["physicalLocation"]["region"].contains("endColumn"));
  }
}

TEST(Sarif, ColumnsCountUtf16) {
  const Json json = Json::parse(render_sarif(test::sample_report(), test::sample_context()));
  EXPECT_EQ(json["runs"][0]["columnKind"], "utf16CodeUnits");
  EXPECT_TRUE(json["runs"][0]["results"].is_array());
}

TEST(Sarif, GivesGitHubNoMoreResultsThanItTakes) {
  lint::Report report = test::sample_report();
  report.findings.assign(25'010, report.findings[1]);
  const std::string sarif = render_sarif(report, test::sample_context());
  std::size_t results = 0;  // Parsing so much takes minutes with sanitizers.
  for (std::size_t at = 0; (at = sarif.find("\"ruleIndex\"", at)) != std::string::npos; ++at) {
    ++results;
  }
  EXPECT_EQ(results, 25'000U);
}

TEST(Gitlab, FingerprintsAreUnique) {
  lint::Report report = test::sample_report();
  report.findings.push_back(report.findings[0]);
  const Json json = Json::parse(render_gitlab(report, test::sample_context()));
  std::set<std::string> seen;
  for (const Json& entry : json) {
    EXPECT_TRUE(seen.insert(entry["fingerprint"].get<std::string>()).second);
  }
  EXPECT_EQ(Json::parse(render_gitlab({}, {})), Json::array());
}

TEST(Markdown, StaysBelowGitHubsLimit) {
  lint::Report report = test::sample_report();
  report.findings.assign(5'000, report.findings[1]);
  const std::string text = render_markdown(report, test::sample_context());
  EXPECT_LT(text.size(), 65'536U);
  EXPECT_THAT(text, HasSubstr("left out"));
  report.findings.resize(200);
  EXPECT_THAT(render_markdown(report, test::sample_context()), HasSubstr("The code is left out"));
}

}  // namespace
}  // namespace forelock::reporters
