// CREATE and ALTER PUBLICATION.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

using model::ObjectKind;

/// What a table is narrowed to. Source: TransformPubWhereClauses(), pub_collist_to_bitmapset().
bool check_narrowing(Run& run, Oid table, const model::PublishedTable& published) {
  if (published.where &&
      (!check_expression(run, run.at(table), *published.where, "publication WHERE expressions") ||
       !check_condition(run, Scope::of(run.at(table)), *published.where, "PUBLICATION WHERE"))) {
    return false;
  }
  for (const std::string& column : published.columns) {
    const Column* found = run.column(table, column);
    if (found == nullptr) return false;
    if (std::ranges::count(published.columns, column) > 1) {
      return run.fail("42710", "duplicate column in publication column list");
    }
    if (found->generated != model::GeneratedKind::kNone && !run.since(18)) {
      return run.fail("42P10", "cannot use generated column in publication column list");
    }
  }
  return true;
}

/// The tables that a clause names, locked and checked; false after failing.
/// Source: OpenTableList(), check_publication_add_relation().
bool open_tables(Run& run, const std::vector<model::PublishedTable>& given, bool adding,
                 std::vector<Oid>& tables) {
  for (const model::PublishedTable& published : given) {
    const Relation* table = run.relation(published.name);
    if (table == nullptr) return false;
    run.lock(*table, LockMode::kShareUpdateExclusive);
    tables.push_back(table->oid);
    if (table->kind == RelationKind::kTable) {
      for (const Oid child : run.descendants(*table)) {
        run.lock(child, LockMode::kShareUpdateExclusive);
        tables.push_back(child);
      }
    }
  }
  // All are opened before the first is looked at: OpenTableList().
  for (const model::PublishedTable& published : given) {
    const Relation* table = run.relation(published.name);
    if (!adding || table == nullptr || table->assumed) continue;
    const bool partitioned = table->kind == RelationKind::kPartitionedTable;
    if (partitioned && !run.since(13)) {
      return run.fail("0A000", fmt::format("\"{}\" is a partitioned table", table->name));
    }
    const bool stored = table->kind == RelationKind::kTable || partitioned;
    if (!stored || table->persistence != model::Persistence::kPermanent) {
      return run.fail(stored || !is_index(table->kind) ? "22023" : "42809",
                      fmt::format("cannot add relation \"{}\" to publication", table->name));
    }
    if (!check_narrowing(run, table->oid, published)) return false;
  }
  return true;
}

bool holds(const NamedObject& publication, Oid table) {
  return std::ranges::find(publication.needs, table, &Dependency::needs) != publication.needs.end();
}

void add(NamedObject& publication, Oid table) {
  publication.needs.push_back({.object = publication.oid, .needs = table, .automatic = true});
}

}  // namespace

namespace {

/// The list of WITH (publish = '…'), in lower case; empty where it is not given.
std::string published_actions(std::string_view sql) {
  std::string text;
  for (const char c : sql) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  constexpr std::string_view kOption = "publish='";
  const std::size_t at = text.find(kOption);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + kOption.size();
  return text.substr(begin, text.find('\'', begin) - begin);
}

/// Source: GetRelationPublicationActions(): the table itself, all tables, or a table above it.
bool publishes(const Run& run, const NamedObject& publication, const Relation& table) {
  if (publication.all_tables || holds(publication, table.oid)) return true;
  return std::ranges::any_of(table.parents, [&](Oid parent) {
    const Relation* above = run.catalog.relation(parent);
    return table.is_partition && above != nullptr && publishes(run, publication, *above);
  });
}

/// Source: RelationGetReplicaIndex() and CheckCmdReplicaIdentity().
bool is_identified(const Run& run, const Relation& table) {
  if (table.replica_identity == 'f') return true;
  if (table.replica_identity == 'i') {
    return run.catalog.relation(table.replica_identity_index) != nullptr;
  }
  const CatalogConstraint* key = table.primary_key();
  return table.replica_identity == 'd' && key != nullptr && !key->deferrable;
}

}  // namespace

bool check_replica_identity(Run& run, const Relation& table, std::string_view action) {
  if (table.kind != RelationKind::kTable || table.assumed ||
      table.persistence != model::Persistence::kPermanent || is_identified(run, table)) {
    return true;
  }
  for (const NamedObject* object : run.catalog.objects()) {
    if (object->kind != ObjectKind::kPublication || !publishes(run, *object, table)) continue;
    const std::string& actions = object->definition;
    if (!actions.empty() && actions.find(action) == std::string::npos) continue;
    return run.fail("55000", fmt::format("cannot {0} table \"{1}\" because it does not have a "
                                         "replica identity and publishes {0}s",
                                         action, table.name));
  }
  return true;
}

bool is_published(const Run& run, Oid table) {
  return std::ranges::any_of(run.catalog.dependents(table), [&](const Dependency& use) {
    return std::ranges::any_of(run.catalog.objects(), [&](const NamedObject* object) {
      return object->oid == use.object && object->kind == ObjectKind::kPublication;
    });
  });
}

bool apply(Run& run, const model::CreatePublication& statement) {
  if (run.catalog.find_object(ObjectKind::kPublication, {"", statement.name}) != nullptr) {
    return run.fail("42710", fmt::format("publication \"{}\" already exists", statement.name));
  }
  NamedObject publication;
  publication.oid = run.catalog.new_oid();
  publication.kind = ObjectKind::kPublication;
  publication.name = statement.name;
  publication.all_tables = statement.all_tables;
  publication.definition = published_actions(run.sql);
  std::vector<Oid> tables;
  if (!open_tables(run, statement.tables, true, tables)) return false;
  for (const Oid table : tables) add(publication, table);
  run.catalog.put(std::move(publication));
  return true;
}

bool apply(Run& run, const model::AlterPublication& statement) {
  const NamedObject* found =
      run.catalog.find_object(ObjectKind::kPublication, {"", statement.name});
  if (found == nullptr && !run.options.assume_missing) {
    return run.fail("42704", fmt::format("publication \"{}\" does not exist", statement.name));
  }
  if (found != nullptr && found->all_tables && !statement.tables.empty()) {
    return run.fail("55000",
                    fmt::format("publication \"{}\" is defined as FOR ALL TABLES", statement.name));
  }
  std::vector<Oid> tables;
  if (!open_tables(run, statement.tables, statement.action != 'd', tables)) return false;
  if (found == nullptr) return true;
  NamedObject copy = *found;
  if (const std::string actions = published_actions(run.sql); !actions.empty()) {
    copy.definition = actions;
  }
  if (statement.tables.empty()) {
    run.catalog.put(std::move(copy));
    return true;
  }
  if (statement.action == 's') {
    for (const Dependency& need : copy.needs) run.lock(need.needs, LockMode::kShareUpdateExclusive);
    copy.needs.clear();
  }
  for (const Oid table : tables) {
    if (statement.action == 'd') {
      if (!holds(copy, table)) {
        return run.fail("42704", fmt::format("relation \"{}\" is not part of the publication",
                                             run.at(table).name));
      }
      std::erase_if(copy.needs, [&](const Dependency& need) { return need.needs == table; });
    } else if (holds(copy, table)) {
      if (statement.action == 'a') {
        return run.fail("42710", fmt::format("relation \"{}\" is already member of publication "
                                             "\"{}\"",
                                             run.at(table).name, copy.name));
      }
    } else {
      add(copy, table);
    }
  }
  run.catalog.put(std::move(copy));
  return true;
}

}  // namespace forelock::postgres
