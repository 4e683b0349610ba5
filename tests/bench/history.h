#pragma once

// A generated Alembic history, as large as wanted and like real ones: tables, columns, indexes,
// constraints, enums, data changes, plain SQL, a merge now and then.

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/project/file_system.h"

namespace forelock::bench {

/// Files in memory, below /p.
class GeneratedHistory : public project::FileSystem {
 public:
  explicit GeneratedHistory(std::size_t revisions);

  [[nodiscard]] std::expected<text::FileRef, text::Error> read(const std::string& path,
                                                               std::string shown) const override;
  [[nodiscard]] bool is_file(const std::string& path) const override;
  [[nodiscard]] bool is_folder(const std::string& path) const override;
  [[nodiscard]] std::vector<std::string> list(const std::string& folder) const override;

  /// Path and text of each revision.
  [[nodiscard]] const std::map<std::string, std::string>& files() const { return files_; }
  [[nodiscard]] std::size_t bytes() const;

 private:
  std::map<std::string, std::string> files_;
};

}  // namespace forelock::bench
