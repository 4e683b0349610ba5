#pragma once

// forelock.toml, .forelock.toml or [tool.forelock] in pyproject.toml, nearest upward from a file.

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/lint/rule.h"
#include "analyzer/project/file_system.h"

namespace forelock::project {

/// The oldest PostgreSQL major that the community still supports: the default target.
/// Source: postgresql.org/support/versioning; 14 until 2026-11-12, then 15.
inline constexpr int kDefaultPgVersion = 15;
/// The majors that the simulation knows.
inline constexpr int kOldestPgVersion = 12, kNewestPgVersion = 18;

struct Configuration {
  std::string path;  ///< File it came from; empty for defaults.
  std::optional<int> pg_version;
  std::vector<std::string> include, exclude;  ///< Globs.
  bool respect_gitignore = true;
  std::string output_format = "text";
  lint::Severity fail_level = lint::Severity::kWarning;    ///< kOff: never.
  std::vector<std::string> select, extend_select, ignore;  ///< Rule ids, groups, "ALL", "DEFAULT".
  std::map<std::string, std::vector<std::string>> per_file_ignores;
  std::map<std::string, lint::Severity, std::less<>> severities;
  std::map<std::string, lint::OptionValues, std::less<>> rule_options;
  std::string start_after, baseline;
  bool require_reason = false, report_unused = true;
  std::string alembic_ini;
  std::string transaction = "auto";  ///< auto, per-migration, all, none
  std::string dialect;               ///< Empty: from the project.
  /// Versions whose SQL is derived; empty: what the project's requirements allow, else the current.
  std::string alembic_version, sqlalchemy_version;
  std::map<std::string, std::string> naming_convention;
  std::vector<std::string> cpp_functions;  ///< Added to the defaults.
  std::string sql_transaction = "none";    ///< How .sql files are run: file or none.
};

struct ConfigurationError {
  std::string path;
  std::uint32_t line1 = 0, column1 = 0;
  std::string message;
};

/// Reads one configuration text. Unknown keys, unknown rules and wrong types are errors with the
/// nearest match named. `pyproject`: read [tool.forelock] only.
std::expected<Configuration, ConfigurationError> parse_configuration(
    const std::string& text, const std::string& path, bool pyproject,
    std::span<const lint::Rule* const> known_rules);
/// "error", "warning", "info" or "off"; nothing for another word.
std::optional<lint::Severity> severity_named(std::string_view name);
/// [tool.alembic] of a pyproject.toml as the text of an alembic.ini; nothing when it has none.
std::optional<std::string> alembic_ini_of_pyproject(const std::string& text);
/// The nearest configuration file upward from `folder`, or defaults.
std::expected<Configuration, ConfigurationError> find_configuration(
    const FileSystem& files, const std::string& folder,
    std::span<const lint::Rule* const> known_rules);

}  // namespace forelock::project
