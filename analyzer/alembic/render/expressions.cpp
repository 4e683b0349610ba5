#include "analyzer/alembic/render/expressions.h"

#include <algorithm>
#include <array>

#include "analyzer/alembic/render/chain.h"
#include "analyzer/alembic/render/ddl.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/render/python_classes.h"
#include "analyzer/alembic/render/text_clause.h"
#include "analyzer/alembic/versions.h"

namespace forelock::alembic {
namespace {

using python::Arguments;
using python::Symbol;
using python::Value;

/// Deepest nesting of expressions that is rendered; deeper ones become unknown.
constexpr int kMaxDepth = 200;

struct Operator {
  std::string_view python;
  std::string_view sql;
  Precedence precedence;
};
/// Source: sqlalchemy/sql/compiler.py OPERATORS.
constexpr auto kOperators = std::to_array<Operator>({
    {"==", "=", Precedence::kCompare},
    {"!=", "!=", Precedence::kCompare},
    {"<", "<", Precedence::kCompare},
    {"<=", "<=", Precedence::kCompare},
    {">", ">", Precedence::kCompare},
    {">=", ">=", Precedence::kCompare},
    {"+", "+", Precedence::kAdd},
    {"-", "-", Precedence::kAdd},
    {"*", "*", Precedence::kMultiply},
    {"/", "/", Precedence::kMultiply},
    {"//", "/", Precedence::kMultiply},
    {"%", "%", Precedence::kMultiply},
    {"<<", "<<", Precedence::kAdd},
    {">>", ">>", Precedence::kAdd},
});

const Operator* find_operator(std::string_view name) {
  const auto it = std::ranges::find(kOperators, name, &Operator::python);
  return it == kOperators.end() ? nullptr : &*it;
}

/// func.x that render without parentheses. Source: sqlalchemy/sql/functions.py AnsiFunction.
constexpr auto kAnsiFunctions = std::to_array<std::string_view>(
    {"current_date", "current_time", "current_timestamp", "current_user", "localtime",
     "localtimestamp", "session_user", "sysdate", "user"});

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

/// The comparison with its operands exchanged.
std::string_view reflection(std::string_view op) {
  if (op == "<") return ">";
  if (op == ">") return "<";
  if (op == "<=") return ">=";
  if (op == ">=") return "<=";
  return op;
}

enum class ColumnClass { kNone, kLight, kFull };

ColumnClass column_class(const Value& value, const Context& context) {
  const auto reference = read_column_reference(value, context);
  if (!reference) return ColumnClass::kNone;
  const std::string owner = name_of(reference->owner);
  if (owner == "sa.table") return ColumnClass::kLight;
  if (owner == "sa.Table" || owner == "op.create_table") return ColumnClass::kFull;
  const std::string name = name_of(value);
  if (name == "sa.column") return ColumnClass::kLight;
  if (name == "sa.Column") return ColumnClass::kFull;
  return ColumnClass::kNone;
}

/// any_(…) == x, which SQLAlchemy turns around: x = ANY (…).
/// Source: sqlalchemy/sql/elements.py CollectionAggregate.operate.
bool is_collection(const Value& value) {
  const std::string name = name_of(value);
  if (!is_call(value)) return false;
  return name == "sa.any_" || name == "sa.all_" ||
         (arguments_of(value).positional.empty() &&
          (method_of(value) == "any_" || method_of(value) == "all_"));
}

bool is_reflected(const Symbol& symbol, const Context& context) {
  constexpr auto kComparisons = std::to_array<std::string_view>({"==", "!=", "<", "<=", ">", ">="});
  if (std::ranges::find(kComparisons, symbol.name) == kComparisons.end()) return false;
  return column_class(symbol.operands[0], context) == ColumnClass::kLight &&
         column_class(symbol.operands[1], context) == ColumnClass::kFull;
}

bool is_stringlike(const Value& value, const std::optional<Type>& type) {
  return value.str() != nullptr || (type && type->family == TypeFamily::kString);
}

}  // namespace

bool is_null_constant(const Value& value) { return value.is_none() || name_of(value) == "sa.null"; }

void Sources::add(const std::string& key, const Sql& sql) {
  for (const Entry& entry : entries) {
    if (entry.key == key) return;
  }
  entries.push_back({key, sql});
}

bool is_text(const Value& value) {
  const Chain chain = unroll(value);
  return chain.root != nullptr && is_call(*chain.root) &&
         (name_of(*chain.root) == "sa.text" || name_of(*chain.root) == "sa.TextClause");
}

Precedence Expressions::render(Sql& sql, const Value& value, const ExpressionOptions& options) {
  if (depth_ >= kMaxDepth) {
    sql.hole();
    return Precedence::kAtom;
  }
  ++depth_;
  Precedence precedence = Precedence::kAtom;
  if (value.str() != nullptr && options.text_is_sql) {
    render_text_clause(sql, *value.str(), {}, *this);
    precedence = Precedence::kComma;
  } else if (value.symbol() != nullptr && made_by_server(value).empty()) {
    ExpressionOptions inner = options;
    inner.text_is_sql = false;  // a str inside of an expression is a value
    precedence = render_symbol(sql, value, inner);
  } else if (const auto text = compiled_text(value, context_)) {
    sql.copy(*text);
  } else {
    render_literal(sql, value, options.type);
  }
  --depth_;
  return precedence;
}

void Expressions::render_grouped(Sql& sql, const Value& value, const ExpressionOptions& options,
                                 Precedence outer, bool strict) {
  Sql inner = sql.fresh();
  ExpressionOptions operand = options;
  operand.operand = true;
  const Precedence precedence = render(inner, value, operand);
  const bool group = strict ? precedence <= outer : precedence < outer;
  if (group) sql << "(";
  sql.append(inner);
  if (group) sql << ")";
}

Precedence Expressions::render_symbol(Sql& sql, const Value& value,
                                      const ExpressionOptions& options) {
  const Symbol& symbol = *value.symbol();
  const text::Span place =
      symbol.place.file == 0 && !symbol.place.span.empty() ? symbol.place.span : sql.place();
  const At at(sql, place);
  switch (symbol.kind) {
    case Symbol::Kind::kBinary:
      return render_binary(sql, symbol, options);
    case Symbol::Kind::kUnary:
      return render_unary(sql, symbol, options);
    case Symbol::Kind::kSubscript:
      return render_subscript(sql, value, options);
    case Symbol::Kind::kCall:
      return render_call(sql, value, options);
    case Symbol::Kind::kName: {
      const std::string name = canonical(symbol.name);
      if (name == "sa.true" || name == "sa.false" || name == "sa.null") {
        sql << (name == "sa.true" ? "true" : name == "sa.false" ? "false" : "NULL");
      } else {
        sql.hole();
      }
      return Precedence::kAtom;
    }
    case Symbol::Kind::kAttribute:
      if (symbol.name == "astext" && !symbol.operands.empty()) {
        const Symbol* inner = symbol.operands[0].symbol();
        if (inner != nullptr && inner->kind == Symbol::Kind::kSubscript &&
            inner->operands.size() == 2) {
          return render_json_text(sql, *inner, options);
        }
      }
      if (symbol.operands.size() == 1 && (symbol.name == "excluded")) {
        sql << "excluded";
        return Precedence::kAtom;
      }
      if (render_column(sql, value, options)) return Precedence::kAtom;
      sql.hole();
      return Precedence::kAtom;
    case Symbol::Kind::kObject:
      sql.hole();
      return Precedence::kAtom;
  }
  return Precedence::kAtom;
}

bool Expressions::render_column(Sql& sql, const Value& value, const ExpressionOptions& options) {
  // excluded.column of an ON CONFLICT
  if (const Value* owner = receiver_of(value); owner != nullptr && owner->symbol() != nullptr &&
                                               owner->symbol()->kind == Symbol::Kind::kAttribute &&
                                               owner->symbol()->name == "excluded") {
    sql << "excluded." << quote(value.symbol()->name);
    return true;
  }
  const auto reference = read_column_reference(value, context_);
  if (!reference) return false;
  if (reference->table && sources_ != nullptr && !reference->owner.is_unknown()) {
    Sql from = sql.fresh();
    const std::string key = render_from(from, reference->owner);
    sources_->add(key, from);
  }
  if (options.include_table && reference->table) {
    if (const auto alias = alias_name(reference->owner)) {
      render_name(sql, *alias);
    } else {
      render_table_name(sql, reference->schema, *reference->table);
    }
    sql << ".";
  }
  render_name(sql, reference->column);
  return true;
}

Precedence Expressions::render_binary(Sql& sql, const Symbol& symbol,
                                      const ExpressionOptions& options) {
  if (symbol.operands.size() != 2) {
    sql.hole();
    return Precedence::kAtom;
  }
  std::string_view op = symbol.name;
  // Python asks the right operand first when its class derives from the left's: a Column of an
  // sa.Table against an sa.column().
  const bool reflected = is_reflected(symbol, context_) || is_collection(symbol.operands[0]);
  if (reflected) op = reflection(op);
  const Value& left = symbol.operands[reflected ? 1 : 0];
  const Value& right = symbol.operands[reflected ? 0 : 1];
  if (op == "&") return render_junction(sql, {left, right}, " AND ", Precedence::kAnd, options);
  if (op == "|") return render_junction(sql, {left, right}, " OR ", Precedence::kOr, options);
  if (op == "==" || op == "!=" || op == "is" || op == "is not") {
    return render_compare(sql, left, op, right, options);
  }
  if (op == "in" || op == "not in") {
    render_in(sql, left, right, op == "not in", options);
    return Precedence::kCompare;
  }
  const Operator* found = find_operator(op);
  if (found == nullptr) {
    sql.hole();
    return Precedence::kAtom;
  }
  std::string_view spelling = found->sql;
  Precedence precedence = found->precedence;
  const auto left_type = type_of(left);
  const auto right_type = type_of(right);
  if (op == "+" && (is_stringlike(left, left_type) || is_stringlike(right, right_type))) {
    spelling = "||";  // string concatenation
    precedence = Precedence::kCompare;
  }
  ExpressionOptions left_options = options;
  ExpressionOptions right_options = options;
  left_options.type = right_type ? &*right_type : nullptr;
  // What is taken from a JSON value, or asked of it, is a key and no JSON.
  const bool json = left_type && (left_type->family == TypeFamily::kJson ||
                                  left_type->family == TypeFamily::kJsonb);
  right_options.type = left_type && !json ? &*left_type : nullptr;
  if ((op == "/" || op == "//") && has(context_.options, Feature::kTrueDivision)) {
    return render_division(sql, symbol, options);
  }
  render_grouped(sql, left, left_options, precedence);
  sql << " " << spelling << " ";
  render_grouped(sql, right, right_options, precedence, op != "+" && op != "*");
  return precedence;
}

/// Source: sqlalchemy/sql/compiler.py visit_truediv_binary and visit_floordiv_binary; PostgreSQL's
/// division of integers is a floor division.
Precedence Expressions::render_division(Sql& sql, const Symbol& symbol,
                                        const ExpressionOptions& options) {
  const Value& left = symbol.operands[0];
  const Value& right = symbol.operands[1];
  const auto left_type = type_of(left);
  const auto right_type = type_of(right);
  // A literal has the type of the other side, but a float stays one.
  Type type;
  if (right_type) {
    type = *right_type;
  } else if (right.as<double>() != nullptr) {
    type.family = TypeFamily::kFloat;
    type.sql = "FLOAT";
  } else if (left_type) {
    type = *left_type;
  } else if (right.as<python::Integer>() != nullptr) {
    type.family = TypeFamily::kInteger;
    type.sql = "INTEGER";
  }
  const bool integer = type.family == TypeFamily::kInteger ||
                       type.family == TypeFamily::kBigInteger ||
                       type.family == TypeFamily::kSmallInteger;
  const bool decimal = type.family == TypeFamily::kNumeric || type.family == TypeFamily::kFloat;
  ExpressionOptions left_options = options;
  ExpressionOptions right_options = options;
  left_options.type = right_type ? &*right_type : nullptr;
  right_options.type = left_type ? &*left_type : nullptr;
  if (symbol.name == "/") {
    render_grouped(sql, left, left_options, Precedence::kMultiply);
    sql << " / CAST(";
    render(sql, right, right_options);
    sql << " AS " << (decimal ? type.sql : "NUMERIC") << ")";
    return Precedence::kMultiply;
  }
  if (!integer) sql << "FLOOR(";
  render_grouped(sql, left, left_options, Precedence::kMultiply);
  sql << " / ";
  render_grouped(sql, right, right_options, Precedence::kMultiply, true);
  if (!integer) sql << ")";
  return integer ? Precedence::kMultiply : Precedence::kAtom;
}

Precedence Expressions::render_compare(Sql& sql, const Value& left, std::string_view op,
                                       const Value& right, const ExpressionOptions& options) {
  const bool negated = op == "!=" || op == "is not";
  if (op == "is" || op == "is not") {
    // Python's identity, not SQL's IS: an expression is no other object.
    sql << (negated ? "true" : "false");
    return Precedence::kAtom;
  }
  if (is_null_constant(right) || is_null_constant(left)) {
    render_grouped(sql, is_null_constant(right) ? left : right, options, Precedence::kCompare,
                   true);
    sql << (negated ? " IS NOT NULL" : " IS NULL");
    return Precedence::kCompare;
  }
  const auto left_type = type_of(left);
  const auto right_type = type_of(right);
  ExpressionOptions left_options = options;
  ExpressionOptions right_options = options;
  left_options.type = right_type ? &*right_type : nullptr;
  right_options.type = left_type ? &*left_type : nullptr;
  render_grouped(sql, left, left_options, Precedence::kCompare, true);
  sql << (negated ? " != " : " = ");
  render_grouped(sql, right, right_options, Precedence::kCompare, true);
  return Precedence::kCompare;
}

Precedence Expressions::render_unary(Sql& sql, const Symbol& symbol,
                                     const ExpressionOptions& options) {
  if (symbol.operands.empty()) {
    sql.hole();
    return Precedence::kAtom;
  }
  if (symbol.name == "-") {
    sql << "-";
    render_grouped(sql, symbol.operands[0], options, Precedence::kMultiply);
    return Precedence::kMultiply;
  }
  if (symbol.name == "~" || symbol.name == "not") {
    return render_not(sql, symbol.operands[0], options);
  }
  return render(sql, symbol.operands[0], options);
}

Precedence Expressions::render_not(Sql& sql, const Value& operand,
                                   const ExpressionOptions& options) {
  // SQLAlchemy negates comparisons by their opposite operator.
  const Symbol* symbol = operand.symbol();
  if (symbol != nullptr && symbol->kind == Symbol::Kind::kBinary && symbol->operands.size() == 2) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kOpposites{
        {{"==", "!="}, {"!=", "=="}, {"<", ">="}, {"<=", ">"}, {">", "<="}, {">=", "<"}}};
    for (const auto& [from, to] : kOpposites) {
      if (symbol->name != from) continue;
      Symbol opposite = *symbol;
      opposite.name = to;
      return render_binary(sql, opposite, options);
    }
  }
  const std::string name = name_of(operand);
  if (name == "sa.true" || name == "sa.false") {
    sql << (name == "sa.true" ? "false" : "true");
    return Precedence::kAtom;
  }
  const std::string_view method = method_of(operand);
  if (!method.empty() && is_call(operand) && receiver_of(operand) != nullptr) {
    const Value& receiver = *receiver_of(operand);
    const Arguments& arguments = arguments_of(operand);
    if (method == "in_" && !arguments.positional.empty()) {
      render_in(sql, receiver, arguments.positional[0], true, options);
      return Precedence::kCompare;
    }
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kNegations{
        {{"like", " NOT LIKE "}, {"ilike", " NOT ILIKE "}, {"is_", " IS NOT "}}};
    for (const auto& [from, to] : kNegations) {
      if (method != from || arguments.positional.empty()) continue;
      render_grouped(sql, receiver, options, Precedence::kCompare, true);
      sql << to;
      render_grouped(sql, arguments.positional[0], options, Precedence::kCompare, true);
      return Precedence::kCompare;
    }
  }
  sql << "NOT ";
  const bool atom = name == "sa.exists" || method == "exists";
  Sql inner = sql.fresh();
  const Precedence precedence = render(inner, operand, options);
  const bool group = !atom && precedence <= Precedence::kCompare;
  if (group || atom) sql << "(";
  sql.append(inner);
  if (group || atom) sql << ")";
  return Precedence::kCompare;
}

