// PL/pgSQL bodies. PostgreSQL's PL/pgSQL parser (pg_query_parse_plpgsql) keeps line numbers but no
// positions and stops at names that it cannot look up, so the body is read here by its tokens, in
// the way in which that parser does it: a statement ends at a semicolon outside of parentheses, and
// an expression at the key word that must follow it (THEN, LOOP, …).

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/sql/constant_text.h"
#include "analyzer/sql/lexer.h"
#include "analyzer/sql/parse.h"
#include "analyzer/sql/reader.h"
#include "analyzer/text/utf8.h"

namespace forelock::sql {
namespace {

// Statements of PL/pgSQL itself that run no SQL of their own but expressions.
// Source: PostgreSQL 18 manual, "Basic Statements", "Control Structures", "Cursors".
constexpr auto kOwnStatements = std::to_array<std::string_view>(
    {"raise", "assert", "get", "fetch", "move", "close", "null", "exit", "continue"});

// Words that start a query inside of FOR … IN and OPEN … FOR.
constexpr auto kQueryWords = std::to_array<std::string_view>(
    {"select", "with", "values", "table", "insert", "update", "delete", "merge"});

/// The value of a string literal without escapes and where it stands; nothing for other literals.
std::optional<text::Span> plain_literal(std::string_view token, text::Span span) {
  if (token.starts_with('$')) {
    const auto tag = static_cast<std::uint32_t>(token.find('$', 1) + 1);
    if (token.size() < 2 * tag) return std::nullopt;
    return text::Span{span.begin_byte + tag, span.end_byte - tag};
  }
  const bool plain = token.size() >= 2 && token.front() == '\'' &&
                     !token.substr(1, token.size() - 2).contains('\'');
  if (!plain) return std::nullopt;
  return text::Span{span.begin_byte + 1, span.end_byte - 1};
}

class BodyReader {
 public:
  explicit BodyReader(std::string_view body) : body_(body), tokens_(body, {}) {}

  std::vector<BodyStatement> run() {
    while (at_ < tokens_.size() && !finished_) statement();
    return std::move(statements_);
  }

 private:
  enum class BlockKind { kBlock, kIf, kLoop, kCase };
  struct Block {
    BlockKind kind;
    bool conditional;   ///< What stands in it may run not at all, or several times.
    std::size_t first;  ///< Index of its first statement among all of them.
  };

  [[nodiscard]] bool is(std::string_view word) const { return tokens_.is(at_, word); }
  [[nodiscard]] bool conditional() const {
    return std::ranges::any_of(blocks_, [](const Block& block) { return block.conditional; });
  }

  /// First token at or after `from`, outside of parentheses, that is `word` or a semicolon.
  [[nodiscard]] std::size_t find(std::size_t from, std::string_view word) const {
    std::size_t i = from;
    while (i < tokens_.size() && !tokens_.is(i, word) && !tokens_.is(i, ";")) i = tokens_.skip(i);
    return std::min(i, tokens_.size());
  }
  [[nodiscard]] std::size_t statement_end() const { return find(at_, ";"); }

  void skip_statement() { at_ = statement_end() + 1; }
  void skip_past(std::string_view word) { at_ = find(at_, word) + 1; }

  void open(BlockKind kind, bool is_conditional) {
    blocks_.push_back({kind, is_conditional, statements_.size()});
  }

  void statement() {
    if (is("<<")) {
      at_ += 3;  // << label >>
    } else if (is("declare")) {
      declarations();
    } else if (is("begin")) {
      open(BlockKind::kBlock, false);
      ++at_;
    } else if (blocks_.empty()) {
      ++at_;  // Compiler options in front of the block: `#variable_conflict`.
    } else if (is("end")) {
      end();
    } else if (!control() && !assignment()) {
      sql_statement();
    }
  }

  void declarations() {
    ++at_;
    while (at_ < tokens_.size() && !is("begin")) {
      declares_ = true;
      skip_statement();
    }
  }

  void end() {
    blocks_.pop_back();
    finished_ = blocks_.empty();
    skip_statement();
  }

