#include "cli/fix.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace forelock::cli {
namespace {

constexpr std::uint32_t kContextLines = 3;

bool applicable(const lint::Fix& fix, bool unsafe) {
  switch (fix.applicability) {
    case lint::Applicability::kSafe:
      return !fix.edits.empty();
    case lint::Applicability::kUnsafe:
      return unsafe && !fix.edits.empty();
    case lint::Applicability::kDisplayOnly:
      return false;
  }
  return false;
}

bool overlaps(const std::vector<text::Edit>& edits, const text::Edit& edit) {
  return std::ranges::any_of(edits, [&](const text::Edit& other) {
    // Two insertions at one place have no order.
    return other.span.begin_byte <= edit.span.end_byte &&
           edit.span.begin_byte <= other.span.end_byte;
  });
}

std::set<const text::SourceFile*> unparsed_files(const lint::Report& report) {
  std::set<const text::SourceFile*> files;
  for (const model::Problem& problem : report.problems) {
    if (problem.kind == model::Problem::Kind::kParse) files.insert(problem.file.get());
  }
  return files;
}

/// Lines with their line breaks.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

/// Lines of the old text that become lines of the new one; 0-based, half-open.
struct Change {
  std::size_t old_begin, old_end, new_begin, new_end;
};

/// The lines that the edits touch. Each edit moves what follows by the lines that it adds.
std::vector<Change> changes_of(const FileFix& fix) {
  const auto newlines = [](std::string_view text) {
    return static_cast<std::ptrdiff_t>(std::ranges::count(text, '\n'));
  };
  std::vector<Change> changes;
  std::ptrdiff_t moved = 0;
  const std::string_view old = fix.file->text();
  for (const text::Edit& edit : fix.edits) {
    const std::size_t begin =
        static_cast<std::size_t>(newlines(old.substr(0, edit.span.begin_byte)));
    const std::size_t end =
        static_cast<std::size_t>(newlines(old.substr(0, edit.span.end_byte))) + 1;
    const std::ptrdiff_t added = newlines(edit.replacement) - newlines(fix.file->slice(edit.span));
    const auto at = [&](std::size_t line, std::ptrdiff_t by) {
      return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(line) + by);
    };
    if (!changes.empty() && begin < changes.back().old_end) {
      changes.back().old_end = std::max(changes.back().old_end, end);
      changes.back().new_end = at(changes.back().old_end, moved + added);
    } else {
      changes.push_back({begin, end, at(begin, moved), at(end, moved + added)});
    }
    moved += added;
  }
  return changes;
}

void add_line(std::string& out, char mark, std::string_view line) {
  out += mark;
  out += line;
  if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

}  // namespace

std::vector<FileFix> collect_fixes(const lint::Report& report, bool unsafe) {
  const auto unparsed = unparsed_files(report);
  std::map<std::string_view, FileFix> by_path;
  for (const lint::Finding& finding : report.findings) {
    const text::FileRef& file = finding.location.file;
    if (finding.suppressed || file == nullptr || unparsed.contains(file.get())) continue;
    const auto fix = std::ranges::find_if(
        finding.fixes, [&](const lint::Fix& each) { return applicable(each, unsafe); });
    if (fix == finding.fixes.end()) continue;
    FileFix& target = by_path[file->path()];
    target.file = file;
    if (std::ranges::any_of(fix->edits,
                            [&](const text::Edit& edit) { return overlaps(target.edits, edit); })) {
      continue;
    }
    target.edits.insert(target.edits.end(), fix->edits.begin(), fix->edits.end());
  }
  std::vector<FileFix> result;
  for (auto& [path, fix] : by_path) {
    std::ranges::sort(fix.edits, {}, [](const text::Edit& edit) { return edit.span; });
    auto fixed = text::apply_edits(fix.file->text(), fix.edits);
    if (!fixed || *fixed == fix.file->text()) continue;
    fix.fixed = std::move(*fixed);
    result.push_back(std::move(fix));
  }
  return result;
}

std::size_t count_unsafe_fixes(const lint::Report& report) {
  return static_cast<std::size_t>(
      std::ranges::count_if(report.findings, [](const lint::Finding& finding) {
        const auto can = [&](bool unsafe) {
          return std::ranges::any_of(finding.fixes,
                                     [&](const lint::Fix& fix) { return applicable(fix, unsafe); });
        };
        return !finding.suppressed && can(true) && !can(false);
      }));
}

std::string unified_diff(const FileFix& fix) {
  const auto old_lines = lines_of(fix.file->text());
  const auto new_lines = lines_of(fix.fixed);
  std::string out = fmt::format("--- {0}\n+++ {0}\n", fix.file->path());
  const std::vector<Change> changes = changes_of(fix);
  for (std::size_t i = 0; i < changes.size();) {
    std::size_t last = i;
    while (last + 1 < changes.size() &&
           changes[last + 1].old_begin <= changes[last].old_end + 2 * kContextLines) {
      ++last;
    }
    const std::size_t before = std::min<std::size_t>(kContextLines, changes[i].old_begin);
    const std::size_t old_end = std::min(changes[last].old_end, old_lines.size());
    const std::size_t new_end = std::min(changes[last].new_end, new_lines.size());
    const std::size_t after = std::min<std::size_t>(kContextLines, old_lines.size() - old_end);
    out += fmt::format("@@ -{},{} +{},{} @@\n", changes[i].old_begin - before + 1,
                       old_end + after - (changes[i].old_begin - before),
                       changes[i].new_begin - before + 1,
                       new_end + after - (changes[i].new_begin - before));
    std::size_t line = changes[i].old_begin - before;
    for (std::size_t c = i; c <= last; ++c) {
      for (; line < changes[c].old_begin; ++line) add_line(out, ' ', old_lines[line]);
      for (; line < std::min(changes[c].old_end, old_lines.size()); ++line) {
        add_line(out, '-', old_lines[line]);
      }
      for (std::size_t n = changes[c].new_begin; n < std::min(changes[c].new_end, new_lines.size());
           ++n) {
        add_line(out, '+', new_lines[n]);
      }
    }
    for (const std::size_t end = line + after; line < end; ++line) {
      add_line(out, ' ', old_lines[line]);
    }
    i = last + 1;
  }
  return out;
}

}  // namespace forelock::cli
