// INSERT statements of SQLAlchemy's expression language.

#include <algorithm>
#include <utility>

#include "analyzer/alembic/compile.h"
#include "analyzer/alembic/render/assignments.h"
#include "analyzer/alembic/render/chain.h"
#include "analyzer/alembic/render/expressions.h"
#include "analyzer/alembic/render/identifiers.h"
#include "analyzer/alembic/render/statement_root.h"

namespace forelock::alembic {

using python::Arguments;
using python::Value;

/// What `sa.insert(table).values(…)…` was given.
struct Insert {
  std::optional<Table> table;
  std::vector<std::vector<Assignment>> rows;
  bool several_rows = false;  ///< Written as a list, even if it has one item.
  bool partial = false;
  bool returns_nothing = false;  ///< inline()
  const Value* select = nullptr;
  const Value* select_names = nullptr;
  std::vector<Value> returning;
  const Link* conflict = nullptr;
};

namespace {

const Type* type_for(const std::optional<Table>& table, std::string_view name) {
  const Column* column = table ? column_of(*table, name) : nullptr;
  return column != nullptr && !column->type.sql.empty() ? &column->type : nullptr;
}

/// A row written as a list or tuple: in the order of the table's columns.
void add_cells(std::vector<Assignment>& out, const std::vector<Value>& cells, const Table& table) {
  for (std::size_t i = 0; i < cells.size() && i < table.columns.size(); ++i) {
    if (table.columns[i].name) out.push_back({*table.columns[i].name, cells[i]});
  }
}

/// Reads the arguments of values(…).
class ValuesReader {
 public:
  ValuesReader(Insert& insert, const Context& context) : insert_(insert), context_(context) {}

  void read(const Arguments& arguments) {
    for (const Value& item : arguments.positional) read_item(item);
    for (const auto& [keyword, item] : arguments.keywords) {
      if (keyword == "inline" || keyword == "bind") continue;
      single_.push_back({Name::of(keyword, context_.span_of(item)), item});
    }
    if (!arguments.complete) insert_.partial = true;
  }

  void add(const Value& dict) { add_assignments(single_, dict, context_); }

  /// execute(insert, [{…}, {…}]) and execute(insert, {…}) send the rows as parameters.
  void read_parameters(const Value& parameters) {
    if (parameters.dict() != nullptr) {
      add(parameters);
    } else if (const auto* items = items_of(parameters)) {
      insert_.several_rows = true;
      for (const Value& row : *items) {
        insert_.rows.push_back(single_);
        add_assignments(insert_.rows.back(), row, context_);
      }
    } else if (!parameters.is_none()) {
      insert_.partial = true;
    }
  }

  void finish() {
    if (!insert_.several_rows) insert_.rows.push_back(std::move(single_));
  }

 private:
  void read_item(const Value& item) {
    const auto* items = items_of(item);
    if (item.dict() != nullptr) return add(item);
    if (items == nullptr) {
      insert_.partial = true;
      return;
    }
    const bool tuple = item.sequence()->kind == python::Sequence::Kind::kTuple;
    if (tuple && insert_.table && (items->empty() || items->front().dict() == nullptr)) {
      return add_cells(single_, *items, *insert_.table);
    }
    insert_.several_rows = true;
    if (!item.sequence()->complete) insert_.partial = true;
    for (const Value& row : *items) {
      std::vector<Assignment>& assignments = insert_.rows.emplace_back();
      if (const auto* cells = items_of(row); cells != nullptr && insert_.table) {
        add_cells(assignments, *cells, *insert_.table);
      }
      add_assignments(assignments, row, context_);
    }
  }

