// alembic.ini and env.py, read and never run: the options of context.configure() and the naming
// convention of target_metadata.

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "analyzer/alembic/compile.h"
#include "analyzer/alembic/ini.h"
#include "analyzer/alembic/values.h"
#include "analyzer/python/host.h"
#include "analyzer/python/syntax.h"

namespace forelock::alembic {
namespace {

using python::Arguments;
using python::CallSite;
using python::Symbol;
using python::Value;

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    if (end > at) out.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// Separator of a list in alembic.ini. Source: alembic/config.py, `path_separator` and
/// `version_path_separator`.
std::vector<std::string> split_list(const std::vector<IniEntry>& entries, std::string_view value,
                                    std::string_view separator_key) {
  std::string separator;
  if (const auto chosen = ini_value(entries, "path_separator")) separator = *chosen;
  if (const auto chosen = ini_value(entries, separator_key)) separator = *chosen;
  if (separator == "os" || separator == ":") return split(value, ":\n");
  if (separator == ";") return split(value, ";\n");
  if (separator == "newline") return split(value, "\n");
  if (separator == "space") return split(value, " \n");
  // The old way, which a path with a colon ("package:folder") relies on.
  return split(value, separator_key == "version_path_separator" ? ", \n" : ", :\n");
}

std::string dialect_of(std::string_view url) {
  std::string dialect(url.substr(0, url.find("://")));
  dialect = dialect.substr(0, dialect.find('+'));
  if (dialect == "postgres") dialect = "postgresql";
  return dialect;
}

void read_ini_entries(const text::FileRef& file, Environment& environment) {
  const std::vector<IniEntry> entries = read_ini(file->text());
  if (const auto value = ini_value(entries, "script_location")) {
    environment.script_location = *value;
  }
  if (const auto value = ini_value(entries, "version_locations")) {
    environment.version_locations = split_list(entries, *value, "version_path_separator");
  }
  if (const auto value = ini_value(entries, "prepend_sys_path")) {
    environment.prepend_sys_path = split_list(entries, *value, "path_separator");
  }
  if (const auto value = ini_value(entries, "recursive_version_locations")) {
    environment.recursive_version_locations = *value == "true" || *value == "True" || *value == "1";
  }
  if (const auto value = ini_value(entries, "sqlalchemy.url");
      value && value->find("://") != std::string::npos) {
    environment.url_dialect = dialect_of(*value);
  }
}

/// Watches env.py run: the options of every context.configure() and the metadata with a naming
/// convention.
class EnvironmentHost final : public python::Host {
 public:
  explicit EnvironmentHost(Environment& environment) : environment_(environment) {}

  std::optional<Value> attribute(const Symbol& object, std::string_view name,
                                 python::Place place) override {
    if (object.kind == Symbol::Kind::kObject) return asked(object, name, place);
    // `Base.metadata` of declarative_base(metadata=…) and of db = SQLAlchemy(metadata=…)
    if (object.kind == Symbol::Kind::kCall && name == "metadata") {
      const Value* metadata = object.arguments.find("metadata");
      if (metadata != nullptr) return *metadata;
    }
    (void)place;
    return {};
  }

  /// `db.metadata.naming_convention = {…}`
  void set_attribute(const Value& object, std::string_view name, const Value& value,
                     const CallSite& site) override {
    (void)object;
    (void)site;
    if (name != "naming_convention") return;
    note(read_convention(&value));
    assigned_ = true;
  }

  std::optional<Value> call(const Value& callee, const Arguments& arguments,
                            const CallSite& site) override {
    (void)site;
    const Symbol* symbol = callee.symbol();
    if (symbol == nullptr || symbol->kind != Symbol::Kind::kName) return {};
    const std::string name = canonical(symbol->name);
    if (name == "context.is_offline_mode") return Value(false);
    if (name == "context.configure") configure(arguments);
    if (name == "sa.MetaData") {
      note(read_convention(arguments.find("naming_convention")));
    }
    if (name == "flask_sqlalchemy.SQLAlchemy") {
      // A class of models brings its metadata, too.
      const bool plain = arguments.find("metadata") == nullptr &&
                         arguments.find("model_class") == nullptr && arguments.complete;
      (plain ? plain_application_ : given_application_) = true;
    }
    return {};
  }

  /// What stands for an object of SQLAlchemy when a function of a convention is called.
  static Value stand_in(std::string type, std::shared_ptr<void> subject,
                        std::vector<Value> operands = {}) {
    Symbol symbol;
    symbol.kind = Symbol::Kind::kObject;
    symbol.name = std::move(type);
    symbol.operands = std::move(operands);
    symbol.payload = std::move(subject);
    return Value(std::make_shared<const Symbol>(std::move(symbol)));
  }
  [[nodiscard]] const Value* function_of(std::string_view token) const {
    const auto it = functions_.find(token);
    return it == functions_.end() ? nullptr : &it->second;
  }
  [[nodiscard]] bool has_functions() const { return !functions_.empty(); }

