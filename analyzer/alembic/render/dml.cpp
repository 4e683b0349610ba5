// Statement objects: what they are, and UPDATE and DELETE.

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/alembic/compile.h"
#include "analyzer/alembic/render/assignments.h"
#include "analyzer/alembic/render/chain.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/render/models.h"
#include "analyzer/alembic/render/statement_root.h"

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

}  // namespace

bool is_table_value(const python::Value& value) {
  const std::string name = name_of(value);
  if (is_call(value) && (name == "sa.Table" || name == "sa.table" || name == "op.create_table")) {
    return true;
  }
  if (value.as<std::shared_ptr<python::Class>>() != nullptr) return !python::is_enum(value);
  const std::string_view method = method_of(value);
  if (method == "alias" || method == "__table__") return true;
  return false;
}

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
  Sources* saved = std::exchange(sources_, nullptr);
  const bool outermost = !std::exchange(hoists_ctes_, true);
  Sql statement = sql.fresh();
  if (kind == "insert") {
    render_insert(statement, value, parameters);
  } else if (kind == "update") {
    render_update(statement, value, parameters);
  } else if (kind == "delete") {
    render_delete(statement, value);
  } else {
    render_select(statement, value);
  }
  sources_ = saved;
  if (outermost) {
    hoists_ctes_ = false;
    const bool recursive = std::ranges::any_of(ctes_, &Cte::recursive);
    for (std::size_t i = 0; i < ctes_.size(); ++i) {
      sql << (i > 0 ? ", " : recursive ? "WITH RECURSIVE " : "WITH ");
      sql.append(ctes_[i].sql);
    }
    if (!ctes_.empty()) sql << " ";
    ctes_.clear();
  }
  sql.append(statement);
  return true;
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
  const bool json_cast = is_call(value) && receiver_of(value) != nullptr &&
                         receiver_of(value)->symbol() != nullptr &&
                         receiver_of(value)->symbol()->kind == Symbol::Kind::kSubscript &&
                         inner.text().starts_with("CAST(");
  const bool group = item || json_cast ||
                     (precedence != Precedence::kComma && precedence <= Precedence::kMultiply &&
                      !inner.text().starts_with("NOT "));
  if (group) sql << "(";
  sql.append(inner);
  if (group) sql << ")";
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
  if (table && !sets.empty()) add_missing(sets, *table, &Column::on_update, context_);
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
  if (sets.empty()) {  // that parses
    sql.hole();
    sql << "=";
    sql.hole();
  }
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
