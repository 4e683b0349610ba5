#pragma once

// Migrations with the findings that are expected of them in their comments.
//
// A fixture is one file, or a folder whose files are one history in order of their names; files
// below `base/` are the same history at the base git ref. In any comment:
//
//   expect: RULE[, RULE…] [@COLUMN] ["part of the message"]
//       a finding on this line; alone on its line: on the next line that is no such comment
//   expect[+N]: …    N lines further
//   expect-problem: KIND    a problem on that line
//   expect-none      nothing is expected; every fixture says one or the other
//   forelock-test: pg-version=14 rules=a,b dialect=mysql require-reason=true
//       transaction=file transaction-per-migration=true option.NAME=VALUE convention.KEY=FORMAT
//
// Expectations are strict both ways, and are blanked before the file is read. A Python file that
// names no revision gets Alembic's header, chained in order of names.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/lint/engine.h"
#include "analyzer/model/project.h"

namespace forelock::test {

struct FixtureFile {
  std::string name;  ///< Relative to the fixture: "drop.py", "base/1.py".
  std::string text;
};

struct Fixture {
  std::string name;
  std::vector<FixtureFile> files;
};

struct Expectation {
  std::string file;
  std::uint32_t line1 = 0;
  std::uint32_t column1 = 0;  ///< 0: any.
  std::string rule;           ///< Of a problem: its kind.
  std::string message;        ///< A part of it; may be empty.
  bool problem = false;
};

/// A fixture read and linted.
struct LintedFixture {
  lint::Report report;
  std::vector<Expectation> expectations;
  bool expects_none = false;
  std::vector<FixtureFile> files;  ///< As they were read: with headers, without expectations.
};

/// Fixtures in a folder, by name: its files (but `NAME.fixed.EXT`) and its folders.
std::vector<Fixture> read_fixtures(const std::string& folder);
/// A rule's example: the whole text, or parts that lines `# file: NAME` begin.
Fixture example_fixture(std::string_view name, std::string_view text, bool sql);

/// Runs the rules that the fixture names, or `rules`, over it.
LintedFixture lint_fixture(const Fixture& fixture, std::span<const lint::Rule* const> rules,
                           std::span<const lint::Rule* const> known_rules);
/// `text` with its expectations blanked; they go to `linted`, as those of the file `name`.
std::string read_expectations(const std::string& name, const std::string& text,
                              LintedFixture& linted);
/// What is not as expected, one line each; empty when all is well.
std::vector<std::string> mismatches(const LintedFixture& linted);
/// The fixture with the fixes of all findings applied until nothing changes; a message instead when
/// that does not end, or an edit does not fit.
struct FixedFixture {
  Fixture fixture;
  std::string failure;
};
FixedFixture fix_fixture(const Fixture& fixture, std::span<const lint::Rule* const> rules,
                         std::span<const lint::Rule* const> known_rules);

/// All of a file; empty when there is none.
std::string read_text(const std::string& path);
/// Writes a golden, with its folder.
void write_text(const std::string& path, std::string_view text);

}  // namespace forelock::test
