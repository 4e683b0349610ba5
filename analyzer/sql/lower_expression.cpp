#include "analyzer/sql/lower_expression.h"

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/sql/lower_query.h"

namespace forelock::sql {
namespace {

using model::ConstantKind;
using model::Expression;
using model::ExpressionKind;
using text::Span;

Span joined(Span a, Span b) {
  if (a.empty()) return b;
  return b.empty() ? a : a.joined(b);
}

Expression of_kind(ExpressionKind kind, std::string name = {}) {
  Expression result;
  result.kind = kind;
  result.name = std::move(name);
  return result;
}

void add_argument(Context& context, Expression& parent, Node node) {
  if (!node) return;
  if (parent.args.size() < model::kMaxListedArguments) {
    parent.args.push_back(lower_expression(context, node));
  }
}

/// Elements of a List node, or the node itself.
void add_arguments(Context& context, Expression& parent, Node node) {
  if (!node.is("List")) return add_argument(context, parent, node);
  for (const Node item : node.list("items")) add_argument(context, parent, item);
}

void add_list(Context& context, Expression& parent, NodeList list) {
  for (const Node item : list) add_argument(context, parent, item);
}

/// The span of the arguments and of the token where the node says that it is.
void span_over_arguments(const Context& context, Expression& expression, Node node) {
  const std::size_t index = token_of(context, node);
  expression.span = context.tokens.span({index, index + 1});
  for (const Expression& arg : expression.args) {
    expression.span = joined(expression.span, arg.span);
  }
}

/// The span of a name with its parentheses: `schema.f(…)`.
Span call_span(const Context& context, std::size_t index) {
  std::size_t end = name_end(context, index);
  if (context.tokens.is(end, "(")) end = context.tokens.skip(end);
  return context.tokens.span({index, end});
}

// ---- leaves -----------------------------------------------------------------------------------

Expression column(Context& context, Node node) {
  Expression result = of_kind(ExpressionKind::kColumn);
  std::vector<std::string> parts = strings(node.list("fields"));
  if (!parts.empty()) result.name = std::move(parts.back());
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (i > 0) result.qualifier += '.';
    result.qualifier += parts[i];
  }
  const std::size_t index = token_of(context, node);
  result.span = context.tokens.span({index, name_end(context, index)});
  if (context.query != nullptr) context.query->columns.push_back(result);
  return result;
}

bool is_whole_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789-_") == std::string_view::npos;
}

Expression constant(Context& context, Node node) {
  Expression result = of_kind(ExpressionKind::kConstant, value_text(node));
  if (node.flag("isnull")) {
    result.constant = ConstantKind::kNull;
  } else if (node.has("ival")) {
    result.constant = ConstantKind::kInteger;
  } else if (node.has("fval")) {
    // A whole number that is too large for an int4 comes as a Float node.
    result.constant = is_whole_number(result.name) ? ConstantKind::kInteger : ConstantKind::kFloat;
  } else if (node.has("boolval")) {
    result.constant = ConstantKind::kBoolean;
  } else if (node.has("sval")) {
    result.constant = ConstantKind::kString;
  } else {
    result.constant = ConstantKind::kBitString;
  }
  const std::size_t index = token_of(context, node);
  const bool minus = context.tokens.is(index, "-");
  const bool sign = minus || context.tokens.is(index, "+");
  result.span = context.tokens.span({index, index + (sign ? 2U : 1U)});
  if (minus && result.name == "0" && context.tokens.text(index + 1) != "0") {
    // libpg_query 15 leaves out negative integers as if they were 0.
    result.name = "-" + std::string(context.tokens.text(index + 1));
  }
  return result;
}

Expression parameter(Context& context, Node node) {
  Expression result =
      of_kind(ExpressionKind::kParameter, "$" + std::to_string(node.integer("number")));
  span_over_arguments(context, result, node);
  return result;
}

Expression default_key_word(Context& context, Node node) {
  Expression result = of_kind(ExpressionKind::kDefault);
  span_over_arguments(context, result, node);
  return result;
}

Expression value_function(Context& context, Node node) {
  std::string_view op = node.text("op");
  if (op.starts_with("SVFOP_")) op.remove_prefix(6);
  if (op.ends_with("_N")) op.remove_suffix(2);
  Expression result = of_kind(ExpressionKind::kValueFunction, std::string(op));
  result.span = call_span(context, token_of(context, node));
  return result;
}

// ---- calls and operators ----------------------------------------------------------------------

