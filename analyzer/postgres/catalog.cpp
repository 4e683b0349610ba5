#include "analyzer/postgres/catalog.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace forelock::postgres {
namespace {

template <typename T>
const T* get(const std::shared_ptr<const T>* found) {
  return found == nullptr ? nullptr : found->get();
}

template <typename Map>
auto values(const Map& map) {
  std::vector<decltype(get(map.find({})))> result;
  map.for_each([&](const auto&, const auto& value) { result.push_back(value.get()); });
  return result;
}

/// Oids of the tables that the foreign keys of `relation` reference, ascending.
std::set<Oid> references(const Relation* relation) {
  std::set<Oid> result;
  if (relation == nullptr) return result;
  for (const CatalogConstraint& constraint : relation->constraints) {
    if (constraint.kind == model::ConstraintKind::kForeignKey && constraint.referenced_table != 0) {
      result.insert(constraint.referenced_table);
    }
  }
  return result;
}

/// Whether `before` and `after` have the same constraints as far as the catalog's indexes of names
/// and references go, which is so after most changes.
bool same_constraint_keys(const Relation* before, const Relation& after) {
  if (before == nullptr) return after.constraints.empty();
  return before->schema == after.schema &&
         std::ranges::equal(before->constraints, after.constraints,
                            [](const CatalogConstraint& a, const CatalogConstraint& b) {
                              return a.referenced_table == b.referenced_table && a.name == b.name;
                            });
}

bool is_table(RelationKind kind) {
  return kind == RelationKind::kTable || kind == RelationKind::kPartitionedTable ||
         kind == RelationKind::kForeignTable;
}

}  // namespace

