#pragma once

// The words of a PostgreSQL text with their places. PostgreSQL's parse tree says where most things
// start and nothing about where they end; the tokens close that gap, and they cut scripts into
// statements without parsing them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/span.h"

namespace forelock::sql {

enum class TokenKind : std::uint8_t {
  kWord,    ///< An identifier or key word without quotes.
  kQuoted,  ///< A quoted identifier, U&"…" included.
  kString,  ///< '…', E'…', B'…', X'…', N'…', U&'…' and $tag$…$tag$.
  kNumber,
  kParameter,    ///< $1
  kOperator,     ///< One operator, also `::`, `:=`, `=>` and `..`.
  kPunctuation,  ///< One of ( ) [ ] , ; . :
  kComment,      ///< Only when asked for.
  kMetaCommand,  ///< Of a script: from the backslash to the end of the line.
  kCopyData,     ///< Of a script: the lines behind COPY … FROM STDIN; with their end mark.
};

struct Token {
  text::Span span;
  TokenKind kind = TokenKind::kWord;
  bool closed = true;         ///< False for a quote, comment or parenthesis that never ends.
  std::uint32_t partner = 0;  ///< Of a parenthesis or bracket: the index of the other one.
};

/// A half-open range of tokens by index.
struct TokenRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  [[nodiscard]] bool empty() const { return begin >= end; }
};

/// What the lexer is to return apart from the words.
struct LexerOptions {
  bool comments = false;
  bool script =
      false;  ///< psql's meta commands and COPY data; otherwise a backslash is an operator.
};

/// The tokens of one text. Views that text: it must outlive this.
class Tokens {
 public:
  Tokens(std::string_view text, LexerOptions options);

  [[nodiscard]] std::size_t size() const { return tokens_.size(); }
  [[nodiscard]] const Token& operator[](std::size_t index) const { return tokens_[index]; }
  [[nodiscard]] TokenRange all() const { return {0, tokens_.size()}; }
  /// Text of the token; views the text of the constructor. Empty past the end.
  [[nodiscard]] std::string_view text(std::size_t index) const;
  /// Whether the token is this key word (given in lower case), operator or punctuation.
  [[nodiscard]] bool is(std::size_t index, std::string_view word) const;
  /// Index of the first token that begins at or after `byte`.
  [[nodiscard]] std::size_t index_at(std::uint32_t byte) const;
  /// Index behind the token, or behind the closing parenthesis when the token opens one.
  [[nodiscard]] std::size_t skip(std::size_t index) const;
  /// First token in the range, outside of parentheses in it, that is `word`; range.end if none.
  [[nodiscard]] std::size_t find(TokenRange range, std::string_view word) const;
  /// The parts of the range between commas outside of parentheses.
  [[nodiscard]] std::vector<TokenRange> split(TokenRange range) const;
  /// What stands between the parenthesis at `open` and its partner.
  [[nodiscard]] TokenRange inside(std::size_t open) const;
  /// Bytes from the first to the last token; empty for an empty range.
  [[nodiscard]] text::Span span(TokenRange range) const;

 private:
  std::string_view text_;
  std::vector<Token> tokens_;
};

/// The characters that operators are made of.
inline constexpr std::string_view kOperatorCharacters = "~!@#%^&|`?+-*/<>=";

/// Whether two words are the same but for the case of their ASCII letters; `lower` is in lower
/// case.
bool same_word(std::string_view word, std::string_view lower);

}  // namespace forelock::sql
