#include "analyzer/project/pipeline.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "analyzer/history/git.h"
#include "analyzer/project/baseline.h"
#include "analyzer/project/discovery.h"
#include "analyzer/project/frontends.h"
#include "analyzer/project/modules.h"
#include "analyzer/project/parallel.h"
#include "analyzer/project/paths.h"
#include "analyzer/project/selection.h"
#include "analyzer/project/sql_files.h"
#include "analyzer/sql/script.h"

namespace forelock::project {
namespace {

using Rules = std::span<const lint::Rule* const>;

Failure failure_of(const ConfigurationError& error) {
  return {error.message, error.path, error.line1, error.column1};
}

/// Lays the request over the configuration.
std::expected<void, Failure> apply_request(Configuration& configuration, const Request& request,
                                           Rules rules) {
  for (const auto* selectors : {&request.select, &request.extend_select, &request.ignore}) {
    for (const std::string& selector : *selectors) {
      if (auto checked = check_selector(selector, rules); !checked) {
        return std::unexpected(Failure{std::move(checked.error())});
      }
    }
  }
  for (const auto& [rule, severity] : request.severities) {
    if (std::ranges::none_of(rules, [&](const lint::Rule* r) { return r->info.id == rule; })) {
      auto checked = check_selector(rule, rules);
      return std::unexpected(
          Failure{checked ? "\"" + rule + "\" is no single rule" : std::move(checked.error())});
    }
    configuration.severities.insert_or_assign(rule, severity);
  }
  if (request.pg_version) configuration.pg_version = request.pg_version;
  if (!request.select.empty()) {
    configuration.select = request.select;
    configuration.extend_select.clear();
  }
  std::ranges::copy(request.extend_select, std::back_inserter(configuration.extend_select));
  std::ranges::copy(request.ignore, std::back_inserter(configuration.ignore));
  if (request.start_after) configuration.start_after = *request.start_after;
  return {};
}

/// One run of load().
class Loader {
 public:
  Loader(const FileSystem& files, const Request& request, Rules rules)
      : files_(files),
        request_(request),
        rules_(rules),
        working_folder_(absolute(request.working_folder, "/")),
        cache_(files_, working_folder_) {}

  std::expected<std::vector<LoadedProject>, Failure> run() {
    std::vector<std::string> paths = request_.paths;
    if (paths.empty()) paths.emplace_back(".");
    if (std::ranges::find(paths, "-") != paths.end()) {
      if (auto taken = take_standard_input(paths); !taken) {
        return std::unexpected(std::move(taken.error()));
      }
    }
    for (const std::string& path : paths) {
      const std::string full = absolute(path, working_folder_);
      auto configuration = configuration_for(files_.is_folder(full) ? full : parent_of(full));
      if (!configuration) return std::unexpected(std::move(configuration.error()));
      paths_by_configuration_[(*configuration)->path].push_back(path);
    }
    for (const auto& [configuration_path, group] : paths_by_configuration_) {
      auto found = discover(files_, group, working_folder_, *by_path_.at(configuration_path));
      if (!found) return std::unexpected(std::move(found.error()));
      for (const FoundHistory& history : *found) {
        if (auto read = read_history(history); !read) {
          return std::unexpected(std::move(read.error()));
        }
      }
    }
    for (const text::FileRef& stream : streams_) {
      if (auto read = place_stream(stream); !read) return std::unexpected(std::move(read.error()));
    }
    return std::move(loaded_);
  }

  /// What is configured where the first path lies.
  std::expected<const Configuration*, Failure> main_configuration() {
    const std::string first = request_.paths.empty() ? "." : request_.paths.front();
    const std::string full = absolute(first == "-" ? "." : first, working_folder_);
    return configuration_for(files_.is_folder(full) ? full : parent_of(full));
  }

