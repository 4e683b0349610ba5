// Where each byte of a str comes from.

#include <gtest/gtest.h>

#include "tests/python/harness.h"

namespace forelock::python {
namespace {

using testing::run;
using text::Segment;
using text::SegmentKind;

/// "verbatim" for parts that stand in the source, e'…' for escapes, <…> for derived ones, each with
/// the source it points at.
std::string parts(const std::string& source, std::string_view name = "x",
                  std::map<std::string, std::string> modules = {}) {
  const auto r = run(source, std::move(modules));
  const auto value = r->evaluator->global(name);
  if (!value || value->str() == nullptr) return value ? testing::show(*value) : "unbound";
  const text::MappedText& s = *value->str();
  const auto file = r->evaluator->file(value->place->file);
  std::string out;
  std::uint32_t covered = 0;
  for (const Segment& segment : s.map.segments()) {
    EXPECT_EQ(segment.embedded.begin_byte, covered) << source;
    covered = segment.embedded.end_byte;
    const std::string text = s.text.substr(segment.embedded.begin_byte, segment.embedded.size());
    const std::string host(file->slice(segment.host));
    switch (segment.kind) {
      case SegmentKind::kVerbatim:
        EXPECT_EQ(text, host) << source;
        out += "'" + text + "'";
        break;
      case SegmentKind::kEscaped:
        out += "e'" + host + "'";
        break;
      case SegmentKind::kDerived:
        out += "<" + text + " from " + host + ">";
        break;
    }
  }
  EXPECT_EQ(covered, s.text.size()) << source;
  return out;
}

TEST(SourceMap, LiteralsAreVerbatim) {
  EXPECT_EQ(parts("x = 'SELECT 1'"), "'SELECT 1'");
  EXPECT_EQ(parts("x = \"\"\"SELECT 1,\n  2\"\"\""), "'SELECT 1,\n  2'");
  EXPECT_EQ(parts("x = r'\\d'"), "'\\d'");
  EXPECT_EQ(parts("x = u'é€'"), "'é€'");
  EXPECT_EQ(parts("x = ''"), "");
}

TEST(SourceMap, EscapesAreExactAsAWhole) {
  EXPECT_EQ(parts("x = 'a\\nb'"), "'a'e'\\n''b'");
  EXPECT_EQ(parts("x = '\\x41\\u00e9\\101'"), "e'\\x41'e'\\u00e9'e'\\101'");
  EXPECT_EQ(parts("x = 'a\\\nb'"), "'a''b'") << "a line continuation makes no bytes";
  EXPECT_EQ(parts("x = '\\d'"), "'\\d'") << "no escape";
  EXPECT_EQ(parts("x = '''a\r\nb'''"), "'a'e'\r\n''b'");
}

TEST(SourceMap, NeighboursAreJoined) {
  EXPECT_EQ(parts("x = 'a' \"b\""), "'a''b'");
  EXPECT_EQ(parts("x = ('a'\n     'b')"), "'a''b'");
  EXPECT_EQ(parts("x = 'a' + 'b'"), "'a''b'");
  EXPECT_EQ(parts("y = 'b'\nx = 'a'\nx += y"), "'a''b'");
  EXPECT_EQ(parts("x = ', '.join(['a', 'b'])"), "'a'', ''b'");
  EXPECT_EQ(parts("x = 'ab' * 2"), "'ab''ab'");
}

TEST(SourceMap, InterpolatedTextPointsToWhereItWasWritten) {
  EXPECT_EQ(parts("t = 'users'\nx = f'DROP TABLE {t};'"), "'DROP TABLE ''users'';'");
  EXPECT_EQ(parts("x = f'{1 + 1} {{a}}'"), "<2 from 1 + 1>' 'e'{{''a'e'}}'");
  EXPECT_EQ(parts("x = f'{\"a\"!r}'"), "<'a' from {\"a\"!r}>");
  EXPECT_EQ(parts("x = f'{2.5:.2f}'"), "<2.50 from {2.5:.2f}>");
}

TEST(SourceMap, FormattingKeepsBothSides) {
  EXPECT_EQ(parts("t = 'users'\nx = 'DROP %s %d%%' % (t, 3)"), "'DROP ''users'' '<3 from 3>'%'");
  EXPECT_EQ(parts("t = 'users'\nx = 'DROP {} {n}'.format(t, n=3)"), "'DROP ''users'' '<3 from 3>");
  EXPECT_EQ(parts("x = '%(a)s' % {'a': 'b'}"), "'b'");
}

TEST(SourceMap, PartsKeepTheirPlace) {
  EXPECT_EQ(parts("x = 'abcdef'[1:3]"), "'bc'");
  EXPECT_EQ(parts("x = '  a '.strip()"), "'a'");
  EXPECT_EQ(parts("x = 'a;b'.split(';')[1]"), "'b'");
  EXPECT_EQ(parts("x = 'a-b'.replace('-', '+')"), "'a''+''b'");
  EXPECT_EQ(parts("import textwrap\nx = textwrap.dedent('''\n    a\n      b\n''')"),
            "'\n''a\n''  b\n'");
}

TEST(SourceMap, ChangedTextIsDerivedFromTheWhole) {
  EXPECT_EQ(parts("x = 'ab'.upper()"), "<AB from ab>");
  EXPECT_EQ(parts("x = 'AB'.upper()"), "'AB'") << "nothing was changed";
  EXPECT_EQ(parts("x = str(5)"), "<5 from str(5)>");
}

TEST(SourceMap, TextOfAnotherFileIsDerived) {
  const std::map<std::string, std::string> modules{
      {"app.sql", "T = 'users'\nDROP = 'DROP TABLE x'\n"}};
  EXPECT_EQ(parts("from app.sql import T\nx = f'DROP {T}'", "x", modules), "'DROP '<users from T>");
  EXPECT_EQ(parts("from app.sql import DROP as x", "x", modules), "'DROP TABLE x'")
      << "the value's place names the file of its map";
}

TEST(SourceMap, UnknownPartsAreHoles) {
  const auto r = run("from app import t\nx = f'DROP {t()} now'");
  const auto x = r->evaluator->global("x");
  ASSERT_TRUE(x && x->str());
  EXPECT_EQ(x->str()->text, "DROP __unknown__ now");
  ASSERT_EQ(x->str()->holes.size(), 1U);
  EXPECT_EQ(x->str()->holes[0], (text::Span{5, 16}));
  EXPECT_EQ(parts("x = 'DROP ' + open('a').read()"),
            "'DROP '<__unknown__ from 'DROP ' + open('a').read()>");
  EXPECT_EQ(parts("from app import t\nx = 'DROP ' + t.name"), "('DROP ' + app.t.name)")
      << "a symbol may be a column: the sum stays an expression, to_str() gives its text";
  EXPECT_EQ(parts("from app import t\nx = str('DROP ' + t.name)"),
            "'DROP '<__unknown__ from str('DROP ' + t.name)>");
}

}  // namespace
}  // namespace forelock::python
