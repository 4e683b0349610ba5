#include "analyzer/lint/engine.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "analyzer/lint/fingerprint.h"
#include "analyzer/lint/sinks.h"

namespace forelock::lint {
namespace {

model::Problem internal_problem(const text::FileRef& file, const std::string& what,
                                const char* why) {
  return {model::Problem::Kind::kInternal, file, {}, what + " failed: " + why};
}

/// Runs `work(i)` for all i below `count` on `jobs` threads; each writes only its own slot.
template <typename Work>
void in_parallel(std::size_t count, unsigned jobs, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto loop = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  const std::size_t helpers =
      std::min<std::size_t>(std::max(jobs, 1U), std::max<std::size_t>(count, 1)) - 1;
  std::vector<std::jthread> threads;
  threads.reserve(helpers);
  for (std::size_t i = 0; i < helpers; ++i) threads.emplace_back(loop);
  loop();
}

/// What one migration gave.
struct Slot {
  std::vector<Gathered> gathered;
  std::vector<model::Problem> problems;
};

class Engine {
 public:
  Engine(const model::Project& project, const model::Project* base, const EngineOptions& options,
         ReplayedHistory& replayed)
      : project_(project), base_(base), options_(options), replayed_(replayed) {}

  Report run() {
    graph_ = history::build_graph(project_.migrations);
    choose();
    replay();
    slots_.resize(project_.migrations.size());
    in_parallel(slots_.size(), options_.jobs, [&](std::size_t i) {
      if (in_scope_[i] != 0) check(i);
    });
    check_project();
    gather();
    suppress();
    finish();
    return std::move(report_);
  }

 private:
  [[nodiscard]] bool wanted(const text::FileRef& file) const {
    return options_.only_files.empty() || file == nullptr ||
           options_.only_files.contains(file->path());
  }

  [[nodiscard]] bool applies(const RuleInfo& info) const {
    if (info.postgresql_only && !project_.settings.dialect.starts_with("postgres")) return false;
    const int version = project_.settings.pg_version;
    return (info.since_pg == 0 || version >= info.since_pg) &&
           (info.until_pg == 0 || version <= info.until_pg) && severity(info) != Severity::kOff;
  }

  [[nodiscard]] Severity severity(const RuleInfo& info) const {
    const auto found = options_.severities.find(info.id);
    return found == options_.severities.end() ? info.severity : found->second;
  }

  [[nodiscard]] const OptionValues& values(const RuleInfo& info) const {
    const auto found = options_.options.find(info.id);
    return found == options_.options.end() ? defaults_ : found->second;
  }

  /// Which rules run, and about which migrations they may speak.
  void choose() {
    for (const Rule* rule : options_.rules) {
      if (rule != nullptr && applies(rule->info)) rules_.push_back(rule);
    }
    const std::vector<char> deployed = deployed_migrations();
    in_scope_.resize(project_.migrations.size());
    for (std::size_t i = 0; i < in_scope_.size(); ++i) {
      in_scope_[i] = static_cast<char>(deployed[i] == 0 && wanted(project_.migrations[i].file));
    }
  }

  /// The migrations at and under `start_after`.
  [[nodiscard]] std::vector<char> deployed_migrations() const {
    std::vector<char> deployed(project_.migrations.size(), 0);
    if (options_.start_after.empty()) return deployed;
    if (const history::Revision* start = graph_.find(options_.start_after);
        start != nullptr &&
        project_.migrations[start->migration].source == model::SourceKind::kAlembic) {
      std::vector<const history::Revision*> open{start};
      while (!open.empty()) {
        const history::Revision* revision = open.back();
        open.pop_back();
        if (std::exchange(deployed[revision->migration], 1) != 0) continue;
        for (const std::size_t parent : revision->parents) {
          open.push_back(&graph_.revisions[parent]);
        }
        for (const std::size_t dependency : revision->dependencies) {
          open.push_back(&graph_.revisions[dependency]);
        }
      }
      return deployed;
    }
    const auto named = std::ranges::find_if(project_.migrations, [&](const auto& migration) {
      return migration.revision == options_.start_after ||
             (migration.file != nullptr && migration.file->path().ends_with(options_.start_after));
    });
    if (named != project_.migrations.end()) {
      std::fill_n(deployed.begin(), named - project_.migrations.begin() + 1, 1);
    }
    return deployed;
  }

  void replay() {
    replayed_.bring_up_to_date(project_, in_scope_);
    for (std::size_t i = 0; i < project_.migrations.size(); ++i) {
      if (replayed_.failure(i).empty()) continue;
      report_.problems.push_back(internal_problem(
          project_.migrations[i].file, "replaying the migration", replayed_.failure(i).c_str()));
    }
  }

