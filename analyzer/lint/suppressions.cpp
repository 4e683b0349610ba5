#include "analyzer/lint/suppressions.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>

namespace forelock::lint {
namespace {

bool is_about_directives(std::string_view rule) {
  return rule == kSuppressionMalformed || rule == kSuppressionUnknownRule ||
         rule == kSuppressionUnused || rule == kSuppressionWithoutReason;
}

/// The lines and bytes that a directive is about.
struct Scope {
  bool whole_file = false;
  std::uint32_t first_line1 = 0, last_line1 = 0;  ///< Of a range; inclusive.
  std::uint32_t own_line1 = 0;                    ///< Where the directive stands.
  std::uint32_t target_line1 = 0;                 ///< The line of code that it is about.
};

struct Active {
  const Directive* directive = nullptr;
  Scope scope;
  std::vector<bool> used;  ///< By rule of the directive.
};

bool is_comment_line(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return true;
  const std::string_view rest = line.substr(begin);
  return rest.starts_with('#') || rest.starts_with("--") || rest.starts_with("//") ||
         (rest.starts_with("/*") && rest.find("*/") != std::string_view::npos &&
          rest.find_first_not_of(" \t", rest.find("*/") + 2) == std::string_view::npos);
}

std::uint32_t target_line(const text::SourceFile& file, const Directive& directive) {
  auto line = file.line_of(directive.span.empty() ? directive.span.begin_byte
                                                  : directive.span.end_byte - 1);
  if (!directive.own_line) return file.line_of(directive.span.begin_byte);
  do {
    ++line;
  } while (line < file.lines().line_count() &&
           is_comment_line(file.lines().line(file.text(), line)));
  return line;
}

bool covers(const text::SourceFile& file, const Scope& scope,
            const SuppressionCandidate& candidate) {
  if (scope.whole_file) return true;
  const text::Span extent = candidate.extent.joined(candidate.finding->location.span);
  const auto first = file.line_of(extent.begin_byte);
  const auto last = extent.empty() ? first : file.line_of(extent.end_byte - 1);
  if (scope.first_line1 != 0) {
    const auto line = file.line_of(candidate.finding->location.span.begin_byte);
    return scope.first_line1 <= line && line <= scope.last_line1;
  }
  const auto within = [&](std::uint32_t line) { return first <= line && line <= last; };
  return within(scope.target_line1) || within(scope.own_line1);
}

class Suppressor {
 public:
  Suppressor(const text::FileRef& file, const SuppressionOptions& options)
      : file_(file), options_(options) {}

  std::vector<Finding> run(const std::vector<Directive>& directives,
                           const std::vector<SuppressionCandidate>& candidates) {
    collect(directives);
    for (const SuppressionCandidate& candidate : candidates) silence(candidate);
    if (options_.report_unused) report_unused();
    hide_own_findings();
    std::ranges::sort(findings_, {}, [](const Finding& finding) {
      return std::tuple(finding.location.span, finding.rule, std::string_view{finding.message});
    });
    return std::move(findings_);
  }

 private:
  Finding& report(std::string_view rule, text::Span span, std::string message) {
    Finding& finding = findings_.emplace_back();
    finding.rule = rule;
    finding.location = {file_, span};
    finding.message = std::move(message);
    return finding;
  }

  void malformed(const Directive& directive, const std::string& problem) {
    report(kSuppressionMalformed, directive.span, problem + ", so nothing is silenced").help =
        "write `forelock: ignore[rule] reason`";
  }

  void collect(const std::vector<Directive>& directives) {
    for (std::size_t i = 0; i < directives.size(); ++i) {
      const Directive& directive = directives[i];
      if (directive.kind == Directive::Kind::kMalformed) {
        malformed(directive, directive.problem);
        continue;
      }
      if (directive.kind == Directive::Kind::kIgnoreEnd) {
        if (!has_start(directives, i))
          malformed(directive, "no 'ignore-start' of these rules precedes");
        continue;
      }
      check_names(directive);
      if (options_.require_reason && directive.reason.empty()) {
        report(kSuppressionWithoutReason, directive.span,
               "the directive does not say why the finding may stay")
            .help = "write the reason after the bracket";
      }
      Active active{&directive, {}, std::vector<bool>(directive.rules.size(), false)};
      if (!set_scope(directives, i, active.scope)) {
        malformed(directive, "no 'ignore-end' of the same rules follows");
        continue;
      }
      active_.push_back(std::move(active));
    }
  }

  bool set_scope(const std::vector<Directive>& directives, std::size_t index, Scope& scope) const {
    const Directive& directive = directives[index];
    scope.own_line1 = file_->line_of(directive.span.begin_byte);
    if (directive.kind == Directive::Kind::kIgnoreFile) {
      scope.whole_file = true;
      return true;
    }
    if (directive.kind == Directive::Kind::kIgnore) {
      scope.target_line1 = target_line(*file_, directive);
      return true;
    }
    for (std::size_t i = index + 1; i < directives.size(); ++i) {
      if (directives[i].kind == Directive::Kind::kIgnoreEnd &&
          directives[i].rules == directive.rules) {
        scope.first_line1 = scope.own_line1;
        scope.last_line1 = file_->line_of(directives[i].span.begin_byte);
        return true;
      }
    }
    return false;
  }

