#include "analyzer/lint/rule.h"
#include "analyzer/lint/suppressions.h"

namespace forelock::rules {

// The engine reports it, since only the engine sees directives.
extern constinit const lint::Rule kSuppressionUnknownRule = {
    .info = {.id = lint::kSuppressionUnknownRule,
             .group = "suppressions",
             .summary = "A directive names a rule that does not exist.",
             .why = "It silences nothing, and whoever reads it believes that it does.",
             .safer = "`forelock rule` lists the rules.",
             .bad = R"(def upgrade():
    op.drop_column("patients", "legacy")  # forelock: ignore[drop-columns] unread since 4.2
)",
             .good = R"(def upgrade():
    op.drop_column("patients", "legacy")  # forelock: ignore[drop-column] unread since 4.2
)",
             .source = "README, Suppressing a finding",
             .severity = lint::Severity::kWarning,
             .postgresql_only = false}};

}  // namespace forelock::rules
