#include "cli/session.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <utility>

#include "analyzer/project/configuration.h"
#include "analyzer/project/paths.h"
#include "reporters/escape.h"

namespace forelock::cli {
namespace {

/// Standard input up to the limit of a file.
std::string read_all(std::istream& in) {
  std::string text;
  char buffer[65536];
  while (text.size() < text::kMaxFileBytes && (in.read(buffer, sizeof buffer) || in.gcount() > 0)) {
    text.append(buffer, static_cast<std::size_t>(in.gcount()));
  }
  return text;
}

std::optional<project::Configuration> read_configuration(Session& session,
                                                         const std::string& path) {
  const std::string full = project::absolute(path, session.working_folder);
  const auto file = session.files.read(full, path);
  if (!file) {
    session.fail(project::Failure{file.error().message, path});
    return {};
  }
  auto configuration =
      project::parse_configuration(std::string((*file)->text()), full,
                                   project::name_of(full) == "pyproject.toml", session.rules);
  if (!configuration) {
    const project::ConfigurationError& error = configuration.error();
    session.fail(project::Failure{error.message, path, error.line1, error.column1});
    return {};
  }
  return std::move(*configuration);
}

}  // namespace

void Session::note(std::string_view message) const {
  err << "forelock: " << reporters::printable(message) << '\n';
}

void Session::fail(std::string_view message) {
  note(message);
  exit_code = kCouldNotRun;
}

void Session::fail(const project::Failure& failure) {
  std::string place = project::shown_path(failure.path, working_folder);
  if (failure.line1 > 0) place += fmt::format(":{}:{}", failure.line1, failure.column1);
  fail(place.empty() ? failure.message : place + ": " + failure.message);
}

void add_path_options(CLI::App& command, PathOptions& options) {
  command.add_option("PATHS", options.paths,
                     "Files or folders; - is standard input. Default: the current folder");
  command.add_option("--config", options.config, "Read this configuration file and no other");
  command.add_flag("--isolated", options.isolated, "Read no configuration file");
  command.add_option("--pg-version", options.pg_version, "PostgreSQL's major version, 12 to 18")
      ->check(CLI::Range(project::kOldestPgVersion, project::kNewestPgVersion));
  command.add_option("-j,--jobs", options.jobs, "Threads; 0 is one per core");
  command.add_option("--stdin-filename", options.stdin_filename,
                     "The path that standard input stands for");
}

std::optional<project::Request> make_request(Session& session, const PathOptions& options) {
  project::Request request;
  request.working_folder = session.working_folder;
  request.jobs = options.jobs;
  request.stdin_name = options.stdin_filename;
  if (options.pg_version != 0) request.pg_version = options.pg_version;
  if (options.isolated) {
    request.configuration = project::Configuration{};
  } else if (!options.config.empty()) {
    request.configuration = read_configuration(session, options.config);
    if (!request.configuration) return {};
  }
  std::vector<std::string> paths = options.paths;
  if (paths.empty()) paths.emplace_back(".");
  for (std::string& path : paths) {
    if (path == "-") {
      if (!request.stdin_text) request.stdin_text = read_all(session.in);
    } else {
      const std::string full = project::absolute(path, session.working_folder);
      if (!session.files.is_file(full) && !session.files.is_folder(full)) {
        session.fail(project::Failure{"no such file or folder", path});
        continue;
      }
    }
    request.paths.push_back(std::move(path));
  }
  if (request.paths.empty()) return {};
  return request;
}

std::optional<std::vector<project::LoadedProject>> load_projects(Session& session,
                                                                 const PathOptions& options) {
  const auto request = make_request(session, options);
  if (!request) return {};
  auto loaded = project::load(session.files, *request, session.rules);
  if (!loaded) {
    session.fail(loaded.error());
    return {};
  }
  return std::move(*loaded);
}

}  // namespace forelock::cli
