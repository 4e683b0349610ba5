#include "analyzer/postgres/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace forelock::postgres {
namespace {

/// The longest prefix of at most `bytes` bytes that ends between two characters.
std::size_t clipped(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text.size();
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return bytes;
}

}  // namespace

std::string truncate_identifier(std::string_view name) {
  return std::string(name.substr(0, clipped(name, kMaxIdentifierBytes)));
}

std::string make_object_name(std::string_view name1, std::string_view name2,
                             std::string_view label) {
  std::size_t overhead = 0;
  if (!name2.empty()) ++overhead;
  if (!label.empty()) overhead += label.size() + 1;
  const std::size_t available = kMaxIdentifierBytes - std::min(kMaxIdentifierBytes, overhead);
  std::size_t size1 = name1.size();
  std::size_t size2 = name2.size();
  while (size1 + size2 > available) {
    if (size1 > size2) {
      --size1;
    } else {
      --size2;
    }
  }
  std::string result(name1.substr(0, clipped(name1, size1)));
  if (!name2.empty()) result += fmt::format("_{}", name2.substr(0, clipped(name2, size2)));
  if (!label.empty()) result += fmt::format("_{}", label);
  return result;
}

std::string choose_name(std::string_view name1, std::string_view name2, std::string_view label,
                        const std::function<bool(const std::string&)>& taken) {
  std::string full_label(label);
  for (int pass = 1;; ++pass) {
    std::string name = make_object_name(name1, name2, full_label);
    if (!taken(name)) return name;
    full_label = fmt::format("{}{}", label, pass);
  }
}

std::string index_name_addition(const std::vector<std::string>& columns) {
  std::string result;
  for (const std::string& column : columns) {
    if (!result.empty()) result += '_';
    // strlcpy() into what is left of a buffer of 2 * NAMEDATALEN, a name at a time.
    result += truncate_identifier(column);
    if (result.size() >= kMaxIdentifierBytes + 1) break;
  }
  return result;
}

std::string foreign_key_name_addition(const std::vector<std::string>& columns) {
  return index_name_addition(columns);
}

std::vector<std::string> index_column_names(const std::vector<std::string>& wanted) {
  std::vector<std::string> result;
  for (const std::string& name : wanted) {
    std::string unique = name;
    for (int i = 1; std::ranges::find(result, unique) != result.end(); ++i) {
      const std::string suffix = std::to_string(i);
      unique = name.substr(0, clipped(name, kMaxIdentifierBytes - suffix.size())) + suffix;
    }
    result.push_back(std::move(unique));
  }
  return result;
}

}  // namespace forelock::postgres
