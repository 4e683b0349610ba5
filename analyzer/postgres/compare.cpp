// The difference of two catalogs, for people and for proofs of reversibility.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyzer/postgres/catalog.h"
#include "analyzer/postgres/print.h"
#include "analyzer/postgres/schema_text.h"
#include "analyzer/postgres/types.h"

namespace forelock::postgres {
namespace {

using model::ObjectKind;
using Change = Difference::Change;

ObjectKind kind_of(const Relation& relation) {
  switch (relation.kind) {
    case RelationKind::kTable:
    case RelationKind::kPartitionedTable:
      return ObjectKind::kTable;
    case RelationKind::kForeignTable:
      return ObjectKind::kForeignTable;
    case RelationKind::kView:
      return ObjectKind::kView;
    case RelationKind::kMaterializedView:
      return ObjectKind::kMaterializedView;
    case RelationKind::kIndex:
    case RelationKind::kPartitionedIndex:
      return ObjectKind::kIndex;
    case RelationKind::kSequence:
      return ObjectKind::kSequence;
    case RelationKind::kCompositeType:
      return ObjectKind::kType;
  }
  return ObjectKind::kOther;
}

std::string text(const std::optional<model::Expression>& expression) {
  return expression ? expression->sql : std::string();
}

bool same(const std::optional<model::Expression>& a, const std::optional<model::Expression>& b) {
  if (a.has_value() != b.has_value()) return false;
  return !a || model::same_expression(*a, *b);
}

/// The default as the server stores it, printed: `'false'` and `false` are one value of a boolean
/// column, and a cast of a literal to the column's own type is no part of it.
std::string stored_default(const Catalog& catalog, const Column& column) {
  const std::optional<model::Expression>& value = column.default_value;
  if (!value) return {};
  const bool own_cast = value->kind == model::ExpressionKind::kCast && value->type &&
                        value->args.size() == 1 &&
                        value->args[0].kind == model::ExpressionKind::kConstant &&
                        same_type(resolve_type(catalog, *value->type).name, column.type);
  return print_expression(catalog, {}, own_cast ? value->args[0] : *value, column.type);
}

bool is_nextval(const std::optional<model::Expression>& value) {
  return value && value->kind == model::ExpressionKind::kFunction && value->name == "nextval";
}

/// Both take their values from a sequence of their own, whatever its name.
bool are_serial(const Column& a, const Column& b) {
  return a.owned_sequence != 0 && b.owned_sequence != 0 && is_nextval(a.default_value) &&
         is_nextval(b.default_value);
}

/// Whether the column that owns `sequence` in `own` owns one in `other`, too: a table that is made
/// again may call it otherwise.
bool is_owned_in_both(const Relation& sequence, const Catalog& own, const Catalog& other) {
  if (sequence.kind != RelationKind::kSequence) return false;
  const Relation* table = own.relation(sequence.table);
  const Column* column = table == nullptr ? nullptr : table->column(sequence.owner_column);
  if (column == nullptr) return false;
  const Relation* twin = other.find_relation({table->schema, table->name});
  const Column* twin_column = twin == nullptr ? nullptr : twin->column(column->name);
  return twin_column != nullptr && twin_column->owned_sequence != 0;
}

/// Whether both are surely the same CHECK, so that neither has to be printed.
bool same_check(const CatalogConstraint& a, const CatalogConstraint& b) {
  return a.kind == model::ConstraintKind::kCheck && a.kind == b.kind &&
         a.validated == b.validated && a.enforced == b.enforced && a.no_inherit == b.no_inherit &&
         same(a.expression, b.expression);
}

class Comparer {
 public:
  Comparer(const Catalog& before, const Catalog& after) : before_(before), after_(after) {}

