// Statements that read and change rows.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/run.h"
#include "analyzer/postgres/typecheck.h"

namespace forelock::postgres {
namespace {

using model::Expression;

/// Whether rows of a view are rows of the one table behind it, or a trigger or a rule stands in.
/// Source: view_query_is_auto_updatable().
bool is_updatable(const Relation& view) {
  if (view.assumed || view.open_columns || !view.rules.empty()) return true;
  if (std::ranges::any_of(view.triggers, [](const Trigger& trigger) {
        return trigger.definition.timing == "INSTEAD OF";
      })) {
    return true;
  }
  const model::Query& query = *view.query;
  if (query.relations.size() != 1) return false;
  std::string word;
  for (const char c : query.sql + " ") {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '_') {
      word += static_cast<char>(std::tolower(byte));
      continue;
    }
    for (const std::string_view clause : {"distinct", "group", "having", "union", "intersect",
                                          "except", "limit", "offset", "with", "over"}) {
      if (word == clause) return false;
    }
    word.clear();
  }
  return std::ranges::none_of(query.expressions, [](const Expression& call) {
    return std::ranges::any_of(facts::functions(call.name), [](const facts::FunctionFact& fact) {
      return fact.kind == 'a' || fact.returns_set;
    });
  });
}

/// The table behind a simple view, or the relation itself.
const Relation* write_target(Run& run, const model::QualifiedName& name, LockMode mode) {
  const Relation* target = run.relation(name, RelationKind::kTable, true);
  constexpr int kMaxDepth = 32;
  for (int depth = 0; target != nullptr && depth < kMaxDepth; ++depth) {
    if (is_index(target->kind) || target->kind == RelationKind::kCompositeType) {
      run.fail("42809", fmt::format("cannot change relation \"{}\"", target->name));
      return nullptr;
    }
    run.lock(*target, mode);
    if (target->kind != RelationKind::kView || !target->query) break;
    if (!is_updatable(*target)) {
      run.fail("55000", fmt::format("cannot change view \"{}\"", target->name));
      return nullptr;
    }
    if (target->query->relations.empty()) break;
    const Relation* below = run.relation_if_any(target->query->relations[0].name);
    if (below == nullptr) break;
    target = below;
  }
  return target;
}

/// What the executor refuses once the statement has been analysed: CheckValidResultRel().
bool check_writable(Run& run, const Relation& target) {
  if (target.kind == RelationKind::kMaterializedView) {
    return run.fail("42809", fmt::format("cannot change materialized view \"{}\"", target.name));
  }
  if (target.kind == RelationKind::kSequence) {
    return run.fail("42809", fmt::format("cannot change sequence \"{}\"", target.name));
  }
  return true;
}

bool has_subquery(const Expression& expression) {
  bool found = false;
  model::for_each(expression, [&](const Expression& part) {
    found = found || part.kind == model::ExpressionKind::kSubquery;
  });
  return found;
}

model::Query as_query(const model::QualifiedName& table, const std::string& alias,
                      const std::optional<Expression>& where) {
  model::Query query;
  query.relations.push_back({table, alias, false, {}});
  query.where = where;
  return query;
}

/// Rows that the statement reads to find those that it changes, and what sub-queries read.
bool read_for_write(Run& run, const Relation& target, const std::string& alias,
                    const std::optional<Expression>& where,
                    const std::vector<model::RelationUse>& reads) {
  // With nothing else to read, every column is the target's.
  if (where && reads.empty() && !target.open_columns && !has_subquery(*where)) {
    const Scope scope{{{alias.empty() ? target.name : alias, &target}}};
    if (!check_query_expression(run, scope, *where) ||
        !check_condition(run, scope, *where, "WHERE")) {
      return false;
    }
  }
  model::Query query = as_query({target.schema, target.name}, alias, where);
  std::vector<Expression> calls;
  for (const model::RelationUse& use : reads) query.relations.push_back(use);
  return read_query(run, query, true);
}

void note_rows(Run& run, Oid table) {
  std::vector<Oid> tables = run.leaves(run.at(table));
  tables.push_back(table);
  for (const Oid oid : tables) {
    if (run.at(oid).rows_loaded) continue;
    run.change(oid, [](Relation& copy) { copy.rows_loaded = true; });
  }
}

void note_nulls(Run& run, Oid table, const std::vector<std::string>& columns, bool nulls) {
  const Relation& owner = run.at(table);
  const bool changes = std::ranges::any_of(columns, [&](const std::string& name) {
    const Column* column = owner.column(name);
    return column != nullptr && column->nulls_written != nulls;
  });
  if (!changes) return;
  run.session.with_new_columns.push_back(table);
  run.change(table, [&](Relation& copy) {
    for (Column& column : copy.columns) {
      if (std::ranges::find(columns, column.name) != columns.end()) column.nulls_written = nulls;
    }
  });
}

void note_constant(Run& run, Oid table, const std::string& name, const Expression& value) {
  constexpr std::size_t kMaxConstants = 8;
  const Column* column = run.at(table).column(name);
  if (column == nullptr || !is_constant(value) || is_null_constant(value) ||
      column->constants_written.size() >= kMaxConstants) {
    return;
  }
  run.session.with_new_columns.push_back(table);
  run.change(table, [&](Relation& copy) {
    for (Column& own : copy.columns) {
      if (own.name == name) own.constants_written.push_back(value);
    }
  });
}

/// Foreign keys of rows that are inserted or changed: the referenced rows are locked.
void lock_referenced(Run& run, const Relation& table, const std::vector<std::string>* columns) {
  for (const CatalogConstraint& constraint : table.constraints) {
    if (constraint.kind != model::ConstraintKind::kForeignKey || !constraint.enforced) continue;
    if (columns != nullptr) {
      const bool touched = std::ranges::any_of(constraint.columns, [&](AttributeNumber number) {
        const Column* column = table.column(number);
        return column != nullptr && std::ranges::find(*columns, column->name) != columns->end();
      });
      if (!touched) continue;
    }
    run.lock(constraint.referenced_table, LockMode::kRowShare);
  }
}

/// Foreign keys that point here, when rows go or their keys change.
void follow_references(Run& run, const Relation& table, bool deletes,
                       const std::vector<std::string>* columns) {
  for (const Catalog::ForeignKeyUse& use : run.catalog.foreign_keys_to(table.oid)) {
    if (columns != nullptr) {
      const bool touched =
          std::ranges::any_of(use.constraint->referenced_columns, [&](AttributeNumber number) {
            const Column* column = table.column(number);
            return column != nullptr && std::ranges::find(*columns, column->name) != columns->end();
          });
      if (!touched) continue;
    }
    const model::ForeignKeyAction action =
        deletes ? use.constraint->definition.on_delete : use.constraint->definition.on_update;
    const bool writes = action == model::ForeignKeyAction::kCascade ||
                        action == model::ForeignKeyAction::kSetNull ||
                        action == model::ForeignKeyAction::kSetDefault;
    run.lock_tree(*use.table, writes ? LockMode::kRowExclusive : LockMode::kRowShare);
    const bool indexed =
        std::ranges::any_of(run.catalog.indexes_of(*use.table), [&](const Relation* index) {
          return !index->keys.empty() && !use.constraint->columns.empty() &&
                 index->keys[0].column == use.constraint->columns[0];
        });
    if (!indexed) {
      for (const Oid leaf : run.leaves(*use.table)) {
        run.scan(run.at(leaf), fmt::format("foreign key \"{}\" looks for rows without an index",
                                           use.constraint->name));
      }
    }
    if (deletes && !writes) {
      run.risk("23503", fmt::format("rows of \"{}\" may still be referenced from \"{}\"",
                                    table.name, use.table->name));
    }
    if (writes && deletes && action == model::ForeignKeyAction::kCascade &&
        use.table->oid != table.oid) {
      follow_references(run, *use.table, true, nullptr);
    }
  }
}

bool check_columns(Run& run, Oid table, const std::vector<std::string>& columns) {
  return std::ranges::all_of(
      columns, [&](const std::string& name) { return run.column(table, name) != nullptr; });
}

/// Columns that an INSERT leaves out, and that then hold NULL.
std::vector<std::string> left_out(const Relation& table, const std::vector<std::string>& given) {
  std::vector<std::string> result;
  for (const Column& column : table.columns) {
    if (std::ranges::find(given, column.name) != given.end()) continue;
    if (column.default_value || column.identity != model::IdentityKind::kNone ||
        column.generated != model::GeneratedKind::kNone || column.not_null) {
      continue;
    }
    result.push_back(column.name);
  }
  return result;
}

/// Whether rows can be put into the relation itself, so that their NULLs are found.
bool has_rows(const Relation& table) {
  return table.kind != RelationKind::kMaterializedView && table.kind != RelationKind::kSequence;
}

/// The columns of INSERT ... SELECT against those that they go to. Source: transformInsertRow().
bool check_selected(Run& run, const model::Insert& statement, const Relation& table,
                    const std::vector<std::string>& given) {
  const model::Query& query = *statement.query;
  const QueryShape shape = query_shape(run, query, {});
  if (shape.open || table.open_columns) return true;
  if (shape.columns.size() > given.size()) {
    return run.fail("42601", "INSERT has more expressions than target columns");
  }
  if (shape.columns.size() < statement.columns.size()) {
    return run.fail("42601", "INSERT has more target columns than expressions");
  }
  const bool one_by_one = query.targets.size() == shape.columns.size();
  for (std::size_t i = 0; i < shape.columns.size(); ++i) {
    const Column* column = table.column(given[i]);
    const model::TypeName& from = shape.columns[i].type;
    if (column == nullptr || column->assumed) continue;
    // A bare literal is read as the column's type.
    if (one_by_one && query.targets[i].expression.kind == model::ExpressionKind::kConstant) {
      const auto error =
          assignment_error(run.catalog, {}, query.targets[i].expression, column->type);
      if (error) return run.fail(error->sqlstate, error->message);
      continue;
    }
    if (cast_path(run.catalog, from, column->type, CastContext::kAssignment) == CastPath::kNone) {
      return run.fail(
          "42804", fmt::format("column \"{}\" is of type {} but expression is of type {}",
                               column->name, model::display(column->type), model::display(from)));
    }
  }
  return true;
}

bool check_insert(Run& run, const model::Insert& statement, const Relation& table,
                  const std::vector<std::string>& given) {
  const std::size_t wanted = given.size();
  const std::size_t most =
      statement.columns.empty() ? table.columns.size() : statement.columns.size();
  for (const auto& row : statement.rows) {
    if (row.size() > most && !table.open_columns) {
      return run.fail("42601", "INSERT has more expressions than target columns");
    }
    if (row.size() < statement.columns.size()) {
      return run.fail("42601", "INSERT has more target columns than expressions");
    }
    for (std::size_t i = 0; i < row.size() && i < wanted; ++i) {
      const Column* column = table.column(given[i]);
      if (column == nullptr || column->assumed) continue;
      if (row[i].kind == model::ExpressionKind::kColumn && statement.reads.empty()) {
        return run.fail("42703", fmt::format("column \"{}\" does not exist", row[i].name));
      }
      const model::TypeName from = infer_type(run.catalog, {}, row[i]);
      if (cast_path(run.catalog, from, column->type, CastContext::kAssignment) == CastPath::kNone) {
        return run.fail(
            "42804", fmt::format("column \"{}\" is of type {} but expression is of type "
                                 "{}",
                                 column->name, model::display(column->type), model::display(from)));
      }
    }
  }
  for (const auto& row : statement.rows) {
    for (std::size_t i = 0; i < row.size() && i < wanted; ++i) {
      const Column* column = table.column(given[i]);
      if (column == nullptr || column->assumed) continue;
      if (column->identity == model::IdentityKind::kAlways && !statement.overriding_system &&
          row[i].kind != model::ExpressionKind::kDefault) {
        return run.fail("428C9", fmt::format("cannot insert a non-DEFAULT value into column \"{}\"",
                                             column->name));
      }
      if (column->generated != model::GeneratedKind::kNone &&
          row[i].kind != model::ExpressionKind::kDefault) {
        return run.fail("428C9", fmt::format("cannot insert a non-DEFAULT value into column \"{}\"",
                                             column->name));
      }
      if (is_null_constant(row[i]) && column->not_null && has_rows(table)) {
        return run.fail("23502", fmt::format("null value in column \"{}\" of relation \"{}\" "
                                             "violates not-null constraint",
                                             column->name, table.name));
      }
    }
  }
  if (!check_writable(run, table)) return false;
  if (table.open_columns || table.kind == RelationKind::kForeignTable) return true;
  const bool rows =
      statement.query.has_value() || statement.row_count > 0 || statement.rows.empty();
  if (!rows) return true;
  for (const Column& column : table.columns) {
    if (!column.not_null || column.default_value || column.assumed ||
        column.identity != model::IdentityKind::kNone ||
        column.generated != model::GeneratedKind::kNone ||
        std::ranges::find(given, column.name) != given.end() ||
        (category(run.catalog, column.type) != 0 &&
         user_type(run.catalog, column.type) != nullptr)) {
      continue;
    }
    const bool certain = !statement.query && table.triggers.empty() && !statement.on_conflict;
    const std::string message =
        fmt::format("null value in column \"{}\" of relation \"{}\" violates not-null constraint",
                    column.name, table.name);
    if (certain) return run.fail("23502", message);
    run.risk("23502", message);
  }
  return true;
}

}  // namespace

