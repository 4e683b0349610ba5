// What CREATE TABLE is refused for, in the order in which PostgreSQL looks: the parser first, then
// the definition with its parents, and only then whether the name is free.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/facts/lock_levels.h"
#include "analyzer/postgres/facts/storage_parameters.h"
#include "analyzer/postgres/print.h"
#include "analyzer/postgres/replay/create_table.h"

namespace forelock::postgres {
namespace {

using model::ConstraintKind;

/// Names that a key may use: own columns, those of LIKE, OF and the parents.
struct KnownColumns {
  std::vector<std::string> names;
  bool closed = true;  ///< There are no others.
  [[nodiscard]] bool has(const std::string& name) const {
    return std::ranges::find(names, name) != names.end();
  }
  void add(const Relation& relation) {
    closed = closed && !relation.open_columns;
    for (const Column& column : relation.columns) names.push_back(column.name);
  }
};

bool is_table_with_columns(RelationKind kind) {
  return is_table_like(kind) || kind == RelationKind::kView ||
         kind == RelationKind::kMaterializedView || kind == RelationKind::kCompositeType;
}

/// Source: transformColumnDefinition().
bool parse_column(Run& run, const model::CreateTable& statement,
                  const model::ColumnDefinition& column) {
  if (column.type.name.name.empty()) return true;
  const ResolvedType type = run.type(column.type);
  if (!type.known) return false;
  if (type.serial && column.type.array_dimensions > 0) {
    return run.fail("0A000", "array of serial is not implemented");
  }
  if (!column.collation.empty() && category(run.catalog, type.name) != 0 &&
      !is_collatable(run.catalog, type.name)) {
    return run.fail(
        "42804", fmt::format("collations are not supported by type {}", model::display(type.name)));
  }
  if (column.null_written && column.not_null) {
    return run.fail("42601", fmt::format("conflicting NULL/NOT NULL declarations for column \"{}\"",
                                         column.name));
  }
  const bool identity = column.identity != model::IdentityKind::kNone;
  const bool generated = column.generated != model::GeneratedKind::kNone;
  const bool has_default = column.default_value.has_value() || type.serial;
  if ((identity || generated) && (!statement.of_type.empty() || statement.bound)) {
    return run.fail("0A000", "identity and generated columns are not supported here");
  }
  if ((has_default && identity) || (has_default && generated) || (identity && generated)) {
    return run.fail("42601", fmt::format("both of default, identity and generation expression are "
                                         "specified for column \"{}\"",
                                         column.name));
  }
  return true;
}

/// Source: transformIndexConstraint().
bool parse_keys(Run& run, const model::CreateTable& statement, KnownColumns& known) {
  std::size_t primary_keys = 0;
  bool parents_added = false;
  for (const model::Constraint& constraint : all_constraints(statement)) {
    const bool primary = constraint.kind == ConstraintKind::kPrimaryKey;
    if (!primary && constraint.kind != ConstraintKind::kUnique) continue;
    if (primary && ++primary_keys > 1) {
      return run.fail("42P16", fmt::format("multiple primary keys for table \"{}\" are not allowed",
                                           statement.table.name));
    }
    std::vector<std::string> names = constraint.columns;
    names.insert(names.end(), constraint.include.begin(), constraint.include.end());
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!known.has(names[i]) && !is_system_column(names[i]) && !parents_added) {
        // Only a name that is not the table's own makes the parser open the parents.
        parents_added = true;
        std::vector<model::QualifiedName> parents = statement.inherits;
        if (!statement.partition_of.empty()) parents.push_back(statement.partition_of);
        for (const model::QualifiedName& name : parents) {
          const Relation* parent = run.relation(name, RelationKind::kTable, true);
          if (parent == nullptr) return false;
          if (!is_table_like(parent->kind)) {
            return run.fail("42809",
                            fmt::format("inherited relation \"{}\" is not a table", parent->name));
          }
          known.add(*parent);
        }
      }
      if (known.closed && !known.has(names[i]) && !is_system_column(names[i])) {
        return run.fail("42703",
                        fmt::format("column \"{}\" named in key does not exist", names[i]));
      }
      const auto before = names.begin() + static_cast<std::ptrdiff_t>(i);
      if (i < constraint.columns.size() && std::find(names.begin(), before, names[i]) != before) {
        return run.fail("42701", fmt::format("column \"{}\" appears twice in a key", names[i]));
      }
    }
  }
  return true;
}

/// Columns that meet by inheritance, and what the child says of them. Source: MergeAttributes().
class ColumnMerge {
 public:
  explicit ColumnMerge(Run& run) : run_(run) {}

