#include "analyzer/project/replayed_schema.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace forelock::project {
namespace {

using alembic::SchemaItem;
using alembic::SchemaItems;
using postgres::Relation;
using postgres::RelationKind;

bool is_table(const Relation& relation) {
  return relation.kind == RelationKind::kTable ||
         relation.kind == RelationKind::kPartitionedTable ||
         relation.kind == RelationKind::kForeignTable;
}

bool is_of(const Relation& relation, alembic::SchemaOracle::Kind kind) {
  using Kind = alembic::SchemaOracle::Kind;
  switch (kind) {
    case Kind::kTable:
      return is_table(relation);
    case Kind::kView:
      return relation.kind == RelationKind::kView ||
             relation.kind == RelationKind::kMaterializedView;
    case Kind::kSequence:
      return relation.kind == RelationKind::kSequence;
    case Kind::kType:
    case Kind::kSchema:
      break;
  }
  return false;
}

model::QualifiedName qualified(std::string_view name, std::string_view schema) {
  model::QualifiedName result;
  result.schema = std::string(schema);
  result.name = std::string(name);
  return result;
}

std::vector<std::string> column_names(const Relation& table,
                                      const std::vector<postgres::AttributeNumber>& numbers) {
  std::vector<std::string> names;
  for (const postgres::AttributeNumber number : numbers) {
    const postgres::Column* column = table.column(number);
    names.push_back(column != nullptr ? column->name : std::string());
  }
  return names;
}

SchemaItem item_of(const postgres::Catalog& catalog, const Relation& table,
                   const postgres::CatalogConstraint& constraint) {
  SchemaItem item;
  item.name = constraint.name;
  item.columns = column_names(table, constraint.columns);
  item.complete = !constraint.columns.empty();
  if (constraint.kind == model::ConstraintKind::kForeignKey) {
    const Relation* referenced = catalog.relation(constraint.referenced_table);
    item.complete = item.complete && referenced != nullptr;
    if (referenced != nullptr) {
      item.referred_schema = referenced->schema;
      item.referred_table = referenced->name;
      item.referred_columns = column_names(*referenced, constraint.referenced_columns);
    }
  }
  return item;
}

SchemaItem item_of(const Relation& table, const Relation& index) {
  SchemaItem item;
  item.name = index.name;
  item.unique = index.unique;
  item.complete = true;
  for (const postgres::IndexColumn& key : index.keys) {
    const postgres::Column* column = table.column(key.column);
    item.columns.push_back(column != nullptr ? column->name : std::string());
  }
  return item;
}

}  // namespace

// ---- following the revision ---------------------------------------------------------------------

void ReplayedSchema::follow_transaction(int transaction) {
  if (transaction == transaction_) return;
  if (replay_.session().in_transaction) replay_.commit();
  transaction_ = transaction;
  if (transaction_ != model::kNoTransaction) replay_.begin_transaction();
}

void ReplayedSchema::begin_direction() {
  follow_transaction(model::kNoTransaction);
  // What follows the upgrade is another run of Alembic.
  replay_.begin_migration(begun_ ? std::numeric_limits<std::uint32_t>::max() : index_);
  begun_ = true;
}

void ReplayedSchema::ran(const model::Step& step) {
  follow_transaction(step.transaction);
  const model::Statement* statement = step.statement();
  if (statement == nullptr) {
    if (!step.not_analyzed()->leaves_schema) replay_.apply_unknown();
    return;
  }
  const postgres::Effects effects = replay_.apply(*statement, step.certainty);
  if (step.certainty == model::Certainty::kExact) return;
  doubtful_.insert(effects.created.begin(), effects.created.end());
  for (const postgres::Lock& lock : effects.locks) {
    if (lock.mode > postgres::LockMode::kRowExclusive) doubtful_.insert(lock.relation);
  }
  dropped_doubtfully_ = dropped_doubtfully_ || !effects.dropped.empty();
}

// ---- answers ------------------------------------------------------------------------------------

const Relation* ReplayedSchema::find(std::string_view name, std::string_view schema) const {
  const Relation* relation = replay_.catalog().find_relation(qualified(name, schema));
  return relation == nullptr || doubtful_.contains(relation->oid) ? nullptr : relation;
}

