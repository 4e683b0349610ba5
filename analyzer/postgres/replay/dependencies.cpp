// What goes with what: the work behind DROP, RESTRICT and CASCADE.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analyzer/postgres/replay/firing.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

using Kind = DropTarget::Kind;
using model::ConstraintKind;

struct Reached {
  DropTarget target;
  bool automatic = false;
};

bool mentions(const std::optional<model::Expression>& expression, std::string_view column) {
  if (!expression) return false;
  const std::vector<std::string> names = column_names(*expression);
  return std::ranges::find(names, column) != names.end();
}

bool index_uses(const Relation& index, const Column& column) {
  return std::ranges::any_of(index.keys,
                             [&](const IndexColumn& key) {
                               return key.column == column.number ||
                                      mentions(key.expression, column.name);
                             }) ||
         std::ranges::find(index.include, column.number) != index.include.end() ||
         mentions(index.predicate, column.name);
}

std::vector<Reached> from_dependency(const Run& run, const Dependency& dependency) {
  using Part = Dependency::Part;
  const bool automatic = dependency.automatic;
  const Oid oid = dependency.object;
  switch (dependency.kind) {
    case Part::kColumn:
    case Part::kGenerated:
      return {{{.kind = Kind::kColumn, .oid = oid, .column = dependency.object_column, .name = {}},
               automatic}};
    case Part::kDefault:
      return {{{.kind = Kind::kDefault, .oid = oid, .column = dependency.object_column, .name = {}},
               automatic}};
    case Part::kConstraint:
      return {{{.kind = Kind::kConstraint, .oid = oid, .part = dependency.part, .name = {}},
               automatic}};
    case Part::kTrigger:
      return {
          {{.kind = Kind::kTrigger, .oid = oid, .part = dependency.part, .name = {}}, automatic}};
    case Part::kPolicy:
      return {
          {{.kind = Kind::kPolicy, .oid = oid, .part = dependency.part, .name = {}}, automatic}};
    case Part::kRule:
      return {{{.kind = Kind::kRule, .oid = oid, .part = dependency.part, .name = {}}, automatic}};
    case Part::kPartitionKey:
    case Part::kWhole:
      break;
  }
  if (run.catalog.relation(oid) != nullptr) {
    return {{{.kind = Kind::kRelation, .oid = oid, .name = {}}, automatic}};
  }
  if (run.catalog.type(oid) != nullptr) {
    return {{{.kind = Kind::kType, .oid = oid, .name = {}}, automatic}};
  }
  if (run.catalog.function(oid) != nullptr) {
    return {{{.kind = Kind::kFunction, .oid = oid, .name = {}}, automatic}};
  }
  if (run.catalog.statistics(oid) != nullptr) {
    return {{{.kind = Kind::kStatistics, .oid = oid, .name = {}}, automatic}};
  }
  for (const NamedObject* object : run.catalog.objects()) {
    if (object->oid != oid) continue;
    // A publication only loses the relation.
    const bool stays = object->kind == model::ObjectKind::kPublication;
    return {{{.kind = Kind::kObject, .oid = oid, .name = {}}, automatic || stays}};
  }
  return {};
}

void add_dependents(const Run& run, Oid oid, AttributeNumber column, std::vector<Reached>& result) {
  for (const Dependency& dependency : run.catalog.dependents(oid, column)) {
    for (Reached& reached : from_dependency(run, dependency)) result.push_back(std::move(reached));
  }
}

void add_constraint_users(const Run& run, const Relation& table, Oid index,
                          std::vector<Reached>& result) {
  for (const Catalog::ForeignKeyUse& use : run.foreign_keys_to(table)) {
    if (index != 0 && use.constraint->referenced_index != index) continue;
    result.push_back({{.kind = Kind::kConstraint,
                       .oid = use.table->oid,
                       .part = use.constraint->oid,
                       .name = {}},
                      !use.constraint->local && use.constraint->inherited_from > 0});
  }
}

