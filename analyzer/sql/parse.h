#pragma once

// PostgreSQL text to statements, through PostgreSQL's own parser (libpg_query). The only layer that
// knows the parser's trees.

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/model/statement.h"
#include "analyzer/text/span.h"

namespace forelock::sql {

/// Why a statement could not be read. `span` lies in the text that was given.
struct SyntaxError {
  std::string message;  ///< As PostgreSQL says it: `syntax error at or near "FOO"`.
  text::Span span;
};

/// One statement of a text: what it does, and where it stands in that text.
struct ParsedStatement {
  model::Operation operation;
  text::Span span;  ///< Without leading comments and space and without the semicolon.
  std::string sql;  ///< The text of `span`; spans inside of `operation` count from its start.
};

/// Parses SQL that holds one or several statements (no psql meta commands, no COPY data). The text
/// is cut at its semicolons and each statement is read alone, so that one with an error leaves the
/// rest as it is (and is no slower than reading all at once). Order: by position. Never throws,
/// whatever the bytes: a byte that is not UTF-8 is read as `_`, a statement with a NUL byte, one of
/// more than 4 MiB and one that is nested too deeply is a SyntaxError.
std::vector<std::expected<ParsedStatement, SyntaxError>> parse(std::string_view sql);

/// Statements of a PL/pgSQL body that are static SQL, with spans in `body`, in order of text;
/// `conditional` when under IF, LOOP, CASE or in an exception handler; `dynamic` for
/// EXECUTE, whose SQL is not known (EXECUTE of one literal without escapes is known and not
/// dynamic). PERFORM reads as SELECT; INTO is left out. Assignments and conditions are expressions
/// and do not appear. `caught`: it stands in a block with an EXCEPTION clause. `raises`: no SQL but
/// a RAISE EXCEPTION.
struct BodyStatement {
  std::optional<ParsedStatement> statement;
  bool conditional = false;
  bool dynamic = false;
  bool caught = false;
  bool raises = false;
  bool discards_rows = false;   ///< A query whose rows go nowhere: neither INTO nor PERFORM.
  bool sees_variables = false;  ///< The body declares some, so that a name may be one of them.
  text::Span span;

  /// Whether it is static SQL that does not parse.
  [[nodiscard]] bool malformed() const { return !statement && !dynamic && !raises; }
};
std::vector<BodyStatement> parse_plpgsql(std::string_view body);

/// One expression, as it would stand in CHECK (...) or DEFAULT.
std::expected<model::Expression, SyntaxError> parse_expression(std::string_view sql);

/// The parser's PostgreSQL version, e.g. "18.6".
std::string_view parser_version();

}  // namespace forelock::sql
