// CREATE TABLE in all its forms: LIKE, INHERITS, OF, PARTITION OF.

#include "analyzer/postgres/replay/create_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

using model::ConstraintKind;

// TableLikeOption, src/include/nodes/parsenodes.h.
constexpr std::uint32_t kLikeComments = 1U << 0U;
constexpr std::uint32_t kLikeConstraints = 1U << 2U;
constexpr std::uint32_t kLikeDefaults = 1U << 3U;
constexpr std::uint32_t kLikeGenerated = 1U << 4U;
constexpr std::uint32_t kLikeIdentity = 1U << 5U;
constexpr std::uint32_t kLikeIndexes = 1U << 6U;
constexpr std::uint32_t kLikeStorage = 1U << 8U;

/// Adds the column of a parent, or merges with the one that is there.
bool inherit_column(Run& run, Relation& table, const Relation& parent, const Column& inherited) {
  for (Column& own : table.columns) {
    if (own.name != inherited.name) continue;
    if (!own.type.name.empty() && !inherited.type.name.empty() &&
        (!same_type(own.type, inherited.type) || own.type.modifiers != inherited.type.modifiers)) {
      return run.fail("42804", fmt::format("column \"{}\" has a type conflict", own.name));
    }
    if (own.collation != inherited.collation && !own.assumed && !inherited.assumed) {
      return run.fail("42P21", fmt::format("column \"{}\" has a collation conflict", own.name));
    }
    ++own.inherited_from;
    own.not_null = own.not_null || inherited.not_null;
    if (!own.default_value) own.default_value = inherited.default_value;
    return true;
  }
  Column copy = inherited;
  copy.number = table.next_column++;
  copy.inherited_from = 1;
  copy.local = false;
  copy.owned_sequence = 0;
  copy.more_sequences.clear();
  copy.comment.reset();
  copy.added_by_this_migration = true;
  if (!parent.is_partition && parent.kind != RelationKind::kPartitionedTable) {
    copy.identity = model::IdentityKind::kNone;
  } else if (!run.since(17)) {
    copy.identity = model::IdentityKind::kNone;
  }
  std::vector<Dependency> column_needs;
  std::vector<Dependency> default_needs;
  for (const Dependency& dependency : parent.needs) {
    if (dependency.object_column != inherited.number) continue;
    (dependency.kind == Dependency::Part::kColumn ? column_needs : default_needs)
        .push_back({.needs = dependency.needs, .needs_column = dependency.needs_column});
  }
  add_needs(table, std::move(column_needs), Dependency::Part::kColumn, copy.number);
  add_needs(table, std::move(default_needs), Dependency::Part::kDefault, copy.number);
  table.columns.push_back(std::move(copy));
  return true;
}

void inherit_checks(Run& run, Relation& table, const Relation& parent) {
  for (const CatalogConstraint& inherited : parent.constraints) {
    if (inherited.kind != ConstraintKind::kCheck || inherited.no_inherit) continue;
    const auto existing =
        std::ranges::find(table.constraints, inherited.name, &CatalogConstraint::name);
    if (existing != table.constraints.end()) {
      ++existing->inherited_from;
      continue;
    }
    CatalogConstraint copy = inherited;
    copy.oid = run.catalog.new_oid();
    copy.inherited_from = 1;
    copy.local = false;
    copy.comment.reset();
    if (copy.expression) copy.columns = used_columns(table, *copy.expression);
    table.constraints.push_back(std::move(copy));
  }
}

