#include "lsp/queue.h"

#include <utility>

#include "lsp/json_rpc.h"
#include "lsp/transport.h"

namespace forelock::lsp {
namespace {

/// What may wait in the queue. A client that sends faster than this waits in its pipe.
constexpr std::size_t kMaxQueuedBytes = 256U * 1024U * 1024U;
constexpr std::size_t kMaxQueuedMessages = 100'000;

/// The id that a `$/cancelRequest` names, as JSON.
std::optional<std::string> cancelled_id(const nlohmann::json& message) {
  if (string_at(message, "method") != "$/cancelRequest") return std::nullopt;
  const nlohmann::json* params = find(message, "params");
  const nlohmann::json* id = params == nullptr ? nullptr : find(*params, "id");
  if (id == nullptr || !is_id(*id)) return std::nullopt;
  return to_text(*id);
}

}  // namespace

void MessageQueue::push(Incoming message) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] {
    return messages_.empty() || (bytes_ < kMaxQueuedBytes && messages_.size() < kMaxQueuedMessages);
  });
  if (auto id = cancelled_id(message.json)) cancelled_.insert(std::move(*id));
  bytes_ += message.bytes;
  messages_.push_back(std::move(message));
  changed_.notify_all();
}

void MessageQueue::close() {
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

std::optional<Incoming> MessageQueue::pop() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return closed_ || !messages_.empty(); });
  if (messages_.empty()) return std::nullopt;
  Incoming message = std::move(messages_.front());
  messages_.pop_front();
  bytes_ -= message.bytes;
  if (const auto id = cancelled_id(message.json)) cancelled_.erase(cancelled_.find(*id));
  changed_.notify_all();
  return message;
}

bool MessageQueue::more() const {
  const std::scoped_lock lock(mutex_);
  return !messages_.empty();
}

bool MessageQueue::cancelled(const nlohmann::json& id) const {
  const std::scoped_lock lock(mutex_);
  return !cancelled_.empty() && cancelled_.contains(to_text(id));
}

void read_messages(std::istream& in, MessageQueue& queue) {
  for (;;) {
    Frame frame = read_frame(in);
    if (frame.kind == Frame::Kind::kEnd) break;
    if (frame.kind == Frame::Kind::kMalformed) frame.body.clear();
    Incoming message{.json = nlohmann::json::parse(frame.body, nullptr, false),
                     .bytes = frame.body.size()};
    const bool exit = string_at(message.json, "method") == "exit";
    queue.push(std::move(message));
    if (exit) break;
  }
  queue.close();
}

}  // namespace forelock::lsp