  [[nodiscard]] ProjectContext context(const RuleInfo& info) const {
    return {project_, graph_, replayed_.traces(), base_, values(info)};
  }

  void check(std::size_t index) {
    const model::Migration& migration = project_.migrations[index];
    Slot& slot = slots_[index];
    const Rewriter rewriter(migration);
    for (const Rule* rule : rules_) {
      if (rule->check_migration == nullptr && rule->check_step == nullptr) continue;
      const std::size_t before = slot.gathered.size();
      try {
        const ProjectContext whole = context(rule->info);
        const MigrationContext in{whole, migration, whole.traces[index], rewriter, whole.options};
        GatheringSink sink(rule->info.id, severity(rule->info), &migration, slot.gathered);
        if (rule->check_migration != nullptr) rule->check_migration(in, sink);
        if (rule->check_step != nullptr) check_steps(*rule, in, sink);
      } catch (const std::exception& failure) {
        slot.gathered.resize(before);
        slot.problems.push_back(internal_problem(
            migration.file, "the rule " + std::string(rule->info.id), failure.what()));
      }
    }
  }

  static void check_steps(const Rule& rule, const MigrationContext& in, GatheringSink& sink) {
    const auto check_direction = [&](const postgres::DirectionTrace& direction, Way way) {
      for (std::size_t i = 0; i < direction.steps.size(); ++i) {
        const postgres::TraceStep& step = direction.steps[i];
        const model::Statement* statement = step.step->statement();
        if (statement == nullptr) continue;
        const StepContext at{in, way, i, step, *statement, step.before, step.effects};
        sink.set_step(&at);
        rule.check_step(at, sink);
      }
    };
    check_direction(in.trace.upgrade, Way::kUpgrade);
    if (rule.in_downgrades) check_direction(in.trace.downgrade, Way::kDowngrade);
    sink.set_step(nullptr);
  }

  void check_project() {
    for (const Rule* rule : rules_) {
      if (rule->check_project == nullptr) continue;
      const std::size_t before = gathered_.size();
      try {
        const ProjectContext whole = context(rule->info);
        GatheringSink sink(rule->info.id, severity(rule->info), nullptr, gathered_);
        rule->check_project(whole, sink);
      } catch (const std::exception& failure) {
        gathered_.resize(before);
        report_.problems.push_back(
            internal_problem(nullptr, "the rule " + std::string(rule->info.id), failure.what()));
      }
    }
    std::erase_if(gathered_,
                  [&](const Gathered& entry) { return !wanted(entry.finding.location.file); });
    for (Gathered& entry : gathered_) {
      if (!entry.finding.revision.empty()) continue;
      for (const model::Migration& migration : project_.migrations) {
        if (migration.file == entry.finding.location.file) {
          entry.finding.revision = migration.revision;
        }
      }
    }
  }

  void gather() {
    for (Slot& slot : slots_) {
      std::ranges::move(slot.gathered, std::back_inserter(gathered_));
      std::ranges::move(slot.problems, std::back_inserter(report_.problems));
    }
    // A loop or two branches that run one statement twice are one finding.
    const auto key = [](const Gathered& entry) {
      const Finding& finding = entry.finding;
      return std::tuple(finding.location.file.get(), finding.location.span, finding.rule,
                        std::string_view(finding.message), std::string_view(finding.direction));
    };
    std::ranges::sort(gathered_, [&](const auto& a, const auto& b) { return key(a) < key(b); });
    const auto twice = std::ranges::unique(
        gathered_, [&](const auto& a, const auto& b) { return key(a) == key(b); });
    gathered_.erase(twice.begin(), twice.end());
  }

  void suppress() {
    std::map<std::string_view, const Rule*> enabled;
    for (const Rule* rule : rules_) enabled.emplace(rule->info.id, rule);
    SuppressionOptions how;
    how.exists = [&](std::string_view id) {
      return enabled.contains(id) ||
             std::ranges::any_of(options_.known_rules,
                                 [&](const Rule* rule) { return rule->info.id == id; });
    };
    how.enabled = [&](std::string_view id) { return enabled.contains(id); };
    how.allow_blanket = options_.allow_blanket;
    how.require_reason = options_.require_reason;
    how.report_unused = options_.report_unused && enabled.contains(kSuppressionUnused);

    std::unordered_map<const text::SourceFile*, std::vector<SuppressionCandidate>> by_file;
    for (Gathered& entry : gathered_) {
      by_file[entry.finding.location.file.get()].push_back({&entry.finding, entry.extent});
    }
    std::vector<Gathered> about_directives;
    for (std::size_t i = 0; i < project_.migrations.size(); ++i) {
      const model::Migration& migration = project_.migrations[i];
      if (migration.file == nullptr) continue;
      const auto candidates = by_file.extract(migration.file.get());
      if (candidates.empty() && in_scope_[i] == 0) continue;
      const std::vector<SuppressionCandidate> none;
      for (Finding& finding :
           apply_suppressions(migration.file, all_comments(migration),
                              candidates.empty() ? none : candidates.mapped(), how)) {
        const auto rule = enabled.find(finding.rule);
        if (rule == enabled.end() || in_scope_[i] == 0) continue;
        finding.rule = rule->second->info.id;
        finding.severity = severity(rule->second->info);
        finding.revision = migration.revision;
        about_directives.push_back({std::move(finding), {}});
      }
    }
    std::ranges::move(about_directives, std::back_inserter(gathered_));
  }

