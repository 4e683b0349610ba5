#include "analyzer/lint/rule.h"
#include "analyzer/lint/suppressions.h"

namespace forelock::rules {

// The engine reports it, since only the engine sees directives.
extern constinit const lint::Rule kSuppressionMalformed = {
    .info = {.id = lint::kSuppressionMalformed,
             .group = "suppressions",
             .summary = "A directive comment cannot be read, so it silences nothing.",
             .why = "A bare ignore or a typo never means \"everything\": what is to be silenced "
                    "has to be named.",
             .safer = "Write `# forelock: ignore[rule] reason` (or ignore-file, ignore-start and "
                      "ignore-end), in SQL with `--`.",
             .bad = R"(def upgrade():
    op.drop_column("patients", "legacy")  # forelock: ignore
)",
             .good = R"(def upgrade():
    op.drop_column("patients", "legacy")  # forelock: ignore[drop-column] unread since 4.2
)",
             .source = "README, Suppressing a finding",
             .severity = lint::Severity::kWarning,
             .postgresql_only = false}};

}  // namespace forelock::rules
