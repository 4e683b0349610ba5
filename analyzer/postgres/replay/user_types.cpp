// Enums, composites, ranges, domains.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "analyzer/postgres/names.h"
#include "analyzer/postgres/replay/inserted_values.h"
#include "analyzer/postgres/replay/respell.h"
#include "analyzer/postgres/replay/run.h"
#include "analyzer/postgres/typecheck.h"

namespace forelock::postgres {
namespace {

/// The name of a new type, when it is free; empty after failing.
std::optional<model::QualifiedName> new_type_name(Run& run, const model::QualifiedName& wanted) {
  const std::string schema = run.creation_schema(wanted);
  if (run.failed) return std::nullopt;
  model::QualifiedName name{schema, truncate_identifier(wanted.name)};
  if (const Type* existing = run.catalog.find_type(name)) {
    if (!existing->assumed) {
      run.fail("42710", fmt::format("type \"{}\" already exists", name.name));
      return std::nullopt;
    }
    run.catalog.erase_type(existing->oid);
  }
  const bool multirange =
      run.since(14) && std::ranges::any_of(run.catalog.types(), [&](const Type* other) {
        if (other->kind != TypeKind::kRange) return false;
        const std::string taken = multirange_name(*other);
        return taken == name.schema + "." + name.name ||
               (other->schema == name.schema && taken == name.name);
      });
  const Relation* relation = run.catalog.find_relation(name);
  if (multirange || (relation != nullptr && !relation->assumed && !is_index(relation->kind) &&
                     relation->kind != RelationKind::kSequence)) {
    run.fail("42710", fmt::format("type \"{}\" already exists", name.name));
    return std::nullopt;
  }
  return name;
}

Type make_type(Run& run, TypeKind kind, const model::QualifiedName& name) {
  Type type;
  type.oid = run.catalog.new_oid();
  type.kind = kind;
  type.schema = name.schema;
  type.name = name.name;
  type.created_in_migration = run.session.migration;
  type.created_in_transaction = run.session.transaction;
  return type;
}

const Type* find_kind(Run& run, const model::QualifiedName& name, TypeKind kind) {
  const Type* type = run.catalog.find_type(name);
  if (type == nullptr) {
    model::TypeName written;
    written.name = name;
    const ResolvedType resolved = run.type(written);
    if (!resolved.known) return nullptr;
    type = run.catalog.type(resolved.user_type);
    if (type == nullptr) {
      run.fail("42809", fmt::format("\"{}\" is not {}", model::display(name),
                                    kind == TypeKind::kEnum ? "an enum" : "a domain"));
      return nullptr;
    }
  }
  if (type->kind != kind && !type->assumed) {
    run.fail("42809", fmt::format("{} is not {}", model::display(name),
                                  kind == TypeKind::kEnum ? "an enum" : "a domain"));
    return nullptr;
  }
  return type;
}

void change_type(Run& run, Oid oid, const std::function<void(Type&)>& edit) {
  Type copy = *run.catalog.type(oid);
  edit(copy);
  run.catalog.put(std::move(copy));
}

bool add_domain_constraint(Run& run, Oid oid, const model::Constraint& definition) {
  const Type& domain = *run.catalog.type(oid);
  CatalogConstraint constraint;
  constraint.oid = run.catalog.new_oid();
  constraint.kind = definition.kind;
  constraint.name = truncate_identifier(definition.name);
  constraint.expression = definition.expression;
  constraint.validated = !definition.not_valid;
  constraint.definition = definition;
  const auto taken = [&](const std::string& name) {
    return std::ranges::find(domain.constraints, name, &CatalogConstraint::name) !=
           domain.constraints.end();
  };
  // A name that is chosen is free in the whole schema, one that is given on the domain.
  const auto taken_in_schema = [&](const std::string& name) {
    return taken(name) || run.catalog.constraint_name_taken({domain.schema, name}) ||
           std::ranges::any_of(run.catalog.types(), [&](const Type* type) {
             return type->schema == domain.schema &&
                    std::ranges::find(type->constraints, name, &CatalogConstraint::name) !=
                        type->constraints.end();
           });
  };
  if (constraint.name.empty()) {
    constraint.name = choose_name(domain.name, "", "check", taken_in_schema);
  } else if (taken(constraint.name)) {
    return run.fail("42710", fmt::format("constraint \"{}\" for domain \"{}\" already exists",
                                         constraint.name, domain.name));
  }
  if (definition.expression) {
    // VALUE is read as a column of that name.
    Relation value;
    value.open_columns = domain.assumed;
    Column column;
    column.number = 1;
    column.name = "value";
    column.type = domain.base;
    value.columns.push_back(std::move(column));
    if (!check_expression(run, value, *definition.expression, "check constraint")) return false;
  }
  change_type(run, oid, [&](Type& copy) {
    if (definition.expression) {
      for (Dependency need : needs_of(run.catalog, {}, *definition.expression)) {
        need.object = oid;
        need.kind = Dependency::Part::kWhole;
        copy.needs.push_back(need);
      }
    }
    copy.constraints.push_back(std::move(constraint));
  });
  return true;
}

/// A column that holds the domain inside of an array, a row or a range cannot be checked:
/// find_composite_type_dependencies().
bool holds_inside(const Run& run, const Relation& relation, AttributeNumber number) {
  const Column* column = relation.column(number);
  if (is_table_like(relation.kind) && column != nullptr && column->type.array_dimensions > 0) {
    return true;
  }
  return std::ranges::any_of(run.catalog.dependents(relation.oid), [&](const Dependency& use) {
    const Relation* user = run.catalog.relation(use.object);
    return use.kind == Dependency::Part::kColumn && use.needs_column == 0 && user != nullptr &&
           is_table_like(user->kind);
  });
}

/// Tables with a column of the domain are read under SHARE. False after failing. `violated`: a
/// value of the column is known that fails.
bool scan_users(Run& run, Oid domain, std::string_view sqlstate, const std::string& reason,
                const std::function<bool(const Column&)>& violated) {
  std::vector<Oid> domains = {domain};
  for (std::size_t i = 0; i < domains.size(); ++i) {
    for (const Dependency& dependency : run.catalog.dependents(domains[i])) {
      if (dependency.kind == Dependency::Part::kColumn) {
        const Relation* table = run.catalog.relation(dependency.object);
        if (table == nullptr) continue;
        if (holds_inside(run, *table, dependency.object_column)) {
          return run.fail("0A000", fmt::format("cannot alter type \"{}\" because a column of "
                                               "\"{}\" holds it inside of a value",
                                               run.catalog.type(domain)->name, table->name));
        }
        if (!has_storage(*table)) continue;
        run.lock(*table, LockMode::kShare);
        run.scan(*table, reason);
        if (run.may_have_rows(*table)) {
          const Column* column = table->column(dependency.object_column);
          run.may_fail(column != nullptr && violated(*column), sqlstate,
                       fmt::format("a value in \"{}\" may violate the domain", table->name));
        }
      } else if (run.catalog.type(dependency.object) != nullptr &&
                 std::ranges::find(domains, dependency.object) == domains.end()) {
        domains.push_back(dependency.object);
      }
    }
  }
  return true;
}

/// Whether a value of a column is known that the check refuses.
std::function<bool(const Column&)> refused_by(std::optional<model::Expression> check) {
  return [check = std::move(check)](const Column& column) {
    return check && violates_domain_check(column, *check);
  };
}

/// The default of a domain is a value of its type.
bool check_domain_default(Run& run, const model::TypeName& type,
                          const std::optional<model::Expression>& value) {
  if (!value) return true;
  const auto error = assignment_error(run.catalog, {}, *value, type);
  return !error || run.fail(error->sqlstate, error->message);
}

}  // namespace

bool check_typed_tables(Run& run, const Relation& type) {
  for (const Dependency& dependency : run.catalog.dependents(type.oid)) {
    const Relation* typed = run.catalog.relation(dependency.object);
    if (typed == nullptr || typed->of_type != type.oid) continue;
    return run.fail("2BP01", fmt::format("cannot alter type \"{}\" because it is the type of a "
                                         "typed table",
                                         type.name));
  }
  return true;
}

bool apply(Run& run, const model::CreateEnum& statement) {
  const auto name = new_type_name(run, statement.name);
  if (!name) return false;
  for (const std::string& label : statement.labels) {
    if (label.size() > kMaxIdentifierBytes) {
      return run.fail("42602", fmt::format("invalid enum label \"{}\"", label));
    }
    if (std::ranges::count(statement.labels, label) > 1) {
      return run.fail("23505", fmt::format("enum label \"{}\" is used twice", label));
    }
  }
  Type type = make_type(run, TypeKind::kEnum, *name);
  type.labels = statement.labels;
  run.catalog.put(std::move(type));
  return true;
}

bool apply(Run& run, const model::AddEnumValue& statement) {
  // Source: manual of ALTER TYPE; allowed in a transaction block since version 12.
  if (!run.since(12) && !run.needs_no_transaction("ALTER TYPE ... ADD")) return false;
  const Type* type = find_kind(run, statement.type, TypeKind::kEnum);
  if (type == nullptr) return false;
  if (std::ranges::find(type->labels, statement.label) != type->labels.end()) {
    if (statement.if_not_exists) {
      run.effects.changes_nothing = true;
      return true;
    }
    return run.fail("42710", fmt::format("enum label \"{}\" already exists", statement.label));
  }
  const auto neighbor = std::ranges::find(type->labels, statement.neighbor);
  if (!statement.neighbor.empty() && neighbor == type->labels.end() && !type->assumed) {
    return run.fail("22023",
                    fmt::format("\"{}\" is not an existing enum label", statement.neighbor));
  }
  const auto index = neighbor - type->labels.begin();
  change_type(run, type->oid, [&](Type& copy) {
    copy.kind = TypeKind::kEnum;
    const bool at_end =
        statement.neighbor.empty() || static_cast<std::size_t>(index) >= copy.labels.size();
    copy.labels.insert(
        at_end ? copy.labels.end() : copy.labels.begin() + index + (statement.before ? 0 : 1),
        statement.label);
  });
  return true;
}

namespace {

/// Constants of the enum among the arguments: cast to it, or compared with a column of it.
void rename_constants(model::Expression& part, const Scope& scope, const Type& type,
                      const model::RenameEnumValue& statement) {
  bool of_type =
      part.kind == model::ExpressionKind::kCast && part.type && part.type->name.name == type.name;
  if (part.kind == model::ExpressionKind::kOperator) {
    of_type = std::ranges::any_of(part.args, [&](const model::Expression& arg) {
      const Column* column =
          arg.kind == model::ExpressionKind::kColumn ? scope.find("", arg.name).column : nullptr;
      return column != nullptr && column->type_oid == type.oid;
    });
  }
  for (model::Expression& arg : part.args) {
    if (of_type && arg.kind == model::ExpressionKind::kConstant &&
        arg.constant == model::ConstantKind::kString && arg.name == statement.old_label) {
      arg.name = statement.new_label;
    }
  }
}

void rename_in_view(Run& run, Oid view, Oid type, const model::RenameEnumValue& statement) {
  run.change(view, [&](Relation& copy) {
    for (QueryReference& reference : copy.query_references) {
      if (!reference.constant || reference.type != type) continue;
      const std::string& now = reference.label.empty() ? reference.spelled : reference.label;
      if (now == statement.old_label) reference.label = statement.new_label;
    }
  });
}

/// The same in a table's expressions, in its indexes and in the views that read it.
void rename_in_table(Run& run, Oid table, const Type& type,
                     const model::RenameEnumValue& statement) {
  const auto rename = [&](model::Expression& part, const Scope& scope) {
    rename_constants(part, scope, type, statement);
  };
  change_expressions(run, table, rename);
  const std::vector<Oid> indexes = run.at(table).indexes;
  for (const Oid index : indexes) {
    if (run.catalog.relation(index) != nullptr) change_expressions(run, index, rename);
  }
  for (const Dependency& dependency : run.catalog.dependents(table)) {
    const Relation* view = run.catalog.relation(dependency.object);
    if (view != nullptr && view->query) rename_in_view(run, view->oid, type.oid, statement);
  }
}

/// Stored defaults hold the value and not its label.
void rename_label(Run& run, Oid type, const model::RenameEnumValue& statement) {
  for (const Dependency& dependency : run.catalog.dependents(type)) {
    const Relation* user = run.catalog.relation(dependency.object);
    if (user != nullptr && user->query) rename_in_view(run, user->oid, type, statement);
    if (dependency.kind != Dependency::Part::kColumn ||
        run.catalog.relation(dependency.object) == nullptr) {
      continue;
    }
    if (const Type* found = run.catalog.type(type)) {
      const Type renamed = *found;
      rename_in_table(run, dependency.object, renamed, statement);
    }
    run.change(dependency.object, [&](Relation& copy) {
      for (Column& column : copy.columns) {
        if (column.number != dependency.object_column || !column.default_value) continue;
        model::Expression* value = &*column.default_value;
        if (value->kind == model::ExpressionKind::kCast && !value->args.empty()) {
          value = value->args.data();
        }
        if (value->kind != model::ExpressionKind::kConstant || value->name != statement.old_label) {
          continue;
        }
        value->name = statement.new_label;
        column.default_value->sql = model::quote_literal(statement.new_label);
      }
    });
  }
}

}  // namespace

bool apply(Run& run, const model::RenameEnumValue& statement) {
  const Type* type = find_kind(run, statement.type, TypeKind::kEnum);
  if (type == nullptr) return false;
  const auto found = std::ranges::find(type->labels, statement.old_label);
  if (found == type->labels.end()) {
    if (type->assumed) return true;
    return run.fail("22023",
                    fmt::format("\"{}\" is not an existing enum label", statement.old_label));
  }
  if (std::ranges::find(type->labels, statement.new_label) != type->labels.end()) {
    return run.fail("42710", fmt::format("enum label \"{}\" already exists", statement.new_label));
  }
  const Oid oid = type->oid;
  change_type(run, oid, [&](Type& copy) {
    std::ranges::replace(copy.labels, statement.old_label, statement.new_label);
  });
  rename_label(run, oid, statement);
  return true;
}

bool apply(Run& run, const model::CreateCompositeType& statement) {
  const auto name = new_type_name(run, statement.name);
  if (!name) return false;
  Relation relation = run.make(RelationKind::kCompositeType, name->schema, name->name);
  for (const model::ColumnDefinition& attribute : statement.attributes) {
    if (define_column(run, relation, attribute) == nullptr) return false;
  }
  Type type = make_type(run, TypeKind::kComposite, *name);
  type.oid = relation.oid;  // One object: a column of the type needs its relation.
  type.relation = relation.oid;
  run.put(std::move(relation));
  run.catalog.put(std::move(type));
  return true;
}

std::string multirange_name(const Type& range) {
  for (const auto& [option, value] : range.range) {
    if (option == "multirange_type_name") return value;
  }
  const std::size_t at = range.name.find("range");
  if (at == std::string::npos) return truncate_identifier(range.name + "_multirange");
  std::string name = range.name;
  return truncate_identifier(name.replace(at, 5, "multirange"));
}

namespace {

model::TypeName named_type(const std::string& name) {
  model::TypeName type;
  type.name.name = name;
  return type;
}

}  // namespace

bool apply(Run& run, const model::CreateRangeType& statement) {
  const auto name = new_type_name(run, statement.name);
  if (!name) return false;
  for (const auto& [option, value] : statement.options) {
    const bool bare =
        value.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
    if (option == "subtype" && bare && !run.type(named_type(value)).known) return false;
  }
  Type probe;
  probe.name = name->name;
  probe.range = statement.options;
  const std::string multirange = multirange_name(probe);
  if (run.since(14)) {
    if (multirange == name->name) {
      return run.fail("42710", fmt::format("type \"{}\" already exists", multirange));
    }
    const std::size_t dot = multirange.find('.');
    const model::QualifiedName second =
        dot == std::string::npos
            ? model::QualifiedName{name->schema, multirange}
            : model::QualifiedName{multirange.substr(0, dot), multirange.substr(dot + 1)};
    if (!new_type_name(run, second)) return false;
  }
  Type type = make_type(run, TypeKind::kRange, *name);
  type.range = statement.options;
  run.catalog.put(std::move(type));
  return true;
}

bool apply(Run& run, const model::CreateBaseType& statement) {
  const auto name = new_type_name(run, statement.name);
  if (!name) return false;
  Type type = make_type(run, TypeKind::kBase, *name);
  type.assumed = true;  // What a base type can do is not known here.
  run.catalog.put(std::move(type));
  return true;
}

bool apply(Run& run, const model::CreateDomain& statement) {
  const auto name = new_type_name(run, statement.name);
  if (!name) return false;
  const ResolvedType base = run.type(statement.type);
  if (!base.known) return false;
  Type type = make_type(run, TypeKind::kDomain, *name);
  type.base = base.name;
  type.collation = statement.collation;
  if (!check_domain_default(run, type.base, statement.default_value)) return false;
  type.not_null = statement.not_null;
  type.default_value = statement.default_value;
  for (const Oid need : {base.user_type, base.extension}) {
    if (need != 0) type.needs.push_back({.object = type.oid, .needs = need});
  }
  const Oid oid = type.oid;
  run.catalog.put(std::move(type));
  for (const model::Constraint& constraint : statement.constraints) {
    if (constraint.kind == model::ConstraintKind::kNotNull) {
      change_type(run, oid, [](Type& copy) { copy.not_null = true; });
    } else if (!add_domain_constraint(run, oid, constraint)) {
      return false;
    }
  }
  return true;
}

bool apply(Run& run, const model::AlterDomain& statement) {
  using Action = model::AlterDomain::Action;
  const Type* domain = find_kind(run, statement.name, TypeKind::kDomain);
  if (domain == nullptr) return false;
  const Oid oid = domain->oid;
  const auto find_constraint = [&](const std::string& name) {
    const auto& list = run.catalog.type(oid)->constraints;
    return std::ranges::find(list, name, &CatalogConstraint::name) != list.end();
  };
  const auto check_named = [&](const std::string& name) {
    const auto& list = run.catalog.type(oid)->constraints;
    const auto found = std::ranges::find(list, name, &CatalogConstraint::name);
    return found == list.end() ? std::nullopt : found->expression;
  };
  const auto missing = [&] {
    if (statement.if_exists || domain->assumed) {
      run.effects.changes_nothing = !domain->assumed;
      return true;
    }
    return run.fail("42704", fmt::format("constraint \"{}\" of domain \"{}\" does not exist",
                                         statement.constraint_name, domain->name));
  };
  switch (statement.action) {
    case Action::kSetDefault:
      if (!check_domain_default(run, domain->base, statement.value)) return false;
      change_type(run, oid, [&](Type& copy) { copy.default_value = statement.value; });
      return true;
    case Action::kDropDefault:
      change_type(run, oid, [](Type& copy) { copy.default_value.reset(); });
      return true;
    case Action::kSetNotNull:
      if (domain->not_null) {
        run.effects.changes_nothing = true;
        return true;
      }
      if (!scan_users(run, oid, "23502", "the domain becomes NOT NULL",
                      [](const Column& column) { return column.nulls_written; })) {
        return false;
      }
      change_type(run, oid, [](Type& copy) { copy.not_null = true; });
      return true;
    case Action::kDropNotNull:
      change_type(run, oid, [](Type& copy) { copy.not_null = false; });
      return true;
    case Action::kAddConstraint: {
      if (!add_domain_constraint(run, oid, statement.constraint)) return false;
      return statement.constraint.not_valid ||
             scan_users(run, oid, "23514", "a constraint of the domain is checked",
                        refused_by(statement.constraint.expression));
    }
    case Action::kDropConstraint:
      if (!find_constraint(statement.constraint_name)) return missing();
      change_type(run, oid, [&](Type& copy) {
        std::erase_if(copy.constraints, [&](const CatalogConstraint& constraint) {
          return constraint.name == statement.constraint_name;
        });
      });
      return true;
    case Action::kValidateConstraint:
      if (!find_constraint(statement.constraint_name)) return missing();
      if (!scan_users(run, oid, "23514", "a constraint of the domain is checked",
                      refused_by(check_named(statement.constraint_name)))) {
        return false;
      }
      change_type(run, oid, [&](Type& copy) {
        for (CatalogConstraint& constraint : copy.constraints) {
          if (constraint.name == statement.constraint_name) constraint.validated = true;
        }
      });
      return true;
  }
  return true;
}

}  // namespace forelock::postgres
