// Indexes: CREATE INDEX, and those behind PRIMARY KEY, UNIQUE and EXCLUDE.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/facts/storage_parameters.h"
#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/inserted_values.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

// What add_index() gives back for IF NOT EXISTS where the name is taken.
constexpr Oid kNothingToDo = 1;

using model::ConstraintKind;

std::string key_name(const model::IndexKey& key) {
  if (!key.column.empty()) return key.column;
  if (!key.expression) return "expr";
  const std::string name = figure_column_name(*key.expression);
  return name.empty() ? "expr" : name;
}

/// Source: ChooseIndexName() in src/backend/commands/indexcmds.c.
std::string choose_index_name(const Run& run, const Relation& table, const IndexRequest& request) {
  std::vector<std::string> columns;
  for (const model::IndexKey& key : request.definition.keys) columns.push_back(key_name(key));
  for (const std::string& column : request.definition.include) columns.push_back(column);
  columns = index_column_names(columns);
  const bool is_constraint = request.constraint != ConstraintKind::kCheck;
  const auto taken = [&](const std::string& name) {
    return run.catalog.relation_name_taken({table.schema, name}) ||
           (is_constraint && run.catalog.constraint_name_taken({table.schema, name}));
  };
  switch (request.constraint) {
    case ConstraintKind::kPrimaryKey:
      return choose_name(table.name, "", "pkey", taken);
    case ConstraintKind::kUnique:
      return choose_name(table.name, index_name_addition(columns), "key", taken);
    case ConstraintKind::kExclusion:
      return choose_name(table.name, index_name_addition(columns), "excl", taken);
    default:
      return choose_name(table.name, index_name_addition(columns), "idx", taken);
  }
}

/// What the parser says about the expressions, before anything else: transformIndexStmt().
bool check_index_expressions(Run& run, Oid table, const model::CreateIndex& definition) {
  const Relation& owner = run.at(table);
  if (definition.predicate &&
      (!check_expression(run, owner, *definition.predicate, "index predicate") ||
       !check_condition(run, Scope::of(owner), *definition.predicate, "WHERE"))) {
    return false;
  }
  return std::ranges::all_of(definition.keys, [&](const model::IndexKey& key) {
    return !key.expression || check_expression(run, owner, *key.expression, "index expression");
  });
}

bool is_mutable(const Run& run, const Relation& table, const model::Expression& expression) {
  const VolatilityAnswer answer = volatility(run.catalog, Scope::of(table), expression, true);
  return answer.known && answer.value != model::Volatility::kImmutable;
}

/// The operator of a key of an exclusion constraint. Source: ComputeIndexAttrs().
bool check_exclusion_operator(Run& run, const IndexRequest& request, std::size_t key,
                              const model::TypeName& type) {
  if (request.constraint != ConstraintKind::kExclusion ||
      request.constraint_definition == nullptr ||
      key >= request.constraint_definition->exclusion_operators.size() ||
      category(run.catalog, type) == 0) {
    return true;
  }
  const std::string& symbol = request.constraint_definition->exclusion_operators[key];
  const Type* user = user_type(run.catalog, base_type(run.catalog, type));
  const bool comparable = user == nullptr || user->kind == TypeKind::kEnum;
  const bool compares = symbol == "=" || symbol == "<" || symbol == ">" || symbol == "<=" ||
                        symbol == ">=" || symbol == "<>";
  if (user != nullptr && user->kind == TypeKind::kComposite && !compares) {
    return run.fail(
        "42883", fmt::format("operator does not exist: {0} {1} {0}", model::display(type), symbol));
  }
  if (comparable && !facts::operators(symbol).empty() &&
      resolve_operator(run.catalog, symbol, {type, type}) == nullptr) {
    return run.fail(
        "42883", fmt::format("operator does not exist: {0} {1} {0}", model::display(type), symbol));
  }
  const bool arithmetic = symbol == "+" || symbol == "-" || symbol == "*" || symbol == "/";
  const bool ordered =
      symbol == "=" || symbol == "<" || symbol == ">" || symbol == "<=" || symbol == ">=";
  if (arithmetic || (request.definition.method == "btree" && !ordered)) {
    return run.fail("42809", fmt::format("operator {} is not a member of operator family of the "
                                         "access method",
                                         symbol));
  }
  return true;
}

