// Bounds of partitions: their order, whether two overlap, whether one takes a row.

#include "analyzer/postgres/replay/partition_bounds.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "analyzer/postgres/expressions.h"

namespace forelock::postgres {
namespace {

using model::Expression;

/// Numbers by value, other text as it is; nullopt where the order is not known (MINVALUE is not).
std::optional<int> compare_bound_values(const Expression& a, const Expression& b) {
  const auto infinity = [](const Expression& e) {
    if (e.kind != model::ExpressionKind::kColumn) return 0;
    return e.name == "minvalue" || e.name == "MINVALUE"   ? -1
           : e.name == "maxvalue" || e.name == "MAXVALUE" ? 1
                                                          : 0;
  };
  if (infinity(a) != 0 || infinity(b) != 0) return infinity(a) - infinity(b);
  const std::string left = constant_text(a);
  const std::string right = constant_text(b);
  if (left == right) return 0;
  const auto number = [](const std::string& text) -> std::optional<double> {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || end != text.c_str() + text.size()) return std::nullopt;
    return value;
  };
  const auto x = number(left);
  const auto y = number(right);
  if (x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
  if (x || y || left.size() < 8 || right.size() < 8) return std::nullopt;
  return left < right ? -1 : 1;
}

}  // namespace

std::string constant_text(const Expression& expression) {
  const Expression* current = &expression;
  while (current->kind == model::ExpressionKind::kCast && !current->args.empty()) {
    current = current->args.data();
  }
  if (current->kind == model::ExpressionKind::kOperator && current->name == "-" &&
      current->args.size() == 1) {
    return "-" + constant_text(current->args[0]);
  }
  return current->name;
}

std::optional<int> compare_bounds(const std::vector<Expression>& a,
                                  const std::vector<Expression>& b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    const auto order = compare_bound_values(a[i], b[i]);
    if (!order || *order != 0) return order;
  }
  return 0;
}

bool overlaps(const model::PartitionBound& a, const model::PartitionBound& b) {
  if (a.is_default || b.is_default) return a.is_default && b.is_default;
  if (a.strategy != b.strategy) return false;
  if (a.strategy == 'l') {
    return std::ranges::any_of(a.values, [&](const Expression& value) {
      return std::ranges::any_of(b.values, [&](const Expression& other) {
        return constant_text(value) == constant_text(other) && value.constant == other.constant;
      });
    });
  }
  if (a.strategy == 'r') {
    const auto first = compare_bounds(a.from, b.to);
    const auto second = compare_bounds(b.from, a.to);
    return first && second && *first < 0 && *second < 0;
  }
  if (a.strategy == 'h' && a.modulus > 0 && b.modulus > 0) {
    const int least = std::min(a.modulus, b.modulus);
    return a.remainder % least == b.remainder % least;
  }
  return false;
}

std::optional<bool> takes(const model::PartitionBound& bound, const std::vector<Expression>& key) {
  if (bound.is_default || bound.strategy == 'h') return std::nullopt;
  const bool null = std::ranges::any_of(key, is_null_constant);
  if (bound.strategy == 'l') {
    if (key.size() != 1) return std::nullopt;
    return std::ranges::any_of(bound.values, [&](const Expression& item) {
      return null ? is_null_constant(item)
                  : !is_null_constant(item) && constant_text(item) == constant_text(key[0]);
    });
  }
  if (null) return false;
  const auto low = compare_bounds(bound.from, key);
  const auto high = compare_bounds(key, bound.to);
  if (!low || !high) return std::nullopt;
  return *low <= 0 && *high < 0;
}

}  // namespace forelock::postgres