/// A copy for Query::expressions: arguments without their own arguments, so that nested calls do
/// not grow with the square of their depth.
Expression shallow(const Expression& call) {
  Expression copy = of_kind(call.kind, call.name);
  copy.qualifier = call.qualifier;
  copy.span = call.span;
  for (const Expression& arg : call.args) {
    Expression leaf = of_kind(arg.kind, arg.name);
    leaf.constant = arg.constant;
    leaf.qualifier = arg.qualifier;
    leaf.type = arg.type;
    leaf.span = arg.span;
    copy.args.push_back(std::move(leaf));
  }
  return copy;
}

Expression function(Context& context, Node node) {
  Expression result = of_kind(ExpressionKind::kFunction);
  model::QualifiedName name = qualified_name(node.list("funcname"));
  result.qualifier = std::move(name.schema);
  result.name = std::move(name.name);
  add_list(context, result, node.list("args"));
  collect(context, node.list("agg_order"));
  collect(context, node.child("agg_filter"));
  if (const Node window = node.fixed("over")) {
    collect(context, window.list("partitionClause"));
    collect(context, window.list("orderClause"));
  }
  // `AT TIME ZONE` and its kin are calls without a name in the text: those span their arguments.
  const std::size_t index = token_of(context, node);
  if (context.tokens.is(name_end(context, index), "(")) {
    result.span = call_span(context, index);
  } else {
    span_over_arguments(context, result, node);
  }
  if (context.query != nullptr) context.query->expressions.push_back(shallow(result));
  return result;
}

struct OperatorKind {
  std::string_view kind;
  std::string_view name;
  std::string_view negated;  ///< Spelling when the operator's symbol begins with `!` or is `<>`.
};

// Source: PostgreSQL 18, enum A_Expr_Kind in src/include/nodes/parsenodes.h.
constexpr auto kOperatorKinds = std::to_array<OperatorKind>({
    {"AEXPR_DISTINCT", "IS DISTINCT FROM", ""},
    {"AEXPR_NOT_DISTINCT", "IS NOT DISTINCT FROM", ""},
    {"AEXPR_IN", "IN", "NOT IN"},
    {"AEXPR_LIKE", "LIKE", "NOT LIKE"},
    {"AEXPR_ILIKE", "ILIKE", "NOT ILIKE"},
    {"AEXPR_SIMILAR", "SIMILAR TO", "NOT SIMILAR TO"},
    {"AEXPR_BETWEEN", "BETWEEN", ""},
    {"AEXPR_NOT_BETWEEN", "NOT BETWEEN", ""},
    {"AEXPR_BETWEEN_SYM", "BETWEEN SYMMETRIC", ""},
    {"AEXPR_NOT_BETWEEN_SYM", "NOT BETWEEN SYMMETRIC", ""},
});

std::string operator_name(std::string_view kind, const std::string& symbol) {
  if (kind == "AEXPR_OP_ANY") return symbol + " ANY";
  if (kind == "AEXPR_OP_ALL") return symbol + " ALL";
  for (const OperatorKind& entry : kOperatorKinds) {
    if (entry.kind != kind) continue;
    const bool negated = symbol.starts_with('!') || symbol == "<>";
    return std::string(negated && !entry.negated.empty() ? entry.negated : entry.name);
  }
  return symbol;
}

Expression operation(Context& context, Node node) {
  const std::string_view kind = node.text("kind");
  model::QualifiedName symbol = qualified_name(node.list("name"));
  Expression result = of_kind(ExpressionKind::kOperator, operator_name(kind, symbol.name));
  if (kind == "AEXPR_NULLIF") {
    result = of_kind(ExpressionKind::kNullIf);
  } else {
    result.qualifier = std::move(symbol.schema);
  }
  add_argument(context, result, node.child("lexpr"));
  add_arguments(context, result, node.child("rexpr"));
  span_over_arguments(context, result, node);
  // `x IN (1, 2)` and `nullif(a, b)` end with a parenthesis.
  std::size_t after = context.tokens.index_at(result.span.end_byte);
  if ((kind == "AEXPR_IN" || kind == "AEXPR_OP_ANY" || kind == "AEXPR_OP_ALL" ||
       kind == "AEXPR_NULLIF") &&
      context.tokens.is(after, ")")) {
    result.span = joined(result.span, context.tokens[after].span);
  }
  return result;
}

Expression boolean(Context& context, Node node) {
  const std::string_view op = node.text("boolop");
  Expression result = of_kind(op == "AND_EXPR"  ? ExpressionKind::kAnd
                              : op == "OR_EXPR" ? ExpressionKind::kOr
                                                : ExpressionKind::kNot);
  add_list(context, result, node.list("args"));
  span_over_arguments(context, result, node);
  return result;
}

