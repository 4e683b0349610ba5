#include "analyzer/sql/node.h"

namespace forelock::sql {
namespace {

namespace dom = simdjson::dom;

/// Whether `object` is `{"ColumnDef": {…}}` and not the fields of a node.
bool is_wrapper(dom::object object) {
  const auto first = object.begin();
  return first != object.end() && !first.key().empty() && first.key().front() >= 'A' &&
         first.key().front() <= 'Z' && first.value().is_object();
}

void add_nodes(dom::element element, std::vector<Node>& nodes) {
  dom::object object;
  dom::array array;
  if (element.get(object) == simdjson::SUCCESS) {
    nodes.push_back(is_wrapper(object) ? Node::unwrap(element) : Node({}, object));
  } else if (element.get(array) == simdjson::SUCCESS) {
    for (const dom::element item : array) add_nodes(item, nodes);
  }
}

}  // namespace

Node Node::unwrap(dom::element wrapper) {
  dom::object object;
  if (wrapper.get(object) != simdjson::SUCCESS) return {};
  const auto first = object.begin();
  if (!(first != object.end())) return {};
  dom::object body;
  if (first.value().get(body) != simdjson::SUCCESS) return {};
  return {first.key(), body};
}

bool Node::has(std::string_view field) const { return at(field).error() == simdjson::SUCCESS; }

std::string_view Node::text(std::string_view field) const {
  std::string_view value;
  return at(field).get(value) == simdjson::SUCCESS ? value : std::string_view();
}

char Node::character(std::string_view field) const {
  const std::string_view value = text(field);
  return value.empty() ? '\0' : value.front();
}

bool Node::flag(std::string_view field) const {
  bool value = false;
  return at(field).get(value) == simdjson::SUCCESS && value;
}

std::int64_t Node::integer(std::string_view field, std::int64_t fallback) const {
  std::int64_t value = 0;
  return at(field).get(value) == simdjson::SUCCESS ? value : fallback;
}

Node Node::fixed(std::string_view field) const {
  dom::object body;
  return at(field).get(body) == simdjson::SUCCESS ? Node({}, body) : Node();
}

Node Node::child(std::string_view field) const {
  dom::element element;
  return at(field).get(element) == simdjson::SUCCESS ? unwrap(element) : Node();
}

NodeList Node::list(std::string_view field) const {
  dom::array array;
  return at(field).get(array) == simdjson::SUCCESS ? NodeList(array) : NodeList();
}

std::vector<Node> Node::children() const {
  std::vector<Node> nodes;
  if (!present_) return nodes;
  for (const auto field : body_) add_nodes(field.value, nodes);
  return nodes;
}

NodeList Node::child_list(std::string_view field) const { return child(field).list("items"); }

std::size_t NodeList::size() const {
  if (!present_) return 0;
  // simdjson counts up to 2^24 - 1 elements only; what is longer is counted here.
  constexpr std::size_t kSaturated = 0xFFFFFF;
  if (array_.size() < kSaturated) return array_.size();
  std::size_t count = 0;
  for (const dom::element element : array_) {
    (void)element;
    ++count;
  }
  return count;
}

Node NodeList::operator[](std::size_t index) const {
  if (!present_) return {};
  for (const dom::element element : array_) {
    if (index-- == 0) return Node::unwrap(element);
  }
  return {};
}

Node NodeList::back() const { return empty() ? Node() : (*this)[size() - 1]; }

}  // namespace forelock::sql
