#include <array>
#include <utility>

#include "analyzer/sql/lower_expression.h"
#include "analyzer/sql/lower_name.h"
#include "analyzer/sql/lower_object.h"
#include "analyzer/sql/lower_session.h"
#include "analyzer/sql/lower_table.h"

namespace forelock::sql {
namespace {

struct ParameterMode {
  std::string_view mode;
  char letter;
};

// Source: PostgreSQL 18, enum FunctionParameterMode in src/include/nodes/parsenodes.h.
constexpr auto kModes = std::to_array<ParameterMode>({
    {"FUNC_PARAM_OUT", 'o'},
    {"FUNC_PARAM_INOUT", 'b'},
    {"FUNC_PARAM_VARIADIC", 'v'},
    {"FUNC_PARAM_TABLE", 't'},
});

model::FunctionParameter lower_parameter(Context& context, Node node) {
  model::FunctionParameter parameter;
  const Tokens& tokens = context.tokens;
  parameter.name = node.string("name");
  parameter.type = lower_type(context, node.fixed("argType"));
  for (const ParameterMode& entry : kModes) {
    if (entry.mode == node.text("mode")) parameter.mode = entry.letter;
  }
  if (node.has("defexpr")) {
    const TokenRange range = element_range(context, token_of(context, node.fixed("argType")));
    std::size_t start = range.begin;
    while (start < range.end && !tokens.is(start, "default") && !tokens.is(start, "=") &&
           !tokens.is(start, ":=")) {
      start = tokens.skip(start);
    }
    parameter.default_value = lower_root(context, node.child("defexpr"), {start + 1, range.end});
  }
  return parameter;
}

/// `RETURN expression` and `BEGIN ATOMIC … END`: a body that is no string.
void read_sql_body(Context& context, model::CreateFunction& function) {
  const Tokens& tokens = context.tokens;
  std::size_t begin = 0;
  while (begin < tokens.size() && !tokens.is(begin, "return") &&
         !(tokens.is(begin, "begin") && tokens.is(begin + 1, "atomic"))) {
    begin = tokens.skip(begin);
  }
  function.body_span = tokens.span({begin, tokens.size()});
  function.body = context.slice(function.body_span);
  if (function.language.empty()) function.language = "sql";
}

void read_option(Context& context, Node option, model::CreateFunction& function) {
  const auto all = [](Node setting) { return setting.text("kind") == "VAR_RESET_ALL"; };
  const std::string_view name = option.text("defname");
  const Node value = option.child("arg");
  if (name == "language") function.language = value_text(value);
  if (name == "security") function.security_definer = value.flag("boolval");
  if (name == "strict") function.strict = value.flag("boolval");
  if (name == "leakproof") function.leakproof = value.flag("boolval");
  if (name == "parallel") function.parallel = value_text(value);
  if (name == "cost") function.cost = value_text(value);
  if (name == "rows") function.rows = value_text(value);
  if (name == "volatility") {
    const std::string word = value_text(value);
    function.volatility = word == "immutable" ? model::Volatility::kImmutable
                          : word == "stable"  ? model::Volatility::kStable
                                              : model::Volatility::kVolatile;
  }
  if (name == "set") {
    std::string values;
    for (const std::string& part : set_values(value)) {
      if (!values.empty()) values += ", ";
      values += part;
    }
    function.settings.emplace_back(all(value) ? "all" : value.string("name"), std::move(values));
  }
  if (name == "as") {
    function.body = value_text(value.list("items").front());
    function.body_span = string_body(context, token_of(context, option) + 1);
  }
}

}  // namespace

text::Span string_body(const Context& context, std::size_t index) {
  const Tokens& tokens = context.tokens;
  if (index >= tokens.size() || tokens[index].kind != TokenKind::kString) return {};
  const std::string_view token = tokens.text(index);
  text::Span span = tokens[index].span;
  if (token.starts_with('$')) {
    const auto tag = static_cast<std::uint32_t>(token.find('$', 1) + 1);
    span.begin_byte += tag;
    if (tokens[index].closed) span.end_byte -= tag;
  } else {
    span.begin_byte += static_cast<std::uint32_t>(token.find('\'') + 1);
    if (tokens[index].closed) span.end_byte -= 1;
  }
  return span;
}

model::Operation lower_create_function(Context& context, Node statement) {
  model::CreateFunction function;
  function.name = qualified_name(statement.list("funcname"));
  function.or_replace = statement.flag("replace");
  function.procedure = statement.flag("is_procedure");
  for (const Node parameter : statement.list("parameters")) {
    function.parameters.push_back(lower_parameter(context, parameter));
    if (function.parameters.back().mode == 't') function.returns_table = true;
  }
  if (const Node returns = statement.fixed("returnType")) {
    function.returns = lower_type(context, returns);
  }
  for (const Node option : statement.list("options")) read_option(context, option, function);
  if (statement.has("sql_body")) read_sql_body(context, function);
  return function;
}

model::Operation lower_alter_function(Context& context, Node statement) {
  model::AlterFunction result;
  result.function =
      lower_signature(context, object_kind(statement.text("objtype")), statement.fixed("func"));
  for (const Node option : statement.list("actions")) {
    read_option(context, option, result.changes);
    result.given.push_back(option.string("defname"));
  }
  return result;
}

model::Operation lower_do(Context& context, Node statement) {
  const NodeList list = statement.list("args");
  model::DoBlock block;
  block.language = value_text(find_option(list, "language").child("arg"));
  if (block.language.empty()) block.language = "plpgsql";
  const Node body = find_option(list, "as");
  block.body = value_text(body.child("arg"));
  block.body_span = string_body(context, token_of(context, body));
  return block;
}

}  // namespace forelock::sql