bool like(Run& run, Relation& table, const model::LikeClause& clause) {
  const Relation* source = run.relation(clause.table);
  if (source == nullptr) return false;
  run.lock(*source, LockMode::kAccessShare);
  if (source->open_columns) table.open_columns = true;
  for (const Column& column : source->columns) {
    const auto existing = std::ranges::find(table.columns, column.name, &Column::name);
    if (existing != table.columns.end() && (existing->inherited_from == 0 || existing->local)) {
      return run.fail("42701", fmt::format("column \"{}\" specified more than once", column.name));
    }
    if (existing != table.columns.end()) {
      // It is the parent's column that is declared once more.
      existing->local = true;
      existing->not_null = existing->not_null || column.not_null;
      if ((clause.options & kLikeDefaults) != 0 && column.default_value) {
        existing->default_value = column.default_value;
      }
      continue;
    }
    Column copy;
    copy.number = table.next_column++;
    copy.name = column.name;
    copy.type = column.type;
    copy.type_oid = column.type_oid;
    copy.collation = column.collation;
    copy.not_null = column.not_null;
    if (run.since(18)) copy.not_null_constraint = column.not_null_constraint;
    copy.assumed = column.assumed;
    copy.added_by_this_migration = true;
    std::vector<Dependency> needs;
    const bool generated = column.generated != model::GeneratedKind::kNone;
    if ((clause.options & kLikeDefaults) != 0) copy.default_value = column.default_value;
    if ((clause.options & kLikeGenerated) != 0 && generated) {
      copy.generated = column.generated;
      copy.generation_expression = column.generation_expression;
    }
    if ((clause.options & kLikeIdentity) != 0 && column.identity != model::IdentityKind::kNone) {
      copy.identity = column.identity;
      model::SequenceOptions options;
      if (const Relation* sequence = run.catalog.relation(column.owned_sequence)) {
        options = sequence->sequence;
        options.type = builtin("int8");  // The copy is told its bounds, but not its type.
      }
      add_owned_sequence(run, table, copy, options);
    }
    if ((clause.options & kLikeStorage) != 0) copy.storage = column.storage;
    if ((clause.options & kLikeComments) != 0) copy.comment = column.comment;
    for (const Dependency& dependency : source->needs) {
      if (dependency.object_column != column.number) continue;
      const bool of_default = dependency.kind == Dependency::Part::kDefault;
      if (of_default && !copy.default_value) continue;
      add_needs(table, {{.needs = dependency.needs}}, dependency.kind, copy.number);
    }
    table.columns.push_back(std::move(copy));
  }
  if ((clause.options & kLikeConstraints) != 0) {
    for (const CatalogConstraint& constraint : source->constraints) {
      if (constraint.kind != ConstraintKind::kCheck || !constraint.expression) continue;
      CatalogConstraint copy = constraint;
      copy.oid = run.catalog.new_oid();
      copy.inherited_from = 0;
      copy.local = true;
      copy.validated = copy.enforced;  // The new table has no rows.
      copy.columns = used_columns(table, *copy.expression);
      if ((clause.options & kLikeComments) == 0) copy.comment.reset();
      table.constraints.push_back(std::move(copy));
    }
  }
  return true;
}

/// The indexes of a LIKE source, once the table is in the catalog.
bool like_indexes(Run& run, Oid table, const model::LikeClause& clause) {
  if ((clause.options & kLikeIndexes) == 0) return true;
  const Relation* source = run.catalog.find_relation(clause.table);
  if (source == nullptr) return true;
  for (const Relation* index : run.catalog.indexes_of(*source)) {
    IndexRequest request;
    model::Constraint constraint;
    request.at_creation = true;
    request.definition.unique = index->unique;
    request.definition.method = index->method;
    request.definition.predicate = index->predicate;
    request.definition.nulls_not_distinct = index->nulls_not_distinct;
    for (const IndexColumn& key : index->keys) {
      model::IndexKey copy;
      if (const Column* column = source->column(key.column)) copy.column = column->name;
      copy.expression = key.expression;
      copy.collation = key.collation;
      copy.operator_class = key.operator_class;
      copy.descending = key.descending;
      copy.nulls_first = key.nulls_first;
      request.definition.keys.push_back(std::move(copy));
    }
    for (const AttributeNumber number : index->include) {
      if (const Column* column = source->column(number)) {
        request.definition.include.push_back(column->name);
      }
    }
    for (const CatalogConstraint& own : source->constraints) {
      if (own.index != index->oid) continue;
      request.constraint = own.kind;
      constraint = own.definition;
      constraint.name.clear();
      request.constraint_definition = &constraint;
    }
    if (add_index(run, table, request) == 0) return false;
  }
  return true;
}

bool of_type(Run& run, Relation& table, const model::QualifiedName& name) {
  if (!run.options.assume_missing && run.catalog.find_relation(name) == nullptr) {
    return run.fail("42704", fmt::format("type \"{}\" does not exist", model::display(name)));
  }
  const Relation* type = run.relation(name, RelationKind::kCompositeType);
  if (type == nullptr) return false;
  if (type->kind != RelationKind::kCompositeType) {
    return run.fail("42809", fmt::format("type {} is not a composite type", model::display(name)));
  }
  table.of_type = type->oid;
  table.open_columns = type->open_columns;
  for (const Column& column : type->columns) {
    Column copy = column;
    copy.number = table.next_column++;
    table.columns.push_back(std::move(copy));
  }
  add_needs(table, {{.needs = type->oid}}, Dependency::Part::kWhole);
  return true;
}