std::vector<Reached> expand_relation(const Run& run, const Relation& relation) {
  std::vector<Reached> result;
  for (const Oid index : relation.indexes) {
    result.push_back({{.kind = Kind::kRelation, .oid = index, .name = {}}, true});
  }
  for (const Oid child : relation.children) {
    const Relation* found = run.catalog.relation(child);
    if (found == nullptr) continue;
    const bool automatic = found->is_partition || is_index(found->kind);
    result.push_back({{.kind = Kind::kRelation, .oid = child, .name = {}}, automatic});
  }
  for (const Column& column : relation.columns) {
    for (const Oid sequence : owned_sequences(column)) {
      result.push_back({{.kind = Kind::kRelation, .oid = sequence, .name = {}}, true});
    }
  }
  if (is_index(relation.kind)) {
    if (const Relation* table = run.catalog.relation(relation.table)) {
      add_constraint_users(run, *table, relation.oid, result);
    }
  } else {
    add_constraint_users(run, relation, 0, result);
  }
  add_dependents(run, relation.oid, 0, result);
  return result;
}

std::vector<Reached> expand_column(const Run& run, const Relation& table, const Column& column) {
  std::vector<Reached> result;
  for (const Oid sequence : owned_sequences(column)) {
    result.push_back({{.kind = Kind::kRelation, .oid = sequence, .name = {}}, true});
  }
  for (const CatalogConstraint& constraint : table.constraints) {
    if (std::ranges::find(constraint.columns, column.number) == constraint.columns.end()) continue;
    result.push_back(
        {{.kind = Kind::kConstraint, .oid = table.oid, .part = constraint.oid, .name = {}}, true});
  }
  for (const Relation* index : run.catalog.indexes_of(table)) {
    if (index_uses(*index, column)) {
      result.push_back({{.kind = Kind::kRelation, .oid = index->oid, .name = {}}, true});
    }
  }
  for (const Column& other : table.columns) {
    if (other.number != column.number && mentions(other.generation_expression, column.name)) {
      result.push_back(
          {{.kind = Kind::kColumn, .oid = table.oid, .column = other.number, .name = {}},
           !run.since(15)});
    }
  }
  for (const Trigger& trigger : table.triggers) {
    const auto& columns = trigger.definition.columns;
    if (std::ranges::find(columns, column.name) != columns.end() ||
        mentions(trigger.definition.when, column.name)) {
      result.push_back(
          {{.kind = Kind::kTrigger, .oid = table.oid, .part = trigger.oid, .name = {}}, false});
    }
  }
  for (const RewriteRule& rule : table.rule_objects) {
    if (mentions(rule_condition(rule.definition), column.name)) {
      result.push_back(
          {{.kind = Kind::kRule, .oid = table.oid, .part = rule.oid, .name = {}}, false});
    }
  }
  for (const Policy& policy : table.policies) {
    if (mentions(policy.definition.using_expression, column.name) ||
        mentions(policy.definition.check_expression, column.name)) {
      result.push_back(
          {{.kind = Kind::kPolicy, .oid = table.oid, .part = policy.oid, .name = {}}, false});
    }
  }
  add_dependents(run, table.oid, column.number, result);
  return result;
}

std::vector<Reached> expand_constraint(const Run& run, const Relation& table,
                                       const CatalogConstraint& constraint) {
  std::vector<Reached> result;
  if (constraint.index != 0) {
    result.push_back({{.kind = Kind::kRelation, .oid = constraint.index, .name = {}}, true});
  }
  // Clones of a foreign key or key on the partitions.
  for (const Oid child : table.children) {
    const Relation* partition = run.catalog.relation(child);
    if (partition == nullptr || constraint.kind != ConstraintKind::kForeignKey) continue;
    for (const CatalogConstraint& own : partition->constraints) {
      if (own.kind == constraint.kind && own.inherited_from > 0 &&
          own.referenced_table == constraint.referenced_table &&
          own.definition.columns == constraint.definition.columns) {
        result.push_back(
            {{.kind = Kind::kConstraint, .oid = child, .part = own.oid, .name = {}}, true});
      }
    }
  }
  return result;
}

