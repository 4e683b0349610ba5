#include "rules/support.h"

#include <algorithm>
#include <array>
#include <utility>

namespace forelock::rules {
namespace {

std::string shown(std::string_view schema, std::string_view name) {
  if (schema.empty() || schema == "public") return std::string(name);
  return std::string(schema) + "." + std::string(name);
}

bool is_temporary(const postgres::Relation& relation) {
  return relation.persistence == model::Persistence::kTemporary;
}

/// A column that the migration drops from or adds to a table, with its step.
struct ColumnChange {
  std::size_t step = 0;
  postgres::Oid table = 0;
  std::string table_name;
  std::string name;
  model::TypeName type;
  bool fresh = false;  ///< Added by this migration.
};

/// Types between which a rename is thinkable: equal ones, and those of one family.
bool alike(const model::TypeName& a, const model::TypeName& b) {
  if (a.array_dimensions != b.array_dimensions) return false;
  if (a.name.name == b.name.name) return true;
  static constexpr std::array<std::string_view, 4> kTexts = {"varchar", "text", "bpchar", "citext"};
  static constexpr std::array<std::string_view, 3> kIntegers = {"int2", "int4", "int8"};
  static constexpr std::array<std::string_view, 2> kTimes = {"timestamp", "timestamptz"};
  const auto both_in = [&](const auto& family) {
    return std::ranges::find(family, a.name.name) != family.end() &&
           std::ranges::find(family, b.name.name) != family.end();
  };
  return both_in(kTexts) || both_in(kIntegers) || both_in(kTimes);
}

/// The column refers to another table.
bool is_reference(const postgres::Catalog& catalog, postgres::Oid oid, std::string_view name) {
  const postgres::Relation* table = catalog.relation(oid);
  const postgres::Column* column = table == nullptr ? nullptr : table->column(name);
  return column != nullptr && std::ranges::any_of(table->constraints, [&](const auto& constraint) {
           return constraint.kind == model::ConstraintKind::kForeignKey &&
                  std::ranges::find(constraint.columns, column->number) != constraint.columns.end();
         });
}

/// A data change of this migration copies the old column's values, so nothing is lost.
bool copies_values(const postgres::MigrationTrace& trace, const ColumnChange& dropped,
                   const ColumnChange& added) {
  return std::ranges::any_of(trace.upgrade.steps, [&](const postgres::TraceStep& step) {
    const model::Statement* statement = step.step->statement();
    if (statement == nullptr) return true;  // What is not known may copy.
    const auto* update = std::get_if<model::Update>(&statement->operation);
    if (update == nullptr) return false;
    return std::ranges::any_of(update->assignments, [&](const auto& assignment) {
      if (assignment.first != added.name) return false;
      bool reads = false;
      model::for_each(assignment.second, [&](const model::Expression& part) {
        reads = reads || part.name == dropped.name || part.kind == model::ExpressionKind::kSubquery;
      });
      return reads;
    });
  });
}

void add_column_renames(const postgres::MigrationTrace& trace, std::vector<LikelyRename>& renames) {
  std::vector<ColumnChange> dropped;
  std::vector<ColumnChange> added;
  for (std::size_t i = 0; i < trace.upgrade.steps.size(); ++i) {
    const postgres::TraceStep& step = trace.upgrade.steps[i];
    const model::Statement* statement = step.step->statement();
    if (statement == nullptr) continue;
    for_each_action<model::DropColumn>(*statement, [&](const auto& alter, const auto& action) {
      const postgres::Relation* table = step.before.find_table(alter.table);
      if (table == nullptr || table->created_in_migration == trace.index) return;
      const postgres::Column* column = table->column(action.column);
      if (column == nullptr || column->added_by_this_migration) return;
      dropped.push_back(
          {i, table->oid, shown(table->schema, table->name), column->name, column->type, false});
    });
    for_each_action<model::AddColumn>(*statement, [&](const auto& alter, const auto& action) {
      const postgres::Relation* table = step.before.find_table(alter.table);
      if (table == nullptr || table->created_in_migration == trace.index) return;
      added.push_back({i, table->oid, shown(table->schema, table->name), action.column.name,
                       action.column.type, true});
    });
  }
  for (const ColumnChange& drop : dropped) {
    const auto same = [&](const ColumnChange& other) {
      return other.table == drop.table && alike(other.type, drop.type);
    };
    // With several candidates nobody can say which is meant.
    if (std::ranges::count_if(added, same) != 1 || std::ranges::count_if(dropped, same) != 1) {
      continue;
    }
    const auto add = std::ranges::find_if(added, same);
    if (add->name == drop.name || copies_values(trace, drop, *add)) continue;
    if (is_reference(trace.upgrade.before, drop.table, drop.name) !=
        is_reference(trace.upgrade.after, add->table, add->name)) {
      continue;
    }
    renames.push_back({drop.step, add->step, false, drop.table_name, drop.name, add->name});
  }
}

/// How many of `old_table`'s columns the new one has too, with alike types.
bool mostly_same(const postgres::Relation& old_table, const model::CreateTable& created) {
  if (old_table.assumed || old_table.columns.size() < 3) return false;
  const auto same = static_cast<std::size_t>(
      std::ranges::count_if(old_table.columns, [&](const postgres::Column& column) {
        return std::ranges::find(created.columns, column.name, &model::ColumnDefinition::name) !=
               created.columns.end();
      }));
  const std::size_t larger = std::max(old_table.columns.size(), created.columns.size());
  return same * 10 >= larger * 7;
}

void add_table_renames(const postgres::MigrationTrace& trace, std::vector<LikelyRename>& renames) {
  for (std::size_t i = 0; i < trace.upgrade.steps.size(); ++i) {
    const postgres::TraceStep& step = trace.upgrade.steps[i];
    const model::Statement* statement = step.step->statement();
    if (statement == nullptr) continue;
    const auto* drop = std::get_if<model::Drop>(&statement->operation);
    if (drop == nullptr || drop->kind != model::ObjectKind::kTable) continue;
    for (const model::ObjectReference& object : drop->objects) {
      const postgres::Relation* table = step.before.find_table(object.name);
      if (table == nullptr || table->created_in_migration == trace.index) continue;
      for (std::size_t j = 0; j < trace.upgrade.steps.size(); ++j) {
        const model::Statement* other = trace.upgrade.steps[j].step->statement();
        if (other == nullptr) continue;
        const auto* created = std::get_if<model::CreateTable>(&other->operation);
        if (created == nullptr || created->table.name == table->name ||
            !mostly_same(*table, *created)) {
          continue;
        }
        const bool copied =
            std::ranges::any_of(trace.upgrade.steps, [&](const postgres::TraceStep& between) {
              const model::Statement* data = between.step->statement();
              return data == nullptr ||
                     (std::holds_alternative<model::Insert>(data->operation) &&
                      std::get<model::Insert>(data->operation).table.name == created->table.name);
            });
        if (copied) continue;
        renames.push_back({i, j, true, shown(table->schema, table->name),
                           shown(table->schema, table->name),
                           shown(created->table.schema, created->table.name)});
        break;
      }
    }
  }
}

}  // namespace

std::string in_quotes(std::string_view name) { return "'" + std::string(name) + "'"; }
std::string in_quotes(const model::QualifiedName& name) {
  return in_quotes(shown(name.schema, name.name));
}
std::string in_quotes(const postgres::Relation& relation) {
  return in_quotes(shown(relation.schema, relation.name));
}
std::string quoted_column(const model::QualifiedName& table, std::string_view column) {
  return in_quotes(shown(table.schema, table.name) + "." + std::string(column));
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

bool is_private_and_empty(const lint::StepContext& ctx, const model::QualifiedName& table) {
  const postgres::Relation* relation = ctx.before.find_relation(table);
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
               std::is_same_v<T, CreateTrigger> || std::is_same_v<T, CreatePolicy> ||
               std::is_same_v<T, AlterPolicy> || std::is_same_v<T, CreateRule> ||
               std::is_same_v<T, CreateStatistics> || std::is_same_v<T, CreateExtension> ||
               std::is_same_v<T, AlterExtension>;
      },
      operation);
}

std::vector<LikelyRename> likely_renames(const postgres::MigrationTrace& trace) {
  std::vector<LikelyRename> renames;
  add_column_renames(trace, renames);
  add_table_renames(trace, renames);
  return renames;
}

bool is_likely_rename(const lint::StepContext& ctx, std::string_view old_name) {
  if (ctx.way != lint::Way::kUpgrade) return false;
  return std::ranges::any_of(likely_renames(ctx.migration.trace), [&](const LikelyRename& rename) {
    return rename.drop_step == ctx.index && rename.old_name == old_name;
  });
}

}  // namespace forelock::rules
