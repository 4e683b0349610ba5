#pragma once

// Messages on their way from the reading thread to the loop that owns all state.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <istream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

namespace forelock::lsp {

/// One message, parsed. `json` is discarded() when the body was no JSON.
struct Incoming {
  nlohmann::json json;
  std::size_t bytes = 0;
};

class MessageQueue {
 public:
  /// Waits while too much is in the queue.
  void push(Incoming message);
  /// No more messages will come.
  void close();
  /// Waits for a message; nothing when the queue is closed and empty.
  std::optional<Incoming> pop();
  /// Whether a message waits already.
  [[nodiscard]] bool more() const;

  /// Whether `$/cancelRequest` for this id has come already and still stands in the queue.
  [[nodiscard]] bool cancelled(const nlohmann::json& id) const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Incoming> messages_;
  std::multiset<std::string> cancelled_;  ///< Ids as JSON.
  std::size_t bytes_ = 0;
  bool closed_ = false;
};

/// Reads frames into the queue until the stream ends or `exit` was read, then closes it.
void read_messages(std::istream& in, MessageQueue& queue);

}  // namespace forelock::lsp