  void relation(const Relation* a, const Relation* b);
  void type(const Type* a, const Type* b);
  void function(const CatalogFunction* a, const CatalogFunction* b);
  void add(Change change, ObjectKind kind, std::string object, std::string detail = {}) {
    result_.push_back({change, kind, std::move(object), std::move(detail)});
  }
  /// Values that differ: "WHAT is NEW, was OLD".
  void value(ObjectKind kind, const std::string& object, std::string_view what,
             const std::string& old_value, const std::string& new_value) {
    if (old_value == new_value) return;
    const auto said = [](const std::string& v) { return v.empty() ? std::string("none") : v; };
    add(Change::kDifferent, kind, object,
        fmt::format("{} is {}, was {}", what, said(new_value), said(old_value)));
  }
  void flag(ObjectKind kind, const std::string& object, std::string_view what, bool old_value,
            bool new_value) {
    if (old_value == new_value) return;
    add(Change::kDifferent, kind, object,
        new_value ? fmt::format("is {} now", what) : fmt::format("is not {} any more", what));
  }
  void comment(ObjectKind kind, const std::string& object, const std::optional<std::string>& a,
               const std::optional<std::string>& b) {
    value(kind, object, "comment", a.value_or(""), b.value_or(""));
  }
  std::vector<Difference> take() { return std::move(result_); }

 private:
  const Catalog& before_;
  const Catalog& after_;
  std::vector<Difference> result_;

