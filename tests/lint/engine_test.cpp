#include "analyzer/lint/engine.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "analyzer/lint/fingerprint.h"
#include "analyzer/sql/script.h"

namespace forelock::lint {
namespace {

void report_drops(const StepContext& ctx, FindingSink& sink) {
  const auto* drop = std::get_if<model::Drop>(&ctx.statement.operation);
  if (drop == nullptr) return;
  sink.report(short_span(ctx.migration.migration, ctx.statement), "a drop");
}

void report_table_count(const StepContext& ctx, FindingSink& sink) {
  if (std::holds_alternative<model::CreateTable>(ctx.statement.operation)) {
    sink.report(ctx.statement.span, "a table");
  }
}

void throw_always(const StepContext&, FindingSink&) { throw std::runtime_error("broken rule"); }

void report_project(const ProjectContext& ctx, FindingSink& sink) {
  const model::Migration& last = ctx.project.migrations.back();
  sink.report(text::Location{last.file, {0, 1}},
              std::to_string(ctx.traces.size()) + " migrations, option " +
                  std::to_string(ctx.options.integer("count", 7)));
}

constexpr Rule kDrops = {.info = {.id = "drops", .severity = Severity::kWarning},
                         .check_step = report_drops};
constexpr Rule kTables = {.info = {.id = "tables", .severity = Severity::kInfo},
                          .check_step = report_table_count};
constexpr Rule kThrows = {.info = {.id = "throws"}, .check_step = throw_always};
constexpr Rule kWhole = {.info = {.id = "whole", .postgresql_only = false},
                         .check_project = report_project};
constexpr Rule kNewer = {.info = {.id = "newer", .since_pg = 17}, .check_step = report_drops};
constexpr Rule kUnused = {.info = {.id = kSuppressionUnused}};
constexpr Rule kUnknown = {.info = {.id = kSuppressionUnknownRule}};

const Rule* const kKnown[] = {&kDrops, &kTables, &kThrows, &kWhole, &kUnused, &kUnknown};

model::Migration script(std::string path, std::string text) {
  return sql::read_script(
      std::make_shared<const text::SourceFile>(std::move(path), std::move(text)), false);
}

model::Project project(std::vector<model::Migration> migrations) {
  model::Project made;
  made.migrations = std::move(migrations);
  return made;
}

Report run_rules(const model::Project& made, std::vector<const Rule*> rules,
                 EngineOptions options = {}) {
  options.rules = std::move(rules);
  options.known_rules = kKnown;
  return run(made, nullptr, options);
}

TEST(Engine, FindingsSayRuleSeverityPlaceAndStatement) {
  const auto made = project({script("1.sql", "SELECT 1;\nDROP TABLE users;\n")});
  const Report report = run_rules(made, {&kDrops});
  ASSERT_EQ(report.findings.size(), 1U);
  const Finding& finding = report.findings[0];
  EXPECT_EQ(finding.rule, "drops");
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_EQ(finding.location.file->slice(finding.location.span), "DROP TABLE users");
  EXPECT_EQ(finding.direction, "upgrade");
  ASSERT_TRUE(finding.statement.has_value());
  EXPECT_EQ(finding.statement->kind, "DROP TABLE");
  EXPECT_EQ(finding.fingerprint.size(), 16U);
  EXPECT_EQ(report.counts.statements, 2U);
  EXPECT_EQ(report.counts.findings, 1U);
  EXPECT_EQ(report.counts.files, 1U);
}

TEST(Engine, ARuleThatThrowsIsAProblemAndTheOthersGoOn) {
  const auto made = project({script("1.sql", "DROP TABLE users;")});
  const Report report = run_rules(made, {&kThrows, &kDrops});
  EXPECT_EQ(report.findings.size(), 1U);
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].kind, model::Problem::Kind::kInternal);
  EXPECT_NE(report.problems[0].message.find("broken rule"), std::string::npos);
}

TEST(Engine, TheResultDoesNotDependOnThreads) {
  std::vector<model::Migration> migrations;
  for (int i = 0; i < 40; ++i) {
    migrations.push_back(script(std::to_string(i) + ".sql", "CREATE TABLE t" + std::to_string(i) +
                                                                " (id integer);\nDROP TABLE t" +
                                                                std::to_string(i / 2) + ";"));
  }
  const auto made = project(std::move(migrations));
  EngineOptions one;
  EngineOptions many;
  many.jobs = 8;
  const Report a = run_rules(made, {&kDrops, &kTables, &kWhole}, one);
  const Report b = run_rules(made, {&kDrops, &kTables, &kWhole}, many);
  ASSERT_EQ(a.findings.size(), b.findings.size());
  for (std::size_t i = 0; i < a.findings.size(); ++i) {
    EXPECT_EQ(a.findings[i].fingerprint, b.findings[i].fingerprint);
    EXPECT_EQ(a.findings[i].message, b.findings[i].message);
  }
}

TEST(Engine, SeveritiesOptionsAndVersionsAreObeyed) {
  auto made = project({script("1.sql", "DROP TABLE users;")});
  EngineOptions options;
  options.severities["drops"] = Severity::kError;
  options.severities["tables"] = Severity::kOff;
  options.options["whole"] = OptionValues({{"count", std::int64_t{3}}});
  const Report report = run_rules(made, {&kDrops, &kTables, &kWhole, &kNewer}, options);
  ASSERT_EQ(report.findings.size(), 2U);
  EXPECT_EQ(report.findings[0].message, "1 migrations, option 3");
  EXPECT_EQ(report.findings[1].severity, Severity::kError);
  made.settings.dialect = "mysql";
  EXPECT_EQ(run_rules(made, {&kDrops, &kWhole}).findings.size(), 1U);
}

