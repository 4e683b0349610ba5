#include "lsp/documents.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace forelock::lsp {
namespace {

Json range(int from_line, int from, int to_line, int to) {
  return {{"start", {{"line", from_line}, {"character", from}}},
          {"end", {{"line", to_line}, {"character", to}}}};
}

std::string changed(const std::string& text, Json where, const std::string& replacement,
                    Encoding encoding = Encoding::kUtf16) {
  return apply_change(text, {{"range", std::move(where)}, {"text", replacement}}, encoding).value();
}

TEST(Change, WithoutARangeReplacesAll) {
  EXPECT_EQ(apply_change("old", {{"text", "new"}}, Encoding::kUtf16).value(), "new");
}

TEST(Change, CharactersCountInTheAgreedEncoding) {
  const std::string text = "é𝄞x\n";  // 2 and 4 bytes; 1 and 2 UTF-16 units.
  EXPECT_EQ(changed(text, range(0, 3, 0, 4), "Y", Encoding::kUtf16), "é𝄞Y\n");
  EXPECT_EQ(changed(text, range(0, 6, 0, 7), "Y", Encoding::kByte), "é𝄞Y\n");
  EXPECT_EQ(changed(text, range(0, 2, 0, 3), "Y", Encoding::kCodePoint), "é𝄞Y\n");
}

TEST(Change, PositionsAreClamped) {
  EXPECT_EQ(changed("ab\ncd", range(0, 99, 0, 99), "!"), "ab!\ncd");
  EXPECT_EQ(changed("ab\r\ncd", range(0, 99, 0, 99), "!"), "ab!\r\ncd");
  EXPECT_EQ(changed("ab\rcd", range(1, 0, 1, 1), "!"), "ab\r!d");
  EXPECT_EQ(changed("ab\ncd", range(9, 0, 9, 9), "!"), "ab\ncd!");
  EXPECT_EQ(changed("ab", range(0, 0, 2147483647, 2147483647), ""), "");
  EXPECT_EQ(changed("abc", range(0, 2, 0, 1), "-"), "a-c");
  EXPECT_EQ(changed("𝄞", range(0, 1, 0, 1), "-"), "-𝄞") << "inside of a surrogate pair";
}

TEST(Change, OddJsonIsRefused) {
  for (const char* json : {R"({})", R"({"text":1})", R"({"text":"","range":1})",
                           R"({"text":"","range":{"start":{"line":-1,"character":0}}})",
                           R"({"text":"","range":{"start":{"line":0.5,"character":0},)"
                           R"("end":{"line":0,"character":0}}})"}) {
    const auto result = apply_change("x", Json::parse(json), Encoding::kUtf16);
    ASSERT_FALSE(result.has_value()) << json;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidParams);
  }
}

/// A plain model of a text: characters with their widths, positions counted one by one.
class Model {
 public:
  explicit Model(Encoding encoding) : encoding_(encoding) {}

  std::string text;

  std::size_t byte_at(int line, int character) const {
    std::size_t at = 0;
    for (; line > 0; --line) {
      const std::size_t end = text.find_first_of("\r\n", at);
      if (end == std::string::npos) return text.size();
      at = end + (text.compare(end, 2, "\r\n") == 0 ? 2 : 1);
    }
    while (at < text.size() && text[at] != '\n' && text[at] != '\r') {
      const std::size_t size = size_at(at);
      const int width = encoding_ == Encoding::kByte    ? static_cast<int>(size)
                        : encoding_ == Encoding::kUtf16 ? (size == 4 ? 2 : 1)
                                                        : 1;
      if (character < width) break;
      character -= width;
      at += size;
    }
    return at;
  }

 private:
  std::size_t size_at(std::size_t at) const {
    const auto lead = static_cast<unsigned char>(text[at]);
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  }
  Encoding encoding_;
};

TEST(Change, RandomEditsAgreeWithAPlainModel) {
  const std::vector<std::string> pieces = {"a", "é", "€", "𝄞", "\n", "\r\n", "\r", "bc", "", "  "};
  for (const Encoding encoding : {Encoding::kByte, Encoding::kUtf16, Encoding::kCodePoint}) {
    std::mt19937 random(20261123);
    const auto below = [&random](int limit) {
      return std::uniform_int_distribution<int>(0, limit - 1)(random);
    };
    Model model(encoding);
    std::string text;
    for (int step = 0; step < 4000; ++step) {
      if (text.size() > 400) {
        text = apply_change(text, {{"text", ""}}, encoding).value();
        model.text.clear();
      }
      std::string replacement;
      for (int i = below(4); i > 0; --i) {
        replacement += pieces[static_cast<std::size_t>(below(static_cast<int>(pieces.size())))];
      }
      const int from_line = below(8), from = below(12), to_line = below(8), to = below(12);
      text = changed(text, range(from_line, from, to_line, to), replacement, encoding);
      std::size_t begin = model.byte_at(from_line, from), end = model.byte_at(to_line, to);
      if (end < begin) std::swap(begin, end);
      model.text.replace(begin, end - begin, replacement);
      ASSERT_EQ(text, model.text) << display(encoding) << ", step " << step;
    }
  }
}

TEST(Documents, TwoSpellingsOfAUriAreOneDocument) {
  Documents documents;
  documents.open("file:///w/a%20b.sql", "sql", 1, "x");
  ASSERT_NE(documents.find("file:///w/a b.sql"), nullptr);
  EXPECT_EQ(documents.find("FILE://localhost/w/./a%20b.sql")->path, "/w/a b.sql");
  documents.close("file:///w/%61%20b.sql");
  EXPECT_EQ(documents.find("file:///w/a%20b.sql"), nullptr);
}

TEST(Documents, ABufferWithoutAFileGetsOneByItsLanguage) {
  Documents documents;
  EXPECT_TRUE(documents.open("untitled:Untitled-1", "sql", 1, "").path.ends_with(".sql"));
  EXPECT_TRUE(documents.open("untitled:Untitled-2", "python", 1, "").path.ends_with(".py"));
  documents.open("untitled:Untitled-1", "python", 2, "");
  EXPECT_EQ(documents.by_path().size(), 2U);
}

TEST(Uri, PathsAndBack) {
  EXPECT_EQ(path_of_uri("file:///a/%C3%A9.sql").value(), "/a/é.sql");
  EXPECT_EQ(uri_of_path("/a/é b.sql"), "file:///a/%C3%A9%20b.sql");
  EXPECT_EQ(path_of_uri(uri_of_path("/w/100%/x#y?.sql")).value(), "/w/100%/x#y?.sql");
  for (const char* uri :
       {"", "untitled:x", "file:", "file://", "file://host", "http://x/y", "file:///a%00b"}) {
    EXPECT_FALSE(path_of_uri(uri).has_value()) << uri;
  }
}

}  // namespace
}  // namespace forelock::lsp
