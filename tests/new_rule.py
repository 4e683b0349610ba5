#!/usr/bin/env python3
"""Writes the files of a new rule: tests/new_rule.py GROUP RULE-ID

The rule's file, its two lines in rules/registry.cpp and two fixtures. What is left to do stands in
the rule's file.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

RULE = '''#include "rules/support.h"

namespace forelock::rules {{
namespace {{

void check(const lint::StepContext& ctx, lint::FindingSink& sink) {{
  const auto* drop = operation<model::Drop>(ctx);
  if (drop == nullptr || has_no_effect(ctx)) return;
  report(ctx, sink, "what happens, which lock it takes and who waits", "what to do instead");
}}

}}  // namespace

extern constinit const lint::Rule {symbol} = {{
    .info = {{.id = "{rule}",
             .group = "{group}",
             .summary = "One sentence that says what is reported.",
             .why = "What happens, who waits, what is lost.",
             .safer = "What to do instead, and what is not reported.",
             .bad = "DROP TABLE visits;\\n",
             .good = "SELECT 1;\\n",
             .example_language = lint::ExampleLanguage::kSql,
             .source = "PostgreSQL manual, the page and section",
             .severity = lint::Severity::kWarning}},
    .check_step = check}};

}}  // namespace forelock::rules
'''


def add_to_registry(symbol, rule):
    """Puts the declaration and the entry where the order of ids wants them."""
    path = ROOT / "rules/registry.cpp"
    text = path.read_text(encoding="utf-8")
    known = {name: re.sub(r"(?<!^)([A-Z])", r"-\1", name[1:]).lower()
             for name in re.findall(r"extern const lint::Rule (k\w+);", text)}
    later = [name for name, other in known.items() if other > rule]
    for before, line in (("extern const lint::Rule {};\n", "extern const lint::Rule {};\n"),
                         ("      &{},\n", "      &{},\n")):
        if later:
            text = text.replace(before.format(later[0]), line.format(symbol) + before.format(later[0]), 1)
        else:
            last = before.format(list(known)[-1])
            text = text.replace(last, last + line.format(symbol), 1)
    path.write_text(text, encoding="utf-8")


def main():
    if len(sys.argv) != 3 or not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", sys.argv[2]):
        sys.exit(__doc__)
    group, rule = sys.argv[1:]
    symbol = "k" + "".join(word.capitalize() for word in rule.split("-"))
    source = ROOT / "rules" / group / (rule.replace("-", "_") + ".cpp")
    if source.exists():
        sys.exit(f"{source} is there already")
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(RULE.format(symbol=symbol, rule=rule, group=group), encoding="utf-8")
    add_to_registry(symbol, rule)
    fixtures = ROOT / "fixtures/rules" / rule
    fixtures.mkdir(parents=True, exist_ok=True)
    (fixtures / "flagged_plain.sql").write_text(f"DROP TABLE visits;  -- expect: {rule}\n")
    (fixtures / "clean_plain.sql").write_text("-- expect-none\nSELECT 1;\n")
    print(f"{source.relative_to(ROOT)}: write its documentation and check, then its fixtures,\n"
          "then UPDATE_GOLDEN=1 build/rules_test writes rules/docs and the table of rules/README.md")


if __name__ == "__main__":
    main()
