#include "analyzer/lint/rewriter.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <utility>

namespace forelock::lint {
namespace {

constexpr std::string_view kIndent = "    ";

std::uint32_t line_begin(const text::SourceFile& file, std::uint32_t byte) {
  return file.lines().line_begin(file.line_of(byte));
}

/// The space that the line of `byte` starts with; nothing when code stands before `byte`.
std::optional<std::string_view> indent_before(const text::SourceFile& file, std::uint32_t byte) {
  const auto begin = line_begin(file, byte);
  const std::string_view before = file.text().substr(begin, byte - begin);
  if (before.find_first_not_of(" \t") != std::string_view::npos) return std::nullopt;
  return before;
}

std::string_view line_break(const text::SourceFile& file) {
  return file.text().find("\r\n") != std::string_view::npos ? "\r\n" : "\n";
}

bool is_word(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_' ||
         character == '"';
}

/// Where the SQL key word `word` ends, outside of quotes and comments it is hoped for: the words
/// that are asked for stand in a statement's head.
std::size_t find_word_end(std::string_view sql, std::string_view word) {
  for (std::size_t at = 0; at + word.size() <= sql.size(); ++at) {
    if (at > 0 && is_word(sql[at - 1])) continue;
    if (at + word.size() < sql.size() && is_word(sql[at + word.size()])) continue;
    if (std::ranges::equal(sql.substr(at, word.size()), word, [](char a, char b) {
          return std::toupper(static_cast<unsigned char>(a)) == b;
        })) {
      return at + word.size();
    }
  }
  return std::string_view::npos;
}

}  // namespace

const model::Call* Rewriter::call_of(const model::Statement& statement) const {
  const auto& call = statement.origin.call;
  if (!call.has_value() || *call >= migration_.calls.size()) return nullptr;
  return &migration_.calls[*call];
}

Edits Rewriter::insert_after_word(const model::Statement& statement, std::string_view word,
                                  std::string_view inserted) const {
  const std::size_t end = find_word_end(statement.sql, word);
  if (end == std::string_view::npos) return std::nullopt;
  const auto at = static_cast<std::uint32_t>(end);
  const auto size = static_cast<std::uint32_t>(word.size());
  const auto host = statement.map.editable({at - size, at});
  if (!host.has_value()) return std::nullopt;
  return std::vector<text::Edit>{{{host->end_byte, host->end_byte}, std::string(inserted)}};
}

Edits Rewriter::add_concurrently(const model::Statement& statement, bool in_transaction) const {
  Edits edits = insert_after_word(statement, "INDEX", " CONCURRENTLY");
  if (!edits.has_value()) {
    const model::Call* call = call_of(statement);
    if (call == nullptr ||
        !(call->function.ends_with(".create_index") || call->function.ends_with(".drop_index"))) {
      return std::nullopt;
    }
    edits = set_keyword(statement, "postgresql_concurrently", "True");
  }
  if (!edits.has_value() || !in_transaction) return edits;
  Edits block = wrap_in_autocommit_block(statement);
  if (!block.has_value()) return std::nullopt;
  for (text::Edit& edit : *edits) {  // A line of its own moves with the others.
    const std::size_t line = edit.replacement.find('\n');
    if (line != std::string::npos) edit.replacement.insert(line + 1, kIndent);
  }
  std::ranges::move(*block, std::back_inserter(*edits));
  std::ranges::sort(*edits, {}, &text::Edit::span);
  return edits;
}

Edits Rewriter::wrap_in_autocommit_block(const model::Statement& statement) const {
  const model::Call* call = call_of(statement);
  if (call == nullptr || migration_.source != model::SourceKind::kAlembic) return std::nullopt;
  // A helper's or a loop's call may stand for several statements; a batch cannot be left.
  if (!statement.origin.via.empty() || !call->function.starts_with("op.")) return std::nullopt;
  const text::SourceFile& file = *migration_.file;
  const auto indent = indent_before(file, call->span.begin_byte);
  if (!indent.has_value() || indent->size() != kIndent.size()) return std::nullopt;
  const std::string_view written = file.slice(call->span);
  // The lines of a long string must not be moved.
  if (written.find("\"\"\"") != std::string_view::npos ||
      written.find("'''") != std::string_view::npos) {
    return std::nullopt;
  }
  std::vector<text::Edit> edits;
  const auto first = file.line_of(call->span.begin_byte);
  const auto last = file.line_of(call->span.end_byte);
  for (auto line = first; line <= last; ++line) {
    const auto begin = file.lines().line_begin(line);
    std::string text;
    if (line == first) {
      text = std::string(*indent) +
             "with op.get_context().autocommit_block():" + std::string(line_break(file));
    }
    if (!file.lines().line(file.text(), line).empty()) text += kIndent;
    edits.push_back({{begin, begin}, std::move(text)});
  }
  return edits;
}

Edits Rewriter::add_not_valid(const model::Statement& statement) const {
  if (const model::Call* call = call_of(statement)) {
    if (call->function.ends_with(".create_foreign_key") ||
        call->function.ends_with(".create_check_constraint")) {
      return set_keyword(statement, "postgresql_not_valid", "True");
    }
  }
  // NOT VALID is an attribute at the end of the constraint: only a lone one is at the end of SQL.
  const auto* alter = std::get_if<model::AlterTable>(&statement.operation);
  if (alter == nullptr || alter->actions.size() != 1 || statement.sql.empty()) return std::nullopt;
  const auto size = static_cast<std::uint32_t>(statement.sql.size());
  const auto host = statement.map.editable({size - 1, size});
  if (!host.has_value()) return std::nullopt;
  return std::vector<text::Edit>{{{host->end_byte, host->end_byte}, " NOT VALID"}};
}

Edits Rewriter::set_keyword(const model::Statement& statement, std::string_view keyword,
                            std::string_view value) const {
  const model::Call* call = call_of(statement);
  // The call inside of a helper serves other calls too.
  if (call == nullptr || !statement.origin.via.empty()) return std::nullopt;
  for (const model::CallArgument& argument : call->arguments) {
    if (argument.keyword == keyword) {
      return std::vector<text::Edit>{{argument.value_span, std::string(value)}};
    }
    if (argument.keyword == "**" || argument.keyword == "*") return std::nullopt;
  }
  const text::SourceFile& file = *migration_.file;
  const std::string argument = std::string(keyword) + "=" + std::string(value);
  if (call->arguments.empty()) {
    return std::vector<text::Edit>{
        {{call->arguments_span.begin_byte, call->arguments_span.begin_byte}, argument}};
  }
  const text::Span last = call->arguments.back().span;
  const auto begin_line = line_begin(file, last.begin_byte);
  const bool own_line = indent_before(file, last.begin_byte).has_value() &&
                        file.line_of(call->span.begin_byte) != file.line_of(last.begin_byte);
  std::string text = ", " + argument;
  if (own_line) {
    text = "," + std::string(line_break(file)) +
           std::string(file.text().substr(begin_line, last.begin_byte - begin_line)) + argument;
  }
  return std::vector<text::Edit>{{{last.end_byte, last.end_byte}, std::move(text)}};
}

Edits Rewriter::replace_argument(const model::CallArgument& argument,
                                 std::string_view replacement) const {
  if (argument.span.empty()) return std::nullopt;
  return std::vector<text::Edit>{{argument.span, std::string(replacement)}};
}

Edits Rewriter::replace_sql(const model::Statement& statement, text::Span in_sql,
                            std::string_view replacement) const {
  const auto host = statement.map.editable(in_sql);
  if (!host.has_value()) return std::nullopt;
  return std::vector<text::Edit>{{*host, std::string(replacement)}};
}

Edits Rewriter::write_downgrade(const std::vector<std::string>& lines) const {
  if (migration_.source != model::SourceKind::kAlembic || lines.empty()) return std::nullopt;
  const text::SourceFile& file = *migration_.file;
  const std::string_view end_of_line = line_break(file);
  const auto join = [&](std::string_view indent) {
    std::string text;
    for (const std::string& line : lines) {
      if (!text.empty()) text += std::string(end_of_line) + std::string(indent);
      text += line;
    }
    return text;
  };
  const model::Direction& downgrade = migration_.downgrade;
  if (downgrade.body == model::BodyKind::kMissing) {
    const auto size = static_cast<std::uint32_t>(file.text().size());
    std::string text;
    if (size > 0 && !file.text().ends_with('\n')) text += end_of_line;
    text += std::string(end_of_line) + std::string(end_of_line) +
            "def downgrade():" + std::string(end_of_line) + std::string(kIndent) + join(kIndent) +
            std::string(end_of_line);
    return std::vector<text::Edit>{{{size, size}, std::move(text)}};
  }
  if (downgrade.body != model::BodyKind::kEmpty || downgrade.body_span.empty()) return std::nullopt;
  std::string_view body = file.slice(downgrade.body_span);
  text::Span span = downgrade.body_span;
  const std::size_t skipped = std::min(body.find_first_not_of(" \t\r\n"), body.size());
  span.begin_byte += static_cast<std::uint32_t>(skipped);
  body.remove_prefix(skipped);
  body = body.substr(0, body.find_last_not_of(" \t\r\n") + 1);
  span.end_byte = span.begin_byte + static_cast<std::uint32_t>(body.size());
  const auto indent = indent_before(file, span.begin_byte);
  if (!indent.has_value() || indent->empty()) return std::nullopt;
  const bool has_text = body.find_first_of("\"'#") != std::string_view::npos;
  if (!has_text) return std::vector<text::Edit>{{span, join(*indent)}};
  // Keep the docstring and comments; the last line is `pass`, `...` or the docstring's own.
  const std::size_t last_line = body.find_last_of('\n');
  const std::string_view last =
      last_line == std::string_view::npos ? body : body.substr(last_line + 1);
  const std::size_t word = std::min(last.find_first_not_of(" \t"), last.size());
  const bool filler = last.substr(word).starts_with("pass") || last.substr(word).starts_with("...");
  if (!filler) {
    return std::vector<text::Edit>{
        {{span.end_byte, span.end_byte},
         std::string(end_of_line) + std::string(*indent) + join(*indent)}};
  }
  const auto begin = span.end_byte - static_cast<std::uint32_t>(last.size() - word);
  const auto filler_size =
      static_cast<std::uint32_t>(last.substr(word).starts_with("pass") ? 4 : 3);
  return std::vector<text::Edit>{{{begin, begin + filler_size}, join(*indent)}};
}

Edits Rewriter::add_ignore(text::Span span, std::string_view rule) const {
  if (migration_.file == nullptr) return std::nullopt;
  const text::SourceFile& file = *migration_.file;
  std::uint32_t at = span.begin_byte;
  // Above the statement, not into the middle of a string.
  for (const model::Call& call : migration_.calls) {
    if (call.span.contains(span.begin_byte)) at = std::min(at, call.span.begin_byte);
  }
  const auto begin = line_begin(file, at);
  const std::string_view line = file.lines().line(file.text(), file.line_of(at));
  const std::string_view indent =
      line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
  std::string_view mark = "#";
  switch (migration_.source) {
    case model::SourceKind::kAlembic:
      break;
    case model::SourceKind::kSql:
    case model::SourceKind::kEmittedSql:
      mark = "--";
      break;
    case model::SourceKind::kCxx:
      mark = "//";
      break;
  }
  return std::vector<text::Edit>{{{begin, begin},
                                  std::string(indent) + std::string(mark) + " forelock: ignore[" +
                                      std::string(rule) + "]" + std::string(line_break(file))}};
}

}  // namespace forelock::lint
