#pragma once

// The files of a run: the disk, or the disk with an editor's buffers over it.

#include <expected>
#include <functional>
#include <map>
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

  struct Entry {
    std::string name;
    bool folder = false;
  };
  /// What list() names, with what each one is. By default asks is_folder() for each.
  [[nodiscard]] virtual std::vector<Entry> entries(const std::string& folder) const;
  /// The path with symbolic links resolved; the path itself where that is not possible.
  [[nodiscard]] virtual std::string canonical(const std::string& path) const { return path; }
};

/// The real disk. Symbolic links are followed but a folder is never entered twice.
class DiskFileSystem : public FileSystem {
 public:
  [[nodiscard]] std::expected<text::FileRef, text::Error> read(const std::string& path,
                                                               std::string shown) const override;
  [[nodiscard]] bool is_file(const std::string& path) const override;
  [[nodiscard]] bool is_folder(const std::string& path) const override;
  [[nodiscard]] std::vector<std::string> list(const std::string& folder) const override;
  [[nodiscard]] std::vector<Entry> entries(const std::string& folder) const override;
  [[nodiscard]] std::string canonical(const std::string& path) const override;
};

/// Another file system with some texts laid over it: buffers of an editor, standard input.
class OverlayFileSystem : public FileSystem {
 public:
  explicit OverlayFileSystem(const FileSystem& below) : below_(below) {}
  /// `path` as the run will ask for it: absolute and normal.
  void put(std::string path, std::string text);

  [[nodiscard]] std::expected<text::FileRef, text::Error> read(const std::string& path,
                                                               std::string shown) const override;
  [[nodiscard]] bool is_file(const std::string& path) const override;
  [[nodiscard]] bool is_folder(const std::string& path) const override;
  [[nodiscard]] std::vector<std::string> list(const std::string& folder) const override;
  [[nodiscard]] std::vector<Entry> entries(const std::string& folder) const override;
  [[nodiscard]] std::string canonical(const std::string& path) const override;

 private:
  const FileSystem& below_;
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace forelock::project
