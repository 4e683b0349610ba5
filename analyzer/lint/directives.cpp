#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "analyzer/lint/suppressions.h"

namespace forelock::lint {
namespace {

constexpr std::string_view kKeyword = "forelock:";
constexpr std::string_view kBlank = " \t\r\n";

bool is_word(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '-' ||
         character == '_';
}

/// Where the keyword starts in a comment when it is a directive: right after a comment mark.
std::optional<std::size_t> find_keyword(std::string_view comment) {
  std::size_t from = 0;
  while (true) {
    const std::size_t at = comment.find(kKeyword, from);
    if (at == std::string_view::npos) return std::nullopt;
    const std::size_t before =
        at == 0 ? std::string_view::npos : comment.find_last_not_of(kBlank, at - 1);
    if (before == std::string_view::npos ||
        std::string_view("#-/*").find(comment[before]) != std::string_view::npos) {
      return at;
    }
    from = at + kKeyword.size();
  }
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool stands_alone(const text::SourceFile& file, std::uint32_t begin) {
  const auto line_begin = file.lines().line_begin(file.line_of(begin));
  return trimmed(file.text().substr(line_begin, begin - line_begin)).empty();
}

std::optional<Directive::Kind> kind_of(std::string_view word) {
  if (word == "ignore") return Directive::Kind::kIgnore;
  if (word == "ignore-file") return Directive::Kind::kIgnoreFile;
  if (word == "ignore-start") return Directive::Kind::kIgnoreStart;
  if (word == "ignore-end") return Directive::Kind::kIgnoreEnd;
  return std::nullopt;
}

Directive malformed(Directive directive, std::string problem) {
  directive.kind = Directive::Kind::kMalformed;
  directive.problem = std::move(problem);
  return directive;
}

/// Reads the rules between the brackets; `inner` views the comment, which starts at `base`.
bool read_rules(Directive& directive, std::string_view comment, std::size_t open, std::size_t close,
                std::uint32_t base) {
  std::size_t begin = open + 1;
  while (begin <= close) {
    const std::size_t end = std::min(comment.find(',', begin), close);
    const std::string_view piece = comment.substr(begin, end - begin);
    const std::string_view rule = trimmed(piece);
    if (rule.empty() || !std::ranges::all_of(rule, is_word)) return false;
    const auto at = static_cast<std::uint32_t>(rule.data() - comment.data());
    directive.rules.emplace_back(rule);
    directive.rule_spans.push_back(
        {base + at, base + at + static_cast<std::uint32_t>(rule.size())});
    begin = end + 1;
  }
  return true;
}

Directive read_directive(const text::SourceFile& file, const model::SourceComment& source,
                         std::size_t keyword) {
  const std::string_view comment = source.text;
  Directive directive;
  directive.span = source.span;
  directive.own_line = stands_alone(file, source.span.begin_byte);

  std::size_t at = comment.find_first_not_of(kBlank, keyword + kKeyword.size());
  if (at == std::string_view::npos) at = comment.size();
  std::size_t end = at;
  while (end < comment.size() && is_word(comment[end])) ++end;
  const std::string_view word = comment.substr(at, end - at);
  const auto kind = kind_of(word);
  if (!kind.has_value()) {
    return malformed(std::move(directive),
                     word.empty() ? std::string("the directive has no verb")
                                  : "there is no directive '" + std::string(word) + "'");
  }
  directive.kind = *kind;
  const std::size_t open = comment.find_first_not_of(kBlank, end);
  if (open == std::string_view::npos || comment[open] != '[') {
    return malformed(std::move(directive),
                     "'" + std::string(word) + "' names no rules in brackets");
  }
  const std::size_t close = comment.find(']', open);
  if (close == std::string_view::npos) {
    return malformed(std::move(directive), "the bracket is not closed");
  }
  if (!read_rules(directive, comment, open, close, source.span.begin_byte)) {
    return malformed(std::move(directive), "the brackets do not hold a list of rules");
  }
  std::string_view reason = trimmed(comment.substr(close + 1));
  if (reason.ends_with("*/")) reason = trimmed(reason.substr(0, reason.size() - 2));
  reason = reason.substr(std::min(reason.find_first_not_of(":-, \t"), reason.size()));
  directive.reason = std::string(reason);
  return directive;
}

/// End of an SQL comment that starts at `begin` in a string literal of a host file.
std::size_t comment_end(std::string_view text, std::size_t begin, std::size_t limit) {
  if (text.substr(begin, 2) == "/*") {
    const std::size_t end = text.find("*/", begin);
    return end == std::string_view::npos ? limit : std::min(end + 2, limit);
  }
  std::size_t end = begin;
  while (end < limit && text[end] != '\n' && text[end] != '\r' && text[end] != '"' &&
         text.substr(end, 2) != "\\n") {
    ++end;
  }
  return end;
}

}  // namespace

std::vector<Directive> find_directives(const text::SourceFile& file,
                                       const std::vector<model::SourceComment>& comments) {
  std::vector<Directive> directives;
  for (const model::SourceComment& comment : comments) {
    if (const auto keyword = find_keyword(comment.text)) {
      directives.push_back(read_directive(file, comment, *keyword));
    }
  }
  return directives;
}

std::vector<model::SourceComment> comments_in_strings(const text::SourceFile& file,
                                                      const std::vector<model::Call>& calls) {
  std::vector<model::SourceComment> found;
  const std::string_view text = file.text();
  for (std::size_t at = text.find(kKeyword); at != std::string_view::npos;
       at = text.find(kKeyword, at + 1)) {
    if (at == 0) continue;
    const std::size_t mark = text.find_last_not_of(kBlank, at - 1);
    if (mark == std::string_view::npos || mark == 0) continue;
    const std::string_view two = text.substr(mark - 1, 2);
    if (two != "--" && two != "/*") continue;
    for (const model::Call& call : calls) {
      if (!call.arguments_span.contains(static_cast<std::uint32_t>(at))) continue;
      const std::size_t end = comment_end(text, mark - 1, call.arguments_span.end_byte);
      if (end > at) {
        found.push_back({{static_cast<std::uint32_t>(mark - 1), static_cast<std::uint32_t>(end)},
                         std::string(text.substr(mark - 1, end - (mark - 1)))});
      }
      break;
    }
  }
  return found;
}

}  // namespace forelock::lint