namespace {

/// The columns of a view that is written to, before anything is said about the view itself.
bool check_view_columns(Run& run, const model::QualifiedName& name,
                        const std::vector<std::string>& columns) {
  const Relation* view = run.relation_if_any(name);
  if (view == nullptr || view->kind != RelationKind::kView || view->open_columns) return true;
  for (const std::string& column : columns) {
    if (view->column(column) == nullptr) {
      return run.fail("42703", fmt::format("column \"{}\" of relation \"{}\" does not exist",
                                           column, view->name));
    }
  }
  return true;
}

}  // namespace

bool apply(Run& run, const model::Insert& statement) {
  if (!check_view_columns(run, statement.table, statement.columns)) return false;
  const Relation* target = write_target(run, statement.table, LockMode::kRowExclusive);
  if (target == nullptr) return false;
  const Oid table = target->oid;
  const bool is_view = target->kind == RelationKind::kView;
  if (!is_view && !check_columns(run, table, statement.columns)) return false;
  std::vector<std::string> given = statement.columns;
  if (given.empty()) {
    for (const Column& column : run.at(table).columns) given.push_back(column.name);
  }
  if (statement.query && !read_query(run, *statement.query, true)) return false;
  if (statement.query && !is_view && !check_selected(run, statement, run.at(table), given)) {
    return false;
  }
  if (statement.columns.empty()) {
    // Columns after the last value get their defaults.
    std::size_t count = statement.rows.empty() ? 0 : statement.rows[0].size();
    if (statement.query) {
      const QueryShape shape = query_shape(run, *statement.query, {});
      count = shape.open ? given.size() : shape.columns.size();
    }
    given.resize(std::min(given.size(), count));
  }
  if (!is_view && !check_insert(run, statement, run.at(table), given)) return false;
  for (const model::RelationUse& use : statement.reads) {
    const bool known = statement.query && std::ranges::any_of(statement.query->relations,
                                                              [&](const model::RelationUse& own) {
                                                                return own.name == use.name;
                                                              });
    if (known) continue;
    model::Query query;
    query.relations.push_back(use);
    if (!read_query(run, query, true)) return false;
  }
  const Relation& owner = run.at(table);
  if (owner.kind == RelationKind::kPartitionedTable) {
    for (const Oid leaf : route(run, owner, given, statement.rows)) {
      run.lock(leaf, LockMode::kRowExclusive);
    }
  }
  lock_referenced(run, owner, nullptr);
  std::vector<std::string> nulls = left_out(owner, given);
  for (const auto& row : statement.rows) {
    for (std::size_t i = 0; i < row.size() && i < given.size(); ++i) {
      if (is_null_constant(row[i])) nulls.push_back(given[i]);
    }
  }
  note_nulls(run, table, nulls, true);
  note_rows(run, table);
  return true;
}

