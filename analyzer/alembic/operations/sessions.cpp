// ORM sessions, as far as their effect on tables is evident.

#include <algorithm>

#include "analyzer/alembic/connections.h"
#include "analyzer/alembic/operations/operations.h"
#include "analyzer/alembic/operations/unit_of_work.h"
#include "analyzer/alembic/render/chain.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/render/models.h"
#include "analyzer/alembic/render/trees.h"

namespace forelock::alembic {

using python::None;
using python::Symbol;
using python::Value;

namespace {

void insert_rows(Host& host, const Value& model, const Value& values, const Operation& operation) {
  Sql sql = operation.context.sql();
  Expressions expressions(operation.context);
  if (expressions.render_statement(sql, insert_into(model, {0, operation.context.call}), &values)) {
    host.emit(sql, operation);
  } else {
    host.rows_not_analyzed("the rows of a session are not known", operation);
  }
}

/// session.bulk_update_mappings(Model, [{"id": 1, "a": 2}]): an UPDATE for each row by its key.
void update_rows(Host& host, const Value& model, const Value& values, const Operation& operation) {
  const auto* rows = items_of(values);
  const auto table = read_table(model, operation.context);
  if (rows == nullptr || !table) {
    host.rows_not_analyzed("the rows of a session are not known", operation);
    return;
  }
  const auto is_key = [&](const std::string& name) {
    return std::ranges::any_of(table->columns, [&](const Column& column) {
      return column.primary_key && column.name && column.name->text == name;
    });
  };
  const python::Place place{0, operation.context.call};
  for (const Value& row : *rows) {
    const python::Dict* dict = row.dict();
    auto set = std::make_shared<python::Dict>();
    Value statement = call_of(python::make_symbol("sqlalchemy.update", place), model, place);
    if (dict != nullptr) {
      for (const auto& [key, value] : dict->items) {
        const auto name = known_string(key);
        if (name && is_key(*name)) {
          statement = where_equal(std::move(statement), model, *name, value, place);
        } else {
          set->items.emplace_back(key, value);
        }
      }
    }
    if (set->items.empty()) continue;
    const Value parameters(set);
    host.execute(statement, &parameters, operation);
  }
  if (!values.sequence()->complete) {
    host.rows_not_analyzed("some rows of a session are not known", operation);
  }
}

/// session.add(Model(a=1)): an INSERT of what the constructor was given.
void add_instance(Host& host, const Value& instance, const Operation& operation) {
  const auto model = python::class_of(instance);
  if (!model || !read_table(*model, operation.context)) {
    if (row_of(instance) != nullptr) return;  // a row of the database: it is in the session
    host.rows_not_analyzed("an object added to a session is not known", operation);
    return;
  }
  host.unit_of_work().add(instance, operation.site);
}

/// The links of `session.query(X).filter(…)` on a rebuilt root.
Value with_links(Value root, const std::vector<Link>& links, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    const python::Place place = links[i].value->symbol()->place;
    Symbol call;
    call.kind = Symbol::Kind::kCall;
    call.place = place;
    call.operands.push_back(attribute_of(std::move(root), links[i].method, place));
    call.arguments = *links[i].arguments;
    root = symbol_value(std::move(call));
  }
  return root;
}

}  // namespace

