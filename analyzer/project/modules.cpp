#include "analyzer/project/modules.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "analyzer/project/paths.h"

namespace forelock::project {
namespace {

/// Packages that the compiler itself knows. A project's folder `alembic` must not hide the library:
/// in Python the installed package wins over a folder without __init__.py.
constexpr std::array<std::string_view, 4> kKnownPackages = {"alembic", "sqlalchemy", "typing",
                                                            "__future__"};

bool is_plain_name(std::string_view dotted) {
  return !dotted.empty() && std::ranges::all_of(dotted, [](char c) {
    return c == '.' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
  });
}

/// Modules that were asked for, with their files.
class Finder {
 public:
  Finder(ParseCache& cache, ModulePath path) : cache_(cache), path_(std::move(path)) {
    canonical_root_ = cache_.files().canonical(path_.root);
  }

  std::shared_ptr<const python::ParsedFile> find(std::string_view dotted) {
    const std::string key(dotted);
    {
      const std::scoped_lock lock(mutex_);
      if (const auto known = found_.find(key); known != found_.end()) return parsed(known->second);
    }
    const std::optional<std::string> file = search(dotted);
    {
      const std::scoped_lock lock(mutex_);
      found_.emplace(key, file);
    }
    return parsed(file);
  }

 private:
  std::shared_ptr<const python::ParsedFile> parsed(const std::optional<std::string>& file) {
    return file ? cache_.get(*file).parsed : nullptr;
  }

  [[nodiscard]] std::optional<std::string> search(std::string_view dotted) const {
    const std::string_view top = dotted.substr(0, dotted.find('.'));
    if (!is_plain_name(dotted) || std::ranges::find(kKnownPackages, top) != kKnownPackages.end()) {
      return {};
    }
    std::string relative(dotted);
    std::ranges::replace(relative, '.', '/');
    for (const std::string& folder : path_.folders) {
      const std::string base = join(folder, relative);
      for (const char* ending : {".py", "/__init__.py"}) {
        std::string file = absolute(base + ending, "/");
        if (cache_.files().is_file(file) && is_inside(file)) return file;
      }
    }
    return {};
  }

  /// Whether the file lies below the project's root also when symbolic links are followed.
  [[nodiscard]] bool is_inside(const std::string& file) const {
    return is_below(cache_.files().canonical(file), canonical_root_);
  }

  ParseCache& cache_;
  const ModulePath path_;
  std::string canonical_root_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::optional<std::string>> found_;
};

/// Data files that the code of a project reads.
class DataFiles {
 public:
  DataFiles(const ParseCache& cache, ModulePath path)
      : files_(cache.files()), working_folder_(cache.working_folder()), path_(std::move(path)) {
    canonical_root_ = files_.canonical(path_.root);
  }

  [[nodiscard]] std::optional<std::string> read(std::string_view package,
                                                std::string_view file) const {
    std::vector<std::string> folders{working_folder_, path_.root};
    if (!package.empty()) {
      std::string below(package);
      std::ranges::replace(below, '.', '/');
      folders.clear();
      for (const std::string& folder : path_.folders) folders.push_back(join(folder, below));
    }
    for (const std::string& folder : folders) {
      const std::string path = absolute(file, folder);
      if (!files_.is_file(path) || !is_below(files_.canonical(path), canonical_root_)) continue;
      if (const auto found = files_.read(path, path)) return std::string((*found)->text());
    }
    return std::nullopt;
  }

 private:
  const FileSystem& files_;
  const std::string working_folder_;
  const ModulePath path_;
  std::string canonical_root_;
};

}  // namespace

ParseCache::ParseCache(const FileSystem& files, std::string working_folder)
    : files_(files), working_folder_(std::move(working_folder)) {}

const ParseCache::Entry& ParseCache::get(const std::string& path) {
  Slot* slot = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    auto& owned = slots_[path];
    if (owned == nullptr) owned = std::make_unique<Slot>();
    slot = owned.get();
  }
  std::call_once(slot->once, [&] {
    auto file = files_.read(path, shown_path(path, working_folder_));
    if (!file) {
      slot->entry.error = std::move(file.error());
      return;
    }
    slot->entry.file = std::move(*file);
    slot->entry.parsed = python::parse(slot->entry.file);
  });
  return slot->entry;
}

python::ModuleFinder make_finder(ParseCache& cache, ModulePath path) {
  auto finder = std::make_shared<Finder>(cache, std::move(path));
  return [finder](std::string_view dotted) { return finder->find(dotted); };
}

std::function<std::optional<std::string>(std::string_view, std::string_view)> make_file_reader(
    const ParseCache& cache, ModulePath path) {
  auto files = std::make_shared<const DataFiles>(cache, std::move(path));
  return [files](std::string_view package, std::string_view file) {
    return files->read(package, file);
  };
}

}  // namespace forelock::project
