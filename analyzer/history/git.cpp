#include "analyzer/history/git.h"

#include <git2.h>

#include <algorithm>
#include <utility>

namespace forelock::history {
namespace {

template <typename T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
using RepositoryHandle =
    std::unique_ptr<git_repository, Deleter<git_repository, git_repository_free>>;
using ObjectHandle = std::unique_ptr<git_object, Deleter<git_object, git_object_free>>;
using CommitHandle = std::unique_ptr<git_commit, Deleter<git_commit, git_commit_free>>;
using TreeHandle = std::unique_ptr<git_tree, Deleter<git_tree, git_tree_free>>;
using EntryHandle = std::unique_ptr<git_tree_entry, Deleter<git_tree_entry, git_tree_entry_free>>;
using BlobHandle = std::unique_ptr<git_blob, Deleter<git_blob, git_blob_free>>;
using DiffHandle = std::unique_ptr<git_diff, Deleter<git_diff, git_diff_free>>;

/// Keeps libgit2 initialised; it counts its users.
class Library {
 public:
  Library() {
    git_libgit2_init();
    // Continuous integration checks out as another user. Only objects are read, and no
    // configuration of the repository makes libgit2 run a command.
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
  }
  ~Library() { git_libgit2_shutdown(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

text::Error last_error(text::Error::Kind kind, std::string what) {
  if (const git_error* error = git_error_last(); error != nullptr && error->message != nullptr) {
    what += ": ";
    what += error->message;
  }
  return {kind, std::move(what)};
}

std::unexpected<text::Error> not_found(std::string what) {
  return std::unexpected(last_error(text::Error::Kind::kNotFound, std::move(what)));
}

std::expected<CommitHandle, text::Error> commit_of(git_repository* repository,
                                                   const std::string& ref) {
  git_object* object = nullptr;
  if (git_revparse_single(&object, repository, ref.c_str()) != 0) {
    return not_found("git knows no \"" + ref + "\"");
  }
  const ObjectHandle named(object);
  git_object* peeled = nullptr;
  if (git_object_peel(&peeled, named.get(), GIT_OBJECT_COMMIT) != 0) {
    return not_found("\"" + ref + "\" is no commit");
  }
  return CommitHandle(reinterpret_cast<git_commit*>(peeled));
}

/// The tree of the merge base of `ref` and HEAD, or of `ref` itself when they share no history
/// (a shallow clone).
std::expected<TreeHandle, text::Error> base_tree(git_repository* repository, std::string_view ref) {
  auto other = commit_of(repository, std::string(ref));
  if (!other) return std::unexpected(other.error());
  CommitHandle base = std::move(*other);
  if (const auto head = commit_of(repository, "HEAD")) {
    git_oid oid;
    if (git_merge_base(&oid, repository, git_commit_id(base.get()), git_commit_id(head->get())) ==
        0) {
      git_commit* commit = nullptr;
      if (git_commit_lookup(&commit, repository, &oid) == 0) base.reset(commit);
    }
  }
  git_tree* tree = nullptr;
  if (git_commit_tree(&tree, base.get()) != 0) return not_found("the commit's tree is missing");
  return TreeHandle(tree);
}

struct Walk {
  git_repository* repository;
  std::string folder;  ///< With a slash at the end, or empty.
  std::string_view suffix;
  std::vector<FileAtRef> files;
};

int visit_entry(const char* root, const git_tree_entry* entry, void* payload) {
  auto& walk = *static_cast<Walk*>(payload);
  const std::string_view name = git_tree_entry_name(entry);
  if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB || !name.ends_with(walk.suffix) ||
      git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK) {
    return 0;
  }
  git_blob* raw = nullptr;
  if (git_blob_lookup(&raw, walk.repository, git_tree_entry_id(entry)) != 0) return 0;
  const BlobHandle blob(raw);
  const auto size = static_cast<std::size_t>(git_blob_rawsize(blob.get()));
  if (size > text::kMaxFileBytes) return 0;
  walk.files.push_back({walk.folder + root + std::string(name),
                        {static_cast<const char*>(git_blob_rawcontent(blob.get())), size}});
  return 0;
}

std::string_view trimmed(std::string_view folder) {
  while (folder.starts_with("./")) folder.remove_prefix(2);
  while (folder.ends_with('/')) folder.remove_suffix(1);
  return folder == "." ? std::string_view() : folder;
}

struct Collected {
  std::vector<GitRepository::ChangedLines> files;
};

GitRepository::ChangedLines& file_of(Collected& collected, const git_diff_delta* delta) {
  const std::string_view path = delta->new_file.path;
  if (collected.files.empty() || collected.files.back().path != path) {
    collected.files.push_back({std::string(path), {}});
  }
  return collected.files.back();
}

int visit_file(const git_diff_delta* delta, float, void* payload) {
  if (delta->status != GIT_DELTA_DELETED) file_of(*static_cast<Collected*>(payload), delta);
  return 0;
}

int visit_hunk(const git_diff_delta* delta, const git_diff_hunk* hunk, void* payload) {
  if (delta->status == GIT_DELTA_DELETED || hunk->new_lines <= 0) return 0;
  const auto first = static_cast<std::uint32_t>(hunk->new_start);
  const auto last = first + static_cast<std::uint32_t>(hunk->new_lines) - 1;
  file_of(*static_cast<Collected*>(payload), delta).ranges.emplace_back(first, last);
  return 0;
}

}  // namespace

struct GitRepository::State {
  Library library;  // Released after the repository.
  RepositoryHandle repository;
};

GitRepository::GitRepository(std::unique_ptr<State> state) : state_(std::move(state)) {}
GitRepository::GitRepository(GitRepository&&) noexcept = default;
GitRepository& GitRepository::operator=(GitRepository&&) noexcept = default;
GitRepository::~GitRepository() = default;

std::expected<GitRepository, text::Error> GitRepository::open(const std::string& path) {
  auto state = std::make_unique<State>();
  git_repository* repository = nullptr;
  if (git_repository_open_ext(&repository, path.c_str(), 0, nullptr) != 0) {
    return not_found("\"" + path + "\" is in no git repository");
  }
  state->repository.reset(repository);
  return GitRepository(std::move(state));
}

std::string GitRepository::root() const {
  const char* folder = git_repository_workdir(state_->repository.get());
  if (folder == nullptr) folder = git_repository_path(state_->repository.get());
  std::string result(folder);
  while (result.size() > 1 && result.ends_with('/')) result.pop_back();
  return result;
}

std::expected<std::vector<FileAtRef>, text::Error> GitRepository::files_at(
    std::string_view ref, std::string_view folder, std::string_view suffix) const {
  git_repository* repository = state_->repository.get();
  auto tree = base_tree(repository, ref);
  if (!tree) return std::unexpected(tree.error());
  Walk walk{repository, std::string(trimmed(folder)), suffix, {}};
  if (!walk.folder.empty()) {
    git_tree_entry* entry = nullptr;
    // A folder that did not exist then held no files.
    if (git_tree_entry_bypath(&entry, tree->get(), walk.folder.c_str()) != 0) return walk.files;
    const EntryHandle owned(entry);
    git_tree* below = nullptr;
    if (git_tree_lookup(&below, repository, git_tree_entry_id(owned.get())) != 0) return walk.files;
    tree->reset(below);
    walk.folder += '/';
  }
  git_tree_walk(tree->get(), GIT_TREEWALK_PRE, visit_entry, &walk);
  std::ranges::sort(walk.files, {}, &FileAtRef::path);
  return std::move(walk.files);
}

bool GitRepository::ignored(const std::string& path) const {
  int ignored = 0;
  return git_ignore_path_is_ignored(&ignored, state_->repository.get(), path.c_str()) == 0 &&
         ignored != 0;
}

std::expected<std::vector<GitRepository::ChangedLines>, text::Error> GitRepository::changed_since(
    std::string_view ref) const {
  git_repository* repository = state_->repository.get();
  const auto tree = base_tree(repository, ref);
  if (!tree) return std::unexpected(tree.error());
  git_diff_options options;
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.flags |= GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS |
                   GIT_DIFF_SHOW_UNTRACKED_CONTENT;
  options.context_lines = 0;
  git_diff* raw = nullptr;
  if (git_diff_tree_to_workdir_with_index(&raw, repository, tree->get(), &options) != 0) {
    return std::unexpected(last_error(text::Error::Kind::kUnreadable, "git could not compare"));
  }
  const DiffHandle diff(raw);
  Collected collected;
  git_diff_foreach(diff.get(), visit_file, nullptr, visit_hunk, nullptr, &collected);
  std::ranges::sort(collected.files, {}, &ChangedLines::path);
  return std::move(collected.files);
}

}  // namespace forelock::history