std::vector<Reached> expand_schema(const Run& run, const std::string& schema) {
  std::vector<Reached> result;
  for (const Relation* relation : run.catalog.relations()) {
    if (relation->schema == schema && !is_index(relation->kind)) {
      result.push_back({{.kind = Kind::kRelation, .oid = relation->oid, .name = {}}, false});
    }
  }
  for (const Type* type : run.catalog.types()) {
    if (type->schema == schema) {
      result.push_back({{.kind = Kind::kType, .oid = type->oid, .name = {}}, false});
    }
  }
  for (const CatalogFunction* function : run.catalog.functions()) {
    if (function->schema == schema) {
      result.push_back({{.kind = Kind::kFunction, .oid = function->oid, .name = {}}, false});
    }
  }
  for (const Extension* extension : run.catalog.extensions()) {
    if (extension->schema == schema) {
      result.push_back(
          {{.kind = Kind::kExtension, .oid = extension->oid, .name = extension->name}, false});
    }
  }
  return result;
}

std::vector<Reached> expand(const Run& run, const DropTarget& target) {
  std::vector<Reached> result;
  switch (target.kind) {
    case Kind::kRelation:
      if (const Relation* relation = run.catalog.relation(target.oid)) {
        return expand_relation(run, *relation);
      }
      return result;
    case Kind::kColumn:
      if (const Relation* table = run.catalog.relation(target.oid)) {
        if (const Column* column = table->column(target.column)) {
          return expand_column(run, *table, *column);
        }
      }
      return result;
    case Kind::kConstraint:
      if (const Relation* table = run.catalog.relation(target.oid)) {
        const auto found =
            std::ranges::find(table->constraints, target.part, &CatalogConstraint::oid);
        if (found != table->constraints.end()) return expand_constraint(run, *table, *found);
      }
      return result;
    case Kind::kType: {
      add_dependents(run, target.oid, 0, result);
      const Type* type = run.catalog.type(target.oid);
      if (type != nullptr && type->relation != 0) add_dependents(run, type->relation, 0, result);
      return result;
    }
    case Kind::kFunction:
    case Kind::kExtension:
    case Kind::kObject:
      add_dependents(run, target.oid, 0, result);
      return result;
    case Kind::kSchema:
      return expand_schema(run, target.name);
    case Kind::kDefault:
    case Kind::kTrigger:
    case Kind::kPolicy:
    case Kind::kRule:
    case Kind::kStatistics:
      return result;
  }
  return result;
}

std::string describe(const Run& run, const DropTarget& target) {
  const Relation* relation = run.catalog.relation(target.oid);
  const std::string name = relation == nullptr ? std::string() : shown(*relation);
  switch (target.kind) {
    case Kind::kRelation:
      return relation == nullptr ? "relation"
                                 : fmt::format("{} {}", postgres::name(relation->kind), name);
    case Kind::kColumn: {
      const Column* column = relation == nullptr ? nullptr : relation->column(target.column);
      return fmt::format("column {} of table {}", column == nullptr ? "?" : column->name, name);
    }
    case Kind::kDefault: {
      const Column* column = relation == nullptr ? nullptr : relation->column(target.column);
      return fmt::format("default value for column {} of table {}",
                         column == nullptr ? "?" : column->name, name);
    }
    case Kind::kConstraint: {
      if (relation == nullptr) return "constraint";
      const auto found =
          std::ranges::find(relation->constraints, target.part, &CatalogConstraint::oid);
      return fmt::format("constraint {} on table {}",
                         found == relation->constraints.end() ? "?" : found->name, name);
    }
    case Kind::kTrigger:
      return fmt::format("trigger on table {}", name);
    case Kind::kPolicy:
      return fmt::format("policy on table {}", name);
    case Kind::kRule:
      return fmt::format("rule on table {}", name);
    case Kind::kType: {
      const Type* type = run.catalog.type(target.oid);
      return type == nullptr ? "type" : fmt::format("type {}", shown(type->schema, type->name));
    }
    case Kind::kFunction: {
      const CatalogFunction* function = run.catalog.function(target.oid);
      return function == nullptr
                 ? "function"
                 : fmt::format("function {}", shown(function->schema, function->name));
    }
    case Kind::kSchema:
      return fmt::format("schema {}", target.name);
    case Kind::kExtension:
      return fmt::format("extension {}", target.name);
    case Kind::kStatistics:
      return "statistics object";
    case Kind::kObject:
      return "object";
  }
  return "object";
}

