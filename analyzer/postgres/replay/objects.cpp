// Schemas, extensions, settings, and what has no group.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/facts/settings.h"
#include "analyzer/postgres/facts/transaction_blocks.h"
#include "analyzer/postgres/replay/run.h"
#include "analyzer/sql/parse.h"

namespace forelock::postgres {
namespace {

using model::ObjectKind;

std::string lower(std::string_view text) {
  std::string result;
  for (const char c : text) {
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

/// The words of a statement, quotes taken off, punctuation apart.
std::vector<std::string> words(std::string_view sql) {
  std::vector<std::string> result;
  std::string word;
  char quote = 0;
  const auto finish = [&] {
    if (!word.empty()) result.push_back(std::move(word));
    word.clear();
  };
  for (const char c : sql) {
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
        finish();
      } else {
        word += c;
      }
    } else if (c == '"' || c == '\'') {
      finish();
      quote = c;
    } else if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$') {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else {
      finish();
    }
  }
  finish();
  return result;
}

/// The command below EXPLAIN or PREPARE … AS, planned but not run.
bool plan_inner(Run& run, std::string_view sql, std::size_t from) {
  for (const auto& parsed : sql::parse(sql.substr(from))) {
    if (!parsed) continue;
    Effects planned;
    Catalog copy = run.catalog;
    Session session = run.session;
    Run inner(copy, session, run.options, planned, false);
    inner.sql = parsed->sql;
    if (!run_operation(inner, parsed->operation) && planned.error) {
      return run.fail(planned.error->sqlstate, planned.error->message);
    }
    for (const Lock& lock : planned.locks) run.lock(lock.relation, lock.mode);
  }
  return true;
}

std::size_t after_word(std::string_view sql, std::string_view word) {
  const std::string text = lower(sql);
  std::size_t at = 0;
  while ((at = text.find(word, at)) != std::string::npos) {
    const bool starts = at == 0 || std::isspace(static_cast<unsigned char>(text[at - 1])) != 0;
    const std::size_t end = at + word.size();
    if (starts && end < text.size() && std::isspace(static_cast<unsigned char>(text[end])) != 0) {
      return end;
    }
    at = end;
  }
  return std::string_view::npos;
}

bool explain(Run& run) {
  const std::string text = lower(run.sql);
  const bool analyzes = text.find("analyze") != std::string::npos;
  for (const std::string_view word :
       {"select", "insert", "update", "delete", "merge", "with", "values", "create", "table"}) {
    const std::size_t at = text.find(word);
    if (at == std::string::npos) continue;
    if (!analyzes) return plan_inner(run, run.sql, at);
    for (const auto& parsed : sql::parse(run.sql.substr(at))) {
      if (parsed && !run_operation(run, parsed->operation)) return false;
    }
    return true;
  }
  return true;
}

bool move_all(Run& run) {
  // ALTER TABLE ALL IN TABLESPACE a … SET TABLESPACE b
  const std::vector<std::string> parts = words(run.sql);
  const auto in = std::ranges::find(parts, "in");
  const auto set = std::ranges::find(parts, "set");
  if (parts.end() - in < 3 || parts.end() - set < 3) return true;
  const auto place = [](const std::string& name) {
    return name == "pg_default" ? std::string() : name;
  };
  const std::string from = place(*(in + 2));
  const std::string to = place(*(set + 2));
  const std::string what = parts.size() > 1 ? parts[1] : "";
  for (const Relation* relation : run.catalog.relations()) {
    const bool wanted = what == "index"          ? is_index(relation->kind)
                        : what == "materialized" ? relation->kind == RelationKind::kMaterializedView
                                                 : is_table_like(relation->kind);
    if (!wanted || relation->tablespace != from) continue;
    run.lock(*relation, LockMode::kAccessExclusive);
    run.rewrite(*relation, "its files are copied to another tablespace");
    run.rebuild(*relation, "its files are copied to another tablespace");
    run.change(relation->oid, [&](Relation& copy) { copy.tablespace = to; });
  }
  return true;
}

bool reassign(Run& run) {
  const std::vector<std::string> parts = words(run.sql);
  const auto by = std::ranges::find(parts, "by");
  const auto to = std::ranges::find(parts, "to");
  if (by == parts.end() || to == parts.end() || to + 1 == parts.end()) return true;
  for (const Relation* relation : run.catalog.relations()) {
    if (std::find(by, to, relation->owner) == to || relation->owner.empty()) continue;
    run.lock(*relation, LockMode::kAccessExclusive);
    run.change(relation->oid, [&](Relation& copy) { copy.owner = *(to + 1); });
  }
  return true;
}

bool drop_owned(Run& run) {
  const std::vector<std::string> parts = words(run.sql);
  const auto by = std::ranges::find(parts, "by");
  std::vector<DropTarget> targets;
  for (const Relation* relation : run.catalog.relations()) {
    if (relation->owner.empty() || is_index(relation->kind) ||
        std::find(by, parts.end(), relation->owner) == parts.end()) {
      continue;
    }
    targets.push_back({.kind = DropTarget::Kind::kRelation, .oid = relation->oid, .name = {}});
  }
  const bool cascade = !parts.empty() && parts.back() == "cascade";
  return targets.empty() || drop(run, std::move(targets), cascade);
}

/// A role that owns relations cannot go: checkSharedDependencies().
bool drop_roles(Run& run) {
  const std::vector<std::string> parts = words(run.sql);
  for (const Relation* relation : run.catalog.relations()) {
    if (relation->owner.empty() || std::ranges::find(parts, relation->owner) == parts.end()) {
      continue;
    }
    return run.fail("2BP01", fmt::format("role \"{}\" cannot be dropped because it owns {}",
                                         relation->owner, shown(*relation)));
  }
  return true;
}

// Source: validate_ddl_tags() and its kin in src/backend/commands/event_trigger.c, PostgreSQL 17.
constexpr std::string_view kTriggerEvents[] = {"ddl_command_start", "ddl_command_end", "sql_drop",
                                               "table_rewrite", "login"};

bool check_event(Run& run) {
  const std::vector<std::string> parts = words(run.sql);
  const auto on = std::ranges::find(parts, "on");
  if (parts.end() - on < 2 ||
      std::ranges::find(kTriggerEvents, *(on + 1)) != std::ranges::end(kTriggerEvents)) {
    return true;
  }
  return run.fail("42601", fmt::format("unrecognized event name \"{}\"", *(on + 1)));
}

struct TrackedObject {
  std::string_view tag;
  ObjectKind kind;
  std::size_t name_word;  ///< Index of the name among the words of the statement.
};

constexpr TrackedObject kTracked[] = {
    {"CREATE EVENT TRIGGER", ObjectKind::kEventTrigger, 3},
    {"CREATE SUBSCRIPTION", ObjectKind::kSubscription, 2},
    {"CREATE SERVER", ObjectKind::kServer, 2},
    {"CREATE ACCESS METHOD", ObjectKind::kAccessMethod, 3},
    {"CREATE TABLESPACE", ObjectKind::kTablespace, 2},
    {"CREATE CAST", ObjectKind::kCast, 99},
};

/// What a new object hangs on: a server on the extension that brings its wrapper, an event trigger
/// on its function.
Oid needed_by(const Run& run, ObjectKind kind, const std::vector<std::string>& parts) {
  const auto after = [&](std::string_view word) {
    const auto found = std::ranges::find(parts, word);
    return parts.end() - found > 1 ? *(found + 1) : std::string();
  };
  if (kind == ObjectKind::kServer) {
    const Extension* extension = run.catalog.find_extension(after("wrapper"));
    return extension == nullptr ? 0 : extension->oid;
  }
  if (kind == ObjectKind::kEventTrigger) {
    std::string name = after("function");
    if (name.empty()) name = after("procedure");
    const auto functions = run.catalog.find_functions({"", name});
    return functions.size() == 1 ? functions.front()->oid : 0;
  }
  return 0;
}

bool track(Run& run, const TrackedObject& tracked) {
  const std::vector<std::string> parts = words(run.sql);
  std::string name = "*";
  std::size_t at = tracked.name_word;
  const bool if_not_exists = parts.size() > at + 3 && parts[at] == "if" && parts[at + 1] == "not";
  if (if_not_exists) at += 3;
  if (at < parts.size()) name = parts[at];
  if (tracked.kind != ObjectKind::kCast &&
      run.catalog.find_object(tracked.kind, {"", name}) != nullptr) {
    if (if_not_exists) {
      run.effects.changes_nothing = true;
      return true;
    }
    return run.fail("42710",
                    fmt::format("{} \"{}\" already exists", model::display(tracked.kind), name));
  }
  NamedObject object;
  object.oid = run.catalog.new_oid();
  object.kind = tracked.kind;
  object.name = name;
  if (const Oid need = needed_by(run, tracked.kind, parts); need != 0) {
    object.needs.push_back({.object = object.oid, .needs = need});
  }
  run.catalog.put(std::move(object));
  return true;
}

}  // namespace

