#include "analyzer/postgres/replay/inserted_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "analyzer/postgres/literals.h"
#include "analyzer/postgres/proof.h"
#include "analyzer/postgres/replay/partition_bounds.h"
#include "analyzer/postgres/replay/partition_rows.h"

namespace forelock::postgres {
namespace {

using model::ConstantKind;
using model::Expression;
using model::ExpressionKind;

constexpr std::size_t kMaxValues = 8;

Expression constant(ConstantKind kind, std::string text) {
  Expression result;
  result.kind = ExpressionKind::kConstant;
  result.constant = kind;
  result.name = std::move(text);
  return result;
}

std::optional<std::int64_t> number(const Expression& value) {
  if (value.kind != ExpressionKind::kConstant || value.constant != ConstantKind::kInteger) {
    return std::nullopt;
  }
  std::int64_t result = 0;
  const char* const end = value.name.data() + value.name.size();
  const auto [stop, error] = std::from_chars(value.name.data(), end, result);
  if (error != std::errc() || stop != end) return std::nullopt;
  return result;
}

/// Of two whole numbers; nullopt where the result is not certain.
std::optional<Expression> compute(std::string_view op, std::int64_t a, std::int64_t b) {
  constexpr std::int64_t kLimit = 1'000'000'000;
  if (a > kLimit || a < -kLimit || b > kLimit || b < -kLimit) return std::nullopt;
  std::int64_t result = 0;
  if (op == "+") {
    result = a + b;
  } else if (op == "-") {
    result = a - b;
  } else if (op == "*") {
    result = a * b;
  } else if ((op == "/" || op == "%") && b != 0) {
    result = op == "/" ? a / b : a % b;
  } else {
    return std::nullopt;
  }
  return constant(ConstantKind::kInteger, std::to_string(result));
}

/// The expression where its only column has the value.
std::optional<Expression> evaluate(const Expression& expression, std::string_view column,
                                   const Expression& value) {
  switch (expression.kind) {
    case ExpressionKind::kConstant:
      return expression;
    case ExpressionKind::kColumn:
      return expression.name == column ? std::optional(value) : std::nullopt;
    case ExpressionKind::kCast: {
      if (!expression.type || expression.args.empty() || !expression.type->modifiers.empty() ||
          expression.type->array_dimensions > 0) {
        return std::nullopt;
      }
      std::optional<Expression> inner = evaluate(expression.args[0], column, value);
      const std::string& type = expression.type->name.name;
      if (!inner) return std::nullopt;
      if (type == "text" || type == "varchar") return constant(ConstantKind::kString, inner->name);
      if ((type == "int4" || type == "int8" || type == "int2") && number(*inner)) return inner;
      return std::nullopt;
    }
    case ExpressionKind::kFunction: {
      // repeat('x', 30)
      if (expression.name != "repeat" || expression.args.size() != 2) return std::nullopt;
      const std::optional<Expression> text = evaluate(expression.args[0], column, value);
      const std::optional<Expression> times = evaluate(expression.args[1], column, value);
      const auto count = times ? number(*times) : std::nullopt;
      constexpr std::int64_t kMaxTimes = 10'000;
      if (!text || !count || *count < 0 || *count > kMaxTimes) return std::nullopt;
      std::string repeated;
      for (std::int64_t i = 0; i < *count; ++i) repeated += text->name;
      return constant(ConstantKind::kString, std::move(repeated));
    }
    case ExpressionKind::kOperator: {
      if (expression.args.empty()) return std::nullopt;
      const std::optional<Expression> left = evaluate(expression.args[0], column, value);
      if (!left) return std::nullopt;
      if (expression.args.size() == 1) {
        const auto only = number(*left);
        return expression.name == "-" && only ? compute("-", 0, *only) : std::nullopt;
      }
      const std::optional<Expression> right = evaluate(expression.args[1], column, value);
      if (!right) return std::nullopt;
      if (expression.name == "||") {
        if (left->constant == ConstantKind::kNull || right->constant == ConstantKind::kNull) {
          return std::nullopt;
        }
        return constant(ConstantKind::kString, left->name + right->name);
      }
      const auto a = number(*left);
      const auto b = number(*right);
      return a && b ? compute(expression.name, *a, *b) : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

/// The first and the last value of the only generate_series() that the query reads from.
std::vector<Expression> series_of(const model::Query& query) {
  if (!query.relations.empty() || !query.branches.empty() || query.where || query.has_limit ||
      query.merges_rows || query.expressions.empty()) {
    return {};
  }
  const bool one_column = std::ranges::all_of(query.columns, [&](const Expression& column) {
    return column.qualifier.empty() && column.name == query.columns[0].name;
  });
  const auto is_series = [](const Expression& call) { return call.name == "generate_series"; };
  const auto series = std::ranges::find_if(query.expressions, is_series);
  if (!one_column || series == query.expressions.end() ||
      std::ranges::count_if(query.expressions, is_series) != 1 || series->args.size() != 2) {
    return {};
  }
  const auto first = number(series->args[0]);
  const auto last = number(series->args[1]);
  if (!first || !last || *first > *last) return {};
  if (*first == *last) return {series->args[0]};
  return {series->args[0], series->args[1]};
}

/// Some rows of the statement; what is not known in them is no constant.
std::vector<std::vector<Expression>> known_rows(const model::Insert& statement) {
  if (statement.rows.size() <= kMaxValues && !statement.query) return statement.rows;
  std::vector<std::vector<Expression>> rows;
  if (!statement.query) return rows;
  const auto& columns = statement.query->columns;
  const std::string column = columns.empty() ? std::string() : columns[0].name;
  for (const Expression& value : series_of(*statement.query)) {
    std::vector<Expression>& row = rows.emplace_back();
    for (const model::QueryTarget& target : statement.query->targets) {
      row.push_back(evaluate(target.expression, column, value).value_or(Expression{}));
    }
  }
  return rows;
}

/// Whether a value that is not known is among the column's.
bool has_unknown(const Column& column) {
  return !std::ranges::all_of(column.values_inserted, is_constant);
}

/// What a row of constants for `columns` puts into the column; no constant where it is not known,
/// nullptr for NULL.
const Expression* value_for(const Column& column, const std::vector<std::string>& columns,
                            const std::vector<Expression>& row) {
  static const Expression kUnknown;
  const auto at =
      static_cast<std::size_t>(std::ranges::find(columns, column.name) - columns.begin());
  if (at < columns.size() && at < row.size()) {
    return is_null_constant(row[at]) ? nullptr : &row[at];
  }
  const bool computed = column.default_value || column.generation_expression ||
                        column.identity != model::IdentityKind::kNone;
  return computed ? &kUnknown : nullptr;
}

/// Whether the value says anything new of the column.
bool adds(const Column& column, const Expression* value) {
  if (value == nullptr) return false;
  return (is_constant(*value) && column.values_inserted.size() < kMaxValues) ||
         !has_unknown(column);
}

void add_row(Run& run, Oid table, const std::vector<std::string>& columns,
             const std::vector<Expression>& row) {
  const auto is_new = [&](const Column& column) {
    return adds(column, value_for(column, columns, row));
  };
  if (std::ranges::none_of(run.at(table).columns, is_new)) return;
  run.session.marked.push_back(table);
  run.change(table, [&](Relation& copy) {
    for (Column& column : copy.columns) {
      const Expression* value = value_for(column, columns, row);
      if (!adds(column, value)) continue;
      const bool kept = is_constant(*value) && column.values_inserted.size() < kMaxValues;
      column.values_inserted.push_back(kept ? *value : Expression{});
    }
  });
}

/// What `value` becomes by USING; nullopt where that is not known.
std::optional<Expression> converted(Run& run, const Column& column,
                                    const model::AlterColumnType& action, const Expression& value) {
  if (!action.using_expression) return value;
  const Expression& given = *action.using_expression;
  // A text that the type cannot read fails before anything else is looked at.
  const std::optional<Expression> cast =
      given.kind == ExpressionKind::kCast && given.type && !given.args.empty()
          ? evaluate(given.args[0], column.name, value)
          : std::nullopt;
  if (cast && cast->constant == ConstantKind::kString) {
    const model::TypeName target = resolve_type(run.catalog, *given.type).name;
    if (const auto error = literal_error(run.catalog, target, cast->name)) {
      run.may_fail(true, error->sqlstate, error->message);
      return std::nullopt;
    }
  }
  return evaluate(given, column.name, value);
}

bool violates_domain(const Run& run, const model::TypeName& type, const Expression& value) {
  const Type* domain = run.catalog.find_type(type.name);
  return domain != nullptr && domain->kind == TypeKind::kDomain &&
         std::ranges::any_of(domain->constraints, [&](const CatalogConstraint& constraint) {
           return constraint.expression && constraint.validated &&
                  refutes(*constraint.expression, "value", value);
         });
}

}  // namespace

void note_inserted(Run& run, Oid table, const model::Insert& statement,
                   const std::vector<std::string>& columns) {
  const bool changed = std::ranges::any_of(run.at(table).triggers, [](const Trigger& trigger) {
    return trigger.definition.timing == "BEFORE" && trigger.definition.row;
  });
  const std::vector<std::vector<Expression>> rows = known_rows(statement);
  if (changed || statement.on_conflict || rows.empty()) return note_unknown_rows(run, table);
  for (const std::vector<Expression>& row : rows) {
    add_row(run, table, columns, row);
    if (run.at(table).kind != RelationKind::kPartitionedTable) continue;
    // The heap that gets the row, where there is only one that may.
    const std::vector<Oid> leaves = route(run, run.at(table), columns, {row}).partitions;
    for (const Oid leaf : leaves) {
      if (leaves.size() == 1) {
        add_row(run, leaf, columns, row);
      } else {
        note_unknown_rows(run, leaf);
      }
    }
  }
  // Of what lies between the ends of a series it is not known where it goes.
  if (!statement.query) return;
  const std::vector<Oid> children = run.at(table).children;
  for (const Oid partition : children) {
    if (run.at(partition).is_partition) note_unknown_rows(run, partition);
  }
}

void note_unknown_rows(Run& run, Oid table) {
  std::vector<Oid> tables = {table};
  if (run.at(table).kind == RelationKind::kPartitionedTable) {
    for (const Oid partition : run.descendants(run.at(table))) tables.push_back(partition);
  }
  for (const Oid oid : tables) {
    if (std::ranges::all_of(run.at(oid).columns, has_unknown)) continue;
    run.session.marked.push_back(oid);
    run.change(oid, [](Relation& copy) {
      for (Column& column : copy.columns) {
        if (!has_unknown(column)) column.values_inserted.emplace_back();
      }
    });
  }
}

namespace {

/// The least and the greatest whole number that the column holds; nullopt where others may be.
std::optional<std::pair<std::int64_t, std::int64_t>> known_range(const Column& column) {
  std::optional<std::pair<std::int64_t, std::int64_t>> range;
  for (const Expression& value : column.values_inserted) {
    const auto own = number(value);
    if (!own) return std::nullopt;
    if (!range) range = {*own, *own};
    range->first = std::min(range->first, *own);
    range->second = std::max(range->second, *own);
  }
  return range;
}

}  // namespace

bool has_orphan(const Run& run, const Relation& table, const CatalogConstraint& key) {
  const Relation* referenced = run.catalog.relation(key.referenced_table);
  if (referenced == nullptr || referenced->assumed || key.columns.size() != 1 ||
      key.referenced_columns.size() != 1 ||
      referenced->created_in_migration != run.session.migration) {
    return false;
  }
  const Column* own = table.column(key.columns[0]);
  const Column* other = referenced->column(key.referenced_columns[0]);
  if (own == nullptr || other == nullptr) return false;
  // Nothing has ever been put into the other table.
  if (!referenced->rows_loaded && referenced->oid != table.oid) {
    return std::ranges::any_of(own->values_inserted, is_constant);
  }
  const auto there = known_range(*other);
  return there && std::ranges::any_of(own->values_inserted, [&](const Expression& value) {
           const auto wanted = number(value);
           return wanted && (*wanted < there->first || *wanted > there->second);
         });
}

Referred refers_to(const Relation& referencing, const CatalogConstraint& key,
                   const Expression& value) {
  const Column* column = key.columns.size() == 1 ? referencing.column(key.columns[0]) : nullptr;
  const auto range = column == nullptr ? std::nullopt : known_range(*column);
  const auto wanted = number(value);
  if (!range || !wanted) return Referred::kUnknown;
  return *wanted < range->first || *wanted > range->second ? Referred::kNo : Referred::kYes;
}

void forget_inserted(Run& run, Oid table, const std::vector<std::string>* columns) {
  std::vector<Oid> tables = run.descendants(run.at(table));
  tables.push_back(table);
  for (const Oid oid : tables) {
    const auto known = [&](const Column& column) {
      return !column.values_inserted.empty() &&
             (columns == nullptr || std::ranges::find(*columns, column.name) != columns->end());
    };
    if (std::ranges::none_of(run.at(oid).columns, known)) continue;
    run.change(oid, [&](Relation& copy) {
      for (Column& column : copy.columns) {
        if (known(column)) column.values_inserted.assign(1, Expression{});
      }
    });
  }
}

void check_duplicates(Run& run, Oid table, const model::Insert& statement,
                      const std::vector<std::string>& columns) {
  if (statement.on_conflict) return;
  const Relation& owner = run.at(table);
  for (const Relation* index : run.catalog.indexes_of(owner)) {
    if (!index->unique || index->predicate || index->keys.size() != 1) continue;
    const Column* column = owner.column(index->keys[0].column);
    if (column == nullptr) continue;
    const auto at =
        static_cast<std::size_t>(std::ranges::find(columns, column->name) - columns.begin());
    for (const std::vector<Expression>& row : statement.rows) {
      const bool there =
          at < row.size() && row[at].kind == ExpressionKind::kConstant &&
          std::ranges::any_of(
              column->values_inserted,
              [&](const Expression& known) { return same_expression(known, row[at]); });
      if (!there) continue;
      run.may_fail(true, "23505",
                   fmt::format("duplicate key value violates unique constraint "
                               "\"{}\"",
                               index->name));
      return;
    }
  }
}

bool violates_domain_check(const Column& column, const Expression& check) {
  return std::ranges::any_of(column.values_inserted, [&](const Expression& value) {
    return refutes(check, "value", value);
  });
}

bool violates_check(const Relation& table, const Expression& check) {
  const bool never = check.kind == ExpressionKind::kConstant &&
                     check.constant == ConstantKind::kBoolean && !check.name.starts_with('t');
  return std::ranges::any_of(table.columns, [&](const Column& column) {
    const auto refuted = [&](const Expression& value) {
      return never || refutes(check, column.name, value);
    };
    return std::ranges::any_of(column.constants_written, refuted) ||
           std::ranges::any_of(column.values_inserted, refuted) ||
           (column.nulls_written && proves_not_null(check, column.name));
  });
}

bool holds_twice(const Column& column) {
  const auto& values = column.values_inserted;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (is_constant(values[i]) && same_expression(values[i], values[k])) return true;
    }
  }
  return false;
}

void check_converted(Run& run, const Relation& table, const Column& column,
                     const model::AlterColumnType& action, const model::TypeName& type) {
  const std::string name = table.name;
  for (const Expression& value : column.values_inserted) {
    const std::optional<Expression> result = converted(run, column, action, value);
    if (!result || is_null_constant(*result)) continue;
    if (const auto error = value_error(run.catalog, type, *result)) {
      run.may_fail(true, error->sqlstate, error->message);
    } else if (violates_domain(run, type, *result)) {
      run.may_fail(true, "23514",
                   fmt::format("a value of \"{}\".\"{}\" violates a constraint of {}", name,
                               column.name, model::display(type)));
    }
  }
}

bool lies_outside(const Relation& table, const Relation& parent, const model::PartitionBound& bound,
                  bool inside) {
  if (!parent.partition_key || parent.partition_key->keys.size() != 1) return false;
  const Column* column = table.column(parent.partition_key->keys[0].column);
  return column != nullptr &&
         std::ranges::any_of(column->values_inserted, [&](const Expression& value) {
           const std::optional<bool> taken =
               is_constant(value) ? takes(bound, {value}) : std::nullopt;
           return taken && *taken == inside;
         });
}

}  // namespace forelock::postgres
