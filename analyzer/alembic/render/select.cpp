// SELECT objects, and what stands in FROM.

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/alembic/compile.h"
#include "analyzer/alembic/render/chain.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/render/models.h"
#include "analyzer/alembic/render/statement_root.h"
#include "analyzer/alembic/render/trees.h"

namespace forelock::alembic {

using python::Arguments;
using python::Symbol;
using python::Value;

void Expressions::render_on(Sql& sql, const Value* condition) {
  sql << " ON ";
  if (condition == nullptr) {
    sql.hole();
    return;
  }
  Sources* saved = sources_;
  sources_ = nullptr;
  render(sql, *condition, {});
  sources_ = saved;
}

namespace {

/// `func.f(…).table_valued(…)`, maybe with an alias, as LATERAL or with its columns.
bool is_table_function(const Value& value) {
  const Value* at = &value;
  for (int depth = 0; depth < 8 && is_call(*at) && receiver_of(*at) != nullptr; ++depth) {
    const std::string_view method = method_of(*at);
    if (method == "table_valued") return true;
    if (method != "alias" && method != "lateral" && method != "render_derived") return false;
    at = receiver_of(*at);
  }
  return false;
}

}  // namespace

/// A CTE is named where it is used, and written once before the whole statement.
std::string Expressions::render_cte(Sql& sql, const Value& value) {
  const Name name = alias_name(value).value_or(Name::of("anon_1", context_.span_of(value)));
  const bool known =
      std::ranges::any_of(ctes_, [&](const Cte& cte) { return cte.of == value.symbol(); });
  if (!known) {
    Cte cte{value.symbol(), sql.fresh(), flag(arguments_of(value), "recursive", false, 1)};
    render_name(cte.sql, name);
    cte.sql << " AS (";
    Sources* saved = std::exchange(sources_, nullptr);
    in_from_ = true;
    render_select(cte.sql, *receiver_of(value));
    sources_ = saved;
    cte.sql << ")";
    ctes_.push_back(std::move(cte));  // after those that it uses
  }
  render_name(sql, name);
  return name.text;
}

/// sa.values(column, …, name="v").data([(1, "a"), …])
std::string Expressions::render_values(Sql& sql, const Value& value) {
  const Chain chain = unroll(value);
  sql << "(VALUES ";
  bool first = true;
  for (const Link& link : chain.links) {
    const Value* rows = link.method == "data" ? link.arguments->find("values", 0) : nullptr;
    const auto* items = rows == nullptr ? nullptr : items_of(*rows);
    if (items == nullptr) continue;
    if (!first) sql << ", ";
    first = false;
    render_tuples(sql, *items, {});
  }
  if (first) sql.hole();
  const Name name = alias_name(value).value_or(Name::of("anon_1", context_.span_of(value)));
  sql << ") AS ";
  render_name(sql, name);
  sql << " (";
  first = true;
  for (const Value& item : arguments_of(*chain.root).positional) {
    const auto column = read_column(item, context_);
    if (!column || !column->name) continue;
    if (!first) sql << ", ";
    first = false;
    render_name(sql, *column->name);
  }
  sql << ")";
  return name.text;
}

/// func.f(…).table_valued("a", "b", with_ordinality="n"), with its columns where render_derived()
/// asks for them, and LATERAL where lateral() does.
std::string Expressions::render_table_function(Sql& sql, const Value& value) {
  const Chain chain = unroll(value);
  const Link* table = chain.find("table_valued");
  const Name name = alias_name(value).value_or(Name::of("anon_1", context_.span_of(value)));
  if (chain.find("lateral") != nullptr) sql << "LATERAL ";
  render(sql, *receiver_of(*table->value), {});
  const Value* ordinality = present(*table->arguments, "with_ordinality");
  if (ordinality != nullptr) sql << " WITH ORDINALITY";
  sql << " AS ";
  render_name(sql, name);
  if (chain.find("render_derived") != nullptr) {
    std::vector<Value> columns = table->arguments->positional;
    if (ordinality != nullptr) columns.push_back(*ordinality);
    sql << "(";
    render_column_names(sql, python::make_sequence(python::Sequence::Kind::kList, columns));
    sql << ")";
  }
  return name.text;
}

std::string Expressions::render_from(Sql& sql, const Value& value) {
  const std::string_view method = method_of(value);
  const std::string name = name_of(value);
  if (is_call(value) && method == "cte" && hoists_ctes_) return render_cte(sql, value);
  if (is_call(value) && (name == "sa.values" || method == "data")) return render_values(sql, value);
  if (is_table_function(value)) return render_table_function(sql, value);
  if (is_call(value) &&
      (method == "alias" || method == "subquery" || method == "cte" || method == "lateral")) {
    const Value& inner = *receiver_of(value);
    if (method == "lateral") sql << "LATERAL ";
    if (is_statement(inner)) {
      sql << "(";
      Sources* saved = sources_;
      sources_ = nullptr;
      in_from_ = true;
      render_select(sql, inner);
      sources_ = saved;
      sql << ")";
    } else {
      render_from(sql, inner);
    }
    const Name alias = alias_name(value).value_or(Name::of("anon_1", context_.span_of(value)));
    sql << " AS ";
    render_name(sql, alias);
    return alias.text;
  }
  if (is_call(value) && (method == "join" || method == "outerjoin") && !is_statement(value)) {
    const Arguments& arguments = arguments_of(value);
    const std::string left = render_from(sql, *receiver_of(value));
    const bool outer = method == "outerjoin" || flag(arguments, "isouter");
    sql << (outer ? " LEFT OUTER JOIN " : " JOIN ");
    if (const Value* right = arguments.find("right", 0)) render_from(sql, *right);
    render_on(sql, present(arguments, "onclause", 1));
    return "join of " + left;
  }
  if (is_call(value) && (name == "sa.join" || name == "sa.outerjoin" || name == "orm.join")) {
    const Arguments& arguments = arguments_of(value);
    std::string left;
    if (const Value* first = arguments.find("left", 0)) left = render_from(sql, *first);
    sql << (name == "sa.outerjoin" || flag(arguments, "isouter") ? " LEFT OUTER JOIN " : " JOIN ");
    if (const Value* right = arguments.find("right", 1)) render_from(sql, *right);
    render_on(sql, present(arguments, "onclause", 2));
    return "join of " + left;
  }
  if (is_call(value) && name == "orm.aliased") {
    const Arguments& arguments = arguments_of(value);
    if (const Value* element = arguments.find("element", 0)) render_from(sql, *element);
    const Name alias = alias_name(value).value_or(Name::of("anon_1", context_.span_of(value)));
    sql << " AS ";
    render_name(sql, alias);
    return alias.text;
  }
  if (is_text(value)) {
    render_text(sql, value, nullptr);
    return "text";
  }
  if (const auto table = read_table(value, context_); table && table->name) {
    render_table_name(sql, table->schema, *table->name);
    return (table->schema ? table->schema->text + "." : "") + table->name->text;
  }
  sql.hole();
  return std::string(kUnknownText);
}

std::string Expressions::anonymous(const Value& value, const std::string& base) {
  const auto [entry, fresh] = anonymous_.try_emplace({value.symbol(), base});
  if (fresh) entry->second = base + "_" + std::to_string(++anonymous_counts_[base]);
  return entry->second;
}

std::optional<Name> Expressions::alias_name(const Value& value) {
  if (!is_call(value)) return {};
  const std::string_view method = method_of(value);
  const bool aliased = name_of(value) == "orm.aliased";
  if (method == "data") return alias_name(*receiver_of(value));
  const bool keyword_only =
      name_of(value) == "sa.values" || method == "table_valued" || method == "render_derived";
  if (!aliased && !keyword_only && method != "alias" && method != "subquery" && method != "cte" &&
      method != "lateral") {
    return {};
  }
  const Arguments& arguments = arguments_of(value);
  const std::size_t position = keyword_only ? Arguments::npos : aliased ? 1 : 0;
  if (const Value* given = present(arguments, "name", position)) return read_name(*given, context_);
  if (keyword_only) return Name::of(anonymous(value, "anon"), context_.span_of(value));
  const Value* inner = aliased ? arguments.find("element", 0) : receiver_of(value);
  std::string base = "anon";
  if (inner != nullptr && is_table_function(*inner)) {
    if (const auto given = read_name(present(arguments_of(*inner), "name"), context_)) {
      base = given->text;
    }
  } else if (inner != nullptr && !is_statement(*inner)) {
    if (const auto table = read_table(*inner, context_); table && table->name) {
      base = table->name->text;
    }
  }
  return Name::of(anonymous(value, base), context_.span_of(value));
}

namespace {

/// What an anonymous label is made of; empty for what has a name or needs none.
/// Source: sqlalchemy/sql/compiler.py SQLCompiler._label_select_column.
std::string label_base(const Value& column) {
  const Symbol* symbol = column.symbol();
  if (symbol == nullptr) return {};
  if (symbol->kind == Symbol::Kind::kBinary || symbol->kind == Symbol::Kind::kSubscript) {
    return "anon";
  }
  if (symbol->kind == Symbol::Kind::kAttribute) return symbol->name == "astext" ? "anon" : "";
  if (!is_call(column)) return {};
  const std::string name = name_of(column);
  if (name.starts_with("func.")) return name.substr(name.rfind('.') + 1);
  constexpr auto kWithoutName =
      std::to_array<std::string_view>({"sa.literal", "sa.case", "sa.and_", "sa.or_", "sa.extract",
                                       "sa.tuple_", "sa.select", "sa.exists", "sa.between"});
  if (std::ranges::find(kWithoutName, name) != kWithoutName.end()) return "anon";
  constexpr auto kMethods = std::to_array<std::string_view>(
      {"over",       "filter",   "within_group", "scalar_subquery", "as_scalar", "in_",
       "not_in",     "notin_",   "like",         "ilike",           "not_like",  "not_ilike",
       "is_",        "is_not",   "isnot",        "between",         "concat",    "contains",
       "startswith", "endswith", "exists",       "regexp_match",    "has_key",   "op"});
  if (std::ranges::find(kMethods, method_of(column)) != kMethods.end()) return "anon";
  // column.op("~")("x"): a call of a call
  if (!symbol->operands.empty() && is_call(symbol->operands[0])) return "anon";
  return {};
}

}  // namespace

void Expressions::render_label(Sql& sql, const Value& column, bool in_from) {
  const Value* label = method_of(column) == "label" && is_call(column)
                           ? arguments_of(column).find("name", 0)
                       : name_of(column) == "sa.label" ? arguments_of(column).find("name", 0)
                                                       : nullptr;
  if (const auto name = read_name(label, context_)) {
    sql << " AS ";
    render_name(sql, *name);
    return;
  }
  if (const auto reference = read_column_reference(column, context_)) {
    if (in_from && reference->table) {
      sql << " AS ";
      render_name(sql, reference->column);
    }
    return;
  }
  if (const std::string base = label_base(column); !base.empty()) {
    sql << " AS " << quote(anonymous(column, base));
  }
}

namespace {

/// Whether load_only(…), if there is one, leaves a column to be selected: the key always is.
/// Source: sqlalchemy/orm/strategy_options.py, _AbstractLoad.load_only.
bool is_loaded(const Column& column, const std::vector<Value>& only, const Context& context) {
  return only.empty() || column.primary_key || std::ranges::any_of(only, [&](const Value& one) {
           const auto reference = read_column_reference(one, context);
           return reference && reference->column.text == column.name->text;
         });
}

}  // namespace

/// The first table of the columns that the condition speaks of, beside the table that is joined;
/// where it tells nothing, the first there is.
/// Source: sqlalchemy/sql/util.py, find_left_clause_to_join_from.
Value Expressions::left_of_join(const Sql& sql, const std::vector<Value>& columns,
                                const python::Arguments& join) {
  std::vector<std::pair<std::string, Value>> candidates;
  for (const Value& column : columns) {
    const auto reference = read_column_reference(column, context_);
    const bool of_table = reference && !reference->owner.is_unknown() && reference->table;
    Sql unused = sql.fresh();
    const Value& table = of_table ? reference->owner : column;
    candidates.emplace_back(render_from(unused, table), table);
  }
  const Value* on = present(join, "onclause", 1);
  if (on == nullptr || join.positional.empty()) return candidates.front().second;
  Sources sources;
  Sources* const saved = std::exchange(sources_, &sources);
  const auto names = anonymous_;
  const auto counts = anonymous_counts_;
  Sql unused = sql.fresh();
  render(unused, *on, {});
  const std::string target = render_from(unused, join.positional.front());
  anonymous_ = names;
  anonymous_counts_ = counts;
  sources_ = saved;
  for (const auto& [key, table] : candidates) {
    if (std::ranges::all_of(sources.entries, [&](const Sources::Entry& entry) {
          return entry.key == key || entry.key == target;
        })) {
      return table;
    }
  }
  return candidates.front().second;
}

void Expressions::render_select(Sql& sql, const Value& value) {
  const bool in_from = std::exchange(in_from_, false);
  if (depth_ >= 100) {
    sql.hole();
    return;
  }
  ++depth_;
  const Chain chain = unroll(value);
  const Root root = root_of(chain);
  const std::string root_name = chain.root == nullptr ? "" : name_of(*chain.root);

  // UNION and its kin: of the root function, or of a link.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kSets{
      {{"union", " UNION "},
       {"union_all", " UNION ALL "},
       {"intersect", " INTERSECT "},
       {"except_", " EXCEPT "}}};
  for (const auto& [function, words] : kSets) {
    if (root_name == "sa." + std::string(function)) {
      bool first = true;
      for (const Value& part : root.arguments->positional) {
        if (!first) sql << words;
        first = false;
        in_from_ = in_from;
        render_select(sql, part);
      }
      --depth_;
      return;
    }
    if (!chain.links.empty() && chain.links.back().method == function) {
      in_from_ = in_from;
      render_select(sql, *receiver_of(value));
      for (const Value& part : chain.links.back().arguments->positional) {
        sql << words;
        in_from_ = in_from;
        render_select(sql, part);
      }
      --depth_;
      return;
    }
  }