TEST(Engine, DeployedAndUnwantedFilesAreReplayedButNotReported) {
  const auto made = project({script("1.sql", "DROP TABLE a;"), script("2.sql", "DROP TABLE b;"),
                             script("3.sql", "DROP TABLE c;")});
  EngineOptions options;
  options.start_after = "1.sql";
  Report report = run_rules(made, {&kDrops, &kWhole}, options);
  ASSERT_EQ(report.findings.size(), 3U);
  EXPECT_EQ(report.findings[0].location.file->path(), "2.sql");
  options.only_files = {"3.sql"};
  report = run_rules(made, {&kDrops, &kWhole}, options);
  ASSERT_EQ(report.findings.size(), 2U);
  EXPECT_EQ(report.findings[0].message, "3 migrations, option 7");
  EXPECT_EQ(report.counts.files, 1U);
}

TEST(Engine, WhatIsNotAnalysedIsCountedAndSaid) {
  const auto made = project({script("1.sql", "DROP TABLE a;\nDROP NONSENSE;\n")});
  const Report report = run_rules(made, {&kDrops});
  EXPECT_EQ(report.counts.not_analyzed, 1U);
  EXPECT_EQ(report.problems.size(), 1U);
}

TEST(Engine, SuppressedFindingsStayMarked) {
  const auto made = project({script("1.sql",
                                    "DROP TABLE a; -- forelock: ignore[drops] unused\n"
                                    "DROP TABLE b;\n"
                                    "-- forelock: ignore[drops] unused\n"
                                    "SELECT 1;\n")});
  const Report report = run_rules(made, {&kDrops, &kUnused});
  ASSERT_EQ(report.findings.size(), 3U);
  ASSERT_TRUE(report.findings[0].suppressed.has_value());
  EXPECT_EQ(report.findings[0].suppressed->reason, "unused");
  EXPECT_FALSE(report.findings[1].suppressed.has_value());
  EXPECT_EQ(report.findings[2].rule, kSuppressionUnused);
  EXPECT_EQ(report.counts.suppressed, 1U);
  EXPECT_EQ(report.counts.findings, 2U);
}

TEST(Engine, ABlanketMustBeAllowedAndDoesNotHideItsOwnFaults) {
  const auto made = project({script("1.sql",
                                    "-- forelock: ignore-file[ALL] generated\n"
                                    "DROP TABLE a; -- forelock: ignore[no-such-rule] x\n")});
  EngineOptions options;
  options.allow_blanket = true;
  const Report report = run_rules(made, {&kDrops, &kUnknown, &kUnused}, options);
  ASSERT_EQ(report.findings.size(), 2U);
  EXPECT_TRUE(report.findings[0].suppressed.has_value());
  EXPECT_EQ(report.findings[1].rule, kSuppressionUnknownRule);
  EXPECT_FALSE(report.findings[1].suppressed.has_value());
  EXPECT_FALSE(run_rules(made, {&kDrops}).findings[0].suppressed.has_value());
}

TEST(Fingerprint, SurvivesMovedLinesAndTellsEqualsApart) {
  const auto before = project({script("1.sql", "DROP TABLE a;\nDROP TABLE b;\nDROP TABLE a;\n")});
  const auto after =
      project({script("1.sql", "-- new\n\nDROP   TABLE\n  a;\nDROP TABLE b;\nDROP TABLE a;\n")});
  const Report old_report = run_rules(before, {&kDrops});
  const Report new_report = run_rules(after, {&kDrops});
  ASSERT_EQ(old_report.findings.size(), 3U);
  ASSERT_EQ(new_report.findings.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(old_report.findings[i].fingerprint, new_report.findings[i].fingerprint);
  }
  EXPECT_NE(old_report.findings[0].fingerprint, old_report.findings[2].fingerprint);
}

TEST(Report, MergingKeepsTheOrder) {
  Report a = run_rules(project({script("b.sql", "DROP TABLE a;")}), {&kDrops});
  Report b = run_rules(project({script("a.sql", "DROP TABLE a;")}), {&kDrops});
  std::vector<Report> both;
  both.push_back(std::move(a));
  both.push_back(std::move(b));
  const Report all = merge(std::move(both));
  ASSERT_EQ(all.findings.size(), 2U);
  EXPECT_EQ(all.findings[0].location.file->path(), "a.sql");
  EXPECT_EQ(all.counts.files, 2U);
}

TEST(ShortSpan, EndsAtTheObjectsName) {
  const std::pair<const char*, const char*> cases[] = {
      {"DROP TABLE IF EXISTS \"My Table\" CASCADE", "DROP TABLE IF EXISTS \"My Table\""},
      {"drop table users, others", "drop table users,"},
      {"DROP\nTABLE users", "DROP"},
      {"DROP INDEX CONCURRENTLY public.a", "DROP INDEX CONCURRENTLY public.a"},
  };
  for (const auto& [sql, shown] : cases) {
    const Report report = run_rules(project({script("1.sql", sql)}), {&kDrops});
    ASSERT_EQ(report.findings.size(), 1U) << sql;
    const Finding& finding = report.findings[0];
    EXPECT_EQ(finding.location.file->slice(finding.location.span), shown);
  }
}

}  // namespace
}  // namespace forelock::lint
