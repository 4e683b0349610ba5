#include "analyzer/project/discovery.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "analyzer/alembic/compile.h"
#include "analyzer/history/git.h"
#include "analyzer/project/alembic_layout.h"
#include "analyzer/project/paths.h"
#include "analyzer/project/sql_files.h"

namespace forelock::project {
namespace {

/// Folders that hold revisions or scripts in projects without an alembic.ini.
constexpr std::array<std::string_view, 7> kMigrationFolders = {
    "versions", "migrations", "migration", "revisions", "alembic", "migrate", "ddl"};
/// How deep folders are entered.
constexpr int kMaxDepth = 32;

template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

class Discovery {
 public:
  Discovery(const FileSystem& files, std::string working_folder, const Configuration& configuration)
      : files_(files),
        working_folder_(std::move(working_folder)),
        configuration_(configuration),
        layout_(files, working_folder_, configuration) {}

  std::expected<void, Failure> add(const std::string& path) {
    const std::string full = absolute(path, working_folder_);
    if (files_.is_file(full)) {
      add_file(full);
    } else if (files_.is_folder(full)) {
      add_folder(full);
    } else {
      return std::unexpected(Failure{"no such file or folder", path});
    }
    return {};
  }

  std::vector<FoundHistory> take() {
    for (auto& [history, paths] : left_out_) {
      add_connected(*history, paths);
      for (const std::string& folder : asked_for_) add_apart(*history, paths, folder);
    }
    // What was only met on the way to revisions apart from it was not asked for.
    std::erase_if(found_, [](const auto& entry) {
      return !entry.second.whole && entry.second.requested.empty();
    });
    drop_scripts_of_alembic();
    std::vector<FoundHistory> result;
    for (auto& [key, history] : found_) result.push_back(std::move(history));
    std::ranges::stable_sort(result, {}, &FoundHistory::folder);
    return result;
  }

 private:
  // ---- one path ---------------------------------------------------------------------------------

  void add_file(const std::string& path) {
    const std::string_view name = name_of(path);
    const std::string folder = parent_of(path);
    if (name == "alembic.ini" || name == "env.py") {
      if (FoundHistory* history = history_above(folder)) history->whole = true;
    } else if (path.ends_with(".py")) {
      if (!is_revision_file(path)) return;
      FoundHistory& history = alembic_history(folder);
      add_once(history.files, path);
      history.requested.insert(path);
    } else if (path.ends_with(".sql")) {
      add_sql_file(path);
    } else if (is_cxx_source(path)) {
      add_cxx_file(path).requested.insert(path);
    }
  }

  void add_sql_file(const std::string& path) {
    const std::string folder = sql_history_folder(path);
    const std::vector<std::string> siblings = sql_files(folder);
    const bool numbered = is_numbered_sql(shown_path(path, folder)) &&
                          std::ranges::find(siblings, path) != siblings.end();
    // A lone script does not belong together with whatever else lies in its folder.
    FoundHistory& history = numbered ? sql_history(folder, siblings) : sql_history(path, {path});
    history.requested.insert(path);
  }

  void add_folder(const std::string& path) {
    top_ = path;
    open_git(path);
    const std::size_t before = found_.size() + touched_;
    entered_.clear();
    walk(path, 0, false);
    const bool left_out = std::ranges::any_of(left_out_, [&](const auto& entry) {
      return std::ranges::find(entry.second, path, parent_of) != entry.second.end();
    });
    if (left_out) asked_for_.push_back(path);
    if (found_.size() + touched_ != before) return;
    if (FoundHistory* history = history_above(path)) history->whole = true;
  }

  // ---- down -------------------------------------------------------------------------------------

  /// `near_script`: env.py or script.py.mako lies in this folder or just above it, or the folder
  /// lies in one that is named "versions".
  void walk(const std::string& folder, int depth, bool near_script) {
    if (depth > kMaxDepth || !entered_.insert(files_.canonical(folder)).second) return;
    const std::vector<FileSystem::Entry> entries = files_.entries(folder);
    const auto has = [&](std::string_view name) {
      return std::ranges::any_of(
          entries, [&](const FileSystem::Entry& e) { return !e.folder && e.name == name; });
    };
    const bool in_versions =
        name_of(folder) == "versions" ||
        (near_script && !in_versions_.empty() && is_below(folder, in_versions_));
    if (in_versions && (in_versions_.empty() || !is_below(folder, in_versions_))) {
      in_versions_ = folder;
    }
    const bool script_here = has("env.py") || has("script.py.mako") || in_versions;
    visit(folder, entries, near_script || script_here);
    for (const FileSystem::Entry& entry : entries) {
      if (!entry.folder || among(kNeverEntered, entry.name)) continue;
      const std::string below = join(folder, entry.name);
      if (!is_excluded(below, true)) walk(below, depth + 1, script_here);
    }
  }

