#include "analyzer/alembic/render/chain.h"

#include <algorithm>

namespace forelock::alembic {

/// Longest method chain that is followed; real ones have a dozen calls.
constexpr std::size_t kMaxLinks = 256;

Chain unroll(const python::Value& value) {
  Chain chain;
  chain.root = &value;
  while (is_call(*chain.root) && chain.links.size() < kMaxLinks) {
    const std::string_view method = method_of(*chain.root);
    const python::Value* receiver = receiver_of(*chain.root);
    if (method.empty() || receiver == nullptr) break;
    chain.links.push_back({method, &arguments_of(*chain.root), chain.root});
    chain.root = receiver;
  }
  std::ranges::reverse(chain.links);
  return chain;
}

const Link* Chain::find(std::string_view method) const {
  for (const Link& link : links) {
    if (link.method == method) return &link;
  }
  return nullptr;
}

}  // namespace forelock::alembic
