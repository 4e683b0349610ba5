#include "analyzer/python/objects.h"

#include <algorithm>

namespace forelock::python {
namespace {

constexpr std::size_t kIndexFrom = 16;
constexpr int kMaxBases = 64;

const Value* find_member(const Class& type, std::string_view name, int depth) {
  if (const auto* own = type.members.find(name)) return &own->value;
  if (depth >= kMaxBases) return nullptr;
  for (const Value& base : type.bases) {
    if (const auto* parent = base.as<std::shared_ptr<Class>>()) {
      if (const Value* found = find_member(**parent, name, depth + 1)) return found;
    }
  }
  return nullptr;
}

bool is_subclass(const Class& type, const Class& base, int depth) {
  if (&type == &base) return true;
  if (depth >= kMaxBases) return false;
  return std::ranges::any_of(type.bases, [&](const Value& value) {
    const auto* parent = value.as<std::shared_ptr<Class>>();
    return parent != nullptr && is_subclass(**parent, base, depth + 1);
  });
}

bool is_subclass_of_name(const Class& type, std::string_view dotted, int depth) {
  if (type.name == dotted) return true;
  if (depth >= kMaxBases) return false;
  return std::ranges::any_of(type.bases, [&](const Value& value) {
    if (const Symbol* symbol = value.symbol()) return symbol->path() == dotted;
    if (const auto* native = value.as<std::shared_ptr<const Function>>()) {
      return (*native)->is_type && (*native)->name == dotted;
    }
    const auto* parent = value.as<std::shared_ptr<Class>>();
    return parent != nullptr && is_subclass_of_name(**parent, dotted, depth + 1);
  });
}

}  // namespace

const Namespace::Binding* Namespace::find(std::string_view name) const {
  if (index_.empty()) {
    for (const Binding& b : bindings_) {
      if (b.name == name) return &b;
    }
    return nullptr;
  }
  const auto found = index_.find(std::string(name));
  return found == index_.end() ? nullptr : &bindings_[found->second];
}

Namespace::Binding* Namespace::find(std::string_view name) {
  return const_cast<Binding*>(static_cast<const Namespace*>(this)->find(name));
}

void Namespace::set(std::string_view name, Value value, std::uint32_t lazy) {
  if (Binding* found = find(name)) {
    found->value = std::move(value);
    found->lazy = lazy;
    return;
  }
  bindings_.push_back({std::string(name), std::move(value), lazy});
  if (!index_.empty()) {
    index_.emplace(bindings_.back().name, static_cast<std::uint32_t>(bindings_.size() - 1));
  } else if (bindings_.size() >= kIndexFrom) {
    reindex();
  }
}

void Namespace::erase(std::string_view name) {
  if (Binding* found = find(name)) {
    bindings_.erase(bindings_.begin() + (found - bindings_.data()));
    reindex();
  }
}

void Namespace::assign(std::vector<Binding> bindings) {
  bindings_ = std::move(bindings);
  reindex();
}

void Namespace::clear() {
  bindings_.clear();
  index_.clear();
}

void Namespace::reindex() {
  index_.clear();
  if (bindings_.size() < kIndexFrom) return;
  for (std::size_t i = 0; i < bindings_.size(); ++i) {
    index_.emplace(bindings_[i].name, static_cast<std::uint32_t>(i));
  }
}

const Value* find_member(const Class& type, std::string_view name) {
  return find_member(type, name, 0);
}

bool is_subclass(const Class& type, const Class& base) { return is_subclass(type, base, 0); }

bool is_subclass_of_name(const Class& type, std::string_view dotted) {
  return is_subclass_of_name(type, dotted, 0);
}

}  // namespace forelock::python