  [[nodiscard]] bool found_any() const { return conventions_ > 0; }
  /// The convention of the only MetaData that has one; it is not the one of `db = SQLAlchemy()`,
  /// which makes its own.
  [[nodiscard]] NamingConvention convention_of_application() const {
    const bool of_another = plain_application_ && !given_application_ && !assigned_;
    return conventions_ == 1 && !of_another ? last_convention_ : NamingConvention();
  }

  /// What was found, when target_metadata itself told nothing: the only convention there is.
  void finish(const python::Evaluator& evaluator) {
    if (environment_.naming_convention.patterns.empty()) {
      if (const auto target = evaluator.global("target_metadata")) read_metadata(*target);
    }
    if (environment_.naming_convention.patterns.empty() && conventions_ == 1 && saw_metadata_) {
      environment_.naming_convention =
          environment_.metadata_of_application ? convention_of_application() : last_convention_;
    }
  }

 private:
  std::optional<NamingConvention> read_convention(const Value* value) {
    const python::Dict* dict = value == nullptr ? nullptr : value->dict();
    if (dict == nullptr) return {};
    NamingConvention out;
    for (const auto& [key, item] : dict->items) {
      std::optional<std::string> kind = known_string(key);
      if (!kind) {
        const std::string name = name_of(key);
        if (name == "sa.Index") kind = "ix";
        if (name == "sa.UniqueConstraint") kind = "uq";
        if (name == "sa.CheckConstraint") kind = "ck";
        if (name == "sa.ForeignKeyConstraint") kind = "fk";
        if (name == "sa.PrimaryKeyConstraint") kind = "pk";
      }
      const auto pattern = known_string(item);
      if (kind && pattern) out.patterns.emplace_back(*kind, *pattern);
      if (kind && !python::function_name(item).empty()) functions_[*kind] = item;
    }
    return out;
  }

  void note(std::optional<NamingConvention> convention) {
    if (!convention) return;
    if (conventions_ > 0 && convention->patterns == last_convention_.patterns)
      return;  // the module, imported again
    last_convention_ = *std::move(convention);
    ++conventions_;
  }

  void read_metadata(const Value& value) {
    // A list of them has no convention. Source: alembic/operations/schemaobj.py, metadata().
    if (items_of(value) != nullptr) return;
    saw_metadata_ = true;
    if (const Symbol* symbol = value.symbol();
        symbol != nullptr && symbol->kind == Symbol::Kind::kAttribute &&
        symbol->operands.size() > 1) {  // Base.metadata, as the class body binds it
      read_metadata(symbol->operands[1]);
      return;
    }
    if (name_of(value) != "sa.MetaData") return;
    if (const auto convention = read_convention(arguments_of(value).find("naming_convention"))) {
      environment_.naming_convention = *convention;
    }
  }

  void configure(const Arguments& arguments) {
    const auto flag_of = [&](std::string_view keyword, std::optional<bool>& into) {
      if (const auto value = tristate(arguments, keyword)) into = value;
    };
    flag_of("transaction_per_migration", environment_.transaction_per_migration);
    flag_of("transactional_ddl", environment_.transactional_ddl);
    if (const auto text = known_string(present(arguments, "version_table"))) {
      environment_.version_table = *text;
    }
    if (const auto text = known_string(present(arguments, "version_table_schema"))) {
      environment_.version_table_schema = *text;
    }
    if (!environment_.url_dialect) {
      if (const auto text = known_string(present(arguments, "dialect_name"))) {
        environment_.url_dialect = *text;
      } else if (const auto url = known_string(present(arguments, "url"));
                 url && url->find("://") != std::string::npos) {
        environment_.url_dialect = dialect_of(*url);
      }
    }
    if (const Value* metadata = present(arguments, "target_metadata")) read_metadata(*metadata);
  }