/// A key, or a path as the text of an array. Source: sqlalchemy/dialects/postgresql/json.py,
/// JSONPathType.
void Expressions::render_json_key(Sql& sql, const Value& key) {
  const auto* path = items_of(key);
  if (path == nullptr) {
    render(sql, key, {});
    return;
  }
  sql << "'{";
  bool first = true;
  for (const Value& part : *path) {
    if (!first) sql << ", ";
    first = false;
    if (const auto text = python::to_str(part, {})) {
      sql.copy(*text);
    } else {
      sql.hole();
    }
  }
  sql << "}'";
}

Precedence Expressions::render_json_text(Sql& sql, const Symbol& subscript,
                                         const ExpressionOptions& options) {
  render_grouped(sql, subscript.operands[0], options, Precedence::kCompare, true);
  sql << (items_of(subscript.operands[1]) != nullptr ? " #>> " : " ->> ");
  render_json_key(sql, subscript.operands[1]);
  return Precedence::kCompare;
}

Precedence Expressions::render_subscript(Sql& sql, const Value& value,
                                         const ExpressionOptions& options) {
  if (render_column(sql, value, options)) return Precedence::kAtom;
  const Symbol& symbol = *value.symbol();
  if (symbol.operands.size() != 2) {
    sql.hole();
    return Precedence::kAtom;
  }
  const auto type = type_of(symbol.operands[0]);
  if (items_of(symbol.operands[1]) != nullptr) {
    render_grouped(sql, symbol.operands[0], options, Precedence::kCompare, true);
    sql << " #> ";
    render_json_key(sql, symbol.operands[1]);
    return Precedence::kCompare;
  }
  const bool brackets =
      type &&
      (type->family == TypeFamily::kArray ||
       (type->family == TypeFamily::kJsonb && has(context_.options, Feature::kJsonbSubscript)));
  render_grouped(sql, symbol.operands[0], options, Precedence::kAtom);
  sql << (brackets ? "[" : " -> ");
  render(sql, symbol.operands[1], {});
  if (brackets) sql << "]";
  return brackets ? Precedence::kAtom : Precedence::kCompare;
}

