// RENAME and SET SCHEMA of everything.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/named_objects.h"
#include "analyzer/postgres/replay/respell.h"

namespace forelock::postgres {
namespace {

using model::ObjectKind;

bool rename_constraint(Run& run, const model::Rename& statement) {
  const Relation* table = run.relation_if_any(statement.object.table);
  if (table == nullptr && statement.if_exists) return true;
  if (table == nullptr) table = run.relation(statement.object.table);
  if (table == nullptr) return false;
  const Oid oid = table->oid;
  run.lock(*table, LockMode::kAccessExclusive);
  const std::string& from = statement.object.name.name;
  const std::string to = truncate_identifier(statement.new_name);
  // It is looked up as a column is: RangeVarCallbackForRenameAttribute().
  if (table->of_type != 0) return run.fail("42809", "cannot rename column of typed table");
  const CatalogConstraint* found = table->constraint_named(from);
  if (found == nullptr) {
    bool not_null = false;
    run.change(oid, [&](Relation& copy) {
      for (Column& column : copy.columns) {
        if (column.not_null_constraint != from || from.empty()) continue;
        column.not_null_constraint = to;
        not_null = true;
      }
    });
    if (not_null || run.at(oid).assumed) return true;
    return run.fail("42704", fmt::format("constraint \"{}\" for table \"{}\" does not exist", from,
                                         run.at(oid).name));
  }
  if (found->inherited_from > 0) {
    return run.fail("42P16", fmt::format("cannot rename inherited constraint \"{}\"", from));
  }
  if (table->constraint_named(to) != nullptr) {
    return run.fail("42710", fmt::format("constraint \"{}\" for relation \"{}\" already exists", to,
                                         table->name));
  }
  if (found->index != 0) {
    if (run.catalog.relation_name_taken({table->schema, to})) {
      return run.fail("42P07", fmt::format("relation \"{}\" already exists", to));
    }
    run.lock(found->index, LockMode::kShareUpdateExclusive);
    run.change(found->index, [&](Relation& copy) { copy.name = to; });
  }
  std::vector<Oid> tables = {oid};
  if (found->kind == model::ConstraintKind::kCheck && !found->no_inherit) {
    for (const Oid child : run.descendants(*table)) tables.push_back(child);
  }
  for (const Oid part : tables) {
    run.lock(part, LockMode::kAccessExclusive);
    run.change(part, [&](Relation& copy) {
      for (CatalogConstraint& constraint : copy.constraints) {
        if (constraint.name == from) constraint.name = to;
      }
    });
  }
  return true;
}

template <typename Parts>
bool rename_part(Run& run, const model::Rename& statement, Parts Relation::* parts) {
  const Relation* table = run.relation_if_any(statement.object.table);
  if (table == nullptr && statement.if_exists) return true;
  if (table == nullptr) table = run.relation(statement.object.table);
  if (table == nullptr) return false;
  run.lock(*table, LockMode::kAccessExclusive);
  const auto& list = table->*parts;
  const auto named = [&](const std::string& name) {
    return std::ranges::any_of(list, [&](const auto& part) { return part.name == name; });
  };
  if (!named(statement.object.name.name)) {
    if (table->assumed) return true;
    return run.fail("42704", fmt::format("{} \"{}\" for table \"{}\" does not exist",
                                         model::display(statement.object.kind),
                                         statement.object.name.name, table->name));
  }
  if (named(statement.new_name)) {
    return run.fail("42710", fmt::format("{} \"{}\" for relation \"{}\" already exists",
                                         model::display(statement.object.kind), statement.new_name,
                                         table->name));
  }
  // The copies of a trigger on partitions are renamed with it since version 15: renametrig().
  std::vector<Oid> tables = {table->oid};
  if (statement.object.kind == model::ObjectKind::kTrigger && run.since(15) &&
      table->kind == RelationKind::kPartitionedTable) {
    for (const Oid child : run.descendants(*table)) tables.push_back(child);
  }
  for (const Oid oid : tables) {
    run.lock(oid, LockMode::kAccessExclusive);
    run.change(oid, [&](Relation& copy) {
      for (auto& part : copy.*parts) {
        if (part.name == statement.object.name.name) part.name = statement.new_name;
      }
      std::ranges::replace(copy.rules, statement.object.name.name, statement.new_name);
    });
  }
  return true;
}

/// nextval('…') of defaults that use the sequence.
void rename_in_defaults(Run& run, const Relation& sequence) {
  for (const Dependency& dependency : run.catalog.dependents(sequence.oid)) {
    if (dependency.kind != Dependency::Part::kDefault) continue;
    run.change(dependency.object, [&](Relation& copy) {
      for (Column& column : copy.columns) {
        if (column.number != dependency.object_column || !column.default_value) continue;
        model::Expression& call = *column.default_value;
        if (call.name != "nextval" || call.args.empty()) continue;
        model::Expression* constant = call.args.data();
        if (constant->kind == model::ExpressionKind::kCast && !constant->args.empty()) {
          constant = constant->args.data();
        }
        const auto& path = run.catalog.search_path();
        const bool visible = std::ranges::find(path, sequence.schema) != path.end();
        constant->name = visible ? model::quote_identifier(sequence.name)
                                 : model::quoted({sequence.schema, sequence.name});
        call.sql = fmt::format("nextval({}::regclass)", model::quote_literal(constant->name));
      }
    });
  }
}

/// A type's new name in everything that spells it.
void respell_type(Run& run, Oid oid, const model::QualifiedName& from,
                  const model::QualifiedName& to) {
  change_dependents(run, oid, [&](model::Expression& part, const Scope&) {
    if (part.kind != model::ExpressionKind::kCast || !part.type ||
        part.type->name.name != from.name ||
        (!part.type->name.schema.empty() && part.type->name.schema != from.schema)) {
      return;
    }
    part.type->name = {to.schema == "public" ? "" : to.schema, to.name};
  });
  for (const Dependency& dependency : run.catalog.dependents(oid)) {
    if (run.catalog.relation(dependency.object) != nullptr) {
      run.change(dependency.object, [&](Relation& copy) {
        for (Column& column : copy.columns) {
          if (column.type_oid == oid) column.type.name = to;
        }
      });
    } else if (const Type* type = run.catalog.type(dependency.object)) {
      Type copy = *type;
      if (copy.base.name == from) copy.base.name = to;
      run.catalog.put(std::move(copy));
    } else if (const CatalogFunction* function = run.catalog.function(dependency.object)) {
      CatalogFunction copy = *function;
      // Spelled without its schema a type stays so for as long as it stays where it is.
      const auto respell = [&](model::TypeName& spelled) {
        if (spelled.name.name != from.name ||
            (!spelled.name.schema.empty() && spelled.name.schema != from.schema)) {
          return;
        }
        const bool bare = spelled.name.schema.empty() && from.schema == to.schema;
        spelled.name = {bare ? "" : to.schema, to.name};
      };
      for (model::FunctionParameter& parameter : copy.definition.parameters) {
        respell(parameter.type);
      }
      if (copy.definition.returns) respell(*copy.definition.returns);
      run.catalog.put(std::move(copy));
    }
  }
}

bool rename_relation(Run& run, const model::Rename& statement) {
  const Relation* relation = run.relation_if_any(statement.object.name);
  if (relation == nullptr && statement.if_exists) {
    run.effects.changes_nothing = !run.options.assume_missing;
    return true;
  }
  if (relation == nullptr) {
    relation = run.relation(statement.object.name, assumed_kind(statement.object.kind));
  }
  if (relation == nullptr) return false;
  const Oid oid = relation->oid;
  const std::string to = truncate_identifier(statement.new_name);
  // ALTER INDEX ... RENAME is weak since version 12; ALTER TABLE on an index is not.
  const bool weak = statement.object.kind == ObjectKind::kIndex && is_index(relation->kind);
  run.lock(*relation,
           weak && run.since(12) ? LockMode::kShareUpdateExclusive : LockMode::kAccessExclusive);
  if (!relation->assumed && statement.object.kind != ObjectKind::kTable &&
      !kind_fits(relation->kind, statement.object.kind) &&
      !(statement.object.kind == ObjectKind::kIndex)) {
    return run.fail("42809", fmt::format("\"{}\" is not a {}", relation->name,
                                         model::display(statement.object.kind)));
  }
  if (run.catalog.relation_name_taken({relation->schema, to})) {
    const Relation* taken = run.catalog.find_relation({relation->schema, to});
    if (taken != nullptr && (!taken->assumed || taken->oid == oid)) {
      return run.fail("42P07", fmt::format("relation \"{}\" already exists", to));
    }
    if (taken != nullptr) run.erase(taken->oid);
  }
  const model::QualifiedName from{relation->schema, relation->name};
  respell_in_policies(run, oid, from.name, to);
  run.change(oid, [&](Relation& copy) { copy.name = to; });
  const Relation& renamed = run.at(oid);
  respell_type(run, oid, from, {renamed.schema, to});
  if (renamed.constraint != 0 && run.catalog.relation(renamed.table) != nullptr) {
    run.change(renamed.table, [&](Relation& copy) {
      for (CatalogConstraint& constraint : copy.constraints) {
        if (constraint.index == oid) constraint.name = to;
      }
    });
  }
  if (renamed.kind == RelationKind::kSequence) rename_in_defaults(run, renamed);
  return true;
}

bool move_type(Run& run, const model::QualifiedName& name, const std::string& new_schema,
               const std::string& new_name, bool domain) {
  const Type* type = run.catalog.find_type(name);
  if (type == nullptr) {
    if (run.options.assume_missing) return true;
    return run.check_schema(name.schema) &&
           run.fail("42704", fmt::format("type \"{}\" does not exist", model::display(name)));
  }
  if (domain && type->kind != TypeKind::kDomain && !type->assumed) {
    return run.fail("42809", fmt::format("{} is not a domain", model::display(name)));
  }
  Type copy = *type;
  const model::QualifiedName from{copy.schema, copy.name};
  if (!new_schema.empty()) copy.schema = new_schema;
  if (!new_name.empty()) copy.name = truncate_identifier(new_name);
  const model::QualifiedName to{copy.schema, copy.name};
  if (to == from) return true;
  if (const Type* taken = run.catalog.find_type(to); taken != nullptr && taken->oid != copy.oid) {
    return run.fail("42710", fmt::format("type \"{}\" already exists", to.name));
  }
  const Oid oid = copy.oid;
  const Oid relation = copy.relation;
  // The multirange keeps its name and its schema: AlterTypeNamespaceInternal() moves the array
  // only.
  if (copy.kind == TypeKind::kRange && run.since(14)) {
    std::string multirange = multirange_name(*type);
    if (from.schema != to.schema && multirange.find('.') == std::string::npos) {
      multirange = fmt::format("{}.{}", from.schema, multirange);
    }
    std::erase_if(copy.range, [](const auto& o) { return o.first == "multirange_type_name"; });
    copy.range.emplace_back("multirange_type_name", std::move(multirange));
  }
  run.catalog.put(std::move(copy));
  if (relation != 0 && run.catalog.relation(relation) != nullptr) {
    run.change(relation, [&](Relation& part) {
      part.schema = to.schema;
      part.name = to.name;
    });
  }
  respell_type(run, oid, from, to);
  return true;
}

/// A function's new name in the expressions that call it.
void respell_function(Run& run, const CatalogFunction& from, const CatalogFunction& to) {
  change_dependents(run, from.oid, [&](model::Expression& part, const Scope& scope) {
    if (part.kind != model::ExpressionKind::kFunction || part.name != from.name ||
        (!part.qualifier.empty() && part.qualifier != from.schema)) {
      return;
    }
    // Of several functions of the name the call's arguments tell which one it is.
    const bool alone = run.catalog.find_functions({from.schema, from.name}).size() == 1;
    if (!alone) {
      const ResolvedFunction called = resolve_function(
          run.catalog, {from.schema, from.name}, argument_types(run.catalog, scope, part), true);
      if (called.user == nullptr || called.user->oid != from.oid) return;
    }
    part.name = to.name;
    part.qualifier = to.schema == "public" ? "" : to.schema;
  });
}

bool move_function(Run& run, const model::ObjectReference& object, const std::string& schema,
                   const std::string& name) {
  const auto found = matching_functions(run, object);
  if (found.empty()) {
    if (run.options.assume_missing || object.kind == ObjectKind::kAggregate) return true;
    return run.check_schema(object.name.schema) &&
           run.fail("42883", fmt::format("function {}({}) does not exist",
                                         model::display(object.name), object.argument_list()));
  }
  CatalogFunction copy = *found[0];
  if (!schema.empty()) copy.schema = schema;
  if (!name.empty()) copy.name = truncate_identifier(name);
  const CatalogFunction before = *found[0];
  respell_function(run, before, copy);
  run.catalog.put(std::move(copy));
  return true;
}

bool rename_schema(Run& run, const std::string& from, const std::string& to) {
  const Schema* schema = run.catalog.find_schema(from);
  if (schema == nullptr) {
    if (run.options.assume_missing) return true;
    return run.fail("3F000", fmt::format("schema \"{}\" does not exist", from));
  }
  if (run.catalog.find_schema(to) != nullptr) {
    return run.fail("42P06", fmt::format("schema \"{}\" already exists", to));
  }
  if (to.starts_with("pg_")) {
    return run.fail("42939", fmt::format("unacceptable schema name \"{}\"", to));
  }
  Schema copy = *schema;
  copy.name = to;
  run.catalog.erase_schema(from);
  run.catalog.put(std::move(copy));
  for (const Type* type : run.catalog.types()) {
    if (type->schema == from && !move_type(run, {from, type->name}, to, "", false)) return false;
  }
  for (const Relation* relation : run.catalog.relations()) {
    if (relation->schema != from) continue;
    const Oid oid = relation->oid;
    const std::string name = relation->name;
    run.change(oid, [&](Relation& part) { part.schema = to; });
    respell_type(run, oid, {from, name}, {to, name});
  }
  for (const Relation* relation : run.catalog.relations()) {
    if (relation->schema == to && relation->kind == RelationKind::kSequence) {
      rename_in_defaults(run, *relation);
    }
  }
  for (const CatalogFunction* function : run.catalog.functions()) {
    if (function->schema != from) continue;
    CatalogFunction moved = *function;
    moved.schema = to;
    respell_function(run, *function, moved);
    run.catalog.put(std::move(moved));
  }
  for (const Statistics* object : run.catalog.statistics()) {
    if (object->schema != from) continue;
    Statistics moved = *object;
    moved.schema = to;
    run.catalog.put(std::move(moved));
  }
  return true;
}

}  // namespace

bool is_relation_kind(ObjectKind kind) {
  return kind == ObjectKind::kTable || kind == ObjectKind::kIndex ||
         kind == ObjectKind::kSequence || kind == ObjectKind::kView ||
         kind == ObjectKind::kMaterializedView || kind == ObjectKind::kForeignTable;
}

RelationKind assumed_kind(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kIndex:
      return RelationKind::kIndex;
    case ObjectKind::kSequence:
      return RelationKind::kSequence;
    case ObjectKind::kView:
      return RelationKind::kView;
    case ObjectKind::kMaterializedView:
      return RelationKind::kMaterializedView;
    case ObjectKind::kForeignTable:
      return RelationKind::kForeignTable;
    case ObjectKind::kType:
    case ObjectKind::kAttribute:
      return RelationKind::kCompositeType;
    default:
      return RelationKind::kTable;
  }
}

