#pragma once

// Reads statements one after the other; what parse(), scripts and PL/pgSQL bodies share.

#include <expected>
#include <string_view>
#include <vector>

#include "analyzer/sql/parse.h"
#include "analyzer/sql/pg_parser.h"

namespace forelock::sql {

class StatementReader {
 public:
  using Result = std::expected<ParsedStatement, SyntaxError>;

  /// Reads one statement, valid UTF-8, without its semicolon. Spans count from its start.
  Result read(std::string_view sql);

  /// The same for a piece that was cut at a semicolon. Where it does not parse although parts of it
  /// do (an unbalanced parenthesis swallowed the next statement), there is one result per part.
  std::vector<Result> read_piece(std::string_view sql);

 private:
  std::vector<Result> read_parts(std::string_view sql);

  PgParser parser_;
};

/// The span of the statement or of the error.
text::Span& span_of(StatementReader::Result& result);

}  // namespace forelock::sql
