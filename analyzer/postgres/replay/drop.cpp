// DROP of everything.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/named_objects.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {

bool has_arguments(const Run& run, const CatalogFunction& function,
                   const std::vector<model::TypeName>& arguments) {
  std::vector<model::TypeName> wanted;
  for (const model::TypeName& argument : arguments) {
    model::TypeName type = resolve_type(run.catalog, argument).name;
    type.modifiers.clear();
    wanted.push_back(std::move(type));
  }
  return std::ranges::equal(input_types(run, function.definition), wanted, same_type);
}

namespace {

using Kind = DropTarget::Kind;
using model::ObjectKind;

/// What cannot be dropped alone because something else owns it.
bool check_owned(Run& run, const Relation& relation) {
  if (is_index(relation.kind)) {
    if (relation.constraint != 0) {
      return run.fail("2BP01", fmt::format("cannot drop index {} because a constraint requires it",
                                           relation.name));
    }
    if (!relation.parents.empty()) {
      return run.fail("2BP01", fmt::format("cannot drop index {} because the index of the "
                                           "partitioned table requires it",
                                           relation.name));
    }
  }
  if (relation.kind == RelationKind::kSequence && relation.table != 0) {
    const Relation* owner = run.catalog.relation(relation.table);
    const Column* column = owner == nullptr ? nullptr : owner->column(relation.owner_column);
    if (column != nullptr && column->identity != model::IdentityKind::kNone &&
        column->owned_sequence == relation.oid) {
      return run.fail("2BP01", fmt::format("cannot drop sequence {} because column {} of table {} "
                                           "requires it",
                                           relation.name, column->name, owner->name));
    }
  }
  return true;
}

bool missing(Run& run, const model::Drop& statement, std::string_view sqlstate,
             std::string message) {
  if (statement.if_exists || run.options.assume_missing) return true;
  return run.fail(sqlstate, std::move(message));
}

bool relation_target(Run& run, const model::Drop& statement, const model::ObjectReference& object,
                     std::vector<DropTarget>& targets) {
  const Relation* found = run.relation_if_any(object.name);
  if (found == nullptr) {
    if (run.is_system(object.name)) return run.fail("42501", "permission denied");
    if (statement.if_exists) return true;
    const bool schema_missing = !object.name.schema.empty() && !run.options.assume_missing &&
                                run.catalog.find_schema(object.name.schema) == nullptr;
    if (schema_missing) {
      return run.fail("3F000", fmt::format("schema \"{}\" does not exist", object.name.schema));
    }
    if (statement.kind == ObjectKind::kIndex && !run.options.assume_missing) {
      return run.fail("42704",
                      fmt::format("index \"{}\" does not exist", model::display(object.name)));
    }
    found = run.relation(object.name, assumed_kind(statement.kind));
    if (found == nullptr) return false;
  }
  if (!kind_fits(found->kind, statement.kind)) {
    if (!found->assumed) {
      return run.fail("42809", fmt::format("\"{}\" is not {} {}", found->name,
                                           statement.kind == ObjectKind::kIndex ? "an" : "a",
                                           model::display(statement.kind)));
    }
  }
  targets.push_back({.kind = Kind::kRelation, .oid = found->oid, .name = {}});
  return true;
}

bool type_target(Run& run, const model::Drop& statement, const model::ObjectReference& object,
                 std::vector<DropTarget>& targets) {
  const Type* type = run.catalog.find_type(object.name);
  if (type == nullptr) {
    const Relation* relation = run.relation_if_any(object.name);
    if (relation != nullptr && !relation->assumed && !is_index(relation->kind) &&
        relation->kind != RelationKind::kSequence) {
      return statement.kind == ObjectKind::kDomain
                 ? run.fail("42809", fmt::format("\"{}\" is not a domain", relation->name))
                 : run.fail("2BP01", fmt::format("cannot drop type {0} because table {0} requires "
                                                 "it",
                                                 relation->name));
    }
    if (!statement.if_exists && !run.options.assume_missing &&
        !run.check_schema(object.name.schema)) {
      return false;
    }
    return missing(run, statement, "42704",
                   fmt::format("type \"{}\" does not exist", model::display(object.name)));
  }
  if (statement.kind == ObjectKind::kDomain && type->kind != TypeKind::kDomain && !type->assumed) {
    return run.fail("42809", fmt::format("\"{}\" is not a domain", type->name));
  }
  targets.push_back({.kind = Kind::kType, .oid = type->oid, .name = {}});
  return true;
}

bool function_target(Run& run, const model::Drop& statement, const model::ObjectReference& object,
                     std::vector<DropTarget>& targets) {
  const std::vector<const CatalogFunction*> found = matching_functions(run, object);
  if (found.empty()) {
    if (!statement.if_exists && !run.options.assume_missing &&
        !run.check_schema(object.name.schema)) {
      return false;
    }
    return missing(run, statement, "42883",
                   fmt::format("function {}({}) does not exist", model::display(object.name),
                               object.argument_list()));
  }
  if (found.size() > 1) {
    return run.fail("42725",
                    fmt::format("function name \"{}\" is not unique", model::display(object.name)));
  }
  const bool is_procedure = found[0]->definition.procedure;
  if ((statement.kind == ObjectKind::kFunction && is_procedure) ||
      (statement.kind == ObjectKind::kProcedure && !is_procedure)) {
    return run.fail("42809", fmt::format("{} is not a {}", model::display(object.name),
                                         model::display(statement.kind)));
  }
  targets.push_back({.kind = Kind::kFunction, .oid = found[0]->oid, .name = {}});
  return true;
}

template <typename Parts>
bool part_target(Run& run, const model::Drop& statement, const model::ObjectReference& object,
                 Parts Relation::* parts, Kind kind, std::vector<DropTarget>& targets) {
  const Relation* table = run.relation_if_any(object.table);
  if (table == nullptr) {
    if (statement.if_exists) return true;
    table = run.relation(object.table);
    if (table == nullptr) return false;
  }
  const auto& list = table->*parts;
  for (const auto& part : list) {
    if (part.name != object.name.name) continue;
    if constexpr (requires { part.inherited; }) {
      if (part.inherited) {
        return run.fail("2BP01",
                        fmt::format("cannot drop trigger {} on table {} because trigger on "
                                    "its parent requires it",
                                    part.name, table->name));
      }
    }
    targets.push_back({.kind = kind, .oid = table->oid, .part = part.oid, .name = {}});
    return true;
  }
  run.lock(*table, statement.if_exists ? LockMode::kAccessShare : LockMode::kAccessExclusive);
  if (table->assumed) return true;
  return missing(run, statement, "42704",
                 fmt::format("{} \"{}\" for table \"{}\" does not exist",
                             model::display(statement.kind), object.name.name, table->name));
}

bool add_target(Run& run, const model::Drop& statement, const model::ObjectReference& object,
                std::vector<DropTarget>& targets) {
  const std::string& name = object.name.name;
  if (is_relation_kind(statement.kind)) return relation_target(run, statement, object, targets);
  switch (statement.kind) {
    case ObjectKind::kType:
    case ObjectKind::kDomain:
      return type_target(run, statement, object, targets);
    case ObjectKind::kFunction:
    case ObjectKind::kProcedure:
    case ObjectKind::kRoutine:
      return function_target(run, statement, object, targets);
    case ObjectKind::kAggregate:
      return run.catalog.find_functions(object.name).empty() ||
             run.fail("42809",
                      fmt::format("function {} is not an aggregate", model::display(object.name)));
    case ObjectKind::kTrigger:
      return part_target(run, statement, object, &Relation::triggers, Kind::kTrigger, targets);
    case ObjectKind::kPolicy:
      return part_target(run, statement, object, &Relation::policies, Kind::kPolicy, targets);
    case ObjectKind::kRule:
      return part_target(run, statement, object, &Relation::rule_objects, Kind::kRule, targets);
    case ObjectKind::kSchema: {
      const Schema* schema = run.catalog.find_schema(name);
      if (schema == nullptr) {
        return missing(run, statement, "3F000", fmt::format("schema \"{}\" does not exist", name));
      }
      targets.push_back({.kind = Kind::kSchema, .oid = schema->oid, .name = name});
      return true;
    }
    case ObjectKind::kExtension: {
      const Extension* extension = run.catalog.find_extension(name);
      if (extension == nullptr && name == "plpgsql") return true;  // Every database has it.
      if (extension == nullptr) {
        return missing(run, statement, "42704",
                       fmt::format("extension \"{}\" does not exist", name));
      }
      targets.push_back({.kind = Kind::kExtension, .oid = extension->oid, .name = name});
      return true;
    }
    case ObjectKind::kStatistics: {
      const Statistics* object_found = run.catalog.find_statistics(object.name);
      if (object_found == nullptr) {
        return missing(run, statement, "42704",
                       fmt::format("statistics object \"{}\" does not exist", name));
      }
      targets.push_back({.kind = Kind::kStatistics, .oid = object_found->oid, .name = {}});
      return true;
    }
    case ObjectKind::kPublication:
    case ObjectKind::kSubscription:
    case ObjectKind::kEventTrigger:
    case ObjectKind::kCollation:
    case ObjectKind::kServer: {
      if (run.catalog.find_object(statement.kind, object.name) == nullptr) {
        if (statement.kind == ObjectKind::kCollation) return true;
        return missing(
            run, statement, "42704",
            fmt::format("{} \"{}\" does not exist", model::display(statement.kind), name));
      }
      const NamedObject* found = run.catalog.find_object(statement.kind, object.name);
      for (const Dependency& use : run.catalog.dependents(found->oid)) {
        if (run.catalog.relation(use.object) == nullptr) continue;
        if (!statement.cascade) {
          return run.fail("2BP01",
                          fmt::format("cannot drop {} {} because other objects depend on it",
                                      model::display(statement.kind), name));
        }
        targets.push_back({.kind = Kind::kRelation, .oid = use.object, .name = {}});
      }
      run.catalog.erase_object(statement.kind, {found->schema, found->name});
      return true;
    }
    default:
      return true;
  }
}

bool drop_concurrently(Run& run, const std::vector<DropTarget>& targets) {
  for (const DropTarget& target : targets) {
    const Relation& index = run.at(target.oid);
    if (index.kind == RelationKind::kPartitionedIndex) {
      return run.fail("0A000",
                      fmt::format("cannot drop partitioned index \"{}\" concurrently", index.name));
    }
    const Oid table = index.table;
    run.effects.waits_for_old_transactions = true;
    const std::size_t before = run.effects.locks.size();
    if (!drop(run, {target}, false)) return false;
    // Whatever the removal noted for the table is weaker here: SHARE UPDATE EXCLUSIVE.
    for (std::size_t i = before; i < run.effects.locks.size(); ++i) {
      Lock& lock = run.effects.locks[i];
      if (lock.relation == table) lock.mode = LockMode::kShareUpdateExclusive;
    }
  }
  return true;
}

}  // namespace