  static std::vector<model::SourceComment> all_comments(const model::Migration& migration) {
    std::vector<model::SourceComment> comments = migration.comments;
    for (model::SourceComment& comment : comments_in_strings(*migration.file, migration.calls)) {
      const bool known = std::ranges::any_of(comments, [&](const model::SourceComment& other) {
        return other.span.contains(comment.span.begin_byte);
      });
      if (!known) comments.push_back(std::move(comment));
    }
    std::ranges::sort(comments, {}, &model::SourceComment::span);
    return comments;
  }

  void count(const model::Direction& direction) {
    for (const model::Step& step : direction.steps) {
      ++(step.statement() != nullptr ? report_.counts.statements : report_.counts.not_analyzed);
    }
  }

  /// Steps that could not be analysed and that no problem speaks of yet.
  void add_not_analyzed(const model::Migration& migration, const model::Direction& direction) {
    for (const model::Step& step : direction.steps) {
      const model::NotAnalyzed* why = step.not_analyzed();
      if (why == nullptr) continue;
      const bool told = std::ranges::any_of(migration.problems, [&](const model::Problem& problem) {
        return problem.file == migration.file && problem.span.begin_byte <= step.span.end_byte &&
               step.span.begin_byte <= problem.span.end_byte;
      });
      if (!told) {
        report_.problems.push_back({model::Problem::Kind::kNotAnalyzed, migration.file, step.span,
                                    "not analysed: " + why->reason});
      }
    }
  }

  void finish() {
    report_.pg_version = project_.settings.pg_version;
    report_.pg_version_assumed = project_.settings.pg_version_assumed;
    std::ranges::copy(project_.problems, std::back_inserter(report_.problems));
    std::set<std::string_view> files;
    for (const model::Migration& migration : project_.migrations) {
      if (migration.file != nullptr) report_.files.push_back(migration.file);
      if (!wanted(migration.file)) continue;
      if (migration.file != nullptr) files.insert(migration.file->path());
      ++report_.counts.migrations;
      count(migration.upgrade);
      count(migration.downgrade);
      std::ranges::copy(migration.problems, std::back_inserter(report_.problems));
      add_not_analyzed(migration, migration.upgrade);
      add_not_analyzed(migration, migration.downgrade);
    }
    report_.counts.files = files.size();
    for (Gathered& entry : gathered_) report_.findings.push_back(std::move(entry.finding));
    sort_report(report_);
    // One defect is met once for each time that the loop around it runs.
    const auto same = [](const model::Problem& a, const model::Problem& b) {
      return a.kind == b.kind && a.file == b.file && a.span == b.span && a.message == b.message;
    };
    report_.problems.erase(std::ranges::unique(report_.problems, same).begin(),
                           report_.problems.end());
    set_fingerprints(report_.findings);
    for (const Finding& finding : report_.findings) {
      ++(finding.suppressed.has_value() ? report_.counts.suppressed : report_.counts.findings);
    }
  }

  const model::Project& project_;
  const model::Project* base_;
  const EngineOptions& options_;
  const OptionValues defaults_;
  history::RevisionGraph graph_;
  std::vector<const Rule*> rules_;
  std::vector<char> in_scope_;  ///< By migration; char, so that threads may read neighbours.
  ReplayedHistory& replayed_;
  std::vector<Slot> slots_;
  std::vector<Gathered> gathered_;
  Report report_;
};

}  // namespace

Report run(const model::Project& project, const model::Project* base, const EngineOptions& options,
           ReplayedHistory& replayed) {
  return Engine(project, base, options, replayed).run();
}

Report run(const model::Project& project, const model::Project* base,
           const EngineOptions& options) {
  ReplayedHistory replayed;
  return run(project, base, options, replayed);
}

}  // namespace forelock::lint
