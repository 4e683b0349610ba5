#include "lsp/overlay.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "analyzer/project/paths.h"

namespace forelock::lsp {
namespace {

/// `path` as documents are keyed. Paths of a run of the server are absolute.
std::string key(const std::string& path) { return project::absolute(path, "/"); }

}  // namespace

std::expected<text::FileRef, text::Error> OverlayFileSystem::read(const std::string& path,
                                                                  std::string shown) const {
  const Document* document = documents_.at_path(key(path));
  if (document == nullptr) return disk_.read(path, std::move(shown));
  if (document->text.size() > text::kMaxFileBytes) {
    return std::unexpected(text::Error{.kind = text::Error::Kind::kTooLarge,
                                       .message = "the document is too large to be analysed"});
  }
  return std::make_shared<const text::SourceFile>(std::move(shown), document->text);
}

bool OverlayFileSystem::is_file(const std::string& path) const {
  return documents_.at_path(key(path)) != nullptr || disk_.is_file(path);
}

bool OverlayFileSystem::is_folder(const std::string& path) const {
  if (disk_.is_folder(path)) return true;
  const std::string folder = key(path);
  return std::ranges::any_of(documents_.by_path(), [&](const auto& entry) {
    return entry.first != folder && project::is_below(entry.first, folder);
  });
}

std::vector<std::string> OverlayFileSystem::list(const std::string& folder) const {
  std::vector<std::string> names = disk_.list(folder);
  const std::string above = key(folder);
  for (const auto& [path, document] : documents_.by_path()) {
    if (path == above || !project::is_below(path, above)) continue;
    const std::size_t begin = above == "/" ? 1 : above.size() + 1;
    names.push_back(path.substr(begin, path.find('/', begin) - begin));
  }
  std::ranges::sort(names);
  const auto twice = std::ranges::unique(names);
  names.erase(twice.begin(), twice.end());
  return names;
}

}  // namespace forelock::lsp