bool kind_fits(RelationKind actual, ObjectKind wanted) {
  switch (wanted) {
    case ObjectKind::kTable:
      return actual == RelationKind::kTable || actual == RelationKind::kPartitionedTable;
    case ObjectKind::kIndex:
      return is_index(actual);
    default:
      return actual == assumed_kind(wanted);
  }
}

std::vector<const CatalogFunction*> matching_functions(const Run& run,
                                                       const model::ObjectReference& object) {
  std::vector<const CatalogFunction*> found = visible_functions(run, object.name);
  if (object.has_arguments) {
    std::erase_if(found, [&](const CatalogFunction* function) {
      return !has_arguments(run, *function, object.arguments);
    });
  }
  return found;
}

bool apply(Run& run, const model::Rename& statement) {
  const model::ObjectReference& object = statement.object;
  if (is_relation_kind(object.kind)) return rename_relation(run, statement);
  switch (object.kind) {
    case ObjectKind::kColumn:
    case ObjectKind::kAttribute:
      return rename_column_everywhere(run, statement);
    case ObjectKind::kConstraint:
      return rename_constraint(run, statement);
    case ObjectKind::kTrigger:
      return rename_part(run, statement, &Relation::triggers);
    case ObjectKind::kPolicy:
      return rename_part(run, statement, &Relation::policies);
    case ObjectKind::kRule:
      return rename_part(run, statement, &Relation::rule_objects);
    case ObjectKind::kType:
    case ObjectKind::kDomain:
      return move_type(run, object.name, "", statement.new_name,
                       object.kind == ObjectKind::kDomain);
    case ObjectKind::kDomainConstraint: {
      const Type* domain = run.catalog.find_type(object.table);
      if (domain == nullptr) return run.options.assume_missing || run.fail("42704", "no such type");
      Type copy = *domain;
      const auto found =
          std::ranges::find(copy.constraints, object.name.name, &CatalogConstraint::name);
      if (found == copy.constraints.end()) {
        if (copy.assumed) return true;
        return run.fail("42704", fmt::format("constraint \"{}\" of domain \"{}\" does not exist",
                                             object.name.name, copy.name));
      }
      found->name = statement.new_name;
      run.catalog.put(std::move(copy));
      return true;
    }
    case ObjectKind::kSchema:
      return rename_schema(run, object.name.name, statement.new_name);
    case ObjectKind::kFunction:
    case ObjectKind::kProcedure:
    case ObjectKind::kRoutine:
    case ObjectKind::kAggregate:
      return move_function(run, object, "", statement.new_name);
    case ObjectKind::kStatistics: {
      const Statistics* found = run.catalog.find_statistics(object.name);
      if (found == nullptr) {
        return run.options.assume_missing ||
               run.fail("42704",
                        fmt::format("statistics object \"{}\" does not exist", object.name.name));
      }
      Statistics copy = *found;
      copy.name = statement.new_name;
      run.catalog.put(std::move(copy));
      return true;
    }
    default: {
      const NamedObject* found = run.catalog.find_object(object.kind, object.name);
      const bool publication = object.kind == ObjectKind::kPublication;
      if (found == nullptr) {
        return !publication || run.options.assume_missing ||
               run.fail("42704",
                        fmt::format("publication \"{}\" does not exist", object.name.name));
      }
      if (publication &&
          run.catalog.find_object(object.kind, {"", statement.new_name}) != nullptr) {
        return run.fail("42710",
                        fmt::format("publication \"{}\" already exists", statement.new_name));
      }
      NamedObject copy = *found;
      copy.name = statement.new_name;
      run.catalog.erase_object(object.kind, {found->schema, found->name});
      run.catalog.put(std::move(copy));
      return true;
    }
  }
}

