#include "analyzer/text/source_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace forelock::text {
namespace {

/// An open file of the system, closed at the end of its life.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

std::unexpected<Error> failure(Error::Kind kind, std::string_view path, std::string_view why) {
  return std::unexpected(Error{kind, fmt::format("cannot read \"{}\": {}", path, why)});
}

std::unexpected<Error> system_failure(std::string_view path, int code) {
  const bool missing = code == ENOENT || code == ENOTDIR;
  return failure(missing ? Error::Kind::kNotFound : Error::Kind::kUnreadable, path,
                 std::generic_category().message(code));
}

/// All bytes of an open file, at most `limit` + 1 of them: a file may grow or be endless.
std::expected<std::string, int> read_all(int descriptor, std::size_t expected, std::size_t limit) {
  std::string bytes(std::min(expected, limit) + 1, '\0');
  std::size_t size = 0;
  while (true) {
    const ssize_t count = read(descriptor, bytes.data() + size, bytes.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
    if (size > limit) break;
    if (size == bytes.size()) bytes.resize(std::min(2 * size, limit + 1));
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

SourceFile::SourceFile(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)), lines_(text_) {}

std::string_view SourceFile::slice(Span span) const {
  const std::size_t begin = std::min<std::size_t>(span.begin_byte, text_.size());
  return std::string_view(text_).substr(begin, span.size());
}

LineColumn SourceFile::position(std::uint32_t byte) const {
  return lines_.position(text_, byte, ColumnUnit::kCodePoint);
}

std::expected<FileRef, Error> read_file(const std::string& disk_path, std::string shown_path) {
  // Not blocking: opening a named pipe must not hang. Such files are refused below.
  const Descriptor file(open(disk_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return system_failure(shown_path, errno);
  struct stat status{};
  if (fstat(file.number(), &status) != 0) return system_failure(shown_path, errno);
  if (S_ISDIR(status.st_mode)) {
    return failure(Error::Kind::kUnreadable, shown_path, "it is a folder");
  }
  if (!S_ISREG(status.st_mode)) {
    return failure(Error::Kind::kUnreadable, shown_path, "it is not a regular file");
  }
  auto bytes = read_all(file.number(), static_cast<std::size_t>(std::max<off_t>(status.st_size, 0)),
                        kMaxFileBytes);
  if (!bytes) return system_failure(shown_path, bytes.error());
  if (bytes->size() > kMaxFileBytes) {
    return failure(Error::Kind::kTooLarge, shown_path,
                   fmt::format("it is larger than {} MiB", kMaxFileBytes / (1024U * 1024U)));
  }
  return std::make_shared<const SourceFile>(std::move(shown_path), *std::move(bytes));
}

}  // namespace forelock::text
