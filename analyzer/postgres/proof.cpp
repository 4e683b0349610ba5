#include "analyzer/postgres/proof.h"

#include <algorithm>
#include <charconv>
#include <compare>
#include <optional>

namespace forelock::postgres {
namespace {

using model::Expression;
using model::ExpressionKind;

const Expression& without_casts(const Expression& expression) {
  const Expression* current = &expression;
  while ((current->kind == ExpressionKind::kCast || current->kind == ExpressionKind::kCollate) &&
         !current->args.empty()) {
    current = current->args.data();
  }
  return *current;
}

bool is_column(const Expression& expression, std::string_view column) {
  const Expression& bare = without_casts(expression);
  return bare.kind == ExpressionKind::kColumn && bare.name == column;
}

/// A constant that can be compared: numbers by value, others by their text.
struct Value {
  std::optional<double> number;
  std::string text;
};
std::optional<Value> value_of(const Expression& expression) {
  const Expression& bare = without_casts(expression);
  if (bare.kind == ExpressionKind::kOperator && bare.name == "-" && bare.args.size() == 1) {
    std::optional<Value> inner = value_of(bare.args[0]);
    if (!inner || !inner->number) return std::nullopt;
    inner->number = -*inner->number;
    return inner;
  }
  if (bare.kind != ExpressionKind::kConstant || bare.constant == model::ConstantKind::kNull) {
    return std::nullopt;
  }
  Value result;
  result.text = bare.name;
  double number = 0;
  const char* end = bare.name.data() + bare.name.size();
  const auto [stop, error] = std::from_chars(bare.name.data(), end, number);
  if (error == std::errc() && stop == end) result.number = number;
  return result;
}

std::optional<std::partial_ordering> compare_values(const Value& a, const Value& b) {
  if (a.number && b.number) return *a.number <=> *b.number;
  if (a.number || b.number) return std::nullopt;
  // Dates and times in ISO form sort as text; other text is compared for equality only.
  if (a.text == b.text) return std::partial_ordering::equivalent;
  const auto iso = [](const std::string& text) {
    return text.size() >= 10 && text[4] == '-' && text[7] == '-' && text[0] >= '0' &&
           text[0] <= '9';
  };
  if (iso(a.text) && iso(b.text)) {
    return a.text < b.text ? std::partial_ordering::less : std::partial_ordering::greater;
  }
  return std::partial_ordering::unordered;
}

struct Comparison {
  std::string_view op;
  Value value;
};

std::string_view commuted(std::string_view op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  if (op == ">=") return "<=";
  return op;
}

std::optional<Comparison> comparison(const Expression& expression, std::string_view column) {
  if (expression.kind != ExpressionKind::kOperator || expression.args.size() != 2) {
    return std::nullopt;
  }
  for (const std::string_view op : {"=", "<", "<=", ">", ">=", "<>"}) {
    if (expression.name != op) continue;
    if (is_column(expression.args[0], column)) {
      if (auto value = value_of(expression.args[1])) return Comparison{op, *value};
    } else if (is_column(expression.args[1], column)) {
      if (auto value = value_of(expression.args[0])) return Comparison{commuted(op), *value};
    }
  }
  return std::nullopt;
}

/// Whether `have` implies `column op value`.
bool implies(const Comparison& have, std::string_view op, const Value& value) {
  const auto order = compare_values(have.value, value);
  if (!order) return false;
  const bool less = *order < 0;
  const bool equal = *order == 0;
  const bool greater = *order > 0;
  if (op == ">=") {
    return ((have.op == ">=" || have.op == ">" || have.op == "=") && (greater || equal));
  }
  if (op == ">") {
    return (have.op == ">" && (greater || equal)) ||
           ((have.op == ">=" || have.op == "=") && greater);
  }
  if (op == "<") {
    return (have.op == "<" && (less || equal)) || ((have.op == "<=" || have.op == "=") && less);
  }
  if (op == "<=") {
    return (have.op == "<" || have.op == "<=" || have.op == "=") && (less || equal);
  }
  if (op == "=") return have.op == "=" && equal;
  return false;
}

/// BETWEEN as its two comparisons; IN as alternatives.
bool implied_by(const Expression& check, std::string_view column, std::string_view op,
                const Value& value) {
  if (check.kind == ExpressionKind::kAnd) {
    return std::ranges::any_of(
        check.args, [&](const Expression& arg) { return implied_by(arg, column, op, value); });
  }
  if (check.kind == ExpressionKind::kOr) {
    return !check.args.empty() && std::ranges::all_of(check.args, [&](const Expression& arg) {
      return implied_by(arg, column, op, value);
    });
  }
  if (check.kind == ExpressionKind::kOperator && check.args.size() == 3 &&
      check.name.starts_with("BETWEEN") && is_column(check.args[0], column)) {
    const auto low = value_of(check.args[1]);
    const auto high = value_of(check.args[2]);
    return (low && implies({">=", *low}, op, value)) || (high && implies({"<=", *high}, op, value));
  }
  if (const auto have = comparison(check, column)) return implies(*have, op, value);
  return false;
}

/// The values that `check` allows for `column`, when it lists them.
std::optional<std::vector<Value>> listed(const Expression& check, std::string_view column) {
  if (check.kind == ExpressionKind::kAnd) {
    for (const Expression& arg : check.args) {
      if (auto result = listed(arg, column)) return result;
    }
    return std::nullopt;
  }
  if (check.kind == ExpressionKind::kOr) {
    std::vector<Value> all;
    for (const Expression& arg : check.args) {
      auto part = listed(arg, column);
      if (!part) return std::nullopt;
      all.insert(all.end(), part->begin(), part->end());
    }
    return all;
  }
  if (check.kind != ExpressionKind::kOperator || check.args.empty()) return std::nullopt;
  if (check.name == "=") {
    if (const auto have = comparison(check, column)) return std::vector<Value>{have->value};
    return std::nullopt;
  }
  if ((check.name != "IN" && check.name != "= ANY") || !is_column(check.args[0], column)) {
    return std::nullopt;
  }
  std::vector<Value> values;
  const auto collect = [&](const Expression& item) {
    if (auto value = value_of(item)) {
      values.push_back(*value);
      return true;
    }
    return false;
  };
  for (std::size_t i = 1; i < check.args.size(); ++i) {
    const Expression& item = without_casts(check.args[i]);
    if (item.kind == ExpressionKind::kArray || item.kind == ExpressionKind::kRow ||
        item.kind == ExpressionKind::kOther) {
      if (!std::ranges::all_of(item.args, collect)) return std::nullopt;
    } else if (!collect(item)) {
      return std::nullopt;
    }
  }
  return values;
}

std::vector<const Expression*> usable_checks(const Relation& table) {
  std::vector<const Expression*> result;
  for (const CatalogConstraint& constraint : table.constraints) {
    if (constraint.kind == model::ConstraintKind::kCheck && constraint.validated &&
        constraint.enforced && constraint.expression) {
      result.push_back(&*constraint.expression);
    }
  }
  return result;
}

bool any_implies(const std::vector<const Expression*>& checks, std::string_view column,
                 std::string_view op, const Value& value) {
  return std::ranges::any_of(
      checks, [&](const Expression* check) { return implied_by(*check, column, op, value); });
}

bool is_infinite(const Expression& expression, std::string_view which) {
  return expression.kind == ExpressionKind::kColumn && expression.name == which;
}

bool equal(const Value& a, const Value& b) {
  const auto order = compare_values(a, b);
  return order && *order == 0;
}

/// Whether a value is below `low`, or not below `high` (of several keys the first may equal it);
/// absent ends are infinite.
bool lies_outside(const Value& value, const std::optional<Value>& low,
                  const std::optional<Value>& high, bool may_equal_high) {
  if (low) {
    const auto order = compare_values(value, *low);
    if (order && *order < 0) return true;
  }
  if (!high) return false;
  const auto order = compare_values(value, *high);
  return order && (*order > 0 || (*order == 0 && !may_equal_high));
}

/// Whether rows that pass all `checks` have no place in `bound`.
bool excluded(const std::vector<const Expression*>& checks, const model::PartitionKey& key,
              const model::PartitionBound& bound) {
  if (bound.is_default || key.keys.empty()) return false;
  const std::string& column = key.keys[0].column;
  const auto none_of_listed = [&](auto&& inside) {
    return std::ranges::any_of(checks, [&](const Expression* check) {
      const auto values = listed(*check, column);
      return values && std::ranges::none_of(*values, inside);
    });
  };
  if (bound.strategy == 'r' && !bound.from.empty() && !bound.to.empty()) {
    const auto low = value_of(bound.from[0]);
    const auto high = value_of(bound.to[0]);
    if ((low && any_implies(checks, column, "<", *low)) ||
        (high && key.keys.size() == 1 && any_implies(checks, column, ">=", *high))) {
      return true;
    }
    return none_of_listed(
        [&](const Value& value) { return !lies_outside(value, low, high, key.keys.size() > 1); });
  }
  if (bound.strategy == 'l') {
    return none_of_listed([&](const Value& value) {
      return std::ranges::any_of(bound.values, [&](const Expression& item) {
        const auto other = value_of(item);
        return !other || equal(value, *other);
      });
    });
  }
  return false;
}

}  // namespace

bool proves_not_null(const Expression& check, std::string_view column) {
  switch (check.kind) {
    case ExpressionKind::kIsNotNull:
      return !check.args.empty() && is_column(check.args[0], column);
    case ExpressionKind::kAnd:
      return std::ranges::any_of(
          check.args, [&](const Expression& arg) { return proves_not_null(arg, column); });
    case ExpressionKind::kOr:
      return !check.args.empty() && std::ranges::all_of(check.args, [&](const Expression& arg) {
        return proves_not_null(arg, column);
      });
    case ExpressionKind::kNot:
      return !check.args.empty() && check.args[0].kind == ExpressionKind::kIsNull &&
             !check.args[0].args.empty() && is_column(check.args[0].args[0], column);
    default:
      return false;
  }
}

namespace {

/// LIKE without escapes.
bool matches(std::string_view text, std::string_view pattern) {
  while (!pattern.empty() && pattern.front() != '%') {
    if (text.empty() || (pattern.front() != '_' && pattern.front() != text.front())) return false;
    text.remove_prefix(1);
    pattern.remove_prefix(1);
  }
  if (pattern.empty()) return text.empty();
  while (pattern.starts_with('%')) pattern.remove_prefix(1);
  if (pattern.empty()) return true;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (matches(text.substr(i), pattern)) return true;
  }
  return false;
}

/// Whether `column LIKE 'pattern'` is false for the constant.
bool refutes_pattern(const Expression& check, std::string_view column, const Expression& constant) {
  constexpr std::size_t kLongest = 100;
  if (check.kind != ExpressionKind::kOperator || check.name != "LIKE" || check.args.size() != 2 ||
      !is_column(check.args[0], column) || check.args[1].kind != ExpressionKind::kConstant ||
      constant.constant != model::ConstantKind::kString) {
    return false;
  }
  const std::string& pattern = check.args[1].name;
  const bool plain = std::ranges::all_of(
      constant.name + pattern, [](char c) { return static_cast<unsigned char>(c) < 0x80U; });
  return plain && pattern.find('\\') == std::string::npos && pattern.size() < kLongest &&
         std::ranges::count(pattern, '%') < 3 && constant.name.size() < kLongest &&
         !matches(constant.name, pattern);
}

}  // namespace

