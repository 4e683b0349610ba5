#include "analyzer/project/configuration.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <utility>
#include <variant>

// Debian's shared library of toml++ has only the functions that throw; its headers alone have both.
#undef TOML_SHARED_LIB
#undef TOML_HEADER_ONLY
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "analyzer/project/paths.h"
#include "analyzer/project/pins.h"
#include "analyzer/project/selection.h"

namespace forelock::project {
namespace {

using Rules = std::span<const lint::Rule* const>;

/// Reads one document; the first thing that is wrong with it is kept.
class Reader {
 public:
  Reader(Configuration& into, Rules rules) : into_(into), rules_(rules) {}

  void read(const toml::table& root);
  [[nodiscard]] const std::optional<ConfigurationError>& error() const { return error_; }

 private:
  using Handler = std::function<void(const toml::node&)>;
  using Handlers = std::vector<std::pair<std::string_view, Handler>>;

  void fail(const toml::source_region& where, std::string message) {
    if (error_) return;
    error_ =
        ConfigurationError{into_.path, where.begin.line, where.begin.column, std::move(message)};
  }

  /// Hands each key of a table to its handler; a key without one is an error.
  void table(const toml::node& node, std::string_view name, const Handlers& handlers) {
    const toml::table* keys = node.as_table();
    if (keys == nullptr) {
      fail(node.source(), "\"" + std::string(name) + "\" is to be a table");
      return;
    }
    for (const auto& [key, value] : *keys) {
      const auto handler = std::ranges::find(handlers, key.str(), &Handlers::value_type::first);
      if (handler != handlers.end()) {
        handler->second(value);
        continue;
      }
      std::vector<std::string_view> known;
      for (const auto& [each, ignored] : handlers) known.push_back(each);
      std::string message = "unknown key \"" + std::string(key.str()) + "\"";
      if (!name.empty()) message += " in [" + std::string(name) + "]";
      if (const std::string_view near = nearest(key.str(), known); !near.empty()) {
        message += "; did you mean \"" + std::string(near) + "\"?";
      }
      fail(key.source(), std::move(message));
    }
  }

  template <typename T>
  std::optional<T> value(const toml::node& node, std::string_view kind) {
    if (node.is<T>()) return node.value<T>();
    fail(node.source(), "a value that is " + std::string(kind) + " is expected here");
    return {};
  }

  std::optional<std::vector<std::string>> strings(const toml::node& node) {
    const toml::array* array = node.as_array();
    if (array == nullptr) {
      fail(node.source(), "a list of strings is expected here");
      return {};
    }
    std::vector<std::string> result;
    for (const toml::node& item : *array) {
      const auto text = value<std::string>(item, "a string");
      if (!text) return {};
      result.push_back(*text);
    }
    return result;
  }

  Handler into_string(std::string& target) {
    return [this, &target](const toml::node& node) {
      if (auto text = value<std::string>(node, "a string")) target = std::move(*text);
    };
  }
  Handler into_version(std::string& target) {
    return [this, &target](const toml::node& node) {
      auto text = value<std::string>(node, "a string");
      if (!text) return;
      if (!version_named(*text)) {
        fail(node.source(), "\"" + *text + "\" is no version");
        return;
      }
      target = std::move(*text);
    };
  }
  Handler into_bool(bool& target) {
    return [this, &target](const toml::node& node) {
      if (const auto truth = value<bool>(node, "true or false")) target = *truth;
    };
  }
  Handler into_strings(std::vector<std::string>& target) {
    return [this, &target](const toml::node& node) {
      if (auto list = strings(node)) target = std::move(*list);
    };
  }
  /// One of a few words.
  Handler into_choice(std::string& target, std::vector<std::string_view> choices) {
    return [this, &target, choices = std::move(choices)](const toml::node& node) {
      auto text = value<std::string>(node, "a string");
      if (!text) return;
      if (std::ranges::find(choices, std::string_view(*text)) == choices.end()) {
        std::string message = "\"" + *text + "\" is none of";
        for (const std::string_view choice : choices) message += " \"" + std::string(choice) + "\"";
        fail(node.source(), std::move(message));
        return;
      }
      target = std::move(*text);
    };
  }
  Handler into_selectors(std::vector<std::string>& target) {
    return [this, &target](const toml::node& node) {
      auto list = strings(node);
      if (!list) return;
      for (std::size_t i = 0; i < list->size(); ++i) {
        const auto checked = check_selector((*list)[i], rules_);
        if (!checked) fail(node.as_array()->get(i)->source(), checked.error());
      }
      target = std::move(*list);
    };
  }

