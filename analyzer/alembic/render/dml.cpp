// Statement objects: what they are, and INSERT, UPDATE and DELETE.

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/alembic/compile.h"
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
