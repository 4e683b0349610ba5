#pragma once

// Bounds of partitions: their order, whether two overlap, whether one takes a row.

#include <optional>
#include <string>
#include <vector>

#include "analyzer/model/operation.h"

namespace forelock::postgres {

/// The text of a constant, casts aside.
std::string constant_text(const model::Expression& expression);

/// Order of two ends of RANGE bounds; nullopt where it is not known.
std::optional<int> compare_bounds(const std::vector<model::Expression>& a,
                                  const std::vector<model::Expression>& b);

bool overlaps(const model::PartitionBound& a, const model::PartitionBound& b);

/// Whether a row with this partition key belongs to the bound; nullopt where it is not known.
std::optional<bool> takes(const model::PartitionBound& bound,
                          const std::vector<model::Expression>& key);

}  // namespace forelock::postgres