bool apply(Run& run, const model::CreateSchema& statement) {
  const std::string name = statement.name.empty() ? statement.owner : statement.name;
  if (run.catalog.find_schema(name) != nullptr) {
    if (statement.if_not_exists) {
      run.effects.changes_nothing = true;
      return true;
    }
    return run.fail("42P06", fmt::format("schema \"{}\" already exists", name));
  }
  if (name.starts_with("pg_")) {
    return run.fail("42939", fmt::format("unacceptable schema name \"{}\"", name));
  }
  run.catalog.put(
      Schema{.oid = run.catalog.new_oid(), .name = name, .owner = statement.owner, .comment = {}});
  return true;
}

bool apply(Run& run, const model::CreateExtension& statement) {
  const Extension* existing = run.catalog.find_extension(statement.name);
  if ((existing != nullptr && !existing->assumed) || statement.name == "plpgsql") {
    if (statement.if_not_exists) {
      run.effects.changes_nothing = true;
      return true;
    }
    return run.fail("42710", fmt::format("extension \"{}\" already exists", statement.name));
  }
  Extension extension;
  extension.name = statement.name;
  extension.oid = existing != nullptr ? existing->oid : run.catalog.new_oid();
  extension.if_not_exists = statement.if_not_exists;
  extension.schema = statement.schema.empty() ? run.creation_schema({}) : statement.schema;
  if (run.failed) return false;
  if (!statement.schema.empty() && run.catalog.find_schema(statement.schema) == nullptr) {
    if (run.creation_schema({statement.schema, ""}).empty()) return false;
  }
  run.catalog.put(std::move(extension));
  return true;
}