  /// What a function of a convention asks about a constraint, an index, its table or columns.
  static std::optional<Value> asked(const Symbol& object, std::string_view name,
                                    python::Place place) {
    const auto* subject = static_cast<const ConventionSubject*>(object.payload.get());
    const auto text = [&](const std::string& known) {
      return known.empty() ? Value(python::None{}) : Value::string(known, place);
    };
    if (object.name == "column") {
      return name == "name" || name == "key" ? std::optional(object.operands.front())
                                             : std::nullopt;
    }
    if (object.name == "table") {
      if (name == "name") return text(subject->table);
      if (name == "schema") return text(subject->schema);
      return {};
    }
    if (name == "unique") return Value(subject->unique);
    if (name == "table") return stand_in("table", object.payload);
    if (name != "columns" && name != "column_keys") return {};
    std::vector<Value> columns;
    for (const std::string& column : subject->columns) {
      const Value key = Value::string(column, place);
      columns.push_back(name == "columns" ? stand_in("column", object.payload, {key}) : key);
    }
    return python::make_sequence(python::Sequence::Kind::kList, std::move(columns));
  }

  Environment& environment_;
  std::map<std::string, Value, std::less<>> functions_;  ///< Tokens that are functions.
  NamingConvention last_convention_;
  bool plain_application_ = false;  ///< SQLAlchemy() of Flask-SQLAlchemy made its own metadata.
  bool given_application_ = false;  ///< … was given one.
  bool assigned_ = false;           ///< `db.metadata.naming_convention = …`
  int conventions_ = 0;
  bool saw_metadata_ = false;
};

/// A module that was read, kept for the functions of its convention.
struct Reading {
  Reading(std::shared_ptr<const python::ParsedFile> module, const python::ModuleFinder& find_module)
      : host(environment), evaluator(std::move(module), host, find_module) {}

  Environment environment;
  EnvironmentHost host;
  python::Evaluator evaluator;
  std::mutex mutex;
};

/// Gives the convention its functions, which `reading` then lives for.
NamingConvention with_functions(NamingConvention convention,
                                const std::shared_ptr<Reading>& reading) {
  if (!reading->host.has_functions()) return convention;
  convention.made = [reading](std::string_view token,
                              const ConventionSubject& subject) -> std::optional<std::string> {
    const std::scoped_lock lock(reading->mutex);
    const Value* function = reading->host.function_of(token);
    if (function == nullptr) return {};
    const auto payload = std::make_shared<ConventionSubject>(subject);
    Arguments arguments;
    arguments.positional = {EnvironmentHost::stand_in("constraint", payload),
                            EnvironmentHost::stand_in("table", payload)};
    return known_string(reading->evaluator.call_value(*function, arguments, {}));
  };
  return convention;
}

}  // namespace

NamingConvention read_naming_convention(const std::shared_ptr<const python::ParsedFile>& module,
                                        const python::ModuleFinder& find_module) {
  const auto reading = std::make_shared<Reading>(module, find_module);
  reading->evaluator.run_module();
  // `def init_db(): global db; db = SQLAlchemy(metadata=MetaData(naming_convention=…))`
  for (const python::FunctionOutline& function : python::functions(*module)) {
    if (reading->host.found_any()) break;
    const std::string_view body =
        module->file()->text().substr(function.body.begin_byte, function.body.size());
    if (body.contains("naming_convention")) (void)reading->evaluator.call(function.name);
  }
  return with_functions(reading->host.convention_of_application(), reading);
}

Environment read_environment(text::FileRef ini, std::shared_ptr<const python::ParsedFile> env,
                             const python::ModuleFinder& find_module) {
  if (env == nullptr) {
    Environment environment;
    if (ini != nullptr) read_ini_entries(ini, environment);
    return environment;
  }
  const auto reading = std::make_shared<Reading>(env, find_module);
  Environment& environment = reading->environment;
  EnvironmentHost& host = reading->host;
  python::Evaluator& evaluator = reading->evaluator;
  if (ini != nullptr) read_ini_entries(ini, environment);
  for (const python::ImportOutline& import : python::imports(*env)) {
    environment.modules.push_back(import.module);
  }
  environment.metadata_of_application =
      evaluator.file(0)->text().contains("current_app.extensions");  // Flask-Migrate's template
  evaluator.run_module();
  // run_migrations_*() is usually called at the end of the file, under a condition; where it is
  // not reached, its functions are looked into all the same.
  for (const std::string_view name :
       {"run_migrations_online", "run_migrations_offline", "do_run_migrations"}) {
    if (!environment.transaction_per_migration && !environment.version_table) {
      (void)evaluator.call(name);
    }
  }
  // A convention may be set by a module that env.py imports for that only: names are followed when
  // they are read, so such a module was not run yet.
  for (const std::string& dotted : environment.modules) {
    if (host.found_any() || !find_module) break;
    const auto module = find_module(dotted);
    if (module != nullptr && module->file()->text().contains("naming_convention")) {
      evaluator.import_module(dotted);
    }
  }
  host.finish(evaluator);
  Environment result = environment;
  result.naming_convention = with_functions(std::move(result.naming_convention), reading);
  return result;
}

}  // namespace forelock::alembic
