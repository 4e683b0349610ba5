#pragma once

// A report with everything that a reporter can meet: hostile text, wide characters, several lines,
// fixes, suppressed findings, problems.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "analyzer/lint/finding.h"
#include "reporters/reporter.h"

namespace forelock::test {

/// The span of `needle` in a file, which must hold it.
inline text::Span span_of(const text::SourceFile& file, std::string_view needle) {
  const auto at = static_cast<std::uint32_t>(file.text().find(needle));
  return {at, at + static_cast<std::uint32_t>(needle.size())};
}

constexpr lint::Rule sample_rule(std::string_view id, lint::Severity severity) {
  lint::Rule rule{};
  rule.info.id = id;
  rule.info.group = "locks";
  rule.info.summary = "an index is built while writes wait";
  rule.info.why = "CREATE INDEX locks the table against writes until it is done";
  rule.info.safer = "build it CONCURRENTLY, outside of a transaction";
  rule.info.source = "PostgreSQL manual, CREATE INDEX";
  rule.info.severity = severity;
  return rule;
}
inline constexpr lint::Rule kSampleIndex =
    sample_rule("index-not-concurrent", lint::Severity::kError);
inline constexpr lint::Rule kSampleDrop = sample_rule("drop-column", lint::Severity::kWarning);
inline constexpr lint::Rule kSampleName = sample_rule("constraint-unnamed", lint::Severity::kInfo);
inline constexpr std::array<const lint::Rule*, 3> kSampleRules = {&kSampleName, &kSampleDrop,
                                                                  &kSampleIndex};

inline text::FileRef make_file(std::string path, std::string text) {
  return std::make_shared<const text::SourceFile>(std::move(path), std::move(text));
}

/// A tab, wide and combining characters, CRLF, an escape sequence, an invalid byte.
inline const text::FileRef& python_file() {
  static const text::FileRef kFile =
      make_file("migrations/versions/01 ünïcode.py",
                "def upgrade():\r\n"
                "\top.create_index(\"日本\", \"t\")  # \xF0\x9F\x98\x80 e\xCC\x81\r\n"
                "    op.drop_column(\"t\", \"\x1b[31mred\xFF\")\r\n"
                "    op.execute(\"\"\"\r\n"
                "        SELECT 1\r\n"
                "    \"\"\")\r\n");
  return kFile;
}
inline const text::FileRef& script_file() {
  static const text::FileRef kFile =
      make_file("sql/2:%0A.sql", "ALTER TABLE t ADD UNIQUE (a);\nSELEC 1;\n");
  return kFile;
}

inline lint::Finding index_finding() {
  lint::Finding finding;
  finding.rule = kSampleIndex.info.id;
  finding.severity = lint::Severity::kError;
  finding.location = {python_file(), span_of(*python_file(), "op.create_index")};
  finding.message = "building the index \"日本\" blocks writes to \"t\"";
  finding.help = "build it CONCURRENTLY in an autocommit block";
  finding.notes = {"\"t\" was created in revision a"};
  finding.related.push_back(
      {{script_file(), span_of(*script_file(), "ALTER TABLE t")}, "the table is used here"});
  lint::Fix fix;
  fix.title = "Build the index concurrently";
  fix.applicability = lint::Applicability::kUnsafe;
  const text::Span at = span_of(*python_file(), "\"t\")");
  fix.edits = {{{at.end_byte - 1, at.end_byte - 1}, ", postgresql_concurrently=True"}};
  finding.fixes.push_back(std::move(fix));
  finding.revision = "b2";
  finding.direction = "upgrade";
  finding.statement = {"CREATE INDEX", "CREATE INDEX \"日本\" ON t (a)", {{"t", "ShareLock"}}};
  finding.fingerprint = "f1";
  return finding;
}

inline lint::Finding hostile_finding() {
  lint::Finding finding;
  finding.rule = kSampleDrop.info.id;
  finding.severity = lint::Severity::kWarning;
  finding.location = {python_file(), span_of(*python_file(), "op.drop_column(\"t\"")};
  finding.message =
      "dropping \"\x1b[31mred\xFF\" loses data\n::error::injected <b>&amp;</b> `x` @team ]]> 100%";
  finding.help = "stop using it first";
  finding.revision = "b2";
  finding.direction = "upgrade";
  finding.fingerprint = "f2";
  return finding;
}

inline lint::Finding long_finding() {
  lint::Finding finding;
  finding.rule = kSampleName.info.id;
  finding.severity = lint::Severity::kInfo;
  const text::Span first = span_of(*python_file(), "op.execute");
  finding.location = {python_file(), {first.begin_byte, first.begin_byte + 40}};
  finding.message = "several lines";
  finding.fingerprint = "f3";
  return finding;
}

inline lint::Finding suppressed_finding() {
  lint::Finding finding;
  finding.rule = kSampleName.info.id;
  finding.severity = lint::Severity::kInfo;
  finding.location = {script_file(), span_of(*script_file(), "ADD UNIQUE")};
  finding.message = "the constraint has no name";
  finding.fingerprint = "f4";
  finding.suppressed = lint::Suppression{lint::Suppression::Kind::kInSource, "old"};
  return finding;
}

/// The rules that the sample's findings are of.
inline std::span<const lint::Rule* const> sample_rules() { return kSampleRules; }

inline lint::Report sample_report() {
  lint::Report report;
  report.findings = {index_finding(), hostile_finding(), long_finding(), suppressed_finding()};
  report.problems = {{model::Problem::Kind::kParse, script_file(), span_of(*script_file(), "SELEC"),
                      "syntax error at or near \"SELEC\""},
                     {model::Problem::Kind::kNotAnalyzed, python_file(),
                      span_of(*python_file(), "op.execute"), "not analysed: the SQL is not known"}};
  report.counts = {2, 2, 5, 1, 3, 1};
  report.pg_version = 15;
  report.files = {python_file(), script_file()};
  return report;
}

/// No findings and no problems in one file.
inline lint::Report clean_report() {
  lint::Report report;
  report.counts = {1, 1, 1, 0, 0, 0};
  report.pg_version = 16;
  report.pg_version_assumed = false;
  report.files = {script_file()};
  return report;
}

inline reporters::Context sample_context() {
  reporters::Context context;
  context.rules = sample_rules();
  context.root = "/home/me/my repo/db";
  context.prefix = "db/";
  return context;
}

}  // namespace forelock::test