/// Two of the system columns' types have a B-tree operator class; none may be indexed.
bool refuse_system_column(Run& run, std::string_view name) {
  const bool sortable = name == "ctid" || name == "tableoid";
  return run.fail(sortable ? "0A000" : "42704",
                  fmt::format("index creation on system column \"{}\" is not supported", name));
}

/// The extension that brings the operator class of a key.
std::vector<Dependency> extension_of_class(const Run& run, const std::string& method,
                                           const std::string& written,
                                           const model::TypeName& type) {
  const OperatorClass chosen = operator_class(run.catalog, method, written, type);
  for (const facts::OperatorClassFact& fact : facts::operator_classes()) {
    if (!chosen.found || fact.extension == 0 || fact.method != method || fact.name != chosen.name ||
        fact.input != chosen.input) {
      continue;
    }
    const Extension* extension = run.catalog.find_extension(facts::extension_name(fact.extension));
    if (extension != nullptr) return {{.needs = extension->oid}};
  }
  return {};
}

bool fill_keys(Run& run, Oid table, const IndexRequest& request, Relation& index) {
  const model::CreateIndex& definition = request.definition;
  if (definition.predicate) {
    const Relation& owner = run.at(table);
    index.predicate = definition.predicate;
    add_needs(index, needs_of(run.catalog, Scope::of(owner), *definition.predicate),
              Dependency::Part::kWhole);
  }
  for (const model::IndexKey& key : definition.keys) {
    IndexColumn result;
    model::TypeName type;
    if (!key.column.empty()) {
      if (is_system_column(key.column)) return refuse_system_column(run, key.column);
      const Column* column = run.column(table, key.column);
      if (column == nullptr) return false;
      result.column = column->number;
      type = column->type;
    } else if (key.expression) {
      const Relation& owner = run.at(table);
      if (is_mutable(run, owner, *key.expression)) {
        return run.fail("42P17", "functions in index expression must be marked IMMUTABLE");
      }
      result.expression = key.expression;
      type = infer_type(run.catalog, Scope::of(owner), *key.expression);
      add_needs(index, needs_of(run.catalog, Scope::of(owner), *key.expression),
                Dependency::Part::kWhole);
    }
    if (!key.collation.empty() && category(run.catalog, type) != 0 &&
        !is_collatable(run.catalog, type)) {
      return run.fail("42804",
                      fmt::format("collations are not supported by type {}", model::display(type)));
    }
    if (!check_collation(run, key.collation)) return false;
    result.collation = key.collation;
    result.operator_class = key.operator_class;
    result.descending = key.descending;
    result.nulls_first = key.nulls_first.value_or(key.descending);
    const bool known_method = std::ranges::any_of(
        facts::operator_classes(),
        [&](const facts::OperatorClassFact& fact) { return fact.method == definition.method; });
    if (known_method && category(run.catalog, type) != 0) {
      const OperatorClass opclass =
          operator_class(run.catalog, definition.method, key.operator_class, type);
      if (!opclass.found && (key.operator_class.empty() || !run.options.assume_missing)) {
        const bool default_class = key.operator_class.empty();
        const bool other_type =
            !default_class && std::ranges::any_of(facts::operator_classes(), [&](const auto& fact) {
              return fact.method == definition.method && fact.name == key.operator_class &&
                     is_available(run.catalog, fact);
            });
        return run.fail(
            other_type ? "42804" : "42704",
            default_class
                ? fmt::format("data type {} has no default operator class for access method \"{}\"",
                              model::display(type), definition.method)
                : fmt::format("operator class \"{}\" does not exist for access method \"{}\"",
                              key.operator_class, definition.method));
      }
    }
    if (known_method) {
      add_needs(index, extension_of_class(run, definition.method, key.operator_class, type),
                Dependency::Part::kWhole);
    }
    if (known_method && definition.method != "btree" && (key.descending || key.nulls_first)) {
      return run.fail("0A000", fmt::format("access method \"{}\" does not support {} options",
                                           definition.method,
                                           key.descending ? "ASC/DESC" : "NULLS FIRST/LAST"));
    }
    if (!check_exclusion_operator(run, request, index.keys.size(), type)) return false;
    index.keys.push_back(std::move(result));
  }
  for (const std::string& name : definition.include) {
    if (name.empty()) {
      return run.fail("0A000", "expressions are not supported in included columns");
    }
    const Column* column = run.column(table, name);
    if (column == nullptr) return false;
    index.include.push_back(column->number);
  }
  return true;
}

