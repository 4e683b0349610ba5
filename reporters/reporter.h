#pragma once

// Reports as text of some format. A reporter sees the report and what the rules say of themselves,
// never a rule's code; it makes a string and prints nothing.

#include <span>
#include <string>
#include <string_view>

#include "analyzer/lint/finding.h"
#include "analyzer/lint/rule.h"

namespace forelock::reporters {

/// What a report needs beside its findings.
struct Context {
  std::span<const lint::Rule* const> rules = {};  ///< The enabled ones, in a stable order.
  bool color = false;                             ///< Terminal escapes may be used.
  bool show_suppressed = false;                   ///< Suppressed findings are reported, marked.
  bool show_not_analyzed = false;                 ///< Text: each step, not only their number.
  std::string root;    ///< Absolute folder that shown paths are relative to; may be empty.
  std::string prefix;  ///< From the repository's root to `root`, with a slash at its end; or empty.
  /// Where a rule is described on the web; may be null.
  std::string (*url)(const lint::RuleInfo& info) = nullptr;
  std::string category = "migrations";  ///< SARIF: tells several uploads of one commit apart.
};

/// One output format.
struct Reporter {
  std::string_view name;     ///< As in `--format`.
  std::string_view summary;  ///< What it is for, in a few words.
  std::string (*render)(const lint::Report& report, const Context& context);
};

// The formats, one file each.
std::string render_text(const lint::Report& report, const Context& context);
std::string render_concise(const lint::Report& report, const Context& context);
std::string render_json(const lint::Report& report, const Context& context);
std::string render_sarif(const lint::Report& report, const Context& context);
std::string render_github(const lint::Report& report, const Context& context);
std::string render_gitlab(const lint::Report& report, const Context& context);
std::string render_junit(const lint::Report& report, const Context& context);
std::string render_markdown(const lint::Report& report, const Context& context);
std::string render_rdjson(const lint::Report& report, const Context& context);

}  // namespace forelock::reporters
