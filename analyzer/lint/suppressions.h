#pragma once

// Directives in comments: `forelock: ignore[rule] reason`, ignore-file, ignore-start, ignore-end.
// Grammar and meaning: README, "Suppressing a finding".
//
// A directive names its rules; a bare `ignore` is malformed, so that a typo never silences more
// than was meant. After code it is about the statement of that line; alone on its line it is about
// the next line of code, or about the statement that it stands in.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/lint/finding.h"
#include "analyzer/model/migration.h"
#include "analyzer/text/source_file.h"

namespace forelock::lint {

/// Ids of the findings about directives themselves; rules/suppressions documents them.
inline constexpr std::string_view kSuppressionMalformed = "suppression-malformed";
inline constexpr std::string_view kSuppressionUnknownRule = "suppression-unknown-rule";
inline constexpr std::string_view kSuppressionUnused = "suppression-unused";
inline constexpr std::string_view kSuppressionWithoutReason = "suppression-without-reason";
/// The blanket that stands for every rule but these four, where it is allowed.
inline constexpr std::string_view kAllRules = "ALL";

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

/// SQL comments with directives inside of the string literals of these calls.
std::vector<model::SourceComment> comments_in_strings(const text::SourceFile& file,
                                                      const std::vector<model::Call>& calls);

/// A finding with the whole text that it is about: a directive on any line of it counts.
struct SuppressionCandidate {
  Finding* finding = nullptr;
  text::Span extent;
};

struct SuppressionOptions {
  std::function<bool(std::string_view)> exists;   ///< A rule of this id is known.
  std::function<bool(std::string_view)> enabled;  ///< The rule was run on this file.
  bool allow_blanket = false;
  bool require_reason = false;
  bool report_unused = true;
};

/// Marks the candidates (all of `file`) that a directive silences. Returns what is wrong with the
/// directives, as findings without severity and revision, in order.
std::vector<Finding> apply_suppressions(const text::FileRef& file,
                                        const std::vector<model::SourceComment>& comments,
                                        const std::vector<SuppressionCandidate>& candidates,
                                        const SuppressionOptions& options);

}  // namespace forelock::lint
