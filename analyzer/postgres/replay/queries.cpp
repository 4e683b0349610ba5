// What queries read: locks, scans, columns, dependencies.

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "analyzer/postgres/replay/inserted_values.h"
#include "analyzer/postgres/replay/partition_rows.h"
#include "analyzer/postgres/replay/run.h"
#include "analyzer/postgres/typecheck.h"

namespace forelock::postgres {
namespace {

using model::Expression;
using model::ExpressionKind;
using model::Query;

// Views over views; deeper nesting than this is not followed.
constexpr int kMaxViewDepth = 32;

/// The sub-queries in an expression, outermost ones only.
void add_subqueries(const Expression& expression, std::vector<const Query*>& result) {
  if (expression.kind == ExpressionKind::kSubquery && expression.query) {
    result.push_back(expression.query.get());
    return;
  }
  for (const Expression& arg : expression.args) add_subqueries(arg, result);
}

/// The relations of the outermost level: those of sub-queries in expressions taken away.
std::vector<model::RelationUse> outer_relations(const Query& query,
                                                const std::vector<const Query*>& subqueries) {
  std::vector<model::RelationUse> result = query.relations;
  for (const Query* inner : subqueries) {
    for (const model::RelationUse& use : inner->relations) {
      const auto found = std::ranges::find_if(result, [&](const model::RelationUse& own) {
        return own.name == use.name && own.span == use.span;
      });
      if (found != result.end()) result.erase(found);
    }
  }
  return result;
}

/// Whether every column comes from one of the relations of FROM.
bool only_relations(const Query& query) {
  bool subqueries = false;
  const auto look = [&](const Expression& part) {
    subqueries = subqueries || part.kind == ExpressionKind::kSubquery;
  };
  for (const model::QueryTarget& target : query.targets) model::for_each(target.expression, look);
  for (const Expression& join : query.joins) model::for_each(join, look);
  if (query.where) model::for_each(*query.where, look);
  return query.flat && !subqueries;
}

/// Whether an index narrows the scan of `table` for the conjuncts of WHERE. `per_row`: it is run
/// for each row of a query around it, whose columns have one value then.
bool narrowed_by(const Run& run, const Relation& table, const std::string& alias,
                 const Expression& where, bool per_row = false) {
  if (where.kind == ExpressionKind::kAnd) {
    return std::ranges::any_of(where.args, [&](const Expression& arg) {
      return narrowed_by(run, table, alias, arg, per_row);
    });
  }
  const bool subquery = where.kind == ExpressionKind::kSubquery;
  if (!subquery && where.kind != ExpressionKind::kOperator) return false;
  if (where.args.empty()) return false;
  const bool comparison =
      where.name == "=" || where.name == "IN" || where.name == "= ANY" || where.name == "BETWEEN";
  if (!comparison) return false;
  // In a body a name that is none of the table's is one of its variables.
  const auto constant = [&](const Expression& part) {
    bool columns = false;
    model::for_each(part, [&](const Expression& inner) {
      const bool variable =
          run.depth > 0 && (inner.qualifier == "new" || inner.qualifier == "old" ||
                            table.column(inner.name) == nullptr);
      const bool of_table =
          inner.qualifier.empty() ? table.column(inner.name) != nullptr : inner.qualifier == alias;
      columns = columns ||
                (inner.kind == ExpressionKind::kColumn && !variable && !(per_row && !of_table));
    });
    return !columns;
  };
  for (std::size_t side = 0; side < 2 && side < where.args.size(); ++side) {
    const Expression& key = where.args[side];
    if (key.kind != ExpressionKind::kColumn) continue;
    if (!key.qualifier.empty() && key.qualifier != table.name && key.qualifier != alias) continue;
    const Column* column = table.column(key.name);
    if (column == nullptr) continue;
    if (subquery) {
      if (!where.query || !where.query->has_limit) continue;
    } else {
      bool others_constant = true;
      for (std::size_t i = 0; i < where.args.size(); ++i) {
        if (i != side) others_constant = others_constant && constant(where.args[i]);
      }
      if (!others_constant) continue;
    }
    for (const Relation* index : run.catalog.indexes_of(table)) {
      if (index->valid && !index->predicate && !index->keys.empty() &&
          index->keys[0].column == column->number) {
        return true;
      }
    }
  }
  return false;
}

/// What a view reads, whatever its relations are called by now.
std::vector<const Relation*> view_sources(const Run& run, const Relation& view) {
  std::vector<const Relation*> result;
  for (const Dependency& need : view.needs) {
    if (need.kind != Dependency::Part::kWhole || need.needs_column != 0) continue;
    const Relation* below = run.catalog.relation(need.needs);
    if (below != nullptr && below->oid != view.oid && !is_index(below->kind) &&
        below->kind != RelationKind::kSequence && below->kind != RelationKind::kCompositeType) {
      result.push_back(below);
    }
  }
  return result;
}

bool lock_use(Run& run, const Relation& relation, const model::RelationUse& use,
              const std::optional<Expression>& where, LockMode mode, int depth) {
  run.lock(relation, mode);
  if (!is_index(relation.kind) && !use.only) {
    for (const Oid oid : kept_by(run, relation, where)) run.lock(oid, mode);
  }
  if (relation.kind == RelationKind::kView && depth < kMaxViewDepth) {
    for (const Relation* below : view_sources(run, relation)) {
      if (!lock_use(run, *below, {}, std::nullopt, mode, depth + 1)) return false;
    }
  }
  return true;
}

void scan_use(Run& run, const Relation& relation, const model::RelationUse& use,
              const std::optional<Expression>& where, int depth, bool per_row = false) {
  if (relation.kind == RelationKind::kView) {
    if (!relation.query || depth > kMaxViewDepth) return;
    for (const Relation* below : view_sources(run, relation)) {
      if (relation.query->where && narrowed_by(run, *below, "", *relation.query->where)) continue;
      model::RelationUse inner;
      inner.alias = relation.name;
      scan_use(run, *below, inner, where, depth + 1);
    }
    return;
  }
  const std::vector<Oid> read =
      use.only ? std::vector<Oid>{relation.oid} : kept_by(run, relation, where);
  for (const Oid leaf : read) {
    const Relation& heap = run.at(leaf);
    const std::string& called = use.alias.empty() ? relation.name : use.alias;
    if (where && (narrowed_by(run, heap, called, *where, per_row) ||
                  narrowed_by(run, heap, relation.name, *where))) {
      continue;
    }
    run.scan(heap, "the query reads every row");
  }
}

/// Whether all that is asked for are the ends of indexes: build_minmax_path().
bool reads_ends_only(const Run& run, const Query& query) {
  if (query.where || query.merges_rows || !query.flat || query.relations.size() != 1 ||
      query.targets.empty()) {
    return false;
  }
  const Relation* table = run.relation_if_any(query.relations[0].name);
  if (table == nullptr || table->kind != RelationKind::kTable || !table->children.empty()) {
    return false;
  }
  bool any = false;
  const std::function<bool(const Expression&)> is_end = [&](const Expression& part) {
    const bool extreme = part.kind == ExpressionKind::kFunction &&
                         (part.name == "min" || part.name == "max") && part.args.size() == 1 &&
                         part.args[0].kind == ExpressionKind::kColumn;
    if (!extreme) {
      return part.kind != ExpressionKind::kColumn && std::ranges::all_of(part.args, is_end);
    }
    any = true;
    const Column* column = table->column(part.args[0].name);
    return std::ranges::any_of(run.catalog.indexes_of(*table), [&](const Relation* index) {
      return column != nullptr && index->valid && !index->predicate && index->method == "btree" &&
             !index->keys.empty() && index->keys[0].column == column->number;
    });
  };
  const bool all = std::ranges::all_of(
      query.targets, [&](const model::QueryTarget& target) { return is_end(target.expression); });
  return all && any;
}

void scan_query(Run& run, const Query& query, int depth, bool per_row = false) {
  if (depth > kMaxViewDepth) return;
  std::vector<const Query*> subqueries;
  for (const model::QueryTarget& target : query.targets) {
    add_subqueries(target.expression, subqueries);
  }
  if (query.where) add_subqueries(*query.where, subqueries);
  // One that gives a value is run for each row, others are joined to the query.
  const auto gives_value = [](const Expression& part, const Query* inner) {
    bool found = false;
    model::for_each(part, [&](const Expression& own) {
      found = found || (own.query.get() == inner && own.name.empty());
    });
    return found;
  };
  for (const Query* inner : subqueries) {
    const bool value = (query.where && gives_value(*query.where, inner)) ||
                       std::ranges::any_of(query.targets, [&](const model::QueryTarget& target) {
                         return gives_value(target.expression, inner);
                       });
    scan_query(run, *inner, depth + 1, value && inner->relations.size() == 1);
  }
  if (query.has_limit || reads_ends_only(run, query)) return;
  for (const model::RelationUse& use : outer_relations(query, subqueries)) {
    const Relation* relation = run.relation_if_any(use.name);
    if (relation != nullptr && !use.inserted_into) {
      scan_use(run, *relation, use, query.where, 0, per_row);
    }
  }
}

/// Whether the reference stands in a part of the query that has been looked at: all but GROUP BY,
/// ORDER BY and HAVING.
bool stands_in_parts(const Query& query, const Expression& column) {
  bool found = false;
  const auto look = [&](const Expression& part) {
    found = found || (part.kind == ExpressionKind::kColumn && part.name == column.name &&
                      part.span == column.span && !column.span.empty());
  };
  for (const Expression& join : query.joins) model::for_each(join, look);
  for (const model::QueryTarget& target : query.targets) model::for_each(target.expression, look);
  if (query.where) model::for_each(*query.where, look);
  return found;
}

/// Source: transformSelectStmt(): FROM with its conditions, the list, WHERE, and then the rest.
bool analyse(Run& run, const Query& query) {
  std::vector<const Query*> subqueries;
  for (const Expression& join : query.joins) add_subqueries(join, subqueries);
  for (const model::QueryTarget& target : query.targets) {
    add_subqueries(target.expression, subqueries);
  }
  if (query.where) add_subqueries(*query.where, subqueries);
  Query outer;
  outer.relations = outer_relations(query, subqueries);
  const Scope scope = query_scope(run, outer);
  const bool open = scope.entries.size() != outer.relations.size() ||
                    std::ranges::any_of(scope.entries, [](const Scope::Entry& entry) {
                      return entry.relation->open_columns;
                    });
  if (open || !query.flat) return true;
  for (const Expression& join : query.joins) {
    if (!check_query_expression(run, scope, join) ||
        !check_condition(run, scope, join, "JOIN/ON")) {
      return false;
    }
  }
  for (const model::QueryTarget& target : query.targets) {
    if (!check_query_expression(run, scope, target.expression)) return false;
  }
  if (query.where && (!check_query_expression(run, scope, *query.where) ||
                      !check_condition(run, scope, *query.where, "WHERE"))) {
    return false;
  }
  // The columns of sub-queries are listed here, too.
  if (!subqueries.empty()) return true;
  for (const Expression& column : query.columns) {
    const bool output = std::ranges::any_of(query.targets, [&](const model::QueryTarget& target) {
      return target.name == column.name;
    });
    if (output || stands_in_parts(query, column)) continue;
    if (!check_query_expression(run, scope, column)) return false;
  }
  return true;
}

/// The columns of UNION and its kin must fit each other. Source: transformSetOperationTree().
bool check_branches(Run& run, const Query& query) {
  std::optional<QueryShape> before;
  for (const Query& branch : query.branches) {
    if (!analyse(run, branch)) return false;
    QueryShape shape = query_shape(run, branch, {});
    if (shape.open || !only_relations(branch)) return true;
    if (before && before->columns.size() != shape.columns.size()) {
      return run.fail("42601", "each UNION query must have the same number of columns");
    }
    for (std::size_t i = 0; before && i < shape.columns.size(); ++i) {
      const auto type_of = [&](const QueryShape& from, const Query& source) {
        const bool literal =
            source.targets.size() == from.columns.size() &&
            infer_type(run.catalog, {}, source.targets[i].expression).name.name == "unknown";
        return literal ? builtin("unknown") : from.columns[i].type;
      };
      const CommonType common =
          common_type(run.catalog, {type_of(*before, *(&branch - 1)), type_of(shape, branch)});
      if (common.unmatched) return run.fail("42804", "UNION types cannot be matched");
      if (!common.type.name.name.empty()) shape.columns[i].type = common.type;
    }
    before = std::move(shape);
  }
  return true;
}

}  // namespace

namespace {

/// A materialized view cannot be read until it is filled, nor can a view over it.
/// Source: ExecOpenScanRelation().
bool check_populated(Run& run, const Relation& relation, int depth) {
  if (relation.kind == RelationKind::kMaterializedView) {
    return relation.populated || relation.assumed ||
           run.fail("55000",
                    fmt::format("materialized view \"{}\" has not been populated", relation.name));
  }
  if (relation.kind != RelationKind::kView || depth > kMaxViewDepth) return true;
  const std::vector<const Relation*> sources = view_sources(run, relation);
  return std::ranges::all_of(
      sources, [&](const Relation* below) { return check_populated(run, *below, depth + 1); });
}

}  // namespace

Scope query_scope(const Run& run, const Query& query) {
  Scope scope;
  for (const model::RelationUse& use : query.relations) {
    if (const Relation* relation = run.relation_if_any(use.name)) {
      scope.entries.push_back({use.alias.empty() ? use.name.name : use.alias, relation});
    }
  }
  return scope;
}

namespace {

/// Rows can be locked only where each is a row of one relation: CheckSelectLocking().
bool check_row_locks(Run& run, const Query& query) {
  const auto refuse = [&](std::string_view with) {
    return run.fail("0A000", fmt::format("FOR UPDATE is not allowed with {}", with));
  };
  if (query.merges_rows) return refuse("DISTINCT, GROUP BY, HAVING, windows or set operations");
  for (const model::QueryTarget& target : query.targets) {
    bool aggregates = false;
    bool sets = false;
    model::for_each(target.expression, [&](const Expression& part) {
      if (part.kind != ExpressionKind::kFunction) return;
      for (const facts::FunctionFact& fact : facts::functions(part.name)) {
        aggregates = aggregates || fact.kind == 'a';
        sets = sets || fact.returns_set;
      }
    });
    if (aggregates) return refuse("aggregate functions");
    if (sets) return refuse("set-returning functions in the target list");
  }
  for (const std::string& name : query.locked) {
    if (std::ranges::none_of(query.relations, [&](const model::RelationUse& use) {
          return use.alias == name || (use.alias.empty() && use.name.name == name);
        })) {
      return run.fail("42P01", fmt::format("relation \"{}\" in FOR UPDATE clause not found in FROM "
                                           "clause",
                                           name));
    }
  }
  for (const model::RelationUse& use : query.relations) {
    const Relation* relation = run.relation_if_any(use.name);
    if (relation != nullptr && relation->kind == RelationKind::kMaterializedView) {
      return run.fail("42809",
                      fmt::format("cannot lock rows in materialized view \"{}\"", relation->name));
    }
  }
  return true;
}

}  // namespace

namespace {

/// The columns of a sub-query are its own, or those of the query around it.
bool check_inner_columns(Run& run, const Scope& outer, const Scope& scope, const Query& inner) {
  for (const Expression& column : inner.columns) {
    const bool output = std::ranges::any_of(inner.targets, [&](const model::QueryTarget& target) {
      return target.name == column.name;
    });
    if ((output && !stands_in_parts(inner, column)) ||
        scope.find(column.qualifier, column.name).column != nullptr ||
        outer.find(column.qualifier, column.name).column != nullptr) {
      continue;
    }
    if (!check_query_expression(run, scope, column)) return false;
  }
  return true;
}

/// What `x IN (SELECT …)` compares.
bool check_compared(Run& run, const Scope& outer, const Scope& scope, const Expression& part) {
  const Query& inner = *part.query;
  if (part.args.size() != 1 || part.args[0].kind == ExpressionKind::kRow) return true;
  const QueryShape shape = query_shape(run, inner, {});
  if (shape.open) return true;
  if (shape.columns.size() > 1) return run.fail("42601", "subquery has too many columns");
  if (inner.targets.size() != 1 || (part.name != "IN" && part.name != "= ANY")) return true;
  Scope both = scope;
  both.entries.insert(both.entries.end(), outer.entries.begin(), outer.entries.end());
  const model::TypeName left = infer_type(run.catalog, outer, part.args[0]);
  const model::TypeName right = inner.targets[0].name == "*" && !shape.columns.empty()
                                    ? shape.columns[0].type
                                    : infer_type(run.catalog, both, inner.targets[0].expression);
  if (category(run.catalog, left) == 0 || category(run.catalog, right) == 0 ||
      left.name.name == "unknown" || right.name.name == "unknown" ||
      resolve_operator(run.catalog, "=", {left, right}) != nullptr) {
    return true;
  }
  return run.fail("42883", fmt::format("operator does not exist: {} = {}", model::display(left),
                                       model::display(right)));
}

/// The relations of FROM and the list are looked at before the sub-queries of WHERE.
bool check_before_subqueries(Run& run, const Query& query) {
  std::vector<const Query*> subqueries;
  if (query.where) add_subqueries(*query.where, subqueries);
  if (subqueries.empty() || !query.flat) return true;
  Query outer = query;
  outer.relations = outer_relations(query, subqueries);
  outer.where.reset();
  if (!only_relations(outer)) return true;
  for (const model::RelationUse& use : outer.relations) {
    if (run.is_system(use.name) && run.catalog.find_relation(use.name) == nullptr) return true;
    if (run.relation(use.name, RelationKind::kTable, true) == nullptr) return false;
  }
  outer.columns.clear();
  return analyse(run, outer);
}

}  // namespace

bool check_subquery(Run& run, const Scope& outer, const Expression& part) {
  const auto check_left = [&] {
    return std::ranges::all_of(
        part.args, [&](const Expression& arg) { return check_query_expression(run, outer, arg); });
  };
  if (!part.query || run.sees_variables) return check_left();
  const Query& inner = *part.query;
  const Scope scope = query_scope(run, inner);
  const auto is_open = [](const Scope::Entry& entry) { return entry.relation->open_columns; };
  if (!only_relations(inner) || !inner.branches.empty() ||
      scope.entries.size() != inner.relations.size() ||
      std::ranges::any_of(scope.entries, is_open) || std::ranges::any_of(outer.entries, is_open)) {
    return check_left();
  }
  // Source: transformSubLink(): the query before what it is compared with.
  return check_inner_columns(run, outer, scope, inner) && check_left() &&
         check_compared(run, outer, scope, part);
}

bool read_query(Run& run, const Query& query, bool executed, bool correlated) {
  // Each SELECT of a UNION is analysed before the next one is looked at.
  for (const Query& branch : query.branches) {
    for (const model::RelationUse& use : branch.relations) {
      if (run.is_system(use.name) && run.catalog.find_relation(use.name) == nullptr) continue;
      if (run.relation(use.name, RelationKind::kTable, true) == nullptr) return false;
    }
    if (!correlated && !run.sees_variables && !analyse(run, branch)) return false;
  }
  if (!correlated && !run.sees_variables && !check_before_subqueries(run, query)) return false;
  for (const model::RelationUse& use : query.relations) {
    if (run.is_system(use.name) && run.catalog.find_relation(use.name) == nullptr) continue;
    const Relation* relation = run.relation(use.name, RelationKind::kTable, true);
    if (relation == nullptr) return false;
    if (is_index(relation->kind) || relation->kind == RelationKind::kCompositeType) {
      return run.fail("42809", fmt::format("cannot open relation \"{}\"", relation->name));
    }
    const LockMode mode = use.target_of_write ? LockMode::kRowExclusive
                          : query.for_update  ? LockMode::kRowShare
                                              : LockMode::kAccessShare;
    // Of several relations it is not known whose columns WHERE names.
    const bool alone = query.relations.size() == 1;
    if (!lock_use(run, *relation, use, alone ? query.where : std::nullopt, mode, 0)) return false;
    if (use.target_of_write && executed) {
      const Oid written = relation->oid;
      run.change(written, [](Relation& copy) {
        copy.rows_loaded = true;
        copy.emptied = false;
      });
      note_unknown_rows(run, written);
    }
  }
  // In a body a name may be one of its variables.
  if (!correlated && !run.sees_variables &&
      !(query.branches.empty() ? analyse(run, query) : check_branches(run, query))) {
    return false;
  }
  for (const Expression& call : query.expressions) {
    if (!check_function_exists(run, call) || !check_regclass(run, call)) return false;
  }
  if (query.for_update && !check_row_locks(run, query)) return false;
  if (executed) {
    for (const model::RelationUse& use : query.relations) {
      const Relation* relation = run.relation_if_any(use.name);
      if (relation != nullptr && !check_populated(run, *relation, 0)) return false;
    }
    scan_query(run, query, 0);
    return call_functions(run, query.expressions);
  }
  return true;
}

namespace {

/// The collation that an expression takes from its columns; empty for the default one.
/// Source: assign_collations_walker() in src/backend/parser/parse_collate.c.
std::string collation_of(const Scope& scope, const Expression& expression) {
  if (expression.kind == ExpressionKind::kColumn) {
    const Scope::Found found = scope.find(expression.qualifier, expression.name);
    return found.column == nullptr ? std::string() : found.column->collation;
  }
  if (expression.kind == ExpressionKind::kCollate) {
    return expression.name == "default" ? std::string() : expression.name;
  }
  std::string result;
  for (const Expression& arg : expression.args) {
    const std::string own = collation_of(scope, arg);
    if (!own.empty() && !result.empty() && own != result) return {};
    if (!own.empty()) result = own;
  }
  return result;
}

}  // namespace

QueryShape query_shape(Run& run, const Query& query, const std::vector<std::string>& names) {
  if (!query.branches.empty()) {
    QueryShape shape = query_shape(run, query.branches.front(), names);
    for (const Query& branch : query.branches) {
      const QueryShape other = query_shape(run, branch, {});
      shape.open = shape.open || other.open;
      for (std::size_t i = 0; i < shape.columns.size() && i < other.columns.size(); ++i) {
        Column& column = shape.columns[i];
        column.type = common_type(run.catalog, {column.type, other.columns[i].type}).type;
        column.assumed = column.assumed || column.type.name.name.empty();
      }
    }
    return shape;
  }
  QueryShape shape;
  std::vector<const Query*> subqueries;
  for (const model::QueryTarget& target : query.targets) {
    add_subqueries(target.expression, subqueries);
  }
  if (query.where) add_subqueries(*query.where, subqueries);
  Query outer = query;
  outer.relations = outer_relations(query, subqueries);
  const Scope scope = query_scope(run, outer);
  const bool plain = only_relations(query) || (subqueries.empty() && outer.relations.size() == 1 &&
                                               query.expressions.empty());
  AttributeNumber number = 1;
  const auto add = [&](std::string name, model::TypeName type) {
    Column column;
    column.number = number++;
    column.name = std::move(name);
    const ResolvedType resolved = resolve_type(run.catalog, type);
    if (resolved.known) column.type_oid = resolved.user_type;
    if (type.name.name == "unknown") type = builtin("text");
    column.type = std::move(type);
    column.assumed = column.type.name.name.empty();
    column.added_by_this_migration = true;
    shape.columns.push_back(std::move(column));
  };
  for (const model::QueryTarget& target : query.targets) {
    if (target.expression.kind != ExpressionKind::kColumn || target.expression.name != "*") {
      const bool known = plain || !target.expression.qualifier.empty() ||
                         target.expression.kind != ExpressionKind::kColumn;
      add(target.name,
          known ? infer_type(run.catalog, scope, target.expression) : model::TypeName{});
      Column& added = shape.columns.back();
      const bool collated = target.expression.kind == ExpressionKind::kColumn ||
                            target.expression.kind == ExpressionKind::kCollate ||
                            is_collatable(run.catalog, added.type);
      if (collated) added.collation = collation_of(scope, target.expression);
      continue;
    }
    if (!plain && target.expression.qualifier.empty()) shape.open = true;
    bool any = false;
    for (const Scope::Entry& entry : scope.entries) {
      if (!target.expression.qualifier.empty() && target.expression.qualifier != entry.alias) {
        continue;
      }
      any = true;
      if (entry.relation->open_columns) shape.open = true;
      for (const Column& column : entry.relation->columns) {
        add(column.name, column.type);
        shape.columns.back().collation = column.collation;
      }
    }
    if (!any) shape.open = true;
  }
  if (query.targets.empty()) shape.open = true;  // VALUES, or a data-modifying statement.
  for (std::size_t i = 0; i < names.size() && i < shape.columns.size(); ++i) {
    shape.columns[i].name = names[i];
  }
  return shape;
}

std::vector<Dependency> query_needs(Run& run, const Query& query) {
  std::vector<Dependency> result;
  const auto add = [&](Oid oid, AttributeNumber column) {
    const Dependency dependency{.needs = oid, .needs_column = column};
    if (std::ranges::find(result, dependency) == result.end()) result.push_back(dependency);
  };
  const Scope scope = query_scope(run, query);
  for (const Scope::Entry& entry : scope.entries) add(entry.relation->oid, 0);
  const bool plain = only_relations(query);
  for (const Expression& column : query.columns) {
    if (column.name == "*") {
      for (const Scope::Entry& entry : scope.entries) {
        if (!column.qualifier.empty() && column.qualifier != entry.alias) continue;
        for (const Column& own : entry.relation->columns) add(entry.relation->oid, own.number);
      }
      continue;
    }
    // A name that several relations have belongs to a level of the query that is not known here.
    const Relation* owner = nullptr;
    AttributeNumber number = 0;
    std::size_t owners = 0;
    for (const Scope::Entry& entry : scope.entries) {
      if (!column.qualifier.empty() && column.qualifier != entry.alias) continue;
      const Column* own = entry.relation->column(column.name);
      if (own == nullptr) continue;
      if (owner != entry.relation) ++owners;
      owner = entry.relation;
      number = own->number;
    }
    if (owners == 1 && (plain || owner != nullptr)) add(owner->oid, number);
  }
  for (const model::QueryTarget& target : query.targets) {
    for (const Dependency& need : needs_of(run.catalog, scope, target.expression)) {
      add(need.needs, need.needs_column);
    }
  }
  for (const Expression& call : query.expressions) {
    for (const Dependency& need : needs_of(run.catalog, scope, call)) {
      add(need.needs, need.needs_column);
    }
  }
  return result;
}

}  // namespace forelock::postgres
