#pragma once

// The files of a run: the disk, or the disk with an editor's buffers over it.

#include <expected>
#include <string>
#include <vector>

#include "analyzer/text/source_file.h"

namespace forelock::project {

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  /// `path` is absolute or relative to the working folder of the run. The text is shown as `shown`.
  [[nodiscard]] virtual std::expected<text::FileRef, text::Error> read(const std::string& path,
                                                                       std::string shown) const = 0;
  [[nodiscard]] virtual bool is_file(const std::string& path) const = 0;
  [[nodiscard]] virtual bool is_folder(const std::string& path) const = 0;
  /// Names in a folder, sorted; empty when it cannot be read.
  [[nodiscard]] virtual std::vector<std::string> list(const std::string& folder) const = 0;
};

/// The real disk. Symbolic links are followed but a folder is never entered twice.
class DiskFileSystem : public FileSystem {
 public:
  [[nodiscard]] std::expected<text::FileRef, text::Error> read(const std::string& path,
                                                               std::string shown) const override;
  [[nodiscard]] bool is_file(const std::string& path) const override;
  [[nodiscard]] bool is_folder(const std::string& path) const override;
  [[nodiscard]] std::vector<std::string> list(const std::string& folder) const override;
};

}  // namespace forelock::project
