// Columns as CREATE TABLE and ADD COLUMN define them: types, defaults, identity, generation.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

#include "analyzer/postgres/facts/collations.h"
#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

using model::Expression;
using model::ExpressionKind;

constexpr std::array<std::string_view, 6> kSystemColumns = {"tableoid", "cmax", "xmax",
                                                            "cmin",     "xmin", "ctid"};

Expression nextval_of(const Relation& sequence, const std::vector<std::string>& path) {
  Expression constant;
  constant.kind = ExpressionKind::kConstant;
  constant.constant = model::ConstantKind::kString;
  const bool visible = std::ranges::find(path, sequence.schema) != path.end();
  constant.name = visible ? model::quote_identifier(sequence.name)
                          : model::quoted({sequence.schema, sequence.name});
  Expression cast;
  cast.kind = ExpressionKind::kCast;
  cast.type = builtin("regclass");
  cast.args.push_back(std::move(constant));
  Expression call;
  call.kind = ExpressionKind::kFunction;
  call.name = "nextval";
  call.sql = fmt::format("nextval({}::regclass)", model::quote_literal(cast.args[0].name));
  call.args.push_back(std::move(cast));
  return call;
}

bool check_generated(Run& run, const Relation& table, const Column& column,
                     const Expression& expression) {
  if (!check_expression(run, table, expression, "column generation expressions")) return false;
  for (const std::string& name : column_names(expression)) {
    const Column* used = table.column(name);
    if (used != nullptr && (used->generated != model::GeneratedKind::kNone || used == &column)) {
      return run.fail("42P17", fmt::format("cannot use generated column \"{}\" in column "
                                           "generation expression",
                                           name));
    }
  }
  // Before its type is looked at: cookDefault().
  const VolatilityAnswer answer = volatility(run.catalog, Scope::of(table), expression, false);
  if (answer.known && answer.value != model::Volatility::kImmutable) {
    return run.fail("42P17", "generation expression is not immutable");
  }
  const model::TypeName from = infer_type(run.catalog, Scope::of(table), expression);
  if (cast_path(run.catalog, from, column.type, CastContext::kAssignment) == CastPath::kNone) {
    return run.fail("42804",
                    fmt::format("column \"{}\" is of type {} but generation expression is "
                                "of type {}",
                                column.name, model::display(column.type), model::display(from)));
  }
  return true;
}

}  // namespace

bool is_system_column(std::string_view name) {
  return std::ranges::find(kSystemColumns, name) != kSystemColumns.end();
}

void add_needs(Relation& table, std::vector<Dependency> needs, Dependency::Part kind,
               AttributeNumber column, Oid part) {
  for (Dependency& dependency : needs) {
    if (dependency.needs == table.oid) continue;
    dependency.object = table.oid;
    dependency.object_column = column;
    dependency.kind = kind;
    dependency.part = part;
    if (std::ranges::find(table.needs, dependency) == table.needs.end()) {
      table.needs.push_back(dependency);
    }
  }
}

/// Source: AddRelationNewConstraints(), coerce_type() and coerce_type_typmod(). A domain or a
/// length makes more of NULL than a constant.
bool keeps_default(const Catalog& catalog, const model::TypeName& type, const Expression& value) {
  if (!is_null_constant(value)) return true;
  if (const Type* user = user_type(catalog, type);
      user != nullptr && type.array_dimensions == 0 && user->kind == TypeKind::kDomain) {
    return true;
  }
  static constexpr std::array<std::string_view, 9> kWithLength = {
      "varchar", "bpchar", "numeric", "timestamp", "timestamptz",
      "time",    "timetz", "bit",     "varbit"};
  return !type.modifiers.empty() &&
         std::ranges::find(kWithLength, type.name.name) != kWithLength.end();
}

std::vector<AttributeNumber> column_numbers(Run& run, Oid table,
                                            const std::vector<std::string>& names) {
  std::vector<AttributeNumber> result;
  for (const std::string& name : names) {
    const Column* found = run.column(table, name);
    if (found == nullptr) return {};
    result.push_back(found->number);
  }
  return result;
}

std::vector<AttributeNumber> used_columns(const Relation& table, const Expression& expression) {
  std::vector<AttributeNumber> result;
  for (const std::string& name : column_names(expression)) {
    if (const Column* found = table.column(name)) result.push_back(found->number);
  }
  return result;
}

