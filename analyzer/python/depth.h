#pragma once

// Bounded recursion. Private to analyzer/python.

#include "analyzer/python/interpreter.h"

namespace forelock::python {

/// Expressions and statements that may be inside of each other, over all calls. One costs about a
/// kilobyte of stack, several with sanitizers.
inline constexpr int kMaxNesting = 800;

class DepthGuard {
 public:
  explicit DepthGuard(Interpreter& interpreter) : depth_(interpreter.depth_) { ++depth_; }
  ~DepthGuard() { --depth_; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;
  [[nodiscard]] bool too_deep() const { return depth_ > kMaxNesting; }

 private:
  int& depth_;
};

}  // namespace forelock::python