bool check_method(Run& run, Oid table, const IndexRequest& request) {
  const model::CreateIndex& definition = request.definition;
  const std::string& method = definition.method;
  const bool known_method = std::ranges::any_of(
      facts::operator_classes(),
      [&](const facts::OperatorClassFact& fact) { return fact.method == method; });
  if (!known_method && !run.options.assume_missing) {
    return run.fail("42704", fmt::format("access method \"{}\" does not exist", method));
  }
  if (definition.unique && request.constraint != ConstraintKind::kExclusion && method != "btree" &&
      (method == "hash" || method == "gin" || method == "gist" || method == "brin" ||
       method == "spgist")) {
    return run.fail("0A000",
                    fmt::format("access method \"{}\" does not support unique indexes", method));
  }
  if (request.constraint == ConstraintKind::kExclusion && (method == "gin" || method == "brin")) {
    return run.fail("0A000", fmt::format("access method \"{}\" does not support exclusion "
                                         "constraints",
                                         method));
  }
  if (!definition.include.empty() && (method == "hash" || method == "gin" || method == "brin" ||
                                      (method == "spgist" && !run.since(14)))) {
    return run.fail("0A000",
                    fmt::format("access method \"{}\" does not support included columns", method));
  }
  if (definition.keys.size() > 1 && (method == "hash" || method == "spgist")) {
    return run.fail(
        "0A000", fmt::format("access method \"{}\" does not support multicolumn indexes", method));
  }
  if (request.constraint == ConstraintKind::kExclusion && (method == "gin" || method == "brin")) {
    return run.fail("0A000", fmt::format("access method \"{}\" does not support exclusion "
                                         "constraints",
                                         method));
  }
  if (definition.predicate && is_mutable(run, run.at(table), *definition.predicate)) {
    return run.fail("42P17", "functions in index predicate must be marked IMMUTABLE");
  }
  for (const auto& [name, value] : definition.options) {
    if (known_method && !facts::is_index_parameter(method, name)) {
      return run.fail("22023", fmt::format("unrecognized parameter \"{}\"", name));
    }
    if (auto error = facts::storage_parameter_error(name, value)) {
      return run.fail("22023", std::move(*error));
    }
  }
  return true;
}

/// A unique index on a partitioned table must contain the partition key.
bool covers_partition_key(Run& run, const Relation& table, const Relation& index) {
  if (!table.partition_key || table.open_columns) return true;
  for (const model::IndexKey& key : table.partition_key->keys) {
    if (key.column.empty()) {
      return run.fail("0A000", "unsupported unique constraint with partition key definition");
    }
    const Column* column = table.column(key.column);
    const bool covered =
        column != nullptr && std::ranges::any_of(index.keys, [&](const IndexColumn& indexed) {
          return indexed.column == column->number;
        });
    if (!covered) {
      return run.fail("0A000",
                      "unique constraint on partitioned table must include all "
                      "partitioning columns");
    }
  }
  return true;
}

void add_backing_constraint(Run& run, Oid table, Relation& index, const IndexRequest& request) {
  if (request.constraint == ConstraintKind::kCheck) return;
  CatalogConstraint constraint;
  constraint.oid = run.catalog.new_oid();
  constraint.name = index.name;
  constraint.kind = request.constraint;
  for (const IndexColumn& key : index.keys) {
    if (key.column != 0) constraint.columns.push_back(key.column);
  }
  constraint.index = index.oid;
  if (request.constraint_definition != nullptr) {
    constraint.definition = *request.constraint_definition;
    constraint.deferrable = constraint.definition.deferrable;
    constraint.initially_deferred = constraint.definition.initially_deferred;
    constraint.deferrable = constraint.deferrable || constraint.initially_deferred;
  }
  if (request.parent_index != 0) {
    constraint.inherited_from = 1;
    constraint.local = false;
  }
  index.constraint = constraint.oid;
  run.change(table, [&](Relation& copy) { copy.constraints.push_back(std::move(constraint)); });
}

