#pragma once

// Work over many items by a few threads. Each task writes only what belongs to its own item.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace forelock::project {

/// The number of threads for `jobs`, where 0 is one per core.
inline unsigned thread_count(unsigned jobs) {
  return jobs != 0 ? jobs : std::max(1U, std::thread::hardware_concurrency());
}

/// Calls `task(index)` once for each index below `count`, in no order. `task` does not throw.
template <typename Task>
void parallel_for(std::size_t count, unsigned jobs, const Task& task) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t index = next++; index < count; index = next++) task(index);
  };
  // A thread costs more than reading a few files does.
  constexpr std::size_t kItemsWorthAThread = 8;
  const std::size_t threads =
      std::min<std::size_t>(thread_count(jobs), count / kItemsWorthAThread + 1);
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
  work();
}

}  // namespace forelock::project
