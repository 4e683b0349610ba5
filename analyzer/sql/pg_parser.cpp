#include "analyzer/sql/pg_parser.h"

#include <pg_query.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <string_view>

#include "analyzer/text/utf8.h"

namespace forelock::sql {
namespace {

/// Levels of JSON that are read; each level of an expression takes two of them.
constexpr std::size_t kMaxJsonDepth = 4096;

/// Owns what libpg_query returned.
class ParseResult {
 public:
  explicit ParseResult(PgQueryParseResult result) : result_(result) {}
  ParseResult(const ParseResult&) = delete;
  ParseResult& operator=(const ParseResult&) = delete;
  ~ParseResult() { pg_query_free_parse_result(result_); }
  [[nodiscard]] const PgQueryError* error() const { return result_.error; }
  [[nodiscard]] const char* tree() const { return result_.parse_tree; }

 private:
  PgQueryParseResult result_;
};

#ifdef FORELOCK_PG_QUERY_KEEPS_STDERR
PgQueryParseResult run(const char* sql) { return pg_query_parse(sql); }
#else
// libpg_query points the process's standard error at a pipe while it parses (unless it is built
// with DEBUG defined, which FORELOCK_PG_QUERY_KEEPS_STDERR promises). Two threads that do so at
// once may leave it there, and the next message would end the program with SIGPIPE.
PgQueryParseResult run(const char* sql) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  return pg_query_parse(sql);
}
#endif

/// Byte of a position that counts characters from 1.
std::size_t byte_of_character(std::string_view sql, int position) {
  std::size_t byte = 0;
  for (int left = position - 1; left > 0 && byte < sql.size(); --left) {
    byte += text::utf8_character(sql, byte).size_bytes;
  }
  return std::min(byte, sql.size());
}

/// Messages quote the text near the error, which may be long.
std::string shortened(std::string_view message) {
  constexpr std::size_t kMaxBytes = 200;
  if (message.size() <= kMaxBytes) return std::string(message);
  std::size_t end = kMaxBytes;
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0U) == 0x80U) --end;
  return std::string(message.substr(0, end)) + "…";
}

SyntaxError to_syntax_error(const PgQueryError& error, std::string_view sql) {
  const std::size_t byte = byte_of_character(sql, error.cursorpos);
  const auto begin = static_cast<std::uint32_t>(byte);
  const bool at_end = byte >= sql.size();
  return {shortened(error.message == nullptr ? "syntax error" : error.message),
          {begin, at_end ? begin : begin + 1}};
}

}  // namespace

std::expected<PgParser::Tree, SyntaxError> PgParser::parse(const std::string& sql) {
  const ParseResult result(run(sql.c_str()));
  if (result.error() != nullptr) return std::unexpected(to_syntax_error(*result.error(), sql));
  const text::Span whole{0, static_cast<std::uint32_t>(sql.size())};
  const std::size_t size = result.tree() == nullptr ? 0 : std::strlen(result.tree());
  if (reader_.capacity() < size) {
    const auto refused = reader_.allocate(std::max<std::size_t>(size, 4096), kMaxJsonDepth);
    if (refused != simdjson::SUCCESS) {
      return std::unexpected(SyntaxError{"the statement is too large", whole});
    }
  }
  simdjson::dom::object root;
  const auto failed = reader_.parse(result.tree(), size).get(root);
  if (failed == simdjson::DEPTH_ERROR) {
    return std::unexpected(SyntaxError{"the statement is nested too deeply", whole});
  }
  if (failed != simdjson::SUCCESS) {
    return std::unexpected(SyntaxError{"the parser's result could not be read", whole});
  }
  const Node node({}, root);
  Tree tree{{}, 0, static_cast<int>(node.integer("version"))};
  simdjson::dom::array statements;
  if (root.at_key("stmts").get(statements) != simdjson::SUCCESS) return tree;
  simdjson::dom::object raw;
  tree.count = statements.size();
  if (tree.count > 0 && statements.at(0).get(raw) == simdjson::SUCCESS) {
    tree.statement = Node({}, raw).child("stmt");
  }
  return tree;
}

std::string_view parser_version() { return PG_VERSION; }

}  // namespace forelock::sql
