// Views, materialized views, CREATE TABLE AS.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/run.h"
#include "analyzer/postgres/schema_text.h"

namespace forelock::postgres {
namespace {

/// The function of the history's own that is called; 0 for any other.
Oid called_function(const Run& run, const Scope& scope, const model::Expression& call) {
  const auto found = run.catalog.find_functions({call.qualifier, call.name});
  if (found.size() == 1) return found.front()->oid;
  if (found.empty()) return 0;
  const ResolvedFunction called = resolve_function(run.catalog, {call.qualifier, call.name},
                                                   argument_types(run.catalog, scope, call), true);
  return called.user == nullptr ? 0 : called.user->oid;
}

/// Calls `visit` on the parts of every expression that the query's text holds at its own level.
template <typename Visitor>
void for_each_part(const model::Query& query, const Visitor& visit) {
  for (const model::QueryTarget& target : query.targets) model::for_each(target.expression, visit);
  if (query.where) model::for_each(*query.where, visit);
  for (const model::Expression& join : query.joins) model::for_each(join, visit);
  for (const model::Query& branch : query.branches) for_each_part(branch, visit);
}

/// The enum whose labels are meant where constants stand among the arguments; 0 for none.
Oid enum_of(const Run& run, const Scope& scope, const model::Expression& part) {
  Oid type = 0;
  if (part.kind == model::ExpressionKind::kCast && part.type) {
    type = resolve_type(run.catalog, *part.type).user_type;
  } else if (part.kind == model::ExpressionKind::kOperator) {
    for (const model::Expression& arg : part.args) {
      if (arg.kind != model::ExpressionKind::kColumn) continue;
      const Column* column = scope.find(arg.qualifier, arg.name).column;
      if (column != nullptr && column->type_oid != 0) type = column->type_oid;
    }
  }
  const Type* found = run.catalog.type(type);
  return found != nullptr && found->kind == TypeKind::kEnum ? type : 0;
}

/// The names in a view's query with what they mean now. None where the text cannot be told apart.
std::vector<QueryReference> query_references(const Run& run, const model::Query& query) {
  const std::size_t base = query.sql.empty() ? std::string::npos : run.sql.rfind(query.sql);
  if (base == std::string_view::npos) return {};
  const auto begin = static_cast<std::uint32_t>(base);
  std::vector<QueryReference> result;
  const auto add = [&](QueryReference reference, text::Span span) {
    const bool inside =
        !span.empty() && span.begin_byte >= begin && span.end_byte - begin <= query.sql.size();
    if (!inside) return;
    reference.span = {span.begin_byte - begin, span.end_byte - begin};
    result.push_back(std::move(reference));
  };
  for (const model::RelationUse& use : query.relations) {
    QueryReference reference;
    if (const Relation* found = run.relation_if_any(use.name)) {
      reference.relation = found->oid;
      if (use.alias.empty()) reference.spelled = found->name;
      add(std::move(reference), use.span);
    }
  }
  const Scope scope = query_scope(run, query);
  for (const model::Expression& column : query.columns) {
    QueryReference reference;
    reference.spelled = column.name;
    reference.qualifier = column.qualifier;
    if (column.name == "*") continue;
    const Scope::Found found = scope.find(column.qualifier, column.name);
    if (found.column == nullptr) continue;
    reference.relation = found.relation->oid;
    reference.column = found.column->number;
    add(std::move(reference), column.span);
  }
  for (const model::Expression& call : query.expressions) {
    QueryReference reference;
    reference.function = called_function(run, scope, call);
    reference.spelled = call.name;
    reference.qualifier = call.qualifier;
    const std::size_t open = run.sql.find('(', call.span.begin_byte);
    if (reference.function == 0 || open == std::string::npos) continue;
    add(std::move(reference), {call.span.begin_byte, static_cast<std::uint32_t>(open)});
  }
  for_each_part(query, [&](const model::Expression& part) {
    const Oid labels_of = enum_of(run, scope, part);
    for (const model::Expression& arg : part.args) {
      if (labels_of == 0 || arg.kind != model::ExpressionKind::kConstant ||
          arg.constant != model::ConstantKind::kString) {
        continue;
      }
      QueryReference reference;
      reference.type = labels_of;
      reference.constant = true;
      reference.spelled = arg.name;
      add(std::move(reference), arg.span);
    }
    if (part.kind != model::ExpressionKind::kCast || !part.type ||
        part.type->array_dimensions != 0) {
      return;
    }
    QueryReference reference;
    reference.type = resolve_type(run.catalog, *part.type).user_type;
    reference.spelled = part.type->name.name;
    reference.qualifier = part.type->name.schema;
    if (reference.type != 0) add(std::move(reference), part.type->span);
  });
  for (const model::QueryTarget& target : query.targets) {
    if (target.expression.kind != model::ExpressionKind::kColumn || target.expression.name != "*") {
      continue;
    }
    // A star over several relations has one reference for each of them at the same place.
    for (const Scope::Entry& entry : scope.entries) {
      const std::string& qualifier = target.expression.qualifier;
      if (!qualifier.empty() && qualifier != entry.alias) continue;
      if (entry.relation->open_columns) return {};
      QueryReference reference;
      reference.relation = entry.relation->oid;
      reference.qualifier = entry.alias;
      for (const Column& column : entry.relation->columns) reference.star.push_back(column.number);
      add(std::move(reference), target.expression.span);
    }
  }
  std::ranges::stable_sort(result, {}, [](const QueryReference& r) { return r.span.begin_byte; });
  // The first of several SELECTs is listed with the outermost query, too.
  const auto again = std::ranges::unique(result, [](const auto& a, const auto& b) {
    return a.span == b.span && a.relation == b.relation && a.star.empty();
  });
  result.erase(again.begin(), again.end());
  return result;
}

void add_query(Run& run, Relation& relation, const model::Query& query) {
  relation.query = query;
  relation.query_references = query_references(run, query);
  add_needs(relation, query_needs(run, query), Dependency::Part::kWhole);
}

bool replaces(Run& run, const Relation& existing, const QueryShape& shape) {
  if (existing.open_columns || shape.open) return true;
  if (shape.columns.size() < existing.columns.size()) {
    return run.fail("42P16", "cannot drop columns from view");
  }
  for (std::size_t i = 0; i < existing.columns.size(); ++i) {
    const Column& before = existing.columns[i];
    const Column& after = shape.columns[i];
    if (before.name != after.name) {
      return run.fail("42P16", fmt::format("cannot change name of view column \"{}\" to \"{}\"",
                                           before.name, after.name));
    }
    const bool known = !before.type.name.name.empty() && !after.type.name.name.empty();
    if (known &&
        (!same_type(before.type, after.type) || before.type.modifiers != after.type.modifiers)) {
      return run.fail("42P16", fmt::format("cannot change data type of view column \"{}\" from {} "
                                           "to {}",
                                           before.name, model::display(before.type),
                                           model::display(after.type)));
    }
    if (known && before.collation != after.collation) {
      return run.fail("42P16",
                      fmt::format("cannot change collation of view column \"{}\"", before.name));
    }
  }
  return true;
}

bool check_column_names(Run& run, const QueryShape& shape) {
  for (const Column& column : shape.columns) {
    if (std::ranges::count(shape.columns, column.name, &Column::name) > 1 && !shape.open) {
      return run.fail("42701", fmt::format("column \"{}\" specified more than once", column.name));
    }
  }
  return true;
}

void put_columns(Relation& relation, QueryShape& shape) {
  relation.columns = std::move(shape.columns);
  relation.next_column = static_cast<AttributeNumber>(relation.columns.size() + 1);
  relation.open_columns = shape.open;
}

}  // namespace

const Relation* first_source(const Run& run, const Relation& view) {
  const auto names_relation = [](const QueryReference& reference) {
    return reference.relation != 0 && reference.column == 0 && reference.star.empty();
  };
  const auto found = std::ranges::find_if(view.query_references, names_relation);
  if (found != view.query_references.end()) return run.catalog.relation(found->relation);
  if (!view.query || view.query->relations.empty()) return nullptr;
  return run.relation_if_any(view.query->relations[0].name);
}

bool apply(Run& run, const model::CreateView& statement) {
  if (!statement.recursive && !read_query(run, statement.query, false)) return false;
  // Before the schema is looked for: DefineView().
  QueryShape shape = query_shape(run, statement.query, statement.column_names);
  if (statement.recursive) shape.open = true;
  if (!shape.open && statement.column_names.size() > shape.columns.size()) {
    return run.fail("42601", "CREATE VIEW specifies more column names than columns");
  }
  const bool temporary_source =
      std::ranges::any_of(statement.query.relations, [&](const model::RelationUse& use) {
        const Relation* found = run.relation_if_any(use.name);
        return found != nullptr && found->persistence == model::Persistence::kTemporary;
      });
  const std::string schema = run.creation_schema(
      statement.name, temporary_source ? model::Persistence::kTemporary : statement.persistence);
  if (run.failed) return false;
  const std::string name = truncate_identifier(statement.name.name);
  if (!check_column_names(run, shape)) return false;
  const Relation* existing = run.catalog.find_relation({schema, name});
  if (existing != nullptr && !existing->assumed) {
    if (!statement.or_replace) {
      return run.fail("42P07", fmt::format("relation \"{}\" already exists", name));
    }
    run.lock(*existing, LockMode::kAccessExclusive);
    if (existing->kind != RelationKind::kView) {
      return run.fail("42809", fmt::format("\"{}\" is not a view", name));
    }
    if (!replaces(run, *existing, shape)) return false;
    run.change(existing->oid, [&](Relation& copy) {
      copy.needs.clear();
      const AttributeNumber next = copy.next_column;
      for (Column& column : shape.columns) {
        if (const Column* before = copy.column(column.name)) column.comment = before->comment;
      }
      put_columns(copy, shape);
      copy.next_column = std::max(next, copy.next_column);
      copy.options = statement.options;
      add_query(run, copy, statement.query);
    });
    return true;
  }
  if (existing != nullptr) run.erase(existing->oid);
  Relation view = run.make(RelationKind::kView, schema, name);
  put_columns(view, shape);
  view.options = statement.options;
  if (statement.check_option != 0) {
    view.options.emplace_back("check_option", statement.check_option == 'l' ? "local" : "cascaded");
  }
  add_query(run, view, statement.query);
  const Oid oid = view.oid;
  run.put(std::move(view));
  run.created(oid);
  return true;
}

bool apply(Run& run, const model::CreateTableAs& statement) {
  const std::string schema = run.creation_schema(statement.table, statement.persistence);
  if (run.failed) return false;
  const std::string name = truncate_identifier(statement.table.name);
  const Relation* existing = run.catalog.find_relation({schema, name});
  const bool taken = existing != nullptr && !existing->assumed;
  if (!read_query(run, statement.query, statement.with_data && !taken)) return false;
  if (taken) {
    if (statement.if_not_exists) {
      run.effects.changes_nothing = true;
      return true;
    }
    return run.fail("42P07", fmt::format("relation \"{}\" already exists", name));
  }
  if (existing != nullptr) run.erase(existing->oid);
  QueryShape shape = query_shape(run, statement.query, statement.column_names);
  if (!shape.open && statement.column_names.size() > shape.columns.size()) {
    return run.fail("42601", "too many column names were specified");
  }
  if (!check_column_names(run, shape)) return false;
  Relation table =
      run.make(statement.materialized_view ? RelationKind::kMaterializedView : RelationKind::kTable,
               schema, name);
  if (statement.persistence == model::Persistence::kUnlogged) {
    table.persistence = model::Persistence::kUnlogged;
  }
  for (const Column& column : shape.columns) {
    if (column.type_oid == 0) continue;
    add_needs(table, {{.needs = column.type_oid}}, Dependency::Part::kColumn, column.number);
  }
  put_columns(table, shape);
  table.rows_loaded = statement.with_data;
  table.populated = statement.with_data;
  if (statement.materialized_view) add_query(run, table, statement.query);
  const Oid oid = table.oid;
  run.put(std::move(table));
  run.created(oid);
  return true;
}

bool apply(Run& run, const model::RefreshMaterializedView& statement) {
  const Relation* view = run.relation(statement.view, RelationKind::kMaterializedView);
  if (view == nullptr) return false;
  run.lock(*view, statement.concurrently ? LockMode::kExclusive : LockMode::kAccessExclusive);
  if (view->kind != RelationKind::kMaterializedView && !view->assumed) {
    // Only a table gets past the look-up: RangeVarCallbackOwnsTable().
    const bool table =
        view->kind == RelationKind::kTable || view->kind == RelationKind::kPartitionedTable;
    return run.fail(table ? "0A000" : "42809",
                    fmt::format("\"{}\" is not a materialized view", view->name));
  }
  if (statement.concurrently && !statement.with_data) {
    return run.fail("42601",
                    "REFRESH options CONCURRENTLY and WITH NO DATA cannot be used together");
  }
  if (statement.concurrently && !view->assumed) {
    if (!view->populated) {
      return run.fail("0A000",
                      "CONCURRENTLY cannot be used when the materialized view is not "
                      "populated");
    }
    const auto usable = [&](const Relation* index) {
      return index->unique && index->valid && !index->predicate &&
             std::ranges::none_of(
                 index->keys, [](const IndexColumn& key) { return key.expression.has_value(); });
    };
    const auto indexes = run.catalog.indexes_of(*view);
    if (std::ranges::none_of(indexes, usable)) {
      return run.fail("55000", fmt::format("cannot refresh materialized view \"{}\" concurrently",
                                           shown(*view)));
    }
  }
  const Oid oid = view->oid;
  if (statement.with_data) {
    if (view->query) {
      const std::vector<std::string> path = run.catalog.search_path();
      const model::Query query = stored_query(run.catalog, *view);
      run.catalog.set_search_path({"public"});
      const bool read = read_query(run, query, true);
      run.catalog.set_search_path(path);
      if (!read) return false;
    }
    run.scan(run.at(oid), "the materialized view is filled again");
    if (!statement.concurrently) {
      run.rewrite(run.at(oid), "the materialized view is filled again");
      for (const Relation* index : run.catalog.indexes_of(run.at(oid))) {
        run.lock(*index, LockMode::kAccessExclusive);
        run.rebuild(*index, "the materialized view is filled again");
      }
    }
  }
  run.change(oid, [&](Relation& copy) {
    copy.populated = statement.with_data;
    copy.rows_loaded = statement.with_data;
  });
  return true;
}

}  // namespace forelock::postgres
