#include "rules/support.h"

#include <algorithm>
#include <utility>

namespace forelock::rules {
namespace {

bool is_temporary(const postgres::Relation& relation) {
  return relation.persistence == model::Persistence::kTemporary;
}

}  // namespace

std::string in_quotes(std::string_view name) { return "'" + std::string(name) + "'"; }
std::string in_quotes(const model::QualifiedName& name) {
  return in_quotes(postgres::shown(name.schema, name.name));
}
std::string in_quotes(const postgres::Relation& relation) {
  return in_quotes(postgres::shown(relation.schema, relation.name));
}
std::string quoted_column(const model::QualifiedName& table, std::string_view column) {
  return in_quotes(postgres::shown(table.schema, table.name) + "." + std::string(column));
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += in_quotes(names[i]);
  }
  return text;
}

lint::Finding& report(const lint::StepContext& ctx, lint::FindingSink& sink, std::string message,
                      std::string_view help) {
  switch (ctx.step.step->certainty) {
    case model::Certainty::kExact:
      break;
    case model::Certainty::kPartial:
      message += ", as far as its SQL is known";
      break;
    case model::Certainty::kConditional:
      message += ", if this step runs";
      break;
  }
  lint::Finding& finding =
      sink.report(lint::short_span(ctx.migration.migration, ctx.statement), std::move(message));
  finding.help = help;
  return finding;
}

bool has_no_effect(const lint::StepContext& ctx) {
  return ctx.effects.changes_nothing ||
         (ctx.effects.error.has_value() && ctx.effects.error->certain);
}

bool is_private(const lint::StepContext& ctx, const postgres::Relation* table) {
  return table != nullptr && (ctx.is_new(table) || is_temporary(*table));
}

bool is_private(const lint::StepContext& ctx, const model::QualifiedName& table) {
  return is_private(ctx, ctx.before.find_relation(table));
}

bool is_surely_empty(const lint::StepContext& ctx, const model::QualifiedName& table) {
  const postgres::Relation* relation = ctx.before.find_relation(table);
  if (relation != nullptr && relation->emptied) return true;
  return is_private(ctx, relation) && !relation->rows_loaded;
}

const postgres::Work* first_seen(const std::vector<postgres::Work>& works) {
  const auto found = std::ranges::find(works, false, &postgres::Work::unseen);
  return found == works.end() ? nullptr : &*found;
}

const model::Call* call_of(const model::Migration& migration, const model::Statement& statement) {
  const auto& call = statement.origin.call;
  if (!call.has_value() || *call >= migration.calls.size()) return nullptr;
  return &migration.calls[*call];
}

const model::CallArgument* keyword_argument(const model::Call& call, std::string_view keyword) {
  const auto found = std::ranges::find(call.arguments, keyword, &model::CallArgument::keyword);
  return found == call.arguments.end() ? nullptr : &*found;
}

bool is_exact(const model::Direction& direction) {
  return direction.complete && std::ranges::all_of(direction.steps, [](const model::Step& step) {
           return step.statement() != nullptr && step.certainty == model::Certainty::kExact;
         });
}

bool changes_data(const model::Operation& operation) {
  if (const auto* copy = std::get_if<model::Copy>(&operation)) return copy->from;
  return std::holds_alternative<model::Insert>(operation) ||
         std::holds_alternative<model::Update>(operation) ||
         std::holds_alternative<model::Delete>(operation) ||
         std::holds_alternative<model::Merge>(operation) ||
         std::holds_alternative<model::Truncate>(operation);
}

bool changes_schema(const model::Operation& operation) {
  using namespace model;
  return std::visit(
      [](const auto& what) {
        using T = std::decay_t<decltype(what)>;
        return std::is_same_v<T, CreateTable> || std::is_same_v<T, CreateTableAs> ||
               std::is_same_v<T, AlterTable> || std::is_same_v<T, CreateIndex> ||
               std::is_same_v<T, Drop> || std::is_same_v<T, Rename> ||
               std::is_same_v<T, SetSchema> || std::is_same_v<T, CreateSchema> ||
               std::is_same_v<T, CreateSequence> || std::is_same_v<T, AlterSequence> ||
               std::is_same_v<T, CreateEnum> || std::is_same_v<T, AddEnumValue> ||
               std::is_same_v<T, RenameEnumValue> || std::is_same_v<T, CreateCompositeType> ||
               std::is_same_v<T, CreateRangeType> || std::is_same_v<T, CreateBaseType> ||
               std::is_same_v<T, CreateDomain> || std::is_same_v<T, AlterDomain> ||
               std::is_same_v<T, CreateView> || std::is_same_v<T, CreateFunction> ||
               std::is_same_v<T, AlterFunction> || std::is_same_v<T, CreateTrigger> ||
               std::is_same_v<T, CreatePolicy> || std::is_same_v<T, AlterPolicy> ||
               std::is_same_v<T, CreateRule> || std::is_same_v<T, CreateStatistics> ||
               std::is_same_v<T, CreateExtension> || std::is_same_v<T, AlterExtension>;
      },
      operation);
}

}  // namespace forelock::rules
