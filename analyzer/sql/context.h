#pragma once

// What the lowering of one statement knows and keeps, and the small readers that all of it shares.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/model/operation.h"
#include "analyzer/sql/lexer.h"
#include "analyzer/sql/node.h"

namespace forelock::sql {

/// A statement whose expressions and queries lie deeper is refused: recursion over the model must
/// be bounded.
inline constexpr int kMaxDepth = 500;
/// Expression nodes kept of one statement; what lies behind is read as kOther without arguments.
inline constexpr std::size_t kMaxExpressionNodes = 100'000;
/// Rows of VALUES and the like that are kept.
inline constexpr std::size_t kMaxRows = 1000;

/// The statement that is lowered. Not shared between threads.
struct Context {
  Context(std::string_view statement, const Tokens& its_tokens, int grammar_version)
      : text(statement), tokens(its_tokens), version(grammar_version) {}

  std::string_view text;  ///< Of the statement; positions of the tree count from its start.
  const Tokens& tokens;   ///< Of `text`.
  int version = 0;        ///< Of the grammar, e.g. 180006.
  std::size_t nodes_left = kMaxExpressionNodes;
  std::size_t copies_left = kMaxExpressionNodes;  ///< From sub-queries to the queries around them.
  int depth = 0;
  bool too_deep = false;                         ///< Something was cut because it lies too deep.
  std::map<std::string, int, std::less<>> ctes;  ///< Names of WITH in scope, and how many of each.
  model::Query* query = nullptr;  ///< Collects what the query around reads; may be null.

  [[nodiscard]] std::string slice(text::Span span) const {
    return std::string(
        text.substr(std::min<std::size_t>(span.begin_byte, text.size()), span.size()));
  }
};

/// Counts a level of recursion for as long as it lives.
class DepthGuard {
 public:
  explicit DepthGuard(Context& context) : context_(context) { ++context_.depth; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;
  ~DepthGuard() { --context_.depth; }
  [[nodiscard]] bool too_deep() const {
    context_.too_deep = context_.too_deep || context_.depth > kMaxDepth;
    return context_.depth > kMaxDepth;
  }

 private:
  Context& context_;
};

/// Index of the token where `node` says that it is (its `location`); the number of tokens when it
/// says nothing.
std::size_t token_of(const Context& context, Node node, std::string_view field = "location");
/// Index behind a dotted name that starts at `index`.
std::size_t name_end(const Context& context, std::size_t index);

/// The text of a String, Integer, Float, Boolean or TypeName node, as option values have them.
std::string value_text(Node node);
/// The strings of a list of String nodes.
std::vector<std::string> strings(NodeList list);
/// The last two parts of a dotted name: schema and name.
model::QualifiedName qualified_name(NodeList list);
/// The name in a RangeVar.
model::QualifiedName relation_name(Node range_var);
/// Bytes of the name of a RangeVar, its dots included.
text::Span relation_span(const Context& context, Node range_var);
model::Persistence persistence(Node range_var);
/// DefElem nodes as names and values.
model::Options options(NodeList list);
/// The DefElem of that name, or no node.
Node find_option(NodeList list, std::string_view name);
/// Value of a boolean DefElem: true when it stands without a value.
bool option_flag(Node def_elem);
/// A role's name; the key words as PostgreSQL spells them: "public", "CURRENT_USER", ….
std::string role_name(Node role);
model::ObjectKind object_kind(std::string_view object_type);

}  // namespace forelock::sql
