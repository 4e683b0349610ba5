#include "analyzer/project/alembic_layout.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "analyzer/alembic/compile.h"
#include "analyzer/project/paths.h"

namespace forelock::project {
namespace {

/// Folders beside which an alembic.ini is looked for on the way up.
constexpr std::array<std::string_view, 6> kIniFolders = {"",    "conf",    "config",
                                                         "etc", "configs", "deploy"};
constexpr int kMaxFoldersToScript = 5;

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

}  // namespace

bool AlembicLayout::is_top(const std::string& folder) const {
  return folder == "/" || files_.is_folder(join(folder, ".git")) ||
         files_.is_file(join(folder, ".git"));
}

std::string AlembicLayout::project_root(const std::string& folder) const {
  std::string marked, at = folder;
  for (int i = 0; i < kMaxFoldersUp; ++i, at = parent_of(at)) {
    if (is_top(at) && at != "/") return at;
    if (at == "/") break;
    for (const char* name : {"pyproject.toml", "setup.py", "setup.cfg", "alembic.ini"}) {
      // Flask-Migrate's alembic.ini lies beside env.py, below the project.
      if (name == std::string_view("alembic.ini") && files_.is_file(join(at, "env.py"))) continue;
      if (files_.is_file(join(at, name))) marked = at;
    }
  }
  // Where nothing marks a project: what holds the script folder. Both with the packages that they
  // lie in, which import themselves by their full names.
  const std::string script = script_folder_of(folder);
  std::string home = !marked.empty() ? marked : script.empty() ? folder : parent_of(script);
  while (home != "/" && files_.is_file(join(home, "__init__.py"))) home = parent_of(home);
  return home == "/" ? folder : home;
}

std::string AlembicLayout::script_folder_of(const std::string& versions) const {
  std::string at = versions;
  for (int i = 0; i < kMaxFoldersToScript; ++i, at = parent_of(at)) {
    if (files_.is_file(join(at, "env.py"))) return at;
    if (at == "/") break;
  }
  return {};
}

std::optional<AlembicIni> AlembicLayout::read_ini(const std::string& path) const {
  const auto file = files_.read(path, path);
  if (!file) return {};
  text::FileRef text = *file;
  if (path.ends_with(".toml")) {
    auto section = alembic_ini_of_pyproject(std::string((*file)->text()));
    if (!section) return {};
    text = std::make_shared<const text::SourceFile>(path, std::move(*section));
  }
  alembic::Environment environment = alembic::read_environment(text, nullptr, {});
  return AlembicIni{path, normal_location(environment.script_location),
                    std::move(environment.version_locations),
                    environment.recursive_version_locations};
}

std::vector<AlembicIni> AlembicLayout::inis_at(const std::string& folder) const {
  std::vector<AlembicIni> result;
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

std::optional<AlembicIni> AlembicLayout::ini_for(const std::string& script,
                                                 const std::string& versions) const {
  if (!configuration_.alembic_ini.empty()) {
    const std::string base =
        configuration_.path.empty() ? std::string(working_folder_) : parent_of(configuration_.path);
    return read_ini(absolute(configuration_.alembic_ini, base));
  }
  std::string at = script.empty() ? versions : script;
  const std::string home = at;
  for (int i = 0; i < kMaxFoldersUp; ++i, at = parent_of(at)) {
    for (AlembicIni& ini : inis_at(at)) {
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

std::vector<std::string> AlembicLayout::version_folders(const AlembicIni& ini,
                                                        const std::string& script) const {
  const std::string here = parent_of(ini.path);
  const std::string root = files_.canonical(project_root(here));
  const std::array<std::string, 4> bases = {here, parent_of(here), join(here, "src"),
                                            join(parent_of(here), "src")};
  std::vector<std::string> result;
  const auto add_existing = [&](const std::string& location) {
    for (const std::string& base : bases) {
      const std::string folder = absolute(location, base);
      if (!files_.is_folder(folder) || !is_below(files_.canonical(folder), root)) continue;
      if (std::ranges::find(result, folder) == result.end()) result.push_back(folder);
      return;
    }
  };
  for (const std::string& location : ini.version_locations) {
    add_existing(normal_location(location));
  }
  if (!result.empty()) return result;
  if (!script.empty()) {
    const std::string folder = join(script, "versions");
    if (files_.is_folder(folder)) result.push_back(folder);
    return result;
  }
  if (ini.script_location.empty()) return result;
  add_existing(join(ini.script_location, "versions"));
  // A package's folder may be the one that the ini lies in.
  const auto slash = ini.script_location.find('/');
  if (result.empty() && slash != std::string::npos) {
    add_existing(join(ini.script_location.substr(slash + 1), "versions"));
  }
  return result;
}

std::vector<std::string> AlembicLayout::revision_files(const std::string& folder,
                                                       bool recursive) const {
  std::vector<std::string> result;
  for (const FileSystem::Entry& entry : files_.entries(folder)) {
    const std::string path = join(folder, entry.name);
    if (entry.folder) {
      if (!recursive || std::ranges::find(kNeverEntered, entry.name) != kNeverEntered.end()) {
        continue;
      }
      std::ranges::move(revision_files(path, true), std::back_inserter(result));
    } else if (entry.name.ends_with(".py") && !entry.name.starts_with(".#") &&
               !entry.name.starts_with("__init__") && entry.name != "env.py") {
      result.push_back(path);
    }
  }
  return result;
}

}  // namespace forelock::project
