// What the evaluator asks about symbols: attributes, conditions, loops, `with`.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/alembic/connections.h"
#include "analyzer/alembic/host.h"
#include "analyzer/alembic/operations/operations.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/render/models.h"
#include "analyzer/alembic/render/python_classes.h"

namespace forelock::alembic {

using python::Arguments;
using python::CallSite;
using python::None;
using python::Place;
using python::Symbol;
using python::Value;

namespace {

/// `bind.dialect`, `op.get_context().dialect` and whatever else leads to a dialect.
bool is_dialect(const Symbol& symbol) {
  if (symbol.kind == Symbol::Kind::kAttribute) return symbol.name == "dialect";
  if (symbol.kind != Symbol::Kind::kName) return false;
  const std::string_view path = symbol.name;
  return path == "@dialect" ||
         ((path.starts_with('@') || path.starts_with("alembic.op.")) && path.ends_with(".dialect"));
}

}  // namespace

std::optional<Value> Host::attribute(const Symbol& object, std::string_view name, Place place) {
  if (object.kind == Symbol::Kind::kName) {
    const std::string_view path = object.name;
    if (path == "@bind" && name == "url") return python::make_symbol("@url", place);
    if (path == "@url" && name == "drivername") {
      return Value::string(options_.settings.dialect, place);
    }
    if (path == "@bind" && name == "name") return Value::string(options_.settings.dialect, place);
    const bool dialect = is_dialect(object);
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
  if (object.kind == Symbol::Kind::kAttribute && is_dialect(object) && name == "name") {
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

/// What gives the same rows, or one of them. Source: SQLAlchemy's Result, ScalarResult and Query.
std::optional<Value> Host::attribute(const python::Unknown& object, std::string_view name) {
  constexpr auto kRows = std::to_array<std::string_view>(
      {"all", "fetchall", "fetchmany", "fetchone", "first", "one", "one_or_none", "partitions",
       "scalar", "scalar_one", "scalar_one_or_none", "scalars", "unique", "yield_per"});
  if (std::ranges::find(kRows, name) == kRows.end()) return {};
  return rows_of(*object.instance_of);
}

void Host::set_attribute(const Value& object, std::string_view name, const Value& value,
                         const CallSite& site) {
  if (direction_ == nullptr) return;
  if (const Row row = row_of(object); row != nullptr && is_column(*row, name, context(site))) {
    session_used_ = true;
    unit_of_work_.change(row, name, value, site);
  }
}

/// isinstance(bind.dialect, MySQLDialect)
std::optional<bool> Host::is_instance(const Symbol& object, const Symbol& type) {
  constexpr std::string_view kDialects = "sqlalchemy.dialects.";
  const std::string_view path = type.path();
  if (!is_dialect(object) || !path.starts_with(kDialects)) return {};
  const std::string_view dialect = path.substr(kDialects.size());
  return dialect.substr(0, dialect.find('.')) == options_.settings.dialect;
}

std::optional<bool> Host::truth(const Symbol& symbol) {
  if (symbol.kind == Symbol::Kind::kName && symbol.name.starts_with("@")) return true;
  if (symbol.kind == Symbol::Kind::kObject) return true;
  // `column == x and …`: a comparison of different objects is false, and its opposite true. Others
  // have no truth. Source: sqlalchemy/sql/elements.py BinaryExpression.__bool__.
  if (symbol.kind == Symbol::Kind::kBinary && (symbol.name == "==" || symbol.name == "!=")) {
    const Context here{options_, file_->text(), {}, evaluator_, &compiled_};
    if (read_column_reference(symbol.operands[0], here)) return symbol.name == "!=";
  }
  if (symbol.kind == Symbol::Kind::kCall) {
    const std::string name = canonical(symbol.path());
    if (name == "sa.Table" || name == "sa.Column" || name == "sa.table") return true;
  }
  return {};
}

/// A query of a session runs when its rows are asked for.
std::optional<std::vector<Value>> Host::iterate(const Symbol& symbol, const CallSite& site) {
  if (direction_ == nullptr) return {};
  const Context here = context(site);
  const Arguments none;
  run_query(*this, Value(std::make_shared<const Symbol>(symbol)), Operation{none, site, here});
  return {};
}

std::optional<Value> Host::item(const Symbol& symbol) {
  const Context here{options_, file_->text(), {}, evaluator_, &compiled_};
  const auto model = model_of_query(Value(std::make_shared<const Symbol>(symbol)), here);
  return model ? std::optional(rows_of(model)) : std::nullopt;
}

/// op.f(name), batch_op.f(name), quoted_name(value, quote).
std::optional<text::MappedText> Host::as_str(const Symbol& symbol) {
  if (symbol.kind != Symbol::Kind::kCall) return {};
  const std::string name = canonical(symbol.path());
  const bool quoted = name == "sa.quoted_name";
  const Symbol* callee = symbol.operands.front().symbol();
  const bool named =
      name == "op.f" || name == "sa.conv" ||
      (callee != nullptr && callee->kind == Symbol::Kind::kAttribute && callee->name == "f");
  if (!quoted && !named) return {};
  const Value* inner = symbol.arguments.find(quoted ? "value" : "name", 0);
  if (inner == nullptr || inner->str() == nullptr) return {};
  return *inner->str();
}

std::optional<text::MappedText> Host::to_str(const Symbol& symbol, Place place) {
  const Value value(std::make_shared<const Symbol>(symbol));
  const Context here{options_, file_->text(), place.file == 0 ? place.span : text::Span{},
                     evaluator_, &compiled_};
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
  if (const auto given = type_argument(symbol)) return python::to_str(*given, place);
  if (symbol.kind != Symbol::Kind::kCall) return {};
  if (auto text = as_str(symbol)) return text;
  const std::string name = canonical(symbol.path());
  if (name == "sa.text") {
    const Value* inner = symbol.arguments.find("text", 0);
    if (inner != nullptr && inner->str() != nullptr) return *inner->str();
    return {};
  }
  if (name == "op.inline_literal") {
    const Value* inner = symbol.arguments.find("value", 0);
    if (inner == nullptr || (inner->str() == nullptr && inner->as<python::Integer>() == nullptr)) {
      return {};
    }
    Sql sql = here.sql();
    Expressions(here).render(sql, value, {});
    return sql.mapped();
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
  // What prints alike in every dialect: now() and lower(name), and no bound values.
  if (name.starts_with("func.") && symbol.arguments.keywords.empty() &&
      std::ranges::all_of(symbol.arguments.positional,
                          [](const Value& v) { return v.symbol() != nullptr; })) {
    Sql sql = here.sql();
    expressions.render(sql, value, {});
    return sql.mapped();
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
  unit_of_work_.flush(*this);
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
  step.what = model::NotAnalyzed{.reason = std::move(message), .sql = {}, .leaves_schema = loop};
  step.span = elsewhere ? direction_->header : place.span;
  step.certainty = conditional ? model::Certainty::kConditional : model::Certainty::kExact;
  const Arguments none;
  const CallSite site;
  const Context here = context(site);
  append(std::move(step), Operation{none, site, here, nullptr});
}

}  // namespace forelock::alembic
