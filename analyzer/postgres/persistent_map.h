#pragma once

// An ordered map whose copies share what did not change: an AVL tree with path copying.
// Copy O(1), find/insert/erase O(log n).

#include <algorithm>
#include <compare>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace forelock::postgres {

template <typename Key, typename T>
class PersistentMap {
  struct Node;
  using Link = std::shared_ptr<const Node>;
  struct Node {
    Key key;
    T value;
    std::size_t height;
    Link left, right;
  };

 public:
  [[nodiscard]] const T* find(const Key& key) const {
    const Node* node = root_.get();
    while (node != nullptr) {
      const auto order = key <=> node->key;
      if (order == 0) return &node->value;
      node = order < 0 ? node->left.get() : node->right.get();
    }
    return nullptr;
  }
  void set(const Key& key, T value) { root_ = inserted(root_, key, std::move(value)); }
  void erase(const Key& key) { root_ = erased(root_, key); }
  [[nodiscard]] bool empty() const { return root_ == nullptr; }

  /// Calls `visit(key, value)` in order of keys.
  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    walk(root_.get(), visit);
  }

  /// Calls `visit(key, const T* before, const T* after)` for each key whose value may differ,
  /// skipping sub-trees that both maps share.
  template <typename Visitor>
  static void for_each_change(const PersistentMap& before, const PersistentMap& after,
                              Visitor&& visit) {
    difference(before.root_, after.root_, visit);
  }

 private:
  static std::size_t height(const Link& link) { return link == nullptr ? 0 : link->height; }
  static Link make(Key key, T value, Link left, Link right) {
    const std::size_t h = 1 + std::max(height(left), height(right));
    return std::make_shared<const Node>(
        Node{std::move(key), std::move(value), h, std::move(left), std::move(right)});
  }
  /// Joins two trees around a key; the heights of `left` and `right` differ by 2 at most.
  static Link balanced(Key key, T value, Link left, Link right) {
    if (height(left) > height(right) + 1) {
      if (height(left->left) >= height(left->right)) {
        return make(left->key, left->value, left->left,
                    make(std::move(key), std::move(value), left->right, std::move(right)));
      }
      const Link& middle = left->right;
      return make(middle->key, middle->value,
                  make(left->key, left->value, left->left, middle->left),
                  make(std::move(key), std::move(value), middle->right, std::move(right)));
    }
    if (height(right) > height(left) + 1) {
      if (height(right->right) >= height(right->left)) {
        return make(right->key, right->value,
                    make(std::move(key), std::move(value), std::move(left), right->left),
                    right->right);
      }
      const Link& middle = right->left;
      return make(middle->key, middle->value,
                  make(std::move(key), std::move(value), std::move(left), middle->left),
                  make(right->key, right->value, middle->right, right->right));
    }
    return make(std::move(key), std::move(value), std::move(left), std::move(right));
  }
  static Link inserted(const Link& node, const Key& key, T value) {
    if (node == nullptr) return make(key, std::move(value), nullptr, nullptr);
    const auto order = key <=> node->key;
    if (order < 0) {
      return balanced(node->key, node->value, inserted(node->left, key, std::move(value)),
                      node->right);
    }
    if (order > 0) {
      return balanced(node->key, node->value, node->left,
                      inserted(node->right, key, std::move(value)));
    }
    return make(key, std::move(value), node->left, node->right);
  }
  static Link erased(const Link& node, const Key& key) {
    if (node == nullptr) return nullptr;
    const auto order = key <=> node->key;
    if (order < 0) {
      return balanced(node->key, node->value, erased(node->left, key), node->right);
    }
    if (order > 0) {
      return balanced(node->key, node->value, node->left, erased(node->right, key));
    }
    if (node->left == nullptr) return node->right;
    if (node->right == nullptr) return node->left;
    const Node* next = node->right.get();
    while (next->left != nullptr) next = next->left.get();
    return balanced(next->key, next->value, node->left, erased(node->right, next->key));
  }
  template <typename Visitor>
  static void walk(const Node* node, Visitor& visit) {
    if (node == nullptr) return;
    walk(node->left.get(), visit);
    visit(node->key, node->value);
    walk(node->right.get(), visit);
  }
  /// An in-order walk that hands out whole sub-trees, so that shared ones can be skipped.
  class Cursor {
   public:
    explicit Cursor(const Node* root) { push(root); }
    [[nodiscard]] bool done() const { return stack_.empty(); }
    /// The sub-tree whose smallest key is next, or one node of it when it was opened.
    [[nodiscard]] const Node* node() const { return stack_.back().node; }
    [[nodiscard]] bool whole() const { return stack_.back().whole; }
    void skip() { stack_.pop_back(); }
    /// Splits the sub-tree on top into its left part, its node and its right part.
    void open() {
      const Node* node = stack_.back().node;
      stack_.pop_back();
      push(node->right.get());
      stack_.push_back({node, false});
      push(node->left.get());
    }

   private:
    struct Entry {
      const Node* node;
      bool whole;
    };
    void push(const Node* node) {
      if (node != nullptr) stack_.push_back({node, true});
    }
    std::vector<Entry> stack_;
  };
  template <typename Visitor>
  static void difference(const Link& before, const Link& after, Visitor& visit) {
    Cursor a(before.get());
    Cursor b(after.get());
    while (!a.done() || !b.done()) {
      if (!a.done() && !b.done() && a.whole() && b.whole()) {
        if (a.node() == b.node()) {
          a.skip();
          b.skip();
        } else if (a.node()->height >= b.node()->height) {
          // The higher tree may hold the other one as a part.
          a.open();
        } else {
          b.open();
        }
        continue;
      }
      if (!a.done() && a.whole() && (b.done() || !(b.node()->key < least(a.node())))) {
        a.open();
        continue;
      }
      if (!b.done() && b.whole() && (a.done() || !(a.node()->key < least(b.node())))) {
        b.open();
        continue;
      }
      if (b.done() ||
          (!a.done() && !a.whole() &&
           (b.whole() ? a.node()->key < least(b.node()) : a.node()->key < b.node()->key))) {
        visit(a.node()->key, &a.node()->value, static_cast<const T*>(nullptr));
        a.skip();
      } else if (a.done() || (!b.whole() && (a.whole() ? b.node()->key < least(a.node())
                                                       : b.node()->key < a.node()->key))) {
        visit(b.node()->key, static_cast<const T*>(nullptr), &b.node()->value);
        b.skip();
      } else {
        if (a.node() != b.node()) visit(a.node()->key, &a.node()->value, &b.node()->value);
        a.skip();
        b.skip();
      }
    }
  }
  static const Key& least(const Node* node) {
    while (node->left != nullptr) node = node->left.get();
    return node->key;
  }

  Link root_;
};

}  // namespace forelock::postgres
