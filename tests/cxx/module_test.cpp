#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/cxx/loader/loader.h"

namespace forelock::cxx {
namespace {

/// Headers as libpq's and libpqxx's, cut down, so that no test needs them installed.
constexpr std::string_view kHeader = R"(
struct PGconn; struct PGresult;
extern "C" PGresult* PQexec(PGconn*, const char*);
extern "C" PGresult* PQprepare(PGconn*, const char* name, const char* query, int, const unsigned*);
namespace pqxx {
struct result {};
struct zview { zview(const char*); };
class transaction_base {
 public:
  result exec(zview query);
  template <class... A> result exec_params(zview query, A&&... arguments);
};
class work : public transaction_base {};
}
namespace std {
inline namespace __cxx11 {
template <class T> class basic_string {
 public:
  basic_string(const T*);
  const T* c_str() const;
  basic_string& append(const T*);
  basic_string& operator+=(const T*);
};
}
using string = basic_string<char>;
string operator+(const string&, const string&);
template <class T> class basic_string_view { public: basic_string_view(const T*); const T* data() const; };
using string_view = basic_string_view<char>;
}
struct Dialog { int exec(const char*); };
)";

model::Migration read(const std::string& source, const std::vector<std::string>& functions = {},
                      std::string_view header = kHeader) {
  const auto file = std::make_shared<const text::SourceFile>(
      "a.cpp", std::string(header) + "\n//BODY\n" + source);
  auto migrations = read_cxx_sources_with(FORELOCK_CXX_MODULE_FILE, {file}, functions, "", "/src");
  EXPECT_TRUE(migrations.has_value()) << (migrations ? "" : migrations.error().message);
  if (!migrations || migrations->size() != 1) return {};
  return std::move(migrations->front());
}

/// The SQL of a migration's steps, one a line; "? reason: known" where it is not known.
std::string steps(const model::Migration& migration) {
  std::string text;
  for (const model::Step& step : migration.upgrade.steps) {
    EXPECT_EQ(step.transaction, model::kNoTransaction);
    if (const model::NotAnalyzed* why = step.not_analyzed()) {
      text += "? " + why->reason + (why->sql.empty() ? "" : ": " + why->sql) + "\n";
    } else {
      text += step.statement()->sql + "\n";
    }
  }
  return text;
}

std::string steps_of(const std::string& body, std::string_view header = kHeader) {
  return steps(read("void f(PGconn* c, pqxx::work& tx, const char* name, bool b) {" + body + "}",
                    {}, header));
}

TEST(CxxModule, FindsLiterals) {
  EXPECT_EQ(steps_of(R"(PQexec(c, "DROP TABLE a");)"), "DROP TABLE a\n");
  EXPECT_EQ(steps_of(R"(PQexec(c, "DROP TABLE " "a;" " DROP TABLE b");)"),
            "DROP TABLE a\nDROP TABLE b\n");
  EXPECT_EQ(steps_of("PQexec(c, R\"sql(DROP TABLE a)sql\");"), "DROP TABLE a\n");
  EXPECT_EQ(steps_of(R"(PQprepare(c, "drop it", "DELETE FROM a WHERE b = $1", 1, nullptr);)"),
            "DELETE FROM a WHERE b = $1\n");
  EXPECT_EQ(steps_of(R"(tx.exec("DROP TABLE a"); tx.exec_params("DELETE FROM a", 1);)"),
            "DROP TABLE a\nDELETE FROM a\n");
}

TEST(CxxModule, FindsConstants) {
  EXPECT_EQ(steps_of(R"(static constexpr char kSql[] = "DROP TABLE a"; PQexec(c, kSql);)"),
            "DROP TABLE a\n");
  EXPECT_EQ(steps_of(R"(const char* sql = "DROP TABLE a"; PQexec(c, sql);)"), "DROP TABLE a\n");
  EXPECT_EQ(steps_of(R"(const std::string sql = "DROP TABLE a"; PQexec(c, sql.c_str());)"),
            "DROP TABLE a\n");
  EXPECT_EQ(
      steps_of(R"(constexpr const char* kA = "DROP "; std::string s = std::string(kA) + "TABLE a";
                        PQexec(c, s.c_str());)"),
      "DROP TABLE a\n");
  EXPECT_EQ(steps(read("#define RUN(c, sql) PQexec(c, sql)\n#define SQL \"DROP TABLE b\"\n"
                       "void f(PGconn* c) { RUN(c, \"DROP TABLE a\"); PQexec(c, SQL); }")),
            "DROP TABLE a\nDROP TABLE b\n");
}

TEST(CxxModule, SaysWhatItDoesNotKnow) {
  EXPECT_EQ(steps_of("PQexec(c, name);"), "? the SQL is not a constant\n");
  EXPECT_EQ(steps_of(R"(PQexec(c, (std::string("DROP TABLE ") + name).c_str());)"),
            "? a part of the SQL is not a constant: DROP TABLE \n");
  EXPECT_EQ(steps_of(R"(std::string s = "DROP TABLE "; s += name; PQexec(c, s.c_str());)"),
            "? the SQL's variable is changed\n");
  EXPECT_EQ(steps_of(R"(PQexec(c, b ? "DROP TABLE a" : "DROP TABLE b");)"),
            "? the SQL depends on a condition\n");
  const model::Migration partial = read("void f(PGconn* c, const char* s) { PQexec(c, s); }");
  EXPECT_FALSE(partial.upgrade.complete);
}

TEST(CxxModule, LeavesOtherCallsAndTextsAlone) {
  EXPECT_EQ(steps_of(R"(Dialog d; d.exec("DROP TABLE a");)"), "");
  EXPECT_EQ(steps_of(R"(PQexec(c, "hello there"); PQexec(c, "");)"), "");
  EXPECT_EQ(steps_of(R"(const char* s = "DROP TABLE a"; (void)s;)"), "");
}

TEST(CxxModule, AConfiguredFunction) {
  const std::string source =
      "namespace app { void run_sql(int, const char*); }\n"
      "void g() { app::run_sql(1, \"DROP TABLE a\"); }";
  EXPECT_EQ(steps(read(source)), "");
  EXPECT_EQ(steps(read(source, {"run_sql"})), "DROP TABLE a\n");
  EXPECT_EQ(steps(read(source, {"app::run_sql"})), "DROP TABLE a\n");
  EXPECT_EQ(steps(read(source, {"other::run_sql"})), "");
}

TEST(CxxModule, ReadsWithoutTheHeaders) {
  const std::string source = R"cpp(
#include <libpq-fe.h>
#include <pqxx/pqxx>
    static const char kDrop[] = "DROP TABLE c";
    void f(PGconn* c, Dialog& dialog) {
      PGresult* r = PQexec(c, "DROP TABLE a");
      pqxx::connection connection{"dbname=x"};
      pqxx::work tx{connection};
      tx.exec(
          "DROP TABLE "
          "b");
      tx.exec0(kDrop);
      auto rows = tx.exec_params(R"(SELECT 1)"
                                 ", 2",
                                 5);
      dialog.exec("Really?");
      tx.exec("DROP TABLE " + std::string(name));
    }
  )cpp";
  EXPECT_EQ(steps(read(source, {}, "")),
            "DROP TABLE a\nDROP TABLE b\nDROP TABLE c\nSELECT 1, 2\n"
            "? a part of the SQL is not a constant: DROP TABLE \n");
}