/// CHECK first, then keys (the primary key before all), then foreign keys: DefineRelation() and
/// transformCreateStmt() do it in this order, which decides about names.
int order_of(ConstraintKind kind) {
  switch (kind) {
    case ConstraintKind::kCheck:
    case ConstraintKind::kNotNull:
      return 0;
    case ConstraintKind::kPrimaryKey:
      return 1;
    case ConstraintKind::kUnique:
    case ConstraintKind::kExclusion:
      return 2;
    case ConstraintKind::kForeignKey:
      return 3;
  }
  return 3;
}

/// Two keys on the same columns are one; the primary key stays. Source:
/// transformIndexConstraints().
void drop_redundant_keys(std::vector<model::Constraint>& constraints) {
  const auto is_key = [](const model::Constraint& c) {
    return c.kind == ConstraintKind::kPrimaryKey || c.kind == ConstraintKind::kUnique;
  };
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    if (!is_key(constraints[i])) continue;
    for (std::size_t k = i + 1; k < constraints.size();) {
      model::Constraint& first = constraints[i];
      const model::Constraint& second = constraints[k];
      const bool same = is_key(second) && first.columns == second.columns &&
                        first.include == second.include &&
                        first.nulls_not_distinct == second.nulls_not_distinct &&
                        first.without_overlaps == second.without_overlaps &&
                        first.deferrable == second.deferrable &&
                        first.initially_deferred == second.initially_deferred;
      if (!same) {
        ++k;
        continue;
      }
      if (first.name.empty()) first.name = second.name;
      constraints.erase(constraints.begin() + static_cast<std::ptrdiff_t>(k));
    }
  }
}

bool add_constraints(Run& run, Oid table, const model::CreateTable& statement) {
  std::vector<model::Constraint> constraints = all_constraints(statement);
  std::ranges::stable_sort(constraints, {},
                           [](const model::Constraint& c) { return order_of(c.kind); });
  drop_redundant_keys(constraints);
  for (const model::Constraint& constraint : constraints) {
    if (constraint.kind == ConstraintKind::kPrimaryKey) {
      for (const std::string& name : constraint.columns) {
        const Column* column = run.at(table).column(name);
        if (column != nullptr) set_not_null(run, table, column->number);
      }
    }
    if (constraint.kind == ConstraintKind::kNotNull) {
      if (!add_constraint(run, table, constraint, {.at_creation = true})) return false;
      continue;
    }
    if (!add_constraint(run, table, constraint, {.at_creation = true})) return false;
  }
  return true;
}

bool partition_of(Run& run, const model::CreateTable& statement, Relation& table, Oid& parent) {
  const Relation* found = run.relation(statement.partition_of, RelationKind::kPartitionedTable);
  if (found == nullptr) return false;
  parent = found->oid;
  run.lock(*found, LockMode::kAccessExclusive);
  if (found->assumed && found->kind != RelationKind::kPartitionedTable) {
    run.change(parent, [](Relation& copy) { copy.kind = RelationKind::kPartitionedTable; });
  }
  const Relation& owner = run.at(parent);
  table.open_columns = owner.open_columns;
  for (const Column& column : owner.columns) {
    if (!inherit_column(run, table, owner, column)) return false;
  }
  // Column options of the partition itself: `(a WITH OPTIONS DEFAULT 1)`.
  for (const model::ColumnDefinition& definition : statement.columns) {
    const auto own = std::ranges::find(table.columns, definition.name, &Column::name);
    if (own == table.columns.end()) {
      if (table.open_columns) continue;
      return run.fail("42703", fmt::format("column \"{}\" does not exist", definition.name));
    }
    own->local = true;
    own->not_null = own->not_null || definition.not_null;
    if (definition.default_value) {
      if (!check_default(run, table, *own, *definition.default_value)) return false;
      own->default_value = definition.default_value;
    }
  }
  if (owner.kind != RelationKind::kPartitionedTable && !owner.assumed) {
    return run.fail("42P17", fmt::format("\"{}\" is not partitioned", owner.name));
  }
  if (statement.bound && !check_bound(run, owner, *statement.bound, table.oid)) return false;
  inherit_checks(run, table, owner);
  table.is_partition = true;
  table.bound = statement.bound;
  table.parents.push_back(parent);
  return true;
}