  bool inherit(const Relation& parent) {
    for (const Column& column : parent.columns) {
      const auto found = std::ranges::find(columns_, column.name, &Column::name);
      if (found == columns_.end()) {
        columns_.push_back(column);
        continue;
      }
      if (!fits(*found, column.type, column.collation, column.assumed)) return false;
      if (found->generated != column.generated) {
        return run_.fail(
            "42804", fmt::format("inherited column \"{}\" has a generation conflict", column.name));
      }
      if (!column.default_value) continue;
      if (!found->default_value) {
        found->default_value = column.default_value;
      } else if (print_expression(run_.catalog, {}, *found->default_value, found->type) !=
                 print_expression(run_.catalog, {}, *column.default_value, column.type)) {
        conflicts_.push_back(column.name);
      }
    }
    for (const CatalogConstraint& constraint : parent.constraints) {
      if (constraint.kind == ConstraintKind::kCheck && !constraint.no_inherit &&
          !inherit_check(parent, constraint)) {
        return false;
      }
    }
    return true;
  }

  bool define(const model::ColumnDefinition& definition) {
    const auto found = std::ranges::find(columns_, definition.name, &Column::name);
    if (found == columns_.end()) return true;
    const ResolvedType type = run_.type(definition.type);
    if (!type.known || !fits(*found, type.name, definition.collation, false)) return false;
    const bool generated = definition.generated != model::GeneratedKind::kNone;
    if (found->generated != model::GeneratedKind::kNone) {
      const bool more = generated || definition.default_value || type.serial ||
                        definition.identity != model::IdentityKind::kNone;
      if (more) {
        return run_.fail("42611", fmt::format("child column \"{}\" of a generated column says more "
                                              "than its type",
                                              definition.name));
      }
    } else if (generated) {
      return run_.fail("42611", fmt::format("child column \"{}\" specifies a generation expression",
                                            definition.name));
    }
    if (definition.default_value || type.serial) std::erase(conflicts_, definition.name);
    return true;
  }

  bool finish() {
    return conflicts_.empty() ||
           run_.fail("42611", fmt::format("column \"{}\" inherits conflicting default values",
                                          conflicts_.front()));
  }

 private:
  bool fits(const Column& column, const model::TypeName& type, const std::string& collation,
            bool assumed) {
    if (column.assumed || assumed || column.type.name.empty() || type.name.empty()) return true;
    if (!same_type(column.type, type) || column.type.modifiers != type.modifiers) {
      return run_.fail("42804", fmt::format("column \"{}\" has a type conflict", column.name));
    }
    return column.collation == collation ||
           run_.fail("42P21", fmt::format("column \"{}\" has a collation conflict", column.name));
  }

  /// Source: MergeCheckConstraint().
  bool inherit_check(const Relation& parent, const CatalogConstraint& constraint) {
    const std::string text =
        constraint.expression
            ? print_expression(run_.catalog, Scope::of(parent), *constraint.expression, {})
            : std::string();
    const auto found =
        std::ranges::find(checks_, constraint.name, [](const auto& check) { return check.first; });
    if (found == checks_.end()) {
      checks_.emplace_back(constraint.name, text);
      return true;
    }
    return found->second == text ||
           run_.fail("42710", fmt::format("check constraint name \"{}\" appears multiple times but "
                                          "with different expressions",
                                          constraint.name));
  }

  Run& run_;
  std::vector<Column> columns_;
  std::vector<std::string> conflicts_;
  std::vector<std::pair<std::string, std::string>> checks_;
};

bool check_parent(Run& run, const Relation& parent, bool partition) {
  if (!partition) {
    if (parent.kind == RelationKind::kPartitionedTable) {
      return run.fail("42809",
                      fmt::format("cannot inherit from partitioned table \"{}\"", parent.name));
    }
    if (parent.is_partition) {
      return run.fail("42809", fmt::format("cannot inherit from partition \"{}\"", parent.name));
    }
  }
  return parent.assumed || is_table_like(parent.kind) ||
         run.fail("42809", fmt::format("inherited relation \"{}\" is not a table", parent.name));
}

bool check_options(Run& run, const model::CreateTable& statement) {
  for (const auto& [name, value] : statement.options) {
    if (statement.partition_by) {
      return run.fail(run.since(16) ? "42809" : "22023",
                      "cannot specify storage parameters for a partitioned table");
    }
    if (statement.foreign) continue;
    // WITH (oids = false) says what has been so since version 12: transformRelOptions().
    if (name == "oids" && (value.starts_with('f') || value.starts_with('F'))) continue;
    if (name == "oids") return run.fail("0A000", "tables declared WITH OIDS are not supported");
    if (auto error = facts::storage_parameter_error(name, value)) {
      return run.fail("22023", std::move(*error));
    }
    if (statement.access_method.empty() && !facts::is_storage_parameter(name) &&
        name.find('.') == std::string::npos) {
      return run.fail("22023", fmt::format("unrecognized parameter \"{}\"", name));
    }
  }
  return true;
}

