#include "analyzer/model/dump.h"
#include "analyzer/model/dump_writer.h"

namespace forelock::model {
namespace {

std::string joined(const std::vector<Expression>& args, std::string_view separator) {
  std::string result;
  for (const Expression& arg : args) {
    if (!result.empty()) result += separator;
    result += dump(arg);
  }
  return result;
}

std::string qualified(const Expression& e) {
  return e.qualifier.empty() ? e.name : e.qualifier + "." + e.name;
}

std::string constant(const Expression& e) {
  if (e.constant == ConstantKind::kString) return quote_literal(e.name);
  if (e.constant == ConstantKind::kBitString) return "bits:" + e.name;
  return e.constant == ConstantKind::kFloat ? "float:" + e.name : e.name;
}

std::string operation(const Expression& e) {
  if (e.args.size() == 2) {
    return fmt::format("({} {} {})", dump(e.args[0]), qualified(e), dump(e.args[1]));
  }
  return fmt::format("({} {})", qualified(e), joined(e.args, ", "));
}

std::string suffixed(const Expression& e, std::string_view suffix) {
  return fmt::format("({} {})", joined(e.args, ", "), suffix);
}

}  // namespace

std::string dump(const Expression& e) {
  switch (e.kind) {
    case ExpressionKind::kColumn:
      return qualified(e);
    case ExpressionKind::kConstant:
      return constant(e);
    case ExpressionKind::kParameter:
    case ExpressionKind::kValueFunction:
      return e.name;
    case ExpressionKind::kFunction:
      return fmt::format("{}({})", qualified(e), joined(e.args, ", "));
    case ExpressionKind::kOperator:
      return operation(e);
    case ExpressionKind::kAnd:
      return fmt::format("({})", joined(e.args, " AND "));
    case ExpressionKind::kOr:
      return fmt::format("({})", joined(e.args, " OR "));
    case ExpressionKind::kNot:
      return fmt::format("(NOT {})", joined(e.args, ", "));
    case ExpressionKind::kIsNull:
      return suffixed(e, "IS NULL");
    case ExpressionKind::kIsNotNull:
      return suffixed(e, "IS NOT NULL");
    case ExpressionKind::kBooleanTest:
      return suffixed(e, e.name);
    case ExpressionKind::kCast:
      return fmt::format("{}::{}", joined(e.args, ", "), e.type ? display(*e.type) : "?");
    case ExpressionKind::kCollate:
      return suffixed(e, "COLLATE " + e.name);
    case ExpressionKind::kCase:
      return fmt::format("CASE({})", joined(e.args, ", "));
    case ExpressionKind::kCoalesce:
      return fmt::format("COALESCE({})", joined(e.args, ", "));
    case ExpressionKind::kNullIf:
      return fmt::format("NULLIF({})", joined(e.args, ", "));
    case ExpressionKind::kMinMax:
      return fmt::format("{}({})", e.name, joined(e.args, ", "));
    case ExpressionKind::kArray:
      return fmt::format("ARRAY[{}]", joined(e.args, ", "));
    case ExpressionKind::kRow:
      return fmt::format("ROW({})", joined(e.args, ", "));
    case ExpressionKind::kSubquery:
      return fmt::format("{}{}{}", e.args.empty() ? "" : dump(e.args[0]) + " ", e.name,
                         e.query ? dump(*e.query) : "query()");
    case ExpressionKind::kDefault:
      return "DEFAULT";
    case ExpressionKind::kOther:
      return fmt::format("other:{}({})", e.name, joined(e.args, ", "));
  }
  return {};
}

std::string dump(const RelationUse& use) {
  return fmt::format("{}{}{}{}", use.only ? "ONLY " : "", display(use.name),
                     use.alias.empty() ? "" : " " + use.alias,
                     use.target_of_write ? " written" : "");
}

std::string dump(const Query& query) {
  const auto show = [](const Expression& e) { return dump(e); };
  DumpWriter out("query");
  out.list("targets", query.targets, [](const QueryTarget& target) {
    return fmt::format("{}={}", target.name, dump(target.expression));
  });
  out.list("from", query.relations, [](const RelationUse& use) { return dump(use); });
  out.list("columns", query.columns, show);
  out.list("calls", query.expressions, show);
  if (query.where) out.text("where", dump(*query.where));
  out.flag("limit", query.has_limit).flag("for_update", query.for_update);
  return out.str();
}

}  // namespace forelock::model
