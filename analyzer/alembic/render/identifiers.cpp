#include "analyzer/alembic/render/identifiers.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace forelock::alembic {
namespace {

/// RESERVED_WORDS of sqlalchemy/dialects/postgresql/base.py, sorted.
constexpr auto kReservedWords = std::to_array<std::string_view>({
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "new",
    "not",
    "notnull",
    "null",
    "of",
    "off",
    "offset",
    "old",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "over",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
});
static_assert(std::ranges::is_sorted(kReservedWords));

bool legal(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u >= 'a' && u <= 'z') || (u >= '0' && u <= '9') || u == '_' || u == '$';
}

}  // namespace

bool requires_quotes(std::string_view name) {
  if (name.empty()) return true;
  if ((name[0] >= '0' && name[0] <= '9') || name[0] == '$') return true;
  if (!std::ranges::all_of(name, legal)) return true;  // upper case included
  return std::ranges::binary_search(kReservedWords, name);
}

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
  return out;
}

std::string quote(std::string_view name) {
  return requires_quotes(name) ? quoted(name) : std::string(name);
}

void render_name(Sql& sql, const Name& name) {
  if (!name.known) sql.mark_partial();
  const bool quotes = name.quote.value_or(requires_quotes(name.text));
  const At at(sql, name.span);
  if (quotes) {
    sql << quoted(name.text);
  } else if (name.written) {
    sql.copy(*name.written);
  } else {
    sql << name.text;
  }
}

void render_object_name(Sql& sql, const Name& name) {
  if (name.final && name.text.size() > kMaxIdentifier) {
    const std::string hash = md5_hex(name.text);
    const At at(sql, name.span);
    if (!name.known) sql.mark_partial();
    sql << quote(name.text.substr(0, kMaxIdentifier - 8) + "_" + hash.substr(hash.size() - 4));
    return;
  }
  render_name(sql, name);
}

void render_table_name(Sql& sql, const std::optional<Name>& schema, const Name& table,
                       bool dotted) {
  if (schema) {
    if (dotted && !schema->quote && schema->text.find('.') != std::string::npos) {
      const At at(sql, schema->span);
      std::size_t begin = 0;
      while (begin <= schema->text.size()) {
        const std::size_t dot = std::min(schema->text.find('.', begin), schema->text.size());
        sql << quote(std::string_view(schema->text).substr(begin, dot - begin)) << ".";
        begin = dot + 1;
      }
    } else {
      render_name(sql, *schema);
      sql << ".";
    }
  }
  render_name(sql, table);
}

namespace {

std::optional<std::string_view> convention_of(const NamingConvention& convention,
                                              std::string_view kind) {
  for (const auto& [key, value] : convention.patterns) {
    if (key == kind) return value;
  }
  // sqlalchemy/sql/schema.py DEFAULT_NAMING_CONVENTION holds when none is given.
  if (convention.patterns.empty() && kind == "ix") return "ix_%(column_0_label)s";
  return {};
}

std::string label(const ConventionSubject& subject, const std::string& column) {
  std::string schema = subject.schema;
  std::ranges::replace(schema, '.', '_');
  return (schema.empty() ? "" : schema + "_") + subject.table + "_" + column;
}

/// Whether SQLAlchemy knows the token by itself. Source: sqlalchemy/sql/naming.py ConventionDict.
bool is_token(std::string_view token) {
  return token == "table_name" || token == "referred_table_name" || token == "constraint_name" ||
         token.starts_with("column_0") || token.starts_with("referred_column_0") ||
         (token.starts_with("column_") && token.size() > 7 && token[7] >= '0' && token[7] <= '9');
}

/// One of the tokens of a convention; nothing when it has no value.
std::optional<std::string> token_value(const ConventionSubject& subject,
                                       const std::optional<Name>& given, std::string_view token) {
  if (token == "table_name") return subject.table;
  if (token == "constraint_name") {
    if (!given) return {};
    return given->text;
  }
  if (token == "referred_table_name") {
    if (subject.referred_table.empty()) return {};
    return subject.referred_table;
  }
  const bool referred = token.starts_with("referred_column_");
  std::string_view rest = token;
  if (referred) rest.remove_prefix(std::string_view("referred_").size());
  if (!rest.starts_with("column_")) return {};
  rest.remove_prefix(std::string_view("column_").size());
  std::size_t digits = 0;
  std::size_t index = 0;
  while (digits < rest.size() && digits < 4 && rest[digits] >= '0' && rest[digits] <= '9') {
    index = index * 10 + static_cast<std::size_t>(rest[digits] - '0');
    ++digits;
  }
  if (digits == 0) return {};
  rest.remove_prefix(digits);
  bool all = false;
  std::string_view separator;
  if (rest.starts_with("_N_")) {
    all = true;
    separator = "_";
    rest.remove_prefix(3);
  } else if (rest.starts_with("N_")) {
    all = true;
    rest.remove_prefix(2);
  } else if (rest.starts_with("_")) {
    rest.remove_prefix(1);
  }
  const auto& columns = referred ? subject.referred_columns : subject.columns;
  const auto one = [&](const std::string& column) {
    return rest == "label" ? label(subject, column) : column;
  };
  if (!all) return index < columns.size() ? one(columns[index]) : std::string();
  std::string out;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) out += separator;
    out += one(columns[i]);
  }
  return out;
}

}  // namespace