bool apply(Run& run, const model::AlterExtension& statement) {
  if (run.catalog.find_extension(statement.name) != nullptr || run.options.assume_missing ||
      statement.name == "plpgsql") {
    return true;
  }
  return run.fail("42704", fmt::format("extension \"{}\" does not exist", statement.name));
}

bool apply(Run& run, const model::Database& statement) {
  const std::string_view tag = statement.action == 'c'   ? "CREATE DATABASE"
                               : statement.action == 'd' ? "DROP DATABASE"
                                                         : "ALTER DATABASE";
  return !facts::refuses_transaction_block(tag, run.sql, run.options.pg_version) ||
         run.needs_no_transaction(tag);
}

namespace {

bool check_setting(Run& run, const std::string& name) {
  return facts::may_be_setting(name, run.options.pg_version) ||
         run.fail("42704", fmt::format("unrecognized configuration parameter \"{}\"", name));
}

}  // namespace

bool apply(Run& run, const model::Set& statement) {
  auto& settings = run.session.settings;
  std::string name = lower(statement.name);
  if (name == "time zone") name = "timezone";
  if (name.empty() && statement.reset) {
    settings.clear();
  } else if (statement.values.empty()) {
    if (!check_setting(run, name)) return false;
    settings.erase(name);
  } else {
    std::string value;
    for (const std::string& part : statement.values) {
      if (!value.empty()) value += ", ";
      value += part;
    }
    if (const auto error = facts::setting_error(name, value, run.options.pg_version)) {
      return run.fail(error->sqlstate, error->message);
    }
    settings[name] = std::move(value);
  }
  if (name == "search_path" || name.empty()) {
    std::vector<std::string> path;
    if (name == "search_path" && !statement.values.empty()) {
      for (const std::string& part : statement.values) {
        if (part != "$user" && !part.empty()) path.push_back(part);
      }
    } else {
      path = {"public"};
    }
    run.catalog.set_search_path(std::move(path));
  }
  if (name == "lock_timeout") run.session.lock_timeout_local = statement.local;
  if (!statement.local || !run.session.in_transaction) {
    if (settings.contains(name)) {
      run.session.settings_after_commit[name] = settings.at(name);
    } else if (name.empty()) {
      run.session.settings_after_commit.clear();
    } else {
      run.session.settings_after_commit.erase(name);
    }
  }
  return true;
}

