#pragma once

// Directives in comments: `forelock: ignore[rule] reason`, ignore-file, ignore-start, ignore-end.
// Grammar and meaning: README, "Suppressing a finding".

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/model/migration.h"
#include "analyzer/text/source_file.h"

namespace forelock::lint {

struct Directive {
  enum class Kind { kIgnore, kIgnoreFile, kIgnoreStart, kIgnoreEnd, kMalformed };
  Kind kind = Kind::kIgnore;
  std::vector<std::string> rules;
  std::vector<text::Span> rule_spans;
  std::string reason;
  text::Span span;        ///< The comment.
  bool own_line = false;  ///< Nothing but space stands before it.
  std::string problem;    ///< kMalformed: what is wrong.
};

/// Directives of a file's comments, in order.
std::vector<Directive> find_directives(const text::SourceFile& file,
                                       const std::vector<model::SourceComment>& comments);

}  // namespace forelock::lint