std::optional<Name> convention_name(const NamingConvention& convention,
                                    const ConventionSubject& subject,
                                    const std::optional<Name>& given, text::Span span) {
  if (given && given->final) return given;
  const auto pattern = convention_of(convention, subject.kind);
  if (!pattern) return given;
  if (given && pattern->find("constraint_name") == std::string_view::npos) return given;
  Name name;
  name.final = true;
  name.span = given ? given->span : span;
  name.known = !given || given->known;
  std::size_t at = 0;
  while (at < pattern->size()) {
    const std::size_t open = pattern->find("%(", at);
    if (open == std::string_view::npos) {
      name.text += pattern->substr(at);
      break;
    }
    name.text += pattern->substr(at, open - at);
    const std::size_t close = pattern->find(")s", open);
    if (close == std::string_view::npos) return given;
    const std::string_view token = pattern->substr(open + 2, close - open - 2);
    const bool own = is_token(token);
    auto value = own               ? token_value(subject, given, token)
                 : convention.made ? convention.made(token, subject)
                                   : std::nullopt;
    if (!value && own) return given;
    if (!value) {  // a function of the project makes it
      name.text = kUnknownText;
      name.known = false;
      return name;
    }
    name.text += *value;
    at = close + 2;
  }
  if (name.text.find(kUnknownText) != std::string::npos) name.known = false;
  return name;
}

// ---- MD5 (RFC 1321) -----------------------------------------------------------------------------

std::string md5_hex(std::string_view text) {
  constexpr std::array<std::uint32_t, 64> kShift{
      7,  12, 17, 22, 7,  12, 17, 22, 7,  12, 17, 22, 7,  12, 17, 22, 5,  9,  14, 20, 5,  9,
      14, 20, 5,  9,  14, 20, 5,  9,  14, 20, 4,  11, 16, 23, 4,  11, 16, 23, 4,  11, 16, 23,
      4,  11, 16, 23, 6,  10, 15, 21, 6,  10, 15, 21, 6,  10, 15, 21, 6,  10, 15, 21};
  constexpr std::array<std::uint32_t, 64> kSine{
      0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613,
      0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193,
      0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d,
      0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
      0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122,
      0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
      0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244,
      0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
      0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
      0xeb86d391};
  std::string message(text);
  const std::uint64_t bits = static_cast<std::uint64_t>(text.size()) * 8U;
  message += static_cast<char>(0x80);
  while (message.size() % 64 != 56) message += '\0';
  for (unsigned i = 0; i < 8; ++i) {
    message += static_cast<char>(static_cast<unsigned char>((bits >> (8U * i)) & 0xFFU));
  }
  std::array<std::uint32_t, 4> state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for (std::size_t block = 0; block < message.size(); block += 64) {
    std::array<std::uint32_t, 16> words{};
    for (std::size_t i = 0; i < 64; ++i) {
      words[i / 4] |= static_cast<std::uint32_t>(static_cast<unsigned char>(message[block + i]))
                      << (8U * (i % 4));
    }
    auto [a, b, c, d] = state;
    for (std::uint32_t i = 0; i < 64; ++i) {
      std::uint32_t f = 0;
      std::uint32_t g = 0;
      if (i < 16) {
        f = (b & c) | (~b & d);
        g = i;
      } else if (i < 32) {
        f = (d & b) | (~d & c);
        g = (5 * i + 1) % 16;
      } else if (i < 48) {
        f = b ^ c ^ d;
        g = (3 * i + 5) % 16;
      } else {
        f = c ^ (b | ~d);
        g = (7 * i) % 16;
      }
      f += a + kSine[i] + words[g];
      a = d;
      d = c;
      c = b;
      b += (f << kShift[i]) | (f >> (32U - kShift[i]));
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
  }
  std::string out;
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const std::uint32_t word : state) {
    for (unsigned i = 0; i < 4; ++i) {
      const std::uint32_t byte = (word >> (8U * i)) & 0xFFU;
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xFU];
    }
  }
  return out;
}

}  // namespace forelock::alembic
