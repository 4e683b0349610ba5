#include "analyzer/lint/rule.h"
#include "analyzer/lint/suppressions.h"

namespace forelock::rules {

// The engine reports it, since only the engine sees directives.
extern constinit const lint::Rule kSuppressionUnused = {
    .info = {
        .id = lint::kSuppressionUnused,
        .group = "suppressions",
        .summary = "A directive silences nothing any more.",
        .why =
            "It would hide the next finding of the rule at its place, which nobody has looked at.",
        .safer = "Remove it; the fix does.",
        .bad = R"(def upgrade():
    op.add_column("patients", sa.Column("legacy", sa.String()))  # forelock: ignore[drop-column] gone
)",
        .good = R"(def upgrade():
    op.drop_column("patients", "legacy")  # forelock: ignore[drop-column] unread since 4.2
)",
        .source = "README, Suppressing a finding",
        .severity = lint::Severity::kWarning,
        .postgresql_only = false,
        .fix = lint::FixKind::kSometimes}};

}  // namespace forelock::rules
