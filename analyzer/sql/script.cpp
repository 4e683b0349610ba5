#include "analyzer/sql/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/sql/reader.h"
#include "analyzer/sql/script_reader.h"
#include "analyzer/sql/splitter.h"
#include "analyzer/text/utf8.h"

namespace forelock::sql {
namespace {

using Kind = ScriptPiece::Kind;
using model::TransactionKind;

struct SkippedCommand {
  std::string_view command;
  std::string_view reason;
};

// What may change the schema or its data. `\!` may do anything, but not within the session.
// Source: PostgreSQL 18 manual, psql, "Meta-Commands".
constexpr auto kSkippedCommands = std::to_array<SkippedCommand>({
    {"\\i", "the file that \\i includes is not read"},
    {"\\include", "the file that \\include includes is not read"},
    {"\\ir", "the file that \\ir includes is not read"},
    {"\\include_relative", "the file that \\include_relative includes is not read"},
    {"\\copy", "\\copy reads or writes rows outside of the script"},
    {"\\gexec", "\\gexec runs SQL that the query before it makes"},
});

std::string_view first_word(std::string_view command) {
  return command.substr(0, command.find_first_of(" \t"));
}

/// Bytes of meta commands and COPY data become spaces, so that the rest can be parsed in place.
std::string without_pieces(std::string text, const std::vector<ScriptPiece>& pieces) {
  for (const ScriptPiece& piece : pieces) {
    if (piece.kind != Kind::kMetaCommand && piece.kind != Kind::kCopyData) continue;
    for (std::uint32_t byte = piece.span.begin_byte; byte < piece.span.end_byte; ++byte) {
      if (text[byte] != '\n' && text[byte] != '\r') text[byte] = ' ';
    }
  }
  return text;
}

/// Goes through the pieces of one script.
class ScriptReader {
 public:
  ScriptReader(text::FileRef file, bool one_transaction) : file_(std::move(file)) {
    if (one_transaction) transaction_ = next_transaction_++;
  }

  Script run() {
    const std::string_view source = file_->text();
    std::string valid(source);
    if (const std::size_t bad = text::find_invalid_utf8(source); bad != std::string_view::npos) {
      const auto at = static_cast<std::uint32_t>(bad);
      problem(model::Problem::Kind::kRead, {at, at + 1}, "the file is not valid UTF-8");
      valid = text::replace_invalid_utf8(source, '_');
    }
    const std::vector<ScriptPiece> pieces = split(valid, SplitMode::kScript);
    text_ = without_pieces(std::move(valid), pieces);
    for (const ScriptPiece& piece : pieces) {
      switch (piece.kind) {
        case Kind::kStatement:
          statement(piece.span);
          break;
        case Kind::kMetaCommand:
          meta_command(piece.span);
          break;
        case Kind::kCopyData:
          copy_data(piece.span);
          break;
        case Kind::kComment:
          script_.comments.push_back({piece.span, std::string(file_->slice(piece.span))});
          break;
      }
    }
    return std::move(script_);
  }

 private:
  void statement(text::Span piece) {
    const std::string_view sql = std::string_view(text_).substr(piece.begin_byte, piece.size());
    for (auto& result : reader_.read_piece(sql)) {
      text::Span& span = span_of(result);
      span = {span.begin_byte + piece.begin_byte, span.end_byte + piece.begin_byte};
      if (result) {
        add_statement(*std::move(result));
      } else {
        add_failure(result.error(), piece);
      }
    }
  }

  void add_statement(ParsedStatement parsed) {
    const auto* control = std::get_if<model::Transaction>(&parsed.operation);
    const TransactionKind kind = control == nullptr ? TransactionKind::kOther : control->kind;
    const bool chain = control != nullptr && control->chain;
    if (kind == TransactionKind::kBegin && transaction_ == model::kNoTransaction) {
      transaction_ = next_transaction_++;
    }
    model::Statement statement;
    statement.operation = std::move(parsed.operation);
    statement.map = text::SourceMap::verbatim(parsed.span.size(), parsed.span.begin_byte);
    statement.span = parsed.span;
    statement.sql = std::move(parsed.sql);
    add_step(std::move(statement), parsed.span);
    if (kind == TransactionKind::kCommit || kind == TransactionKind::kRollback ||
        kind == TransactionKind::kPrepare) {
      transaction_ = chain ? next_transaction_++ : model::kNoTransaction;
    }
  }

  void add_failure(const SyntaxError& error, text::Span piece) {
    problem(model::Problem::Kind::kParse, error.span, error.message);
    add_step(model::NotAnalyzed{"the SQL does not parse: " + error.message,
                                text_.substr(piece.begin_byte, piece.size())},
             piece);
  }

  void meta_command(text::Span span) {
    const std::string command(file_->slice(span));
    const std::string_view word = first_word(command);
    if (word == "\\if") ++conditions_;
    if (word == "\\endif" && conditions_ > 0) --conditions_;
    for (const SkippedCommand& skipped : kSkippedCommands) {
      if (word == skipped.command) {
        add_step(model::NotAnalyzed{std::string(skipped.reason), command}, span);
      }
    }
  }

  void copy_data(text::Span span) {
    if (!file_->slice(span).ends_with("\\.")) {
      problem(model::Problem::Kind::kParse, span,
              "the rows of COPY have no end mark \\. and reach to the end of the file");
    }
  }

  void add_step(std::variant<model::Statement, model::NotAnalyzed> what, text::Span span) {
    const auto certainty =
        conditions_ > 0 ? model::Certainty::kConditional : model::Certainty::kExact;
    script_.steps.push_back({std::move(what), certainty, transaction_, span});
  }

  void problem(model::Problem::Kind kind, text::Span span, std::string message) {
    script_.problems.push_back({kind, file_, span, std::move(message)});
  }

  text::FileRef file_;
  std::string text_;  ///< The file's, valid UTF-8, with spaces for what is no SQL.
  StatementReader reader_;
  Script script_;
  int next_transaction_ = 0;
  int transaction_ = model::kNoTransaction;
  int conditions_ = 0;  ///< Depth of \if.
};

}  // namespace

Script read_steps(text::FileRef file, bool one_transaction) {
  return ScriptReader(std::move(file), one_transaction).run();
}

model::Migration read_script(text::FileRef file, bool one_transaction) {
  Script script = read_steps(file, one_transaction);
  model::Migration migration;
  migration.source = model::SourceKind::kSql;
  migration.revision = file->path();
  migration.upgrade.body = script.steps.empty() ? model::BodyKind::kEmpty : model::BodyKind::kCode;
  migration.upgrade.body_span = {0, static_cast<std::uint32_t>(file->text().size())};
  migration.upgrade.complete = std::ranges::none_of(
      script.steps, [](const model::Step& step) { return step.not_analyzed() != nullptr; });
  migration.upgrade.steps = std::move(script.steps);
  migration.comments = std::move(script.comments);
  migration.problems = std::move(script.problems);
  migration.file = std::move(file);
  return migration;
}

}  // namespace forelock::sql
