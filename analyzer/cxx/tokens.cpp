#include "analyzer/cxx/tokens.h"

#include <clang/Basic/LangOptions.h>
#include <clang/Lex/Lexer.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "analyzer/cxx/literals.h"
#include "analyzer/cxx/sql_text.h"

namespace forelock::cxx {
namespace {

struct Word {
  std::string_view text;  ///< Views into the source.
  std::uint32_t begin = 0;
  bool name = false;
  bool string = false;
  bool directive = false;  ///< On a line of the preprocessor's.

  [[nodiscard]] std::uint32_t end() const {
    return begin + static_cast<std::uint32_t>(text.size());
  }
};

using Words = std::vector<Word>;

/// The words of `[begin, end)`.
struct Range {
  std::size_t begin = 0, end = 0;
};

clang::LangOptions cxx_options() {
  clang::LangOptions options;
  options.CPlusPlus = true;
  options.CPlusPlus11 = true;
  options.CPlusPlus14 = true;
  options.CPlusPlus17 = true;
  options.CPlusPlus20 = true;
  options.LineComment = true;
  options.RawStringLiterals = true;
  return options;
}

Words lex(const std::string& source, std::vector<text::Span>& comments) {
  Words words;
  const clang::LangOptions options = cxx_options();
  clang::Lexer lexer(clang::SourceLocation(), options, source.data(), source.data(),
                     source.data() + source.size());
  lexer.SetCommentRetentionState(true);
  clang::Token token;
  bool directive = false;
  for (bool last = false; !last;) {
    last = lexer.LexFromRawLexer(token);
    if (token.is(clang::tok::eof)) break;
    const auto end = static_cast<std::uint32_t>(lexer.getBufferLocation() - source.data());
    const std::uint32_t begin = end - token.getLength();
    if (token.is(clang::tok::comment)) {
      comments.push_back({begin, end});
      continue;
    }
    const std::string_view text = std::string_view(source).substr(begin, end - begin);
    if (token.isAtStartOfLine()) directive = token.is(clang::tok::hash);
    words.push_back({.text = text,
                     .begin = begin,
                     .name = token.is(clang::tok::raw_identifier),
                     .string = clang::tok::isStringLiteral(token.getKind()),
                     .directive = directive});
  }
  return words;
}

class Reader {
 public:
  Reader(const Words& words, const SqlFunctions& functions, const std::set<std::uint32_t>& known)
      : words_(words), functions_(functions), known_(known) {}

  std::vector<FoundCall> calls() const {
    std::vector<FoundCall> found;
    for (std::size_t i = 0; i + 1 < words_.size(); ++i) {
      if (!words_[i].name || words_[i].directive || !is(i + 1, "(") ||
          known_.contains(words_[i].begin) || !functions_.match_simple(words_[i].text)) {
        continue;
      }
      const auto close = closing(i + 1);
      if (!close) continue;
      if (auto sql = sql_of(i, *close)) {
        found.push_back({.call = {words_[i].begin, words_[*close].end()},
                         .name_byte = words_[i].begin,
                         .function = std::string(words_[i].text),
                         .sql = *std::move(sql)});
      }
    }
    return found;
  }

 private:
  [[nodiscard]] bool is(std::size_t at, std::string_view text) const {
    return at < words_.size() && !words_[at].string && words_[at].text == text;
  }

