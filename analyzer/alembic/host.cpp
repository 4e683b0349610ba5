#include "analyzer/alembic/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <expected>
#include <utility>

#include "analyzer/alembic/operations/operations.h"
#include "analyzer/alembic/render/chain.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/render/models.h"
#include "analyzer/sql/parse.h"

namespace forelock::alembic {
namespace {

using python::Arguments;
using python::CallSite;
using python::None;
using python::Place;
using python::Symbol;
using python::Value;

/// Most steps of one direction; beyond it a migration that loops is cut.
constexpr std::size_t kMaxSteps = 20'000;

std::uint64_t span_key(text::Span span) {
  return (static_cast<std::uint64_t>(span.begin_byte) << 32U) | span.end_byte;
}

/// Full dotted name of a canonical one, for rules: "sqlalchemy.Column".
std::string full_name(const std::string& name) {
  if (name.starts_with("sa.")) return "sqlalchemy." + name.substr(3);
  if (name.starts_with("pg.")) return "sqlalchemy.dialects.postgresql." + name.substr(3);
  if (name.starts_with("func.")) return "sqlalchemy." + name;
  if (name.starts_with("orm.")) return "sqlalchemy." + name;
  if (name.starts_with("geo.")) return "geoalchemy2." + name.substr(4);
  return name;
}

/// A connection with isolation_level="AUTOCOMMIT": what it executes stands in no transaction.
constexpr std::string_view kAutocommitBind = "@autocommit_bind";

Value rows() { return Value::unknown("rows of the database"); }

const Batch* batch_of(const Symbol& symbol) {
  return symbol.kind == Symbol::Kind::kObject && symbol.name == "batch"
             ? static_cast<const Batch*>(symbol.payload.get())
             : nullptr;
}

}  // namespace

Host::Host(const CompileOptions& options, model::Migration& migration)
    : options_(options), migration_(migration) {}

void Host::begin(model::Direction& direction) {
  direction_ = &direction;
  if (options_.schema != nullptr) options_.schema->begin_direction();
  transaction_ = 0;
  next_transaction_ = 1;
  autocommit_depth_ = 0;
  steps_ = 0;
  types_.clear();
  open_batches_.clear();
  session_used_ = false;
}

void Host::finish() {
  for (const auto& batch : open_batches_) {
    for (model::Step& step : batch->steps) run(std::move(step));
    batch->steps.clear();
  }
  open_batches_.clear();
  direction_ = nullptr;
}

bool Host::remember_type(const std::string& key) { return types_.insert(key).second; }

void Host::commit() { transaction_ = next_transaction_++; }

text::Span Host::home_span(const CallSite& site) const {
  if (site.place.file == 0) return site.place.span;
  for (auto it = site.via.rbegin(); it != site.via.rend(); ++it) {
    if (it->file == 0) return it->span;
  }
  return {};
}

text::Span Host::statement_span(const Operation& operation) const {
  text::Span call = operation.context.call;
  const CallSite& site = operation.site;
  if (site.place.file != 0 || site.place.span != call) return call;
  const std::string_view text = file_->text();
  std::uint32_t name = site.arguments.span.begin_byte;
  if (name == 0 || name > call.end_byte || text[name - 1] != '(') return call;
  --name;
  const auto in_name = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  while (name > call.begin_byte && in_name(text[name - 1])) --name;
  if (text.substr(call.begin_byte, name - call.begin_byte).contains('\n')) call.begin_byte = name;
  return call;
}

std::vector<text::Location> Host::via(const CallSite& site) const {
  std::vector<text::Location> out;
  const text::Span home = home_span(site);
  for (const Place& place : site.via) {
    if (place.file == 0 && place.span == home) continue;
    text::FileRef file =
        place.file == 0 || evaluator_ == nullptr ? file_ : evaluator_->file(place.file);
    out.push_back({std::move(file), place.span});
  }
  return out;
}

Context Host::context(const CallSite& site) const {
  return Context{options_, file_->text(), home_span(site), evaluator_};
}

// ---- steps --------------------------------------------------------------------------------------

void Host::append(model::Step step, const Operation& operation) {
  if (direction_ == nullptr) return;  // the module's own code: never run by Alembic with a database
  if (steps_ >= kMaxSteps) {
    if (steps_ == kMaxSteps) {
      ++steps_;
      model::Step limit;
      limit.what = model::NotAnalyzed{"too many statements", {}};
      limit.span = step.span;
      limit.transaction = step.transaction;
      direction_->steps.push_back(std::move(limit));
    }
    return;
  }
  ++steps_;
  const bool outside = !options_.settings.transactional_ddl || autocommit_depth_ > 0 ||
                       transaction_ == model::kNoTransaction;
  step.transaction = outside ? model::kNoTransaction : transaction_;
  if (operation.batch != nullptr) {
    operation.batch->steps.push_back(std::move(step));
  } else {
    run(std::move(step));
  }
}

void Host::run(model::Step step) {
  if (options_.schema != nullptr) options_.schema->ran(step);
  direction_->steps.push_back(std::move(step));
}

void Host::not_analyzed(std::string reason, const Operation& operation, std::string sql) {
  model::Step step;
  step.what = model::NotAnalyzed{std::move(reason), std::move(sql)};
  step.span = statement_span(operation);
  if (operation.site.conditional) step.certainty = model::Certainty::kConditional;
  append(std::move(step), operation);
}

void Host::emit(const Sql& sql, const Operation& operation) {
  emit(sql.mapped(), sql.partial(), operation);
}

void Host::emit(const text::MappedText& sql, bool partial, const Operation& operation) {
  if (direction_ == nullptr) return;
  const text::Span call = operation.context.call;
  std::vector<std::expected<sql::ParsedStatement, sql::SyntaxError>> parts = sql::parse(sql.text);
  // The server reads the whole text before it runs a part of it.
  const auto refused = std::ranges::find_if(parts, [](const auto& part) { return !part; });
  if (refused != parts.end() && !partial) {
    std::swap(parts.front(), *refused);
    parts.erase(parts.begin() + 1, parts.end());
  }
  for (auto& parsed : parts) {
    model::Step step;
    step.span = statement_span(operation);
    step.certainty = operation.site.conditional ? model::Certainty::kConditional
                     : partial                  ? model::Certainty::kPartial
                                                : model::Certainty::kExact;
    if (!parsed) {
      const text::Span where = parsed.error().span;
      if (partial) {
        step.what = model::NotAnalyzed{"the SQL is only known in part", sql.text};
      } else {
        migration_.problems.push_back({model::Problem::Kind::kParse, file_,
                                       sql.map.to_host(where, call), parsed.error().message});
        step.what =
            model::NotAnalyzed{"the SQL does not parse: " + parsed.error().message, sql.text};
      }
      append(std::move(step), operation);
      continue;
    }
    model::Statement statement;
    statement.operation = std::move(parsed->operation);
    statement.sql = std::move(parsed->sql);
    statement.map = sql.map.slice(parsed->span);
    statement.span = step.span;
    if (const auto it = call_index_.find(span_key(call)); it != call_index_.end()) {
      statement.origin.call = it->second;
    }
    statement.origin.via = via(operation.site);
    const auto* control = std::get_if<model::Transaction>(&statement.operation);
    const bool ends = control != nullptr && (control->kind == model::TransactionKind::kCommit ||
                                             control->kind == model::TransactionKind::kRollback);
    const bool begins = control != nullptr && control->kind == model::TransactionKind::kBegin;
    if (begins && transaction_ == model::kNoTransaction) commit();
    step.what = std::move(statement);
    append(std::move(step), operation);
    // The driver believes that its transaction goes on: what follows runs in autocommit.
    if (ends) transaction_ = model::kNoTransaction;
  }
}

// ---- calls in the source
// --------------------------------------------------------------------------

namespace {

bool is_literal_text(std::string_view text) {
  if (text.empty()) return false;
  const char c = text[0];
  if (c == '"' || c == '\'' || (c >= '0' && c <= '9') || c == '-') return true;
  if (text == "True" || text == "False" || text == "None") return true;
  const std::size_t quote = text.find_first_of("\"'");
  if (quote == 0 || quote > 2 || quote == std::string_view::npos) return false;
  return std::ranges::all_of(text.substr(0, quote), [](char p) {
    return p == 'r' || p == 'R' || p == 'b' || p == 'B' || p == 'u' || p == 'U';
  });
}

model::Call make_call(const std::string& function, const CallSite& site, const Arguments& arguments,
                      std::string_view home) {
  model::Call call;
  call.function = function;
  call.span = site.place.span;
  call.arguments_span = site.arguments.span;
  std::size_t position = 0;
  bool shifted = false;
  for (const CallSite::Argument& syntax : site.syntax) {
    model::CallArgument argument;
    argument.keyword = syntax.keyword;
    argument.span = syntax.span;
    argument.value_span = syntax.value;
    const std::string_view text = syntax.value.end_byte <= home.size()
                                      ? home.substr(syntax.value.begin_byte, syntax.value.size())
                                      : std::string_view();
    if (syntax.keyword.empty() && text.starts_with("*")) shifted = true;
    const Value* value = nullptr;
    if (!syntax.keyword.empty()) {
      value = arguments.find(syntax.keyword);
    } else if (!shifted && position < arguments.positional.size()) {
      value = &arguments.positional[position++];
    }
    if (value != nullptr && is_literal_text(text)) {
      if (const auto* known = value->str(); known != nullptr && known->known()) {
        argument.literal = known->text;
        argument.is_literal = true;
      } else if (known == nullptr && value->symbol() == nullptr) {
        if (auto repr = python::to_repr(*value)) {
          argument.literal = std::move(*repr);
          argument.is_literal = true;
        }
      }
    }
    call.arguments.push_back(std::move(argument));
  }
  return call;
}

}  // namespace

void Host::note_constructor(const std::string& name, const Arguments& arguments,
                            const CallSite& site) {
  if (site.place.file != 0) return;
  constexpr std::size_t kMaxPending = 4096;
  if (pending_.size() >= kMaxPending) pending_.clear();
  pending_.push_back(make_call(full_name(name), site, arguments, file_->text()));
}

void Host::record_call(const std::string& function, const Arguments& arguments,
                       const CallSite& site) {
  if (site.place.file != 0) return;
  const std::uint64_t key = span_key(site.place.span);
  if (call_index_.contains(key)) return;
  model::Call call = make_call(function, site, arguments, file_->text());
  call.in_autocommit_block = autocommit_depth_ > 0;
  // Constructors inside of the call: nested in each other as they stand in the source.
  std::vector<model::Call> inside;
  std::vector<model::Call> others;
  for (model::Call& candidate : pending_) {
    (call.span.contains(candidate.span) ? inside : others).push_back(std::move(candidate));
  }
  pending_ = std::move(others);
  std::ranges::sort(inside, [](const model::Call& a, const model::Call& b) {
    if (a.span.begin_byte != b.span.begin_byte) return a.span.begin_byte < b.span.begin_byte;
    return a.span.end_byte > b.span.end_byte;
  });
  const auto place = [](auto&& self, std::vector<model::Call>& into, model::Call& one) -> void {
    if (!into.empty() && into.back().span == one.span) return;  // evaluated twice
    if (!into.empty() && into.back().span.contains(one.span)) {
      self(self, into.back().nested, one);
      return;
    }
    into.push_back(std::move(one));
  };
  for (model::Call& one : inside) place(place, call.nested, one);
  call_index_.emplace(key, static_cast<std::uint32_t>(migration_.calls.size()));
  migration_.calls.push_back(std::move(call));
}

// ---- the evaluator's questions
// --------------------------------------------------------------------

std::optional<Value> Host::attribute(const Symbol& object, std::string_view name, Place place) {
  if (object.kind == Symbol::Kind::kName) {
    const std::string_view path = object.name;
    if (path == "@bind" && name == "url") return python::make_symbol("@url", place);
    if (path == "@url" && name == "drivername") {
      return Value::string(options_.settings.dialect, place);
    }
    if (path == "@bind" && name == "name") return Value::string(options_.settings.dialect, place);
    const bool dialect = path == "@dialect" || path == "@bind.dialect" ||
                         path == "@context.dialect" || path == "@session.dialect" ||
                         path.ends_with(".impl.dialect");
    if (dialect && name == "name") return Value::string(options_.settings.dialect, place);
    if (dialect && name == "server_version_info") {
      if (options_.settings.pg_version_assumed) {
        return Value::unknown("the server's version");
      }
      return python::make_sequence(
          python::Sequence::Kind::kTuple,
          {Value(python::Integer{options_.settings.pg_version}), Value(python::Integer{0})});
    }
    if (dialect && name == "default_schema_name") return Value::string("public", place);
    if (path.starts_with("@context") && name == "as_sql") return Value(false);
    if ((path == "@context" && (name == "bind" || name == "connection")) ||
        (path == "@context.impl" && (name == "bind" || name == "connection")) ||
        (path == "@session" && name == "bind") ||
        ((path == "@bind" || path == kAutocommitBind) &&
         (name == "engine" || name == "connection"))) {
      const bool autocommit = path == kAutocommitBind;
      return python::make_symbol(std::string(autocommit ? kAutocommitBind : "@bind"), place);
    }
    if (path == "alembic.op" || path == "alembic.context") {
      if (path == "alembic.context" && name == "config") {
        return Value::unknown("the configuration of Alembic");
      }
      if (path == "alembic.op" && (name == "migration_context" || name == "context")) {
        return python::make_symbol("@context", place);
      }
    }
    if (path.starts_with("@") && (name == "rowcount" || name == "lastrowid")) return rows();
    if (const std::string canonical_path = canonical(path);
        canonical_path == "sa.Boolean" && name == "name") {
      return {};
    }
    return {};
  }
  // Whatever engine or connection it is of, the dialect is the one that is configured.
  if (object.kind == Symbol::Kind::kAttribute && object.name == "dialect" && name == "name") {
    return Value::string(options_.settings.dialect, place);
  }
  if (object.kind != Symbol::Kind::kCall) return {};
  // What a schema object tells of itself.
  const std::string function = canonical(object.path());
  const bool named = function == "sa.Table" || function == "sa.table" || function == "sa.Column" ||
                     function == "sa.column" || function == "sa.Enum" || function == "pg.ENUM" ||
                     function == "sa.Sequence" || function == "sa.Index" ||
                     function == "op.create_table";
  if (named && (name == "name" || name == "key")) {
    const Value* given = object.arguments.find(
        "name", function.ends_with("Enum") || function == "pg.ENUM" ? Arguments::npos : 0);
    if (given != nullptr && given->str() != nullptr) return *given;
  }
  if (named && name == "schema") {
    const Value* given = object.arguments.find("schema");
    return given == nullptr ? Value(None{}) : *given;
  }
  if (named && name == "enums") {
    return python::make_sequence(python::Sequence::Kind::kList, object.arguments.positional);
  }
  return {};
}

std::optional<bool> Host::truth(const Symbol& symbol) {
  if (symbol.kind == Symbol::Kind::kName && symbol.name.starts_with("@")) return true;
  if (symbol.kind == Symbol::Kind::kObject) return true;
  // `column == x and …`: a comparison of different objects is false, and its opposite true. Others
  // have no truth. Source: sqlalchemy/sql/elements.py BinaryExpression.__bool__.
  if (symbol.kind == Symbol::Kind::kBinary && (symbol.name == "==" || symbol.name == "!=")) {
    const Context here{options_, file_->text(), {}, evaluator_};
    if (read_column_reference(symbol.operands[0], here)) return symbol.name == "!=";
  }
  if (symbol.kind == Symbol::Kind::kCall) {
    const std::string name = canonical(symbol.path());
    if (name == "sa.Table" || name == "sa.Column" || name == "sa.table") return true;
  }
  return {};
}

std::optional<std::vector<Value>> Host::iterate(const Symbol& symbol) {
  (void)symbol;
  return {};
}

std::optional<text::MappedText> Host::to_str(const Symbol& symbol, Place place) {
  const Value value(std::make_shared<const Symbol>(symbol));
  const Context here{options_, file_->text(), place.file == 0 ? place.span : text::Span{},
                     evaluator_};
  if (symbol.kind == Symbol::Kind::kName && symbol.name == "@url") {
    text::MappedText url;
    url.append_derived(options_.settings.dialect + "://", place.span);
    const auto begin = static_cast<std::uint32_t>(url.text.size());
    url.append_derived(python::kUnknownText, place.span);
    url.holes.push_back({begin, static_cast<std::uint32_t>(url.text.size())});
    return url;
  }
  // What the clock says is not known; PostgreSQL reads this word as a time of its own.
  constexpr auto kClock = std::to_array<std::string_view>(
      {"datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow"});
  if (symbol.kind == Symbol::Kind::kCall &&
      std::ranges::find(kClock, symbol.path()) != kClock.end()) {
    text::MappedText now;
    now.append_derived("now", place.span);
    now.holes.push_back({0, 3});
    return now;
  }
  if (symbol.kind == Symbol::Kind::kCall &&
      (symbol.path() == "uuid.uuid4" || symbol.path() == "uuid.uuid1")) {
    // Of the right form, and another one for each value and revision.
    const auto [number, fresh] = random_ids_.try_emplace(&symbol, random_ids_.size() + 1);
    text::MappedText id;
    id.append_derived(
        fmt::format("{:08x}-0000-4000-8000-{:012x}",
                    static_cast<std::uint32_t>(std::hash<std::string>{}(migration_.revision)),
                    number->second),
        place.span);
    id.holes.push_back({0, static_cast<std::uint32_t>(id.text.size())});
    return id;
  }
  const std::string name = canonical(symbol.path());
  if (symbol.kind == Symbol::Kind::kCall &&
      (name == "op.f" || name == "sa.quoted_name" || name == "sa.conv")) {
    const Value* inner = symbol.arguments.find(name == "sa.quoted_name" ? "value" : "name", 0);
    if (inner != nullptr && inner->str() != nullptr) return *inner->str();
    return {};
  }
  if (symbol.kind == Symbol::Kind::kCall && method_of(value) == "f") {  // batch_op.f("name")
    const Value* inner = symbol.arguments.find("name", 0);
    if (inner != nullptr && inner->str() != nullptr) return *inner->str();
    return {};
  }
  if (symbol.kind != Symbol::Kind::kCall) return {};
  if (name == "sa.text") {
    const Value* inner = symbol.arguments.find("text", 0);
    if (inner != nullptr && inner->str() != nullptr) return *inner->str();
    return {};
  }
  if (name == "sa.Table" || name == "sa.table" || name == "op.create_table") {
    if (const auto table = read_table(value, here); table && table->name) {
      Sql sql = here.sql();
      if (table->schema) {
        sql << table->schema->text << ".";
      }
      sql << table->name->text;
      return sql.mapped();
    }
    return {};
  }
  Expressions expressions(here);
  if (expressions.is_statement(value)) {
    Sql sql = here.sql();
    if (expressions.render_statement(sql, value, nullptr)) return sql.mapped();
    return {};
  }
  if (const Type type = read_type(value, here); type.known && !type.sql.empty()) {
    Sql sql = here.sql();
    sql << type.sql;
    return sql.mapped();
  }
  return {};
}

std::optional<Value> Host::enter(const Value& context, const CallSite& site) {
  const Symbol* symbol = context.symbol();
  if (symbol == nullptr) return {};
  if (symbol->kind == Symbol::Kind::kObject) {
    if (symbol->name == "batch") {
      open_batches_.push_back(std::static_pointer_cast<Batch>(symbol->payload));
      return context;
    }
    return {};
  }
  if (symbol->kind != Symbol::Kind::kName) return {};
  if (symbol->name == "@autocommit") {
    ++autocommit_depth_;
    return Value(None{});
  }
  if (symbol->name == "@transaction" || symbol->name == "@bind") {
    return python::make_symbol("@bind", site.place);
  }
  if (symbol->name == "@operations") return python::make_symbol("alembic.op", site.place);
  if (symbol->name.starts_with("@")) return context;
  return {};
}

void Host::exit(const Value& context, const CallSite& site) {
  (void)site;
  const Symbol* symbol = context.symbol();
  if (symbol == nullptr) return;
  if (symbol->kind == Symbol::Kind::kObject && symbol->name == "batch") {
    const auto batch = std::static_pointer_cast<Batch>(symbol->payload);
    std::erase(open_batches_, batch);
    if (direction_ == nullptr) return;
    for (model::Step& step : batch->steps) run(std::move(step));
    batch->steps.clear();
    return;
  }
  if (symbol->kind == Symbol::Kind::kName && symbol->name == "@autocommit") {
    if (autocommit_depth_ > 0) --autocommit_depth_;
    if (autocommit_depth_ == 0) commit();
  }
}

namespace {

/// Whether a statement writes (and so stands for what its loop does to tables).
bool writes(const model::Step& step) {
  const model::Statement* statement = step.statement();
  return statement == nullptr || !std::holds_alternative<model::Select>(statement->operation);
}

}  // namespace

/// A loop over unknown rows runs its body once, and the steps of the body say what it does. Only a
/// loop that changes objects of an ORM session without any statement of its own is a gap.
void Host::not_followed(std::string_view reason, Place place, bool conditional) {
  if (direction_ == nullptr) return;
  const bool elsewhere = place.file != 0;
  const bool loop = reason.starts_with("the loop") || reason.starts_with("a loop whose end");
  if (elsewhere && reason.ends_with("()")) return;  // exec and the like of an imported module
  std::string message(reason);
  if (loop) {
    if (!session_used_) return;
    const bool shown =
        !elsewhere && std::ranges::any_of(direction_->steps, [&](const model::Step& step) {
          return place.span.contains(step.span) && writes(step);
        });
    if (shown) return;
    message += " may change rows through an ORM session";
  }
  model::Step step;
  step.what = model::NotAnalyzed{std::move(message), {}};
  step.span = elsewhere ? direction_->header : place.span;
  step.certainty = conditional ? model::Certainty::kConditional : model::Certainty::kExact;
  const Arguments none;
  const CallSite site;
  const Context here = context(site);
  append(std::move(step), Operation{none, site, here, nullptr});
}

// ---- calls
// ----------------------------------------------------------------------------------------

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

std::optional<Value> Host::call_autocommit(std::string_view method, const Arguments& arguments,
                                           const CallSite& site) {
  if (method == "connect" || method == "execution_options" || method == "begin") {
    const Value* isolation = arguments.find("isolation_level");
    const bool stays = isolation == nullptr || known_string(*isolation) == "AUTOCOMMIT";
    return python::make_symbol(std::string(stays ? kAutocommitBind : "@bind"), site.place);
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
    if (method == "exec_driver_sql" && statement->str() != nullptr) {
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
    const Value* isolation = arguments.find("isolation_level");
    const bool outside = isolation != nullptr && known_string(*isolation) == "AUTOCOMMIT";
    return python::make_symbol(std::string(outside ? kAutocommitBind : "@bind"), site.place);
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
  if (is_constructor(name)) note_constructor(name, arguments, site);
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
  return {};
}

}  // namespace forelock::alembic