bool apply(Run& run, const model::Update& statement) {
  const Relation* target = write_target(run, statement.table, LockMode::kRowExclusive);
  if (target == nullptr) return false;
  const Oid table = target->oid;
  std::vector<std::string> columns;
  std::vector<std::string> nulls;
  std::vector<std::string> values;
  for (const auto& [name, value] : statement.assignments) {
    columns.push_back(name);
    (is_null_constant(value) ? nulls : values).push_back(name);
  }
  if (!read_for_write(run, run.at(table), statement.alias, statement.where, statement.reads)) {
    return false;
  }
  if (target->kind != RelationKind::kView && statement.reads.empty() &&
      !run.at(table).open_columns) {
    for (const auto& [name, value] : statement.assignments) {
      if (!has_subquery(value) && !check_expression(run, run.at(table), value, "UPDATE")) {
        return false;
      }
    }
  }
  if (target->kind != RelationKind::kView && !check_columns(run, table, columns)) return false;
  for (const auto& [name, value] : statement.assignments) {
    const Column* column = run.at(table).column(name);
    if (column == nullptr || column->assumed) continue;
    const model::TypeName from = infer_type(run.catalog, Scope::of(run.at(table)), value);
    if (statement.reads.empty() &&
        cast_path(run.catalog, from, column->type, CastContext::kAssignment) == CastPath::kNone) {
      return run.fail("42804",
                      fmt::format("column \"{}\" is of type {} but expression is of type {}", name,
                                  model::display(column->type), model::display(from)));
    }
  }
  if (!statement.only) run.lock_tree(run.at(table), LockMode::kRowExclusive);
  for (const auto& [name, value] : statement.assignments) {
    const Column* column = run.at(table).column(name);
    if (column == nullptr || column->assumed) continue;
    if ((column->generated != model::GeneratedKind::kNone ||
         column->identity == model::IdentityKind::kAlways) &&
        value.kind != model::ExpressionKind::kDefault) {
      return run.fail("428C9", fmt::format("column \"{}\" can only be updated to DEFAULT", name));
    }
  }
  if (!check_writable(run, run.at(table))) return false;
  const Relation& owner = run.at(table);
  // A column that is set to itself changes no key.
  std::vector<std::string> changed;
  for (const auto& [name, value] : statement.assignments) {
    if (value.kind != model::ExpressionKind::kColumn || value.name != name) changed.push_back(name);
  }
  lock_referenced(run, owner, &changed);
  follow_references(run, owner, false, &changed);
  note_nulls(run, table, values, false);
  note_nulls(run, table, nulls, true);
  for (const auto& [name, value] : statement.assignments) note_constant(run, table, name, value);
  return true;
}