Precedence Expressions::render_junction(Sql& sql, const std::vector<Value>& parts,
                                        std::string_view op, Precedence precedence,
                                        const ExpressionOptions& options) {
  std::vector<const Value*> kept;
  const bool conjunction = precedence == Precedence::kAnd;
  for (const Value& part : parts) {
    const std::string name = name_of(part);
    const auto* boolean = part.as<bool>();
    // and_(True, x) is x, and_() of nothing is nothing
    const bool is_true = name == "sa.true" || (boolean != nullptr && *boolean);
    const bool is_false = name == "sa.false" || (boolean != nullptr && !*boolean);
    if ((conjunction && is_true) || (!conjunction && is_false)) continue;
    kept.push_back(&part);
  }
  if (kept.empty()) {
    sql << (conjunction ? "true" : "false");
    return Precedence::kAtom;
  }
  if (kept.size() == 1) return render(sql, *kept[0], options);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (i > 0) sql << op;
    render_grouped(sql, *kept[i], options, precedence);
  }
  return precedence;
}

void Expressions::render_list(Sql& sql, const std::vector<Value>& values,
                              const ExpressionOptions& options) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) sql << ", ";
    render(sql, values[i], options);
  }
}

void Expressions::render_tuples(Sql& sql, const std::vector<Value>& tuples,
                                const ExpressionOptions& options) {
  bool first = true;
  for (const Value& tuple : tuples) {
    if (!first) sql << ", ";
    first = false;
    if (const auto* cells = items_of(tuple)) {
      sql << "(";
      render_list(sql, *cells, options);
      sql << ")";
    } else {
      sql.hole();
    }
  }
}

