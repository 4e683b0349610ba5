#pragma once

// Python files of a run, each parsed once, and how `import` finds them.

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyzer/project/file_system.h"
#include "analyzer/python/evaluator.h"

namespace forelock::project {

/// Parsed Python files by absolute path; safe to use from several threads.
class ParseCache {
 public:
  ParseCache(const FileSystem& files, std::string working_folder);
  ParseCache(const ParseCache&) = delete;
  ParseCache& operator=(const ParseCache&) = delete;

  /// The parsed file, or null when it cannot be read; `error` says why.
  struct Entry {
    std::shared_ptr<const python::ParsedFile> parsed;
    text::FileRef file;
    text::Error error;
  };
  const Entry& get(const std::string& path);
  [[nodiscard]] const FileSystem& files() const { return files_; }
  [[nodiscard]] const std::string& working_folder() const { return working_folder_; }

 private:
  struct Slot {
    std::once_flag once;
    Entry entry;
  };
  const FileSystem& files_;
  const std::string working_folder_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::unique_ptr<Slot>> slots_;
};

/// Where modules are looked for, in order, and the folder that no module may lie outside of.
struct ModulePath {
  std::vector<std::string> folders;
  std::string root;
};

/// Finds modules below the folders of `path`; remembers what it found and did not find. The finder
/// may be called from several threads; `cache` must outlive it.
python::ModuleFinder make_finder(ParseCache& cache, ModulePath path);

/// Reads data files of the project: below the folders of `path` for those of a package, else by
/// their own path (relative to the working folder or to the root). Nothing outside of the root is
/// read. As above, it may be called from several threads.
std::function<std::optional<std::string>(std::string_view package, std::string_view file)>
make_file_reader(const ParseCache& cache, ModulePath path);

}  // namespace forelock::project