bool apply(Run& run, const model::Delete& statement) {
  const Relation* target = write_target(run, statement.table, LockMode::kRowExclusive);
  if (target == nullptr) return false;
  const Oid table = target->oid;
  if (!statement.only) run.lock_tree(run.at(table), LockMode::kRowExclusive);
  if (!read_for_write(run, run.at(table), statement.alias, statement.where, statement.reads) ||
      !check_writable(run, run.at(table))) {
    return false;
  }
  follow_references(run, run.at(table), true, nullptr);
  if (!statement.where && statement.reads.empty()) {
    run.change(table, [](Relation& copy) { copy.rows_deleted = true; });
    if (!run.is_new(run.at(table))) {
      run.lose(model::ObjectKind::kTable, shown(run.at(table)), false, true);
    }
  }
  std::vector<std::string> all;
  for (const Column& column : run.at(table).columns) {
    if (column.nulls_written) all.push_back(column.name);
  }
  note_nulls(run, table, all, false);
  return true;
}

bool apply(Run& run, const model::Merge& statement) {
  const Relation* target = write_target(run, statement.table, LockMode::kRowExclusive);
  if (target == nullptr) return false;
  const Oid table = target->oid;
  run.lock_tree(run.at(table), LockMode::kRowExclusive);
  if (!read_for_write(run, run.at(table), "", std::nullopt, statement.reads)) return false;
  if (statement.inserts) note_rows(run, table);
  if (statement.deletes) follow_references(run, run.at(table), true, nullptr);
  return true;
}

