#include "analyzer/alembic/ini.h"

#include <algorithm>

namespace forelock::alembic {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

const IniEntry* find(const std::vector<IniEntry>& entries, std::string_view section,
                     std::string_view key) {
  const IniEntry* found = nullptr;
  for (const IniEntry& entry : entries) {
    if (entry.section == section && entry.key == key) found = &entry;
  }
  return found;
}

std::string interpolated(const std::vector<IniEntry>& entries, std::string_view value, int depth) {
  std::string out;
  std::size_t at = 0;
  while (at < value.size()) {
    const std::size_t percent = value.find('%', at);
    out += value.substr(at, percent - at);
    if (percent == std::string_view::npos) break;
    if (value.substr(percent).starts_with("%%")) {
      out += '%';
      at = percent + 2;
      continue;
    }
    const std::size_t close = value.find(")s", percent);
    if (!value.substr(percent).starts_with("%(") || close == std::string_view::npos) {
      out += '%';
      at = percent + 1;
      continue;
    }
    const std::string_view key = value.substr(percent + 2, close - percent - 2);
    if (key == "here") {
      out += ".";
    } else if (depth < 8) {
      const IniEntry* entry = find(entries, "alembic", key);
      if (entry == nullptr) entry = find(entries, "DEFAULT", key);
      if (entry != nullptr) out += interpolated(entries, entry->value, depth + 1);
    }
    at = close + 2;
  }
  return out;
}

}  // namespace

std::vector<IniEntry> read_ini(std::string_view text) {
  std::vector<IniEntry> entries;
  std::string section;
  std::size_t at = 0;
  if (text.starts_with("\xEF\xBB\xBF")) at = 3;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const std::string_view content = trimmed(line);
    const text::Span span{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)};
    at = end + 1;
    if (content.empty() || content[0] == '#' || content[0] == ';') continue;
    const bool indented = line[0] == ' ' || line[0] == '\t';
    if (indented && !entries.empty() && entries.back().section == section) {
      entries.back().value += "\n" + std::string(content);
      continue;
    }
    if (content[0] == '[') {
      section = std::string(trimmed(content.substr(1, content.find(']') - 1)));
      continue;
    }
    const std::size_t equals = content.find_first_of("=:");
    if (equals == std::string_view::npos) continue;
    std::string key(trimmed(content.substr(0, equals)));
    std::ranges::transform(key, key.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    entries.push_back(
        {section, std::move(key), std::string(trimmed(content.substr(equals + 1))), span});
  }
  return entries;
}

std::optional<std::string> ini_value(const std::vector<IniEntry>& entries, std::string_view key) {
  const IniEntry* entry = find(entries, "alembic", key);
  if (entry == nullptr) return {};
  return interpolated(entries, entry->value, 0);
}

}  // namespace forelock::alembic
