#include "analyzer/sql/lexer.h"

#include <algorithm>

namespace forelock::sql {
namespace {

// Source: PostgreSQL 18, src/backend/parser/scan.l, for all character classes and forms below.

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80U;
}
bool continues_word(char c) { return starts_word(c) || is_digit(c) || c == '$'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

class Lexer {
 public:
  Lexer(std::string_view text, LexerOptions options) : text_(text), options_(options) {}

  std::vector<Token> run() {
    tokens_.reserve(text_.size() / 6);
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;  // A byte order mark.
    while (true) {
      while (at_ < text_.size() && is_space(text_[at_])) ++at_;
      if (at_ >= text_.size()) break;
      next();
    }
    for (const std::uint32_t open : open_) tokens_[open].closed = false;
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void add(TokenKind kind, std::size_t begin, bool closed = true) {
    tokens_.push_back({{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)},
                       kind,
                       closed,
                       static_cast<std::uint32_t>(tokens_.size())});
  }

  void next() {
    const char c = peek();
    if (c == '-' && peek(1) == '-') return line_comment();
    if (c == '/' && peek(1) == '*') return block_comment();
    if (c == '\'') return string(at_, false);
    if (c == '"') return quoted_identifier(at_);
    if (c == '$') return dollar();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (starts_word(c)) return word();
    if (c == '\\' && options_.script) return meta_command();
    if (kOperatorCharacters.contains(c)) return operator_symbol();
    punctuation();
  }

  void line_comment() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
    if (options_.comments) add(TokenKind::kComment, begin);
  }

  void block_comment() {
    const std::size_t begin = at_;
    int depth = 0;
    bool closed = false;
    while (at_ < text_.size() && !closed) {
      if (peek() == '/' && peek(1) == '*') {
        ++depth;
        at_ += 2;
      } else if (peek() == '*' && peek(1) == '/') {
        --depth;
        at_ += 2;
        closed = depth == 0;
      } else {
        ++at_;
      }
    }
    at_ = std::min(at_, text_.size());
    if (options_.comments || !closed) add(TokenKind::kComment, begin, closed);
  }

  void string(std::size_t begin, bool backslashes) {
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\' && backslashes) {
        at_ = std::min(at_ + 2, text_.size());
      } else if (c == '\'' && peek(1) == '\'') {
        at_ += 2;
      } else if (c == '\'') {
        ++at_;
        return add(TokenKind::kString, begin);
      } else {
        ++at_;
      }
    }
    add(TokenKind::kString, begin, false);
  }

  void quoted_identifier(std::size_t begin) {
    ++at_;
    while (at_ < text_.size()) {
      if (peek() == '"' && peek(1) == '"') {
        at_ += 2;
      } else if (text_[at_++] == '"') {
        return add(TokenKind::kQuoted, begin);
      }
    }
    add(TokenKind::kQuoted, begin, false);
  }

  void dollar() {
    const std::size_t begin = at_;
    std::size_t end = at_ + 1;
    if (end < text_.size() && is_digit(text_[end])) {
      while (end < text_.size() && is_digit(text_[end])) ++end;
      at_ = end;
      return add(TokenKind::kParameter, begin);
    }
    if (end < text_.size() && starts_word(text_[end])) {
      while (end < text_.size() && (starts_word(text_[end]) || is_digit(text_[end]))) ++end;
    }
    if (end >= text_.size() || text_[end] != '$') return punctuation();
    const std::string_view tag = text_.substr(begin, end + 1 - begin);
    const std::size_t close = text_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? text_.size() : close + tag.size();
    add(TokenKind::kString, begin, close != std::string_view::npos);
  }

  void number() {
    const std::size_t begin = at_;
    while (is_digit(peek()) || starts_word(peek()) || (peek() == '.' && peek(1) != '.')) {
      const char c = lower(peek());
      ++at_;
      const bool decimal = lower(text_[begin + (begin + 1 < text_.size() ? 1 : 0)]) != 'x';
      if (c == 'e' && decimal && (peek() == '+' || peek() == '-') && is_digit(peek(1))) ++at_;
    }
    add(TokenKind::kNumber, begin);
  }

  void word() {
    const std::size_t begin = at_;
    const char first = lower(peek());
    if (peek(1) == '\'' && (first == 'e' || first == 'b' || first == 'x' || first == 'n')) {
      ++at_;
      return string(begin, first == 'e');
    }
    if (first == 'u' && peek(1) == '&' && (peek(2) == '\'' || peek(2) == '"')) {
      at_ += 2;
      return peek() == '"' ? quoted_identifier(begin) : string(begin, false);
    }
    while (at_ < text_.size() && continues_word(text_[at_])) ++at_;
    add(TokenKind::kWord, begin);
  }

  // Source: PostgreSQL 18 manual, psql, "Meta-Commands".
  void meta_command() {
    const std::size_t begin = at_;
    if (peek(1) == ';') {
      // `\;` is a semicolon that psql does not act on yet.
      ++at_;
      return;
    }
    at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
    while (at_ > begin + 1 && is_space(text_[at_ - 1])) --at_;
    add(TokenKind::kMetaCommand, begin);
  }

  [[nodiscard]] bool word_at(std::size_t index, std::string_view word) const {
    const text::Span span = tokens_[index].span;
    return tokens_[index].kind == TokenKind::kWord &&
           same_word(text_.substr(span.begin_byte, span.size()), word);
  }

  /// Whether the tokens since the last semicolon are COPY … FROM STDIN.
  [[nodiscard]] bool ends_copy() const {
    std::size_t first = statement_;
    while (first < tokens_.size() && (tokens_[first].kind == TokenKind::kComment ||
                                      tokens_[first].kind == TokenKind::kMetaCommand)) {
      ++first;
    }
    if (first >= tokens_.size() || !word_at(first, "copy")) return false;
    for (std::size_t i = first + 1; i < tokens_.size(); ++i) {
      if (word_at(i - 1, "from") && word_at(i, "stdin")) return true;
    }
    return false;
  }

  /// The lines behind the semicolon of COPY, to `\.` on a line of its own.
  void copy_data() {
    const std::size_t line_end = text_.find('\n', at_);
    if (line_end == std::string_view::npos) return;
    const std::size_t begin = line_end + 1;
    at_ = begin;
    while (at_ < text_.size()) {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      std::string_view line = text_.substr(at_, end - at_);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line == "\\.") {
        at_ += 2;
        return add(TokenKind::kCopyData, begin);
      }
      at_ = std::min(end + 1, text_.size());
    }
    if (at_ > begin) add(TokenKind::kCopyData, begin, false);
  }

  void operator_symbol() {
    // Longer ones are no operators; the bound keeps `+-+-…` from being looked at again and again.
    constexpr std::size_t kMaxBytes = 256;
    const std::size_t begin = at_;
    const std::size_t limit = std::min(begin + kMaxBytes, text_.size());
    std::size_t end = at_;
    while (end < limit && kOperatorCharacters.contains(text_[end])) {
      const std::string_view two = text_.substr(end, 2);
      if (two == "--" || two == "/*") break;
      ++end;
    }
    // An operator ends in + or - only when it holds a character that SQL's own operators lack.
    const std::string_view symbol = text_.substr(begin, end - begin);
    if (symbol.find_first_of("~!@#%^&|`?") == std::string_view::npos) {
      while (end > begin + 1 && (text_[end - 1] == '+' || text_[end - 1] == '-')) --end;
    }
    at_ = end;
    add(TokenKind::kOperator, begin);
  }

  void punctuation() {
    const std::size_t begin = at_;
    const std::string_view two = text_.substr(at_, 2);
    if (two == "::" || two == ":=" || two == "..") {
      at_ += 2;
      return add(TokenKind::kOperator, begin);
    }
    const char c = text_[at_++];
    if (c == ';' && options_.script) {
      const bool copies = ends_copy();
      add(TokenKind::kPunctuation, begin);
      if (copies) copy_data();
      statement_ = tokens_.size();
      return;
    }
    if (c == ')' || c == ']') return close(begin, c == ')' ? '(' : '[');
    add(std::string_view("([,;.:").contains(c) ? TokenKind::kPunctuation : TokenKind::kOperator,
        begin);
    if (c == '(' || c == '[') open_.push_back(static_cast<std::uint32_t>(tokens_.size() - 1));
  }

  void close(std::size_t begin, char opening) {
    const auto index = static_cast<std::uint32_t>(tokens_.size());
    add(TokenKind::kPunctuation, begin, false);
    if (open_.empty() || text_[tokens_[open_.back()].span.begin_byte] != opening) return;
    tokens_[index].partner = open_.back();
    tokens_[index].closed = true;
    tokens_[open_.back()].partner = index;
    open_.pop_back();
  }

  std::string_view text_;
  LexerOptions options_;
  std::size_t at_ = 0;
  std::size_t statement_ = 0;  ///< Index of the first token behind the last semicolon.
  std::vector<Token> tokens_;
  std::vector<std::uint32_t> open_;
};

}  // namespace