  std::optional<lint::Severity> severity(const toml::node& node) {
    const auto text = value<std::string>(node, "a string");
    if (!text) return {};
    if (const auto level = severity_named(*text)) return level;
    fail(node.source(), "\"" + *text + "\" is none of \"error\" \"warning\" \"info\" \"off\"");
    return {};
  }

  const lint::Rule* rule_named(const toml::key& key) {
    const auto found = std::ranges::find_if(
        rules_, [&](const lint::Rule* rule) { return rule->info.id == key.str(); });
    if (found != rules_.end()) return *found;
    std::vector<std::string_view> known;
    for (const lint::Rule* rule : rules_) known.push_back(rule->info.id);
    std::string message = "unknown rule \"" + std::string(key.str()) + "\"";
    if (const std::string_view near = nearest(key.str(), known); !near.empty()) {
      message += "; did you mean \"" + std::string(near) + "\"?";
    }
    fail(key.source(), std::move(message));
    return nullptr;
  }

  void pg_version(const toml::node& node) {
    const auto major = value<std::int64_t>(node, "a whole number");
    if (!major) return;
    if (*major < kOldestPgVersion || *major > kNewestPgVersion) {
      fail(node.source(), "pg-version is to be from " + std::to_string(kOldestPgVersion) + " to " +
                              std::to_string(kNewestPgVersion));
      return;
    }
    into_.pg_version = static_cast<int>(*major);
  }

  void per_file_ignores(const toml::node& node) {
    const toml::table* files = node.as_table();
    if (files == nullptr) return fail(node.source(), "a table of globs is expected here");
    for (const auto& [glob, rules] : *files) {
      into_selectors(into_.per_file_ignores[std::string(glob.str())])(rules);
    }
  }

  void severities(const toml::node& node) {
    const toml::table* rules = node.as_table();
    if (rules == nullptr) return fail(node.source(), "a table of rules is expected here");
    for (const auto& [key, level] : *rules) {
      const lint::Rule* rule = rule_named(key);
      const auto chosen = severity(level);
      if (rule != nullptr && chosen) into_.severities[std::string(rule->info.id)] = *chosen;
    }
  }

  std::optional<lint::OptionValues::Value> option_value(const toml::node& node,
                                                        std::string_view type) {
    if (type == "integer") return value<std::int64_t>(node, "a whole number");
    if (type == "boolean") return value<bool>(node, "true or false");
    if (type == "strings") return strings(node);
    return value<std::string>(node, "a string");
  }

  void rule_options(const toml::node& node) {
    const toml::table* rules = node.as_table();
    if (rules == nullptr) return fail(node.source(), "a table of rules is expected here");
    for (const auto& [key, options] : *rules) {
      const lint::Rule* rule = rule_named(key);
      if (rule == nullptr) return;
      std::vector<std::pair<std::string, lint::OptionValues::Value>> values;
      Handlers handlers;
      for (const lint::OptionSpec& spec : rule->info.options) {
        handlers.emplace_back(spec.name, [this, &values, spec](const toml::node& given) {
          if (auto read = option_value(given, spec.type)) {
            values.emplace_back(std::string(spec.name), std::move(*read));
          }
        });
      }
      table(options, "lint.rules." + std::string(key.str()), handlers);
      into_.rule_options[std::string(rule->info.id)] = lint::OptionValues(std::move(values));
    }
  }

  void naming_convention(const toml::node& node) {
    const toml::table* kinds = node.as_table();
    if (kinds == nullptr) return fail(node.source(), "a table of templates is expected here");
    for (const auto& [kind, text] : *kinds) {
      into_string(into_.naming_convention[std::string(kind.str())])(text);
    }
  }

  void lint_section(const toml::node& node) {
    table(node, "lint",
          {{"select", into_selectors(into_.select)},
           {"extend-select", into_selectors(into_.extend_select)},
           {"ignore", into_selectors(into_.ignore)},
           {"per-file-ignores", [this](const toml::node& n) { per_file_ignores(n); }},
           {"start-after", into_string(into_.start_after)},
           {"baseline", into_string(into_.baseline)},
           {"severity", [this](const toml::node& n) { severities(n); }},
           {"rules", [this](const toml::node& n) { rule_options(n); }},
           {"suppressions", [this](const toml::node& n) {
              table(n, "lint.suppressions",
                    {{"require-reason", into_bool(into_.require_reason)},
                     {"report-unused", into_bool(into_.report_unused)}});
            }}});
  }

  void alembic_section(const toml::node& node) {
    table(
        node, "alembic",
        {{"ini", into_string(into_.alembic_ini)},
         {"transaction", into_choice(into_.transaction, {"auto", "per-migration", "all", "none"})},
         {"dialect", into_string(into_.dialect)},
         {"alembic-version", into_version(into_.alembic_version)},
         {"sqlalchemy-version", into_version(into_.sqlalchemy_version)},
         {"naming-convention", [this](const toml::node& n) { naming_convention(n); }}});
  }