const Column* Relation::column(std::string_view wanted) const {
  const auto found = std::ranges::find(columns, wanted, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

const Column* Relation::column(AttributeNumber number) const {
  const auto found = std::ranges::find(columns, number, &Column::number);
  return found == columns.end() ? nullptr : &*found;
}

const CatalogConstraint* Relation::constraint_named(std::string_view wanted) const {
  const auto found = std::ranges::find(constraints, wanted, &CatalogConstraint::name);
  return found == constraints.end() ? nullptr : &*found;
}

const CatalogConstraint* Relation::primary_key() const {
  const auto found =
      std::ranges::find(constraints, model::ConstraintKind::kPrimaryKey, &CatalogConstraint::kind);
  return found == constraints.end() ? nullptr : &*found;
}

Catalog::Catalog() : search_path_{"public"} {
  for (const char* name : {"public", "pg_catalog", "information_schema"}) {
    put(Schema{.oid = new_oid(), .name = name, .owner = "postgres", .comment = std::nullopt});
  }
}

// ---- look-up ----------------------------------------------------------------------------------

const Relation* Catalog::relation(Oid oid) const { return get(relations_.find(oid)); }

std::shared_ptr<const Relation> Catalog::share_relation(Oid oid) const {
  const std::shared_ptr<const Relation>* found = relations_.find(oid);
  return found == nullptr ? nullptr : *found;
}

std::optional<model::QualifiedName> Catalog::resolve(const Name& name,
                                                     const PersistentMap<Name, Oid>& names) const {
  if (!name.schema.empty()) {
    if (names.find(name) == nullptr) return std::nullopt;
    return name;
  }
  // Temporary objects come first (manual, 5.9.3 and search_path).
  if (Name temporary{"pg_temp", name.name}; names.find(temporary) != nullptr) return temporary;
  for (const std::string& schema : search_path_) {
    if (Name candidate{schema, name.name}; names.find(candidate) != nullptr) return candidate;
  }
  return std::nullopt;
}

const Relation* Catalog::find_relation(const Name& name) const {
  const auto resolved = resolve(name, relation_names_);
  return resolved ? relation(*relation_names_.find(*resolved)) : nullptr;
}

const Relation* Catalog::find_table(const Name& name) const {
  const Relation* found = find_relation(name);
  return found != nullptr && is_table(found->kind) ? found : nullptr;
}

const Relation* Catalog::find_index(const Name& name) const {
  const Relation* found = find_relation(name);
  return found != nullptr && (found->kind == RelationKind::kIndex ||
                              found->kind == RelationKind::kPartitionedIndex)
             ? found
             : nullptr;
}

const Type* Catalog::type(Oid oid) const { return get(types_.find(oid)); }

const CatalogFunction* Catalog::function(Oid oid) const { return get(functions_.find(oid)); }
const Statistics* Catalog::statistics(Oid oid) const { return get(statistics_.find(oid)); }

const Type* Catalog::find_type(const Name& name) const {
  const auto resolved = resolve(name, type_names_);
  return resolved ? type(*type_names_.find(*resolved)) : nullptr;
}

std::vector<const CatalogFunction*> Catalog::find_functions(const Name& name) const {
  std::vector<const CatalogFunction*> result;
  const auto add = [&](const Name& full) {
    if (const std::vector<Oid>* oids = function_names_.find(full)) {
      for (const Oid oid : *oids) {
        if (const CatalogFunction* function = get(functions_.find(oid))) result.push_back(function);
      }
    }
  };
  if (!name.schema.empty()) {
    add(name);
  } else {
    for (const std::string& schema : search_path_) add({schema, name.name});
  }
  return result;
}

const Schema* Catalog::find_schema(std::string_view name) const {
  return get(schemas_.find(std::string(name)));
}
const Extension* Catalog::find_extension(std::string_view name) const {
  return get(extensions_.find(std::string(name)));
}
const Statistics* Catalog::find_statistics(const Name& name) const {
  const auto resolved = resolve(name, statistics_names_);
  return resolved ? get(statistics_.find(*statistics_names_.find(*resolved))) : nullptr;
}
const NamedObject* Catalog::find_object(model::ObjectKind kind, const Name& name) const {
  if (const NamedObject* found = get(objects_.find({kind, name}))) return found;
  if (!name.schema.empty()) return nullptr;
  for (const std::string& schema : search_path_) {
    if (const NamedObject* found = get(objects_.find({kind, Name{schema, name.name}})))
      return found;
  }
  return nullptr;
}
bool Catalog::relation_name_taken(const Name& name) const {
  return relation_names_.find(name) != nullptr;
}

bool Catalog::constraint_name_taken(const Name& name) const {
  return constraint_names_.find(name) != nullptr;
}

// ---- enumeration ------------------------------------------------------------------------------

std::vector<const Relation*> Catalog::relations() const {
  std::vector<const Relation*> result;
  relation_names_.for_each([&](const Name&, Oid oid) { result.push_back(relation(oid)); });
  return result;
}
std::vector<const Type*> Catalog::types() const {
  std::vector<const Type*> result;
  type_names_.for_each([&](const Name&, Oid oid) { result.push_back(type(oid)); });
  return result;
}
std::vector<const CatalogFunction*> Catalog::functions() const {
  std::vector<const CatalogFunction*> result;
  function_names_.for_each([&](const Name&, const std::vector<Oid>& oids) {
    for (const Oid oid : oids) result.push_back(get(functions_.find(oid)));
  });
  return result;
}
std::vector<const Schema*> Catalog::schemas() const { return values(schemas_); }
std::vector<const Extension*> Catalog::extensions() const { return values(extensions_); }
std::vector<const Statistics*> Catalog::statistics() const {
  std::vector<const Statistics*> result;
  statistics_names_.for_each(
      [&](const Name&, Oid oid) { result.push_back(get(statistics_.find(oid))); });
  return result;
}
std::vector<const NamedObject*> Catalog::objects() const {
  std::vector<const NamedObject*> result;
  objects_.for_each([&](const auto&, const auto& object) { result.push_back(object.get()); });
  return result;
}
std::vector<const Relation*> Catalog::indexes_of(const Relation& table) const {
  std::vector<const Relation*> result;
  for (const Oid oid : table.indexes) {
    if (const Relation* index = relation(oid)) result.push_back(index);
  }
  return result;
}

std::vector<Catalog::ForeignKeyUse> Catalog::foreign_keys_to(Oid table) const {
  std::vector<ForeignKeyUse> result;
  const std::vector<Oid>* users = get(referenced_by_.find(table));
  if (users == nullptr) return result;
  for (const Oid oid : *users) {
    const Relation* user = relation(oid);
    if (user == nullptr) continue;
    for (const CatalogConstraint& constraint : user->constraints) {
      if (constraint.kind == model::ConstraintKind::kForeignKey &&
          constraint.referenced_table == table) {
        result.push_back({user, &constraint});
      }
    }
  }
  return result;
}

std::vector<Dependency> Catalog::dependents(Oid oid, AttributeNumber column) const {
  std::vector<Dependency> result;
  const std::vector<Dependency>* all = get(needed_by_.find(oid));
  if (all == nullptr) return result;
  for (const Dependency& dependency : *all) {
    if (column == 0 || dependency.needs_column == column) result.push_back(dependency);
  }
  return result;
}

std::vector<Oid> owned_sequences(const Column& column) {
  std::vector<Oid> result = column.more_sequences;
  if (column.owned_sequence != 0) result.push_back(column.owned_sequence);
  return result;
}

void own_sequence(Column& column, Oid sequence) {
  if (column.owned_sequence == sequence) return;
  if (column.owned_sequence != 0) column.more_sequences.push_back(column.owned_sequence);
  column.owned_sequence = sequence;
}

void disown_sequence(Column& column, Oid sequence) {
  std::erase(column.more_sequences, sequence);
  if (column.owned_sequence != sequence) return;
  column.owned_sequence = 0;
  if (column.more_sequences.empty()) return;
  column.owned_sequence = column.more_sequences.back();
  column.more_sequences.pop_back();
}

std::string shown(std::string_view schema, std::string_view name) {
  if (schema.empty() || schema == "public") return std::string(name);
  std::string result(schema);
  result += '.';
  result += name;
  return result;
}
std::string shown(const Relation& relation) { return shown(relation.schema, relation.name); }

// ---- change -----------------------------------------------------------------------------------

void Catalog::exchange_needs(const std::vector<Dependency>& before,
                             const std::vector<Dependency>& after) {
  if (before == after) return;
  const auto replace = [&](Oid needs, const auto& change) {
    const std::vector<Dependency>* old = get(needed_by_.find(needs));
    std::vector<Dependency> list = old == nullptr ? std::vector<Dependency>{} : *old;
    change(list);
    if (list.empty()) {
      needed_by_.erase(needs);
    } else {
      needed_by_.set(needs, std::make_shared<const std::vector<Dependency>>(std::move(list)));
    }
  };
  for (const Dependency& dependency : before) {
    if (std::ranges::find(after, dependency) != after.end()) continue;
    replace(dependency.needs, [&](std::vector<Dependency>& list) {
      if (const auto found = std::ranges::find(list, dependency); found != list.end()) {
        list.erase(found);
      }
    });
  }
  for (const Dependency& dependency : after) {
    if (std::ranges::find(before, dependency) != before.end()) continue;
    replace(dependency.needs, [&](std::vector<Dependency>& list) { list.push_back(dependency); });
  }
}

void Catalog::exchange_references(const Relation* before, const Relation* after) {
  const std::set<Oid> old_targets = references(before);
  const std::set<Oid> new_targets = references(after);
  if (old_targets == new_targets) return;
  const Oid self = before != nullptr ? before->oid : after->oid;
  const auto replace = [&](Oid target, bool add) {
    const std::vector<Oid>* old = get(referenced_by_.find(target));
    std::vector<Oid> list = old == nullptr ? std::vector<Oid>{} : *old;
    std::erase(list, self);
    if (add) list.push_back(self);
    if (list.empty()) {
      referenced_by_.erase(target);
    } else {
      referenced_by_.set(target, std::make_shared<const std::vector<Oid>>(std::move(list)));
    }
  };
  for (const Oid target : old_targets) {
    if (!new_targets.contains(target)) replace(target, false);
  }
  for (const Oid target : new_targets) {
    if (!old_targets.contains(target)) replace(target, true);
  }
}

void Catalog::exchange_constraint_names(const Relation* before, const Relation* after) {
  const auto names = [](const Relation* relation) {
    std::vector<Name> result;
    if (relation == nullptr) return result;
    for (const CatalogConstraint& constraint : relation->constraints) {
      result.push_back({relation->schema, constraint.name});
    }
    std::ranges::sort(result);
    return result;
  };
  const std::vector<Name> old_names = names(before);
  const std::vector<Name> new_names = names(after);
  // Names are unique within a table.
  const auto only_in = [](const std::vector<Name>& list, const std::vector<Name>& other) {
    std::vector<Name> result;
    std::ranges::set_difference(list, other, std::back_inserter(result));
    return result;
  };
  for (const Name& name : only_in(old_names, new_names)) {
    const unsigned* count = constraint_names_.find(name);
    if (count != nullptr && *count > 1) {
      constraint_names_.set(name, *count - 1);
    } else {
      constraint_names_.erase(name);
    }
  }
  for (const Name& name : only_in(new_names, old_names)) {
    const unsigned* count = constraint_names_.find(name);
    constraint_names_.set(name, count == nullptr ? 1 : *count + 1);
  }
}

void Catalog::put(Relation relation) {
  const std::shared_ptr<const Relation>* slot = relations_.find(relation.oid);
  const std::shared_ptr<const Relation> before = slot == nullptr ? nullptr : *slot;
  auto after = std::make_shared<const Relation>(std::move(relation));
  const Name name{after->schema, after->name};
  if (before == nullptr || before->name != after->name || before->schema != after->schema) {
    if (before != nullptr) relation_names_.erase({before->schema, before->name});
    relation_names_.set(name, after->oid);
  }
  exchange_needs(before == nullptr ? std::vector<Dependency>{} : before->needs, after->needs);
  if (!same_constraint_keys(before.get(), *after)) {
    exchange_references(before.get(), after.get());
    exchange_constraint_names(before.get(), after.get());
  }
  relations_.set(after->oid, after);
}

void Catalog::erase_relation(Oid oid) {
  const std::shared_ptr<const Relation>* slot = relations_.find(oid);
  if (slot == nullptr) return;
  const std::shared_ptr<const Relation> before = *slot;
  exchange_needs(before->needs, {});
  exchange_references(before.get(), nullptr);
  exchange_constraint_names(before.get(), nullptr);
  const Name name{before->schema, before->name};
  if (const Oid* named = relation_names_.find(name); named != nullptr && *named == oid) {
    relation_names_.erase(name);
  }
  relations_.erase(oid);
}

void Catalog::put(Type type) {
  const std::shared_ptr<const Type>* slot = types_.find(type.oid);
  const std::shared_ptr<const Type> before = slot == nullptr ? nullptr : *slot;
  auto after = std::make_shared<const Type>(std::move(type));
  if (before != nullptr) type_names_.erase({before->schema, before->name});
  type_names_.set({after->schema, after->name}, after->oid);
  exchange_needs(before == nullptr ? std::vector<Dependency>{} : before->needs, after->needs);
  types_.set(after->oid, after);
}

void Catalog::erase_type(Oid oid) {
  const std::shared_ptr<const Type>* slot = types_.find(oid);
  if (slot == nullptr) return;
  const std::shared_ptr<const Type> before = *slot;
  exchange_needs(before->needs, {});
  type_names_.erase({before->schema, before->name});
  types_.erase(oid);
}

void Catalog::put(CatalogFunction function) {
  erase_function(function.oid);
  auto after = std::make_shared<const CatalogFunction>(std::move(function));
  const Name name{after->schema, after->name};
  const std::vector<Oid>* old = function_names_.find(name);
  std::vector<Oid> oids = old == nullptr ? std::vector<Oid>{} : *old;
  oids.push_back(after->oid);
  function_names_.set(name, std::move(oids));
  exchange_needs({}, after->needs);
  functions_.set(after->oid, after);
}

void Catalog::erase_function(Oid oid) {
  const std::shared_ptr<const CatalogFunction>* slot = functions_.find(oid);
  if (slot == nullptr) return;
  const std::shared_ptr<const CatalogFunction> before = *slot;
  const Name name{before->schema, before->name};
  if (const std::vector<Oid>* old = function_names_.find(name)) {
    std::vector<Oid> oids = *old;
    std::erase(oids, oid);
    if (oids.empty()) {
      function_names_.erase(name);
    } else {
      function_names_.set(name, std::move(oids));
    }
  }
  exchange_needs(before->needs, {});
  functions_.erase(oid);
}

void Catalog::put(Schema schema) {
  const std::string name = schema.name;
  schemas_.set(name, std::make_shared<const Schema>(std::move(schema)));
}
void Catalog::erase_schema(std::string_view name) { schemas_.erase(std::string(name)); }

void Catalog::put(Extension extension) {
  const std::string name = extension.name;
  extensions_.set(name, std::make_shared<const Extension>(std::move(extension)));
}
void Catalog::erase_extension(std::string_view name) { extensions_.erase(std::string(name)); }

void Catalog::put(Statistics statistics) {
  erase_statistics(statistics.oid);
  auto after = std::make_shared<const Statistics>(std::move(statistics));
  statistics_names_.set({after->schema, after->name}, after->oid);
  exchange_needs({}, after->needs);
  statistics_.set(after->oid, after);
}
void Catalog::erase_statistics(Oid oid) {
  const std::shared_ptr<const Statistics>* slot = statistics_.find(oid);
  if (slot == nullptr) return;
  const std::shared_ptr<const Statistics> before = *slot;
  exchange_needs(before->needs, {});
  statistics_names_.erase({before->schema, before->name});
  statistics_.erase(oid);
}

void Catalog::put(NamedObject object) {
  erase_object(object.kind, {object.schema, object.name});
  auto after = std::make_shared<const NamedObject>(std::move(object));
  exchange_needs({}, after->needs);
  objects_.set({after->kind, Name{after->schema, after->name}}, after);
}
void Catalog::erase_object(model::ObjectKind kind, const Name& name) {
  const std::shared_ptr<const NamedObject>* slot = objects_.find({kind, name});
  if (slot == nullptr) return;
  const std::shared_ptr<const NamedObject> before = *slot;
  exchange_needs(before->needs, {});
  objects_.erase({kind, name});
}

void Catalog::add_dependency(Dependency dependency) {
  const std::vector<Dependency>* old = get(needs_of_.find(dependency.object));
  std::vector<Dependency> list = old == nullptr ? std::vector<Dependency>{} : *old;
  list.push_back(dependency);
  exchange_needs({}, {dependency});
  needs_of_.set(dependency.object,
                std::make_shared<const std::vector<Dependency>>(std::move(list)));
}

void Catalog::erase_dependencies_of(Oid object) {
  const std::shared_ptr<const std::vector<Dependency>>* slot = needs_of_.find(object);
  if (slot == nullptr) return;
  const std::shared_ptr<const std::vector<Dependency>> before = *slot;
  exchange_needs(*before, {});
  needs_of_.erase(object);
}

}  // namespace forelock::postgres
