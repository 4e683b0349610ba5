#pragma once

// Writes `name(field=value flag list=[a, b])`. An internal header of dump.

#include <fmt/format.h>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/model/operation.h"

namespace forelock::model {

/// One thing with its fields; `str` closes it.
class DumpWriter {
 public:
  explicit DumpWriter(std::string_view name) : text_(name) {}

  /// Each call adds a field unless its value is the default.
  DumpWriter& flag(std::string_view field, bool value) {
    if (value) add(field);
    return *this;
  }
  DumpWriter& text(std::string_view field, std::string_view value) {
    if (!value.empty()) add(fmt::format("{}={}", field, value));
    return *this;
  }
  DumpWriter& name(std::string_view field, const QualifiedName& value) {
    return text(field, display(value));
  }
  DumpWriter& letter(std::string_view field, char value) {
    return value == 0 ? *this : text(field, std::string_view(&value, 1));
  }
  template <std::integral Number>
  DumpWriter& number(std::string_view field, Number value, Number fallback = {}) {
    if (value != fallback) add(fmt::format("{}={}", field, value));
    return *this;
  }
  template <typename Value>
  DumpWriter& maybe(std::string_view field, const std::optional<Value>& value) {
    if (value) add(fmt::format("{}={}", field, *value));
    return *this;
  }
  /// A list whose items `show` makes text of.
  template <typename Item, typename Show>
  DumpWriter& list(std::string_view field, const std::vector<Item>& items, Show&& show) {
    if (items.empty()) return *this;
    std::string joined;
    for (const Item& item : items) {
      if (!joined.empty()) joined += ", ";
      joined += show(item);
    }
    add(fmt::format("{}=[{}]", field, joined));
    return *this;
  }
  DumpWriter& list(std::string_view field, const std::vector<std::string>& items) {
    return list(field, items, [](const std::string& item) { return item; });
  }
  DumpWriter& names(std::string_view field, const std::vector<QualifiedName>& items) {
    return list(field, items, [](const QualifiedName& item) { return display(item); });
  }
  DumpWriter& options(std::string_view field, const Options& items) {
    return list(field, items,
                [](const auto& item) { return fmt::format("{}={}", item.first, item.second); });
  }
  [[nodiscard]] std::string str() const { return text_ + (has_fields_ ? ")" : "()"); }

 private:
  void add(std::string_view part) {
    text_ += has_fields_ ? " " : "(";
    text_ += part;
    has_fields_ = true;
  }

  std::string text_;
  bool has_fields_ = false;
};

// Parts that several operations hold.
std::string dump(const Constraint& constraint);
std::string dump(const ColumnDefinition& column);
std::string dump(const IndexKey& key);
std::string dump(const SequenceOptions& options);
std::string dump(const PartitionBound& bound);
std::string dump(const Query& query);
std::string dump(const RelationUse& use);
std::string dump(const AlterAction& action);
std::string dump(const ObjectReference& reference);

}  // namespace forelock::model
