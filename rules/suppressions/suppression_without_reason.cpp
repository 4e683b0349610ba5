#include "analyzer/lint/rule.h"
#include "analyzer/lint/suppressions.h"

namespace forelock::rules {

// The engine reports it, since only the engine sees directives.
extern constinit const lint::Rule kSuppressionWithoutReason = {
    .info = {
        .id = lint::kSuppressionWithoutReason,
        .group = "suppressions",
        .summary = "A directive does not say why the finding may stay.",
        .why = "Without the reason nobody can tell later whether it still holds.",
        .safer = "Write the reason after the bracket. Reported only where `require-reason` is set.",
        .bad = R"(def upgrade():
    op.drop_column("patients", "legacy")  # forelock: ignore[drop-column]
)",
        .good = R"(def upgrade():
    op.drop_column("patients", "legacy")  # forelock: ignore[drop-column] unread since 4.2
)",
        .source = "README, Suppressing a finding",
        .severity = lint::Severity::kWarning,
        .postgresql_only = false}};

}  // namespace forelock::rules
