// ALTER TABLE ... ALTER COLUMN ... TYPE: whether it is refused, and whether the table is rewritten.

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/postgres/replay/alter_table/changed_types.h"
#include "analyzer/postgres/replay/firing.h"
#include "analyzer/postgres/replay/inserted_values.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

using model::Expression;
using model::ExpressionKind;

/// Whether `timestamp` and `timestamptz` hold the same instant:
/// TimestampTimestampTzRequiresRewrite().
bool timezone_is_utc(const Run& run) {
  const auto found = run.session.settings.find("timezone");
  // Servers run in UTC unless the history says otherwise; initdb takes the machine's zone.
  if (found == run.session.settings.end()) return true;
  std::string zone;
  for (const char c : found->second) {
    zone += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  for (const std::string_view utc :
       {"utc",       "etc/utc",       "gmt",      "etc/gmt",   "uct",
        "etc/uct",   "zulu",          "etc/zulu", "universal", "etc/universal",
        "greenwich", "etc/greenwich", "0",        "+0",        "-0",
        "+00",       "-00",           "+00:00",   "-00:00",    "gmt0",
        "etc/gmt0",  "default",       "z",        "etc/gmt+0", "etc/gmt-0"}) {
    if (zone == utc) return true;
  }
  // POSIX: letters, and an offset of nothing.
  const std::size_t letters = zone.find_first_not_of("abcdefghijklmnopqrstuvwxyz");
  return letters != std::string::npos && letters >= 3 &&
         zone.find_first_not_of("+-0:", letters) == std::string::npos && zone.ends_with('0');
}

/// The work of turning a value of type `from` into `to`, modifiers included.
/// Source: ATColumnChangeRequiresRewrite().
struct Conversion {
  CastPath path = CastPath::kNone;
  bool rewrite = true;
};
Conversion convert(const Run& run, const model::TypeName& from, const model::TypeName& to,
                   CastContext context) {
  Conversion result;
  result.path = cast_path(run.catalog, from, to, context);
  switch (result.path) {
    case CastPath::kNone:
    case CastPath::kInOut:
    case CastPath::kArray:
    case CastPath::kUnknown:
      return result;
    case CastPath::kFunction: {
      const std::string& a = base_type(run.catalog, from).name.name;
      const std::string& b = base_type(run.catalog, to).name.name;
      const bool between =
          (a == "timestamp" && b == "timestamptz") || (a == "timestamptz" && b == "timestamp");
      if (!between || !run.since(12) || !timezone_is_utc(run)) return result;
      break;
    }
    case CastPath::kSame:
    case CastPath::kRelabel:
      break;
  }
  if (domain_has_constraints(run.catalog, to) && !same_type(from, to)) return result;
  model::TypeName source = base_type(run.catalog, from);
  const model::TypeName target = base_type(run.catalog, to);
  // A domain and the result of a cast function have no modifiers of their own to compare with.
  if (result.path == CastPath::kFunction || (!same_type(source, from) && !same_type(from, to))) {
    source.modifiers.clear();
    source.modifier_text.clear();
  }
  if (result.path == CastPath::kFunction) {
    result.rewrite = !length_coercion_is_free(source, target);
    return result;
  }
  if (source.name != target.name) {
    // What a modifier means belongs to its type: varchar(10) to text(…) has none to compare.
    const bool comparable = fact_id(source) >= 0 && fact_id(target) >= 0 &&
                            source.name.name == "varchar" && target.name.name == "varchar";
    if (!comparable) source.modifiers.clear();
    source.name = target.name;
  }
  result.rewrite = !length_coercion_is_free(source, target);
  return result;
}

/// USING: the column itself below casts that cost nothing.
Conversion convert_expression(const Run& run, const Relation& table, const Expression& expression,
                              const Column& column) {
  if (expression.kind == ExpressionKind::kColumn) {
    Conversion result;
    result.path = CastPath::kSame;
    result.rewrite = expression.name != column.name;
    return result;
  }
  if (expression.kind == ExpressionKind::kCast && expression.type && !expression.args.empty()) {
    Conversion inner = convert_expression(run, table, expression.args[0], column);
    const model::TypeName from = infer_type(run.catalog, Scope::of(table), expression.args[0]);
    const model::TypeName to = resolve_type(run.catalog, *expression.type).name;
    const Conversion outer = convert(run, from, to, CastContext::kExplicit);
    return {outer.path, inner.rewrite || outer.rewrite};
  }
  if (expression.kind == ExpressionKind::kCollate && !expression.args.empty()) {
    return convert_expression(run, table, expression.args[0], column);
  }
  return {};
}

bool check_users(Run& run, const Relation& table, const Column& column) {
  const auto refuse = [&](std::string_view what) {
    return run.fail("0A000", fmt::format("cannot alter type of a column used by {}", what));
  };
  for (const Dependency& dependency : run.catalog.dependents(table.oid, column.number)) {
    const Relation* user = run.catalog.relation(dependency.object);
    if (user == nullptr) continue;
    if (dependency.kind == Dependency::Part::kRule) return refuse("a view or rule");
    if (dependency.kind == Dependency::Part::kPolicy) {
      return run.fail("0A000", "cannot alter type of a column used in a policy definition");
    }
    if (dependency.kind == Dependency::Part::kWhole &&
        (user->kind == RelationKind::kView || user->kind == RelationKind::kMaterializedView)) {
      return refuse("a view or rule");
    }
  }
  for (const RewriteRule& rule : table.rule_objects) {
    if (reads_column(rule_condition(rule.definition), column.name)) return refuse("a view or rule");
  }
  for (const Column& other : table.columns) {
    if (other.number != column.number && reads_column(other.generation_expression, column.name)) {
      return run.fail(run.since(15) ? "0A000" : "42601",
                      "cannot alter type of a column used by a generated column");
    }
  }
  for (const Trigger& trigger : table.triggers) {
    const auto& columns = trigger.definition.columns;
    if (std::ranges::find(columns, column.name) != columns.end() ||
        reads_column(trigger.definition.when, column.name)) {
      return run.fail("0A000", "cannot alter type of a column used in a trigger definition");
    }
  }
  for (const Policy& policy : table.policies) {
    if (reads_column(policy.definition.using_expression, column.name) ||
        reads_column(policy.definition.check_expression, column.name)) {
      return run.fail("0A000", "cannot alter type of a column used in a policy definition");
    }
  }
  return true;
}

/// An identity's sequence gets the new type; bounds that were the old type's own follow.
void retype_sequence(model::SequenceOptions& options, const model::TypeName& type) {
  model::SequenceOptions before;
  before.type = options.type;
  before.increment = options.increment;
  resolve_sequence_options(before);
  if (options.maximum == before.maximum) options.maximum.reset();
  if (options.minimum == before.minimum) options.minimum.reset();
  options.type = type;
  resolve_sequence_options(options);
}

bool default_fits(Run& run, const Column& column, const model::TypeName& type) {
  if (!column.default_value || column.generated != model::GeneratedKind::kNone) return true;
  model::TypeName from = infer_type(run.catalog, {}, *column.default_value);
  if (from.name.name == "unknown") from = column.type;
  // The stored default has the column's old type already.
  if (cast_path(run.catalog, column.type, type, CastContext::kAssignment) != CastPath::kNone) {
    return true;
  }
  if (cast_path(run.catalog, from, type, CastContext::kAssignment) != CastPath::kNone &&
      !same_type(from, column.type)) {
    return true;
  }
  return run.fail("42804", fmt::format("default for column \"{}\" cannot be cast automatically to "
                                       "type {}",
                                       column.name, model::display(type)));
}

}  // namespace

