#include "rules/likely_rename.h"
#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::MigrationContext& ctx, lint::FindingSink& sink) {
  const auto& steps = ctx.trace.upgrade.steps;
  for (const LikelyRename& rename : likely_renames(ctx.trace)) {
    const postgres::TraceStep& drop = steps[rename.drop_step];
    const model::Statement& statement = *drop.step->statement();
    const lint::StepContext at{ctx,       lint::Way::kUpgrade, rename.drop_step, drop,
                               statement, drop.before,         drop.effects};
    const std::string help =
        rename.table ? "op.rename_table(\"" + rename.old_name + "\", \"" + rename.new_name + "\")"
                     : "op.alter_column(\"" + rename.table_name + "\", \"" + rename.old_name +
                           "\", new_column_name=\"" + rename.new_name + "\")";
    lint::Finding& finding =
        report(at, sink,
               rename.table
                   ? "dropping table " + in_quotes(rename.old_name) + " and creating the like " +
                         in_quotes(rename.new_name) + " looks like a rename, but all rows are lost"
                   : "dropping " + in_quotes(rename.table_name + "." + rename.old_name) +
                         " and adding the like " + in_quotes(rename.new_name) +
                         " looks like a rename, but all values are lost",
               "if a rename is meant: " + help);
    finding.direction = "upgrade";
    finding.related.push_back(
        {{ctx.migration.file,
          lint::short_span(ctx.migration, *steps[rename.add_step].step->statement())},
         "the like one is added here"});
  }
}

}  // namespace

extern constinit const lint::Rule kRenameAsDropAndAdd = {
    .info = {.id = "rename-as-drop-and-add",
             .group = "review",
             .summary = "A rename is written as a drop and an add, which loses the data.",
             .why = "Alembic's autogenerate cannot see a rename: it writes the removal of the old "
                    "name and the addition of the new one. All values are lost. Columns count as "
                    "renamed when their types are alike and their names share a word; tables, when "
                    "they share most of their columns.",
             .safer = "Write op.alter_column(…, new_column_name=…) or op.rename_table(…). When the "
                      "two really have nothing to do with each other, put them into two "
                      "migrations. A migration that copies the values is not reported.",
             .bad = R"(# file: 1_create.py
def upgrade():
    op.create_table("patients", sa.Column("phone", sa.String()))
# file: 2_rename.py
def upgrade():
    op.add_column("patients", sa.Column("phone_number", sa.String()))
    op.drop_column("patients", "phone")
)",
             .good = R"(# file: 1_create.py
def upgrade():
    op.create_table("patients", sa.Column("phone", sa.String()))
# file: 2_rename.py
def upgrade():
    op.alter_column("patients", "phone", new_column_name="phone_number")
)",
             .source = "Alembic, Auto Generating Migrations, What does Autogenerate Detect",
             .severity = lint::Severity::kWarning,
             .postgresql_only = false},
    .check_migration = check};

}  // namespace forelock::rules