bool apply(Run& run, const model::SetSchema& statement) {
  const model::ObjectReference& object = statement.object;
  const auto schema_exists = [&] {
    if (run.catalog.find_schema(statement.new_schema) != nullptr) return true;
    return !run.creation_schema({statement.new_schema, ""}).empty();
  };
  if (!is_relation_kind(object.kind)) {
    // What is to be moved is looked up first: AlterObjectNamespace_internal().
    const bool is_type = object.kind == ObjectKind::kType || object.kind == ObjectKind::kDomain;
    const bool is_function = object.kind == ObjectKind::kFunction ||
                             object.kind == ObjectKind::kProcedure ||
                             object.kind == ObjectKind::kRoutine;
    const Type* type = is_type ? run.catalog.find_type(object.name) : nullptr;
    const bool found = is_type       ? type != nullptr && (object.kind == ObjectKind::kType ||
                                                     type->kind == TypeKind::kDomain)
                       : is_function ? !matching_functions(run, object).empty()
                                     : true;
    if (found && !schema_exists()) return false;
    if (object.kind == ObjectKind::kType || object.kind == ObjectKind::kDomain) {
      return move_type(run, object.name, statement.new_schema, "",
                       object.kind == ObjectKind::kDomain);
    }
    if (is_function) return move_function(run, object, statement.new_schema, "");
    if (object.kind == ObjectKind::kExtension) {
      if (const Extension* extension = run.catalog.find_extension(object.name.name)) {
        Extension copy = *extension;
        copy.schema = statement.new_schema;
        run.catalog.put(std::move(copy));
      }
    }
    return true;
  }
  const Relation* relation = run.relation_if_any(object.name);
  if (relation == nullptr && statement.if_exists) {
    run.effects.changes_nothing = !run.options.assume_missing;
    return true;
  }
  if (relation == nullptr) relation = run.relation(object.name, assumed_kind(object.kind));
  if (relation == nullptr) return false;
  const Oid oid = relation->oid;
  run.lock(*relation, LockMode::kAccessExclusive);
  if (relation->kind == RelationKind::kSequence && relation->table != 0) {
    return run.fail("0A000", "cannot move an owned sequence into another schema");
  }
  if (!schema_exists()) return false;
  if (relation->schema == statement.new_schema) {
    run.effects.changes_nothing = true;
    return true;
  }
  std::vector<Oid> parts = relation->indexes;
  for (const Column& column : relation->columns) {
    for (const Oid sequence : owned_sequences(column)) parts.push_back(sequence);
  }
  parts.push_back(oid);
  for (const Oid part : parts) {
    const Relation* found = run.catalog.relation(part);
    if (found == nullptr) continue;
    if (run.catalog.relation_name_taken({statement.new_schema, found->name})) {
      return run.fail("42P07", fmt::format("relation \"{}\" already exists in schema \"{}\"",
                                           found->name, statement.new_schema));
    }
  }
  for (const Oid part : parts) {
    if (run.catalog.relation(part) == nullptr) continue;
    const model::QualifiedName from{run.at(part).schema, run.at(part).name};
    run.change(part, [&](Relation& copy) { copy.schema = statement.new_schema; });
    respell_type(run, part, from, {statement.new_schema, from.name});
    if (run.at(part).kind == RelationKind::kSequence) rename_in_defaults(run, run.at(part));
  }
  return true;
}
}  // namespace forelock::postgres
