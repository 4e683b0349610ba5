#include "lsp/loop.h"

#include <cstddef>
#include <thread>

namespace forelock::lsp {
namespace {

/// Messages after which changes are published even though more wait, so that a client that never
/// pauses sees diagnostics too.
constexpr std::size_t kMaxCoalesced = 4096;

}  // namespace

int run_session(std::istream& in, const SessionParts& parts) {
  MessageQueue queue;
  const std::jthread reader([&in, &queue] { read_messages(in, queue); });
  Session session(parts);
  std::size_t coalesced = 0;
  while (!session.ended()) {
    const auto message = queue.pop();
    if (!message) break;
    session.handle(message->json, [&queue](const Json& id) { return queue.cancelled(id); });
    if (!session.has_changes() || (queue.more() && ++coalesced < kMaxCoalesced)) continue;
    coalesced = 0;
    session.publish_changes();
  }
  return session.exit_code();
}

}  // namespace forelock::lsp
