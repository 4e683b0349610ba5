#pragma once

// What the git repository around a folder says, through libgit2. Reads only.

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/source_file.h"

namespace forelock::history {

/// A file of another commit.
struct FileAtRef {
  std::string path;
  std::string text;
};  ///< path relative to the repository root.

class GitRepository {
 public:
  /// The repository that holds `path`. Errors: kNotFound.
  static std::expected<GitRepository, text::Error> open(const std::string& path);
  GitRepository(GitRepository&&) noexcept;
  GitRepository& operator=(GitRepository&&) noexcept;
  ~GitRepository();

  [[nodiscard]] std::string root() const;  ///< Absolute, without a slash at the end.
  /// Files below `folder` (relative to the root) in the merge base of `ref` and HEAD whose name
  /// ends in `suffix`. Errors: kNotFound for an unknown ref.
  [[nodiscard]] std::expected<std::vector<FileAtRef>, text::Error> files_at(
      std::string_view ref, std::string_view folder, std::string_view suffix) const;
  /// Whether git ignores the path (relative to the root).
  [[nodiscard]] bool ignored(const std::string& path) const;
  /// Lines (1-based, inclusive ranges) of files in the work tree that differ from the merge base.
  struct ChangedLines {
    std::string path;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
  };
  [[nodiscard]] std::expected<std::vector<ChangedLines>, text::Error> changed_since(
      std::string_view ref) const;

 private:
  struct State;
  explicit GitRepository(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace forelock::history
