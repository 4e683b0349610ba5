#pragma once

// Which versions of Alembic and SQLAlchemy a project asks for.

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/alembic/compile.h"
#include "analyzer/project/file_system.h"

namespace forelock::project {

/// The newest versions that the project's requirements allow; nothing where they say nothing.
struct Pins {
  std::optional<alembic::Version> alembic, sqlalchemy;
};

/// Reads the lock files, requirements and pyproject.toml of `folder` and of those above it, up to
/// `root`. The nearest folder that speaks of a package decides; in it a lock file before a
/// requirement.
Pins find_pins(const FileSystem& files, const std::string& folder, const std::string& root);

/// The newest version that a requirement like "==1.4.46", ">=1.4,<2.0", "~=1.4.0" or "^1.4" allows;
/// an open end counts as 9999. Nothing when it has no upper end.
std::optional<alembic::Version> newest_allowed(std::string_view requirement);
/// "1.8.1", "2.0.0rc1" as a version; nothing for other text.
std::optional<alembic::Version> version_named(std::string_view text);

}  // namespace forelock::project
