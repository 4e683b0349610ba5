// Calls in expressions: functions of `sa`, methods of columns and of other expressions.

#include <algorithm>
#include <array>

#include "analyzer/alembic/render/chain.h"
#include "analyzer/alembic/render/ddl.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/render/text_clause.h"
#include "analyzer/alembic/versions.h"

namespace forelock::alembic {

using python::Arguments;
using python::Symbol;
using python::Value;

namespace {

bool is_boolean_constant(const Value& value) {
  const std::string name = name_of(value);
  return value.as<bool>() != nullptr || name == "sa.true" || name == "sa.false";
}

}  // namespace

Precedence Expressions::render_call(Sql& sql, const Value& value,
                                    const ExpressionOptions& options) {
  const Symbol& symbol = *value.symbol();
  const Arguments& arguments = symbol.arguments;
  const std::string name = name_of(value);
  if (name.empty() || name == kUnknownText) {
    if (auto precedence = render_method(sql, value, options)) return *precedence;
    if (is_statement(value)) {
      const Chain chain = unroll(value);
      sql << (name_of(*chain.root) == "sa.exists" ? "EXISTS (" : "(");
      render_select(sql, value);
      sql << ")";
      return Precedence::kAtom;
    }
    sql.hole();
    return Precedence::kAtom;
  }
  if (name.starts_with("func.")) {
    render_function(sql, std::string_view(name).substr(5), arguments, options);
    return Precedence::kAtom;
  }
  if (name == "sa.text" || name == "sa.TextClause") {
    render_text(sql, value, nullptr);
    return Precedence::kAtom;
  }
  if (name == "sa.literal_column") {
    if (const Value* text = arguments.find("text", 0); text != nullptr && text->str() != nullptr) {
      sql.copy(*text->str());
    } else {
      sql.hole();
    }
    return Precedence::kAtom;
  }
  if (name == "sa.literal" || name == "sa.bindparam" || name == "op.inline_literal") {
    const bool bind = name == "sa.bindparam";
    const Value* inner = arguments.find("value", bind ? 1 : 0);
    const Type type = read_type(arguments.find("type_", bind ? 2 : 1), context_);
    if (inner == nullptr) {
      sql.hole();
    } else {
      render_literal(sql, *inner, type.sql.empty() ? options.type : &type);
    }
    return Precedence::kAtom;
  }
  if (name == "sa.true" || name == "sa.false" || name == "sa.null") {
    sql << (name == "sa.true" ? "true" : name == "sa.false" ? "false" : "NULL");
    return Precedence::kAtom;
  }
  if (name == "sa.cast" || name == "sa.try_cast") {
    const Value* inner = arguments.find("expression", 0);
    const Type type = read_type(arguments.find("type_", 1), context_);
    sql << "CAST(";
    ExpressionOptions casted = options;
    const bool has_type = inner != nullptr && name_of(*inner) == "sa.literal";
    casted.type = has_type ? nullptr : &type;
    casted.text_is_sql = false;
    if (inner != nullptr) render(sql, *inner, casted);
    sql << " AS ";
    render_type(sql, type);
    sql << ")";
    return Precedence::kAtom;
  }
  if (name == "sa.type_coerce" || name == "sa.label" || name == "orm.aliased") {
    const Value* inner = arguments.find("expression", name == "sa.label" ? 1 : 0);
    const Type type = read_type(arguments.find("type_", 1), context_);
    ExpressionOptions coerced = options;
    if (name == "sa.type_coerce") coerced.type = &type;
    if (inner != nullptr) return render(sql, *inner, coerced);
    sql.hole();
    return Precedence::kAtom;
  }
  if (name == "sa.case") {
    render_case(sql, arguments, options);
    return Precedence::kAtom;
  }
  if (name == "sa.and_") {
    return render_junction(sql, arguments.positional, " AND ", Precedence::kAnd, options);
  }
  if (name == "sa.or_") {
    return render_junction(sql, arguments.positional, " OR ", Precedence::kOr, options);
  }
  if (name == "sa.not_" && !arguments.positional.empty()) {
    return render_not(sql, arguments.positional[0], options);
  }
  if (name == "sa.exists") {
    sql << "EXISTS (";
    if (arguments.positional.size() == 1 && is_statement(arguments.positional[0])) {
      render_select(sql, arguments.positional[0]);
    } else {
      render_select(sql, value);
    }
    sql << ")";
    return Precedence::kAtom;
  }
  struct Suffix {
    std::string_view name, sql;
  };
  constexpr auto kSuffixes = std::to_array<Suffix>({{"sa.desc", " DESC"},
                                                    {"sa.asc", " ASC"},
                                                    {"sa.nulls_last", " NULLS LAST"},
                                                    {"sa.nullslast", " NULLS LAST"},
                                                    {"sa.nulls_first", " NULLS FIRST"},
                                                    {"sa.nullsfirst", " NULLS FIRST"}});
  for (const Suffix& suffix : kSuffixes) {
    if (name != suffix.name || arguments.positional.empty()) continue;
    const Value& inner = arguments.positional[0];
    if (const auto text = known_string(inner)) {
      sql << quote(*text);
    } else {
      render(sql, inner, options);
    }
    sql << suffix.sql;
    return Precedence::kAnd;
  }
  if (name == "sa.distinct" && !arguments.positional.empty()) {
    sql << "DISTINCT ";
    render(sql, arguments.positional[0], options);
    return Precedence::kCompare;
  }
  if (name == "sa.extract" && arguments.positional.size() == 2) {
    sql << "EXTRACT(" << known_string(arguments.positional[0]).value_or("epoch") << " FROM ";
    render(sql, arguments.positional[1], options);
    sql << ")";
    return Precedence::kAtom;
  }
  if (name == "sa.between" && arguments.positional.size() >= 3) {
    render_grouped(sql, arguments.positional[0], options, Precedence::kCompare, true);
    sql << " BETWEEN ";
    render_grouped(sql, arguments.positional[1], options, Precedence::kCompare, true);
    sql << " AND ";
    render_grouped(sql, arguments.positional[2], options, Precedence::kCompare, true);
    return Precedence::kCompare;
  }
  if (name == "sa.collate" && arguments.positional.size() == 2) {
    render_grouped(sql, arguments.positional[0], options, Precedence::kCollate);
    sql << " COLLATE " << quote(known_string(arguments.positional[1]).value_or("unknown"));
    return Precedence::kCollate;
  }
  if (name == "sa.tuple_") {
    sql << "(";
    render_list(sql, arguments.positional, options);
    sql << ")";
    return Precedence::kAtom;
  }
  if (name == "sa.any_" || name == "sa.all_" || name == "pg.Any" || name == "pg.All") {
    sql << (name == "sa.any_" || name == "pg.Any" ? "ANY (" : "ALL (");
    if (!arguments.positional.empty()) render(sql, arguments.positional[0], options);
    sql << ")";
    return Precedence::kAtom;
  }
  if (name == "pg.array") {
    const auto* items = arguments.positional.empty() ? nullptr : items_of(arguments.positional[0]);
    sql << "ARRAY[";
    if (items != nullptr) {
      render_list(sql, *items, options);
    } else {
      sql.hole();
    }
    sql << "]";
    const Type type = read_type(arguments.find("type_"), context_);
    if (items != nullptr && items->empty() && type.known && !type.sql.empty()) {
      sql << "::" << type.sql << "[]";
    }
    return Precedence::kAtom;
  }
  if (name == "pg.aggregate_order_by" && arguments.positional.size() >= 2) {
    render(sql, arguments.positional[0], options);
    sql << " ORDER BY ";
    render_list(sql, {arguments.positional.begin() + 1, arguments.positional.end()}, options);
    return Precedence::kComma;
  }
  if (name == "sa.column" || name == "sa.Column") {
    if (render_column(sql, value, options)) return Precedence::kAtom;
  }
  if (is_statement(value)) {
    sql << "(";
    render_select(sql, value);
    sql << ")";
    return Precedence::kAtom;
  }
  if (auto precedence = render_method(sql, value, options)) return *precedence;
  render_literal(sql, value, options.type);
  return Precedence::kAtom;
}

std::optional<Precedence> Expressions::render_method(Sql& sql, const Value& value,
                                                     const ExpressionOptions& options) {
  const std::string_view method = method_of(value);
  const Value* receiver_pointer = receiver_of(value);
  if (method.empty() || receiver_pointer == nullptr) {
    // `column.op("~")("x")`: a call of a call
    const Symbol& symbol = *value.symbol();
    if (symbol.kind == Symbol::Kind::kCall && !symbol.operands.empty() &&
        (method_of(symbol.operands[0]) == "op" || method_of(symbol.operands[0]) == "bool_op") &&
        is_call(symbol.operands[0]) && !symbol.arguments.positional.empty()) {
      const Value& left = *receiver_of(symbol.operands[0]);
      const auto op = known_string(arguments_of(symbol.operands[0]).find("opstring", 0));
      render_grouped(sql, left, options, Precedence::kCompare, true);
      sql << " " << op.value_or(std::string(kUnknownText)) << " ";
      if (!op) sql.mark_partial();
      const auto type = type_of(left);
      ExpressionOptions right = options;
      right.type = type && type->family != TypeFamily::kJson && type->family != TypeFamily::kJsonb
                       ? &*type
                       : nullptr;
      render_grouped(sql, symbol.arguments.positional[0], right, Precedence::kCompare, true);
      return Precedence::kCompare;
    }
    return {};
  }
  const Value& receiver = *receiver_pointer;
  const Arguments& arguments = arguments_of(value);
  const Value* first = arguments.positional.empty() ? nullptr : &arguments.positional[0];
  if (!is_call(value)) return {};
  const auto left_type = type_of(receiver);
  ExpressionOptions right = options;
  right.type = left_type ? &*left_type : nullptr;
  right.text_is_sql = false;

  if (first != nullptr && (method == "is_" || method == "is_not" || method == "isnot")) {
    const bool negated = method != "is_";
    render_grouped(sql, receiver, options, Precedence::kCompare, true);
    sql << (negated ? " IS NOT " : " IS ");
    if (is_boolean_constant(*first) || is_null_constant(*first)) {
      ExpressionOptions plain = options;
      plain.type = nullptr;
      render(sql, *first, plain);
    } else {
      render_grouped(sql, *first, right, Precedence::kCompare, true);
    }
    return Precedence::kCompare;
  }
  if (first != nullptr && (method == "in_" || method == "notin_" || method == "not_in")) {
    render_in(sql, receiver, *first, method != "in_", options);
    return Precedence::kCompare;
  }
  if (method == "regexp_replace" && arguments.positional.size() >= 2) {
    sql << "REGEXP_REPLACE(";
    render(sql, receiver, options);
    for (const Value& part : arguments.positional) {
      sql << ", ";
      render(sql, part, right);
    }
    if (const Value* flags = present(arguments, "flags")) {
      sql << ", ";
      render(sql, *flags, right);
    }
    sql << ")";
    return Precedence::kCompare;
  }
  struct Infix {
    std::string_view method, sql;
  };
  constexpr auto kInfix = std::to_array<Infix>({
      {"like", " LIKE "},
      {"ilike", " ILIKE "},
      {"notlike", " NOT LIKE "},
      {"not_like", " NOT LIKE "},
      {"notilike", " NOT ILIKE "},
      {"not_ilike", " NOT ILIKE "},
      {"concat", " || "},
      {"is_distinct_from", " IS DISTINCT FROM "},
      {"isnot_distinct_from", " IS NOT DISTINCT FROM "},
      {"is_not_distinct_from", " IS NOT DISTINCT FROM "},
      {"regexp_match", " ~ "},
      {"overlap", " && "},
      {"contained_by", " <@ "},
      {"has_key", " ? "},
      {"has_any", " ?| "},
      {"has_all", " ?& "},
      {"bitwise_and", " & "},
      {"bitwise_or", " | "},
  });
  for (const Infix& infix : kInfix) {
    if (method != infix.method || first == nullptr) continue;
    render_grouped(sql, receiver, options, Precedence::kCompare, true);
    sql << infix.sql;
    const bool json = left_type && (left_type->family == TypeFamily::kJsonb);
    ExpressionOptions other = right;
    if (json && method != "contained_by") other.type = nullptr;
    render_grouped(sql, *first, other, Precedence::kCompare, true);
    if (const auto escape = known_string(present(arguments, "escape"))) {
      sql << " ESCAPE ";
      render_string_literal(sql, *escape);
    }
    return Precedence::kCompare;
  }
  const bool structured = left_type && (left_type->family == TypeFamily::kJsonb ||
                                        left_type->family == TypeFamily::kArray);
  if (first != nullptr && method == "contains" && structured) {
    render_grouped(sql, receiver, options, Precedence::kCompare, true);
    sql << " @> ";
    render_grouped(sql, *first, right, Precedence::kCompare, true);
    return Precedence::kCompare;
  }
  if (first != nullptr &&
      (method == "startswith" || method == "endswith" || method == "contains" ||
       method == "icontains" || method == "istartswith" || method == "iendswith")) {
    // (x LIKE 'a' || '%')
    const bool insensitive = method.starts_with("i");
    const std::string_view kind = insensitive ? method.substr(1) : method;
    sql << "(";
    if (insensitive) sql << "lower(";
    render_grouped(sql, receiver, options, Precedence::kCompare, true);
    if (insensitive) sql << ")";
    sql << " LIKE ";
    if (kind != "startswith") sql << "'%' || ";
    if (insensitive) sql << "lower(";
    render_grouped(sql, *first, {}, Precedence::kCompare, true);
    if (insensitive) sql << ")";
    if (kind != "endswith") sql << " || '%'";
    sql << ")";
    return Precedence::kAtom;
  }
  if (method == "between" && arguments.positional.size() >= 2) {
    render_grouped(sql, receiver, options, Precedence::kCompare, true);
    sql << " BETWEEN ";
    render_grouped(sql, arguments.positional[0], right, Precedence::kCompare, true);
    sql << " AND ";
    render_grouped(sql, arguments.positional[1], right, Precedence::kCompare, true);
    return Precedence::kCompare;
  }
  if (method == "label" || method == "scalar_subquery" || method == "as_scalar" ||
      method == "self_group" || method == "correlate") {
    return render(sql, receiver, options);
  }
  if (first != nullptr && method == "cast") {
    sql << "CAST(";
    render(sql, receiver, options);
    sql << " AS ";
    render_type(sql, read_type(*first, context_));
    sql << ")";
    return Precedence::kAtom;
  }
  struct Suffix {
    std::string_view method, sql;
  };
  constexpr auto kSuffixes = std::to_array<Suffix>({{"desc", " DESC"},
                                                    {"asc", " ASC"},
                                                    {"nulls_last", " NULLS LAST"},
                                                    {"nullslast", " NULLS LAST"},
                                                    {"nulls_first", " NULLS FIRST"},
                                                    {"nullsfirst", " NULLS FIRST"}});
  for (const Suffix& suffix : kSuffixes) {
    if (method != suffix.method) continue;
    render(sql, receiver, options);
    sql << suffix.sql;
    return Precedence::kAnd;
  }
  if (method == "distinct" && !is_statement(receiver)) {
    sql << "DISTINCT ";
    render(sql, receiver, options);
    return Precedence::kCompare;
  }
  if (first != nullptr && method == "collate") {
    render_grouped(sql, receiver, options, Precedence::kCollate);
    sql << " COLLATE " << quote(known_string(*first).value_or("unknown"));
    return Precedence::kCollate;
  }
  if (method == "exists") {
    sql << "EXISTS (";
    render_select(sql, receiver);
    sql << ")";
    return Precedence::kAtom;
  }
  if (method == "next_value" || method == "nextval") {
    const Arguments& sequence = arguments_of(receiver);
    Sql name = sql.fresh();
    const auto schema = read_name(present(sequence, "schema"), context_);
    if (const auto read = read_name(sequence.find("name", 0), context_)) {
      render_table_name(name, schema, *read);
    } else {
      name.hole();
    }
    sql << "nextval(";
    render_string_literal(sql, name.text());
    sql << ")";
    if (name.partial()) sql.mark_partial();
    return Precedence::kAtom;
  }
  if (method == "filter" && !is_statement(receiver)) {
    render(sql, receiver, options);
    sql << " FILTER (WHERE ";
    render_junction(sql, arguments.positional, " AND ", Precedence::kAnd, options);
    sql << ")";
    return Precedence::kFilter;
  }
  if (method == "over") {
    render(sql, receiver, options);
    sql << " OVER (";
    const auto list = [&](std::string_view keyword, std::string_view words) {
      const Value* by = present(arguments, keyword);
      if (by == nullptr) return false;
      sql << words;
      if (const auto* items = items_of(*by)) {
        render_list(sql, *items, options);
      } else {
        render(sql, *by, options);
      }
      return true;
    };
    const bool partition = list("partition_by", "PARTITION BY ");
    if (partition && present(arguments, "order_by") != nullptr) sql << " ";
    list("order_by", "ORDER BY ");
    sql << ")";
    return Precedence::kAtom;
  }
  if (method == "within_group") {
    render(sql, receiver, options);
    sql << " WITHIN GROUP (ORDER BY ";
    render_list(sql, arguments.positional, options);
    sql << ")";
    return Precedence::kAtom;
  }
  if (method == "any" || method == "any_" || method == "all_" || method == "all") {
    if (first != nullptr && (method == "any" || method == "all")) {
      ExpressionOptions element = options;
      element.type = left_type && left_type->item ? left_type->item.get() : nullptr;
      render_grouped(sql, *first, element, Precedence::kCompare, true);
      sql << (method == "any" ? " = ANY (" : " = ALL (");
      render(sql, receiver, options);
      sql << ")";
      return Precedence::kCompare;
    }
    sql << (method.starts_with("any") ? "ANY (" : "ALL (");
    render(sql, receiver, options);
    sql << ")";
    return Precedence::kAtom;
  }
  if (const Symbol* inner = receiver.symbol();
      inner != nullptr && inner->kind == Symbol::Kind::kSubscript && inner->operands.size() == 2) {
    if (method == "as_json") return render(sql, receiver, options);
    // Source: sqlalchemy/sql/sqltypes.py, JSON.Comparator.
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kCasts{
        {{"as_string", "VARCHAR"},
         {"as_integer", "INTEGER"},
         {"as_boolean", "BOOLEAN"},
         {"as_float", "FLOAT"},
         {"as_numeric", "NUMERIC"}}};
    for (const auto& [name, type] : kCasts) {
      if (method != name) continue;
      sql << (options.operand ? "CAST((" : "CAST(");
      render_json_text(sql, *inner, options);
      sql << (options.operand ? ") AS " : " AS ") << type;
      if (name == "as_numeric" && arguments.positional.size() == 2) {
        sql << "(";
        render(sql, arguments.positional[0], {});
        sql << ", ";
        render(sql, arguments.positional[1], {});
        sql << ")";
      }
      sql << ")";
      return Precedence::kAtom;
    }
  }
  return {};
}

}  // namespace forelock::alembic
