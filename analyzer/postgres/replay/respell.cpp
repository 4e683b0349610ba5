#include "analyzer/postgres/replay/respell.h"

#include <algorithm>
#include <memory>

namespace forelock::postgres {
namespace {

using model::Expression;

void change_parts(Expression& expression, const Scope& scope, const ChangePart& change) {
  // A call is known by its arguments as they were.
  change(expression, scope);
  for (Expression& arg : expression.args) change_parts(arg, scope, change);
  if (!expression.query) return;
  model::Query query = *expression.query;
  for (model::QueryTarget& target : query.targets) change_parts(target.expression, scope, change);
  if (query.where) change_parts(*query.where, scope, change);
  for (Expression& join : query.joins) change_parts(join, scope, change);
  for (Expression& call : query.expressions) change_parts(call, scope, change);
  expression.query = std::make_shared<const model::Query>(std::move(query));
}

/// What changes one expression of an object.
using Visit = std::function<void(std::optional<Expression>&)>;

void visit_relation(Relation& relation, const Visit& visit) {
  for (Column& column : relation.columns) {
    visit(column.default_value);
    visit(column.generation_expression);
  }
  for (CatalogConstraint& constraint : relation.constraints) {
    visit(constraint.expression);
    visit(constraint.definition.expression);
  }
  for (IndexColumn& key : relation.keys) visit(key.expression);
  visit(relation.predicate);
  for (Policy& policy : relation.policies) {
    visit(policy.definition.using_expression);
    visit(policy.definition.check_expression);
  }
  for (Trigger& trigger : relation.triggers) visit(trigger.definition.when);
  if (relation.partition_key) {
    for (model::IndexKey& key : relation.partition_key->keys) visit(key.expression);
  }
}

void visit_type(Type& type, const Visit& visit) {
  visit(type.default_value);
  for (CatalogConstraint& constraint : type.constraints) visit(constraint.expression);
}

/// The relation whose columns the expressions of a relation name: an index has those of its table.
std::shared_ptr<const Relation> named_columns(const Run& run, const Relation& relation) {
  if (is_index(relation.kind)) return run.catalog.share_relation(relation.table);
  return run.catalog.share_relation(relation.oid);
}

}  // namespace

void change_expressions(Run& run, Oid relation, const ChangePart& change) {
  const std::shared_ptr<const Relation> columns = named_columns(run, run.at(relation));
  const Scope scope = columns ? Scope::of(*columns) : Scope{};
  run.change(relation, [&](Relation& copy) {
    visit_relation(copy, [&](std::optional<Expression>& expression) {
      if (expression) change_parts(*expression, scope, change);
    });
  });
}

void qualify_names(Run& run, Oid relation) {
  change_expressions(run, relation, [&](Expression& part, const Scope&) {
    if (part.kind == model::ExpressionKind::kFunction && part.qualifier.empty()) {
      const auto found = run.catalog.find_functions({"", part.name});
      if (!found.empty() && found.front()->schema != "public") {
        part.qualifier = found.front()->schema;
      }
    } else if (part.kind == model::ExpressionKind::kCast && part.type &&
               part.type->name.schema.empty()) {
      const ResolvedType type = resolve_type(run.catalog, *part.type);
      if (type.user_type != 0 && type.name.name.schema != "public") {
        part.type->name = type.name.name;
      }
    }
  });
}

void change_dependents(Run& run, Oid oid, const ChangePart& change) {
  std::vector<Oid> seen;
  for (const Dependency& dependency : run.catalog.dependents(oid)) {
    const Oid object = dependency.object;
    if (std::ranges::find(seen, object) != seen.end()) continue;
    seen.push_back(object);
    const auto visit = [&](const Scope& scope, std::optional<Expression>& expression) {
      if (expression) change_parts(*expression, scope, change);
    };
    if (run.catalog.relation(object) != nullptr) {
      change_expressions(run, object, change);
    } else if (const Type* type = run.catalog.type(object)) {
      Type copy = *type;
      visit_type(copy, [&](std::optional<Expression>& expression) { visit({}, expression); });
      run.catalog.put(std::move(copy));
    } else if (const CatalogFunction* function = run.catalog.function(object)) {
      CatalogFunction copy = *function;
      for (model::FunctionParameter& parameter : copy.definition.parameters) {
        visit({}, parameter.default_value);
      }
      run.catalog.put(std::move(copy));
    } else if (const Statistics* statistics = run.catalog.statistics(object)) {
      Statistics copy = *statistics;
      const std::shared_ptr<const Relation> table = run.catalog.share_relation(copy.table);
      const Scope scope = table ? Scope::of(*table) : Scope{};
      for (model::IndexKey& key : copy.definition.keys) visit(scope, key.expression);
      run.catalog.put(std::move(copy));
    }
  }
}

namespace {

/// Changes the sub-queries in the policies that need the table.
void change_policies(Run& run, Oid table, const std::function<void(model::Query&)>& change) {
  std::vector<Oid> tables = {table};
  for (const Dependency& dependency : run.catalog.dependents(table)) {
    if (dependency.kind == Dependency::Part::kPolicy &&
        run.catalog.relation(dependency.object) != nullptr) {
      tables.push_back(dependency.object);
    }
  }
  std::ranges::sort(tables);
  tables.erase(std::ranges::unique(tables).begin(), tables.end());
  for (const Oid oid : tables) {
    change_expressions(run, oid, [&](Expression& part, const Scope&) {
      if (part.kind != model::ExpressionKind::kSubquery || !part.query) return;
      model::Query copy = *part.query;
      change(copy);
      part.query = std::make_shared<const model::Query>(std::move(copy));
    });
  }
}

}  // namespace

void respell_in_policies(Run& run, Oid table, const std::string& from, const std::string& to) {
  change_policies(run, table, [&](model::Query& query) {
    bool unaliased = false;
    for (model::RelationUse& use : query.relations) {
      const Relation* found = run.relation_if_any(use.name);
      if (found == nullptr || found->oid != table) continue;
      use.name.name = to;
      unaliased = unaliased || use.alias.empty();
    }
    for (Expression& column : query.columns) {
      if (unaliased && column.qualifier == from) column.qualifier = to;
    }
  });
}

void respell_column_in_policies(Run& run, Oid table, const std::string& from,
                                const std::string& to) {
  change_policies(run, table, [&](model::Query& query) {
    const Scope scope = query_scope(run, query);
    for (Expression& column : query.columns) {
      if (column.name != from) continue;
      const Relation* owner = scope.find(column.qualifier, column.name).relation;
      // What no relation of the sub-query has is of the policy's own table.
      if (owner == nullptr ? scope.find("", from).column == nullptr : owner->oid == table) {
        column.name = to;
      }
    }
  });
}

}  // namespace forelock::postgres
