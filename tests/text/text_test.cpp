#include <gtest/gtest.h>

#include <string>

#include "analyzer/text/edit.h"
#include "analyzer/text/line_index.h"
#include "analyzer/text/source_file.h"
#include "analyzer/text/source_map.h"
#include "analyzer/text/utf8.h"

namespace forelock::text {
namespace {

LineColumn at(std::uint32_t line1, std::uint32_t column1) { return {line1, column1}; }

TEST(LineIndex, CountsEveryKindOfLineBreak) {
  const std::string text = "a\nb\r\nc\rd";
  const LineIndex index(text);
  EXPECT_EQ(index.line_count(), 4U);
  EXPECT_EQ(index.line_begin(2), 2U);
  EXPECT_EQ(index.line_begin(3), 5U);
  EXPECT_EQ(index.line_begin(4), 7U);
  EXPECT_EQ(index.line_begin(99), 7U);
  EXPECT_EQ(index.line(text, 1), "a");
  EXPECT_EQ(index.line(text, 2), "b");
  EXPECT_EQ(index.line(text, 3), "c");
  EXPECT_EQ(index.line(text, 4), "d");
  EXPECT_EQ(index.line_of(0), 1U);
  EXPECT_EQ(index.line_of(4), 2U);
  EXPECT_EQ(index.line_of(5), 3U);
}

TEST(LineIndex, TextThatEndsInLineBreakHasEmptyLastLine) {
  const std::string text = "a\r\n";
  const LineIndex index(text);
  EXPECT_EQ(index.line_count(), 2U);
  EXPECT_EQ(index.line(text, 2), "");
  EXPECT_EQ(LineIndex("").line_count(), 1U);
  EXPECT_EQ(LineIndex().line_count(), 1U);
}

TEST(LineIndex, ColumnsAreCountedInTheGivenUnit) {
  const std::string text = "x\n\xC3\xA9\xF0\x9F\x98\x80z";  // é, an emoji of four bytes, z.
  const LineIndex index(text);
  EXPECT_EQ(index.position(text, 8, ColumnUnit::kByte), at(2, 7));
  EXPECT_EQ(index.position(text, 8, ColumnUnit::kCodePoint), at(2, 3));
  EXPECT_EQ(index.position(text, 8, ColumnUnit::kUtf16), at(2, 4));
}

TEST(LineIndex, ByteInsideOfCharacterIsItsStart) {
  const std::string text = "\xC3\xA9x";
  const LineIndex index(text);
  EXPECT_EQ(index.position(text, 1, ColumnUnit::kCodePoint), at(1, 1));
  EXPECT_EQ(index.position(text, 2, ColumnUnit::kCodePoint), at(1, 2));
  EXPECT_EQ(index.position(text, 99, ColumnUnit::kCodePoint), at(1, 3));
}

TEST(LineIndex, InvalidBytesCountOneUnitEach) {
  const std::string text = "\xFF\xC3x";
  const LineIndex index(text);
  EXPECT_EQ(index.position(text, 2, ColumnUnit::kUtf16), at(1, 3));
}

TEST(LineIndex, OffsetIsTheInverseOfPosition) {
  const std::string text = "ab\r\n\xC3\xA9\xF0\x9F\x98\x80z\n";
  const LineIndex index(text);
  for (const std::uint32_t byte : {0U, 1U, 2U, 4U, 6U, 10U, 11U, 12U}) {
    for (const ColumnUnit unit : {ColumnUnit::kByte, ColumnUnit::kCodePoint, ColumnUnit::kUtf16}) {
      EXPECT_EQ(index.offset(text, index.position(text, byte, unit), unit), byte);
    }
  }
}

TEST(LineIndex, OffsetIsClampedToTheLineAndTheText) {
  const std::string text = "ab\r\nc";
  const LineIndex index(text);
  EXPECT_EQ(index.offset(text, at(1, 99), ColumnUnit::kUtf16), 2U);
  EXPECT_EQ(index.offset(text, at(9, 1), ColumnUnit::kUtf16), 5U);
  EXPECT_EQ(index.offset(text, at(2, 0), ColumnUnit::kUtf16), 4U);
}

TEST(LineIndex, MiddleOfSurrogatePairRoundsDown) {
  const std::string text = "\xF0\x9F\x98\x80z";
  const LineIndex index(text);
  EXPECT_EQ(index.offset(text, at(1, 2), ColumnUnit::kUtf16), 0U);
  EXPECT_EQ(index.offset(text, at(1, 3), ColumnUnit::kUtf16), 4U);
}

TEST(Utf8, FindsInvalidSequences) {
  EXPECT_EQ(find_invalid_utf8("plain and \xC3\xA9 and \xF0\x9F\x98\x80"), std::string_view::npos);
  EXPECT_EQ(find_invalid_utf8("0123456789\xC0\xAF"), 10U);  // Overlong.
  EXPECT_EQ(find_invalid_utf8("a\xED\xA0\x80"), 1U);        // A surrogate.
  EXPECT_EQ(find_invalid_utf8("ab\xF4\x90\x80\x80"), 2U);   // Past U+10FFFF.
  EXPECT_EQ(find_invalid_utf8("abc\xE2\x82"), 3U);          // Truncated.
  EXPECT_EQ(replace_invalid_utf8("a\xE9"
                                 "b\xC3\xA9\xE2\x82",
                                 '_'),
            "a_b\xC3\xA9__");
}

TEST(Edit, AppliesInOrderOfPosition) {
  const auto result = apply_edits("abcdef", {{{4, 5}, "E"}, {{0, 0}, ">"}, {{1, 3}, ""}});
  EXPECT_EQ(result, ">adEf");
}

TEST(Edit, RefusesOverlapAndOutside) {
  EXPECT_FALSE(apply_edits("abc", {{{0, 2}, "x"}, {{1, 3}, "y"}}));
  EXPECT_FALSE(apply_edits("abc", {{{2, 4}, "x"}}));
  EXPECT_EQ(apply_edits("abc", {{{0, 1}, "x"}, {{1, 2}, "y"}}), "xyc");
}

TEST(SourceMap, VerbatimPositionsAreExact) {
  const SourceMap map = SourceMap::verbatim(10, 100);
  EXPECT_EQ(map.to_host({2, 4}), (Span{102, 104}));
  EXPECT_EQ(map.editable({2, 4}), (Span{102, 104}));
  EXPECT_EQ(map.to_host({10, 10}), (Span{110, 110}));
}

TEST(SourceMap, DerivedPositionsPointAtTheWholeExpression) {
  const SourceMap map = SourceMap::derived(10, {50, 70});
  EXPECT_EQ(map.to_host({2, 4}), (Span{50, 70}));
  EXPECT_FALSE(map.editable({2, 4}));
  EXPECT_EQ(SourceMap().to_host({1, 2}, {7, 8}), (Span{7, 8}));
}

TEST(SourceMap, SpansOverSeveralSegmentsAreJoined) {
  MappedText text;
  text.append_derived("ALTER TABLE ", {0, 90});
  text.append({"users", SourceMap::verbatim(5, 20), {}});
  text.append_derived(" DROP COLUMN ", {0, 90});
  text.append({"age", SourceMap::verbatim(3, 30), {}});
  EXPECT_EQ(text.text, "ALTER TABLE users DROP COLUMN age");
  EXPECT_EQ(text.map.to_host({12, 17}), (Span{20, 25}));
  EXPECT_EQ(text.map.to_host({13, 15}), (Span{21, 23}));
  EXPECT_EQ(text.map.to_host({30, 33}), (Span{30, 33}));
  EXPECT_EQ(text.map.to_host({12, 33}), (Span{0, 90}));
  EXPECT_EQ(text.map.editable({30, 33}), (Span{30, 33}));
  EXPECT_FALSE(text.map.editable({16, 18}));
}

TEST(SourceMap, EscapesAreExactAsAWhole) {
  MappedText text;
  text.append({"a", SourceMap::verbatim(1, 10), {}});
  SourceMap escape;
  escape.add({{0, 2}, {11, 17}, SegmentKind::kEscaped});
  text.append({"\xC3\xA9", escape, {}});
  text.append({"b", SourceMap::verbatim(1, 17), {}});
  EXPECT_EQ(text.map.to_host({1, 3}), (Span{11, 17}));
  EXPECT_EQ(text.map.to_host({0, 4}), (Span{10, 18}));
  EXPECT_FALSE(text.map.editable({1, 3}));
}

TEST(SourceMap, SliceStartsAtZeroAndKeepsHoles) {
  MappedText text;
  text.append_derived("SELECT ", {0, 5});
  text.append({"abc", SourceMap::verbatim(3, 40), {{0, 1}, {2, 3}}});
  EXPECT_FALSE(text.known());
  const MappedText part = text.slice({8, 10});
  EXPECT_EQ(part.text, "bc");
  EXPECT_EQ(part.map.to_host({0, 1}), (Span{41, 42}));
  ASSERT_EQ(part.holes.size(), 1U);
  EXPECT_EQ(part.holes[0], (Span{1, 2}));
}

TEST(SourceMap, AppendToItself) {
  MappedText text;
  text.append({"ab", SourceMap::verbatim(2, 5), {{0, 1}}});
  text.append(text);
  EXPECT_EQ(text.text, "abab");
  EXPECT_EQ(text.map.to_host({2, 3}), (Span{5, 6}));
  EXPECT_EQ(text.holes.size(), 2U);
}

TEST(SourceFile, SlicesAndPositions) {
  const SourceFile file("a.sql", "x\n\xC3\xA9y");
  EXPECT_EQ(file.slice({2, 4}), "\xC3\xA9");
  EXPECT_EQ(file.slice({4, 99}), "y");
  EXPECT_EQ(file.slice({99, 100}), "");
  EXPECT_EQ(file.position(4), at(2, 2));
}

TEST(SourceFile, ReadErrorsHaveTheirKind) {
  const auto missing = read_file("/nonexistent/file.sql", "file.sql");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, Error::Kind::kNotFound);
  const auto folder = read_file("/", "root");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().kind, Error::Kind::kUnreadable);
  const auto device = read_file("/dev/zero", "zero");
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().kind, Error::Kind::kUnreadable);
}

}  // namespace
}  // namespace forelock::text
