#pragma once

// One step of a migration: a statement with its place in the source, or why there is none.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "analyzer/model/operation.h"
#include "analyzer/text/source_file.h"
#include "analyzer/text/source_map.h"

namespace forelock::model {

/// How a statement came about in its source.
struct Origin {
  /// Index into Migration::calls of the call that emitted it; none for plain SQL.
  std::optional<std::uint32_t> call;
  /// The calls that led there, outermost first (`helper()` in upgrade), without the innermost.
  std::vector<text::Location> via;
};

struct Statement {
  Operation operation;
  std::string sql;      ///< One statement, without its semicolon and surrounding space.
  text::SourceMap map;  ///< From `sql` to the migration's file.
  text::Span span;      ///< In the migration's file: the innermost call, or the SQL itself.
  Origin origin;

  /// Host span of a span in `sql`.
  [[nodiscard]] text::Span host(text::Span in_sql) const { return map.to_host(in_sql, span); }
};

enum class Certainty {
  kExact,
  kPartial,      ///< A part of the SQL is a placeholder for unknown text.
  kConditional,  ///< Runs only under a condition that is not known statically (may also be
                 ///< partial).
};
std::string_view display(Certainty certainty);

struct NotAnalyzed {
  std::string
      reason;       ///< Lower case, no full stop, e.g. "the SQL depends on rows of the database".
  std::string sql;  ///< Known text, if any.
  /// It changes rows at most, as a session of objects does, or nothing: the step is refused.
  bool leaves_schema = false;
};

/// No transaction: the step runs in autocommit mode.
inline constexpr int kNoTransaction = -1;

struct Step {
  std::variant<Statement, NotAnalyzed> what;
  Certainty certainty = Certainty::kExact;
  /// Steps of one direction with the same number share a transaction; kNoTransaction for
  /// autocommit.
  int transaction = 0;
  text::Span span;  ///< In the migration's file.

  [[nodiscard]] const Statement* statement() const { return std::get_if<Statement>(&what); }
  [[nodiscard]] const NotAnalyzed* not_analyzed() const { return std::get_if<NotAnalyzed>(&what); }
};

}  // namespace forelock::model
