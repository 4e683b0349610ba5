#include "analyzer/alembic/operations/unit_of_work.h"

#include <algorithm>
#include <utility>

#include "analyzer/alembic/connections.h"
#include "analyzer/alembic/host.h"
#include "analyzer/alembic/render/chain.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/models.h"
#include "analyzer/alembic/render/trees.h"

namespace forelock::alembic {

using python::CallSite;
using python::Place;
using python::Value;

namespace {

/// `statement` for one row, whose key is not known.
Value for_one_row(Value statement, const Value& model, const Context& context) {
  const Place place{0, context.call};
  const auto table = read_table(model, context);
  if (!table) return statement;
  for (const Column& column : table->columns) {
    if (!column.primary_key || !column.name) continue;
    statement = where_equal(std::move(statement), model, column.name->text, rows(), place);
  }
  return statement;
}

}  // namespace

void UnitOfWork::add(const Value& instance, const CallSite& site) {
  changes_.push_back({Change::Kind::kInsert, instance, nullptr, {}, site});
}

void UnitOfWork::change(const Row& row, std::string_view attribute, const Value& value,
                        const CallSite& site) {
  if (!changes_.empty()) {
    Change& last = changes_.back();
    const bool set = std::ranges::any_of(
        last.values, [&](const auto& assigned) { return assigned.first == attribute; });
    if (last.row == row && last.site.condition == site.condition && !set) {
      last.values.emplace_back(attribute, value);
      return;
    }
  }
  changes_.push_back({Change::Kind::kUpdate, {}, row, {{std::string(attribute), value}}, site});
}

void UnitOfWork::remove(const Row& row, const CallSite& site) {
  changes_.push_back({Change::Kind::kDelete, {}, row, {}, site});
}

void UnitOfWork::flush(Host& host) {
  const std::vector<Change> changes = std::exchange(changes_, {});  // emit() asks for a flush, too
  for (const Change& change : changes) {
    const python::Arguments none;
    const Context context = host.context(change.site);
    const Operation operation{none, change.site, context, nullptr};
    Value statement;
    auto values = std::make_shared<python::Dict>();
    const Place place{0, context.call};
    switch (change.kind) {
      case Change::Kind::kInsert: {
        const Value model = *python::class_of(change.instance);
        for (auto& [name, value] : python::instance_attributes(change.instance)) {
          if (!is_column(model, name, context)) continue;  // a relationship
          values->items.emplace_back(attribute_of(model, name, place), value);
        }
        statement = insert_into(model, place);
        break;
      }
      case Change::Kind::kUpdate:
        for (const auto& [name, value] : change.values) {
          values->items.emplace_back(attribute_of(*change.row, name, place), value);
        }
        statement = call_of(python::make_symbol("sqlalchemy.update", place), *change.row, place);
        break;
      case Change::Kind::kDelete:
        statement = call_of(python::make_symbol("sqlalchemy.delete", place), *change.row, place);
        break;
    }
    if (change.row != nullptr) statement = for_one_row(std::move(statement), *change.row, context);
    const Value parameters(values);
    Sql sql = context.sql();
    Expressions expressions(context);
    if (expressions.render_statement(sql, statement,
                                     values->items.empty() ? nullptr : &parameters)) {
      host.emit(sql, operation);
    } else {
      host.rows_not_analyzed("the rows of a session are not known", operation);
    }
  }
}

std::optional<Value> model_of_query(const Value& query, const Context& context) {
  const Chain chain = unroll(query);
  if (chain.root == nullptr || !is_call(*chain.root)) return {};
  const std::string name = name_of(*chain.root);
  if (name != "@session.query" && name != "sa.select") return {};
  const std::vector<Value>& selected = arguments_of(*chain.root).positional;
  const bool one = selected.size() == 1 &&
                   selected[0].as<std::shared_ptr<python::Class>>() != nullptr &&
                   read_model_table(selected[0], context);
  return one ? std::optional(selected[0]) : std::nullopt;
}

Value rows_of(const std::optional<Value>& model) {
  const Value unknown = rows();
  if (!model) return unknown;
  return python::Unknown{unknown.as<python::Unknown>()->reason,
                         std::make_shared<const Value>(*model)};
}

Row row_of(const Value& value) {
  const auto* unknown = value.as<python::Unknown>();
  return unknown == nullptr ? nullptr : unknown->instance_of;
}

}  // namespace forelock::alembic
