// CREATE TRIGGER.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/firing.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

bool takes_nothing(const model::CreateFunction& function) {
  return std::ranges::all_of(function.parameters, [](const model::FunctionParameter& parameter) {
    return parameter.mode == 'o' || parameter.mode == 't';
  });
}

bool check_trigger_function(Run& run, const model::QualifiedName& name, Oid& function) {
  const std::vector<const CatalogFunction*> found = run.catalog.find_functions(name);
  for (const CatalogFunction* candidate : found) {
    if (takes_nothing(candidate->definition)) {
      function = candidate->oid;
      if (candidate->definition.returns && candidate->definition.returns->name.name != "trigger") {
        return run.fail("42P17",
                        fmt::format("function {} must return type trigger", model::display(name)));
      }
      return true;
    }
  }
  if (run.options.assume_missing || !facts::functions(name.name).empty()) return true;
  return run.fail("42883", fmt::format("function {}() does not exist", model::display(name)));
}

/// Source: CreateTriggerFiringOn() in src/backend/commands/trigger.c.
bool check_transition_tables(Run& run, const Relation& table,
                             const model::CreateTrigger& statement) {
  if (statement.old_table.empty() && statement.new_table.empty()) return true;
  if (table.kind == RelationKind::kView || table.kind == RelationKind::kForeignTable) {
    return run.fail("42809",
                    fmt::format("\"{}\" cannot have triggers with transition tables", table.name));
  }
  if (statement.row && (table.is_partition || !table.parents.empty())) {
    return run.fail("0A000",
                    "ROW triggers with transition tables are not supported on partitions and "
                    "inheritance children");
  }
  if (statement.row && table.kind == RelationKind::kPartitionedTable) {
    return run.fail("0A000", fmt::format("\"{}\" is a partitioned table", table.name));
  }
  constexpr std::uint32_t kTruncateEvent = 32;
  if (statement.timing != "AFTER") {
    return run.fail("42P17", "transition table name can only be specified for an AFTER trigger");
  }
  if ((statement.events & kTruncateEvent) != 0) {
    return run.fail("42P17", "TRUNCATE triggers with transition tables are not supported");
  }
  const std::uint32_t rows = statement.events & (kInsertEvent | kDeleteEvent | kUpdateEvent);
  if ((rows & (rows - 1)) != 0) {
    return run.fail("0A000",
                    "transition tables cannot be specified for triggers with more than one event");
  }
  if (!statement.columns.empty()) {
    return run.fail("0A000",
                    "transition tables cannot be specified for triggers with column lists");
  }
  if ((!statement.new_table.empty() && rows == kDeleteEvent) ||
      (!statement.old_table.empty() && rows == kInsertEvent)) {
    return run.fail("42P17", "the trigger's event has no such transition table");
  }
  return true;
}

/// The condition of a trigger: CreateTriggerFiringOn().
bool check_when(Run& run, const Relation& table, const model::CreateTrigger& statement) {
  if (!statement.when || table.open_columns) return true;
  if (!check_row_condition(run, table, *statement.when, "trigger WHEN conditions", "WHEN")) {
    return false;
  }
  bool good = true;
  model::for_each(*statement.when, [&](const model::Expression& part) {
    if (!good || part.kind != model::ExpressionKind::kColumn) return;
    const Column* column = table.column(part.name);
    if (!statement.row) {
      good = run.fail("42P17", "statement trigger's WHEN condition cannot reference column values");
    } else if (part.qualifier == "old" && (statement.events & kInsertEvent) != 0) {
      good = run.fail("42P17", "INSERT trigger's WHEN condition cannot reference OLD values");
    } else if (part.qualifier == "new" && (statement.events & kDeleteEvent) != 0) {
      good = run.fail("42P17", "DELETE trigger's WHEN condition cannot reference NEW values");
    } else if (part.qualifier == "new" && statement.timing == "BEFORE" && column != nullptr &&
               column->generated != model::GeneratedKind::kNone) {
      good = run.fail("42P17",
                      "BEFORE trigger's WHEN condition cannot reference NEW generated columns");
    }
  });
  return good;
}

