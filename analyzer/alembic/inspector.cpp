// sa.inspect(bind): questions to the schema, answered by the replayed catalog where it knows.

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/alembic/host.h"

namespace forelock::alembic {
namespace {

using python::Arguments;
using python::CallSite;
using python::None;
using python::Place;
using python::Value;
using Kind = SchemaOracle::Kind;
using Part = SchemaOracle::Part;

/// A dict of what is known; its other keys are unknown.
class Record {
 public:
  explicit Record(Place place) : place_(place) { dict_->complete = false; }

  void put(std::string_view key, Value value) {
    dict_->items.emplace_back(Value::string(key, place_), std::move(value));
  }
  void put(std::string_view key, const std::string& text) { put(key, Value::string(text, place_)); }
  void put(std::string_view key, const std::vector<std::string>& names) {
    std::vector<Value> items;
    for (const std::string& name : names) {
      items.push_back(name.empty() ? Value(None{}) : Value::string(name, place_));
    }
    put(key, python::make_sequence(python::Sequence::Kind::kList, std::move(items)));
  }
  [[nodiscard]] Value take() { return Value(std::move(dict_)); }

 private:
  Place place_;
  std::shared_ptr<python::Dict> dict_ = std::make_shared<python::Dict>();
};

/// Source: sqlalchemy/engine/interfaces.py, ReflectedColumn and its kin.
Value record_of(Part part, const SchemaItem& item, Place place) {
  Record record(place);
  record.put("name", item.name);
  if (!item.complete) return record.take();
  switch (part) {
    case Part::kColumns:
      record.put("nullable", Value(item.nullable));
      break;
    case Part::kIndexes:
      record.put("column_names", item.columns);
      record.put("unique", Value(item.unique));
      break;
    case Part::kUniques:
      record.put("column_names", item.columns);
      break;
    case Part::kPrimaryKey:
      record.put("constrained_columns", item.columns);
      break;
    case Part::kForeignKeys:
      record.put("constrained_columns", item.columns);
      if (item.referred_schema == "public") {
        record.put("referred_schema", Value(None{}));
      } else {
        record.put("referred_schema", item.referred_schema);
      }
      record.put("referred_table", item.referred_table);
      record.put("referred_columns", item.referred_columns);
      break;
    case Part::kChecks:
      break;
  }
  return record.take();
}

Value sequence_of(std::vector<Value> items, bool complete) {
  auto list = std::make_shared<python::Sequence>();
  list->items = std::move(items);
  list->complete = complete;
  return Value(std::move(list));
}

struct ListQuestion {
  std::string_view method;
  Kind kind;
};
constexpr auto kLists = std::to_array<ListQuestion>({{"get_table_names", Kind::kTable},
                                                     {"get_view_names", Kind::kView},
                                                     {"get_sequence_names", Kind::kSequence},
                                                     {"get_schema_names", Kind::kSchema},
                                                     {"get_enums", Kind::kType}});

struct PartQuestion {
  std::string_view method;
  Part part;
};
constexpr auto kParts = std::to_array<PartQuestion>({{"get_columns", Part::kColumns},
                                                     {"get_indexes", Part::kIndexes},
                                                     {"get_unique_constraints", Part::kUniques},
                                                     {"get_foreign_keys", Part::kForeignKeys},
                                                     {"get_check_constraints", Part::kChecks},
                                                     {"get_pk_constraint", Part::kPrimaryKey}});

class Questions {
 public:
  Questions(const SchemaOracle& schema, const Arguments& arguments, Place place)
      : schema_(schema), arguments_(arguments), place_(place) {}

  [[nodiscard]] std::optional<Value> answer(std::string_view method) const {
    for (const ListQuestion& list : kLists) {
      if (list.method == method) return names(list.kind);
    }
    for (const PartQuestion& part : kParts) {
      if (part.method == method) return parts(part.part);
    }
    if (method == "has_schema") return truth(schema_.exists(Kind::kSchema, first(), ""));
    if (method == "has_sequence") return exists(Kind::kSequence, "sequence_name");
    if (method == "has_index") return has_index();
    if (method == "has_table") {  // views count too since SQLAlchemy 2.0
      const auto table = known_string(present(arguments_, "table_name", 0));
      const auto in = schema_at(1);
      if (!table || !in) return {};
      const auto is_table = schema_.exists(Kind::kTable, *table, *in);
      if (is_table == true) return Value(true);
      const auto is_view = schema_.exists(Kind::kView, *table, *in);
      if (is_view == true) return Value(true);
      return is_table && is_view ? std::optional(Value(false)) : std::nullopt;
    }
    return {};
  }

 private:
  /// The schema that is asked for, empty for the default one; nothing when it is not known.
  [[nodiscard]] std::optional<std::string> schema_at(std::size_t index) const {
    const Value* given = present(arguments_, "schema", index);
    return given == nullptr ? std::optional<std::string>("") : known_string(given);
  }

  [[nodiscard]] std::string first() const {
    return known_string(present(arguments_, "schema_name", 0)).value_or("");
  }

  static std::optional<Value> truth(std::optional<bool> known) {
    if (!known) return {};
    return Value(*known);
  }

  [[nodiscard]] std::optional<Value> exists(Kind kind, std::string_view keyword) const {
    const auto name = known_string(present(arguments_, keyword, 0));
    const auto in = schema_at(1);
    if (!name || !in) return {};
    return truth(schema_.exists(kind, *name, *in));
  }

  [[nodiscard]] std::optional<Value> has_index() const {
    const auto table = known_string(present(arguments_, "table_name", 0));
    const auto index = known_string(present(arguments_, "index_name", 1));
    const auto in = schema_at(2);
    if (!table || !index || !in) return {};
    const auto indexes = schema_.parts(Part::kIndexes, *table, *in);
    if (!indexes) return {};
    for (const SchemaItem& item : indexes->items) {
      if (item.name == *index) return Value(true);
    }
    return indexes->complete ? std::optional(Value(false)) : std::nullopt;
  }

  [[nodiscard]] std::optional<Value> names(Kind kind) const {
    const auto in = kind == Kind::kSchema ? std::optional<std::string>("") : schema_at(0);
    if (!in) return {};
    const auto known = schema_.list(kind, *in);
    if (!known) return {};
    std::vector<Value> items;
    for (const SchemaItem& item : known->items) {
      if (kind == Kind::kType) {  // get_enums() gives dicts
        Record record(place_);
        record.put("name", item.name);
        items.push_back(record.take());
      } else {
        items.push_back(Value::string(item.name, place_));
      }
    }
    return sequence_of(std::move(items), known->complete);
  }

  [[nodiscard]] std::optional<Value> parts(Part part) const {
    const auto table = known_string(present(arguments_, "table_name", 0));
    const auto in = schema_at(1);
    if (!table || !in) return {};
    const auto known = schema_.parts(part, *table, *in);
    if (!known) return {};
    if (part == Part::kPrimaryKey) {
      if (known->items.empty()) return {};
      return record_of(part, known->items.front(), place_);
    }
    std::vector<Value> items;
    for (const SchemaItem& item : known->items) items.push_back(record_of(part, item, place_));
    return sequence_of(std::move(items), known->complete);
  }

  const SchemaOracle& schema_;
  const Arguments& arguments_;
  Place place_;
};

}  // namespace

std::optional<Value> Host::inspect(std::string_view question, const Arguments& arguments,
                                   const CallSite& site) {
  if (options_.schema != nullptr) {
    if (auto answer = Questions(*options_.schema, arguments, site.place).answer(question)) {
      return answer;
    }
  }
  return Value::unknown("the schema of the database");
}

}  // namespace forelock::alembic