  void visit(const std::string& folder, const std::vector<FileSystem::Entry>& entries,
             bool near_script) {
    std::vector<std::string> python, sql;
    for (const FileSystem::Entry& entry : entries) {
      if (entry.folder) continue;
      const bool is_python = entry.name.ends_with(".py") && entry.name != "env.py" &&
                             !entry.name.starts_with("__init__");
      const bool is_sql = entry.name.ends_with(".sql");
      const std::string path = join(folder, entry.name);
      if (!configuration_.include.empty()) {
        if (!is_included(path)) continue;
        if (is_cxx_source(path) && !is_excluded(path, false)) add_cxx_file(path).whole = true;
      }
      if (is_python) python.push_back(path);
      if (is_sql) sql.push_back(path);
    }
    const bool candidate = near_script || folder == top_ || !configuration_.include.empty() ||
                           among(kMigrationFolders, name_of(folder)) ||
                           among(kMigrationFolders, name_of(parent_of(folder)));
    if (candidate && !python.empty()) visit_python(folder, python);
    if (!sql.empty()) visit_sql(folder, sql, candidate);
  }

  void visit_python(const std::string& folder, const std::vector<std::string>& python) {
    for (const std::string& path : python) {
      if (is_excluded(path, false) || !is_revision_file(path)) continue;
      FoundHistory& history = alembic_history(folder);
      // A folder below a versions folder that Alembic does not enter holds no live revisions.
      if (is_below(path, history.folder) && parent_of(path) != history.folder &&
          std::ranges::find(history.files, path) == history.files.end()) {
        left_out_[&history].push_back(path);
        continue;
      }
      history.whole = true;
      ++touched_;
      return;
    }
  }

  void visit_sql(const std::string& folder, const std::vector<std::string>& sql, bool candidate) {
    const std::string home = sql_history_folder(sql.front());
    std::vector<std::string> members = home == folder ? sql : sql_files(home);
    std::erase_if(members, [&](const std::string& path) {
      return is_excluded(path, false) || !is_included(path);
    });
    std::ranges::sort(members, natural_less);
    const auto numbered = std::ranges::count_if(
        members, [&](const std::string& path) { return is_numbered_sql(shown_path(path, home)); });
    if (members.empty()) return;
    const bool most = 2 * numbered >= static_cast<std::ptrdiff_t>(members.size());
    if (!candidate && configuration_.include.empty()) {
      if (!most) return;
      only_numbered_.insert(home);
    }
    sql_history(home, members).whole = true;
    ++touched_;
  }

  // ---- up ---------------------------------------------------------------------------------------

  /// The history whose project `folder` lies in: env.py with versions, or an alembic.ini.
  FoundHistory* history_above(const std::string& folder) {
    std::string at = folder;
    for (int i = 0; i < kMaxFoldersUp; ++i, at = parent_of(at)) {
      if (files_.is_file(join(at, "env.py")) && files_.is_folder(join(at, "versions"))) {
        return &alembic_history(join(at, "versions"));
      }
      for (const AlembicIni& ini : layout_.inis_at(at)) {
        for (const std::string& versions : layout_.version_folders(ini, "")) {
          return &alembic_history(versions);
        }
      }
      if (layout_.is_top(at)) break;
    }
    return nullptr;
  }

  // ---- Alembic ----------------------------------------------------------------------------------

  /// The history that the revisions in `versions` belong to.
  FoundHistory& alembic_history(const std::string& versions) {
    if (const auto known = history_of_folder_.find(versions); known != history_of_folder_.end()) {
      return found_.at(known->second);
    }
    const std::string script = layout_.script_folder_of(versions);
    const std::optional<AlembicIni> ini = layout_.ini_for(script, versions);
    std::vector<std::string> folders;
    if (ini) folders = layout_.version_folders(*ini, script);
    const auto holder = std::ranges::find_if(folders, [&](const std::string& folder) {
      return versions == folder || is_below(versions, folder);
    });
    if (holder == folders.end()) folders = {versions};
    std::string key = "alembic";
    for (const std::string& folder : folders) key += '\n' + folder;
    history_of_folder_[versions] = key;
    const auto [entry, fresh] = found_.try_emplace(key);
    FoundHistory& history = entry->second;
    if (!fresh) return history;
    history.kind = HistoryKind::kAlembic;
    history.folder = folders.front();
    history.script_folder = script;
    if (ini) history.ini = ini->path;
    history.root = layout_.project_root(history.folder);
    for (const std::string& folder : folders) {
      history_of_folder_[folder] = key;
      std::ranges::move(layout_.revision_files(folder, ini && ini->recursive),
                        std::back_inserter(history.files));
    }
    return history;
  }