  /// Reads the head of a control structure.
  bool control() {
    if (is("exception") && blocks_.back().kind == BlockKind::kBlock) {
      blocks_.back().conditional = true;
      for (std::size_t i = blocks_.back().first; i < statements_.size(); ++i) {
        statements_[i].caught = true;
      }
      ++at_;
    } else if (is("when")) {
      skip_past("then");
    } else if (is("if")) {
      open(BlockKind::kIf, true);
      skip_past("then");
    } else if (is("elsif") || is("elseif")) {
      skip_past("then");
    } else if (is("else")) {
      ++at_;
    } else if (is("case")) {
      open(BlockKind::kCase, true);
      at_ = find(at_ + 1, "when");
    } else if (is("loop")) {
      open(BlockKind::kLoop, true);
      ++at_;
    } else if (is("while") || is("foreach")) {
      open(BlockKind::kLoop, true);
      skip_past("loop");
    } else if (is("for")) {
      for_loop();
    } else {
      return false;
    }
    return true;
  }

  void for_loop() {
    declares_ = true;
    const std::size_t end = find(at_, "loop");
    const std::size_t in = tokens_.find({at_, end}, "in");
    // The query itself runs once, outside of its loop.
    query({in + 1, end});
    open(BlockKind::kLoop, true);
    at_ = end + 1;
  }

  /// `name := …`, `name.field[1] = …`
  bool assignment() {
    std::size_t i = at_;
    const TokenKind kind = tokens_[i].kind;
    if (kind != TokenKind::kWord && kind != TokenKind::kQuoted) return false;
    ++i;
    while (tokens_.is(i, ".") || tokens_.is(i, "["))
      i = tokens_.is(i, ".") ? i + 2 : tokens_.skip(i);
    if (!tokens_.is(i, ":=") && !tokens_.is(i, "=")) return false;
    skip_statement();
    return true;
  }

  void sql_statement() {
    const TokenRange range{at_, statement_end()};
    at_ = range.end + 1;
    if (range.empty()) return;
    const auto own = [&](std::string_view word) { return tokens_.is(range.begin, word); };
    if (own("raise") && raises_error(range)) {
      BodyStatement raise;
      raise.raises = true;
      raise.conditional = conditional() || may_have_returned_;
      raise.span = tokens_.span(range);
      statements_.push_back(std::move(raise));
    }
    if (std::ranges::any_of(kOwnStatements, own)) return;
    if (own("execute")) {
      execute(range);
    } else if (own("return")) {
      may_have_returned_ = true;
      if (tokens_.is(range.begin + 1, "query")) query({range.begin + 2, range.end});
    } else if (own("open")) {
      query({tokens_.find(range, "for") + 1, range.end});
    } else {
      const std::size_t before = statements_.size();
      static_sql(range);
      const auto starts = [&](std::string_view word) { return tokens_.is(range.begin, word); };
      const auto has = [&](std::string_view word) { return tokens_.find(range, word) < range.end; };
      const bool writes = starts("update") || starts("delete");
      const bool rows = starts("select") || starts("values") || (writes && has("returning"));
      if (rows && !has("into") && before < statements_.size()) {
        statements_.back().discards_rows = true;
      }
    }
  }

  /// RAISE without a level raises an exception; alone, in a handler, it raises the same one again.
  [[nodiscard]] bool raises_error(TokenRange range) const {
    constexpr auto kMilder =
        std::to_array<std::string_view>({"debug", "log", "info", "notice", "warning"});
    return range.begin + 1 < range.end && std::ranges::none_of(kMilder, [&](std::string_view word) {
             return tokens_.is(range.begin + 1, word);
           });
  }

  /// A query, or EXECUTE of one, or (nothing to be read) an expression.
  void query(TokenRange range) {
    if (range.empty()) return;
    if (tokens_.is(range.begin, "execute")) return execute(range);
    const std::size_t first = tokens_.is(range.begin, "(") ? range.begin + 1 : range.begin;
    const auto starts = [&](std::string_view word) { return tokens_.is(first, word); };
    if (std::ranges::any_of(kQueryWords, starts)) static_sql(range);
  }

