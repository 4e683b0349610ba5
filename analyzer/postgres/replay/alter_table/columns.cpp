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

/// A child has the column already: false after failing, and `merged` says whether it has.
bool AlterTableRun::merge_column(Oid oid, const model::ColumnDefinition& definition, bool& merged) {
  const Relation& child = run_.at(oid);
  const Column* existing = child.column(definition.name);
  merged = existing != nullptr;
  if (existing == nullptr) return true;
  const ResolvedType type = run_.type(definition.type);
  if (!existing->assumed) {
    if (!same_type(type.name, existing->type) || type.name.modifiers != existing->type.modifiers) {
      return run_.fail("42804",
                       fmt::format("child table \"{}\" has different type for column \"{}\"",
                                   child.name, definition.name));
    }
    if (definition.collation != existing->collation) {
      return run_.fail("42P21",
                       fmt::format("child table \"{}\" has different collation for column \"{}\"",
                                   child.name, definition.name));
    }
  }
  edit(oid, existing->number, [](Column& column) { ++column.inherited_from; });
  return true;
}

/// Source: ATExecAddColumn().
bool AlterTableRun::add_column(Oid oid, const model::AddColumn& action, bool recursing) {
  const Relation& before = run_.at(oid);
  if (before.is_partition && !recursing) {
    return run_.fail("42809", "cannot add column to a partition");
  }
  const std::string& name = action.column.name;
  if (recursing) {
    run_.lock(before, mode_);
    bool merged = false;
    if (!merge_column(oid, action.column, merged)) return false;
    if (merged) return true;
  }
  if (const Column* existing = before.column(name)) {
    if (existing->assumed) {
      run_.change(oid, [&](Relation& copy) {
        std::erase_if(copy.columns, [&](const Column& c) { return c.name == name; });
      });
    } else if (action.if_not_exists) {
      changes_nothing();
      return true;
    } else {
      return run_.fail("42701", fmt::format("column \"{}\" of relation \"{}\" already exists", name,
                                            before.name));
    }
  }
  model::ColumnDefinition definition = action.column;
  const auto primary = [](const model::Constraint& constraint) {
    return constraint.kind == model::ConstraintKind::kPrimaryKey;
  };
  // A key of the column's own makes it NOT NULL; children get the column only.
  definition.not_null = definition.not_null || std::ranges::any_of(definition.constraints, primary);
  Relation copy = run_.at(oid);
  Column* column = define_column(run_, copy, definition);
  if (column == nullptr) return false;
  // Identity is inherited by partitions since version 17, by other children never.
  if (definition.identity != model::IdentityKind::kNone && recurse_ && !copy.children.empty() &&
      !(run_.since(17) && copy.kind == RelationKind::kPartitionedTable)) {
    return run_.fail("42P16",
                     "cannot recursively add identity column to table that has child tables");
  }
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
  // A plain table puts a constant into its type at once, whether there are rows or not:
  // StoreAttrDefault().
  if (action.column.default_value && !reason && copy.kind == RelationKind::kTable) {
    if (const auto error = value_error(run_.catalog, type, *action.column.default_value)) {
      return run_.fail(error->sqlstate, error->message);
    }
  }
  run_.put(std::move(copy));
  const Relation& after = run_.at(oid);
  TableWork& work = work_of(oid);
  work.new_values = work.new_values || has_value || reason.has_value();
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
  if (!recursing) parse_column_constraints(action.column);
  if (!children.empty() && !recurse_) {
    return run_.fail("42P16", "column must be added to child tables too");
  }
  return std::ranges::all_of(children, [&](Oid child) { return add_column(child, action, true); });
}

/// The constraints of a column that is added, as table constraints.
void AlterTableRun::parse_column_constraints(const model::ColumnDefinition& column) {
  const bool no_values = !column.default_value && column.generated == model::GeneratedKind::kNone &&
                         !column.type.name.name.ends_with("serial");
  for (const model::Constraint& constraint : column.constraints) {
    if (constraint.kind == model::ConstraintKind::kNotNull) continue;
    ParsedConstraint parsed{constraint, false, false};
    model::Constraint& copy = parsed.constraint;
    if (copy.columns.empty() && copy.kind != model::ConstraintKind::kCheck) {
      copy.columns.push_back(column.name);
    }
    parsed.skip_scan = no_values && copy.kind == model::ConstraintKind::kForeignKey;
    parsed.all_null = column.default_value.has_value() && is_null_constant(*column.default_value);
    const Pass pass = pass_of(copy);
    queue(table_, pass, {std::move(parsed), recurse_});
  }
}

bool AlterTableRun::operator()(const model::DropColumn& action) {
  std::vector<DropTarget> targets;
  if (!drop_column(table_, action, false, targets)) return false;
  return targets.empty() || drop(run_, std::move(targets), action.cascade);
}

/// Source: ATExecDropColumn(). Collects what goes away with the column.
bool AlterTableRun::drop_column(Oid oid, const model::DropColumn& action, bool recursing,
                                std::vector<DropTarget>& targets) {
  const Relation& table = run_.at(oid);
  const Column* column = table.column(action.column);
  if (column == nullptr) {
    if (action.if_exists && !table.open_columns) {
      changes_nothing();
      return true;
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
  std::vector<Oid> keyed = run_.descendants(table);
  keyed.insert(keyed.begin(), oid);
  for (const Oid part : keyed) {
    if (!is_partition_key(run_.at(part), action.column)) continue;
    return run_.fail("42P16", fmt::format("cannot drop column \"{}\" because it is part of the "
                                          "partition key of relation \"{}\"",
                                          action.column, run_.at(part).name));
  }
  const std::vector<Oid> children = run_.at(oid).children;
  if (!children.empty() && !recurse_ && table.kind == RelationKind::kPartitionedTable) {
    return run_.fail("42P16",
                     "cannot drop column from only the partitioned table when partitions "
                     "exist");
  }
  for (const Oid child : children) {
    const Column* own = run_.at(child).column(action.column);
    if (own == nullptr || own->inherited_from == 0) continue;
    run_.lock(child, mode_);
    if (recurse_ && own->inherited_from == 1 && !own->local) {
      if (!drop_column(child, action, true, targets)) return false;
      continue;
    }
    edit(child, own->number, [&](Column& copy) {
      --copy.inherited_from;
      if (!recurse_) copy.local = true;
    });
  }
  targets.push_back({.kind = Kind::kColumn, .oid = oid, .column = number, .name = {}});
  return true;
}

}  // namespace forelock::postgres