bool apply(Run& run, const model::Truncate& statement) {
  std::vector<Oid> tables;
  const auto add = [&](const Relation& table) {
    for (const Oid oid : run.descendants(table)) {
      if (std::ranges::find(tables, oid) == tables.end()) tables.push_back(oid);
    }
  };
  for (const model::QualifiedName& name : statement.tables) {
    const Relation* table = run.table(name);
    if (table == nullptr) return false;
    run.lock(*table, LockMode::kAccessExclusive);
    // TRUNCATE ONLY is told by the statement's text alone.
    const bool only = run.sql.find("ONLY") != std::string_view::npos ||
                      run.sql.find("only") != std::string_view::npos;
    if (only && table->kind == RelationKind::kPartitionedTable) {
      return run.fail("42809", "cannot truncate only a partitioned table");
    }
    if (std::ranges::find(tables, table->oid) == tables.end()) tables.push_back(table->oid);
    if (!only) add(*table);
  }
  for (std::size_t i = 0; i < tables.size(); ++i) {
    for (const Catalog::ForeignKeyUse& use : run.catalog.foreign_keys_to(tables[i])) {
      if (std::ranges::find(tables, use.table->oid) != tables.end()) continue;
      if (!statement.cascade) {
        return run.fail("0A000", fmt::format("cannot truncate a table referenced in a foreign key "
                                             "constraint: \"{}\" references \"{}\"",
                                             use.table->name, run.at(tables[i]).name));
      }
      tables.push_back(use.table->oid);
      add(*use.table);
    }
  }
  for (const Oid oid : tables) {
    const Relation& table = run.at(oid);
    run.lock(table, LockMode::kAccessExclusive);
    const bool implied = std::ranges::none_of(
        statement.tables, [&](const auto& name) { return name.name == table.name; });
    if (has_storage(table)) {
      run.lose(model::ObjectKind::kTable, shown(table), implied, !run.is_new(table));
    }
    for (const Relation* index : run.catalog.indexes_of(table)) {
      run.lock(*index, LockMode::kAccessExclusive);
      run.rebuild(*index, "TRUNCATE gives the index new, empty files");
    }
    run.change(oid, [](Relation& copy) {
      copy.rows_loaded = false;
      for (Column& column : copy.columns) {
        column.nulls_written = false;
        column.constants_written.clear();
      }
    });
  }
  return true;
}