 private:
  /// A stream or a script is read as it is; another kind of file is laid over the disk.
  std::expected<void, Failure> take_standard_input(std::vector<std::string>& paths) {
    if (!request_.stdin_text) return std::unexpected(Failure{"standard input was not read", "-"});
    std::erase(paths, "-");
    const std::string& name = request_.stdin_name;
    if (!name.empty() && !sql::is_emitted_stream(*request_.stdin_text)) {
      files_.put(absolute(name, working_folder_), *request_.stdin_text);
      paths.push_back(name);
      return {};
    }
    standard_input_ = std::make_shared<const text::SourceFile>(
        name.empty() ? "<stdin>" : shown_path(absolute(name, working_folder_), working_folder_),
        *request_.stdin_text);
    if (sql::is_emitted_stream(standard_input_->text())) {
      streams_.push_back(standard_input_);
      return {};
    }
    auto configuration = configuration_for(working_folder_);
    if (!configuration) return std::unexpected(std::move(configuration.error()));
    LoadedProject loaded;
    loaded.configuration = **configuration;
    loaded.folder = standard_input_->path();
    loaded.project.name = loaded.folder;
    loaded.project.settings = configured_settings(loaded.configuration);
    model::Migration& migration = loaded.project.migrations.emplace_back(
        sql::read_script(standard_input_, loaded.configuration.sql_transaction == "file"));
    if (migration.revision.empty()) migration.revision = standard_input_->path();
    loaded_.push_back(std::move(loaded));
    return {};
  }

  /// The configuration for what lies in a folder, with the request laid over it. Kept.
  std::expected<const Configuration*, Failure> configuration_for(const std::string& folder) {
    if (const auto known = by_folder_.find(folder); known != by_folder_.end()) return known->second;
    Configuration configuration;
    if (request_.configuration) {
      configuration = *request_.configuration;
    } else {
      auto found = find_configuration(files_, folder, rules_);
      if (!found) return std::unexpected(failure_of(found.error()));
      configuration = std::move(*found);
    }
    if (auto applied = apply_request(configuration, request_, rules_); !applied) {
      return std::unexpected(std::move(applied.error()));
    }
    const auto [entry, fresh] = by_path_.try_emplace(configuration.path);
    if (fresh) entry->second = std::make_unique<Configuration>(std::move(configuration));
    return by_folder_[folder] = entry->second.get();
  }

  [[nodiscard]] ReadContext context_of(const Configuration& configuration) {
    return {files_,       cache_, configuration, working_folder_, request_.compile_commands,
            request_.jobs};
  }

  std::expected<void, Failure> read_history(const FoundHistory& found) {
    auto configuration =
        configuration_for(files_.is_folder(found.folder) ? found.folder : parent_of(found.folder));
    if (!configuration) return std::unexpected(std::move(configuration.error()));
    const ReadContext context = context_of(**configuration);
    LoadedProject loaded;
    loaded.configuration = **configuration;
    loaded.folder = shown_path(found.folder, working_folder_);
    const std::size_t streams_before = streams_.size();
    switch (found.kind) {
      case HistoryKind::kAlembic:
        loaded.project = read_alembic(found, context);
        break;
      case HistoryKind::kSql:
        loaded.project = read_sql_folder(found, context, streams_);
        break;
      case HistoryKind::kCxx:
        loaded.project = read_cxx(found, context);
        break;
    }
    if (!found.whole) loaded.requested = requested_of(found);
    if (!request_.base_ref.empty()) {
      if (auto read = read_base(found, context, loaded); !read) return read;
    }
    const bool only_streams =
        streams_.size() != streams_before && loaded.project.migrations.empty();
    if (!only_streams) loaded_.push_back(std::move(loaded));
    return {};
  }

  /// Shown paths of what was asked for by name; a downgrade's script stands in its upgrade's file.
  [[nodiscard]] std::set<std::string, std::less<>> requested_of(const FoundHistory& found) const {
    std::set<std::string, std::less<>> result;
    for (const std::string& path : found.requested) {
      result.insert(shown_path(path, working_folder_));
      if (found.kind != HistoryKind::kSql) continue;
      const std::string key = sql_key(path, found);
      for (const std::string& other : found.files) {
        if (sql_key(other, found) == key) result.insert(shown_path(other, working_folder_));
      }
    }
    return result;
  }

  static std::string sql_key(const std::string& path, const FoundHistory& found);

