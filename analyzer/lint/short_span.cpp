#include <algorithm>
#include <cctype>
#include <string_view>

#include "analyzer/lint/rule.h"

namespace forelock::lint {
namespace {

bool is_space(char character) {
  return character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

/// Words that may stand between a statement's verb and the name of its object.
bool is_verb_word(std::string_view word) {
  static constexpr std::string_view kWords[] = {
      "create",   "alter",        "drop",      "insert",      "into",       "update",
      "delete",   "from",         "truncate",  "table",       "index",      "unique",
      "view",     "materialized", "type",      "sequence",    "schema",     "domain",
      "function", "trigger",      "extension", "if",          "not",        "exists",
      "only",     "or",           "replace",   "temporary",   "temp",       "unlogged",
      "foreign",  "concurrently", "policy",    "rule",        "database",   "refresh",
      "reindex",  "cluster",      "vacuum",    "full",        "lock",       "comment",
      "on",       "procedure",    "recursive", "column",      "constraint", "copy",
      "merge",    "statistics",   "aggregate", "publication", "system",     "analyze",
      "verbose",  "global",       "local"};
  return std::ranges::any_of(
      kWords, [&](std::string_view known) { return equal_ignoring_case(known, word); });
}

/// The verb and the name after it, on one line: `ALTER TABLE users`.
text::Span verb_and_object(std::string_view sql) {
  std::size_t end = 0;
  std::size_t at = 0;
  while (at < sql.size()) {
    while (at < sql.size() && (sql[at] == ' ' || sql[at] == '\t')) ++at;
    if (at >= sql.size() || sql[at] == '\n' || sql[at] == '\r') break;
    const std::size_t begin = at;
    if (sql[at] == '"') {
      while (++at < sql.size() && sql[at] != '"') {
      }
      at = std::min(at + 1, sql.size());
      while (at < sql.size() && !is_space(sql[at]) && sql[at] != '(' && sql[at] != ';') ++at;
    } else {
      while (at < sql.size() && !is_space(sql[at]) && sql[at] != '(' && sql[at] != ';') ++at;
    }
    if (at == begin) break;
    end = at;
    if (!is_verb_word(sql.substr(begin, at - begin))) break;
  }
  return {0, static_cast<std::uint32_t>(end == 0 ? sql.size() : end)};
}

/// `op.drop_column("users", "email"`: the name with its first literal arguments on that line.
text::Span call_with_object(const model::Migration& migration, const model::Call& call) {
  const text::SourceFile& file = *migration.file;
  text::Span span = call.span;
  const auto line = file.line_of(call.span.begin_byte);
  const std::string_view written = file.slice(call.span);
  const std::size_t parenthesis = written.find('(');
  if (parenthesis == std::string_view::npos) return span;
  span.end_byte = call.span.begin_byte + static_cast<std::uint32_t>(parenthesis);
  for (const model::CallArgument& argument : call.arguments) {
    if (!argument.is_literal || !argument.keyword.empty()) break;
    if (argument.span.empty() || argument.span.end_byte > call.span.end_byte ||
        file.line_of(argument.span.end_byte) != line) {
      break;
    }
    span.end_byte = argument.span.end_byte;
  }
  if (file.line_of(span.end_byte) != line) {
    span.end_byte =
        span.begin_byte + static_cast<std::uint32_t>(
                              std::min(written.find('\n'), static_cast<std::size_t>(parenthesis)));
  }
  return span;
}

}  // namespace

text::Span short_span(const model::Migration& migration, const model::Statement& statement) {
  const text::Span in_sql = verb_and_object(statement.sql);
  const auto& call = statement.origin.call;
  if (!call.has_value() || *call >= migration.calls.size()) {
    return statement.map.empty() ? statement.span : statement.host(in_sql);
  }
  // SQL that stands in the call as text is shown itself.
  if (const auto exact = statement.map.editable(in_sql)) return *exact;
  const auto verb = static_cast<std::uint32_t>(
      std::min(std::string_view{statement.sql}.find_first_of(" \t\r\n"), statement.sql.size()));
  if (const auto exact = statement.map.editable({0, verb})) return *exact;
  return call_with_object(migration, migration.calls[*call]);
}

}  // namespace forelock::lint
