// What CREATE TABLE is refused for before there is a table.

#include "analyzer/postgres/replay/create_table_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/facts/lock_levels.h"
#include "analyzer/postgres/facts/storage_parameters.h"

namespace forelock::postgres {
namespace {

using model::ConstraintKind;

/// Columns that meet by inheritance must be of one type. Source: MergeAttributes().
bool check_merge(Run& run, const model::CreateTable& statement) {
  std::vector<Column> columns;
  const auto meets = [&](const std::string& name, const model::TypeName& type) {
    const auto found = std::ranges::find(columns, name, &Column::name);
    if (found == columns.end()) {
      Column column;
      column.name = name;
      column.type = type;
      columns.push_back(std::move(column));
      return true;
    }
    if (found->type.name.empty() || type.name.empty() ||
        (same_type(found->type, type) && found->type.modifiers == type.modifiers)) {
      return true;
    }
    return run.fail("42804", fmt::format("column \"{}\" has a type conflict", name));
  };
  for (const model::QualifiedName& name : statement.inherits) {
    const Relation* parent = run.relation(name);
    if (parent == nullptr) return false;
    if (parent->kind == RelationKind::kPartitionedTable) {
      return run.fail("42809",
                      fmt::format("cannot inherit from partitioned table \"{}\"", parent->name));
    }
    if (parent->is_partition) return run.fail("42809", "cannot inherit from a partition");
    if (parent->kind != RelationKind::kTable && parent->kind != RelationKind::kForeignTable) {
      return run.fail("42809",
                      fmt::format("inherited relation \"{}\" is not a table", parent->name));
    }
    for (const Column& column : parent->columns) {
      if (!meets(column.name, column.type)) return false;
    }
  }
  for (const model::ColumnDefinition& column : statement.columns) {
    const ResolvedType type = run.type(column.type);
    if (!type.known || !meets(column.name, type.name)) return false;
  }
  return true;
}

/// Clauses of a column that exclude each other: transformColumnDefinition().
bool check_column_clauses(Run& run, const model::ColumnDefinition& column) {
  if (column.null_written && column.not_null) {
    return run.fail("42601", fmt::format("conflicting NULL/NOT NULL declarations for column \"{}\"",
                                         column.name));
  }
  const bool generated = column.generated != model::GeneratedKind::kNone;
  const bool identity = column.identity != model::IdentityKind::kNone;
  if (static_cast<int>(generated) + static_cast<int>(identity) +
          static_cast<int>(column.default_value.has_value()) >
      1) {
    return run.fail("42601", fmt::format("column \"{}\" has more than one of default, identity and "
                                         "generation expression",
                                         column.name));
  }
  return true;
}

}  // namespace

std::vector<model::Constraint> all_constraints(const model::CreateTable& statement) {
  std::vector<model::Constraint> result;
  for (const model::ColumnDefinition& column : statement.columns) {
    for (const model::Constraint& constraint : column.constraints) {
      if (constraint.kind == ConstraintKind::kNotNull) continue;
      model::Constraint copy = constraint;
      if (copy.columns.empty() && copy.kind != ConstraintKind::kCheck) {
        copy.columns.push_back(column.name);
      }
      result.push_back(std::move(copy));
    }
  }
  result.insert(result.end(), statement.constraints.begin(), statement.constraints.end());
  return result;
}

bool check_partition_key(Run& run, const Relation& table, const model::PartitionKey& key) {
  if (key.strategy == 'l' && key.keys.size() > 1) {
    return run.fail("42P17", "cannot use \"list\" partition strategy with more than one column");
  }
  for (const model::IndexKey& part : key.keys) {
    if (!part.column.empty()) {
      const Column* column = table.column(part.column);
      if (column == nullptr && !table.open_columns) {
        return run.fail("42703", fmt::format("column \"{}\" named in partition key does not exist",
                                             part.column));
      }
      if (column != nullptr && column->generated != model::GeneratedKind::kNone) {
        return run.fail("42P17", "cannot use generated column in partition key");
      }
      continue;
    }
    if (!part.expression) continue;
    if (!check_expression(run, table, *part.expression, "partition key expressions")) return false;
    const VolatilityAnswer answer = volatility(run.catalog, Scope::of(table), *part.expression);
    if (answer.known && answer.value != model::Volatility::kImmutable) {
      return run.fail("42P17", "functions in partition key expression must be marked IMMUTABLE");
    }
    if (column_names(*part.expression).empty()) {
      return run.fail("42P17", "cannot use constant expression as partition key");
    }
  }
  return true;
}

bool check_create_table(Run& run, const model::CreateTable& statement) {
  std::vector<std::string> columns;
  for (const model::ColumnDefinition& column : statement.columns) {
    if (!column.type.name.name.empty() && !run.type(column.type).known) return false;
    columns.push_back(column.name);
  }
  for (const model::ColumnDefinition& column : statement.columns) {
    if (!check_column_clauses(run, column)) return false;
  }
  const std::size_t own = columns.size();
  bool closed = statement.of_type.empty();
  const auto add = [&](const model::QualifiedName& name) {
    const Relation* source = run.relation(name);
    if (source == nullptr) return false;
    closed = closed && !source->open_columns;
    for (const Column& column : source->columns) columns.push_back(column.name);
    return true;
  };
  for (const model::LikeClause& clause : statement.likes) {
    if (!add(clause.table)) return false;
  }
  for (const model::QualifiedName& name : statement.inherits) {
    if (!add(name)) return false;
  }
  if (!statement.partition_of.empty() && !add(statement.partition_of)) return false;
  for (const model::ColumnDefinition& column : statement.columns) {
    if (!statement.partition_of.empty() && closed &&
        std::find(columns.begin() + static_cast<std::ptrdiff_t>(own), columns.end(), column.name) ==
            columns.end()) {
      return run.fail("42703", fmt::format("column \"{}\" does not exist", column.name));
    }
  }
  std::size_t primary_keys = 0;
  for (const model::Constraint& constraint : all_constraints(statement)) {
    if (constraint.kind == ConstraintKind::kPrimaryKey) ++primary_keys;
    if (constraint.kind != ConstraintKind::kPrimaryKey &&
        constraint.kind != ConstraintKind::kUnique) {
      continue;
    }
    if (primary_keys > 1) return run.fail("42P16", "multiple primary keys are not allowed");
    for (const std::string& name : constraint.columns) {
      if (closed && std::ranges::find(columns, name) == columns.end()) {
        return run.fail("42703", fmt::format("column \"{}\" named in key does not exist", name));
      }
      if (std::ranges::count(constraint.columns, name) > 1) {
        return run.fail("42701", fmt::format("column \"{}\" appears twice in a key", name));
      }
    }
  }
  for (std::size_t i = 0; i < own; ++i) {
    if (std::ranges::count(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(own),
                           columns[i]) > 1) {
      return run.fail("42701", fmt::format("column \"{}\" specified more than once", columns[i]));
    }
  }
  return statement.inherits.empty() || check_merge(run, statement);
}

bool check_table_options(Run& run, const model::CreateTable& statement) {
  for (const auto& [option, value] : statement.options) {
    if (auto error = facts::storage_parameter_error(option, value); error && !statement.foreign) {
      return run.fail("22023", std::move(*error));
    }
    if (statement.foreign || !statement.access_method.empty() ||
        facts::is_storage_parameter(option) || option.find('.') != std::string::npos) {
      continue;
    }
    return run.fail("22023", fmt::format("unrecognized parameter \"{}\"", option));
  }
  return true;
}

}  // namespace forelock::postgres