void add_trigger(Run& run, Oid table, const Trigger& trigger) {
  run.change(table, [&](Relation& copy) {
    if (trigger.function != 0) {
      add_needs(copy, {{.needs = trigger.function}}, Dependency::Part::kTrigger, 0, trigger.oid);
    }
    std::erase_if(copy.triggers, [&](const Trigger& own) { return own.name == trigger.name; });
    copy.triggers.push_back(trigger);
  });
  if (!trigger.definition.row) return;
  const std::vector<Oid> children = run.at(table).children;
  if (run.at(table).kind != RelationKind::kPartitionedTable) return;
  for (const Oid child : children) {
    Trigger clone = trigger;
    clone.oid = run.catalog.new_oid();
    clone.inherited = true;
    add_trigger(run, child, clone);
  }
}

}  // namespace

bool apply(Run& run, const model::CreateTrigger& statement) {
  const Relation* table = run.relation(statement.table);
  if (table == nullptr) return false;
  const Oid oid = table->oid;
  run.lock(*table, LockMode::kShareRowExclusive);
  if (statement.constraint && !statement.constraint_table.empty()) {
    const Relation* other = run.relation(statement.constraint_table);
    if (other == nullptr) return false;
    run.lock(*other, LockMode::kAccessShare);
  }
  const bool instead = statement.timing == "INSTEAD OF";
  const bool truncates = (statement.events & 32U) != 0;
  if (table->kind == RelationKind::kView && !table->assumed &&
      ((statement.row && !instead) || truncates)) {
    return run.fail("42809", fmt::format("\"{}\" is a view", table->name));
  }
  if (instead && is_table_like(table->kind) && !table->assumed) {
    return run.fail("42809", fmt::format("\"{}\" is a table", table->name));
  }
  if (table->kind == RelationKind::kMaterializedView || table->kind == RelationKind::kSequence ||
      is_index(table->kind)) {
    return run.fail("42809", fmt::format("relation \"{}\" cannot have triggers", table->name));
  }
  if (statement.row && truncates) {
    return run.fail("0A000", "TRUNCATE FOR EACH ROW triggers are not supported");
  }
  if (instead && !statement.row) {
    return run.fail("0A000", "INSTEAD OF triggers must be FOR EACH ROW");
  }
  if (instead && statement.when) {
    return run.fail("0A000", "INSTEAD OF triggers cannot have WHEN conditions");
  }
  if (instead && !statement.columns.empty()) {
    return run.fail("0A000", "INSTEAD OF triggers cannot have column lists");
  }
  if (!check_transition_tables(run, *table, statement) || !check_when(run, *table, statement)) {
    return false;
  }
  if (table->kind == RelationKind::kPartitionedTable && statement.row) {
    if (statement.timing == "BEFORE" && !run.since(13)) {
      return run.fail("42809", fmt::format("\"{}\" is a partitioned table", table->name));
    }
    run.lock_tree(*table, LockMode::kShareRowExclusive);
  }
  Trigger trigger;
  trigger.name = truncate_identifier(statement.name);
  trigger.definition = statement;
  trigger.oid = run.catalog.new_oid();
  if (!check_trigger_function(run, statement.function, trigger.function)) return false;
  const auto& existing = run.at(oid).triggers;
  const auto before = std::ranges::find(existing, trigger.name, &Trigger::name);
  // OR REPLACE takes no constraint trigger, neither the old nor the new one.
  if (before != existing.end() &&
      (!statement.or_replace || before->definition.constraint || statement.constraint)) {
    return run.fail("42710", fmt::format("trigger \"{}\" for relation \"{}\" already exists",
                                         trigger.name, run.at(oid).name));
  }
  for (const std::string& column : statement.columns) {
    if (run.column(oid, column) == nullptr) return false;
    if (std::ranges::count(statement.columns, column) > 1) {
      return run.fail("42701", fmt::format("column \"{}\" specified more than once", column));
    }
  }
  add_trigger(run, oid, trigger);
  return true;
}

}  // namespace forelock::postgres
