#include "analyzer/postgres/schema_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <optional>

#include "analyzer/postgres/print.h"
#include "analyzer/postgres/types.h"
#include "analyzer/sql/parse.h"

namespace forelock::postgres {
namespace {

using model::ConstraintKind;

std::string column_list(const Relation& table, const std::vector<AttributeNumber>& numbers) {
  std::string result;
  for (const AttributeNumber number : numbers) {
    if (!result.empty()) result += ", ";
    const Column* column = table.column(number);
    result += column == nullptr ? "?" : model::quote_identifier(column->name);
  }
  return result;
}

std::string name_list(const std::vector<std::string>& names) {
  std::string result;
  for (const std::string& name : names) {
    if (!result.empty()) result += ", ";
    result += model::quote_identifier(name);
  }
  return result;
}

bool visible(const Catalog& catalog, const std::string& schema) {
  const auto& path = catalog.search_path();
  return std::ranges::find(path, schema) != path.end();
}

std::string relation_name(const Catalog& catalog, const Relation& relation) {
  return visible(catalog, relation.schema) ? model::quote_identifier(relation.name)
                                           : model::quoted({relation.schema, relation.name});
}

std::string qualified_unless_public(const Relation& relation) {
  return relation.schema == "public" ? model::quote_identifier(relation.name)
                                     : model::quoted({relation.schema, relation.name});
}

std::string_view action_text(model::ForeignKeyAction action) {
  switch (action) {
    case model::ForeignKeyAction::kNoAction:
      return "";
    case model::ForeignKeyAction::kRestrict:
      return "RESTRICT";
    case model::ForeignKeyAction::kCascade:
      return "CASCADE";
    case model::ForeignKeyAction::kSetNull:
      return "SET NULL";
    case model::ForeignKeyAction::kSetDefault:
      return "SET DEFAULT";
  }
  return "";
}

std::string options_text(const model::Options& options) {
  if (options.empty()) return {};
  std::string result;
  for (const auto& [name, value] : options) {
    if (!result.empty()) result += ", ";
    result += name + "=" + model::quote_literal(value);
  }
  return fmt::format(" WITH ({})", result);
}

/// Whether a printed expression is a bare call, which an index key shows without parentheses.
bool is_call(const model::Expression& expression) {
  return expression.kind == model::ExpressionKind::kFunction &&
         !(expression.name == "timezone" && expression.qualifier == "pg_catalog");
}

std::string key_text(const Catalog& catalog, const Relation& table, const Relation& index,
                     const IndexColumn& key) {
  std::string result;
  model::TypeName type;
  std::string column_collation;
  if (key.expression) {
    const std::string text = print_expression(catalog, Scope::of(table), *key.expression);
    result = is_call(*key.expression) || text.empty() ? text : fmt::format("({})", text);
    type = infer_type(catalog, Scope::of(table), *key.expression);
  } else if (const Column* column = table.column(key.column)) {
    result = model::quote_identifier(column->name);
    type = column->type;
    column_collation = column->collation;
  }
  if (!key.collation.empty() && key.collation != column_collation) {
    result += " COLLATE " + model::quote_identifier(key.collation);
  }
  if (!key.operator_class.empty() &&
      operator_class(catalog, index.method, key.operator_class, type).name !=
          operator_class(catalog, index.method, "", type).name) {
    result += " " + model::quote_identifier(key.operator_class);
  }
  if (key.descending) {
    result += " DESC";
    if (!key.nulls_first) result += " NULLS LAST";
  } else if (key.nulls_first) {
    result += " NULLS FIRST";
  }
  return result;
}

std::string deferrable_text(const CatalogConstraint& constraint) {
  std::string result;
  if (constraint.deferrable) result += " DEFERRABLE";
  if (constraint.initially_deferred) result += " INITIALLY DEFERRED";
  return result;
}

std::string foreign_key_text(const Catalog& catalog, const Relation& table,
                             const CatalogConstraint& constraint) {
  const Relation* referenced = catalog.relation(constraint.referenced_table);
  const auto& definition = constraint.definition;
  std::string result = fmt::format("FOREIGN KEY ({})", column_list(table, constraint.columns));
  const std::string target = referenced == nullptr ? model::quoted(definition.referenced_table)
                                                   : relation_name(catalog, *referenced);
  const std::string columns = referenced == nullptr || constraint.referenced_columns.empty()
                                  ? name_list(definition.referenced_columns)
                                  : column_list(*referenced, constraint.referenced_columns);
  result += fmt::format(" REFERENCES {}", target);
  if (!columns.empty()) result += fmt::format("({})", columns);
  if (definition.match == 'f') result += " MATCH FULL";
  if (const auto text = action_text(definition.on_update); !text.empty()) {
    result += fmt::format(" ON UPDATE {}", text);
  }
  if (const auto text = action_text(definition.on_delete); !text.empty()) {
    result += fmt::format(" ON DELETE {}", text);
    if (!definition.on_delete_columns.empty()) {
      result += fmt::format(" ({})", name_list(definition.on_delete_columns));
    }
  }
  return result;
}

std::string exclusion_text(const Catalog& catalog, const Relation& table,
                           const CatalogConstraint& constraint) {
  const Relation* index = catalog.relation(constraint.index);
  if (index == nullptr) return {};
  std::string keys;
  for (std::size_t i = 0; i < index->keys.size(); ++i) {
    if (!keys.empty()) keys += ", ";
    keys += key_text(catalog, table, *index, index->keys[i]);
    const auto& operators = constraint.definition.exclusion_operators;
    if (i < operators.size()) keys += " WITH " + operators[i];
  }
  std::string result = fmt::format("EXCLUDE USING {} ({})", index->method, keys);
  if (!index->include.empty()) {
    result += fmt::format(" INCLUDE ({})", column_list(table, index->include));
  }
  if (index->predicate) {
    result +=
        fmt::format(" WHERE ({})", print_expression(catalog, Scope::of(table), *index->predicate));
  }
  return result;
}

/// What a column's qualifier is called now: the relation's own name follows its renames.
std::string qualifier_now(const Catalog& catalog, const Relation& view,
                          const QueryReference& reference) {
  const Relation* relation = catalog.relation(reference.relation);
  const bool own_name = std::ranges::any_of(view.query_references, [&](const QueryReference& r) {
    return r.relation == reference.relation && r.column == 0 && r.star.empty() &&
           !r.spelled.empty() && r.spelled == reference.qualifier;
  });
  return own_name && relation != nullptr ? relation->name : reference.qualifier;
}

/// What the reference is spelled like now; nullopt where the text may stay.
std::optional<std::string> spelled_now(const Catalog& catalog, const Relation& view,
                                       const QueryReference& reference) {
  const auto unless_as_written = [&](const std::string& schema,
                                     const std::string& name) -> std::optional<std::string> {
    const bool same_schema =
        reference.qualifier.empty() ? schema == "public" : reference.qualifier == schema;
    if (same_schema && name == reference.spelled) return std::nullopt;
    return model::quoted({schema == "public" ? "" : schema, name});
  };
  if (reference.constant) {
    if (reference.label.empty()) return std::nullopt;
    return model::quote_literal(reference.label);
  }
  if (const CatalogFunction* function = catalog.function(reference.function)) {
    return unless_as_written(function->schema, function->name);
  }
  if (const Type* type = catalog.type(reference.type)) {
    return unless_as_written(type->schema, type->name);
  }
  const Relation* relation = catalog.relation(reference.relation);
  if (relation == nullptr) return std::nullopt;
  const std::string qualifier = qualifier_now(catalog, view, reference);
  if (!reference.star.empty()) {
    std::vector<AttributeNumber> now;
    for (const Column& column : relation->columns) now.push_back(column.number);
    if (now == reference.star && qualifier == reference.qualifier) return std::nullopt;
    std::string result;
    for (const AttributeNumber number : reference.star) {
      const Column* column = relation->column(number);
      if (column == nullptr) continue;
      if (!result.empty()) result += ", ";
      result += model::quoted({qualifier, column->name});
    }
    return result;
  }
  if (reference.column != 0) {
    const Column* column = relation->column(reference.column);
    if (column == nullptr ||
        (column->name == reference.spelled && qualifier == reference.qualifier)) {
      return std::nullopt;
    }
    return model::quoted({qualifier, column->name});
  }
  return qualified_unless_public(*relation);
}

}  // namespace

std::string view_query(const Catalog& catalog, const Relation& view) {
  if (!view.query) return {};
  const std::string& sql = view.query->sql;
  std::string result;
  std::size_t at = 0;
  const auto& references = view.query_references;
  for (std::size_t i = 0; i < references.size(); ++i) {
    const text::Span span = references[i].span;
    if (span.begin_byte < at || span.end_byte > sql.size()) continue;
    // `*` over several relations: all of them are spelled out when one must be.
    std::string text;
    bool changed = false;
    std::size_t last = i;
    for (; last < references.size() && references[last].span == span; ++last) {
      changed = changed || spelled_now(catalog, view, references[last]).has_value();
    }
    for (std::size_t k = i; k < last && changed; ++k) {
      std::optional<std::string> now = spelled_now(catalog, view, references[k]);
      if (!now && !references[k].star.empty())
        now = model::quote_identifier(qualifier_now(catalog, view, references[k])) + ".*";
      if (!text.empty()) text += ", ";
      text += now.value_or("");
    }
    i = last - 1;
    if (!changed) continue;
    result.append(sql, at, span.begin_byte - at);
    result += text;
    at = span.end_byte;
  }
  return result.append(sql, at);
}

model::Query stored_query(const Catalog& catalog, const Relation& view) {
  const std::string text = view_query(catalog, view);
  if (text != view.query->sql) {
    auto parsed = sql::parse(text);
    auto* select = parsed.size() == 1 && parsed[0]
                       ? std::get_if<model::Select>(&parsed[0]->operation)
                       : nullptr;
    if (select != nullptr) return std::move(select->query);
  }
  return *view.query;
}

std::string rule_definition(const Catalog& catalog, const Relation& table,
                            const RewriteRule& rule) {
  std::string sql = rule.definition.sql;
  const auto parsed = sql::parse(sql);
  const auto* written = parsed.size() == 1 && parsed[0]
                            ? std::get_if<model::CreateRule>(&parsed[0]->operation)
                            : nullptr;
  if (written != nullptr && written->relations.size() == rule.relations.size()) {
    std::vector<std::pair<text::Span, std::string>> edits;
    for (std::size_t i = 0; i < rule.relations.size(); ++i) {
      const Relation* named = catalog.relation(rule.relations[i]);
      if (named == nullptr) continue;
      edits.emplace_back(written->relations[i].span, qualified_unless_public(*named));
    }
    std::ranges::sort(edits, std::greater{},
                      [](const auto& edit) { return edit.first.begin_byte; });
    for (const auto& [span, name] : edits) sql.replace(span.begin_byte, span.size(), name);
  }
  std::string lower;
  for (const char c : sql) {
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  const std::size_t as = lower.find(" as ");
  const std::size_t to = lower.find(" to ", as == std::string::npos ? 0 : as);
  const std::size_t name = lower.find_first_not_of(' ', to == std::string::npos ? to : to + 4);
  const std::size_t rest = lower.find_first_of(" \n\t", name);
  if (as == std::string::npos || name == std::string::npos || rest == std::string::npos) {
    return sql;
  }
  return fmt::format("CREATE RULE {}{} TO {}{}", model::quote_identifier(rule.name),
                     sql.substr(as, to - as), model::quoted({table.schema, table.name}),
                     sql.substr(rest));
}

std::string constraint_definition(const Catalog& catalog, const Relation& table,
                                  const CatalogConstraint& constraint, bool for_reading) {
  std::string result;
  const auto print = for_reading ? readable_expression : print_expression;
  const Relation* index = catalog.relation(constraint.index);
  switch (constraint.kind) {
    case ConstraintKind::kCheck:
      if (constraint.expression) {
        result =
            fmt::format("CHECK ({})", print(catalog, Scope::of(table), *constraint.expression, {}));
      }
      if (constraint.no_inherit) result += " NO INHERIT";
      break;
    case ConstraintKind::kNotNull:
      result = fmt::format("NOT NULL {}", column_list(table, constraint.columns));
      break;
    case ConstraintKind::kPrimaryKey:
    case ConstraintKind::kUnique: {
      const bool primary = constraint.kind == ConstraintKind::kPrimaryKey;
      const bool distinct = index != nullptr && index->nulls_not_distinct;
      result = fmt::format("{}{} ({})", primary ? "PRIMARY KEY" : "UNIQUE",
                           distinct ? " NULLS NOT DISTINCT" : "",
                           column_list(table, constraint.columns));
      if (index != nullptr && !index->include.empty()) {
        result += fmt::format(" INCLUDE ({})", column_list(table, index->include));
      }
      if (index != nullptr) result += options_text(index->options);
      break;
    }
    case ConstraintKind::kExclusion:
      result = exclusion_text(catalog, table, constraint);
      break;
    case ConstraintKind::kForeignKey:
      result = foreign_key_text(catalog, table, constraint);
      break;
  }
  result += deferrable_text(constraint);
  if (!constraint.enforced) {
    result += " NOT ENFORCED";
  } else if (!constraint.validated) {
    result += " NOT VALID";
  }
  return result;
}

std::string index_definition(const Catalog& catalog, const Relation& index, bool for_reading) {
  const Relation* table = catalog.relation(index.table);
  if (table == nullptr) return {};
  std::string keys;
  for (const IndexColumn& key : index.keys) {
    if (!keys.empty()) keys += ", ";
    keys += key_text(catalog, *table, index, key);
  }
  std::string result =
      fmt::format("CREATE {}INDEX {} ON {}{} USING {} ({})", index.unique ? "UNIQUE " : "",
                  model::quote_identifier(index.name),
                  index.kind == RelationKind::kPartitionedIndex ? "ONLY " : "",
                  model::quoted({table->schema, table->name}),
                  index.method.empty() ? "btree" : index.method, keys);
  if (!index.include.empty()) {
    result += fmt::format(" INCLUDE ({})", column_list(*table, index.include));
  }
  if (index.nulls_not_distinct) result += " NULLS NOT DISTINCT";
  result += options_text(index.options);
  if (!index.tablespace.empty()) {
    result += fmt::format(" TABLESPACE {}", model::quote_identifier(index.tablespace));
  }
  if (index.predicate) {
    const auto print = for_reading ? readable_expression : print_expression;
    result += fmt::format(" WHERE {}", print(catalog, Scope::of(*table), *index.predicate, {}));
  }
  return result;
}

}  // namespace forelock::postgres