  void columns(const Relation& a, const Relation& b);
  void column(const std::string& table, const Column& a, const Column& b);
  void constraints(const Relation& a, const Relation& b);
  void constraint(const Relation& a, const CatalogConstraint& x, const Relation& b,
                  const CatalogConstraint& y);
  void index(const Relation& a, const Relation& b);
  void named_parts(const Relation& a, const Relation& b);
  void sequence(const Relation& a, const Relation& b);
  [[nodiscard]] static std::string table_of(const Catalog& catalog, Oid oid) {
    const Relation* table = catalog.relation(oid);
    return table == nullptr ? std::string() : shown(*table);
  }
};

void Comparer::column(const std::string& table, const Column& a, const Column& b) {
  const std::string object = fmt::format("{}.{}", table, a.name);
  constexpr auto kKind = ObjectKind::kColumn;
  if (!a.assumed && !b.assumed && a.type != b.type) {
    value(kKind, object, "type", model::display(a.type), model::display(b.type));
  }
  flag(kKind, object, "NOT NULL", a.not_null, b.not_null);
  if (!same(a.default_value, b.default_value) && !are_serial(a, b) &&
      stored_default(before_, a) != stored_default(after_, b)) {
    value(kKind, object, "default", text(a.default_value), text(b.default_value));
  }
  if (a.identity != b.identity) add(Change::kDifferent, kKind, object, "identity differs");
  if (a.generated != b.generated || !same(a.generation_expression, b.generation_expression)) {
    add(Change::kDifferent, kKind, object, "generation expression differs");
  }
  value(kKind, object, "collation", a.collation, b.collation);
  value(kKind, object, "storage", a.storage, b.storage);
  value(kKind, object, "compression", a.compression, b.compression);
  comment(kKind, object, a.comment, b.comment);
}

void Comparer::columns(const Relation& a, const Relation& b) {
  const std::string table = shown(b);
  for (const Column& own : a.columns) {
    if (const Column* other = b.column(own.name)) {
      column(table, own, *other);
    } else if (!own.assumed) {
      add(Change::kMissing, ObjectKind::kColumn, fmt::format("{}.{}", table, own.name));
    }
  }
  for (const Column& own : b.columns) {
    if (a.column(own.name) == nullptr && !own.assumed) {
      add(Change::kExtra, ObjectKind::kColumn, fmt::format("{}.{}", table, own.name));
    }
  }
}

void Comparer::constraint(const Relation& a, const CatalogConstraint& x, const Relation& b,
                          const CatalogConstraint& y) {
  const std::string object = fmt::format("{}.{}", shown(b), y.name);
  constexpr auto kKind = ObjectKind::kConstraint;
  if (!same_check(x, y)) {
    const std::string old_text = constraint_definition(before_, a, x);
    const std::string new_text = constraint_definition(after_, b, y);
    value(kKind, object, "definition", old_text, new_text);
    if (old_text == new_text) flag(kKind, object, "validated", x.validated, y.validated);
  }
  comment(kKind, object, x.comment, y.comment);
}

void Comparer::constraints(const Relation& a, const Relation& b) {
  for (const CatalogConstraint& own : a.constraints) {
    if (const CatalogConstraint* other = b.constraint_named(own.name)) {
      constraint(a, own, b, *other);
    } else {
      add(Change::kMissing, ObjectKind::kConstraint, fmt::format("{}.{}", shown(b), own.name));
    }
  }
  for (const CatalogConstraint& own : b.constraints) {
    if (a.constraint_named(own.name) == nullptr) {
      add(Change::kExtra, ObjectKind::kConstraint, fmt::format("{}.{}", shown(b), own.name));
    }
  }
}

void Comparer::index(const Relation& a, const Relation& b) {
  const std::string object = shown(b);
  constexpr auto kKind = ObjectKind::kIndex;
  value(kKind, object, "table", table_of(before_, a.table), table_of(after_, b.table));
  const std::string old_text = index_definition(before_, a);
  const std::string new_text = index_definition(after_, b);
  if (table_of(before_, a.table) == table_of(after_, b.table)) {
    value(kKind, object, "definition", old_text, new_text);
  }
  flag(kKind, object, "valid", a.valid, b.valid);
}

void Comparer::sequence(const Relation& a, const Relation& b) {
  const std::string object = shown(b);
  constexpr auto kKind = ObjectKind::kSequence;
  const auto number = [](const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : std::string();
  };
  value(kKind, object, "increment", number(a.sequence.increment), number(b.sequence.increment));
  value(kKind, object, "minimum", number(a.sequence.minimum), number(b.sequence.minimum));
  value(kKind, object, "maximum", number(a.sequence.maximum), number(b.sequence.maximum));
  value(kKind, object, "start", number(a.sequence.start), number(b.sequence.start));
  value(kKind, object, "owner column", table_of(before_, a.table), table_of(after_, b.table));
  flag(kKind, object, "cycling", a.sequence.cycle.value_or(false),
       b.sequence.cycle.value_or(false));
}

void Comparer::named_parts(const Relation& a, const Relation& b) {
  const std::string table = shown(b);
  const auto compare_lists = [&](const auto& old_list, const auto& new_list, ObjectKind kind,
                                 auto&& same_part) {
    for (const auto& own : old_list) {
      const auto other =
          std::ranges::find_if(new_list, [&](const auto& part) { return part.name == own.name; });
      const std::string object = fmt::format("{}.{}", table, own.name);
      if (other == new_list.end()) {
        add(Change::kMissing, kind, object);
      } else if (!same_part(own, *other)) {
        add(Change::kDifferent, kind, object, "definition differs");
      }
    }
    for (const auto& own : new_list) {
      const bool known =
          std::ranges::any_of(old_list, [&](const auto& part) { return part.name == own.name; });
      if (!known) add(Change::kExtra, kind, fmt::format("{}.{}", table, own.name));
    }
  };
  compare_lists(a.triggers, b.triggers, ObjectKind::kTrigger,
                [](const Trigger& x, const Trigger& y) {
                  const auto& p = x.definition;
                  const auto& q = y.definition;
                  return p.function == q.function && p.timing == q.timing && p.events == q.events &&
                         p.row == q.row && p.columns == q.columns && same(p.when, q.when) &&
                         x.state == y.state && x.comment == y.comment;
                });
  compare_lists(a.policies, b.policies, ObjectKind::kPolicy, [](const Policy& x, const Policy& y) {
    const auto& p = x.definition;
    const auto& q = y.definition;
    return p.command == q.command && p.permissive == q.permissive && p.roles == q.roles &&
           same(p.using_expression, q.using_expression) &&
           same(p.check_expression, q.check_expression) && x.comment == y.comment;
  });
  compare_lists(a.rule_objects, b.rule_objects, ObjectKind::kRule,
                [](const RewriteRule& x, const RewriteRule& y) {
                  return x.definition.sql == y.definition.sql && x.state == y.state;
                });
}

void Comparer::relation(const Relation* a, const Relation* b) {
  // What is known only from its use says nothing about what there was.
  if (a != nullptr && a->assumed) a = nullptr;
  if (b != nullptr && b->assumed) return;
  if (a == nullptr && b == nullptr) return;
  if (b == nullptr) {
    if (after_.find_relation({a->schema, a->name}) == nullptr &&
        !is_owned_in_both(*a, before_, after_)) {
      add(Change::kMissing, kind_of(*a), shown(*a));
    }
    return;
  }
  if (a == nullptr) {
    const Relation* same_name = before_.find_relation({b->schema, b->name});
    if (same_name == nullptr) {
      if (!is_owned_in_both(*b, after_, before_)) add(Change::kExtra, kind_of(*b), shown(*b));
      return;
    }
    if (same_name->assumed) return;
    a = same_name;
  }
  const ObjectKind kind = kind_of(*b);
  if (a->schema != b->schema || a->name != b->name) {
    add(Change::kDifferent, kind, shown(*b), fmt::format("was called {}", shown(*a)));
  }
  if (a->kind != b->kind) {
    add(Change::kDifferent, kind, shown(*b),
        fmt::format("is a {} , was a {}", model::display(kind), model::display(kind_of(*a))));
    return;
  }
  const std::string object = shown(*b);
  if (a->persistence != b->persistence) {
    add(Change::kDifferent, kind, object, "persistence differs");
  }
  comment(kind, object, a->comment, b->comment);
  if (kind == ObjectKind::kIndex) return index(*a, *b);
  if (kind == ObjectKind::kSequence) return sequence(*a, *b);
  columns(*a, *b);
  constraints(*a, *b);
  named_parts(*a, *b);
  flag(kind, object, "under row level security", a->row_security, b->row_security);
  flag(kind, object, "under forced row level security", a->force_row_security,
       b->force_row_security);
  value(kind, object, "tablespace", a->tablespace, b->tablespace);
  value(kind, object, "owner", a->owner, b->owner);
  auto old_options = a->options;
  auto new_options = b->options;
  std::ranges::sort(old_options);
  std::ranges::sort(new_options);
  if (old_options != new_options) {
    add(Change::kDifferent, kind, object, "storage parameters differ");
  }
  flag(kind, object, "a partition", a->is_partition, b->is_partition);
  if (a->query && b->query && a->query->sql != b->query->sql) {
    add(Change::kDifferent, kind, object, "query differs");
  }
  const auto parents = [](const Catalog& catalog, const Relation& relation) {
    std::set<std::string> names;
    for (const Oid oid : relation.parents) names.insert(table_of(catalog, oid));
    return names;
  };
  if (parents(before_, *a) != parents(after_, *b)) {
    add(Change::kDifferent, kind, object, "parents differ");
  }
}

void Comparer::type(const Type* a, const Type* b) {
  if (a != nullptr && a->assumed) a = nullptr;
  if (b != nullptr && b->assumed) return;
  if (a == nullptr && b == nullptr) return;
  const Type& any = b != nullptr ? *b : *a;
  const ObjectKind kind = any.kind == TypeKind::kDomain ? ObjectKind::kDomain : ObjectKind::kType;
  if (any.kind == TypeKind::kComposite) return;  // Its relation is compared.
  const std::string object = shown(any.schema, any.name);
  if (b == nullptr) {
    if (after_.find_type({a->schema, a->name}) == nullptr) add(Change::kMissing, kind, object);
    return;
  }
  if (a == nullptr) a = before_.find_type({b->schema, b->name});
  if (a == nullptr) {
    add(Change::kExtra, kind, object);
    return;
  }
  if (a->schema != b->schema || a->name != b->name) {
    add(Change::kDifferent, kind, object, fmt::format("was called {}", shown(a->schema, a->name)));
  }
  if (a->labels != b->labels) {
    value(kind, object, "list of values", fmt::format("({})", fmt::join(a->labels, ", ")),
          fmt::format("({})", fmt::join(b->labels, ", ")));
  }
  if (a->kind == TypeKind::kDomain) {
    value(kind, object, "base type", model::display(a->base), model::display(b->base));
    flag(kind, object, "NOT NULL", a->not_null, b->not_null);
    if (!same(a->default_value, b->default_value)) {
      value(kind, object, "default", text(a->default_value), text(b->default_value));
    }
    const auto names = [](const Type& type) {
      std::set<std::string> result;
      for (const CatalogConstraint& constraint : type.constraints) {
        result.insert(constraint.name + (constraint.validated ? "" : " NOT VALID"));
      }
      return result;
    };
    if (names(*a) != names(*b)) add(Change::kDifferent, kind, object, "constraints differ");
  }
  comment(kind, object, a->comment, b->comment);
}

void Comparer::function(const CatalogFunction* a, const CatalogFunction* b) {
  const CatalogFunction& any = b != nullptr ? *b : *a;
  const ObjectKind kind = any.definition.procedure ? ObjectKind::kProcedure : ObjectKind::kFunction;
  const std::string object = shown(any.schema, any.name);
  const auto twin = [&](const Catalog& catalog) -> const CatalogFunction* {
    for (const CatalogFunction* other : catalog.find_functions({any.schema, any.name})) {
      const auto& p = other->definition.parameters;
      const auto& q = any.definition.parameters;
      if (std::ranges::equal(p, q, [](const auto& x, const auto& y) { return x.type == y.type; })) {
        return other;
      }
    }
    return nullptr;
  };
  if (b == nullptr) {
    if (twin(after_) == nullptr) add(Change::kMissing, kind, object);
    return;
  }
  if (a == nullptr) a = twin(before_);
  if (a == nullptr) {
    add(Change::kExtra, kind, object);
    return;
  }
  if (a->name != b->name || a->schema != b->schema) {
    add(Change::kDifferent, kind, object, fmt::format("was called {}", shown(a->schema, a->name)));
  }
  if (a->definition.body != b->definition.body ||
      a->definition.language != b->definition.language ||
      a->definition.volatility != b->definition.volatility ||
      a->definition.returns != b->definition.returns ||
      a->definition.security_definer != b->definition.security_definer) {
    add(Change::kDifferent, kind, object, "definition differs");
  }
  comment(kind, object, a->comment, b->comment);
}

template <typename Map, typename Visitor>
void each_change(const Map& before, const Map& after, Visitor&& visit) {
  Map::for_each_change(before, after, [&](const auto&, const auto* a, const auto* b) {
    visit(a == nullptr ? nullptr : a->get(), b == nullptr ? nullptr : b->get());
  });
}

}  // namespace

std::vector<Difference> compare(const Catalog& before, const Catalog& after) {
  Comparer comparer(before, after);
  each_change(before.relations_, after.relations_,
              [&](const Relation* a, const Relation* b) { comparer.relation(a, b); });
  each_change(before.types_, after.types_,
              [&](const Type* a, const Type* b) { comparer.type(a, b); });
  each_change(before.functions_, after.functions_,
              [&](const CatalogFunction* a, const CatalogFunction* b) { comparer.function(a, b); });
  const auto presence = [&](ObjectKind kind, const auto* a, const auto* b) {
    if (a != nullptr && b == nullptr) comparer.add(Change::kMissing, kind, a->name);
    if (a == nullptr && b != nullptr) comparer.add(Change::kExtra, kind, b->name);
  };
  each_change(before.schemas_, after.schemas_, [&](const Schema* a, const Schema* b) {
    presence(ObjectKind::kSchema, a, b);
    if (a != nullptr && b != nullptr) {
      comparer.comment(ObjectKind::kSchema, b->name, a->comment, b->comment);
    }
  });
  each_change(before.extensions_, after.extensions_, [&](const Extension* a, const Extension* b) {
    // Whether the history made it is not known.
    const Extension* any = a != nullptr ? a : b;
    if (any->assumed || any->if_not_exists) return;
    presence(ObjectKind::kExtension, a, b);
  });
  each_change(before.statistics_, after.statistics_, [&](const Statistics* a, const Statistics* b) {
    const Statistics* any = a != nullptr ? a : b;
    const bool there = before.find_statistics({any->schema, any->name}) != nullptr &&
                       after.find_statistics({any->schema, any->name}) != nullptr;
    if (!there) presence(ObjectKind::kStatistics, a, b);
  });
  each_change(before.objects_, after.objects_, [&](const NamedObject* a, const NamedObject* b) {
    presence(a != nullptr ? a->kind : b->kind, a, b);
  });
  std::vector<Difference> result = comparer.take();
  std::ranges::stable_sort(result, [](const Difference& a, const Difference& b) {
    return std::tie(a.object, a.kind, a.change, a.detail) <
           std::tie(b.object, b.kind, b.change, b.detail);
  });
  return result;
}

}  // namespace forelock::postgres