bool apply(Run& run, const model::Drop& statement) {
  bool concurrently = statement.concurrently;
  if (concurrently && !run.needs_no_transaction("DROP INDEX CONCURRENTLY")) return false;
  // Refused before anything is looked up: RemoveRelations().
  if (concurrently && statement.objects.size() > 1) {
    return run.fail("0A000", "DROP INDEX CONCURRENTLY does not support dropping multiple objects");
  }
  if (concurrently && statement.cascade) {
    return run.fail("0A000", "DROP INDEX CONCURRENTLY does not support CASCADE");
  }
  std::vector<DropTarget> targets;
  const std::size_t objects_before = run.catalog.objects().size();
  for (const model::ObjectReference& object : statement.objects) {
    if (!add_target(run, statement, object, targets)) return false;
  }
  if (targets.empty()) {
    run.effects.changes_nothing = statement.if_exists && !run.options.assume_missing &&
                                  run.catalog.objects().size() == objects_before;
    return !run.failed;
  }
  if (concurrently && run.at(targets[0].oid).persistence == model::Persistence::kTemporary) {
    concurrently = false;
  }
  for (const DropTarget& target : targets) {
    if (target.kind == Kind::kRelation && !check_owned(run, run.at(target.oid))) return false;
  }
  if (concurrently) return drop_concurrently(run, targets);
  return drop(run, std::move(targets), statement.cascade);
}

}  // namespace forelock::postgres
