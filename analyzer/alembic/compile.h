#pragma once

// Alembic revisions to SQL: what `alembic upgrade --sql` would print, without running the revision,
// and beyond it where Alembic gives up for want of a database.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/alembic/naming.h"
#include "analyzer/model/migration.h"
#include "analyzer/model/project.h"
#include "analyzer/python/evaluator.h"
#include "analyzer/text/source_file.h"

namespace forelock::alembic {

/// Versions whose SQL is to be derived, as {major, minor, patch}.
struct Version {
  int major = 0, minor = 0, patch = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
};
std::string display(const Version& version);  ///< "1.8.1"
inline constexpr Version kCurrentAlembic{1, 19, 2};
inline constexpr Version kCurrentSqlAlchemy{2, 0, 52};

/// A part of a table as sa.inspect(bind) tells it.
struct SchemaItem {
  std::string name;
  std::vector<std::string> columns;  ///< An empty one stands for an expression.
  std::string referred_schema, referred_table;
  std::vector<std::string> referred_columns;
  std::string default_value;  ///< Of a column, as SQL; empty when it has none.
  bool unique = false;        ///< Of an index.
  bool nullable = true;       ///< Of a column.
  bool complete = false;      ///< Whether more than the name is known.
};
struct SchemaItems {
  std::vector<SchemaItem> items;
  bool complete = true;  ///< False when there may be others.
};

/// Answers of sa.inspect(bind) from the replayed catalog; nothing means that it is not known. An
/// empty schema is the default one.
class SchemaOracle {
 public:
  enum class Kind { kTable, kView, kSequence, kType, kSchema };
  enum class Part { kColumns, kIndexes, kUniques, kForeignKeys, kChecks, kPrimaryKey };

  virtual ~SchemaOracle() = default;
  virtual std::optional<bool> exists(Kind kind, std::string_view name,
                                     std::string_view schema) const = 0;
  virtual std::optional<SchemaItems> list(Kind kind, std::string_view schema) const = 0;
  virtual std::optional<SchemaItems> parts(Part part, std::string_view table,
                                           std::string_view schema) const = 0;
  /// The same question as checkfirst=True asks it, before something is created or dropped.
  virtual std::optional<bool> check_first(Kind kind, std::string_view name,
                                          std::string_view schema) const {
    return exists(kind, name, schema);
  }
  /// upgrade() or downgrade() begins; the latter after the former was committed.
  virtual void begin_direction() {}
  /// A step of the direction is behind what is asked next.
  virtual void ran(const model::Step& step) { (void)step; }
};

struct CompileOptions {
  model::Settings settings;
  NamingConvention naming_convention;
  Version alembic = kCurrentAlembic;
  Version sqlalchemy = kCurrentSqlAlchemy;
  python::ModuleFinder find_module;  ///< May be empty.
  /// Data files of the project, see python::Host::read_file; may be empty.
  std::function<std::optional<std::string>(std::string_view package, std::string_view path)>
      read_file;
  /// Modules that env.py imports: operations of the project's own may be registered there.
  std::vector<std::string> environment_modules;
  SchemaOracle* schema = nullptr;  ///< Of the catalog before this revision; may be null.
  python::Limits limits;
};

/// Whether a Python file is an Alembic revision: it assigns `revision` and `down_revision`.
bool is_revision(const python::ParsedFile& file);

/// Reads a file as a revision. Never fails: what cannot be read is a Problem or a NotAnalyzed step.
model::Migration compile(std::shared_ptr<const python::ParsedFile> file,
                         const CompileOptions& options);

/// The rows and comments that rules about histories need, without compiling: ids, parents, labels.
model::Migration read_header(const python::ParsedFile& file);

/// What alembic.ini and env.py say, both read and never run.
struct Environment {
  std::string script_location;  ///< As written, %(here)s resolved; relative to alembic.ini.
  std::vector<std::string> version_locations;
  std::vector<std::string> prepend_sys_path;
  bool recursive_version_locations = false;
  std::optional<bool> transaction_per_migration;
  std::optional<bool> transactional_ddl;
  std::optional<std::string> version_table, version_table_schema;
  std::optional<std::string> url_dialect;  ///< Of sqlalchemy.url: "postgresql".
  NamingConvention naming_convention;      ///< Of target_metadata, when it could be followed.
  /// target_metadata is that of a Flask application, which env.py does not name:
  /// current_app.extensions["migrate"].db.metadata.
  bool metadata_of_application = false;
  std::vector<std::string> modules;  ///< What env.py imports.
  std::vector<model::Problem> problems;
};
/// `ini` may be null; `env` may be null.
Environment read_environment(text::FileRef ini, std::shared_ptr<const python::ParsedFile> env,
                             const python::ModuleFinder& find_module);

/// The naming convention of the MetaData that a module makes, if it makes one with a convention.
NamingConvention read_naming_convention(const std::shared_ptr<const python::ParsedFile>& module,
                                        const python::ModuleFinder& find_module);

/// Spells a change in the host language, for fixes: `postgresql_concurrently=True` added to a call,
/// a downgrade written from operations, and so on. Empty when the source cannot be edited so.
std::optional<std::string> spell_operation(const model::Operation& operation);

}  // namespace forelock::alembic