void Expressions::render_in(Sql& sql, const Value& left, const Value& right, bool negated,
                            const ExpressionOptions& options) {
  const auto type = type_of(left);
  Sql head = sql.fresh();
  render_grouped(head, left, options, Precedence::kCompare, true);
  if (negated) sql << "(";  // SQLAlchemy groups NOT IN
  sql.append(head);
  sql << (negated ? " NOT IN (" : " IN (");
  const auto* items = items_of(right);
  if (items != nullptr && items->empty()) {
    // Source: sqlalchemy/sql/compiler.py, visit_empty_set_op_expr.
    sql << (negated ? "NULL) OR (1 = 1" : "NULL) AND (1 != 1");
  } else if (items != nullptr) {
    ExpressionOptions item_options = options;
    item_options.type = type ? &*type : nullptr;
    if (name_of(left) == "sa.tuple_") {
      render_tuples(sql, *items, item_options);
    } else {
      render_list(sql, *items, item_options);
    }
  } else if (is_statement(right)) {
    Sources* saved = sources_;
    sources_ = nullptr;
    render_select(sql, right);
    sources_ = saved;
  } else {
    render(sql, right, options);
  }
  sql << ")";
  if (negated) sql << ")";
}

void Expressions::render_case(Sql& sql, const Arguments& arguments,
                              const ExpressionOptions& options) {
  sql << "CASE";
  const Value* subject = present(arguments, "value");
  if (subject != nullptr) {
    sql << " ";
    render(sql, *subject, options);
  }
  const auto when = [&](const Value& condition, const Value& result) {
    sql << " WHEN ";
    render_grouped(sql, condition, options, Precedence::kMultiply, true);
    sql << " THEN ";
    render(sql, result, options);
  };
  std::vector<Value> whens = arguments.positional;
  if (whens.size() == 1 && whens[0].sequence() != nullptr &&
      whens[0].sequence()->kind == python::Sequence::Kind::kList) {
    whens = whens[0].sequence()->items;  // SQLAlchemy 1.x: case([(a, b)])
  }
  for (const Value& part : whens) {
    if (const auto* pair = items_of(part); pair != nullptr && pair->size() == 2) {
      when((*pair)[0], (*pair)[1]);
    } else if (const auto* dict = part.dict()) {
      for (const auto& [condition, result] : dict->items) when(condition, result);
    } else {
      sql << " WHEN ";
      sql.hole();
      sql << " THEN ";
      sql.hole();
    }
  }
  if (const Value* otherwise = arguments.find("else_")) {
    sql << " ELSE ";
    render(sql, *otherwise, options);
  }
  sql << " END";
}