/// The span up to the key words behind a test: `x IS NOT NULL`.
void span_over_test(const Context& context, Expression& expression, Node node) {
  span_over_arguments(context, expression, node);
  std::size_t end = token_of(context, node);
  if (context.tokens.is(end, "is")) {
    end += context.tokens.is(end + 1, "not") ? 3 : 2;
    expression.span = joined(expression.span, context.tokens.span({end - 1, end}));
  }
}

Expression null_test(Context& context, Node node) {
  const bool negated = node.text("nulltesttype") == "IS_NOT_NULL";
  Expression result = of_kind(negated ? ExpressionKind::kIsNotNull : ExpressionKind::kIsNull);
  add_argument(context, result, node.child("arg"));
  span_over_test(context, result, node);
  return result;
}

Expression boolean_test(Context& context, Node node) {
  Expression result = of_kind(ExpressionKind::kBooleanTest, node.string("booltesttype"));
  std::ranges::replace(result.name, '_', ' ');
  add_argument(context, result, node.child("arg"));
  span_over_test(context, result, node);
  return result;
}

Expression cast(Context& context, Node node) {
  Expression result = of_kind(ExpressionKind::kCast);
  result.type = lower_type(context, node.fixed("typeName"));
  add_argument(context, result, node.child("arg"));
  const std::size_t index = token_of(context, node);
  if (context.tokens.is(index, "cast")) {
    result.span = call_span(context, index);
  } else {
    span_over_arguments(context, result, node);
    result.span = joined(result.span, result.type->span);
  }
  return result;
}

Expression collation(Context& context, Node node) {
  Expression result = of_kind(ExpressionKind::kCollate);
  model::QualifiedName name = qualified_name(node.list("collname"));
  result.qualifier = std::move(name.schema);
  result.name = std::move(name.name);
  add_argument(context, result, node.child("arg"));
  span_over_arguments(context, result, node);
  const std::size_t index = token_of(context, node);
  result.span = joined(result.span, context.tokens.span({index, name_end(context, index + 1)}));
  return result;
}

Expression case_expression(Context& context, Node node) {
  // Whether the first part is what the others are compared with cannot be told from their number.
  Expression result = of_kind(ExpressionKind::kCase, node.has("arg") ? "simple" : "searched");
  add_argument(context, result, node.child("arg"));
  for (const Node when : node.list("args")) {
    add_argument(context, result, when.child("expr"));
    add_argument(context, result, when.child("result"));
  }
  add_argument(context, result, node.child("defresult"));
  span_over_arguments(context, result, node);
  const std::size_t after = context.tokens.index_at(result.span.end_byte);
  if (context.tokens.is(after, "end")) {
    result.span = joined(result.span, context.tokens[after].span);
  }
  return result;
}

Expression call_like(Context& context, Node node, ExpressionKind kind, std::string name,
                     std::string_view list) {
  Expression result = of_kind(kind, std::move(name));
  add_list(context, result, node.list(list));
  span_over_arguments(context, result, node);
  const std::size_t index = token_of(context, node);
  for (const std::size_t open : {index, index + 1}) {
    if (context.tokens.is(open, "(") || context.tokens.is(open, "[")) {
      result.span = joined(result.span, context.tokens.span({index, context.tokens.skip(open)}));
      break;
    }
  }
  return result;
}

Expression coalesce(Context& context, Node node) {
  return call_like(context, node, ExpressionKind::kCoalesce, "COALESCE", "args");
}
Expression min_max(Context& context, Node node) {
  const bool greatest = node.text("op") == "IS_GREATEST";
  return call_like(context, node, ExpressionKind::kMinMax, greatest ? "GREATEST" : "LEAST", "args");
}
Expression array(Context& context, Node node) {
  return call_like(context, node, ExpressionKind::kArray, {}, "elements");
}
Expression row(Context& context, Node node) {
  return call_like(context, node, ExpressionKind::kRow, {}, "args");
}

std::string subquery_name(Node node) {
  const std::string_view type = node.text("subLinkType");
  if (type == "EXISTS_SUBLINK") return "EXISTS";
  if (type == "ARRAY_SUBLINK") return "ARRAY";
  if (type != "ANY_SUBLINK" && type != "ALL_SUBLINK") return {};
  const NodeList name = node.list("operName");
  // `x IN (SELECT …)` has no operator's name.
  if (name.empty()) return "IN";
  return qualified_name(name).name + (type == "ANY_SUBLINK" ? " ANY" : " ALL");
}

