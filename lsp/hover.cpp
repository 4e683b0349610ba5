#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <vector>

#include "lsp/diagnostic.h"
#include "lsp/features.h"

namespace forelock::lsp {
namespace {

const lint::Rule* find_rule(std::span<const lint::Rule* const> rules, std::string_view id) {
  const auto found =
      std::ranges::find_if(rules, [id](const lint::Rule* rule) { return rule->info.id == id; });
  return found == rules.end() ? nullptr : *found;
}

bool is_rule_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-';
}

/// The word at `byte` when its line holds a directive.
std::optional<text::Span> directive_word(const text::SourceFile& file, std::uint32_t byte) {
  const std::uint32_t line1 = file.line_of(byte);
  const std::uint32_t begin = file.lines().line_begin(line1);
  const std::string_view line = file.lines().line(file.text(), line1);
  const std::size_t mark = line.find("forelock:");
  if (mark == std::string_view::npos || byte - begin < mark || byte - begin > line.size()) {
    return std::nullopt;
  }
  std::size_t from = byte - begin;
  std::size_t to = from;
  while (from > 0 && is_rule_character(line[from - 1])) --from;
  while (to < line.size() && is_rule_character(line[to])) ++to;
  if (from == to) return std::nullopt;
  return text::Span{begin + static_cast<std::uint32_t>(from),
                    begin + static_cast<std::uint32_t>(to)};
}

/// What holds for this very statement: its locks.
std::string locks_text(const lint::Finding& finding, bool markdown) {
  if (!finding.statement || finding.statement->locks.empty()) return {};
  std::string text = markdown ? "**Locks.** " : "Locks: ";
  std::string separator;
  for (const lint::StatementInfo::Lock& lock : finding.statement->locks) {
    text += fmt::format(fmt::runtime(markdown ? "{}`{}` on `{}`" : "{}{} on {}"), separator,
                        lock.mode, lock.relation);
    separator = ", ";
  }
  return text + "\n\n";
}

void add_example(std::string& text, std::string_view title, std::string_view example,
                 const lint::RuleInfo& rule, bool markdown) {
  if (example.empty()) return;
  while (example.starts_with('\n')) example.remove_prefix(1);
  while (example.ends_with('\n')) example.remove_suffix(1);
  const bool sql = rule.example_language == lint::ExampleLanguage::kSql;
  if (markdown) {
    text += fmt::format("{}:\n```{}\n{}\n```\n\n", title, sql ? "sql" : "python", example);
  } else {
    text += fmt::format("{}:\n{}\n\n", title, example);
  }
}

}  // namespace

std::string rule_text(const lint::RuleInfo& rule, bool markdown) {
  std::string text;
  const auto paragraph = [&](std::string_view title, std::string_view body) {
    if (body.empty()) return;
    if (title.empty()) {
      text += fmt::format("{}\n\n", body);
    } else if (markdown) {
      text += fmt::format("**{}.** {}\n\n", title, body);
    } else {
      text += fmt::format("{}: {}\n\n", title, body);
    }
  };
  text += markdown ? fmt::format("**{}** ({})\n\n", rule.id, rule.group)
                   : fmt::format("{} ({})\n\n", rule.id, rule.group);
  paragraph("", rule.summary);
  paragraph("Why", rule.why);
  paragraph("Safer", rule.safer);
  add_example(text, "Instead of", rule.bad, rule, markdown);
  add_example(text, "Write", rule.good, rule, markdown);
  paragraph("Source", rule.source);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

Json hover(const FileAnalysis& analysis, const Document& document, std::uint32_t byte,
           std::span<const lint::Rule* const> rules, const Client& client) {
  const text::SourceFile file(document.path, document.text);
  const bool markdown = client.markdown_hover;
  std::string text;
  std::optional<text::Span> range;
  std::set<std::string_view> told;
  const auto tell = [&](const lint::Rule* rule, text::Span span) {
    if (rule == nullptr || !told.insert(rule->info.id).second) return;
    if (!text.empty()) text += markdown ? "\n\n---\n\n" : "\n\n----------\n\n";
    text += rule_text(rule->info, markdown);
    if (!range || range->size() > span.size()) range = span;
  };
  for (const lint::Finding& finding : analysis.findings) {
    const text::Span span = visible_span(file, finding.location.span);
    if (byte < span.begin_byte || byte > span.end_byte) continue;
    const lint::Rule* rule = find_rule(rules, finding.rule);
    if (rule != nullptr && !told.contains(rule->info.id)) {
      const std::string locks = locks_text(finding, markdown);
      tell(rule, span);
      if (!locks.empty()) text += "\n\n" + locks.substr(0, locks.size() - 2);
    }
  }
  if (const auto word = directive_word(file, byte))
    tell(find_rule(rules, file.slice(*word)), *word);
  if (text.empty()) return nullptr;
  return {{"contents", {{"kind", markdown ? "markdown" : "plaintext"}, {"value", text}}},
          {"range", to_range(file, *range, client.encoding)}};
}

}  // namespace forelock::lsp