void unlink_from_parents(Run& run, const Relation& relation) {
  for (const Oid parent : relation.parents) {
    if (run.catalog.relation(parent) == nullptr) continue;
    run.change(parent, [&](Relation& copy) { std::erase(copy.children, relation.oid); });
  }
}

void remove_constraint(Run& run, Oid table, Oid part) {
  const Relation* owner = run.catalog.relation(table);
  if (owner == nullptr) return;
  const auto found = std::ranges::find(owner->constraints, part, &CatalogConstraint::oid);
  if (found == owner->constraints.end()) return;
  run.lock(*owner, LockMode::kAccessExclusive);
  if (found->kind == ConstraintKind::kForeignKey) {
    if (const Relation* referenced = run.catalog.relation(found->referenced_table)) {
      run.lock(*referenced, LockMode::kAccessExclusive);
      run.lock_triggers_of(*referenced);
    }
  }
  run.change(table, [&](Relation& copy) {
    std::erase_if(copy.constraints, [&](const CatalogConstraint& c) { return c.oid == part; });
    std::erase_if(copy.needs, [&](const Dependency& d) {
      return d.kind == Dependency::Part::kConstraint && d.part == part;
    });
  });
}

void remove_relation(Run& run, const Relation& relation, bool implied) {
  run.lock(relation, LockMode::kAccessExclusive);
  if (is_index(relation.kind)) {
    if (const Relation* table = run.catalog.relation(relation.table)) {
      run.lock(*table, LockMode::kAccessExclusive);
      run.change(table->oid, [&](Relation& copy) {
        std::erase(copy.indexes, relation.oid);
        std::erase_if(copy.constraints,
                      [&](const CatalogConstraint& c) { return c.index == relation.oid; });
      });
    }
  }
  if (relation.is_partition) {
    for (const Oid parent : relation.parents) {
      run.lock(parent, LockMode::kAccessExclusive);
      const Relation* owner = run.catalog.relation(parent);
      if (owner == nullptr) continue;
      if (const Oid other = default_partition(run, *owner); other != 0 && other != relation.oid) {
        run.lock(other, LockMode::kAccessExclusive);
      }
    }
  }
  // A partition's copy of a foreign key has no triggers on the referenced table.
  for (const CatalogConstraint& constraint : relation.constraints) {
    if (constraint.kind == ConstraintKind::kForeignKey && constraint.inherited_from == 0) {
      if (const Relation* referenced = run.catalog.relation(constraint.referenced_table)) {
        run.lock_triggers_of(*referenced);
      }
    }
  }
  unlink_from_parents(run, relation);
  if (relation.kind == RelationKind::kSequence && relation.table != 0) {
    if (run.catalog.relation(relation.table) != nullptr) {
      run.change(relation.table, [&](Relation& copy) {
        for (Column& column : copy.columns) disown_sequence(column, relation.oid);
      });
    }
  }
  model::ObjectKind kind = model::ObjectKind::kTable;
  switch (relation.kind) {
    case RelationKind::kTable:
    case RelationKind::kPartitionedTable:
      kind = model::ObjectKind::kTable;
      break;
    case RelationKind::kForeignTable:
      kind = model::ObjectKind::kForeignTable;
      break;
    case RelationKind::kView:
      kind = model::ObjectKind::kView;
      break;
    case RelationKind::kMaterializedView:
      kind = model::ObjectKind::kMaterializedView;
      break;
    case RelationKind::kIndex:
    case RelationKind::kPartitionedIndex:
      kind = model::ObjectKind::kIndex;
      break;
    case RelationKind::kSequence:
      kind = model::ObjectKind::kSequence;
      break;
    case RelationKind::kCompositeType:
      kind = model::ObjectKind::kType;
      break;
  }
  const bool rows =
      (relation.kind == RelationKind::kTable || relation.kind == RelationKind::kPartitionedTable) &&
      (relation.assumed || relation.created_in_migration != run.session.migration ||
       relation.rows_loaded) &&
      !run.is_new(relation);
  run.lose(kind, shown(relation), implied, rows);
  run.effects.dropped.push_back(relation.oid);
  run.erase(relation.oid);
}