bool refutes(const Expression& check, std::string_view column, const Expression& constant) {
  if (refutes_pattern(check, column, constant)) return true;
  if (check.kind == ExpressionKind::kAnd) {
    return std::ranges::any_of(
        check.args, [&](const Expression& arg) { return refutes(arg, column, constant); });
  }
  const auto value = value_of(constant);
  const auto have = comparison(check, column);
  if (!value || !have) return false;
  const auto order = compare_values(*value, have->value);
  if (!order || *order == std::partial_ordering::unordered) return false;
  const bool less = *order < 0;
  const bool equal_values = *order == 0;
  const bool greater = *order > 0;
  if (have->op == "=") return !equal_values;
  if (have->op == "<>") return equal_values;
  if (have->op == "<") return !less;
  if (have->op == "<=") return greater;
  if (have->op == ">") return !greater;
  return have->op == ">=" && less;
}

bool proves_not_null(const Relation& table, std::string_view column) {
  const auto checks = usable_checks(table);
  return std::ranges::any_of(
      checks, [&](const Expression* check) { return proves_not_null(*check, column); });
}

bool proves_bound(const Relation& table, const Relation& parent,
                  const model::PartitionBound& bound) {
  if (!parent.partition_key || bound.is_default) return false;
  const auto& keys = parent.partition_key->keys;
  const auto checks = usable_checks(table);
  const auto not_null = [&](const std::string& column) {
    const Column* found = table.column(column);
    return (found != nullptr && found->not_null) || proves_not_null(table, column);
  };
  if (bound.strategy == 'l' && keys.size() == 1) {
    const std::string& column = keys[0].column;
    std::vector<Value> allowed;
    bool allows_null = false;
    for (const Expression& item : bound.values) {
      if (auto value = value_of(item)) {
        allowed.push_back(*value);
      } else {
        allows_null = true;
      }
    }
    if (!allows_null && !not_null(column)) return false;
    return std::ranges::any_of(checks, [&](const Expression* check) {
      const auto values = listed(*check, column);
      return values && std::ranges::all_of(*values, [&](const Value& value) {
               return std::ranges::any_of(allowed,
                                          [&](const Value& other) { return equal(value, other); });
             });
    });
  }
  if (bound.strategy != 'r' || bound.from.size() != keys.size() || bound.to.size() != keys.size()) {
    return false;
  }
  // Several keys are proved only where the first one decides alone.
  const std::string& column = keys[0].column;
  if (column.empty() || keys.size() != 1 || !not_null(column)) return false;
  if (!is_infinite(bound.from[0], "minvalue") && !is_infinite(bound.from[0], "MINVALUE")) {
    const auto low = value_of(bound.from[0]);
    if (!low || !any_implies(checks, column, ">=", *low)) return false;
  }
  if (!is_infinite(bound.to[0], "maxvalue") && !is_infinite(bound.to[0], "MAXVALUE")) {
    const auto high = value_of(bound.to[0]);
    if (!high || !any_implies(checks, column, "<", *high)) return false;
  }
  return true;
}

