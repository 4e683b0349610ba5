#include "analyzer/lint/replayed_history.h"

#include <algorithm>
#include <cstdint>
#include <exception>

namespace forelock::lint {

void ReplayedHistory::forget_from(std::size_t index) {
  if (index >= traces_.size()) return;
  traces_.resize(index);
  failures_.resize(index);
  if (resumable_)
    before_.erase(before_.begin() + static_cast<std::ptrdiff_t>(index) + 1, before_.end());
}

void ReplayedHistory::replay(const model::Project& project, std::size_t index,
                             postgres::Replay& state, bool with_downgrade) {
  const model::Migration& migration = project.migrations[index];
  const auto number = static_cast<std::uint32_t>(index);
  failures_[index].clear();
  try {
    traces_[index] =
        postgres::replay_migration(state, migration, number, project.settings, with_downgrade);
  } catch (const std::exception& failure) {
    traces_[index] = {};
    failures_[index] = failure.what();
  }
  traces_[index].migration = &migration;
  traces_[index].index = number;
}

void ReplayedHistory::bring_up_to_date(const model::Project& project,
                                       const std::vector<char>& with_downgrade) {
  const std::size_t known = traces_.size();
  // Of these only the way back may be missing.
  for (std::size_t i = 0; i < known; ++i) {
    if (with_downgrade[i] == 0 || !traces_[i].downgrade.steps.empty()) continue;
    if (project.migrations[i].downgrade.steps.empty()) continue;
    postgres::Replay state = before_[i];
    replay(project, i, state, true);
  }
  postgres::Replay state =
      before_.empty()
          ? postgres::Replay(postgres::ReplayOptions{.pg_version = project.settings.pg_version})
          : before_.back();
  traces_.resize(project.migrations.size());
  failures_.resize(project.migrations.size());
  if (resumable_ && before_.empty()) before_.push_back(state);
  for (std::size_t i = known; i < traces_.size(); ++i) {
    replay(project, i, state, with_downgrade[i] != 0);
    if (resumable_) before_.push_back(state);
  }
}

}  // namespace forelock::lint