bool finish_partition(Run& run, Oid parent, Oid table) {
  const Relation& child = run.at(table);
  if (child.bound) {
    if (!check_bound(run, run.at(parent), *child.bound, table)) return false;
  }
  if (const Oid other = default_partition(run, run.at(parent)); other != 0 && other != table) {
    run.lock_tree(run.at(other), LockMode::kAccessExclusive);
    if (child.bound) scan_default_partition(run, run.at(parent), other, *child.bound);
  }
  run.change(parent, [&](Relation& copy) { copy.children.push_back(table); });
  return clone_for_partition(run, parent, table, true);
}

bool add_parents(Run& run, const model::CreateTable& statement, Relation& table) {
  for (const model::QualifiedName& name : statement.inherits) {
    const Relation* parent = run.relation(name);
    if (parent == nullptr) return false;
    run.lock(*parent, LockMode::kShareUpdateExclusive);
    if (parent->kind == RelationKind::kPartitionedTable) {
      return run.fail("42809",
                      fmt::format("cannot inherit from partitioned table \"{}\"", parent->name));
    }
    if (parent->open_columns) table.open_columns = true;
    for (const Column& column : parent->columns) {
      if (!inherit_column(run, table, *parent, column)) return false;
    }
    table.parents.push_back(parent->oid);
  }
  return true;
}

/// Whether the column has a default that is read with the expressions of generated columns, in the
/// order of the columns: AddRelationNewConstraints().
bool has_plain_default(const Run& run, const model::ColumnDefinition& definition) {
  return definition.default_value && definition.identity == model::IdentityKind::kNone &&
         !resolve_type(run.catalog, definition.type).serial;
}

bool set_default(Run& run, Relation& table, Column& column, const model::Expression& value) {
  if (!check_default(run, table, column, value)) return false;
  if (!keeps_default(run.catalog, column.type, value)) return true;
  column.default_value = value;
  add_needs(table, needs_of(run.catalog, {}, value), Dependency::Part::kDefault, column.number);
  return true;
}

/// A column of a child that a parent has too is one column. `later`: its default is set later.
bool add_column(Run& run, Relation& table, const model::ColumnDefinition& definition, bool later) {
  const auto inherited = std::ranges::find(table.columns, definition.name, &Column::name);
  if (inherited == table.columns.end() || inherited->inherited_from == 0 || inherited->local) {
    if (!later || !has_plain_default(run, definition)) {
      return define_column(run, table, definition) != nullptr;
    }
    model::ColumnDefinition bare = definition;
    bare.default_value.reset();
    return define_column(run, table, bare) != nullptr;
  }
  const ResolvedType type = run.type(definition.type);
  if (!type.known) return false;
  if (!inherited->type.name.empty() && (!same_type(type.name, inherited->type) ||
                                        type.name.modifiers != inherited->type.modifiers)) {
    return run.fail("42804", fmt::format("column \"{}\" has a type conflict", definition.name));
  }
  if (definition.collation != inherited->collation) {
    return run.fail("42P21",
                    fmt::format("column \"{}\" has a collation conflict", definition.name));
  }
  inherited->local = true;
  inherited->not_null = inherited->not_null || definition.not_null;
  if (definition.default_value) inherited->default_value = definition.default_value;
  return true;
}

/// The operator class that compares a part of the key. Source: ComputePartitionAttrs().
bool check_partition_class(Run& run, const model::PartitionKey& key, const model::IndexKey& part,
                           const model::TypeName& type) {
  if (category(run.catalog, type) == 0) return true;
  const std::string_view method = key.strategy == 'h' ? "hash" : "btree";
  if (operator_class(run.catalog, method, part.operator_class, type).found) return true;
  if (!part.operator_class.empty()) return true;  // One of the history's own may be meant.
  return run.fail("42704", fmt::format("data type {} has no default operator class for access "
                                       "method \"{}\"",
                                       model::display(type), method));
}

/// Source: ComputePartitionAttrs() and transformPartitionSpec() in src/backend/commands.
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
      if (column != nullptr && !check_partition_class(run, key, part, column->type)) return false;
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
    const model::TypeName type = infer_type(run.catalog, Scope::of(table), *part.expression);
    if (!check_partition_class(run, key, part, type)) return false;
  }
  return true;
}

}  // namespace

