#include "analyzer/sql/reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "analyzer/sql/context.h"
#include "analyzer/sql/lower.h"
#include "analyzer/sql/splitter.h"

namespace forelock::sql {
namespace {

/// Longer statements are refused: the tree takes about a hundred times as much memory.
constexpr std::size_t kMaxStatementBytes = 4U * 1024U * 1024U;

// PostgreSQL's lexer takes a whole run of operator characters and gives back all but its first one
// or two, again and again: `/*/*/*…` and `+-+-+-…` take it time with the square of their length.
// This bounds the sum of these squares, to about a tenth of a second. Source: PostgreSQL 18,
// src/backend/parser/scan.l, {xcstart} and {operator}.
constexpr std::size_t kMaxOperatorCost = 100'000'000;

/// Sum of the squared lengths of the runs of operator characters in the text.
std::size_t operator_cost(std::string_view text) {
  std::size_t cost = 0;
  std::size_t run = 0;
  for (const char c : text) {
    if (kOperatorCharacters.contains(c)) {
      ++run;
    } else if (run > 0) {
      cost += run * run;
      run = 0;
    }
  }
  return cost + run * run;
}

/// The same without what stands in quotes and in comments to the end of the line, which cost
/// nothing.
bool has_long_operators(std::string_view sql) {
  std::string code(sql);
  const Tokens tokens(sql, {.comments = true});
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const TokenKind kind = tokens[i].kind;
    const bool is_line_comment = kind == TokenKind::kComment && tokens.text(i).starts_with("--");
    if (kind != TokenKind::kString && kind != TokenKind::kQuoted && !is_line_comment) continue;
    const text::Span span = tokens[i].span;
    std::fill(code.begin() + span.begin_byte, code.begin() + span.end_byte, ' ');
  }
  return operator_cost(code) > kMaxOperatorCost;
}

/// Why the text cannot be handed to the parser.
std::optional<SyntaxError> unreadable(std::string_view sql) {
  if (sql.size() > kMaxStatementBytes) {
    return SyntaxError{"the statement is too long", {0, static_cast<std::uint32_t>(sql.size())}};
  }
  if (const std::size_t zero = sql.find('\0'); zero != std::string_view::npos) {
    const auto at = static_cast<std::uint32_t>(zero);
    return SyntaxError{"invalid byte 0x00", {at, at + 1}};
  }
  if (operator_cost(sql) > kMaxOperatorCost && has_long_operators(sql)) {
    return SyntaxError{"the statement has too long a run of operator characters",
                       {0, static_cast<std::uint32_t>(sql.size())}};
  }
  return std::nullopt;
}

/// The error's span, widened to the token that it points at.
text::Span token_at(const Tokens& tokens, text::Span span) {
  const std::size_t index = tokens.index_at(span.begin_byte);
  const bool starts = index < tokens.size() && tokens[index].span.begin_byte == span.begin_byte;
  return starts ? tokens[index].span : span;
}

}  // namespace

text::Span& span_of(StatementReader::Result& result) {
  return result ? result->span : result.error().span;
}

StatementReader::Result StatementReader::read(std::string_view sql) {
  if (auto error = unreadable(sql)) return std::unexpected(*std::move(error));
  std::string text(sql);
  auto tree = parser_.parse(text);
  const Tokens tokens(text, {});
  if (!tree) {
    tree.error().span = token_at(tokens, tree.error().span);
    return std::unexpected(std::move(tree.error()));
  }
  const text::Span whole{0, static_cast<std::uint32_t>(sql.size())};
  if (tree->count != 1 || !tree->statement) {
    return std::unexpected(SyntaxError{"one statement was expected", whole});
  }
  Context context(text, tokens, tree->version);
  model::Operation operation = lower_statement(context, tree->statement);
  if (context.too_deep) {
    return std::unexpected(SyntaxError{"the statement is nested too deeply", whole});
  }
  return ParsedStatement{std::move(operation), whole, std::move(text)};
}

std::vector<StatementReader::Result> StatementReader::read_piece(std::string_view sql) {
  std::vector<Result> results;
  results.push_back(read(sql));
  if (!results.front()) {
    if (std::vector<Result> parts = read_parts(sql); !parts.empty()) return parts;
  }
  return results;
}

std::vector<StatementReader::Result> StatementReader::read_parts(std::string_view sql) {
  std::vector<Result> results;
  std::vector<ScriptPiece> pieces = split(sql, SplitMode::kSemicolon);
  std::erase_if(
      pieces, [](const ScriptPiece& piece) { return piece.kind != ScriptPiece::Kind::kStatement; });
  if (pieces.size() < 2) return results;
  bool any_good = false;
  for (const ScriptPiece& piece : pieces) {
    Result result = read(sql.substr(piece.span.begin_byte, piece.span.size()));
    any_good = any_good || result.has_value();
    text::Span& span = span_of(result);
    span = {span.begin_byte + piece.span.begin_byte, span.end_byte + piece.span.begin_byte};
    results.push_back(std::move(result));
  }
  if (!any_good) results.clear();
  return results;
}

}  // namespace forelock::sql
