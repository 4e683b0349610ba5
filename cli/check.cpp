#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/history/git.h"
#include "analyzer/project/baseline.h"
#include "analyzer/project/configuration.h"
#include "analyzer/project/paths.h"
#include "analyzer/project/selection.h"
#include "cli/commands.h"
#include "cli/fix.h"
#include "cli/output.h"
#include "reporters/registry.h"
#include "rules/documentation.h"

namespace forelock::cli {
namespace {

struct CheckOptions {
  PathOptions paths;
  std::string format, output_file, fail_level, color = "auto", category, base, compile_commands;
  std::string start_after;
  std::vector<std::string> select, extend_select, ignore, severities, reports;
  bool exit_zero = false, show_suppressed = false, verbose = false;
  bool fix = false, unsafe_fixes = false, diff = false;
  std::string baseline_file;
};

void add_rule_options(CLI::App& command, CheckOptions& options) {
  command.add_option("--select", options.select, "Run these rules: ids, groups, ALL, DEFAULT")
      ->delimiter(',');
  command.add_option("--extend-select", options.extend_select, "Run these rules too")
      ->delimiter(',');
  command.add_option("--ignore,--extend-ignore", options.ignore, "Do not run these rules")
      ->delimiter(',');
  command
      .add_option("--severity", options.severities,
                  "RULE=error, warning, info or off; several with commas")
      ->delimiter(',');
  command.add_option("--base", options.base,
                     "A git ref; revisions in its merge base with HEAD count as applied");
  command.add_option("--start-after", options.start_after,
                     "Say nothing about this revision and those under it");
  command.add_option("-p,--compile-commands", options.compile_commands,
                     "compile_commands.json or its folder, for C++ sources");
}

std::optional<project::Request> request_of(Session& session, const CheckOptions& options) {
  auto request = make_request(session, options.paths);
  if (!request) return {};
  request->base_ref = options.base;
  request->select = options.select;
  request->extend_select = options.extend_select;
  request->ignore = options.ignore;
  request->compile_commands = options.compile_commands;
  if (!options.start_after.empty()) request->start_after = options.start_after;
  for (const std::string& setting : options.severities) {
    const auto equals = setting.find('=');
    const auto level = equals == std::string::npos
                           ? std::nullopt
                           : project::severity_named(std::string_view(setting).substr(equals + 1));
    if (!level) {
      session.fail("--severity takes RULE=error, warning, info or off, not \"" + setting + "\"");
      return {};
    }
    request->severities[setting.substr(0, equals)] = *level;
  }
  return request;
}

/// From the repository's root to the working folder, with a slash at the end.
std::string repository_prefix(const Session& session) {
  std::string at = session.working_folder;
  while (true) {
    const std::string git = project::join(at, ".git");
    if (session.files.is_folder(git) || session.files.is_file(git)) break;
    if (at == "/") return {};
    at = project::parent_of(at);
  }
  const std::string below = project::shown_path(session.working_folder, at);
  return below == "." ? std::string() : below + "/";
}

reporters::Context context_of(const Session& session, const CheckOptions& options,
                              const project::Checked& checked) {
  reporters::Context context;
  context.rules = checked.enabled;
  context.url = rules::url;
  context.show_suppressed = options.show_suppressed;
  context.show_not_analyzed = options.verbose;
  context.root = session.working_folder;
  context.prefix = repository_prefix(session);
  if (!options.category.empty()) context.category = options.category;
  return context;
}

std::string format_names() {
  std::string names;
  for (const reporters::Reporter& reporter : reporters::all_reporters()) {
    names += (names.empty() ? "" : ", ") + std::string(reporter.name);
  }
  return names;
}

const reporters::Reporter* reporter_named(Session& session, const std::string& name) {
  const reporters::Reporter* reporter = reporters::find_reporter(name == "full" ? "text" : name);
  if (reporter == nullptr) {
    session.fail("no format \"" + name + "\"; there are " + format_names());
  }
  return reporter;
}

/// FORMAT=FILE of `--report`.
struct ExtraReport {
  const reporters::Reporter* reporter;
  std::string file;
};

std::optional<std::vector<ExtraReport>> extra_reports(Session& session,
                                                      const CheckOptions& options) {
  std::vector<ExtraReport> result;
  for (const std::string& report : options.reports) {
    const auto equals = report.find('=');
    if (equals == std::string::npos) {
      session.fail("--report takes FORMAT=FILE, not \"" + report + "\"");
      return {};
    }
    const auto* reporter = reporter_named(session, report.substr(0, equals));
    if (reporter == nullptr) return {};
    result.push_back({reporter, report.substr(equals + 1)});
  }
  return result;
}

/// Whether a problem means that a part of the run could not be done. A file that was read, but has
/// something wrong in it, is a finding.
bool is_fatal(const model::Problem& problem) {
  switch (problem.kind) {
    case model::Problem::Kind::kRead:
      return problem.file == nullptr;
    case model::Problem::Kind::kConfiguration:
    case model::Problem::Kind::kInternal:
      return true;
    case model::Problem::Kind::kParse:
    case model::Problem::Kind::kHistory:
    case model::Problem::Kind::kNotAnalyzed:
      return false;
  }
  return true;
}

ExitCode verdict(const lint::Report& report, lint::Severity fail_level) {
  ExitCode code = kClean;
  for (const model::Problem& problem : report.problems) {
    if (is_fatal(problem)) return kCouldNotRun;
    const bool unread =
        problem.kind == model::Problem::Kind::kParse || problem.kind == model::Problem::Kind::kRead;
    if (unread && fail_level != lint::Severity::kOff) code = kFindings;
  }
  if (fail_level == lint::Severity::kOff) return kClean;
  const bool failed = std::ranges::any_of(report.findings, [&](const lint::Finding& finding) {
    return !finding.suppressed && finding.severity >= fail_level;
  });
  return failed ? kFindings : code;
}

bool wants_color(const Session& session, const CheckOptions& options) {
  if (options.color == "always") return true;
  return options.color == "auto" && options.output_file.empty() && session.color_by_default;
}

/// Writes what can be fixed; the number of files that changed. A file outside of the working folder
/// was named by its full path, so its shown path is enough.
std::size_t apply_fixes(Session& session, const CheckOptions& options, const lint::Report& report) {
  const std::vector<FileFix> fixes = collect_fixes(report, options.unsafe_fixes);
  for (const FileFix& fix : fixes) write_output(session, fix.file->path(), fix.fixed);
  if (const std::size_t more = count_unsafe_fixes(report); more > 0 && !options.unsafe_fixes) {
    session.note(
        fmt::format("{} more with --unsafe-fixes, which change what a migration does", more));
  }
  return fixes.size();
}

void print_diff(Session& session, const CheckOptions& options, const lint::Report& report) {
  std::string text;
  for (const FileFix& fix : collect_fixes(report, options.unsafe_fixes)) text += unified_diff(fix);
  write_output(session, options.output_file, text);
  if (!text.empty()) session.exit_code = std::max<int>(session.exit_code, kFindings);
}

void check(Session& session, const CheckOptions& options) {
  const auto extra = extra_reports(session, options);
  if (!extra) return;
  const auto request = request_of(session, options);
  if (!request) return;
  auto checked = project::check_all(session.files, *request, session.rules);
  if (!checked) return session.fail(checked.error());
  if (options.diff) return print_diff(session, options, checked->report);
  if (options.fix && apply_fixes(session, options, checked->report) > 0) {
    checked = project::check_all(session.files, *request, session.rules);
    if (!checked) return session.fail(checked.error());
  }
  const std::string& format =
      options.format.empty() ? checked->configuration.output_format : options.format;
  const auto* reporter = reporter_named(session, format);
  if (reporter == nullptr) return;
  const lint::Report& report = checked->report;
  if (report.counts.migrations == 0 && report.problems.empty()) {
    session.note("no migrations were found");
  }
  reporters::Context context = context_of(session, options, *checked);
  for (const ExtraReport& each : *extra) {
    write_output(session, each.file, each.reporter->render(report, context));
  }
  context.color = wants_color(session, options);
  write_output(session, options.output_file, reporter->render(report, context));
  lint::Severity fail_level = checked->configuration.fail_level;
  if (options.fail_level == "never" || options.exit_zero) {
    fail_level = lint::Severity::kOff;
  } else if (!options.fail_level.empty()) {
    fail_level = *project::severity_named(options.fail_level);
  }
  session.exit_code = std::max<int>(session.exit_code, verdict(report, fail_level));
}

void write_new_baseline(Session& session, const CheckOptions& options) {
  auto request = request_of(session, options);
  if (!request) return;
  const auto checked = project::check_all(session.files, *request, session.rules, false);
  if (!checked) return session.fail(checked.error());
  std::string file = options.baseline_file;
  if (file.empty()) {
    const project::Configuration& configuration = checked->configuration;
    file = configuration.baseline.empty()
               ? ".forelock-baseline.json"
               : project::absolute(configuration.baseline, project::parent_of(configuration.path));
  }
  write_output(session, file, project::write_baseline(checked->report));
  session.note(fmt::format("{} accepted in {}", checked->report.counts.findings,
                           project::shown_path(file, session.working_folder)));
}

}  // namespace

void add_check(CLI::App& app, Session& session) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand("check", "Report what migrations will do to a database");
  add_path_options(*command, options->paths);
  add_rule_options(*command, *options);
  command
      ->add_option("-f,--format,--output-format", options->format,
                   "How to report: " + format_names())
      ->envname("FORELOCK_OUTPUT_FORMAT");
  command->add_option("-o,--output-file", options->output_file, "Write the report to a file");
  command->add_option("--report", options->reports, "FORMAT=FILE: write this report too");
  command->add_option("--fail-level", options->fail_level, "Exit with 1 from this severity on")
      ->check(CLI::IsMember({"error", "warning", "info", "never"}));
  command->add_flag("--exit-zero", options->exit_zero, "Exit with 0 whatever is found");
  command->add_option("--color", options->color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command->add_option("--category", options->category,
                      "SARIF: tells several uploads of one commit apart");
  command->add_flag("--show-suppressed", options->show_suppressed, "Report what is suppressed too");
  command->add_flag("-v,--verbose", options->verbose, "Text: list each step that is not analysed");
  command->add_flag("--fix", options->fix, "Apply the safe fixes, then report what is left");
  command->add_flag("--unsafe-fixes", options->unsafe_fixes,
                    "With --fix or --diff: also fixes that change what a migration does");
  command->add_flag("--diff", options->diff, "Show what --fix would change, and change nothing");
  command->callback([options, &session] { check(session, *options); });
}

void add_baseline(CLI::App& app, Session& session) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command =
      app.add_subcommand("baseline", "Accept today's findings: write them to a baseline");
  add_path_options(*command, options->paths);
  add_rule_options(*command, *options);
  command->add_option("-o,--output-file", options->baseline_file,
                      "The file; by default the configured one, or .forelock-baseline.json");
  command->callback([options, &session] { write_new_baseline(session, *options); });
}

}  // namespace forelock::cli