  static bool has_start(const std::vector<Directive>& directives, std::size_t end) {
    return std::ranges::any_of(directives.begin(),
                               directives.begin() + static_cast<std::ptrdiff_t>(end),
                               [&](const Directive& directive) {
                                 return directive.kind == Directive::Kind::kIgnoreStart &&
                                        directive.rules == directives[end].rules;
                               });
  }

  void check_names(const Directive& directive) {
    for (std::size_t i = 0; i < directive.rules.size(); ++i) {
      const std::string& rule = directive.rules[i];
      if (rule == kAllRules) {
        if (!options_.allow_blanket) {
          malformed(directive, "'ALL' is not allowed, the rules are to be named");
        }
      } else if (!options_.exists(rule)) {
        report(kSuppressionUnknownRule, directive.rule_spans[i],
               "there is no rule '" + rule + "', so nothing is silenced")
            .help = "`forelock rule` lists the rules";
      }
    }
  }

  void silence(const SuppressionCandidate& candidate) {
    for (Active& active : active_) {
      for (std::size_t i = 0; i < active.used.size(); ++i) {
        const std::string& rule = active.directive->rules[i];
        const bool blanket = rule == kAllRules && options_.allow_blanket &&
                             !is_about_directives(candidate.finding->rule);
        if (!blanket && rule != candidate.finding->rule) continue;
        if (!covers(*file_, active.scope, candidate)) continue;
        active.used[i] = true;
        if (!candidate.finding->suppressed.has_value()) {
          candidate.finding->suppressed =
              Suppression{Suppression::Kind::kInSource, active.directive->reason};
        }
      }
    }
  }

  void report_unused() {
    for (const Active& active : active_) {
      const Directive& directive = *active.directive;
      std::vector<std::size_t> unused;
      for (std::size_t i = 0; i < active.used.size(); ++i) {
        const std::string& rule = directive.rules[i];
        const bool judged = rule == kAllRules ? options_.allow_blanket
                                              : !is_about_directives(rule) &&
                                                    options_.exists(rule) && options_.enabled(rule);
        if (!active.used[i] && judged) unused.push_back(i);
      }
      for (const std::size_t i : unused) {
        Finding& finding =
            report(kSuppressionUnused, directive.rule_spans[i],
                   "'" + directive.rules[i] + "' is silenced here but finds nothing");
        finding.help = "remove the directive, so that it cannot hide a later finding";
        if (unused.size() != directive.rules.size()) {
          finding.fixes.push_back({"Remove the rule from the directive",
                                   Applicability::kSafe,
                                   {{listed_rule(directive, i), ""}}});
        } else if (i == 0 && directive.kind != Directive::Kind::kIgnoreStart) {
          finding.fixes.push_back(
              {"Remove the directive", Applicability::kSafe, {{whole_comment(directive), ""}}});
        }
      }
    }
  }

  /// The rule's name with one comma beside it.
  static text::Span listed_rule(const Directive& directive, std::size_t index) {
    text::Span span = directive.rule_spans[index];
    if (index + 1 < directive.rule_spans.size()) {
      span.end_byte = directive.rule_spans[index + 1].begin_byte;
    } else {
      span.begin_byte = directive.rule_spans[index - 1].end_byte;
    }
    return span;
  }

  /// The comment with the space before it, or with its whole line when it stands alone.
  [[nodiscard]] text::Span whole_comment(const Directive& directive) const {
    const std::string_view text = file_->text();
    text::Span span = directive.span;
    while (span.begin_byte > 0 &&
           (text[span.begin_byte - 1] == ' ' || text[span.begin_byte - 1] == '\t')) {
      --span.begin_byte;
    }
    if (directive.own_line) {
      if (span.end_byte < text.size() && text[span.end_byte] == '\r') ++span.end_byte;
      if (span.end_byte < text.size() && text[span.end_byte] == '\n') ++span.end_byte;
    }
    return span;
  }

  /// Only a directive that names them hides findings about directives.
  void hide_own_findings() {
    for (Finding& finding : findings_) silence({&finding, finding.location.span});
  }

  const text::FileRef& file_;
  const SuppressionOptions& options_;
  std::vector<Active> active_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> apply_suppressions(const text::FileRef& file,
                                        const std::vector<model::SourceComment>& comments,
                                        const std::vector<SuppressionCandidate>& candidates,
                                        const SuppressionOptions& options) {
  const std::vector<Directive> directives = find_directives(*file, comments);
  if (directives.empty()) return {};
  return Suppressor(file, options).run(directives, candidates);
}

}  // namespace forelock::lint
