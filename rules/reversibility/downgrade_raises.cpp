#include "rules/support.h"

namespace forelock::rules {
namespace {

void check(const lint::MigrationContext& ctx, lint::FindingSink& sink) {
  if (ctx.migration.downgrade.body != model::BodyKind::kRaises) return;
  lint::Finding& finding =
      sink.report(ctx.migration.downgrade.header,
                  "downgrade() raises, so no database can go back past this revision");
  finding.help = "write the way back, if there is one";
  finding.direction = "downgrade";
}

}  // namespace

extern constinit const lint::Rule kDowngradeRaises = {
    .info = {.id = "downgrade-raises",
             .group = "reversibility",
             .summary = "downgrade() says that there is no way back.",
             .why = "A deployment with this revision cannot be taken back by a downgrade.",
             .safer = "Raising is honest where there is no way back, so this is off by default: "
                      "for teams that want every revision to be reversible.",
             .bad = R"(def upgrade():
    op.drop_column("patients", "legacy_field")

def downgrade():
    raise NotImplementedError("the values are gone")
)",
             .good = R"(def upgrade():
    op.drop_column("patients", "legacy_field")

def downgrade():
    op.add_column("patients", sa.Column("legacy_field", sa.String()))
)",
             .source = "Seed guide, Non-Reversible Migrations",
             .severity = lint::Severity::kInfo,
             .enabled = false,
             .postgresql_only = false},
    .check_migration = check};

}  // namespace forelock::rules