  std::expected<void, Failure> read_base(const FoundHistory& found, const ReadContext& context,
                                         LoadedProject& loaded) {
    if (found.kind == HistoryKind::kCxx) return {};
    const std::string home =
        files_.is_folder(found.folder) ? found.folder : parent_of(found.folder);
    const auto repository = history::GitRepository::open(home);
    if (!repository) {
      return std::unexpected(Failure{"--base needs a git repository: " + repository.error().message,
                                     shown_path(home, working_folder_)});
    }
    std::set<std::string> folders = {home};
    for (const std::string& path : found.files) folders.insert(parent_of(path));
    const bool python = found.kind == HistoryKind::kAlembic;
    std::map<std::string, std::string> texts;
    for (const std::string& folder : folders) {
      const std::string below = shown_path(files_.canonical(folder), repository->root());
      auto old = repository->files_at(request_.base_ref, below, python ? ".py" : ".sql");
      if (!old) return std::unexpected(Failure{std::move(old.error().message)});
      for (history::FileAtRef& file : *old) {
        std::string path = join(folder, shown_path("/" + file.path, "/" + below));
        if (!python || folders.contains(parent_of(path))) {
          texts.emplace(std::move(path), std::move(file.text));
        }
      }
    }
    std::vector<OldFile> old_files;
    for (auto& [path, text] : texts) old_files.push_back({path, std::move(text)});
    loaded.base = python ? read_alembic_at(found, context, loaded.project, old_files)
                         : read_sql_folder_at(found, context, old_files);
    return {};
  }

  /// Joins a stream to the migration files it was made of, or makes a history of it.
  std::expected<void, Failure> place_stream(const text::FileRef& stream) {
    std::vector<LoadedProject> near = projects_near(stream);
    for (LoadedProject& candidate : near) {
      auto paths = join_stream(candidate.project, stream);
      if (!paths) continue;
      // A stream that lies in a folder beside its history says nothing that this does not say.
      const bool known = std::ranges::any_of(loaded_, [&](const LoadedProject& each) {
        return each.folder == candidate.folder && each.requested.empty();
      });
      if (known) return {};
      candidate.requested = {paths->begin(), paths->end()};
      loaded_.push_back(std::move(candidate));
      return {};
    }
    auto configuration = configuration_for(parent_of(absolute(stream->path(), working_folder_)));
    if (!configuration) return std::unexpected(std::move(configuration.error()));
    LoadedProject loaded;
    loaded.configuration = **configuration;
    loaded.folder = stream->path();
    loaded.project = read_stream(stream, context_of(**configuration));
    loaded_.push_back(std::move(loaded));
    return {};
  }

  /// The Alembic histories around a stream: beside its file, then below the working folder.
  std::vector<LoadedProject> projects_near(const text::FileRef& stream) {
    std::vector<LoadedProject> result;
    std::vector<std::string> folders;
    if (stream != standard_input_ || !request_.stdin_name.empty()) {
      folders.push_back(parent_of(absolute(stream->path(), working_folder_)));
    }
    folders.push_back(working_folder_);
    for (const std::string& folder : folders) {
      const auto configuration = configuration_for(folder);
      if (!configuration) continue;
      const auto found = discover(files_, {folder}, working_folder_, **configuration);
      if (!found) continue;
      for (const FoundHistory& history : *found) {
        if (history.kind != HistoryKind::kAlembic) continue;
        LoadedProject& loaded = result.emplace_back();
        loaded.configuration = **configuration;
        loaded.folder = shown_path(history.folder, working_folder_);
        loaded.project = read_alembic(history, context_of(**configuration));
      }
    }
    return result;
  }