bool same_word(std::string_view word, std::string_view lower_word) {
  return std::ranges::equal(word, lower_word, {}, lower);
}

Tokens::Tokens(std::string_view text, LexerOptions options)
    : text_(text), tokens_(Lexer(text, options).run()) {}

std::string_view Tokens::text(std::size_t index) const {
  if (index >= tokens_.size()) return {};
  const text::Span span = tokens_[index].span;
  return text_.substr(span.begin_byte, span.size());
}

bool Tokens::is(std::size_t index, std::string_view word) const {
  if (index >= tokens_.size()) return false;
  const TokenKind kind = tokens_[index].kind;
  if (kind != TokenKind::kWord && kind != TokenKind::kOperator && kind != TokenKind::kPunctuation) {
    return false;
  }
  return same_word(text(index), word);
}

std::size_t Tokens::index_at(std::uint32_t byte) const {
  const auto found = std::ranges::lower_bound(
      tokens_, byte, {}, [](const Token& token) { return token.span.begin_byte; });
  return static_cast<std::size_t>(found - tokens_.begin());
}

std::size_t Tokens::skip(std::size_t index) const {
  if (index >= tokens_.size()) return tokens_.size();
  return std::max<std::size_t>(tokens_[index].partner, index) + 1;
}

std::size_t Tokens::find(TokenRange range, std::string_view word) const {
  for (std::size_t i = range.begin; i < range.end; i = skip(i)) {
    if (is(i, word)) return i;
  }
  return range.end;
}

std::vector<TokenRange> Tokens::split(TokenRange range) const {
  std::vector<TokenRange> parts;
  if (range.empty()) return parts;
  std::size_t begin = range.begin;
  for (std::size_t i = range.begin; i < range.end; i = skip(i)) {
    if (!is(i, ",")) continue;
    parts.push_back({begin, i});
    begin = i + 1;
  }
  parts.push_back({begin, range.end});
  return parts;
}

TokenRange Tokens::inside(std::size_t open) const {
  if (open >= tokens_.size() || !tokens_[open].closed || tokens_[open].partner <= open) {
    return {open, open};
  }
  return {open + 1, tokens_[open].partner};
}

text::Span Tokens::span(TokenRange range) const {
  if (range.empty() || range.end > tokens_.size()) return {};
  return {tokens_[range.begin].span.begin_byte, tokens_[range.end - 1].span.end_byte};
}

}  // namespace forelock::sql
