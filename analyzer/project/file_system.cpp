#include "analyzer/project/file_system.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "analyzer/project/paths.h"

namespace forelock::project {
namespace fs = std::filesystem;

std::vector<FileSystem::Entry> FileSystem::entries(const std::string& folder) const {
  std::vector<Entry> result;
  for (std::string& name : list(folder)) {
    const bool is_a_folder = is_folder(join(folder, name));
    result.push_back({std::move(name), is_a_folder});
  }
  return result;
}

std::expected<text::FileRef, text::Error> DiskFileSystem::read(const std::string& path,
                                                               std::string shown) const {
  return text::read_file(path, std::move(shown));
}

bool DiskFileSystem::is_file(const std::string& path) const {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

bool DiskFileSystem::is_folder(const std::string& path) const {
  std::error_code error;
  return fs::is_directory(path, error);
}

std::vector<std::string> DiskFileSystem::list(const std::string& folder) const {
  std::vector<std::string> names;
  for (Entry& entry : entries(folder)) names.push_back(std::move(entry.name));
  return names;
}

std::vector<FileSystem::Entry> DiskFileSystem::entries(const std::string& folder) const {
  std::vector<Entry> result;
  std::error_code error;
  fs::directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
  while (!error && entry != fs::directory_iterator()) {
    std::error_code ignored;
    const bool is_a_folder = entry->is_directory(ignored);
    if (is_a_folder || entry->is_regular_file(ignored)) {
      result.push_back({entry->path().filename().string(), is_a_folder});
    }
    entry.increment(error);
  }
  std::ranges::sort(result, {}, &Entry::name);
  return result;
}

std::string DiskFileSystem::canonical(const std::string& path) const {
  std::error_code error;
  const fs::path result = fs::canonical(path, error);
  return error ? path : result.string();
}

void OverlayFileSystem::put(std::string path, std::string text) {
  texts_.insert_or_assign(std::move(path), std::move(text));
}

std::expected<text::FileRef, text::Error> OverlayFileSystem::read(const std::string& path,
                                                                  std::string shown) const {
  if (const auto found = texts_.find(path); found != texts_.end()) {
    return std::make_shared<const text::SourceFile>(std::move(shown), found->second);
  }
  return below_.read(path, std::move(shown));
}

bool OverlayFileSystem::is_file(const std::string& path) const {
  return texts_.contains(path) || below_.is_file(path);
}

bool OverlayFileSystem::is_folder(const std::string& path) const { return below_.is_folder(path); }

std::vector<std::string> OverlayFileSystem::list(const std::string& folder) const {
  std::vector<std::string> names;
  for (Entry& entry : entries(folder)) names.push_back(std::move(entry.name));
  return names;
}

std::vector<FileSystem::Entry> OverlayFileSystem::entries(const std::string& folder) const {
  std::vector<Entry> result = below_.entries(folder);
  for (const auto& [path, text] : texts_) {
    if (parent_of(path) != folder) continue;
    const std::string name(name_of(path));
    if (std::ranges::find(result, name, &Entry::name) == result.end())
      result.push_back({name, false});
  }
  std::ranges::sort(result, {}, &Entry::name);
  return result;
}

std::string OverlayFileSystem::canonical(const std::string& path) const {
  return below_.canonical(path);
}

}  // namespace forelock::project
