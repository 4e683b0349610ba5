#pragma once

// Frames: headers, an empty line, and as many bytes of JSON as Content-Length says.
// Source: LSP 3.17, "Base Protocol".

#include <cstddef>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>

namespace forelock::lsp {

/// Largest body that is read, in bytes. Bounds memory; a buffer of kMaxFileBytes fits, escaped.
inline constexpr std::size_t kMaxBodyBytes = 128U * 1024U * 1024U;

struct Frame {
  enum class Kind {
    kBody,
    kMalformed,  ///< Headers without a usable length; reading goes on behind them.
    kEnd,        ///< The stream has ended, perhaps inside of a frame.
  };
  Kind kind = Kind::kEnd;
  std::string body;
};

/// Reads the next frame; blocks until it is there. Header names are compared without case, lines
/// may end in LF alone, other headers are passed over.
Frame read_frame(std::istream& in);

/// Writes one frame and flushes.
void write_frame(std::ostream& out, std::string_view body);

}  // namespace forelock::lsp