void remove_column(Run& run, Oid table, AttributeNumber number, bool implied) {
  const Relation* owner = run.catalog.relation(table);
  const Column* column = owner == nullptr ? nullptr : owner->column(number);
  if (column == nullptr) return;
  run.lock(*owner, LockMode::kAccessExclusive);
  const bool rows =
      !run.is_new(*owner) && !column->added_by_this_migration && owner->kind != RelationKind::kView;
  run.lose(model::ObjectKind::kColumn, fmt::format("{}.{}", shown(*owner), column->name), implied,
           rows);
  run.change(table, [&](Relation& copy) {
    std::erase_if(copy.columns, [&](const Column& c) { return c.number == number; });
    std::erase_if(copy.needs, [&](const Dependency& d) {
      return d.object_column == number &&
             (d.kind == Dependency::Part::kColumn || d.kind == Dependency::Part::kDefault ||
              d.kind == Dependency::Part::kGenerated);
    });
  });
}

void remove_default(Run& run, Oid table, AttributeNumber number) {
  const Relation* owner = run.catalog.relation(table);
  if (owner == nullptr) return;
  run.lock(*owner, LockMode::kAccessExclusive);
  run.change(table, [&](Relation& copy) {
    for (Column& column : copy.columns) {
      if (column.number == number) column.default_value.reset();
    }
    std::erase_if(copy.needs, [&](const Dependency& d) {
      return d.object_column == number && d.kind == Dependency::Part::kDefault;
    });
  });
}

void remove_part(Run& run, const DropTarget& target) {
  const Relation* owner = run.catalog.relation(target.oid);
  if (owner == nullptr) return;
  run.lock(*owner, LockMode::kAccessExclusive);
  if (target.kind == Kind::kTrigger) {
    for (const Oid child : run.descendants(*owner)) run.lock(child, LockMode::kAccessExclusive);
  }
  run.change(target.oid, [&](Relation& copy) {
    std::erase_if(copy.triggers, [&](const Trigger& t) {
      return target.kind == Kind::kTrigger && t.oid == target.part;
    });
    std::erase_if(copy.policies, [&](const Policy& p) {
      return target.kind == Kind::kPolicy && p.oid == target.part;
    });
    if (target.kind == Kind::kRule) {
      for (const RewriteRule& rule : copy.rule_objects) {
        if (rule.oid == target.part) std::erase(copy.rules, rule.name);
      }
      std::erase_if(copy.rule_objects,
                    [&](const RewriteRule& rule) { return rule.oid == target.part; });
    }
    std::erase_if(copy.needs, [&](const Dependency& d) { return d.part == target.part; });
  });
}