bool excludes_bound(const Relation& table, const Relation& parent,
                    const model::PartitionBound& bound) {
  return parent.partition_key && excluded(usable_checks(table), *parent.partition_key, bound);
}

bool excludes_bound(const Expression& where, const Relation& parent,
                    const model::PartitionBound& bound) {
  return parent.partition_key && excluded({&where}, *parent.partition_key, bound);
}

bool excludes_default(const Expression& where, const Relation& parent,
                      const std::vector<const model::PartitionBound*>& others) {
  if (!parent.partition_key || parent.partition_key->keys.size() != 1) return false;
  const auto values = listed(where, parent.partition_key->keys[0].column);
  if (!values) return false;
  return std::ranges::all_of(*values, [&](const Value& value) {
    return std::ranges::any_of(others, [&](const model::PartitionBound* bound) {
      if (bound->strategy == 'l') {
        return std::ranges::any_of(bound->values, [&](const Expression& item) {
          const auto other = value_of(item);
          return other && equal(value, *other);
        });
      }
      if (bound->strategy != 'r' || bound->from.empty() || bound->to.empty()) return false;
      const auto low = value_of(bound->from[0]);
      const auto high = value_of(bound->to[0]);
      const bool known_low = low || is_infinite(bound->from[0], "minvalue");
      const bool known_high = high || is_infinite(bound->to[0], "maxvalue");
      return known_low && known_high && !lies_outside(value, low, high, false);
    });
  });
}

}  // namespace forelock::postgres