bool ReplayedSchema::knows_all() const {
  if (replay_.session().uncertain || dropped_doubtfully_) return false;
  return std::ranges::none_of(replay_.catalog().relations(), [](const Relation* relation) {
    return relation->assumed && is_table(*relation);
  });
}

std::optional<bool> ReplayedSchema::exists(Kind kind, std::string_view name,
                                           std::string_view schema) const {
  const postgres::Catalog& catalog = replay_.catalog();
  const auto absent = [&]() -> std::optional<bool> {
    return knows_all() ? std::optional(false) : std::nullopt;
  };
  if (kind == Kind::kSchema) {
    return catalog.find_schema(name) != nullptr ? std::optional(true) : absent();
  }
  if (kind == Kind::kType) {
    return catalog.find_type(qualified(name, schema)) != nullptr ? std::optional(true) : absent();
  }
  const Relation* relation = catalog.find_relation(qualified(name, schema));
  if (relation == nullptr) return absent();
  if (doubtful_.contains(relation->oid)) return {};
  return is_of(*relation, kind);
}

std::optional<SchemaItems> ReplayedSchema::list(Kind kind, std::string_view schema) const {
  SchemaItems result;
  result.complete = knows_all();
  const postgres::Catalog& catalog = replay_.catalog();
  const auto add = [&](const std::string& name) { result.items.emplace_back().name = name; };
  if (kind == Kind::kSchema) {
    for (const postgres::Schema* each : catalog.schemas()) add(each->name);
    return result;
  }
  std::string wanted(schema);
  if (wanted.empty()) {
    wanted = catalog.search_path().empty() ? "public" : catalog.search_path().front();
  }
  if (kind == Kind::kType) {
    for (const postgres::Type* type : catalog.types()) {
      if (type->schema == wanted && type->kind == postgres::TypeKind::kEnum) add(type->name);
    }
    return result;
  }
  for (const Relation* relation : catalog.relations()) {
    if (relation->schema != wanted || !is_of(*relation, kind)) continue;
    if (doubtful_.contains(relation->oid)) {
      result.complete = false;
    } else {
      add(relation->name);
    }
  }
  return result;
}

std::optional<SchemaItems> ReplayedSchema::parts(Part part, std::string_view name,
                                                 std::string_view schema) const {
  const Relation* table = find(name, schema);
  if (table == nullptr) return {};
  const postgres::Catalog& catalog = replay_.catalog();
  SchemaItems result;
  result.complete = !table->assumed && !table->open_columns && !replay_.session().uncertain;
  const auto constraints = [&](model::ConstraintKind kind) {
    for (const postgres::CatalogConstraint& constraint : table->constraints) {
      if (constraint.kind == kind) result.items.push_back(item_of(catalog, *table, constraint));
    }
  };
  switch (part) {
    case Part::kColumns:
      for (const postgres::Column& column : table->columns) {
        SchemaItem& item = result.items.emplace_back();
        item.name = column.name;
        item.nullable = !column.not_null;
        if (column.default_value) item.default_value = column.default_value->sql;
        item.complete = !column.assumed;
      }
      break;
    case Part::kIndexes:
      for (const Relation* index : catalog.indexes_of(*table)) {
        if (!index->primary) result.items.push_back(item_of(*table, *index));
      }
      break;
    case Part::kUniques:
      constraints(model::ConstraintKind::kUnique);
      break;
    case Part::kForeignKeys:
      constraints(model::ConstraintKind::kForeignKey);
      break;
    case Part::kChecks:
      constraints(model::ConstraintKind::kCheck);
      break;
    case Part::kPrimaryKey:
      constraints(model::ConstraintKind::kPrimaryKey);
      break;
  }
  return result;
}

std::optional<bool> AskedSchema::exists(Kind, std::string_view, std::string_view) const {
  asked_ = true;
  return {};
}
std::optional<bool> AskedSchema::check_first(Kind, std::string_view name, std::string_view) const {
  checked_.emplace(name);
  return {};
}
std::optional<SchemaItems> AskedSchema::list(Kind, std::string_view) const {
  asked_ = true;
  return {};
}
std::optional<SchemaItems> AskedSchema::parts(Part, std::string_view, std::string_view) const {
  asked_ = true;
  return {};
}

}  // namespace forelock::project
