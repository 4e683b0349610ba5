#pragma once

// What several reporters say in the same way.

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/lint/finding.h"
#include "reporters/reporter.h"

namespace forelock::reporters {

/// The findings to report: suppressed ones only when they are to be shown.
std::vector<const lint::Finding*> visible_findings(const lint::Report& report,
                                                   const Context& context);
/// The same, errors first, the order within a severity kept.
std::vector<const lint::Finding*> by_severity(const lint::Report& report, const Context& context);

/// Problems that mean that something could not be read, without the steps that are only not
/// analysed.
std::vector<const model::Problem*> reading_problems(const lint::Report& report);

/// The path as shown; "" for a finding in no file.
std::string_view path_of(const text::Location& location);
/// "path:line:column", or what of it there is.
std::string place_of(const text::FileRef& file, text::Span span);

/// "3 findings (1 error, 2 warnings), 2 suppressed".
std::string count_findings(const lint::Report& report);
/// "12 migrations, 80 statements, 3 steps not analysed; PostgreSQL 15 (assumed)".
std::string count_work(const lint::Report& report);
/// "1 file", "2 files".
std::string counted(std::size_t count, std::string_view noun);

/// What the rule says of itself; null when it is not among the context's rules.
const lint::RuleInfo* info_of(std::string_view rule, const Context& context);

/// Where the rule is described; the tool's page when nothing better is known.
std::string url_of(const lint::RuleInfo& info, const Context& context);

}  // namespace forelock::reporters
