#pragma once

// The traces of a project's migrations, and what is needed to make only some of them anew.

#include <cstddef>
#include <string>
#include <vector>

#include "analyzer/model/project.h"
#include "analyzer/postgres/replay.h"

namespace forelock::lint {

/// Belongs to one project, whose migrations must keep their place in memory while it is used. In an
/// editor it outlives a run: a change of one migration then costs the replay of that one and of
/// those after it.
class ReplayedHistory {
 public:
  /// `resumable`: the state before each migration is kept, too.
  explicit ReplayedHistory(bool resumable = false) : resumable_(resumable) {}

  /// Migrations from `index` on have changed.
  void forget_from(std::size_t index);
  /// Replays what is missing. `with_downgrade`: by migration, whether its way back is wanted.
  void bring_up_to_date(const model::Project& project, const std::vector<char>& with_downgrade);

  [[nodiscard]] const std::vector<postgres::MigrationTrace>& traces() const { return traces_; }
  /// Why a migration could not be replayed (its trace is empty then); mostly empty.
  [[nodiscard]] const std::string& failure(std::size_t index) const { return failures_[index]; }

 private:
  void replay(const model::Project& project, std::size_t index, postgres::Replay& state,
              bool with_downgrade);

  bool resumable_;
  std::vector<postgres::MigrationTrace> traces_;
  std::vector<std::string> failures_;
  std::vector<postgres::Replay>
      before_;  ///< When resumable: before each migration, and at the end.
};

}  // namespace forelock::lint
