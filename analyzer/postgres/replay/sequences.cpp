// CREATE and ALTER SEQUENCE.

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

/// Points an owned sequence at its column: OWNED BY table.column.
bool take_owner(Run& run, Relation& sequence, const std::vector<std::string>& owner) {
  if (sequence.table != 0 && run.catalog.relation(sequence.table) != nullptr) {
    run.change(sequence.table, [&](Relation& copy) {
      for (Column& column : copy.columns) disown_sequence(column, sequence.oid);
    });
  }
  sequence.table = 0;
  sequence.owner_column = 0;
  if (owner.empty() || (owner.size() == 1 && owner[0] == "none")) return true;
  if (owner.size() < 2) return run.fail("42601", "invalid OWNED BY option");
  model::QualifiedName name;
  name.name = owner[owner.size() - 2];
  if (owner.size() > 2) name.schema = owner[owner.size() - 3];
  const Relation* table = run.table(name);
  if (table == nullptr) return false;
  run.lock(*table, LockMode::kAccessShare);
  if (table->schema != sequence.schema && !table->assumed) {
    return run.fail("55000", "sequence must be in same schema as table it is linked to");
  }
  const Oid oid = table->oid;
  const Column* column = run.column(oid, owner.back());
  if (column == nullptr) return false;
  sequence.table = oid;
  sequence.owner_column = column->number;
  const AttributeNumber number = column->number;
  run.change(oid, [&](Relation& copy) {
    for (Column& own : copy.columns) {
      if (own.number != number) continue;
      // An identity column stays with its own sequence.
      if (own.identity != model::IdentityKind::kNone) {
        own.more_sequences.push_back(sequence.oid);
      } else {
        own_sequence(own, sequence.oid);
      }
    }
  });
  return true;
}

struct Limits {
  std::int64_t least = 0, most = 0;
};

Limits limits_of(const std::optional<model::TypeName>& type) {
  const auto of = []<typename T>(T) {
    return Limits{std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
  };
  const std::string name = type ? type->name.name : "int8";
  if (name == "int2") return of(std::int16_t{});
  return name == "int4" ? of(std::int32_t{}) : of(std::int64_t{});
}

bool check_sequence(Run& run, const model::SequenceOptions& options) {
  if (options.increment == 0) return run.fail("22023", "INCREMENT must not be zero");
  if (options.minimum && options.maximum && *options.minimum >= *options.maximum) {
    return run.fail("22023", "MINVALUE must be less than MAXVALUE");
  }
  if (options.start && options.minimum && *options.start < *options.minimum) {
    return run.fail("22023", "START value cannot be less than MINVALUE");
  }
  if (options.start && options.maximum && *options.start > *options.maximum) {
    return run.fail("22023", "START value cannot be greater than MAXVALUE");
  }
  if (options.type) {
    const std::string& name = options.type->name.name;
    if (name != "int2" && name != "int4" && name != "int8" && name != "smallint" &&
        name != "integer" && name != "bigint") {
      return run.fail("22023", "sequence type must be smallint, integer, or bigint");
    }
  }
  return true;
}

}  // namespace

bool apply(Run& run, const model::CreateSequence& statement) {
  // The options are read before the schema is looked for: DefineSequence().
  model::SequenceOptions options = statement.options;
  if (options.type) options.type = resolve_type(run.catalog, *options.type).name;
  resolve_sequence_options(options);
  if (!statement.if_not_exists && !check_sequence(run, options)) return false;
  const std::string schema = run.creation_schema(statement.name, statement.persistence);
  if (run.failed) return false;
  const std::string name = truncate_identifier(statement.name.name);
  const Relation* existing = run.catalog.find_relation({schema, name});
  if (existing != nullptr && !existing->assumed) {
    if (statement.if_not_exists) {
      run.effects.changes_nothing = true;
      return true;
    }
  }
  if (existing != nullptr && existing->assumed) run.erase(existing->oid);
  Relation sequence = run.make(RelationKind::kSequence, schema, name);
  sequence.sequence = std::move(options);
  if (statement.if_not_exists && !check_sequence(run, sequence.sequence)) return false;
  if (run.catalog.relation_name_taken({schema, name})) {
    return run.fail("42P07", fmt::format("relation \"{}\" already exists", name));
  }
  if (statement.persistence == model::Persistence::kUnlogged) {
    sequence.persistence = model::Persistence::kUnlogged;
  }
  if (statement.options.owned_by && !take_owner(run, sequence, *statement.options.owned_by)) {
    return false;
  }
  sequence.sequence.owned_by.reset();
  const Oid oid = sequence.oid;
  run.put(std::move(sequence));
  run.created(oid);
  return true;
}

bool apply(Run& run, const model::AlterSequence& statement) {
  const Relation* sequence = run.relation_if_any(statement.name);
  if (sequence == nullptr && statement.if_exists) {
    run.effects.changes_nothing = !run.options.assume_missing;
    return true;
  }
  if (sequence == nullptr) sequence = run.relation(statement.name, RelationKind::kSequence);
  if (sequence == nullptr) return false;
  run.lock(*sequence, LockMode::kShareRowExclusive);
  if (sequence->kind != RelationKind::kSequence && !sequence->assumed) {
    return run.fail("42809", fmt::format("\"{}\" is not a sequence", sequence->name));
  }
  Relation copy = *sequence;
  const model::SequenceOptions& options = statement.options;
  const auto take = [](auto& to, const auto& from) {
    if (from) to = from;
  };
  take(copy.sequence.increment, options.increment);
  take(copy.sequence.minimum, options.minimum);
  take(copy.sequence.maximum, options.maximum);
  take(copy.sequence.start, options.start);
  take(copy.sequence.cache, options.cache);
  take(copy.sequence.cycle, options.cycle);
  if (options.type) {
    // Bounds that were those of the old type become those of the new one: init_params().
    const Limits before = limits_of(copy.sequence.type);
    copy.sequence.type = resolve_type(run.catalog, *options.type).name;
    const Limits after = limits_of(copy.sequence.type);
    if (!options.maximum && copy.sequence.maximum == before.most)
      copy.sequence.maximum = after.most;
    if (!options.minimum && copy.sequence.minimum == before.least) {
      copy.sequence.minimum = after.least;
    }
    resolve_sequence_options(copy.sequence);
  }
  if (!check_sequence(run, copy.sequence)) return false;
  if (options.owned_by) {
    const Relation* table = run.catalog.relation(copy.table);
    const Column* column = table == nullptr ? nullptr : table->column(copy.owner_column);
    const bool identity = column != nullptr && column->identity != model::IdentityKind::kNone &&
                          column->owned_sequence == copy.oid;
    if (!take_owner(run, copy, *options.owned_by)) return false;
    if (identity) return run.fail("0A000", "cannot change ownership of identity sequence");
  }
  run.put(std::move(copy));
  return true;
}

}  // namespace forelock::postgres