  /// The ids that a revision has or names.
  struct Ids {
    std::string own;
    std::vector<std::string> named;
  };
  [[nodiscard]] Ids ids_of(const std::string& path) const {
    const auto file = files_.read(path, path);
    if (!file) return {};
    model::Migration header = alembic::read_header(*python::parse(*file));
    Ids ids{std::move(header.revision), std::move(header.down_revisions)};
    std::ranges::move(header.depends_on, std::back_inserter(ids.named));
    return ids;
  }

  /// Version locations that a program sets stand in no alembic.ini. Of the revisions in folders
  /// that Alembic does not enter by itself, those that the history's own lead to, or that lead to
  /// them, are live; all are where the history has none of its own.
  void add_connected(FoundHistory& history, const std::vector<std::string>& paths) const {
    std::set<std::string> known, wanted;
    const auto add = [&](const Ids& ids) {
      known.insert(ids.own);
      wanted.insert(ids.named.begin(), ids.named.end());
    };
    bool any = false;
    for (const std::string& path : history.files) {
      if (!is_revision_file(path)) continue;
      any = true;
      add(ids_of(path));
    }
    std::vector<std::pair<std::string, Ids>> open;
    for (const std::string& path : paths) open.emplace_back(path, ids_of(path));
    for (bool changed = true; changed;) {
      changed = false;
      std::erase_if(open, [&](const auto& candidate) {
        const Ids& ids = candidate.second;
        const bool connected =
            wanted.contains(ids.own) || std::ranges::any_of(ids.named, [&](const std::string& id) {
              return known.contains(id);
            });
        if (any && !connected) return false;
        add(ids);
        add_once(history.files, candidate.first);
        history.whole = true;
        changed = true;
        return true;
      });
    }
  }

  /// Revisions in a folder that was asked for by name, and that the history around it does not lead
  /// to, are a history of their own.
  void add_apart(const FoundHistory& around, const std::vector<std::string>& paths,
                 const std::string& folder) {
    FoundHistory apart = around;
    apart.folder = folder;
    apart.files.clear();
    for (const std::string& path : paths) {
      if (parent_of(path) != folder) continue;
      if (std::ranges::find(around.files, path) != around.files.end()) return;
      apart.files.push_back(path);
    }
    if (apart.files.empty()) return;
    apart.requested.clear();
    apart.whole = true;
    found_["alembic\n" + folder] = std::move(apart);
  }

  bool is_revision_file(const std::string& path) const {
    const auto file = files_.read(path, path);
    return file && looks_like_revision((*file)->text());
  }

  // ---- SQL and C++ ------------------------------------------------------------------------------

  [[nodiscard]] std::vector<std::string> sql_files(const std::string& folder) const {
    std::vector<std::string> result;
    for (const FileSystem::Entry& entry : files_.entries(folder)) {
      const std::string path = join(folder, entry.name);
      if (!entry.folder) {
        if (entry.name.ends_with(".sql")) result.push_back(path);
        continue;
      }
      for (const char* name : {"up.sql", "migration.sql", "down.sql"}) {
        if (files_.is_file(join(path, name))) result.push_back(join(path, name));
      }
    }
    std::ranges::sort(result, natural_less);
    return result;
  }

  FoundHistory& sql_history(const std::string& folder, const std::vector<std::string>& members) {
    FoundHistory& history = found_["sql\n" + folder];
    history.kind = HistoryKind::kSql;
    history.folder = folder;
    if (history.files.empty()) history.files = members;
    return history;
  }

  FoundHistory& add_cxx_file(const std::string& path) {
    FoundHistory& history = found_["cxx"];
    history.kind = HistoryKind::kCxx;
    if (history.folder.empty()) history.folder = parent_of(path);
    add_once(history.files, path);
    return history;
  }

