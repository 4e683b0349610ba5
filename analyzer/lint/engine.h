#pragma once

// Replays a project and runs rules over it.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "analyzer/lint/finding.h"
#include "analyzer/lint/replayed_history.h"
#include "analyzer/lint/rule.h"
#include "analyzer/lint/suppressions.h"
#include "analyzer/model/project.h"

namespace forelock::lint {

struct EngineOptions {
  std::vector<const Rule*> rules;                            ///< The enabled ones.
  std::map<std::string, Severity, std::less<>> severities;   ///< Overrides by rule id.
  std::map<std::string, OptionValues, std::less<>> options;  ///< By rule id.
  bool require_reason = false;                               ///< Of suppressions.
  bool report_unused = true;
  bool allow_blanket = false;  ///< `ignore[ALL]` silences every rule.
  /// Rule ids that exist, for unknown ids in directives.
  std::span<const Rule* const> known_rules;
  /// Report only these files' findings (shown paths); empty: all. The whole history is replayed.
  std::set<std::string, std::less<>> only_files;
  /// Revisions at and under this one are taken as deployed: no findings about them.
  std::string start_after;
  unsigned jobs = 1;
};

/// Findings (suppressed ones marked), problems and counts of one project. `base`: see
/// ProjectContext.
Report run(const model::Project& project, const model::Project* base, const EngineOptions& options);
/// The same, with what an earlier run on this project replayed.
Report run(const model::Project& project, const model::Project* base, const EngineOptions& options,
           ReplayedHistory& replayed);

}  // namespace forelock::lint
