// Operations as Alembic calls, for fixes that write a migration.

#include <algorithm>
#include <array>
#include <string>
#include <variant>
#include <vector>

#include "analyzer/alembic/compile.h"

namespace forelock::alembic {
namespace {

/// A Python str literal with double quotes.
std::string python_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    out += c;
  }
  return out + "\"";
}

std::string python_list(const std::vector<std::string>& names) {
  std::string out = "[";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += ", ";
    out += python_string(names[i]);
  }
  return out + "]";
}

/// `sa.text("…")` of an expression; nothing when its text is not kept.
std::optional<std::string> spell_text(const model::Expression& expression) {
  if (expression.sql.empty()) return {};
  return "sa.text(" + python_string(expression.sql) + ")";
}

std::string schema_argument(const model::QualifiedName& name, std::string_view keyword = "schema") {
  if (name.schema.empty() || name.schema == "public") return {};
  return ", " + std::string(keyword) + "=" + python_string(name.schema);
}

struct TypeRow {
  std::string_view postgres;
  std::string_view python;
  int modifiers;  ///< How many of the type's modifiers are arguments.
};
/// PostgreSQL's names (pg_type.typname) and SQLAlchemy's.
constexpr auto kTypeRows = std::to_array<TypeRow>({
    {"int4", "sa.Integer", 0},
    {"int8", "sa.BigInteger", 0},
    {"int2", "sa.SmallInteger", 0},
    {"serial", "sa.Integer", 0},
    {"bigserial", "sa.BigInteger", 0},
    {"text", "sa.Text", 0},
    {"varchar", "sa.String", 1},
    {"bpchar", "sa.CHAR", 1},
    {"bool", "sa.Boolean", 0},
    {"date", "sa.Date", 0},
    {"float8", "sa.Double", 0},
    {"float4", "sa.REAL", 0},
    {"numeric", "sa.Numeric", 2},
    {"uuid", "sa.Uuid", 0},
    {"bytea", "sa.LargeBinary", 0},
    {"json", "sa.JSON", 0},
    {"interval", "sa.Interval", 0},
});

std::optional<std::string> spell_type(const model::TypeName& type) {
  if (type.set_of || !type.modifier_text.empty()) return {};
  std::string out;
  const std::string& name = type.name.name;
  if (name == "timestamp" || name == "timestamptz") {
    if (!type.modifiers.empty()) return {};
    out = name == "timestamptz" ? "sa.DateTime(timezone=True)" : "sa.DateTime()";
  } else if (name == "time" || name == "timetz") {
    if (!type.modifiers.empty()) return {};
    out = name == "timetz" ? "sa.Time(timezone=True)" : "sa.Time()";
  } else {
    const auto row = std::ranges::find(kTypeRows, name, &TypeRow::postgres);
    if (row == kTypeRows.end()) return {};
    if (type.modifiers.size() > static_cast<std::size_t>(row->modifiers)) return {};
    out = std::string(row->python) + "(";
    for (std::size_t i = 0; i < type.modifiers.size(); ++i) {
      if (i > 0) out += ", ";
      out += std::to_string(type.modifiers[i]);
    }
    out += ")";
  }
  for (int i = 0; i < type.array_dimensions; ++i) {
    if (i == 1) return {};
    out = "sa.ARRAY(" + out + ")";
  }
  return out;
}

/// `sa.Column(…)`; nothing when a part has no plain spelling (a default, a generated column).
std::optional<std::string> spell_column(const model::ColumnDefinition& column) {
  const auto type = spell_type(column.type);
  if (!type || column.generated != model::GeneratedKind::kNone ||
      column.identity != model::IdentityKind::kNone || !column.constraints.empty()) {
    return {};
  }
  std::string out = "sa.Column(" + python_string(column.name) + ", " + *type;
  if (column.default_value) {
    const auto text = spell_text(*column.default_value);
    if (!text) return {};
    out += ", server_default=" + *text;
  }
  return out + ", nullable=" + (column.not_null ? "False" : "True") + ")";
}