void resolve_sequence_options(model::SequenceOptions& options) {
  const std::string_view type = options.type ? std::string_view(options.type->name.name) : "int8";
  const bool down = options.increment.value_or(1) < 0;
  const std::int64_t top = type == "int2"   ? std::numeric_limits<std::int16_t>::max()
                           : type == "int4" ? std::numeric_limits<std::int32_t>::max()
                                            : std::numeric_limits<std::int64_t>::max();
  if (!options.type) options.type = builtin("int8");
  if (!options.increment) options.increment = 1;
  if (!options.maximum || options.no_maximum) options.maximum = down ? -1 : top;
  if (!options.minimum || options.no_minimum) options.minimum = down ? -top - 1 : 1;
  if (!options.start) options.start = down ? options.maximum : options.minimum;
  if (!options.cache) options.cache = 1;
  if (!options.cycle) options.cycle = false;
  options.no_minimum = options.no_maximum = false;
}

bool is_toastable(const Run& run, const Column& column) {
  const model::TypeName type = base_type(run.catalog, column.type);
  if (type.array_dimensions > 0) return true;
  const facts::TypeId id = fact_id(type);
  if (id >= 0) return facts::type(id).storage != 'p';
  const Type* user = user_type(run.catalog, type);
  return user == nullptr || user->kind != TypeKind::kEnum;
}

bool check_collation(Run& run, const std::string& name) {
  if (name.empty() || run.options.assume_missing || facts::may_be_collation(name)) return true;
  for (const NamedObject* object : run.catalog.objects()) {
    if (object->kind == model::ObjectKind::kCollation && object->name == name) return true;
  }
  return run.fail("42704", fmt::format("collation \"{}\" does not exist", name));
}

Oid add_owned_sequence(Run& run, Relation& table, Column& column,
                       const model::SequenceOptions& options) {
  model::QualifiedName name = options.name.value_or(model::QualifiedName{});
  if (name.schema.empty()) name.schema = table.schema;
  if (name.name.empty()) {
    name.name = choose_name(table.name, column.name, "seq", [&](const std::string& n) {
      return run.catalog.relation_name_taken({table.schema, n}) || n == table.name;
    });
  }
  Relation sequence = run.make(RelationKind::kSequence, name.schema, name.name);
  sequence.table = table.oid;
  sequence.owner_column = column.number;
  sequence.owner = table.owner;
  if (run.since(15)) sequence.persistence = table.persistence;
  sequence.sequence = options;
  sequence.sequence.name.reset();
  if (!sequence.sequence.type) {
    sequence.sequence.type = column.type;
    sequence.sequence.type->modifiers.clear();
  }
  resolve_sequence_options(sequence.sequence);
  own_sequence(column, sequence.oid);
  const Oid oid = sequence.oid;
  run.put(std::move(sequence));
  run.created(oid);
  return oid;
}

