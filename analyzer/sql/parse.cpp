#include "analyzer/sql/parse.h"

#include <algorithm>
#include <utility>

#include "analyzer/sql/context.h"
#include "analyzer/sql/lower_expression.h"
#include "analyzer/sql/pg_parser.h"
#include "analyzer/sql/reader.h"
#include "analyzer/sql/splitter.h"
#include "analyzer/text/utf8.h"

namespace forelock::sql {
namespace {

void shift_spans(model::Expression& expression, std::uint32_t by) {
  const auto back = [by](text::Span& span) {
    if (!span.empty()) span = {span.begin_byte - by, span.end_byte - by};
  };
  back(expression.span);
  if (expression.type) back(expression.type->span);
  if (expression.query) {
    model::Query query = *expression.query;
    for (model::RelationUse& use : query.relations) back(use.span);
    for (model::Expression& column : query.columns) back(column.span);
    for (model::Expression& call : query.expressions) back(call.span);
    for (model::QueryTarget& target : query.targets) shift_spans(target.expression, by);
    if (query.where) shift_spans(*query.where, by);
    expression.query = std::make_shared<const model::Query>(std::move(query));
  }
  for (model::Expression& arg : expression.args) shift_spans(arg, by);
}

}  // namespace

std::vector<std::expected<ParsedStatement, SyntaxError>> parse(std::string_view sql) {
  std::string valid;
  if (text::find_invalid_utf8(sql) != std::string_view::npos) {
    valid = text::replace_invalid_utf8(sql, '_');
    sql = valid;
  }
  StatementReader reader;
  std::vector<StatementReader::Result> results;
  for (const ScriptPiece& piece : split(sql, SplitMode::kSql)) {
    if (piece.kind != ScriptPiece::Kind::kStatement) continue;
    const std::uint32_t begin = piece.span.begin_byte;
    for (auto& result : reader.read_piece(sql.substr(begin, piece.span.size()))) {
      text::Span& span = span_of(result);
      span = {span.begin_byte + begin, span.end_byte + begin};
      results.push_back(std::move(result));
    }
  }
  return results;
}

std::expected<model::Expression, SyntaxError> parse_expression(std::string_view sql) {
  constexpr std::string_view kBefore = "SELECT (";
  const auto prefix = static_cast<std::uint32_t>(kBefore.size());
  const text::Span whole{0, static_cast<std::uint32_t>(sql.size())};
  if (sql.contains('\0')) return std::unexpected(SyntaxError{"invalid byte 0x00", whole});
  // The line break ends a comment at the end of the expression.
  const std::string text = std::string(kBefore) + text::replace_invalid_utf8(sql, '_') + "\n)";
  const Tokens tokens(text, {});
  PgParser parser;
  auto tree = parser.parse(text);
  if (!tree) {
    text::Span& span = tree.error().span;
    span = {std::clamp(span.begin_byte, prefix, prefix + whole.end_byte) - prefix,
            std::clamp(span.end_byte, prefix, prefix + whole.end_byte) - prefix};
    return std::unexpected(std::move(tree.error()));
  }
  // Text such as `1), (2` or `a, b` is no single expression.
  const TokenRange range = tokens.inside(1);
  if (range.empty() || tokens.skip(1) != tokens.size() || tokens.find(range, ",") != range.end ||
      tokens.is(range.begin, "select")) {
    return std::unexpected(SyntaxError{"one expression was expected", whole});
  }
  Context context(text, tokens, tree->version);
  const Node value = tree->statement.list("targetList").front().child("val");
  model::Expression result = lower_root(context, value, range);
  if (context.too_deep) {
    return std::unexpected(SyntaxError{"the expression is nested too deeply", whole});
  }
  shift_spans(result, prefix);
  return result;
}

}  // namespace forelock::sql
