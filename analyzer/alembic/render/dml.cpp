// INSERT, UPDATE, DELETE and SELECT objects.

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/alembic/compile.h"
#include "analyzer/alembic/render/chain.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/render/models.h"

namespace forelock::alembic {
namespace {

using python::Arguments;
using python::Symbol;
using python::Value;

constexpr auto kDdlObjects = std::to_array<std::string_view>(
    {"sa.CreateSequence", "sa.DropSequence", "sa.CreateTable", "sa.DropTable", "sa.CreateIndex",
     "sa.DropIndex", "sa.CreateSchema", "sa.DropSchema", "sa.DDL", "sa.AddConstraint",
     "sa.DropConstraint", "sa.SetTableComment", "sa.SetColumnComment", "sa.DropTableComment",
     "sa.DropColumnComment", "pg.CreateEnumType", "pg.DropEnumType"});

bool is_table_value(const Value& value) {
  const std::string name = name_of(value);
  if (is_call(value) && (name == "sa.Table" || name == "sa.table" || name == "op.create_table")) {
    return true;
  }
  if (value.as<std::shared_ptr<python::Class>>() != nullptr) return !python::is_enum(value);
  const std::string_view method = method_of(value);
  if (method == "alias" || method == "__table__") return true;
  return false;
}

/// The statement at the root of `chain`, and the index of the first link that modifies it.
struct Root {
  std::string_view kind;
  const Value* target = nullptr;  ///< The table of an INSERT, UPDATE or DELETE.
  std::size_t first = 0;
  const Arguments* arguments = nullptr;  ///< Of the root call or of the first link.
};

Root root_of(const Chain& chain) {
  Root root;
  if (chain.root == nullptr) return root;
  const std::string name = name_of(*chain.root);
  root.arguments = &arguments_of(*chain.root);
  if (is_call(*chain.root)) {
    if (name == "sa.insert" || name == "pg.insert" || name == "pg.Insert" || name == "sa.Insert") {
      root.kind = "insert";
    } else if (name == "sa.update" || name == "sa.Update") {
      root.kind = "update";
    } else if (name == "sa.delete" || name == "sa.Delete") {
      root.kind = "delete";
    } else if (name == "sa.select" || name == "sa.Select" || name == "sa.exists") {
      root.kind = "select";
    } else if (name == "orm.Query" || name == "@query") {
      root.kind = "select";
    } else if (name == "sa.text" || name == "sa.TextClause") {
      root.kind = "text";
    } else if (name == "sa.union" || name == "sa.union_all" || name == "sa.intersect" ||
               name == "sa.except_") {
      root.kind = "select";
    } else if (name == "sa.join" || name == "sa.outerjoin") {
      root.kind = "";
    }
    for (const std::string_view object : kDdlObjects) {
      if (name == object) root.kind = "ddl";
    }
    if (!root.kind.empty()) {
      if (root.kind == "insert" || root.kind == "update" || root.kind == "delete") {
        root.target = root.arguments->find("table", 0);
      }
      return root;
    }
  }
  if (!chain.links.empty()) {
    const Link& link = chain.links[0];
    constexpr auto kVerbs =
        std::to_array<std::string_view>({"insert", "update", "delete", "select"});
    std::size_t at = 0;
    // users.alias("u").select() has its verb after the alias
    if (link.method == "alias" && chain.links.size() > 1) at = 1;
    for (const std::string_view verb : kVerbs) {
      if (chain.links[at].method != verb) continue;
      root.kind = verb;
      root.target = receiver_of(*chain.links[at].value);
      root.first = at + 1;
      root.arguments = chain.links[at].arguments;
      return root;
    }
  }
  return root;
}

const Column* column_of(const Table& table, std::string_view name) {
  for (const Column& column : table.columns) {
    if (column.name && column.name->text == name) return &column;
  }
  return nullptr;
}

struct Assignment {
  Name column;
  Value value;
};

/// Key of `.values({...})`: a str or a column.
std::optional<Name> assigned_name(const Value& key, const Context& context) {
  if (key.str() != nullptr) return read_name(key, context);
  if (const auto reference = read_column_reference(key, context)) return reference->column;
  return read_name(key, context);
}

void add_assignments(std::vector<Assignment>& out, const Value& value, const Context& context) {
  const auto set = [&](Name name, const Value& item) {
    for (Assignment& assignment : out) {
      if (assignment.column.text == name.text && name.known) {
        assignment.value = item;
        return;
      }
    }
    out.push_back({std::move(name), item});
  };
  if (const python::Dict* dict = value.dict()) {
    for (const auto& [key, item] : dict->items) {
      if (auto name = assigned_name(key, context)) set(std::move(*name), item);
    }
  }
}

/// Puts assignments into the order of the table's columns; unknown columns keep theirs, at the end.
/// SQLAlchemy writes SET and INSERT columns in the table's order.
void sort_assignments(std::vector<Assignment>& assignments, const std::optional<Table>& table) {
  if (!table) return;
  const auto rank = [&](const Assignment& assignment) {
    for (std::size_t i = 0; i < table->columns.size(); ++i) {
      if (table->columns[i].name && table->columns[i].name->text == assignment.column.text) {
        return i;
      }
    }
    return table->columns.size();
  };
  std::ranges::stable_sort(assignments, {}, rank);
}

}  // namespace

std::string_view statement_kind(const Value& value) {
  const Chain chain = unroll(value);
  return root_of(chain).kind;
}

bool Expressions::is_statement(const Value& value) const {
  const Chain chain = unroll(value);
  const Root root = root_of(chain);
  if (root.kind.empty() || root.kind == "text") return false;
  if (root.target != nullptr && root.first > 0) {
    // table.update(…): something that is a table, not a dict
    return is_table_value(*root.target) || read_table(*root.target, context_).has_value();
  }
  return true;
}

bool Expressions::render_statement(Sql& sql, const Value& value, const Value* parameters) {
  if (is_text(value)) {
    render_text(sql, value, parameters);
    return true;
  }
  const std::string_view kind = statement_kind(value);
  if (kind == "ddl") return render_ddl(sql, value);
  if (kind.empty()) return false;
  Sources* saved = sources_;
  sources_ = nullptr;
  if (kind == "insert") {
    render_insert(sql, value, parameters);
  } else if (kind == "update") {
    render_update(sql, value, parameters);
  } else if (kind == "delete") {
    render_delete(sql, value);
  } else {
    render_select(sql, value);
  }
  sources_ = saved;
  return true;
}

std::string Expressions::render_from(Sql& sql, const Value& value) {
  const std::string_view method = method_of(value);
  const std::string name = name_of(value);
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
    sql << " ON ";
    if (const Value* on = present(arguments, "onclause", 1)) {
      Sources* saved = sources_;
      sources_ = nullptr;
      render(sql, *on, {});
      sources_ = saved;
    } else {
      sql.hole();
    }
    return "join of " + left;
  }
  if (is_call(value) && (name == "sa.join" || name == "sa.outerjoin" || name == "orm.join")) {
    const Arguments& arguments = arguments_of(value);
    std::string left;
    if (const Value* first = arguments.find("left", 0)) left = render_from(sql, *first);
    sql << (name == "sa.outerjoin" || flag(arguments, "isouter") ? " LEFT OUTER JOIN " : " JOIN ");
    if (const Value* right = arguments.find("right", 1)) render_from(sql, *right);
    sql << " ON ";
    if (const Value* on = present(arguments, "onclause", 2)) {
      Sources* saved = sources_;
      sources_ = nullptr;
      render(sql, *on, {});
      sources_ = saved;
    } else {
      sql.hole();
    }
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
  if (!aliased && method != "alias" && method != "subquery" && method != "cte" &&
      method != "lateral") {
    return {};
  }
  const Arguments& arguments = arguments_of(value);
  if (const Value* given = present(arguments, "name", aliased ? 1 : 0)) {
    return read_name(*given, context_);
  }
  const Value* inner = aliased ? arguments.find("element", 0) : receiver_of(value);
  std::string base = "anon";
  if (inner != nullptr && !is_statement(*inner)) {
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
        render_select(sql, part);
      }
      --depth_;
      return;
    }
    if (!chain.links.empty() && chain.links.back().method == function) {
      render_select(sql, *receiver_of(value));
      for (const Value& part : chain.links.back().arguments->positional) {
        sql << words;
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
          if (!part.name) continue;
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
        Symbol equality;
        equality.kind = Symbol::Kind::kBinary;
        equality.name = "==";
        Symbol attribute;
        attribute.kind = Symbol::Kind::kAttribute;
        attribute.name = keyword;
        if (!columns.empty()) attribute.operands.push_back(columns[0]);
        equality.operands.emplace_back(std::make_shared<const Symbol>(attribute));
        equality.operands.push_back(item);
        where.emplace_back(std::make_shared<const Symbol>(equality));
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
          // the table of the first column
          const auto reference = read_column_reference(columns[0], context_);
          joined.push_back(
              render_from(from, reference && !reference->owner.is_unknown() && reference->table
                                    ? reference->owner
                                    : columns[0]));
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

/// A value of SET or VALUES: every operation stands in parentheses, NOT and texts do not.
/// Source: sqlalchemy/sql/crud.py, value.self_group() with operators.is_precedent(op, None).
void Expressions::render_assigned(Sql& sql, const Value& value, const ExpressionOptions& options) {
  const Symbol* symbol = value.symbol();
  if (symbol == nullptr) {
    render(sql, value, options);
    return;
  }
  Sql inner = sql.fresh();
  const Precedence precedence = render(inner, value, options);
  const bool item = symbol->kind == Symbol::Kind::kSubscript && inner.text().ends_with(']');
  const bool group =
      item || (precedence != Precedence::kComma && precedence <= Precedence::kMultiply &&
               !inner.text().starts_with("NOT "));
  if (group) sql << "(";
  sql.append(inner);
  if (group) sql << ")";
}

void Expressions::render_insert(Sql& sql, const Value& value, const Value* parameters) {
  const Chain chain = unroll(value);
  const Root root = root_of(chain);
  const auto table =
      root.target == nullptr ? std::optional<Table>() : read_table(*root.target, context_);
  sql << "INSERT INTO ";
  if (root.target != nullptr) {
    render_from(sql, *root.target);
  } else {
    sql.hole();
  }
  std::vector<std::vector<Assignment>> rows;
  std::vector<Assignment> single;
  const Value* from_select = nullptr;
  const Value* select_names = nullptr;
  std::vector<Value> returning;
  const Link* conflict = nullptr;
  bool multi = false;
  bool partial = false;
  bool inline_insert = flag(*root.arguments, "inline");
  const auto read_values = [&](const Arguments& arguments) {
    for (const Value& item : arguments.positional) {
      if (item.dict() != nullptr) {
        add_assignments(single, item, context_);
      } else if (const auto* items = items_of(item)) {
        const bool tuples = item.sequence()->kind == python::Sequence::Kind::kTuple;
        if (tuples && table && (items->empty() || (*items)[0].dict() == nullptr)) {
          for (std::size_t i = 0; i < items->size() && i < table->columns.size(); ++i) {
            if (table->columns[i].name) single.push_back({*table->columns[i].name, (*items)[i]});
          }
          continue;
        }
        multi = true;
        if (!item.sequence()->complete) partial = true;
        for (const Value& row : *items) {
          std::vector<Assignment> assignments;
          if (const auto* cells = items_of(row); cells != nullptr && table) {
            for (std::size_t i = 0; i < cells->size() && i < table->columns.size(); ++i) {
              if (table->columns[i].name) {
                assignments.push_back({*table->columns[i].name, (*cells)[i]});
              }
            }
          }
          add_assignments(assignments, row, context_);
          rows.push_back(std::move(assignments));
        }
      } else {
        partial = true;
      }
    }
    for (const auto& [keyword, item] : arguments.keywords) {
      if (keyword == "inline" || keyword == "bind") continue;
      single.push_back({Name::of(keyword, context_.span_of(item)), item});
    }
    if (!arguments.complete) partial = true;
  };
  if (root.first > 0) read_values(*root.arguments);
  if (const Value* given = root.first == 0 ? root.arguments->find("values", 1) : nullptr) {
    add_assignments(single, *given, context_);
  }
  for (std::size_t i = root.first; i < chain.links.size(); ++i) {
    const Link& link = chain.links[i];
    if (link.method == "values") {
      read_values(*link.arguments);
    } else if (link.method == "from_select") {
      select_names = link.arguments->find("names", 0);
      from_select = link.arguments->find("select", 1);
    } else if (link.method == "returning") {
      returning = link.arguments->positional;
    } else if (link.method == "on_conflict_do_nothing" || link.method == "on_conflict_do_update") {
      conflict = &link;
    } else if (link.method == "inline") {
      inline_insert = true;
    }
  }
  // execute(insert, [{…}, {…}]) and execute(insert, {…}) send the rows as parameters.
  if (parameters != nullptr) {
    if (parameters->dict() != nullptr) {
      add_assignments(single, *parameters, context_);
    } else if (const auto* items = items_of(*parameters)) {
      multi = true;
      for (const Value& row : *items) {
        std::vector<Assignment> assignments = single;
        add_assignments(assignments, row, context_);
        rows.push_back(std::move(assignments));
      }
      single.clear();
    } else if (!parameters->is_none()) {
      partial = true;
    }
  }
  if (!multi) rows.push_back(std::move(single));
  if (from_select != nullptr) {
    sql << " (";
    if (select_names != nullptr) {
      if (const auto* items = items_of(*select_names)) {
        bool first = true;
        for (const Value& item : *items) {
          if (!first) sql << ", ";
          first = false;
          if (const auto name = assigned_name(item, context_)) render_name(sql, *name);
        }
      } else {
        sql.hole();
      }
    }
    sql << ") ";
    if (is_text(*from_select)) {
      render_text(sql, *from_select, nullptr);
    } else {
      render_select(sql, *from_select);
    }
  } else if (rows.empty() || (rows.size() == 1 && rows[0].empty())) {
    if (partial || rows.empty()) {
      sql << " VALUES (";
      sql.hole();
      sql << ")";
    } else {
      sql << " DEFAULT VALUES";
    }
  } else {
    sort_assignments(rows[0], table);
    sql << " (";
    bool first = true;
    for (const Assignment& assignment : rows[0]) {
      if (!first) sql << ", ";
      first = false;
      render_name(sql, assignment.column);
    }
    sql << ") VALUES ";
    bool first_row = true;
    for (const auto& row : rows) {
      if (!first_row) sql << ", ";
      first_row = false;
      sql << "(";
      bool first_cell = true;
      for (const Assignment& header : rows[0]) {
        if (!first_cell) sql << ", ";
        first_cell = false;
        const auto it = std::ranges::find_if(
            row, [&](const Assignment& a) { return a.column.text == header.column.text; });
        const Column* column = table ? column_of(*table, header.column.text) : nullptr;
        ExpressionOptions options;
        options.type = column != nullptr && !column->type.sql.empty() ? &column->type : nullptr;
        if (it == row.end()) {
          sql << "DEFAULT";
        } else {
          render_assigned(sql, it->value, options);
        }
      }
      sql << ")";
    }
  }
  if (conflict != nullptr) {
    const Arguments& arguments = *conflict->arguments;
    sql << " ON CONFLICT ";
    if (const Value* constraint = present(arguments, "constraint", 0)) {
      if (const auto name = read_name(*constraint, context_)) {
        sql << "ON CONSTRAINT ";
        render_object_name(sql, *name);
        sql << " ";
      }
    } else if (const Value* elements = present(arguments, "index_elements", 1)) {
      sql << "(";
      if (const auto* items = items_of(*elements)) {
        bool first = true;
        for (const Value& item : *items) {
          if (!first) sql << ", ";
          first = false;
          if (const auto name = assigned_name(item, context_)) {
            render_name(sql, *name);
          }
        }
      } else {
        sql.hole();
      }
      sql << ") ";
      if (const Value* condition = present(arguments, "index_where", 2)) {
        sql << "WHERE ";
        ExpressionOptions options;
        options.include_table = false;
        render(sql, *condition, options);
        sql << " ";
      }
    }
    if (conflict->method == "on_conflict_do_nothing") {
      sql << "DO NOTHING";
    } else {
      sql << "DO UPDATE SET ";
      std::vector<Assignment> sets;
      if (const Value* set = arguments.find("set_", 3)) add_assignments(sets, *set, context_);
      sort_assignments(sets, table);
      bool first = true;
      for (const Assignment& assignment : sets) {
        if (!first) sql << ", ";
        first = false;
        render_name(sql, assignment.column);
        sql << " = ";
        const Column* column = table ? column_of(*table, assignment.column.text) : nullptr;
        ExpressionOptions options;
        options.type = column != nullptr && !column->type.sql.empty() ? &column->type : nullptr;
        render_grouped(sql, assignment.value, options, Precedence::kCompare);
      }
      if (sets.empty()) sql.hole();
      if (const Value* condition = present(arguments, "where", 4)) {
        sql << " WHERE ";
        render(sql, *condition, {});
      }
    }
  }
  if (!returning.empty()) {
    sql << " RETURNING ";
    render_list(sql, returning, {});
  } else if (table && !table->lightweight && !multi && from_select == nullptr && !inline_insert &&
             rows.size() == 1) {
    // SQLAlchemy fetches the primary key that the server makes: implicit RETURNING.
    Table copy = *table;
    const auto constraints = table_constraints(copy, context_);
    const auto primary = std::ranges::find_if(constraints, [](const Constraint& constraint) {
      return constraint.type == ConstraintType::kPrimaryKey;
    });
    if (primary != constraints.end()) {
      const bool given = std::ranges::all_of(primary->columns, [&](const Name& name) {
        return std::ranges::any_of(rows[0],
                                   [&](const Assignment& a) { return a.column.text == name.text; });
      });
      if (!given) {
        sql << " RETURNING ";
        bool first = true;
        for (const Name& name : primary->columns) {
          if (!first) sql << ", ";
          first = false;
          render_table_name(sql, table->schema, *table->name);
          sql << ".";
          render_name(sql, name);
        }
      }
    }
  }
  if (partial) sql.mark_partial();
}

void Expressions::render_update(Sql& sql, const Value& value, const Value* parameters) {
  const Chain chain = unroll(value);
  const Root root = root_of(chain);
  const auto table =
      root.target == nullptr ? std::optional<Table>() : read_table(*root.target, context_);
  Sources sources;
  Sql target = sql.fresh();
  std::string key(kUnknownText);
  if (root.target != nullptr) {
    key = render_from(target, *root.target);
  } else {
    target.hole();
  }
  sources.add(key, target);
  sources_ = &sources;
  std::vector<Assignment> sets;
  std::vector<Value> where;
  std::vector<Value> returning;
  bool partial = false;
  const auto read_values = [&](const Arguments& arguments) {
    for (const Value& item : arguments.positional) {
      if (item.dict() != nullptr) {
        add_assignments(sets, item, context_);
      } else if (item.is_unknown()) {
        partial = true;
      }
    }
    for (const auto& [keyword, item] : arguments.keywords) {
      if (keyword == "whereclause" || keyword == "values" || keyword == "inline" ||
          keyword == "bind") {
        continue;
      }
      sets.push_back({Name::of(keyword, context_.span_of(item)), item});
    }
    if (!arguments.complete) partial = true;
  };
  if (root.first > 0) {  // table.update(whereclause, values) of SQLAlchemy 1.x
    for (const Value& item : root.arguments->positional) {
      if (item.dict() != nullptr) {
        add_assignments(sets, item, context_);
      } else if (!item.is_none()) {
        where.push_back(item);
      }
    }
  }
  if (const Value* clause = present(*root.arguments, "whereclause")) where.push_back(*clause);
  if (const Value* given = present(*root.arguments, "values")) {
    add_assignments(sets, *given, context_);
  }
  for (std::size_t i = root.first; i < chain.links.size(); ++i) {
    const Link& link = chain.links[i];
    if (link.method == "values") {
      read_values(*link.arguments);
    } else if (link.method == "where" || link.method == "filter") {
      where.insert(where.end(), link.arguments->positional.begin(),
                   link.arguments->positional.end());
    } else if (link.method == "returning") {
      returning = link.arguments->positional;
    }
  }
  if (parameters != nullptr && parameters->dict() != nullptr) {
    add_assignments(sets, *parameters, context_);
  }
  sort_assignments(sets, table);
  if (!where.empty()) {  // tables of the condition come before those of the values
    const auto names = anonymous_;
    const auto counts = anonymous_counts_;
    Sql unused = sql.fresh();
    render_junction(unused, where, " AND ", Precedence::kAnd, {});
    anonymous_ = names;
    anonymous_counts_ = counts;
  }
  sql << "UPDATE ";
  sql.append(target);
  sql << " SET ";
  bool first = true;
  for (const Assignment& assignment : sets) {
    if (!first) sql << ", ";
    first = false;
    render_name(sql, assignment.column);
    sql << "=";
    const Column* column = table ? column_of(*table, assignment.column.text) : nullptr;
    ExpressionOptions options;
    options.type = column != nullptr && !column->type.sql.empty() ? &column->type : nullptr;
    render_assigned(sql, assignment.value, options);
  }
  if (sets.empty()) sql.hole();
  Sql tail = sql.fresh();
  if (!where.empty()) {
    tail << " WHERE ";
    render_junction(tail, where, " AND ", Precedence::kAnd, {});
  }
  bool any = false;
  for (const Sources::Entry& entry : sources.entries) {
    if (entry.key == key) continue;
    sql << (any ? ", " : " FROM ");
    any = true;
    sql.append(entry.sql);
  }
  sql.append(tail);
  if (!returning.empty()) {
    sql << " RETURNING ";
    render_list(sql, returning, {});
  }
  if (partial) sql.mark_partial();
}

void Expressions::render_delete(Sql& sql, const Value& value) {
  const Chain chain = unroll(value);
  const Root root = root_of(chain);
  Sources sources;
  Sql target = sql.fresh();
  std::string key(kUnknownText);
  if (root.target != nullptr) {
    key = render_from(target, *root.target);
  } else {
    target.hole();
  }
  sources.add(key, target);
  sources_ = &sources;
  std::vector<Value> where;
  std::vector<Value> returning;
  if (root.first > 0) {
    for (const Value& item : root.arguments->positional) {
      if (!item.is_none()) where.push_back(item);
    }
  }
  if (const Value* clause = present(*root.arguments, "whereclause")) where.push_back(*clause);
  for (std::size_t i = root.first; i < chain.links.size(); ++i) {
    const Link& link = chain.links[i];
    if (link.method == "where" || link.method == "filter") {
      where.insert(where.end(), link.arguments->positional.begin(),
                   link.arguments->positional.end());
    } else if (link.method == "returning") {
      returning = link.arguments->positional;
    }
  }
  Sql tail = sql.fresh();
  if (!where.empty()) {
    tail << " WHERE ";
    render_junction(tail, where, " AND ", Precedence::kAnd, {});
  }
  sql << "DELETE FROM ";
  sql.append(target);
  bool any = false;
  for (const Sources::Entry& entry : sources.entries) {
    if (entry.key == key) continue;
    sql << (any ? ", " : " USING ");
    any = true;
    sql.append(entry.sql);
  }
  sql.append(tail);
  if (!returning.empty()) {
    sql << " RETURNING ";
    render_list(sql, returning, {});
  }
}

}  // namespace forelock::alembic