std::optional<std::string> spell_constraint(const model::QualifiedName& table,
                                            const model::Constraint& constraint) {
  const std::string name = constraint.name.empty() ? "None" : python_string(constraint.name);
  switch (constraint.kind) {
    case model::ConstraintKind::kPrimaryKey:
      return "op.create_primary_key(" + name + ", " + python_string(table.name) + ", " +
             python_list(constraint.columns) + schema_argument(table) + ")";
    case model::ConstraintKind::kUnique:
      return "op.create_unique_constraint(" + name + ", " + python_string(table.name) + ", " +
             python_list(constraint.columns) + schema_argument(table) + ")";
    case model::ConstraintKind::kForeignKey: {
      if (constraint.referenced_columns.empty()) return {};
      constexpr std::array<std::string_view, 5> kActions{"", "RESTRICT", "CASCADE", "SET NULL",
                                                         "SET DEFAULT"};
      std::string out = "op.create_foreign_key(" + name + ", " + python_string(table.name) + ", " +
                        python_string(constraint.referenced_table.name) + ", " +
                        python_list(constraint.columns) + ", " +
                        python_list(constraint.referenced_columns) +
                        schema_argument(table, "source_schema") +
                        schema_argument(constraint.referenced_table, "referent_schema");
      const auto action = [&](std::string_view keyword, model::ForeignKeyAction value) {
        const std::string_view words = kActions.at(static_cast<std::size_t>(value));
        if (!words.empty()) out += ", " + std::string(keyword) + "=" + python_string(words);
      };
      action("ondelete", constraint.on_delete);
      action("onupdate", constraint.on_update);
      return out + ")";
    }
    case model::ConstraintKind::kCheck: {
      if (!constraint.expression || constraint.expression->sql.empty()) return {};
      return "op.create_check_constraint(" + name + ", " + python_string(table.name) + ", " +
             python_string(constraint.expression->sql) + schema_argument(table) + ")";
    }
    case model::ConstraintKind::kNotNull:
    case model::ConstraintKind::kExclusion:
      return {};
  }
  return {};
}

/// One action of ALTER TABLE.
class ActionSpeller {
 public:
  explicit ActionSpeller(const model::QualifiedName& table) : table_(table) {}

  std::optional<std::string> operator()(const model::AddColumn& action) const {
    const auto column = spell_column(action.column);
    if (!column) return {};
    return call("add_column", *column);
  }
  std::optional<std::string> operator()(const model::DropColumn& action) const {
    return call("drop_column", python_string(action.column));
  }
  std::optional<std::string> operator()(const model::SetNotNull& action) const {
    return call("alter_column", python_string(action.column) + ", nullable=False");
  }
  std::optional<std::string> operator()(const model::DropNotNull& action) const {
    return call("alter_column", python_string(action.column) + ", nullable=True");
  }
  std::optional<std::string> operator()(const model::SetDefault& action) const {
    const auto text = spell_text(action.value);
    if (!text) return {};
    return call("alter_column", python_string(action.column) + ", server_default=" + *text);
  }
  std::optional<std::string> operator()(const model::DropDefault& action) const {
    return call("alter_column", python_string(action.column) + ", server_default=None");
  }
  std::optional<std::string> operator()(const model::AlterColumnType& action) const {
    const auto type = spell_type(action.type);
    if (!type || action.using_expression || !action.collation.empty()) return {};
    return call("alter_column", python_string(action.column) + ", type_=" + *type);
  }
  std::optional<std::string> operator()(const model::AddConstraint& action) const {
    return spell_constraint(table_, action.constraint);
  }
  std::optional<std::string> operator()(const model::DropConstraint& action) const {
    return "op.drop_constraint(" + python_string(action.name) + ", " + python_string(table_.name) +
           schema_argument(table_) + ")";
  }
  template <typename Other>
  std::optional<std::string> operator()(const Other& /*action*/) const {
    return {};
  }

 private:
  [[nodiscard]] std::string call(std::string_view function, const std::string& arguments) const {
    return "op." + std::string(function) + "(" + python_string(table_.name) + ", " + arguments +
           schema_argument(table_) + ")";
  }
  const model::QualifiedName& table_;
};

std::optional<std::string> spell(const model::AlterTable& alter) {
  if (alter.kind != model::ObjectKind::kTable || alter.only) return {};
  std::string out;
  for (const model::AlterAction& action : alter.actions) {
    const auto line = std::visit(ActionSpeller(alter.table), action.what);
    if (!line) return {};
    if (!out.empty()) out += "\n";
    out += *line;
  }
  if (out.empty()) return {};
  return out;
}

