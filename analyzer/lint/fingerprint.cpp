#include "analyzer/lint/fingerprint.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace forelock::lint {
namespace {

/// FNV-1a, 64 bits: the value must never change between releases or platforms.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325ULL;
  for (const char character : text) {
    value ^= static_cast<unsigned char>(character);
    value *= 0x100000001b3ULL;
  }
  return value;
}

std::string collapsed(std::string_view text) {
  std::string result;
  bool space = false;
  for (const char character : text) {
    if (character == ' ' || character == '\t' || character == '\n' || character == '\r') {
      space = !result.empty();
      continue;
    }
    if (space) result += ' ';
    space = false;
    result += character;
  }
  return result;
}

}  // namespace

void set_fingerprints(std::span<Finding> findings) {
  std::map<std::string, std::size_t> seen;
  for (Finding& finding : findings) {
    std::string key;
    if (finding.location.file != nullptr) key += finding.location.file->path();
    key += '\n';
    key += finding.rule;
    key += '\n';
    key += finding.revision;
    key += '\n';
    key += finding.direction;
    key += '\n';
    if (finding.statement.has_value()) {
      key += collapsed(finding.statement->sql);
    } else if (finding.location.file != nullptr) {
      key += collapsed(finding.location.file->slice(finding.location.span));
    }
    const std::size_t number = seen[key]++;
    finding.fingerprint = fmt::format("{:016x}", hash(fmt::format("{}\n{}", key, number)));
  }
}

}  // namespace forelock::lint
