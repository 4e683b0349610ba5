#pragma once

// The steps of a script, before they become a migration or the revisions of an emitted stream.

#include <vector>

#include "analyzer/model/migration.h"
#include "analyzer/text/source_file.h"

namespace forelock::sql {

struct Script {
  std::vector<model::Step> steps;
  std::vector<model::Problem> problems;
  std::vector<model::SourceComment> comments;
};

/// All steps of the file in order; see read_script.
Script read_steps(text::FileRef file, bool one_transaction);

}  // namespace forelock::sql
