#pragma once

// Findings that were accepted once: a file of fingerprints.

#include <expected>
#include <string>

#include "analyzer/lint/finding.h"
#include "analyzer/project/configuration.h"
#include "analyzer/project/file_system.h"
#include "analyzer/project/pipeline.h"

namespace forelock::project {

/// Marks the findings that the configured baseline holds as suppressed. Failure: a baseline that
/// cannot be read.
std::expected<void, Failure> apply_baseline(lint::Report& report,
                                            const Configuration& configuration,
                                            const FileSystem& files);

/// The text of a baseline that accepts the report's findings; suppressed ones are left out.
std::string write_baseline(const lint::Report& report);

}  // namespace forelock::project
