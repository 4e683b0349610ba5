#include <algorithm>

#include "rules/support.h"

namespace forelock::rules {
namespace {

void check_statement(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (has_no_effect(ctx)) return;
  const auto tell = [&](std::string_view what, const model::QualifiedName& table) {
    report(ctx, sink,
           std::string(what) + " of " + in_quotes(table) +
               " has no name: the name that PostgreSQL picks depends on what is there, so no "
               "downgrade and no later migration can rely on it",
           "give it a name, or set `MetaData(naming_convention=…)`");
  };
  if (const auto* index = operation<model::CreateIndex>(ctx)) {
    if (index->name.empty()) tell("an index", index->table);
    return;
  }
  for_each_action<model::AddConstraint>(ctx.statement, [&](const auto& alter, const auto& action) {
    const model::Constraint& constraint = action.constraint;
    // A table has one primary key and its name is always the same; USING INDEX keeps the index's.
    if (!constraint.name.empty() || !constraint.using_index.empty() ||
        constraint.kind == model::ConstraintKind::kPrimaryKey ||
        constraint.kind == model::ConstraintKind::kNotNull) {
      return;
    }
    tell("a " + std::string(model::display(constraint.kind)) + " constraint", alter.table);
  });
}

/// `op.drop_constraint(None, …)`, which autogenerate writes for what it could not name.
void check_calls(const lint::MigrationContext& ctx, lint::FindingSink& sink) {
  for (const model::Call& call : ctx.migration.calls) {
    const bool drops =
        call.function.ends_with(".drop_constraint") || call.function.ends_with(".drop_index");
    if (!drops || call.arguments.empty()) continue;
    const auto given = std::ranges::find_if(call.arguments, [](const auto& argument) {
      return argument.keyword == "constraint_name" || argument.keyword == "index_name";
    });
    const model::CallArgument& name =
        given == call.arguments.end() ? call.arguments.front() : *given;
    if ((!name.keyword.empty() && given == call.arguments.end()) || !name.is_literal ||
        name.literal != "None" || ctx.migration.file->slice(name.value_span) != "None") {
      continue;
    }
    lint::Finding& finding =
        sink.report({call.span.begin_byte, name.span.end_byte},
                    "'" + call.function +
                        "' without a name always fails: nobody can say what is to be dropped");
    finding.help = "give the name; `\\d table` in psql shows it";
  }
}

}  // namespace

extern constinit const lint::Rule kUnnamedConstraint = {
    .info = {.id = "unnamed-constraint",
             .group = "review",
             .summary = "A constraint or index is made or dropped without a name.",
             .why = "PostgreSQL invents a name from the columns, and another when that is taken. "
                    "The downgrade that autogenerate writes, drop_constraint(None), then always "
                    "fails.",
             .safer = "Name it in the migration, or give the MetaData a naming convention: then "
                      "names are known everywhere. Constraints inside of create_table are not "
                      "reported.",
             .bad = R"(def upgrade():
    op.create_unique_constraint(None, "patients", ["email"])

def downgrade():
    op.drop_constraint(None, "patients", type_="unique")
)",
             .good = R"(def upgrade():
    op.create_unique_constraint("uq_patients_email", "patients", ["email"])

def downgrade():
    op.drop_constraint("uq_patients_email", "patients", type_="unique")
)",
             .source = "Alembic, The Importance of Naming Constraints",
             .severity = lint::Severity::kWarning,
             .postgresql_only = false},
    .check_step = check_statement,
    .check_migration = check_calls};

}  // namespace forelock::rules
