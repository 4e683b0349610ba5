#pragma once

// A rule: what it says about itself, and a pure function over const data.
//
// One file in rules/<group>/ defines one `extern constinit const Rule`; rules/registry.cpp lists
// them. A rule looks at one statement in its context, at one migration, or at the whole project.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analyzer/history/graph.h"
#include "analyzer/lint/finding.h"
#include "analyzer/lint/rewriter.h"
#include "analyzer/postgres/replay.h"

namespace forelock::lint {

enum class FixKind { kNone, kSometimes, kAlways };
enum class ExampleLanguage { kSql, kAlembic };

/// A rule's option. `type` is "integer", "boolean", "string" or "strings"; the default is TOML
/// text.
struct OptionSpec {
  std::string_view name, type, default_value, help;
};

struct RuleInfo {
  std::string_view id = {};       ///< kebab-case, names the pitfall.
  std::string_view group = {};    ///< The folder's name.
  std::string_view summary = {};  ///< One sentence.
  std::string_view why = {};      ///< What happens, who waits, what is lost.
  std::string_view safer = {};    ///< What to do instead.
  std::string_view bad = {};      ///< An example that this rule flags…
  std::string_view good = {};  ///< …and one that it does not. Several files: lines `# file: NAME`.
  ExampleLanguage example_language = ExampleLanguage::kAlembic;
  std::string_view source = {};  ///< Manual section, measurement, documentation page.
  Severity severity = Severity::kWarning;
  bool enabled = true;          ///< By default.
  int since_pg = 0;             ///< First server version that it speaks of; 0: all.
  int until_pg = 0;             ///< Last one; 0: all.
  bool postgresql_only = true;  ///< Silent for another dialect.
  FixKind fix = FixKind::kNone;
  std::span<const OptionSpec> options = {};
};

/// Values of a rule's options, from the configuration or its defaults.
class OptionValues {
 public:
  using Value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;
  OptionValues() = default;
  explicit OptionValues(std::vector<std::pair<std::string, Value>> values)
      : values_(std::move(values)) {}
  [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
  [[nodiscard]] bool boolean(std::string_view name, bool otherwise) const;
  [[nodiscard]] std::string_view string(std::string_view name, std::string_view otherwise) const;
  [[nodiscard]] std::vector<std::string> strings(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, Value>> values_;
};

/// The project as rules see it.
struct ProjectContext {
  const model::Project& project;
  const history::RevisionGraph& graph;
  /// One per migration in the order of `project.migrations`.
  const std::vector<postgres::MigrationTrace>& traces;
  /// The same history at the base git ref, when one was given; else null. An applied revision is
  /// one that is in it.
  const model::Project* base = nullptr;
  OptionValues options = {};
};

struct MigrationContext {
  const ProjectContext& project;
  const model::Migration& migration;
  const postgres::MigrationTrace& trace;
  const Rewriter& rewriter;
  const OptionValues& options;
};

enum class Way { kUpgrade, kDowngrade };

/// One statement in its context.
struct StepContext {
  const MigrationContext& migration;
  Way way;
  std::size_t index;  ///< Into the direction's trace.
  const postgres::TraceStep& step;
  const model::Statement& statement;  ///< *step.step->statement()
  const postgres::Catalog& before;    ///< step.before
  const postgres::Effects& effects;   ///< step.effects

  [[nodiscard]] const postgres::DirectionTrace& direction() const;
  /// The relation was made by this same migration (this direction's or, in a downgrade, by its
  /// upgrade), so nobody else uses it and it holds no rows that matter.
  [[nodiscard]] bool is_new(const postgres::Relation* relation) const;
  [[nodiscard]] bool certain() const;  ///< Neither partial nor conditional.
};

/// Collects a rule's findings; fills in rule, severity, revision, direction, statement.
class FindingSink {
 public:
  virtual ~FindingSink() = default;
  /// At a place of the migration's file.
  virtual Finding& report(text::Span span, std::string message) = 0;
  /// At a place of any file (project rules).
  virtual Finding& report(const text::Location& location, std::string message) = 0;
};

struct Rule {
  RuleInfo info;
  /// Called for each analysed statement of upgrades (and of downgrades when `in_downgrades`).
  void (*check_step)(const StepContext&, FindingSink&) = nullptr;
  void (*check_migration)(const MigrationContext&, FindingSink&) = nullptr;
  void (*check_project)(const ProjectContext&, FindingSink&) = nullptr;
  bool in_downgrades = false;
};

/// Span to show for a statement: its verb and object for SQL text, the call's name for a call.
text::Span short_span(const model::Migration& migration, const model::Statement& statement);

}  // namespace forelock::lint
