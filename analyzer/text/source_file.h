#pragma once

// One file's name, bytes and line index, immutable and shared by everything that points into it.

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "analyzer/text/line_index.h"
#include "analyzer/text/span.h"

namespace forelock::text {

/// A file as it was read. `path` is as a report shows it: relative to the root of the run where it
/// lies below it, with forward slashes.
class SourceFile {
 public:
  SourceFile(std::string path, std::string text);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::string_view slice(Span span) const;
  [[nodiscard]] const LineIndex& lines() const { return lines_; }
  /// 1-based line and code point column.
  [[nodiscard]] LineColumn position(std::uint32_t byte) const;
  [[nodiscard]] std::uint32_t line_of(std::uint32_t byte) const { return lines_.line_of(byte); }

 private:
  std::string path_;
  std::string text_;
  LineIndex lines_;
};

using FileRef = std::shared_ptr<const SourceFile>;

/// A span in a named file. `file` may be null for a place that is in no file.
struct Location {
  FileRef file;
  Span span;
};

struct Error {
  enum class Kind { kNotFound, kUnreadable, kTooLarge, kInvalid };
  Kind kind = Kind::kInvalid;
  std::string message;
};

/// Largest file that is read, in bytes. A migration is far smaller; the limit bounds memory.
inline constexpr std::size_t kMaxFileBytes = 32U * 1024U * 1024U;

/// Reads the file at `disk_path`; it is shown as `shown_path`.
/// Errors: kNotFound, kUnreadable (also for a folder), kTooLarge.
std::expected<FileRef, Error> read_file(const std::string& disk_path, std::string shown_path);

}  // namespace forelock::text
