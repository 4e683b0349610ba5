#include "analyzer/project/discovery.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "analyzer/alembic/compile.h"
#include "analyzer/history/git.h"
#include "analyzer/project/paths.h"
#include "analyzer/project/sql_files.h"

namespace forelock::project {
namespace {

constexpr std::array<std::string_view, 14> kNeverEntered = {
    ".git", ".hg",           ".svn",        ".venv",       "venv",  "node_modules", ".tox",
    ".nox", "site-packages", "__pycache__", ".mypy_cache", "build", "dist",         ".eggs"};
/// Folders that hold revisions or scripts in projects without an alembic.ini.
constexpr std::array<std::string_view, 7> kMigrationFolders = {
    "versions", "migrations", "migration", "revisions", "alembic", "migrate", "ddl"};
/// Folders beside which an alembic.ini is looked for on the way up.
constexpr std::array<std::string_view, 6> kIniFolders = {"",    "conf",    "config",
                                                         "etc", "configs", "deploy"};
/// How far up an alembic.ini or env.py is looked for, and how deep folders are entered.
constexpr int kMaxFoldersUp = 16;
constexpr int kMaxDepth = 32;
constexpr int kMaxFoldersToScript = 3;

template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// `package.sub:dir/script` and `./dir/script/` as `dir/script`.
std::string normal_location(std::string_view location) {
  std::string result(location);
  if (const auto colon = result.find(':'); colon != std::string::npos) {
    std::replace(result.begin(), result.begin() + static_cast<std::ptrdiff_t>(colon), '.', '/');
    result[colon] = '/';
  }
  while (result.starts_with("./")) result.erase(0, 2);
  while (result.size() > 1 && result.ends_with('/')) result.pop_back();
  return result;
}

/// What an alembic.ini says about where things are.
struct Ini {
  std::string path;
  std::string script_location;
  std::vector<std::string> version_locations;
  bool recursive = false;
};

class Discovery {
 public:
  Discovery(const FileSystem& files, std::string working_folder, const Configuration& configuration)
      : files_(files), working_folder_(std::move(working_folder)), configuration_(configuration) {}

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
    if (found_.size() + touched_ != before) return;
    if (FoundHistory* history = history_above(path)) history->whole = true;
  }

  // ---- down -------------------------------------------------------------------------------------

  /// `near_script`: env.py or script.py.mako lies in this folder or just above it.
  void walk(const std::string& folder, int depth, bool near_script) {
    if (depth > kMaxDepth || !entered_.insert(files_.canonical(folder)).second) return;
    const std::vector<FileSystem::Entry> entries = files_.entries(folder);
    const auto has = [&](std::string_view name) {
      return std::ranges::any_of(
          entries, [&](const FileSystem::Entry& e) { return !e.folder && e.name == name; });
    };
    const bool script_here = has("env.py") || has("script.py.mako");
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
        return;
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
    if (!candidate && !most && configuration_.include.empty()) return;
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
      for (const Ini& ini : inis_at(at)) {
        for (const std::string& versions : version_folders(ini, "")) {
          return &alembic_history(versions);
        }
      }
      if (is_top(at)) break;
    }
    return nullptr;
  }

  [[nodiscard]] bool is_top(const std::string& folder) const {
    return folder == "/" || files_.is_folder(join(folder, ".git")) ||
           files_.is_file(join(folder, ".git"));
  }

  [[nodiscard]] std::string project_root(const std::string& folder) const {
    std::string marked, at = folder;
    for (int i = 0; i < kMaxFoldersUp; ++i, at = parent_of(at)) {
      if (is_top(at)) return at == "/" && !marked.empty() ? marked : at;
      for (const char* name : {"pyproject.toml", "setup.py", "setup.cfg", "alembic.ini"}) {
        if (files_.is_file(join(at, name))) marked = at;
      }
    }
    return marked.empty() ? folder : marked;
  }

  // ---- Alembic ----------------------------------------------------------------------------------

  [[nodiscard]] std::string script_folder_of(const std::string& versions) const {
    std::string at = versions;
    for (int i = 0; i < kMaxFoldersToScript; ++i, at = parent_of(at)) {
      if (files_.is_file(join(at, "env.py"))) return at;
      if (at == "/") break;
    }
    return {};
  }

  [[nodiscard]] std::optional<Ini> read_ini(const std::string& path) const {
    const auto file = files_.read(path, path);
    if (!file) return {};
    text::FileRef text = *file;
    if (path.ends_with(".toml")) {
      auto section = alembic_ini_of_pyproject(std::string((*file)->text()));
      if (!section) return {};
      text = std::make_shared<const text::SourceFile>(path, std::move(*section));
    }
    alembic::Environment environment = alembic::read_environment(text, nullptr, {});
    return Ini{path, normal_location(environment.script_location),
               std::move(environment.version_locations), environment.recursive_version_locations};
  }

  [[nodiscard]] std::vector<Ini> inis_at(const std::string& folder) const {
    std::vector<Ini> result;
    const auto try_file = [&](const std::string& path) {
      if (!files_.is_file(path)) return;
      if (auto ini = read_ini(path)) result.push_back(std::move(*ini));
    };
    for (const std::string_view below : kIniFolders) {
      try_file(join(below.empty() ? folder : join(folder, below), "alembic.ini"));
    }
    try_file(join(folder, "pyproject.toml"));
    return result;
  }