bool reads_column(const std::optional<Expression>& expression, std::string_view column) {
  if (!expression) return false;
  const auto names = column_names(*expression);
  return std::ranges::find(names, column) != names.end();
}

void rewrite_table(Run& run, const Relation& table, const std::string& reason) {
  if (!has_storage(table)) return;
  run.rewrite(table, reason);
  run.scan(table, reason);
  for (const Relation* index : run.catalog.indexes_of(table)) {
    if (std::ranges::find(run.effects.created, index->oid) != run.effects.created.end()) continue;
    run.lock(*index, LockMode::kAccessExclusive);
    run.rebuild(*index, reason);
  }
}

std::optional<bool> convert_column(Run& run, Oid oid, const model::AlterColumnType& action) {
  const Column* found = run.column(oid, action.column);
  if (found == nullptr) return std::nullopt;
  const Column column = *found;
  const Relation& table = run.at(oid);
  const ResolvedType type = run.type(action.type);
  if (!type.known) return std::nullopt;
  if (type.serial) {
    run.fail("42704", fmt::format("type \"{}\" does not exist", model::display(action.type)));
    return std::nullopt;
  }
  if (!action.collation.empty() && !is_collatable(run.catalog, type.name) &&
      category(run.catalog, type.name) != 0) {
    run.fail("42804",
             fmt::format("collations are not supported by type {}", model::display(type.name)));
    return std::nullopt;
  }
  if (!check_collation(run, action.collation)) return std::nullopt;
  if (const facts::TypeId id = fact_id(type.name); id >= 0 && facts::type(id).kind == 'p') {
    run.fail("42P16", fmt::format("column \"{}\" has pseudo-type {}", column.name,
                                  model::display(type.name)));
    return std::nullopt;
  }
  Conversion conversion;
  if (action.using_expression) {
    const model::TypeName from =
        infer_type(run.catalog, Scope::of(table), *action.using_expression);
    const Conversion inner = convert_expression(run, table, *action.using_expression, column);
    const Conversion outer = convert(run, from, type.name, CastContext::kAssignment);
    conversion = {outer.path, inner.rewrite || outer.rewrite};
    if (outer.path == CastPath::kNone) {
      run.fail("42804", fmt::format("result of USING clause for column \"{}\" cannot be cast "
                                    "automatically to type {}",
                                    column.name, model::display(type.name)));
      return std::nullopt;
    }
  } else {
    conversion = convert(run, column.type, type.name, CastContext::kAssignment);
    if (column.assumed) conversion.path = CastPath::kUnknown;
    if (conversion.path == CastPath::kNone) {
      run.fail("42804", fmt::format("column \"{}\" cannot be cast automatically to type {}",
                                    column.name, model::display(type.name)));
      return std::nullopt;
    }
  }
  return conversion.rewrite;
}

