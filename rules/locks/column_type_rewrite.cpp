#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {
  if (has_no_effect(ctx)) return;
  const postgres::Work* rewrite = first_seen(ctx.effects.rewrites);
  const postgres::Work* rebuild = first_seen(ctx.effects.rebuilds);
  if (rewrite == nullptr && rebuild == nullptr) return;
  for_each_action<model::AlterColumnType>(ctx.statement, [&](const auto& alter,
                                                             const auto& action) {
    const postgres::Relation* table = ctx.before.find_table(alter.table);
    if (is_private(ctx, table)) return;
    const postgres::Column* column = table == nullptr ? nullptr : table->column(action.column);
    // Of a column that the history never made, the old type is a guess.
    const bool known = column != nullptr && !table->assumed && !column->type.name.empty();
    const std::string change =
        known ? " from " + model::display(column->type) + " to " + model::display(action.type)
              : " to " + model::display(action.type);
    const std::string verb = known ? (rewrite != nullptr ? " rewrites" : " rebuilds")
                                   : (rewrite != nullptr ? " may rewrite" : " may rebuild");
    report(ctx, sink,
           "changing " + quoted_column(alter.table, action.column) + change + verb +
               (rewrite != nullptr ? " the table and its indexes" : " the indexes of the table") +
               " while reads and writes of it wait (ACCESS EXCLUSIVE lock)",
           "add a column of the new type, write both, copy the values in batches, then swap the "
           "columns");
  });
}

}  // namespace

extern constinit const lint::Rule kColumnTypeRewrite = {
    .info = {.id = "column-type-rewrite",
             .group = "locks",
             .summary = "A change of a column's type rewrites the whole table under a lock.",
             .why = "Unless the old values are valid values of the new type bit by bit, PostgreSQL "
                    "writes every row and every index anew and holds an ACCESS EXCLUSIVE lock "
                    "meanwhile: nobody can read or write the table.",
             .safer = "Add a new column, let the application write both, copy the old values in "
                      "batches, then switch. Widening a varchar, varchar to text and a larger "
                      "precision of numeric need no rewrite and are not reported.",
             .bad = R"(# file: 1_create.py
def upgrade():
    op.create_table("visits", sa.Column("id", sa.Integer(), primary_key=True))
# file: 2_widen.py
def upgrade():
    op.alter_column("visits", "id", type_=sa.BigInteger())
)",
             .good = R"(# file: 1_create.py
def upgrade():
    op.create_table("visits", sa.Column("note", sa.String(100)))
# file: 2_widen.py
def upgrade():
    op.alter_column("visits", "note", type_=sa.String(200))
)",
             .source = "PostgreSQL manual, ALTER TABLE, Notes; measured on PostgreSQL 15",
             .severity = lint::Severity::kWarning},
    .check_step = check};

}  // namespace forelock::rules