  OverlayFileSystem files_;
  const Request& request_;
  Rules rules_;
  const std::string working_folder_;
  ParseCache cache_;
  std::map<std::string, std::unique_ptr<Configuration>> by_path_;
  std::map<std::string, const Configuration*> by_folder_;
  std::map<std::string, std::vector<std::string>> paths_by_configuration_;
  std::vector<text::FileRef> streams_;
  text::FileRef standard_input_;
  std::vector<LoadedProject> loaded_;
};

std::string Loader::sql_key(const std::string& path, const FoundHistory& found) {
  return classify_sql_name(shown_path(path, found.folder)).key;
}

/// Takes out what [lint.per-file-ignores] names.
void apply_per_file_ignores(lint::Report& report, const Configuration& configuration,
                            const std::string& working_folder, Rules rules) {
  if (configuration.per_file_ignores.empty()) return;
  const std::string base =
      configuration.path.empty() ? working_folder : parent_of(configuration.path);
  const auto ignored = [&](const lint::Finding& finding) {
    if (finding.location.file == nullptr) return false;
    const std::string path =
        shown_path(absolute(finding.location.file->path(), working_folder), base);
    const auto rule = std::ranges::find_if(
        rules, [&](const lint::Rule* r) { return r->info.id == finding.rule; });
    return rule != rules.end() &&
           std::ranges::any_of(configuration.per_file_ignores, [&](const auto& entry) {
             return glob_matches(entry.first, path) &&
                    std::ranges::any_of(entry.second, [&](const std::string& selector) {
                      return covers(selector, (*rule)->info);
                    });
           });
  };
  std::erase_if(report.findings, [&](const lint::Finding& finding) {
    if (!ignored(finding)) return false;
    --(finding.suppressed ? report.counts.suppressed : report.counts.findings);
    return true;
  });
}

lint::EngineOptions engine_options(const LoadedProject& loaded, Rules rules, unsigned jobs) {
  const Configuration& configuration = loaded.configuration;
  lint::EngineOptions options;
  options.rules = select_rules(configuration, rules);
  options.severities = configuration.severities;
  options.options = configuration.rule_options;
  options.require_reason = configuration.require_reason;
  options.report_unused = configuration.report_unused;
  options.known_rules = rules;
  options.only_files = loaded.requested;
  options.start_after = configuration.start_after;
  options.jobs = thread_count(jobs);
  return options;
}

}  // namespace

std::expected<std::vector<LoadedProject>, Failure> load(const FileSystem& files,
                                                        const Request& request, Rules rules) {
  return Loader(files, request, rules).run();
}

lint::Report lint_project(const LoadedProject& loaded, const Request& request, Rules rules,
                          lint::ReplayedHistory& replayed) {
  lint::Report report = lint::run(loaded.project, loaded.base ? &*loaded.base : nullptr,
                                  engine_options(loaded, rules, request.jobs), replayed);
  apply_per_file_ignores(report, loaded.configuration, absolute(request.working_folder, "/"),
                         rules);
  return report;
}

std::expected<Checked, Failure> check_all(const FileSystem& files, const Request& request,
                                          Rules rules, bool with_baseline) {
  Loader loader(files, request, rules);
  const auto loaded = loader.run();
  if (!loaded) return std::unexpected(loaded.error());
  Checked checked;
  std::set<const lint::Rule*> enabled;
  std::vector<lint::Report> reports;
  for (const LoadedProject& each : *loaded) {
    lint::ReplayedHistory replayed;
    lint::Report& report = reports.emplace_back(lint_project(each, request, rules, replayed));
    const auto chosen = select_rules(each.configuration, rules);
    enabled.insert(chosen.begin(), chosen.end());
    if (!with_baseline) continue;
    if (auto applied = apply_baseline(report, each.configuration, files); !applied) {
      return std::unexpected(std::move(applied.error()));
    }
  }
  auto configuration = loader.main_configuration();
  if (!configuration) return std::unexpected(std::move(configuration.error()));
  checked.configuration = loaded->empty() ? **configuration : loaded->front().configuration;
  if (loaded->empty()) {
    const auto chosen = select_rules(checked.configuration, rules);
    enabled.insert(chosen.begin(), chosen.end());
    checked.report.pg_version = checked.configuration.pg_version.value_or(kDefaultPgVersion);
    checked.report.pg_version_assumed = !checked.configuration.pg_version;
  } else {
    checked.report =
        reports.size() == 1 ? std::move(reports.front()) : lint::merge(std::move(reports));
  }
  std::ranges::copy_if(rules, std::back_inserter(checked.enabled),
                       [&](const lint::Rule* rule) { return enabled.contains(rule); });
  return checked;
}

std::expected<lint::Report, Failure> check(const FileSystem& files, const Request& request,
                                           Rules rules) {
  auto checked = check_all(files, request, rules);
  if (!checked) return std::unexpected(std::move(checked.error()));
  return std::move(checked->report);
}

}  // namespace forelock::project
