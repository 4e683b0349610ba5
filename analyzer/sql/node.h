#pragma once

// A view of PostgreSQL's parse tree as libpg_query's JSON has it. libpg_query leaves out fields
// with their default value, so every accessor gives one for what is not there.

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace forelock::sql {

class NodeList;

/// One node of the tree, or none. Cheap to copy; views the JSON parser's document, which must
/// outlive it.
class Node {
 public:
  Node() = default;
  /// `body` are the fields of a node of `kind` (its struct's name in PostgreSQL, e.g. "ColumnDef");
  /// the kind is empty where the place in the tree decides it.
  Node(std::string_view kind, simdjson::dom::object body)
      : kind_(kind), body_(body), present_(true) {}
  /// Opens `{"ColumnDef": {…}}`; no node for anything else.
  static Node unwrap(simdjson::dom::element wrapper);

  explicit operator bool() const { return present_; }
  [[nodiscard]] std::string_view kind() const { return kind_; }
  [[nodiscard]] bool is(std::string_view kind) const { return kind_ == kind; }

  /// Whether the tree has the field.
  [[nodiscard]] bool has(std::string_view field) const;
  /// A string or enumerator.
  [[nodiscard]] std::string_view text(std::string_view field) const;
  [[nodiscard]] std::string string(std::string_view field) const {
    return std::string(text(field));
  }
  /// A field of one character; '\0' when it is missing.
  [[nodiscard]] char character(std::string_view field) const;
  [[nodiscard]] bool flag(std::string_view field) const;
  [[nodiscard]] std::int64_t integer(std::string_view field, std::int64_t fallback = 0) const;
  /// A node of a fixed kind, such as "relation".
  [[nodiscard]] Node fixed(std::string_view field) const;
  /// A node of any kind, such as "raw_expr".
  [[nodiscard]] Node child(std::string_view field) const;
  [[nodiscard]] NodeList list(std::string_view field) const;
  /// All nodes right below this one, in any field and in lists.
  [[nodiscard]] std::vector<Node> children() const;
  /// The list in a field that holds a List node.
  [[nodiscard]] NodeList child_list(std::string_view field) const;

 private:
  [[nodiscard]] simdjson::simdjson_result<simdjson::dom::element> at(std::string_view field) const {
    if (!present_) return simdjson::NO_SUCH_FIELD;
    return body_.at_key(field);
  }

  std::string_view kind_;
  simdjson::dom::object body_;
  bool present_ = false;
};

/// A list of nodes; an element that is NULL in PostgreSQL's list is a Node that is not there.
class NodeList {
 public:
  class Iterator {
   public:
    Iterator() = default;
    explicit Iterator(simdjson::dom::array array)
        : at_(array.begin()), end_(array.end()), done_(!(at_ != end_)) {}
    Node operator*() const { return Node::unwrap(*at_); }
    Iterator& operator++() {
      ++at_;
      done_ = !(at_ != end_);
      return *this;
    }
    bool operator==(std::default_sentinel_t) const { return done_; }

   private:
    simdjson::dom::array::iterator at_;
    simdjson::dom::array::iterator end_;
    bool done_ = true;
  };

  NodeList() = default;
  explicit NodeList(simdjson::dom::array array) : array_(array), present_(true) {}

  [[nodiscard]] bool empty() const { return size() == 0; }
  /// Number of elements.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] Node operator[](std::size_t index) const;
  [[nodiscard]] Node front() const { return (*this)[0]; }
  [[nodiscard]] Node back() const;
  [[nodiscard]] Iterator begin() const { return present_ ? Iterator(array_) : Iterator(); }
  [[nodiscard]] std::default_sentinel_t end() const { return std::default_sentinel; }

 private:
  simdjson::dom::array array_;
  bool present_ = false;
};

}  // namespace forelock::sql
