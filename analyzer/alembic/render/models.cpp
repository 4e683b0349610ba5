#include "analyzer/alembic/render/models.h"

#include <algorithm>
#include <utility>

#include "analyzer/alembic/compile.h"
#include "analyzer/alembic/render/chain.h"
#include "analyzer/alembic/render/mapped.h"

namespace forelock::alembic {
namespace {

using python::Symbol;
using python::Value;

bool is_class(const Value& value) { return value.as<std::shared_ptr<python::Class>>() != nullptr; }

/// A name written as `owner.c.name` or `owner.c["name"]`: the owner and the name.
std::optional<std::pair<Value, Name>> through_columns(const Value& value, const Context& context) {
  const Symbol* symbol = value.symbol();
  if (symbol == nullptr || symbol->operands.empty()) return {};
  Name name;
  name.span = context.span_of(value);
  const Symbol* middle = symbol->operands[0].symbol();
  if (symbol->kind == Symbol::Kind::kAttribute) {
    name.text = symbol->name;
  } else if (symbol->kind == Symbol::Kind::kSubscript && symbol->operands.size() == 2) {
    const auto read = read_name(symbol->operands[1], context);
    if (!read) return {};
    name = *read;
  } else {
    return {};
  }
  if (middle != nullptr && middle->kind == Symbol::Kind::kAttribute && !middle->operands.empty() &&
      (middle->name == "c" || middle->name == "columns")) {
    return std::pair{middle->operands[0], name};
  }
  return {};
}

/// The declared value of a class attribute that is a column: sa.Column(…), mapped_column(…).
const Value* declared_column(const Value& owner, std::string_view name) {
  const Value* found = python::find_attribute(owner, name);
  if (found == nullptr) return nullptr;
  const std::string function = name_of(*found);
  return is_call(*found) && (function == "sa.Column" || function == "orm.mapped_column" ||
                             function.ends_with(".Column"))
             ? found
             : nullptr;
}

std::optional<Name> alias_name(const Value& owner, const Context& context) {
  const std::string_view method = method_of(owner);
  if (is_call(owner) && method == "data") return alias_name(*receiver_of(owner), context);
  if (is_call(owner) &&
      (method == "table_valued" || method == "render_derived" || name_of(owner) == "sa.values")) {
    const auto name = read_name(present(arguments_of(owner), "name"), context);
    return name ? name : Name::of("anon_1", context.span_of(owner));
  }
  if (is_call(owner) &&
      (method == "alias" || method == "subquery" || method == "cte" || method == "lateral")) {
    const Value* name = present(arguments_of(owner), "name", 0);
    if (name != nullptr) return read_name(*name, context);
    Name anonymous = Name::of("anon_1", context.span_of(owner));
    if (method == "alias") {
      if (const auto table = read_table(*receiver_of(owner), context); table && table->name) {
        anonymous.text = table->name->text + "_1";
      }
    }
    return anonymous;
  }
  if (is_call(owner) && name_of(owner) == "orm.aliased") {
    if (const auto name = read_name(present(arguments_of(owner), "name", 1), context)) return name;
    const Value* target = arguments_of(owner).find("element", 0);
    if (target != nullptr) {
      if (const auto table = read_table(*target, context); table && table->name) {
        return Name::of(table->name->text + "_1", context.span_of(owner));
      }
    }
  }
  return {};
}

std::optional<ColumnReference> reference_of(const Value& owner, Name column,
                                            const Context& context) {
  ColumnReference reference;
  reference.owner = owner;
  reference.column = std::move(column);
  if (const auto alias = alias_name(owner, context)) {
    reference.table = alias;
    return reference;
  }
  if (const auto table = read_table(owner, context)) {
    reference.schema = table->schema;
    reference.table = table->name;
  }
  return reference;
}

}  // namespace

bool is_column(const Value& model, std::string_view attribute, const Context& context) {
  if (declared_column(model, attribute) != nullptr) return true;
  const auto table = read_model_table(model, context);
  return table && std::ranges::any_of(table->columns, [&](const Column& column) {
           return column.name && column.name->text == attribute;
         });
}

std::optional<ColumnReference> read_column_reference(const Value& value, const Context& context) {
  if (const auto through = through_columns(value, context)) {
    return reference_of(through->first, through->second, context);
  }
  const std::string function = name_of(value);
  if (is_call(value) && (function == "sa.column" || function == "sa.Column")) {
    const auto name = read_name(arguments_of(value).find("name", 0), context);
    if (!name) return {};
    ColumnReference reference;
    reference.column = *name;
    return reference;
  }
  const Symbol* symbol = value.symbol();
  if (symbol == nullptr || symbol->kind != Symbol::Kind::kAttribute || symbol->operands.empty()) {
    return {};
  }
  const Value& owner = symbol->operands[0];
  // Model.attribute, or aliased(Model).attribute
  const bool aliased = name_of(owner) == "orm.aliased" && is_call(owner);
  const Value* model = aliased ? arguments_of(owner).find("element", 0) : &owner;
  if (model == nullptr || !is_class(*model)) return {};
  const Value* declared =
      symbol->operands.size() > 1 ? &symbol->operands[1] : declared_column(*model, symbol->name);
  Name name = Name::of(symbol->name, context.span_of(value));
  if (declared != nullptr && is_call(*declared)) {
    if (auto column = read_column(*declared, context); column && column->name) {
      name.text = column->name->text;
    }
  }
  return reference_of(owner, std::move(name), context);
}

namespace {

/// Whether a class may have columns that are not seen: a base of it is not known, or was made by a
/// function that is not one of those which make bases without columns.
bool may_inherit_columns(const Value& type, int depth = 0) {
  constexpr int kMaxDepth = 16;
  return depth < kMaxDepth && std::ranges::any_of(
                                  python::bases_of(type),
                                  [&](const Value& base) {
                                    if (is_class(base)) return may_inherit_columns(base, depth + 1);
                                    if (!is_call(base)) return base.is_unknown();
                                    const std::string name = name_of(base);
                                    const std::string_view function =
                                        name.empty() ? method_of(base) : std::string_view(name);
                                    return !known_package(name) &&
                                           !function.ends_with("declarative_base") &&
                                           !function.ends_with("automap_base");
                                  });
}

/// Whether a class descends from sqlmodel.SQLModel, which names the table after the class.
/// Source: sqlmodel/main.py, SQLModel.__tablename__. Its columns are annotations, which are not
/// read.
bool is_sqlmodel(const Value& type, int depth = 0) {
  constexpr int kMaxDepth = 16;
  return depth < kMaxDepth && std::ranges::any_of(
                                  python::bases_of(type),
                                  [&](const Value& base) {
                                    return name_of(base) == "sqlmodel.SQLModel" ||
                                           (is_class(base) && is_sqlmodel(base, depth + 1));
                                  });
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

}  // namespace

std::optional<Table> read_model_table(const Value& value, const Context& context) {
  Value model = value;
  if (value.as<std::shared_ptr<python::Instance>>() != nullptr) {
    if (const auto type = python::class_of(value)) model = *type;
  }
  if (const Symbol* symbol = value.symbol();
      symbol != nullptr && symbol->kind == Symbol::Kind::kAttribute &&
      symbol->name == "__table__" && !symbol->operands.empty()) {
    model = symbol->operands[0];
  }
  if (!is_class(model) || python::is_enum(model)) return {};
  const Value* table_value = python::find_attribute(model, "__table__");
  if (table_value != nullptr && table_value->symbol() != nullptr &&
      name_of(*table_value) == "sa.Table") {
    return read_table(*table_value, context);
  }
  const Value* name = python::find_attribute(model, "__tablename__");
  Table table;
  table.span = context.span_of(value);
  if (name != nullptr && name->str() != nullptr) {
    table.name = read_name(*name, context);
  } else if (is_sqlmodel(model)) {
    table.name = Name::of(lower_case(python::class_name(model)), table.span);
    table.autoload = true;
  } else {
    return {};
  }
  if (const Value* arguments = python::find_attribute(model, "__table_args__")) {
    const Value* options = arguments;
    if (const auto* items = items_of(*arguments); items != nullptr && !items->empty()) {
      options = &items->back();
      for (const Value& item : *items) {
        if (auto constraint = read_constraint(item, context)) {
          table.constraints.push_back(std::move(*constraint));
        } else if (auto index = read_index(item, context)) {
          table.indexes.push_back(std::move(*index));
        }
      }
    }
    if (const python::Dict* dict = options->dict()) {
      for (const auto& [key, item] : dict->items) {
        const auto keyword = known_string(key);
        if (!keyword) continue;
        if (*keyword == "schema") table.schema = read_name(item, context);
        if (*keyword == "comment") table.comment = item;
        table.options.keywords.emplace_back(*keyword, item);
      }
    }
  }
  table.complete = !may_inherit_columns(model) && !is_sqlmodel(model);
  if (context.evaluator == nullptr) return table;
  for (const auto& [attribute, member] : context.evaluator->members(model)) {
    auto column = read_column(member, context);
    if (!column) continue;
    if (!column->name) {
      column->name = Name::of(attribute, column->span);
      for (Constraint& key : column->foreign_keys) {
        key.columns.push_back(*column->name);
        if (key.referred_columns.empty()) key.referred_columns.push_back(*column->name);
      }
    }
    table.columns.push_back(std::move(*column));
  }
  add_annotated_columns(model, table.columns, context);
  return table;
}

}  // namespace forelock::alembic