std::optional<Value> session_call(Host& host, std::string_view method, const Operation& operation) {
  const python::Arguments& arguments = operation.arguments;
  const Value* first = arguments.positional.empty() ? nullptr : arguments.positional.data();
  if (method == "delete") {
    const Row row = first == nullptr ? nullptr : row_of(*first);
    if (row == nullptr) {
      host.rows_not_analyzed("rows are deleted through a session", operation);
    } else {
      host.unit_of_work().remove(row, operation.site);
    }
    return Value(None{});
  }
  if (method == "execute" || method == "scalar" || method == "scalars") {
    const Value* statement = arguments.find("statement", 0);
    if (statement == nullptr) statement = arguments.find("clause");
    if (statement == nullptr) return rows();
    host.execute(*statement, arguments.find("params", 1), operation);
    return rows_of(model_of_query(*statement, operation.context));
  }
  if (method == "add" || method == "merge") {
    if (first != nullptr) add_instance(host, *first, operation);
    return first != nullptr ? *first : Value(None{});
  }
  if (method == "add_all" || method == "bulk_save_objects") {
    const auto* items = first != nullptr ? items_of(*first) : nullptr;
    if (items == nullptr) {
      host.rows_not_analyzed("the objects added to a session are not known", operation);
    } else {
      for (const Value& item : *items) add_instance(host, item, operation);
    }
    return Value(None{});
  }
  if (method == "bulk_insert_mappings" && arguments.positional.size() >= 2) {
    insert_rows(host, arguments.positional[0], arguments.positional[1], operation);
    return Value(None{});
  }
  if (method == "bulk_update_mappings" && arguments.positional.size() >= 2) {
    update_rows(host, arguments.positional[0], arguments.positional[1], operation);
    return Value(None{});
  }
  if (method == "get" && first != nullptr) {
    const bool known = read_model_table(*first, operation.context).has_value();
    return rows_of(known ? std::optional(*first) : std::nullopt);
  }
  if (method == "refresh") return rows();
  if (method == "rollback") {
    host.unit_of_work().clear();
    return Value(None{});
  }
  if (method == "commit" || method == "flush" || method == "close") {
    host.unit_of_work().flush(host);
    return Value(None{});
  }
  if (method == "expire_all" || method == "expunge_all" || method == "begin" ||
      method == "begin_nested" || method == "expire" || method == "remove") {
    return Value(None{});
  }
  if (method == "get_bind" || method == "connection") {
    return python::make_symbol("@bind", operation.site.place);
  }
  if (method == "query") return {};  // stays a symbol; its chain ends in query_call
  return {};
}

void run_query(Host& host, const Value& query, const Operation& operation) {
  const Chain chain = unroll(query);
  if (chain.root == nullptr || !is_call(*chain.root) || name_of(*chain.root) != "@session.query") {
    return;
  }
  Symbol root;
  root.kind = Symbol::Kind::kCall;
  root.place = {0, operation.context.call};
  root.operands.push_back(python::make_symbol("sqlalchemy.select", root.place));
  root.arguments.positional = arguments_of(*chain.root).positional;
  const Value statement =
      with_links(symbol_value(std::move(root)), chain.links, 0, chain.links.size());
  host.execute(statement, nullptr, operation);
}

/// `session.query(…).filter(…).update(…)` and what else ends a query.
std::optional<Value> query_call(Host& host, const Value& callee, std::string_view method,
                                const Operation& operation) {
  const Value* receiver = receiver_of(callee);
  if (receiver == nullptr) return {};
  const Chain chain = unroll(*receiver);
  if (chain.root == nullptr || !is_call(*chain.root) || name_of(*chain.root) != "@session.query") {
    return {};
  }
  const python::Arguments& of = arguments_of(*chain.root);
  if (method == "update" || method == "delete") {
    const python::Place place{0, operation.context.call};
    if (of.positional.empty()) return {};
    Value statement = call_of(
        python::make_symbol(method == "update" ? "sqlalchemy.update" : "sqlalchemy.delete", place),
        of.positional[0], place);
    statement = with_links(std::move(statement), chain.links, 0, chain.links.size());
    if (method == "update" && !operation.arguments.positional.empty()) {
      statement = call_of(attribute_of(std::move(statement), "values", place),
                          operation.arguments.positional[0], place);
    }
    host.execute(statement, nullptr, operation);
    return rows();
  }
  constexpr std::string_view kEnds[] = {"all",   "first", "one",       "one_or_none", "scalar",
                                        "count", "get",   "yield_per", "scalars"};
  for (const std::string_view end : kEnds) {
    if (method != end) continue;
    run_query(host, *receiver, operation);
    return rows_of(model_of_query(*receiver, operation.context));
  }
  return {};
}

}  // namespace forelock::alembic
