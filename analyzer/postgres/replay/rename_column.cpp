// ALTER TABLE ... RENAME COLUMN.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/firing.h"
#include "analyzer/postgres/replay/named_objects.h"
#include "analyzer/postgres/replay/respell.h"

namespace forelock::postgres {
namespace {

void rename_in(std::optional<model::Expression>& expression, std::string_view from,
               std::string_view to) {
  if (expression) rename_column(*expression, from, to);
}

void replace_name(std::vector<std::string>& names, const std::string& from, const std::string& to) {
  std::ranges::replace(names, from, to);
}

/// The text of everything on the table that names the column.
void rename_column_of(Run& run, Oid table, const std::string& from, const std::string& to) {
  run.change(table, [&](Relation& copy) {
    for (Column& column : copy.columns) {
      if (column.name == from) column.name = to;
      rename_in(column.generation_expression, from, to);
    }
    for (CatalogConstraint& constraint : copy.constraints) {
      rename_in(constraint.expression, from, to);
      rename_in(constraint.definition.expression, from, to);
      replace_name(constraint.definition.columns, from, to);
    }
    for (Trigger& trigger : copy.triggers) {
      replace_name(trigger.definition.columns, from, to);
      rename_in(trigger.definition.when, from, to);
    }
    for (RewriteRule& rule : copy.rule_objects) rename_in_condition(rule.definition, from, to);
    for (Policy& policy : copy.policies) {
      rename_in(policy.definition.using_expression, from, to);
      rename_in(policy.definition.check_expression, from, to);
    }
    if (copy.partition_key) {
      for (model::IndexKey& key : copy.partition_key->keys) {
        if (key.column == from) key.column = to;
        rename_in(key.expression, from, to);
      }
    }
  });
  const std::vector<Oid> indexes = run.at(table).indexes;
  for (const Oid index : indexes) {
    const Relation& found = run.at(index);
    const bool expressions =
        found.predicate || std::ranges::any_of(found.keys, [](const IndexColumn& key) {
          return key.expression.has_value();
        });
    if (!expressions) continue;
    run.change(index, [&](Relation& copy) {
      rename_in(copy.predicate, from, to);
      for (IndexColumn& key : copy.keys) rename_in(key.expression, from, to);
    });
  }
}

void rename_in_statistics(Run& run, Oid table, const std::string& from, const std::string& to) {
  for (const Dependency& dependency : run.catalog.dependents(table)) {
    const Statistics* found = run.catalog.statistics(dependency.object);
    if (found == nullptr) continue;
    Statistics copy = *found;
    for (model::IndexKey& key : copy.definition.keys) rename_in(key.expression, from, to);
    run.catalog.put(std::move(copy));
  }
}

}  // namespace

bool rename_column_everywhere(Run& run, const model::Rename& statement) {
  const bool attribute = statement.object.kind == model::ObjectKind::kAttribute;
  const Relation* table = run.relation_if_any(statement.object.table);
  if (table == nullptr && statement.if_exists) {
    run.effects.changes_nothing = true;
    return true;
  }
  if (table == nullptr) {
    table = run.relation(statement.object.table, attribute ? RelationKind::kCompositeType
                                                           : assumed_kind(statement.relation_kind));
  }
  if (table == nullptr) return false;
  const Oid oid = table->oid;
  run.lock(*table, LockMode::kAccessExclusive);
  const std::string& from = statement.object.name.name;
  const std::string to = truncate_identifier(statement.new_name);
  if (table->of_type != 0) return run.fail("42809", "cannot rename column of typed table");
  if (is_system_column(from) && run.at(oid).column(from) == nullptr) {
    return run.fail("0A000", fmt::format("cannot rename system column \"{}\"", from));
  }
  const Column* column = run.column(oid, from);
  if (column == nullptr) return false;
  if (is_system_column(to) && is_table_like(run.at(oid).kind)) {
    return run.fail("42701",
                    fmt::format("column name \"{}\" conflicts with a system column name", to));
  }
  if (statement.only && !run.at(oid).children.empty()) {
    return run.fail("42P16", fmt::format("inherited column \"{}\" must be renamed in child tables "
                                         "too",
                                         from));
  }
  if (run.at(oid).kind == RelationKind::kCompositeType && !statement.cascade &&
      !check_typed_tables(run, run.at(oid))) {
    return false;
  }
  // Children are renamed first: renameatt_internal().
  const std::vector<Oid> below = run.descendants(run.at(oid));
  const auto from_elsewhere = [&](Oid parent) {
    return parent != oid && std::ranges::find(below, parent) == below.end() &&
           run.at(parent).column(from) != nullptr;
  };
  for (const Oid child : below) {
    if (std::ranges::any_of(run.at(child).parents, from_elsewhere)) {
      return run.fail("42P16", fmt::format("cannot rename inherited column \"{}\"", from));
    }
    const Column* clash = run.at(child).column(to);
    if (clash != nullptr && !clash->assumed) {
      return run.fail("42701", fmt::format("column \"{}\" of relation \"{}\" already exists", to,
                                           run.at(child).name));
    }
  }
  if (column->inherited_from > 0) {
    return run.fail("42P16", fmt::format("cannot rename inherited column \"{}\"", from));
  }
  std::vector<Oid> tables = below;
  tables.insert(tables.begin(), oid);
  if (run.at(oid).kind == RelationKind::kCompositeType) {
    for (const Dependency& dependency : run.catalog.dependents(oid)) {
      const Relation* typed = run.catalog.relation(dependency.object);
      if (typed != nullptr && typed->of_type == oid) tables.push_back(typed->oid);
    }
  }
  for (const Oid part : tables) {
    run.lock(part, LockMode::kAccessExclusive);
    const Column* clash = run.at(part).column(to);
    if (clash != nullptr && !clash->assumed) {
      return run.fail("42701", fmt::format("column \"{}\" of relation \"{}\" already exists", to,
                                           run.at(part).name));
    }
    if (clash != nullptr) {
      run.change(part, [&](Relation& copy) {
        std::erase_if(copy.columns, [&](const Column& c) { return c.name == to; });
      });
    }
    respell_column_in_policies(run, part, from, to);
    rename_in_statistics(run, part, from, to);
    rename_column_of(run, part, from, to);
  }
  return true;
}

}  // namespace forelock::postgres