Expression subquery(Context& context, Node node) {
  Expression result = of_kind(ExpressionKind::kSubquery, subquery_name(node));
  add_argument(context, result, node.child("testexpr"));
  const std::size_t index = token_of(context, node);
  std::size_t open = index;
  while (open < context.tokens.size() && open < index + 4 && !context.tokens.is(open, "(")) ++open;
  TokenRange range;
  if (context.tokens.is(open, "(")) range = context.tokens.inside(open);
  result.query =
      std::make_shared<const model::Query>(lower_query(context, node.child("subselect"), range));
  span_over_arguments(context, result, node);
  if (!range.empty()) {
    result.span = joined(result.span, context.tokens.span({index, context.tokens.skip(open)}));
  }
  return result;
}

Expression select(Context& context, Node node) {
  Expression result = of_kind(ExpressionKind::kSubquery);
  result.query = std::make_shared<const model::Query>(lower_query(context, node, {}));
  return result;
}

Expression indirection(Context& context, Node node) {
  Expression result = of_kind(ExpressionKind::kOther);
  add_argument(context, result, node.child("arg"));
  for (const Node part : node.list("indirection")) {
    if (part.is("A_Indices")) {
      add_argument(context, result, part.child("lidx"));
      add_argument(context, result, part.child("uidx"));
    } else {
      result.name += "." + value_text(part);
    }
  }
  span_over_arguments(context, result, node);
  return result;
}

Expression inner(Context& context, Node node, std::string_view field) {
  return lower_expression(context, node.child(field));
}
Expression named_argument(Context& context, Node node) { return inner(context, node, "arg"); }
Expression sort_item(Context& context, Node node) { return inner(context, node, "node"); }
Expression multiple_assignment(Context& context, Node node) {
  return inner(context, node, "source");
}
Expression target(Context& context, Node node) { return inner(context, node, "val"); }

Expression other(Context& context, Node node) {
  Expression result = of_kind(ExpressionKind::kOther, std::string(node.kind()));
  for (const Node part : node.children()) add_argument(context, result, part);
  span_over_arguments(context, result, node);
  return result;
}

struct Handler {
  std::string_view kind;
  Expression (*lower)(Context&, Node);
};

constexpr auto kHandlers = std::to_array<Handler>({
    {"ColumnRef", column},
    {"A_Const", constant},
    {"FuncCall", function},
    {"A_Expr", operation},
    {"TypeCast", cast},
    {"BoolExpr", boolean},
    {"NullTest", null_test},
    {"BooleanTest", boolean_test},
    {"SQLValueFunction", value_function},
    {"CaseExpr", case_expression},
    {"CoalesceExpr", coalesce},
    {"MinMaxExpr", min_max},
    {"A_ArrayExpr", array},
    {"RowExpr", row},
    {"SubLink", subquery},
    {"CollateClause", collation},
    {"A_Indirection", indirection},
    {"SelectStmt", select},
    {"ParamRef", parameter},
    {"SetToDefault", default_key_word},
    {"MultiAssignRef", multiple_assignment},
    {"NamedArgExpr", named_argument},
    {"SortBy", sort_item},
    {"ResTarget", target},
});

}  // namespace

Expression lower_expression(Context& context, Node node) {
  const DepthGuard guard(context);
  if (!node || guard.too_deep() || context.nodes_left == 0) return {};
  --context.nodes_left;
  for (const Handler& handler : kHandlers) {
    if (handler.kind == node.kind()) return handler.lower(context, node);
  }
  return other(context, node);
}

Expression lower_root(Context& context, Node node, TokenRange range) {
  Expression result = lower_expression(context, node);
  if (range.empty()) return result;
  const bool keeps_parentheses = node.is("SubLink") || node.is("RowExpr");
  if (!keeps_parentheses) range = strip_parentheses(context, range);
  result.span = context.tokens.span(range);
  result.sql = context.slice(result.span);
  return result;
}

TokenRange strip_parentheses(const Context& context, TokenRange range) {
  while (range.begin + 2 < range.end && context.tokens.is(range.begin, "(") &&
         context.tokens.skip(range.begin) == range.end) {
    ++range.begin;
    --range.end;
  }
  return range;
}

void collect(Context& context, Node node) {
  if (node) lower_expression(context, node);
}

void collect(Context& context, NodeList list) {
  for (const Node node : list) {
    if (node.is("List")) {
      collect(context, node.list("items"));
    } else {
      collect(context, node);
    }
  }
}

}  // namespace forelock::sql
