// OWNER TO and COMMENT of everything.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/named_objects.h"

namespace forelock::postgres {

using model::ObjectKind;

bool apply(Run& run, const model::SetOwner& statement) {
  const model::ObjectReference& object = statement.object;
  if (object.kind == ObjectKind::kType || object.kind == ObjectKind::kDomain) {
    const Type* type = run.catalog.find_type(object.name);
    if (type == nullptr) {
      return run.options.assume_missing ||
             run.fail("42704",
                      fmt::format("type \"{}\" does not exist", model::display(object.name)));
    }
    Type copy = *type;
    copy.owner = statement.role;
    run.catalog.put(std::move(copy));
  } else if (object.kind == ObjectKind::kSchema) {
    const Schema* schema = run.catalog.find_schema(object.name.name);
    if (schema == nullptr) {
      return run.options.assume_missing ||
             run.fail("3F000", fmt::format("schema \"{}\" does not exist", object.name.name));
    }
    Schema copy = *schema;
    copy.owner = statement.role;
    run.catalog.put(std::move(copy));
  } else if (object.kind == ObjectKind::kFunction || object.kind == ObjectKind::kProcedure ||
             object.kind == ObjectKind::kRoutine) {
    if (matching_functions(run, object).empty() && !run.options.assume_missing) {
      return run.fail("42883", fmt::format("function {}({}) does not exist",
                                           model::display(object.name), object.argument_list()));
    }
  }
  return true;
}

bool apply(Run& run, const model::Comment& statement) {
  const model::ObjectReference& object = statement.object;
  const std::optional<std::string>& text = statement.text;
  if (is_relation_kind(object.kind)) {
    const Relation* relation = run.relation(object.name, assumed_kind(object.kind));
    if (relation == nullptr) return false;
    run.lock(*relation, LockMode::kShareUpdateExclusive);
    if (!relation->assumed && !kind_fits(relation->kind, object.kind)) {
      return run.fail(
          "42809", fmt::format("\"{}\" is not a {}", relation->name, model::display(object.kind)));
    }
    if (relation->comment == text && !relation->assumed) run.effects.changes_nothing = true;
    run.change(relation->oid, [&](Relation& copy) { copy.comment = text; });
    return true;
  }
  const auto missing = [&](std::string_view state, std::string message) {
    return run.options.assume_missing || run.fail(state, std::move(message));
  };
  switch (object.kind) {
    case ObjectKind::kColumn: {
      const Relation* table = run.relation(object.table);
      if (table == nullptr) return false;
      const Oid oid = table->oid;
      run.lock(*table, LockMode::kShareUpdateExclusive);
      if (table->kind == RelationKind::kSequence || is_index(table->kind)) {
        return run.fail("42809", fmt::format("cannot set comment on relation \"{}\"", table->name));
      }
      const Column* column = run.column(oid, object.name.name);
      if (column == nullptr) return false;
      if (column->comment == text && !column->assumed) run.effects.changes_nothing = true;
      const AttributeNumber number = column->number;
      run.change(oid, [&](Relation& copy) {
        for (Column& own : copy.columns) {
          if (own.number == number) own.comment = text;
        }
      });
      return true;
    }
    case ObjectKind::kConstraint:
    case ObjectKind::kTrigger:
    case ObjectKind::kPolicy:
    case ObjectKind::kRule: {
      const Relation* table = run.relation(object.table);
      if (table == nullptr) return false;
      run.lock(*table, LockMode::kAccessShare);
      bool found = table->assumed;
      run.change(table->oid, [&](Relation& copy) {
        const auto set = [&](auto& list) {
          for (auto& part : list) {
            if (part.name != object.name.name) continue;
            part.comment = text;
            found = true;
          }
        };
        if (object.kind == ObjectKind::kConstraint) {
          set(copy.constraints);
          for (const Column& column : copy.columns) {
            found = found ||
                    (!object.name.name.empty() && column.not_null_constraint == object.name.name);
          }
        } else if (object.kind == ObjectKind::kTrigger) {
          set(copy.triggers);
        } else if (object.kind == ObjectKind::kPolicy) {
          set(copy.policies);
        } else {
          found = found || std::ranges::find(copy.rules, object.name.name) != copy.rules.end();
        }
      });
      if (found) return true;
      return run.fail(
          "42704", fmt::format("{} \"{}\" for table \"{}\" does not exist",
                               model::display(object.kind), object.name.name, object.table.name));
    }
    case ObjectKind::kType:
    case ObjectKind::kDomain: {
      const Type* type = run.catalog.find_type(object.name);
      if (type == nullptr) {
        return missing("42704",
                       fmt::format("type \"{}\" does not exist", model::display(object.name)));
      }
      if (object.kind == ObjectKind::kDomain && type->kind != TypeKind::kDomain && !type->assumed) {
        return run.fail("42809", fmt::format("\"{}\" is not a domain", type->name));
      }
      Type copy = *type;
      copy.comment = text;
      run.catalog.put(std::move(copy));
      return true;
    }
    case ObjectKind::kFunction:
    case ObjectKind::kProcedure:
    case ObjectKind::kRoutine: {
      const auto found = matching_functions(run, object);
      if (found.empty()) {
        return missing("42883", fmt::format("function {}({}) does not exist",
                                            model::display(object.name), object.argument_list()));
      }
      CatalogFunction copy = *found[0];
      copy.comment = text;
      run.catalog.put(std::move(copy));
      return true;
    }
    case ObjectKind::kSchema: {
      const Schema* schema = run.catalog.find_schema(object.name.name);
      if (schema == nullptr) {
        return missing("3F000", fmt::format("schema \"{}\" does not exist", object.name.name));
      }
      Schema copy = *schema;
      copy.comment = text;
      run.catalog.put(std::move(copy));
      return true;
    }
    case ObjectKind::kStatistics: {
      const Statistics* found = run.catalog.find_statistics(object.name);
      if (found == nullptr) {
        return missing("42704", fmt::format("statistics object \"{}\" does not exist",
                                            model::display(object.name)));
      }
      Statistics copy = *found;
      copy.comment = text;
      run.catalog.put(std::move(copy));
      return true;
    }
    case ObjectKind::kExtension:
      return run.catalog.find_extension(object.name.name) != nullptr ||
             missing("42704", fmt::format("extension \"{}\" does not exist", object.name.name));
    default:
      return true;
  }
}

}  // namespace forelock::postgres
