// Whether a table may become the child of another: INHERIT and ATTACH PARTITION.

#include <fmt/format.h>

#include "analyzer/postgres/print.h"
#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {
namespace {

/// Source: MergeAttributesIntoExisting().
bool columns_fit(Run& run, const Relation& parent, const Relation& child) {
  for (const Column& above : parent.columns) {
    const Column* own = child.column(above.name);
    if (own == nullptr) {
      if (child.open_columns || above.assumed) continue;
      return run.fail("42804", fmt::format("child table is missing column \"{}\"", above.name));
    }
    if (own->assumed || above.assumed) continue;
    if (!same_type(own->type, above.type) || own->type.modifiers != above.type.modifiers) {
      return run.fail("42804",
                      fmt::format("child table \"{}\" has different type for column \"{}\"",
                                  child.name, above.name));
    }
    if (own->collation != above.collation) {
      return run.fail("42P21",
                      fmt::format("child table \"{}\" has different collation for column \"{}\"",
                                  child.name, above.name));
    }
    if (above.not_null && !own->not_null) {
      return run.fail(
          "42804", fmt::format("column \"{}\" in child table must be marked NOT NULL", above.name));
    }
    const bool generated = above.generated != model::GeneratedKind::kNone;
    if (generated && own->generated == model::GeneratedKind::kNone) {
      return run.fail(
          "42804",
          fmt::format("column \"{}\" in child table must be a generated column", above.name));
    }
    if (generated && above.generation_expression && own->generation_expression &&
        !model::same_expression(*above.generation_expression, *own->generation_expression)) {
      return run.fail("42804",
                      fmt::format("column \"{}\" in child table has a conflicting generation "
                                  "expression",
                                  above.name));
    }
  }
  return true;
}

/// Source: MergeConstraintsIntoExisting(); constraints come in the order of their names.
bool checks_fit(Run& run, const Relation& parent, const Relation& child) {
  std::vector<const CatalogConstraint*> checks;
  for (const CatalogConstraint& constraint : parent.constraints) {
    if (constraint.kind == model::ConstraintKind::kCheck && !constraint.no_inherit) {
      checks.push_back(&constraint);
    }
  }
  std::ranges::sort(checks, {}, &CatalogConstraint::name);
  for (const CatalogConstraint* above : checks) {
    const CatalogConstraint* own = child.constraint_named(above->name);
    if (own == nullptr || own->kind != model::ConstraintKind::kCheck) {
      if (child.open_columns) continue;
      return run.fail("42804",
                      fmt::format("child table is missing constraint \"{}\"", above->name));
    }
    if (above->expression && own->expression &&
        print_expression(run.catalog, Scope::of(parent), *above->expression, {}) !=
            print_expression(run.catalog, Scope::of(child), *own->expression, {})) {
      return run.fail("42804", fmt::format("child table \"{}\" has different definition for check "
                                           "constraint \"{}\"",
                                           child.name, above->name));
    }
    if (own->no_inherit) {
      return run.fail("42P17", fmt::format("constraint \"{}\" conflicts with non-inherited "
                                           "constraint on child table \"{}\"",
                                           above->name, child.name));
    }
    if (above->validated && !own->validated) {
      return run.fail("42P17", fmt::format("constraint \"{}\" conflicts with NOT VALID constraint "
                                           "on child table \"{}\"",
                                           above->name, child.name));
    }
  }
  return true;
}

}  // namespace

bool can_inherit(Run& run, const Relation& parent, const Relation& child) {
  return columns_fit(run, parent, child) && checks_fit(run, parent, child);
}

}  // namespace forelock::postgres