  Configuration& into_;
  Rules rules_;
  std::optional<ConfigurationError> error_;
};

void Reader::read(const toml::table& root) {
  table(root, "",
        {{"pg-version", [this](const toml::node& node) { pg_version(node); }},
         {"include", into_strings(into_.include)},
         {"exclude", into_strings(into_.exclude)},
         {"respect-gitignore", into_bool(into_.respect_gitignore)},
         {"output-format", into_string(into_.output_format)},
         {"fail-level",
          [this](const toml::node& node) {
            if (node.value<std::string>() == "never") {
              into_.fail_level = lint::Severity::kOff;
            } else if (const auto level = severity(node)) {
              into_.fail_level = *level;
            }
          }},
         {"lint", [this](const toml::node& node) { lint_section(node); }},
         {"alembic", [this](const toml::node& node) { alembic_section(node); }},
         {"cpp",
          [this](const toml::node& node) {
            table(node, "cpp", {{"functions", into_strings(into_.cpp_functions)}});
          }},
         {"sql", [this](const toml::node& node) {
            table(node, "sql",
                  {{"transaction", into_choice(into_.sql_transaction, {"none", "file"})}});
          }}});
}

using Found = std::expected<std::optional<Configuration>, ConfigurationError>;

/// The configuration of one file; nothing when the file is not there or does not speak of forelock.
Found configuration_at(const FileSystem& files, const std::string& path, bool pyproject,
                       Rules rules) {
  if (!files.is_file(path)) return std::nullopt;
  const auto file = files.read(path, path);
  if (!file) return std::unexpected(ConfigurationError{path, 0, 0, file.error().message});
  const std::string text((*file)->text());
  if (pyproject && !text.contains("[tool.forelock")) return std::nullopt;
  auto configuration = parse_configuration(text, path, pyproject, rules);
  if (!configuration) return std::unexpected(std::move(configuration.error()));
  return std::move(*configuration);
}

}  // namespace

std::optional<lint::Severity> severity_named(std::string_view name) {
  for (const lint::Severity level : {lint::Severity::kOff, lint::Severity::kInfo,
                                     lint::Severity::kWarning, lint::Severity::kError}) {
    if (lint::display(level) == name) return level;
  }
  return {};
}

std::expected<Configuration, ConfigurationError> parse_configuration(const std::string& text,
                                                                     const std::string& path,
                                                                     bool pyproject, Rules rules) {
  const toml::parse_result document = toml::parse(text, path);
  if (!document) {
    const toml::source_position at = document.error().source().begin;
    return std::unexpected(
        ConfigurationError{path, at.line, at.column, std::string(document.error().description())});
  }
  const toml::table* root = &document.table();
  if (pyproject) root = document.table()["tool"]["forelock"].as_table();
  Configuration configuration;
  configuration.path = path;
  if (root == nullptr) return configuration;
  Reader reader(configuration, rules);
  reader.read(*root);
  if (reader.error()) return std::unexpected(*reader.error());
  return configuration;
}

std::expected<Configuration, ConfigurationError> find_configuration(const FileSystem& files,
                                                                    const std::string& folder,
                                                                    Rules known_rules) {
  for (std::string at = folder;; at = parent_of(at)) {
    for (const std::string_view name : {"forelock.toml", ".forelock.toml", "pyproject.toml"}) {
      Found found = configuration_at(files, join(at, name), name == "pyproject.toml", known_rules);
      if (!found) return std::unexpected(std::move(found.error()));
      if (*found) return std::move(**found);
    }
    if (at == "/" || at.empty()) return Configuration{};
  }
}

std::optional<std::string> alembic_ini_of_pyproject(const std::string& text) {
  if (!text.contains("tool.alembic")) return {};
  const toml::parse_result document = toml::parse(text);
  if (!document) return {};
  const toml::table* section = document.table()["tool"]["alembic"].as_table();
  if (section == nullptr) return {};
  std::string ini = "[alembic]\n";
  for (const auto& [key, value] : *section) {
    std::string line(key.str());
    line += " =";
    if (const auto text_value = value.value<std::string>()) {
      line += " " + *text_value;
    } else if (const toml::array* list = value.as_array()) {
      for (const toml::node& item : *list) {
        if (const auto each = item.value<std::string>()) line += "\n  " + *each;
      }
    } else if (const auto truth = value.value<bool>()) {
      line += *truth ? " true" : " false";
    } else {
      continue;
    }
    ini += line + "\n";
  }
  return ini;
}

}  // namespace forelock::project