void Expressions::render_function(Sql& sql, std::string_view name, const Arguments& arguments,
                                  const ExpressionOptions& options) {
  if (std::ranges::find(kAnsiFunctions, name) != kAnsiFunctions.end() &&
      arguments.positional.empty()) {
    sql << upper(name);
    return;
  }
  ExpressionOptions inner = options;
  inner.type = nullptr;
  inner.text_is_sql = false;
  if (name == "substring" && arguments.positional.size() >= 2) {
    sql << "SUBSTRING(";
    render(sql, arguments.positional[0], inner);
    sql << " FROM ";
    render(sql, arguments.positional[1], inner);
    if (arguments.positional.size() > 2) {
      sql << " FOR ";
      render(sql, arguments.positional[2], inner);
    }
    sql << ")";
    return;
  }
  if (name == "aggregate_strings") name = "string_agg";
  // A package path is quoted part by part only where characters demand it.
  std::size_t begin = 0;
  while (begin <= name.size()) {
    const std::size_t dot = std::min(name.find('.', begin), name.size());
    std::string_view part = name.substr(begin, dot - begin);
    if (part.size() > 1 && part.ends_with('_')) part.remove_suffix(1);  // func.left_
    if (begin > 0) sql << ".";
    const bool plain = std::ranges::all_of(part, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '$';
    });
    sql << (plain ? std::string(part) : quoted(part));
    begin = dot + 1;
  }
  sql << "(";
  if (name == "count" && arguments.positional.empty()) sql << "*";
  render_list(sql, arguments.positional, inner);
  if (!arguments.complete) sql.hole();
  sql << ")";
}