/// Whether the history itself wrote one constant into rows of the only key column.
bool may_have_duplicates(const Relation& table, const Relation& index) {
  if (index.keys.size() != 1 || index.predicate || !table.rows_loaded) return false;
  const Column* column = table.column(index.keys[0].column);
  return column != nullptr && (!column->constants_written.empty() || holds_twice(*column));
}

bool recurse_to_partitions(Run& run, Oid table, Oid index, const IndexRequest& request) {
  const std::vector<Oid> children = run.at(table).children;
  for (const Oid child : children) {
    const Relation& partition = run.at(child);
    if (partition.kind == RelationKind::kForeignTable) continue;
    Oid match = 0;
    for (const Relation* candidate : run.catalog.indexes_of(partition)) {
      if (candidate->parents.empty() && same_index_shape(run, run.at(index), *candidate) &&
          (request.constraint == ConstraintKind::kCheck || candidate->constraint != 0)) {
        match = candidate->oid;
        break;
      }
    }
    if (match == 0) {
      IndexRequest part = request;
      part.definition.name.clear();
      part.parent_index = index;
      // Columns are found by name, so the same definition serves the partition.
      match = add_index(run, child, part);
      if (match == 0) return false;
    } else {
      run.change(match, [&](Relation& copy) { copy.parents.push_back(index); });
    }
    run.change(index, [&](Relation& copy) { copy.children.push_back(match); });
  }
  return true;
}

}  // namespace

bool same_index_shape(const Run& run, const Relation& parent_index, const Relation& index) {
  if (parent_index.method != index.method || parent_index.unique != index.unique ||
      parent_index.keys.size() != index.keys.size() ||
      parent_index.include.size() != index.include.size() ||
      parent_index.predicate.has_value() != index.predicate.has_value() ||
      parent_index.nulls_not_distinct != index.nulls_not_distinct) {
    return false;
  }
  const Relation& parent = run.at(parent_index.table);
  const Relation& table = run.at(index.table);
  const auto same_column = [&](AttributeNumber a, AttributeNumber b) {
    const Column* left = parent.column(a);
    const Column* right = table.column(b);
    return left != nullptr && right != nullptr && left->name == right->name;
  };
  for (std::size_t i = 0; i < index.keys.size(); ++i) {
    const IndexColumn& a = parent_index.keys[i];
    const IndexColumn& b = index.keys[i];
    if (a.collation != b.collation || a.operator_class != b.operator_class) return false;
    if (a.expression.has_value() != b.expression.has_value()) return false;
    if (a.expression ? !model::same_expression(*a.expression, *b.expression)
                     : !same_column(a.column, b.column)) {
      return false;
    }
  }
  return !index.predicate || model::same_expression(*parent_index.predicate, *index.predicate);
}