TEST(CxxModule, ReadsTemplatesAndLambdas) {
  EXPECT_EQ(steps(read("template <class T> void f(T& tx) { tx.exec(\"DROP TABLE a\"); }\n"
                       "void g(pqxx::work& tx) { auto l = [&](auto&& t) { t.exec(\"DROP TABLE b\");"
                       " tx.exec(\"DROP TABLE c\"); }; }")),
            "DROP TABLE a\nDROP TABLE b\nDROP TABLE c\n");
}

TEST(CxxModule, PositionsAreExactInsideOfLiterals) {
  const model::Migration migration =
      read("void f(PGconn* c) {\n  PQexec(c, \"ALTER TABLE \"\n    \"\\\"a\\\" DROP b\");\n}");
  ASSERT_EQ(migration.upgrade.steps.size(), 1U);
  const model::Statement& statement = *migration.upgrade.steps[0].statement();
  const std::size_t at = statement.sql.find("DROP b");
  ASSERT_NE(at, std::string::npos);
  const auto begin = static_cast<std::uint32_t>(at);
  EXPECT_EQ(migration.file->slice(statement.host({begin, begin + 6})), "DROP b");
  EXPECT_TRUE(statement.map.editable({begin, begin + 6}).has_value());
  EXPECT_EQ(migration.file->slice(statement.host({12, 13})), "\\\"");
}

TEST(CxxModule, ASyntaxErrorIsAProblemAtItsPlace) {
  const model::Migration migration = read("void f(PGconn* c) { PQexec(c, \"ALTER TABEL a\"); }");
  ASSERT_EQ(migration.problems.size(), 1U);
  EXPECT_EQ(migration.file->slice(migration.problems[0].span), "TABEL");
  EXPECT_EQ(migration.upgrade.steps.size(), 1U);
}

TEST(CxxModule, CommentsAreHandedOver) {
  const model::Migration migration =
      read("// forelock: ignore[drop-table] old\nvoid f() {} /* x */", {}, "");
  ASSERT_EQ(migration.comments.size(), 3U);
  EXPECT_EQ(migration.comments[1].text, "// forelock: ignore[drop-table] old");
  EXPECT_EQ(migration.comments[2].text, "/* x */");
}

TEST(CxxModule, SurvivesAnyText) {
  for (const char* source :
       {"", "}}}}((((", "#include", "#define X", "PQexec(", "PQexec(c, \"", "R\"(", "\xff\xfe",
        "template<", "PQexec(c, R\"x(DROP TABLE a", "/*", "#if 1", "'"}) {
    read(source, {}, "");
  }
  read(std::string("PQexec(\0)", 9), {}, "");
  read(std::string(20'000, '('), {}, "");
}

TEST(CxxModule, AMissingModuleIsAnErrorThatSaysSo) {
  const auto file = std::make_shared<const text::SourceFile>("a.cpp", "");
  const auto migrations = read_cxx_sources_with("/nowhere/forelock_cxx.so", {file}, {}, "", "/");
  ASSERT_FALSE(migrations.has_value());
  EXPECT_NE(migrations.error().message.find("/nowhere/forelock_cxx.so"), std::string::npos);
}

TEST(CxxModule, ABadDatabaseIsAnErrorThatSaysSo) {
  const auto file = std::make_shared<const text::SourceFile>("a.cpp", "");
  const auto migrations =
      read_cxx_sources_with(FORELOCK_CXX_MODULE_FILE, {file}, {}, "/nowhere", "/");
  ASSERT_FALSE(migrations.has_value());
  EXPECT_NE(migrations.error().message.find("/nowhere"), std::string::npos);
}

}  // namespace
}  // namespace forelock::cxx