std::optional<std::string> column_storage(Run& run, const Column& column,
                                          const std::string& written) {
  std::string wanted;
  for (const char c : written) {
    wanted += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  constexpr std::array<std::string_view, 5> kStorages = {"PLAIN", "EXTERNAL", "EXTENDED", "MAIN",
                                                         "DEFAULT"};
  if (std::ranges::find(kStorages, wanted) == kStorages.end()) {
    run.fail("22023", fmt::format("invalid storage type \"{}\"", written));
    return std::nullopt;
  }
  if (!is_toastable(run, column) && wanted != "PLAIN" && wanted != "DEFAULT") {
    run.fail("0A000", fmt::format("column data type {} can only have storage PLAIN",
                                  model::display(column.type)));
    return std::nullopt;
  }
  return wanted;
}

Column* define_column(Run& run, Relation& table, const model::ColumnDefinition& definition) {
  if (table.column(definition.name) != nullptr) {
    run.fail("42701", fmt::format("column \"{}\" of relation \"{}\" already exists",
                                  definition.name, table.name));
    return nullptr;
  }
  if (std::ranges::find(kSystemColumns, definition.name) != kSystemColumns.end()) {
    run.fail("42701", fmt::format("column name \"{}\" conflicts with a system column name",
                                  definition.name));
    return nullptr;
  }
  const ResolvedType type = run.type(definition.type);
  if (!type.known) return nullptr;
  if (const facts::TypeId id = fact_id(type.name); id >= 0 && facts::type(id).kind == 'p') {
    run.fail("42P16", fmt::format("column \"{}\" has pseudo-type {}", definition.name,
                                  model::display(type.name)));
    return nullptr;
  }
  Column column;
  column.number = table.next_column++;
  column.name = definition.name;
  column.type = type.name;
  column.type_oid = type.user_type;
  column.collation = definition.collation;
  if (!definition.storage.empty()) {
    const std::optional<std::string> storage = column_storage(run, column, definition.storage);
    if (!storage) return nullptr;
    column.storage = *storage;
  }
  column.compression = definition.compression;
  column.not_null = definition.not_null;
  column.added_by_this_migration = true;
  if (!column.collation.empty() && !is_collatable(run.catalog, column.type) &&
      category(run.catalog, column.type) != 0) {
    run.fail("42804",
             fmt::format("collations are not supported by type {}", model::display(column.type)));
    return nullptr;
  }
  if (!check_collation(run, column.collation)) return nullptr;
  if (!column.compression.empty() && !is_toastable(run, column)) {
    run.fail("0A000", fmt::format("column data type {} does not support compression",
                                  model::display(column.type)));
    return nullptr;
  }
  std::vector<Dependency> type_needs;
  if (type.user_type != 0) type_needs.push_back({.needs = type.user_type});
  if (type.extension != 0) type_needs.push_back({.needs = type.extension});
  add_needs(table, std::move(type_needs), Dependency::Part::kColumn, column.number);

  if (type.serial && definition.default_value) {
    run.fail("42601", fmt::format("multiple default values specified for column \"{}\" of table "
                                  "\"{}\"",
                                  column.name, table.name));
    return nullptr;
  }
  if (type.serial) {
    column.not_null = true;
    const Oid sequence = add_owned_sequence(run, table, column, {});
    column.default_value = nextval_of(run.at(sequence), run.catalog.search_path());
    add_needs(table, {{.needs = sequence}}, Dependency::Part::kDefault, column.number);
  } else if (definition.identity != model::IdentityKind::kNone) {
    const std::string_view name = column.type.name.name;
    if (name != "int2" && name != "int4" && name != "int8") {
      run.fail("22023", "identity column type must be smallint, integer, or bigint");
      return nullptr;
    }
    if (definition.default_value) {
      run.fail("42601", fmt::format("both default and identity specified for column \"{}\" of "
                                    "table \"{}\"",
                                    column.name, table.name));
      return nullptr;
    }
    column.identity = definition.identity;
    column.not_null = true;
    add_owned_sequence(run, table, column, definition.identity_options);
  } else if (definition.default_value) {
    if (!check_default(run, table, column, *definition.default_value)) return nullptr;
    if (keeps_default(run.catalog, column.type, *definition.default_value)) {
      column.default_value = definition.default_value;
      add_needs(table, needs_of(run.catalog, {}, *definition.default_value),
                Dependency::Part::kDefault, column.number);
    }
  }
  for (const model::Constraint& constraint : definition.constraints) {
    if (constraint.kind != model::ConstraintKind::kNotNull) continue;
    column.not_null = true;
    column.not_null_constraint = constraint.name;
  }
  if (definition.generated != model::GeneratedKind::kNone && definition.generation_expression) {
    column.generated = definition.generated;
    column.generation_expression = definition.generation_expression;
  }
  if (run.since(18) && column.not_null && column.not_null_constraint.empty()) {
    column.not_null_constraint =
        choose_name(table.name, column.name, "not_null", [&](const std::string& n) {
          return run.catalog.constraint_name_taken({table.schema, n}) ||
                 table.constraint_named(n) != nullptr ||
                 std::ranges::any_of(table.columns, [&](const Column& other) {
                   return other.not_null_constraint == n;
                 });
        });
  }
  run.session.marked.push_back(table.oid);
  table.columns.push_back(std::move(column));
  return &table.columns.back();
}

bool check_generation(Run& run, Relation& table, AttributeNumber number) {
  const Column* column = table.column(number);
  if (column == nullptr || !column->generation_expression) return true;
  if (!check_generated(run, table, *column, *column->generation_expression)) return false;
  std::vector<Dependency> needs =
      needs_of(run.catalog, Scope::of(table), *column->generation_expression);
  // Before version 15 the column went with whatever it was computed from.
  for (Dependency& need : needs) need.automatic = !run.since(15);
  add_needs(table, std::move(needs), Dependency::Part::kGenerated, number);
  return true;
}

}  // namespace forelock::postgres