  Insert& insert_;
  const Context& context_;
  std::vector<Assignment> single_;
};

Insert read_insert(const Chain& chain, const Root& root, const Value* parameters,
                   const Context& context) {
  Insert insert;
  if (root.target != nullptr) insert.table = read_table(*root.target, context);
  insert.returns_nothing = flag(*root.arguments, "inline");
  ValuesReader values(insert, context);
  if (root.first > 0) values.read(*root.arguments);
  if (const Value* given = root.first == 0 ? root.arguments->find("values", 1) : nullptr) {
    values.add(*given);
  }
  for (std::size_t i = root.first; i < chain.links.size(); ++i) {
    const Link& link = chain.links[i];
    if (link.method == "values") {
      values.read(*link.arguments);
    } else if (link.method == "from_select") {
      insert.select_names = link.arguments->find("names", 0);
      insert.select = link.arguments->find("select", 1);
    } else if (link.method == "returning") {
      insert.returning = link.arguments->positional;
    } else if (link.method == "on_conflict_do_nothing" || link.method == "on_conflict_do_update") {
      insert.conflict = &link;
    } else if (link.method == "inline") {
      insert.returns_nothing = true;
    }
  }
  if (parameters != nullptr) values.read_parameters(*parameters);
  values.finish();
  if (insert.table && insert.select == nullptr) {
    for (std::vector<Assignment>& row : insert.rows) {
      add_missing(row, *insert.table, &Column::default_value, context);
    }
  }
  if (!insert.rows.empty()) sort_assignments(insert.rows.front(), insert.table);
  return insert;
}

}  // namespace

void Expressions::render_column_names(Sql& sql, const Value& names) {
  const auto* items = items_of(names);
  if (items == nullptr) {
    sql.hole();
    return;
  }
  bool first = true;
  for (const Value& item : *items) {
    const auto name = assigned_name(item, context_);
    if (!first) sql << ", ";
    first = false;
    if (name) render_name(sql, *name);
  }
}

void Expressions::render_insert_select(Sql& sql, const Insert& insert) {
  sql << " (";
  if (insert.select_names != nullptr) render_column_names(sql, *insert.select_names);
  sql << ") ";
  if (is_text(*insert.select)) {
    render_text(sql, *insert.select, nullptr);
  } else {
    render_select(sql, *insert.select);
  }
}

void Expressions::render_insert_rows(Sql& sql, const Insert& insert) {
  const auto& rows = insert.rows;
  if (rows.empty() || (rows.size() == 1 && rows[0].empty())) {
    if (!insert.partial && !rows.empty()) {
      sql << " DEFAULT VALUES";
      return;
    }
    sql << " VALUES (";
    sql.hole();
    sql << ")";
    return;
  }
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
      if (it == row.end()) {
        sql << "DEFAULT";
        continue;
      }
      ExpressionOptions options;
      options.type = type_for(insert.table, header.column.text);
      render_assigned(sql, it->value, options);
    }
    sql << ")";
  }
}

void Expressions::render_on_conflict(Sql& sql, const Insert& insert) {
  const Arguments& arguments = *insert.conflict->arguments;
  sql << " ON CONFLICT ";
  if (const Value* constraint = present(arguments, "constraint", 0)) {
    if (const auto name = read_name(*constraint, context_)) {
      sql << "ON CONSTRAINT ";
      render_object_name(sql, *name);
      sql << " ";
    }
  } else if (const Value* elements = present(arguments, "index_elements", 1)) {
    sql << "(";
    render_column_names(sql, *elements);
    sql << ") ";
    if (const Value* condition = present(arguments, "index_where", 2)) {
      sql << "WHERE ";
      ExpressionOptions options;
      options.include_table = false;
      render(sql, *condition, options);
      sql << " ";
    }
  }
  if (insert.conflict->method == "on_conflict_do_nothing") {
    sql << "DO NOTHING";
    return;
  }
  sql << "DO UPDATE SET ";
  std::vector<Assignment> sets;
  if (const Value* set = arguments.find("set_", 3)) add_assignments(sets, *set, context_);
  sort_assignments(sets, insert.table);
  bool first = true;
  for (const Assignment& assignment : sets) {
    if (!first) sql << ", ";
    first = false;
    render_name(sql, assignment.column);
    sql << " = ";
    ExpressionOptions options;
    options.type = type_for(insert.table, assignment.column.text);
    render_grouped(sql, assignment.value, options, Precedence::kCompare);
  }
  if (sets.empty()) sql.hole();
  if (const Value* condition = present(arguments, "where", 4)) {
    sql << " WHERE ";
    render(sql, *condition, {});
  }
}

/// SQLAlchemy fetches the primary key that the server makes: implicit RETURNING.
void Expressions::render_fetched_key(Sql& sql, const Insert& insert) {
  Table copy = *insert.table;
  const auto constraints = table_constraints(copy, context_);
  const auto primary = std::ranges::find_if(constraints, [](const Constraint& constraint) {
    return constraint.type == ConstraintType::kPrimaryKey;
  });
  if (primary == constraints.end()) return;
  const bool given = std::ranges::all_of(primary->columns, [&](const Name& name) {
    return std::ranges::any_of(insert.rows[0],
                               [&](const Assignment& a) { return a.column.text == name.text; });
  });
  if (given) return;
  sql << " RETURNING ";
  bool first = true;
  for (const Name& name : primary->columns) {
    if (!first) sql << ", ";
    first = false;
    render_table_name(sql, copy.schema, *copy.name);
    sql << ".";
    render_name(sql, name);
  }
}

void Expressions::render_insert(Sql& sql, const Value& value, const Value* parameters) {
  const Chain chain = unroll(value);
  const Root root = root_of(chain);
  const Insert insert = read_insert(chain, root, parameters, context_);
  sql << "INSERT INTO ";
  if (root.target != nullptr) {
    render_from(sql, *root.target);
  } else {
    sql.hole();
  }
  if (insert.select != nullptr) {
    render_insert_select(sql, insert);
  } else {
    render_insert_rows(sql, insert);
  }
  if (insert.conflict != nullptr) render_on_conflict(sql, insert);
  if (!insert.returning.empty()) {
    sql << " RETURNING ";
    render_list(sql, insert.returning, {});
  } else if (insert.table && insert.table->name && !insert.table->lightweight &&
             !insert.several_rows && insert.select == nullptr && !insert.returns_nothing) {
    render_fetched_key(sql, insert);
  }
  if (insert.partial) sql.mark_partial();
}

}  // namespace forelock::alembic