bool check_names(Run& run, const model::CreateTable& statement, const Relation* type,
                 const Relation* whole) {
  const auto& columns = statement.columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto same = [&](const model::ColumnDefinition& other) {
      return other.name == columns[i].name;
    };
    if (std::any_of(columns.begin() + static_cast<std::ptrdiff_t>(i) + 1, columns.end(), same)) {
      return run.fail("42701",
                      fmt::format("column \"{}\" specified more than once", columns[i].name));
    }
    for (const Relation* source : {type, whole}) {
      if (source != nullptr && !source->open_columns &&
          source->column(columns[i].name) == nullptr) {
        return run.fail("42703", fmt::format("column \"{}\" does not exist", columns[i].name));
      }
    }
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

bool parse_create_table(Run& run, const model::CreateTable& statement) {
  KnownColumns known;
  if (!statement.of_type.empty()) {
    const Relation* type = run.catalog.find_relation(statement.of_type);
    if (type != nullptr && type->kind != RelationKind::kCompositeType) {
      return run.fail("42809", fmt::format("type {} is not a composite type",
                                           model::display(statement.of_type)));
    }
    if (type == nullptr && !run.options.assume_missing) {
      const bool other = run.catalog.find_type(statement.of_type) != nullptr;
      return run.fail(other ? "42809" : "42704",
                      fmt::format("type \"{}\" does not exist", model::display(statement.of_type)));
    }
    if (type != nullptr) {
      known.add(*type);
    } else {
      known.closed = false;
    }
  }
  if (statement.partition_by && !statement.inherits.empty()) {
    return run.fail("42P17", "cannot create partitioned table as inheritance child");
  }
  for (const model::ColumnDefinition& column : statement.columns) {
    if (!parse_column(run, statement, column)) return false;
    // A partition's column is its parent's: there it must be found.
    if (statement.partition_of.empty()) known.names.push_back(column.name);
  }
  for (const model::Constraint& constraint : statement.constraints) {
    if (constraint.kind == ConstraintKind::kExclusion && statement.partition_by && !run.since(17)) {
      return run.fail("0A000", "exclusion constraints are not supported on partitioned tables");
    }
  }
  for (const model::LikeClause& clause : statement.likes) {
    const Relation* source = run.relation(clause.table);
    if (source == nullptr) return false;
    if (!source->assumed && !is_table_with_columns(source->kind)) {
      return run.fail("42809",
                      fmt::format("relation \"{}\" is invalid in LIKE clause", source->name));
    }
    known.add(*source);
  }
  return parse_keys(run, statement, known);
}

bool check_definition(Run& run, const model::CreateTable& statement) {
  // Sequences are made before their table.
  for (const model::ColumnDefinition& column : statement.columns) {
    if (column.identity == model::IdentityKind::kNone) continue;
    const ResolvedType type = run.type(column.type);
    const std::string& name = type.name.name.name;
    if (type.name.array_dimensions > 0 || (name != "int2" && name != "int4" && name != "int8")) {
      return run.fail("22023", "identity column type must be smallint, integer, or bigint");
    }
  }
  std::vector<Oid> parents;
  std::vector<model::QualifiedName> names = statement.inherits;
  const bool partition = !statement.partition_of.empty();
  if (partition) names.push_back(statement.partition_of);
  for (const model::QualifiedName& name : names) {
    const Relation* parent =
        run.relation(name, partition ? RelationKind::kPartitionedTable : RelationKind::kTable);
    if (parent == nullptr) return false;
    if (std::ranges::find(parents, parent->oid) != parents.end()) {
      return run.fail("42P07", fmt::format("relation \"{}\" would be inherited from more than once",
                                           parent->name));
    }
    parents.push_back(parent->oid);
  }
  if (!check_options(run, statement)) return false;
  const Relation* type =
      statement.of_type.empty() ? nullptr : run.catalog.find_relation(statement.of_type);
  if (!check_names(run, statement, type, nullptr)) return false;
  ColumnMerge merge(run);
  for (const Oid oid : parents) {
    if (!check_parent(run, run.at(oid), partition) || !merge.inherit(run.at(oid))) return false;
  }
  if (partition) return check_names(run, statement, nullptr, &run.at(parents.front()));
  return std::ranges::all_of(statement.columns,
                             [&](const auto& column) { return merge.define(column); }) &&
         merge.finish();
}

}  // namespace forelock::postgres
