#include "analyzer/postgres/replay/run.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/typecheck.h"

namespace forelock::postgres {
namespace {

// Deep enough for any partition tree; a bound against a broken catalog.
constexpr int kMaxInheritanceDepth = 64;

void collect_descendants(const Catalog& catalog, const Relation& relation, int depth,
                         std::vector<Oid>& result) {
  if (depth > kMaxInheritanceDepth) return;
  for (const Oid child : relation.children) {
    const Relation* found = catalog.relation(child);
    if (found == nullptr || std::ranges::find(result, child) != result.end()) continue;
    result.push_back(child);
    collect_descendants(catalog, *found, depth + 1, result);
  }
}

void add_work(std::vector<Work>& list, Work work) {
  if (std::ranges::find(list, work.relation, &Work::relation) == list.end()) {
    list.push_back(std::move(work));
  }
}

}  // namespace

bool has_storage(const Relation& relation) {
  return relation.kind == RelationKind::kTable || relation.kind == RelationKind::kMaterializedView;
}
bool is_table_like(RelationKind kind) {
  return kind == RelationKind::kTable || kind == RelationKind::kPartitionedTable ||
         kind == RelationKind::kForeignTable;
}
bool is_index(RelationKind kind) {
  return kind == RelationKind::kIndex || kind == RelationKind::kPartitionedIndex;
}

bool Run::fail(std::string_view sqlstate, std::string message) {
  failed = true;
  const Failure failure{std::string(sqlstate), errors_are_certain_ && !session.uncertain,
                        std::move(message)};
  // What rows might do at the end of the statement does not happen any more.
  if (effects.error && !effects.error->certain && failure.certain) {
    effects.risks.push_back(std::move(*effects.error));
    effects.error.reset();
  }
  if (!effects.error) effects.error = failure;
  return false;
}

void Run::risk(std::string_view sqlstate, std::string message) {
  effects.risks.push_back({std::string(sqlstate), false, std::move(message)});
}

void Run::may_fail(bool evidence, std::string_view sqlstate, std::string message) {
  if (evidence && !effects.error) {
    effects.error = Failure{std::string(sqlstate), false, std::move(message)};
  } else {
    risk(sqlstate, std::move(message));
  }
}

bool Run::needs_no_transaction(std::string_view command) {
  effects.runs_in_transaction = false;
  if (depth > 0)
    return fail("25001", fmt::format("{} cannot be executed from a function", command));
  if (session.in_transaction) {
    return fail("25001", fmt::format("{} cannot run inside a transaction block", command));
  }
  return true;
}

std::string Run::creation_schema(const model::QualifiedName& name, model::Persistence persistence) {
  if (persistence == model::Persistence::kTemporary || name.schema == "pg_temp") return "pg_temp";
  if (name.schema.empty()) {
    for (const std::string& schema : catalog.search_path()) {
      if (catalog.find_schema(schema) != nullptr) return schema;
    }
    if (!options.assume_missing && !catalog.search_path().empty()) {
      fail("3F000", "no schema has been selected to create in");
      return {};
    }
    return catalog.search_path().empty() ? "public" : catalog.search_path().front();
  }
  if (catalog.find_schema(name.schema) == nullptr) {
    if (!options.assume_missing) {
      fail("3F000", fmt::format("schema \"{}\" does not exist", name.schema));
      return {};
    }
    catalog.put(Schema{.oid = catalog.new_oid(), .name = name.schema, .owner = {}, .comment = {}});
  }
  return name.schema;
}

bool Run::is_system(const model::QualifiedName& name) const {
  if (name.schema == "pg_catalog" || name.schema == "information_schema" ||
      name.schema == "pg_toast") {
    return true;
  }
  return name.schema.empty() && facts::is_system_relation(name.name, options.pg_version);
}

const Relation* Run::relation_if_any(const model::QualifiedName& name) const {
  return is_system(name) ? nullptr : catalog.find_relation(name);
}

const Relation* Run::relation(const model::QualifiedName& name, RelationKind assumed_kind,
                              bool in_query) {
  if (const Relation* found = catalog.find_relation(name)) return found;
  if (is_system(name)) {
    if (assumed_kind == RelationKind::kTable) {
      fail("42501", fmt::format("permission denied: \"{}\" is a system catalog", name.name));
    }
    return nullptr;
  }
  if (!options.assume_missing) {
    if (!in_query && !name.schema.empty() && name.schema != "pg_temp" &&
        catalog.find_schema(name.schema) == nullptr) {
      fail("3F000", fmt::format("schema \"{}\" does not exist", name.schema));
      return nullptr;
    }
    fail("42P01", fmt::format("relation \"{}\" does not exist", model::display(name)));
    return nullptr;
  }
  const std::string schema = creation_schema(name);
  Relation assumed = make(assumed_kind, schema, name.name);
  assumed.assumed = true;
  assumed.open_columns = true;
  const Oid oid = assumed.oid;
  put(std::move(assumed));
  return catalog.relation(oid);
}

const Relation* Run::table(const model::QualifiedName& name) {
  const Relation* found = relation(name);
  if (found == nullptr) return nullptr;
  if (!is_table_like(found->kind)) {
    fail("42809", fmt::format("\"{}\" is not a table", name.name));
    return nullptr;
  }
  return found;
}

const Column* Run::column(Oid oid, std::string_view name) {
  const Relation& owner = at(oid);
  if (const Column* found = owner.column(name)) return found;
  if (!owner.open_columns) {
    fail("42703", fmt::format("column \"{}\" of relation \"{}\" does not exist", name, owner.name));
    return nullptr;
  }
  change(oid, [&](Relation& copy) {
    Column made;
    made.number = copy.next_column++;
    made.name = name;
    made.assumed = true;
    copy.columns.push_back(std::move(made));
  });
  return at(oid).column(name);
}

bool Run::check_schema(const std::string& schema) {
  return schema.empty() || schema.find('.') != std::string::npos ||
         catalog.find_schema(schema) != nullptr || schema.starts_with("pg_temp") ||
         fail("3F000", fmt::format("schema \"{}\" does not exist", schema));
}

bool Run::has_unknown_extension() const {
  return std::ranges::any_of(catalog.extensions(), [](const Extension* extension) {
    return !facts::is_known_extension(extension->name);
  });
}

ResolvedType Run::type(const model::TypeName& written) {
  ResolvedType result = resolve_type(catalog, written);
  if (result.known) {
    if (const auto error = modifier_error(result.name, options.pg_version)) {
      fail(error->sqlstate, error->message);
      result.known = false;
    }
    return result;
  }
  if (!options.assume_missing && !has_unknown_extension()) {
    if (!check_schema(written.name.schema)) return result;
    fail("42704", fmt::format("type \"{}\" does not exist", model::display(written)));
    return result;
  }
  // The type of an extension that the history did not create: somebody else has.
  if (const facts::TypeId id = facts::find_type(written.name.name);
      id >= 0 && facts::type(id).extension != 0) {
    Extension extension;
    extension.name = facts::extension_name(facts::type(id).extension);
    extension.schema = written.name.schema.empty() ? "public" : written.name.schema;
    extension.oid = catalog.new_oid();
    extension.assumed = true;
    if (catalog.find_extension(extension.name) == nullptr) {
      catalog.put(std::move(extension));
      return resolve_type(catalog, written);
    }
  }
  Type assumed;
  assumed.oid = catalog.new_oid();
  assumed.kind = TypeKind::kBase;
  assumed.schema = creation_schema(written.name);
  assumed.name = written.name.name;
  assumed.assumed = true;
  assumed.created_in_migration = session.migration;
  result.name.name = {assumed.schema, assumed.name};
  result.user_type = assumed.oid;
  result.known = true;
  catalog.put(std::move(assumed));
  return result;
}

std::vector<Oid> Run::descendants(const Relation& relation) const {
  std::vector<Oid> result;
  collect_descendants(catalog, relation, 0, result);
  return result;
}

std::vector<Oid> Run::leaves(const Relation& relation) const {
  std::vector<Oid> result;
  if (has_storage(relation)) result.push_back(relation.oid);
  for (const Oid oid : descendants(relation)) {
    if (has_storage(at(oid))) result.push_back(oid);
  }
  return result;
}

std::vector<Catalog::ForeignKeyUse> Run::foreign_keys_to(const Relation& table) const {
  std::vector<Catalog::ForeignKeyUse> result = catalog.foreign_keys_to(table.oid);
  const Relation* current = &table;
  for (int level = 0; level < kMaxInheritanceDepth && current->is_partition; ++level) {
    if (current->parents.empty()) break;
    current = catalog.relation(current->parents.front());
    if (current == nullptr) break;
    const auto above = catalog.foreign_keys_to(current->oid);
    result.insert(result.end(), above.begin(), above.end());
  }
  return result;
}

void Run::change(Oid oid, const std::function<void(Relation&)>& edit) {
  Relation copy = at(oid);
  edit(copy);
  put(std::move(copy));
}

void Run::put(Relation relation) {
  relation.had_children = relation.had_children || !relation.children.empty();
  if (auto before = catalog.share_relation(relation.oid)) kept_.push_back(std::move(before));
  catalog.put(std::move(relation));
}

void Run::erase(Oid oid) {
  if (auto before = catalog.share_relation(oid)) kept_.push_back(std::move(before));
  catalog.erase_relation(oid);
}

bool Run::is_new(const Relation& relation) const {
  if (relation.persistence == model::Persistence::kTemporary) return true;
  return !relation.assumed && relation.created_in_migration == session.migration;
}

bool Run::may_have_rows(const Relation& relation) const {
  if (relation.kind == RelationKind::kPartitionedTable) {
    return relation.assumed ||
           std::ranges::any_of(leaves(relation), [&](Oid oid) { return may_have_rows(at(oid)); });
  }
  if (relation.emptied) return false;
  return relation.assumed || relation.rows_loaded ||
         relation.created_in_migration != session.migration;
}

void Run::lock(const Relation& relation, LockMode mode) {
  if (relation.kind == RelationKind::kCompositeType) return;
  const auto found = std::ranges::find(effects.locks, relation.oid, &Lock::relation);
  if (found != effects.locks.end()) {
    found->mode = std::max(found->mode, mode);
    return;
  }
  Lock lock;
  lock.relation = relation.oid;
  lock.schema = relation.schema;
  lock.name = relation.name;
  lock.kind = relation.kind;
  lock.mode = mode;
  const Relation* owner = relation.table != 0 ? catalog.relation(relation.table) : nullptr;
  lock.unseen = is_new(owner != nullptr ? *owner : relation);
  effects.locks.push_back(std::move(lock));
}

void Run::lock(Oid oid, LockMode mode) {
  if (const Relation* found = catalog.relation(oid)) lock(*found, mode);
}

void Run::lock_tree(const Relation& relation, LockMode mode) {
  lock(relation, mode);
  for (const Oid oid : descendants(relation)) lock(oid, mode);
}

void Run::lock_triggers_of(const Relation& referenced) {
  if (since(15)) return lock_tree(referenced, LockMode::kAccessExclusive);
  for (const Oid leaf : leaves(referenced)) lock(leaf, LockMode::kAccessExclusive);
}

Work Run::work(const Relation& relation, std::string reason) const {
  Work result;
  result.relation = relation.oid;
  result.schema = relation.schema;
  result.name = relation.name;
  result.reason = std::move(reason);
  const Relation* owner =
      is_index(relation.kind) && relation.table != 0 ? catalog.relation(relation.table) : nullptr;
  const Relation& heap = owner != nullptr ? *owner : relation;
  result.unseen = is_new(heap) && !heap.rows_loaded;
  return result;
}

void Run::rewrite(const Relation& relation, std::string reason) {
  if (has_storage(relation)) add_work(effects.rewrites, work(relation, std::move(reason)));
}
void Run::rebuild(const Relation& index, std::string reason) {
  if (index.kind == RelationKind::kIndex)
    add_work(effects.rebuilds, work(index, std::move(reason)));
}
void Run::scan(const Relation& relation, std::string reason) {
  if (has_storage(relation)) add_work(effects.scans, work(relation, std::move(reason)));
}
void Run::build(const Relation& index, std::string reason) {
  if (index.kind != RelationKind::kIndex) return;
  // Of the name of one that this statement dropped, it is that one made again.
  const bool again = std::ranges::any_of(effects.losses, [&](const Loss& loss) {
    return loss.kind == model::ObjectKind::kIndex && loss.object == shown(index);
  });
  if (again) rebuild(index, reason);
  add_work(effects.builds, work(index, std::move(reason)));
}

void Run::lose(model::ObjectKind kind, std::string object, bool implied, bool had_rows) {
  effects.losses.push_back({kind, std::move(object), implied, had_rows});
}

void Run::created(Oid oid) { effects.created.push_back(oid); }

Relation Run::make(RelationKind kind, std::string schema, std::string name) {
  Relation result;
  result.oid = catalog.new_oid();
  result.kind = kind;
  result.schema = std::move(schema);
  result.name = std::move(name);
  if (result.schema == "pg_temp") result.persistence = model::Persistence::kTemporary;
  result.created_in_migration = session.migration;
  result.created_in_transaction = session.transaction;
  return result;
}

}  // namespace forelock::postgres