std::optional<std::string> spell(const model::CreateTable& create) {
  if (create.persistence != model::Persistence::kPermanent || create.foreign ||
      !create.likes.empty() || !create.inherits.empty() || !create.partition_of.empty() ||
      create.partition_by || !create.of_type.empty()) {
    return {};
  }
  std::string out = "op.create_table(\n    " + python_string(create.table.name);
  for (const model::ColumnDefinition& column : create.columns) {
    const auto line = spell_column(column);
    if (!line) return {};
    out += ",\n    " + *line;
  }
  for (const model::Constraint& constraint : create.constraints) {
    std::string columns;
    for (const std::string& column : constraint.columns) columns += python_string(column) + ", ";
    if (!columns.empty()) columns.resize(columns.size() - 2);
    const std::string name =
        constraint.name.empty() ? "" : ", name=" + python_string(constraint.name);
    if (constraint.kind == model::ConstraintKind::kPrimaryKey) {
      out += ",\n    sa.PrimaryKeyConstraint(" + columns + name + ")";
    } else if (constraint.kind == model::ConstraintKind::kUnique) {
      out += ",\n    sa.UniqueConstraint(" + columns + name + ")";
    } else {
      return {};
    }
  }
  const std::string schema = schema_argument(create.table);
  if (!schema.empty()) out += ",\n    " + schema.substr(2);
  return out + ",\n)";
}

std::optional<std::string> spell(const model::CreateIndex& create) {
  if (!create.options.empty() || !create.tablespace.empty() || create.name.empty()) {
    return {};
  }
  std::vector<std::string> columns;
  for (const model::IndexKey& key : create.keys) {
    if (key.column.empty() || key.descending || key.nulls_first || !key.operator_class.empty() ||
        !key.collation.empty()) {
      return {};
    }
    columns.push_back(key.column);
  }
  std::string out = "op.create_index(" + python_string(create.name) + ", " +
                    python_string(create.table.name) + ", " + python_list(columns);
  if (create.unique) out += ", unique=True";
  if (create.method != "btree") out += ", postgresql_using=" + python_string(create.method);
  if (!create.include.empty()) out += ", postgresql_include=" + python_list(create.include);
  if (create.predicate) {
    const auto where = spell_text(*create.predicate);
    if (!where) return {};
    out += ", postgresql_where=" + *where;
  }
  if (create.concurrently) out += ", postgresql_concurrently=True";
  return out + schema_argument(create.table) + ")";
}

std::optional<std::string> spell(const model::Drop& drop) {
  if (drop.cascade) return {};
  std::string out;
  for (const model::ObjectReference& object : drop.objects) {
    std::string line;
    if (drop.kind == model::ObjectKind::kTable) {
      line = "op.drop_table(" + python_string(object.name.name);
    } else if (drop.kind == model::ObjectKind::kIndex) {
      line = "op.drop_index(" + python_string(object.name.name);
      if (drop.concurrently) line += ", postgresql_concurrently=True";
    } else {
      return {};
    }
    if (drop.if_exists) line += ", if_exists=True";
    if (!out.empty()) out += "\n";
    out += line + schema_argument(object.name) + ")";
  }
  if (out.empty()) return {};
  return out;
}

std::optional<std::string> spell(const model::Rename& rename) {
  if (rename.object.kind == model::ObjectKind::kTable) {
    return "op.rename_table(" + python_string(rename.object.name.name) + ", " +
           python_string(rename.new_name) + schema_argument(rename.object.name) + ")";
  }
  if (rename.object.kind == model::ObjectKind::kColumn) {
    return "op.alter_column(" + python_string(rename.object.table.name) + ", " +
           python_string(rename.object.name.name) +
           ", new_column_name=" + python_string(rename.new_name) +
           schema_argument(rename.object.table) + ")";
  }
  return {};
}

template <typename Other>
std::optional<std::string> spell(const Other& /*operation*/) {
  return {};
}

}  // namespace

std::optional<std::string> spell_operation(const model::Operation& operation) {
  return std::visit([](const auto& one) { return spell(one); }, operation);
}

}  // namespace forelock::alembic