bool apply(Run& run, const model::Copy& statement) {
  if (statement.query) return read_query(run, *statement.query, true);
  if (!statement.from) {
    const Relation* source = run.relation_if_any(statement.table);
    if (source != nullptr && source->kind == RelationKind::kView) {
      return run.fail("42809", fmt::format("cannot copy from view \"{}\"", source->name));
    }
    if (source != nullptr && source->kind == RelationKind::kPartitionedTable) {
      return run.fail("42809",
                      fmt::format("cannot copy from partitioned table \"{}\"", source->name));
    }
    model::Query query;
    query.relations.push_back({statement.table, "", false, {}});
    if (source != nullptr && !check_columns(run, source->oid, statement.columns)) return false;
    return read_query(run, query, true);
  }
  const Relation* target = write_target(run, statement.table, LockMode::kRowExclusive);
  if (target == nullptr) return false;
  const Oid table = target->oid;
  if (target->kind == RelationKind::kView) {
    return run.fail("42809", fmt::format("cannot copy to view \"{}\"", target->name));
  }
  if (!check_columns(run, table, statement.columns)) return false;
  lock_referenced(run, run.at(table), nullptr);
  note_rows(run, table);
  return true;
}

bool apply(Run& run, const model::Select& statement) {
  return read_query(run, statement.query, true);
}

}  // namespace forelock::postgres