Oid add_index(Run& run, Oid table, const IndexRequest& request) {
  const model::CreateIndex& definition = request.definition;
  const Relation& owner = run.at(table);
  const bool readable = !is_index(owner.kind) && owner.kind != RelationKind::kCompositeType;
  if (readable && !check_index_expressions(run, table, definition)) return 0;
  if (owner.kind == RelationKind::kView || owner.kind == RelationKind::kCompositeType ||
      owner.kind == RelationKind::kForeignTable || owner.kind == RelationKind::kSequence ||
      is_index(owner.kind)) {
    run.fail("42809", fmt::format("cannot create index on relation \"{}\"", owner.name));
    return 0;
  }
  const bool partitioned = owner.kind == RelationKind::kPartitionedTable;
  if (definition.concurrently && partitioned) {
    run.fail("0A000", fmt::format("cannot create index on partitioned table \"{}\" concurrently",
                                  owner.name));
    return 0;
  }
  std::string name = truncate_identifier(definition.name);
  Relation index = run.make(partitioned ? RelationKind::kPartitionedIndex : RelationKind::kIndex,
                            owner.schema, name);
  index.persistence = owner.persistence;
  index.table = table;
  index.method = definition.method;
  index.unique = definition.unique;
  index.primary = request.constraint == ConstraintKind::kPrimaryKey;
  index.nulls_not_distinct = definition.nulls_not_distinct;
  index.options = definition.options;
  index.tablespace = definition.tablespace;
  index.owner = owner.owner;
  index.valid = !(partitioned && definition.only && !owner.children.empty());
  if (partitioned && request.constraint == ConstraintKind::kExclusion && !run.since(17)) {
    run.fail("0A000", "exclusion constraints are not supported on partitioned tables");
    return 0;
  }
  if (!check_method(run, table, request) || !fill_keys(run, table, request, index)) {
    return 0;
  }
  if (request.constraint == ConstraintKind::kPrimaryKey && run.at(table).primary_key() != nullptr) {
    run.fail("42P16", fmt::format("multiple primary keys for table \"{}\" are not allowed",
                                  run.at(table).name));
    return 0;
  }
  if (partitioned && (definition.unique || request.constraint == ConstraintKind::kExclusion)) {
    if (!covers_partition_key(run, run.at(table), index)) return 0;
  }
  if (!name.empty()) {
    if (run.catalog.relation_name_taken({run.at(table).schema, name})) {
      if (definition.if_not_exists) return kNothingToDo;
      run.fail("42P07", fmt::format("relation \"{}\" already exists", name));
      return 0;
    }
    if (request.constraint != ConstraintKind::kCheck &&
        run.at(table).constraint_named(name) != nullptr) {
      run.fail("42710", fmt::format("constraint \"{}\" for relation \"{}\" already exists", name,
                                    run.at(table).name));
      return 0;
    }
  }
  if (name.empty()) {
    name = choose_index_name(run, run.at(table), request);
    index.name = name;
  }
  if (request.parent_index != 0) index.parents.push_back(request.parent_index);
  const Oid oid = index.oid;
  add_backing_constraint(run, table, index, request);
  run.put(std::move(index));
  run.change(table, [&](Relation& copy) { copy.indexes.push_back(oid); });
  run.created(oid);
  if (!request.at_creation) {
    const Relation& heap = run.at(table);
    run.build(run.at(oid), "the index is built");
    run.scan(heap, fmt::format("index \"{}\" is built", name));
    if (definition.unique && run.may_have_rows(heap)) {
      run.may_fail(may_have_duplicates(heap, run.at(oid)), "23505",
                   fmt::format("could not create unique index \"{}\"", name));
    }
    if (request.constraint == ConstraintKind::kExclusion && run.may_have_rows(heap)) {
      run.risk("23P01", fmt::format("could not create exclusion constraint \"{}\"", name));
    }
  }
  if (partitioned && !definition.only && !recurse_to_partitions(run, table, oid, request)) return 0;
  return oid;
}

bool apply(Run& run, const model::CreateIndex& statement) {
  if (statement.concurrently && !run.needs_no_transaction("CREATE INDEX CONCURRENTLY")) {
    return false;
  }
  const Relation* table = run.relation(statement.table);
  if (table == nullptr) return false;
  const bool temporary = table->persistence == model::Persistence::kTemporary;
  const bool concurrently = statement.concurrently && !temporary;
  const LockMode mode = concurrently ? LockMode::kShareUpdateExclusive : LockMode::kShare;
  run.lock(*table, mode);
  if (table->kind == RelationKind::kPartitionedTable && !statement.only) {
    run.lock_tree(*table, mode);
  }
  run.effects.waits_for_old_transactions = concurrently;
  IndexRequest request;
  request.definition = statement;
  const Oid made = add_index(run, table->oid, request);
  run.effects.changes_nothing = made == kNothingToDo;
  if (run.effects.changes_nothing) run.effects.waits_for_old_transactions = false;
  return made != 0;
}

}  // namespace forelock::postgres