std::optional<TypeChange> change_column_type(Run& run, Oid oid,
                                             const model::AlterColumnType& action, bool rewrite) {
  const Column* found = run.column(oid, action.column);
  if (found == nullptr) return std::nullopt;
  const Column column = *found;
  const Relation& table = run.at(oid);
  const ResolvedType type = run.type(action.type);
  if (!type.known) return std::nullopt;
  if (!default_fits(run, column, type.name)) return std::nullopt;
  if (!check_users(run, table, column)) return std::nullopt;
  TypeChange change{
      .table = oid,
      .column = column.number,
      .old_type = column.type,
      .new_type = type.name,
      .old_collation = effective_collation(run.catalog, column.collation, column.type),
      .new_collation = effective_collation(run.catalog, action.collation, type.name),
      .rewrite = rewrite};
  if (same_type(column.type, type.name) && column.type.modifiers == type.name.modifiers &&
      column.collation == action.collation && !action.using_expression && !column.assumed) {
    run.effects.changes_nothing = true;
  }
  const bool rows = run.may_have_rows(table);
  if (rows && column.not_null && action.using_expression && rewrite) {
    run.may_fail(table.rows_loaded && is_null_constant(*action.using_expression), "23502",
                 fmt::format("column \"{}\" of relation \"{}\" contains null values", column.name,
                             table.name));
  }
  const std::string& name = base_type(run.catalog, type.name).name.name;
  if (rows && rewrite) check_converted(run, table, column, action, type.name);
  if (rows && rewrite) {
    const bool bits = column.type.name.name == "bit" || column.type.name.name == "varbit";
    if (name == "bit" && bits && !type.name.modifiers.empty()) {
      run.may_fail(
          table.rows_loaded && !column.nulls_written && column.type.name.name == "bit", "22026",
          fmt::format("bit string length does not match type {}", model::display(type.name)));
    } else if ((name == "varchar" || name == "bpchar") && !type.name.modifiers.empty()) {
      run.risk("22001", fmt::format("value too long for type {}", model::display(type.name)));
    } else if (name == "int2" || name == "int4" || name == "numeric") {
      run.risk("22003",
               fmt::format("a value may be out of range for type {}", model::display(type.name)));
    } else if (domain_has_constraints(run.catalog, type.name)) {
      run.risk("23514", "a value may violate a constraint of the domain");
    }
  }
  if (column.identity != model::IdentityKind::kNone &&
      run.catalog.relation(column.owned_sequence) != nullptr) {
    run.change(column.owned_sequence,
               [&](Relation& sequence) { retype_sequence(sequence.sequence, type.name); });
  }
  run.change(oid, [&](Relation& copy) {
    for (Column& own : copy.columns) {
      if (own.number != column.number) continue;
      // A bare literal has become a value of the old type, which is cast from now on.
      if (own.default_value && own.default_value->kind == ExpressionKind::kConstant &&
          own.default_value->constant == model::ConstantKind::kString &&
          !same_type(own.type, type.name)) {
        Expression cast;
        cast.kind = ExpressionKind::kCast;
        cast.type = base_type(run.catalog, own.type);
        cast.type->modifiers.clear();
        cast.sql = fmt::format("{}::{}", model::quote_literal(own.default_value->name),
                               model::display(*cast.type));
        cast.args.push_back(std::move(*own.default_value));
        own.default_value = std::move(cast);
      }
      own.storage.clear();
      own.compression.clear();
      own.values_inserted.clear();
      own.type = type.name;
      own.type_oid = type.user_type;
      own.collation = action.collation;
      own.assumed = false;
    }
    std::erase_if(copy.needs, [&](const Dependency& d) {
      return d.object_column == column.number && d.kind == Dependency::Part::kColumn;
    });
    std::vector<Dependency> needs;
    if (type.user_type != 0) needs.push_back({.needs = type.user_type});
    if (type.extension != 0) needs.push_back({.needs = type.extension});
    add_needs(copy, std::move(needs), Dependency::Part::kColumn, column.number);
  });
  return change;
}

}  // namespace forelock::postgres
