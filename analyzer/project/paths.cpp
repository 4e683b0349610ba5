#include "analyzer/project/paths.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace forelock::project {
namespace {

std::vector<std::string_view> components(std::string_view path) {
  std::vector<std::string_view> result;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (!part.empty()) result.push_back(part);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return result;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether `c` is in the class that starts after `[` at `*at`; moves `*at` past its `]`.
bool class_matches(std::string_view glob, std::size_t& at, char c) {
  const bool negated = at < glob.size() && (glob[at] == '!' || glob[at] == '^');
  if (negated) ++at;
  bool matched = false;
  for (bool first = true; at < glob.size() && (first || glob[at] != ']'); first = false) {
    const char low = glob[at++];
    char high = low;
    if (at + 1 < glob.size() && glob[at] == '-' && glob[at + 1] != ']') {
      high = glob[at + 1];
      at += 2;
    }
    matched = matched || (low <= c && c <= high);
  }
  if (at < glob.size()) ++at;
  return matched != negated;
}

/// One component against one component's glob; the usual two-pointer match with one way back.
bool component_matches(std::string_view glob, std::string_view name) {
  std::size_t g = 0, n = 0;
  std::size_t star = std::string_view::npos, star_name = 0;
  while (n < name.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      star_name = n;
      continue;
    }
    bool matched = false;
    std::size_t next = g + 1;
    if (g < glob.size()) {
      if (glob[g] == '[') {
        matched = class_matches(glob, next, name[n]);
      } else {
        matched = glob[g] == '?' || glob[g] == name[n];
      }
    }
    if (matched) {
      g = next;
      ++n;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      n = ++star_name;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

}  // namespace

std::string absolute(std::string_view path, std::string_view folder) {
  std::vector<std::string_view> parts;
  if (!path.starts_with('/')) parts = components(folder);
  std::vector<std::string_view> kept;
  for (const std::string_view part : components(path)) parts.push_back(part);
  for (const std::string_view part : parts) {
    if (part == ".") continue;
    if (part == "..") {
      if (!kept.empty()) kept.pop_back();
    } else {
      kept.push_back(part);
    }
  }
  std::string result;
  for (const std::string_view part : kept) {
    result += '/';
    result += part;
  }
  return result.empty() ? "/" : result;
}

std::string parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return "/";
  return std::string(path.substr(0, slash));
}

std::string_view name_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string join(std::string_view folder, std::string_view name) {
  std::string result(folder);
  if (!result.ends_with('/')) result += '/';
  result += name;
  return result;
}

bool is_below(std::string_view path, std::string_view folder) {
  if (folder == "/") return path.starts_with('/');
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::string shown_path(std::string_view path, std::string_view folder) {
  if (folder.empty() || !is_below(path, folder)) return std::string(path);
  if (path.size() == folder.size()) return ".";
  return std::string(path.substr(folder == "/" ? 1 : folder.size() + 1));
}

bool glob_matches(std::string_view glob, std::string_view path) {
  if (glob.starts_with("./")) glob.remove_prefix(2);
  const bool anchored = glob.starts_with('/');
  const std::vector<std::string_view> pattern = components(glob);
  const std::vector<std::string_view> parts = components(path);
  if (pattern.empty()) return false;
  if (pattern.size() == 1 && !anchored && pattern[0] != "**") {
    return std::ranges::any_of(
        parts, [&](std::string_view part) { return component_matches(pattern[0], part); });
  }
  // reached[i]: the components so far can be matched by the first i parts of the pattern.
  std::vector<bool> reached(pattern.size() + 1, false);
  const auto skip_double_stars = [&] {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (reached[i] && pattern[i] == "**") reached[i + 1] = true;
    }
  };
  reached[0] = true;
  skip_double_stars();
  for (const std::string_view part : parts) {
    if (reached[pattern.size()] && pattern.back() != "**") return true;  // A folder above.
    std::vector<bool> next(pattern.size() + 1, false);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (!reached[i]) continue;
      if (pattern[i] == "**") {
        next[i] = true;
      } else if (component_matches(pattern[i], part)) {
        next[i + 1] = true;
      }
    }
    reached = std::move(next);
    skip_double_stars();
  }
  return reached[pattern.size()];
}

bool natural_less(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      while (i < a.size() && a[i] == '0') ++i;
      while (j < b.size() && b[j] == '0') ++j;
      std::size_t i_end = i, j_end = j;
      while (i_end < a.size() && is_digit(a[i_end])) ++i_end;
      while (j_end < b.size() && is_digit(b[j_end])) ++j_end;
      if (i_end - i != j_end - j) return i_end - i < j_end - j;
      const int order = a.substr(i, i_end - i).compare(b.substr(j, j_end - j));
      if (order != 0) return order < 0;
      i = i_end;
      j = j_end;
    } else {
      if (a[i] != b[j]) {
        return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
      }
      ++i;
      ++j;
    }
  }
  if (i < a.size() || j < b.size()) return i >= a.size();
  return a < b;
}

}  // namespace forelock::project