  /// Scripts that lie among or around Alembic's revisions are read by these, not run by themselves;
  /// and in a project that has revisions, numbers alone make no migrations.
  void drop_scripts_of_alembic() {
    std::vector<std::string> homes;
    for (const auto& [key, history] : found_) {
      if (history.kind != HistoryKind::kAlembic) continue;
      homes.push_back(history.folder);
      if (!history.script_folder.empty()) homes.push_back(history.script_folder);
    }
    std::erase_if(found_, [&](const auto& entry) {
      const FoundHistory& history = entry.second;
      if (history.kind != HistoryKind::kSql || !history.requested.empty()) return false;
      if (!homes.empty() && only_numbered_.contains(history.folder)) return true;
      return std::ranges::any_of(homes, [&](const std::string& home) {
        return is_below(history.folder, home) || is_below(home, history.folder);
      });
    });
  }

  // ---- what is left out -------------------------------------------------------------------------

  void open_git(const std::string& folder) {
    git_.reset();
    if (!configuration_.respect_gitignore) return;
    for (std::string at = folder;; at = parent_of(at)) {
      if (at != "/" && layout_.is_top(at)) {
        if (auto repository = history::GitRepository::open(at)) {
          git_ = std::move(*repository);
          git_root_ = at;
        }
        return;
      }
      if (at == "/") return;
    }
  }

  [[nodiscard]] std::string relative_to_configuration(const std::string& path) const {
    return shown_path(
        path, configuration_.path.empty() ? working_folder_ : parent_of(configuration_.path));
  }

  [[nodiscard]] bool is_included(const std::string& path) const {
    if (configuration_.include.empty()) return true;
    const std::string relative = relative_to_configuration(path);
    return std::ranges::any_of(configuration_.include, [&](const std::string& glob) {
      return glob_matches(glob, relative);
    });
  }

  [[nodiscard]] bool is_excluded(const std::string& path, bool folder) const {
    const std::string relative = relative_to_configuration(path);
    for (const std::string& glob : configuration_.exclude) {
      if (glob_matches(glob, relative)) return true;
    }
    if (!git_) return false;
    return git_->ignored(shown_path(path, git_root_) + (folder ? "/" : ""));
  }

  static void add_once(std::vector<std::string>& list, const std::string& value) {
    if (std::ranges::find(list, value) == list.end()) list.push_back(value);
  }

  const FileSystem& files_;
  const std::string working_folder_;
  const Configuration& configuration_;
  const AlembicLayout layout_;
  std::map<std::string, FoundHistory> found_;
  std::map<std::string, std::string> history_of_folder_;
  std::map<FoundHistory*, std::vector<std::string>> left_out_;  ///< In folders not entered.
  std::string in_versions_;  ///< The folder "versions" that was entered last.
  std::set<std::string> entered_;
  std::set<std::string> only_numbered_;  ///< Folders of scripts that have nothing but numbers.
  std::size_t touched_ = 0;
  std::vector<std::string> asked_for_;  ///< Folders of such revisions that were given by name.
  std::string top_;
  std::optional<history::GitRepository> git_;
  std::string git_root_;
};

/// Whether a line of `text` is an assignment to `name`, with or without an annotation.
bool assigns(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    if (at != 0 && text[at - 1] != '\n' && text[at - 1] != '\r') continue;
    std::size_t after = at + name.size();
    while (after < text.size() && (text[after] == ' ' || text[after] == '\t')) ++after;
    if (after < text.size() && (text[after] == '=' || text[after] == ':')) return true;
  }
  return false;
}

}  // namespace

bool looks_like_revision(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return assigns(text, "revision") && assigns(text, "down_revision");
}

bool is_cxx_source(std::string_view path) {
  constexpr std::array<std::string_view, 10> kEndings = {".cpp", ".cc",  ".cxx", ".c++", ".hpp",
                                                         ".hh",  ".hxx", ".h",   ".ipp", ".inl"};
  return std::ranges::any_of(kEndings,
                             [&](std::string_view ending) { return path.ends_with(ending); });
}

std::expected<std::vector<FoundHistory>, Failure> discover(const FileSystem& files,
                                                           const std::vector<std::string>& paths,
                                                           const std::string& working_folder,
                                                           const Configuration& configuration) {
  Discovery discovery(files, working_folder, configuration);
  for (const std::string& path : paths) {
    if (auto added = discovery.add(path); !added) return std::unexpected(std::move(added.error()));
  }
  return discovery.take();
}

}  // namespace forelock::project
