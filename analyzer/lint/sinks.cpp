#include "analyzer/lint/sinks.h"

#include <algorithm>

namespace forelock::lint {
namespace {

/// The statement's text with its call, when the call is near: a directive on any line counts.
text::Span extent_of(const model::Migration& migration, const model::Statement& statement,
                     text::Span at) {
  text::Span extent = statement.span.empty() ? at : statement.span;
  if (statement.origin.call.has_value() && *statement.origin.call < migration.calls.size()) {
    extent = extent.joined(migration.calls[*statement.origin.call].span);
  }
  return extent;
}

}  // namespace

StatementInfo describe(const model::Statement& statement, const postgres::Effects& effects) {
  StatementInfo info;
  info.kind = std::string(model::kind_name(statement.operation));
  info.sql = statement.sql;
  for (const postgres::Lock& lock : effects.locks) {
    const bool shown_bare = lock.schema.empty() || lock.schema == "public";
    info.locks.push_back({shown_bare ? lock.name : lock.schema + "." + lock.name,
                          std::string(postgres::name(lock.mode))});
  }
  return info;
}

Finding& GatheringSink::report(text::Span span, std::string message) {
  return report(text::Location{migration_ == nullptr ? nullptr : migration_->file, span},
                std::move(message));
}

Finding& GatheringSink::report(const text::Location& location, std::string message) {
  Gathered& gathered = gathered_.emplace_back();
  gathered.extent = location.span;
  Finding& finding = gathered.finding;
  finding.rule = rule_;
  finding.severity = severity_;
  finding.location = location;
  finding.message = std::move(message);
  if (migration_ != nullptr) finding.revision = migration_->revision;
  if (step_ != nullptr) {
    finding.direction = step_->way == Way::kUpgrade ? "upgrade" : "downgrade";
    finding.statement = describe(step_->statement, step_->effects);
    if (migration_ != nullptr && location.file == migration_->file) {
      gathered.extent = extent_of(*migration_, step_->statement, location.span);
    }
  }
  return finding;
}

}  // namespace forelock::lint
