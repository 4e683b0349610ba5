#include "analyzer/postgres/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "analyzer/postgres/overloads.h"

namespace forelock::postgres {
namespace {

using model::Expression;
using model::ExpressionKind;

/// Prints one tree; gives up (nullopt) at the first part that cannot be told.
/// Source: get_rule_expr() in src/backend/utils/adt/ruleutils.c, without PRETTY flags.
class Printer {
 public:
  Printer(const Catalog& catalog, const Scope& scope, bool for_reading = false)
      : catalog_(catalog), scope_(scope), for_reading_(for_reading) {}

  std::optional<std::string> print(const Expression& e);
  /// As a value of type `target`.
  std::optional<std::string> typed(const Expression& e, const model::TypeName& target);

 private:
  const Catalog& catalog_;
  const Scope& scope_;
  bool for_reading_;

  using Text = std::optional<std::string>;
  Text constant(const Expression& e, const model::TypeName& target);
  Text operation(const Expression& e);
  /// `shown`: what stands between the two where that is not the operator.
  Text binary(std::string_view symbol, const Expression& left, const Expression& right,
              std::string_view shown = {});
  Text in_list(const Expression& e, bool negated);
  Text call(const Expression& e);
  Text sql_syntax(const Expression& e);
  Text row(const Expression& e, const model::TypeName& target);
  /// An argument of SQL's own syntax: only a bare literal says its type.
  Text part(const Expression& e);
  Text cast(const Expression& e);
  Text list(const std::vector<Expression>& args, std::string_view separator);
  [[nodiscard]] model::TypeName type_of(const Expression& e) const {
    return infer_type(catalog_, scope_, e);
  }
};

/// The "any" of count() and its like among them.
bool takes_any_type(facts::TypeId id) {
  return id >= 0 && facts::type(id).kind == 'p' && facts::type(id).name.starts_with("any");
}

std::string shown_type(model::TypeName type, bool modifiers) {
  if (!modifiers) {
    type.modifiers.clear();
    type.modifier_text.clear();
  }
  if (type.name.schema == "public") type.name.schema.clear();
  return model::display(type);
}

/// What boolin() reads: an unambiguous beginning of a word, in any case, or a digit.
std::optional<bool> boolean_of(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c != ' ') word += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  const auto begins = [&](std::string_view whole, std::size_t least) {
    return word.size() >= least && whole.starts_with(word);
  };
  if (begins("true", 1) || begins("yes", 1) || word == "on" || word == "1") return true;
  if (begins("false", 1) || begins("no", 1) || begins("off", 2) || word == "0") return false;
  return std::nullopt;
}

/// A timestamp whose time is left out, in part or as a whole: timestamp_out() prints all of it.
std::optional<std::string> timestamp_value(std::string_view text) {
  constexpr std::string_view kDate = "dddd-dd-dd";
  constexpr std::string_view kTime = "dd:dd";
  const auto fits = [](std::string_view part, std::string_view pattern) {
    return std::ranges::equal(part, pattern, [](char c, char wanted) {
      return wanted == 'd' ? c >= '0' && c <= '9' : c == wanted;
    });
  };
  if (!fits(text.substr(0, kDate.size()), kDate)) return std::nullopt;
  const std::string_view date = text.substr(0, kDate.size());
  std::string_view time = text.substr(kDate.size());
  if (time.empty()) return fmt::format("'{} 00:00:00'::timestamp without time zone", date);
  if (time.front() != ' ' && time.front() != 'T') return std::nullopt;
  time.remove_prefix(1);
  if (fits(time, kTime)) {
    return fmt::format("'{} {}:00'::timestamp without time zone", date, time);
  }
  if (!fits(time, "dd:dd:dd")) return std::nullopt;
  return fmt::format("'{} {}'::timestamp without time zone", date, time);
}

/// How get_const_expr() prints a literal that became a boolean, a number or a timestamp: by its
/// value. Nothing for other types, and for values that are not in their shortest form.
std::optional<std::string> literal_value(std::string_view text, const model::TypeName& type) {
  if (type.array_dimensions > 0 || type.name.schema != "pg_catalog") return std::nullopt;
  if (type.name.name == "bool") {
    const std::optional<bool> value = boolean_of(text);
    if (!value) return std::nullopt;
    return *value ? "true" : "false";
  }
  if (type.name.name == "timestamp") return timestamp_value(text);
  if (type.name.name != "int4" && type.name.name != "numeric") return std::nullopt;
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const bool digits =
      !text.empty() && text.back() != '.' &&
      (point == std::string_view::npos || type.name.name == "numeric") && !whole.empty() &&
      (whole == "0" || whole.front() != '0') &&
      text.find_first_not_of("0123456789.") == std::string_view::npos &&
      (point == std::string_view::npos || text.find('.', point + 1) == std::string_view::npos);
  if (!digits) return std::nullopt;
  // Only what looks like a fraction is read as a numeric without a label.
  const bool labelled = type.name.name == "numeric" && point == std::string_view::npos;
  return labelled ? fmt::format("'{}'::numeric", text) : std::string(text);
}

Printer::Text Printer::constant(const Expression& e, const model::TypeName& target) {
  using model::ConstantKind;
  switch (e.constant) {
    case ConstantKind::kNull:
      return target.name.name.empty() || is_unknown(target)
                 ? Text("NULL::text")
                 : Text(fmt::format("NULL::{}", shown_type(target, true)));
    case ConstantKind::kBoolean:
      return e.name == "t" || e.name == "true" ? "true" : "false";
    case ConstantKind::kInteger:
    case ConstantKind::kFloat: {
      const std::string type = type_of(e).name.name;
      const bool negative = e.name.starts_with('-');
      if (type == "int8") return fmt::format("'{}'::bigint", e.name);
      if (!negative) return e.name;
      return fmt::format("'{}'::{}", e.name, type == "int4" ? "integer" : "numeric");
    }
    case ConstantKind::kString: {
      if (const Text value = literal_value(e.name, target)) return value;
      const std::string type =
          target.name.name.empty() || is_unknown(target) ? "text" : shown_type(target, true);
      return fmt::format("{}::{}", model::quote_literal(e.name), type);
    }
    case ConstantKind::kBitString:
      return std::nullopt;
  }
  return std::nullopt;
}

Printer::Text Printer::typed(const Expression& e, const model::TypeName& target) {
  if (e.kind == ExpressionKind::kConstant &&
      (e.constant == model::ConstantKind::kString || e.constant == model::ConstantKind::kNull)) {
    model::TypeName bare = target;
    bare.modifiers.clear();
    return constant(e, bare);
  }
  if (e.kind == ExpressionKind::kRow && target.array_dimensions == 0) return row(e, target);
  const Text text = print(e);
  const model::TypeName from = type_of(e);
  if (!text || target.name.name.empty() || is_unknown(target) || from.name.name.empty() ||
      takes_any_type(fact_id(target)) || same_type(from, target)) {
    return text;
  }
  return fmt::format("({})::{}", *text, shown_type(target, false));
}

/// ROW(…) of a composite type: attributes that came later are NULL. Source: get_rule_expr(),
/// T_RowExpr.
Printer::Text Printer::row(const Expression& e, const model::TypeName& target) {
  const Relation* type = catalog_.find_relation(target.name);
  if (type == nullptr || type->columns.size() < e.args.size()) return std::nullopt;
  std::string result;
  for (std::size_t i = 0; i < type->columns.size(); ++i) {
    const Text text = i < e.args.size() ? typed(e.args[i], type->columns[i].type) : Text("NULL");
    if (!text) return std::nullopt;
    if (!result.empty()) result += ", ";
    result += *text;
  }
  return fmt::format("ROW({})", result);
}

Printer::Text Printer::list(const std::vector<Expression>& args, std::string_view separator) {
  std::string result;
  for (const Expression& arg : args) {
    const Text text = print(arg);
    if (!text) return std::nullopt;
    if (!result.empty()) result += separator;
    result += *text;
  }
  return result;
}

Printer::Text Printer::binary(std::string_view symbol, const Expression& left,
                              const Expression& right, std::string_view shown) {
  const facts::OperatorFact* fact =
      resolve_operator(catalog_, symbol, {type_of(left), type_of(right)});
  model::TypeName left_type = fact == nullptr ? model::TypeName{} : from_fact(fact->left);
  model::TypeName right_type = fact == nullptr ? model::TypeName{} : from_fact(fact->right);
  // A bare literal takes the type of the other side where the operator is polymorphic.
  if (fact == nullptr || takes_any_type(fact->left)) {
    left_type = is_unknown(type_of(left)) ? type_of(right) : model::TypeName{};
    right_type = is_unknown(type_of(right)) ? type_of(left) : model::TypeName{};
  }
  const Text a = typed(left, left_type);
  const Text b = typed(right, right_type);
  if (!a || !b) return std::nullopt;
  return fmt::format("({} {} {})", *a, shown.empty() ? symbol : shown, *b);
}

Printer::Text Printer::in_list(const Expression& e, bool negated) {
  if (e.args.size() < 2) return std::nullopt;
  if (e.args.size() == 2) return binary(negated ? "<>" : "=", e.args[0], e.args[1]);
  // One array of the common type, compared with the operator that the two types pick.
  std::vector<model::TypeName> types;
  for (const Expression& arg : e.args) types.push_back(type_of(arg));
  const model::TypeName common = common_type(catalog_, types).type;
  if (common.name.name.empty()) return std::nullopt;
  std::string elements;
  for (std::size_t i = 1; i < e.args.size(); ++i) {
    const Text text = typed(e.args[i], common);
    if (!text) return std::nullopt;
    if (!elements.empty()) elements += ", ";
    elements += *text;
  }
  const facts::OperatorFact* fact =
      resolve_operator(catalog_, negated ? "<>" : "=", {types[0], common});
  model::TypeName wanted =
      fact == nullptr || takes_any_type(fact->left) ? model::TypeName{} : from_fact(fact->left);
  const Text left = typed(e.args[0], wanted);
  if (!left) return std::nullopt;
  std::string array = fmt::format("ARRAY[{}]", elements);
  if (fact != nullptr && !takes_any_type(fact->right) &&
      !same_type(from_fact(fact->right), common)) {
    if (for_reading_) {
      // A cast of ARRAY[...] would be read as a cast of every element: transformTypeCast().
      const Text bare = print(e.args[0]);
      return bare ? Text(fmt::format("({} {} ({}))", *bare, negated ? "NOT IN" : "IN", elements))
                  : std::nullopt;
    }
    model::TypeName other = from_fact(fact->right);
    other.array_dimensions = 1;
    array = fmt::format("({})::{}", array, shown_type(other, false));
  }
  return fmt::format("({} {} ({}))", *left, negated ? "<> ALL" : "= ANY", array);
}

Printer::Text Printer::operation(const Expression& e) {
  const std::string& name = e.name;
  if (name == "IN") return in_list(e, false);
  if (name == "NOT IN") return in_list(e, true);
  if (name == "BETWEEN" && e.args.size() == 3) {
    const Text low = binary(">=", e.args[0], e.args[1]);
    const Text high = binary("<=", e.args[0], e.args[2]);
    if (!low || !high) return std::nullopt;
    return fmt::format("({} AND {})", *low, *high);
  }
  if (e.args.size() == 1) {
    const Text arg = print(e.args[0]);
    return arg ? Text(fmt::format("({} {})", name, *arg)) : std::nullopt;
  }
  if (e.args.size() != 2) return std::nullopt;
  if (name == "LIKE") return binary("~~", e.args[0], e.args[1]);
  if (name == "NOT LIKE") return binary("!~~", e.args[0], e.args[1]);
  if (name == "ILIKE") return binary("~~*", e.args[0], e.args[1]);
  if (name == "NOT ILIKE") return binary("!~~*", e.args[0], e.args[1]);
  // With a bare NULL it is a test for NULL: transformAExprDistinct().
  if (name == "IS DISTINCT FROM" || name == "IS NOT DISTINCT FROM") {
    for (std::size_t i = 0; i < 2; ++i) {
      if (e.args[i].kind != ExpressionKind::kConstant || !is_null_constant(e.args[i])) continue;
      const Text text = print(e.args[1 - i]);
      const std::string_view test = name == "IS DISTINCT FROM" ? "IS NOT NULL" : "IS NULL";
      return text ? Text(fmt::format("({} {})", *text, test)) : std::nullopt;
    }
  }
  if (name == "IS DISTINCT FROM") return binary("=", e.args[0], e.args[1], name);
  if (name == "IS NOT DISTINCT FROM") {
    const Text text = binary("=", e.args[0], e.args[1], "IS DISTINCT FROM");
    return text ? Text(fmt::format("(NOT {})", *text)) : std::nullopt;
  }
  if (name == "SIMILAR TO") return binary("~", e.args[0], e.args[1]);
  if (name == "NOT SIMILAR TO") return binary("!~", e.args[0], e.args[1]);
  if (name.find(' ') != std::string::npos) return std::nullopt;
  return binary(name, e.args[0], e.args[1]);
}

Printer::Text Printer::part(const Expression& e) {
  return typed(e, is_unknown(type_of(e)) ? builtin("text") : model::TypeName{});
}

/// A call that was written in SQL's own syntax, which the parser marks with pg_catalog; nullopt
/// where it is none. Source: get_func_sql_syntax() in src/backend/utils/adt/ruleutils.c.
Printer::Text Printer::sql_syntax(const Expression& e) {
  std::vector<std::string> args;
  for (const Expression& arg : e.args) {
    const Text text = part(arg);
    if (!text) return std::nullopt;
    args.push_back(*text);
  }
  const std::string& name = e.name;
  const std::size_t count = args.size();
  if (name == "timezone" && count == 1) return fmt::format("({} AT LOCAL)", args[0]);
  if (name == "timezone" && count == 2) {
    return fmt::format("({} AT TIME ZONE {})", args[1], args[0]);
  }
  if (name == "extract" && count == 2) {
    return fmt::format("EXTRACT({} FROM {})", e.args[0].name, args[1]);
  }
  if (name == "overlaps" && count == 4) {
    return fmt::format("(({}, {}) OVERLAPS ({}, {}))", args[0], args[1], args[2], args[3]);
  }
  if (name == "is_normalized" && count == 1) return fmt::format("({} IS NORMALIZED)", args[0]);
  if (name == "is_normalized" && count == 2) {
    return fmt::format("({} IS {} NORMALIZED)", args[0], e.args[1].name);
  }
  if (name == "normalize" && count == 1) return fmt::format("NORMALIZE({})", args[0]);
  if (name == "normalize" && count == 2) {
    return fmt::format("NORMALIZE({}, {})", args[0], e.args[1].name);
  }
  if (name == "pg_collation_for" && count == 1) return fmt::format("COLLATION FOR ({})", args[0]);
  if (name == "overlay" && count >= 3) {
    return fmt::format("OVERLAY({} PLACING {} FROM {}{})", args[0], args[1], args[2],
                       count == 4 ? " FOR " + args[3] : "");
  }
  if (name == "position" && count == 2) {
    return fmt::format("POSITION(({}) IN ({}))", args[1], args[0]);
  }
  if (name == "substring" && count >= 2) {
    const bool places = type_of(e.args[1]).name.name == "int4";
    if (places) {
      return fmt::format("SUBSTRING({} FROM {}{})", args[0], args[1],
                         count == 3 ? " FOR " + args[2] : "");
    }
    if (count == 3) {
      return fmt::format("SUBSTRING({} SIMILAR {} ESCAPE {})", args[0], args[1], args[2]);
    }
    return std::nullopt;
  }
  const std::string_view side = name == "btrim"   ? "BOTH"
                                : name == "ltrim" ? "LEADING"
                                : name == "rtrim" ? "TRAILING"
                                                  : "";
  if (!side.empty() && (count == 1 || count == 2)) {
    return fmt::format("TRIM({}{} FROM {})", side, count == 2 ? " " + args[1] : "", args[0]);
  }
  return std::nullopt;
}

Printer::Text Printer::call(const Expression& e) {
  std::vector<model::TypeName> given;
  for (const Expression& arg : e.args) given.push_back(type_of(arg));
  const ResolvedFunction function = resolve_function(catalog_, {e.qualifier, e.name}, given, true);
  constexpr int kKeepsSyntax = 14;
  if (e.qualifier == "pg_catalog" &&
      (catalog_.server_version() >= kKeepsSyntax || e.name == "timezone")) {
    if (Text text = sql_syntax(e)) return text;
  }
  std::string arguments;
  for (std::size_t i = 0; i < e.args.size(); ++i) {
    model::TypeName wanted;
    if (function.fact != nullptr && !function.fact->variadic) {
      const auto types = facts::arguments(*function.fact);
      if (i < types.size()) wanted = from_fact(types[i]);
    } else if (function.user != nullptr) {
      const auto& parameters = function.user->definition.parameters;
      if (i < parameters.size()) wanted = resolve_type(catalog_, parameters[i].type).name;
    }
    const Text text = typed(e.args[i], wanted);
    if (!text) return std::nullopt;
    if (!arguments.empty()) arguments += ", ";
    arguments += *text;
  }
  const bool qualified =
      !e.qualifier.empty() && e.qualifier != "pg_catalog" && e.qualifier != "public";
  return fmt::format("{}{}({})", qualified ? model::quote_identifier(e.qualifier) + "." : "",
                     model::quote_identifier(e.name), arguments);
}

Printer::Text Printer::cast(const Expression& e) {
  if (!e.type || e.args.empty()) return std::nullopt;
  model::TypeName target = resolve_type(catalog_, *e.type).name;
  const Expression& arg = e.args[0];
  if (arg.kind == ExpressionKind::kConstant && (arg.constant == model::ConstantKind::kString ||
                                                arg.constant == model::ConstantKind::kNull)) {
    // 'x'::varchar(5) becomes a literal and a cast for its length.
    if (target.modifiers.empty()) return constant(arg, target);
    model::TypeName bare = target;
    bare.modifiers.clear();
    const Text inner = constant(arg, bare);
    return inner ? Text(fmt::format("({})::{}", *inner, shown_type(target, true))) : std::nullopt;
  }
  if (arg.kind == ExpressionKind::kArray && arg.args.empty()) {
    return fmt::format("ARRAY[]::{}", shown_type(target, true));
  }
  const Text inner = print(arg);
  if (!inner) return std::nullopt;
  const model::TypeName from = type_of(arg);
  if (same_type(from, target) && target.modifiers.empty()) return inner;
  return fmt::format("({})::{}", *inner, shown_type(target, true));
}

Printer::Text Printer::print(const Expression& e) {
  switch (e.kind) {
    case ExpressionKind::kColumn:
      return model::quote_identifier(e.name);
    case ExpressionKind::kConstant:
      return constant(e, {});
    case ExpressionKind::kFunction:
      return call(e);
    case ExpressionKind::kOperator:
      return operation(e);
    case ExpressionKind::kAnd:
    case ExpressionKind::kOr: {
      const Text text = list(e.args, e.kind == ExpressionKind::kAnd ? " AND " : " OR ");
      return text ? Text(fmt::format("({})", *text)) : std::nullopt;
    }
    case ExpressionKind::kNot: {
      const Text text = list(e.args, "");
      return text ? Text(fmt::format("(NOT {})", *text)) : std::nullopt;
    }
    case ExpressionKind::kIsNull:
    case ExpressionKind::kIsNotNull: {
      const Text text = list(e.args, "");
      if (!text) return std::nullopt;
      return fmt::format("({} IS {}NULL)", *text,
                         e.kind == ExpressionKind::kIsNotNull ? "NOT " : "");
    }
    case ExpressionKind::kBooleanTest: {
      const Text text = list(e.args, "");
      return text ? Text(fmt::format("({} {})", *text, e.name)) : std::nullopt;
    }
    case ExpressionKind::kCast:
      return cast(e);
    case ExpressionKind::kCollate: {
      const Text text = list(e.args, "");
      return text ? Text(fmt::format("({} COLLATE {})", *text, model::quote_identifier(e.name)))
                  : std::nullopt;
    }
    case ExpressionKind::kCoalesce:
    case ExpressionKind::kMinMax: {
      const model::TypeName common = type_of(e);
      std::string arguments;
      for (const Expression& arg : e.args) {
        const Text text = typed(arg, common);
        if (!text) return std::nullopt;
        if (!arguments.empty()) arguments += ", ";
        arguments += *text;
      }
      return fmt::format("{}({})", e.name, arguments);
    }
    case ExpressionKind::kNullIf: {
      const Text text = list(e.args, ", ");
      return text ? Text(fmt::format("NULLIF({})", *text)) : std::nullopt;
    }
    case ExpressionKind::kArray: {
      const Text text = list(e.args, ", ");
      return text ? Text(fmt::format("ARRAY[{}]", *text)) : std::nullopt;
    }
    case ExpressionKind::kValueFunction:
      return e.name;
    case ExpressionKind::kCase:
    case ExpressionKind::kRow:
    case ExpressionKind::kSubquery:
    case ExpressionKind::kParameter:
    case ExpressionKind::kDefault:
    case ExpressionKind::kOther:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::string print_expression(const Catalog& catalog, const Scope& scope,
                             const Expression& expression, const model::TypeName& wanted) {
  Printer printer(catalog, scope);
  const std::optional<std::string> text = printer.typed(expression, wanted);
  return text ? *text : respelled_text(expression);
}

std::string readable_expression(const Catalog& catalog, const Scope& scope,
                                const Expression& expression, const model::TypeName& wanted) {
  Printer printer(catalog, scope, true);
  const std::optional<std::string> text = printer.typed(expression, wanted);
  return text ? *text : respelled_text(expression);
}

}  // namespace forelock::postgres