  /// SQL that is made while it runs; what is made of constants is known nevertheless.
  void execute(TokenRange range) {
    const std::size_t literal = range.begin + 1;
    const bool alone = literal + 1 == range.end || tokens_.is(literal + 1, "into") ||
                       tokens_.is(literal + 1, "using");
    if (alone && literal < range.end && tokens_[literal].kind == TokenKind::kString &&
        tokens_[literal].closed) {
      const auto inner = plain_literal(tokens_.text(literal), tokens_[literal].span);
      if (inner && add(*inner, std::string(body_.substr(inner->begin_byte, inner->size())))) return;
    }
    std::size_t end = literal;
    while (end < range.end && !tokens_.is(end, "into") && !tokens_.is(end, "using")) {
      end = tokens_.skip(end);
    }
    const text::Span made = tokens_.span({literal, std::min(end, range.end)});
    const auto expression = parse_expression(body_.substr(made.begin_byte, made.size()));
    if (expression) {
      const std::optional<std::string> sql = constant_text(*expression);
      if (sql && add_made(made, *sql)) return;
    }
    BodyStatement statement;
    statement.conditional = conditional();
    statement.dynamic = true;
    statement.span = tokens_.span(range);
    statements_.push_back(std::move(statement));
  }

  void static_sql(TokenRange range) {
    const text::Span span = tokens_.span(range);
    std::string sql(body_.substr(span.begin_byte, span.size()));
    if (tokens_.is(range.begin, "perform")) sql.replace(0, 7, "SELECT ");
    blank_into(range, span, sql);
    sql.resize(sql.find_last_not_of(' ') + 1);
    if (add(span, sql)) return;
    BodyStatement failed;
    failed.conditional = conditional();
    failed.span = span;
    statements_.push_back(std::move(failed));
  }

  /// Spaces for `INTO [STRICT] target, …`, as PL/pgSQL's own parser puts them.
  void blank_into(TokenRange range, text::Span span, std::string& sql) const {
    std::size_t begin = range.begin;
    while (begin < range.end && !tokens_.is(begin, "into")) begin = tokens_.skip(begin);
    // INSERT INTO and MERGE INTO are no such clause.
    if (begin > range.begin &&
        (tokens_.is(begin - 1, "insert") || tokens_.is(begin - 1, "merge"))) {
      begin = tokens_.find({begin + 1, range.end}, "into");
    }
    const auto starts = [&](std::string_view word) { return tokens_.is(range.begin, word); };
    if (begin >= range.end || !std::ranges::any_of(kQueryWords, starts)) return;
    std::size_t end = begin + 1;
    if (tokens_.is(end, "strict")) ++end;
    while (end < range.end) {
      ++end;
      while (end < range.end && (tokens_.is(end, ".") || tokens_.is(end, "["))) {
        end = tokens_.is(end, ".") ? end + 2 : tokens_.skip(end);
      }
      if (!tokens_.is(end, ",")) break;
      ++end;
    }
    const text::Span blank = tokens_.span({begin, std::min(end, range.end)});
    for (std::uint32_t byte = blank.begin_byte; byte < blank.end_byte; ++byte) {
      char& c = sql[byte - span.begin_byte];
      if (c != '\n' && c != '\r') c = ' ';
    }
  }

  /// Reads `sql`, whose bytes stand at `span` of the body. Whether it parsed.
  bool add(text::Span span, const std::string& sql) {
    auto results = reader_.read_piece(sql);
    const bool good = std::ranges::all_of(results, [](const auto& r) { return r.has_value(); });
    if (!good) return false;
    for (auto& result : results) {
      BodyStatement statement;
      result->span = {result->span.begin_byte + span.begin_byte,
                      result->span.end_byte + span.begin_byte};
      statement.span = result->span;
      statement.statement = *std::move(result);
      statement.conditional = conditional();
      statement.sees_variables = declares_;
      statements_.push_back(std::move(statement));
    }
    return true;
  }

  /// The same of SQL that stands nowhere: all of it is at `span`.
  bool add_made(text::Span span, const std::string& sql) {
    const std::size_t before = statements_.size();
    if (!add(span, sql)) return false;
    for (std::size_t i = before; i < statements_.size(); ++i) {
      statements_[i].span = span;
      statements_[i].statement->span = span;
    }
    return true;
  }

  std::string_view body_;
  Tokens tokens_;
  StatementReader reader_;
  std::size_t at_ = 0;
  std::vector<Block> blocks_;
  bool finished_ = false;
  bool may_have_returned_ = false;
  bool declares_ = false;
  std::vector<BodyStatement> statements_;
};

}  // namespace

std::vector<BodyStatement> parse_plpgsql(std::string_view body) {
  const std::string valid = text::replace_invalid_utf8(body, '_');
  return BodyReader(valid).run();
}

}  // namespace forelock::sql
