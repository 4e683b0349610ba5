#include <algorithm>
#include <array>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "analyzer/alembic/compile.h"
#include "analyzer/history/graph.h"
#include "analyzer/project/alembic_layout.h"
#include "analyzer/project/frontends.h"
#include "analyzer/project/parallel.h"
#include "analyzer/project/paths.h"
#include "analyzer/project/pins.h"
#include "analyzer/project/replayed_schema.h"

namespace forelock::project {
namespace {

/// Dialects that SQLAlchemy or its known extensions have. An alembic.ini that was never edited
/// names "driver", which says nothing.
constexpr std::array<std::string_view, 8> kDialects = {
    "postgresql", "mysql", "mariadb", "sqlite", "oracle", "mssql", "redshift", "snowflake"};

bool is_package_root(const FileSystem& files, const std::string& folder) {
  return files.is_file(join(folder, "pyproject.toml")) || files.is_file(join(folder, "setup.py"));
}

/// Where the project's modules may lie; `files` for what lies beside it in a repository of several
/// packages.
ModulePath module_path(const FoundHistory& found, const alembic::Environment& environment,
                       const FileSystem& files) {
  ModulePath path;
  path.root = found.root;
  const auto add = [&](std::string folder) {
    if (is_below(folder, found.root) &&
        std::ranges::find(path.folders, folder) == path.folders.end()) {
      path.folders.push_back(std::move(folder));
    }
  };
  const std::string here = found.ini.empty() ? found.root : parent_of(found.ini);
  for (const std::string& folder : environment.prepend_sys_path) {
    add(absolute(folder, here));
    add(absolute(folder, found.root));
  }
  add(here);
  add(join(here, "src"));
  for (std::string at = found.folder; is_below(at, found.root) && at != "/"; at = parent_of(at)) {
    add(at);
    add(join(at, "src"));
  }
  constexpr std::size_t kMaxSiblings = 64;
  for (std::string at = found.folder; is_below(at, found.root) && at != found.root;
       at = parent_of(at)) {
    if (!is_package_root(files, at)) continue;
    for (const FileSystem::Entry& entry : files.entries(parent_of(at))) {
      const std::string sibling = join(parent_of(at), entry.name);
      if (!entry.folder || !is_package_root(files, sibling)) continue;
      if (path.folders.size() >= kMaxSiblings) break;
      add(join(sibling, "src"));
      add(sibling);
    }
  }
  return path;
}

text::FileRef read_ini(const FoundHistory& found, const ReadContext& context) {
  if (found.ini.empty()) return nullptr;
  auto file = context.files.read(found.ini, shown_path(found.ini, context.working_folder));
  if (!file) return nullptr;
  if (!found.ini.ends_with(".toml")) return *file;
  auto section = alembic_ini_of_pyproject(std::string((*file)->text()));
  if (!section) return nullptr;
  return std::make_shared<const text::SourceFile>((*file)->path(), std::move(*section));
}

/// Everything that compiling the revisions of one history shares.
struct Compiler {
  alembic::CompileOptions options;
  std::vector<model::Problem> problems;
};

/// Modules in which Flask applications make their database object.
constexpr auto kDatabaseModules = std::to_array<std::string_view>(
    {"__init__.py", "app.py", "application.py", "base.py", "config.py", "core.py", "database.py",
     "db.py", "ext.py", "extensions.py", "factory.py", "models.py", "sqla.py"});
constexpr int kMaxPackages = 4;       ///< How deep such a module is looked for.
constexpr int kMaxModulesRead = 400;  ///< And how many are read.

/// The naming convention of `db = SQLAlchemy(metadata=MetaData(naming_convention=…))`, which env.py
/// finds through the application.
alembic::NamingConvention application_convention(const std::string& root,
                                                 const ReadContext& context,
                                                 const python::ModuleFinder& finder) {
  int read = 0;
  alembic::NamingConvention result;
  const auto look = [&](auto&& self, const std::string& folder, int depth) -> bool {
    const std::vector<FileSystem::Entry> entries = context.files.entries(folder);
    for (const FileSystem::Entry& entry : entries) {
      if (entry.folder ||
          std::ranges::find(kDatabaseModules, entry.name) == kDatabaseModules.end()) {
        continue;
      }
      if (++read > kMaxModulesRead) return true;
      const std::string path = join(folder, entry.name);
      const auto file = context.files.read(path, path);
      if (!file || !(*file)->text().contains("naming_convention")) continue;
      const auto parsed = context.cache.get(path).parsed;
      if (parsed == nullptr) continue;
      result = alembic::read_naming_convention(parsed, finder);
      if (!result.patterns.empty()) return true;
    }
    if (depth >= kMaxPackages) return false;
    return std::ranges::any_of(entries, [&](const FileSystem::Entry& entry) {
      return entry.folder && !entry.name.starts_with('.') &&
             std::ranges::find(kNeverEntered, entry.name) == kNeverEntered.end() &&
             self(self, join(folder, entry.name), depth + 1);
    });
  };
  look(look, root, 0);
  return result;
}

/// The versions that the configuration names, or the project's requirements.
void set_versions(alembic::CompileOptions& options, const FoundHistory& found,
                  const ReadContext& context) {
  const Configuration& configuration = context.configuration;
  auto alembic = version_named(configuration.alembic_version);
  auto sqlalchemy = version_named(configuration.sqlalchemy_version);
  if (!alembic || !sqlalchemy) {
    const Pins pins = find_pins(context.files, found.folder, found.root);
    if (!alembic) alembic = pins.alembic;
    if (!sqlalchemy) sqlalchemy = pins.sqlalchemy;
  }
  options.alembic = alembic.value_or(options.alembic);
  options.sqlalchemy = sqlalchemy.value_or(options.sqlalchemy);
}

Compiler make_compiler(const FoundHistory& found, const ReadContext& context) {
  Compiler compiler;
  std::shared_ptr<const python::ParsedFile> env;
  if (!found.script_folder.empty()) {
    env = context.cache.get(join(found.script_folder, "env.py")).parsed;
  }
  const text::FileRef ini = read_ini(found, context);
  const ModulePath modules =
      module_path(found, alembic::read_environment(ini, nullptr, {}), context.files);
  const python::ModuleFinder first_finder = make_finder(context.cache, modules);
  alembic::Environment environment = alembic::read_environment(ini, env, first_finder);
  alembic::CompileOptions& options = compiler.options;
  options.settings = configured_settings(context.configuration);
  model::Settings& settings = options.settings;
  const Configuration& configuration = context.configuration;
  if (configuration.transaction == "auto") {
    settings.transaction_per_migration = environment.transaction_per_migration.value_or(false);
    settings.transactional_ddl = environment.transactional_ddl.value_or(true);
  }
  if (configuration.dialect.empty() && environment.url_dialect &&
      std::ranges::find(kDialects, *environment.url_dialect) != kDialects.end()) {
    settings.dialect = *environment.url_dialect;
  }
  if (environment.version_table) settings.version_table = *environment.version_table;
  if (environment.version_table_schema) {
    settings.version_table_schema = *environment.version_table_schema;
  }
  options.naming_convention = std::move(environment.naming_convention);
  if (environment.metadata_of_application && options.naming_convention.patterns.empty()) {
    options.naming_convention = application_convention(found.root, context, first_finder);
  }
  if (!configuration.naming_convention.empty()) {
    options.naming_convention.patterns.assign(configuration.naming_convention.begin(),
                                              configuration.naming_convention.end());
  }
  options.find_module = first_finder;
  options.read_file = make_file_reader(context.cache, modules);
  set_versions(options, found, context);
  options.environment_modules = std::move(environment.modules);
  compiler.problems = std::move(environment.problems);
  return compiler;
}

/// One file of a versions folder, compiled or not.
struct Compiled {
  std::optional<model::Migration> migration;
  std::optional<model::Problem> problem;
  std::shared_ptr<const python::ParsedFile> parsed;  ///< Set when it asked about the schema.
  std::set<std::string> checked;                     ///< What it asked for with checkfirst only.
};

Compiled compile_one(const std::shared_ptr<const python::ParsedFile>& parsed,
                     const text::FileRef& file, const alembic::CompileOptions& options) {
  Compiled result;
  try {
    if (!alembic::is_revision(*parsed)) return result;
    AskedSchema schema;
    alembic::CompileOptions asking = options;
    asking.schema = &schema;
    result.migration = alembic::compile(parsed, asking);
    result.checked = schema.checked();
    if (schema.asked() || !schema.checked().empty()) result.parsed = parsed;
    if (schema.asked()) result.checked.clear();
  } catch (const std::exception& error) {
    result.problem = model::Problem{model::Problem::Kind::kInternal, file, {}, error.what()};
  }
  return result;
}

/// The migrations in the order of the graph; those without an id come last.
std::vector<model::Migration> in_order(std::vector<model::Migration> migrations) {
  const history::RevisionGraph graph = history::build_graph(migrations);
  std::vector<model::Migration> result;
  result.reserve(migrations.size());
  for (const std::size_t index : graph.order) {
    result.push_back(std::move(migrations[graph.revisions[index].migration]));
  }
  for (model::Migration& migration : migrations) {
    if (migration.file != nullptr && migration.revision.empty()) {
      result.push_back(std::move(migration));
    }
  }
  return result;
}

/// How often the upgrades create a table or type of a name.
std::map<std::string, int> creations(const std::vector<Compiled>& compiled) {
  std::map<std::string, int> counts;
  for (const Compiled& each : compiled) {
    if (!each.migration) continue;
    for (const model::Step& step : each.migration->upgrade.steps) {
      const model::Statement* statement = step.statement();
      if (statement == nullptr) continue;
      if (const auto* type = std::get_if<model::CreateEnum>(&statement->operation)) {
        ++counts[type->name.name];
      } else if (const auto* table = std::get_if<model::CreateTable>(&statement->operation)) {
        ++counts[table->table.name];
      }
    }
  }
  return counts;
}

using Parsed = std::shared_ptr<const python::ParsedFile>;

/// Files that asked about the schema. What is created exactly once needs no check.
std::map<const text::SourceFile*, Parsed> questioners(const std::vector<Compiled>& compiled) {
  std::map<const text::SourceFile*, Parsed> result;
  std::optional<std::map<std::string, int>> counts;
  for (const Compiled& each : compiled) {
    if (each.parsed == nullptr || !each.migration) continue;
    bool wanted = each.checked.empty();
    if (!wanted) {
      if (!counts) counts = creations(compiled);
      wanted = std::ranges::any_of(each.checked,
                                   [&](const std::string& name) { return (*counts)[name] != 1; });
    }
    if (wanted) result.emplace(each.migration->file.get(), each.parsed);
  }
  return result;
}

bool leaves_schema(const model::Step& step) {
  return step.not_analyzed() != nullptr && step.not_analyzed()->leaves_schema;
}

/// Replays a migration; of what was not analysed, only the steps that may change the schema.
void replay_schema(postgres::Replay& replay, const model::Migration& migration, std::uint32_t index,
                   const model::Settings& settings) {
  if (std::ranges::none_of(migration.upgrade.steps, leaves_schema)) {
    postgres::replay_migration(replay, migration, index, settings, false);
    return;
  }
  model::Migration known = migration;
  std::erase_if(known.upgrade.steps, leaves_schema);
  postgres::replay_migration(replay, known, index, settings, false);
}

/// Compiles what asked about the schema again, with the catalog that the revisions before it leave.
void answer_questions(std::vector<model::Migration>& migrations,
                      const std::map<const text::SourceFile*, Parsed>& questioners,
                      alembic::CompileOptions options) {
  if (questioners.empty()) return;
  postgres::ReplayOptions replay_options;
  replay_options.pg_version = options.settings.pg_version;
  postgres::Replay replay(replay_options);
  const history::RevisionGraph graph = history::build_graph(migrations);
  if (!graph.missing.empty()) replay.apply_unknown();  // the history starts in the middle
  std::size_t open = questioners.size();
  for (std::size_t i = 0; i < migrations.size() && open > 0; ++i) {
    const auto index = static_cast<std::uint32_t>(i);
    const auto questioner = questioners.find(migrations[i].file.get());
    if (questioner != questioners.end()) {
      --open;
      ReplayedSchema schema(replay, index);
      options.schema = &schema;
      migrations[i] = alembic::compile(questioner->second, options);
    }
    replay_schema(replay, migrations[i], index, options.settings);
  }
}

model::Project assemble(std::vector<Compiled> compiled, const FoundHistory& found,
                        const ReadContext& context, Compiler compiler) {
  model::Project project;
  project.name = shown_path(found.folder, context.working_folder);
  project.settings = compiler.options.settings;
  project.problems = std::move(compiler.problems);
  const auto asking = questioners(compiled);
  std::vector<model::Migration> migrations;
  for (Compiled& each : compiled) {
    if (each.problem) project.problems.push_back(std::move(*each.problem));
    if (each.migration) migrations.push_back(std::move(*each.migration));
  }
  project.migrations = in_order(std::move(migrations));
  try {
    answer_questions(project.migrations, asking, std::move(compiler.options));
  } catch (const std::exception& error) {
    project.problems.push_back({model::Problem::Kind::kInternal, nullptr, {}, error.what()});
  }
  return project;
}

}  // namespace

model::Project read_alembic(const FoundHistory& found, const ReadContext& context) {
  Compiler compiler = make_compiler(found, context);
  std::vector<Compiled> compiled(found.files.size());
  parallel_for(compiled.size(), context.jobs, [&](std::size_t i) {
    const ParseCache::Entry& entry = context.cache.get(found.files[i]);
    if (entry.parsed != nullptr) {
      compiled[i] = compile_one(entry.parsed, entry.file, compiler.options);
    } else {
      compiled[i].problem = model::Problem{
          model::Problem::Kind::kRead, nullptr, {}, found.files[i] + ": " + entry.error.message};
    }
  });
  return assemble(std::move(compiled), found, context, std::move(compiler));
}

model::Project read_alembic_at(const FoundHistory& found, const ReadContext& context,
                               const model::Project& now, const std::vector<OldFile>& old_files) {
  Compiler compiler = make_compiler(found, context);
  std::unordered_map<std::string_view, const model::Migration*> unchanged;
  for (const model::Migration& migration : now.migrations) {
    unchanged.emplace(migration.file->path(), &migration);
  }
  std::vector<Compiled> compiled(old_files.size());
  parallel_for(compiled.size(), context.jobs, [&](std::size_t i) {
    std::string shown = shown_path(old_files[i].path, context.working_folder);
    const auto same = unchanged.find(shown);
    if (same != unchanged.end() && same->second->file->text() == old_files[i].text) {
      compiled[i].migration = *same->second;
      return;
    }
    if (!looks_like_revision(old_files[i].text)) return;
    const auto file = std::make_shared<const text::SourceFile>(std::move(shown), old_files[i].text);
    compiled[i] = compile_one(python::parse(file), file, compiler.options);
  });
  return assemble(std::move(compiled), found, context, std::move(compiler));
}

}  // namespace forelock::project