bool apply(Run& run, const model::CreateTable& statement) {
  const std::string schema = run.creation_schema(statement.table, statement.persistence);
  if (run.failed) return false;
  const model::QualifiedName name{schema, truncate_identifier(statement.table.name)};
  const Relation* existing = run.catalog.find_relation(name);
  if (existing != nullptr && !existing->assumed) {
    if (statement.if_not_exists) {
      run.effects.changes_nothing = true;
      return true;
    }
  }
  if (!parse_create_table(run, statement)) return false;
  if (statement.persistence == model::Persistence::kUnlogged && statement.partition_by &&
      run.since(18)) {
    return run.fail("0A000", "partitioned tables cannot be unlogged");
  }
  if (!check_definition(run, statement)) return false;
  if (existing != nullptr && !existing->assumed) {
    return run.fail("42P07", fmt::format("relation \"{}\" already exists", name.name));
  }
  if (existing != nullptr) run.erase(existing->oid);
  const Type* type = run.catalog.find_type(name);
  if (type != nullptr && !type->assumed && type->schema == schema) {
    return run.fail("42710", fmt::format("type \"{}\" already exists", name.name));
  }
  const RelationKind kind = statement.foreign        ? RelationKind::kForeignTable
                            : statement.partition_by ? RelationKind::kPartitionedTable
                                                     : RelationKind::kTable;
  Relation table = run.make(kind, schema, name.name);
  if (statement.persistence == model::Persistence::kUnlogged) {
    table.persistence = model::Persistence::kUnlogged;
  }
  if (statement.foreign && !statement.server.empty()) {
    const NamedObject* server =
        run.catalog.find_object(model::ObjectKind::kServer, {"", statement.server});
    if (server == nullptr && !run.options.assume_missing) {
      return run.fail("42704", fmt::format("server \"{}\" does not exist", statement.server));
    }
    if (server != nullptr) {
      add_needs(table, {{.needs = server->oid}}, Dependency::Part::kWhole);
    }
  }
  table.options = statement.options;
  table.tablespace = statement.tablespace;
  table.access_method = statement.access_method;
  table.owner = run.session.settings.contains("role") ? run.session.settings.at("role") : "";
  const Oid oid = table.oid;
  Oid parent = 0;
  const bool generates =
      statement.partition_of.empty() && statement.of_type.empty() &&
      std::ranges::any_of(statement.columns, [](const model::ColumnDefinition& column) {
        return column.generation_expression.has_value();
      });
  if (!statement.of_type.empty() && !of_type(run, table, statement.of_type)) return false;
  if (!statement.partition_of.empty()) {
    if (!partition_of(run, statement, table, parent)) return false;
  } else {
    if (!add_parents(run, statement, table)) return false;
    for (const model::ColumnDefinition& column : statement.columns) {
      if (!statement.of_type.empty()) {
        const auto own = std::ranges::find(table.columns, column.name, &Column::name);
        if (own == table.columns.end()) {
          if (table.open_columns) continue;
          return run.fail("42703", fmt::format("column \"{}\" does not exist", column.name));
        }
        own->not_null = own->not_null || column.not_null;
        own->default_value = column.default_value;
        continue;
      }
      if (!add_column(run, table, column, generates)) return false;
    }
    for (const model::LikeClause& clause : statement.likes) {
      if (!like(run, table, clause)) return false;
    }
  }
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    Column& column = table.columns[i];
    const auto given =
        std::ranges::find(statement.columns, column.name, &model::ColumnDefinition::name);
    const bool later = generates && given != statement.columns.end() &&
                       column.inherited_from == 0 && !column.default_value &&
                       has_plain_default(run, *given);
    if (later && !set_default(run, table, column, *given->default_value)) return false;
    if (!check_generation(run, table, column.number)) return false;
  }
  if (statement.partition_by) {
    table.partition_key = statement.partition_by;
    if (!check_partition_key(run, table, *statement.partition_by)) return false;
    for (const model::IndexKey& key : statement.partition_by->keys) {
      if (!key.expression) continue;
      add_needs(table, needs_of(run.catalog, Scope::of(table), *key.expression),
                Dependency::Part::kPartitionKey);
    }
  }
  const std::vector<Oid> parents = table.parents;
  if (parent == 0) {
    for (const Oid inherited : parents) inherit_checks(run, table, run.at(inherited));
  }
  run.put(std::move(table));
  run.created(oid);
  if (parent == 0) {
    for (const Oid inherited : parents) {
      run.change(inherited, [&](Relation& copy) { copy.children.push_back(oid); });
    }
  }
  if (parent != 0 && !finish_partition(run, parent, oid)) return false;
  if (!add_constraints(run, oid, statement)) return false;
  for (const model::LikeClause& clause : statement.likes) {
    if (!like_indexes(run, oid, clause)) return false;
  }
  return true;
}

}  // namespace forelock::postgres