  /// The ini of a script folder. A location may be one of another machine or of a package, so the
  /// folder's name has to do.
  [[nodiscard]] std::optional<Ini> ini_for(const std::string& script,
                                           const std::string& versions) const {
    if (!configuration_.alembic_ini.empty()) {
      const std::string base =
          configuration_.path.empty() ? working_folder_ : parent_of(configuration_.path);
      return read_ini(absolute(configuration_.alembic_ini, base));
    }
    std::string at = script.empty() ? versions : script;
    const std::string home = at;
    for (int i = 0; i < kMaxFoldersUp; ++i, at = parent_of(at)) {
      for (Ini& ini : inis_at(at)) {
        const std::string_view wanted = name_of(ini.script_location);
        const std::vector<std::string> folders = version_folders(ini, "");
        if (ini.script_location.empty() || ini.script_location == "." || wanted == name_of(home) ||
            std::ranges::find(folders, versions) != folders.end()) {
          return std::move(ini);
        }
      }
      if (is_top(at)) break;
    }
    return {};
  }

  /// Folders that an ini names and that exist. `script`: the script folder, where it is known.
  [[nodiscard]] std::vector<std::string> version_folders(const Ini& ini,
                                                         const std::string& script) const {
    const std::string here = parent_of(ini.path);
    const std::array<std::string, 4> bases = {here, parent_of(here), join(here, "src"),
                                              join(parent_of(here), "src")};
    std::vector<std::string> result;
    const auto add_existing = [&](const std::string& location) {
      for (const std::string& base : bases) {
        const std::string folder = absolute(location, base);
        if (files_.is_folder(folder)) return add_once(result, folder);
      }
    };
    for (const std::string& location : ini.version_locations) {
      add_existing(normal_location(location));
    }
    if (!result.empty()) return result;
    if (!script.empty()) {
      const std::string folder = join(script, "versions");
      if (files_.is_folder(folder)) result.push_back(folder);
    } else if (!ini.script_location.empty()) {
      add_existing(join(ini.script_location, "versions"));
      if (result.empty()) {
        // A package's folder may be the one that the ini lies in.
        const auto slash = ini.script_location.find('/');
        if (slash != std::string::npos) {
          add_existing(join(ini.script_location.substr(slash + 1), "versions"));
        }
      }
    }
    return result;
  }

  /// The history that the revisions in `versions` belong to.
  FoundHistory& alembic_history(const std::string& versions) {
    if (const auto known = history_of_folder_.find(versions); known != history_of_folder_.end()) {
      return found_.at(known->second);
    }
    const std::string script = script_folder_of(versions);
    const std::optional<Ini> ini = ini_for(script, versions);
    std::vector<std::string> folders;
    if (ini) folders = version_folders(*ini, script);
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
    history.root = project_root(history.folder);
    for (const std::string& folder : folders) {
      history_of_folder_[folder] = key;
      list_revisions(folder, ini && ini->recursive, history.files);
    }
    return history;
  }

  void list_revisions(const std::string& folder, bool recursive,
                      std::vector<std::string>& into) const {
    for (const FileSystem::Entry& entry : files_.entries(folder)) {
      const std::string path = join(folder, entry.name);
      if (entry.folder) {
        if (recursive && !among(kNeverEntered, entry.name)) list_revisions(path, true, into);
      } else if (entry.name.ends_with(".py") && !entry.name.starts_with(".#") &&
                 !entry.name.starts_with("__init__") && entry.name != "env.py") {
        add_once_last(into, path);
      }
    }
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

  /// Scripts that lie among Alembic's revisions are read by these, not run by themselves.
  void drop_scripts_of_alembic() {
    std::vector<std::string> homes;
    for (const auto& [key, history] : found_) {
      if (history.kind != HistoryKind::kAlembic) continue;
      homes.push_back(history.folder);
      if (!history.script_folder.empty()) homes.push_back(history.script_folder);
    }
    std::erase_if(found_, [&](const auto& entry) {
      const FoundHistory& history = entry.second;
      return history.kind == HistoryKind::kSql && history.requested.empty() &&
             std::ranges::any_of(
                 homes, [&](const std::string& home) { return is_below(history.folder, home); });
    });
  }

  // ---- what is left out -------------------------------------------------------------------------

  void open_git(const std::string& folder) {
    git_.reset();
    if (!configuration_.respect_gitignore) return;
    for (std::string at = folder;; at = parent_of(at)) {
      if (at != "/" && is_top(at)) {
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
  /// For values that come in order, so that only the last can be equal.
  static void add_once_last(std::vector<std::string>& list, const std::string& value) {
    if (list.empty() || list.back() != value) list.push_back(value);
  }

  const FileSystem& files_;
  const std::string working_folder_;
  const Configuration& configuration_;
  std::map<std::string, FoundHistory> found_;
  std::map<std::string, std::string> history_of_folder_;
  std::set<std::string> entered_;
  std::size_t touched_ = 0;
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
