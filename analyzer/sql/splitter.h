#pragma once

// Cuts a text into statements and what stands between them, by its tokens alone.

#include <string_view>
#include <vector>

#include "analyzer/sql/lexer.h"
#include "analyzer/sql/script.h"

namespace forelock::sql {

/// How statements are told apart.
enum class SplitMode {
  kScript,     ///< As psql does: meta commands and COPY data are pieces of their own.
  kSql,        ///< As the server does: only SQL.
  kSemicolon,  ///< At every semicolon, even in parentheses and in BEGIN ATOMIC: after a failure.
};

/// The pieces of `text` by position. A statement has neither its semicolon nor comments around it;
/// a comment inside of a statement is a piece behind it.
std::vector<ScriptPiece> split(std::string_view text, SplitMode mode);

}  // namespace forelock::sql
