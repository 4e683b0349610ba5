#include "reporters/registry.h"

#include <algorithm>
#include <array>

namespace forelock::reporters {
namespace {

constexpr std::array kReporters = {
    Reporter{"text", "findings with the lines they are about, for people", render_text},
    Reporter{"concise", "one line for each finding", render_concise},
    Reporter{"json", "everything, for machines", render_json},
    Reporter{"sarif", "SARIF 2.1.0, for GitHub code scanning and other viewers", render_sarif},
    Reporter{"github", "annotations of GitHub Actions", render_github},
    Reporter{"gitlab", "GitLab's code quality report", render_gitlab},
    Reporter{"junit", "JUnit's XML, one test suite for each file", render_junit},
    Reporter{"markdown", "a comment for a pull request", render_markdown},
    Reporter{"rdjson", "for reviewdog", render_rdjson},
};

}  // namespace

std::span<const Reporter> all_reporters() { return kReporters; }

const Reporter* find_reporter(std::string_view name) {
  const auto found = std::ranges::find(kReporters, name, &Reporter::name);
  return found == kReporters.end() ? nullptr : &*found;
}

}  // namespace forelock::reporters
