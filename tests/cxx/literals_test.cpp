#include "analyzer/cxx/literals.h"

#include <gtest/gtest.h>

#include <string>

namespace forelock::cxx {
namespace {

std::string text_of(std::string_view token) {
  const auto decoded = decode_literal(token, 0);
  return decoded ? decoded->text : "<none>";
}

TEST(Literal, PlainEscapedAndRaw) {
  EXPECT_EQ(text_of(R"("SELECT 1")"), "SELECT 1");
  EXPECT_EQ(text_of(R"("a\n\"b\"\x41\101\u00e9\\")"), "a\n\"b\"AA\u00e9\\");
  EXPECT_EQ(text_of("R\"(a\\n\"b)\""), "a\\n\"b");
  EXPECT_EQ(text_of("u8R\"sql(a)\" b)sql\""), "a)\" b");
  EXPECT_EQ(text_of("\"a\\\n  b\""), "a  b") << "a spliced line";
  EXPECT_EQ(text_of("R\"(a\r\nb)\""), "a\nb");
  EXPECT_EQ(text_of("\"a\"sv"), "a");
  EXPECT_EQ(text_of("\"\""), "");
}

TEST(Literal, OtherTokensAreNone) {
  for (const char* token : {"", "x", "\"open", "'c'", "R\"(open\"", "\"\\q\"", "\"\\u12\"", "7"}) {
    EXPECT_EQ(text_of(token), "<none>") << token;
  }
}

TEST(Literal, PositionsAreThoseOfTheFile) {
  const auto decoded = decode_literal(R"("ab\tcd")", 100);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->map.to_host({0, 2}), (text::Span{101, 103}));
  EXPECT_EQ(decoded->map.to_host({2, 3}), (text::Span{103, 105}));
  EXPECT_EQ(decoded->map.to_host({3, 5}), (text::Span{105, 107}));
  EXPECT_TRUE(decoded->map.editable({3, 5}).has_value());
  EXPECT_FALSE(decoded->map.editable({2, 3}).has_value());
}

}  // namespace
}  // namespace forelock::cxx