void remove(Run& run, const DropTarget& target, bool implied) {
  switch (target.kind) {
    case Kind::kRelation:
      if (const Relation* relation = run.catalog.relation(target.oid)) {
        remove_relation(run, *relation, implied);
      }
      return;
    case Kind::kColumn:
      remove_column(run, target.oid, target.column, implied);
      return;
    case Kind::kDefault:
      remove_default(run, target.oid, target.column);
      return;
    case Kind::kConstraint:
      remove_constraint(run, target.oid, target.part);
      return;
    case Kind::kTrigger:
    case Kind::kPolicy:
    case Kind::kRule:
      remove_part(run, target);
      return;
    case Kind::kType: {
      const Type* type = run.catalog.type(target.oid);
      if (type == nullptr) return;
      run.lose(
          type->kind == TypeKind::kDomain ? model::ObjectKind::kDomain : model::ObjectKind::kType,
          shown(type->schema, type->name), implied, false);
      if (type->relation != 0) run.erase(type->relation);
      run.catalog.erase_type(target.oid);
      return;
    }
    case Kind::kFunction: {
      const CatalogFunction* function = run.catalog.function(target.oid);
      if (function == nullptr) return;
      run.lose(model::ObjectKind::kFunction, shown(function->schema, function->name), implied,
               false);
      run.catalog.erase_function(target.oid);
      return;
    }
    case Kind::kSchema:
      run.catalog.erase_schema(target.name);
      return;
    case Kind::kExtension:
      run.catalog.erase_extension(target.name);
      return;
    case Kind::kStatistics:
      if (const Statistics* object = run.catalog.statistics(target.oid)) {
        if (!implied) run.lock(object->table, LockMode::kShareUpdateExclusive);
        run.catalog.erase_statistics(target.oid);
      }
      return;
    case Kind::kObject:
      for (const NamedObject* object : run.catalog.objects()) {
        if (object->oid != target.oid || object->kind == model::ObjectKind::kPublication) continue;
        run.catalog.erase_object(object->kind, {object->schema, object->name});
        return;
      }
      return;
  }
}

}  // namespace

bool drop(Run& run, std::vector<DropTarget> targets, bool cascade) {
  std::map<DropTarget, bool> automatic;  // Whether the target may go without CASCADE.
  std::vector<DropTarget> order;
  for (const DropTarget& target : targets) {
    if (automatic.emplace(target, true).second) order.push_back(target);
  }
  const std::size_t originals = order.size();
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (Reached& reached : expand(run, order[i])) {
      if (reached.target == order[i]) continue;
      const auto [slot, fresh] = automatic.emplace(reached.target, reached.automatic);
      if (fresh) {
        order.push_back(std::move(reached.target));
      } else {
        slot->second = slot->second || reached.automatic;
      }
    }
  }
  // A part of a relation, or of a type's column, that goes as a whole needs no CASCADE of its own.
  const auto goes_as_a_whole = [&](const DropTarget& target) {
    if (target.kind == Kind::kRelation) {
      const Relation* relation = run.catalog.relation(target.oid);
      return relation != nullptr && relation->table != 0 &&
             automatic.contains({.kind = Kind::kRelation, .oid = relation->table, .name = {}}) &&
             automatic.at({.kind = Kind::kRelation, .oid = relation->table, .name = {}});
    }
    if (target.kind == Kind::kDefault || target.kind == Kind::kConstraint) {
      // The default of a column that goes; a constraint of one goes by itself.
      const auto column = automatic.find(
          {.kind = Kind::kColumn, .oid = target.oid, .column = target.column, .name = {}});
      if (target.kind == Kind::kDefault && column != automatic.end() && column->second) return true;
    }
    const DropTarget whole{.kind = Kind::kRelation, .oid = target.oid, .name = {}};
    const auto found = automatic.find(whole);
    return target.kind != Kind::kType && target.kind != Kind::kFunction &&
           target.kind != Kind::kSchema && target.kind != Kind::kExtension &&
           found != automatic.end() && found->second;
  };
  if (!cascade) {
    for (std::size_t i = originals; i < order.size(); ++i) {
      if (automatic.at(order[i]) || goes_as_a_whole(order[i])) continue;
      for (const DropTarget& target : order) {
        if (target.kind == Kind::kRelation) run.lock(target.oid, LockMode::kAccessExclusive);
      }
      return run.fail("2BP01", fmt::format("cannot drop {} because other objects depend on it: {}",
                                           describe(run, order[0]), describe(run, order[i])));
    }
  }
  // Dependents first, so that what they need is still there when their locks are taken.
  for (std::size_t i = order.size(); i > 0; --i) remove(run, order[i - 1], i > originals);
  return true;
}

}  // namespace forelock::postgres
