#include "analyzer/sql/parse.h"

#include <algorithm>
#include <utility>

#include "analyzer/sql/context.h"
#include "analyzer/sql/lower.h"
#include "analyzer/sql/lower_expression.h"
#include "analyzer/sql/pg_parser.h"
#include "analyzer/sql/splitter.h"
#include "analyzer/text/utf8.h"

namespace forelock::sql {
namespace {

using Result = std::expected<ParsedStatement, SyntaxError>;

/// Longer statements are refused: the tree takes about a hundred times as much memory.
constexpr std::size_t kMaxStatementBytes = 4U * 1024U * 1024U;

text::Span shifted(text::Span span, std::uint32_t by) {
  return {span.begin_byte + by, span.end_byte + by};
}

std::unexpected<SyntaxError> failure(std::string message, text::Span span) {
  return std::unexpected(SyntaxError{std::move(message), span});
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
  return std::nullopt;
}

/// The error's span, widened to the token that it points at.
text::Span token_at(std::string_view sql, text::Span span) {
  const Tokens tokens(sql, {});
  const std::size_t index = tokens.index_at(span.begin_byte);
  const bool starts = index < tokens.size() && tokens[index].span.begin_byte == span.begin_byte;
  return starts ? tokens[index].span : span;
}

/// Reads one statement after the other.
class Reader {
 public:
  /// `sql` is valid UTF-8 and one statement; the result's spans count from its start.
  Result read(std::string_view sql) {
    if (auto error = unreadable(sql)) return std::unexpected(*std::move(error));
    std::string text(sql);
    auto tree = parser_.parse(text);
    if (!tree) {
      tree.error().span = token_at(sql, tree.error().span);
      return std::unexpected(std::move(tree.error()));
    }
    const text::Span whole{0, static_cast<std::uint32_t>(sql.size())};
    if (tree->count != 1 || !tree->statement) return failure("one statement was expected", whole);
    const Tokens tokens(text, {});
    Context context(text, tokens, tree->version);
    model::Operation operation = lower_statement(context, tree->statement);
    return ParsedStatement{std::move(operation), whole, std::move(text)};
  }

 private:
  PgParser parser_;
};

/// A statement that failed may have swallowed others: by a parenthesis that opens before and closes
/// behind a semicolon. Reads the parts between semicolons; nothing when none of them is good.
std::vector<Result> recover(Reader& reader, std::string_view sql) {
  std::vector<Result> results;
  bool any_good = false;
  const std::vector<ScriptPiece> pieces = split(sql, SplitMode::kSemicolon);
  const auto statements = std::ranges::count_if(
      pieces, [](const ScriptPiece& piece) { return piece.kind == ScriptPiece::Kind::kStatement; });
  if (statements < 2) return results;
  for (const ScriptPiece& piece : pieces) {
    if (piece.kind != ScriptPiece::Kind::kStatement) continue;
    Result result = reader.read(sql.substr(piece.span.begin_byte, piece.span.size()));
    any_good = any_good || result.has_value();
    text::Span& span = result ? result->span : result.error().span;
    span = shifted(span, piece.span.begin_byte);
    results.push_back(std::move(result));
  }
  if (!any_good) results.clear();
  return results;
}

void shift_spans(model::Expression& expression, std::uint32_t by) {
  const auto back = [by](text::Span& span) {
    if (!span.empty()) span = {span.begin_byte - by, span.end_byte - by};
  };
  back(expression.span);
  if (expression.type) back(expression.type->span);
  for (model::Expression& arg : expression.args) shift_spans(arg, by);
}

}  // namespace

std::vector<Result> parse(std::string_view sql) {
  std::string valid;
  if (text::find_invalid_utf8(sql) != std::string_view::npos) {
    valid = text::replace_invalid_utf8(sql, '_');
    sql = valid;
  }
  Reader reader;
  std::vector<Result> results;
  for (const ScriptPiece& piece : split(sql, SplitMode::kSql)) {
    if (piece.kind != ScriptPiece::Kind::kStatement) continue;
    const std::string_view part = sql.substr(piece.span.begin_byte, piece.span.size());
    std::vector<Result> read;
    read.push_back(reader.read(part));
    if (!read.front()) {
      if (std::vector<Result> parts = recover(reader, part); !parts.empty())
        read = std::move(parts);
    }
    for (Result& result : read) {
      text::Span& span = result ? result->span : result.error().span;
      span = shifted(span, piece.span.begin_byte);
      results.push_back(std::move(result));
    }
  }
  return results;
}

std::expected<model::Expression, SyntaxError> parse_expression(std::string_view sql) {
  constexpr std::string_view kBefore = "SELECT (";
  const auto prefix = static_cast<std::uint32_t>(kBefore.size());
  const text::Span whole{0, static_cast<std::uint32_t>(sql.size())};
  if (auto error = unreadable(sql)) return std::unexpected(*std::move(error));
  // The line break ends a comment at the end of the expression.
  const std::string text = std::string(kBefore) + text::replace_invalid_utf8(sql, '_') + "\n)";
  const Tokens tokens(text, {});
  PgParser parser;
  auto tree = parser.parse(text);
  if (!tree) {
    const text::Span at = token_at(text, tree.error().span);
    tree.error().span = {std::clamp(at.begin_byte, prefix, prefix + whole.end_byte) - prefix,
                         std::clamp(at.end_byte, prefix, prefix + whole.end_byte) - prefix};
    return std::unexpected(std::move(tree.error()));
  }
  // Text such as `1), (2` or `a, b` is no single expression.
  const TokenRange range = tokens.inside(1);
  if (range.empty() || tokens.skip(1) != tokens.size() || tokens.find(range, ",") != range.end ||
      tokens.is(range.begin, "select")) {
    return failure("one expression was expected", whole);
  }
  const NodeList targets = tree->statement.list("targetList");
  Context context(text, tokens, tree->version);
  model::Expression result = lower_root(context, targets.front().child("val"), range);
  shift_spans(result, prefix);
  return result;
}

}  // namespace forelock::sql
