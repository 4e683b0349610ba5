// ORM sessions, as far as their effect on tables is evident.

#include "analyzer/alembic/operations/operations.h"
#include "analyzer/alembic/render/chain.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/identifiers.h"

namespace forelock::alembic {

using python::None;
using python::Symbol;
using python::Value;

namespace {

Value rows() { return Value::unknown("rows of the database"); }

Value symbol_value(Symbol symbol) {
  return Value(std::make_shared<const Symbol>(std::move(symbol)));
}

/// `model.insert()` with values.
Value insert_of(const Value& model, const Context& context) {
  Symbol insert;
  insert.kind = Symbol::Kind::kCall;
  insert.operands.push_back(python::make_symbol("sqlalchemy.insert", {0, context.call}));
  insert.arguments.positional.push_back(model);
  insert.arguments.keywords.emplace_back("inline", Value(true));
  insert.place = {0, context.call};
  return symbol_value(std::move(insert));
}

void insert_rows(Host& host, const Value& model, const Value& values, const Operation& operation) {
  Sql sql = operation.context.sql();
  Expressions expressions(operation.context);
  if (expressions.render_statement(sql, insert_of(model, operation.context), &values)) {
    host.emit(sql, operation);
  } else {
    host.not_analyzed("the rows of a session are not known", operation);
  }
}

/// session.add(Model(a=1)): an INSERT of what the constructor was given.
void add_instance(Host& host, const Value& instance, const Operation& operation) {
  const auto model = python::class_of(instance);
  if (!model || !read_table(*model, operation.context)) {
    host.not_analyzed("an object added to a session is not known", operation);
    return;
  }
  auto dict = std::make_shared<python::Dict>();
  for (auto& [name, value] : python::instance_attributes(instance)) {
    dict->items.emplace_back(Value::string(name, {0, operation.context.call}), value);
  }
  insert_rows(host, *model, Value(dict), operation);
}

/// The links of `session.query(X).filter(…)` on a rebuilt root.
Value with_links(Value root, const std::vector<Link>& links, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    Symbol attribute;
    attribute.kind = Symbol::Kind::kAttribute;
    attribute.name = std::string(links[i].method);
    attribute.operands.push_back(std::move(root));
    attribute.place = links[i].value->symbol()->place;
    Symbol call;
    call.kind = Symbol::Kind::kCall;
    call.place = attribute.place;
    call.operands.push_back(symbol_value(std::move(attribute)));
    call.arguments = *links[i].arguments;
    root = symbol_value(std::move(call));
  }
  return root;
}

}  // namespace

std::optional<Value> session_call(Host& host, std::string_view method, const Operation& operation) {
  const python::Arguments& arguments = operation.arguments;
  const Value* first = arguments.positional.empty() ? nullptr : arguments.positional.data();
  if (method == "execute" || method == "scalar" || method == "scalars") {
    const Value* statement = arguments.find("statement", 0);
    if (statement == nullptr) statement = arguments.find("clause");
    if (statement == nullptr) return rows();
    return host.execute(*statement, arguments.find("params", 1), operation);
  }
  if (method == "add" || method == "merge") {
    if (first != nullptr) add_instance(host, *first, operation);
    return first != nullptr ? *first : Value(None{});
  }
  if (method == "add_all" || method == "bulk_save_objects") {
    const auto* items = first != nullptr ? items_of(*first) : nullptr;
    if (items == nullptr) {
      host.not_analyzed("the objects added to a session are not known", operation);
    } else {
      for (const Value& item : *items) add_instance(host, item, operation);
    }
    return Value(None{});
  }
  if (method == "bulk_insert_mappings" && arguments.positional.size() >= 2) {
    insert_rows(host, arguments.positional[0], arguments.positional[1], operation);
    return Value(None{});
  }
  if (method == "bulk_update_mappings" || method == "delete") {
    host.not_analyzed("rows are changed through a session", operation);
    return Value(None{});
  }
  if (method == "get" || method == "refresh") return rows();
  if (method == "commit" || method == "flush" || method == "close" || method == "rollback" ||
      method == "expire_all" || method == "expunge_all" || method == "begin" ||
      method == "begin_nested" || method == "expire" || method == "remove") {
    return Value(None{});
  }
  if (method == "get_bind" || method == "connection") {
    return python::make_symbol("@bind", operation.site.place);
  }
  if (method == "query") return {};  // stays a symbol; its chain ends in query_call
  return {};
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
    Symbol root;
    root.kind = Symbol::Kind::kCall;
    root.place = {0, operation.context.call};
    root.operands.push_back(python::make_symbol(
        method == "update" ? "sqlalchemy.update" : "sqlalchemy.delete", root.place));
    if (!of.positional.empty()) root.arguments.positional.push_back(of.positional[0]);
    Value statement = with_links(symbol_value(std::move(root)), chain.links, 0, chain.links.size());
    if (method == "update") {
      Symbol attribute;
      attribute.kind = Symbol::Kind::kAttribute;
      attribute.name = "values";
      attribute.operands.push_back(std::move(statement));
      Symbol call;
      call.kind = Symbol::Kind::kCall;
      call.operands.push_back(symbol_value(std::move(attribute)));
      if (!operation.arguments.positional.empty()) {
        call.arguments.positional.push_back(operation.arguments.positional[0]);
      }
      call.place = {0, operation.context.call};
      statement = symbol_value(std::move(call));
    }
    host.execute(statement, nullptr, operation);
    return rows();
  }
  constexpr std::string_view kEnds[] = {"all",   "first", "one",       "one_or_none", "scalar",
                                        "count", "get",   "yield_per", "scalars"};
  for (const std::string_view end : kEnds) {
    if (method != end) continue;
    Symbol root;
    root.kind = Symbol::Kind::kCall;
    root.place = {0, operation.context.call};
    root.operands.push_back(python::make_symbol("sqlalchemy.select", root.place));
    root.arguments.positional = of.positional;
    const Value statement =
        with_links(symbol_value(std::move(root)), chain.links, 0, chain.links.size());
    host.execute(statement, nullptr, operation);
    return rows();
  }
  return {};
}

}  // namespace forelock::alembic