/// Source: AfterTriggerSetState() in src/backend/commands/trigger.c.
bool apply(Run& run, const model::SetConstraints& statement) {
  for (const model::QualifiedName& name : statement.constraints) {
    bool found = false;
    bool deferrable = false;
    for (const Relation* table : run.catalog.relations()) {
      if (!name.schema.empty() && table->schema != name.schema) continue;
      found = found || table->assumed;
      deferrable = deferrable || table->assumed;
      if (const CatalogConstraint* own = table->constraint_named(name.name)) {
        found = true;
        deferrable = deferrable || own->deferrable;
      }
      for (const Trigger& trigger : table->triggers) {
        if (!trigger.definition.constraint || trigger.name != name.name) continue;
        found = true;
        deferrable = deferrable || trigger.definition.deferrable;
      }
    }
    if (!found && !run.options.assume_missing) {
      return run.fail("42704", fmt::format("constraint \"{}\" does not exist", name.name));
    }
    if (found && !deferrable) {
      return run.fail("42809", fmt::format("constraint \"{}\" is not deferrable", name.name));
    }
  }
  return true;
}

namespace {

/// The name of a new aggregate; its schema and its arguments are not kept.
void note_aggregate(Run& run) {
  const std::vector<std::string> parts = words(run.sql.substr(0, run.sql.find('(')));
  if (parts.size() < 3) return;
  run.catalog.put(NamedObject{.oid = run.catalog.new_oid(),
                              .kind = ObjectKind::kAggregate,
                              .schema = {},
                              .name = parts.back(),
                              .needs = {},
                              .all_tables = false,
                              .definition = {}});
}

/// A new collation; its schema is not kept.
bool note_collation(Run& run) {
  const std::size_t from = after_word(run.sql, "from");
  const std::size_t at =
      std::min(run.sql.find('('), from == std::string_view::npos ? from : from - 4);
  std::vector<std::string> parts = words(run.sql.substr(0, at));
  if (at == std::string_view::npos || parts.size() < 3) return true;
  const bool again = std::ranges::find(parts, "exists") != parts.end();
  if (run.catalog.find_object(ObjectKind::kCollation, {"", parts.back()}) != nullptr) {
    run.effects.changes_nothing = again;
    return again || run.fail("42710", fmt::format("collation \"{}\" already exists", parts.back()));
  }
  NamedObject collation;
  collation.oid = run.catalog.new_oid();
  collation.kind = ObjectKind::kCollation;
  collation.name = parts.back();
  collation.definition = run.sql.substr(at);
  run.catalog.put(std::move(collation));
  return true;
}

/// The object that ALTER STATISTICS or IMPORT FOREIGN SCHEMA names.
bool named_object_exists(Run& run, std::string_view tag) {
  const std::vector<std::string> parts = words(run.sql);
  if (run.options.assume_missing || run.sql.find('.') != std::string_view::npos) return true;
  if (tag == "ALTER STATISTICS" && parts.size() > 2 && parts[2] != "if") {
    return run.catalog.find_statistics({"", parts[2]}) != nullptr ||
           run.fail("42704", fmt::format("statistics object \"{}\" does not exist", parts[2]));
  }
  if (tag == "IMPORT FOREIGN SCHEMA") {
    const auto server = std::ranges::find(parts, "server");
    if (parts.end() - server < 2) return true;
    return run.catalog.find_object(ObjectKind::kServer, {"", *(server + 1)}) != nullptr ||
           run.fail("42704", fmt::format("server \"{}\" does not exist", *(server + 1)));
  }
  return true;
}

}  // namespace

bool apply(Run& run, const model::Other& statement) {
  const std::string_view tag = statement.tag;
  if (facts::refuses_transaction_block(tag, run.sql, run.options.pg_version) &&
      !run.needs_no_transaction(tag)) {
    return false;
  }
  if (tag == "EXPLAIN") return explain(run);
  if (tag == "PREPARE") {
    const std::size_t at = after_word(run.sql, "as");
    return at == std::string_view::npos || plan_inner(run, run.sql, at);
  }
  if (tag.starts_with("ALTER TABLE ALL IN TABLESPACE")) return move_all(run);
  if (tag == "REASSIGN OWNED") return reassign(run);
  if (tag == "DROP OWNED") return drop_owned(run);
  if (tag == "SHOW") {
    const std::vector<std::string> parts = words(run.sql);
    return parts.size() != 2 || parts[1] == "all" || check_setting(run, parts[1]);
  }
  if (tag == "DROP ROLE") return drop_roles(run);
  if (tag == "CREATE EVENT TRIGGER" && !check_event(run)) return false;
  if (tag == "CREATE AGGREGATE") {
    note_aggregate(run);
    return true;
  }
  if (tag == "CREATE COLLATION") return note_collation(run);
  if (!named_object_exists(run, tag)) return false;
  for (const TrackedObject& tracked : kTracked) {
    if (tracked.tag == tag) return track(run, tracked);
  }
  return true;
}

}  // namespace forelock::postgres
