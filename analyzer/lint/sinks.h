#pragma once

// Where the findings of one task are gathered: the engine's own, no rule sees it.

#include <string>
#include <utility>
#include <vector>

#include "analyzer/lint/rule.h"

namespace forelock::lint {

/// A finding with the whole text that it is about, for suppressions.
struct Gathered {
  Finding finding;
  text::Span extent;
};

/// Fills in what a finding's rule, migration and statement say.
class GatheringSink final : public FindingSink {
 public:
  /// `migration` may be null (project rules); `gathered` outlives the sink.
  GatheringSink(std::string_view rule, Severity severity, const model::Migration* migration,
                std::vector<Gathered>& gathered)
      : rule_(rule), severity_(severity), migration_(migration), gathered_(gathered) {}

  /// What follows is about this step; null: about no step.
  void set_step(const StepContext* step) { step_ = step; }

  Finding& report(text::Span span, std::string message) override;
  Finding& report(const text::Location& location, std::string message) override;

 private:
  std::string_view rule_;
  Severity severity_;
  const model::Migration* migration_;
  const StepContext* step_ = nullptr;
  std::vector<Gathered>& gathered_;
};

/// The statement as machines see it.
StatementInfo describe(const model::Statement& statement, const postgres::Effects& effects);

}  // namespace forelock::lint
