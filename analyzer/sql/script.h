#pragma once

// Scripts as psql reads them: statements, meta commands, COPY data, comments; and the streams that
// `alembic upgrade --sql` emits.

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/model/migration.h"
#include "analyzer/text/source_file.h"

namespace forelock::sql {

/// Reads one .sql file as a migration: `upgrade` has its steps, `downgrade` is kMissing.
/// Transactions follow BEGIN and COMMIT in the text; outside of them each statement is its own
/// (autocommit, kNoTransaction) unless `one_transaction`, which is how most runners apply a file.
/// Steps between \if and \endif are conditional. psql meta commands are NotAnalyzed steps where
/// they could change the schema (\i, \ir, \copy,
/// \gexec) and ignored where they cannot (\set, \echo, \connect, …); data after COPY ... FROM stdin
/// is skipped to
/// `\.`. A statement that does not parse is one Problem and one NotAnalyzed step; the rest is read.
/// BOM, CRLF and invalid UTF-8 are accepted (invalid UTF-8 is one Problem).
model::Migration read_script(text::FileRef file, bool one_transaction);

/// A part of an emitted stream that belongs to one revision.
struct EmittedRevision {
  std::string from, to;  ///< `-- Running upgrade FROM -> TO`; empty where the stream says <base>.
  bool downgrade = false;
  text::Span marker;  ///< The marker comment.
  /// Without Alembic's own statements: those on its version table, and BEGIN and COMMIT, which
  /// Step::transaction tells.
  std::vector<model::Step> steps;
};

/// Whether the text is what `alembic upgrade --sql` or `downgrade --sql` prints.
bool is_emitted_stream(std::string_view text);

/// Splits an emitted stream at Alembic's markers; steps in front of the first one are a revision
/// with an empty marker. Problems as for read_script go to `problems`.
struct EmittedStream {
  std::vector<EmittedRevision> revisions;
  std::vector<model::Problem> problems;
  std::vector<model::SourceComment> comments;
};
EmittedStream read_emitted_stream(text::FileRef file);

/// Cuts a script into statements and other pieces without parsing them (comments, quotes, dollar
/// quotes, parentheses, BEGIN ATOMIC, meta commands and COPY data respected). By position; comments
/// and meta commands inside of a statement are pieces of their own that lie in the statement's
/// span.
struct ScriptPiece {
  enum class Kind { kStatement, kMetaCommand, kCopyData, kComment };
  Kind kind = Kind::kStatement;
  text::Span span;
};
std::vector<ScriptPiece> split_script(std::string_view text);

}  // namespace forelock::sql
