#pragma once

// A file system that lists one file of a folder, for reading one revision of a long history.

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/project/file_system.h"
#include "analyzer/project/paths.h"

namespace forelock::lsp {

/// All of `below`, but for the folder of `only`, which seems to hold nothing else. What is asked
/// for by name is there all the same, so that imports work.
class NarrowFileSystem : public project::FileSystem {
 public:
  NarrowFileSystem(const project::FileSystem& below, std::string only)
      : below_(below), only_(std::move(only)), folder_(project::parent_of(only_)) {}

  [[nodiscard]] std::expected<text::FileRef, text::Error> read(const std::string& path,
                                                               std::string shown) const override {
    return below_.read(path, std::move(shown));
  }
  [[nodiscard]] bool is_file(const std::string& path) const override {
    return below_.is_file(path);
  }
  [[nodiscard]] bool is_folder(const std::string& path) const override {
    return below_.is_folder(path);
  }
  [[nodiscard]] std::vector<std::string> list(const std::string& folder) const override {
    if (folder == folder_) return {std::string(project::name_of(only_))};
    return below_.list(folder);
  }
  [[nodiscard]] std::vector<Entry> entries(const std::string& folder) const override {
    if (folder == folder_) return {{std::string(project::name_of(only_)), false}};
    return below_.entries(folder);
  }
  [[nodiscard]] std::string canonical(const std::string& path) const override {
    return below_.canonical(path);
  }

 private:
  const project::FileSystem& below_;
  const std::string only_;
  const std::string folder_;
};

}  // namespace forelock::lsp
