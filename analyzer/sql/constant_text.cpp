#include "analyzer/sql/constant_text.h"

#include <cctype>
#include <string_view>
#include <vector>

#include "analyzer/model/operation.h"

namespace forelock::sql {
namespace {

using model::Expression;
using model::ExpressionKind;

/// Source: manual, 9.4.1 format(); widths and flags are left out.
std::optional<std::string> formatted(std::string_view pattern,
                                     const std::vector<std::string>& arguments) {
  std::string result;
  std::size_t next = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      result += pattern[i];
      continue;
    }
    if (++i >= pattern.size()) return std::nullopt;
    if (pattern[i] == '%') {
      result += '%';
      continue;
    }
    std::size_t position = 0;
    while (i < pattern.size() && std::isdigit(static_cast<unsigned char>(pattern[i])) != 0) {
      position = position * 10 + static_cast<std::size_t>(pattern[i++] - '0');
      if (position > arguments.size()) return std::nullopt;
    }
    if (position > 0) {
      if (i >= pattern.size() || pattern[i] != '$') return std::nullopt;
      ++i;
      next = position - 1;
    }
    if (i >= pattern.size() || next >= arguments.size()) return std::nullopt;
    const std::string& argument = arguments[next++];
    if (pattern[i] == 's') {
      result += argument;
    } else if (pattern[i] == 'I') {
      result += model::quote_identifier(argument);
    } else if (pattern[i] == 'L') {
      result += model::quote_literal(argument);
    } else {
      return std::nullopt;
    }
  }
  return result;
}

std::optional<std::string> called(const std::string& name, const std::vector<std::string>& texts) {
  if (name == "format" && !texts.empty()) {
    return formatted(texts.front(), {texts.begin() + 1, texts.end()});
  }
  if (name == "quote_ident" && texts.size() == 1) return model::quote_identifier(texts[0]);
  if (name == "quote_literal" && texts.size() == 1) return model::quote_literal(texts[0]);
  if (name != "concat") return std::nullopt;
  std::string result;
  for (const std::string& text : texts) result += text;
  return result;
}

}  // namespace

std::optional<std::string> constant_text(const Expression& expression) {
  if (expression.kind == ExpressionKind::kConstant) {
    if (expression.constant == model::ConstantKind::kNull) return std::nullopt;
    return expression.name;
  }
  std::vector<std::string> texts;
  for (const Expression& arg : expression.args) {
    std::optional<std::string> text = constant_text(arg);
    if (!text) return std::nullopt;
    texts.push_back(*std::move(text));
  }
  if (expression.kind == ExpressionKind::kOperator && expression.name == "||" &&
      texts.size() == 2) {
    return texts[0] + texts[1];
  }
  if (expression.kind == ExpressionKind::kCast && expression.type && texts.size() == 1 &&
      expression.type->name.name == "text") {
    return texts[0];
  }
  return expression.kind == ExpressionKind::kFunction ? called(expression.name, texts)
                                                      : std::nullopt;
}

}  // namespace forelock::sql
