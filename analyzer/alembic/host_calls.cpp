// What calls of a migration mean: of op, of connections and sessions, of SQLAlchemy's names.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/alembic/connections.h"
#include "analyzer/alembic/host.h"
#include "analyzer/alembic/operations/operations.h"
#include "analyzer/alembic/render/composed_sql.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/identifiers.h"

namespace forelock::alembic {

using python::Arguments;
using python::CallSite;
using python::None;
using python::Place;
using python::Symbol;
using python::Value;

namespace {

const Batch* batch_of(const Symbol& symbol) {
  return symbol.kind == Symbol::Kind::kObject && symbol.name == "batch"
             ? static_cast<const Batch*>(symbol.payload.get())
             : nullptr;
}

}  // namespace

std::optional<Value> Host::call(const Value& callee, const Arguments& arguments,
                                const CallSite& site) {
  const Symbol* symbol = callee.symbol();
  if (symbol == nullptr) return {};
  if (symbol->kind == Symbol::Kind::kName) {
    const std::string name = canonical(symbol->name);
    return call_path(name, callee, arguments, site);
  }
  return call_method(callee, arguments, site);
}

namespace {

/// A name that evaluates to this library symbol stays as it is when it is called.
bool is_constructor(const std::string& name) {
  return name.starts_with("sa.") || name.starts_with("pg.") || name.starts_with("geo.") ||
         name.starts_with("func.") || name.starts_with("sau.") || name.starts_with("pgvector.");
}

}  // namespace

namespace {

/// Whether a dotted name leads to code that could not be found and is no library's known one.
bool is_out_of_reach(std::string_view name) {
  constexpr auto kHarmless = std::to_array<std::string_view>(
      {"alembic", "builtins", "contextlib", "context", "functools", "inspect", "itertools",
       "logging", "multiprocessing", "op", "sqlalchemy", "sys", "threading", "types", "typing",
       "warnings"});
  const std::size_t dot = name.find('.');
  return dot != std::string_view::npos && !name.starts_with('@') &&
         std::ranges::find(kHarmless, name.substr(0, dot)) == kHarmless.end() &&
         !known_package(name.substr(0, dot + 1));
}

bool sends(const Value& value) {
  const Symbol* symbol = value.symbol();
  if (symbol == nullptr || symbol->kind != Symbol::Kind::kName) return false;
  constexpr auto kSenders = std::to_array<std::string_view>(
      {"@bind", "@context", "@operations", "@session", "alembic.op", kAutocommitBind});
  return std::ranges::find(kSenders, symbol->name) != kSenders.end();
}

/// What of an out-of-reach call's arguments may send SQL: the connection, or a function of the
/// project that speaks of it; empty when there is nothing of the kind.
std::string_view handed_over(const Arguments& arguments, python::Evaluator* evaluator) {
  const auto any = [&](const auto& predicate) {
    return std::ranges::any_of(arguments.positional, predicate) ||
           std::ranges::any_of(arguments.keywords,
                               [&](const auto& keyword) { return predicate(keyword.second); });
  };
  if (any(sends)) return "the connection";
  const bool function = evaluator != nullptr &&
                        any([&](const Value& value) { return evaluator->mentions(value, sends); });
  return function ? "a function that sends SQL" : "";
}

/// The name that an expression starts from, or that the class of an instance descends from, where
/// it leads out of reach; empty when it does not.
std::string root_out_of_reach(const Value& value, int depth = 0) {
  constexpr int kMaxDepth = 32;
  if (depth > kMaxDepth) return {};
  if (const Symbol* symbol = value.symbol()) {
    if (symbol->kind == Symbol::Kind::kName) {
      return is_out_of_reach(symbol->name) ? symbol->name : std::string();
    }
    return symbol->operands.empty() ? std::string()
                                    : root_out_of_reach(symbol->operands.front(), depth + 1);
  }
  Value type = value;
  if (value.as<std::shared_ptr<python::Instance>>() != nullptr) {
    if (const auto of = python::class_of(value)) type = *of;
  }
  for (const Value& base : python::bases_of(type)) {
    if (std::string root = root_out_of_reach(base, depth + 1); !root.empty()) return root;
  }
  return {};
}

/// What execution_options() say of it; nothing when they do not speak of the isolation level.
std::optional<bool> asks_for_autocommit(const Arguments& arguments) {
  const Value* isolation = arguments.find("isolation_level");
  if (isolation == nullptr) return std::nullopt;
  return known_string(*isolation) == "AUTOCOMMIT";
}

Value connection(bool autocommit, const CallSite& site) {
  return python::make_symbol(std::string(autocommit ? kAutocommitBind : "@bind"), site.place);
}

}  // namespace

std::optional<Value> Host::call_autocommit(std::string_view method, const Arguments& arguments,
                                           const CallSite& site) {
  if (method == "connect" || method == "execution_options" || method == "begin") {
    return connection(asks_for_autocommit(arguments).value_or(true), site);
  }
  ++autocommit_depth_;
  std::optional<Value> result = call_connection(method, arguments, site);
  --autocommit_depth_;
  return result;
}

std::optional<Value> Host::call_connection(std::string_view method, const Arguments& arguments,
                                           const CallSite& site) {
  const Context here = context(site);
  const Operation operation{arguments, site, here, nullptr};
  if (method == "execute" || method == "scalar" || method == "scalars" ||
      method == "exec_driver_sql" || method == "stream") {
    record_call("bind." + std::string(method), arguments, site);
    const Value* statement = arguments.find("statement", 0);
    if (statement == nullptr) statement = arguments.find("object_");
    if (statement == nullptr) return rows();
    const Value* parameters = arguments.find("parameters", 1);
    if (parameters == nullptr && !arguments.keywords.empty()) {  // SQLAlchemy 1.x: execute(s, a=1)
      auto dict = std::make_shared<python::Dict>();
      for (const auto& [keyword, value] : arguments.keywords) {
        if (keyword == "execution_options" || keyword == "statement") continue;
        dict->items.emplace_back(Value::string(keyword, site.place), value);
      }
      if (!dict->items.empty()) {
        const Value keywords(dict);
        return execute(*statement, &keywords, operation);
      }
    }
    // SQLAlchemy 1.x: execute(text, a, b), where each is a parameter or a set of them
    if (statement->str() != nullptr && arguments.positional.size() > 2) {
      const Value all =
          python::make_sequence(python::Sequence::Kind::kTuple,
                                {arguments.positional.begin() + 1, arguments.positional.end()});
      return execute(*statement, &all, operation);
    }
    if (method == "exec_driver_sql" && statement->str() != nullptr && parameters == nullptr) {
      Sql sql = here.sql();
      sql.copy(*statement->str());
      emit(sql, operation);
      return rows();
    }
    return execute(*statement, parameters, operation);
  }
  if (method == "begin" || method == "begin_nested") {
    return python::make_symbol("@transaction", site.place);
  }
  if (method == "execution_options") {
    return connection(asks_for_autocommit(arguments).value_or(false), site);
  }
  if (method == "connect" || method == "engine" || method == "get_bind") {
    return python::make_symbol("@bind", site.place);
  }
  if (method == "commit" || method == "rollback" || method == "close" || method == "detach" ||
      method == "invalidate") {
    if (method == "commit" && transaction_ != model::kNoTransaction) commit();
    return Value(None{});
  }
  if (method == "in_transaction") return Value(true);
  if (method == "run_sync" && evaluator_ != nullptr && !arguments.positional.empty()) {
    Arguments inner = arguments;
    inner.positional.front() = python::make_symbol("@bind", site.place);
    return evaluator_->call_value(arguments.positional.front(), inner, site);
  }
  if (method == "dialect.has_table") {
    Arguments shifted = arguments;
    if (!shifted.positional.empty()) shifted.positional.erase(shifted.positional.begin());
    return inspect("has_table", shifted, site);
  }
  if (method == "dialect.type_descriptor" && !arguments.positional.empty()) {
    return arguments.positional[0];
  }
  if (method.starts_with("dialect.") || method.starts_with("connection.")) {
    if (method.ends_with(".quote") && !arguments.positional.empty()) {
      if (const auto text = known_string(arguments.positional[0])) {
        return Value::string(quote(*text), site.place);
      }
    }
    return rows();
  }
  return {};
}

std::optional<Value> Host::call_path(const std::string& name, const Value& callee,
                                     const Arguments& arguments, const CallSite& site) {
  (void)callee;
  const Context here = context(site);
  if (name.starts_with("op.")) {
    const std::string_view operation_name = std::string_view(name).substr(3);
    if (operation_name == "f" || operation_name == "inline_literal") return {};
    if (operation_name == "get_bind") return python::make_symbol("@bind", site.place);
    if (operation_name == "get_context") return python::make_symbol("@context", site.place);
    if (operation_name == "batch_alter_table") {
      record_call("op.batch_alter_table", arguments, site);
      auto batch = std::make_shared<Batch>();
      batch->table = read_name(arguments.find("table_name", 0), here);
      batch->schema = read_name(arguments.find("schema", 1), here);
      batch->recreated = known_string(present(arguments, "recreate", 2)) == "always";
      if (batch->recreated) {
        not_analyzed(
            "batch_alter_table(recreate=\"always\") makes the table anew from what the database "
            "tells of it",
            Operation{arguments, site, here, nullptr});
      }
      Symbol object;
      object.kind = Symbol::Kind::kObject;
      object.name = "batch";
      object.place = site.place;
      object.payload = batch;
      return Value(std::make_shared<const Symbol>(std::move(object)));
    }
    if (direction_ == nullptr) return Value(None{});
    record_call(name, arguments, site);
    const Operation operation{arguments, site, here, nullptr};
    if (auto result = run_operation(*this, operation_name, operation)) return result;
    if (operation_name == "register_operation" || operation_name == "implementation_for") return {};
    not_analyzed("the operation " + name + " is not known", operation);
    return Value(None{});
  }
  if (name.starts_with("context.")) {
    if (name == "context.is_offline_mode") return Value(false);
    if (name == "context.get_context" || name == "context.get_migration_context") {
      return python::make_symbol("@context", site.place);
    }
    if (name == "context.get_bind") return python::make_symbol("@bind", site.place);
    if (name == "context.execute") {
      record_call(name, arguments, site);
      return execute_operation(*this, Operation{arguments, site, here, nullptr});
    }
    if (name == "context.begin_transaction") {
      return python::make_symbol("@transaction", site.place);
    }
    return Value::unknown("the arguments of the alembic command");
  }
  if (name == "@sessionmaker" || name == "orm.Session" || name == "sqlmodel.Session" ||
      name == "@session" || name == "sa.Session") {
    session_used_ = true;
    return python::make_symbol("@session", site.place);
  }
  if (name == "orm.sessionmaker" || name == "orm.scoped_session" || name == "orm.create_session") {
    return python::make_symbol("@sessionmaker", site.place);
  }
  if (name.starts_with("@sessionmaker.")) {
    if (name.ends_with(".configure")) return Value(None{});
    return python::make_symbol("@session", site.place);
  }
  if (name.starts_with("@autocommit_bind.")) {
    return call_autocommit(std::string_view(name).substr(kAutocommitBind.size() + 1), arguments,
                           site);
  }
  // connection.dialect.get_pk_constraint(connection, table): the questions an inspector asks.
  constexpr std::string_view kDialectOfBind = "@bind.dialect.";
  if (name.starts_with(kDialectOfBind) && !arguments.positional.empty()) {
    Arguments question = arguments;
    question.positional.erase(question.positional.begin());
    return inspect(std::string_view(name).substr(kDialectOfBind.size()), question, site);
  }
  if (name.starts_with("@bind.")) {
    return call_connection(std::string_view(name).substr(6), arguments, site);
  }
  if (name.starts_with("@transaction.")) return Value(None{});
  if (name == "@compiler.process" && !arguments.positional.empty()) {
    Sql sql = here.sql();
    const Value& element = arguments.positional.front();
    if (const Type type = read_type(element, here); !type.sql.empty()) {
      sql << type.sql;
      if (!type.known) sql.mark_partial();
    } else {
      Expressions(here).render(sql, element, {});
    }
    return Value(sql.mapped());
  }
  if (name.starts_with("@compiler.")) return Value::unknown("what a compiler makes of a type");
  if (name.starts_with("@dialect.")) {
    return call_connection("dialect." + name.substr(9), arguments, site);
  }
  if (name.starts_with("@context.")) {
    const std::string_view method = std::string_view(name).substr(9);
    if (method == "autocommit_block") {
      record_call("op.get_context.autocommit_block", arguments, site);
      return python::make_symbol("@autocommit", site.place);
    }
    if (method == "begin_transaction") return python::make_symbol("@transaction", site.place);
    if (method == "execute" || method == "impl.execute" || method == "impl._exec") {
      record_call("op.execute", arguments, site);
      return execute_operation(*this, Operation{arguments, site, here, nullptr});
    }
    if (method.starts_with("bind.") || method.starts_with("connection.")) {
      return call_connection(method.substr(method.find('.') + 1), arguments, site);
    }
    if (method.starts_with("dialect.")) return call_connection(method, arguments, site);
    return rows();
  }
  if (name.starts_with("@session.")) {
    session_used_ = true;
    const std::string_view method = std::string_view(name).substr(9);
    if (method == "query" || method == "get_bind") {
      if (method == "get_bind") return python::make_symbol("@bind", site.place);
      return {};
    }
    if (method == "bind.execute") return call_connection("execute", arguments, site);
    record_call("session." + std::string(method), arguments, site);
    const Operation operation{arguments, site, here, nullptr};
    return session_call(*this, method, operation);
  }
  if (name.starts_with("@inspector.")) {
    return inspect(std::string_view(name).substr(11), arguments, site);
  }
  if (name == "@url.get_backend_name") {
    return Value::string(options_.settings.dialect, site.place);
  }
  if (name == "sa.inspect" || name == "sa.from_engine" || name == "sa.Inspector") {
    return python::make_symbol("@inspector", site.place);
  }
  // `db.session.execute(…)` of an application.
  if (const std::size_t at = name.rfind(".session.");
      at != std::string::npos && direction_ != nullptr) {
    const std::string method = name.substr(at + 9);
    if (method.find('.') == std::string::npos && method != "query") {
      record_call("session." + method, arguments, site);
      return session_call(*this, method, Operation{arguments, site, here, nullptr});
    }
  }
  if (is_constructor(name)) {
    note_constructor(name, arguments, site);
  } else if (direction_ != nullptr && is_out_of_reach(name)) {
    if (const std::string_view what = handed_over(arguments, evaluator_); !what.empty()) {
      not_analyzed(fmt::format("a call of {}(), which is not found, is given {}", name, what),
                   Operation{arguments, site, here, nullptr});
    }
  }
  return {};
}

std::optional<Value> Host::call_method(const Value& callee, const Arguments& arguments,
                                       const CallSite& site) {
  const Symbol& symbol = *callee.symbol();
  if (symbol.kind != Symbol::Kind::kAttribute || symbol.operands.empty()) return {};
  const Value& receiver = symbol.operands[0];
  const std::string_view method = symbol.name;
  const Context here = context(site);
  if (const Symbol* object = receiver.symbol(); object != nullptr && batch_of(*object) != nullptr) {
    if (method == "f" || method == "inline_literal") return {};
    if (method == "get_bind") return python::make_symbol("@bind", site.place);
    if (method == "get_context") return python::make_symbol("@context", site.place);
    if (direction_ == nullptr) return Value(None{});
    record_call("batch_op." + std::string(method), arguments, site);
    const auto batch = std::static_pointer_cast<Batch>(object->payload);
    if (std::ranges::find(open_batches_, batch) == open_batches_.end()) {
      open_batches_.push_back(batch);  // used without `with`
    }
    if (batch->recreated && method != "execute") return Value(None{});
    // execute() is sent at once; the rest when the block ends
    const Operation operation{arguments, site, here, method == "execute" ? nullptr : batch.get()};
    if (auto result = run_operation(*this, method, operation)) return result;
    not_analyzed("the operation batch_op." + std::string(method) + " is not known", operation);
    return Value(None{});
  }
  const Operation operation{arguments, site, here, nullptr};
  if (method == "create" || method == "drop") {
    const auto result = method == "create" ? create_object(*this, receiver, operation)
                                           : drop_object(*this, receiver, operation);
    if (result) {
      return result;
    }
  }
  if ((method == "create_all" || method == "drop_all") && direction_ != nullptr) {
    return create_all(receiver, method == "create_all", operation);
  }
  if (auto result = query_call(*this, callee, method, operation)) return result;
  if (method == "as_string") {
    if (auto text = composed_sql(receiver, here)) return Value(std::move(*text));
  }
  if (direction_ == nullptr) return {};
  // A thread that the evaluator does not run has what it was made with.
  const bool thread =
      is_call(receiver) && method == "start" && receiver.symbol()->path().starts_with("threading.");
  const std::string root = thread ? "threading" : root_out_of_reach(receiver);
  const std::string_view what =
      root.empty() ? "" : handed_over(thread ? arguments_of(receiver) : arguments, evaluator_);
  if (!what.empty()) {
    not_analyzed(
        fmt::format("a call of {}() of {}, which is not found, is given {}", method, root, what),
        operation);
  }
  return {};
}

}  // namespace forelock::alembic
