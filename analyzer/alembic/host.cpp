#include "analyzer/alembic/host.h"

#include <algorithm>
#include <array>
#include <expected>
#include <utility>

#include "analyzer/alembic/operations/operations.h"
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
  unit_of_work_.clear();
}

void Host::finish() {
  unit_of_work_.flush(*this);
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
  return Context{options_, file_->text(), home_span(site), evaluator_, &compiled_};
}

// ---- steps --------------------------------------------------------------------------------------

void Host::append(model::Step step, const Operation& operation) {
  if (direction_ == nullptr) return;  // the module's own code: never run by Alembic with a database
  unit_of_work_.flush(*this);
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
  append(model::NotAnalyzed{.reason = std::move(reason), .sql = std::move(sql)}, operation);
}

void Host::rows_not_analyzed(std::string reason, const Operation& operation) {
  append(model::NotAnalyzed{.reason = std::move(reason), .sql = {}, .leaves_schema = true},
         operation);
}

void Host::refused(std::string reason, const Operation& operation) {
  append(model::NotAnalyzed{.reason = std::move(reason), .sql = {}, .leaves_schema = true},
         operation);
}

void Host::append(model::NotAnalyzed gap, const Operation& operation) {
  model::Step step;
  step.what = std::move(gap);
  step.span = statement_span(operation);
  if (operation.site.conditional) step.certainty = model::Certainty::kConditional;
  append(std::move(step), operation);
}

void Host::emit(const Sql& sql, const Operation& operation) {
  const text::MappedText mapped = sql.mapped();
  emit(mapped, sql.partial() || mapped.text.contains(kUnknownText), operation);
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

}  // namespace forelock::alembic
