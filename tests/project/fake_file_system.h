#pragma once

// A file system of texts in memory.

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/project/file_system.h"

namespace forelock::test {

class FakeFileSystem : public project::FileSystem {
 public:
  FakeFileSystem() = default;
  FakeFileSystem(std::initializer_list<std::pair<const std::string, std::string>> files)
      : files_(files) {}
  void put(const std::string& path, std::string text) { files_[path] = std::move(text); }

  [[nodiscard]] std::expected<text::FileRef, text::Error> read(const std::string& path,
                                                               std::string shown) const override {
    const auto found = files_.find(path);
    if (found == files_.end()) {
      return std::unexpected(text::Error{text::Error::Kind::kNotFound, "no such file"});
    }
    ++reads_[path];
    return std::make_shared<const text::SourceFile>(std::move(shown), found->second);
  }
  [[nodiscard]] bool is_file(const std::string& path) const override {
    return files_.contains(path);
  }
  [[nodiscard]] bool is_folder(const std::string& path) const override {
    const std::string below = path == "/" ? path : path + "/";
    const auto next = files_.lower_bound(below);
    return next != files_.end() && next->first.starts_with(below);
  }
  [[nodiscard]] std::vector<std::string> list(const std::string& folder) const override {
    const std::string below = folder == "/" ? folder : folder + "/";
    std::set<std::string> names;
    for (const auto& [path, text] : files_) {
      if (path.starts_with(below))
        names.insert(path.substr(below.size(), path.find('/', below.size()) - below.size()));
    }
    return {names.begin(), names.end()};
  }
  /// How often a file was read, for tests of caches. Not for several threads.
  [[nodiscard]] int reads(const std::string& path) const { return reads_[path]; }

 private:
  std::map<std::string, std::string> files_;
  mutable std::map<std::string, int> reads_;
};

}  // namespace forelock::test