  /// The word that closes the bracket at `open`.
  [[nodiscard]] std::optional<std::size_t> closing(std::size_t open) const {
    std::size_t depth = 0;
    for (std::size_t at = open; at < words_.size(); ++at) {
      if (is(at, "(") || is(at, "[") || is(at, "{")) ++depth;
      if ((is(at, ")") || is(at, "]") || is(at, "}")) && --depth == 0) return at;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::vector<Range> arguments(std::size_t open, std::size_t close) const {
    std::vector<Range> list;
    std::size_t begin = open + 1;
    for (std::size_t at = begin; at < close; ++at) {
      if (is(at, "(") || is(at, "[") || is(at, "{")) {
        const auto inner = closing(at);
        if (!inner || *inner >= close) break;
        at = *inner;
      } else if (is(at, ",")) {
        list.push_back({begin, at});
        begin = at + 1;
      }
    }
    if (begin < close) list.push_back({begin, close});
    return list;
  }

  /// A name behind a type declares a function; it does not call it.
  [[nodiscard]] bool declares(std::size_t name) const {
    if (name == 0) return false;
    const Word& before = words_[name - 1];
    if (before.name) return before.text != "return" && before.text != "else";
    return before.text == "*" || before.text == "&" || before.text == "~";
  }

  [[nodiscard]] std::optional<SqlText> sql_of(std::size_t name, std::size_t close) const {
    const std::vector<Range> list = arguments(name + 1, close);
    if (const auto index = SqlFunctions::sql_argument(words_[name].text)) {
      if (*index >= list.size() || declares(name)) return std::nullopt;
      return evaluate(list[*index]);
    }
    for (const Range& argument : list) {
      SqlText text = evaluate(argument);
      if (starts_like_sql(text.known.text)) return text;
    }
    return std::nullopt;
  }

  /// Without `std::string(…)` around and `.c_str()` behind.
  [[nodiscard]] Range stripped(Range range) const {
    const auto size = [&] { return range.end - range.begin; };
    for (bool again = true; again;) {
      again = false;
      if (size() > 4 && is(range.end - 1, ")") && is(range.end - 2, "(") &&
          (is(range.end - 3, "c_str") || is(range.end - 3, "data")) && is(range.end - 4, ".")) {
        range.end -= 4;
        again = true;
      }
      std::size_t open = range.begin;
      while (open < range.end && (words_[open].name || is(open, "::"))) ++open;
      if (open < range.end && (is(open, "(") || is(open, "{")) && closing(open) == range.end - 1 &&
          (open == range.begin || is_string_type(words_[open - 1].text))) {
        range = {open + 1, range.end - 1};
        again = true;
      }
    }
    return range;
  }

  static bool is_string_type(std::string_view name) {
    static constexpr auto kNames = std::to_array<std::string_view>(
        {"string", "string_view", "zview", "cstring_view", "QStringLiteral", "QString"});
    return std::ranges::find(kNames, name) != kNames.end();
  }

  [[nodiscard]] SqlText evaluate(Range range, int depth = 0) const {
    range = stripped(range);
    SqlText result;
    if (range.begin + 1 == range.end && words_[range.begin].name) {
      return constant(range.begin, depth);
    }
    for (std::size_t at = range.begin; at < range.end; ++at) {
      if (words_[at].string) {
        if (const auto text = decode_literal(words_[at].text, words_[at].begin)) {
          result.known.append(*text);
          continue;
        }
      }
      if (!is(at, "+")) result.unknown = kPartNotConstant;
    }
    if (result.known.text.empty()) result.unknown = kNotConstant;
    return result;
  }

  /// What the nearest definition above gives the constant at `use`.
  [[nodiscard]] SqlText constant(std::size_t use, int depth) const {
    constexpr int kMaxDepth = 8;  // A constant that is another constant.
    const std::string_view name = words_[use].text;
    SqlText unknown{.known = {}, .unknown = kNotConstant};
    if (depth > kMaxDepth) return unknown;
    for (std::size_t at = use; at-- > 0;) {
      if (!words_[at].name || words_[at].text != name || is(at - 1, ".") || is(at - 1, "->")) {
        continue;
      }
      if (at >= 2 && is(at - 1, "define") && is(at - 2, "#")) return strings_from(at + 1);
      std::size_t next = at + 1;
      if (is(next, "[")) next = closing(next).value_or(next) + 1;
      if (is(next, "+=")) return unknown;
      if (!is(next, "=") && !is(next, "{")) continue;
      if (is(next, "=") && is(next + 1, "{")) ++next;
      std::size_t end = next + 1;
      while (end < words_.size() && !is(end, ";") && !is(end, "}")) ++end;
      return evaluate({next + 1, end}, depth + 1);
    }
    return unknown;
  }

  /// The literals that follow at once.
  [[nodiscard]] SqlText strings_from(std::size_t at) const {
    SqlText result;
    for (; at < words_.size() && words_[at].string; ++at) {
      const auto text = decode_literal(words_[at].text, words_[at].begin);
      if (!text) break;
      result.known.append(*text);
    }
    if (result.known.text.empty()) result.unknown = kNotConstant;
    return result;
  }

  const Words& words_;
  const SqlFunctions& functions_;
  const std::set<std::uint32_t>& known_;
};

}  // namespace

TokenResult read_tokens(const std::string& source, const SqlFunctions& functions,
                        const std::set<std::uint32_t>& known) {
  TokenResult result;
  const Words words = lex(source, result.comments);
  result.calls = Reader(words, functions, known).calls();
  return result;
}

}  // namespace forelock::cxx