  Sources sources;
  Sources* saved = sources_;
  sources_ = &sources;

  // The columns.
  std::vector<Value> columns;
  bool known_columns = root.arguments->complete;
  const bool exists = root_name == "sa.exists";
  if (root.first > 0) {  // table.select()
    columns.push_back(*root.target);
  } else if (root_name != "sa.exists" || !root.arguments->positional.empty()) {
    columns = root.arguments->positional;
    if (columns.size() == 1 && columns[0].sequence() != nullptr) {
      columns = columns[0].sequence()->items;  // SQLAlchemy 1.x: select([a, b])
    }
  }
  std::vector<Value> where;
  std::vector<Value> order;
  std::vector<Value> group;
  std::vector<Value> having;
  std::vector<Value> distinct_on;
  std::vector<Value> only;  ///< Of load_only().
  const Value* limit = nullptr;
  const Value* offset = nullptr;
  bool distinct = false;
  std::string lock;
  bool partial = false;
  Sql from = sql.fresh();
  bool explicit_from = false;
  std::vector<std::string> joined;
  const auto append = [](std::vector<Value>& to, const std::vector<Value>& items) {
    to.insert(to.end(), items.begin(), items.end());
  };
  if (root.first > 0) {
    if (const Value* clause = root.arguments->find("whereclause", 0)) where.push_back(*clause);
  }
  if (const Value* clause = present(*root.arguments, "whereclause")) where.push_back(*clause);
  Sql column_sql = sql.fresh();
  const auto render_columns = [&] {
    bool first = true;
    for (const Value& column : columns) {
      if (!first) column_sql << ", ";
      first = false;
      const At at(column_sql, context_.span_of(column));
      if (is_table_value(column) ||
          (column.symbol() != nullptr && is_call(column) && method_of(column) == "subquery")) {
        Sql table_sql = sql.fresh();
        const std::string key = render_from(table_sql, column);
        sources.add(key, table_sql);
        const auto table = read_table(column, context_);
        if (!table || table->columns.empty() || table->autoload) {
          const std::size_t alias = table_sql.text().rfind(" AS ");
          column_sql << (alias == std::string::npos ? table_sql.text()
                                                    : table_sql.text().substr(alias + 4))
                     << ".*";
          continue;
        }
        // `FROM users AS u` is referred to as u
        const std::size_t alias = table_sql.text().rfind(" AS ");
        const std::string reference =
            alias == std::string::npos ? table_sql.text() : table_sql.text().substr(alias + 4);
        bool inner_first = true;
        for (const Column& part : table->columns) {
          if (!part.name || !is_loaded(part, only, context_)) continue;
          if (!inner_first) column_sql << ", ";
          inner_first = false;
          column_sql << reference << ".";
          render_name(column_sql, *part.name);
          if (in_from) {
            column_sql << " AS ";
            render_name(column_sql, *part.name);
          }
        }
        continue;
      }
      render(column_sql, column, {});
      render_label(column_sql, column, in_from);
    }
    if (columns.empty()) column_sql << (exists ? "*" : "");
  };
  // FROM and JOINs first need the links.
  for (std::size_t i = root.first; i < chain.links.size(); ++i) {
    const Link& link = chain.links[i];
    const auto& items = link.arguments->positional;
    if (!link.arguments->complete) partial = true;
    const std::string_view method = link.method;
    if (method == "where" || method == "filter") {
      append(where, items);
    } else if (method == "filter_by") {
      for (const auto& [keyword, item] : link.arguments->keywords) {
        const Value model = columns.empty() ? Value::unknown("the model") : columns[0];
        where.push_back(equality_of(model, keyword, item, {}));
      }
    } else if (method == "order_by") {
      append(order, items);
    } else if (method == "group_by") {
      append(group, items);
    } else if (method == "having") {
      append(having, items);
    } else if (method == "limit" && !items.empty()) {
      limit = items.data();
    } else if (method == "offset" && !items.empty()) {
      offset = items.data();
    } else if (method == "distinct") {
      distinct = true;
      append(distinct_on, items);
    } else if (method == "options") {
      for (const Value& option : items) {
        if (name_of(option) == "orm.load_only") append(only, arguments_of(option).positional);
      }
    } else if (method == "with_for_update") {
      lock = " FOR UPDATE";
      if (flag(*link.arguments, "skip_locked")) lock += " SKIP LOCKED";
      if (flag(*link.arguments, "nowait")) lock += " NOWAIT";
    } else if (method == "select_from" && !items.empty()) {
      for (const Value& item : items) {
        if (explicit_from) from << ", ";
        joined.push_back(render_from(from, item));
        explicit_from = true;
      }
    } else if (method == "join" || method == "outerjoin" || method == "join_from") {
      if (!explicit_from) {
        if (method == "join_from" && !items.empty()) {
          joined.push_back(render_from(from, items[0]));
        } else if (!columns.empty()) {
          joined.push_back(render_from(from, left_of_join(sql, columns, *link.arguments)));
        }
        explicit_from = true;
      }
      const std::size_t target = method == "join_from" ? 1 : 0;
      const bool outer = method == "outerjoin" || flag(*link.arguments, "isouter");
      from << (outer ? " LEFT OUTER JOIN " : " JOIN ");
      if (target < items.size()) {
        joined.push_back(render_from(from, items[target]));
      } else {
        from.hole();
      }
      from << " ON ";
      const Value* on = present(*link.arguments, "onclause", target + 1);
      if (on != nullptr) {
        Sources ignored;
        sources_ = &ignored;
        render(from, *on, {});
        sources_ = &sources;
      } else {
        from.hole();
      }
    } else if (method == "add_columns" || method == "with_only_columns") {
      if (method == "with_only_columns") columns.clear();
      append(columns, items);
    }
  }
  render_columns();
  sql << "SELECT ";
  if (distinct) {
    sql << "DISTINCT ";
    if (!distinct_on.empty()) {
      sql << "ON (";
      render_list(sql, distinct_on, {});
      sql << ") ";
    }
  }
  sql.append(column_sql);
  if (!known_columns) sql.hole();
  Sql tail = sql.fresh();
  if (!where.empty()) {
    tail << " WHERE ";
    render_junction(tail, where, " AND ", Precedence::kAnd, {});
  }
  const auto list = [&](std::string_view words, const std::vector<Value>& items) {
    if (items.empty()) return;
    tail << words;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) tail << ", ";
      if (const auto text = known_string(items[i])) {
        tail << quote(*text);
      } else {
        render(tail, items[i], {});
      }
    }
  };
  list(" GROUP BY ", group);
  if (!having.empty()) {
    tail << " HAVING ";
    render_junction(tail, having, " AND ", Precedence::kAnd, {});
  }
  list(" ORDER BY ", order);
  if (limit != nullptr) {
    tail << " LIMIT ";
    render(tail, *limit, {});
  }
  if (offset != nullptr) {
    tail << (limit == nullptr ? " LIMIT ALL OFFSET " : " OFFSET ");
    render(tail, *offset, {});
  }
  bool any = explicit_from;
  Sql froms = sql.fresh();
  if (explicit_from) froms.append(from);
  for (const Sources::Entry& entry : sources.entries) {
    if (explicit_from && from.text().find(entry.sql.text()) != std::string::npos) continue;
    if (saved != nullptr &&
        std::ranges::any_of(saved->entries, [&](const auto& e) { return e.key == entry.key; })) {
      // A subquery is correlated to the tables of the statement around it, unless none is left.
      const bool others = std::ranges::any_of(sources.entries, [&](const auto& e) {
        return std::ranges::none_of(saved->entries, [&](const auto& s) { return s.key == e.key; });
      });
      if (others || explicit_from) continue;
    }
    if (any) froms << ", ";
    any = true;
    froms.append(entry.sql);
  }
  if (any) {
    sql << " FROM ";
    sql.append(froms);
  }
  sql.append(tail);
  sql << lock;
  if (partial) sql.mark_partial();
  sources_ = saved;
  --depth_;
}

}  // namespace forelock::alembic
