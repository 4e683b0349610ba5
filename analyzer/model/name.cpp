#include "analyzer/model/name.h"

#include <algorithm>

#include "analyzer/model/keywords.h"

namespace forelock::model {
namespace {

bool is_plain(std::string_view identifier) {
  const auto starts = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto continues = [&](char c) { return starts(c) || (c >= '0' && c <= '9'); };
  return !identifier.empty() && starts(identifier.front()) &&
         std::ranges::all_of(identifier, continues);
}

/// `text` between two `mark`s, with each `mark` inside doubled.
std::string doubled(std::string_view text, char mark) {
  std::string result(1, mark);
  for (const char c : text) {
    if (c == mark) result += mark;
    result += c;
  }
  result += mark;
  return result;
}

}  // namespace

std::string display(const QualifiedName& name) {
  return name.schema.empty() ? name.name : name.schema + "." + name.name;
}

std::string quoted(const QualifiedName& name) {
  const std::string last = quote_identifier(name.name);
  return name.schema.empty() ? last : quote_identifier(name.schema) + "." + last;
}

// Source: PostgreSQL 18, quote_identifier() in src/backend/utils/adt/ruleutils.c.
std::string quote_identifier(std::string_view identifier) {
  if (is_plain(identifier) && !is_quoted_keyword(identifier)) return std::string(identifier);
  return doubled(identifier, '"');
}

// Source: PostgreSQL 18, quote_literal_internal() in src/backend/utils/adt/quote.c.
std::string quote_literal(std::string_view text) {
  if (!text.contains('\\')) return doubled(text, '\'');
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') escaped += c;
    escaped += c;
  }
  return "E" + doubled(escaped, '\'');
}

}  // namespace forelock::model
