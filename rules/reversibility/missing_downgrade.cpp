#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rules/reversibility/inverse.h"
#include "rules/support.h"

namespace forelock::rules {
namespace {

bool is_change(const model::Statement& statement) {
  return !std::holds_alternative<model::Set>(statement.operation) &&
         !std::holds_alternative<model::Select>(statement.operation) &&
         !std::holds_alternative<model::Transaction>(statement.operation) &&
         !std::holds_alternative<model::Vacuum>(statement.operation);
}

/// Something that a downgrade would have to undo.
bool has_operations(const postgres::DirectionTrace& upgrade) {
  return std::ranges::any_of(upgrade.steps, [](const postgres::TraceStep& step) {
    const model::Statement* statement = step.step->statement();
    return statement == nullptr || is_change(*statement);
  });
}

/// A change of the schema, of comments or of privileges, as far as is known.
bool changes_more_than_data(const postgres::DirectionTrace& upgrade) {
  return std::ranges::any_of(upgrade.steps, [](const postgres::TraceStep& step) {
    const model::Statement* statement = step.step->statement();
    return statement != nullptr && is_change(*statement) && !changes_data(statement->operation);
  });
}

void check(const lint::MigrationContext& ctx, lint::FindingSink& sink) {
  const model::Migration& migration = ctx.migration;
  if (migration.source != model::SourceKind::kAlembic) return;
  const model::BodyKind body = migration.downgrade.body;
  if (body != model::BodyKind::kMissing && body != model::BodyKind::kEmpty) return;
  if (!has_operations(ctx.trace.upgrade)) return;
  const bool missing = body == model::BodyKind::kMissing;
  const text::Span span = !missing                           ? migration.downgrade.header
                          : migration.upgrade.header.empty() ? migration.revision_span
                                                             : migration.upgrade.header;
  // Changed data often is right for the old release, too; a changed schema is not.
  const bool schema = changes_more_than_data(ctx.trace.upgrade);
  lint::Finding& finding = sink.report(
      span, fmt::format("{}, so `alembic downgrade` goes past this revision and leaves its "
                        "changes{} in place",
                        missing ? "there is no downgrade()" : "downgrade() is empty",
                        schema ? "" : " of data"));
  if (!schema) finding.severity = std::min(finding.severity, lint::Severity::kInfo);
  finding.help = "write the way back; where there is none, raise an exception that says so";
  finding.direction = "downgrade";
  const bool has_sa =
      migration.file->text().find("import sqlalchemy as sa") != std::string_view::npos;
  if (const auto lines = inverse(ctx.trace.upgrade, has_sa ? "sa" : "")) {
    if (auto edits = ctx.rewriter.write_downgrade(*lines)) {
      finding.fixes.push_back(
          {"Write the downgrade", lint::Applicability::kUnsafe, std::move(*edits)});
    }
  }
}

}  // namespace

extern constinit const lint::Rule kMissingDowngrade = {
    .info =
        {.id = "missing-downgrade",
         .group = "reversibility",
         .summary = "downgrade() is absent or empty though upgrade() changes something.",
         .why = "`alembic downgrade` then takes the revision off its list and leaves the schema "
                "as it is: the next upgrade fails, or the old release meets the new schema, "
                "just when a deployment has to be taken back. Where the upgrade changes data only, "
                "this is no more than an info.",
         .safer = "Write the way back. Where there is none, `raise NotImplementedError(\"why\")`, "
                  "so that nobody believes it worked.",
         .bad = R"(def upgrade():
    op.add_column("patients", sa.Column("phone", sa.String()))

def downgrade():
    pass
)",
         .good = R"(def upgrade():
    op.add_column("patients", sa.Column("phone", sa.String()))

def downgrade():
    op.drop_column("patients", "phone")
)",
         .source = "Seed guide, Best Practices: always write downgrade",
         .severity = lint::Severity::kWarning,
         .postgresql_only = false,
         .fix = lint::FixKind::kSometimes},
    .check_migration = check};

}  // namespace forelock::rules