std::optional<Type> Expressions::type_of(const Value& value) const {
  const std::string name = name_of(value);
  if (name == "sa.cast" || name == "sa.type_coerce" || name == "sa.literal" ||
      name == "sa.literal_column" || name == "sa.bindparam") {
    const std::size_t index = name == "sa.bindparam" ? 2 : 1;
    if (const Value* type = present(arguments_of(value), "type_", index)) {
      return read_type(*type, context_);
    }
    return {};
  }
  if (name.starts_with("func.")) {
    if (const Value* type = present(arguments_of(value), "type_")) {
      return read_type(*type, context_);
    }
    constexpr auto kText = std::to_array<std::string_view>({"func.concat", "func.char_length"});
    if (name == kText[0]) {
      Type type;
      type.family = TypeFamily::kString;
      type.sql = "VARCHAR";
      return type;
    }
    constexpr auto kSame = std::to_array<std::string_view>(
        {"func.coalesce", "func.max", "func.min", "func.sum", "func.lower", "func.upper"});
    if (std::ranges::find(kSame, name) != kSame.end() && !arguments_of(value).positional.empty()) {
      return type_of(arguments_of(value).positional[0]);
    }
    return {};
  }
  if (name == "sa.column" || name == "sa.Column") {
    if (auto column = read_column(value, context_)) {
      if (column->type.sql.empty()) return {};
      return column->type;
    }
    return {};
  }
  if (const auto reference = read_column_reference(value, context_)) {
    const auto table = read_table(reference->owner, context_);
    if (!table) return {};
    for (const Column& column : table->columns) {
      if (column.name && column.name->text == reference->column.text) {
        if (column.type.sql.empty()) return {};
        return column.type;
      }
    }
    return {};
  }
  if (const Symbol* symbol = value.symbol();
      symbol != nullptr && symbol->kind == Symbol::Kind::kBinary && symbol->operands.size() == 2) {
    if (symbol->name == "+") {
      for (const Value& operand : symbol->operands) {
        if (is_stringlike(operand, type_of(operand))) {
          Type type;
          type.family = TypeFamily::kString;
          type.sql = "VARCHAR";
          return type;
        }
      }
      return type_of(symbol->operands[0]);
    }
  }
  if (const std::string_view method = method_of(value); method == "label") {
    return type_of(*receiver_of(value));
  }
  return {};
}

}  // namespace forelock::alembic
