#pragma once

// What the engine says: findings of rules, problems of reading, and the report that holds both.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/model/migration.h"
#include "analyzer/model/project.h"
#include "analyzer/text/edit.h"
#include "analyzer/text/source_file.h"

namespace forelock::lint {

enum class Severity { kOff, kInfo, kWarning, kError };
std::string_view display(Severity severity);  ///< "off", "info", "warning", "error"

/// Whether a fix may be applied without thought.
enum class Applicability {
  kSafe,         ///< Keeps what the migration means.
  kUnsafe,       ///< Changes what it does, as intended by the rule.
  kDisplayOnly,  ///< Shown, never applied by a tool.
};
std::string_view display(Applicability applicability);  ///< "safe", "unsafe", "display-only"

struct Fix {
  std::string title;  ///< "Build the index concurrently"
  Applicability applicability = Applicability::kDisplayOnly;
  std::vector<text::Edit> edits;  ///< Of the finding's file; ascending, not overlapping.
};

struct Related {
  text::Location location;
  std::string message;
};

/// The statement that a finding is about, for machines.
struct StatementInfo {
  std::string kind;  ///< "CREATE INDEX"
  std::string sql;
  struct Lock {
    std::string relation;
    std::string mode;
  };
  std::vector<Lock> locks;
};

struct Suppression {
  enum class Kind { kInSource, kBaseline };
  Kind kind = Kind::kInSource;
  std::string reason;
};

struct Finding {
  std::string_view rule;  ///< Static storage: RuleInfo::id.
  Severity severity = Severity::kWarning;
  text::Location location;  ///< Short: the call's name with its object, or the verb and object.
  std::string message;      ///< What happens and why it hurts; see the style guide.
  std::string help;         ///< What to do.
  std::vector<std::string> notes;
  std::vector<Related> related;
  std::vector<Fix> fixes;  ///< Alternatives, best first.
  std::string revision;
  std::string direction;  ///< "upgrade", "downgrade", or empty for the whole file.
  std::optional<StatementInfo> statement;
  std::string fingerprint;  ///< Stable when lines move; unique in the report.
  std::optional<Suppression> suppressed;
};

struct Counts {
  std::size_t files = 0, migrations = 0, statements = 0, not_analyzed = 0, findings = 0,
              suppressed = 0;
};

/// Findings and problems in a total order (path, begin, end, rule, message), whatever the number of
/// threads. Suppressed findings are kept apart by Finding::suppressed.
struct Report {
  std::vector<Finding> findings;
  std::vector<model::Problem> problems;
  Counts counts;
  int pg_version = 0;
  bool pg_version_assumed = true;
  std::vector<text::FileRef> files;  ///< Every file that was read, by path.
};

void sort_report(Report& report);
/// Joins reports of several projects.
Report merge(std::vector<Report> reports);

}  // namespace forelock::lint
