#include "cli/schema_json.h"

#include <string>
#include <utility>
#include <vector>

#include "analyzer/postgres/schema_text.h"

namespace forelock::cli {
namespace {

using Json = nlohmann::ordered_json;
using postgres::Catalog;
using postgres::Relation;
using postgres::RelationKind;

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json text_or_null(const std::optional<std::string>& text) {
  return text ? Json(*text) : Json(nullptr);
}

Json sql_or_null(const std::optional<model::Expression>& expression) {
  return expression ? Json(expression->sql) : Json(nullptr);
}

Json identity_json(model::IdentityKind identity) {
  switch (identity) {
    case model::IdentityKind::kNone:
      return nullptr;
    case model::IdentityKind::kAlways:
      return "always";
    case model::IdentityKind::kByDefault:
      return "by default";
  }
  return nullptr;
}

Json column_json(const postgres::Column& column) {
  return {{"name", column.name},
          {"type", model::display(column.type)},
          {"not_null", column.not_null},
          {"default", sql_or_null(column.default_value)},
          {"identity", identity_json(column.identity)},
          {"generated", sql_or_null(column.generation_expression)},
          {"collation", text_or_null(column.collation)},
          {"comment", text_or_null(column.comment)}};
}

Json columns_json(const Relation& relation) {
  Json columns = Json::array();
  for (const postgres::Column& column : relation.columns) columns.push_back(column_json(column));
  return columns;
}

Json constraints_json(const Catalog& catalog, const Relation& table) {
  Json constraints = Json::array();
  for (const postgres::CatalogConstraint& constraint : table.constraints) {
    constraints.push_back(
        {{"name", constraint.name},
         {"kind", std::string(model::display(constraint.kind))},
         {"definition", postgres::constraint_definition(catalog, table, constraint)},
         {"validated", constraint.validated}});
  }
  return constraints;
}

Json indexes_json(const Catalog& catalog, const Relation& table) {
  Json indexes = Json::array();
  for (const Relation* index : catalog.indexes_of(table)) {
    indexes.push_back({{"name", index->name},
                       {"definition", postgres::index_definition(catalog, *index)},
                       {"unique", index->unique},
                       {"primary", index->primary},
                       {"valid", index->valid}});
  }
  return indexes;
}

Json named(const Relation& relation) {
  return {{"schema", relation.schema},
          {"name", relation.name},
          {"comment", text_or_null(relation.comment)}};
}

Json table_json(const Catalog& catalog, const Relation& table) {
  Json json = named(table);
  json["partitioned"] = table.kind == RelationKind::kPartitionedTable;
  json["assumed"] = table.assumed;
  json["columns"] = columns_json(table);
  json["constraints"] = constraints_json(catalog, table);
  json["indexes"] = indexes_json(catalog, table);
  Json triggers = Json::array();
  for (const postgres::Trigger& trigger : table.triggers) triggers.push_back(trigger.name);
  json["triggers"] = std::move(triggers);
  return json;
}

Json view_json(const Catalog& catalog, const Relation& view) {
  Json json = named(view);
  json["materialized"] = view.kind == RelationKind::kMaterializedView;
  json["columns"] = columns_json(view);
  json["query"] = view.query ? Json(view.query->sql) : Json(nullptr);
  json["indexes"] = indexes_json(catalog, view);
  return json;
}

Json sequence_json(const Catalog& catalog, const Relation& sequence) {
  Json json = named(sequence);
  const Relation* owner = catalog.relation(sequence.table);
  const postgres::Column* column =
      owner == nullptr ? nullptr : owner->column(sequence.owner_column);
  json["owned_by"] = column == nullptr ? Json(nullptr) : Json(owner->name + "." + column->name);
  return json;
}

}  // namespace

Json schema_json(const Catalog& catalog) {
  Json schemas = Json::array(), tables = Json::array(), sequences = Json::array(),
       views = Json::array(), enums = Json::array(), domains = Json::array(),
       functions = Json::array(), extensions = Json::array();
  for (const postgres::Schema* schema : catalog.schemas()) schemas.push_back(schema->name);
  for (const Relation* relation : catalog.relations()) {
    switch (relation->kind) {
      case RelationKind::kTable:
      case RelationKind::kPartitionedTable:
      case RelationKind::kForeignTable:
        tables.push_back(table_json(catalog, *relation));
        break;
      case RelationKind::kView:
      case RelationKind::kMaterializedView:
        views.push_back(view_json(catalog, *relation));
        break;
      case RelationKind::kSequence:
        sequences.push_back(sequence_json(catalog, *relation));
        break;
      case RelationKind::kIndex:
      case RelationKind::kPartitionedIndex:
      case RelationKind::kCompositeType:
        break;
    }
  }
  for (const postgres::Type* type : catalog.types()) {
    if (type->kind == postgres::TypeKind::kEnum) {
      enums.push_back({{"schema", type->schema}, {"name", type->name}, {"labels", type->labels}});
    } else if (type->kind == postgres::TypeKind::kDomain) {
      domains.push_back({{"schema", type->schema},
                         {"name", type->name},
                         {"type", model::display(type->base)},
                         {"not_null", type->not_null},
                         {"default", sql_or_null(type->default_value)}});
    }
  }
  for (const postgres::CatalogFunction* function : catalog.functions()) {
    functions.push_back({{"schema", function->schema}, {"name", function->name}});
  }
  for (const postgres::Extension* extension : catalog.extensions()) {
    extensions.push_back({{"name", extension->name}, {"schema", extension->schema}});
  }
  return {{"schemas", std::move(schemas)},     {"tables", std::move(tables)},
          {"sequences", std::move(sequences)}, {"enums", std::move(enums)},
          {"domains", std::move(domains)},     {"views", std::move(views)},
          {"functions", std::move(functions)}, {"extensions", std::move(extensions)}};
}

}  // namespace forelock::cli
