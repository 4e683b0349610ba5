#include "analyzer/sql/splitter.h"

#include <algorithm>
#include <array>

namespace forelock::sql {
namespace {

using Kind = ScriptPiece::Kind;

// Source: PostgreSQL 18 manual, psql, "Meta-Commands".
constexpr auto kSendingCommands = std::to_array<std::string_view>(
    {"\\g", "\\gx", "\\gexec", "\\gset", "\\gdesc", "\\watch", "\\crosstabview"});

/// Whether the meta command sends the statement before it to the server.
bool sends_statement(std::string_view command) {
  command = command.substr(0, command.find_first_of(" \t("));
  return std::ranges::find(kSendingCommands, command) != kSendingCommands.end();
}

class Splitter {
 public:
  Splitter(std::string_view text, SplitMode mode)
      : mode_(mode), tokens_(text, {.comments = true, .script = mode == SplitMode::kScript}) {}

  std::vector<ScriptPiece> run() {
    for (at_ = 0; at_ < tokens_.size(); at_ = next_) {
      next_ = at_ + 1;
      const TokenKind kind = tokens_[at_].kind;
      // A comment that never ends is an error of the statement that it would be.
      if (kind == TokenKind::kComment && tokens_[at_].closed) {
        pieces_.push_back({Kind::kComment, tokens_[at_].span});
      } else if (kind == TokenKind::kMetaCommand) {
        if (sends_statement(tokens_.text(at_))) end_statement();
        pieces_.push_back({Kind::kMetaCommand, tokens_[at_].span});
      } else if (kind == TokenKind::kCopyData) {
        end_statement();
        pieces_.push_back({Kind::kCopyData, tokens_[at_].span});
      } else {
        statement_token();
      }
    }
    end_statement();
    std::ranges::stable_sort(pieces_, {}, [](const ScriptPiece& p) { return p.span.begin_byte; });
    return std::move(pieces_);
  }

 private:
  void statement_token() {
    if (tokens_.is(at_, ";") && atomic_depth_ == 0) return end_statement();
    if (statement_.empty()) {
      statement_ = tokens_[at_].span;
      first_ = at_;
    }
    statement_.end_byte = tokens_[at_].span.end_byte;
    if (mode_ == SplitMode::kSemicolon) return;
    track_atomic_body();
    if (tokens_.is(at_, "(") || tokens_.is(at_, "[")) skip_parentheses();
  }

  /// Semicolons in parentheses do not end a statement (CREATE RULE has such).
  void skip_parentheses() {
    next_ = tokens_.skip(at_);
    statement_.end_byte = tokens_[next_ - 1].span.end_byte;
    for (std::size_t i = at_; i < next_; ++i) {
      if (tokens_[i].kind == TokenKind::kComment)
        pieces_.push_back({Kind::kComment, tokens_[i].span});
      if (tokens_[i].kind == TokenKind::kMetaCommand) {
        pieces_.push_back({Kind::kMetaCommand, tokens_[i].span});
      }
    }
  }

  /// Inside of `BEGIN ATOMIC … END` of a routine semicolons do not end the statement.
  void track_atomic_body() {
    if (atomic_depth_ > 0) {
      if (tokens_.is(at_, "case")) ++atomic_depth_;
      if (tokens_.is(at_, "end")) --atomic_depth_;
    } else if (tokens_.is(at_, "atomic") && tokens_.is(at_ - 1, "begin") &&
               tokens_.is(first_, "create")) {
      atomic_depth_ = 1;
    }
  }

  void end_statement() {
    if (!statement_.empty()) pieces_.push_back({Kind::kStatement, statement_});
    statement_ = {};
    atomic_depth_ = 0;
  }

  SplitMode mode_;
  Tokens tokens_;
  std::vector<ScriptPiece> pieces_;
  std::size_t at_ = 0;
  std::size_t next_ = 0;
  std::size_t first_ = 0;  ///< First token of the statement.
  text::Span statement_;   ///< Empty between statements.
  int atomic_depth_ = 0;
};

}  // namespace

std::vector<ScriptPiece> split(std::string_view text, SplitMode mode) {
  return Splitter(text, mode).run();
}

std::vector<ScriptPiece> split_script(std::string_view text) {
  return split(text, SplitMode::kScript);
}

}  // namespace forelock::sql
