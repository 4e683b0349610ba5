#include "lsp/transport.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <streambuf>
#include <string>
#include <vector>

namespace forelock::lsp {
namespace {

/// Hands out `size` bytes at a time, as a pipe does.
class SlowBuffer : public std::streambuf {
 public:
  SlowBuffer(std::string text, std::size_t size) : text_(std::move(text)), size_(size) {}

 protected:
  int_type underflow() override {
    if (at_ >= text_.size()) return traits_type::eof();
    const std::size_t count = std::min(size_, text_.size() - at_);
    setg(text_.data() + at_, text_.data() + at_, text_.data() + at_ + count);
    at_ += count;
    return traits_type::to_int_type(*gptr());
  }

 private:
  std::string text_;
  std::size_t size_, at_ = 0;
};

std::vector<std::string> bodies(const std::string& input, std::size_t chunk) {
  SlowBuffer buffer(input, chunk);
  std::istream in(&buffer);
  std::vector<std::string> list;
  for (;;) {
    const Frame frame = read_frame(in);
    if (frame.kind == Frame::Kind::kEnd) return list;
    list.push_back(frame.kind == Frame::Kind::kMalformed ? "<malformed>" : frame.body);
  }
}

TEST(Transport, FramesAreReadHoweverTheBytesArrive) {
  const std::string input =
      "Content-Length: 2\r\n\r\n{}content-LENGTH:  4 \r\nContent-Type: application/vscode-jsonrpc; "
      "charset=utf-8\r\n\r\nnullContent-Length: 3\n\n\xC3\xA9!";
  const std::vector<std::string> expected = {"{}", "null", "\xC3\xA9!"};
  for (std::size_t chunk = 1; chunk <= input.size(); ++chunk) {
    EXPECT_EQ(bodies(input, chunk), expected) << chunk;
  }
}

TEST(Transport, ReadingGoesOnBehindBadHeaders) {
  const std::vector<std::string> expected = {"<malformed>", "{}"};
  EXPECT_EQ(bodies("Content-Length: x\r\n\r\nContent-Length: 2\r\n\r\n{}", 7), expected);
  EXPECT_EQ(bodies("Hello\r\n\r\nContent-Length: 2\r\n\r\n{}", 7), expected);
  EXPECT_EQ(bodies("Content-Length: -2\r\n\r\nContent-Length: 2\r\n\r\n{}", 7), expected);
}

TEST(Transport, AnEndInsideOfAFrameIsTheEnd) {
  EXPECT_TRUE(bodies("Content-Length: 20\r\n\r\n{}", 5).empty());
  EXPECT_TRUE(bodies("Content-Length: 99999999999\r\n\r\n{}", 5).size() <= 1);
  EXPECT_TRUE(bodies("Content-Le", 5).empty());
}

TEST(Transport, WhatIsWrittenIsReadAgain) {
  std::ostringstream out;
  write_frame(out, "{\"a\":\"\xC3\xA9\"}");
  EXPECT_EQ(out.str(), "Content-Length: 10\r\n\r\n{\"a\":\"\xC3\xA9\"}");
  EXPECT_EQ(bodies(out.str(), 1), std::vector<std::string>{"{\"a\":\"\xC3\xA9\"}"});
}

}  // namespace
}  // namespace forelock::lsp
