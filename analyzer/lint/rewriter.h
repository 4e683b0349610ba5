#pragma once

// Changes that rules ask for, spelled in the language of the migration's file.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/model/migration.h"
#include "analyzer/text/edit.h"

namespace forelock::lint {

using Edits = std::optional<std::vector<text::Edit>>;

/// Each request gives nothing where the source cannot be edited so (derived text, loops, helpers).
class Rewriter {
 public:
  explicit Rewriter(const model::Migration& migration) : migration_(migration) {}

  /// CREATE/DROP INDEX gets CONCURRENTLY (`postgresql_concurrently=True`). `in_transaction`: the
  /// call is put into an autocommit block too.
  [[nodiscard]] Edits add_concurrently(const model::Statement& statement,
                                       bool in_transaction = false) const;
  /// Puts the statement's call into `with op.get_context().autocommit_block():`.
  [[nodiscard]] Edits wrap_in_autocommit_block(const model::Statement& statement) const;
  /// A foreign key or check gets NOT VALID (`postgresql_not_valid=True`).
  [[nodiscard]] Edits add_not_valid(const model::Statement& statement) const;
  /// Adds or replaces a keyword argument of the statement's call: `keyword=value`.
  [[nodiscard]] Edits set_keyword(const model::Statement& statement, std::string_view keyword,
                                  std::string_view value) const;
  /// Renames a keyword argument of a call: `default=` to `server_default=`, with a new value.
  [[nodiscard]] Edits replace_argument(const model::CallArgument& argument,
                                       std::string_view replacement) const;
  /// Replaces exactly the bytes of a span of the statement's SQL, where they stand verbatim.
  [[nodiscard]] Edits replace_sql(const model::Statement& statement, text::Span in_sql,
                                  std::string_view replacement) const;
  /// Replaces the body of an empty `downgrade()` with lines of Python (unindented); a docstring
  /// stays. Adds the function where it is missing.
  [[nodiscard]] Edits write_downgrade(const std::vector<std::string>& lines) const;
  /// A directive comment that silences `rule` for what begins at `span`.
  [[nodiscard]] Edits add_ignore(text::Span span, std::string_view rule) const;

 private:
  [[nodiscard]] const model::Call* call_of(const model::Statement& statement) const;
  [[nodiscard]] Edits insert_after_word(const model::Statement& statement, std::string_view word,
                                        std::string_view inserted) const;

  const model::Migration& migration_;
};

}  // namespace forelock::lint
