// ADD COLUMN and DROP COLUMN.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/literals.h"
#include "analyzer/postgres/proof.h"
#include "analyzer/postgres/replay/alter_table/alter_table.h"

namespace forelock::postgres {

using Kind = DropTarget::Kind;

namespace {

/// Why the table is rewritten for a new column; nullopt when it is not.
std::optional<std::string> rewrite_reason(const Run& run, const Column& column) {
  if (column.identity != model::IdentityKind::kNone) return "an identity column gets its values";
  if (column.generated == model::GeneratedKind::kStored) return "a stored column is computed";
  if (column.generated == model::GeneratedKind::kVirtual) return std::nullopt;
  if (domain_has_constraints(run.catalog, column.type)) {
    return "the domain of the column has constraints";
  }
  std::optional<model::Expression> value = column.default_value;
  if (!value) {
    const Type* type = user_type(run.catalog, column.type);
    if (type != nullptr && type->kind == TypeKind::kDomain) value = type->default_value;
  }
  if (!value) return std::nullopt;
  const VolatilityAnswer answer = volatility(run.catalog, {}, *value);
  if (answer.value == model::Volatility::kVolatile) {
    return fmt::format("the default calls {}(), which is volatile", answer.function);
  }
  if (!answer.known) {
    return fmt::format("the default calls {}(), which may be volatile", answer.function);
  }
  return std::nullopt;
}

/// What the constraints of the new column's domain say about the value that every row gets.
bool check_domain_values(Run& run, const Relation& table, const Column& column) {
  if (!run.may_have_rows(table)) return true;
  model::TypeName type = column.type;
  std::optional<model::Expression> value = column.default_value;
  const bool computed = column.identity != model::IdentityKind::kNone ||
                        column.generated != model::GeneratedKind::kNone;
  for (const Type* domain = user_type(run.catalog, type);
       domain != nullptr && domain->kind == TypeKind::kDomain && type.array_dimensions == 0;
       domain = user_type(run.catalog, type)) {
    if (!value) value = domain->default_value;
    if (domain->not_null && !computed && (!value || is_null_constant(*value))) {
      run.may_fail(table.rows_loaded, "23502",
                   fmt::format("domain {} does not allow null values", domain->name));
    }
    for (const CatalogConstraint& constraint : domain->constraints) {
      if (!value || !constraint.expression || !refutes(*constraint.expression, "value", *value)) {
        continue;
      }
      run.may_fail(table.rows_loaded, "23514",
                   fmt::format("value for domain {} violates check constraint \"{}\"", domain->name,
                               constraint.name));
    }
    type = domain->base;
  }
  return !run.failed;
}

}  // namespace

bool is_partition_key(const Relation& table, std::string_view column) {
  if (!table.partition_key) return false;
  return std::ranges::any_of(table.partition_key->keys, [&](const model::IndexKey& key) {
    if (!key.expression) return key.column == column;
    const auto names = column_names(*key.expression);
    return std::ranges::find(names, column) != names.end();
  });
}

bool AlterTableRun::add_column(Oid oid, const model::AddColumn& action, bool recursing,
                               bool recurse) {
  const Relation& before = run_.at(oid);
  if (before.is_partition && !recursing) {
    return run_.fail("42809", "cannot add column to a partition");
  }
  if (before.of_type != 0 && !recursing) {
    return run_.fail("42809", "cannot add column to typed table");
  }
  if (before.kind == RelationKind::kCompositeType) recurse = true;
  if (recursing) run_.lock(before, mode_);
  const std::string& name = action.column.name;
  if (const Column* existing = before.column(name)) {
    if (recursing) {
      const ResolvedType type = run_.type(action.column.type);
      if (!existing->assumed && !same_type(type.name, existing->type)) {
        return run_.fail("42804", fmt::format("child table \"{}\" has different type for column "
                                              "\"{}\"",
                                              before.name, name));
      }
      edit(oid, existing->number, [](Column& column) { ++column.inherited_from; });
      return true;
    }
    if (existing->assumed) {
      run_.change(oid, [&](Relation& copy) {
        std::erase_if(copy.columns, [&](const Column& c) { return c.name == name; });
      });
    } else if (action.if_not_exists) {
      if (statement_.actions.size() == 1) run_.effects.changes_nothing = true;
      return true;
    } else {
      return run_.fail("42701", fmt::format("column \"{}\" of relation \"{}\" already exists", name,
                                            before.name));
    }
  }
  if (!recursing && !recurse && !before.children.empty()) {
    return run_.fail("42P16", "column must be added to child tables too");
  }
  // Identity is inherited by partitions since version 17, by other children never.
  if (action.column.identity != model::IdentityKind::kNone && !before.children.empty() &&
      !(run_.since(17) && before.kind == RelationKind::kPartitionedTable)) {
    return run_.fail("42P16",
                     "cannot recursively add identity column to table that has child tables");
  }
  Relation copy = run_.at(oid);
  Column* column = define_column(run_, copy, action.column);
  if (column == nullptr) return false;
  const AttributeNumber number = column->number;
  if (recursing) {
    column->inherited_from = 1;
    column->local = false;
  }
  const bool not_null = column->not_null;
  const model::TypeName type = column->type;
  const std::optional<std::string> reason = rewrite_reason(run_, *column);
  const bool has_value = column->default_value.has_value() ||
                         column->identity != model::IdentityKind::kNone ||
                         column->generated != model::GeneratedKind::kNone;
  const std::vector<Oid> children = copy.children;
  if (!check_generation(run_, copy, number)) return false;
  // What the rows that are there hold in it is known.
  for (Column& own : copy.columns) {
    if (own.number != number || !copy.rows_loaded) continue;
    if (own.default_value && is_constant(*own.default_value)) {
      own.constants_written.push_back(*own.default_value);
    }
    own.nulls_written = !has_value && !recursing;
  }
  // A constant is put into its type at once, whether there are rows or not.
  if (action.column.default_value && !reason) {
    if (const auto error = value_error(run_.catalog, type, *action.column.default_value)) {
      return run_.fail(error->sqlstate, error->message);
    }
  }
  run_.put(std::move(copy));
  const Relation& after = run_.at(oid);
  if (has_storage(after)) {
    if (reason) {
      rewrites_.emplace(oid, *reason);
      if (!check_domain_values(run_, after, *after.column(number))) return false;
    } else if (not_null && !has_value) {
      run_.scan(after, "every row is checked for NULL");
      if (run_.may_have_rows(after)) {
        run_.may_fail(
            after.rows_loaded, "23502",
            fmt::format("column \"{}\" of relation \"{}\" contains null values", name, after.name));
      }
    }
  }
  for (const Oid child : children) {
    if (!add_column(child, action, true, true)) return false;
  }
  if (after.kind == RelationKind::kCompositeType) {
    for (const Dependency& dependency : run_.catalog.dependents(oid)) {
      const Relation* typed = run_.catalog.relation(dependency.object);
      if (typed != nullptr && typed->of_type == oid &&
          !add_column(typed->oid, action, true, true)) {
        return false;
      }
    }
  }
  return true;
}

bool AlterTableRun::drop_column(Oid oid, const model::DropColumn& action, bool recursing) {
  const Relation& table = run_.at(oid);
  const Column* column = table.column(action.column);
  if (column == nullptr) {
    if (action.if_exists) {
      if (!table.open_columns) {
        run_.effects.changes_nothing = statement_.actions.size() == 1;
        return true;
      }
    }
    if (is_system_column(action.column)) {
      return run_.fail("0A000", fmt::format("cannot drop system column \"{}\"", action.column));
    }
    column = run_.column(oid, action.column);
    if (column == nullptr) return false;
  }
  const AttributeNumber number = column->number;
  if (column->inherited_from > 0 && !recursing) {
    return run_.fail("42P16", fmt::format("cannot drop inherited column \"{}\"", action.column));
  }
  if (table.of_type != 0 && !recursing) {
    return run_.fail("42809", "cannot drop column from typed table");
  }
  if (is_partition_key(table, action.column)) {
    return run_.fail("42P16", fmt::format("cannot drop column \"{}\" because it is part of the "
                                          "partition key of relation \"{}\"",
                                          action.column, table.name));
  }
  if (statement_.only && table.kind == RelationKind::kPartitionedTable && !table.children.empty()) {
    return run_.fail("42P16",
                     "cannot drop column from only the partitioned table when partitions "
                     "exist");
  }
  std::vector<DropTarget> targets = {
      {.kind = Kind::kColumn, .oid = oid, .column = number, .name = {}}};
  const std::vector<Oid> heirs = statement_.only ? table.children : run_.descendants(table);
  for (const Oid child : heirs) {
    const Relation& partition = run_.at(child);
    const Column* own = partition.column(action.column);
    if (own == nullptr || own->inherited_from == 0) continue;
    run_.lock(partition, mode_);
    if (own->inherited_from == 1 && !own->local && !statement_.only) {
      targets.push_back({.kind = Kind::kColumn, .oid = child, .column = own->number, .name = {}});
    } else {
      edit(child, own->number, [&](Column& copy) {
        --copy.inherited_from;
        if (statement_.only) copy.local = true;
      });
    }
  }
  if (table.kind == RelationKind::kCompositeType) {
    for (const Dependency& dependency : run_.catalog.dependents(oid)) {
      const Relation* typed = run_.catalog.relation(dependency.object);
      const Column* own = typed == nullptr ? nullptr : typed->column(action.column);
      if (own != nullptr && typed->of_type == oid) {
        targets.push_back(
            {.kind = Kind::kColumn, .oid = typed->oid, .column = own->number, .name = {}});
      }
    }
  }
  return drop(run_, std::move(targets), action.cascade);
}

}  // namespace forelock::postgres
